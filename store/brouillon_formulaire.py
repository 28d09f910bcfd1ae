"""Drafts of the forms of a running démarche: each person's own, encrypted for the client (DEM-04)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, now
from store.crypto import ClientCipher, place


class BrouillonFormulaire(SQLModel, table=True):
    """`auteur`: `utilisateur/<id>`, or `participant/<key>`, whose links change."""

    __tablename__ = "brouillon_formulaire"

    demarche_id: uuid.UUID = Field(primary_key=True, foreign_key="demarche.id", ondelete="CASCADE")
    formulaire: str = Field(primary_key=True, max_length=60)
    auteur: str = Field(primary_key=True, max_length=80)
    data: bytes
    updated_at: datetime = Field(sa_type=Instant)


def _place(demarche_id: uuid.UUID, formulaire: str, auteur: str) -> str:
    return place("brouillon_formulaire", "data", f"{demarche_id}/{formulaire}/{auteur}")


async def find(
    session: AsyncSession, cipher: ClientCipher, demarche_id: uuid.UUID, formulaire: str, auteur: str
) -> tuple[Any, datetime] | None:
    """The draft's contents and the instant of its last save; None when there is none."""
    row = await session.get(BrouillonFormulaire, (demarche_id, formulaire, auteur))
    if row is None:
        return None
    return cipher.decrypt_json(row.data, _place(demarche_id, formulaire, auteur)), row.updated_at


async def save(
    session: AsyncSession,
    cipher: ClientCipher,
    demarche_id: uuid.UUID,
    formulaire: str,
    auteur: str,
    data: Any,
) -> datetime:
    """Write the draft over the former one; returns the instant of the save."""
    instant = now()
    sealed = cipher.encrypt_json(data, _place(demarche_id, formulaire, auteur))
    await session.exec(
        insert(BrouillonFormulaire)
        .values(
            demarche_id=demarche_id, formulaire=formulaire, auteur=auteur, data=sealed, updated_at=instant
        )
        .on_conflict_do_update(
            index_elements=["demarche_id", "formulaire", "auteur"],
            set_={"data": sealed, "updated_at": instant},
        )
    )
    return instant


async def forget(session: AsyncSession, demarche_id: uuid.UUID, formulaire: str) -> None:
    """Delete everyone's drafts of a form that has been sent."""
    await session.exec(
        delete(BrouillonFormulaire).where(
            col(BrouillonFormulaire.demarche_id) == demarche_id,
            col(BrouillonFormulaire.formulaire) == formulaire,
        )
    )
