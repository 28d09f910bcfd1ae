"""Examples of the OpenAPI document, for fields that mean the same wherever they are: a hiring told from end to end.

A field with an example of its own keeps it; « Schema.field » is for one that means something else there.
"""

from collections.abc import Iterator
from typing import Any

BY_FIELD: dict[str, Any] = {
    "a_nom": "Zoé Martin",
    "acteur": "Claire Aubry",
    "action": "correction/declaration",
    "actuel": "ancien mot de passe",
    "added_by": "Claire Aubry",
    "adresse": "12 rue des Lilas, 69003 Lyon",
    "ajoutees": "Visite médicale",
    "answered_by": "Zoé Martin",
    "apres": 12,
    "apres_s": 1_900_800,
    "arret": "Une réponse manque : motif du CDD.",
    "attendue": 1,
    "attendus": "Adrien Roux",
    "auth": "k8JV6sjdbhAi1n3_LDBLvA",
    "avant": 4,
    "avant_s": 1_641_600,
    "canaux": "courriel",
    "categorie": "rh",
    "champ": "declaration.date_embauche",
    "checklist": "Vérifier la date d'effet",
    "chemin": "etapes",
    "cle": "embauche",
    "cle_push": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    "client_id": "0f8b6f3e-5f0a-4c53-8f0e-3d8a4f0c8d11",
    "client_nom": "Boulangerie Martin",
    "code": "etape_depassee",
    "collection": "offres",
    "collections": "offres",
    "colonne": "en_cours",
    "commentaires": 2,
    "completed_by": "Claire Aubry",
    "conseiller_nom": "Claire Aubry",
    "controles": "Le nom est celui du salarié",
    "pieces_connues": "Carte vitale",
    "couleur": "vert",
    "csrf": "5f2b0c6d",
    "cycle": "ouverte",
    "de": "salarie",
    "de_nom": "Adrien Roux",
    "decided_by": "Claire Aubry",
    "dedans": 3,
    "demarche_id": "8a0a6a0e-9b0c-4a57-9f53-5b8a3a3c2a10",
    "description": "Pièce d'identité, recto et verso",
    "detail": "Cette étape est déjà terminée.",
    "details": "Étape « Contrat » ajoutée",
    "difference": "- titre: Contrat\n+ titre: Contrat de travail",
    "document": "contrat_cdi",
    "document_titre": "Contrat de travail",
    "documents": 5,
    "duree_ms": 142,
    "email": "zoe.martin@exemple.fr",
    "en_attente": 0,
    "en_cours": 3,
    "enfant": "soumission",
    "enfant_titre": "Soumission bancaire",
    "enfants": 2,
    "enregistre_par": "Claire Aubry",
    "erreur": "La plateforme a répondu 503.",
    "etag": "9c1185a5c5e9fc54",
    "etape": "contrat",
    "etape_rang": 3,
    "etape_titre": "Contrat de travail",
    "etapes": "contrat",
    "etapes_apres": "visite",
    "etapes_total": 8,
    "existantes": 45,
    "facteur": 86400,
    "famille": "documents",
    "fichier": "process_templates/embauche.yaml",
    "fin": "terminee",
    "fonction": "plan_de_financement",
    "formats": "pdf",
    "formulaire": "declaration",
    "formulaires": "declaration",
    "icone": "user-plus",
    "id": "3f2c9a54-6d0e-4d5b-9a3f-1e2d3c4b5a69",
    "initiales": "ZM",
    "item_id": "dpae",
    "jours": 60,
    "label": "Déposer : Pièce d'identité",
    "lecteur": "Zoé Martin",
    "lecteurs": "client",
    "lecture_seule": "Le dossier des modèles ne peut pas être modifié ici.",
    "lectures": "simulation",
    "libelle": "Contrat de travail",
    "libelle_interne": "Contrat (relecture)",
    "lien": "https://exemple.fr/notice",
    "ligne": "6b1f0c1e-2f6e-4c1a-8e65-0a5f5b1f7a33",
    "ligne_directe": "01 23 45 67 89",
    "limit": 20,
    "lues": 20,
    "mediane_s": 172800,
    "message": "Merci de préciser la date d'embauche.",
    "minimum": 100,
    "modele": "embauche",
    "modele_sha": "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
    "modele_titre": "Embauche d'un salarié",
    "modifies": "embauche.yaml",
    "moment": "J+15",
    "montant": 29000,
    "mot": "La date est passée.",
    "mot_de_passe": "une phrase facile à retenir",
    "motif": "La photo est floue.",
    "nature": "documents",
    "niveau": "R2",
    "nom": "Martin",
    "nombre": 3,
    "non_lues": 2,
    "nouveau": "une nouvelle phrase à retenir",
    "numero": 1,
    "objet_id": "8a0a6a0e-9b0c-4a57-9f53-5b8a3a3c2a10",
    "offset": 0,
    "ouvertes": 12,
    "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    "page": 1,
    "par": "Adrien Roux",
    "parallele": "Préparer l'arrivée",
    "part": 0.5,
    "participant": "salarie",
    "passages": 24,
    "perime": "La date d'embauche a changé.",
    "photo": "/api/personnes/0b8f3c52-5e0e-4a3c-9a55-2d6a5d1d8c11/photo?v=3f2c9a546d0e",
    "pieces_a_valider": 1,
    "pieces_total": 3,
    "pieces_validees": 2,
    "pour": "conseiller",
    "pour_nom": "Claire Aubry",
    "prenom": "Zoé",
    "priorite": "normale",
    "prix": 29000,
    "prix_mention": "290,00 € HT",
    "prix_pack": "Pack RH",
    "progression": 45,
    "qr": "<svg></svg>",
    "qui": "Claire Aubry",
    "raison": "L'étape « contrat » n'existe pas.",
    "raisons": "Cette étape n'existe plus dans la nouvelle version.",
    "rang": 3,
    "rattraper": "contrat",
    "recu": 1048576,
    "reference": "EMB-2026-0042",
    "refus": "Il manque le montant du prêt.",
    "remarques": "Deux tâches seront ajoutées.",
    "remede": "Écrivez « contrats », ou ajoutez l'étape « contrat ».",
    "reponse": "C'est corrigé.",
    "requested_by": "Claire Aubry",
    "responsable": "Claire Aubry",
    "restaure": 1,
    "retard": 1,
    "retirees": "Relecture",
    "role": "conseiller",
    "rupture": 1042,
    "sans_effet": 17,
    "scenario": "embauche_cdi",
    "scenarios": "embauche_cdi",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "sent_by": "Zoé Martin",
    "seq": 42,
    "sha256": "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
    "singulier": "offre",
    "site": "https://cabinet.exemple.fr",
    "status": 409,
    "statut": "en_cours",
    "statut_libelle": "En cours de traitement",
    "suivant": "eyJzZXEiOjQyfQ",
    "sujet": "etape",
    "taches_ouvertes": 4,
    "taille": 20,
    "taille_max_mo": 10,
    "telephone": "06 12 34 56 78",
    "tentatives": 1,
    "texte": "Pièce d'identité déposée",
    "title": "Conflit",
    "titre": "Embauche d'Adrien Roux",
    "total": 12,
    "tour": 1,
    "type": "application/pdf",
    "unite": "mois",
    "uri": "otpauth://totp/eLaska:claire?secret=JBSWY3DPEHPK3PXP&issuer=eLaska",
    "url": "https://exemple.fr/payer/9f8e7d6c",
    "user_id": "5d3a1f0c-7e2b-4c9a-8f6d-2b1a0c9d8e7f",
    "valeur": 3,
    "validees": 2,
    "vers": "contrat",
    "version": 1,
    "versions": 2,
    "visit": 1,
}
BY_SCHEMA: dict[str, Any] = {
    "ManqueVu.champs": "Motif du CDD",
    "TableauRecouvrement.dossiers": 14,
    "TableauRecouvrement.encours": 4_812_050,
    "TableauRecouvrement.en_retard": 3_120_000,
    "TableauRecouvrement.recupere": 1_450_000,
    "TableauRecouvrement.reglements": 9,
    "CorpsEssai.vers": "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
    "CorpsLot.vers": "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
    "Constat.colonne": 7,
    "Constat.ligne": 42,
    "EcheancierView.date": "le",
    "EcheancierView.montant": "montant",
    "EssaiEnvoi.statut": 200,
    "KeyDate.valeur": "2026-12-01",
    "LivraisonVue.statut": 200,
    "OngletView.documents": "mandat",
    "ProblemDocument.type": "about:blank",
}
PLAIN: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float)}


