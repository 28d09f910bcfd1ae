"""The live stream of a browser (SSE): what moved among the démarches it may see, and the bell."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.access import Action, Actor, rule
from api.live import Hub

router = APIRouter(prefix="/api/flux", tags=["flux"])
HEARTBEAT_S = 15
# A session closed elsewhere, or a client taken away from a user, ends the stream within this delay.
CHECK_EVERY = 4


@router.get(
    "",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "`demarche` : {demarche, seq} ; `notification` : {} ; "
            "`export` : {demarche, export, etat, avancement} ; un commentaire toutes les 15 s.",
            "content": {
                "text/event-stream": {
                    "example": 'event: demarche\ndata: {"demarche": "0b8f3c52-…", "seq": 42}\n\n'
                }
            },
        }
    },
)
async def stream_events(
    request: Request, actor: Annotated[Actor, Depends(rule(Action.FLUX_LIRE))]
) -> EventSourceResponse:
    """Tell when a démarche that I may see has moved, or when I was told something. The screens then read again."""
    return EventSourceResponse(
        _events(request, actor),
        ping=3600,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(request: Request, actor: Actor) -> AsyncIterator[ServerSentEvent]:
    hub: Hub = request.app.state.hub
    async with hub.stream(actor) as stream:
        # Headers leave at once: the browser knows that the stream is open.
        yield ServerSentEvent(comment="bonjour", retry=3000)
        beats = 0
        while True:
            try:
                message = await asyncio.wait_for(stream.queue.get(), HEARTBEAT_S)
            except TimeoutError:
                beats += 1
                if beats % CHECK_EVERY == 0 and not await _still(request, actor):
                    return
                yield ServerSentEvent(comment="toujours là")
                continue
            if message is None:
                return
            yield ServerSentEvent(event=message.event, data=message.data)


async def _still(request: Request, actor: Actor) -> bool:
    """Whether the session is still that of the same person with the same rights."""
    try:
        return bool(await request.app.state.authenticate(request) == actor)
    except HTTPException:
        return False
