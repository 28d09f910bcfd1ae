"""Provident benefits: days paid, pensions, payments and their periods, revaluations with history (PRV-02 to PRV-07)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.erreurs import DonneeIncoherenteError
from rules.prevoyance import (
    Revalorisation,
    Versement,
    historique,
    indemnites_journalieres,
    jours_indemnises,
    montant_au,
    prochaine_echeance,
    rente_annuelle,
    repartir,
    terme,
    total_verse,
)

LUNDI, VENDREDI = date(2026, 11, 16), date(2026, 11, 27)
DEBUT = date(2026, 1, 1)


class TestDailyAllowances:
    def test_worked_example(self) -> None:
        assert jours_indemnises(LUNDI, VENDREDI, franchise=0) == 12
        assert jours_indemnises(LUNDI, VENDREDI, franchise=3) == 9
        assert jours_indemnises(LUNDI, VENDREDI, franchise=7) == 5
        assert jours_indemnises(LUNDI, VENDREDI, franchise=90) == 0
        assert indemnites_journalieres(4_250, LUNDI, VENDREDI, 3) == 38_250

    def test_what_cannot_be(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="finir avant"):
            jours_indemnises(VENDREDI, LUNDI, 3)
        with pytest.raises(DonneeIncoherenteError, match="franchise"):
            jours_indemnises(LUNDI, VENDREDI, -1)
        with pytest.raises(DonneeIncoherenteError, match="indemnité journalière"):
            indemnites_journalieres(0, LUNDI, VENDREDI, 3)


class TestPension:
    def test_guaranteed_rate_less_the_state_s_part(self) -> None:
        rente = rente_annuelle(3_600_000, Decimal("80"), 1_800_000)
        assert rente == 1_080_000
        assert [terme(rente, p) for p in ("mois", "trimestre", "an")] == [90_000, 270_000, 1_080_000]
        assert rente_annuelle(3_600_000, Decimal("30"), 1_800_000) == 0

    @pytest.mark.parametrize(
        ("base", "taux", "deduction"),
        [(0, "80", 0), (100, "0", 0), (100, "100.01", 0), (100, "NaN", 0), (100, "80", -1)],
    )
    def test_what_cannot_be(self, base: int, taux: str, deduction: int) -> None:
        with pytest.raises(DonneeIncoherenteError):
            rente_annuelle(base, Decimal(taux), deduction)


class TestDeathCapital:
    def test_to_the_cent(self) -> None:
        tiers = {"Léa": Decimal("33.33"), "Tom": Decimal("33.33"), "Zoé": Decimal("33.34")}
        assert repartir(10_000_001, tiers) == {"Léa": 3_333_000, "Tom": 3_333_000, "Zoé": 3_334_001}

    @given(st.integers(1, 10**9), st.lists(st.integers(1, 9_999), min_size=1, max_size=5))
    def test_not_a_cent_is_lost(self, capital: int, poids: list[int]) -> None:
        restant, parts = Decimal(100), {}
        for rang, poids_de in enumerate(poids):
            part = min(Decimal(poids_de) / 100, restant)
            if part:
                parts[str(rang)] = part
            restant -= part
        if restant:
            parts["reste"] = restant
        assert sum(repartir(capital, parts).values()) == capital

    @pytest.mark.parametrize("parts", [{}, {"a": "60"}, {"a": "60", "b": "50"}, {"a": "0", "b": "100"}])
    def test_parts_that_do_not_make_a_hundred(self, parts: dict[str, str]) -> None:
        with pytest.raises(DonneeIncoherenteError):
            repartir(100, {nom: Decimal(part) for nom, part in parts.items()})
        with pytest.raises(DonneeIncoherenteError, match="capital"):
            repartir(0, {"a": Decimal(100)})


JANVIER = Versement(date(2026, 2, 5), DEBUT, date(2026, 1, 31), 90_000)
FEVRIER = Versement(date(2026, 3, 5), date(2026, 2, 1), date(2026, 2, 28), 90_000)


class TestPayments:
    def test_total(self) -> None:
        assert total_verse([FEVRIER, JANVIER]) == 180_000
        assert total_verse([]) == 0

    def test_the_same_day_is_not_paid_twice(self) -> None:
        double = Versement(date(2026, 3, 6), date(2026, 1, 31), date(2026, 2, 10), 1)
        with pytest.raises(DonneeIncoherenteError, match="31/01/2026"):
            total_verse([JANVIER, double])

    @pytest.mark.parametrize(
        "versement",
        [Versement(DEBUT, DEBUT, date(2025, 12, 31), 1), Versement(DEBUT, DEBUT, DEBUT, 0)],
    )
    def test_what_cannot_be(self, versement: Versement) -> None:
        with pytest.raises(DonneeIncoherenteError):
            total_verse([versement])

    def test_next_payment(self) -> None:
        assert prochaine_echeance([], "mois", DEBUT) == date(2026, 1, 31)
        assert prochaine_echeance([JANVIER, FEVRIER], "mois", DEBUT) == date(2026, 3, 31)
        assert prochaine_echeance([JANVIER, FEVRIER], "trimestre", DEBUT) == date(2026, 5, 31)
        assert prochaine_echeance([JANVIER], "mois", DEBUT, d_avance=True) == date(2026, 2, 1)

    def test_the_right_ends(self) -> None:
        fin = date(2026, 3, 10)
        assert prochaine_echeance([JANVIER, FEVRIER], "mois", DEBUT, fin) == fin
        dernier = Versement(fin, date(2026, 3, 1), fin, 30_000)
        assert prochaine_echeance([JANVIER, FEVRIER, dernier], "mois", DEBUT, fin) is None


EN_2027 = Revalorisation("a", date(2027, 1, 1), taux=Decimal("1.7"))
EN_2028 = Revalorisation("b", date(2028, 1, 1), montant=95_000)


class TestRevaluations:
    def test_history_by_date_each_on_the_one_before(self) -> None:
        paliers = historique(90_000, DEBUT, [EN_2028, EN_2027])
        assert [(p.revalorisation.id, p.avant, p.apres) for p in paliers] == [
            ("a", 90_000, 91_530),
            ("b", 91_530, 95_000),
        ]

    @pytest.mark.parametrize(
        ("jour", "montant"),
        [
            (date(2025, 12, 31), 0),
            (date(2026, 12, 31), 90_000),
            (date(2027, 1, 1), 91_530),
            (date(2030, 1, 1), 95_000),
        ],
    )
    def test_amount_of_a_day(self, jour: date, montant: int) -> None:
        assert montant_au(jour, 90_000, DEBUT, [EN_2027, EN_2028]) == montant

    @pytest.mark.parametrize(
        "fautive",
        [
            Revalorisation("x", date(2027, 1, 1)),
            Revalorisation("x", date(2027, 2, 1), Decimal(1), 100),
            Revalorisation("x", date(2027, 2, 1), taux=Decimal(0)),
            Revalorisation("x", date(2027, 2, 1), montant=0),
            Revalorisation("x", date(2025, 12, 31), taux=Decimal(1)),
            Revalorisation("x", EN_2027.effet, taux=Decimal(1)),
        ],
    )
    def test_what_cannot_be(self, fautive: Revalorisation) -> None:
        with pytest.raises(DonneeIncoherenteError):
            historique(90_000, DEBUT, [EN_2027, fautive])
        with pytest.raises(DonneeIncoherenteError):
            historique(0, DEBUT, [])
