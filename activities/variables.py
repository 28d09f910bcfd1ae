"""The variables that document and mail models may read, with what each one holds (NOT-05).

Documents also read one namespace per form of the modèle (`declaration`, `salarie`) and `calculs`: those names come
from the modèle itself. Those of `COURRIEL` that are not common are optional.
"""

from __future__ import annotations

COMMUNES: dict[str, str] = {
    "cabinet": "le cabinet : nom, adresse, telephone, email, horaires, site, siret, logo (image data:)",
    "client": "le client : nom, adresse, siret, email, telephone",
    "conseiller": "le conseiller du dossier : nom, titre, email, telephone",
    "lien_espace": "adresse de l’espace du client sur le portail",
    "lien_portail": "adresse du dossier sur le portail",
    "nom_client": "nom du client",
    "qr_code_client": "adresse de l’image du QR code de l’espace du client, fournie par eLaska",
    "qr_code_dossier": "adresse de l’image du QR code du dossier, fournie par eLaska",
    "reference_dossier": "référence du dossier, par exemple EMB-2026-0147",
    "titre_demarche": "nom de la démarche, par exemple « Embauche de Camille Durand »",
}

COURRIEL: dict[str, str] = COMMUNES | {
    "echeance": "date ou instant avant lequel on attend quelque chose",
    "lectures": "valeurs du jour de l’envoi, par lecture du modèle : lectures.compte.a_payer",
    "ligne": "la ligne dont parle une relance ou une automatisation : ses champs, et nom_ligne",
    "lien_acces": "lien personnel à usage unique (invitation, nouveau lien)",
    "lien_paiement": "page où le débiteur voit ce qu’il doit et paie, sans compte",
    "motif": "message ou raison, en une ou plusieurs lignes",
    "objet": "objet du message écrit par le conseiller",
    "palier": "le palier du plan de relance auquel part cette relance : ses champs",
    "pieces": "liste de titres de pièces, de tâches ou de documents",
    "prenom": "prénom du destinataire\u00a0; d'un tiers, son nom entier",
    "rang": "numéro de la relance, 1 pour la première",
    "sujet": "objet de l’email, déjà composé",
}

DOCUMENT: dict[str, str] = COMMUNES | {
    "date_document": "date du document",
    "ligne": "la ligne dont parle la relance qui le produit : ses champs, et nom_ligne",
    "lien_paiement": "page où le débiteur voit ce qu’il doit et paie, sans compte ; le QR code y mène alors",
    "lectures": "valeurs à la date du document, par lecture du modèle : lectures.compte.reste_du",
}

EXPORT: dict[str, str] = COMMUNES | {
    "badges": "mots des badges changés par le cabinet, par « objet/statut » : badges.get('piece/recu')",
    "date_document": DOCUMENT["date_document"],
    "demande_par": "qui a demandé l’export",
    "demarche": "le dossier tel que son lecteur le voit : titre, statut, etapes, taches, pieces, documents, equipe…",
    "lignes": "lignes du journal, la plus ancienne d’abord : at, titre, detail, acteur, visible, fichiers",
    "lignes_omises": "vrai quand le journal est trop long : seules les lignes les plus récentes y sont",
    "pour_le_cabinet": "vrai quand l’export est pour le cabinet, faux pour son client",
    "titre_export": "titre de l’export, par exemple « Synthèse du dossier »",
}
"""Of the PDF exports of a dossier."""

RECAPITULATIF: dict[str, str] = {
    "cabinet": COMMUNES["cabinet"],
    "lien_portail": "adresse de l’espace de la personne",
    "lien_preferences": "page où l’on choisit ce que l’on reçoit",
    "lignes": "les nouvelles, l’une après l’autre : texte, lien",
    "prenom": COURRIEL["prenom"],
    "qr_code_dossier": "adresse de l’image du QR code de l’espace, fournie par eLaska",
    "sujet": COURRIEL["sujet"],
}
"""Of the mail of the bell."""
ACCES: dict[str, str] = {
    "cabinet": COMMUNES["cabinet"],
    "conseiller": "qui suit le client, ou le cabinet\u00a0: nom, titre, email, telephone",
    "echeance": "instant jusqu’auquel le lien est valable",
    "lien_acces": "lien personnel, à usage unique, pour choisir son mot de passe",
    "lien_portail": "adresse de l’espace de la personne",
    "nom_client": "nom de l’entreprise ou de l’association pour laquelle la personne est invitée",
    "prenom": COURRIEL["prenom"],
    "qr_code_dossier": RECAPITULATIF["qr_code_dossier"],
    "sujet": COURRIEL["sujet"],
}
"""Of the mails by which people choose their password."""

CHAMPS: dict[str, frozenset[str]] = {
    "cabinet": frozenset(
        [
            "nom",
            "adresse",
            "telephone",
            "email",
            "horaires",
            "site",
            "siret",
            "en_tete",
            "pied_de_page",
            "logo",
        ]
    ),
    "client": frozenset(["nom", "adresse", "siret", "email", "telephone"]),
    "conseiller": frozenset(["nom", "titre", "email", "telephone"]),
}
"""What may be read of those that have fields."""
