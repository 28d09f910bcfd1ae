"""The person logged in."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import CONFIGURABLE, Action, Actor, permits, rule
from api.problems import FieldError, Problem
from api.security.addresses import client_ip
from api.security.sessions import cookie_name, csrf_of
from store import audit, droit, passwords
from store.connexion import EtapeConnexion
from store.session import session_scope
from store.tiers import TypeTiers
from store.utilisateur import Utilisateur, tiers_of

router = APIRouter(prefix="/api", tags=["moi"])


class TiersDeMoi(BaseModel):
    id: uuid.UUID
    nom: str
    type: TypeTiers


class Moi(BaseModel):
    """`csrf` goes with every command, in the X-CSRF-Token header."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0b8f3c52-5e0e-4a3c-9a55-2d6a5d1d8c11",
                "nom": "Bellanger",
                "prenom": "Camille",
                "email": "camille@menuiserie-bellanger.fr",
                "role": "client",
                "initiales": "CB",
                "titre": None,
                "tiers": [{"id": "5f9c…", "nom": "Menuiserie Bellanger", "type": "entreprise"}],
                "csrf": "9d2f…",
                "demarche_id": None,
                "participant": None,
                "droits": [],
            }
        }
    )

    id: uuid.UUID
    nom: str
    prenom: str
    email: str | None
    role: str = Field(examples=["conseiller", "responsable", "admin", "client", "participant"])
    initiales: str
    titre: str | None
    tiers: list[TiersDeMoi]
    csrf: str
    demarche_id: uuid.UUID | None = Field(default=None, description="of a participant: the only one they see")
    participant: str | None = Field(default=None, description="of a participant: their key in the modèle")
    droits: list[str] = Field(
        default=[],
        description="Of the firm's people: what an administrator may grant or withdraw, and that they may do.",
        examples=[["piece.valider"]],
    )


class ChangePassword(BaseModel):
    model_config = ConfigDict(extra="forbid")

    actuel: str = Field(max_length=200)
    nouveau: str = Field(max_length=200)


async def moi_of_user(session: AsyncSession, user: Utilisateur, token: str) -> Moi:
    """What the screens know of a user."""
    tiers = await tiers_of(session, user.id)
    droits: list[str] = []
    if user.staff:
        someone = Actor(
            "staff", user.id, user.nom_complet, user.role, droits=await droit.of_user(session, user)
        )
        droits = [action for action in (*CONFIGURABLE, Action.DROITS_REGLER) if permits(someone, action)]
    return Moi(
        id=user.id,
        nom=user.nom,
        prenom=user.prenom,
        email=user.email,
        role=user.role,
        initiales=user.initiales,
        titre=user.titre,
        tiers=[TiersDeMoi(id=row.id, nom=row.nom, type=row.type) for row in tiers],
        csrf=csrf_of(token),
        droits=droits,
    )


def moi_of_participant(actor: Actor, token: str) -> Moi:
    """What the screens know of a participant: a name and one démarche."""
    prenom, _, nom = actor.name.partition(" ")
    return Moi(
        id=actor.id,
        nom=nom,
        prenom=prenom,
        email=None,
        role="participant",
        initiales=(prenom[:1] + nom[:1]).upper(),
        titre=None,
        tiers=[],
        csrf=csrf_of(token),
        demarche_id=actor.demarche_id,
        participant=actor.participant_key,
    )


@router.get("/moi")
async def read_me(request: Request, actor: Annotated[Actor, Depends(rule(Action.MOI_LIRE))]) -> Moi:
    """Who I am, whom I act for, and the CSRF token of my session."""
    token = request.cookies[cookie_name()]
    if actor.kind == "participant":
        return moi_of_participant(actor, token)
    async with session_scope() as session:
        return await moi_of_user(session, await session.get_one(Utilisateur, actor.id), token)


@router.put("/moi/mot-de-passe", status_code=200)
async def change_password(
    body: ChangePassword,
    request: Request,
    response: Response,
    actor: Annotated[Actor, Depends(rule(Action.MOI_MODIFIER))],
) -> Moi:
    """Change my password (SEC-03). All my other sessions end; this one goes on under a new token."""
    throttle, sessions = request.app.state.throttle, request.app.state.sessions
    account, ip = str(actor.id), client_ip(request)
    await throttle.attempt(compte=account)
    async with session_scope() as session:
        user = await session.get_one(Utilisateur, actor.id)
    if not await passwords.verify(body.actuel, user.password_hash):
        raise _faulty("/actuel", "Ce n'est pas votre mot de passe actuel.")
    await throttle.succeeded(compte=account, ip=ip)
    try:
        passwords.check(body.nouveau, user.email, user.nom, user.prenom)
    except passwords.WeakPassword as error:
        raise _faulty("/nouveau", str(error)) from error
    hashed = await passwords.hash_password(body.nouveau)
    async with session_scope() as session:
        user = await session.get_one(Utilisateur, actor.id, with_for_update=True)
        user.password_hash = hashed
        session.add(user)
        await sessions.close_all(session, user.id)
        token = await sessions.open_for_user(session, request, response, user, EtapeConnexion.COMPLETE)
        await audit.append(
            session,
            acteur=actor.key,
            ip=ip,
            action="mot_de_passe.changer",
            objet_type="utilisateur",
            objet_id=user.id,
        )
        return await moi_of_user(session, user, token)


def _faulty(pointer: str, detail: str) -> Problem:
    return Problem(
        422,
        "demande_invalide",
        "Un champ est à corriger.",
        errors=[FieldError(pointer=pointer, detail=detail)],
    )
