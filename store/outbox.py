"""The outbox: what an ordinary transaction has to tell a démarche (DESIGN rule 8), written with the record itself.

A row is a command waiting to be sent. The relay of the workers delivers it at least once, in order for each démarche;
its id makes the démarche apply it once. What a démarche refuses is kept with the reason and never sent again.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store import notices
from store.base import Instant, now, table_of
from store.crypto import ClientCipher, Keyring, place
from store.demarche import Demarche
from store.statements import Call, Statement, run

CHANNEL = "elaska_sortie"
_PENDING = "relayed_at IS NULL"


class Sortie(SQLModel, table=True):
    """One command for one démarche. `contenu` is encrypted for the client; the clear columns are for the relay."""

    __tablename__ = "sortie"
    __table_args__ = (
        sa.Index("ix_sortie_attente", "demarche_id", "rang", postgresql_where=sa.text(_PENDING)),
        sa.Index("ix_sortie_client", "client_id"),
    )

    id: uuid.UUID = Field(primary_key=True)
    rang: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), nullable=False)
    )
    """Order of delivery."""
    demarche_id: uuid.UUID
    """To whom. It may not be open yet: a child's opening is itself delivered."""
    client_id: uuid.UUID = Field(foreign_key="tiers.id")
    kind: str = Field(max_length=60)
    """Of a fact, as modèles name it; `enfant` between a démarche and its children."""
    contenu: bytes
    created_at: datetime = Field(sa_type=Instant)
    relayed_at: datetime | None = Field(default=None, sa_type=Instant)
    """When the démarche answered, yes or no."""
    refus: str | None = Field(default=None, max_length=80)
    """Code of the refusal; absent when it was applied."""
    attempts: int = 0
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    """Not tried again before."""


async def publish(
    session: AsyncSession,
    keyring: Keyring,
    demarche_id: uuid.UUID,
    kind: str,
    donnees: Mapping[str, Any],
    *,
    origine: str | None = None,
    files: Sequence[Mapping[str, Any]] = (),
) -> uuid.UUID:
    """Tell a démarche that something happened to a business record, in the transaction that changes the record.

    `kind`: what its modèle calls it (`faits`). `origine` names the cause (`stripe/evt_123`): the same one told twice
    counts once. `files`: those already kept that come with it. Returns the row's id.
    Raises LookupError when there is no such démarche.
    """
    query = select(Demarche.client_id).where(Demarche.id == demarche_id)
    client_id = (await session.exec(query)).one_or_none()
    if client_id is None:
        raise LookupError(str(demarche_id))
    id_ = uuid.uuid5(demarche_id, f"{kind}/{origine}") if origine else uuid.uuid4()
    command: dict[str, Any] = {
        "type": "RecordFact",
        "id": f"fait/{id_}",
        "fait": kind,
        "donnees": dict(donnees),
    }
    if files:
        command["files"] = [dict(file) for file in files]
    await enqueue(session, await keyring.load(session, client_id), demarche_id, kind, command, id_)
    return id_


async def enqueue(
    session: AsyncSession,
    cipher: ClientCipher,
    demarche_id: uuid.UUID,
    kind: str,
    command: Mapping[str, Any],
    id_: uuid.UUID,
) -> None:
    """Write one command (without its actor: the system sends it). A known id is left as it is."""
    await run(session, calls(cipher, demarche_id, kind, command, id_))


def calls(
    cipher: ClientCipher, demarche_id: uuid.UUID, kind: str, command: Mapping[str, Any], id_: uuid.UUID
) -> list[Call]:
    """The same, as statements for a transaction that writes in one go."""
    values = {
        "id": id_,
        "demarche_id": demarche_id,
        "client_id": cipher.client_id,
        "kind": kind,
        "contenu": cipher.encrypt_json(dict(command), _place(id_)),
        "created_at": now(),
        "attempts": 0,
    }
    return [Call(_INSERT, [values]), notices.sending(CHANNEL)]


_INSERT = Statement.of(
    insert(table_of(Sortie)).on_conflict_do_nothing(index_elements=["id"]),
    ["id", "demarche_id", "client_id", "kind", "contenu", "created_at", "attempts"],
)


def _place(id_: uuid.UUID) -> str:
    return place("sortie", "contenu", id_)


def read(row: Sortie, cipher: ClientCipher) -> dict[str, Any]:
    """The command of a row."""
    command: dict[str, Any] = cipher.decrypt_json(row.contenu, _place(row.id))
    return command


async def waiting(session: AsyncSession, at: datetime, limit: int) -> list[uuid.UUID]:
    """Démarches to which something may be delivered at `at`, the one that has waited longest first."""
    first = (
        sa.select(
            col(Sortie.demarche_id).label("demarche_id"),
            sa.func.min(col(Sortie.rang)).label("rang"),
            sa.func.max(col(Sortie.next_at)).label("next_at"),
        )
        .where(col(Sortie.relayed_at).is_(None))
        .group_by(col(Sortie.demarche_id))
        .subquery()
    )
    query = (
        select(first.c.demarche_id)
        .where(sa.or_(first.c.next_at.is_(None), first.c.next_at <= at))
        .order_by(first.c.rang)
        .limit(limit)
    )
    return list(await session.exec(query))


async def pending(session: AsyncSession, demarche_id: uuid.UUID, limit: int) -> list[Sortie]:
    """What is still to be delivered to one démarche, in order."""
    query = (
        select(Sortie)
        .where(Sortie.demarche_id == demarche_id, col(Sortie.relayed_at).is_(None))
        .order_by(col(Sortie.rang))
        .limit(limit)
    )
    return list(await session.exec(query))
