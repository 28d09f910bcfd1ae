"""Every table of the database, imported for Alembic and for tests: add a new resource's module here."""

from store import (
    audit,
    brouillon,
    cabinet,
    cle_client,
    connexion,
    fichier,
    idempotence,
    modele,
    notification,
    tiers,
    utilisateur,
)
from store.base import metadata

__all__ = [
    "audit",
    "brouillon",
    "cabinet",
    "cle_client",
    "connexion",
    "fichier",
    "idempotence",
    "metadata",
    "modele",
    "notification",
    "tiers",
    "utilisateur",
]
