"""`Idempotency-Key`: the same request sent twice is done once, and answered twice the same."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header, Request, Response
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Actor
from api.problems import Problem
from store import idempotence
from store.crypto import ClientCipher, Keyring

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        description="Same key, same command: it is done once, however often it is sent.",
        examples=["8f14e45f-ceea-4e7a-9c1b-1f1b5c9a2d3e"],
    ),
]


async def once(
    session: AsyncSession,
    keyring: Keyring,
    request: Request,
    actor: Actor,
    cipher: ClientCipher,
    key: str | None,
    work: Callable[[], Awaitable[BaseModel]],
    *,
    status: int = 200,
) -> Response:
    """Do `work` in the caller's transaction and store its answer under the key, or give back the stored answer.

    For commands that do not go through a workflow. Raises 409 when the key came with another request.
    """
    if key is None:
        return _json(status, (await work()).model_dump_json().encode())
    digest = hashlib.sha256(
        request.method.encode() + request.url.path.encode() + await request.body()
    ).digest()
    route = f"{request.method} {request.url.path}"[:200]
    try:
        stored = await idempotence.begin(session, keyring, actor.key, key, route, digest)
    except idempotence.KeyReused as error:
        raise Problem(
            409, "cle_reutilisee", "Cette clé d'idempotence a déjà servi à une autre demande."
        ) from error
    if stored is not None:
        return _json(*stored)
    body = (await work()).model_dump_json().encode()
    await idempotence.finish(session, cipher, actor.key, key, status, body)
    return _json(status, body)


def _json(status: int, body: bytes) -> Response:
    return Response(body, status, media_type="application/json")
