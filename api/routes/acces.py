"""Access to the portal: people invited by the firm, and personal links by which they choose their password.

Nothing tells whether an address is known: the same answer, the same work, and the mail leaves elsewhere (SEC-04).
"""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, public, rule
from api.idempotency import IdempotencyKey, once
from api.problems import Problem, faulty, not_found
from api.routes.moi import Moi, moi_of_user
from api.security.addresses import client_ip
from api.services import ServicesDep
from api.targets import tiers_in_path
from api.traces import UNKNOWN, Refusal
from rules.identifiants import verifier_email
from store import acces, audit, cabinet, passwords
from store import tiers as store_tiers
from store.acces import Acces, Motif
from store.base import now
from store.connexion import EtapeConnexion
from store.crypto import Keyring
from store.session import session_scope
from store.tiers import Tiers
from store.utilisateur import Rattachement, Role, Utilisateur, by_email, contacts_of, normalise_email

router = APIRouter(prefix="/api", tags=["connexion"])
gestion = APIRouter(prefix="/api/tiers/{tiers_id}/acces", tags=["tiers"])
Gerant = Annotated[Actor, Depends(rule(Action.ACCES_GERER, tiers_in_path))]
_SECRET = Depends(public("the secret link is what identifies its holder"))

USED = "Ce lien a déjà servi. Connectez-vous avec votre mot de passe, ou demandez un nouveau lien."
EXPIRED = "Ce lien a expiré. Demandez-en un nouveau\u00a0: il vous est envoyé aussitôt."
REVOKED = "Ce lien a été remplacé ou retiré. Ouvrez le dernier message reçu, ou contactez le cabinet."
UNKNOWN_LINK = "Ce lien n'existe pas. Vérifiez qu'il est entier, tel que reçu par email."


class Oubli(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254, examples=["sophie.martin@exemple.fr"])


class OubliRecu(BaseModel):
    """The same whether the address is known or not."""

    detail: str = Field(
        default="Si cette adresse est connue, un email vient de partir avec un lien pour choisir un mot de passe."
    )


class AccesVue(BaseModel):
    """A link that still serves. `email`: what its holder will log in with."""

    motif: Motif
    prenom: str = Field(examples=["Sophie"])
    email: str = Field(examples=["sophie.martin@exemple.fr"])
    cabinet: str = Field(examples=["Cabinet Arvenne"])
    expire_le: datetime


