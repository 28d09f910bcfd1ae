"""Calculations of claims, loans and debts, called as modèles call them: lines and absent answers included."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules import registre_credit, registre_dette, registre_sinistre
from rules.erreurs import RegleError
from rules.registre import REGISTRE

RECUE = date(2026, 11, 2)
CREDITS: list[Any] = [
    {"id": "a", "capital_restant": 400_000, "mensualite": 18_000, "mois_restants": 24, "devenir": "conserve"},
    {
        "id": "b",
        "capital_restant": 300_000,
        "mensualite": 15_000,
        "mois_restants": 22,
        "devenir": "repris",
        "indemnite": 3_000,
    },
    {"id": "c", "capital_restant": 50_000, "mensualite": 10_000, "mois_restants": 5, "devenir": "solde"},
]
TAUX = Decimal("3.20")
MOUVEMENTS: list[Any] = [
    {"id": "1", "sens": "provision", "montant": 300_000},
    {"id": "2", "sens": "indemnisation", "montant": 200_000, "par_cabinet": True},
    {"id": "3", "sens": "remboursement", "montant": 50_000},
]
RENTE: Any = {
    "id": "p",
    "nom": "Rente",
    "beneficiaire": "Léa Martin",
    "type": "rente_invalidite",
    "montant": 90_000,
    "debut": date(2026, 1, 1),
    "periodicite": "mois",
}
CAPITAL: Any = {
    "id": "q",
    "nom": "Capital",
    "beneficiaire": "Tom Martin",
    "type": "capital",
    "montant": 5_000_000,
    "debut": date(2026, 3, 1),
}
VERSE: Any = {
    "id": "v",
    "prestation": "Rente",
    "date_reglement": date(2026, 2, 5),
    "periode_debut": date(2026, 1, 1),
    "periode_fin": date(2026, 1, 31),
    "montant": 90_000,
}
REVALORISEE: Any = {"id": "r", "prestation": "Rente", "date_effet": date(2027, 1, 1), "taux": Decimal("1.7")}
DETTES: list[Any] = [
    {
        "id": "d",
        "nom": "Loyers",
        "creancier": "SCI des Tilleuls",
        "nature": "retard_loyer",
        "montant_initial": 180_000,
        "capital_restant_du": 180_000,
        "arrete_le": date(2026, 1, 1),
        "montant_echeance": 20_000,
    },
    {
        "id": "e",
        "nom": "Facture",
        "creancier": "Énergie",
        "nature": "facture_impayee",
        "montant_initial": 50_000,
        "capital_restant_du": 50_000,
        "arrete_le": date(2026, 1, 1),
        "statut": "soldee",
    },
]
SCENARIOS: list[Any] = [
    {"id": "s", "nom": "18 mois", "mode": "duree", "duree": 18},
    {"id": "t", "nom": "Cent euros", "mode": "mensualite", "mensualite": 10_000},
]
FRAIS: list[Any] = [
    {"id": "c", "dette": "Loyers", "nature": "commission", "libelle": "Commission", "taux": Decimal(10)},
    {"id": "p", "dette": "Loyers", "nature": "penalites", "libelle": "Retard", "montant": 1_200},
]
PAIEMENTS: list[Any] = [{"id": "x", "dette": "Loyers", "date": date(2026, 2, 1), "montant": 45_000}]


@pytest.mark.parametrize(
    ("nom", "arguments", "attendu"),
    [
        ("date_limite_declaration", ("general", date(2026, 11, 6), None, None), date(2026, 11, 16)),
        ("date_limite_declaration", ("vol", date(2026, 11, 6), None, None), date(2026, 11, 10)),
        ("date_limite_aggravation", (RECUE,), date(2026, 11, 17)),
        ("date_prescription_assurance", (RECUE,), date(2028, 11, 2)),
        ("date_reponse_assureur", (RECUE,), date(2026, 12, 2)),
        ("date_versement_assureur", (RECUE,), date(2026, 11, 23)),
        ("total_mouvements", (MOUVEMENTS, "provision"), 300_000),
        ("reste_a_indemniser", ([{"id": "h", "montant": 620_000}], MOUVEMENTS, None, 20_000), 400_000),
        ("reste_a_indemniser", ([], MOUVEMENTS, 250_000, None), 50_000),
        ("reste_a_reverser", (MOUVEMENTS,), 150_000),
        ("jours_indemnises", (date(2026, 11, 16), date(2026, 11, 27), 3), 9),
        ("indemnites_journalieres", (4_250, date(2026, 11, 16), date(2026, 11, 27), 3), 38_250),
        ("rente_annuelle", (3_600_000, Decimal(80), None), 2_880_000),
        ("terme_de_rente", (1_080_000, "trimestre"), 270_000),
        ("total_verse", ([VERSE], "Rente"), 90_000),
        ("total_verse", ([VERSE], "Capital"), 0),
        ("prochain_versement", ([RENTE, CAPITAL], [VERSE], "Rente"), date(2026, 2, 28)),
        ("prochain_versement", ([RENTE, CAPITAL], [VERSE], "Capital"), date(2026, 3, 1)),
        ("prochain_versement", ([CAPITAL], [VERSE | {"prestation": "Capital"}], "Capital"), None),
        ("montant_avant_revalorisation", ([RENTE], [REVALORISEE], "r"), 90_000),
        ("montant_apres_revalorisation", ([RENTE], [REVALORISEE], "r"), 91_530),
        ("montant_apres_revalorisation", ([RENTE], [REVALORISEE], "disparue"), 0),
        (
            "capital_a_financer",
            ([{"id": "b", "montant": 22_000_000}], [{"id": "a", "montant": 2_000_000}]),
            20_000_000,
        ),
        ("mensualite_credit", (20_000_000, TAUX, 240, None, None), 112_933),
        ("mensualite_credit", (1_200_000, Decimal(0), 120, None, True), 10_000),
        ("interets_credit", (20_000_000, TAUX, 240, None, None), 7_103_769),
        ("cout_total_credit", (20_000_000, TAUX, 240, None, None, 2_400, 260_000), 7_939_769),
        ("taeg_credit", (20_000_000, TAUX, 240, None, None, 2_400, 340_000), Decimal("3.69")),
        ("taeg_credit", (20_000_000, TAUX, 240, None, None, None, None), Decimal("3.25")),
        ("capacite_emprunt", (112_933, TAUX, 240, None), 20_000_076),
        ("taux_endettement", (115_333, CREDITS, 420_000), Decimal("31.75")),
        ("reste_a_vivre", (115_333, CREDITS, 420_000, None, 95_000, None), 286_667),
        ("reste_a_vivre", (115_333, CREDITS, 420_000, None, 95_000, False), 191_667),
        ("saut_de_charge", (115_333, 95_000, True), 20_333),
        ("saut_de_charge", (115_333, 95_000, False), 115_333),
        ("au_dessus_repere_hcsf", (115_333, CREDITS, 420_000, 240, RECUE, None), False),
        ("au_dessus_repere_hcsf", (115_333, CREDITS, 420_000, 324, RECUE, None), True),
        ("au_dessus_repere_hcsf", (115_333, CREDITS, 420_000, 324, RECUE, True), False),
        ("date_acceptation_offre", (RECUE,), date(2026, 11, 13)),
        ("date_fin_offre", (RECUE,), date(2026, 12, 2)),
        ("date_limite_vente", (RECUE,), date(2027, 3, 2)),
        ("date_fin_condition_suspensive", (RECUE, None), date(2026, 12, 2)),
        ("date_fin_retractation", (RECUE,), date(2026, 11, 12)),
        ("indemnite_remboursement_anticipe", (15_000_000, TAUX, RECUE), 240_000),
        ("capital_a_regrouper", (CREDITS, 100_000, None), 403_000),
        ("loyer_credit_bail", (3_000_000, Decimal(5), 48, 300_000, 500_000), 51_914),
        ("cout_credit_bail", (3_000_000, 51_914, 48, 300_000, 500_000), 291_872),
        ("besoin_fonds_roulement", (6_000_000, None, 4_000_000), 2_000_000),
        ("besoin_en_jours", (2_000_000, 36_500_000), 20),
        ("capital_restant_du", (DETTES, PAIEMENTS, "d"), 135_000),
        ("capital_restant_du", (DETTES, PAIEMENTS, "e"), 0),
        ("capital_restant_du", (DETTES, PAIEMENTS, "disparue"), 0),
        ("rembourse_dette", (DETTES, PAIEMENTS, "d"), 45_000),
        ("progression_dette", (DETTES, PAIEMENTS, "d"), 25),
        ("total_restant_du", (DETTES, PAIEMENTS), 135_000),
        ("total_echeances", (DETTES, PAIEMENTS), 20_000),
        ("total_rembourse", (DETTES, PAIEMENTS), 45_000),
        (
            "fin_remboursement",
            (DETTES, PAIEMENTS, SCENARIOS, "18 mois", date(2026, 1, 31)),
            date(2027, 6, 30),
        ),
        (
            "fin_remboursement",
            (DETTES, PAIEMENTS, SCENARIOS, "Cent euros", date(2026, 1, 31)),
            date(2027, 6, 30),
        ),
        (
            "fin_remboursement",
            (DETTES, [PAIEMENTS[0] | {"montant": 180_000}], SCENARIOS, "18 mois", date(2026, 1, 31)),
            date(2026, 2, 1),
        ),
        ("date_contestation_surendettement", (RECUE,), date(2026, 11, 17)),
        ("date_limite_cessation", (RECUE,), date(2026, 12, 17)),
        ("cout_frais_dette", (FRAIS, DETTES, PAIEMENTS, "c"), 4_500),
        ("cout_frais_dette", (FRAIS, DETTES, PAIEMENTS, "p"), 1_200),
        ("cout_frais_dette", (FRAIS, DETTES, PAIEMENTS, "disparu"), 0),
    ],
)
def test_called_by_name(nom: str, arguments: tuple[Any, ...], attendu: object) -> None:
    assert REGISTRE[nom](*arguments) == attendu


def test_every_calculation_of_these_areas_is_called_above() -> None:
    marque: Any = test_called_by_name
    appeles = {cas[0] for cas in marque.pytestmark[0].args[1]}
    declares = (*registre_credit.FONCTIONS, *registre_dette.FONCTIONS, *registre_sinistre.FONCTIONS)
    assert appeles == {fonction.__name__ for fonction in declares}
    assert appeles <= set(REGISTRE)


@pytest.mark.parametrize(
    ("nom", "arguments"),
    [
        ("date_limite_declaration", ("inondation", RECUE, None, None)),
        ("date_limite_declaration", ("catastrophe_naturelle", RECUE, None, None)),
        ("total_mouvements", (MOUVEMENTS, "avance")),
        ("reste_a_reverser", ([{"id": "1", "sens": "avance", "montant": 1}],)),
        ("terme_de_rente", (100, "semaine")),
        ("prochain_versement", ([RENTE], [], "Inconnue")),
        ("montant_avant_revalorisation", ([], [REVALORISEE], "r")),
        ("mensualite_credit", (20_000_000, Decimal(0), 240, None, None)),
        ("mensualite_credit", (20_000_000, TAUX, 0, None, None)),
        ("taux_endettement", (115_333, CREDITS, 0)),
        ("taux_endettement", (500_000, CREDITS, 420_000)),
        ("taux_endettement", (1, [CREDITS[0] | {"devenir": "perdu"}], 420_000)),
        ("capital_a_regrouper", ([CREDITS[0]], None, None)),
        ("fin_remboursement", (DETTES, PAIEMENTS, SCENARIOS, "Autre", RECUE)),
        ("total_restant_du", (DETTES, [PAIEMENTS[0] | {"dette": "Autre"}])),
        ("total_restant_du", ([DETTES[0], DETTES[0] | {"id": "z"}], PAIEMENTS)),
    ],
)
def test_an_impossible_calculation_is_a_named_refusal(nom: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(RegleError) as refus:
        REGISTRE[nom](*arguments)
    assert str(refus.value).endswith(".")
