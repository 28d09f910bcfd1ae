"""The way to one démarche: alone when nothing is under way, together when several wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from workflows.client import Unavailable
from workflows.engine.commands import AddTache
from workflows.engine.state import SYSTEM
from workflows.path import IN_FLIGHT, TOGETHER, Answer, Path, Sending, settle


class Road:
    """Carries commands when it is told to, and says which travelled together."""

    def __init__(self) -> None:
        self.trips: list[list[str]] = []
        self.under_way = 0
        self.most = 0
        self.open = asyncio.Event()
        self.fault: Exception | None = None
        self.path = Path(self._alone, self._together)

    async def _travel(self, names: list[str]) -> None:
        self.trips.append(names)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.open.wait()
        self.under_way -= 1
        if self.fault is not None:
            raise self.fault

    async def _alone(self, sending: Sending) -> Answer:
        await self._travel([sending.command.id])
        return {"id": sending.command.id}

    async def _together(self, group: Sequence[Sending]) -> None:
        await self._travel([sending.command.id for sending in group])
        for sending in group:
            settle(sending, {"id": sending.command.id})

    def send(self, name: str, description: str | None = None) -> asyncio.Task[Any]:
        command = AddTache(id=name, actor=SYSTEM, titre="Appeler", description=description)
        return asyncio.create_task(self.path.send(Sending("sha", 1, command)))


async def settled() -> None:
    """Everything that can run has run."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_first_leaves_at_once_and_those_that_wait_leave_together() -> None:
    road = Road()
    sent = [road.send(str(n)) for n in range(4)]
    await settled()
    assert road.trips == [["0"]]
    road.open.set()
    assert [answer["id"] for answer in await asyncio.gather(*sent)] == ["0", "1", "2", "3"]
    assert road.trips == [["0"], ["1", "2", "3"]]


async def test_a_full_update_does_not_wait_and_no_more_than_two_are_under_way() -> None:
    road = Road()
    sent = [road.send(str(n)) for n in range(1 + 3 * TOGETHER)]
    await settled()
    assert [len(trip) for trip in road.trips] == [1, TOGETHER]
    road.open.set()
    answers = await asyncio.gather(*sent)
    assert [answer["id"] for answer in answers] == [str(n) for n in range(1 + 3 * TOGETHER)]
    assert road.most == IN_FLIGHT and all(len(trip) <= TOGETHER for trip in road.trips)


async def test_what_is_long_travels_alone() -> None:
    road = Road()
    sent = [road.send("0"), road.send("1"), road.send("2", "x" * 60_000), road.send("3"), road.send("4")]
    await settled()
    road.open.set()
    await asyncio.gather(*sent)
    assert road.trips == [["0"], ["1"], ["2"], ["3", "4"]]


async def test_who_gives_up_takes_nobody_along() -> None:
    road = Road()
    sent = [road.send(str(n)) for n in range(4)]
    await settled()
    sent[2].cancel()
    await settled()
    road.open.set()
    found = await asyncio.gather(*sent, return_exceptions=True)
    assert isinstance(found[2], asyncio.CancelledError) and found[3] == {"id": "3"}
    assert road.trips == [["0"], ["1", "3"]]


async def test_a_failure_is_told_to_each_and_the_path_goes_on() -> None:
    road = Road()
    road.fault = Unavailable("timeout")
    sent = [road.send(str(n)) for n in range(3)]
    await settled()
    road.open.set()
    found = await asyncio.gather(*sent, return_exceptions=True)
    assert [type(answer) for answer in found] == [Unavailable] * 3
    road.fault = None
    assert await road.send("after") == {"id": "after"}


@pytest.mark.parametrize("count", [2, 25])
async def test_every_command_travels_once(count: int) -> None:
    road = Road()
    road.open.set()
    sent = [road.send(str(n)) for n in range(count)]
    await asyncio.gather(*sent)
    assert sorted(name for trip in road.trips for name in trip) == sorted(str(n) for n in range(count))
