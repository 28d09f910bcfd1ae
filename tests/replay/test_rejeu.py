"""Guards every change to the shell: stored histories still replay, and the commands it gives are those committed.

A meant change passes by `workflow.patched()`; then `REECRIRE=1 pytest tests/replay` adds the new histories (the old
ones stay for as long as a démarche may have one) and writes the new sequence of commands.
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from store.codec import workflow_id
from tests.bureau import Bureau
from tests.workflow.conftest import Pile, make_worker, until
from tests.workflow.postbox import Postbox
from workflows.client import TASK_TIMEOUT, Demarches
from workflows.demarche import FORMAT, DemarcheWorkflow

HERE = Path(__file__).parent
HISTORIES = HERE / "histoires"
SEQUENCE = HERE / "commandes.json"
REWRITE = os.environ.get("REECRIRE") == "1"
FILE = {"id": "f1", "nom": "carte.pdf", "type": "application/pdf", "taille": 1000}
COMMANDS = (
    "TIMER_STARTED",
    "TIMER_CANCELED",
    "MARKER_RECORDED",
    "ACTIVITY_TASK_SCHEDULED",
    "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
    "WORKFLOW_EXECUTION_UPDATE_COMPLETED",
    "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
    "WORKFLOW_EXECUTION_COMPLETED",
)


def stored() -> list[Path]:
    return sorted(HISTORIES.glob("*.json"))


def history_of(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(
        f"dem/{uuid.UUID(int=1)}/{uuid.UUID(int=2)}", file.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("file", stored(), ids=lambda file: file.stem)
async def test_a_stored_history_replays(file: Path) -> None:
    """Completed ones, and running ones cut one task short of their end, where one more command would show."""
    await Replayer(workflows=[DemarcheWorkflow]).replay_workflow(history_of(file))


def test_there_are_histories_of_each_kind() -> None:
    assert {"vie-1", "suite-1", "en-cours-1"} <= {file.stem for file in stored()}


@workflow.defn(name="Demarche")
class OneTimerMore(DemarcheWorkflow):
    """A change nobody announced: every command waits a second."""

    @workflow.init
    def __init__(self, entry: dict[str, Any]) -> None:
        super().__init__(entry)

    @workflow.run
    async def run(self, entry: dict[str, Any]) -> None:
        await super().run(entry)

    async def _decide(self, command: dict[str, Any]) -> dict[str, Any]:
        await workflow.sleep(1)
        return await super()._decide(command)


@pytest.mark.parametrize("file", stored(), ids=lambda file: file.stem)
async def test_an_unannounced_change_is_found(file: Path) -> None:
    replayer = Replayer(workflows=[OneTimerMore], workflow_runner=UnsandboxedWorkflowRunner())
    with pytest.raises(NondeterminismError):
        await replayer.replay_workflow(history_of(file))


async def test_the_sequence_of_commands_is_the_one_committed(
    bureau: Bureau, temporal_address: str, postbox: Postbox
) -> None:
    """A life on the real server, in clear, compared command by command; recorded with `REECRIRE=1`."""
    # No codec: these histories are kept in the repository.
    client = await Client.connect(temporal_address)
    pile = Pile(bureau, client, Demarches(client))
    async with make_worker(client, bureau):
        histories = {
            "vie": await _life(pile),
            "en-cours": await _running(pile),
            "suite": await _next_run(pile),
        }
    found = {name: _sequence(history) for name, history in histories.items()}
    if REWRITE:
        HISTORIES.mkdir(exist_ok=True)
        known = json.loads(SEQUENCE.read_text(encoding="utf-8")) if SEQUENCE.exists() else {}
        for name, history in histories.items():
            if known.get(name) != found[name]:
                number = len(list(HISTORIES.glob(f"{name}-*.json"))) + 1
                (HISTORIES / f"{name}-{number}.json").write_text(history.to_json() + "\n", encoding="utf-8")
        SEQUENCE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(SEQUENCE.read_text(encoding="utf-8"))


async def _life(pile: Pile) -> WorkflowHistory:
    """Opened, a mail sent, a pièce given, ended."""
    demarche_id = await pile.open()
    await pile.send(demarche_id, "RequestAction", nature="note", message="?", a="manager")

    async def sent() -> bool:
        return await _idle(pile.handle(demarche_id)) and not (await pile.bureau.state(demarche_id)).effets

    await until(sent)
    await pile.send(demarche_id, "DepositPiece", "manager", piece="cni", files=[FILE])
    await pile.send(demarche_id, "ValidatePiece", piece="cni")
    await pile.send(demarche_id, "SkipEtape", etape="dossier", motif="fini")
    await pile.send(demarche_id, "ValidateEtape", etape="fin")

    async def over() -> bool:
        return (await pile.handle(demarche_id).describe()).close_time is not None

    await until(over)
    return await pile.handle(demarche_id).fetch_history()


async def _running(pile: Pile) -> WorkflowHistory:
    """Under way, cut just before its last task: what that task must do is in the commands before it."""
    demarche_id = await pile.open()
    for titre in ("Un", "Deux", "Trois"):
        await pile.send(demarche_id, "AddTache", titre=titre)
    history = await pile.handle(demarche_id).fetch_history()
    last = max(
        index
        for index, event in enumerate(history.events)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED
    )
    return WorkflowHistory(history.workflow_id, list(history.events)[:last])


async def _next_run(pile: Pile) -> WorkflowHistory:
    """Started again from PostgreSQL, then ended by its bound of commands."""
    bureau, demarche_id = pile.bureau, uuid.uuid4()
    await bureau.decide(demarche_id, bureau.opening(), 0)
    handle = await pile.client.start_workflow(
        DemarcheWorkflow.run,
        {
            "format": FORMAT,
            "demarche_id": str(demarche_id),
            "modele_sha": bureau.sha,
            "seq": await bureau.seq(demarche_id),
            "ids": [],
            "limite": 2,
        },
        id=workflow_id(bureau.client_id, demarche_id),
        task_queue=pile_queue(),
        task_timeout=TASK_TIMEOUT,
    )
    first = handle.first_execution_run_id
    await until(lambda: _idle(handle))
    await pile.send(demarche_id, "AddTache", titre="Un")
    await pile.send(demarche_id, "AddTache", titre="Deux")
    await pile.send(demarche_id, "AddTache", titre="Trois")
    return await pile.client.get_workflow_handle(handle.id, run_id=first).fetch_history()


async def _idle(handle: WorkflowHandle[Any, Any]) -> bool:
    """No task of the workflow is open: a command would else be taken into it, or not, as the machine goes."""
    return not (await handle.describe()).raw_description.HasField("pending_workflow_task")


def pile_queue() -> str:
    from store.settings import settings

    return settings().task_queue


def _sequence(history: WorkflowHistory) -> list[str]:
    """The commands of a history, in order."""
    found = []
    for event in history.events:
        name = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
        if name in COMMANDS:
            activity = event.activity_task_scheduled_event_attributes.activity_type.name
            found.append(f"{name} {activity}".strip())
    return found
