"""Temporal sees ciphertext only, and an erased client's workflows answer nothing in clear any more."""

import asyncio
import uuid

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.converter import WorkflowSerializationContext
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from store.codec import ENCODING, ClientCodec, client_of, data_converter, workflow_id
from store.crypto import CABINET_ID, KeyErased, Keyring, MasterKeys, Tampered
from store.session import session_scope
from tests.conftest import Database
from tests.store.echo import SECRET, Echo, shout


def test_client_of_a_workflow_id() -> None:
    client, demarche = uuid.uuid4(), uuid.uuid4()
    assert client_of(workflow_id(client, demarche)) == client
    assert client_of("relais/outbox") == CABINET_ID
    assert client_of(None) == CABINET_ID
    with pytest.raises(ValueError):
        client_of("dem/pas-un-uuid/x")


async def test_nothing_is_encoded_without_an_owner(keyring: Keyring) -> None:
    with pytest.raises(ValueError):
        await ClientCodec(keyring).encode([Payload(data=b"x")])
    assert await ClientCodec(keyring).encode([]) == []


async def test_payloads_round_trip_and_a_tampered_one_is_refused(
    database: Database, keyring: Keyring
) -> None:
    client = uuid.uuid4()
    async with session_scope() as session:
        await keyring.ensure(session, client)
    context = WorkflowSerializationContext("default", workflow_id(client, uuid.uuid4()))
    codec = ClientCodec(keyring).with_context(context)
    clear = [Payload(metadata={"encoding": b"json/plain"}, data=SECRET.encode()), Payload()]
    sealed = await codec.encode(clear)
    assert all(payload.metadata["encoding"] == ENCODING for payload in sealed)
    assert SECRET.encode() not in b"".join(payload.SerializeToString() for payload in sealed)
    assert await ClientCodec(Keyring(MasterKeys(bytes(range(32))))).decode(sealed) == clear
    assert await codec.decode(clear) == clear
    altered = Payload(metadata=dict(sealed[0].metadata), data=sealed[0].data[:-1] + b"\x00")
    with pytest.raises(Tampered):
        await codec.decode([altered])


async def test_through_a_real_server(database: Database, keyring: Keyring, temporal_address: str) -> None:
    client_id, other_id = uuid.uuid4(), uuid.uuid4()
    async with session_scope() as session:
        await keyring.ensure(session, client_id)
        await keyring.ensure(session, other_id)
    client = await Client.connect(temporal_address, data_converter=data_converter(keyring))
    bare = await Client.connect(temporal_address)
    queue = f"codec-{uuid.uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[Echo], activities=[shout]):
        handles = [
            await client.start_workflow(
                Echo.run,
                {"secret": SECRET},
                id=workflow_id(id_, uuid.uuid4()),
                task_queue=queue,
                memo={"note": SECRET},
                static_summary=SECRET,
            )
            for id_ in (client_id, other_id)
        ]
        mine, other = handles
        assert await mine.execute_update(Echo.say, SECRET) == SECRET
        assert await mine.query(Echo.heard) == [SECRET, SECRET]
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await mine.execute_update(Echo.say, "refuse")
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.details == ({"detail": SECRET},)
        assert SECRET in refused.value.cause.message

        history = await bare.get_workflow_handle(mine.id).fetch_history()
        assert SECRET not in history.to_json()
        raw = b"".join(event.SerializeToString() for event in history.events)
        assert SECRET.encode() not in raw

        async with session_scope() as session:
            await keyring.erase(session, client_id)
        with pytest.raises(KeyErased):
            await mine.execute_update(Echo.say, "encore")
        with pytest.raises((WorkflowQueryFailedError, KeyErased)):
            await mine.query(Echo.heard)
        await bare.get_workflow_handle(mine.id).terminate()
        await other.signal(Echo.stop)
        assert await asyncio.wait_for(other.result(), 10) == [SECRET]
