"""Online payments of a debtor: the durable link to the page, the payments begun, the events already received."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, closed_list, now
from store.crypto import Keyring
from store.evenement import Evenement
from store.links import hash_token, link_secret, token_of


class StatutPaiement(StrEnum):
    """`paye` is the end: money received is never taken back by a later or older event."""

    COMMENCE = "commence"
    EN_COURS = "en_cours"
    PAYE = "paye"
    ECHEC = "echec"
    EXPIRE = "expire"
    ECART = "ecart"


class LienPaiement(Row, table=True):
    """The debtor's link, one in use per démarche. Its token is derived from `id`, only its hash is kept."""

    __tablename__ = "lien_paiement"
    __table_args__ = (
        sa.Index(
            "uq_lien_paiement_en_vigueur",
            "demarche_id",
            unique=True,
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    demarche_id: uuid.UUID = Field(index=True)
    client_id: uuid.UUID = Field(index=True)
    token_hash: bytes = Field(unique=True)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class Paiement(Row, table=True):
    """One payment begun by a debtor. `id` is the reference given to the provider; `montant` in cents."""

    __tablename__ = "paiement"
    __table_args__ = (sa.CheckConstraint("montant > 0", name="montant"),)

    demarche_id: uuid.UUID = Field(index=True)
    client_id: uuid.UUID = Field(index=True)
    lien_id: uuid.UUID = Field(foreign_key="lien_paiement.id", ondelete="CASCADE", index=True)
    montant: int = Field(sa_type=sa.BigInteger)
    statut: StatutPaiement = Field(
        default=StatutPaiement.COMMENCE, sa_type=closed_list(StatutPaiement, "statut")
    )
    session_id: str | None = Field(default=None, max_length=255, unique=True)
    updated_at: datetime = Field(default_factory=now, sa_type=Instant)


class EvenementPaiement(Evenement, table=True):
    """An event of the provider already received: it comes again, and out of order."""

    __tablename__ = "evenement_paiement"


async def link_of(
    session: AsyncSession, keyring: Keyring, demarche_id: uuid.UUID, client_id: uuid.UUID
) -> str:
    """The token of a démarche's link in use, made when there is none yet."""
    id_ = uuid.uuid4()
    secret = link_secret(await keyring.cabinet(session))
    await session.exec(
        insert(LienPaiement)
        .values(
            id=id_,
            demarche_id=demarche_id,
            client_id=client_id,
            token_hash=hash_token(_token(secret, id_)),
            created_at=now(),
        )
        .on_conflict_do_nothing()
    )
    found = (
        await session.exec(
            select(LienPaiement.id).where(
                LienPaiement.demarche_id == demarche_id, col(LienPaiement.revoked_at).is_(None)
            )
        )
    ).one()
    return _token(secret, found)


def _token(secret: bytes, id_: uuid.UUID) -> str:
    return token_of(secret, f"paiement/{id_}")


async def revoke_links(session: AsyncSession, demarche_id: uuid.UUID) -> None:
    """Take the link in use away: the next one is another."""
    await session.exec(
        update(LienPaiement)
        .where(col(LienPaiement.demarche_id) == demarche_id, col(LienPaiement.revoked_at).is_(None))
        .values(revoked_at=now())
    )


async def find_link(session: AsyncSession, token: str) -> LienPaiement | None:
    """The link of a token, revoked or not."""
    query = select(LienPaiement).where(LienPaiement.token_hash == hash_token(token))
    return (await session.exec(query)).one_or_none()


async def lock(session: AsyncSession, id_: uuid.UUID) -> Paiement | None:
    """A payment, held until the end of the transaction."""
    return (await session.exec(select(Paiement).where(Paiement.id == id_).with_for_update())).one_or_none()
