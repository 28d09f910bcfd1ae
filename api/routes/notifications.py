"""The bell: what I was told, and what I have not read yet (NOT-01, NOT-02)."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from activities.notices import ASKING
from api.access import Action, Actor, rule
from api.fil import EnvoiVue, envoi_vue
from api.pages import Limit, Offset, Page
from api.services import ServicesDep
from store import notification, preference
from store.session import session_scope

router = APIRouter(prefix="/api/notifications", tags=["notifications"])
_STILL_UNREAD = frozenset({*ASKING, *preference.WRITTEN, "effet_en_echec"})
"""Codes that opening the démarche does not read: they ask for something, have words that its first page does not show,
or tell of a failure that is still to be looked at."""


class NotificationVue(BaseModel):
    id: uuid.UUID
    type: str = Field(examples=["piece_refusee"])
    texte: str = Field(examples=["Le RIB de Zoé Martin est à déposer à nouveau."])
    lien: str | None = Field(examples=["/demarches/0b8f3c52-5e0e-4a3c-9a55-2d6a5d1d8c11"])
    demarche_id: uuid.UUID | None
    demarche: str | None = Field(description="Son titre.", examples=["Embauche de Zoé Martin"])
    client: str | None = Field(
        description="Le client dont il s'agit ; absent pour ce qui est du cabinet.",
        examples=["Menuiserie Bellanger"],
    )
    envois: list[EnvoiVue] = Field(description="Ce qui en est parti hors du portail.")
    created_at: datetime
    read_at: datetime | None = Field(
        description="Lue, ou réglée sans l'être\u00a0: plus rien n'y est à faire."
    )


class Notifications(Page[NotificationVue]):
    non_lues: int


class MarkRead(BaseModel):
    """Neither `ids` nor `demarche`: all of them."""

    model_config = ConfigDict(extra="forbid")

    ids: list[uuid.UUID] | None = Field(default=None, max_length=200)
    demarche: uuid.UUID | None = Field(
        default=None,
        description="Ouvrir la page d'une démarche, c'est lire où elle en est. Ce qui demande quelque chose et les "
        "messages restent non lus.",
    )


class Unread(BaseModel):
    non_lues: int


@router.get("")
async def list_notifications(
    actor: Annotated[Actor, Depends(rule(Action.NOTIFICATION_LIRE))],
    services: ServicesDep,
    limit: Limit = 20,
    offset: Offset = 0,
    non_lues: Annotated[bool, Query(description="Only those I have not read.")] = False,
) -> Notifications:
    """My notifications, newest first, and how many I have not read."""
    client = actor.kind == "client"
    async with session_scope() as session:
        total, unread = await notification.counts(session, actor.id, actor.droits.caches, client=client)
        rows = await notification.page(
            session,
            actor.id,
            limit=limit,
            offset=offset,
            unread_only=non_lues,
            sans=actor.droits.caches,
            client=client,
        )
        # Those of an erased client are unreadable for ever: they are left out.
        ciphers = await services.keyring.load_many(session, {row.client_id for row in rows})
        titles = await notification.titles(session, rows)
        clients = await notification.clients(session, rows)
        sent: dict[uuid.UUID, list[EnvoiVue]] = {}
        for envoi in await notification.sent(session, rows):
            sent.setdefault(envoi.notification_id, []).append(envoi_vue(envoi, actor))
    items = [
        NotificationVue(
            id=row.id,
            type=row.type,
            texte=notification.read(row, ciphers[row.client_id]),
            lien=row.lien,
            demarche_id=row.demarche_id,
            demarche=titles.get(row.demarche_id) if row.demarche_id else None,
            client=clients.get(row.client_id),
            envois=sent.get(row.id, []),
            created_at=row.created_at,
            read_at=row.read_at or row.reglee_le,
        )
        for row in rows
        if row.client_id in ciphers
    ]
    return Notifications(
        items=items, total=unread if non_lues else total, limit=limit, offset=offset, non_lues=unread
    )


@router.put("/lues")
async def mark_notifications_read(
    body: MarkRead, actor: Annotated[Actor, Depends(rule(Action.NOTIFICATION_MARQUER))]
) -> Unread:
    """Mark some of my notifications read, those that tell how a démarche goes, or all; those of others are left."""
    async with session_scope() as session:
        if body.demarche is not None:
            await notification.mark_news_read(session, actor.id, body.demarche, _STILL_UNREAD)
        else:
            await notification.mark_read(session, actor.id, body.ids)
        _, unread = await notification.counts(
            session, actor.id, actor.droits.caches, client=actor.kind == "client"
        )
    return Unread(non_lues=unread)
