"""The shell on a real Temporal: one path per démarche, timers, new runs, restarts."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psycopg
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Replayer

from cli.reconstruire import in_progress
from store.codec import data_converter, workflow_id
from store.demarche import Demarche, Effet
from store.settings import settings
from tests.bureau import Bureau
from tests.conftest import Database
from tests.modeles_essai import essai
from tests.reglages import regle
from tests.workflow.conftest import Pile, make_worker, until
from workflows.client import TASK_TIMEOUT, Demarches, Unavailable
from workflows.demarche import FORMAT, DemarcheWorkflow
from workflows.engine.commands import Refusal
from workflows.engine.evolve import fold
from workflows.engine.state import DemarcheState, Horloge

FILE = {"id": "f1", "nom": "carte.pdf", "type": "application/pdf", "taille": 1000}


async def check_journal(pile: Pile, demarche_id: uuid.UUID) -> DemarcheState:
    """No gap, no double, and the journal folds to the recorded state."""
    events = await pile.journal(demarche_id)
    state = await pile.bureau.state(demarche_id)
    assert [event.seq for event in events] == list(range(1, state.seq + 1))
    assert fold(DemarcheState(demarche_id=str(demarche_id)), events) == state
    return state


async def test_an_etape_completed_twice_at_once(pile: Pile) -> None:
    """Two people finish the same task at the same instant: one is accepted, the others are told by whom."""
    demarche_id = await pile.open()
    tache = next(iter((await pile.bureau.state(demarche_id)).taches))
    found = await asyncio.gather(
        *(pile.send(demarche_id, "CompleteTache", tache=tache) for _ in range(8)), return_exceptions=True
    )
    refused = [outcome for outcome in found if isinstance(outcome, Refusal)]
    assert len(found) - len(refused) == 1 and all("Conseiller" in refusal.detail for refusal in refused)
    await pile.send(demarche_id, "SkipEtape", etape="dossier", motif="sans pièce")
    found = await asyncio.gather(
        *(pile.send(demarche_id, "ValidateEtape", etape="fin", visit=1) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(not isinstance(outcome, Exception) for outcome in found) == 1
    await check_journal(pile, demarche_id)


async def test_fifty_commands_at_once(pile: Pile) -> None:
    demarche_id = await pile.open()
    await asyncio.gather(*(pile.send(demarche_id, "AddTache", titre=f"Tâche {n}") for n in range(50)))
    state = await check_journal(pile, demarche_id)
    assert len(state.taches) == 51


async def test_commands_that_wait_are_decided_together(pile: Pile) -> None:
    """One decision for those that came while another was being made; a refusal is for its own command alone."""
    demarche_id = await pile.open()
    tache = next(iter((await pile.bureau.state(demarche_id)).taches))
    found = await asyncio.gather(
        *(pile.send(demarche_id, "AddTache", titre=f"Tâche {n}") for n in range(10)),
        *(pile.send(demarche_id, "CompleteTache", tache=tache) for _ in range(6)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in found].count(Refusal) == 5
    state = await check_journal(pile, demarche_id)
    assert len(state.taches) == 11
    recorded = {event.seq: event.fact.type for event in await pile.journal(demarche_id)}
    for outcome in found:
        if not isinstance(outcome, BaseException):
            last = outcome["seq"]
            first = last - len(outcome["events"]) + 1
            assert [recorded[seq] for seq in range(first, last + 1)] == outcome["events"]
    history = await pile.handle(demarche_id).fetch_history()
    markers = [event for event in history.events if event.HasField("marker_recorded_event_attributes")]
    assert len(markers) < 16
    await Replayer(
        workflows=[DemarcheWorkflow], data_converter=data_converter(pile.bureau.keyring)
    ).replay_workflow(history)


async def test_the_same_id_is_applied_once(pile: Pile) -> None:
    """Double submit: both callers get the same answer."""
    demarche_id = await pile.open()
    command = pile.bureau.command("AddTache", titre="Appeler", id="double-clic")
    first, second = await asyncio.gather(pile.give(demarche_id, command), pile.give(demarche_id, command))
    assert first["events"] == second["events"] and len((await pile.bureau.state(demarche_id)).taches) == 2


async def test_a_command_is_accepted_once_postgresql_is_back(pile: Pile, database: Database) -> None:
    """PostgreSQL is down during a command: « unavailable », then the same id, sent again, is applied, once."""
    demarche_id = await pile.open()
    command = pile.bureau.command("AddTache", titre="Appeler", id="pendant-la-panne")
    seq = await pile.bureau.seq(demarche_id)
    client_id, sha = pile.bureau.client_id, pile.bureau.sha
    with psycopg.connect(database.connection.info.dsn) as outage:
        outage.execute("LOCK TABLE demarche IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable):
            await pile.demarches.send(client_id, demarche_id, sha, seq, command)
        outage.rollback()
    assert (await pile.demarches.send(client_id, demarche_id, sha, seq, command))["events"]
    assert len((await check_journal(pile, demarche_id)).taches) == 2


async def test_a_refused_opening_leaves_no_workflow(pile: Pile) -> None:
    demarche_id, bureau = uuid.uuid4(), pile.bureau
    with pytest.raises(Refusal) as refusal:
        await pile.demarches.open(
            bureau.client_id, demarche_id, bureau.sha, bureau.opening(client_type="particulier")
        )
    assert refusal.value.code == "client_non_concerne"
    assert await bureau.rows(Demarche, demarche_id) == []

    async def ended() -> bool:
        return (await pile.handle(demarche_id).describe()).status == WorkflowExecutionStatus.COMPLETED

    await until(ended)


async def test_a_command_to_nothing_is_refused(pile: Pile) -> None:
    with pytest.raises(Refusal) as refusal:
        await pile.send(uuid.uuid4(), "AddTache", titre="x")
    assert refusal.value.code == "demarche_inconnue"


async def test_a_command_after_the_end(pile: Pile) -> None:
    """The workflow of a cancelled démarche is over; what is still allowed wakes it for an instant."""
    demarche_id = await pile.open()
    await pile.send(demarche_id, "Cancel", motif="abandon")

    async def ended() -> bool:
        return (await pile.handle(demarche_id).describe()).status == WorkflowExecutionStatus.COMPLETED

    await until(ended)
    with pytest.raises(Refusal) as refusal:
        await pile.send(demarche_id, "AddTache", titre="trop tard")
    assert refusal.value.code == "demarche_close"
    await pile.send(demarche_id, "SetPrix", montant=100)
    await until(ended)
    assert (await check_journal(pile, demarche_id)).prix == 100


async def test_the_last_refused_command_does_not_keep_the_workflow(pile: Pile) -> None:
    """Several commands wait while the démarche ends: they are refused, and the workflow ends all the same."""
    demarche_id = await pile.open()
    commands = [pile.send(demarche_id, "Cancel", motif=f"raison {n}") for n in range(8)]
    found = await asyncio.gather(*commands, return_exceptions=True)
    assert sum(isinstance(outcome, Refusal) for outcome in found) == 7

    async def ended() -> bool:
        return (await pile.handle(demarche_id).describe()).status == WorkflowExecutionStatus.COMPLETED

    await until(ended)


async def test_new_runs_under_eight_users(pile: Pile) -> None:
    """Continue-as-new every ten commands: no error, no gap, ids known from one run to the next."""
    bureau, demarche_id = pile.bureau, uuid.uuid4()
    id_ = workflow_id(bureau.client_id, demarche_id)
    await bureau.decide(demarche_id, bureau.opening(), 0)
    await pile.client.start_workflow(
        DemarcheWorkflow.run,
        {
            "format": FORMAT,
            "demarche_id": str(demarche_id),
            "modele_sha": bureau.sha,
            "seq": await bureau.seq(demarche_id),
            "ids": [],
            "limite": 10,
        },
        id=id_,
        task_queue=settings().task_queue,
        task_timeout=TASK_TIMEOUT,
    )
    first = (await pile.handle(demarche_id).describe()).run_id

    async def user(name: int) -> None:
        for n in range(8):
            command = bureau.command("AddTache", titre=f"{name}/{n}", id=f"u{name}-{n}")
            answer = await pile.give(demarche_id, command)
            if n % 3 == 0:
                assert (await pile.give(demarche_id, command))["events"] == answer["events"]

    await asyncio.gather(*(user(name) for name in range(8)))
    state = await check_journal(pile, demarche_id)
    assert len(state.taches) == 65
    assert (await pile.handle(demarche_id).describe()).run_id != first
    runs = 0
    async for execution in pile.client.list_workflows(f'WorkflowId = "{id_}"'):
        runs += 1
        assert execution.id == id_
    assert runs >= 5


async def test_what_postgresql_knows_is_adopted(pile: Pile) -> None:
    """A command committed whose answer was lost with its worker: the workflow catches up at the next one."""
    demarche_id = await pile.open()
    lost = pile.bureau.command("AddTache", titre="Perdue", id="perdue")
    await pile.bureau.decide(demarche_id, lost)
    await pile.send(demarche_id, "AddTache", titre="Suivante")
    state = await check_journal(pile, demarche_id)
    assert len(state.taches) == 3
    assert (await pile.give(demarche_id, lost))["events"], "the client that tries again is answered"
    assert await pile.bureau.seq(demarche_id) == state.seq


async def test_a_timer_is_armed_again_only_for_a_nearer_one(pile: Pile) -> None:
    demarche_id = await pile.open()
    for n in range(6):
        await pile.send(demarche_id, "AddTache", titre=f"Tâche {n}")
    history = await pile.handle(demarche_id).fetch_history()
    started = [e for e in history.events if e.event_type == EventType.EVENT_TYPE_TIMER_STARTED]
    assert len(started) == 1, "commands that change no instant cost no timer"


async def test_a_moved_clock_plays_weeks_in_seconds(pile: Pile) -> None:
    """`horloge`: the reminder of a week fires on the real stack, week after week, and stops with the deposit."""
    demarche_id = await pile.open()
    now = datetime.now(UTC)
    fast = Horloge(virtual=now, real=now, factor=7 * 86400 / 2)
    await pile.send(demarche_id, "SetHorloge", "systeme", horloge=fast)

    async def three() -> bool:
        return sum(e.fact.type == "RelanceSent" for e in await pile.journal(demarche_id)) >= 3

    await until(three)
    await pile.send(demarche_id, "DepositPiece", "manager", piece="cni", files=[FILE])
    sent = sum(e.fact.type == "RelanceSent" for e in await pile.journal(demarche_id))
    await asyncio.sleep(3)
    events = await pile.journal(demarche_id)
    assert sum(e.fact.type == "RelanceSent" for e in events) == sent
    gaps = [e.at for e in events if e.fact.type == "RelanceSent"]
    assert all(timedelta(days=6) < later - earlier for earlier, later in pairwise(gaps))
    await check_journal(pile, demarche_id)


@pytest.fixture
def no_mail_server() -> Iterator[None]:
    """Other tests of this process may have left the settings pointing to a mail server that answers."""
    with regle(ELASKA_SMTP_PORT="9"):
        yield


async def test_a_mail_given_up_while_it_is_being_tried(pile: Pile, no_mail_server: None) -> None:
    """No mail server answers: the mail is tried again and again, until the démarche is cancelled; then never."""
    demarche_id = await pile.open()
    await pile.send(demarche_id, "RequestAction", nature="note", message="?", a="manager")

    async def tried() -> bool:
        return any(row["tentatives"] >= 2 for row in await pile.bureau.rows(Effet, demarche_id))

    await until(tried)
    await pile.send(demarche_id, "Cancel", motif="abandon")

    async def given_up() -> bool:
        return [row["etat"] for row in await pile.bureau.rows(Effet, demarche_id)] == ["annule"]

    await until(given_up)
    assert not (await check_journal(pile, demarche_id)).effets

    async def ended() -> bool:
        return (await pile.handle(demarche_id).describe()).status is WorkflowExecutionStatus.COMPLETED

    await until(ended)
    kinds = [event.event_type async for event in pile.handle(demarche_id).fetch_history_events()]
    assert EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED in kinds, "it did not end before what it was doing"
    assert EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED not in kinds


async def test_cold_replay(bureau: Bureau, temporal_address: str) -> None:
    """Another worker, with nothing in memory, takes the démarche over."""
    client = await Client.connect(temporal_address, data_converter=data_converter(bureau.keyring))
    pile = Pile(bureau, client, Demarches(client))
    async with make_worker(client, bureau):
        demarche_id = await pile.open()
        await pile.send(demarche_id, "AddTache", titre="Avant")
        await pile.send(demarche_id, "DepositPiece", "manager", piece="cni", files=[FILE])
    async with make_worker(client, bureau, max_cached_workflows=0):
        await pile.send(demarche_id, "ValidatePiece", piece="cni")
        await pile.send(demarche_id, "AddTache", titre="Après")
        assert len((await check_journal(pile, demarche_id)).taches) == 3


async def test_rebuilt_from_postgresql(pile: Pile) -> None:
    """Temporal knows nothing any more: every open démarche gets its workflow back, once, and goes on."""
    bureau = pile.bureau
    opened = [await pile.open() for _ in range(3)]
    closed = await pile.open()
    await pile.send(closed, "Cancel", motif="abandon")
    for demarche_id in opened:
        await pile.handle(demarche_id).terminate("Temporal's database was lost")
    rows = [row for row in await in_progress() if row[0] == bureau.client_id]
    assert {row[1] for row in rows} == set(opened)
    assert [await pile.demarches.restart(*row) for row in rows] == [True] * 3
    assert [await pile.demarches.restart(*row) for row in rows] == [False] * 3, "what runs is left as it is"
    for demarche_id in opened:
        await pile.send(demarche_id, "AddTache", titre="Après")
        assert len((await check_journal(pile, demarche_id)).taches) == 2


async def test_a_command_restarts_a_lost_workflow(pile: Pile) -> None:
    """Nobody has rebuilt anything: the first command does it for its démarche."""
    demarche_id = await pile.open()
    await pile.handle(demarche_id).terminate("lost")
    await pile.send(demarche_id, "AddTache", titre="Après")
    assert len((await check_journal(pile, demarche_id)).taches) == 2


async def test_nothing_personal_in_what_temporal_shows(pile: Pile) -> None:
    """SEC-05: no search attribute, no memo, an id that names nobody; every payload is encrypted."""
    demarche_id = await pile.open()
    await pile.send(demarche_id, "AddTache", titre="Rappeler Mme Bellanger")
    description = await pile.handle(demarche_id).describe()
    ours = [pair.key.name for pair in description.typed_search_attributes if pair.key.name != "BuildIds"]
    assert not ours
    assert not await description.memo()
    assert description.id == f"dem/{pile.bureau.client_id}/{demarche_id}"
    plain = await Client.connect(pile.client.service_client.config.target_host)
    history = await plain.get_workflow_handle(description.id).fetch_history()
    assert b"Bellanger" not in b"".join(event.SerializeToString() for event in history.events)


async def test_an_unknown_demarche_fails_instead_of_waiting(pile: Pile) -> None:
    ghost = uuid.uuid4()
    await pile.demarches.restart(pile.bureau.client_id, ghost, pile.bureau.sha, 5)

    async def failed() -> bool:
        return (await pile.handle(ghost).describe()).status == WorkflowExecutionStatus.FAILED

    await until(failed)


async def test_a_modele_that_cannot_go_on_does_not_turn_in_circles(pile: Pile) -> None:
    """A tick that PostgreSQL refuses is tried less and less often; the démarche can still be cancelled."""
    contents = essai(
        etapes=[
            {"cle": "attente", "titre": "Attente", "attendre": "entree + 1h"},
            {
                "cle": "ensuite",
                "titre": "Ensuite",
                "si": "calculs.limite >= calculs.limite",
                "terminee": "manuelle",
            },
        ],
        formulaires={"fiche": "fiche"},
        calculs={"limite": {"fonction": "date_limite_visite", "arguments": {"date_entree": "fiche.jour"}}},
    )
    form = {
        "type": "object",
        "properties": {"jour": {"type": "string", "format": "date"}},
        "required": ["jour"],
    }
    contents["forms"] = {"fiche": form}
    await pile.bureau.publish(contents)
    now = datetime.now(UTC)
    demarche_id = await pile.open(horloge=Horloge(virtual=now, real=now, factor=3600))
    await asyncio.sleep(5)
    history = await pile.handle(demarche_id).fetch_history()
    assert len(history.events) < 60, "no circling"
    with pytest.raises(Refusal) as refusal:
        await pile.send(demarche_id, "AddTache", titre="On y va")
    assert refusal.value.code == "condition_incalculable"
    await pile.send(demarche_id, "Cancel", motif="modèle à corriger")
