"""Fields of a form as they are shown: their names, their nature, what is masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.engine.program import Program
from workflows.engine.view.paths import (
    Place,
    properties_of,
    single_answers,
    title_of,
    titled,
    without_internal,
)
from workflows.engine.view.shapes import DataView, FieldView, Nature
from workflows.engine.view.sight import Sight

MASK = "••••"
FORMATS: dict[str, Nature] = {
    "date": "date",
    "heure": "heure",
    "telephone-fr": "telephone",
    "siren": "siret",
    "siret": "siret",
}
"""Nature of the formats of JSON Schema that are shown otherwise than they are kept."""
NATURES: dict[str, Nature] = {"INT": "nombre", "RATE": "nombre", "DATE": "date", "BOOL": "booleen"}


def field_titles(forms: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Names that people know for the fields of these forms, by « form.field »."""
    return {
        f"{form}.{name}": str(definition["title"])
        for form, schema in forms.items()
        for name, definition in properties_of(schema).items()
        if definition.get("title")
    }


def masked(definition: Mapping[str, Any], value: Any) -> Any:
    """A value as it may be shown to who does not own it."""
    return f"{MASK} {str(value)[-3:]}" if definition.get("x-sensible") and value is not None else value


def field_view(champ: str, definition: Mapping[str, Any], value: Any) -> FieldView:
    """A field with its value, or without if there is none."""
    return FieldView(
        champ=champ,
        libelle=str(definition.get("title", champ)),
        valeur=_shown(definition, value),
        nature=nature_of(definition),
        parties=_parts(champ, definition, value),
    )


def _parts(champ: str, definition: Mapping[str, Any], value: Any) -> tuple[FieldView, ...]:
    whole = Place(champ, title_of(definition, champ), definition)
    if not whole.group:
        return ()
    return tuple(
        FieldView(
            champ=place.champ,
            libelle=place.libelle,
            valeur=_shown(place.definition, each),
            nature=nature_of(place.definition),
        )
        for place, each in single_answers(whole, value)
    )


def _shown(definition: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, dict):
        return None  # shown by its parts
    if isinstance(value, list) and not definition.get("x-sensible"):
        return [_shown(definition.get("items", {}), each) for each in value]
    choices = definition.get("x-libelles")
    return choices.get(value, value) if choices else masked(definition, value)


def nature_of(definition: Mapping[str, Any]) -> Nature:
    """How the values of a field are shown, from its definition."""
    if definition.get("x-sensible"):
        return "sensible"
    known = FORMATS.get(definition.get("format", ""))
    if known is not None:
        return known
    if definition.get("x-monnaie"):
        return "montant"
    if definition.get("x-libelles"):
        return "choix"
    if definition.get("x-unite") == "%":
        return "pourcentage"
    kinds: dict[Any, Nature] = {"boolean": "booleen", "integer": "nombre", "number": "nombre"}
    return kinds.get(definition.get("type"), "texte")


def label_of(program: Program, champ: str) -> str:
    """Name of a field given as « form.field »."""
    formulaire, name = champ.split(".", 1)
    definition = properties_of(program.bundle.forms.get(formulaire, {})).get(name, {})
    return str(definition.get("title", name))


def data_views(sight: Sight) -> Iterator[DataView]:
    """Answers to the forms the reader may read."""
    for formulaire, answers in sight.state.donnees.items():
        if not sight.reads_form(formulaire):
            continue
        schema = sight.program.bundle.forms[formulaire]
        if not sight.staff:
            schema = without_internal(schema)
        yield DataView(
            formulaire=formulaire,
            titre=str(schema.get("title", formulaire)),
            champs=tuple(
                field_view(f"{formulaire}.{name}", definition, answers[name])
                for name, definition in titled(schema, answers).items()
                if name in answers
            ),
            corrigible=sight.may_send_back(formulaire),
        )
