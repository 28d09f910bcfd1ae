"""Single-use links of participants (SEC-26): consumed once, they open a session on one démarche."""

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Actor, public
from api.problems import Problem, unavailable
from api.routes.moi import Moi, moi_of_participant
from api.security.addresses import client_ip
from api.security.sessions import Sessions, cookie_name
from api.services import ServicesDep
from api.traces import UNKNOWN, Refusal
from store import audit
from store.base import now
from store.connexion import Lien
from store.crypto import ClientCipher, place
from store.links import hash_token
from store.session import session_scope

router = APIRouter(
    prefix="/api/liens",
    tags=["liens"],
    dependencies=[Depends(public("the secret link is what identifies its holder"))],
)

USED = "Ce lien a déjà servi. Demandez-en un nouveau\u00a0: il vous est envoyé aussitôt à la même adresse."
EXPIRED = "Ce lien a expiré. Demandez-en un nouveau\u00a0: il vous est envoyé aussitôt à la même adresse."
REVOKED = "Ce lien a été remplacé ou retiré. Ouvrez le dernier message reçu, ou contactez le cabinet."


class RenewalAsked(BaseModel):
    """The fresh link leaves by mail, to the address the firm knows: it is never shown here."""

    detail: str = Field(default="Un nouveau lien vous a été envoyé par email.")


def _refusal(status: int, code: str, detail: str, lien: Lien | None = None) -> Refusal:
    """Of a link that opens nothing, with what the access log says of it."""
    return Refusal(
        Problem(status, code, detail),
        action="lien.refuser",
        acteur=f"lien/{lien.id}" if lien else UNKNOWN,
        objet_id=lien.demarche_id if lien else None,
        client_id=lien.client_id if lien else None,
    )


async def _find(session: AsyncSession, token: str, *, lock: bool = False) -> Lien:
    query = select(Lien).where(Lien.token_hash == hash_token(token))
    found = (await session.exec(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise _refusal(
            404, "lien_inconnu", "Ce lien n'existe pas. Vérifiez qu'il est entier, tel que reçu par email."
        )
    if found.revoked_at is not None:
        raise _refusal(410, "lien_revoque", REVOKED, found)
    return found


def _actor(lien: Lien, cipher: ClientCipher) -> Actor:
    name = cipher.decrypt_text(lien.nom, place("lien", "nom", lien.id)) if lien.nom else "Participant"
    return Actor(
        "participant",
        lien.id,
        name,
        "participant",
        demarche_id=lien.demarche_id,
        participant_key=lien.participant,
    )


@router.post("/{token}")
async def use_link(token: str, request: Request, response: Response, services: ServicesDep) -> Moi:
    """Use the link and open the participant's session. Used already, expired or revoked: 410, and says which.

    The same browser, its session still open, may follow its link again.
    """
    sessions: Sessions = request.app.state.sessions
    async with session_scope() as session:
        lien = await _find(session, token, lock=True)
        actor = _actor(lien, await services.keyring.load(session, lien.client_id))
        if lien.used_at is not None:
            if await sessions.link_of(session, request) != lien.id:
                raise _refusal(410, "lien_utilise", USED, lien)
            return await moi_of_participant(session, actor, request.cookies[cookie_name()])
        if lien.expires_at <= now():
            raise _refusal(410, "lien_expire", EXPIRED, lien)
        lien.used_at = now()
        session.add(lien)
        opened = await sessions.open_for_link(session, request, response, lien)
        await audit.append(
            session,
            acteur=actor.key,
            ip=client_ip(request),
            action="lien.utiliser",
            objet_type="demarche",
            objet_id=lien.demarche_id,
            client_id=lien.client_id,
        )
        return await moi_of_participant(session, actor, opened)


@router.post("/{token}/renouvellement", status_code=202)
async def ask_new_link(token: str, request: Request, services: ServicesDep) -> RenewalAsked:
    """Have a fresh link sent to the participant's own address; three times an hour at most."""
    throttle = request.app.state.throttle
    async with session_scope() as session:
        lien = await _find(session, token)
    await throttle.attempt(lien=str(lien.id))
    if services.renew_link is None:
        raise unavailable(
            "renouvellement_indisponible", "Le renouvellement n'est pas possible pour le moment."
        )
    await services.renew_link(lien)
    return RenewalAsked()
