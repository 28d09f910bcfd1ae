"""Advancing by hand: validating, skipping, going back to an étape; setting, adding and moving one (MOD-13)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.access import Action, rule
from api.commands import Accuse, commander
from api.dossier import DossierCommande, command_target
from api.routes.demarches import corps
from workflows.engine import commands as c

router = APIRouter(prefix="/api/demarches/{demarche_id}/etapes", tags=["étapes"])
STEER = [Depends(rule(Action.DEMARCHE_PILOTER, command_target))]
EtapeCle = Annotated[str, Path(max_length=60, description="L'étape.", examples=["dpae"])]


@router.post("", dependencies=STEER)
async def add_etape(dossier: DossierCommande, body: corps.EtapeNouvelle) -> Accuse:
    """Add an étape to this démarche alone (MOD-13)."""
    return await commander(dossier, c.AddEtape, **body.model_dump())


@router.put("/{cle}/place", dependencies=STEER)
async def move_etape(dossier: DossierCommande, cle: EtapeCle, body: corps.PlaceEtape) -> Accuse:
    """Give an étape not begun another place, in this démarche alone (MOD-13)."""
    return await commander(dossier, c.MoveEtape, etape=cle, apres=body.apres)


@router.delete("/{cle}", dependencies=STEER)
async def remove_etape(dossier: DossierCommande, cle: EtapeCle) -> Accuse:
    """Take away an étape that was added to this démarche, and is not begun."""
    return await commander(dossier, c.RemoveEtape, etape=cle)


@router.post("/{cle}/validation", dependencies=[Depends(rule(Action.DEMARCHE_COMMANDER, command_target))])
async def validate_etape(
    dossier: DossierCommande, cle: EtapeCle, body: corps.Visitee = corps.Visitee()
) -> Accuse:
    """End an étape that a person must end."""
    return await commander(dossier, c.ValidateEtape, etape=cle, visit=body.visit)


@router.post("/{cle}/passage", dependencies=STEER)
async def skip_etape(dossier: DossierCommande, cle: EtapeCle, body: corps.Passage) -> Accuse:
    """Skip an étape, with a reason."""
    return await commander(dossier, c.SkipEtape, etape=cle, motif=body.motif, visit=body.visit)


@router.put("/{cle}/reglage", dependencies=STEER)
async def adjust_etape(dossier: DossierCommande, cle: EtapeCle, body: corps.ReglageEtape) -> Accuse:
    """Set an étape otherwise than its modèle, for this démarche alone (MOD-13); what is left out is the modèle's."""
    return await commander(
        dossier, c.AdjustEtape, etape=cle, titre=body.titre, visible=body.visible, due_at=body.echeance
    )


@router.post("/{cle}/retour", dependencies=STEER)
async def send_back(dossier: DossierCommande, cle: EtapeCle, body: corps.Motive) -> Accuse:
    """Go back to an étape already left."""
    return await commander(dossier, c.SendBack, etape=cle, motif=body.motif)
