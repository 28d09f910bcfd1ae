"""Events of outside services already received: they come again, and out of order."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, now


class Evenement(SQLModel):
    """What the table of one service's events holds. `id`: the service's own."""

    id: str = Field(primary_key=True, max_length=255)
    type: str = Field(max_length=80)
    recu_at: datetime = Field(default_factory=now, sa_type=Instant)


async def first_time(session: AsyncSession, table: type[Evenement], event_id: str, type_: str) -> bool:
    """Remember an event; False when it was already received, or is being received at this very instant."""
    result = await session.exec(
        insert(table)
        .values(id=event_id, type=type_, recu_at=now())
        .on_conflict_do_nothing()
        .returning(col(table.id))
    )
    return result.first() is not None
