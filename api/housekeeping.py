"""Throws away, once an hour, what has expired: sessions, counters of failures, stored answers, deposits cut short."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from fastapi import FastAPI
from sqlmodel import col, delete

from activities.beside import repeating
from api.televersements import throw_away
from store import acces, export, televersement
from store.base import now
from store.connexion import Tentative
from store.idempotence import Idempotence
from store.session import session_scope

EVERY_S = 3600.0
FAILURES_KEPT = timedelta(days=1)
# A client that still retries after a week has long lost its page.
ANSWERS_KEPT = timedelta(days=7)


async def tidy(app: FastAPI) -> None:
    """Do it once."""
    await app.state.sessions.sweep()
    async with session_scope() as session:
        await session.exec(delete(Tentative).where(col(Tentative.dernier) < now() - FAILURES_KEPT))
        await session.exec(delete(Idempotence).where(col(Idempotence.created_at) < now() - ANSWERS_KEPT))
        await export.sweep(session)
        await acces.sweep(session)
    async with session_scope() as session:
        rows = await televersement.expired(session)
    for row in rows:
        await throw_away(row, app.state.services)
    lifetime = timedelta(seconds=app.state.services.settings.upload_lifetime)
    await app.state.services.files.sweep(older_than=lifetime + timedelta(hours=1))


def housekeeping(app: FastAPI) -> AbstractAsyncContextManager[None]:
    """Keep doing it as long as the application lives."""
    return repeating("housekeeping", lambda: tidy(app), every_s=EVERY_S)
