"""kill -9 of the worker between a parent's decision and its child's opening: the child opens all the same, once."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from store.demarche import Demarche
from tests.faults.conftest import Usine
from tests.faults.test_pannes import PATIENCE_S
from tests.workflow.test_enfants import child, parent
from workflows.engine.modele import Bundle

pytestmark = [pytest.mark.pannes, pytest.mark.timeout(180)]


async def test_the_worker_dies_between_the_decision_and_the_opening(usine: Usine) -> None:
    bureau = usine.bureau
    await bureau.publish(Bundle.model_validate(child()).model_dump(mode="json"))
    bureau.sha = await bureau.publish(Bundle.model_validate(parent()).model_dump(mode="json"))
    demarche_id = uuid.uuid4()
    await usine.demarches.open(bureau.client_id, demarche_id, bureau.sha, bureau.opening())
    added = bureau.command("AddLigne", collection="contrats", donnees={"nom": "EDF", "prix": 9})
    await usine.demarches.send(bureau.client_id, demarche_id, bureau.sha, 0, added)

    async def children() -> list[dict[str, Any]]:
        return [row for row in await bureau.rows(Demarche) if row["parent_id"] == demarche_id]

    await asyncio.to_thread(usine.stack.kill, "worker")
    # The decision is committed, its worker is gone: nobody is left who remembers it.
    await bureau.decide(demarche_id, bureau.command("ValidateEtape", etape="choix"))
    await asyncio.sleep(1)
    assert await children() == []
    await asyncio.to_thread(usine.stack.start, "worker")

    async def one_child_that_reported() -> bool:
        known = (await bureau.state(demarche_id)).enfants.values()
        return len(await children()) == 1 and [enfant.seq > 0 for enfant in known] == [True]

    async with asyncio.timeout(PATIENCE_S):
        while not await one_child_that_reported():
            await asyncio.sleep(0.2)
