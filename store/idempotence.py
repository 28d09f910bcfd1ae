"""Answers already given to a command that does not go through a workflow, by Idempotency-Key."""

import uuid
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, now
from store.crypto import ClientCipher, Keyring, place


class Idempotence(SQLModel, table=True):
    """`acteur` scopes the key: two people may use the same one. `status` is None while the first call
    runs.
    """

    __tablename__ = "idempotence"

    acteur: str = Field(primary_key=True, max_length=80)
    cle: str = Field(primary_key=True, max_length=200)
    route: str = Field(max_length=200)
    request_hash: bytes
    status: int | None = None
    response: bytes | None = None
    client_id: uuid.UUID | None = Field(default=None, index=True)
    created_at: datetime = Field(default_factory=now, sa_type=Instant, index=True)


class KeyReused(Exception):
    """The same key came with another request."""


async def begin(
    session: AsyncSession, keyring: Keyring, acteur: str, cle: str, route: str, request_hash: bytes
) -> tuple[int, bytes] | None:
    """The stored answer (status, body) of this key; None when the caller must now do the work.

    A second call with the same key waits for the first one's transaction, then gets its answer. Raises
    KeyReused.
    """
    made = await session.exec(
        insert(Idempotence)
        .values(acteur=acteur, cle=cle, route=route, request_hash=request_hash, created_at=now())
        .on_conflict_do_nothing()
        .returning(col(Idempotence.cle))
    )
    if made.first() is not None:
        return None
    row = (
        await session.exec(select(Idempotence).where(Idempotence.acteur == acteur, Idempotence.cle == cle))
    ).one()
    if (row.route, row.request_hash) != (route, request_hash):
        raise KeyReused
    if row.status is None or row.response is None:
        return None
    return row.status, await keyring.decrypt(session, row.response, _place(acteur, cle))


async def finish(
    session: AsyncSession, cipher: ClientCipher, acteur: str, cle: str, status: int, response: bytes
) -> None:
    """Store the answer, in the transaction which did the work, encrypted for the client it is about."""
    row = (
        await session.exec(select(Idempotence).where(Idempotence.acteur == acteur, Idempotence.cle == cle))
    ).one()
    row.status, row.client_id = status, cipher.client_id
    row.response = cipher.encrypt(response, _place(acteur, cle))
    session.add(row)
    await session.flush()


def _place(acteur: str, cle: str) -> str:
    return place("idempotence", "response", f"{acteur}/{cle}")
