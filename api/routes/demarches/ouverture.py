"""Opening a démarche: from the portal as a demande, by the firm as a dossier."""

import logging
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.programs import program_of
from activities.publication import withdrawn
from api.access import Action, Actor, Target, require, rule
from api.commands import broken, insist, refusal_problem, replay, unconfirmed
from api.dossier import Cle, Dossier, command_id_of, engine_actor, load
from api.problems import FieldError, Problem, not_found
from api.routes.demarches import corps
from api.routes.demarches.cycle import require_movable_clock
from api.security.addresses import client_ip
from api.services import Services, ServicesDep
from api.targets import target_of_tiers
from store import audit, brouillon, droit, liaison, reference
from store.demarche import Demarche
from store.modele import latest_of
from store.session import session_scope
from store.tiers import Tiers
from store.utilisateur import STAFF, Utilisateur, contacts_of
from workflows.client import Broken, Unavailable
from workflows.engine import commands as c
from workflows.engine.commands import Refusal
from workflows.engine.decide import decide
from workflows.engine.program import PARIS, Program
from workflows.engine.state import DemarcheState, Horloge, Membre, Phase

router = APIRouter(prefix="/api/demarches", tags=["démarches"])
_log = logging.getLogger("elaska.api")
UNNUMBERED = "…"
OUTSIDE = (
    "Cette prestation n'est pas incluse dans votre abonnement et sera facturée au tarif en vigueur. "
    "Confirmez-vous la demande\u00a0?"
)
"""Asked of a client before anything that their subscription does not include (DEM-11)."""


class Ouverte(BaseModel):
    """A démarche was opened."""

    id: uuid.UUID
    reference: str = Field(examples=["EMB-2026-0147"])
    seq: int


async def opening_target(body: corps.Ouverture) -> Target:
    """The client for whom a démarche is to be opened, and what it is to be."""
    return replace(await target_of_tiers(body.tiers_id), modele=body.modele)


@router.post("", status_code=201)
async def open_demarche(
    body: corps.Ouverture,
    idempotency_key: Cle,
    actor: Annotated[Actor, Depends(rule(Action.DEMARCHE_OUVRIR, opening_target))],
    services: ServicesDep,
    request: Request,
) -> Ouverte:
    """Open a démarche of the newest version of a modèle. The same key opens the same démarche, once."""
    command_id = command_id_of(actor, idempotency_key)
    demarche_id = uuid.uuid5(uuid.NAMESPACE_OID, command_id)
    phase: Phase = body.phase or ("demande" if actor.kind == "client" else "dossier")
    if body.conseiller_id is not None and actor.kind != "staff":
        raise Problem(403, "interdit", "Le choix du conseiller est réservé au cabinet.")
    if body.depuis is not None:
        await origin_of(body.depuis, body.tiers_id, actor, services, request)
    horloge = None
    if body.horloge is not None:
        require_movable_clock(services.settings.movable_clock)
        horloge = Horloge(virtual=body.horloge.origine, real=datetime.now(UTC), factor=body.horloge.facteur)
    former = await _former(demarche_id, actor, services, command_id)
    async with session_scope() as session:
        tiers = await session.get_one(Tiers, body.tiers_id)
        program = await _program(session, actor, body.modele, former)
        equipe = await team_for(session, program, tiers, actor, body.conseiller_id)
    command = c.OpenDemarche(
        id=command_id,
        actor=engine_actor(actor),
        ip=client_ip(request),
        client_id=str(tiers.id),
        client_nom=tiers.nom,
        client_type=tiers.type,
        reference=UNNUMBERED,
        phase=phase,
        equipe=equipe,
        donnees=body.donnees,
        horloge=horloge,
    )
    if former is not None:
        # What the server adds may have changed since.
        answered = replay(former, command, ("reference", "equipe", "client_nom", "client_type", "horloge"))
        return await _opened(demarche_id, answered.seq)
    outside = tiers.included(body.modele) is False
    if outside and actor.kind == "client" and not body.accord:
        raise Problem(409, "hors_abonnement", OUTSIDE)
    envelope = f"/donnees/{next(iter(body.donnees))}" if len(body.donnees) == 1 else "/donnees"
    try:
        # Tried first without a number: a refused opening uses none, and starts no workflow.
        decide(program, DemarcheState(demarche_id=str(demarche_id)), command, _present(horloge))
        async with session_scope() as session:
            day = datetime.now(PARIS).date()
            number = await reference.next_reference(session, program.modele.reference, day)
        command = command.model_copy(update={"reference": number})
        demarches = await services.temporal.demarches()
        answer = await insist(lambda: demarches.open(tiers.id, demarche_id, program.sha, command))
    except Refusal as refusal:
        raise refusal_problem(refusal, envelope) from None
    except Unavailable as error:
        _log.error("opening not confirmed: démarche %s", demarche_id)
        raise unconfirmed() from error
    except Broken as error:
        raise broken(demarche_id, "OpenDemarche", error) from error
    if body.depuis is not None:
        async with session_scope() as session:
            await liaison.lier(session, demarche_id, body.depuis)
    await _forget_draft(actor, tiers.id, body.modele)
    async with session_scope() as session:
        await audit.append(
            session,
            acteur=actor.key,
            ip=client_ip(request),
            action=Action.DEMARCHE_OUVRIR,
            objet_type="demarche",
            objet_id=demarche_id,
            client_id=tiers.id,
            reference=number,
            **({"accord": True} if outside and actor.kind == "client" else {}),
        )
    return await _opened(demarche_id, answer["seq"])


