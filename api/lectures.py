"""Who read whose sheet, in the access log (SEC-17): one row per person and sheet within an hour."""

import uuid

from fastapi import Request

from api import traces
from api.access import Action, Actor


async def note(
    request: Request, actor: Actor, action: Action, objet_type: str, objet_id: uuid.UUID, client_id: uuid.UUID
) -> None:
    """Log that this person reads this sheet."""
    await traces.once(
        request,
        acteur=actor.key,
        action=action,
        objet_type=objet_type,
        objet_id=objet_id,
        client_id=client_id,
    )
