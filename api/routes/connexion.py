"""Logging in and out: password, then a TOTP code for the staff (SEC-01, SEC-02, SEC-04)."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, public, rule
from api.problems import Problem
from api.routes.moi import Moi, moi_of_user
from api.security.addresses import client_ip
from api.security.sessions import Sessions
from api.security.throttle import Throttle
from api.services import ServicesDep
from store import audit, passwords, totp
from store.base import now
from store.connexion import EtapeConnexion
from store.crypto import ClientCipher
from store.session import session_scope
from store.utilisateur import Utilisateur, by_email, normalise_email

router = APIRouter(prefix="/api", tags=["connexion"])


class Credentials(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"email": "camille@menuiserie-bellanger.fr", "mot_de_passe": "…"}},
    )

    email: str = Field(max_length=254)
    mot_de_passe: str = Field(max_length=200)


class Code(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=12, examples=["123456"])


class LoggedIn(BaseModel):
    utilisateur: Moi


class SecondStep(BaseModel):
    """`totp`: a code is asked. `totp_inscription`: first time; `qr` (SVG) or `uri` is to be scanned, then a
    code asked.
    """

    etape: Literal["totp", "totp_inscription"]
    uri: str | None = None
    qr: str | None = None


WRONG_CREDENTIALS = "L'adresse ou le mot de passe n'est pas le bon."
WRONG_CODE = "Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant, puis réessayez."

_STEPS: dict[int | str, dict[str, Any]] = {202: {"model": SecondStep, "description": "A code is needed"}}


def _tools(request: Request) -> tuple[Sessions, Throttle]:
    return request.app.state.sessions, request.app.state.throttle


@router.post("/connexion", responses=_STEPS, dependencies=[Depends(public("one logs in before being known"))])
async def login(
    body: Credentials, request: Request, response: Response, services: ServicesDep
) -> LoggedIn | SecondStep:
    """Log in. A wrong email and a wrong password get the same answer in the same time."""
    sessions, throttle = _tools(request)
    email, ip = normalise_email(body.email), client_ip(request)
    await throttle.attempt(compte=email, ip=ip)
    async with session_scope() as session:
        user = await by_email(session, email)
    right = await passwords.verify(body.mot_de_passe, user.password_hash if user else None)
    if user is None or not right or not user.actif:
        async with session_scope() as session:
            await _trace(session, "inconnu", ip, "connexion.refusee", user.id if user else "inconnu")
        raise Problem(401, "identifiants_invalides", WRONG_CREDENTIALS, title="Connexion refusée")
    await throttle.succeeded(compte=email, ip=ip)
    if user.password_hash and passwords.needs_update(user.password_hash):
        await _rehash(user, body.mot_de_passe)
    async with session_scope() as session:
        user = await session.get_one(Utilisateur, user.id)
        if not user.staff and user.totp_confirme_le is None:
            token = await sessions.open_for_user(session, request, response, user, EtapeConnexion.COMPLETE)
            me = await moi_of_user(session, user, token)
            await _trace(session, f"utilisateur/{user.id}", ip, "connexion", user.id)
            return LoggedIn(utilisateur=me)
        step = _second_step(user, await services.keyring.cabinet(session))
        session.add(user)
        await sessions.open_for_user(session, request, response, user, EtapeConnexion(step.etape))
    response.status_code = 202
    return step


@router.post("/connexion/totp", dependencies=[Depends(public("completes a login by its pending session"))])
async def login_totp(body: Code, request: Request, response: Response, services: ServicesDep) -> LoggedIn:
    """Give the code of the authenticator application; a code is good once."""
    sessions, throttle = _tools(request)
    async with session_scope() as session:
        pending = await sessions.pending(session, request)
    account, ip = str(pending.utilisateur_id), client_ip(request)
    await throttle.attempt(totp=account, ip=ip)
    try:
        async with session_scope() as session:
            # The lock makes a code good once, also for two requests at the same moment.
            user = await session.get_one(Utilisateur, pending.utilisateur_id, with_for_update=True)
            if not user.actif:
                raise totp.WrongCode
            seed = totp.seed_of(user, await services.keyring.cabinet(session))
            if seed is None:
                raise totp.WrongCode
            user.totp_dernier_pas = totp.matching_step(seed, body.code, user.totp_dernier_pas)
            if user.totp_confirme_le is None:
                user.totp_confirme_le = now()
            session.add(user)
            token = await sessions.open_for_user(session, request, response, user, EtapeConnexion.COMPLETE)
            me = await moi_of_user(session, user, token)
            await _trace(session, f"utilisateur/{user.id}", ip, "connexion", user.id, second_facteur=True)
    except totp.WrongCode as error:
        async with session_scope() as session:
            await _trace(session, "inconnu", ip, "connexion.code_refuse", account)
        raise Problem(401, "code_invalide", WRONG_CODE, title="Connexion refusée") from error
    await throttle.succeeded(totp=account, ip=ip)
    return LoggedIn(utilisateur=me)


@router.delete("/session", status_code=204)
async def logout(
    request: Request, response: Response, actor: Annotated[Actor, Depends(rule(Action.SESSION_FERMER))]
) -> None:
    """Log out: the session ends on the server, not in the browser only."""
    sessions, _ = _tools(request)
    async with session_scope() as session:
        await sessions.close(session, request, response)
        await audit.append(
            session,
            acteur=actor.key,
            ip=client_ip(request),
            action="deconnexion",
            objet_type="utilisateur" if actor.kind != "participant" else "lien",
            objet_id=actor.id,
        )


def _second_step(user: Utilisateur, cabinet: ClientCipher) -> SecondStep:
    if user.totp_confirme_le is not None:
        return SecondStep(etape="totp")
    # The same seed until it is confirmed: a page loaded twice shows the same code to scan.
    seed = totp.seed_of(user, cabinet)
    if seed is None:
        seed = totp.new_seed()
        totp.enrol(user, cabinet, seed)
    uri = totp.uri(user, seed)
    return SecondStep(etape="totp_inscription", uri=uri, qr=totp.qr_svg(uri))


async def _rehash(user: Utilisateur, password: str) -> None:
    hashed = await passwords.hash_password(password)
    async with session_scope() as session:
        row = await session.get_one(Utilisateur, user.id)
        row.password_hash = hashed
        session.add(row)


async def _trace(
    session: AsyncSession, acteur: str, ip: str, action: str, objet_id: object, **detail: Any
) -> None:
    await audit.append(
        session, acteur=acteur, ip=ip, action=action, objet_type="utilisateur", objet_id=objet_id, **detail
    )
