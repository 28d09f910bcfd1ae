"""Late-payment penalties and legal interest: the worked examples, and where they must refuse (REC-23, REC-24)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.creances import (
    Versement,
    indemnite_forfaitaire,
    interets_legaux,
    penalites_de_retard,
    verifier_taux_contractuel,
)
from rules.erreurs import DonneeIncoherenteError, HorsPlageError

ECHEANCE = date(2025, 4, 30)
PAIEMENT = date(2025, 9, 1)


class TestPenalites:
    def test_the_worked_example_across_two_half_years(self) -> None:
        interets = penalites_de_retard(1_000_000, ECHEANCE, PAIEMENT)
        assert [(t.jours, t.taux, round(t.montant)) for t in interets.tranches] == [
            (61, Decimal("13.15"), 21977),
            (62, Decimal("12.15"), 20638),
        ]
        assert interets.total == 42615
        assert interets.total + indemnite_forfaitaire(1_000_000, ECHEANCE, PAIEMENT) == 46615

    def test_the_same_with_the_payment_in_the_account(self) -> None:
        paye = [Versement(PAIEMENT, 1_000_000)]
        assert penalites_de_retard(1_000_000, ECHEANCE, date(2026, 5, 1), paye).total == 42615

    def test_first_half_of_2026(self) -> None:
        assert penalites_de_retard(1_000_000, date(2026, 4, 30), date(2026, 7, 1)).total == 20305

    def test_it_refuses_where_the_table_stops_before_today(self) -> None:
        with pytest.raises(HorsPlageError, match="refinancement de la BCE"):
            penalites_de_retard(1_000_000, date(2026, 4, 30), date(2026, 11, 22))

    def test_nothing_before_the_day_after_the_due_date(self) -> None:
        assert penalites_de_retard(1_000_000, ECHEANCE, date(2025, 5, 1)).total == 0
        assert penalites_de_retard(1_000_000, ECHEANCE, date(2025, 5, 2)).total == 360

    def test_a_partial_payment_cuts_the_principal_from_its_day(self) -> None:
        partiel = [Versement(date(2025, 6, 1), 400_000)]
        interets = penalites_de_retard(1_000_000, ECHEANCE, date(2025, 7, 1), partiel)
        assert [(t.jours, t.principal) for t in interets.tranches] == [(31, 1_000_000), (30, 600_000)]
        assert interets.total == 17653

    def test_paid_in_time_costs_nothing(self) -> None:
        paye = [Versement(ECHEANCE, 1_000_000)]
        assert penalites_de_retard(1_000_000, ECHEANCE, PAIEMENT, paye).total == 0
        assert indemnite_forfaitaire(1_000_000, ECHEANCE, PAIEMENT, paye) == 0

    def test_a_contractual_rate_replaces_the_default_and_needs_no_table_of_the_ecb(self) -> None:
        interets = penalites_de_retard(
            1_000_000, date(2026, 10, 1), date(2026, 11, 1), taux_contractuel=Decimal("12")
        )
        assert [(t.jours, t.taux) for t in interets.tranches] == [(30, Decimal("12"))]
        assert interets.total == 9863

    def test_a_contractual_rate_below_three_times_the_legal_one_is_refused(self) -> None:
        with pytest.raises(DonneeIncoherenteError, match=r"7,86\s%"):
            penalites_de_retard(1_000_000, date(2026, 4, 30), date(2026, 6, 1), taux_contractuel=Decimal("7"))
        assert verifier_taux_contractuel(Decimal("7.86"), date(2026, 4, 30)) is True
        assert verifier_taux_contractuel(Decimal("1"), date(2026, 8, 1)) is False

    def test_the_minimum_exceeded_the_default_rate_in_2024(self) -> None:
        with pytest.raises(DonneeIncoherenteError):
            verifier_taux_contractuel(Decimal("14.5"), date(2024, 3, 1))

    @given(
        montant=st.integers(1, 10**9),
        jours=st.integers(1, 400),
        parts=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 10**8)), max_size=4),
    )
    def test_paying_never_raises_penalties_and_they_are_never_negative(
        self, montant: int, jours: int, parts: list[tuple[int, int]]
    ) -> None:
        au = date.fromordinal(ECHEANCE.toordinal() + jours)
        versements = [Versement(date.fromordinal(ECHEANCE.toordinal() + j), m) for j, m in parts]
        avec = penalites_de_retard(montant, ECHEANCE, au, versements).total
        assert 0 <= avec <= penalites_de_retard(montant, ECHEANCE, au).total


class TestIndemnite:
    def test_forty_euros_for_each_late_invoice(self) -> None:
        assert indemnite_forfaitaire(100, ECHEANCE, date(2025, 5, 1)) == 4000
        assert indemnite_forfaitaire(100, ECHEANCE, ECHEANCE) == 0

    def test_still_owed_once_paid_late(self) -> None:
        assert indemnite_forfaitaire(100, ECHEANCE, PAIEMENT, [Versement(date(2025, 5, 10), 100)]) == 4000


class TestInteretsLegaux:
    def test_the_worked_example(self) -> None:
        assert interets_legaux(300_000, date(2026, 4, 1), date(2026, 7, 1), False).total == 1960

    def test_a_private_creditor_has_another_rate(self) -> None:
        assert interets_legaux(300_000, date(2026, 4, 1), date(2026, 7, 1), True).total == 4989

    def test_five_points_more_two_months_after_an_enforceable_judgment(self) -> None:
        interets = interets_legaux(
            300_000, date(2026, 1, 1), date(2026, 7, 1), False, executoire_depuis=date(2026, 2, 1)
        )
        assert [(t.debut, t.fin, t.taux) for t in interets.tranches] == [
            (date(2026, 1, 1), date(2026, 4, 1), Decimal("2.62")),
            (date(2026, 4, 1), date(2026, 7, 1), Decimal("7.62")),
        ]

    def test_it_refuses_beyond_the_table(self) -> None:
        with pytest.raises(HorsPlageError, match="intérêt légal"):
            interets_legaux(300_000, date(2026, 4, 1), date(2026, 7, 2), False)
