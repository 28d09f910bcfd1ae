"""Démarches that were opened from another one, of which they took over some answers (PRV-12)."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of
from store.demarche import Demarche


class Liaison(SQLModel, table=True):
    """One row per démarche that another one led to. Unlike a child, it lives a life of its own."""

    __tablename__ = "liaison"

    demarche_id: uuid.UUID = Field(foreign_key="demarche.id", primary_key=True, ondelete="CASCADE")
    origine_id: uuid.UUID = Field(foreign_key="demarche.id", index=True, ondelete="CASCADE")


class Liee(NamedTuple):
    """A démarche linked to another. `suite`: it was opened from it; else it is where the other comes from."""

    id: uuid.UUID
    reference: str
    titre: str
    suite: bool


async def lier(session: AsyncSession, demarche_id: uuid.UUID, origine_id: uuid.UUID) -> None:
    """Record where a démarche comes from; the first answer stands."""
    row = insert(table_of(Liaison)).values(demarche_id=demarche_id, origine_id=origine_id)
    await (await session.connection()).execute(row.on_conflict_do_nothing())


async def liees(session: AsyncSession, demarche_id: uuid.UUID) -> Sequence[Liee]:
    """Where a démarche comes from, then those that were opened from it, the oldest first."""
    lien, demarche = table_of(Liaison), table_of(Demarche)
    columns = (demarche.c.id, demarche.c.reference, demarche.c.titre)
    query = (
        sa.select(*columns, lien.c.origine_id == demarche_id)
        .join(
            lien,
            sa.or_(
                sa.and_(lien.c.demarche_id == demarche_id, demarche.c.id == lien.c.origine_id),
                sa.and_(lien.c.origine_id == demarche_id, demarche.c.id == lien.c.demarche_id),
            ),
        )
        .order_by(lien.c.origine_id == demarche_id, demarche.c.opened_at, demarche.c.id)
    )
    found = await (await session.connection()).execute(query)
    return [Liee(*row) for row in found]
