"""The way to one démarche: one update at a time; the commands that come meanwhile leave together, in order.

An update costs Temporal and the worker the same, whether it carries one command or ten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.demarche import GROUP
from workflows.engine.commands import AnyCommand

TOGETHER = GROUP
"""Commands in one update at most: as many as are decided together."""
IN_FLIGHT = 2
"""Updates under way at most: a full one need not wait for the one before. Temporal accepts 10 per workflow and then
answers with an error: this leaves room for several processes."""
SMALL = 50_000
"""Bytes of JSON beyond which a command travels alone: a payload is limited to 2 MB."""
Answer = dict[str, Any]


@dataclass(frozen=True)
class Sending:
    """A command, with what its démarche is started again from; `answer` is given once it is known."""

    sha: str
    seq: int
    command: AnyCommand
    answer: asyncio.Future[Answer] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Path:
    """`alone` sends one command and gives its answer; `together` sends several and settles each one's answer."""

    def __init__(
        self,
        alone: Callable[[Sending], Awaitable[Answer]],
        together: Callable[[Sequence[Sending]], Awaitable[None]],
    ) -> None:
        self._alone = alone
        self._together = together
        self._under_way = 0
        self._waiting: list[Sending] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, sending: Sending) -> Answer:
        """Its answer. Raises what `alone` raises, or what `together` has settled."""
        if not self._under_way:
            self._under_way = 1
            try:
                return await self._alone(sending)
            finally:
                self._arrived()
        self._waiting.append(sending)
        self._leave()
        return await sending.answer

    def _arrived(self) -> None:
        self._under_way -= 1
        self._leave()

    def _leave(self) -> None:
        """Those that wait leave when nothing is under way, or when they fill an update."""
        full = self._under_way < IN_FLIGHT and len(self._waiting) >= TOGETHER
        if (self._under_way and not full) or not (group := self._group()):
            return
        self._under_way += 1
        # A task of their own: it does not end with the one among them who gives up.
        task = asyncio.create_task(self._send(group))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _group(self) -> list[Sending]:
        """The next ones, but those who have given up waiting."""
        self._waiting = [sending for sending in self._waiting if not sending.answer.done()]
        group: list[Sending] = []
        for sending in self._waiting[:TOGETHER]:
            if len(sending.command.model_dump_json()) > SMALL:
                break
            group.append(sending)
        group = group or self._waiting[:1]
        self._waiting = self._waiting[len(group) :]
        return group

    async def _send(self, group: list[Sending]) -> None:
        try:
            if len(group) == 1:
                settle(group[0], await self._alone(group[0]))
            else:
                await self._together(group)
        except Exception as error:
            for sending in group:
                settle(sending, error)
        finally:
            self._arrived()


def settle(sending: Sending, answer: Answer | Exception) -> None:
    """Give its answer to whoever still waits for it; only the first one counts."""
    if sending.answer.done():
        return
    if isinstance(answer, Exception):
        sending.answer.set_exception(answer)
    else:
        sending.answer.set_result(answer)
