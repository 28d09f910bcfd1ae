"""PDF exports that a person asked for (PDF-01, PDF-02): what to lay out, then the file, until it expires.

What an export says is taken when it is asked, from what its reader may see then: whoever lays it out reads nothing
else of the démarche, so nothing hidden can slip in.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store import notices
from store.base import Instant, Row, now
from store.crypto import ClientCipher, place

KEPT = timedelta(days=1)
"""An export says how things stood: it is made again rather than kept."""
LEASE = timedelta(minutes=3)
"""How long one may take: past it, whoever was laying it out is taken for dead."""
TRIES = 3
"""A document that kills its worker each time is given up."""
CHANNEL = "elaska_export"
"""Wakes the workers."""
PROGRESS = "elaska_export_etat"
"""Tells whoever asked: `{utilisateur, demarche, export, etat, avancement}`, ids and figures only."""
UNDER_WAY = ("en_attente", "en_cours")


class Export(Row, table=True):
    """`contenu`: encrypted for the client; what to lay out (JSON) while it waits, then the PDF, or why there is
    none."""

    __tablename__ = "export_pdf"
    __table_args__ = (
        sa.Index(
            "ix_export_pdf_a_faire",
            "created_at",
            postgresql_where=sa.text("etat IN ('en_attente', 'en_cours')"),
        ),
    )

    demarche_id: uuid.UUID = Field(foreign_key="demarche.id", index=True, ondelete="CASCADE")
    auteur_id: uuid.UUID = Field(foreign_key="utilisateur.id", index=True, ondelete="CASCADE")
    interne: bool
    """Made of what the firm sees: for the firm alone. Otherwise for its author alone."""
    genre: str = Field(max_length=20)
    nom: bytes
    etat: str = Field(default="en_attente", max_length=20)
    """en_attente, en_cours, pret, echec."""
    contenu: bytes
    taille: int | None = None
    """Bytes of the PDF."""
    tentatives: int = 0
    pris_le: datetime | None = Field(default=None, sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


def _place(id_: uuid.UUID, column: str, what: str = "") -> str:
    return place("export_pdf", column, f"{id_}/{what}" if what else id_)


async def ask(
    session: AsyncSession,
    cipher: ClientCipher,
    *,
    demarche_id: uuid.UUID,
    auteur_id: uuid.UUID,
    interne: bool,
    genre: str,
    nom: str,
    context: Mapping[str, Any],
) -> Export:
    """Write what is to be laid out; a worker hears of it when the transaction commits. The author's former failures
    of this kind are forgotten: this is the new attempt."""
    failed = (
        col(Export.demarche_id) == demarche_id,
        col(Export.auteur_id) == auteur_id,
        col(Export.genre) == genre,
        col(Export.etat) == "echec",
    )
    await session.exec(delete(Export).where(*failed))
    id_ = uuid.uuid4()
    row = Export(
        id=id_,
        demarche_id=demarche_id,
        auteur_id=auteur_id,
        interne=interne,
        genre=genre,
        nom=cipher.encrypt_text(nom, _place(id_, "nom")),
        contenu=cipher.encrypt_json(context, _place(id_, "contenu", "demande")),
    )
    session.add(row)
    await session.flush()
    await notices.send(session, CHANNEL)
    return row


async def under_way(session: AsyncSession, auteur_id: uuid.UUID) -> Sequence[Export]:
    """What one person still waits for."""
    query = select(Export).where(col(Export.auteur_id) == auteur_id, col(Export.etat).in_(UNDER_WAY))
    return (await session.exec(query)).all()


def _readable(demarche_id: uuid.UUID, reader_id: uuid.UUID, *, interne: bool) -> tuple[Any, ...]:
    whose = col(Export.interne) if interne else col(Export.auteur_id) == reader_id
    return col(Export.demarche_id) == demarche_id, col(Export.interne) == interne, whose


async def listed(
    session: AsyncSession, demarche_id: uuid.UUID, reader_id: uuid.UUID, *, interne: bool
) -> Sequence[Export]:
    """Those of a démarche that one reader may fetch, newest first: the firm its own, a client user theirs."""
    query = select(Export).where(*_readable(demarche_id, reader_id, interne=interne))
    return (await session.exec(query.order_by(col(Export.created_at).desc(), col(Export.id)))).all()


async def find(
    session: AsyncSession, id_: uuid.UUID, demarche_id: uuid.UUID, reader_id: uuid.UUID, *, interne: bool
) -> Export | None:
    """One of them."""
    query = select(Export).where(col(Export.id) == id_, *_readable(demarche_id, reader_id, interne=interne))
    return (await session.exec(query)).first()


async def claim(session: AsyncSession) -> Export | None:
    """Take the oldest one that nobody is making; whoever takes it has `LEASE` to settle it."""
    waiting = (col(Export.etat) == "en_attente") | (
        (col(Export.etat) == "en_cours") & (col(Export.pris_le) < func.now() - LEASE)
    )
    query = select(Export).where(col(Export.etat).in_(UNDER_WAY), waiting).order_by(col(Export.created_at))
    row = (await session.exec(query.limit(1).with_for_update(skip_locked=True))).first()
    if row is not None:
        row.etat, row.pris_le, row.tentatives = "en_cours", now(), row.tentatives + 1
        session.add(row)
        await announce(session, row, 0)
    return row


async def announce(session: AsyncSession, row: Export, progress: int) -> None:
    """Tell whoever asked how far it is, in hundredths."""
    told = {
        "utilisateur": str(row.auteur_id),
        "demarche": str(row.demarche_id),
        "export": str(row.id),
        "etat": row.etat,
        "avancement": progress,
    }
    await notices.send(session, PROGRESS, json.dumps(told))


def context_of(row: Export, cipher: ClientCipher) -> dict[str, Any]:
    """What a row that waits asks to lay out."""
    found: dict[str, Any] = cipher.decrypt_json(row.contenu, _place(row.id, "contenu", "demande"))
    return found


async def keep(session: AsyncSession, row: Export, cipher: ClientCipher, pdf: bytes) -> None:
    """The PDF is there."""
    row.etat, row.done_at, row.taille = "pret", now(), len(pdf)
    row.contenu = cipher.encrypt(pdf, _place(row.id, "contenu", "pdf"))
    session.add(await session.merge(row))
    await announce(session, row, 100)


async def fail(session: AsyncSession, row: Export, cipher: ClientCipher | None, reason: str) -> None:
    """There will be none. What it was to be made of is forgotten; `cipher` is None for an erased client."""
    row.etat, row.done_at = "echec", now()
    row.contenu = cipher.encrypt_text(reason, _place(row.id, "contenu", "motif")) if cipher else b""
    session.add(await session.merge(row))
    await announce(session, row, 100)


def read(row: Export, cipher: ClientCipher) -> tuple[str, bytes]:
    """File name and bytes of one that is ready."""
    pdf = cipher.decrypt(row.contenu, _place(row.id, "contenu", "pdf"))
    return cipher.decrypt_text(row.nom, _place(row.id, "nom")), pdf


def reason_of(row: Export, cipher: ClientCipher) -> str | None:
    """Why one has failed, as told to the firm; None for the others."""
    if row.etat != "echec" or not row.contenu:
        return None
    return cipher.decrypt_text(row.contenu, _place(row.id, "contenu", "motif"))


async def sweep(session: AsyncSession) -> None:
    """Throw away those nobody fetches any more."""
    await session.exec(delete(Export).where(col(Export.created_at) < now() - KEPT))
