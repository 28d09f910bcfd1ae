"""SMS that an adviser writes by hand (REC-07)."""

from fastapi import APIRouter, Depends

from api.access import Action, rule
from api.commands import Accuse, commander
from api.dossier import DossierCommande, command_target
from api.routes.demarches import corps
from workflows.engine import commands as c

router = APIRouter(prefix="/api/demarches/{demarche_id}/sms", tags=["courriels"])


@router.post("", dependencies=[Depends(rule(Action.DEMARCHE_COMMANDER, command_target))])
async def write_sms(dossier: DossierCommande, body: corps.SmsNouveau) -> Accuse:
    """Send an SMS to someone of the démarche, outside the firm, whose number is known."""
    return await commander(dossier, c.WriteSms, **body.model_dump())