def illustrate(schemas: dict[str, dict[str, Any]]) -> None:
    """Give its example to each plain field that has none."""
    for schema, field, definition in bare_fields(schemas):
        example = BY_SCHEMA.get(f"{schema}.{field}", BY_FIELD.get(field))
        kind = plain_kind(definition)
        if example is not None and kind is not None and isinstance(example, PLAIN[kind]):
            definition["examples"] = [[example] if many(definition) else example]


def bare_fields(schemas: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Fields of plain text or numbers whose format does not already tell what they look like."""
    for name, schema in schemas.items():
        if "examples" in schema:
            continue
        for field, definition in schema.get("properties", {}).items():
            if not any(known in definition for known in ("examples", "example")) and plain_kind(definition):
                yield name, field, definition


def plain_kind(definition: dict[str, Any]) -> str | None:
    """Type of a field, or of the items of a list, when it is plain text or a number of no known format."""
    if any(told in definition for told in ("enum", "const", "format", "examples", "$ref")):
        return None
    for part in (*definition.get("anyOf", ()), *definition.get("oneOf", ())):
        if kind := plain_kind(part):
            return kind
    if definition.get("type") == "array":
        return plain_kind(definition.get("items", {}))
    return kind if (kind := definition.get("type")) in PLAIN else None


def many(definition: dict[str, Any]) -> bool:
    """The field is a list."""
    parts = (definition, *definition.get("anyOf", ()))
    return any(part.get("type") == "array" for part in parts)
