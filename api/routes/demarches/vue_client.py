"""« Ce que le client voyait »: a démarche as someone outside the firm saw it at a chosen instant.

Nothing is stored for it: the state of that instant is folded again from the journal, and shown by the engine's own
view with the version of the modèle to which the démarche was pinned then.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from activities.decider import events_after
from activities.programs import program_of
from api.access import Action, rule
from api.dossier import DossierLu, read_target
from api.problems import Problem, not_found
from store.session import session_scope
from workflows.engine.evolve import fold
from workflows.engine.program import PARIS, Program
from workflows.engine.state import DemarcheState
from workflows.engine.view import DemarcheView, Reader, view

router = APIRouter(prefix="/api/demarches", tags=["démarches"])

CLIENT = "client"


class Lecteur(BaseModel):
    """Someone outside the firm who could read the démarche at that instant."""

    cle: str = Field(description="À redonner dans `lecteur`.", examples=["client", "futur_salarie"])
    nom: str = Field(examples=["Zoé Martin"])
    libelle: str = Field(examples=["Futur salarié"])


class VueClient(BaseModel):
    """The view of that instant, and the instants at which the démarche changed just before and just after."""

    le: datetime
    premier: datetime
    dernier: datetime
    precedent: datetime | None
    suivant: datetime | None
    lecteur: str
    lecteurs: list[Lecteur]
    vue: DemarcheView


@router.get("/{demarche_id}/vue-client", dependencies=[Depends(rule(Action.DEMARCHE_REVOIR, read_target))])
async def read_past_view(
    dossier: DossierLu,
    le: Annotated[
        AwareDatetime | None,
        Query(description="L'instant voulu, sur l'horloge de la démarche. Par défaut, le dernier."),
    ] = None,
    lecteur: Annotated[str, Query(max_length=60, description="Qui regardait.")] = CLIENT,
) -> VueClient:
    """What the client, or an invited person, saw at that instant."""
    async with session_scope() as session:
        events = await events_after(session, dossier.cipher, str(dossier.id), 0)
        instants = sorted({event.at for event in events})
        asked = le or instants[-1]
        if asked < instants[0]:
            raise Problem(422, "avant_ouverture", "La démarche n'était pas encore ouverte à cette date.")
        state = fold(
            DemarcheState(demarche_id=str(dossier.id)), (event for event in events if event.at <= asked)
        )
        program = await program_of(session, state.modele_sha)
    readers = _readers(program, state)
    if lecteur not in readers:
        raise not_found("Cette personne")
    day = asked.astimezone(PARIS).date() if le is not None else await dossier.today()
    reached = max(at for at in instants if at <= asked)
    return VueClient(
        le=asked,
        premier=instants[0],
        dernier=instants[-1],
        # From an instant between two changes, going back leads first to the change that made what is seen.
        precedent=reached if reached < asked else max((at for at in instants if at < reached), default=None),
        suivant=min((at for at in instants if at > asked), default=None),
        lecteur=lecteur,
        lecteurs=[who for who, _ in readers.values()],
        # Its readings are of the chosen day: what was due or late then.
        vue=view(program, state, readers[lecteur][1], day),
    )


def _readers(program: Program, state: DemarcheState) -> dict[str, tuple[Lecteur, Reader]]:
    """The client's people and the participants already invited, by key."""
    manager = next((m for m in state.equipe if program.modele.side(m.role) == "client"), None)
    client = Lecteur(cle=CLIENT, nom=state.client_nom, libelle=manager.libelle if manager else "Client")
    found = {CLIENT: (client, Reader(kind="client", id=manager.user_id if manager else CLIENT))}
    for participant in state.participants.values():
        libelle = program.modele.actor_label(participant.cle)
        who = Lecteur(cle=participant.cle, nom=participant.nom, libelle=libelle)
        found[participant.cle] = (
            who,
            Reader(kind="participant", id=participant.link_id, key=participant.cle),
        )
    return found
