"""Who reads which document of a client, and what is told of what happens to one (GED-04, GED-17, GED-21, SEC-19)."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Actor
from api.problems import Problem, not_found
from api.spaces import ClientSpace
from api.traces import kept_from
from store import audit, commentaire, ged
from store.ged import Acces, Document, DossierGed
from store.utilisateur import Role


def may_read(actor: Actor, row: Document) -> bool:
    """Whether a person who sees this client sees this document of it."""
    if row.retire_le is not None:
        return False
    if actor.kind != "staff":
        return row.acces == Acces.CLIENT
    if row.acces != Acces.RESTREINT or row.created_by == actor.key or actor.role == Role.ADMIN:
        return True
    return str(actor.id) in row.lecteurs or str(actor.role) in row.lecteurs


def locked(space: ClientSpace, row: Document) -> bool:
    """Whether a document is in the vault, which its reader has not opened (GED-07, SEC-21)."""
    return row.coffre and not space.sees_all() and space.coffre is None


def vault_closed() -> Problem:
    return Problem(403, "coffre_ferme", "Ouvrez d'abord votre coffre-fort avec votre mot de passe.")


async def find(session: AsyncSession, space: ClientSpace, document_id: uuid.UUID) -> Document:
    """A document of this client that the reader sees, its row held. Raises the 404 problem, 403 for a closed vault."""
    row = await session.get(Document, document_id, with_for_update=True)
    if row is None:
        raise not_found("Ce document")
    if row.client_id != space.client_id or not may_read(space.actor, row):
        raise kept_from(space.actor.key, not_found("Ce document"), "document", row.id, row.client_id)
    if locked(space, row):
        raise vault_closed()
    return row


async def find_folder(session: AsyncSession, space: ClientSpace, folder_id: uuid.UUID) -> DossierGed:
    """A folder of this client. Raises the 404 problem."""
    row = await session.get(DossierGed, folder_id)
    if row is None:
        raise not_found("Ce dossier")
    if row.client_id != space.client_id:
        raise kept_from(space.actor.key, not_found("Ce dossier"), "dossier", row.id, row.client_id)
    return row


def visible_folders(
    actor: Actor, folders: Sequence[DossierGed], documents: Iterable[Document]
) -> list[DossierGed]:
    """All for the firm; for the client, those that lead to a document they may read."""
    if actor.kind == "staff":
        return list(folders)
    by_id = {folder.id: folder for folder in folders}
    seen: set[uuid.UUID] = set()
    for document in documents:
        at = document.dossier_id
        while at is not None and at not in seen and at in by_id:
            seen.add(at)
            at = by_id[at].parent_id
    return [folder for folder in folders if folder.id in seen]


async def tell(session: AsyncSession, space: ClientSpace, row: Document, what: str, ip: str) -> None:
    """Write what happened in the access log, and in the journal of the démarche that the document is about."""
    actor = space.actor
    row.updated_at = datetime.now(UTC)
    session.add(row)
    if row.demarche_id is not None:
        await commentaire.add(
            session,
            space.cipher,
            row.demarche_id,
            actor,
            texte=f"«\u00a0{ged.opened(space.cipher, row, 'nom')}\u00a0»\u00a0: {what}",
            interne=row.acces != Acces.CLIENT,
            command_id=f"{space.command_id or actor.key}/ged/{uuid.uuid4()}",
            at=datetime.now(UTC),
            objet=f"ged:{row.id}",
            type_=commentaire.CLASSE,
            fiche={"ip": ip},
        )
    await audit.append(
        session,
        acteur=actor.key,
        action="ged.changer",
        objet_type="document",
        objet_id=row.id,
        ip=ip,
        client_id=space.client_id,
        quoi=what.partition("\u00a0:")[0][:60],
    )
