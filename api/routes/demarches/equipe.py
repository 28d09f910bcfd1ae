"""Who is on a démarche: its team and its participants; and the documents made for them."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.access import Action, rule
from api.commands import Accuse, commander
from api.dossier import DossierCommande, command_target
from api.problems import FieldError, Problem, not_found
from api.routes.demarches import corps
from store import droit
from store.session import session_scope
from store.utilisateur import Utilisateur, tiers_of
from workflows.engine import commands as c
from workflows.engine.state import Membre

router = APIRouter(prefix="/api/demarches/{demarche_id}", tags=["équipe et documents"])
INVITE = [Depends(rule(Action.PARTICIPANT_INVITER, command_target))]
RoleCle = Annotated[str, Path(max_length=60, description="Rôle du modèle.", examples=["conseiller"])]
RenfortId = Annotated[uuid.UUID, Path(description="Une personne du cabinet.")]
ParticipantCle = Annotated[str, Path(max_length=60, examples=["futur_salarie"])]


@router.put("/equipe/{role}", dependencies=[Depends(rule(Action.EQUIPE_CONFIER, command_target))])
async def assign_member(dossier: DossierCommande, role: RoleCle, body: corps.MembreDesigne) -> Accuse:
    """Give a role of the team to another person; their open tâches follow (EQP-04)."""
    known = (await dossier.modele()).roles.get(role)
    if known is None:
        raise not_found("Ce rôle")
    async with session_scope() as session:
        user = await session.get(Utilisateur, body.user_id)
        suits = user is not None and user.actif and user.staff == (known.cote == "cabinet")
        if suits and user is not None and not user.staff:
            suits = any(tiers.id == dossier.row.client_id for tiers in await tiers_of(session, user.id))
        barred = await droit.barred(session, dossier.row.modele)
    if user is None or not suits or user.id in barred:
        raise Problem(
            422,
            "membre_invalide",
            f"Cette personne ne peut pas tenir le rôle « {known.libelle} ».",
            errors=[FieldError(pointer="/user_id", detail="Choisissez une autre personne.")],
        )
    membre = Membre(role=role, user_id=str(user.id), nom=user.nom_complet, libelle=known.libelle)
    return await commander(dossier, c.Reassign, membre=membre)


@router.put("/renforts/{user_id}", dependencies=[Depends(rule(Action.EQUIPE_CONFIER, command_target))])
async def add_renfort(dossier: DossierCommande, user_id: RenfortId, body: corps.Renfort) -> Accuse:
    """Add someone of the firm to the team, with a role of their own on this démarche, or change that role (EQP-04)."""
    async with session_scope() as session:
        user = await session.get(Utilisateur, user_id)
        barred = await droit.barred(session, dossier.row.modele)
    if user is None or not user.staff or not user.actif or user.id in barred:
        raise Problem(
            422, "membre_invalide", "Cette personne ne peut pas rejoindre l'équipe de cette démarche."
        )
    return await commander(
        dossier, c.AddRenfort, user_id=str(user.id), nom=user.nom_complet, libelle=body.libelle
    )


@router.post(
    "/renforts/{user_id}/retrait", dependencies=[Depends(rule(Action.EQUIPE_CONFIER, command_target))]
)
async def remove_renfort(dossier: DossierCommande, user_id: RenfortId) -> Accuse:
    """Take back what was added: their open tâches return to the role that they were given for."""
    return await commander(dossier, c.RemoveRenfort, user_id=str(user_id))


@router.post("/participants/{cle}/invitation", dependencies=INVITE)
async def invite_participant(dossier: DossierCommande, cle: ParticipantCle) -> Accuse:
    """Send a participant a fresh link (SEC-26)."""
    return await commander(dossier, c.InviteParticipant, participant=cle)


@router.post("/participants/{cle}/revocation", dependencies=INVITE)
async def revoke_participant(dossier: DossierCommande, cle: ParticipantCle) -> Accuse:
    """Take a participant's link away."""
    return await commander(dossier, c.RevokeLink, participant=cle)


@router.post("/documents", dependencies=[Depends(rule(Action.DEMARCHE_COMMANDER, command_target))])
async def generate_document(dossier: DossierCommande, body: corps.DocumentDemande) -> Accuse:
    """Make a document from its model, or one file per line; it replaces the former one."""
    return await commander(dossier, c.GenerateDocument, envelope="/choix", **body.model_dump())
