"""Work done beside the démarches by a process as long as it lives: soon after each notice, and by looking again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import psycopg

from store.notices import listening

SWEEP_S = 20.0
"""A notice may be lost with its connection, and some work waits for its hour without any."""
_log = logging.getLogger("elaska.beside")


@asynccontextmanager
async def repeating(
    what: str, once: Callable[[], Awaitable[object]], *, channel: str | None = None, every_s: float = SWEEP_S
) -> AsyncIterator[None]:
    """Run `once` now, at each notice of `channel` and every `every_s` seconds, as long as the block lasts.

    `what` names the work in the log.
    """
    wake = asyncio.Event()
    tasks = [asyncio.create_task(_for_ever(what, once, wake, every_s))]
    if channel is not None:
        tasks.append(asyncio.create_task(_listen(channel, wake)))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _for_ever(
    what: str, once: Callable[[], Awaitable[object]], wake: asyncio.Event, every_s: float
) -> None:
    while True:
        wake.clear()
        try:
            await once()
        except Exception as error:
            # PostgreSQL may be away for a moment: the work waits.
            _log.warning("%s put off: %s", what, type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(every_s):
                await wake.wait()


async def _listen(channel: str, wake: asyncio.Event) -> None:
    while True:
        with suppress(psycopg.Error, OSError):
            async with listening(channel) as connection:
                async for _ in connection.notifies():
                    wake.set()
        await asyncio.sleep(SWEEP_S / 4)
