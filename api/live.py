"""Live updates: one LISTEN connection by process, fanned out to the streams whose reader may see what moved.

Messages hold ids only. A stream that falls behind is told to start again, which makes its screen read everything
anew; so does every stream after PostgreSQL failed, since messages may have been missed. A stream that opens hears what
moved just before: its screen may have been read meanwhile.
"""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Collection
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
# Between a screen's first answer and its stream: some seconds on a slow phone.
RECENT_S = 10.0
# Well under BEHIND: a stream must not be sent back for what it is told when it opens.
RECENT_MOST = 100
_log = logging.getLogger("elaska.flux")


@dataclass(frozen=True, slots=True)
class Message:
    """`event`: `demarche`, `notification` or `export`."""

    event: str
    data: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What PostgreSQL told: about which person of ours, or which démarche of which client."""

    event: str
    data: str
    person: str | None = None
    demarche_id: uuid.UUID | None = None
    client_id: uuid.UUID | None = None
    retiree: bool = False

    @classmethod
    def read(cls, channel: str, payload: str) -> "Notice":
        """A notice of one of the channels we hear."""
        if channel == NOTIFICATIONS:
            return cls("notification", "{}", person=payload)
        told = json.loads(payload)
        if channel == EXPORTS:
            asker = told.pop("utilisateur")
            return cls("export", json.dumps(told), person=asker)
        return cls(
            "demarche",
            json.dumps({"demarche": told["demarche"], "seq": told["seq"]}),
            demarche_id=uuid.UUID(told["demarche"]),
            client_id=uuid.UUID(told["client"]),
            retiree="retiree" in told,
        )


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
        # The last of each kind about each subject, and when it came.
        self._recent: dict[tuple[object, ...], tuple[float, Notice]] = {}
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
            since = time.monotonic() - RECENT_S
            for _, notice in [each for each in self._recent.values() if each[0] >= since]:
                await self._tell(notice, [opened])
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
                        notice = Notice.read(notify.channel, notify.payload)
                        self._keep(notice)
                        await self._tell(notice, self._streams)
            except (psycopg.Error, SQLAlchemyError, OSError) as error:
                _log.warning("listening again in %.1f s: %s", pause, type(error).__name__)
            if self.listening.is_set():
                # What happened meanwhile is unknown: every screen reads again.
                self.listening.clear()
                self._end_all()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _keep(self, notice: Notice) -> None:
        subject = (notice.event, notice.person, notice.demarche_id, notice.retiree)
        self._recent.pop(subject, None)
        self._recent[subject] = (time.monotonic(), notice)
        if len(self._recent) > RECENT_MOST:
            del self._recent[next(iter(self._recent))]

    async def _tell(self, notice: Notice, streams: Collection[Stream]) -> None:
        """Pass a notice on to those of these streams whose reader may know. Raises SQLAlchemyError."""
        concerned = [stream for stream in streams if _concerns(notice, stream.actor)]
        if notice.demarche_id is not None and concerned:
            actors = [stream.actor for stream in concerned]
            advisers = await _advisers(notice.demarche_id, actors)
            modele, au_portail = await _closed_by(notice.demarche_id, actors)
            shown = au_portail or notice.retiree
            concerned = [
                stream
                for stream in concerned
                if stream.actor.knows(modele)
                and (stream.actor.kind != "client" or shown)
                and (stream.actor.kind != "staff" or stream.actor.supervises or stream.actor.id in advisers)
            ]
        for stream in concerned:
            stream.push(Message(notice.event, notice.data))


def _concerns(notice: Notice, actor: Actor) -> bool:
    """Whether it may be for this reader, as far as can be told without asking PostgreSQL."""
    if notice.demarche_id is None:
        return str(actor.id) == notice.person
    if actor.kind == "client":
        return notice.client_id in actor.tiers_ids
    return actor.kind == "staff" or actor.demarche_id == notice.demarche_id


async def _advisers(demarche_id: uuid.UUID, actors: Collection[Actor]) -> frozenset[uuid.UUID]:
    """Who of the firm sees this démarche besides those who see all: asked once, however many readers, and only when one
    of them needs it."""
    if not any(actor.kind == "staff" and not actor.supervises for actor in actors):
        return frozenset()
    team = select(col(Membre.user_id)).where(col(Membre.demarche_id) == demarche_id)
    referent = (
        select(col(Tiers.conseiller_id))
        .join(Demarche, col(Demarche.client_id) == Tiers.id)
        .where(col(Demarche.id) == demarche_id, col(Tiers.conseiller_id).is_not(None))
    )
    async with session_scope() as session:
        return frozenset(await (await session.connection()).scalars(team.union(referent)))


async def _closed_by(demarche_id: uuid.UUID, actors: Collection[Actor]) -> tuple[str | None, bool]:
    """What may close a démarche to a reader: its modèle, and whether it is on the client's portal (MOD-08). Asked once,
    and only when there is a client, or someone to whom some modèle is closed."""
    if not any(actor.kind == "client" or actor.droits.caches for actor in actors):
        return None, False
    async with session_scope() as session:
        query = select(Demarche.modele, Demarche.au_portail).where(Demarche.id == demarche_id)
        return (await session.exec(query)).one_or_none() or (None, False)


@asynccontextmanager
async def live_hub(app: FastAPI) -> AsyncIterator[None]:
    """The hub of the application, for its lifespan."""
    hub = Hub()
    app.state.hub = hub
    async with hub.running():
        yield
