"""Lines of the access log that one thing done again and again writes once within an hour: readings and refusals.

Each is a transaction of its own: the one of a request that is refused is rolled back. What was told a moment ago is
known here, without asking the database: a screen reads its sheet again at each live update.
"""

import time
import uuid
from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from api.problems import Problem
from api.security.addresses import client_ip
from store import audit
from store.session import session_scope

WINDOW = timedelta(hours=1)
KNOWN = 20_000
UNKNOWN = "inconnu"
"""Who did it, when nothing says."""
_told: dict[tuple[str, str, str, str], float] = {}


class Refusal(Problem):
    """A refusal that leaves a line in the access log, once the transaction that it rolls back is over (SEC-17).

    Without `objet_id` nothing is kept of what was tried: only from where.
    """

    def __init__(
        self,
        answer: Problem,
        *,
        action: str,
        acteur: str = UNKNOWN,
        objet_type: str = "demarche",
        objet_id: object = None,
        client_id: uuid.UUID | None = None,
    ) -> None:
        super().__init__(answer.status_code, answer.code, str(answer.detail), errors=answer.errors)
        self.line: dict[str, Any] = {
            "acteur": acteur,
            "action": action,
            "objet_type": objet_type,
            "objet_id": objet_id,
            "client_id": client_id,
        }


def kept_from(
    acteur: str,
    answer: Problem,
    objet_type: str,
    objet_id: object,
    client_id: uuid.UUID | None = None,
) -> Refusal:
    """Of what exists, but is another's: `answer`, that of what does not exist, and a line of the access log."""
    return Refusal(
        answer,
        action="acces.refuser",
        acteur=acteur,
        objet_type=objet_type,
        objet_id=objet_id,
        client_id=client_id,
    )


async def refusal(request: Request, error: Exception) -> Response:
    """The answer to a refusal, once it is told."""
    assert isinstance(error, Refusal)
    line = dict(error.line)
    if line["objet_id"] is None:
        line |= {"objet_type": "adresse", "objet_id": client_ip(request)}
    await once(request, **line, code=error.code)
    return error.response()


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
