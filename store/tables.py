"""Every table of the database, imported for Alembic and for tests: add a new resource's module here."""

from store import (
    audit,
    brouillon,
    brouillon_formulaire,
    cabinet,
    cle_client,
    connexion,
    demarche,
    fichier,
    idempotence,
    journal,
    modele,
    notification,
    outbox,
    tiers,
    utilisateur,
)
from store.base import metadata

__all__ = [
    "audit",
    "brouillon",
    "brouillon_formulaire",
    "cabinet",
    "cle_client",
    "connexion",
    "demarche",
    "fichier",
    "idempotence",
    "journal",
    "metadata",
    "modele",
    "notification",
    "outbox",
    "tiers",
    "utilisateur",
]
