"""Browsers that have accepted notifications (Web Push subscriptions)."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, now
from store.crypto import ClientCipher, place


class Appareil(Row, table=True):
    """`contenu` is the subscription (address and keys), encrypted under the firm's key; `empreinte` tells two apart."""

    __tablename__ = "appareil"

    utilisateur_id: uuid.UUID = Field(foreign_key="utilisateur.id", index=True, ondelete="CASCADE")
    empreinte: bytes = Field(unique=True)
    navigateur: str = Field(max_length=100)
    contenu: bytes
    vu_le: datetime | None = Field(default=None, sa_type=Instant)
    """When a notification was last accepted for it."""


async def add(
    session: AsyncSession,
    cabinet: ClientCipher,
    utilisateur_id: uuid.UUID,
    navigateur: str,
    subscription: dict[str, str],
) -> uuid.UUID:
    """Keep a subscription. A browser that someone else has used before is theirs no more."""
    empreinte = hashlib.sha256(subscription["endpoint"].encode()).digest()
    id_ = uuid.uuid5(uuid.NAMESPACE_OID, empreinte.hex())
    values = {
        "utilisateur_id": utilisateur_id,
        "navigateur": navigateur,
        "contenu": cabinet.encrypt_json(subscription, place("appareil", "contenu", id_)),
    }
    await session.exec(
        insert(Appareil)
        .values(id=id_, empreinte=empreinte, created_at=now(), **values)
        .on_conflict_do_update(index_elements=["empreinte"], set_=values)
    )
    return id_


def read(row: Appareil, cabinet: ClientCipher) -> dict[str, str]:
    """`endpoint`, `p256dh`, `auth`."""
    found: dict[str, str] = cabinet.decrypt_json(row.contenu, place("appareil", "contenu", row.id))
    return found


async def of_user(session: AsyncSession, utilisateur_id: uuid.UUID) -> Sequence[Appareil]:
    """Someone's browsers, oldest first."""
    query = select(Appareil).where(Appareil.utilisateur_id == utilisateur_id)
    return (await session.exec(query.order_by(col(Appareil.created_at)))).all()
