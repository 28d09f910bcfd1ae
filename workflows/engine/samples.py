"""Believable answers to a form, made from its JSON Schema: for a simulation that nobody has written a scenario for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from jsonschema import Draft202012Validator

from workflows.engine.branches import settled

IBAN = "FR1420041010050500013M02606"
"""The example of the IBAN register, which belongs to nobody."""


SIREN, SIRET = "732829320", "73282932000074"
"""Numbers with right keys."""


def sample(schema: Mapping[str, Any], begin: date, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An answer for each required field, conditional ones too, besides those given; what depends on another line is
    left out. Rules that schemas cannot say may refuse it."""
    answers: dict[str, Any] = dict(given or {})
    schema = settled(schema, {})
    properties = dict(schema.get("properties", {}))
    _fill(answers, properties, schema.get("required", ()), begin)
    for part in schema.get("allOf", ()):
        condition = part.get("if")
        if condition is not None and not Draft202012Validator(condition).is_valid(answers):
            continue
        then = part.get("then", part)
        properties |= then.get("properties", {})
        _fill(answers, properties, then.get("required", ()), begin)
    return answers


def _fill(answers: dict[str, Any], properties: Mapping[str, Any], required: Any, begin: date) -> None:
    for key in required:
        if key not in answers:
            answers[key] = believable(key, properties.get(key, {}), answers, begin)


def believable(key: str, schema: Mapping[str, Any], answers: Mapping[str, Any], begin: date) -> Any:
    """One value that a field takes."""
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("format") == "date":
        return _date(key, schema, begin)
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    kind = schema.get("type")
    if kind == "string":
        text = _text(key, schema, answers)
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 1000)]
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), min(schema.get("maximum", 200_000), 200_000))
    if kind == "array":
        items = [believable(key, schema.get("items", {}), answers, begin)]
        return items * schema.get("minItems", 0)
    if kind == "object":
        return sample(schema, begin)
    return False


def _date(key: str, schema: Mapping[str, Any], begin: date) -> str:
    if key == "date_naissance":
        return "1990-05-17"
    late = 400 if "fin" in key else 21
    return (begin + timedelta(days=late)).isoformat()


def _text(key: str, schema: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    match schema.get("format"):
        case "email":
            return "personne@example.org"
        case "telephone-fr":
            return "06 12 34 56 78"
        case "heure":
            return "09:00"
        case "iban":
            return IBAN
        case "siren":
            return SIREN
        case "siret":
            return SIRET
        case "nir":
            return _nir(answers)
        case "decimal":
            return "0.05"
    return {"prenom": "Camille", "nom_usage": "Durand", "nom_naissance": "Durand"}.get(key, "Exemple")


def _nir(answers: Mapping[str, Any]) -> str:
    """A number with a right key (97 − n mod 97), in agreement with the sex and birth date already given."""
    sex = "2" if answers.get("genre") == "femme" else "1"
    born = str(answers.get("date_naissance", "1990-05-17"))
    number = f"{sex}{born[2:4]}{born[5:7]}35238001"
    return f"{number}{97 - int(number) % 97:02d}"
