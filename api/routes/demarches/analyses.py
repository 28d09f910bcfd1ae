"""What the antivirus says of the files of a démarche."""

import uuid

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from activities.antivirus import Antivirus
from api.access import Action, rule
from api.dossier import DossierLu, read_target
from api.routes.fichiers import file_ids
from store import fichier
from store.fichier import Analyse
from store.session import session_scope

router = APIRouter(prefix="/api/demarches/{demarche_id}", tags=["fichiers"])


class Analyses(BaseModel):
    """`fichiers` names those that cannot be read: in analysis, or condemned. The others can."""

    configuree: bool = Field(
        description="Un antivirus est branché\u00a0: sinon, l'analyse n'est pas configurée."
    )
    fichiers: dict[uuid.UUID, Analyse]


@router.get("/analyses", dependencies=[Depends(rule(Action.DEMARCHE_LIRE, read_target))])
async def read_analyses(dossier: DossierLu) -> Analyses:
    """Files of the démarche, of those I may see, that the antivirus keeps from being read."""
    seen = [uuid.UUID(id_) for id_ in file_ids(await dossier.view())]
    async with session_scope() as session:
        kept = await fichier.not_clean(session, seen)
    return Analyses(configuree=Antivirus.of(dossier.services.settings) is not None, fichiers=kept)
