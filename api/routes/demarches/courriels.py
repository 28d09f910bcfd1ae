"""Mails that an adviser writes by hand (DOS-09, TL-09)."""

from fastapi import APIRouter, Depends

from api.access import Action, rule
from api.commands import Accuse, commander
from api.dossier import DossierCommande, command_target
from api.routes.demarches import corps
from workflows.engine import commands as c

router = APIRouter(prefix="/api/demarches/{demarche_id}/courriels", tags=["courriels"])


@router.post("", dependencies=[Depends(rule(Action.DEMARCHE_COMMANDER, command_target))])
async def write_mail(dossier: DossierCommande, body: corps.CourrielNouveau) -> Accuse:
    """Send a mail to someone of the démarche, outside the firm. Its text is read in the journal."""
    return await commander(dossier, c.WriteCourriel, **body.model_dump())
