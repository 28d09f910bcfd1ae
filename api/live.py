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
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

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
# Beyond, one message says to read everything anew.
TOO_MANY = 50
_log = logging.getLogger("elaska.flux")


@dataclass(frozen=True, slots=True)
class Message:
    """`event`: `demarche`, `notification`, `export`, or `relire` when there is too much to name."""

    event: str
    data: str


READ_AGAIN = Message("relire", "{}")


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
        """A stream for this reader, forgotten when the block ends; it begins with what has just moved."""
        opened = Stream(actor)
        self._streams.add(opened)
        try:
            since = time.monotonic() - RECENT_S
            recent = [notice for came, notice in self._recent.values() if came >= since]
            await self._tell(recent, [opened])
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
                    # Those that came while nobody listened have missed something too.
                    self._end_all()
                    pause = FIRST_PAUSE
                    async for notify in connection.notifies():
                        await self._hear(notify.channel, notify.payload)
            except (psycopg.Error, OSError) as error:
                _log.warning("listening again in %.1f s: %s", pause, type(error).__name__)
            if self.listening.is_set():
                # What happened meanwhile is unknown: every screen reads again.
                self.listening.clear()
                self._end_all()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self, channel: str, payload: str) -> None:
        try:
            notice = Notice.read(channel, payload)
        except (ValueError, KeyError, TypeError) as error:
            # Another version of the programs runs beside this one for the time of a deployment.
            _log.warning("a notice on %s is not understood: %s", channel, type(error).__name__)
            return
        now = time.monotonic()
        subject = (notice.event, notice.person, notice.demarche_id, notice.retiree)
        self._recent.pop(subject, None)
        self._recent[subject] = (now, notice)
        while self._recent[oldest := next(iter(self._recent))][0] < now - RECENT_S:
            del self._recent[oldest]
        await self._tell([notice], self._streams)

    async def _tell(self, notices: Collection[Notice], streams: Collection[Stream]) -> None:
        """Pass notices on to those of these streams whose reader may know; a reader of whom PostgreSQL does not say it
        starts again, and one to whom there is too much to tell reads everything anew."""
        told = {stream: [each for each in notices if _concerns(each, stream.actor)] for stream in streams}
        told = {stream: concerned for stream, concerned in told.items() if concerned}
        ids = {each.demarche_id for concerned in told.values() for each in concerned if each.demarche_id}
        try:
            sights = await _sights(ids, [stream.actor for stream in told])
        except SQLAlchemyError as error:
            _log.warning("who may know is not known: %s", type(error).__name__)
            for stream in told:
                stream.push(None)
            return
        for stream, concerned in told.items():
            messages = [
                Message(each.event, each.data) for each in concerned if _may_know(stream.actor, each, sights)
            ]
            for message in messages if len(messages) <= TOO_MANY else [READ_AGAIN]:
                stream.push(message)


@dataclass(frozen=True, slots=True)
class Sight:
    """What closes a démarche to some readers: its modèle, whether it is on the client's portal (MOD-08), and who of the
    firm sees it besides those who see all."""

    modele: str
    au_portail: bool
    advisers: frozenset[uuid.UUID]


async def _sights(ids: Collection[uuid.UUID], actors: Collection[Actor]) -> dict[uuid.UUID, Sight]:
    """Asked once, however many readers and démarches, and only when one of the readers needs it. Raises
    SQLAlchemyError."""
    if not ids or not any(map(_is_limited, actors)):
        return {}
    team = sa.select(sa.func.array_agg(col(Membre.user_id))).where(
        col(Membre.demarche_id) == col(Demarche.id)
    )
    asked = (col(Demarche.id), col(Demarche.modele), col(Demarche.au_portail), col(Tiers.conseiller_id))
    query = (
        sa.select(*asked, team.scalar_subquery())
        .join_from(Demarche, Tiers, col(Tiers.id) == Demarche.client_id)
        .where(col(Demarche.id).in_(ids))
    )
    async with session_scope() as session:
        rows = (await (await session.connection()).execute(query)).all()
    return {
        id_: Sight(modele, au_portail, frozenset([*(members or ()), *([adviser] if adviser else ())]))
        for id_, modele, au_portail, adviser, members in rows
    }


def _is_limited(actor: Actor) -> bool:
    return (
        actor.kind == "client"
        or (actor.kind == "staff" and not actor.supervises)
        or bool(actor.droits.caches)
    )


def _may_know(actor: Actor, notice: Notice, sights: Mapping[uuid.UUID, Sight]) -> bool:
    if notice.demarche_id is None or not _is_limited(actor):
        return True
    sight = sights.get(notice.demarche_id)
    if sight is None or not actor.knows(sight.modele):
        return False
    if actor.kind == "client":
        return sight.au_portail or notice.retiree
    return actor.kind == "participant" or actor.supervises or actor.id in sight.advisers


def _concerns(notice: Notice, actor: Actor) -> bool:
    """Whether it may be for this reader, as far as can be told without asking PostgreSQL."""
    if notice.demarche_id is None:
        return str(actor.id) == notice.person
    if actor.kind == "client":
        return notice.client_id in actor.tiers_ids
    return actor.kind == "staff" or actor.demarche_id == notice.demarche_id


@asynccontextmanager
async def live_hub(app: FastAPI) -> AsyncIterator[None]:
    """The hub of the application, for its lifespan."""
    hub = Hub()
    app.state.hub = hub
    async with hub.running():
        yield
