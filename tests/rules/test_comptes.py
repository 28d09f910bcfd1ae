"""Payments set against invoices, plans, fees, the statement of account (REC-05, REC-19 to REC-27)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.comptes import (
    Conditions,
    Echeance,
    Facture,
    Frais,
    Reglement,
    Remboursement,
    gardes,
    imputer,
    proposer_plan,
    situation,
    suivre_plan,
)
from rules.erreurs import DonneeIncoherenteError

F1 = Facture("a", "F-101", 100_000, date(2025, 4, 30))
F2 = Facture("b", "F-102", 50_000, date(2025, 5, 31))
PRO = Conditions(professionnels=True)


class TestImputation:
    def test_the_oldest_due_invoice_is_paid_first(self) -> None:
        compte = imputer([F2, F1], [Reglement("r", date(2025, 6, 10), 120_000)])
        assert [(i.facture, i.montant) for i in compte.imputations] == [("a", 100_000), ("b", 20_000)]
        assert compte.reste_du == 30_000

    def test_the_payer_s_choice_comes_first_and_the_rest_goes_on(self) -> None:
        compte = imputer([F1, F2], [Reglement("r", date(2025, 6, 10), 60_000, ("F-102",))])
        assert [(i.facture, i.montant) for i in compte.imputations] == [("b", 50_000), ("a", 10_000)]

    def test_what_is_left_over_is_told(self) -> None:
        compte = imputer([F1], [Reglement("r", date(2025, 6, 10), 130_000)])
        assert (compte.reste_du, compte.trop_percu) == (0, 30_000)

    def test_payments_of_one_day_count_as_they_were_recorded(self) -> None:
        jour = date(2025, 6, 10)
        recus = [Reglement("z", jour, 100_000), Reglement("a", jour, 20_000)]
        compte = imputer([F1, F2], recus)
        assert [(i.reglement, i.facture) for i in compte.imputations] == [("z", "a"), ("a", "b")]
        assert situation([F1, F2], recus, PRO, jour).dernier == recus[1]

    def test_an_unknown_invoice_or_a_double_number_is_refused(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match="F-999"):
            imputer([F1], [Reglement("r", date(2025, 6, 10), 100, ("F-999",))])
        with pytest.raises(DonneeIncoherenteError, match="même numéro"):
            imputer([F1, Facture("c", "F-101", 1, F1.echeance)], [])

    @given(
        montants=st.lists(st.integers(1, 10**6), max_size=6),
        recus=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 10**6)), max_size=8),
    )
    def test_not_a_cent_is_lost_or_made(self, montants: list[int], recus: list[tuple[int, int]]) -> None:
        factures = [Facture(str(n), f"F-{n}", m, F1.echeance) for n, m in enumerate(montants)]
        reglements = [
            Reglement(str(n), date.fromordinal(F1.echeance.toordinal() + j), m)
            for n, (j, m) in enumerate(recus)
        ]
        compte = imputer(factures, reglements)
        total = sum(m for _, m in recus)
        assert sum(i.montant for i in compte.imputations) + compte.trop_percu == total
        assert compte.reste_du == max(0, sum(montants) - total)
        assert all(compte.reste(f) >= 0 for f in factures)


class TestGivenBack:
    """REC-20, REC-21: what is given back is no longer received."""

    def test_it_is_taken_off_the_latest_payments_of_that_day_or_before(self) -> None:
        recus = [
            Reglement("a", date(2025, 6, 10), 100_000),
            Reglement("b", date(2025, 6, 12), 30_000),
            Reglement("c", date(2025, 6, 20), 5_000),
        ]
        kept = gardes(recus, [Remboursement(date(2025, 6, 15), 40_000)])
        assert [(r.id, r.montant) for r in kept] == [("a", 90_000), ("b", 0), ("c", 5_000)]

    def test_an_invoice_found_later_is_not_paid_with_it(self) -> None:
        kept = gardes(
            [Reglement("r", date(2025, 6, 10), 130_000)], [Remboursement(date(2025, 6, 15), 30_000)]
        )
        assert imputer([F1, F2], kept).reste_du == F2.montant
        assert imputer([F1], kept).trop_percu == 0

    def test_no_more_than_was_received_by_that_day(self) -> None:
        recus = [Reglement("a", date(2025, 6, 10), 100), Reglement("b", date(2025, 6, 20), 100)]
        with pytest.raises(DonneeIncoherenteError, match="15/06/2025"):
            gardes(recus, [Remboursement(date(2025, 6, 15), 101)])
        with pytest.raises(DonneeIncoherenteError, match="21/06/2025"):
            gardes(recus, [Remboursement(date(2025, 6, 21), 101), Remboursement(date(2025, 6, 15), 100)])

    @given(
        recus=st.lists(st.integers(1, 10**6), min_size=1, max_size=8),
        part=st.integers(0, 100),
    )
    def test_not_a_cent_of_it_stays(self, recus: list[int], part: int) -> None:
        jour = date(2025, 6, 10)
        rendu = sum(recus) * part // 100
        kept = gardes([Reglement(str(n), jour, m) for n, m in enumerate(recus)], [Remboursement(jour, rendu)])
        assert sum(r.montant for r in kept) == sum(recus) - rendu
        assert all(r.montant >= 0 for r in kept)


class TestPlan:
    PLAN = (Echeance("1", date(2025, 7, 1), 40_000), Echeance("2", date(2025, 8, 1), 40_000))

    def test_payments_cover_instalments_in_order(self) -> None:
        recus = [
            Reglement("0", date(2025, 5, 1), 99_000),
            Reglement("1", date(2025, 7, 1), 40_000),
            Reglement("2", date(2025, 7, 20), 10_000),
        ]
        suivies = suivre_plan(self.PLAN, recus, date(2025, 6, 15))
        assert [s.reste for s in suivies] == [0, 30_000]
        assert [s.manquee(date(2025, 8, 1)) for s in suivies] == [False, False]
        assert [s.manquee(date(2025, 8, 2)) for s in suivies] == [False, True]

    def test_a_plan_adds_up(self) -> None:
        plan = proposer_plan(100_050, 3, date(2026, 1, 31))
        assert [(e.jour, e.montant) for e in plan] == [
            (date(2026, 1, 31), 33_300),
            (date(2026, 2, 28), 33_300),
            (date(2026, 3, 31), 33_450),
        ]

    @pytest.mark.parametrize(("montant", "nombre"), [(1000, 0), (1000, 61), (2, 3)])
    def test_a_plan_that_is_none_is_refused(self, montant: int, nombre: int) -> None:
        with pytest.raises(DonneeIncoherenteError):
            proposer_plan(montant, nombre, date(2026, 1, 31))


class TestFrais:
    def test_a_commission_is_a_part_of_what_was_recovered(self) -> None:
        assert Frais("commission", "Commission", taux=Decimal("8.5")).cout(12_345) == 1_049
        assert Frais("frais_dossier", "Ouverture", montant=9_000).cout(0) == 9_000

    def test_a_fee_that_does_not_say_how_much_is_refused(self) -> None:
        with pytest.raises(DonneeIncoherenteError):
            Frais("commission", "Commission", montant=1).cout(100)
        with pytest.raises(DonneeIncoherenteError):
            Frais("huissier", "Étude", taux=Decimal(1)).cout(100)


class TestSituation:
    def test_due_overdue_and_to_come(self) -> None:
        recu = Reglement("r", date(2025, 5, 20), 30_000)
        compte = situation([F1, F2], [recu], PRO, date(2025, 5, 31))
        assert (compte.initial, compte.regle, compte.reste_du) == (150_000, 30_000, 120_000)
        assert (compte.en_retard, compte.a_venir, compte.jours_retard) == (70_000, 50_000, 31)
        assert compte.prochaine_echeance == date(2025, 5, 31)
        assert compte.dernier == recu
        assert compte.indemnites == 4_000
        assert compte.penalites == round((100_000 * 19 + 70_000 * 11) * 13.15 / 36_500)
        assert compte.total_exigible == 70_000 + 4_000 + (compte.penalites or 0)

    def test_a_payment_of_tomorrow_does_not_count_today(self) -> None:
        recu = Reglement("r", date(2025, 6, 2), 150_000)
        assert situation([F1, F2], [recu], PRO, date(2025, 6, 1)).reste_du == 150_000
        assert situation([F1, F2], [recu], PRO, date(2025, 6, 2)).reste_du == 0

    def test_neither_penalties_nor_forty_euros_for_a_private_debtor(self) -> None:
        compte = situation([F1], [], Conditions(professionnels=False), date(2025, 9, 1))
        assert (compte.penalites, compte.indemnites, compte.total_exigible) == (0, 0, 100_000)

    def test_interest_from_the_formal_notice_for_a_private_debtor(self) -> None:
        conditions = Conditions(professionnels=False, mise_en_demeure=date(2026, 4, 1))
        compte = situation([Facture("a", "F", 300_000, date(2026, 1, 1))], [], conditions, date(2026, 7, 1))
        assert compte.penalites == 1_960

    def test_penalties_that_cannot_be_computed_are_missing_and_say_why(self) -> None:
        compte = situation([F1], [], PRO, date(2026, 11, 22))
        assert compte.penalites is None
        assert compte.total_exigible is None
        assert compte.refus is not None
        assert "refinancement de la BCE" in compte.refus
        assert compte.en_retard == 100_000
        assert compte.indemnites == 4_000
