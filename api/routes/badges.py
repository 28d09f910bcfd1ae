"""Words, colours and icons of the common badges, set by an administrator (BDG-02, UX-13)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, rule
from api.badges import BadgeChoisi, BadgeRegle, Objet
from api.security.addresses import client_ip
from store import audit, badge
from store.badge import Badge
from store.session import session_scope

router = APIRouter(prefix="/api/parametres/badges", tags=["parametres"])
Setter = Annotated[Actor, Depends(rule(Action.BADGE_REGLER))]
Cle = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", description="Le statut.", examples=["recu"])]


@router.get("")
async def list_badges(actor: Setter) -> list[BadgeChoisi]:
    """The badges that were changed; the others look as the screens made them."""
    async with session_scope() as session:
        return [BadgeChoisi.model_validate(row) for row in await badge.every(session)]


@router.put("/{objet}/{cle}")
async def write_badge(
    objet: Objet, cle: Cle, body: BadgeRegle, actor: Setter, request: Request
) -> list[BadgeChoisi]:
    """Give a badge other words, another colour, another icon, for everybody."""
    async with session_scope() as session:
        await session.merge(Badge(objet=objet, cle=cle, **body.model_dump()))
        await session.flush()
        return await _told(session, actor, request, f"{objet}/{cle}", body.libelle)


@router.delete("/{objet}/{cle}")
async def restore_badge(objet: Objet, cle: Cle, actor: Setter, request: Request) -> list[BadgeChoisi]:
    """Put a badge back as it was; nothing when nobody had changed it."""
    async with session_scope() as session:
        await badge.forget(session, objet, cle)
        return await _told(session, actor, request, f"{objet}/{cle}", "d'origine")


async def _told(
    session: AsyncSession, actor: Actor, request: Request, which: str, quoi: str
) -> list[BadgeChoisi]:
    found = [BadgeChoisi.model_validate(row) for row in await badge.every(session)]
    await audit.append(
        session,
        acteur=actor.key,
        action=Action.BADGE_REGLER,
        objet_type="badge",
        objet_id=which,
        ip=client_ip(request),
        code=which,
        quoi=quoi,
    )
    return found
