"""Professionals in difficulty: ways open to them, and their cash beside the debts (DET-01, DET-17)."""

from datetime import date, timedelta
from typing import Any

import pytest

from rules.difficultes import CESSATION_JOURS, Releve, limite_cessation, tresorerie, voies_ouvertes
from rules.erreurs import DonneeIncoherenteError
from rules.lectures_dette import suivi_tresorerie, voies_professionnelles

CESSATION = date(2026, 1, 6)
LIMITE = date(2026, 2, 20)


def test_forty_five_days_from_the_suspension_of_payments() -> None:
    """C. com., art. L631-4: the 45th day after 6 January 2026 is 20 February."""
    assert limite_cessation(CESSATION) == LIMITE == CESSATION + timedelta(days=CESSATION_JOURS)


@pytest.mark.parametrize(
    ("jour", "cessation", "ouvertes"),
    [
        (CESSATION, None, ("mandat_ad_hoc", "conciliation", "sauvegarde")),
        (CESSATION, CESSATION, ("conciliation", "redressement", "liquidation")),
        (LIMITE, CESSATION, ("conciliation", "redressement", "liquidation")),
        (LIMITE + timedelta(days=1), CESSATION, ("redressement", "liquidation")),
    ],
)
def test_ways_open_on_a_day(jour: date, cessation: date | None, ouvertes: tuple[str, ...]) -> None:
    assert voies_ouvertes(jour, cessation) == ouvertes


def test_the_reading_says_the_ways_and_the_last_day() -> None:
    lue = voies_professionnelles(LIMITE + timedelta(days=1), CESSATION)
    assert (lue["ouvertes"], lue["limite"], lue["depassee"]) == (
        "Redressement judiciaire, liquidation judiciaire",
        LIMITE,
        True,
    )
    assert "à venir" in (voies_professionnelles(CESSATION, LIMITE)["refus"] or "")


def mois(fin: date, entre: int, sort: int, solde: int) -> Releve:
    return Releve(fin, entre, sort, solde)


def test_cash_once_the_debts_are_paid() -> None:
    """Two months bring 1 000 € and 500 €: 750 € a month; debts take 1 250 €, so 2 600 € last five months."""
    releves = [
        mois(date(2026, 2, 28), 900_000, 850_000, 260_000),
        mois(date(2026, 1, 31), 900_000, 800_000, 210_000),
        mois(date(2026, 4, 30), 1, 1, 1),
    ]
    lue = tresorerie(releves, 125_000, date(2026, 3, 5))
    assert (lue.solde, lue.au, lue.excedent) == (260_000, date(2026, 2, 28), 75_000)
    assert (lue.apres_dettes, lue.mois_couverts) == (-50_000, 5)


def test_an_overdraft_lasts_no_month_and_a_surplus_never_ends() -> None:
    jour = date(2026, 2, 1)
    assert tresorerie([mois(date(2026, 1, 31), 0, 100, -5_000)], 0, jour).mois_couverts == 0
    assert tresorerie([mois(date(2026, 1, 31), 100, 0, 5_000)], 100, jour).mois_couverts is None


@pytest.mark.parametrize(
    ("releves", "message"),
    [
        ([], "Aucun relevé"),
        ([mois(CESSATION, 1, 1, 1), mois(CESSATION, 1, 1, 1)], "même date"),
        ([mois(CESSATION, -1, 1, 1)], "négatif"),
    ],
)
def test_months_that_cannot_be(releves: list[Releve], message: str) -> None:
    with pytest.raises(DonneeIncoherenteError, match=message):
        tresorerie(releves, 0, LIMITE)


def test_the_reading_says_why_it_has_no_figure() -> None:
    aucun: list[Any] = []
    assert "Aucun relevé" in (suivi_tresorerie(LIMITE, aucun, aucun, aucun)["refus"] or "")
