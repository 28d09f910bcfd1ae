"""Who read whose sheet, in the access log (SEC-17): one row per person and sheet within an hour.

A screen reads its sheet again at each live update: what was told a moment ago is known here, without asking the
database.
"""

import time
import uuid
from datetime import timedelta

from fastapi import Request

from api.access import Action, Actor
from api.security.addresses import client_ip
from store import audit
from store.session import session_scope

WINDOW = timedelta(hours=1)
KNOWN = 20_000
_told: dict[tuple[str, Action, uuid.UUID], float] = {}


async def note(
    request: Request, actor: Actor, action: Action, objet_type: str, objet_id: uuid.UUID, client_id: uuid.UUID
) -> None:
    """Log that this person reads this sheet, unless it was logged within the window, by this process or another."""
    key = (actor.key, action, objet_id)
    instant = time.monotonic()
    if _told.get(key, 0.0) > instant:
        return
    if len(_told) >= KNOWN:
        _told.clear()
    # Before the row is written: the same screen may ask twice at once.
    _told[key] = instant + WINDOW.total_seconds()
    try:
        async with session_scope() as session:
            known = await audit.told(
                session, WINDOW, acteur=actor.key, action=action, objet_type=objet_type, objet_id=objet_id
            )
            if not known:
                await audit.append(
                    session,
                    acteur=actor.key,
                    ip=client_ip(request),
                    action=action,
                    objet_type=objet_type,
                    objet_id=objet_id,
                    client_id=client_id,
                )
    except BaseException:
        _told.pop(key, None)
        raise
