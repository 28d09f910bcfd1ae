"""People outside of the firm who take part in a démarche: banker, notary, lawyer, expert (EQP-05)."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Row
from store.crypto import ClientCipher, place


class Intervenant(Row, table=True):
    """`contenu`: name, role, organisation, email and telephone, under the key of the démarche's client.

    `visible`: the client sees this person on the team of the démarche.
    """

    __tablename__ = "intervenant"

    demarche_id: uuid.UUID = Field(foreign_key="demarche.id", index=True, ondelete="CASCADE")
    client_id: uuid.UUID = Field(index=True)
    visible: bool
    contenu: bytes


def write(row: Intervenant, cipher: ClientCipher, fiche: dict[str, Any]) -> None:
    """Replace what is known of the person."""
    row.contenu = cipher.encrypt_json(fiche, place("intervenant", "contenu", row.id))


def read(row: Intervenant, cipher: ClientCipher) -> dict[str, Any]:
    """`nom`, `qualite`, `organisme`, `email`, `telephone`."""
    found: dict[str, Any] = cipher.decrypt_json(row.contenu, place("intervenant", "contenu", row.id))
    return found


async def of_demarche(
    session: AsyncSession, demarche_id: uuid.UUID, *, visible_only: bool
) -> Sequence[Intervenant]:
    """In the order they were added."""
    query = select(Intervenant).where(Intervenant.demarche_id == demarche_id)
    if visible_only:
        query = query.where(col(Intervenant.visible))
    return (await session.exec(query.order_by(col(Intervenant.created_at), col(Intervenant.id)))).all()
