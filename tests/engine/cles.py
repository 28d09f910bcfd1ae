"""Every key of the modèle language, and every word it may be given among several, as its classes declare them; and
which of them a modèle uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from workflows.engine.modele import Bundle, Consequence, Etape, Modele, Node, Service

LOOKS = frozenset({"couleur", "format"})
"""Choices of appearance: one is shown as another is."""


def classes() -> list[type[BaseModel]]:
    """Everything that an administrator writes: the modèle and its parts, the declaration of a service and its parts."""
    known: list[type[BaseModel]] = [Modele, Service]
    for model in known:
        for field in model.model_fields.values():
            for part in inside(field.annotation):
                if isinstance(part, type) and issubclass(part, BaseModel) and part not in known:
                    known.append(part)
    return known


def inside(annotation: Any) -> Iterator[Any]:
    """Every type that an annotation names. Consequences stand for what inherits them."""
    yield annotation
    if isinstance(annotation, type) and issubclass(annotation, Consequence):
        yield Consequence
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from inside(part)


def keys() -> set[str]:
    """`Tache.priorite`, `Tache.priorite=urgente` …"""
    found: set[str] = set()
    for model in classes():
        for name, field in model.model_fields.items():
            key = _key(model, name)
            found.add(key)
            if name not in LOOKS:
                choices = (part for part in inside(field.annotation) if get_origin(part) is Literal)
                found |= {f"{key}={value}" for choice in choices for value in get_args(choice)}
    return {key for key in found if not key.startswith(f"{Consequence.__name__}.")}


def used(bundle: Bundle) -> set[str]:
    """What a modèle writes of the language, its services and its children included."""
    found: set[str] = set()
    _walk(bundle, found)
    return found


def _walk(value: Any, found: set[str]) -> None:
    if isinstance(value, Bundle):
        for part in (value.modele, *value.services.values(), *value.enfants.values()):
            _walk(part, found)
    elif isinstance(value, Node):
        for name in type(value).model_fields:
            key, given = _key(type(value), name), getattr(value, name)
            if name in value.model_fields_set:
                found.add(key)
                _walk(given, found)
            # A choice left unsaid is the one that holds.
            words = given if isinstance(given, tuple) else (given,)
            found |= {f"{key}={word}" for word in words if isinstance(word, str)}
    elif isinstance(value, dict | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            _walk(part, found)


def _key(model: type[BaseModel], name: str) -> str:
    """What `pour_chaque` has of an étape is the étape's."""
    shared = issubclass(model, Etape) and name in Etape.model_fields
    return f"{(Etape if shared else model).__name__}.{name}"
