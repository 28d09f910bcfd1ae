"""Live updates: each stream hears of what its reader may see, and of nothing else; it outlives an outage."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import sql

from api.access import Actor
from api.live import BEHIND, Hub, Message, Stream
from store import notices
from store.notification import CHANNEL as NOTIFICATIONS
from store.session import session_scope
from store.utilisateur import Role
from tests.api.conftest import Cabinet, key, ok
from tests.conftest import Database
from tests.people import People

LISTENERS = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"


@asynccontextmanager
async def listening(people: People, *actors: Actor) -> AsyncIterator[list[Stream]]:
    """Streams of these people on the application's own hub."""
    hub: Hub = people.app.state.hub
    mark = Stream(Actor("client", uuid.uuid4(), "Repère", Role.CLIENT))
    async with asyncio.timeout(30):
        await hub.listening.wait()
        hub._streams.add(mark)
        # Notices come in the order of commits: past this one, nothing of before is still on its way.
        async with session_scope() as session:
            await notices.send(session, NOTIFICATIONS, str(mark.actor.id))
        assert await mark.queue.get() == Message("notification", "{}")
    hub._streams.discard(mark)
    opened = [Stream(actor) for actor in actors]
    hub._streams.update(opened)
    try:
        yield opened
    finally:
        hub._streams.difference_update(opened)


def left(stream: Stream) -> list[Message]:
    """What has arrived and was not heard yet."""
    found: list[Message] = []
    while not stream.queue.empty():
        message = stream.queue.get_nowait()
        assert message is not None
        found.append(message)
    return found


async def heard(stream: Stream, *, until: str) -> list[str]:
    """Events of a stream, up to the first of a kind."""
    found: list[str] = []
    async with asyncio.timeout(15):
        while not found or found[-1] != until:
            message = await stream.queue.get()
            assert message is not None
            found.append(message.event)
    return found


async def test_each_hears_of_what_they_see(cabinet: Cabinet) -> None:
    opened = await cabinet.open()
    demarche_id = uuid.UUID(opened["id"])
    stranger, employee = uuid.uuid4(), uuid.uuid4()
    actors = [
        Actor("staff", cabinet.conseiller.id, "Julien", Role.CONSEILLER),
        Actor("staff", stranger, "Responsable", Role.RESPONSABLE),
        Actor("client", cabinet.manager.id, "Nicole", Role.CLIENT, frozenset({cabinet.tiers.id})),
        Actor("participant", employee, "Zoé", "participant", demarche_id=demarche_id, participant_key="s"),
    ]
    deaf = [
        Actor("staff", stranger, "Un autre conseiller", Role.CONSEILLER),
        Actor("client", stranger, "Un autre client", Role.CLIENT, frozenset({uuid.uuid4()})),
        Actor(
            "participant", stranger, "Un autre", "participant", demarche_id=uuid.uuid4(), participant_key="s"
        ),
    ]
    async with listening(cabinet.people, *actors, *deaf) as streams:
        await ok(cabinet.staff.post(f"/api/demarches/{demarche_id}/validation", json={}, headers=key()))
        for stream in streams[:4]:
            await heard(stream, until="demarche")
        # The bell rings for the manager, who is told, and for the adviser, whose own asked for this very answer.
        await asyncio.sleep(0.2)
        rung = [[message.event for message in left(stream)] for stream in streams]
        assert ["notification" in events for events in rung] == [True, False, True, False, *[False] * 3]
        assert rung[4:] == [[], [], []]


async def test_messages_hold_ids_only(cabinet: Cabinet) -> None:
    actor = Actor("staff", uuid.uuid4(), "Responsable", Role.RESPONSABLE)
    async with listening(cabinet.people, actor) as (stream,):
        opened = await cabinet.open()
        async with asyncio.timeout(15):
            message = await stream.queue.get()
        assert message is not None
        assert json.loads(message.data) == {"demarche": opened["id"], "seq": opened["seq"]}


