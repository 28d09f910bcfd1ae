"""Documents already there that may serve for a pièce, instead of another deposit (GED-15)."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api.access import Action, rule
from api.commands import Accuse, commander
from api.disponibles import (
    DocumentDisponible,
    PieceDejaDonnee,
    already_given,
    available,
    given_again,
    taken_back,
)
from api.dossier import DossierCommande, DossierLu, PieceId, piece_of, piece_target, read_target
from api.problems import Problem, not_found
from api.registre import fetched
from api.routes.demarches.corps import Corps
from api.traces import kept_from
from store import fichier
from store.session import session_scope
from workflows.engine import commands as c

router = APIRouter(prefix="/api/demarches/{demarche_id}", tags=["pièces"])


class DocumentsDisponibles(BaseModel):
    items: list[DocumentDisponible]


class Reprise(Corps):
    """Les fichiers d'un document disponible."""

    fichiers: Annotated[list[uuid.UUID], Field(min_length=1, max_length=50)]


class PiecesDejaDonnees(BaseModel):
    items: list[PieceDejaDonnee]


@router.get("/deja-donnees", dependencies=[Depends(rule(Action.GED_LIRE, read_target))])
async def list_already_given(dossier: DossierLu) -> PiecesDejaDonnees:
    """What the client already gave for the pièces still awaited, by kind: it serves again, or no longer."""
    return PiecesDejaDonnees(items=await already_given(dossier))


@router.get("/pieces/{piece}/disponibles", dependencies=[Depends(rule(Action.GED_LIRE, read_target))])
async def list_available(dossier: DossierLu, piece: PieceId) -> DocumentsDisponibles:
    """Documents of the client that may serve for this pièce: theirs, and those validated in other démarches."""
    wanted = await piece_of(dossier, piece)
    return DocumentsDisponibles(items=await available(dossier, wanted))


@router.post("/pieces/{piece}/reprise", dependencies=[Depends(rule(Action.PIECE_DEPOSER, piece_target))])
async def give_again(dossier: DossierCommande, piece: PieceId, body: Reprise) -> Accuse:
    """Deposit a document that is already there. It is checked like any other."""
    if dossier.actor.kind == "participant":
        raise Problem(403, "non_autorise", "Les documents du client ne vous sont pas ouverts.")
    wanted = await piece_of(dossier, piece)
    offers = await available(dossier, wanted)
    strange = set(body.fichiers) - {id_ for each in offers for id_ in _ids(each)}
    if strange:
        async with session_scope() as session:
            others = await fichier.by_ids(session, strange)
        for other in others.values():
            if other.client_id != dossier.row.client_id:
                unknown = not_found("Ce document")
                raise kept_from(dossier.actor.key, unknown, "fichier", other.id, other.client_id)
        raise not_found("Ce document")
    distant = {id_ for each in offers if each.distant for id_ in _ids(each)}
    files = await fetched(dossier, wanted, distant & set(body.fichiers))
    files += await given_again(dossier, (id_ for id_ in dict.fromkeys(body.fichiers) if id_ not in distant))
    try:
        return await commander(dossier, c.DepositPiece, piece=piece, visit=None, files=tuple(files))
    except Problem as error:
        if error.status_code < 500:
            await taken_back(files)
        raise


def _ids(document: DocumentDisponible) -> set[uuid.UUID]:
    return {uuid.UUID(file.id) for file in document.fichiers}
