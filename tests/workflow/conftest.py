"""A firm on this worker's database, a real Temporal, and a worker of one's own in this process."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest_asyncio
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.decider import events_after
from store.codec import data_converter, workflow_id
from store.session import session_scope
from store.settings import settings
from tests.bureau import Bureau
from tests.conftest import Database
from tests.modeles_essai import essai
from tests.workflow.postbox import postbox
from workflows.activities import DemarcheActivities
from workflows.client import Demarches
from workflows.demarche import DemarcheWorkflow
from workflows.engine.commands import AnyCommand
from workflows.engine.facts import Event

__all__ = ["bureau", "pile", "postbox"]


@pytest_asyncio.fixture(loop_scope="session")
async def bureau(database: Database) -> AsyncIterator[Bureau]:
    made = Bureau()
    await made.set_up()
    await made.publish(essai())
    yield made


def make_worker(client: Client, bureau: Bureau, **options: Any) -> Worker:
    """The product's worker, on a task queue of this test."""
    acts = DemarcheActivities(bureau.keyring)
    return Worker(
        client,
        task_queue=settings().task_queue,
        workflows=[DemarcheWorkflow],
        activities=[acts.decide, acts.load, acts.carry_out],
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
        max_concurrent_activities=4,
        # As the product's: without the SDK's detector, for which a busy machine is a deadlock.
        debug_mode=True,
        **options,
    )


@dataclass
class Pile:
    """The firm with a running worker."""

    bureau: Bureau
    client: Client
    demarches: Demarches

    async def open(self, **fields: Any) -> uuid.UUID:
        demarche_id = uuid.uuid4()
        await self.demarches.open(
            self.bureau.client_id, demarche_id, self.bureau.sha, self.bureau.opening(**fields)
        )
        return demarche_id

    async def send(self, demarche_id: uuid.UUID, type: str, par: str = "conseiller", **fields: Any) -> Any:
        return await self.give(demarche_id, self.bureau.command(type, par, **fields))

    async def give(self, demarche_id: uuid.UUID, command: AnyCommand) -> Any:
        seq = await self.bureau.seq(demarche_id)
        return await self.demarches.send(self.bureau.client_id, demarche_id, self.bureau.sha, seq, command)

    def handle(self, demarche_id: uuid.UUID) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id(self.bureau.client_id, demarche_id))

    async def journal(self, demarche_id: uuid.UUID) -> list[Event]:
        async with session_scope() as session:
            cipher = await self.bureau.keyring.load(session, self.bureau.client_id)
            return await events_after(session, cipher, str(demarche_id), 0)


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 60.0) -> Any:
    """Wait for something to become true; returns it."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):
            await asyncio.sleep(0.1)
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def pile(bureau: Bureau, temporal_address: str) -> AsyncIterator[Pile]:
    client = await Client.connect(temporal_address, data_converter=data_converter(bureau.keyring))
    async with make_worker(client, bureau):
        yield Pile(bureau, client, Demarches(client))
