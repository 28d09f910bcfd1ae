"""Personal links by which people choose their password: invited to the portal, or having forgotten it (SEC-02, SEC-03).

The token is derived from the link's id, as that of participants' links (ADR 0006): a mail sent again carries the same
one, and only its hash is kept. The mail leaves by the workers, from the row itself: it survives a restart and waits for
a server that is away.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from store import notices
from store.audit import Audit
from store.base import Instant, Row, closed_list, now
from store.crypto import ClientCipher, Keyring
from store.links import hash_token, token_of
from store.utilisateur import Utilisateur

CHANNEL = "elaska_acces"
NOBODY = uuid.UUID(int=0)
"""Whose link is asked for with an address that nobody has."""
KEPT = timedelta(days=90)
"""How long a link that opens nothing any more is still told from one that never existed."""
ENTRIES = ("connexion", "acces.ouvrir")
"""Lines of the access log of someone who has come in."""


class Motif(StrEnum):
    INVITATION = "invitation"
    OUBLI = "oubli"


VALIDITE = {Motif.INVITATION: timedelta(days=7), Motif.OUBLI: timedelta(hours=1)}


class Acces(Row, table=True):
    """One link, and what became of its mail. Without `utilisateur_id` it was asked for an address that nobody has:
    the request must cost the same."""

    __tablename__ = "acces"
    __table_args__ = (
        sa.Index("ix_acces_a_envoyer", "pas_avant", postgresql_where=sa.text("etat = 'en_attente'")),
    )

    utilisateur_id: uuid.UUID | None = Field(
        default=None, foreign_key="utilisateur.id", index=True, ondelete="CASCADE"
    )
    motif: Motif = Field(sa_type=closed_list(Motif, "motif"))
    tiers_id: uuid.UUID | None = Field(default=None, foreign_key="tiers.id", ondelete="SET NULL")
    """For which client somebody is invited."""
    par: uuid.UUID | None = Field(default=None, foreign_key="utilisateur.id", ondelete="SET NULL")
    """Who in the firm sends it; nobody when the person asked for it themselves."""
    token_hash: bytes = Field(unique=True)
    expires_at: datetime = Field(sa_type=Instant)
    """Counted from the moment the mail leaves."""
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    etat: str = Field(default="en_attente", max_length=20)
    """Of the mail: en_attente, fait, echec; sans_objet: the link opens nothing any more, or there is nobody."""
    pas_avant: datetime = Field(sa_type=Instant)
    tentatives: int = 0
    erreur: str | None = Field(default=None, max_length=300)
    parti_le: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def live(self) -> bool:
        """Whether it still opens something."""
        return self.used_at is None and self.revoked_at is None and self.expires_at > now()


def token(cabinet: ClientCipher, acces_id: uuid.UUID) -> str:
    """The secret of a link."""
    return token_of(cabinet.derive("personal access link"), str(acces_id))


async def hold(session: AsyncSession, utilisateur_id: uuid.UUID) -> Utilisateur | None:
    """The account, held until the commit: its links and its password change one at a time."""
    query = select(Utilisateur).where(Utilisateur.id == utilisateur_id)
    return (
        await session.exec(query.with_for_update().execution_options(populate_existing=True))
    ).one_or_none()


async def send(
    session: AsyncSession,
    keyring: Keyring,
    motif: Motif,
    utilisateur_id: uuid.UUID,
    *,
    tiers_id: uuid.UUID | None = None,
    par: uuid.UUID | None = None,
    replaces: bool = True,
) -> Acces:
    """Make a link whose mail leaves once the transaction commits.

    It `replaces` those that this person already has, unless anybody may have asked for it: a stranger who knows an
    address would kill the link its owner is about to follow. For `NOBODY`, the same statements run and nothing leaves.
    """
    user = await hold(session, utilisateur_id)
    known = user is not None and user.actif
    if replaces:
        await revoke(session, utilisateur_id)
    id_, at = uuid.uuid4(), now()
    row = Acces(
        id=id_,
        utilisateur_id=user.id if user is not None and known else None,
        motif=motif,
        tiers_id=tiers_id,
        par=par,
        token_hash=hash_token(token(await keyring.cabinet(session), id_)),
        expires_at=at + VALIDITE[motif],
        etat="en_attente" if known else "sans_objet",
        pas_avant=at,
    )
    session.add(row)
    await session.flush()
    await notices.send(session, CHANNEL)
    return row


async def revoke(session: AsyncSession, utilisateur_id: uuid.UUID) -> None:
    """No link of this person opens anything any more."""
    await session.exec(
        update(Acces)
        .where(
            col(Acces.utilisateur_id) == utilisateur_id,
            col(Acces.used_at).is_(None),
            col(Acces.revoked_at).is_(None),
        )
        .values(revoked_at=now())
    )


async def by_token(session: AsyncSession, given: str) -> Acces | None:
    """The link of a secret, as the database has it now."""
    query = select(Acces).where(Acces.token_hash == hash_token(given))
    return (await session.exec(query.execution_options(populate_existing=True))).one_or_none()


async def latest(session: AsyncSession, users: Collection[uuid.UUID]) -> dict[uuid.UUID, Acces]:
    """The last link sent to each of these people, for those who were sent one."""
    query = select(Acces).where(col(Acces.utilisateur_id).in_(users)).order_by(col(Acces.created_at))
    return {row.utilisateur_id: row for row in await session.exec(query) if row.utilisateur_id}


async def last_entries(session: AsyncSession, users: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each of these people last came in, for those who did."""
    keys = {f"utilisateur/{id_}": id_ for id_ in users}
    query = (
        select(Audit.acteur, func.max(Audit.instant))
        .where(col(Audit.acteur).in_(keys), col(Audit.action).in_(ENTRIES))
        .group_by(Audit.acteur)
    )
    return {keys[acteur]: at for acteur, at in await session.exec(query)}


async def due(session: AsyncSession, at: datetime) -> Acces | None:
    """A link whose mail is to leave and that no other worker has in hand until the transaction ends.

    The row itself is not held: whoever asks for another link does not wait for the mail server.
    """
    waiting = (
        select(Acces)
        .where(Acces.etat == "en_attente", col(Acces.pas_avant) <= at)
        .order_by(col(Acces.pas_avant), col(Acces.id))
        .limit(20)
    )
    for row in (await session.exec(waiting)).all():
        key = sa.func.hashtextextended(f"acces/{row.id}", 0)
        if await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(key))):
            # Another worker may have sent it since it was read.
            await session.refresh(row)
            if row.etat == "en_attente" and row.pas_avant <= at:
                return row
    return None


async def sweep(session: AsyncSession) -> None:
    """Delete the links that nobody can still be holding."""
    old = now() - KEPT
    forgotten = col(Acces.utilisateur_id).is_(None) & (col(Acces.expires_at) < now())
    await session.exec(delete(Acces).where(or_(col(Acces.expires_at) < old, forgotten)))
