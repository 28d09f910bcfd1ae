"""Columns of the task board, as an administrator ordered, named and added them (TCH-01).

No row: the board has its own five columns, which the screens know.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of

# One writer of the board at a time.
_LOCK = 0x636F6C6F6E6E65


class ColonneTache(SQLModel, table=True):
    """One column; `statut`: the status of the tasks that it may hold, the key itself for one of the five."""

    __tablename__ = "colonne_tache"

    cle: str = Field(primary_key=True, max_length=60)
    libelle: str = Field(max_length=40)
    statut: str = Field(max_length=20)
    rang: int


async def every(session: AsyncSession) -> Sequence[ColonneTache]:
    """All of them, from left to right."""
    return (await session.exec(select(ColonneTache).order_by(table_of(ColonneTache).c.rang))).all()


async def find(session: AsyncSession, cle: str) -> ColonneTache | None:
    """One column, if the board has it."""
    return await session.get(ColonneTache, cle)


async def replace(session: AsyncSession, colonnes: Sequence[ColonneTache]) -> None:
    """The whole board at once; nothing puts it back as it was. Two people who save at once do so in turn."""
    await session.exec(select(sa.func.pg_advisory_xact_lock(_LOCK)))
    await session.exec(sa.delete(table_of(ColonneTache)))
    session.add_all(colonnes)
    await session.flush()
