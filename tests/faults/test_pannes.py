"""kill -9 of each part and of pairs of them, under a stream of commands: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SqlTimeout

from activities.decider import events_after
from cli.stack import Service
from store.demarche import Commande, Effet
from store.journal import GENESIS, JournalEntry, chain
from store.session import session_scope
from tests.faults.conftest import Usine
from workflows.client import Unavailable
from workflows.engine.commands import AnyCommand, Refusal
from workflows.engine.evolve import fold
from workflows.engine.state import DemarcheState

pytestmark = [pytest.mark.pannes, pytest.mark.timeout(180)]

Send = Callable[[uuid.UUID, AnyCommand], Awaitable[Any]]
VICTIMS: tuple[tuple[Service, ...], ...] = (
    ("worker",),
    ("temporal",),
    ("postgres",),
    ("worker", "postgres"),
    ("temporal", "postgres"),
    ("worker", "temporal"),
)
BEHIND_THE_API: tuple[tuple[Service, ...], ...] = (
    ("api",),
    ("api", "worker"),
    ("api", "temporal"),
    ("api", "postgres"),
)
DOSSIERS = 3
PATIENCE_S = 90
"""Far more than any recovery takes, for a machine that does other things too."""


async def insist(action: Callable[[], Awaitable[Any]]) -> Any:
    """What the API and a person do: the same command id again, until there is an answer."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await action()
            except (Unavailable, DBAPIError, SqlTimeout, OSError, httpx.TransportError):
                await asyncio.sleep(0.2)


class Stream:
    """Commands without end on a few démarches, sent by `send`; remembers what was acknowledged."""

    def __init__(self, usine: Usine, dossiers: list[uuid.UUID], send: Send | None = None) -> None:
        self.usine, self.dossiers = usine, dossiers
        self._send = send or self._by_temporal
        self.acknowledged: dict[uuid.UUID, list[str]] = {id_: [] for id_ in dossiers}
        self.refused: list[str] = []
        self.stop = asyncio.Event()
        self._numbers = itertools.count()

    @property
    def count(self) -> int:
        return sum(map(len, self.acknowledged.values()))

    async def user(self, demarche_id: uuid.UUID) -> None:
        while not self.stop.is_set():
            number = next(self._numbers)
            bureau = self.usine.bureau
            if number % 3 == 0:
                fields = {"nature": "note", "message": f"Note {number}", "a": "manager"}
                command = bureau.command("RequestAction", id=f"clic-{number}", **fields)
            else:
                command = bureau.command("AddTache", id=f"clic-{number}", titre=f"Tâche {number}")
            await self.give(demarche_id, command)
            await asyncio.sleep(0.03)

    async def give(self, demarche_id: uuid.UUID, command: AnyCommand) -> None:
        try:
            await insist(lambda: self._send(demarche_id, command))
        except Refusal as refusal:
            self.refused.append(f"{command.id} {refusal.code}")
        else:
            self.acknowledged[demarche_id].append(command.id)

    async def _by_temporal(self, demarche_id: uuid.UUID, command: AnyCommand) -> None:
        bureau = self.usine.bureau
        seq = await bureau.seq(demarche_id)
        await self.usine.demarches.send(bureau.client_id, demarche_id, self.usine.shas["essai"], seq, command)

    async def more(self, count: int) -> None:
        """Wait for that many more answers."""
        wanted = self.count + count
        async with asyncio.timeout(PATIENCE_S):
            while self.count < wanted:
                await asyncio.sleep(0.05)


async def test_kill_9_of_each_part_and_of_pairs(usine: Usine) -> None:
    dossiers = await opened(usine)
    stream = Stream(usine, dossiers)
    await strike(stream, VICTIMS)
    # Once the last effect is recorded, nothing moves any more.
    await check_mails(usine, dossiers, again=len(VICTIMS) * 4)
    for demarche_id in dossiers:
        await check_journal(usine, demarche_id, stream.acknowledged[demarche_id])


async def test_kill_9_of_the_api_and_of_pairs_with_it(usine: Usine) -> None:
    """The same over HTTP: a click answered is recorded once, a click without an answer may be made again."""
    dossiers = await opened(usine)
    adviser = await usine.adviser()
    async with httpx.AsyncClient(
        base_url=f"{usine.stack.base_url}/api",
        cookies=adviser.cookies(),
        headers={"X-CSRF-Token": adviser.moi["csrf"]},
        timeout=15,
        trust_env=False,
    ) as http:

        async def by_http(demarche_id: uuid.UUID, command: AnyCommand) -> None:
            key = uuid.uuid5(demarche_id, command.id)
            body = command.model_dump(mode="json", include={"titre", "nature", "message", "a"})
            path = "actions" if command.type == "RequestAction" else "taches"
            answer = await http.post(
                f"/demarches/{demarche_id}/{path}", json=body, headers={"Idempotency-Key": str(key)}
            )
            if answer.status_code == 503:
                raise Unavailable(answer.text)
            assert answer.status_code == 200, answer.text

        stream = Stream(usine, dossiers, by_http)
        await strike(stream, BEHIND_THE_API)
    await check_mails(usine, dossiers, again=len(BEHIND_THE_API) * 4)
    user = usine.bureau.users["conseiller"]
    for demarche_id in dossiers:
        keys = [uuid.uuid5(demarche_id, id_) for id_ in stream.acknowledged[demarche_id]]
        await check_journal(usine, demarche_id, [f"utilisateur/{user}/{key}" for key in keys])


