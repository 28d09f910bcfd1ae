"""Forms of claims, loans and debts: no field, label or value of the specification dropped; lines as rules read them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules import lignes_credit, lignes_dette, lignes_sinistre
from rules.validation import validate_form

FORMS = Path(__file__).parents[2] / "forms"
TODAY = date(2026, 11, 22)


def lire(nom: str) -> dict[str, Any]:
    lu: dict[str, Any] = json.loads((FORMS / f"{nom}.schema.json").read_text(encoding="utf-8"))
    return lu


def champs(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    trouves = dict(schema["properties"])
    for condition in schema.get("allOf", []):
        trouves |= condition["then"]["properties"]
    return trouves


def errors(nom: str, data: dict[str, Any]) -> dict[str, str]:
    return {error.pointer: error.detail for error in validate_form(lire(nom), data, TODAY)}


SPECIFIES: dict[str, set[str]] = {
    # F1 to F8
    "sinistre_declaration": {
        *("numero_sinistre", "contrat", "assure", "nature", "date_survenance", "date_declaration", "lieu"),
        *("circonstances", "temoins", "tiers_responsables", "bien"),
    },
    "sinistre_prevoyance_declaration": {
        *("numero_sinistre", "contrat", "assure", "nature", "date_survenance", "date_declaration", "lieu"),
        "circonstances",
    },
    "sinistre_intervenant": {"tiers", "role", "date_mission", "partage_client"},
    "sinistre_mouvement": {"date", "sens", "emetteur", "beneficiaire", "montant", "reference", "note"},
    "sinistre_prejudice": {"poste", "montant"},
    "sinistre_reconnaissance": {
        *("date_reconnaissance", "taux_retenu", "nature_prestation", "decision", "motif"),
    },
    "sinistre_prestation": {"beneficiaire", "type", "taux", "calcul_rente"},
    "sinistre_versement": {"date_reglement", "periode_debut", "periode_fin", "montant"},
    "sinistre_revalorisation": {"date_effet", "taux", "montant", "origine"},
    "sinistre_demande": {"objet", "message"},
    # G1 to G8
    "credit_emprunteur": {
        *("nom", "revenus", "statut_habitation", "charges", "charges_logement_actuelles", "co_emprunteur"),
        *("situation_familiale", "situation_professionnelle"),
    },
    "credit_projet": {"nature", "type_logement", "intitule", "montant_projet", "bien"},
    "credit_simulation": {"duree", "taux", "assurance", "garantie"},
    "credit_soumission": {
        *("banque", "contact_principal", "lien_partage_pieces", "pieces_envoyees", "date_envoi"),
    },
    "credit_offre": {
        *(
            "banque",
            "taux",
            "mensualite",
            "cout_total",
            "duree",
            "assurance",
            "garantie",
            "validite",
            "type_pret",
        ),
        *("loyers", "premier_loyer", "valeur_residuelle", "differe", "differe_total"),
    },
    "credit_mandat": {"statut"},
    "credit_condition": {"libelle", "echeance", "responsable", "justificatif", "levee_le"},
    "credit_projet_pro": {
        *("duree", "valeur_residuelle", "loyers", "designation", "fournisseur", "montant_projet"),
        *("duree_amortissement", "apport", "besoin", "chiffre_affaires", "encours_clients"),
        *("encours_fournisseurs", "bien", "surface"),
    },
    "credit_deblocage": {"date_deblocage", "montant_debloque"},
    "credit_pret_final": {
        *(
            "type_pret",
            "montant",
            "duree",
            "taux",
            "garanties",
            "differe",
            "differe_total",
            "assurance",
            "garantie",
        ),
        *("frais", "loyers", "premier_loyer", "valeur_residuelle"),
    },
    # DET
    "dette_fiche": {
        *("creancier", "nature", "montant_initial", "capital_restant_du", "montant_echeance", "taux_interet"),
    },
    "dette_paiement": {"date", "montant", "moyen"},
    "dette_procedure": {"stade", "date_audience", "decision", "huissier"},
    "dette_scenario": {"duree", "mensualite", "mode"},
}
"""Fields that « Formulaires et champs » names, by form."""

LIBELLES: dict[tuple[str, str], list[str]] = {
    ("sinistre_intervenant", "role"): ["Expert mandaté", "Avocat", "Témoin", "Tiers responsable", "Autre"],
    ("credit_projet_pro", "type"): [
        "Crédit-Bail Mobilier",
        "Crédit-Bail Immobilier",
        "Financement de Matériel Professionnel",
        "Financement de Trésorerie / Besoin en Fonds de Roulement (BFR)",
    ],
    ("dette_frais", "nature"): [
        "Frais de dossier",
        "Commission au pourcentage sur les sommes récupérées",
        "Frais d'huissier refacturés",
        "Pénalités et intérêts de retard",
    ],
    ("credit_mandat", "statut"): ["Généré", "Envoyé", "Signé"],
    ("credit_condition", "responsable"): ["Client", "Conseiller", "Notaire", "Assureur"],
    ("credit_issue", "issue"): ["Refusé", "Abandonné"],
    ("dette_fiche", "nature"): [
        "Crédit à la consommation",
        "Facture impayée",
        "Retard de loyer",
        "Dette fiscale/sociale",
        "Autre",
    ],
    ("dette_mediation", "nature"): [
        "Prise de contact avec le créancier",
        "Proposition ou négociation d'un échéancier",
        "Demande de moratoire",
        "Demande de remise de dette",
    ],
}


@pytest.mark.parametrize("nom", SPECIFIES)
def test_no_field_of_the_specification_is_dropped(nom: str) -> None:
    assert SPECIFIES[nom] <= set(champs(lire(nom)))


@pytest.mark.parametrize(("nom", "champ"), LIBELLES)
def test_choices_are_those_of_the_specification(nom: str, champ: str) -> None:
    assert list(champs(lire(nom))[champ]["x-libelles"].values()) == LIBELLES[nom, champ]


LIGNES: list[tuple[str, Any]] = [
    ("sinistre_prejudice", lignes_sinistre.LignePrejudice),
    ("sinistre_mouvement", lignes_sinistre.LigneMouvement),
    ("sinistre_prestation", lignes_sinistre.LignePrestation),
    ("sinistre_versement", lignes_sinistre.LigneVersement),
    ("sinistre_revalorisation", lignes_sinistre.LigneRevalorisation),
    ("credit_besoin", lignes_credit.LigneMontant),
    ("credit_apport", lignes_credit.LigneMontant),
    ("credit_en_cours", lignes_credit.LigneCredit),
    ("credit_offre", lignes_credit.LigneOffrePret),
    ("dette_fiche", lignes_dette.LigneDette),
    ("dette_paiement", lignes_dette.LignePaiement),
    ("dette_frais", lignes_dette.LigneFraisDette),
    ("dette_tresorerie", lignes_dette.LigneTresorerie),
    ("dette_scenario", lignes_dette.LigneScenario),
]


DEPUIS = {"credit_offre": {"type_pret"}}
"""Asked since: lines of the versions before have none, and are still read."""


CALCULEES = {"credit_offre": {"tenue_jusqu_au"}}
"""Computed by the modèle beside what is typed."""


@pytest.mark.parametrize(("nom", "ligne"), LIGNES)
def test_a_line_read_by_the_rules_is_a_line_of_the_form(nom: str, ligne: Any) -> None:
    schema = lire(nom)
    lus = set(ligne.__annotations__) - {"id", "statut"} - CALCULEES.get(nom, set())
    assert lus <= set(champs(schema))
    exiges = set(ligne.__required_keys__) - {"id", "statut"}
    assert exiges <= set(schema["required"])
    assert not set(schema["required"]) & lus - exiges - DEPUIS.get(nom, set())


BONS: dict[str, dict[str, Any]] = {
    "sinistre_declaration": {
        "contrat": "MRH 4512",
        "assure": "Léa Martin",
        "risque": "habitation",
        "nature": "Dégât des eaux",
        "evenement": "general",
        "date_survenance": "2026-11-05",
        "date_connaissance": "2026-11-06",
        "lieu": "12 rue des Lilas, 69003 Lyon",
        "circonstances": "Rupture d'une canalisation chez le voisin du dessus.",
        "temoins": ["Karim Haddad, 06 12 34 56 78"],
    },
    "sinistre_mouvement": {
        "sens": "indemnisation",
        "date": "2026-11-20",
        "montant": 120_000,
        "par_cabinet": True,
    },
    "sinistre_reconnaissance": {
        "decision": "acceptee",
        "date_reconnaissance": "2026-10-01",
        "nature_prestation": "rente",
        "taux_retenu": "66",
    },
    "sinistre_prestation": {
        "nom": "Rente",
        "beneficiaire": "Léa Martin",
        "type": "rente_invalidite",
        "montant": 90_000,
        "debut": "2026-01-01",
        "periodicite": "mois",
    },
    "sinistre_revalorisation": {
        "prestation": "Rente",
        "date_effet": "2027-01-01",
        "mode": "taux",
        "taux": "1.7",
    },
    "credit_emprunteur": {
        "nom": "Léa Martin",
        "revenus": 420_000,
        "statut_habitation": "locataire",
        "charges_logement_actuelles": 95_000,
    },
    "credit_simulation": {"taux": "3.20", "duree": 240, "assurance": 2_400},
    "credit_projet_pro": {
        "intitule": "Fourgon",
        "type": "cb_mobilier",
        "montant_projet": 3_000_000,
        "duree": 48,
        "designation": "Fourgon électrique",
        "loyers": 51_914,
        "valeur_residuelle": 300_000,
    },
    "dette_fiche": {
        "nom": "Loyers",
        "creancier": "SCI des Tilleuls",
        "nature": "retard_loyer",
        "montant_initial": 180_000,
        "capital_restant_du": 180_000,
        "arrete_le": "2026-11-01",
    },
    "dette_scenario": {"nom": "36 mois", "mode": "duree", "duree": 36},
    "dette_frais": {"dette": "Loyers", "nature": "penalites", "libelle": "Retard", "montant": 1_200},
    "dette_difficultes": {"cessation": "oui", "cessation_le": "2026-11-02", "voie": "redressement"},
    "dette_saisine": {"demandee_le": "2026-11-02", "juridiction": "Pau", "decision": "refusee"},
    "dette_surendettement": {"dettes": ["Loyers"]},
    "dette_depot": {"depose_le": "2026-11-02", "decision": "irrecevable", "notifie_le": "2026-11-20"},
}


@pytest.mark.parametrize("nom", BONS)
def test_a_good_one_passes_and_an_empty_one_asks_for_what_is_needed(nom: str) -> None:
    assert errors(nom, BONS[nom]) == {}
    assert set(errors(nom, {})) == {f"/{champ}" for champ in lire(nom)["required"]}


@pytest.mark.parametrize(
    ("nom", "change", "fautif"),
    [
        (
            "sinistre_declaration",
            {"date_survenance": "2026-11-23"},
            {"/date_survenance", "/date_connaissance"},
        ),
        ("sinistre_declaration", {"date_connaissance": "2026-11-04"}, {"/date_connaissance"}),
        ("sinistre_declaration", {"delai_contrat": 1}, {"/delai_contrat"}),
        ("sinistre_declaration", {"arrete_publie_le": "2026-11-10"}, {"/arrete_publie_le"}),
        ("sinistre_mouvement", {"sens": "provision"}, {"/par_cabinet"}),
        ("sinistre_mouvement", {"montant": 0}, {"/montant"}),
        ("sinistre_reconnaissance", {"taux_retenu": "66 %"}, {"/taux_retenu"}),
        ("sinistre_prestation", {"fin": "2025-12-31"}, {"/fin"}),
        ("sinistre_revalorisation", {"montant": 95_000}, {"/montant"}),
        ("credit_emprunteur", {"revenus": 0}, {"/revenus"}),
        ("credit_simulation", {"duree": 0}, {"/duree"}),
        ("credit_simulation", {"taux": "-1"}, {"/taux"}),
        (
            "credit_projet_pro",
            {"type": "tresorerie_bfr"},
            {
                *("/designation", "/loyers", "/valeur_residuelle", "/besoin", "/chiffre_affaires"),
                *("/encours_clients", "/encours_fournisseurs"),
            },
        ),
        ("dette_fiche", {"montant_initial": 0}, {"/montant_initial"}),
        ("dette_scenario", {"duree": 0}, {"/duree"}),
        ("dette_scenario", {"mode": "regroupement"}, {"/taux"}),
        ("dette_surendettement", {"dettes": []}, {"/dettes"}),
        ("dette_frais", {"nature": "commission"}, {"/montant", "/taux"}),
        ("dette_difficultes", {"voie": "sauvegarde"}, {"/voie"}),
        ("dette_difficultes", {"cessation": "non"}, {"/cessation_le", "/voie", "/voie_prevention"}),
        ("dette_saisine", {"decision": "ouverte"}, {"/ouverte_le"}),
        ("dette_depot", {"notifie_le": "2026-11-01"}, {"/notifie_le"}),
        ("dette_depot", {"decision": "en_attente"}, {"/notifie_le"}),
    ],
)
def test_a_wrong_one_is_refused_beside_the_field(nom: str, change: dict[str, Any], fautif: set[str]) -> None:
    assert set(errors(nom, BONS[nom] | change)) == fautif


def test_the_decision_says_what_it_asks_for() -> None:
    assert set(errors("sinistre_reconnaissance", {"decision": "refusee"})) == {"/motif"}
    assert (
        set(
            errors(
                "sinistre_declaration",
                BONS["sinistre_declaration"]
                | {
                    "evenement": "catastrophe_naturelle",
                    "arrete_publie_le": "2026-11-10",
                },
            )
        )
        == set()
    )
