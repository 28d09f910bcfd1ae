"""The journal: append-only, two writers (the engine; ordinary transactions), chained by hash per démarche."""

import hashlib
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from store.base import Instant

GENESIS = b"\0" * 32


class JournalEntry(SQLModel, table=True):
    """One event. `contenu` is encrypted; the clear columns are those the timeline filters on."""

    __tablename__ = "journal"
    __table_args__ = (
        sa.Index("ix_journal_demarche", "demarche_id", sa.text("id DESC")),
        sa.Index("ix_journal_client", "client_id", sa.text("id DESC")),
        sa.Index(
            "uq_journal_demarche_seq",
            "demarche_id",
            "seq",
            unique=True,
            postgresql_where=sa.text("seq IS NOT NULL"),
        ),
    )

    id: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    )
    demarche_id: uuid.UUID = Field(foreign_key="demarche.id", ondelete="CASCADE")
    client_id: uuid.UUID
    seq: int | None = None
    """Number among the engine's events; absent for what does not move the process (a comment)."""
    type: str = Field(max_length=60)
    famille: str = Field(max_length=20)
    """What the reader filters on: etape, tache, piece, document, echange, notification, dossier, systeme."""
    command_id: str | None = Field(default=None, max_length=200)
    at: datetime = Field(sa_type=Instant)
    actor_kind: str = Field(max_length=20)
    actor_id: str = Field(max_length=80)
    audience: list[str] = Field(default=[], sa_type=ARRAY(sa.Text))
    visible: bool | None = None
    """Set by hand by a conseiller (TL-05); the audience decides when absent."""
    objet: str | None = Field(default=None, max_length=80)
    """What it is about: `piece:cni`, `tache:…`."""
    contenu: bytes
    previous: bytes
    hash: bytes


def chain(
    previous: bytes, demarche_id: uuid.UUID, seq: int | None, type_: str, at: datetime, contenu: bytes
) -> bytes:
    """Hash of a line: it covers the former line, so that none can be changed, removed or added in between."""
    digest = hashlib.sha256(previous)
    # In UTC, as PostgreSQL gives it back: a clock that was moved may come with another zone.
    digest.update(f"{demarche_id}|{seq or ''}|{type_}|{at.astimezone(UTC).isoformat()}|".encode())
    digest.update(contenu)
    return digest.digest()
