"""The photo of each person of the firm, which they choose and which their clients see (EQP-02, EQP-03)."""

import asyncio
import hashlib
import uuid
from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from PIL import Image, ImageOps
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, rule
from api.problems import not_found
from api.security.addresses import client_ip
from api.security.headers import MAX_PHOTO
from store import audit, portrait
from store.base import now
from store.file_refusals import TooDense
from store.file_types import HEAD, JPEG, PNG, Limits, check_structure, sniff
from store.portrait import Portrait
from store.session import session_scope
from store.utilisateur import Utilisateur

router = APIRouter(prefix="/api", tags=["cabinet"])

SIDE = 256
"""Pixels of the square kept: four times the largest that the screens show."""
MAX_PIXELS = 24_000_000
"""Of an image which can only be decoded whole: a JPEG is read at a part of its size."""
LIMITS = Limits(max_size=MAX_PHOTO, types=frozenset({JPEG, PNG}))

Mien = Annotated[Actor, Depends(rule(Action.PHOTO_REGLER))]


class PhotoChoisie(BaseModel):
    photo: str | None = Field(description="Adresse de l'image, qui change avec elle.")


@router.put(
    "/moi/photo",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (JPEG, PNG)},
        }
    },
)
async def write_my_photo(actor: Mien, request: Request) -> PhotoChoisie:
    """My photo, 5 MiB at most: made square and small, without what else the file told (place, device)."""
    made = await asyncio.to_thread(square, await request.body())
    version = hashlib.sha256(made).hexdigest()[:12]
    async with session_scope() as session:
        await session.merge(Portrait(user_id=actor.id, type=JPEG, contenu=made, updated_at=now()))
        return await _told(session, actor, request, f"/api/personnes/{actor.id}/photo?v={version}")


@router.delete("/moi/photo")
async def remove_my_photo(actor: Mien, request: Request) -> PhotoChoisie:
    """The screens show my initials again."""
    async with session_scope() as session:
        if (row := await session.get(Portrait, actor.id)) is not None:
            await session.delete(row)
        return await _told(session, actor, request, None)


async def _told(session: AsyncSession, actor: Actor, request: Request, address: str | None) -> PhotoChoisie:
    user = await session.get_one(Utilisateur, actor.id)
    user.photo = address
    session.add(user)
    await audit.append(
        session,
        acteur=actor.key,
        ip=client_ip(request),
        action=Action.PHOTO_REGLER,
        objet_type="utilisateur",
        objet_id=actor.id,
    )
    return PhotoChoisie(photo=address)


def square(image: bytes) -> bytes:
    """The JPEG kept of a photo, without its metadata. Raises a FileRefused. Blocking: call it in a thread."""
    kind = sniff(image[:HEAD], "", LIMITS)
    check_structure(kind, BytesIO(image))
    with Image.open(BytesIO(image), formats=("JPEG", "PNG")) as opened:
        opened.draft("RGB", (2 * SIDE, 2 * SIDE))
        if opened.width * opened.height > MAX_PIXELS:
            raise TooDense("Cette image est trop grande. Réduisez-la, puis choisissez-la à nouveau.")
        # A telephone says in the metadata which side is up.
        turned = ImageOps.exif_transpose(opened)
        drawn = turned.convert("RGBA")
    fitted = ImageOps.fit(drawn, (SIDE, SIDE))
    made = Image.new("RGB", fitted.size, "white")
    made.paste(fitted, mask=fitted)
    kept = BytesIO()
    made.save(kept, "JPEG", quality=86, optimize=True)
    return kept.getvalue()


@router.get(
    "/personnes/{user_id}/photo",
    response_class=Response,
    responses={
        200: {"description": "L'image.", "content": {JPEG: {}}},
        304: {"description": "Celle que vous avez."},
    },
)
async def read_photo(
    user_id: uuid.UUID,
    actor: Annotated[Actor, Depends(rule(Action.PHOTO_VOIR))],
    known: Annotated[str | None, Header(alias="If-None-Match", examples=['"3f2c9a546d0e"'])] = None,
) -> Response:
    """The photo of one of the firm's people, for all who log in."""
    async with session_scope() as session:
        row = await portrait.of(session, user_id)
    if row is None:
        raise not_found("Cette photo")
    tag = f'"{hashlib.sha256(row.contenu).hexdigest()[:12]}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    if known == tag:
        return Response(status_code=304, headers=headers)
    return Response(row.contenu, media_type=row.type, headers=headers)
