"""The schedule of each type of loan, against worked examples and an independent library (CRE-04, CRE-12, CPR-02)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.conditions_pret import ConditionsPret, chiffrer
from rules.erreurs import DonneeIncoherenteError
from rules.lectures_offres import comparatif_offres_pret, tableau_amortissement

JOUR = date(2026, 11, 22)
TAUX = st.decimals(Decimal("0.1"), Decimal(12), places=2)
CAPITAUX = st.integers(1_000_000, 100_000_000)


def effectif(recu: int, paiements: list[int]) -> float:
    """Yearly effective rate as the library finds it, per cent."""
    mois = pyxirr.irr([-float(recu), *(float(paiement) for paiement in paiements)])
    assert mois is not None
    return 100 * ((1 + mois) ** 12 - 1)


class TestLoans:
    def test_the_worked_example_with_insurance_guarantee_and_fees(self) -> None:
        """reference: 200 000 €, 3,20 %, 240 months, 24 € of insurance, 2 600 € of guarantee, 800 € of fees."""
        trouve = chiffrer(
            ConditionsPret(
                "amortissable",
                20_000_000,
                240,
                Decimal("3.20"),
                assurance=2_400,
                garantie=260_000,
                frais=80_000,
            )
        )
        assert (trouve.mensualite, trouve.taux) == (115_333, Decimal("3.69"))
        assert trouve.cout_total == 7_103_769 + 260_000 + 576_000
        assert trouve.a_payer == 27_103_769 + 576_000

    def test_zero_per_cent_pays_the_principal_and_the_insurance(self) -> None:
        trouve = chiffrer(ConditionsPret("taux_zero", 9_600_000, 240, differe=120, assurance=1_000))
        assert {ligne.total for ligne in trouve.lignes[:120]} == {1_000}
        assert {ligne.total for ligne in trouve.lignes[120:]} == {81_000}
        assert (trouve.interets, trouve.cout_total, trouve.lignes[-1].restant) == (0, 240_000, 0)

    def test_in_fine_interest_each_month_and_the_principal_at_the_end(self) -> None:
        """150 000 €, 3,60 %, 120 months: 450 € a month, then 150 450 €; 54 000 € of interest."""
        trouve = chiffrer(ConditionsPret("in_fine", 15_000_000, 120, Decimal("3.60")))
        assert {ligne.total for ligne in trouve.lignes[:119]} == {45_000}
        assert trouve.lignes[-1].total == 15_045_000
        assert (trouve.mensualite, trouve.interets) == (45_000, 5_400_000)

    @settings(deadline=None, max_examples=40)
    @given(CAPITAUX, TAUX, st.integers(2, 36))
    def test_a_bridging_loan_with_nothing_to_pay_before_the_sale(
        self, capital: int, taux: Decimal, duree: int
    ) -> None:
        trouve = chiffrer(ConditionsPret("relais", capital, duree, taux, differe_total=True))
        attendu = pyxirr.fv(float(taux) / 1200, duree, 0, -capital)
        assert attendu is not None
        assert {ligne.total for ligne in trouve.lignes[:-1]} == {0}
        assert abs(trouve.lignes[-1].total - attendu) <= duree
        assert trouve.a_payer - capital == trouve.interets

    @settings(deadline=None, max_examples=40)
    @given(CAPITAUX, TAUX, st.integers(24, 300), st.integers(1, 23))
    def test_a_total_deferral_adds_its_interest_to_what_is_due(
        self, capital: int, taux: Decimal, duree: int, differe: int
    ) -> None:
        i = float(taux) / 1200
        trouve = chiffrer(
            ConditionsPret("amortissable", capital, duree, taux, differe=differe, differe_total=True)
        )
        grossi = pyxirr.fv(i, differe, 0, -capital)
        assert grossi is not None
        mensualite = pyxirr.pmt(i, duree - differe, -grossi)
        assert mensualite is not None
        assert {ligne.total for ligne in trouve.lignes[:differe]} == {0}
        assert abs(trouve.lignes[differe - 1].restant - grossi) <= differe
        assert abs(trouve.mensualite - mensualite) <= 1 + differe
        assert (sum(ligne.capital for ligne in trouve.lignes), trouve.lignes[-1].restant) == (capital, 0)

    @settings(deadline=None, max_examples=30)
    @given(
        st.sampled_from(("amortissable", "in_fine", "relais")),
        CAPITAUX,
        TAUX,
        st.integers(13, 240),
        st.booleans(),
    )
    def test_the_effective_rate_of_every_type(
        self, type_pret: str, capital: int, taux: Decimal, duree: int, total: bool
    ) -> None:
        trouve = chiffrer(
            ConditionsPret(
                type_pret, capital, duree, taux, differe=12, differe_total=total, assurance=500, frais=10_000
            )
        )
        attendu = effectif(capital - 10_000, [ligne.total for ligne in trouve.lignes])
        assert float(trouve.taux) == pytest.approx(attendu, abs=0.0051)


class TestLeases:
    BAIL = ConditionsPret(
        "credit_bail", 3_000_000, 48, loyers=51_000, premier_loyer=500_000, valeur_residuelle=300_000
    )

    def test_rents_one_by_one_down_to_the_option(self) -> None:
        """30 000 €, 5 000 € first, 48 × 510 €, option at 3 000 €: 32 480 € paid, 2 480 € beyond the price."""
        trouve = chiffrer(self.BAIL)
        premiere, *mois, option = trouve.lignes
        assert (premiere.total, premiere.restant, option.total, option.restant) == (
            500_000,
            2_500_000,
            300_000,
            0,
        )
        assert {ligne.total for ligne in mois} == {51_000}
        assert mois[-1].restant == 300_000
        assert (trouve.a_payer, trouve.cout_total, trouve.mensualite) == (3_248_000, 248_000, 51_000)
        assert sum(ligne.interets for ligne in trouve.lignes) == 248_000

    def test_each_rent_is_split_at_the_rate_that_the_library_finds(self) -> None:
        trouve = chiffrer(self.BAIL)
        mois = pyxirr.rate(48, -51_000, 2_500_000, -300_000)
        assert mois is not None
        assert float(trouve.taux) == pytest.approx(100 * ((1 + mois) ** 12 - 1), abs=0.0051)
        for ligne in trouve.lignes[1:-2]:
            attendu = pyxirr.ipmt(mois, ligne.rang, 48, -2_500_000, 300_000)
            assert attendu is not None
            assert abs(ligne.interets - attendu) <= 2

    def test_insurance_and_fees_are_part_of_the_cost_and_of_the_rate(self) -> None:
        seul, avec = chiffrer(self.BAIL), chiffrer(
            ConditionsPret(
                "credit_bail", 3_000_000, 48, loyers=51_000, premier_loyer=500_000, valeur_residuelle=300_000,
                assurance=1_500, frais=20_000,
            )
        )  # fmt: skip
        assert avec.cout_total == seul.cout_total + 48 * 1_500
        assert avec.mensualite == 52_500 and avec.taux > seul.taux


class TestRefusals:
    @pytest.mark.parametrize(
        ("conditions", "message"),
        [
            (ConditionsPret("inconnu", 100_000, 12, Decimal(3)), "n’est pas connu"),
            (ConditionsPret("amortissable", 100_000, 12), "Indiquez le taux"),
            (ConditionsPret("amortissable", 100_000, 12, Decimal(0)), "prêt à taux zéro"),
            (ConditionsPret("taux_zero", 100_000, 12, Decimal(3)), "n’a pas de taux"),
            (ConditionsPret("in_fine", 100_000, 0, Decimal(3)), "0 mois"),
            (ConditionsPret("in_fine", 0, 12, Decimal(3)), "supérieur à 0"),
            (ConditionsPret("credit_bail", 100_000, 12), "Indiquez le loyer"),
            (ConditionsPret("credit_bail", 100_000, 12, loyers=1_000), "ne couvrent pas"),
            (ConditionsPret("credit_bail", 100_000, 12, loyers=9_000, assurance=-1), "négatifs"),
            (ConditionsPret("credit_bail", 100_000, 12, loyers=9_000, frais=100_000), "dépassent"),
        ],
    )
    def test_terms_that_cannot_be(self, conditions: ConditionsPret, message: str) -> None:
        with pytest.raises(DonneeIncoherenteError, match=message):
            chiffrer(conditions)


def tableau(**plus: Any) -> Any:
    rien = ("differe", "assurance", "taux_zero", "type_pret", "differe_total", "garantie", "frais", "loyers")
    arguments: dict[str, Any] = dict.fromkeys((*rien, "premier_loyer", "valeur_residuelle"))
    return tableau_amortissement(
        JOUR, **arguments | {"capital": 20_000_000, "taux": Decimal("3.20"), "duree": 240} | plus
    )


class TestTable:
    def test_the_insurance_is_in_each_line_and_in_the_cost(self) -> None:
        lu = tableau(assurance=2_400, garantie=260_000, frais=80_000)
        assert lu["echeances"][0]["total"] == 115_333
        assert (lu["cout_total"], lu["taeg"]) == (7_939_769, "3,69\u00a0%")

    @pytest.mark.parametrize(
        ("plus", "note"),
        [
            ({}, None),
            ({"differe": 12}, "seuls les intérêts"),
            ({"differe": 12, "differe_total": True}, "s’ajoutent chaque mois"),
            ({"type_pret": "in_fine"}, "en une seule fois à la fin"),
            ({"type_pret": "relais", "differe_total": True}, "Rien à payer avant la fin"),
        ],
    )
    def test_what_the_reader_must_know(self, plus: dict[str, Any], note: str | None) -> None:
        lu = tableau(**plus)
        assert lu["refus"] is None and lu["echeances"][-1]["restant"] == 0
        assert lu["note"] is None if note is None else note in lu["note"]

    def test_lines_of_a_lease_that_are_no_month_bear_a_name(self) -> None:
        bail = {"type_pret": "credit_bail", "taux": None, "capital": 3_000_000, "duree": 48, "loyers": 51_000}
        lu = tableau(**bail, premier_loyer=500_000, valeur_residuelle=300_000)
        libelles = [ligne["libelle"] for ligne in lu["echeances"]]
        assert (libelles[0], libelles[-1], set(libelles[1:-1])) == ("Premier loyer", "Option d’achat", {None})

    def test_a_loan_at_no_rate_that_is_meant(self) -> None:
        assert tableau(type_pret="taux_zero", taux=None)["interets"] == 0
        assert tableau(taux=Decimal(0), taux_zero=True)["interets"] == 0

    def test_an_impossible_one_says_why(self) -> None:
        lu = tableau(duree=0)
        assert "0 mois" in lu["refus"] and lu["echeances"] == [] and lu["mensualite"] is None


class TestOffers:
    BAIL: dict[str, Any] = {
        "id": "b", "banque": "Bail & Co", "type_pret": "credit_bail", "montant": 3_000_000, "duree": 48,
        "loyers": 51_000, "premier_loyer": 500_000, "valeur_residuelle": 300_000,
    }  # fmt: skip
    PRET: dict[str, Any] = {
        "id": "p", "banque": "Azur", "type_pret": "amortissable", "montant": 3_000_000, "duree": 48,
        "taux": Decimal("4.10"),
    }  # fmt: skip

    @staticmethod
    def lues(*offres: Any) -> list[Any]:
        return list(comparatif_offres_pret(JOUR, [*offres], [], None, None, None, None, None)["offres"])

    def test_a_lease_beside_a_loan(self) -> None:
        bail, pret = self.lues(self.BAIL, self.PRET)
        assert (bail["mensualite"], bail["premier_loyer"], bail["valeur_residuelle"]) == (
            51_000,
            500_000,
            300_000,
        )
        assert (bail["a_payer"], bail["cout_total"], bail["taux"]) == (3_248_000, 248_000, None)
        assert (pret["premier_loyer"], pret["valeur_residuelle"], pret["taux"]) == (
            None,
            None,
            Decimal("4.10"),
        )
        # Both costs are what is paid beyond what is financed.
        assert pret["cout_total"] == pret["a_payer"] - 3_000_000
        assert [offre["moins_chere"] for offre in (bail, pret)] == [True, False]

    @pytest.mark.parametrize(
        ("plus", "annonce"),
        [
            ({"mensualite": 67_850}, None),
            ({"mensualite": 69_000}, "690,00\u00a0€ par mois au lieu de"),
            ({"cout_total": 400_000}, "4\u202f000,00\u00a0€ de coût total au lieu de"),
            ({"mensualite": 69_000, "cout_total": 400_000}, " et "),
        ],
    )
    def test_announced_figures_that_ours_do_not_confirm(
        self, plus: dict[str, Any], annonce: str | None
    ) -> None:
        [lue] = self.lues(self.PRET | plus)
        assert lue["annonce"] is None if annonce is None else annonce in lue["annonce"]

    def test_a_deferral_of_an_offer_is_counted(self) -> None:
        [sans, avec] = self.lues(self.PRET, self.PRET | {"differe": 6, "differe_total": True})
        assert avec["cout_total"] > sans["cout_total"] and avec["mensualite"] > sans["mensualite"]
