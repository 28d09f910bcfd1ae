"""Temporal payload encryption: each payload under the data key of the client named in the workflow id.

Workflow ids read `dem/<client id>/<démarche id>`; any other id (the firm's own workflows) uses the
cabinet's key.
Decoding reads the key id from the payload and needs no context. Once a client is erased its payloads raise
KeyErased, here and in the worker, for good.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from store.crypto import CABINET_ID, ClientCipher, Keyring
from store.session import session_scope

ENCODING = b"binary/elaska"
_PLACE = "temporal"
BOUND_KEPT = 1000


def workflow_id(client_id: uuid.UUID, demarche_id: uuid.UUID) -> str:
    """The workflow id of a démarche, from which the codec derives whose key to use."""
    return f"dem/{client_id}/{demarche_id}"


def client_of(workflow: str | None) -> uuid.UUID:
    """The client named in a workflow id, else the cabinet. Raises ValueError for a malformed `dem/…` id."""
    if workflow is None or not workflow.startswith("dem/"):
        return CABINET_ID
    return uuid.UUID(workflow.split("/")[1])


def _client_in(context: SerializationContext) -> uuid.UUID:
    if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
        return client_of(context.workflow_id)
    return CABINET_ID


class ClientCodec(PayloadCodec, WithSerializationContext):
    """Encrypts what leaves the process towards Temporal. Keys come from the keyring, in a transaction of
    its own.
    """

    def __init__(self, keyring: Keyring, client_id: uuid.UUID | None = None) -> None:
        self._keyring = keyring
        self._client_id = client_id

    def with_context(self, context: SerializationContext) -> "ClientCodec":
        return ClientCodec(self._keyring, _client_in(context))

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises KeyErased, KeyMissing (a démarche is started only after its client's key is committed)."""
        if not payloads:
            return []
        if self._client_id is None:
            raise ValueError("a payload without context has no owner: nothing leaves in clear")
        cipher = await self._cipher_of_client(self._client_id)
        return [
            Payload(
                metadata={"encoding": ENCODING, "ekid": str(cipher.key_id).encode()},
                data=cipher.encrypt(payload.SerializeToString(), _PLACE),
            )
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [
            await self._decode(payload) if payload.metadata.get("encoding") == ENCODING else payload
            for payload in payloads
        ]

    async def _decode(self, payload: Payload) -> Payload:
        key_id = uuid.UUID(payload.metadata["ekid"].decode())
        cipher = self._keyring.cached_key(key_id)
        if cipher is None:
            async with session_scope() as session:
                cipher = await self._keyring.load_key(session, key_id)
        return Payload.FromString(cipher.decrypt(payload.data, _PLACE))

    async def _cipher_of_client(self, client_id: uuid.UUID) -> ClientCipher:
        cipher = self._keyring.cached_client(client_id)
        if cipher is not None:
            return cipher
        async with session_scope() as session:
            if client_id == CABINET_ID:
                return await self._keyring.cabinet(session)
            return await self._keyring.load(session, client_id)


@dataclass(frozen=True)
class ClientConverter(DataConverter):
    """Keeps what the SDK would make again for each payload: a converter bound to a client."""

    _bound: dict[uuid.UUID, Self] = field(default_factory=dict, init=False, repr=False, compare=False)

    def with_context(self, context: SerializationContext) -> Self:
        """Of a context, only the client counts."""
        client_id = _client_in(context)
        bound = self._bound.get(client_id)
        if bound is None:
            if len(self._bound) >= BOUND_KEPT:
                self._bound.clear()
            bound = self._bound[client_id] = super().with_context(context)
        return bound


def data_converter(keyring: Keyring) -> DataConverter:
    """What every Temporal client and worker of eLaska is given: payloads and failure details encrypted."""
    return ClientConverter(
        payload_codec=ClientCodec(keyring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
