"""Notifications that the firm writes to a client in its own words, outside of any démarche (NOT-14, NOT-07)."""

import uuid
from datetime import datetime

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from sqlmodel import col, select

from api.access import Action, Actor, require, rule
from api.commands import key_reused
from api.fil import EnvoiVue, Prevenu, envoi_vue
from api.problems import FieldError, Problem, not_found
from api.routes.demarches.corps import NotificationNouvelle
from api.security.addresses import client_ip
from api.spaces import SpaceCommande, SpaceLu
from api.targets import targets_of_tiers, tiers_in_path
from store import audit, notification
from store.notification import Notification
from store.session import session_scope
from store.statements import run
from store.tiers import Tiers
from store.utilisateur import STAFF, Utilisateur, contacts_of_each

router = APIRouter(prefix="/api/tiers/{tiers_id}/notifications", tags=["notifications"])
RULE = rule(Action.CLIENT_NOTIFIER, tiers_in_path)
TYPE = "notification_libre"
MOST = 100
"""Clients told at once."""
SHOWN = 50
"""Writings shown, the last first."""


class NotificationEcrite(BaseModel):
    """Ce que le cabinet a écrit, et ce qu'il en est advenu pour chaque personne."""

    id: str = Field(examples=["libre/utilisateur/0b8f3c52-5e0e-4a3c-9a55-2d6a5d1d8c11"])
    texte: str = Field(examples=["Le cabinet est fermé du 24 au 31 décembre."])
    par: str = Field(examples=["Claire Vasseur"])
    at: datetime
    prevenus: list[Prevenu]


class NotificationsEcrites(BaseModel):
    items: list[NotificationEcrite]


class NotificationPlusieurs(NotificationNouvelle):
    autres: list[uuid.UUID] = Field(
        default=[],
        title="Aussi à",
        max_length=MOST - 1,
        description="D'autres clients, à qui le même texte est écrit\u00a0: tous sont prévenus, ou aucun.",
        examples=[["5b0c7f5e-8f1c-4a63-9f0a-0d7a2f3f9e11"]],
    )


@router.post("", status_code=201, dependencies=[Depends(RULE)])
async def notify_client(
    space: SpaceCommande, body: NotificationPlusieurs, request: Request
) -> NotificationsEcrites:
    """Tell one client or several something: in the bell of each of their people, then on the channels that each one
    chose. One transaction: everybody is told, or nobody and the answer says on account of whom."""
    texte = body.texte.strip()
    autres = [id_ for id_ in dict.fromkeys(body.autres) if id_ != space.client_id]
    await _check_others(request, space.actor, body.autres)
    clients = [space.client_id, *autres]
    origines = {id_: _origine(space, id_) for id_ in clients}
    async with session_scope() as session:
        people = await contacts_of_each(session, clients)
        if not people[space.client_id]:
            raise Problem(
                409,
                "client_sans_compte",
                "Personne chez ce client n'a d'accès au portail\u00a0: écrivez un email.",
            )
        mute = [id_ for id_ in autres if not people[id_]]
        if mute:
            names = dict(
                (await session.exec(select(Tiers.id, Tiers.nom).where(col(Tiers.id).in_(mute)))).all()
            )
            raise Problem(
                409,
                "client_sans_compte",
                "Personne n'a été prévenu. Retirez ces clients, ou écrivez-leur un email.",
                errors=[
                    FieldError(
                        pointer=f"/autres/{body.autres.index(id_)}",
                        detail=f"{names[id_]}\u00a0: personne n'y a d'accès au portail.",
                    )
                    for id_ in mute
                ],
            )
        former = {row.client_id: row for row, _ in await notification.told(session, list(origines.values()))}
        if former:
            first = former.get(space.client_id)
            same = first is not None and notification.read(first, space.cipher) == texte
            if not same or set(former) != set(clients):
                raise key_reused()
            return NotificationsEcrites(items=await _writings(space, [origines[space.client_id]]))
        keyring = space.services.keyring
        known = await keyring.load_many(session, set(clients))
        # One that is left out says why.
        ciphers = {id_: known.get(id_) or await keyring.load(session, id_) for id_ in clients}
        await run(
            session,
            [
                notification.telling(
                    ciphers[id_],
                    user.id,
                    type=TYPE,
                    texte=texte,
                    lien="/notifications",
                    origine=origines[id_],
                )
                for id_ in clients
                for user, _ in people[id_]
            ],
        )
        # Last: nobody else writes in the log from the first line to the commit.
        for id_ in clients:
            await audit.append(
                session,
                acteur=space.actor.key,
                action=Action.CLIENT_NOTIFIER,
                objet_type="tiers",
                objet_id=id_,
                ip=client_ip(request),
                client_id=id_,
            )
    return NotificationsEcrites(items=await _writings(space, [origines[space.client_id]]))


def _origine(space: SpaceCommande, client_id: uuid.UUID) -> str:
    """What one command writes to one client: each has it in a journal of its own."""
    id_ = uuid.uuid5(client_id, space.command_id)
    return f"libre/{space.actor.key}/{id_}"


async def _check_others(request: Request, actor: Actor, ids: list[uuid.UUID]) -> None:
    """Those that this person may not write to, all named at once."""
    targets = await targets_of_tiers(set(ids))
    errors = []
    for rank, id_ in enumerate(ids):
        try:
            if id_ not in targets:
                raise not_found("Ce client")
            await require(request, actor, Action.CLIENT_NOTIFIER, targets[id_])
        except Problem:
            errors.append(FieldError(pointer=f"/autres/{rank}", detail="Ce client n'est pas des vôtres."))
    if errors:
        raise Problem(
            422,
            "demande_invalide",
            "Personne n'a été prévenu\u00a0: vous ne pouvez pas écrire à tous ces clients.",
            errors=errors,
        )


@router.get("", dependencies=[Depends(RULE)])
async def list_writings(space: SpaceLu) -> NotificationsEcrites:
    """What was written to a client outside of its démarches, and who was told of it, how and when."""
    async with session_scope() as session:
        origines = await notification.written_to(session, space.client_id, TYPE, SHOWN)
    return NotificationsEcrites(items=await _writings(space, origines))


async def _writings(space: SpaceLu, origines: list[str]) -> list[NotificationEcrite]:
    async with session_scope() as session:
        told = await notification.told(session, origines)
        sent: dict[uuid.UUID, list[EnvoiVue]] = {}
        for envoi in await notification.sent(session, [row for row, _ in told]):
            sent.setdefault(envoi.notification_id, []).append(envoi_vue(envoi, space.actor))
        found = []
        for origine in origines:
            rows = [(row, user) for row, user in told if row.origine == origine]
            author = await session.get(Utilisateur, uuid.UUID(origine.split("/")[2]))
            if rows:
                found.append(_writing(space, rows, sent, author))
    return found


def _writing(
    space: SpaceLu,
    rows: list[tuple[Notification, Utilisateur]],
    sent: dict[uuid.UUID, list[EnvoiVue]],
    author: Utilisateur | None,
) -> NotificationEcrite:
    first = rows[0][0]
    assert first.origine is not None
    return NotificationEcrite(
        id=first.origine,
        texte=notification.read(first, space.cipher),
        par=author.nom_complet if author else "Le cabinet",
        at=first.created_at,
        prevenus=[
            Prevenu(
                nom=user.nom_complet,
                cabinet=user.role in STAFF,
                lu_le=row.read_at,
                envois=sent.get(row.id, []),
            )
            for row, user in rows
        ],
    )
