"""The person logged in."""

import uuid
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.people import home_link
from activities.qr import qr_svg
from api.access import CONFIGURABLE, Action, Actor, permits, rule
from api.badges import BadgeChoisi
from api.colonnes import ColonneVue, of_firm
from api.problems import Problem, faulty
from api.security.addresses import client_ip
from api.security.sessions import cookie_name, csrf_of
from api.svg import SVG
from store import audit, badge, droit, passwords
from store.base import now
from store.connexion import EtapeConnexion
from store.session import session_scope
from store.tiers import TypeTiers
from store.utilisateur import Utilisateur, tiers_of

router = APIRouter(prefix="/api", tags=["moi"])
VAULT = timedelta(minutes=10)
"""How long the vault stays open once its owner has given their password."""


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
                "badges": [
                    {
                        "objet": "piece",
                        "cle": "recu",
                        "libelle": "Bien reçu",
                        "couleur": "vert",
                        "icone": "mail-opened",
                    }
                ],
                "colonnes": [],
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
    photo: str | None = Field(default=None, description="D'une personne du cabinet.")
    tiers: list[TiersDeMoi]
    csrf: str
    demarche_id: uuid.UUID | None = Field(default=None, description="of a participant: the only one they see")
    participant: str | None = Field(default=None, description="of a participant: their key in the modèle")
    droits: list[str] = Field(
        default=[],
        description="Of the firm's people: what an administrator may grant or withdraw, and that they may do.",
        examples=[["piece.valider"]],
    )
    badges: list[BadgeChoisi] = Field(description="Common badges that an administrator changed (BDG-02).")
    colonnes: list[ColonneVue] = Field(
        description="Columns of the task board, when an administrator changed it (TCH-01)."
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
        photo=user.photo,
        tiers=[TiersDeMoi(id=row.id, nom=row.nom, type=row.type) for row in tiers],
        csrf=csrf_of(token),
        droits=droits,
        badges=await _badges(session),
        colonnes=await of_firm(session),
    )


async def _badges(session: AsyncSession) -> list[BadgeChoisi]:
    return [BadgeChoisi.model_validate(row) for row in await badge.every(session)]


async def moi_of_participant(session: AsyncSession, actor: Actor, token: str) -> Moi:
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
        badges=await _badges(session),
        colonnes=await of_firm(session),
    )


@router.get("/moi")
async def read_me(request: Request, actor: Annotated[Actor, Depends(rule(Action.MOI_LIRE))]) -> Moi:
    """Who I am, whom I act for, and the CSRF token of my session."""
    token = request.cookies[cookie_name()]
    async with session_scope() as session:
        if actor.kind == "participant":
            return await moi_of_participant(session, actor, token)
        return await moi_of_user(session, await session.get_one(Utilisateur, actor.id), token)


@router.get(
    "/moi/qr",
    response_class=Response,
    responses=SVG,
    dependencies=[Depends(rule(Action.MOI_LIRE))],
)
async def read_my_qr() -> Response:
    """QR code of the client's space: its home, or the login when nobody is logged in (QR-01 to QR-04)."""
    return Response(qr_svg(home_link()), media_type="image/svg+xml")


@router.put("/moi/mot-de-passe", status_code=200)
async def change_password(
    body: ChangePassword,
    request: Request,
    response: Response,
    actor: Annotated[Actor, Depends(rule(Action.MOI_MODIFIER))],
) -> Moi:
    """Change my password (SEC-03). All my other sessions end; this one goes on under a new token."""
    sessions, ip = request.app.state.sessions, client_ip(request)
    wrong = faulty(actuel="Ce n'est pas votre mot de passe actuel.")
    user = await _proved(request, actor, body.actuel, wrong)
    try:
        passwords.check(body.nouveau, user.email, user.nom, user.prenom)
    except passwords.WeakPassword as error:
        raise faulty(nouveau=str(error)) from error
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


async def _proved(request: Request, actor: Actor, password: str, wrong: Problem) -> Utilisateur:
    """The account of the actor, who has just given its password. Raises `wrong`, or a 429 problem."""
    throttle, account = request.app.state.throttle, str(actor.id)
    await throttle.attempt(compte=account)
    async with session_scope() as session:
        user = await session.get_one(Utilisateur, actor.id)
    if not await passwords.verify(password, user.password_hash):
        raise wrong
    await throttle.succeeded(compte=account, ip=client_ip(request))
    return user


class OuvrirCoffre(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mot_de_passe: str = Field(max_length=200)


class CoffreOuvert(BaseModel):
    ouvert_jusqu_a: datetime


@router.post("/moi/coffre")
async def open_vault(
    body: OuvrirCoffre, request: Request, actor: Annotated[Actor, Depends(rule(Action.COFFRE_OUVRIR))]
) -> CoffreOuvert:
    """Open my vault with my password, for ten minutes, in this session only (GED-07, SEC-21)."""
    sessions, ip = request.app.state.sessions, client_ip(request)
    wrong = faulty(mot_de_passe="Ce n'est pas votre mot de passe.")
    await _proved(request, actor, body.mot_de_passe, wrong)
    until = now() + VAULT
    async with session_scope() as session:
        await sessions.set_vault(session, request, until)
        await _trace_vault(session, actor, ip, Action.COFFRE_OUVRIR)
    return CoffreOuvert(ouvert_jusqu_a=until)


@router.delete("/moi/coffre", status_code=204, response_class=Response)
async def close_vault(
    request: Request, actor: Annotated[Actor, Depends(rule(Action.COFFRE_OUVRIR))]
) -> Response:
    """Close it at once."""
    async with session_scope() as session:
        await request.app.state.sessions.set_vault(session, request, None)
        await _trace_vault(session, actor, client_ip(request), "coffre.fermer")
    return Response(status_code=204)


async def _trace_vault(session: AsyncSession, actor: Actor, ip: str, action: str) -> None:
    await audit.append(
        session, acteur=actor.key, ip=ip, action=action, objet_type="utilisateur", objet_id=actor.id
    )
