"""Lines of the access log that one thing done again and again writes once within an hour: readings and refusals.

Each is a transaction of its own: the one of a request that is refused is rolled back. What was told a moment ago is
known here, without asking the database: a screen reads its sheet again at each live update.
"""

import time
import uuid
from datetime import timedelta
from typing import Any

from fastapi import Request

from api.security.addresses import client_ip
from store import audit
from store.session import session_scope

WINDOW = timedelta(hours=1)
KNOWN = 20_000
UNKNOWN = "inconnu"
"""Who did it, when nothing says."""
_told: dict[tuple[str, str, str, str], float] = {}


async def once(
    request: Request,
    *,
    acteur: str,
    action: str,
    objet_type: str,
    objet_id: object,
    client_id: uuid.UUID | None = None,
    **detail: Any,
) -> None:
    """Log that this person does this to this object, unless it was logged within the window, by this process or
    another."""
    key = (acteur, action, objet_type, str(objet_id))
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
                session, WINDOW, acteur=acteur, action=action, objet_type=objet_type, objet_id=objet_id
            )
            if not known:
                await audit.append(
                    session,
                    acteur=acteur,
                    ip=client_ip(request),
                    action=action,
                    objet_type=objet_type,
                    objet_id=objet_id,
                    client_id=client_id,
                    **detail,
                )
    except BaseException:
        _told.pop(key, None)
        raise


async def refused(
    request: Request, acteur: str, action: str, objet_type: str, objet_id: object, **detail: Any
) -> None:
    """Log each refusal of something that an administrator wanted to set: never what was written, only why."""
    async with session_scope() as session:
        await audit.append(
            session,
            acteur=acteur,
            ip=client_ip(request),
            action=action,
            objet_type=objet_type,
            objet_id=objet_id,
            **detail,
        )
