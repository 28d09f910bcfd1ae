"""Outside events that a démarche awaits: a payment, a postal event, a signature."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.access import Action, rule
from api.commands import Accuse, commander
from api.dossier import DossierCommande, command_target
from api.routes.demarches import corps
from workflows.engine import commands as c

router = APIRouter(
    prefix="/api/demarches/{demarche_id}/evenements/{cle}",
    tags=["événements"],
    dependencies=[Depends(rule(Action.DEMARCHE_COMMANDER, command_target))],
)
EvenementCle = Annotated[
    str, Path(max_length=60, description="L'événement, par sa clé dans le modèle.", examples=["paiement"])
]


@router.post("/appel")
async def call_service(dossier: DossierCommande, cle: EvenementCle) -> Accuse:
    """Ask the service that this event comes from, again or for the first time."""
    return await commander(dossier, c.CallService, evenement=cle)


@router.post("")
async def record_evenement(
    dossier: DossierCommande, cle: EvenementCle, body: corps.EvenementSurvenu = corps.EvenementSurvenu()
) -> Accuse:
    """Record that an outside event happened, before its étape, in time or late."""
    return await commander(
        dossier,
        c.RecordEvenement,
        envelope="/donnees",
        evenement=cle,
        donnees=body.donnees,
        survenu_le=body.survenu_le,
    )
