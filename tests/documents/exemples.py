"""Data of a believable hire, and the shipped models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def modele(chemin: str) -> str:
    """Source of a shipped model, by path under documents/."""
    return (DOCUMENTS / chemin).read_text(encoding="utf-8")
