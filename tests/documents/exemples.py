"""Data of a believable hire, of a debt to recover and of subscriptions to change; and the shipped models."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from rules.lectures import comparatif_abonnements, situation_de_compte

DOCUMENTS = Path(__file__).parents[2] / "documents"

CDI: dict[str, Any] = {
    "prenom": "Camille",
    "nom_usage": "Durand",
    "date_naissance": "1995-10-03",
    "email_personnel": "camille.durand@exemple.fr",
    "intitule_poste": "Assistante commerciale",
    "adresse_professionnelle": "8 avenue de la Gare\n69100 Villeurbanne",
    "nature_contrat": "cdi",
    "categorie": "employe",
    "date_entree": "2026-12-01",
    "heure_entree": "08:30",
    "temps_travail": "temps_plein",
    "salaire_brut_mensuel": 215000,
}
CDD: dict[str, Any] = {cle: valeur for cle, valeur in CDI.items() if cle != "categorie"} | {
    "nature_contrat": "cdd",
    "motif_cdd": "remplacement_absence",
    "personne_remplacee": "Sarah Petit, vendeuse",
    "date_fin": "2027-02-14",
    "temps_travail": "temps_partiel",
    "heures_hebdomadaires": 17.5,
    "manager": "Alice O'Brien",
}
SALARIE: dict[str, Any] = {
    "prenom": "Camille",
    "nom_naissance": "Lefèvre",
    "nom_usage": "Durand",
    "genre": "femme",
    "date_naissance": "1995-10-03",
    "lieu_naissance": "Lyon 3e",
    "pays_naissance": "France",
    "nationalite": "française",
    "nir": "295109912611193",
    "telephone_portable": "+33612345678",
    "adresse_personnelle": "12 rue des Lilas\n69003 Lyon",
    "email_personnel": "camille.durand@exemple.fr",
}

CREANCE: dict[str, Any] = {
    "debiteur": "Menuiserie Aubert SARL",
    "nature_debiteur": "professionnel",
    "debiteur_adresse": "27 rue du Port\n44000 Nantes",
    "debiteur_email": "compta@aubert.exemple.fr",
    "nature_creancier": "professionnel",
    "objet": "Travaux de peinture, chantier des Lilas",
    "penalites_reclamees": True,
}


def wire(valeur: Any) -> Any:
    """A reading as models receive it: dates in ISO text."""
    if isinstance(valeur, dict):
        return {cle: wire(item) for cle, item in valeur.items()}
    if isinstance(valeur, list):
        return [wire(item) for item in valeur]
    return valeur.isoformat() if isinstance(valeur, date) else valeur


COMPTE: dict[str, Any] = wire(
    situation_de_compte(
        date(2025, 9, 15),
        [
            {"id": "a", "numero": "F-2025-118", "montant": 1_000_000, "echeance": date(2025, 4, 30)},
            {"id": "b", "numero": "F-2025-131", "montant": 248_000, "echeance": date(2025, 5, 31)},
            {"id": "c", "numero": "F-2025-160", "montant": 96_050, "echeance": date(2025, 9, 30)},
        ],
        [{"id": "r", "recu_le": date(2025, 9, 1), "montant": 1_100_000, "moyen": "virement"}],
        [
            {"id": "1", "le": date(2025, 9, 10), "montant": 122_000},
            {"id": "2", "le": date(2025, 10, 10), "montant": 122_050},
        ],
        [
            {"id": "f", "nature": "frais_dossier", "libelle": "Ouverture du dossier", "montant": 9_000},
            {"id": "g", "nature": "commission", "libelle": "Commission de 8 %", "taux": Decimal(8)},
        ],
        professionnels=True,
        taux_contractuel=None,
        creancier_particulier=False,
        mise_en_demeure=None,
        executoire_depuis=None,
        plan_accorde_le=date(2025, 9, 5),
        penalites_reclamees=True,
        penalites_dues=None,
    )
)
COMPARATIF: dict[str, Any] = wire(
    comparatif_abonnements(
        date(2026, 11, 22),
        [
            {
                "id": "1",
                "nom": "Électricité du local",
                "type": "electricite",
                "fournisseur": "Courant Vif",
                "prix": 12_000,
                "periodicite": "an",
                "prix_kwh": Decimal("0.25"),
                "kwh": 20_000,
            },
            {
                "id": "2",
                "nom": "Internet",
                "type": "internet",
                "fournisseur": "Filaire",
                "prix": 3_999,
                "periodicite": "mois",
                "options": "Téléphone fixe, télévision",
            },
        ],
        [
            {
                "id": "3",
                "abonnement": "Électricité du local",
                "fournisseur": "Énergie des Monts",
                "offre": "Pro fixe 2 ans",
                "prix": 11_000,
                "periodicite": "an",
                "prix_kwh": Decimal("0.21"),
                "recommandation": "Prix fixe pendant deux ans, sans engagement de votre part.",
                "statut": "proposee",
            },
            {
                "id": "4",
                "abonnement": "Internet",
                "fournisseur": "Fibre & Cie",
                "offre": "Fibre Pro",
                "prix": 2_999,
                "periodicite": "mois",
                "options": "Téléphone fixe, adresse fixe",
                "statut": "proposee",
            },
        ],
    )
)

OFFRE: dict[str, Any] = {
    "abonnement": "Électricité du local",
    "type": "electricite",
    "ancien_fournisseur": "Courant Vif",
    "fournisseur": "Énergie des Monts",
    "offre": "Pro fixe 2 ans",
    "mandat": True,
}


def modele(chemin: str) -> str:
    """Source of a shipped model, by path under documents/."""
    return (DOCUMENTS / chemin).read_text(encoding="utf-8")
