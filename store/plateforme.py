"""The outside platform that writes and sends our mails when the administrator prefers it (NOT-06): where it is, and
what was handed to it, in order, with what became of it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store import notices
from store.base import Instant
from store.crypto import ClientCipher, place

CHANNEL = "elaska_livraison"
SECRET = place("plateforme_courriel", "secret", 1)


class Plateforme(SQLModel, table=True):
    """A single row."""

    __tablename__ = "plateforme_courriel"
    __table_args__ = (sa.CheckConstraint("id = 1", name="single"),)

    id: int = Field(default=1, primary_key=True)
    actif: bool = False
    url: str = Field(default="", max_length=500)
    secret: bytes | None = None
    """Encrypted with the firm's key: signs what is posted."""
    refus: int = 0
    """Messages refused in a row."""
    desactivee_le: datetime | None = Field(default=None, sa_type=Instant)
    """When it was turned off by itself; absent when it is on, or was turned off by a person."""
    motif: str | None = Field(default=None, max_length=300)


class Livraison(SQLModel, table=True):
    """One mail handed over, under the id of its row of the ledger of effects. They leave in the order of `numero`."""

    __tablename__ = "livraison_courriel"
    __table_args__ = (
        sa.Index("ix_livraison_en_attente", "numero", postgresql_where=sa.text("etat = 'en_attente'")),
    )

    id: uuid.UUID = Field(primary_key=True, foreign_key="effet.id", ondelete="CASCADE")
    numero: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
    )
    client_id: uuid.UUID
    demarche_id: uuid.UUID
    type: str = Field(max_length=100)
    """The mail model."""
    contenu: bytes
    """What is posted, encrypted for the client; emptied once it is over."""
    etat: str = Field(default="en_attente", max_length=20)
    """en_attente, fait, refusee, abandonnee."""
    tentatives: int = 0
    pas_avant: datetime = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    statut: int | None = None
    """Of the latest answer."""
    duree_ms: int | None = None
    erreur: str | None = Field(default=None, max_length=300)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


def _place(id_: uuid.UUID) -> str:
    return place("livraison_courriel", "contenu", id_)


async def read(session: AsyncSession) -> Plateforme:
    """Where it is; turned off as long as nobody has filled it in."""
    return await session.get(Plateforme, 1) or Plateforme()


async def write(session: AsyncSession, row: Plateforme) -> Plateforme:
    """Replace it."""
    merged = await session.merge(row)
    await session.flush()
    await wake(session)
    return merged


async def wake(session: AsyncSession) -> None:
    """Have the workers look at what waits, when the transaction commits."""
    await notices.send(session, CHANNEL)


async def hand_over(
    session: AsyncSession,
    cipher: ClientCipher,
    *,
    effet_id: uuid.UUID,
    demarche_id: uuid.UUID,
    type: str,
    message: Mapping[str, Any],
    at: datetime,
) -> Livraison:
    """Put a mail at the end of the line."""
    row = Livraison(
        id=effet_id,
        client_id=cipher.client_id,
        demarche_id=demarche_id,
        type=type,
        contenu=cipher.encrypt_json(message, _place(effet_id)),
        pas_avant=at,
        created_at=at,
    )
    session.add(row)
    await session.flush()
    await wake(session)
    return row


def message_of(row: Livraison, cipher: ClientCipher) -> dict[str, Any]:
    """What is posted of one that waits."""
    found: dict[str, Any] = cipher.decrypt_json(row.contenu, _place(row.id))
    return found


async def first(session: AsyncSession) -> Livraison | None:
    """The oldest one that waits, whenever it may be tried: those behind it wait too."""
    query = select(Livraison).where(col(Livraison.etat) == "en_attente").order_by(col(Livraison.numero))
    return (await session.exec(query.limit(1))).first()


async def latest(session: AsyncSession, limit: int) -> Sequence[Livraison]:
    """The log, newest first."""
    return (await session.exec(select(Livraison).order_by(col(Livraison.numero).desc()).limit(limit))).all()


async def waiting(session: AsyncSession) -> int:
    """How many wait."""
    query = select(func.count()).select_from(Livraison).where(col(Livraison.etat) == "en_attente")
    return (await session.exec(query)).one()
