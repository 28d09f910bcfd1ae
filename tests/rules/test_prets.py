"""Loans: the worked examples, an independent library, and what is refused (CRE-15, CRE-16)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.erreurs import DonneeIncoherenteError, HorsPlageError, RegleError
from rules.prets import (
    TAUX_EFFECTIF_MAX,
    CoutTotal,
    Pret,
    annuite,
    capacite,
    cout_total,
    echeancier,
    interets,
    mensualite,
    restant_apres,
    taeg,
    taux_mensuel_implicite,
    taux_usure,
)

PRET = Pret(20_000_000, Decimal("3.20"), 240)


class TestWorkedExample:
    def test_monthly_payment(self) -> None:
        assert mensualite(PRET) == 112_933

    def test_schedule(self) -> None:
        lignes = echeancier(PRET)
        assert [(ligne.interets, ligne.capital, ligne.restant) for ligne in lignes[:3]] == [
            (53_333, 59_600, 19_940_400),
            (53_174, 59_759, 19_880_641),
            (53_015, 59_918, 19_820_723),
        ]
        assert (len(lignes), lignes[-1].total, lignes[-1].restant) == (240, 112_782, 0)
        assert sum(ligne.total for ligne in lignes) == 27_103_769
        assert interets(PRET) == 7_103_769

    def test_interest_only_at_first_then_the_rest_of_the_duration(self) -> None:
        lignes = echeancier(Pret(20_000_000, Decimal("3.20"), 240, differe=24))
        assert {ligne.total for ligne in lignes[:24]} == {53_333}
        assert {ligne.restant for ligne in lignes[:24]} == {20_000_000}
        assert lignes[24].total == mensualite(Pret(20_000_000, Decimal("3.20"), 216))
        assert lignes[-1].restant == 0

    def test_taeg(self) -> None:
        avec = Pret(20_000_000, Decimal("3.20"), 240, assurance=2_400)
        assert round(taeg(avec, 80_000 + 260_000), 2) == Decimal("3.69")
        assert taeg(PRET) == Decimal("3.2474")

    def test_total_cost_is_interest_guarantee_and_insurance(self) -> None:
        avec = Pret(20_000_000, Decimal("3.20"), 240, assurance=2_400)
        cout = cout_total(avec, garantie=260_000, frais=80_000)
        assert cout == CoutTotal(7_103_769, 260_000, 576_000, 80_000)
        assert (cout.total, cout.avec_frais) == (7_939_769, 8_019_769)

    def test_principal_due_after_some_payments(self) -> None:
        assert [restant_apres(PRET, n) for n in (0, 3, 240)] == [20_000_000, 19_820_723, 0]
        with pytest.raises(DonneeIncoherenteError, match="240 mensualités"):
            restant_apres(PRET, 241)

    def test_dates_from_month_to_month(self) -> None:
        lignes = echeancier(Pret(1_000_000, Decimal(4), 3), date(2027, 1, 31))
        assert [ligne.jour for ligne in lignes] == [
            date(2027, 1, 31),
            date(2027, 2, 28),
            date(2027, 3, 31),
        ]


# From 10 000 €: a payment rounded up to the cent settles a smaller loan before the last of 360 months at 12 %.
CAPITAUX = st.integers(1_000_000, 200_000_000)
TAUX = st.decimals(Decimal("0.1"), Decimal(12), places=2)
DUREES = st.integers(2, 360)


class TestAgainstAnIndependentLibrary:
    """pyxirr, written in Rust on floating-point numbers, shares nothing with our code."""

    @settings(deadline=None)
    @given(CAPITAUX, TAUX, DUREES)
    def test_monthly_payment(self, capital: int, taux: Decimal, duree: int) -> None:
        attendu = pyxirr.pmt(float(taux) / 1200, duree, -capital)
        assert attendu is not None
        assert abs(float(annuite(Decimal(capital), taux, duree)) - attendu) < 1e-4
        assert abs(mensualite(Pret(capital, taux, duree)) - attendu) <= 0.5001

    @settings(deadline=None, max_examples=40)
    @given(CAPITAUX, TAUX, DUREES)
    def test_interest_and_principal_of_each_month(self, capital: int, taux: Decimal, duree: int) -> None:
        i = float(taux) / 1200
        lignes = echeancier(Pret(capital, taux, duree))
        # Half a cent a month on the payment and on the interest, carried and bearing interest.
        ecart = duree * (1 + i) ** duree
        for ligne in lignes[:: max(1, duree // 12)]:
            part_interets = pyxirr.ipmt(i, ligne.rang, duree, -capital)
            part_capital = pyxirr.ppmt(i, ligne.rang, duree, -capital)
            reste = pyxirr.fv(i, ligne.rang, -mensualite(Pret(capital, taux, duree)), capital)
            assert part_interets is not None and part_capital is not None and reste is not None
            assert abs(ligne.interets - part_interets) <= 1 + ecart * i
            if ligne.rang < duree:
                assert abs(ligne.capital - part_capital) <= 1 + ecart * i
                assert abs(ligne.restant + reste) <= ecart

    @settings(deadline=None, max_examples=25)
    @given(CAPITAUX, TAUX, DUREES, st.integers(0, 50_000), st.integers(0, 50))
    def test_taeg(self, capital: int, taux: Decimal, duree: int, assurance: int, pour_mille: int) -> None:
        pret = Pret(capital, taux, duree, assurance=assurance)
        frais = capital * pour_mille // 1000
        flux = [float(frais - capital), *(float(ligne.total) for ligne in echeancier(pret))]
        mois = pyxirr.irr(flux)
        assert mois is not None
        attendu = 100 * ((1 + mois) ** 12 - 1)
        assume(attendu < TAUX_EFFECTIF_MAX)
        assert float(taeg(pret, frais)) == pytest.approx(attendu, rel=1e-5, abs=1e-4)


class TestProperties:
    @settings(deadline=None, max_examples=60)
    @given(CAPITAUX, TAUX, DUREES, st.integers(0, 24))
    def test_all_the_capital_is_paid_back_and_never_more(
        self, capital: int, taux: Decimal, duree: int, differe: int
    ) -> None:
        pret = Pret(capital, taux, duree, min(differe, duree - 1))
        lignes = echeancier(pret)
        assert sum(ligne.capital for ligne in lignes) == capital
        assert [ligne.restant for ligne in lignes] == sorted(
            (ligne.restant for ligne in lignes), reverse=True
        )
        assert lignes[-1].restant == 0
        assert all(ligne.interets >= 0 and ligne.capital >= 0 for ligne in lignes)

    @given(st.integers(1_000, 1_000_000), TAUX, DUREES)
    def test_capacity_is_the_reverse_of_the_payment(self, maximum: int, taux: Decimal, duree: int) -> None:
        capital = capacite(maximum, taux, duree)
        assert annuite(Decimal(capital), taux, duree) <= maximum
        assert annuite(Decimal(capital + 1), taux, duree) > maximum - Decimal("0.0001")

    @settings(deadline=None)
    @given(
        st.integers(-1000, 10**6),
        st.decimals(Decimal(-5), Decimal(200), places=3),
        st.integers(-5, 600),
        st.integers(-3, 600),
        st.booleans(),
    )
    def test_whatever_is_typed_gives_numbers_or_a_french_refusal(
        self, capital: int, taux: Decimal, duree: int, differe: int, zero: bool
    ) -> None:
        refus, rendu = "", 0
        try:
            rendu = sum(
                ligne.capital for ligne in echeancier(Pret(capital, taux, duree, differe, taux_zero=zero))
            )
        except RegleError as error:
            refus = str(error)
        assert refus.endswith(".") if refus else rendu == capital


class TestRefusals:
    @pytest.mark.parametrize(
        ("pret", "message"),
        [
            (Pret(0, Decimal(3), 240), "supérieur à 0"),
            (Pret(-1, Decimal(3), 240), "supérieur à 0"),
            (Pret(100_000, Decimal(3), 0), "0 mois"),
            (Pret(100_000, Decimal(3), -12), "de 1 à 480 mois"),
            (Pret(100_000, Decimal(3), 481), "481 mois"),
            (Pret(100_000, Decimal(0), 12), "prêt à taux zéro"),
            (Pret(100_000, Decimal("-0.1"), 12), "pourcentage"),
            (Pret(100_000, Decimal(320), 12), "pourcentage"),
            (Pret(100_000, Decimal("NaN"), 12), "pourcentage"),
            (Pret(100_000, Decimal("Infinity"), 12), "pourcentage"),
            (Pret(100_000, Decimal(3), 12, differe=12), "différé"),
            (Pret(100_000, Decimal(3), 12, assurance=-1), "négative"),
            (Pret(100, Decimal(3), 480), "trop petit"),
        ],
    )
    def test_a_loan_that_cannot_be(self, pret: Pret, message: str) -> None:
        with pytest.raises(DonneeIncoherenteError, match=message):
            echeancier(pret)

    def test_zero_per_cent_when_it_is_meant(self) -> None:
        ptz = Pret(1_200_000, Decimal(0), 120, taux_zero=True)
        assert mensualite(ptz) == 10_000
        assert interets(ptz) == 0
        assert taeg(ptz) == 0

    @pytest.mark.parametrize("frais", [-1, 20_000_000, 30_000_000])
    def test_fees_that_make_no_sense(self, frais: int) -> None:
        with pytest.raises(DonneeIncoherenteError):
            taeg(PRET, frais)

    @pytest.mark.parametrize(("assurance", "frais"), [(0, 19_999_999), (999_999_999, 0)])
    def test_a_rate_that_nobody_lends_at_is_a_slip_of_the_keyboard(self, assurance: int, frais: int) -> None:
        """Fees that leave a cent of what is lent; an insurance of ten million euros a month."""
        with pytest.raises(DonneeIncoherenteError, match="taux effectif dépasse 1000"):
            taeg(replace(PRET, assurance=assurance), frais)

    def test_no_rate_says_that_less_is_paid_back_than_received(self) -> None:
        with pytest.raises(DonneeIncoherenteError):
            taux_mensuel_implicite(1000, [500, 499])


class TestUsure:
    @pytest.mark.parametrize(
        ("duree", "attendu"), [(119, "4.12"), (120, "4.59"), (239, "4.59"), (240, "5.13"), (300, "5.13")]
    )
    def test_by_duration(self, duree: int, attendu: str) -> None:
        assert taux_usure(duree, date(2026, 2, 1)) == Decimal(attendu)

    def test_it_refuses_a_quarter_that_nobody_wrote(self) -> None:
        with pytest.raises(HorsPlageError, match=r"Taux d'usure.*22/11/2026"):
            taux_usure(240, date(2026, 11, 22))
