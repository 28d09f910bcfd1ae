"""Debts of a client: principal after payments, dashboard, plans compared, over-indebtedness (DET-04 to DET-21)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from rules.dettes import (
    Dette,
    EtatDette,
    Paiement,
    dossier_surendettement,
    etat,
    limite_contestation,
    passif,
)
from rules.erreurs import DonneeIncoherenteError
from rules.financement import Foyer
from rules.plans_dettes import Scenario, le_plus_soutenable, modeliser

ARRETE = date(2026, 1, 1)
AUTO = Dette("a", "Banque Azur", "credit_consommation", 1_200_000, 800_000, ARRETE, 25_000, Decimal("7.3"))
LOYER = Dette("l", "SCI des Tilleuls", "retard_loyer", 180_000, 180_000, ARRETE)
FOYER = Foyer(210_000, charges=40_000, charges_logement=62_000)
PREMIERE = date(2027, 1, 5)


class TestPrincipal:
    def test_after_each_payment(self) -> None:
        paiements = [Paiement("l", date(2026, 2, 1), 30_000), Paiement("l", date(2026, 3, 1), 50_000)]
        assert etat(LOYER, paiements[:1]).capital == 150_000
        lu = etat(LOYER, paiements)
        assert (lu.capital, lu.rembourse, lu.progression, lu.soldee) == (100_000, 80_000, 44, False)

    def test_interest_first_then_principal(self) -> None:
        paiement = Paiement("a", date(2026, 1, 31), 25_000)
        lu = etat(AUTO, [paiement])
        assert 800_000 * Decimal("7.3") * 30 / 36_500 == 4_800
        assert (lu.capital, lu.interets) == (800_000 - 20_200, 0)

    def test_a_payment_below_the_interest_leaves_the_rest_of_it_without_interest_on_it(self) -> None:
        lu = etat(AUTO, [Paiement("a", date(2026, 1, 31), 1_800)], au=date(2026, 3, 2))
        assert (lu.capital, lu.interets) == (800_000, 3_000 + 4_800)
        assert lu.du == 807_800

    def test_a_payment_before_the_statement_is_in_it_already(self) -> None:
        lu = etat(LOYER, [Paiement("l", date(2025, 12, 31), 20_000)])
        assert (lu.capital, lu.rembourse) == (180_000, 20_000)

    def test_a_payment_of_tomorrow_and_one_of_another_debt_do_not_count(self) -> None:
        autres = [Paiement("l", date(2026, 2, 2), 1_000), Paiement("a", ARRETE, 1_000)]
        assert etat(LOYER, autres, au=date(2026, 2, 1)).capital == 180_000

    def test_paid_off_and_beyond(self) -> None:
        lu = etat(LOYER, [Paiement("l", date(2026, 2, 1), 200_000)])
        assert (lu.du, lu.trop_paye, lu.soldee, lu.progression) == (0, 20_000, True, 100)

    def test_settled_by_a_waiver(self) -> None:
        remise = Dette("r", "Fournisseur", "facture_impayee", 100_000, 60_000, ARRETE, soldee=True)
        assert etat(remise, [], au=date(2027, 1, 1)).soldee

    @given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 300_000)), max_size=12))
    def test_every_cent_paid_goes_somewhere(self, recus: list[tuple[int, int]]) -> None:
        paiements = [Paiement("a", date.fromordinal(ARRETE.toordinal() + j), m) for j, m in recus]
        lu = etat(AUTO, paiements)
        assert lu.rembourse == sum(m for _, m in recus)
        assert 0 <= lu.capital <= 800_000 and lu.interets >= 0
        assert lu.trop_paye <= max(0, lu.rembourse - 800_000)

    @pytest.mark.parametrize(
        "fautive",
        [
            Dette("x", "X", "autre", 0, 0, ARRETE),
            Dette("x", "X", "autre", 100, -1, ARRETE),
            Dette("x", "X", "autre", 100, 100, ARRETE, -1),
            Dette("x", "X", "autre", 100, 100, ARRETE, 0, Decimal(51)),
        ],
    )
    def test_a_debt_that_cannot_be(self, fautive: Dette) -> None:
        with pytest.raises(DonneeIncoherenteError):
            etat(fautive, [])

    def test_a_payment_that_is_none(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="paiement"):
            etat(LOYER, [Paiement("l", ARRETE, 0)])


class TestDashboard:
    def test_totals(self) -> None:
        lu = passif([AUTO, LOYER], [Paiement("l", date(2026, 2, 1), 180_000)], 100_000, autres_credits=10_000)
        assert (lu.capital, lu.echeances, lu.rembourse) == (800_000, 25_000, 180_000)
        assert lu.taux_endettement == Decimal("35.00")

    def test_without_income_there_is_no_ratio_and_zero_is_no_income(self) -> None:
        assert passif([AUTO], [], None).taux_endettement is None
        with pytest.raises(DonneeIncoherenteError, match="revenus mensuels"):
            passif([AUTO], [], 0)

    def test_a_situation_over_a_hundred_per_cent_is_told(self) -> None:
        assert passif([AUTO], [], 20_000).taux_endettement == 125

    def test_a_payment_of_no_debt(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="dette inconnue"):
            passif([AUTO], [Paiement("z", ARRETE, 1)], None)


def etats() -> list[EtatDette]:
    return [etat(AUTO, []), etat(LOYER, [])]


def plan(mode: Any, **plus: Any) -> Any:
    minimum = plus.pop("minimum", 70_000)
    return modeliser(Scenario("s", "Essai", mode, **plus), etats(), FOYER, minimum, PREMIERE)


class TestPlans:
    def test_by_duration_against_an_independent_library(self) -> None:
        trouve = plan("duree", duree=36)
        auto = pyxirr.pmt(0.073 / 12, 36, -800_000)
        assert auto is not None
        assert [part.mensualite for part in trouve.parts] == [round(auto), 5_000]
        assert trouve.mensualite == round(auto) + 5_000
        assert abs(trouve.cout - (36 * auto - 800_000)) < 36
        assert trouve.fin == date(2029, 12, 5)
        assert trouve.reste_a_vivre == 210_000 - 40_000 - 62_000 - trouve.mensualite
        assert trouve.soutenable is (trouve.reste_a_vivre >= 70_000)

    def test_by_monthly_amount_the_shortest_duration_it_pays(self) -> None:
        trouve = plan("mensualite", mensualite=30_000)
        assert trouve.mensualite <= 30_000 < plan("duree", duree=trouve.duree - 1).mensualite

    def test_by_grouping(self) -> None:
        trouve = plan("regroupement", duree=60, taux=Decimal("5.5"), frais=20_000)
        attendu = pyxirr.pmt(0.055 / 12, 60, -1_000_000)
        assert attendu is not None
        assert trouve.mensualite == round(attendu)
        assert [part.capital for part in trouve.parts] == [1_000_000]
        assert trouve.cout == trouve.parts[0].interets + 20_000

    def test_side_by_side_the_cheapest_that_is_bearable(self) -> None:
        court, moyen, long_ = (plan("duree", duree=n) for n in (24, 36, 60))
        assert [p.soutenable for p in (court, moyen, long_)] == [False, True, True]
        assert court.cout < moyen.cout < long_.cout
        assert le_plus_soutenable([long_, court, moyen]) is moyen
        assert le_plus_soutenable([court]) is None
        assert le_plus_soutenable([]) is None

    @pytest.mark.parametrize(
        ("mode", "plus", "message"),
        [
            ("duree", {}, "de 1 à 120 mois"),
            ("duree", {"duree": 0}, "de 1 à 120 mois"),
            ("duree", {"duree": 121}, "de 1 à 120 mois"),
            ("duree", {"duree": 1}, "supérieur à 100"),
            ("duree", {"duree": 36, "minimum": -1}, "reste à vivre"),
            ("mensualite", {}, "montant mensuel"),
            ("mensualite", {"mensualite": 0}, "montant mensuel"),
            ("mensualite", {"mensualite": 5_000}, "ne rembourse pas"),
            ("regroupement", {"duree": 36}, "taux du crédit"),
            ("regroupement", {"duree": 36, "taux": Decimal(0)}, "Le taux est de 0"),
            ("regroupement", {"duree": 36, "taux": Decimal(5), "frais": -1}, "frais"),
        ],
    )
    def test_a_plan_that_is_none(self, mode: str, plus: dict[str, Any], message: str) -> None:
        with pytest.raises(DonneeIncoherenteError, match=message):
            plan(mode, **plus)

    def test_no_income_and_no_debt(self) -> None:
        scenario = Scenario("s", "Essai", "duree", duree=36)
        with pytest.raises(DonneeIncoherenteError, match="revenus mensuels"):
            modeliser(scenario, etats(), Foyer(0), 0, PREMIERE)
        with pytest.raises(DonneeIncoherenteError, match="Aucune dette"):
            modeliser(scenario, [], FOYER, 0, PREMIERE)


class TestOverIndebtedness:
    def test_file_from_the_debts_selected(self) -> None:
        dossier = dossier_surendettement(etats(), FOYER, particulier=True)
        assert [(ligne.creancier, ligne.nature, ligne.montant) for ligne in dossier.lignes] == [
            ("Banque Azur", "credit_consommation", 800_000),
            ("SCI des Tilleuls", "retard_loyer", 180_000),
        ]
        assert (dossier.total, dossier.echeances, dossier.capacite) == (980_000, 25_000, 108_000)

    def test_no_income_is_a_situation(self) -> None:
        dossier = dossier_surendettement(etats(), Foyer(0, charges=30_000), particulier=True)
        assert dossier.capacite == -30_000

    def test_who_may_not(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="particuliers"):
            dossier_surendettement(etats(), FOYER, particulier=False)
        with pytest.raises(DonneeIncoherenteError, match="tribunal"):
            dossier_surendettement(etats(), FOYER, particulier=True, entrepreneur_individuel=True)

    def test_what_may_not_be_selected(self) -> None:
        paye = etat(LOYER, [Paiement("l", ARRETE, 180_000)])
        with pytest.raises(DonneeIncoherenteError, match="SCI des Tilleuls est soldée"):
            dossier_surendettement([paye], FOYER, particulier=True)
        with pytest.raises(DonneeIncoherenteError, match="au moins une dette"):
            dossier_surendettement([], FOYER, particulier=True)
        with pytest.raises(DonneeIncoherenteError, match="négative"):
            dossier_surendettement(etats(), Foyer(1, charges=-1), particulier=True)

    def test_contesting_a_refusal(self) -> None:
        assert limite_contestation(date(2026, 11, 22)) == date(2026, 12, 7)
