"""Live updates: one LISTEN connection by process, fanned out to the streams whose reader may see what moved.

Messages hold ids only. A stream that falls behind is told to start again, which makes its screen read everything
anew; so does every stream after the connection to PostgreSQL was lost, since messages may have been missed.
"""

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from api.access import Actor
from store.demarche import Demarche, Membre
from store.export import PROGRESS as EXPORTS
from store.notices import DEMARCHE, listening
from store.notification import CHANNEL as NOTIFICATIONS
from store.session import session_scope
from store.tiers import Tiers

BEHIND = 200
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
_log = logging.getLogger("elaska.flux")


@dataclass(frozen=True, slots=True)
class Message:
    """`event`: `demarche`, `notification` or `export`."""

    event: str
    data: str


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream. `None` in the queue: it is over, the browser must come again."""

    actor: Actor
    queue: "asyncio.Queue[Message | None]" = field(default_factory=lambda: asyncio.Queue(BEHIND))

    def push(self, message: Message | None) -> None:
        """Never waits: a reader too far behind starts again instead."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            message = None
        self.queue.put_nowait(message)


class Hub:
    """The streams of this process, and the connection that feeds them."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._task: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    def __len__(self) -> int:
        return len(self._streams)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen as long as the block lasts; then end every stream."""
        self._task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._end_all()

    @asynccontextmanager
    async def stream(self, actor: Actor) -> AsyncIterator[Stream]:
        """A stream for this reader, forgotten when the block ends."""
        opened = Stream(actor)
        self._streams.add(opened)
        try:
            yield opened
        finally:
            self._streams.discard(opened)

    def _end_all(self) -> None:
        for stream in self._streams:
            stream.push(None)

    async def _listen(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with listening(DEMARCHE, NOTIFICATIONS, EXPORTS) as connection:
                    self.listening.set()
                    pause = FIRST_PAUSE
                    async for notify in connection.notifies():
                        await self._dispatch(notify.channel, notify.payload)
            except (psycopg.Error, OSError) as error:
                _log.warning("listening again in %.1f s: %s", pause, type(error).__name__)
            if self.listening.is_set():
                # What happened meanwhile is unknown: every screen reads again.
                self.listening.clear()
                self._end_all()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _dispatch(self, channel: str, payload: str) -> None:
        if not self._streams:
            return
        if channel == NOTIFICATIONS:
            for stream in self._streams:
                if str(stream.actor.id) == payload:
                    stream.push(Message("notification", "{}"))
            return
        told = json.loads(payload)
        if channel == EXPORTS:
            asker = told.pop("utilisateur")
            for stream in self._streams:
                if str(stream.actor.id) == asker:
                    stream.push(Message("export", json.dumps(told)))
            return
        demarche_id, client_id = uuid.UUID(told["demarche"]), uuid.UUID(told["client"])
        advisers = await self._advisers(demarche_id)
        modele, au_portail = await self._closed_by(demarche_id)
        shown = au_portail or "retiree" in told
        message = Message("demarche", json.dumps({"demarche": told["demarche"], "seq": told["seq"]}))
        for stream in self._streams:
            if stream.actor.kind == "client" and not shown:
                continue
            if stream.actor.knows(modele) and _sees(stream.actor, demarche_id, client_id, advisers):
                stream.push(message)

    async def _advisers(self, demarche_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """Who of the firm sees this démarche besides those who see all: asked once, however many streams."""
        if not any(s.actor.kind == "staff" and not s.actor.supervises for s in self._streams):
            return frozenset()
        team = select(col(Membre.user_id)).where(col(Membre.demarche_id) == demarche_id)
        referent = (
            select(col(Tiers.conseiller_id))
            .join(Demarche, col(Demarche.client_id) == Tiers.id)
            .where(col(Demarche.id) == demarche_id, col(Tiers.conseiller_id).is_not(None))
        )
        try:
            async with session_scope() as session:
                return frozenset(await (await session.connection()).scalars(team.union(referent)))
        except SQLAlchemyError:
            # The connection that listens is about to fail too: everyone then starts again.
            return frozenset()

    async def _closed_by(self, demarche_id: uuid.UUID) -> tuple[str | None, bool]:
        """What may close a démarche to a reader: its modèle, and whether it is on the client's portal (MOD-08). Asked
        once, and only when there is a client, or someone to whom some modèle is closed."""
        if not any(s.actor.kind == "client" or s.actor.droits.caches for s in self._streams):
            return None, False
        try:
            async with session_scope() as session:
                query = select(Demarche.modele, Demarche.au_portail).where(Demarche.id == demarche_id)
                return (await session.exec(query)).one_or_none() or (None, False)
        except SQLAlchemyError:
            return None, False


def _sees(actor: Actor, demarche_id: uuid.UUID, client_id: uuid.UUID, advisers: frozenset[uuid.UUID]) -> bool:
    if actor.kind == "staff":
        return actor.supervises or actor.id in advisers
    if actor.kind == "client":
        return client_id in actor.tiers_ids
    return actor.demarche_id == demarche_id


@asynccontextmanager
async def live_hub(app: FastAPI) -> AsyncIterator[None]:
    """The hub of the application, for its lifespan."""
    hub = Hub()
    app.state.hub = hub
    async with hub.running():
        yield
