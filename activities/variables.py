"""The variables that document and mail models may read, with what each one holds (NOT-05).

Documents also read one namespace per form of the modèle (`declaration`, `salarie`) and `calculs`: those names come
from the modèle itself. Optional ones are tested with `is defined` before use.
"""

from __future__ import annotations

COMMUNES: dict[str, str] = {
    "cabinet": "le cabinet : nom, adresse, telephone, email, horaires, siret, logo (image data:)",
    "conseiller": "le conseiller du dossier : nom, email, ligne_directe",
    "lien_portail": "adresse du dossier sur le portail",
    "nom_client": "nom du client",
    "qr_code_dossier": "adresse de l’image du QR code du dossier, fournie par eLaska",
    "reference_dossier": "référence du dossier, par exemple EMB-2026-0147",
    "titre_demarche": "nom de la démarche, par exemple « Embauche de Camille Durand »",
}

COURRIEL: dict[str, str] = COMMUNES | {
    "echeance": "date ou instant avant lequel on attend quelque chose",
    "lien_acces": "lien personnel à usage unique (invitation, nouveau lien)",
    "limite_rupture": "dernier jour pour rompre l’essai avec toute la prévenance",
    "motif": "message ou raison, en une ou plusieurs lignes",
    "pieces": "liste de titres de pièces ou de documents",
    "prenom": "prénom du destinataire",
    "rang": "numéro de la relance, 1 pour la première",
    "sujet": "objet du courriel, déjà composé",
    "tache": "titre de la tâche",
}

DOCUMENT: dict[str, str] = COMMUNES | {
    "client": "le client : nom, adresse, siret, telephone ; representant, qualite_representant, caisse_retraite, "
    "organisme_prevoyance quand ils sont connus",
    "date_document": "date du document",
    "etapes": "étapes de la démarche : titre, statut, date",
    "pieces": "pièces de la démarche : titre, statut, date",
    "rupture": "rupture de l’essai : date_notification, date_fin",
}