async def opened(usine: Usine) -> list[uuid.UUID]:
    """A few démarches in progress."""
    bureau = usine.bureau
    bureau.sha = usine.shas["essai"]
    dossiers = [uuid.uuid4() for _ in range(DOSSIERS)]
    for demarche_id in dossiers:
        await usine.demarches.open(bureau.client_id, demarche_id, bureau.sha, bureau.opening())
    return dossiers


async def strike(stream: Stream, victims: tuple[tuple[Service, ...], ...]) -> None:
    """Kill each group of services while two people act on each démarche; nothing is refused for that."""
    users = [asyncio.create_task(stream.user(id_)) for id_ in stream.dossiers for _ in range(2)]
    try:
        await stream.more(20)
        for names in victims:
            for name in names:
                await asyncio.to_thread(stream.usine.stack.kill, name, restart=True)
            await stream.more(20)
    finally:
        stream.stop.set()
        done = await asyncio.gather(*users, return_exceptions=True)
    assert not [error for error in done if error is not None]
    assert stream.refused == []


async def check_mails(usine: Usine, dossiers: list[uuid.UUID], *, again: int) -> None:
    """Every mail of the ledger leaves, under one Message-ID; at most `again` of them twice."""
    bureau = usine.bureau
    rows: list[dict[str, Any]] = []

    async def all_sent() -> bool:
        nonlocal rows
        rows = [row for id_ in dossiers for row in await bureau.rows(Effet, id_)]
        states = [await bureau.state(id_) for id_ in dossiers]
        return all(row["etat"] == "fait" for row in rows) and not any(state.effets for state in states)

    async with asyncio.timeout(PATIENCE_S):
        while not await all_sent():
            await asyncio.sleep(0.3)
    ledger = {row["message_id"].strip("<>") for row in rows}
    assert len(ledger) == len(rows) > 20, "one Message-ID per row"
    received = Counter(mail["message_id"].strip("<>") for mail in await usine.mails())
    assert ledger <= set(received), "every mail of the ledger left"
    everywhere = {row["message_id"].strip("<>") for row in await bureau.rows(Effet)}
    assert set(received) <= everywhere, "and nothing else"
    assert sum(received[id_] - 1 for id_ in ledger) <= again, "a mail goes twice only when its worker died"


async def check_journal(usine: Usine, demarche_id: uuid.UUID, acknowledged: list[str]) -> None:
    """Each acknowledged command is recorded once; the journal has no gap, its chain holds, it folds to the state."""
    bureau = usine.bureau
    recorded = Counter(row["id"] for row in await bureau.rows(Commande, demarche_id))
    assert set(acknowledged) <= set(recorded) and set(recorded.values()) == {1}
    lines = sorted(await bureau.rows(JournalEntry, demarche_id), key=lambda row: row["id"])
    by_command = Counter(
        row["command_id"] for row in lines if row["type"] in ("TacheCreated", "ActionRequested")
    )
    assert all(by_command[id_] == 1 for id_ in acknowledged), "applied exactly once"
    previous = GENESIS
    for row in lines:
        assert row["previous"] == previous
        previous = chain(previous, demarche_id, row["seq"], row["type"], row["at"], row["contenu"])
        assert row["hash"] == previous
    async with session_scope() as session:
        cipher = await bureau.keyring.load(session, bureau.client_id)
        events = await events_after(session, cipher, str(demarche_id), 0)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert fold(DemarcheState(demarche_id=str(demarche_id)), events) == await bureau.state(demarche_id)


async def test_temporal_lost_for_good(usine: Usine) -> None:
    """Temporal's file is deleted: `reconstruire` gives every open démarche its workflow back, timers included."""
    import subprocess
    import sys

    bureau, stack = usine.bureau, usine.stack
    bureau.sha = usine.shas["essai"]
    demarche_id = uuid.uuid4()
    await usine.demarches.open(bureau.client_id, demarche_id, bureau.sha, bureau.opening())
    await asyncio.to_thread(stack.stop, "worker")
    await asyncio.to_thread(stack.stop, "temporal")
    for file in (stack.folder / "temporal").glob("*"):
        file.unlink()
    await asyncio.to_thread(stack.start, "temporal")
    await asyncio.to_thread(stack.start, "worker")
    command = [sys.executable, "-m", "cli.reconstruire"]
    outputs = []
    for _ in range(2):
        done = await asyncio.to_thread(
            subprocess.run, command, env=stack.env, capture_output=True, text=True, check=True
        )
        outputs.append(done.stdout)
    assert "recréées dans Temporal : 0" not in outputs[0] and "recréées dans Temporal : 0" in outputs[1]
    stream = Stream(usine, [demarche_id])
    await stream.give(demarche_id, bureau.command("AddTache", titre="Après la perte"))
    await check_journal(usine, demarche_id, stream.acknowledged[demarche_id])
