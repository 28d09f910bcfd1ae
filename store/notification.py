"""The bell: what a user is told inside the applications, with its history (NOT-01, NOT-02)."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, now
from store.crypto import ClientCipher, place
from store.demarche import Demarche
from store.envoi import Envoi
from store.statements import Call, Statement, fetch_one
from store.tiers import Tiers
from store.utilisateur import Rattachement, Utilisateur

CHANNEL = "elaska_notification"
"""Channel of the trigger on notifications (migration 0003): the id of the user who got one."""


class Notification(Row, table=True):
    """`texte` is encrypted for the client; `origine` names what caused it, so that a retry does not
    notify twice.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.Index(
            "ix_notification_utilisateur_id_created_at", "utilisateur_id", sa.text("created_at DESC"), "id"
        ),
        sa.Index(
            "ix_notification_non_lue",
            "utilisateur_id",
            postgresql_where=sa.text("read_at IS NULL AND reglee_le IS NULL"),
        ),
        sa.Index(
            "ix_notification_a_planifier", "created_at", postgresql_where=sa.text("planifie_le IS NULL")
        ),
        sa.UniqueConstraint("utilisateur_id", "origine"),
        sa.Index("ix_notification_origine", "origine"),
    )

    utilisateur_id: uuid.UUID = Field(foreign_key="utilisateur.id", ondelete="CASCADE")
    client_id: uuid.UUID = Field(index=True)
    demarche_id: uuid.UUID | None = Field(default=None, index=True)
    type: str = Field(max_length=60)
    texte: bytes
    lien: str | None = Field(default=None, max_length=300)
    origine: str | None = Field(default=None, max_length=120)
    read_at: datetime | None = Field(default=None, sa_type=Instant)
    """When its reader opened it: the journal shows it to the firm."""
    reglee_le: datetime | None = Field(default=None, sa_type=Instant)
    """When what it asks for was done, by whomever: it is no longer unread, though perhaps nobody read it."""
    planifie_le: datetime | None = Field(default=None, sa_type=Instant)
    """When it was decided what leaves of it outside of the portal."""


_UNREAD = (col(Notification.read_at).is_(None), col(Notification.reglee_le).is_(None))
_COLUMNS = (
    "id",
    "utilisateur_id",
    "client_id",
    "demarche_id",
    "type",
    "texte",
    "lien",
    "origine",
    "created_at",
)
_TELL = Statement.of(
    insert(Notification)
    .on_conflict_do_nothing(index_elements=["utilisateur_id", "origine"])
    .returning(col(Notification.id)),
    _COLUMNS,
)


def telling(
    cipher: ClientCipher,
    utilisateur_id: uuid.UUID,
    *,
    type: str,
    texte: str,
    demarche_id: uuid.UUID | None = None,
    lien: str | None = None,
    origine: str | None = None,
) -> Call:
    """What tells a user something; it writes nothing when `origine` had already been told to this user."""
    id_ = uuid.uuid4()
    sealed = cipher.encrypt_text(texte, place("notification", "texte", id_))
    values = (id_, utilisateur_id, cipher.client_id, demarche_id, type, sealed, lien, origine, now())
    return Call(_TELL, [dict(zip(_COLUMNS, values, strict=True))])


_SETTLE = Statement("""
WITH done AS (
    SELECT id FROM notification AS told
    WHERE demarche_id = %(demarche_id)s AND type = ANY(%(types)s)
      AND read_at IS NULL AND reglee_le IS NULL
      AND NOT EXISTS (
          SELECT FROM unnest(%(owed)s::text[], %(liens)s::text[], %(users)s::uuid[]) AS o (type, lien, user_id)
          WHERE o.type = told.type AND o.lien = told.lien AND o.user_id = told.utilisateur_id
      )
    ORDER BY id FOR UPDATE
), settled AS (
    UPDATE notification SET reglee_le = %(now)s FROM done WHERE notification.id = done.id
    RETURNING utilisateur_id
)
SELECT pg_notify(%(channel)s, utilisateur_id::text) FROM settled
""")


def settling(
    demarche_id: uuid.UUID, types: Sequence[str], owed: Collection[tuple[str, str, uuid.UUID]]
) -> Call:
    """What takes the entries of these types about a démarche out of the unread, but for those `owed` (type, link and
    reader): nothing is left to do about them."""
    asked, liens, users = zip(*owed, strict=True) if owed else ((), (), ())
    wanted = {"demarche_id": demarche_id, "types": list(types)}
    kept = {"owed": list(asked), "liens": list(liens), "users": list(users)}
    return Call(_SETTLE, [{**wanted, **kept, "channel": CHANNEL, "now": now()}])


async def notify(session: AsyncSession, cipher: ClientCipher, utilisateur_id: uuid.UUID, **what: Any) -> bool:
    """Tell it in a session's transaction (`what`: see `telling`); False when `origine` had already been told."""
    call = telling(cipher, utilisateur_id, **what)
    return await fetch_one(session, call.statement, call.rows[0]) is not None


async def notify_adviser(
    session: AsyncSession, cipher: ClientCipher, demarche: Demarche, *, type: str, texte: str, origine: str
) -> None:
    """Tell a démarche's adviser, when it has one."""
    if demarche.conseiller_id is not None:
        await notify(
            session,
            cipher,
            demarche.conseiller_id,
            type=type,
            texte=texte,
            demarche_id=demarche.id,
            lien=f"/demarches/{demarche.id}",
            origine=origine,
        )


def read(row: Notification, cipher: ClientCipher) -> str:
    """The text shown."""
    return cipher.decrypt_text(row.texte, place("notification", "texte", row.id))


