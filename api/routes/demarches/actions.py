"""Actions client: what the firm asks of the client at any moment (ACT)."""

from fastapi import APIRouter, Depends, Request

from api.access import Action, rule
from api.commands import Accuse, commander
from api.depots import MAX_FILES, received
from api.dossier import ActionId, DossierCommande, action_target, command_target
from api.multipart import body_schema
from api.routes.demarches import corps
from store.file_types import EVERY, Limits
from workflows.engine import commands as c

router = APIRouter(prefix="/api/demarches/{demarche_id}/actions", tags=["actions client"])
STAFF = [Depends(rule(Action.DEMARCHE_COMMANDER, command_target))]
MESSAGE = {"message": {"type": "string", "title": "Message", "maxLength": 5000}}


@router.post("", dependencies=STAFF)
async def request_action(dossier: DossierCommande, body: corps.ActionDemandee) -> Accuse:
    """Ask the client, or a participant, for a comment, a validation or documents."""
    return await commander(dossier, c.RequestAction, **body.model_dump())


@router.post(
    "/{action}/reponse",
    dependencies=[Depends(rule(Action.ACTION_REPONDRE, action_target))],
    openapi_extra=body_schema(fichiers=(0, MAX_FILES), champs=MESSAGE),
)
async def answer_action(dossier: DossierCommande, action: ActionId, request: Request) -> Accuse:
    """Answer what was asked, with a message, files, or both."""
    async with received(request, dossier, Limits(types=EVERY), least=0, champs={"message": 5000}) as depot:
        return await commander(
            dossier,
            c.AnswerAction,
            action=action,
            message=depot.champs.get("message", "").strip(),
            files=tuple(depot.files),
        )


@router.post("/{action}/annulation", dependencies=STAFF)
async def cancel_action(dossier: DossierCommande, action: ActionId, body: corps.Motive) -> Accuse:
    """Withdraw what was asked, with a reason."""
    return await commander(dossier, c.CancelAction, action=action, motif=body.motif)
