"""Financing plan, ratios, HCSF marks, offer delays, grouping, professional financing: worked examples and refusals."""

from datetime import date
from decimal import Decimal

import pytest
import pyxirr

from rules.erreurs import DonneeIncoherenteError, HorsPlageError
from rules.financement import Foyer, capital_a_financer, ratios, repere_hcsf, taux_endettement
from rules.financement_pro import (
    CreditBail,
    besoin_fonds_roulement,
    cout,
    jours_de_chiffre_affaires,
    loyer,
)
from rules.offres_pret import (
    acceptation_possible_le,
    fin_condition_suspensive,
    fin_retractation_acquereur,
    indemnite_remboursement_max,
    offre_tenue_jusqu_au,
    vente_a_conclure_avant,
)
from rules.regroupement import Conditions, CreditRepris, capital_a_regrouper, regrouper

AUJOURD_HUI = date(2026, 11, 22)


class TestPlan:
    def test_needs_less_contributions(self) -> None:
        assert capital_a_financer([18_000_000, 4_000_000, 500_000], [2_000_000, 500_000]) == 20_000_000

    @pytest.mark.parametrize(
        ("besoins", "apports", "message"),
        [
            ([], [], "au moins un besoin"),
            ([100], [100], "rien à financer"),
            ([100], [200], "rien à financer"),
            ([100, -1], [], "négatif"),
            ([100], [-1], "négatif"),
        ],
    )
    def test_a_plan_that_is_none(self, besoins: list[int], apports: list[int], message: str) -> None:
        with pytest.raises(DonneeIncoherenteError, match=message):
            capital_a_financer(besoins, apports)


class TestRatios:
    MENSUALITE = 112_933 + 2_400

    def test_worked_example(self) -> None:
        trouves = ratios(Foyer(420_000, charges_logement=95_000, credits=18_000), self.MENSUALITE)
        assert trouves.taux_endettement == Decimal("31.75")
        assert trouves.reste_a_vivre == 286_667
        assert trouves.saut_de_charge == 20_333
        assert trouves.mensualites == 133_333

    def test_a_rental_investment_adds_to_the_present_housing_charge(self) -> None:
        foyer = Foyer(420_000, charges=30_000, charges_logement=95_000)
        trouves = ratios(foyer, self.MENSUALITE, logement_remplace=False)
        assert trouves.saut_de_charge == self.MENSUALITE
        assert trouves.reste_a_vivre == 420_000 - 30_000 - 95_000 - self.MENSUALITE

    @pytest.mark.parametrize("revenus", [0, -1])
    def test_no_income_no_ratio(self, revenus: int) -> None:
        with pytest.raises(DonneeIncoherenteError, match="revenus mensuels"):
            ratios(Foyer(revenus), 1)

    def test_over_a_hundred_per_cent_is_refused_by_the_simulator_and_told_of_a_situation(self) -> None:
        assert ratios(Foyer(100_000), 100_000).taux_endettement == 100
        with pytest.raises(DonneeIncoherenteError, match="supérieur à 100"):
            ratios(Foyer(100_000), 100_001)
        assert taux_endettement(150_000, 100_000) == 150

    def test_negative_charges(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="négative"):
            ratios(Foyer(100_000, charges=-1), 1)
        with pytest.raises(DonneeIncoherenteError, match="négative"):
            taux_endettement(-1, 100_000)


class TestHcsf:
    def test_under_and_over_the_marks(self) -> None:
        assert repere_hcsf(133_333, 420_000, 240, AUJOURD_HUI).libelle == "Sous le repère HCSF"
        assert not repere_hcsf(147_000, 420_000, 300, AUJOURD_HUI).taux_depasse
        juste = repere_hcsf(147_001, 420_000, 300, AUJOURD_HUI)
        assert (juste.taux_depasse, juste.duree_depassee) == (True, False)
        assert juste.libelle == "Au-dessus du repère HCSF"

    def test_duration(self) -> None:
        assert repere_hcsf(1, 420_000, 301, AUJOURD_HUI).duree_depassee
        assert not repere_hcsf(1, 420_000, 324, AUJOURD_HUI, differe_ou_travaux=True).duree_depassee
        assert repere_hcsf(1, 420_000, 325, AUJOURD_HUI, differe_ou_travaux=True).duree_depassee

    def test_nothing_before_the_decision(self) -> None:
        with pytest.raises(HorsPlageError, match="repère HCSF"):
            repere_hcsf(1, 420_000, 240, date(2021, 12, 31))


