"""Fields of a form, and places inside their answers: a part of a group, an item of a list (« enfants/1/prenom »)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

NBSP = "\u00a0"


def properties_of(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every field a form may have, those that depend on an answer included."""
    found: dict[str, dict[str, Any]] = dict(schema.get("properties", {}))
    for part in (*schema.get("allOf", ()), schema.get("then", {}), schema.get("else", {})):
        for branch in (part, part.get("then", {}), part.get("else", {})):
            for name, definition in branch.get("properties", {}).items():
                found.setdefault(name, definition)
    return found


def titled(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The same fields under the titles that these answers give: a branch (`then`, `else`) may give another `title` to
    a field declared above it, and the last branch that holds wins."""
    found = properties_of(schema)
    declared = schema.get("properties", {})
    for part in (*schema.get("allOf", ()), schema):
        if "if" not in part or not any(_renamed(part.get(branch), declared) for branch in ("then", "else")):
            continue
        holds = Draft202012Validator(part["if"]).is_valid(answers)
        for name, title in _renamed(part.get("then" if holds else "else"), declared).items():
            found[name] = {**found[name], "title": title}
    return found


def _renamed(branch: Mapping[str, Any] | None, declared: Mapping[str, Any]) -> dict[str, str]:
    """Titles that a branch gives to fields declared above it."""
    properties = (branch or {}).get("properties", {})
    return {name: each["title"] for name, each in properties.items() if name in declared and "title" in each}


def without_internal(schema: dict[str, Any]) -> dict[str, Any]:
    """A form without the fields that its author keeps inside the firm (`x-interne`)."""
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            kept[key] = {
                name: without_internal(field) for name, field in value.items() if not field.get("x-interne")
            }
        elif key == "allOf":
            kept[key] = [without_internal(part) for part in value]
        elif key in ("then", "else") or (key == "items" and isinstance(value, dict)):
            kept[key] = without_internal(value)
        else:
            kept[key] = value
    return kept


@dataclass(frozen=True)
class Place:
    """Where an answer stands in a form: its path, the name people know for it, its definition."""

    champ: str
    libelle: str
    definition: Mapping[str, Any]

    @property
    def group(self) -> bool:
        """It holds several answers, each of which may be marked; a list of choices is one answer."""
        items = self.definition.get("items")
        if self.definition.get("type") == "array":
            return isinstance(items, Mapping) and "enum" not in items and "oneOf" not in items
        return self.definition.get("type") == "object"

    def inside(self, part: str) -> Place | None:
        """A part of a group by its name, an item of a list by its rank; None if there can be no such part."""
        if not self.group:
            return None
        if self.definition.get("type") == "array":
            if not (part.isascii() and part.isdigit() and str(int(part)) == part):
                return None
            definition, libelle = self.definition["items"], f"{self.libelle} ({int(part) + 1})"
        else:
            definition = properties_of(self.definition).get(part)
            if definition is None:
                return None
            libelle = f"{self.libelle}{NBSP}: {title_of(definition, part)}"
        if self.definition.get("x-sensible"):
            definition = {**definition, "x-sensible": True}
        return Place(f"{self.champ}/{part}", libelle, definition)


def title_of(definition: Mapping[str, Any], name: str) -> str:
    return str(definition.get("title", name.replace("_", " ").capitalize()))


def place_at(properties: Mapping[str, Mapping[str, Any]], path: str) -> Place | None:
    """The place that a path names in a form, or None."""
    name, *parts = path.split("/")
    if name not in properties:
        return None
    place: Place | None = Place(name, title_of(properties[name], name), properties[name])
    for part in parts:
        place = place.inside(part) if place is not None else None
    return place


def answered(place: Place, answers: Mapping[str, Any]) -> bool:
    """Whether every list on the way has the item that the path names."""
    value: Any = answers
    for part in place.champ.split("/"):
        if isinstance(value, list):
            if int(part) >= len(value):
                return False
            value = value[int(part)]
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return True


def single_answers(place: Place, value: Any) -> Iterator[tuple[Place, Any]]:
    """The single answers that a place holds, in the order of the form."""
    if not place.group:
        yield place, value
        return
    parts: Iterator[tuple[str, Any]]
    if isinstance(value, list):
        parts = ((str(rank), each) for rank, each in enumerate(value))
    elif isinstance(value, Mapping):
        parts = ((name, value[name]) for name in properties_of(place.definition) if name in value)
    else:
        return
    for part, each in parts:
        within = place.inside(part)
        if within is not None:
            yield from single_answers(within, each)
