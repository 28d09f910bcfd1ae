"""Branches of a form that depend on the line that a field names (`x-ligne`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from jsonschema import Draft202012Validator

from workflows.engine.branches import settled
from workflows.engine.samples import sample

OFFRE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "abonnement": {"type": "string", "x-parmi": "abonnements.nom"},
        "prix": {"type": "integer"},
    },
    "required": ["abonnement"],
    "allOf": [
        {
            "if": {"properties": {"abonnement": {"x-ligne": {"type": {"const": "gaz"}}}}},
            "then": {"properties": {"prix_kwh": {"type": "string"}}, "required": ["prix_kwh"]},
        }
    ],
    "unevaluatedProperties": False,
}
LIGNES = {"abonnements": [{"nom": "Chaufferie", "type": "gaz"}, {"nom": "Fibre", "type": "internet"}]}


def test_what_a_form_asks_goes_by_the_line_that_is_named() -> None:
    asked = Draft202012Validator(settled(OFFRE, LIGNES))
    assert asked.is_valid({"abonnement": "Chaufferie", "prix_kwh": "0,12"})
    assert not asked.is_valid({"abonnement": "Chaufferie"})
    assert asked.is_valid({"abonnement": "Fibre"})
    assert not asked.is_valid({"abonnement": "Fibre", "prix_kwh": "0,12"})


def test_an_invented_answer_has_nothing_of_a_line_that_is_not_known() -> None:
    day = date(2026, 11, 23)
    fibre = {"abonnement": "Fibre"}
    assert set(sample(OFFRE, day, fibre)) == {"abonnement"}
    assert set(sample(settled(OFFRE, LIGNES), day, fibre)) == {"abonnement"}
    assert set(sample(settled(OFFRE, LIGNES), day, {"abonnement": "Chaufferie"})) == {
        "abonnement",
        "prix_kwh",
    }
