"""The access log: who did or read what, when, from where (SEC-17, SEC-18). Append-only and chained by hash.

A row's hash covers the previous row's, so that a row altered, removed or inserted later breaks the chain. The
database refuses UPDATE and DELETE by a trigger; the chain shows what somebody above the database did.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, now

FIRST = bytes(32)
# One writer at a time, from reading the last hash to the commit.
_LOCK = 0x656C61736B61


class Audit(SQLModel, table=True):
    """`detail` holds ids, names of fields and counts: never the sensitive values themselves."""

    __tablename__ = "audit"
    __table_args__ = (
        sa.Index("ix_audit_objet_type_objet_id_seq", "objet_type", "objet_id", "seq"),
        sa.Index("ix_audit_acteur_seq", "acteur", "seq"),
        sa.Index("ix_audit_client_id_seq", "client_id", "seq"),
    )

    seq: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    )
    instant: datetime = Field(sa_type=Instant, index=True)
    acteur: str = Field(max_length=80)
    ip: str | None = Field(default=None, max_length=45)
    action: str = Field(max_length=80)
    objet_type: str = Field(max_length=60)
    objet_id: str = Field(max_length=80)
    client_id: uuid.UUID | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    previous_hash: bytes
    hash: bytes


def _hash(row: Audit) -> bytes:
    fields = [
        row.instant.astimezone(UTC).isoformat(timespec="microseconds"),
        row.acteur,
        row.ip,
        row.action,
        row.objet_type,
        row.objet_id,
        str(row.client_id) if row.client_id else None,
        row.detail,
    ]
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(row.previous_hash + text.encode()).digest()


async def append(
    session: AsyncSession,
    *,
    acteur: str,
    action: str,
    objet_type: str,
    objet_id: object,
    ip: str | None = None,
    client_id: uuid.UUID | None = None,
    **detail: Any,
) -> Audit:
    """Add a row in the caller's transaction. It takes a lock until the commit: call it last."""
    await session.exec(select(sa.func.pg_advisory_xact_lock(_LOCK)))
    last = (await session.exec(select(Audit.hash).order_by(col(Audit.seq).desc()).limit(1))).first()
    row = Audit(
        instant=now(),
        acteur=acteur,
        ip=ip,
        action=action,
        objet_type=objet_type,
        objet_id=str(objet_id),
        client_id=client_id,
        detail=detail,
        previous_hash=last or FIRST,
        hash=b"",
    )
    row.hash = _hash(row)
    session.add(row)
    await session.flush()
    return row


async def told(
    session: AsyncSession, within: timedelta, *, acteur: str, action: str, objet_type: str, objet_id: object
) -> bool:
    """This person's doing this to this object has a row within that time. Holds the lock of `append` until the
    commit: two processes must not both find nothing.
    """
    await session.exec(select(sa.func.pg_advisory_xact_lock(_LOCK)))
    known = select(Audit.seq).where(
        Audit.objet_type == objet_type,
        Audit.objet_id == str(objet_id),
        Audit.acteur == acteur,
        Audit.action == action,
        col(Audit.instant) > now() - within,
    )
    return (await session.exec(known.limit(1))).first() is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in the log; nothing: everything."""

    avant: int | None = None
    """Only rows numbered below."""
    acteur: uuid.UUID | None = None
    client_id: uuid.UUID | None = None
    objet_id: str | None = None
    actions: tuple[str, ...] = ()
    depuis: datetime | None = None
    jusqu_a: datetime | None = None


async def latest(session: AsyncSession, wanted: Wanted, limit: int) -> Sequence[Audit]:
    """Rows looked for, newest first."""
    query = select(Audit).order_by(col(Audit.seq).desc()).limit(limit)
    if wanted.avant is not None:
        query = query.where(col(Audit.seq) < wanted.avant)
    if wanted.acteur is not None:
        keys = (f"utilisateur/{wanted.acteur}", f"lien/{wanted.acteur}")
        query = query.where(col(Audit.acteur).in_(keys))
    if wanted.client_id is not None:
        query = query.where(Audit.client_id == wanted.client_id)
    if wanted.objet_id is not None:
        query = query.where(Audit.objet_id == wanted.objet_id)
    if wanted.actions:
        query = query.where(col(Audit.action).in_(wanted.actions))
    if wanted.depuis is not None:
        query = query.where(col(Audit.instant) >= wanted.depuis)
    if wanted.jusqu_a is not None:
        query = query.where(col(Audit.instant) < wanted.jusqu_a)
    return (await session.exec(query)).all()


async def first_break(session: AsyncSession) -> int | None:
    """The `seq` of the first row whose hash or link is wrong; None when the chain holds."""
    previous = FIRST
    rows = await session.stream_scalars(sa.select(Audit).order_by(col(Audit.seq)))
    async for row in rows:
        if row.previous_hash != previous or row.hash != _hash(row):
            return row.seq
        previous = row.hash
    return None