async def origin_of(
    demarche_id: uuid.UUID, tiers_id: uuid.UUID, actor: Actor, services: Services, request: Request
) -> Dossier:
    """The démarche of this client from which the firm opens another (PRV-12). Raises 403 and 404 problems."""
    if actor.kind != "staff":
        raise Problem(403, "interdit", "Ouvrir une démarche depuis une autre est réservé au cabinet.")
    origin = await load(demarche_id, actor, services)
    await require(request, actor, Action.DEMARCHE_LIRE, origin.target())
    if origin.row.client_id != tiers_id:
        raise not_found("Cette démarche")
    return origin


def _present(horloge: Horloge | None) -> datetime:
    real = datetime.now(UTC)
    return horloge.at(real) if horloge else real


async def _former(
    demarche_id: uuid.UUID, actor: Actor, services: Services, command_id: str
) -> Dossier | None:
    """The démarche that this key has already opened."""
    try:
        return await load(demarche_id, actor, services, command_id)
    except Problem:
        return None


async def _program(session: AsyncSession, actor: Actor, modele: str, former: Dossier | None) -> Program:
    """The newest version; on a second try, the one the démarche was opened with. Raises the 404 problem."""
    if former is not None and former.row.modele == modele:
        return await program_of(session, former.row.modele_sha)
    version = await latest_of(session, modele)
    if version is None:
        raise not_found("Ce modèle")
    if withdrawn(version):
        raise Problem(409, "modele_retire", "Ce modèle n’est plus proposé : choisissez-en un autre.")
    program = await program_of(session, version.sha256)
    if actor.kind == "client" and not program.modele.portail.visible:
        raise not_found("Ce modèle")
    return program


async def _opened(demarche_id: uuid.UUID, seq: int) -> Ouverte:
    """The answer to an opening; `seq` is the opening's own, however far the démarche has gone since."""
    async with session_scope() as session:
        row = await session.get_one(Demarche, demarche_id)
        return Ouverte(id=row.id, reference=row.reference, seq=seq)


async def _forget_draft(actor: Actor, tiers_id: uuid.UUID, modele: str) -> None:
    """The draft that became this démarche (DEM-04)."""
    async with session_scope() as session:
        await session.exec(
            delete(brouillon.Brouillon).where(
                col(brouillon.Brouillon.utilisateur_id) == actor.id,
                col(brouillon.Brouillon.tiers_id) == tiers_id,
                col(brouillon.Brouillon.modele) == modele,
            )
        )


async def team_for(
    session: AsyncSession, program: Program, tiers: Tiers, actor: Actor, asked: uuid.UUID | None
) -> tuple[Membre, ...]:
    """Who holds each role of the modèle: the adviser for the firm's, a user of the tiers for the client's."""
    roles = program.modele.roles
    cabinet = await _adviser(session, tiers, asked, program.modele.modele)
    client = await _manager(session, tiers, actor)
    holders = {"cabinet": cabinet, "client": client, "tiers": None}
    return tuple(
        Membre(role=key, user_id=str(holder.id), nom=holder.nom_complet, libelle=role.libelle)
        for key, role in roles.items()
        if (holder := holders[role.cote]) is not None
    )


async def _adviser(session: AsyncSession, tiers: Tiers, asked: uuid.UUID | None, modele: str) -> Utilisateur:
    """The one asked for, else the client's own, else whoever has the fewest open démarches.

    Nobody to whom the modèle is closed.
    """
    barred = await droit.barred(session, modele)
    if asked is not None:
        user = await session.get(Utilisateur, asked)
        if user is None or not user.actif or not user.staff or user.id in barred:
            raise Problem(
                422,
                "conseiller_invalide",
                "Ce conseiller n'existe pas, n'est plus en poste ou n'a pas accès à ce type de démarche.",
                errors=[FieldError(pointer="/conseiller_id", detail="Choisissez un autre conseiller.")],
            )
        return user
    if tiers.conseiller_id is not None:
        own = await session.get(Utilisateur, tiers.conseiller_id)
        if own is not None and own.actif and own.id not in barred:
            return own
    load_of = (
        select(sa.func.count())
        .select_from(Demarche)
        .where(col(Demarche.conseiller_id) == Utilisateur.id, col(Demarche.open))
        .correlate(Utilisateur)
        .scalar_subquery()
    )
    # A conseiller rather than a responsable or the administrator.
    query = (
        select(Utilisateur)
        .where(col(Utilisateur.role).in_(STAFF), col(Utilisateur.actif), col(Utilisateur.id).not_in(barred))
        .order_by(col(Utilisateur.role) != STAFF[0], load_of, col(Utilisateur.id))
        .limit(1)
    )
    found = (await session.exec(query)).first()
    if found is None:
        raise Problem(409, "aucun_conseiller", "Aucun conseiller ne peut prendre cette démarche en charge.")
    return found


async def _manager(session: AsyncSession, tiers: Tiers, actor: Actor) -> Utilisateur | None:
    """The client's user who asks, else the first one attached."""
    if actor.kind == "client":
        return await session.get(Utilisateur, actor.id)
    contacts = await contacts_of(session, tiers.id)
    return contacts[0][0] if contacts else None
