"""Drafts of forms: they live here, never in a workflow, and are encrypted for the tiers they concern
(DEM-04).
"""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, now
from store.crypto import ClientCipher, place


class Brouillon(Row, table=True):
    """One draft by person, tiers and modèle. `version` grows at each save: a stale tab cannot overwrite
    a newer one.
    """

    __tablename__ = "brouillon"
    __table_args__ = (sa.UniqueConstraint("utilisateur_id", "tiers_id", "modele"),)

    utilisateur_id: uuid.UUID = Field(foreign_key="utilisateur.id", ondelete="CASCADE")
    tiers_id: uuid.UUID = Field(foreign_key="tiers.id", index=True, ondelete="CASCADE")
    modele: str = Field(max_length=80)
    data: bytes
    version: int = 1
    updated_at: datetime = Field(default_factory=now, sa_type=Instant)


def _place(row: Brouillon) -> str:
    return place("brouillon", "data", row.id)


class StaleDraft(Exception):
    """The draft was saved elsewhere since it was read."""


async def find(
    session: AsyncSession, utilisateur_id: uuid.UUID, tiers_id: uuid.UUID, modele: str, *, lock: bool = False
) -> Brouillon | None:
    query = select(Brouillon).where(
        Brouillon.utilisateur_id == utilisateur_id, Brouillon.tiers_id == tiers_id, Brouillon.modele == modele
    )
    return (await session.exec(query.with_for_update() if lock else query)).one_or_none()


async def of_user(session: AsyncSession, utilisateur_id: uuid.UUID) -> list[Brouillon]:
    """The person's drafts, last touched first, contents left encrypted."""
    query = select(Brouillon).where(Brouillon.utilisateur_id == utilisateur_id)
    return list(await session.exec(query.order_by(col(Brouillon.updated_at).desc())))


def read(row: Brouillon, cipher: ClientCipher) -> Any:
    """The draft's contents."""
    return cipher.decrypt_json(row.data, _place(row))


async def save(
    session: AsyncSession,
    cipher: ClientCipher,
    utilisateur_id: uuid.UUID,
    tiers_id: uuid.UUID,
    modele: str,
    data: Any,
    *,
    version: int | None = None,
) -> Brouillon:
    """Write the draft. `version` is the one last read; raises StaleDraft when another save came in
    between.
    """
    row = await find(session, utilisateur_id, tiers_id, modele, lock=True)
    if row is None:
        if version:
            raise StaleDraft
        row = Brouillon(utilisateur_id=utilisateur_id, tiers_id=tiers_id, modele=modele, data=b"")
    else:
        if version is not None and version != row.version:
            raise StaleDraft
        row.version += 1
    row.data = cipher.encrypt_json(data, _place(row))
    row.updated_at = now()
    session.add(row)
    await session.flush()
    return row
