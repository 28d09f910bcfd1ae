"""Models of the PDF exports as an administrator has rewritten them (PDF-04). One that is not here is the one of its
file.

Every text stays: the last one serves. They hold nothing of a client.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, now


class ModeleExport(SQLModel, table=True):
    """A text that a model has had; without `corps`, its original again. `version`: milliseconds of the change.

    `echec`: why it could not be laid out the last time that it was tried; the original served instead.
    """

    __tablename__ = "modele_export"

    genre: str = Field(max_length=40, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger, primary_key=True)
    corps: str | None = Field(default=None, sa_type=sa.Text)
    par: uuid.UUID | None = Field(default=None, foreign_key="utilisateur.id", ondelete="SET NULL")
    echec: str | None = Field(default=None, max_length=500)
    echec_le: datetime | None = Field(default=None, sa_type=Instant)


async def texts(session: AsyncSession, genre: str, most: int) -> Sequence[ModeleExport]:
    """The last texts of a model, newest first."""
    query = select(ModeleExport).where(col(ModeleExport.genre) == genre)
    return (await session.exec(query.order_by(col(ModeleExport.version).desc()).limit(most))).all()


async def every(session: AsyncSession) -> Sequence[ModeleExport]:
    """What serves now, of each model that somebody touched."""
    key = col(ModeleExport.genre)
    query = select(ModeleExport).ext(distinct_on(key)).order_by(key, col(ModeleExport.version).desc())
    return (await session.exec(query)).all()


async def last(session: AsyncSession, genre: str) -> ModeleExport | None:
    """What serves now; None when nobody ever touched it."""
    return next(iter(await texts(session, genre, 1)), None)


async def locked(session: AsyncSession, genre: str) -> ModeleExport | None:
    """The same, which nobody else changes until the end of the transaction."""
    await session.exec(select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"modele_export/{genre}"))))
    return await last(session, genre)


async def failed(session: AsyncSession, row: ModeleExport, why: str) -> None:
    """Note that this text could not be laid out. `why` holds nothing of a client."""
    await session.exec(
        update(ModeleExport)
        .where(col(ModeleExport.genre) == row.genre, col(ModeleExport.version) == row.version)
        .values(echec=why[:500], echec_le=now())
    )
