"""Index of deposited and generated files. Their bytes are in `store/files.py`, by address."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Row, now
from store.crypto import ClientCipher, place


class Fichier(Row, table=True):
    """`sha` is the file's address: a keyed hash of its contents, which reveals nothing. `nom` is
    encrypted.
    """

    __tablename__ = "fichier"
    __table_args__ = (sa.Index("ix_fichier_client_id_sha", "client_id", "sha"),)

    client_id: uuid.UUID
    demarche_id: uuid.UUID | None = Field(default=None, index=True)
    nom: bytes
    type: str = Field(max_length=100)
    taille: int = Field(sa_type=sa.BigInteger)
    sha: str = Field(max_length=64)
    created_by: str = Field(
        max_length=80, description="the actor's key: utilisateur/<id>, lien/<id> or systeme"
    )


async def add(
    session: AsyncSession,
    cipher: ClientCipher,
    *,
    id: uuid.UUID,
    nom: str,
    type: str,
    taille: int,
    sha: str,
    created_by: str,
    demarche_id: uuid.UUID | None = None,
) -> Fichier | None:
    """Index a stored file, in the caller's transaction; None when this `id` is indexed already, by an earlier or a
    simultaneous try. Until the end of the transaction nobody deletes these bytes as unused.
    """
    await _hold(session, cipher.client_id, sha)
    made = await session.exec(
        insert(Fichier)
        .values(
            id=id,
            client_id=cipher.client_id,
            demarche_id=demarche_id,
            nom=cipher.encrypt_text(nom, place("fichier", "nom", id)),
            type=type,
            taille=taille,
            sha=sha,
            created_by=created_by,
            created_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(col(Fichier.id))
    )
    return await session.get(Fichier, id) if made.first() is not None else None


def name(row: Fichier, cipher: ClientCipher) -> str:
    """The file's name, as given by the person who deposited it."""
    return cipher.decrypt_text(row.nom, place("fichier", "nom", row.id))


async def of_demarche(session: AsyncSession, demarche_id: uuid.UUID) -> Sequence[Fichier]:
    query = select(Fichier).where(Fichier.demarche_id == demarche_id)
    return (await session.exec(query.order_by(col(Fichier.created_at), col(Fichier.id)))).all()


async def remove(session: AsyncSession, row: Fichier) -> bool:
    """Take a file out of the index; True when no other row uses its bytes: the caller may then delete them, before
    the transaction ends."""
    await _hold(session, row.client_id, row.sha)
    await session.delete(row)
    await session.flush()
    others = select(func.count()).where(Fichier.client_id == row.client_id, Fichier.sha == row.sha)
    return (await session.exec(others)).one() == 0


async def _hold(session: AsyncSession, client_id: uuid.UUID, sha: str) -> None:
    """The same bytes are indexed and given up one transaction after the other."""
    key = func.hashtextextended(f"fichier/{client_id}/{sha}", 0)
    await session.exec(select(func.pg_advisory_xact_lock(key)))
