"""Documents sent to be signed online, and the events of the signature service already received (CRE-21)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, closed_list, now
from store.evenement import Evenement


class StatutSignature(StrEnum):
    """`signe` is the end: what is signed is not undone by a later or older event."""

    PREPARATION = "preparation"
    EN_COURS = "en_cours"
    SIGNE = "signe"
    REFUSE = "refuse"
    EXPIRE = "expire"
    ANNULE = "annule"


class Signature(Row, table=True):
    """One sending of a document to its signers. `id` is the row of the ledger, and the reference given to the
    service; `fait`: what the démarche is told once everyone has signed."""

    __tablename__ = "signature"

    demarche_id: uuid.UUID = Field(index=True)
    client_id: uuid.UUID = Field(index=True)
    document: str = Field(max_length=80, description="id of the document in the démarche")
    fait: str = Field(max_length=60)
    statut: StatutSignature = Field(
        default=StatutSignature.PREPARATION, sa_type=closed_list(StatutSignature, "statut")
    )
    request_id: str | None = Field(default=None, max_length=100, description="at the service")
    updated_at: datetime = Field(default_factory=now, sa_type=Instant)


class EvenementSignature(Evenement, table=True):
    """An event of the service already received: it comes again, and out of order."""

    __tablename__ = "evenement_signature"


async def begin(session: AsyncSession, row: Signature) -> Signature:
    """The record of a sending, written the first time; held until the end of the transaction."""
    values = row.model_dump()
    await session.exec(insert(Signature).values(**values).on_conflict_do_nothing(index_elements=["id"]))
    found = await lock(session, row.id)
    assert found is not None
    return found


async def lock(session: AsyncSession, id_: uuid.UUID) -> Signature | None:
    """A sending, held until the end of the transaction."""
    return (await session.exec(select(Signature).where(Signature.id == id_).with_for_update())).one_or_none()


async def of_demarche(session: AsyncSession, demarche_id: uuid.UUID) -> Sequence[Signature]:
    """Sendings of a démarche, the latest first."""
    query = select(Signature).where(Signature.demarche_id == demarche_id)
    return (await session.exec(query.order_by(col(Signature.created_at).desc()))).all()
