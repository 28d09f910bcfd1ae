"""The relay, driven by a test."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from sqlmodel import col

from store.outbox import Sortie
from store.session import session_scope
from workflows.relais import Relay


async def drain(relay: Relay, seconds: float = 60.0) -> None:
    """Deliver until nothing waits: on a busy machine a démarche may answer at the second try only, a moment later."""
    async with asyncio.timeout(seconds):
        while await relay.deliver_all() or not await nothing_waits():
            await asyncio.sleep(0.02)


async def nothing_waits() -> bool:
    """Whether each row of the outbox has its answer."""
    async with session_scope() as session:
        return not await session.scalar(sa.select(sa.exists().where(col(Sortie.relayed_at).is_(None))))
