"""Yearly cost and saving of subscriptions: the set of the specification and the worked examples (OPT-12 to OPT-17)."""

from datetime import date
from decimal import Decimal

import pytest

from rules.abonnements import (
    Offre,
    comparer,
    cout_annuel,
    cout_electricite_ttc,
    cout_premiere_annee,
    economie_globale,
    penalite_sortie_telecom,
)
from rules.erreurs import DonneeIncoherenteError, HorsPlageError

ACTUELLE = Offre(12_000, "an", Decimal("0.25"))
NOUVELLE = Offre(11_000, "an", Decimal("0.21"))
KWH = 20_000


def test_the_810_euros_of_the_specification() -> None:
    comparaison = comparer(ACTUELLE, NOUVELLE, KWH)
    assert (comparaison.actuel, comparaison.nouveau) == (512_000, 431_000)
    assert (comparaison.ecart_abonnement, comparaison.ecart_consommation) == (1_000, 80_000)
    assert comparaison.economie == 81_000


def test_a_global_proposal_adds_the_savings() -> None:
    internet = comparer(Offre(3_999), Offre(2_999))
    mobile = comparer(Offre(1_999), Offre(999))
    assert (internet.economie, mobile.economie) == (12_000, 12_000)
    assert economie_globale([comparer(ACTUELLE, NOUVELLE, KWH), internet, mobile]) == 105_000


def test_a_dearer_offer_has_a_negative_saving() -> None:
    assert comparer(Offre(999), Offre(1_999)).economie == -12_000


def test_a_promotion_counts_for_its_own_months_only() -> None:
    offre = Offre(2_999, promotion=1_000, mois_promotion=6, frais=4_900)
    assert cout_annuel(offre) == 35_988
    assert cout_premiere_annee(offre) == 35_988 - 6_000 + 4_900
    assert cout_premiere_annee(Offre(2_999, promotion=1_000, mois_promotion=24)) == 35_988 - 12_000


def test_energy_needs_the_consumption_and_compares_with_energy() -> None:
    with pytest.raises(DonneeIncoherenteError, match="consommation"):
        cout_annuel(ACTUELLE)
    with pytest.raises(DonneeIncoherenteError, match="kWh"):
        comparer(ACTUELLE, Offre(999), KWH)
    with pytest.raises(DonneeIncoherenteError, match="négatifs"):
        cout_annuel(ACTUELLE, -1)


def test_energy_with_and_without_taxes() -> None:
    sans_taxes = cout_electricite_ttc(Decimal(11), Decimal("0.13"), 4_800, date(2026, 7, 1))
    toutes_taxes = cout_annuel(Offre(1_565, "mois", Decimal("0.1952")), 4_800)
    assert (sans_taxes, toutes_taxes) == (108_490, 112_476)
    assert toutes_taxes - sans_taxes == 3_986


def test_a_cost_without_taxes_is_refused_where_the_duty_is_not_known() -> None:
    with pytest.raises(HorsPlageError, match="Accise"):
        cout_electricite_ttc(Decimal(11), Decimal("0.13"), 4_800, date(2026, 11, 22))


def test_leaving_a_telecom_contract() -> None:
    assert penalite_sortie_telecom(2_999, 15, 24) == 5_398
    assert penalite_sortie_telecom(2_999, 8, 24) == 19_194
    assert penalite_sortie_telecom(2_999, 24, 24) == 0
    assert penalite_sortie_telecom(2_999, 3, 12) == 9 * 2_999
    with pytest.raises(DonneeIncoherenteError, match="24 mois"):
        penalite_sortie_telecom(2_999, 3, 36)
