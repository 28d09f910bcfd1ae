"""Slows down the guessing of passwords and codes, by account and by address, without ever locking for good (SEC-04)."""

import hmac
import math
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import case, col, delete, select

from api.problems import Problem
from store.base import now
from store.connexion import Tentative
from store.crypto import Keyring
from store.session import session_scope

# Failures allowed before waiting begins: many people share an office's address.
FREE = {"compte": 5, "ip": 30, "totp": 5, "lien": 3}
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
# Counters of those who failed long ago start again from zero.
MEMORY = timedelta(hours=1)


class Throttle:
    """Counters in PostgreSQL, shared by all API processes. Each call is its own transaction, so that a refused
    login leaves its trace.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def check(self, **subjects: str) -> None:
        """Raise 429 when one of the subjects (`compte=…`, `ip=…`) must wait."""
        async with session_scope() as session:
            secret = (await self._keyring.cabinet(session)).derive("throttle")
            keys = [_key(secret, kind, value) for kind, value in subjects.items()]
            rows = (
                await session.exec(select(Tentative.bloque_jusqu_a).where(col(Tentative.cle).in_(keys)))
            ).all()
        until = max((row for row in rows if row is not None), default=None)
        if until is not None and until > now():
            raise _too_many(until)

    async def failed(self, **subjects: str) -> None:
        """Count a failure of each subject; beyond the free ones, each doubles the wait."""
        async with session_scope() as session:
            secret = (await self._keyring.cabinet(session)).derive("throttle")
            # Always in the same order: two requests at once must not wait for each other.
            for kind, value in sorted(subjects.items()):
                instant = now()
                recent = col(Tentative.dernier) > instant - MEMORY
                query = insert(Tentative).values(cle=_key(secret, kind, value), echecs=1, dernier=instant)
                result = await session.exec(
                    query.on_conflict_do_update(
                        index_elements=["cle"],
                        set_={
                            "echecs": case((recent, col(Tentative.echecs) + 1), else_=1),
                            "dernier": instant,
                        },
                    ).returning(col(Tentative.cle), col(Tentative.echecs))
                )
                cle, failures = result.one()
                wait = _wait(failures - FREE[kind])
                row = await session.get_one(Tentative, cle, populate_existing=True)
                row.bloque_jusqu_a = instant + wait if wait else None
                session.add(row)

    async def succeeded(self, **subjects: str) -> None:
        """Forget the failures of these subjects."""
        async with session_scope() as session:
            secret = (await self._keyring.cabinet(session)).derive("throttle")
            keys = [_key(secret, kind, value) for kind, value in subjects.items()]
            await session.exec(delete(Tentative).where(col(Tentative.cle).in_(keys)))


def _wait(excess: int) -> timedelta | None:
    return min(FIRST_WAIT * 2 ** min(excess, 20), LONGEST_WAIT) if excess >= 0 else None


def _key(secret: bytes, kind: str, value: str) -> str:
    return f"{kind}:{hmac.new(secret, f'{kind}:{value}'.encode(), 'sha256').hexdigest()}"


def _too_many(until: datetime) -> Problem:
    seconds = max(1, math.ceil((until - now()).total_seconds()))
    minutes = math.ceil(seconds / 60)
    wait = f"{seconds} secondes" if seconds < 90 else f"{minutes} minutes"
    return Problem(
        429, "trop_d_essais", f"Trop d'essais. Réessayez dans {wait}.", headers={"Retry-After": str(seconds)}
    )
