"""The watch: a démarche whose workflow lost what was decided is woken, so that nothing waits for the next click.

A power cut right after PostgreSQL's commit leaves Temporal behind: reminders armed and effects written in PostgreSQL
are unknown to the workflow, and nobody sends the command again. Late by more than `LATE`, they betray it. A tick sent
to the workflow makes it adopt the missing events, and starts it again if it is gone.
"""

from __future__ import annotations

import logging
import uuid
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from activities.beside import repeating
from store.base import now
from store.demarche import Demarche, Effet
from store.session import session_scope
from workflows.client import Broken, Demarches, Unavailable
from workflows.engine.commands import Refusal, Tick
from workflows.engine.state import SYSTEM

LATE = timedelta(minutes=1)
"""More than a busy worker takes to wake a démarche or to claim an effect."""
GIVEN_UP = timedelta(minutes=15)
"""More than the longest pause between two tries of an effect."""
EVERY_S = 60.0
AT_ONCE = 100

_log = logging.getLogger("elaska.veille")
Late = tuple[uuid.UUID, uuid.UUID, str, int]


async def late(at: datetime) -> list[Late]:
    """Démarches that should have done something by themselves before `at`: (client, démarche, modèle, seq)."""
    never_tried = sa.and_(col(Effet.tentatives) == 0, col(Effet.created_at) < at - LATE)
    abandoned = col(Effet.claimed_at) < at - GIVEN_UP
    owing = select(Effet.demarche_id).where(
        col(Effet.etat).in_(("en_attente", "en_cours")), sa.or_(never_tried, abandoned)
    )
    query = (
        select(Demarche.client_id, Demarche.id, Demarche.modele_sha, Demarche.seq)
        .where(sa.or_(col(Demarche.reveil_at) < at - LATE, col(Demarche.id).in_(owing)))
        .order_by(col(Demarche.updated_at))
        .limit(AT_ONCE)
    )
    async with session_scope() as session:
        return list((await session.exec(query)).all())


async def wake(demarches: Demarches, found: list[Late], at: datetime) -> int:
    """Tick each of them once; returns how many answered. One that does not is tried at the next round."""
    answered = 0
    for client_id, demarche_id, sha, seq in found:
        tick = Tick(id=f"veille/{seq}/{at.isoformat(timespec='minutes')}", actor=SYSTEM)
        try:
            await demarches.send(client_id, demarche_id, sha, seq, tick)
        except (Unavailable, Refusal, Broken) as error:
            _log.warning("not woken: démarche %s, %s", demarche_id, type(error).__name__)
        else:
            answered += 1
    return answered


def watching(demarches: Demarches) -> AbstractAsyncContextManager[None]:
    """Look for late démarches, now and every minute, as long as the block lasts."""

    async def once() -> None:
        at = now()
        if found := await late(at):
            _log.warning("late démarches: %d, woken: %d", len(found), await wake(demarches, found, at))

    return repeating("watch", once, every_s=EVERY_S)
