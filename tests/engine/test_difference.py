"""What changes between two versions, in words: démarches that a modèle opens, fields that depend on an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from workflows.engine.bundle import contents, from_folder
from workflows.engine.difference import difference
from workflows.engine.modele import Bundle

ROOT = Path(__file__).parents[2]
OPTIMISATION = ROOT / "process_templates" / "optimisation_abonnements.yaml"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def said(change: Callable[[dict[str, Any]], None]) -> list[tuple[str, str, tuple[str, ...]]]:
    """The difference that a change of the shipped modèle makes: nature, subject, details."""
    old = from_folder(ROOT, OPTIMISATION).bundle
    found = contents(old)
    change(found)
    return [
        (one.nature, plain(one.sujet), tuple(map(plain, one.details)))
        for one in difference(old, Bundle.model_validate(found))
    ]


def test_nothing_changed() -> None:
    assert said(lambda _: None) == []


def test_what_changes_in_a_child_is_told_with_its_modele() -> None:
    def rename(found: dict[str, Any]) -> None:
        etapes = found["enfants"]["abonnement_fournisseur"]["modele"]["etapes"]
        next(etape for etape in etapes if etape["cle"] == "commande")["titre"] = "Commander"

    assert said(rename) == [
        (
            "changement",
            "étape « Commander », démarches « Changement de fournisseur »",
            ("titre : Commande → Commander",),
        )
    ]


def test_a_field_that_depends_on_an_answer_is_told_too() -> None:
    def branch(found: dict[str, Any]) -> dict[str, Any]:
        properties: dict[str, Any] = found["lignes"]["contrats"]["allOf"][1]["then"]["properties"]
        return properties

    def add(found: dict[str, Any]) -> None:
        branch(found)["debit"] = {"type": "integer", "title": "Débit"}

    def rename(found: dict[str, Any]) -> None:
        branch(found)["prix"]["title"] = "Prix par mois"

    line = "champs d'une ligne de « contrats »"
    assert said(add) == [("changement", line, ("champ « Débit » ajouté",))]
    assert said(rename) == [("changement", line, ("conditions de ses champs modifiées",))]
