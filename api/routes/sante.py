"""Health: is the process alive, and can it serve?"""

import asyncio
from collections.abc import Awaitable
from typing import Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlmodel import select
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest

from api.access import public
from api.services import ServicesDep
from store.session import session_scope

router = APIRouter(
    prefix="/api/sante", tags=["santé"], dependencies=[Depends(public("asked by supervisors; no data"))]
)
TIMEOUT = 2.0

State = Literal["ok", "indisponible"]


class Alive(BaseModel):
    statut: Literal["ok"] = "ok"


class Ready(BaseModel):
    statut: State
    postgresql: State
    temporal: State


@router.get("/vivant")
async def is_alive() -> Alive:
    """The process answers."""
    return Alive()


@router.get(
    "/pret", responses={503: {"model": Ready, "description": "PostgreSQL or Temporal does not answer"}}
)
async def is_ready(response: Response, services: ServicesDep) -> Ready:
    """PostgreSQL and Temporal answer, each within 2 s."""

    async def postgresql() -> None:
        async with session_scope() as session:
            await session.exec(select(1))

    async def temporal() -> None:
        client = await services.temporal.client()
        await client.workflow_service.get_system_info(GetSystemInfoRequest())

    database, engine = await asyncio.gather(_state(postgresql()), _state(temporal()))
    ready = database == engine == "ok"
    response.status_code = 200 if ready else 503
    return Ready(statut="ok" if ready else "indisponible", postgresql=database, temporal=engine)


async def _state(probe: Awaitable[None]) -> State:
    try:
        async with asyncio.timeout(TIMEOUT):
            await probe
    except Exception:
        return "indisponible"
    return "ok"
