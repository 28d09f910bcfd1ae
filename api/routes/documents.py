"""Every document of a client, démarche by démarche: those made for them, those they deposit (GED-06)."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from api.access import Action, Actor, rule
from api.dossier import opened, reader_of
from api.services import ServicesDep
from store import listes
from store.session import session_scope
from workflows.engine.view import DocumentView, PieceView, view

router = APIRouter(prefix="/api/documents", tags=["documents"])


class DocumentsDuDossier(BaseModel):
    demarche_id: uuid.UUID
    titre: str = Field(examples=["Embauche de Zoé Martin"])
    reference: str = Field(examples=["EMB-2026-0147"])
    ouverte: bool
    documents: list[DocumentView]
    pieces: list[PieceView]


class MesDocuments(BaseModel):
    """`total`: how many démarches there are, those of other pages included."""

    items: list[DocumentsDuDossier]
    total: int
    page: int
    taille: int


@router.get("", response_model=MesDocuments)
async def list_documents(
    actor: Annotated[Actor, Depends(rule(Action.DOCUMENT_LISTER))],
    services: ServicesDep,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    taille: Annotated[int, Query(ge=1, le=50, description="Démarches au plus.")] = 12,
) -> Response:
    """My documents, by démarche, the last changed first."""
    async with session_scope() as session:
        rows, total = await listes.dossiers_of(
            session, actor.tiers_ids, limit=taille, offset=(page - 1) * taille
        )
        dossiers = await opened(session, services.keyring, rows)
    items = [
        DocumentsDuDossier.model_construct(
            demarche_id=row.id,
            titre=row.titre,
            reference=row.reference,
            ouverte=row.open,
            documents=[document for document in shown.documents if document.file],
            pieces=[piece for piece in shown.pieces if piece.statut != "sans_objet"],
        )
        for row, program, state in dossiers
        for shown in [view(program, state, reader_of(actor))]
    ]
    # Made by our own engine: nothing to check again.
    found = MesDocuments.model_construct(items=items, total=total, page=page, taille=taille)
    return Response(found.model_dump_json(), media_type="application/json")
