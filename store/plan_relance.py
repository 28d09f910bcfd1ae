"""The firm's library of plans of reminders: made by its conseillers, shared by all of them (REC-10)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, now, table_of


class PlanRelance(Row, table=True):
    """`paliers`: the lines that it gives a démarche, in order. It holds nothing of a client."""

    __tablename__ = "plan_relance"

    nom: str = Field(max_length=80, unique=True)
    description: str | None = Field(default=None, max_length=300)
    paliers: list[dict[str, Any]] = Field(sa_type=JSONB)
    version: int = 1
    updated_at: datetime = Field(default_factory=now, sa_type=Instant)
    updated_par: uuid.UUID | None = Field(default=None, foreign_key="utilisateur.id", ondelete="SET NULL")


async def every(session: AsyncSession) -> Sequence[PlanRelance]:
    """All of them, by name."""
    return (await session.exec(select(PlanRelance).order_by(table_of(PlanRelance).c.nom))).all()


async def locked(session: AsyncSession, plan: uuid.UUID) -> PlanRelance | None:
    """One plan, which nobody else changes until the end of the transaction."""
    return await session.get(PlanRelance, plan, with_for_update=True)


async def named(session: AsyncSession, nom: str) -> PlanRelance | None:
    """The plan of that name."""
    return (await session.exec(select(PlanRelance).where(PlanRelance.nom == nom))).one_or_none()
