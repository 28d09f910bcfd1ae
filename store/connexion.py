"""Sessions, links of participants, and the counters that slow down password guessing (SEC-02, SEC-04,
SEC-26).
"""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from store.base import Instant, Row, closed_list, now


class EtapeConnexion(StrEnum):
    """How far a login has gone: a session is of use only when `complete`."""

    TOTP = "totp"
    TOTP_INSCRIPTION = "totp_inscription"
    COMPLETE = "complete"


class Lien(Row, table=True):
    """A participant's single-use link.

    The token is derived from `id`, so that a mail sent again carries the same one; only its hash is kept.
    """

    __tablename__ = "lien"
    __table_args__ = (sa.Index("ix_lien_demarche_id_participant", "demarche_id", "participant"),)

    demarche_id: uuid.UUID
    client_id: uuid.UUID = Field(index=True)
    participant: str = Field(max_length=60)
    nom: bytes | None = Field(
        default=None, description="name shown to the participant, encrypted for the client"
    )
    token_hash: bytes = Field(unique=True)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class SessionConnexion(Row, table=True):
    """A server-side session: of a user, or of a participant who came by a link. Only the token's hash is
    kept.
    """

    __tablename__ = "session_connexion"
    __table_args__ = (sa.CheckConstraint("(utilisateur_id IS NULL) <> (lien_id IS NULL)", name="owner"),)

    token_hash: bytes = Field(unique=True)
    utilisateur_id: uuid.UUID | None = Field(
        default=None, foreign_key="utilisateur.id", index=True, ondelete="CASCADE"
    )
    lien_id: uuid.UUID | None = Field(default=None, foreign_key="lien.id", index=True, ondelete="CASCADE")
    etape: EtapeConnexion = Field(sa_type=closed_list(EtapeConnexion, "etape"))
    last_seen_at: datetime = Field(default_factory=now, sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    ip: str | None = Field(default=None, max_length=45)
    agent: str | None = Field(default=None, max_length=300)
    coffre_jusqu_a: datetime | None = Field(default=None, sa_type=Instant)
    """Until when the documents of the vault are shown in this session."""


class Tentative(SQLModel, table=True):
    """Failed logins of one account or one address; `cle` is a keyed hash, so that no email is kept here."""

    __tablename__ = "tentative"

    cle: str = Field(primary_key=True, max_length=80)
    echecs: int = 0
    dernier: datetime = Field(sa_type=Instant, index=True)
    bloque_jusqu_a: datetime | None = Field(default=None, sa_type=Instant)
