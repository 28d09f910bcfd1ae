"""Figures of the dashboards of a trade (CRE-03, ASO-02, ASO-03, REC-31)."""

from datetime import date

import pytest

from rules.erreurs import DonneeIncoherenteError
from rules.tableaux import (
    DossierCredit,
    DossierRecouvrement,
    DossierSubvention,
    Part,
    Periode,
    production,
    recouvrements,
    subventions,
)

ANNEE = Periode(date(2026, 1, 1), date(2026, 12, 31))


def test_production_is_the_capital_of_the_offers_accepted_in_the_period() -> None:
    trouve = production(
        [
            DossierCredit("Azur", 20_000_000, date(2026, 3, 2), 180_000),
            DossierCredit("Opale", 5_000_000, date(2026, 12, 31)),
            DossierCredit("Azur", 1_000_000, date(2026, 1, 1), 20_000),
            DossierCredit("Azur", 9_000_000, date(2025, 12, 31), 90_000),
            DossierCredit(),
            DossierCredit(issue="refuse", clos_le=date(2026, 5, 4)),
            DossierCredit(issue="abandonne", clos_le=date(2026, 5, 5)),
            DossierCredit(issue="abandonne", clos_le=date(2027, 1, 1)),
        ],
        ANNEE,
    )
    assert (trouve.total, trouve.dossiers, trouve.honoraires) == (26_000_000, 3, 200_000)
    assert trouve.par_banque == (Part("Azur", 2, 21_000_000), Part("Opale", 1, 5_000_000))
    assert (trouve.refuses, trouve.abandonnes) == (1, 1)


def test_nothing_yet_is_nothing() -> None:
    assert production([], ANNEE).par_banque == ()
    assert subventions([], ANNEE).taux is None


def test_a_period_in_disorder_is_refused() -> None:
    with pytest.raises(DonneeIncoherenteError, match="précède"):
        Periode(date(2026, 2, 1), date(2026, 1, 31))


def test_grants_asked_voted_and_paid() -> None:
    jour = date(2026, 2, 1)
    trouve = subventions(
        [
            DossierSubvention("Ville", "sport", 100, 60, jour, "obtenue", date(2026, 4, 1), 60, 30),
            DossierSubvention("Région", "culture", 100, 80, jour, "rectifiee", date(2026, 5, 1), 40),
            DossierSubvention("Région", "sport", 50, 20, jour, "refusee", date(2026, 5, 2)),
            DossierSubvention("Ville", "sport", 10, 5, jour),
            # Decided the year after: it counts then.
            DossierSubvention("Ville", "sport", 10, 5, jour, "obtenue", date(2027, 1, 2), 5),
        ],
        ANNEE,
    )
    assert (trouve.dossiers, trouve.budget, trouve.demande) == (4, 260, 165)
    assert (trouve.vote, trouve.paye, trouve.taux) == (100, 30, 62)
    assert (trouve.obtenues, trouve.rectifiees, trouve.refusees, trouve.en_attente) == (1, 1, 1, 1)
    assert trouve.par_financeur == (Part("Ville", 1, 60), Part("Région", 2, 40))
    assert trouve.par_domaine == (Part("sport", 2, 60), Part("culture", 1, 40))
    assert trouve.par_annee == (Part("2026", 3, 100),)


def test_claims_outstanding_and_recovered() -> None:
    trouve = recouvrements(
        [
            DossierRecouvrement("Aubert", 70_000, 50_000, ((date(2026, 1, 1), 30_000),), ouvert=True),
            DossierRecouvrement("Aubert", 10_000, 0, ((date(2025, 12, 31), 9_000),), ouvert=True),
            # Paid twice, and given back.
            DossierRecouvrement(
                "Benali",
                0,
                0,
                ((date(2026, 12, 30), 5_000), (date(2026, 12, 30), 5_000), (date(2026, 12, 31), -5_000)),
                ouvert=True,
            ),
            # Given up: nothing is pursued any more, what it brought remains.
            DossierRecouvrement("Roux", 99_000, 99_000, ((date(2026, 6, 1), 1_000),), ouvert=False),
        ],
        ANNEE,
    )
    assert (trouve.dossiers, trouve.encours, trouve.en_retard) == (3, 80_000, 50_000)
    assert (trouve.recupere, trouve.reglements) == (36_000, 4)
    assert trouve.par_client == (Part("Aubert", 2, 80_000),)
