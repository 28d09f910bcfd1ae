"""Index of deposited and generated files. Their bytes are in `store/files.py`, by address."""

import uuid
from collections.abc import Iterable, Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Row, closed_list, now, table_of
from store.crypto import ClientCipher, place
from store.files import StoredFile


class Analyse(StrEnum):
    """What the antivirus says of a file. `interne`: made by ourselves, never submitted."""

    NON_CONFIGUREE = "non_configuree"
    EN_ATTENTE = "en_attente"
    SAINE = "saine"
    INFECTEE = "infectee"
    INTERNE = "interne"


class Fichier(Row, table=True):
    """`sha` is the file's address: a keyed hash of its contents, which reveals nothing. `nom` is
    encrypted.
    """

    __tablename__ = "fichier"
    __table_args__ = (
        sa.Index("ix_fichier_client_id_sha", "client_id", "sha"),
        sa.Index("ix_fichier_a_analyser", "id", postgresql_where=sa.text("verdict = 'en_attente'")),
    )

    client_id: uuid.UUID
    demarche_id: uuid.UUID | None = Field(default=None, index=True)
    nom: bytes
    type: str = Field(max_length=100)
    taille: int = Field(sa_type=sa.BigInteger)
    sha: str = Field(max_length=64)
    created_by: str = Field(
        max_length=80, description="the actor's key: utilisateur/<id>, lien/<id> or systeme"
    )
    verdict: Analyse = Field(
        default=Analyse.NON_CONFIGUREE,
        sa_type=closed_list(Analyse, "verdict"),
        sa_column_kwargs={"server_default": Analyse.NON_CONFIGUREE.value},
    )


async def add(
    session: AsyncSession,
    cipher: ClientCipher,
    stored: StoredFile,
    *,
    id: uuid.UUID,
    nom: str,
    created_by: str,
    demarche_id: uuid.UUID | None = None,
    verdict: Analyse = Analyse.NON_CONFIGUREE,
) -> Fichier | None:
    """Index a stored file, in the caller's transaction; None when this `id` is indexed already, by an earlier or a
    simultaneous try. Until the end of the transaction nobody deletes these bytes as unused.
    """
    await _hold(session, cipher.client_id, stored.sha)
    made = await session.exec(
        insert(Fichier)
        .values(
            id=id,
            client_id=cipher.client_id,
            demarche_id=demarche_id,
            nom=cipher.encrypt_text(nom, place("fichier", "nom", id)),
            type=stored.type,
            taille=stored.size,
            sha=stored.sha,
            created_by=created_by,
            verdict=verdict,
            created_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(col(Fichier.id))
    )
    return await session.get(Fichier, id) if made.first() is not None else None


async def copy(
    session: AsyncSession,
    cipher: ClientCipher,
    source: Fichier,
    *,
    id: uuid.UUID,
    nom: str,
    demarche_id: uuid.UUID,
) -> None:
    """Index the contents of a file once more, for a démarche of the same client."""
    stored = StoredFile(id=source.id, sha=source.sha, size=source.taille, type=source.type)
    await add(
        session,
        cipher,
        stored,
        id=id,
        nom=nom,
        created_by=source.created_by,
        demarche_id=demarche_id,
        verdict=source.verdict,
    )


def name(row: Fichier, cipher: ClientCipher) -> str:
    """The file's name, as given by the person who deposited it."""
    return cipher.decrypt_text(row.nom, place("fichier", "nom", row.id))


async def of_demarche(session: AsyncSession, demarche_id: uuid.UUID) -> Sequence[Fichier]:
    query = select(Fichier).where(Fichier.demarche_id == demarche_id)
    return (await session.exec(query.order_by(col(Fichier.created_at), col(Fichier.id)))).all()


async def by_ids(session: AsyncSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Fichier]:
    """Those of these files that exist, in one query; none when nothing is asked."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {row.id: row for row in await session.exec(select(Fichier).where(col(Fichier.id).in_(wanted)))}


async def remove(session: AsyncSession, row: Fichier) -> bool:
    """Take a file out of the index; True when no other row uses its bytes: the caller may then delete them, before
    the transaction ends."""
    await _hold(session, row.client_id, row.sha)
    await session.delete(row)
    await session.flush()
    return await unused(session, row.client_id, row.sha)


async def unused(session: AsyncSession, client_id: uuid.UUID, sha: str) -> bool:
    """Whether no row uses these bytes: the caller may then delete them, before the transaction ends."""
    await _hold(session, client_id, sha)
    users = select(func.count()).where(Fichier.client_id == client_id, Fichier.sha == sha)
    return (await session.exec(users)).one() == 0


async def to_scan(session: AsyncSession, limit: int = 20) -> Sequence[Fichier]:
    """Files that await the antivirus, oldest first."""
    query = select(Fichier).where(Fichier.verdict == Analyse.EN_ATTENTE)
    return (await session.exec(query.order_by(col(Fichier.created_at)).limit(limit))).all()


async def scanned(session: AsyncSession, row: Fichier, verdict: Analyse) -> Sequence[Fichier]:
    """Write what was found of a file, and of those with the same contents; returns those that it changes."""
    query = select(Fichier).where(
        Fichier.client_id == row.client_id, Fichier.sha == row.sha, Fichier.verdict == Analyse.EN_ATTENTE
    )
    rows = (await session.exec(query.with_for_update())).all()
    for each in rows:
        each.verdict = verdict
        session.add(each)
    return rows


async def not_clean(session: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Analyse]:
    """Of these files, those that are awaiting the antivirus or were condemned by it."""
    f = table_of(Fichier).c
    found = await (await session.connection()).execute(
        sa.select(f.id, f.verdict).where(f.id.in_(ids), f.verdict.in_((Analyse.EN_ATTENTE, Analyse.INFECTEE)))
    )
    return {row.id: row.verdict for row in found}


async def _hold(session: AsyncSession, client_id: uuid.UUID, sha: str) -> None:
    """The same bytes are indexed and given up one transaction after the other."""
    key = func.hashtextextended(f"fichier/{client_id}/{sha}", 0)
    await session.exec(select(func.pg_advisory_xact_lock(key)))
