"""A year of reminders on Temporal's time-skipping server, with a real database and a real mail server."""

from __future__ import annotations

import uuid
from datetime import timedelta
from itertools import pairwise

from temporalio.testing import WorkflowEnvironment

from cli.paths import program
from store.codec import data_converter, workflow_id
from store.demarche import Effet
from store.settings import settings
from tests.bureau import Bureau
from tests.workflow.conftest import Pile, make_worker
from tests.workflow.postbox import Postbox
from workflows.client import Demarches
from workflows.demarche import FORMAT, DemarcheWorkflow


async def test_a_year_of_reminders(bureau: Bureau, postbox: Postbox) -> None:
    """GED-13, NOT-12: every week a mail, fifty at most, none twice; each with its own Message-ID."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(program("temporal-test-server")),
        data_converter=data_converter(bureau.keyring),
    ) as env:
        pile = Pile(bureau, env.client, Demarches(env.client))
        async with make_worker(env.client, bureau):
            demarche_id = uuid.uuid4()
            await bureau.decide(demarche_id, bureau.opening(), 0)
            # One run for the year: this server's time stands still for ever once a run has gone on as a new one.
            await env.client.start_workflow(
                DemarcheWorkflow.run,
                {
                    "format": FORMAT,
                    "demarche_id": str(demarche_id),
                    "modele_sha": bureau.sha,
                    "seq": await bureau.seq(demarche_id),
                    "ids": [],
                    "limite": 1000,
                },
                id=workflow_id(bureau.client_id, demarche_id),
                task_queue=settings().task_queue,
            )
            # In steps: one call that skips a year outlives the server's own time limit on a busy machine.
            for _ in range(38):
                await env.sleep(timedelta(days=10))
            events = await pile.journal(demarche_id)
            sent = [event.at for event in events if event.fact.type == "RelanceSent"]
            assert len(sent) == 50
            for earlier, later in pairwise(sent):
                assert timedelta(days=6, hours=22) <= later - earlier <= timedelta(days=7, hours=2)
            assert not (await bureau.state(demarche_id)).timers
            await pile.send(demarche_id, "WaivePiece", piece="cni", motif="jamais reçue")
    assert len(postbox.ids) == 50 and set(postbox.ids.values()) == {1}
    rows = await bureau.rows(Effet, demarche_id)
    assert {row["etat"] for row in rows} == {"fait"} and {row["message_id"] for row in rows} == set(
        postbox.ids
    )
