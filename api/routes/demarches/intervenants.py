"""People outside of the firm on a démarche, each with a role and a way to be reached (EQP-05).

They do not move the process: an ordinary transaction, which is also a line of the journal.
"""

import uuid
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, rule
from api.dossier import DossierCommande, DossierLu, command_target, read_target
from api.problems import not_found
from api.routes.demarches import corps
from store import commentaire, intervenant
from store.intervenant import Intervenant
from store.session import session_scope

router = APIRouter(prefix="/api/demarches/{demarche_id}/intervenants", tags=["équipe et documents"])
STAFF = [Depends(rule(Action.DEMARCHE_COMMANDER, command_target))]
IntervenantId = Annotated[uuid.UUID, Path(description="Un intervenant externe.")]


class IntervenantVue(BaseModel):
    """Someone outside of the firm who takes part in the démarche."""

    id: uuid.UUID
    nom: str = Field(examples=["Maître Anne Durand"])
    qualite: str = Field(description="Ce que cette personne fait ici.", examples=["Notaire"])
    organisme: str | None = Field(examples=["Étude Durand et associés"])
    email: str | None = Field(examples=["etude@exemple.fr"])
    telephone: str | None = Field(examples=["0479000000"])
    visible: bool = Field(description="Le client voit cette personne.", examples=[True])


class Intervenants(BaseModel):
    items: list[IntervenantVue]


@router.get("")
async def list_intervenants(
    dossier: DossierLu, actor: Annotated[Actor, Depends(rule(Action.JOURNAL_LIRE, read_target))]
) -> Intervenants:
    """Those whom I may see: a client, the ones that the firm shows."""
    async with session_scope() as session:
        rows = await intervenant.of_demarche(session, dossier.id, visible_only=actor.kind != "staff")
    return Intervenants(items=[_view(row, dossier) for row in rows])


@router.post("", status_code=201, dependencies=STAFF)
async def add_intervenant(dossier: DossierCommande, body: corps.IntervenantDecrit) -> IntervenantVue:
    """Add someone to the démarche. The same key again adds nobody."""
    id_ = uuid.uuid5(dossier.id, dossier.command_id)
    async with session_scope() as session:
        await commentaire.lock(session, dossier.id)
        row = await session.get(Intervenant, id_)
        if row is None:
            row = Intervenant(
                id=id_,
                demarche_id=dossier.id,
                client_id=dossier.row.client_id,
                visible=body.visible,
                contenu=b"",
            )
            intervenant.write(row, dossier.cipher, body.fiche())
            session.add(row)
            await _told(session, dossier, row, "Intervenant ajouté")
    return _view(row, dossier)


@router.put("/{intervenant_id}", dependencies=STAFF)
async def change_intervenant(
    dossier: DossierCommande, intervenant_id: IntervenantId, body: corps.IntervenantDecrit
) -> IntervenantVue:
    """Say otherwise who this person is, or how to reach them."""
    async with session_scope() as session:
        await commentaire.lock(session, dossier.id)
        row = await _found(session, dossier, intervenant_id)
        if (row.visible, intervenant.read(row, dossier.cipher)) != (body.visible, body.fiche()):
            row.visible = body.visible
            intervenant.write(row, dossier.cipher, body.fiche())
            session.add(row)
            await _told(session, dossier, row, "Intervenant modifié")
    return _view(row, dossier)


@router.post("/{intervenant_id}/retrait", dependencies=STAFF)
async def remove_intervenant(dossier: DossierCommande, intervenant_id: IntervenantId) -> Intervenants:
    """Take someone off the démarche: who is left. The journal keeps the name."""
    async with session_scope() as session:
        await commentaire.lock(session, dossier.id)
        if not await _already(session, dossier):
            row = await _found(session, dossier, intervenant_id)
            await _told(session, dossier, row, "Intervenant retiré")
            await session.delete(row)
            await session.flush()
        rows = await intervenant.of_demarche(session, dossier.id, visible_only=False)
    return Intervenants(items=[_view(row, dossier) for row in rows])


def _view(row: Intervenant, dossier: DossierLu) -> IntervenantVue:
    return IntervenantVue(id=row.id, visible=row.visible, **intervenant.read(row, dossier.cipher))


async def _found(session: AsyncSession, dossier: DossierCommande, id_: uuid.UUID) -> Intervenant:
    row = await session.get(Intervenant, id_)
    if row is None or row.demarche_id != dossier.id:
        raise not_found("Cet intervenant")
    return row


async def _already(session: AsyncSession, dossier: DossierCommande) -> bool:
    known = await commentaire.find(session, dossier.id, dossier.command_id, commentaire.INTERVENANT)
    return known is not None


async def _told(session: AsyncSession, dossier: DossierCommande, row: Intervenant, what: str) -> None:
    """The line of the journal; the client reads it when they see the person."""
    if await _already(session, dossier):
        return
    known = intervenant.read(row, dossier.cipher)
    await commentaire.add(
        session,
        dossier.cipher,
        dossier.id,
        dossier.actor,
        texte=f"{known['nom']}, {known['qualite']}",
        interne=not row.visible,
        command_id=dossier.command_id,
        at=(await dossier.state()).now(datetime.now(UTC)),
        objet=None,
        type_=commentaire.INTERVENANT,
        fiche={"titre": what, "ip": dossier.ip},
    )
