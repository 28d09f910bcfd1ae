"""Work done beside the démarches by every worker: soon after each notice of a channel, and by looking again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from store.settings import settings

SWEEP_S = 20.0
"""A notice may be lost with its connection, and some work waits for its hour without any."""
_log = logging.getLogger("elaska.worker")


@asynccontextmanager
async def repeating(channel: str, once: Callable[[], Awaitable[object]], what: str) -> AsyncIterator[None]:
    """Run `once` again and again as long as the block lasts. `what` names the work in the log."""
    wake = asyncio.Event()
    tasks = [asyncio.create_task(_listen(channel, wake)), asyncio.create_task(_for_ever(once, wake, what))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _for_ever(once: Callable[[], Awaitable[object]], wake: asyncio.Event, what: str) -> None:
    while True:
        wake.clear()
        try:
            await once()
        except Exception as error:
            # PostgreSQL may be away for a moment: the work waits.
            _log.warning("%s put off: %s", what, type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(SWEEP_S):
                await wake.wait()


async def _listen(channel: str, wake: asyncio.Event) -> None:
    url = make_url(settings().database_url).set(drivername="postgresql")
    address = psycopg.conninfo.make_conninfo(url.render_as_string(hide_password=False), connect_timeout=3)
    while True:
        with suppress(psycopg.Error, OSError):
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                async for _ in connection.notifies():
                    wake.set()
        await asyncio.sleep(SWEEP_S / 4)
