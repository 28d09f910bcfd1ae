"""Notifications that the firm writes to a client in its own words, outside of any démarche (NOT-14, NOT-07)."""

import uuid
from datetime import datetime

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api.access import Action, rule
from api.commands import key_reused
from api.fil import EnvoiVue, Prevenu, envoi_vue
from api.problems import Problem
from api.routes.demarches.corps import NotificationNouvelle
from api.spaces import SpaceCommande, SpaceLu
from api.targets import tiers_in_path
from store import audit, notification
from store.notification import Notification
from store.session import session_scope
from store.utilisateur import STAFF, Utilisateur, contacts_of

router = APIRouter(prefix="/api/tiers/{tiers_id}/notifications", tags=["notifications"])
RULE = rule(Action.CLIENT_NOTIFIER, tiers_in_path)
TYPE = "notification_libre"
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


@router.post("", status_code=201, dependencies=[Depends(RULE)])
async def notify_client(space: SpaceCommande, body: NotificationNouvelle) -> NotificationsEcrites:
    """Tell a client something: in the bell of each of its people, then on the channels that each one chose."""
    origine, texte = f"libre/{space.command_id}", body.texte.strip()
    async with session_scope() as session:
        told = [user.id for user, _ in await contacts_of(session, space.client_id)]
        if not told:
            raise Problem(
                409,
                "client_sans_compte",
                "Personne chez ce client n'a d'accès au portail\u00a0: écrivez un e-mail.",
            )
        former = await notification.told(session, [origine])
        if former:
            first = former[0][0]
            if first.client_id != space.client_id or notification.read(first, space.cipher) != texte:
                raise key_reused()
            return NotificationsEcrites(items=await _writings(space, [origine]))
        for user_id in told:
            await notification.notify(
                session, space.cipher, user_id, type=TYPE, texte=texte, lien="/notifications", origine=origine
            )
        await audit.append(
            session,
            acteur=space.actor.key,
            action=Action.CLIENT_NOTIFIER,
            objet_type="tiers",
            objet_id=space.client_id,
            client_id=space.client_id,
        )
    return NotificationsEcrites(items=await _writings(space, [origine]))


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