async def page(
    session: AsyncSession,
    utilisateur_id: uuid.UUID,
    *,
    limit: int,
    offset: int,
    unread_only: bool = False,
    sans: frozenset[str] = frozenset(),
    client: bool = False,
) -> Sequence[Notification]:
    """The user's notifications, newest first; not those that they may no longer read (see `readable`)."""
    query = select(Notification).where(
        Notification.utilisateur_id == utilisateur_id, *readable(sans, client=client)
    )
    if unread_only:
        query = query.where(*_UNREAD)
    return (
        await session.exec(
            query.order_by(col(Notification.created_at).desc(), col(Notification.id))
            .limit(limit)
            .offset(offset)
        )
    ).all()


async def titles(session: AsyncSession, rows: Sequence[Notification]) -> dict[uuid.UUID, str]:
    """Titles of the démarches that notifications are about."""
    ids = {row.demarche_id for row in rows if row.demarche_id is not None}
    query = select(Demarche.id, Demarche.titre).where(col(Demarche.id).in_(ids))
    return dict((await session.exec(query)).all()) if ids else {}


async def clients(session: AsyncSession, rows: Sequence[Notification]) -> dict[uuid.UUID, str]:
    """Names of the clients that notifications are about."""
    ids = {row.client_id for row in rows}
    query = select(Tiers.id, Tiers.nom).where(col(Tiers.id).in_(ids))
    return dict((await session.exec(query)).all()) if ids else {}


async def sent(session: AsyncSession, rows: Sequence[Notification]) -> Sequence[Envoi]:
    """What was planned or sent of notifications, on every channel."""
    query = select(Envoi).where(col(Envoi.notification_id).in_([row.id for row in rows]))
    return (await session.exec(query.order_by(col(Envoi.canal)))).all() if rows else []


async def told(
    session: AsyncSession, origines: Sequence[str], utilisateur_id: uuid.UUID | None = None
) -> Sequence[tuple[Notification, Utilisateur]]:
    """Who was told of what is named so, and when they read it; one person's only when `utilisateur_id` is given."""
    if not origines:
        return []
    query = (
        select(Notification, Utilisateur)
        .join(Utilisateur, col(Notification.utilisateur_id) == col(Utilisateur.id))
        .where(col(Notification.origine).in_(origines))
        .order_by(col(Utilisateur.nom), col(Utilisateur.prenom), col(Notification.id))
    )
    if utilisateur_id is not None:
        query = query.where(Notification.utilisateur_id == utilisateur_id)
    return (await session.exec(query)).all()


async def written_to(session: AsyncSession, client_id: uuid.UUID, type: str, limit: int) -> list[str]:
    """What was written to a client outside of any démarche, as `origine` names it, the last first."""
    when = func.max(col(Notification.created_at))
    query = (
        select(Notification.origine)
        .where(
            Notification.client_id == client_id,
            Notification.type == type,
            col(Notification.demarche_id).is_(None),
        )
        .group_by(col(Notification.origine))
        .order_by(when.desc())
        .limit(limit)
    )
    return [origine for origine in await session.exec(query) if origine is not None]


async def counts(
    session: AsyncSession,
    utilisateur_id: uuid.UUID,
    sans: frozenset[str] = frozenset(),
    *,
    client: bool = False,
) -> tuple[int, int]:
    """How many notifications the user may read, and how many are unread."""
    query = select(func.count(), func.count().filter(*_UNREAD)).where(
        Notification.utilisateur_id == utilisateur_id, *readable(sans, client=client)
    )
    return (await session.exec(query)).one()


def readable(sans: frozenset[str], *, client: bool) -> list[sa.ColumnElement[bool]]:
    """Conditions that leave out what is about démarches of the modèles `sans`; for a client, about those that are not
    on their portal either (MOD-08), or about a tiers that they no longer act for."""
    kept_from: list[sa.ColumnElement[bool]] = [col(Demarche.modele).in_(sans)] if sans else []
    still: list[sa.ColumnElement[bool]] = []
    if client:
        kept_from.append(sa.not_(col(Demarche.au_portail)))
        theirs = select(Rattachement.tiers_id).where(
            Rattachement.utilisateur_id == Notification.utilisateur_id,
            Rattachement.tiers_id == Notification.client_id,
        )
        still.append(theirs.exists())
    if not kept_from:
        return still
    about = col(Notification.demarche_id)
    return [*still, sa.or_(about.is_(None), about.not_in(select(Demarche.id).where(sa.or_(*kept_from))))]


async def mark_read(
    session: AsyncSession, utilisateur_id: uuid.UUID, ids: Sequence[uuid.UUID] | None
) -> None:
    """Mark the user's own notifications read: all that are unread when `ids` is None."""
    which = _UNREAD if ids is None else (col(Notification.id).in_(ids), col(Notification.read_at).is_(None))
    await _mark_read(session, utilisateur_id, *which)


async def mark_news_read(
    session: AsyncSession, utilisateur_id: uuid.UUID, demarche_id: uuid.UUID, other: Collection[str]
) -> None:
    """Mark read what the user was told of how a démarche goes, whose page they have just opened: all of its entries
    but those of the `other` types."""
    news = (col(Notification.demarche_id) == demarche_id, col(Notification.type).not_in(other))
    await _mark_read(session, utilisateur_id, *_UNREAD, *news)


async def _mark_read(
    session: AsyncSession, utilisateur_id: uuid.UUID, *which: sa.ColumnElement[bool]
) -> None:
    # In the order in which a command that settles some of them holds them: neither waits for the other for ever.
    held = (
        select(Notification.id)
        .where(col(Notification.utilisateur_id) == utilisateur_id, *which)
        .order_by(col(Notification.id))
        .with_for_update()
    )
    await session.exec(update(Notification).where(col(Notification.id).in_(held)).values(read_at=now()))
