"""A year of reminders on Temporal's time-skipping server, with a real database and a real mail server."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from temporalio.testing import WorkflowEnvironment

from cli.paths import program
from store.codec import data_converter
from store.demarche import Effet
from tests.bureau import Bureau
from tests.workflow.conftest import Pile, make_worker
from tests.workflow.postbox import Postbox
from workflows.client import Demarches


async def test_a_year_of_reminders(bureau: Bureau, postbox: Postbox) -> None:
    """GED-13, NOT-12: every week a mail, fifty at most, none twice; each with its own Message-ID."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(program("temporal-test-server")),
        data_converter=data_converter(bureau.keyring),
    ) as env:
        pile = Pile(bureau, env.client, Demarches(env.client))
        async with make_worker(env.client, bureau):
            demarche_id = await pile.open()
            await env.sleep(timedelta(days=380))
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
