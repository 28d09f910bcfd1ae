"""Lines of the journal that do not move the process, written by an ordinary transaction: comments (TL-03), files set
aside."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store import notices
from store.base import table_of
from store.crypto import ClientCipher, place
from store.demarche import Demarche
from store.journal import JournalEntry, chain
from store.statements import run

TYPE = "Commentaire"
APPEL = "Appel"
"""A telephone call, as its author sums it up (TL-08)."""
NOTIFICATION = "NotificationLibre"
"""A notification that someone of the firm writes to the client (NOT-14)."""
ECARTE = "FichierEcarte"
"""A file was set aside: what it hid, or what the antivirus recognised."""
CLASSE = "DocumentClasse"
"""A document of the client was added, changed or withdrawn (GED-21)."""
INTERVENANT = "Intervenant"
"""Somebody outside of the firm joined the démarche, changed or left it (EQP-05)."""
FAMILLES = {
    TYPE: "echange",
    APPEL: "echange",
    NOTIFICATION: "notification",
    ECARTE: "piece",
    CLASSE: "document",
    INTERVENANT: "dossier",
}
_DEMARCHE = table_of(Demarche).c


class Author(Protocol):
    """Who writes a line."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> uuid.UUID: ...
    @property
    def name(self) -> str: ...


def _place(demarche_id: uuid.UUID, command_id: str | None) -> str:
    return place("journal", "commentaire", f"{demarche_id}/{command_id}")


def origine(row: JournalEntry) -> str:
    """What the notifications of a comment name as their cause."""
    return f"{row.demarche_id}/commentaire/{row.id}"


async def find(
    session: AsyncSession, demarche_id: uuid.UUID, command_id: str, type_: str = TYPE
) -> JournalEntry | None:
    """The line already written under this command id."""
    query = select(JournalEntry).where(
        col(JournalEntry.demarche_id) == demarche_id,
        col(JournalEntry.command_id) == command_id,
        col(JournalEntry.type) == type_,
    )
    return (await session.exec(query)).first()


async def lock(session: AsyncSession, demarche_id: uuid.UUID) -> tuple[bytes, int]:
    """Lock the démarche, as the engine does: the hash that its journal ends with, and the number of its last event."""
    query = select(Demarche.journal_hash, Demarche.seq)
    return (await session.exec(query.where(col(Demarche.id) == demarche_id).with_for_update())).one()


async def add(
    session: AsyncSession,
    cipher: ClientCipher,
    demarche_id: uuid.UUID,
    actor: Author,
    *,
    texte: str,
    interne: bool,
    command_id: str,
    at: datetime,
    objet: str | None,
    type_: str = TYPE,
    fiche: Mapping[str, Any] | None = None,
) -> JournalEntry:
    """Write a line, chain it, and tell live streams. The démarche is locked until the end of the transaction.

    `interne`: the client does not see it. `type_`: a comment, or another of `FAMILLES`. `fiche`: what
    else is known of it.
    """
    previous, seq = await lock(session, demarche_id)
    contenu = {"texte": texte, "acteur": actor.name, "interne": interne, **(fiche or {})}
    sealed = cipher.encrypt(json.dumps(contenu, ensure_ascii=False).encode(), _place(demarche_id, command_id))
    row = JournalEntry(
        demarche_id=demarche_id,
        client_id=cipher.client_id,
        seq=None,
        type=type_,
        famille=FAMILLES[type_],
        command_id=command_id,
        at=at,
        actor_kind=actor.kind,
        actor_id=str(actor.id),
        audience=[] if interne else ["client"],
        objet=objet,
        contenu=sealed,
        previous=previous,
        hash=chain(previous, demarche_id, None, type_, at, sealed),
    )
    session.add(row)
    await (await session.connection()).execute(
        sa.update(table_of(Demarche))
        .where(_DEMARCHE.id == demarche_id)
        .values(journal_hash=row.hash, updated_at=at)
    )
    await session.flush()
    await run(session, [notices.moved(demarche_id, cipher.client_id, seq)])
    return row


def read(row: JournalEntry, cipher: ClientCipher) -> dict[str, Any]:
    """What was written: texte, acteur, interne, and its `fiche`."""
    found: dict[str, Any] = json.loads(cipher.decrypt(row.contenu, _place(row.demarche_id, row.command_id)))
    return found
