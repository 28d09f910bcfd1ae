"""What a client gave once and that the firm validated, by kind of document: it serves again (GED-15)."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, table_of
from store.demarche import Demarche
from store.fichier import Fichier
from store.listes import Scope


class PieceFournie(SQLModel, table=True):
    """One pièce, validated. Written by the projection of its démarche, with the other rows of its lists."""

    __tablename__ = "piece_fournie"
    __table_args__ = (sa.Index("ix_piece_fournie_client_id", "client_id", "type", "validated_at"),)

    demarche_id: uuid.UUID = Field(primary_key=True, foreign_key="demarche.id", ondelete="CASCADE")
    piece: str = Field(primary_key=True, max_length=60)
    client_id: uuid.UUID
    type: str = Field(max_length=60)
    titre: str = Field(max_length=300)
    fichiers: list[uuid.UUID] = Field(sa_type=ARRAY(sa.Uuid))
    validated_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)


class Fournie(NamedTuple):
    """A document given once, as it may serve again."""

    demarche_id: uuid.UUID
    demarche_titre: str
    type: str
    titre: str
    fichiers: list[uuid.UUID]
    validated_at: datetime
    expires_at: datetime | None


async def of_client(
    session: AsyncSession, client_id: uuid.UUID, types: Collection[str], *, but: uuid.UUID, scope: Scope
) -> Sequence[Fournie]:
    """What the client gave of these kinds in other démarches than this one, the newest first; only those of `scope`.

    The same contents given again do not get younger: they count from their first validation.
    """
    p, d, f = table_of(PieceFournie).c, table_of(Demarche).c, table_of(Fichier).c
    contents = (
        sa.select(sa.func.array_agg(aggregate_order_by(f.sha, f.sha)))
        .where(f.id == sa.any_(p.fichiers))
        .scalar_subquery()
    )
    same: dict[str, Any] = {"partition_by": (p.type, contents)}
    first = sa.func.min(p.validated_at).over(**same).label("validated_at")
    until = sa.func.min(p.expires_at).over(**same).label("expires_at")
    given = (
        sa.select(p.demarche_id, p.type, p.titre, p.fichiers, first, until, p.validated_at.label("last"))
        .where(p.client_id == client_id, p.type.in_(types))
        .subquery()
    ).c
    rows = await (await session.connection()).execute(
        sa.select(
            given.demarche_id,
            d.titre.label("demarche_titre"),
            given.type,
            given.titre,
            given.fichiers,
            given.validated_at,
            given.expires_at,
        )
        .join_from(given.demarche_id.table, d.id.table, d.id == given.demarche_id)
        .where(given.demarche_id != but, *scope.conditions())
        .order_by(given.validated_at.desc(), given.last.desc())
    )
    return [Fournie(*row) for row in rows]
