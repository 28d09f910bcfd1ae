"""Documents of a client outside of the pièces: folders, documents in versions or links, comments (GED-02, 03, 17, 18).

Names, links, authors' names and comments are encrypted for the client: a search reads the client's own documents.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, closed_list, now
from store.crypto import ClientCipher, place


class Acces(StrEnum):
    """Who reads a document: the client and the firm, the firm, or those named."""

    CLIENT = "client"
    CABINET = "cabinet"
    RESTREINT = "restreint"


class DossierGed(Row, table=True):
    """A folder of a client's, in another one or at the top."""

    __tablename__ = "dossier_ged"

    client_id: uuid.UUID = Field(index=True)
    parent_id: uuid.UUID | None = Field(
        default=None, foreign_key="dossier_ged.id", index=True, ondelete="RESTRICT"
    )
    nom: bytes
    created_by: str = Field(max_length=80)


class Document(Row, table=True):
    """`lien`: the address of a document kept elsewhere; without one, its file is that of its last version.

    `lecteurs`: ids of users and roles, when access is restricted. `coffre`: in the vault, which the client opens with
    their password each time (GED-07).
    """

    __tablename__ = "document"

    client_id: uuid.UUID = Field(index=True)
    demarche_id: uuid.UUID | None = Field(default=None, index=True)
    dossier_id: uuid.UUID | None = Field(
        default=None, foreign_key="dossier_ged.id", index=True, ondelete="RESTRICT"
    )
    nom: bytes
    lien: bytes | None = None
    acces: Acces = Field(sa_type=closed_list(Acces, "acces"))
    lecteurs: list[str] = Field(default=[], sa_type=JSONB)
    coffre: bool = False
    created_by: str = Field(max_length=80)
    updated_at: datetime = Field(default_factory=now, sa_type=Instant)
    retire_le: datetime | None = Field(default=None, sa_type=Instant)


class DocumentVersion(Row, table=True):
    """One state of a document. `restaure`: the version that this one gives back."""

    __tablename__ = "document_version"
    __table_args__ = (sa.UniqueConstraint("document_id", "numero"),)

    document_id: uuid.UUID = Field(foreign_key="document.id", index=True, ondelete="CASCADE")
    numero: int
    fichier_id: uuid.UUID = Field(index=True)
    restaure: int | None = None
    par: bytes
    created_by: str = Field(max_length=80)


class DocumentCommentaire(Row, table=True):
    """What was written about a document; `interne`: among the firm."""

    __tablename__ = "document_commentaire"

    document_id: uuid.UUID = Field(foreign_key="document.id", index=True, ondelete="CASCADE")
    texte: bytes
    par: bytes
    interne: bool = False
    created_by: str = Field(max_length=80)


def seal(cipher: ClientCipher, row: Row, column: str, text: str) -> bytes:
    """A text of a row, encrypted for its column."""
    return cipher.encrypt_text(text, place(str(type(row).__tablename__), column, row.id))


def opened(cipher: ClientCipher, row: Row, column: str) -> str:
    """The same, read."""
    sealed: bytes = getattr(row, column)
    return cipher.decrypt_text(sealed, place(str(type(row).__tablename__), column, row.id))


async def folders(session: AsyncSession, client_id: uuid.UUID) -> Sequence[DossierGed]:
    return (await session.exec(select(DossierGed).where(DossierGed.client_id == client_id))).all()


async def documents(session: AsyncSession, client_id: uuid.UUID) -> Sequence[Document]:
    """Those of a client that were not withdrawn, last changed first."""
    query = select(Document).where(Document.client_id == client_id, col(Document.retire_le).is_(None))
    return (await session.exec(query.order_by(col(Document.updated_at).desc(), col(Document.id)))).all()


async def versions(session: AsyncSession, ids: Sequence[uuid.UUID]) -> Sequence[DocumentVersion]:
    """Versions of several documents, in order."""
    query = select(DocumentVersion).where(col(DocumentVersion.document_id).in_(ids))
    return (await session.exec(query.order_by(col(DocumentVersion.numero)))).all()


async def comments(session: AsyncSession, document_id: uuid.UUID) -> Sequence[DocumentCommentaire]:
    query = select(DocumentCommentaire).where(DocumentCommentaire.document_id == document_id)
    return (await session.exec(query.order_by(col(DocumentCommentaire.created_at)))).all()


async def count_comments(
    session: AsyncSession, ids: Sequence[uuid.UUID], *, internal: bool
) -> dict[uuid.UUID, int]:
    """How many comments each document has; those among the firm too when `internal`."""
    c = DocumentCommentaire
    query = select(c.document_id, func.count()).where(col(c.document_id).in_(ids))
    if not internal:
        query = query.where(col(c.interne).is_(False))
    return dict((await session.exec(query.group_by(col(c.document_id)))).all())


async def of_file(session: AsyncSession, fichier_id: uuid.UUID) -> Document | None:
    """The document that a file is a version of."""
    query = select(Document).join(DocumentVersion).where(DocumentVersion.fichier_id == fichier_id)
    return (await session.exec(query.limit(1))).first()


async def empty(session: AsyncSession, folder_id: uuid.UUID) -> bool:
    """Whether a folder holds neither a folder nor a document."""
    inside: tuple[type[SQLModel], ...] = (DossierGed, Document)
    for table, column in zip(inside, (col(DossierGed.parent_id), col(Document.dossier_id)), strict=True):
        query = select(func.count()).select_from(table).where(column == folder_id)
        if (await session.exec(query)).one():
            return False
    return True