async def test_streams_start_again_after_postgresql(people: People, database: Database) -> None:
    """The connection that listens is cut: every stream ends, so that its browser reads again, and the hub listens."""
    actor = Actor("staff", uuid.uuid4(), "Responsable", Role.RESPONSABLE)
    hub: Hub = people.app.state.hub
    async with listening(people, actor) as (stream,):
        cut = sql.SQL(f"SELECT pg_terminate_backend(pid) {LISTENERS}")
        assert database.connection.execute(cut).fetchall()
        async with asyncio.timeout(15):
            assert await stream.queue.get() is None
    async with listening(people, actor) as (stream,):
        message = json.dumps({"demarche": str(uuid.uuid4()), "client": str(uuid.uuid4()), "seq": 3})
        database.connection.execute("SELECT pg_notify('elaska_demarche', %s)", (message,))
        assert await heard(stream, until="demarche") == ["demarche"]
    assert len(hub) == 0


async def test_a_stream_that_opens_hears_what_has_just_moved(cabinet: Cabinet) -> None:
    """A screen read before a move, whose stream opens after it, would show the old state for ever."""
    hub: Hub = cabinet.people.app.state.hub
    reader = Actor("client", uuid.uuid4(), "Nicole", Role.CLIENT, frozenset({cabinet.tiers.id}))
    stranger = Actor("client", uuid.uuid4(), "Un autre client", Role.CLIENT, frozenset({uuid.uuid4()}))
    async with listening(cabinet.people, reader) as (before,):
        opened = await cabinet.open()
        await heard(before, until="demarche")
    async with hub.stream(reader) as stream, hub.stream(stranger) as other:
        assert opened["id"] in {json.loads(message.data).get("demarche") for message in left(stream)}
        assert left(other) == []


async def test_a_notice_that_cannot_be_read_sends_every_stream_back(
    cabinet: Cabinet, database: Database
) -> None:
    """PostgreSQL does not say in time who may know: nobody is left on an old screen."""
    opened = await cabinet.open()
    reader = Actor("client", uuid.uuid4(), "Nicole", Role.CLIENT, frozenset({cabinet.tiers.id}))
    async with listening(cabinet.people, reader) as (stream,):
        async with await psycopg.AsyncConnection.connect(database.url.replace("+psycopg", "")) as locked:
            await locked.execute("LOCK TABLE demarche")
            message = json.dumps({"demarche": opened["id"], "client": str(cabinet.tiers.id), "seq": 9})
            database.connection.execute("SELECT pg_notify('elaska_demarche', %s)", (message,))
            async with asyncio.timeout(30):
                while await stream.queue.get() is not None:
                    pass


async def test_a_stream_too_far_behind_starts_again() -> None:
    stream = Stream(Actor("staff", uuid.uuid4(), "Lente", Role.ADMIN))
    for number in range(BEHIND + 1):
        stream.push(Message("demarche", str(number)))
    assert await stream.queue.get() is None
    assert stream.queue.empty()


async def test_two_hundred_streams_cost_one_connection(people: People, database: Database) -> None:
    adviser = Actor("staff", uuid.uuid4(), "Conseiller", Role.CONSEILLER)
    everyone = [adviser] + [Actor("staff", uuid.uuid4(), "Admin", Role.ADMIN) for _ in range(200)]
    async with listening(people, *everyone) as streams:
        message = json.dumps({"demarche": str(uuid.uuid4()), "client": str(uuid.uuid4()), "seq": 1})
        database.connection.execute("SELECT pg_notify('elaska_demarche', %s)", (message,))
        for stream in streams[1:]:
            assert await heard(stream, until="demarche") == ["demarche"]
        assert streams[0].queue.empty()
        with psycopg.connect(database.url.replace("+psycopg", "")) as seen:
            assert seen.execute(sql.SQL(f"SELECT count(*) {LISTENERS}")).fetchone() == (1,)
