"""Notices between our processes: PostgreSQL's LISTEN and NOTIFY, delivered when the sender's transaction commits.

Whoever reaches the database can listen: notices hold ids and figures only.
"""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlmodel.ext.asyncio.session import AsyncSession

from store.settings import settings
from store.statements import Call, Statement, run

DEMARCHE = "elaska_demarche"
"""Tells live streams that there is something to read in a démarche: `{demarche, client, seq}`, and
`retiree` when it has just left the client's portal."""
_NOTIFY = Statement("SELECT pg_notify(%(channel)s, %(message)s)")


def sending(channel: str, message: str = "") -> Call:
    """What sends a notice, for a transaction that writes in one go."""
    return Call(_NOTIFY, [{"channel": channel, "message": message}])


async def send(session: AsyncSession, channel: str, message: str = "") -> None:
    """Send a notice in a session's transaction."""
    await run(session, [sending(channel, message)])


def moved(
    demarche_id: uuid.UUID | str, client_id: uuid.UUID | str, seq: int, *, retiree: bool = False
) -> Call:
    """What tells live streams that a démarche has something new. `retiree`: it has just left the client's portal, whose
    screens are told so once."""
    told = {"demarche": str(demarche_id), "client": str(client_id), "seq": seq}
    return sending(DEMARCHE, json.dumps(told | ({"retiree": True} if retiree else {})))


@asynccontextmanager
async def listening(*channels: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection of its own that hears these channels as long as the block lasts. Raises psycopg.Error, OSError."""
    url = make_url(settings().database_url).set(drivername="postgresql")
    address = psycopg.conninfo.make_conninfo(url.render_as_string(hide_password=False), connect_timeout=3)
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        for channel in channels:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        yield connection
