"""Mail models as an administrator has rewritten them (NOT-05). One that is not here is the one of its file.

They hold nothing of a client.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, now


class ModeleCourriel(SQLModel, table=True):
    """`echec`: why it could not be written the last time that it was tried; the original left instead."""

    __tablename__ = "modele_courriel"
    __table_args__ = (sa.CheckConstraint("format IN ('mjml', 'html')", name="format"),)

    cle: str = Field(max_length=80, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    """Milliseconds of its last change: never the same again, even after a return to the original."""
    format: str = Field(max_length=10)
    sujet: str = Field(max_length=500)
    corps: str = Field(sa_type=sa.Text)
    updated_at: datetime = Field(default_factory=now, sa_type=Instant)
    updated_par: uuid.UUID | None = Field(default=None, foreign_key="utilisateur.id", ondelete="SET NULL")
    echec: str | None = Field(default=None, max_length=500)
    echec_le: datetime | None = Field(default=None, sa_type=Instant)


class VersionCourriel(SQLModel, table=True):
    """A text that a model has had. `version`: milliseconds of the change, as in `ModeleCourriel`."""

    __tablename__ = "modele_courriel_version"

    cle: str = Field(max_length=80, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger, primary_key=True)
    format: str = Field(max_length=10)
    sujet: str = Field(max_length=500)
    corps: str = Field(sa_type=sa.Text)
    par: uuid.UUID | None = Field(default=None, foreign_key="utilisateur.id", ondelete="SET NULL")


def kept(row: ModeleCourriel) -> VersionCourriel:
    """What the history remembers of a model just written."""
    return VersionCourriel(
        cle=row.cle,
        version=row.version,
        format=row.format,
        sujet=row.sujet,
        corps=row.corps,
        par=row.updated_par,
    )


async def versions(session: AsyncSession, cle: str, most: int) -> Sequence[VersionCourriel]:
    """The last texts of a model, newest first."""
    query = select(VersionCourriel).where(col(VersionCourriel.cle) == cle)
    return (await session.exec(query.order_by(col(VersionCourriel.version).desc()).limit(most))).all()


async def of_key(session: AsyncSession, cle: str) -> ModeleCourriel | None:
    """The rewritten model of this name."""
    return await session.get(ModeleCourriel, cle)


async def every(session: AsyncSession) -> Sequence[ModeleCourriel]:
    """All those that were rewritten."""
    return (await session.exec(select(ModeleCourriel).order_by(col(ModeleCourriel.cle)))).all()


async def locked(session: AsyncSession, cle: str) -> ModeleCourriel | None:
    """The same, which nobody else changes until the end of the transaction; it may not exist yet."""
    await session.exec(select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"modele_courriel/{cle}"))))
    return await of_key(session, cle)


async def failed(session: AsyncSession, cle: str, version: int, why: str) -> None:
    """Note that this version could not be written. `why` holds nothing of a client."""
    await session.exec(
        update(ModeleCourriel)
        .where(col(ModeleCourriel.cle) == cle, col(ModeleCourriel.version) == version)
        .values(echec=why[:500], echec_le=now())
    )
