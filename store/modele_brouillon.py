"""Drafts of modèles: what administrators are writing on screen and have not put into the files yet (MOD-02).

One draft by modèle, shared by all the administrators. It holds nothing of a client.
"""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, now


class ModeleBrouillon(Row, table=True):
    """`fichiers`: path → `{"depart": text of the file when its draft began, or null, "texte": the draft}`."""

    __tablename__ = "modele_brouillon"

    cle: str = Field(max_length=80, unique=True)
    fichiers: dict[str, Any] = Field(sa_type=sa.JSON)
    updated_at: datetime = Field(default_factory=now, sa_type=Instant)
    updated_par: uuid.UUID | None = Field(default=None, foreign_key="utilisateur.id", ondelete="SET NULL")


async def of_modele(session: AsyncSession, cle: str) -> ModeleBrouillon | None:
    """The draft of a modèle."""
    return (await session.exec(select(ModeleBrouillon).where(ModeleBrouillon.cle == cle))).one_or_none()


async def locked(session: AsyncSession, cle: str) -> ModeleBrouillon | None:
    """The draft of a modèle, which nobody else changes until the end of the transaction; it may not exist yet."""
    await session.exec(select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"modele_brouillon/{cle}"))))
    return await of_modele(session, cle)


async def keep(
    session: AsyncSession,
    row: ModeleBrouillon | None,
    cle: str,
    fichiers: dict[str, Any],
    par: uuid.UUID,
) -> None:
    """Write the draft's files; a draft without any is gone."""
    if row is not None and not fichiers:
        await session.delete(row)
        return
    if row is None:
        if fichiers:
            session.add(ModeleBrouillon(cle=cle, fichiers=fichiers, updated_par=par))
        return
    row.fichiers, row.updated_at, row.updated_par = fichiers, now(), par


async def keys(session: AsyncSession) -> set[str]:
    """Modèles that have a draft."""
    return set((await session.exec(select(ModeleBrouillon.cle))).all())
