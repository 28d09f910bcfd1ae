"""The outbox and its relay (DESIGN rule 8): what a business record tells reaches its démarche, in order, once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from temporalio.client import Client

from store import outbox
from store.codec import data_converter
from store.notification import Notification
from store.outbox import Sortie
from store.session import session_scope
from tests.bureau import Bureau
from tests.modeles_essai import essai
from tests.relaying import drain
from tests.workflow.conftest import Pile, make_worker, until
from workflows.client import Demarches
from workflows.engine.commands import COMMAND
from workflows.engine.state import SYSTEM
from workflows.relais import Relay

COLLECTIONS: dict[str, Any] = {
    "collections": {
        "paiements": {
            "libelle": "Paiements",
            "singulier": "paiement",
            "formulaire": "paiement",
            "nom": '"Paiement de " + string(ligne.montant)',
        }
    },
    "faits": {"paiement": {"libelle": "Paiement reçu", "ajoute": "paiements"}},
}
FORM = {"type": "object", "properties": {"montant": {"type": "integer"}}, "required": ["montant"]}


@pytest_asyncio.fixture(loop_scope="session")
async def caisse(pile: Pile) -> AsyncIterator[Pile]:
    """The firm with a modèle that takes payments."""
    await pile.bureau.publish(essai(**COLLECTIONS) | {"lignes": {"paiements": FORM}})
    yield pile


async def paid(pile: Pile, demarche_id: uuid.UUID, montant: int, **fields: Any) -> uuid.UUID:
    """What the payment adapter does, in the transaction of the payment."""
    async with session_scope() as session:
        donnees = {"montant": montant}
        return await outbox.publish(session, pile.bureau.keyring, demarche_id, "paiement", donnees, **fields)


async def amounts(bureau: Bureau, demarche_id: uuid.UUID) -> list[int]:
    lines = (await bureau.state(demarche_id)).collections.get("paiements", {})
    return [line.donnees["montant"] for line in lines.values()]


async def row(bureau: Bureau, id_: uuid.UUID) -> dict[str, Any]:
    return next(found for found in await bureau.rows(Sortie) if found["id"] == id_)


async def test_what_is_told_reaches_the_demarche_as_soon_as_it_is_committed(caisse: Pile) -> None:
    relay = asyncio.create_task(Relay(caisse.demarches, caisse.bureau.keyring).run())
    try:
        demarche_id = await caisse.open()
        for montant in (10, 20, 30):
            await paid(caisse, demarche_id, montant)

        async def all_there() -> bool:
            return await amounts(caisse.bureau, demarche_id) == [10, 20, 30]

        await until(all_there)
    finally:
        relay.cancel()
        await asyncio.wait([relay])


async def test_a_transaction_that_fails_tells_nothing(caisse: Pile) -> None:
    demarche_id = await caisse.open()

    async def fail() -> None:
        async with session_scope() as session:
            await outbox.publish(session, caisse.bureau.keyring, demarche_id, "paiement", {"montant": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await Relay(caisse.demarches, caisse.bureau.keyring).deliver_all()
    assert await amounts(caisse.bureau, demarche_id) == []


async def test_the_same_cause_counts_once(caisse: Pile) -> None:
    """A webhook replayed by the bank."""
    demarche_id = await caisse.open()
    ids = {await paid(caisse, demarche_id, 10, origine="evt_1") for _ in range(3)}
    assert len(ids) == 1
    await drain(Relay(caisse.demarches, caisse.bureau.keyring))
    assert await amounts(caisse.bureau, demarche_id) == [10]


async def test_a_relay_killed_after_sending_and_before_writing_it_down(caisse: Pile) -> None:
    demarche_id = await caisse.open()
    id_ = await paid(caisse, demarche_id, 10)
    command = COMMAND.validate_python(
        {
            "type": "RecordFact",
            "id": f"fait/{id_}",
            "actor": SYSTEM,
            "fait": "paiement",
            "donnees": {"montant": 10},
        }
    )
    await caisse.give(demarche_id, command)
    assert (await row(caisse.bureau, id_))["relayed_at"] is None
    relays = [Relay(caisse.demarches, caisse.bureau.keyring) for _ in range(3)]
    await asyncio.gather(*(drain(relay) for relay in relays))
    assert (await row(caisse.bureau, id_))["relayed_at"] is not None
    assert await amounts(caisse.bureau, demarche_id) == [10]


@pytest.mark.parametrize(
    ("kind", "donnees", "closed", "code"),
    [
        ("virement", {"montant": 1}, False, "fait_inconnu"),
        ("paiement", {"montant": "beaucoup"}, False, "formulaire_invalide"),
        ("paiement", {"montant": 1}, True, "demarche_close"),
    ],
)
async def test_a_refusal_is_kept_told_and_never_tried_again(
    caisse: Pile, kind: str, donnees: dict[str, Any], closed: bool, code: str
) -> None:
    demarche_id = await caisse.open()
    if closed:
        await caisse.send(demarche_id, "Cancel", motif="x")
    async with session_scope() as session:
        id_ = await outbox.publish(session, caisse.bureau.keyring, demarche_id, kind, donnees)
    next_ = await paid(caisse, demarche_id, 5)
    relay = Relay(caisse.demarches, caisse.bureau.keyring)
    await drain(relay)
    kept = await row(caisse.bureau, id_)
    assert kept["refus"] == code and kept["relayed_at"] is not None
    assert (await row(caisse.bureau, next_))["relayed_at"] is not None, "what follows is not held up"
    told = [n for n in await caisse.bureau.rows(Notification, demarche_id) if n["type"] == "fait_refuse"]
    assert str(id_) in str([n["origine"] for n in told])
    assert await relay.deliver_all() == 0


async def test_without_a_worker_it_waits_and_keeps_its_order(bureau: Bureau, temporal_address: str) -> None:
    await bureau.publish(essai(**COLLECTIONS) | {"lignes": {"paiements": FORM}})
    client = await Client.connect(temporal_address, data_converter=data_converter(bureau.keyring))
    pile = Pile(bureau, client, Demarches(client))
    async with make_worker(client, bureau):
        demarche_id = await pile.open()
    first, second = await paid(pile, demarche_id, 1), await paid(pile, demarche_id, 2)
    relay = Relay(pile.demarches, bureau.keyring)
    assert await relay.deliver_all() == 0
    late, later = await row(bureau, first), await row(bureau, second)
    assert late["attempts"] == 1 and late["next_at"] is not None and late["relayed_at"] is None
    assert later["attempts"] == 0, "the second does not overtake the first"
    async with session_scope() as session:
        await session.exec(sa.update(Sortie).values(next_at=None))
    async with make_worker(client, bureau):
        await drain(relay)
    assert await amounts(bureau, demarche_id) == [1, 2]


async def test_it_stops_when_asked_even_while_an_answer_is_awaited(
    bureau: Bureau, temporal_address: str
) -> None:
    """Temporal's library tells a cancellation as a delay: taken for one, the relay would go on for ever."""
    await bureau.publish(essai(**COLLECTIONS) | {"lignes": {"paiements": FORM}})
    client = await Client.connect(temporal_address, data_converter=data_converter(bureau.keyring))
    pile = Pile(bureau, client, Demarches(client))
    async with make_worker(client, bureau):
        demarche_id = await pile.open()
    await paid(pile, demarche_id, 1)
    relay = asyncio.create_task(Relay(pile.demarches, bureau.keyring).run())
    await asyncio.sleep(1)
    relay.cancel()
    await asyncio.wait([relay], timeout=20)
    assert relay.cancelled()


async def test_nothing_is_told_to_a_demarche_that_does_not_exist(caisse: Pile) -> None:
    with pytest.raises(LookupError):
        await paid(caisse, uuid.uuid4(), 1)
