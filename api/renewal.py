"""A fresh link for a participant whose own is used or expired: the démarche sends it, as when it was invited."""

import uuid

from api.access import Actor
from api.commands import commander
from api.dossier import load
from api.services import RenewLink, Services
from store.connexion import Lien
from workflows.engine import commands as c
from workflows.engine.state import SYSTEM


def link_renewal(services: Services) -> RenewLink:
    """What sends a participant a fresh link. One used link gives one fresh link, however often it is asked for."""

    async def renew(lien: Lien) -> None:
        actor = Actor(
            "participant",
            lien.id,
            "Participant",
            "participant",
            demarche_id=lien.demarche_id,
            participant_key=lien.participant,
        )
        command_id = f"lien/{uuid.uuid5(lien.id, 'renouvellement')}"
        dossier = await load(lien.demarche_id, actor, services, command_id)
        await commander(dossier, c.InviteParticipant, acting=SYSTEM, participant=lien.participant)

    return renew
