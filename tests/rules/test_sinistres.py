"""Claims: delays by kind of event, totals of the money (SIN-03, SIN-05)."""

from datetime import date

import pytest

from rules.delais import Territoire
from rules.erreurs import DonneeIncoherenteError, HorsPlageError
from rules.sinistres import (
    Evenement,
    Mouvement,
    Sens,
    limite_aggravation,
    limite_declaration,
    prescription,
    reponse_assureur_catastrophe,
    suivi_financier,
    versement_catastrophe,
)

VENDREDI = date(2026, 11, 6)


class TestDeclaration:
    @pytest.mark.parametrize(
        ("evenement", "limite"),
        [
            (Evenement.GENERAL, date(2026, 11, 16)),
            (Evenement.VOL, date(2026, 11, 10)),
            (Evenement.BETAIL, date(2026, 11, 7)),
            (Evenement.CYBERATTAQUE, date(2026, 11, 9)),
        ],
    )
    def test_worked_example_by_kind(self, evenement: Evenement, limite: date) -> None:
        assert limite_declaration(evenement, VENDREDI) == limite

    def test_natural_disaster_counts_from_the_order(self) -> None:
        arrete = date(2026, 11, 10)
        assert limite_declaration(Evenement.CATASTROPHE_NATURELLE, VENDREDI, arrete) == date(2026, 12, 10)
        with pytest.raises(DonneeIncoherenteError, match="publication de l’arrêté"):
            limite_declaration(Evenement.CATASTROPHE_NATURELLE, VENDREDI)

    def test_a_contract_may_leave_more_never_less(self) -> None:
        assert limite_declaration(Evenement.GENERAL, VENDREDI, jours_contrat=6) == date(2026, 11, 17)
        with pytest.raises(DonneeIncoherenteError, match="au moins 5 jours ouvrés"):
            limite_declaration(Evenement.GENERAL, VENDREDI, jours_contrat=4)
        with pytest.raises(DonneeIncoherenteError, match="au moins 2 jours ouvrés"):
            limite_declaration(Evenement.VOL, VENDREDI, jours_contrat=0)

    def test_holidays_of_alsace_and_moselle(self) -> None:
        jeudi = date(2025, 12, 18)
        metropole = limite_declaration(Evenement.GENERAL, jeudi)
        alsace = limite_declaration(Evenement.GENERAL, jeudi, territoire=Territoire.ALSACE_MOSELLE)
        assert (metropole, alsace) == (date(2025, 12, 26), date(2025, 12, 29))

    @pytest.mark.parametrize(
        ("evenement", "jour"),
        [
            (Evenement.GENERAL, date(2007, 12, 31)),
            (Evenement.CYBERATTAQUE, date(2023, 4, 23)),
            (Evenement.CATASTROPHE_NATURELLE, date(2022, 12, 31)),
        ],
    )
    def test_a_day_that_the_tables_do_not_know(self, evenement: Evenement, jour: date) -> None:
        with pytest.raises(HorsPlageError, match="Délai de"):
            limite_declaration(evenement, jour, arrete_publie_le=jour)

    def test_other_delays(self) -> None:
        assert limite_aggravation(VENDREDI) == date(2026, 11, 21)
        assert prescription(date(2024, 2, 29)) == date(2026, 2, 28)
        assert reponse_assureur_catastrophe(date(2026, 1, 31)) == date(2026, 2, 28)
        assert versement_catastrophe(VENDREDI) == date(2026, 11, 27)


class TestMoney:
    def test_totals(self) -> None:
        suivi = suivi_financier(
            [500_000, 120_000],
            [
                Mouvement(Sens.PROVISION, 300_000),
                Mouvement(Sens.INDEMNISATION, 200_000, par_cabinet=True),
                Mouvement(Sens.INDEMNISATION, 100_000),
                Mouvement(Sens.REMBOURSEMENT, 150_000),
            ],
            franchise=20_000,
        )
        assert (suivi.prejudices, suivi.attendu, suivi.provisionne) == (620_000, 600_000, 300_000)
        assert (suivi.indemnise, suivi.rembourse) == (300_000, 150_000)
        assert (suivi.reste, suivi.a_reverser, suivi.solde) == (300_000, 50_000, False)

    def test_the_offer_accepted_replaces_the_estimate(self) -> None:
        paye = [Mouvement(Sens.INDEMNISATION, 450_000)]
        suivi = suivi_financier([620_000], paye, offre_acceptee=450_000, franchise=20_000)
        assert (suivi.attendu, suivi.reste, suivi.solde) == (450_000, 0, True)

    def test_paid_beyond_the_estimate_is_told(self) -> None:
        assert suivi_financier([100], [Mouvement(Sens.INDEMNISATION, 150)]).reste == -50

    def test_a_deductible_above_the_damage_leaves_nothing(self) -> None:
        assert suivi_financier([10_000], [], franchise=15_000).attendu == 0

    def test_amounts_that_cannot_be(self) -> None:
        for prejudices, mouvements, offre, franchise in (
            ([-1], [], None, 0),
            ([], [], -1, 0),
            ([], [], None, -1),
            ([], [Mouvement(Sens.PROVISION, 0)], None, 0),
        ):
            with pytest.raises(DonneeIncoherenteError):
                suivi_financier(prejudices, mouvements, offre, franchise)
