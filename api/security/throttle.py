"""Slows down the guessing of passwords and codes, by account and by address, without ever locking for good (SEC-04)."""

import hmac
import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from api.problems import Problem
from store.base import now
from store.connexion import Tentative
from store.crypto import Keyring
from store.session import session_scope

# Failures allowed before waiting begins: many people share an office's address.
FREE = {"compte": 5, "ip": 30, "totp": 5, "lien": 3, "oubli": 3}
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

    async def attempt(self, **subjects: str) -> None:
        """Count an attempt of each subject (`compte=…`, `ip=…`), or raise 429 when one of them must wait.

        Counted before the answer is known: guesses sent all at once are not judged by a counter that none has moved
        yet. Beyond the free ones, each doubles the wait.
        """
        async with session_scope() as session:
            keys = await self._keys(session, subjects)
            # Always in the same order: two requests at once must not wait for each other.
            for kind, key in keys:
                held = insert(Tentative).values(cle=key, echecs=0, dernier=now())
                await session.exec(held.on_conflict_do_update(index_elements=["cle"], set_={"cle": key}))
                row = await session.get_one(Tentative, key, populate_existing=True)
                instant = now()
                if row.bloque_jusqu_a is not None and row.bloque_jusqu_a > instant:
                    raise _too_many(row.bloque_jusqu_a)
                row.echecs = row.echecs + 1 if row.dernier > instant - MEMORY else 1
                row.dernier = instant
                wait = _wait(row.echecs - FREE[kind])
                row.bloque_jusqu_a = instant + wait if wait else None
                session.add(row)
                await session.flush()

    async def succeeded(self, *, ip: str, **subjects: str) -> None:
        """Forget the failures of these subjects; an address that many share is only given its attempt back."""
        async with session_scope() as session:
            keys = await self._keys(session, subjects)
            await session.exec(delete(Tentative).where(col(Tentative.cle).in_([key for _, key in keys])))
            [(_, shared)] = await self._keys(session, {"ip": ip})
            row = await session.get(Tentative, shared, with_for_update=True)
            if row is not None:
                row.echecs = max(row.echecs - 1, 0)
                if row.echecs < FREE["ip"]:
                    row.bloque_jusqu_a = None
                session.add(row)

    async def _keys(self, session: AsyncSession, subjects: Mapping[str, str]) -> list[tuple[str, str]]:
        secret = (await self._keyring.cabinet(session)).derive("throttle")
        return [(kind, _key(secret, kind, value)) for kind, value in sorted(subjects.items(), key=_order)]


def _order(subject: tuple[str, str]) -> tuple[bool, str]:
    """The address last: it is the one that requests of different people share."""
    return subject[0] == "ip", subject[0]


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
