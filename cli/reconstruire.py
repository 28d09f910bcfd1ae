"""`elaska reconstruire`: Temporal's database was lost; every démarche in progress gets its workflow back.

PostgreSQL holds the whole state of each démarche, so a workflow is started again from its number of events alone.
What runs already is left as it is: the command may be given twice.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.progress import Progress
from sqlalchemy import exists, or_
from sqlmodel import col, select

from cli.console import err, out, say
from cli.errors import Refusal
from cli.stack import Stack
from cli.up import settings_given

# A start is acknowledged faster than its first task runs: beyond this, the newest wait minutes for their turn.
STARTS_PER_SECOND = 50
PENDING = ("en_attente", "en_cours")
Row = tuple[uuid.UUID, uuid.UUID, str, int]


def run(data: Path) -> None:
    """Rebuild on a data folder, running or not, or on the services given by ELASKA_… settings."""
    stack = Stack(
        data, services={"postgres", "temporal"}, random_ports=False, external=settings_given(), say=say
    )
    with stack.joined():
        stack.migrate()
        command = [sys.executable, "-m", "cli.reconstruire"]
        done = subprocess.run(command, env=stack.env, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Refusal(
            "La reconstruction n'est pas allée à son terme (détail ci-dessus). Elle peut être relancée."
        )


async def rebuild() -> tuple[int, int]:
    """Start the missing workflows; returns how many démarches were looked at, and how many were started."""
    from workflows.client import Demarches, connect, make_keyring

    rows = await in_progress()
    demarches = Demarches(await connect(make_keyring()))
    started = 0
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("Démarches", total=len(rows))
        for client_id, demarche_id, sha, seq in rows:
            async with at_least(1 / STARTS_PER_SECOND):
                started += await demarches.restart(client_id, demarche_id, sha, seq)
            progress.advance(task)
    return len(rows), started


async def in_progress() -> list[Row]:
    """Démarches that are open, or that still owe an effect (a mail, a document)."""
    from store.demarche import Demarche, Effet
    from store.session import dispose, session_scope

    owing = exists().where(col(Effet.demarche_id) == col(Demarche.id), col(Effet.etat).in_(PENDING))
    query = (
        select(Demarche.client_id, Demarche.id, Demarche.modele_sha, Demarche.seq)
        .where(or_(col(Demarche.open), owing))
        .order_by(col(Demarche.updated_at).desc())
    )
    async with session_scope() as session:
        rows = list((await session.exec(query)).all())
    await dispose()
    return rows


@asynccontextmanager
async def at_least(seconds: float) -> AsyncIterator[None]:
    """Make a step last at least this long."""
    begun = time.monotonic()
    yield
    await asyncio.sleep(max(0.0, begun + seconds - time.monotonic()))


def main() -> None:
    looked_at, started = asyncio.run(rebuild())
    out.print(f"Démarches en cours : {looked_at} ; recréées dans Temporal : {started}.")
    sys.stdout.flush()
    # Temporal's native library sometimes aborts while Python tears down; the work is done by now.
    os._exit(0)


if __name__ == "__main__":
    main()
