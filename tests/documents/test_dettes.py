"""Documents of debts: the plan proposed to creditors, the over-indebtedness file prefilled (DET-18, DET-21)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from activities.pdf import ModelError, render_document, render_html
from rules.lectures_dette import comparatif_plans, donnees_surendettement
from tests.documents.exemples import modele, wire

JOUR = date(2026, 11, 22)
DETTES: list[Any] = [
    {
        "id": "l",
        "nom": "Loyers",
        "creancier": "SCI des Tilleuls",
        "nature": "retard_loyer",
        "montant_initial": 180_000,
        "capital_restant_du": 180_000,
        "arrete_le": JOUR,
    },
    {
        "id": "c",
        "nom": "Carte",
        "creancier": "Banque Azur",
        "nature": "credit_consommation",
        "montant_initial": 900_000,
        "capital_restant_du": 850_000,
        "arrete_le": JOUR,
        "montant_echeance": 30_000,
    },
]
SCENARIOS: list[Any] = [{"id": "s", "nom": "36 mois", "mode": "duree", "duree": 36}]


@pytest.fixture
def dettes(contexte: dict[str, Any]) -> dict[str, Any]:
    plans = comparatif_plans(
        JOUR, DETTES, [], SCENARIOS, 210_000, 40_000, 62_000, None, None, date(2027, 1, 5)
    )
    dossier = donnees_surendettement(
        JOUR, DETTES, [], ["Loyers", "Carte"], 130_000, 60_000, 55_000, True, None
    )
    return contexte | {
        "plan": {"scenario": "36 mois", "premiere_echeance": "2027-01-05"},
        "ligne": DETTES[0] | {"restant": 180_000, "nom_ligne": "Loyers"},
        "lectures": wire({"plans": plans, "dossier": dossier}),
    }


def texte(nom: str, partials: dict[str, str], contexte: dict[str, Any]) -> str:
    html = render_html(modele(f"dettes/{nom}.html.j2"), partials, contexte)
    return html.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("nom", ["proposition", "surendettement"])
def test_they_lay_out(nom: str, partials: dict[str, str], dettes: dict[str, Any]) -> None:
    assert render_document(modele(f"dettes/{nom}.html.j2"), partials, dettes).startswith(b"%PDF")


def _only(contexte: dict[str, Any], dette: str) -> dict[str, Any]:
    """As the engine gives it: the parts of the other creditors are taken out of the plans."""
    plans = contexte["lectures"]["plans"]
    scenarios = [
        scenario | {"parts": [part for part in scenario["parts"] if part["dette"] in (None, dette)]}
        for scenario in plans["scenarios"]
    ]
    return contexte | {"lectures": {"plans": plans | {"scenarios": scenarios}}}


def test_the_plan_tells_a_creditor_its_own_part(partials: dict[str, str], dettes: dict[str, Any]) -> None:
    lettre = texte("proposition", partials, _only(dettes, "l"))
    for attendu in ("SCI des Tilleuls", "Loyers", "1 800,00 €", "50,00 €", "36"):
        assert attendu in lettre
    for autre in ("Banque Azur", "Carte", "236,11 €", "286,11 €"):
        assert autre not in lettre


def test_a_loan_that_replaces_the_debts_pays_each_creditor_at_once(
    partials: dict[str, str], dettes: dict[str, Any]
) -> None:
    regroupe: Any = {
        "id": "r",
        "nom": "36 mois",
        "mode": "regroupement",
        "duree": 36,
        "taux": Decimal("0.06"),
    }
    plans = comparatif_plans(JOUR, DETTES, [], [regroupe], 210_000, 0, 0, None, None, date(2027, 1, 5))
    lettre = texte("proposition", partials, dettes | {"lectures": wire({"plans": plans})})
    assert "régler en une fois" in lettre
    assert "1 800,00 €" in lettre
    assert "10 300,00 €" not in lettre


def test_a_plan_that_cannot_be_is_not_proposed_and_its_reason_is_for_the_adviser(
    partials: dict[str, str], dettes: dict[str, Any]
) -> None:
    """DET-21: what the client earns is no business of a creditor; nor is a letter without its plan."""
    impossible: Any = {"id": "m", "nom": "36 mois", "mode": "mensualite", "mensualite": 100}
    plans = comparatif_plans(JOUR, DETTES, [], [impossible], 210_000, 0, 0, None, None, date(2027, 1, 5))
    [refus] = [scenario["refus"] for scenario in plans["scenarios"]]
    assert refus
    with pytest.raises(ModelError) as refused:
        texte("proposition", partials, dettes | {"lectures": wire({"plans": plans})})
    assert str(refused.value) == refus
    assert refus not in refused.value.sans_valeur

    oublie = comparatif_plans(JOUR, DETTES, [], [], 210_000, 0, 0, None, None, date(2027, 1, 5))
    with pytest.raises(ModelError, match="n’est plus parmi les plans comparés"):
        texte("proposition", partials, dettes | {"lectures": wire({"plans": oublie})})


def test_the_file_names_creditor_amount_and_nature(partials: dict[str, str], dettes: dict[str, Any]) -> None:
    fiche = texte("surendettement", partials, dettes)
    for attendu in ("Créanciers (2)", "Retard de loyer", "8 500,00 €", "10 300,00 €", "150,00 €"):
        assert attendu in fiche


def test_a_file_that_cannot_be_says_why(partials: dict[str, str], dettes: dict[str, Any]) -> None:
    refus = donnees_surendettement(JOUR, DETTES, [], ["Loyers"], 130_000, None, None, False, None)
    dettes["lectures"] = wire({"dossier": refus})
    fiche = texte("surendettement", partials, dettes)
    assert "réservé aux particuliers" in fiche
    assert "Créanciers (" not in fiche
