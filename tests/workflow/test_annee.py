"""A year of reminders on Temporal's time-skipping server, with a real database and a real mail server."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from itertools import pairwise
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from temporalio.testing import WorkflowEnvironment

from cli.paths import program
from store.codec import data_converter
from store.demarche import Effet
from store.settings import settings
from tests.bureau import Bureau
from tests.workflow.conftest import Pile, make_worker
from workflows.client import Demarches


class Postbox:
    """Keeps the Message-ID of each mail."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.ids[message_from_bytes(envelope.content)["Message-ID"]] += 1
        return "250 OK"


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("ELASKA_SMTP_PORT", str(port))
    settings.cache_clear()
    yield box
    controller.stop()
    monkeypatch.undo()
    settings.cache_clear()


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