class MotDePasseChoisi(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mot_de_passe: str = Field(max_length=200, examples=["quatre mots sans rapport"])


class AccesOuvert(BaseModel):
    utilisateur: Moi | None = Field(
        description="Null for whoever must still give their second factor: they log in (SEC-01)."
    )


@router.post(
    "/connexion/oubli",
    status_code=202,
    dependencies=[Depends(public("one has forgotten the password before being known"))],
)
async def ask_password_link(body: Oubli, request: Request, services: ServicesDep) -> OubliRecu:
    """Have a personal link sent to one's own address, to choose a password. The answer tells nothing of the address."""
    email, ip = normalise_email(body.email), client_ip(request)
    await request.app.state.throttle.attempt(oubli=email, ip=ip)
    async with session_scope() as session:
        user = await by_email(session, email)
        # Whoever never chose one has forgotten nothing: they are invited again.
        motif = Motif.INVITATION if user and user.password_hash is None else Motif.OUBLI
        row = await acces.send(
            session, services.keyring, motif, user.id if user else acces.NOBODY, replaces=False
        )
        await audit.append(
            session,
            acteur=UNKNOWN,
            ip=ip,
            action="acces.demander",
            objet_type="utilisateur",
            objet_id=row.utilisateur_id or UNKNOWN,
        )
    return OubliRecu()


@router.get("/acces/{jeton}", dependencies=[_SECRET])
async def read_access_link(jeton: str) -> AccesVue:
    """What a personal link opens. Reading it does not use it: mail scanners follow addresses."""
    async with session_scope() as session:
        row, user = await _find(session, jeton)
        firm = await cabinet.read(session)
    return AccesVue(
        motif=Motif.INVITATION if user.password_hash is None else row.motif,
        prenom=user.prenom,
        email=user.email,
        cabinet=firm.nom,
        expire_le=row.expires_at,
    )


@router.post("/acces/{jeton}", dependencies=[_SECRET])
async def choose_password(
    jeton: str, body: MotDePasseChoisi, request: Request, response: Response
) -> AccesOuvert:
    """Choose my password by a personal link (SEC-03). It serves once; my other sessions end and one opens here."""
    sessions, ip = request.app.state.sessions, client_ip(request)
    async with session_scope() as session:
        _, user = await _find(session, jeton)
    try:
        passwords.check(body.mot_de_passe, user.email, user.nom, user.prenom)
    except passwords.WeakPassword as error:
        raise faulty(mot_de_passe=str(error)) from error
    hashed = await passwords.hash_password(body.mot_de_passe)
    me = None
    async with session_scope() as session:
        # Two browsers at once: the account is held, the second finds the link used.
        await acces.hold(session, user.id)
        row, user = await _find(session, jeton)
        row.used_at = now()
        user.password_hash = hashed
        session.add_all([row, user])
        await session.flush()
        await acces.revoke(session, user.id)
        await sessions.close_all(session, user.id)
        if not user.staff and user.totp_confirme_le is None:
            token = await sessions.open_for_user(session, request, response, user, EtapeConnexion.COMPLETE)
            me = await moi_of_user(session, user, token)
        await audit.append(
            session,
            acteur=f"utilisateur/{user.id}",
            ip=ip,
            action="acces.ouvrir",
            objet_type="utilisateur",
            objet_id=user.id,
            client_id=row.tiers_id,
        )
    # Whoever failed with the former password does not wait to use the new one.
    await request.app.state.throttle.succeeded(compte=user.email, ip=ip)
    return AccesOuvert(utilisateur=me)


async def _find(session: AsyncSession, jeton: str) -> tuple[Acces, Utilisateur]:
    """The link and whose it is. Raises the refusal that says why it opens nothing."""
    row = await acces.by_token(session, jeton)
    user = await session.get(Utilisateur, row.utilisateur_id) if row and row.utilisateur_id else None
    if row is None or user is None:
        raise _refusal(404, "lien_inconnu", UNKNOWN_LINK)
    if row.used_at is not None:
        raise _refusal(410, "lien_utilise", USED, row)
    if row.revoked_at is not None or not user.actif:
        raise _refusal(410, "lien_revoque", REVOKED, row)
    if row.expires_at <= now():
        raise _refusal(410, "lien_expire", EXPIRED, row)
    return row, user


def _refusal(status: int, code: str, detail: str, row: Acces | None = None) -> Refusal:
    return Refusal(
        Problem(status, code, detail),
        action="acces.lien_refuse",
        objet_type="utilisateur",
        objet_id=row.utilisateur_id if row else None,
        client_id=row.tiers_id if row else None,
    )


# --- by the firm


class Invitation(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    prenom: str = Field(min_length=1, max_length=100, examples=["Sophie"])
    nom: str = Field(min_length=1, max_length=100, examples=["Martin"])
    email: str = Field(max_length=254, examples=["sophie.martin@exemple.fr"])
    fonction: str | None = Field(default=None, max_length=100, examples=["Gérante"])


class PersonneAcces(BaseModel):
    """Somebody who acts for the client on the portal. `envoi`: of their last link, whose mail left `envoye_le`."""

    id: uuid.UUID
    prenom: str = Field(examples=["Sophie"])
    nom: str = Field(examples=["Martin"])
    email: str = Field(examples=["sophie.martin@exemple.fr"])
    fonction: str | None = Field(examples=["Gérante"])
    etat: Literal["actif", "invite", "jamais_connecte"] = Field(
        description="`invite`\u00a0: son lien attend d'être ouvert."
    )
    vu_le: datetime | None = Field(description="Dernière connexion.")
    envoi: Literal["en_attente", "fait", "echec"] | None = Field(examples=["fait"])
    envoye_le: datetime | None
    expire_le: datetime | None = Field(description="Du lien, tant qu'il sert.")


@gestion.get("")
async def list_access(tiers_id: uuid.UUID, actor: Gerant) -> list[PersonneAcces]:
    """Who acts for this client on the portal, and whether they have come yet."""
    async with session_scope() as session:
        people = await contacts_of(session, tiers_id)
        ids = [user.id for user, _ in people]
        links = await acces.latest(session, ids)
        entries = await acces.last_entries(session, ids)
    return [_person(user, fonction, links.get(user.id), entries.get(user.id)) for user, fonction in people]


def _person(
    user: Utilisateur, fonction: str | None, link: Acces | None, seen: datetime | None
) -> PersonneAcces:
    live = link if link is not None and link.live else None
    envoi: Literal["en_attente", "fait", "echec"] | None = None
    if link is not None:
        envoi = (
            "fait" if link.parti_le else "echec" if link.etat == "echec" else "en_attente" if live else None
        )
    active = user.password_hash is not None and seen is not None
    return PersonneAcces(
        id=user.id,
        prenom=user.prenom,
        nom=user.nom,
        email=user.email,
        fonction=fonction,
        etat="actif" if active else "invite" if live else "jamais_connecte",
        vu_le=seen,
        envoi=envoi,
        envoye_le=link.parti_le if link else None,
        expire_le=live.expires_at if live else None,
    )


@gestion.post("", status_code=201, response_model=PersonneAcces)
async def invite_person(
    tiers_id: uuid.UUID,
    body: Invitation,
    actor: Gerant,
    request: Request,
    services: ServicesDep,
    key: IdempotencyKey = None,
) -> Response:
    """Give somebody access to this client's portal: they receive a link to choose their password.

    Somebody who already has one for another client keeps it, and finds this client at their next visit. The answer
    tells what was asked, and nothing of what they do for clients that I may not see.
    """
    email = normalise_email(body.email)
    if fault := verifier_email(email):
        raise faulty(email=fault)
    async with session_scope() as session:

        async def work() -> PersonneAcces:
            return await _invite(session, services.keyring, actor, request, tiers_id, email, body)

        cipher = await services.keyring.load(session, tiers_id)
        answer = await once(session, services.keyring, request, actor, cipher, key, work, status=201)
    request.app.state.sessions.forget()
    return answer


async def _invite(
    session: AsyncSession,
    keyring: Keyring,
    actor: Actor,
    request: Request,
    tiers_id: uuid.UUID,
    email: str,
    body: Invitation,
) -> PersonneAcces:
    values = {"email": email, "prenom": body.prenom, "nom": body.nom, "role": Role.CLIENT}
    await session.exec(
        insert(Utilisateur)
        .values(id=uuid.uuid4(), actif=True, **values)
        .on_conflict_do_nothing(index_elements=["email"])
    )
    found = await by_email(session, email)
    assert found is not None
    user = await acces.hold(session, found.id) or found
    if user.staff:
        raise Problem(409, "adresse_du_cabinet", "Cette adresse est celle d'une personne du cabinet.")
    known = await _acts_for_one_seen_by(session, actor, user)
    made = await session.exec(
        insert(Rattachement)
        .values(utilisateur_id=user.id, tiers_id=tiers_id, fonction=body.fonction or None)
        .on_conflict_do_nothing()
        .returning(col(Rattachement.utilisateur_id))
    )
    if made.first() is None:
        raise Problem(409, "acces_existant", f"{user.nom_complet} a déjà accès au portail pour ce client.")
    user.actif = True
    session.add(user)
    await session.flush()
    link = None
    if user.password_hash is None:
        link = await acces.send(session, keyring, Motif.INVITATION, user.id, tiers_id=tiers_id, par=actor.id)
    entries = await acces.last_entries(session, [user.id]) if known else {}
    await _trace(session, actor, request, "acces.inviter", tiers_id, user.id)
    person = _person(user, body.fonction or None, link, entries.get(user.id))
    return person if known else person.model_copy(update={"prenom": body.prenom, "nom": body.nom})


async def _acts_for_one_seen_by(session: AsyncSession, actor: Actor, user: Utilisateur) -> bool:
    """Whether this person already acts for a client that the actor may see."""
    theirs = select(Rattachement.tiers_id).where(Rattachement.utilisateur_id == user.id)
    seen = store_tiers.matching(seen_by=None if actor.supervises else actor.id)
    return (await session.exec(seen.where(col(Tiers.id).in_(theirs)).limit(1))).first() is not None


@gestion.post("/{utilisateur_id}/lien", status_code=202)
async def send_access_link(
    tiers_id: uuid.UUID,
    utilisateur_id: uuid.UUID,
    actor: Gerant,
    request: Request,
    services: ServicesDep,
) -> PersonneAcces:
    """Send them a link again: the former ones open nothing more."""
    async with session_scope() as session:
        user, fonction = await _attached(session, tiers_id, utilisateur_id)
        motif = Motif.INVITATION if user.password_hash is None else Motif.OUBLI
        link = await acces.send(session, services.keyring, motif, user.id, tiers_id=tiers_id, par=actor.id)
        entries = await acces.last_entries(session, [user.id])
        await _trace(session, actor, request, "acces.renvoyer", tiers_id, user.id)
    return _person(user, fonction, link, entries.get(user.id))


@gestion.delete("/{utilisateur_id}", status_code=204, response_class=Response)
async def withdraw_access(
    tiers_id: uuid.UUID, utilisateur_id: uuid.UUID, actor: Gerant, request: Request
) -> Response:
    """Take this client away from them. Acting for nobody any more, they no longer come in, and their sessions end."""
    sessions = request.app.state.sessions
    async with session_scope() as session:
        await acces.hold(session, utilisateur_id)
        user, _ = await _attached(session, tiers_id, utilisateur_id)
        await session.exec(
            delete(Rattachement).where(
                col(Rattachement.tiers_id) == tiers_id, col(Rattachement.utilisateur_id) == user.id
            )
        )
        left = select(Rattachement.tiers_id).where(Rattachement.utilisateur_id == user.id).limit(1)
        if (await session.exec(left)).first() is None:
            user.actif, user.password_hash = False, None
            session.add(user)
            await session.flush()
            await acces.revoke(session, user.id)
            await sessions.close_all(session, user.id)
        await _trace(session, actor, request, "acces.retirer", tiers_id, user.id)
    sessions.forget()
    return Response(status_code=204)


async def _attached(
    session: AsyncSession, tiers_id: uuid.UUID, utilisateur_id: uuid.UUID
) -> tuple[Utilisateur, str | None]:
    query = (
        select(Utilisateur, Rattachement.fonction)
        .join(Rattachement)
        .where(Rattachement.tiers_id == tiers_id, Rattachement.utilisateur_id == utilisateur_id)
    )
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise not_found("Cet accès")
    return found


async def _trace(
    session: AsyncSession,
    actor: Actor,
    request: Request,
    action: str,
    tiers_id: uuid.UUID,
    utilisateur_id: uuid.UUID,
) -> None:
    await audit.append(
        session,
        acteur=actor.key,
        ip=client_ip(request),
        action=action,
        objet_type="utilisateur",
        objet_id=utilisateur_id,
        client_id=tiers_id,
    )
