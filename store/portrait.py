"""The photo of each person of the firm (EQP-02, EQP-03). `utilisateur.photo` is the address at which it is read."""

import uuid
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, now
from store.utilisateur import STAFF, Utilisateur


class Portrait(SQLModel, table=True):
    """An image ready to be shown. `type` is its media type."""

    __tablename__ = "portrait"

    user_id: uuid.UUID = Field(foreign_key="utilisateur.id", primary_key=True, ondelete="CASCADE")
    type: str = Field(max_length=40)
    contenu: bytes
    updated_at: datetime = Field(default_factory=now, sa_type=Instant, nullable=False)


async def of(session: AsyncSession, user_id: uuid.UUID) -> Portrait | None:
    """The photo of one of the firm's people, if they gave one."""
    query = select(Portrait).join(Utilisateur).where(Portrait.user_id == user_id)
    return (await session.exec(query.where(col(Utilisateur.role).in_(STAFF)))).one_or_none()
