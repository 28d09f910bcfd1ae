"""The yardstick: a hand-coded Temporal workflow, one local activity, one row, behind a bare FastAPI route.

`python -m bench._bare worker` and `python -m bench._bare api PORT` run it as real processes.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    import psycopg_pool
    import uvicorn
    from fastapi import FastAPI

QUEUE = "nu"


def _conninfo() -> str:
    return os.environ["ELASKA_DATABASE_URL"].replace("postgresql+psycopg", "postgresql")


@workflow.defn(name="Nu")
class BareWorkflow:
    def __init__(self) -> None:
        self.count = 0

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def act(self, step: dict[str, Any]) -> int:
        await workflow.execute_local_activity(
            "ligne",
            {"workflow": workflow.info().workflow_id, **step},
            start_to_close_timeout=timedelta(seconds=2),
        )
        self.count += 1
        return self.count


class Lines:
    def __init__(self, pool: psycopg_pool.AsyncConnectionPool) -> None:
        self.pool = pool

    @activity.defn(name="ligne")
    async def write(self, step: dict[str, Any]) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(
                "INSERT INTO nu (id, workflow, contenu) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (step["id"], step["workflow"], step["contenu"]),
            )


async def run_worker() -> None:
    client = await Client.connect(os.environ["ELASKA_TEMPORAL_ADDRESS"])
    async with psycopg_pool.AsyncConnectionPool(_conninfo(), min_size=2, max_size=8, open=False) as pool:
        async with pool.connection() as connection:
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS nu (id text PRIMARY KEY, workflow text, contenu text)"
            )
        worker = Worker(client, task_queue=QUEUE, workflows=[BareWorkflow], activities=[Lines(pool).write])
        await worker.run()


def make_app() -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.client = await Client.connect(os.environ["ELASKA_TEMPORAL_ADDRESS"])
        yield

    app = FastAPI(lifespan=lifespan)
    # Beyond ten updates in flight Temporal answers with errors: the yardstick queues too, else it cannot be measured.
    gates: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(8))

    @app.post("/nu/{id_}")
    async def start(id_: str) -> dict[str, str]:
        await app.state.client.start_workflow("Nu", id=id_, task_queue=QUEUE)
        return {"id": id_}

    @app.post("/nu/{id_}/actions")
    async def act(id_: str, body: dict[str, Any]) -> dict[str, int]:
        step = {"id": str(uuid.uuid4()), "contenu": body["contenu"]}
        handle = app.state.client.get_workflow_handle(id_)
        async with gates[id_]:
            return {"seq": await handle.execute_update("act", step, id=step["id"])}

    return app


def run_api(port: int) -> None:
    # A socket of our own: uvicorn's leaves TCP_NODELAY off and adds 40 ms to each keep-alive answer.
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.bind(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(make_app(), log_level="warning", loop="uvloop"))
    server.run(sockets=[sock])


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        asyncio.run(run_worker())
    else:
        run_api(int(sys.argv[2]))
