"""The shell follows the state's version: under a running workflow, through a new run, and after Temporal is lost."""

from __future__ import annotations

import uuid

from store.codec import workflow_id
from store.demarche import Demarche
from store.settings import settings
from tests.decider.test_migration import deuxieme
from tests.workflow.conftest import Pile
from workflows.client import TASK_TIMEOUT
from workflows.demarche import FORMAT, DemarcheWorkflow


async def _migrated(pile: Pile, demarche_id: uuid.UUID) -> str:
    first = pile.bureau.sha
    second = await pile.bureau.publish(deuxieme())
    # The caller still names the version of the opening: the state wins.
    pile.bureau.sha = first
    await pile.send(demarche_id, "MigrateDemarche", vers=second, correspondance={"dossier": "constitution"})
    return second


async def _follows(pile: Pile, demarche_id: uuid.UUID, sha: str) -> None:
    state = await pile.bureau.state(demarche_id)
    relire = next(t.id for t in state.taches.values() if t.titre == "Relire" and t.open)
    await pile.send(demarche_id, "CompleteTache", tache=relire)
    await pile.send(demarche_id, "ReopenTache", tache=relire, motif="encore")
    rows = await pile.bureau.rows(Demarche, demarche_id)
    assert rows[0]["modele_sha"] == sha and rows[0]["etape"] == "constitution"


async def test_a_running_workflow_follows(pile: Pile) -> None:
    demarche_id = await pile.open()
    await _follows(pile, demarche_id, await _migrated(pile, demarche_id))


async def test_a_new_run_carries_the_version_of_the_state(pile: Pile) -> None:
    demarche_id = uuid.uuid4()
    entry = {
        "format": FORMAT, "demarche_id": str(demarche_id), "modele_sha": pile.bureau.sha, "seq": 0, "ids": [],
        "limite": 2,
    }  # fmt: skip
    await pile.client.start_workflow(
        DemarcheWorkflow.run,
        entry,
        id=workflow_id(pile.bureau.client_id, demarche_id),
        task_queue=settings().task_queue,
        task_timeout=TASK_TIMEOUT,
    )
    await pile.give(demarche_id, pile.bureau.opening())
    sha = await _migrated(pile, demarche_id)
    await _follows(pile, demarche_id, sha)
    described = await pile.handle(demarche_id).describe()
    history = await pile.client.get_workflow_handle(described.id, run_id=described.run_id).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    carried = await pile.client.data_converter.decode(started.input.payloads)
    assert carried[0]["modele_sha"] == sha


async def test_a_lost_workflow_comes_back_on_the_version_of_the_state(pile: Pile) -> None:
    demarche_id = await pile.open()
    sha = await _migrated(pile, demarche_id)
    await pile.handle(demarche_id).terminate()
    rows = await pile.bureau.rows(Demarche, demarche_id)
    # As `elaska reconstruire` does: from the row alone.
    await pile.demarches.restart(pile.bureau.client_id, demarche_id, rows[0]["modele_sha"], rows[0]["seq"])
    await _follows(pile, demarche_id, sha)
