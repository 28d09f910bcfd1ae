"""Tâches: added, done, given to someone, put off (TCH)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from api.access import Action, rule
from api.commands import Accuse, commander
from api.depots import MAX_FILES, received
from api.dossier import DossierCommande, TacheId, command_target, tache_target
from api.multipart import body_schema
from api.problems import FieldError, Problem
from api.routes.demarches import corps
from store import colonne_tache
from store.file_types import EVERY, Limits
from store.session import session_scope
from workflows.engine import commands as c

router = APIRouter(prefix="/api/demarches/{demarche_id}/taches", tags=["tâches"])
STAFF = [Depends(rule(Action.DEMARCHE_COMMANDER, command_target))]
DOER = [Depends(rule(Action.TACHE_TERMINER, tache_target))]


@router.post("", dependencies=[Depends(rule(Action.TACHE_AJOUTER, command_target))])
async def add_tache(dossier: DossierCommande, body: corps.TacheNouvelle) -> Accuse:
    """Add a tâche; the client's is a suggestion to the firm (TCH-09, TCH-17)."""
    values = body.model_dump(exclude={"user_id", "checklist"})
    return await commander(
        dossier,
        c.AddTache,
        **values,
        user_id=str(body.user_id) if body.user_id else None,
        checklist=tuple(body.checklist),
    )


@router.post("/{tache}/debut", dependencies=DOER)
async def start_tache(dossier: DossierCommande, tache: TacheId) -> Accuse:
    """Begin a tâche."""
    return await commander(dossier, c.StartTache, tache=tache)


@router.post("/{tache}/place", dependencies=STAFF)
async def move_tache(dossier: DossierCommande, tache: TacheId, body: corps.PlaceTache) -> Accuse:
    """Move a tâche to another column of the board (TCH-01, TCH-03)."""
    if body.colonne is None or body.colonne == body.statut:
        return await commander(dossier, c.MoveTache, tache=tache, statut=body.statut)
    async with session_scope() as session:
        column = await colonne_tache.find(session, body.colonne)
    if column is None or column.statut != body.statut:
        raise Problem(
            422,
            "demande_invalide",
            "Cette colonne n'est plus au tableau : rechargez la page.",
            errors=[FieldError(pointer="/colonne", detail="Colonne inconnue.")],
        )
    return await commander(
        dossier,
        c.MoveTache,
        tache=tache,
        statut=body.statut,
        colonne=column.cle,
        colonne_nom=column.libelle,
    )


@router.patch("/{tache}", dependencies=STAFF)
async def edit_tache(dossier: DossierCommande, tache: TacheId, body: corps.TacheModifiee) -> Accuse:
    """Change the words of a tâche, its priority, when it is meant to begin (TCH-04)."""
    return await commander(dossier, c.EditTache, tache=tache, **body.model_dump())


@router.post("/{tache}/fichiers", dependencies=DOER, openapi_extra=body_schema(fichiers=(1, MAX_FILES)))
async def attach_to_tache(dossier: DossierCommande, tache: TacheId, request: Request) -> Accuse:
    """Join files to a tâche (TCH-04)."""
    async with received(request, dossier, Limits(types=EVERY), least=1) as depot:
        return await commander(dossier, c.AttachTache, tache=tache, files=tuple(depot.files))


@router.put("/{tache}/checklist/{item}", dependencies=DOER)
async def tick_tache(
    dossier: DossierCommande,
    tache: TacheId,
    item: Annotated[int, Path(ge=0, le=100, description="Rang du point, à partir de 0.")],
    body: corps.Coche,
) -> Accuse:
    """Tick or untick a point of the checklist."""
    return await commander(dossier, c.TickTache, tache=tache, item=item, fait=body.fait)


@router.post("/{tache}/fin", dependencies=DOER)
async def complete_tache(
    dossier: DossierCommande, tache: TacheId, body: corps.Visitee = corps.Visitee()
) -> Accuse:
    """Finish a tâche."""
    return await commander(dossier, c.CompleteTache, tache=tache, visit=body.visit)


@router.post("/{tache}/reouverture", dependencies=STAFF)
async def reopen_tache(dossier: DossierCommande, tache: TacheId, body: corps.Motive) -> Accuse:
    """Open a finished tâche again, with a reason."""
    return await commander(dossier, c.ReopenTache, tache=tache, motif=body.motif)


@router.post("/{tache}/annulation", dependencies=STAFF)
async def cancel_tache(dossier: DossierCommande, tache: TacheId, body: corps.Motive) -> Accuse:
    """Give a tâche up, with a reason."""
    return await commander(dossier, c.CancelTache, tache=tache, motif=body.motif)


@router.post("/{tache}/prise-en-compte", dependencies=STAFF)
async def qualify_tache(
    dossier: DossierCommande, tache: TacheId, body: corps.PriseEnCompte = corps.PriseEnCompte()
) -> Accuse:
    """Take over a tâche suggested by the client (TCH-17)."""
    return await commander(
        dossier, c.QualifyTache, tache=tache, priorite=body.priorite, pour=body.pour, due_at=body.due_at
    )


@router.post("/{tache}/affectation", dependencies=STAFF)
async def assign_tache(dossier: DossierCommande, tache: TacheId, body: corps.Affectation) -> Accuse:
    """Give a tâche to a role, a participant or a person of the team."""
    return await commander(
        dossier,
        c.AssignTache,
        tache=tache,
        pour=body.pour,
        user_id=str(body.user_id) if body.user_id else None,
    )


@router.post("/{tache}/echeance", dependencies=STAFF)
async def reschedule_tache(dossier: DossierCommande, tache: TacheId, body: corps.NouvelleEcheance) -> Accuse:
    """Change the due date of a tâche."""
    return await commander(dossier, c.RescheduleTache, tache=tache, due_at=body.due_at)
