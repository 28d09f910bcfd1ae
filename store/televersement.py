"""Files that arrive in several times (tus 1.0): what has come so far, until they are deposited or abandoned."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, closed_list, now, table_of
from store.crypto import ClientCipher, place


class Etat(StrEnum):
    EN_COURS = "en_cours"
    VERIFICATION = "verification"
    PRET = "pret"
    REFUSE = "refuse"
    DEPOSE = "depose"


class Televersement(Row, table=True):
    """One file. `parts`: addresses of its pieces, in order; `recu`: how many bytes they hold together.

    `objet` is what it is for (`piece:cni`). Once `pret`, it is in the index of files under the same id.
    """

    __tablename__ = "televersement"

    client_id: uuid.UUID = Field(index=True)
    demarche_id: uuid.UUID | None = Field(default=None, index=True)
    objet: str = Field(max_length=80)
    created_by: str = Field(max_length=80, index=True)
    owner_id: uuid.UUID
    nom: bytes
    taille: int = Field(sa_type=sa.BigInteger)
    recu: int = Field(default=0, sa_type=sa.BigInteger)
    parts: list[str] = Field(default=[], sa_type=JSONB)
    types: list[str] = Field(default=[], sa_type=JSONB)
    etat: Etat = Field(
        default=Etat.EN_COURS,
        sa_type=closed_list(Etat, "etat"),
    )
    refus: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    """Why it was refused: `code` and `detail`, the file's name left out."""
    verif_depuis: datetime | None = Field(default=None, sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


async def create(session: AsyncSession, cipher: ClientCipher, *, nom: str, **values: Any) -> Televersement:
    """Announce a file; announced again under the same `id`, it is the first one."""
    id_ = values["id"]
    sealed = cipher.encrypt_text(nom, place("televersement", "nom", id_))
    await session.exec(
        pg_insert(Televersement)
        .values(
            client_id=cipher.client_id,
            nom=sealed,
            recu=0,
            parts=[],
            etat=Etat.EN_COURS,
            created_at=now(),
            **values,
        )
        .on_conflict_do_nothing(index_elements=["id"])
    )
    row = await session.get(Televersement, id_)
    assert row is not None
    return row


def name(row: Televersement, cipher: ClientCipher) -> str:
    """The file's name, as its person gave it."""
    return cipher.decrypt_text(row.nom, place("televersement", "nom", row.id))


async def waiting(session: AsyncSession, created_by: str) -> int:
    """How many files this person has begun and not deposited."""
    query = select(func.count()).where(
        Televersement.created_by == created_by, col(Televersement.etat).in_((Etat.EN_COURS, Etat.PRET))
    )
    return (await session.exec(query)).one()


async def add_part(session: AsyncSession, id_: uuid.UUID, offset: int, path: str, size: int) -> bool:
    """Record a piece that begins at `offset`; False when another one was recorded there meanwhile."""
    t = table_of(Televersement).c
    done = await (await session.connection()).execute(
        sa.update(table_of(Televersement))
        .where(t.id == id_, t.recu == offset, t.etat == Etat.EN_COURS)
        .values(recu=offset + size, parts=t.parts + sa.cast([path], JSONB))
    )
    return done.rowcount == 1


async def claim(session: AsyncSession, id_: uuid.UUID, abandoned_before: datetime) -> bool:
    """Take a complete file to check it: one process does, unless it has not ended since `abandoned_before`."""
    t = table_of(Televersement).c
    free = sa.or_(
        t.etat == Etat.EN_COURS, sa.and_(t.etat == Etat.VERIFICATION, t.verif_depuis < abandoned_before)
    )
    done = await (await session.connection()).execute(
        sa.update(table_of(Televersement))
        .where(t.id == id_, t.recu == t.taille, free)
        .values(etat=Etat.VERIFICATION, verif_depuis=now())
    )
    return done.rowcount == 1


async def settle(
    session: AsyncSession, id_: uuid.UUID, etat: Etat, *, refus: dict[str, Any] | None = None
) -> None:
    """Write what became of it; its pieces are then of no use."""
    t = table_of(Televersement).c
    await (await session.connection()).execute(
        sa.update(table_of(Televersement))
        .where(t.id == id_)
        .values(etat=etat, refus=refus, **({} if etat == Etat.EN_COURS else {"parts": []}))
    )


async def expired(session: AsyncSession, limit: int = 200) -> Sequence[Televersement]:
    """Those that nobody came back to, or that were deposited long ago."""
    query = select(Televersement).where(col(Televersement.expires_at) < now())
    return (await session.exec(query.limit(limit))).all()