class TestOffer:
    def test_worked_example(self) -> None:
        recue = date(2026, 11, 2)
        assert acceptation_possible_le(recue) == date(2026, 11, 13)
        assert offre_tenue_jusqu_au(recue) == date(2026, 12, 2)
        assert indemnite_remboursement_max(15_000_000, Decimal("3.20"), AUJOURD_HUI) == 240_000

    def test_three_per_cent_where_it_is_less(self) -> None:
        assert indemnite_remboursement_max(15_000_000, Decimal(8), AUJOURD_HUI) == 450_000

    def test_sale_condition_and_withdrawal(self) -> None:
        assert vente_a_conclure_avant(date(2026, 10, 31)) == date(2027, 2, 28)
        assert fin_condition_suspensive(date(2027, 1, 31)) == date(2027, 2, 28)
        assert fin_condition_suspensive(date(2027, 1, 15), 2) == date(2027, 3, 15)
        assert fin_retractation_acquereur(date(2026, 11, 2)) == date(2026, 11, 12)
        with pytest.raises(DonneeIncoherenteError, match="au moins un mois"):
            fin_condition_suspensive(date(2027, 1, 15), 0)

    def test_nothing_before_the_articles(self) -> None:
        with pytest.raises(HorsPlageError, match="Délai de réflexion"):
            acceptation_possible_le(date(2016, 6, 30))

    @pytest.mark.parametrize(("capital", "taux"), [(0, "3"), (-1, "3"), (100, "51")])
    def test_an_impossible_early_repayment(self, capital: int, taux: str) -> None:
        with pytest.raises(DonneeIncoherenteError):
            indemnite_remboursement_max(capital, Decimal(taux), AUJOURD_HUI)


class TestGrouping:
    AUTO = CreditRepris(800_000, 25_000, 36)
    CONSO = CreditRepris(400_000, 20_000, 24, indemnite=4_000)

    def test_lighter_months_dearer_in_the_end(self) -> None:
        trouve = regrouper([self.AUTO, self.CONSO], Conditions(Decimal("6.5"), 72, assurance=1_000))
        assert trouve.capital == 1_204_000
        mensuelle = pyxirr.pmt(0.065 / 12, 72, -1_204_000)
        assert mensuelle is not None
        assert trouve.mensualite == round(mensuelle) + 1_000
        assert trouve.allegement == 45_000 - trouve.mensualite
        assert trouve.avant == 25_000 * 36 + 20_000 * 24
        assert abs(trouve.apres - 72 * trouve.mensualite) <= 72
        assert trouve.surcout == trouve.apres - trouve.avant > 0

    def test_cash_is_borrowed_and_is_no_extra_cost(self) -> None:
        avec = regrouper([self.AUTO], Conditions(Decimal("6.5"), 72, tresorerie=100_000, frais=20_000))
        assert avec.capital == capital_a_regrouper([self.AUTO], 100_000, 20_000) == 920_000
        assert avec.surcout == avec.apres - 100_000 - 900_000

    @pytest.mark.parametrize(
        "credits",
        [
            [],
            [CreditRepris(0, 100, 12)],
            [CreditRepris(100, 0, 12)],
            [CreditRepris(100, 100, 0)],
            [CreditRepris(100, 100, 12, -1)],
        ],
    )
    def test_loans_that_cannot_be_grouped(self, credits: list[CreditRepris]) -> None:
        with pytest.raises(DonneeIncoherenteError):
            capital_a_regrouper(credits)

    def test_negative_cash(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="trésorerie"):
            capital_a_regrouper([self.AUTO], -1)


class TestLeasing:
    BAIL = CreditBail(3_000_000, 48, valeur_residuelle=300_000, premier_loyer=500_000)

    def test_rent_against_an_independent_library(self) -> None:
        attendu = pyxirr.pmt(0.05 / 12, 48, -2_500_000, 300_000)
        assert attendu is not None
        assert loyer(self.BAIL, Decimal(5)) == round(attendu)

    def test_cost_gives_the_rate_back(self) -> None:
        mensuel = loyer(self.BAIL, Decimal(5))
        trouve = cout(self.BAIL, mensuel)
        assert trouve.loyers == 500_000 + 48 * mensuel
        assert trouve.surcout == trouve.loyers + 300_000 - 3_000_000 > 0
        assert trouve.taux == Decimal("5.12")

    @pytest.mark.parametrize(
        ("bail", "mensuel", "message"),
        [
            (CreditBail(0, 48), 1, "prix du bien"),
            (CreditBail(100, 0), 1, "0 mois"),
            (CreditBail(100, 48, 60, 40), 1, "rien à financer"),
            (CreditBail(100, 48, -1), 1, "négatifs"),
            (CreditBail(100_000, 48), 0, "Le loyer"),
            (CreditBail(100_000, 48), 1, "ne couvrent pas"),
        ],
    )
    def test_a_lease_that_cannot_be(self, bail: CreditBail, mensuel: int, message: str) -> None:
        with pytest.raises(DonneeIncoherenteError, match=message):
            cout(bail, mensuel)

    def test_a_rate_of_zero_is_no_lease(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="Le taux est de 0"):
            loyer(self.BAIL, Decimal(0))


class TestWorkingCapital:
    def test_need_and_days(self) -> None:
        besoin = besoin_fonds_roulement(6_000_000, 1_000_000, 4_000_000)
        assert besoin == 3_000_000
        assert jours_de_chiffre_affaires(besoin, 36_500_000) == 30
        assert besoin_fonds_roulement(0, 0, 100) == -100

    def test_impossible_figures(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="négatif"):
            besoin_fonds_roulement(-1, 0, 0)
        with pytest.raises(DonneeIncoherenteError, match="chiffre d’affaires"):
            jours_de_chiffre_affaires(100, 0)
