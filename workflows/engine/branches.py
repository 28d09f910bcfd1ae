"""Branches of a line's form that depend on another line, the one that a field names.

A field of the form takes its value among those of a collection (`"x-parmi": "abonnements.nom"`); a branch of the form
may then depend on the line so named (`"if": {"properties": {"abonnement": {"x-ligne": {"type": {"const": "gaz"}}}}}`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from workflows.engine.state import DemarcheState

PARMI, LIGNE = "x-parmi", "x-ligne"
"""Where a field takes its value from; what a condition asks of the line that the value names."""
Lines = Mapping[str, Iterable[Mapping[str, Any]]]
"""Fields of the lines that there are, by collection."""


def lines_of(state: DemarcheState) -> Lines:
    return {cle: [line.donnees for line in lines.values()] for cle, lines in state.collections.items()}


def settled(schema: Mapping[str, Any], lines: Lines) -> dict[str, Any]:
    """The form with what it asks of other lines said in plain JSON Schema, by the values that name fitting ones: a
    browser and a validation read the same. Without any line, nothing depends on one.
    """
    if not any(True for _ in conditions(schema)):
        return dict(schema)
    sources = {name: str(field.get(PARMI, "")) for name, field in schema.get("properties", {}).items()}
    parts = [_settled_part(part, sources, lines) for part in schema["allOf"]]
    return {**schema, "allOf": parts}


def conditions(schema: Mapping[str, Any]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Each condition on another line: rank of its branch, field that names the line, what is asked of its fields."""
    for rank, part in enumerate(schema.get("allOf", ())):
        for name, asked in part.get("if", {}).get("properties", {}).items():
            if LIGNE in asked:
                yield rank, name, asked[LIGNE]


def _settled_part(part: Mapping[str, Any], sources: Mapping[str, str], lines: Lines) -> dict[str, Any]:
    condition = part.get("if", {})
    fields = {
        name: {"enum": _naming(sources.get(name, ""), asked[LIGNE], lines)} if LIGNE in asked else asked
        for name, asked in condition.get("properties", {}).items()
    }
    return {**part, "if": {**condition, "properties": fields}} if fields else dict(part)


def _naming(source: str, asked: Mapping[str, Any], lines: Lines) -> list[str]:
    """Values of a field (`collection.field`) of the lines whose own fields are as asked."""
    collection, _, field = source.partition(".")
    fitting = Draft202012Validator({"properties": dict(asked), "required": list(asked)})
    return [
        str(line[field])
        for line in lines.get(collection, ())
        if field in line and fitting.is_valid(dict(line))
    ]
