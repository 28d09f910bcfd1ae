"""Drafts of requests: left half-way, found again (DEM-04)."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from api.access import Action, Actor, Target, rule
from api.problems import Problem, not_found
from api.services import ServicesDep
from api.targets import tiers_in_query
from store import brouillon
from store.session import session_scope

router = APIRouter(prefix="/api/brouillons", tags=["brouillons"])

ModeleKey = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["embauche"])]
TiersTarget = Annotated[Target, Depends(tiers_in_query)]


class BrouillonResume(BaseModel):
    modele: str
    tiers_id: uuid.UUID
    version: int
    updated_at: datetime


class BrouillonVue(BrouillonResume):
    data: dict[str, Any]


class SaveDraft(BaseModel):
    """`version` is the one last read or saved: a draft changed in another window is not overwritten."""

    model_config = ConfigDict(extra="forbid")

    data: dict[str, Any] = Field(examples=[{"salarie": {"nom": "Martin"}, "etape": 2}])
    version: int | None = None


def _client(target: Target) -> uuid.UUID:
    assert target.client_id is not None
    return target.client_id


@router.get("")
async def list_drafts(
    actor: Annotated[Actor, Depends(rule(Action.BROUILLON_LISTER))],
) -> list[BrouillonResume]:
    """My drafts, last touched first."""
    async with session_scope() as session:
        rows = await brouillon.of_user(session, actor.id)
    mine = [row for row in rows if actor.kind == "staff" or row.tiers_id in actor.tiers_ids]
    return [BrouillonResume.model_validate(row, from_attributes=True) for row in mine]


@router.get("/{modele}")
async def read_draft(
    modele: ModeleKey,
    actor: Annotated[Actor, Depends(rule(Action.BROUILLON_LIRE, tiers_in_query))],
    target: TiersTarget,
    services: ServicesDep,
) -> BrouillonVue:
    """My draft of a request, for one tiers."""
    async with session_scope() as session:
        row = await brouillon.find(session, actor.id, _client(target), modele)
        if row is None:
            raise not_found("Ce brouillon")
        data = brouillon.read(row, await services.keyring.load(session, row.tiers_id))
    return _vue(row, data)


@router.put("/{modele}")
async def save_draft(
    modele: ModeleKey,
    body: SaveDraft,
    actor: Annotated[Actor, Depends(rule(Action.BROUILLON_ECRIRE, tiers_in_query))],
    target: TiersTarget,
    services: ServicesDep,
) -> BrouillonVue:
    """Save my draft."""
    async with session_scope() as session:
        cipher = await services.keyring.load(session, _client(target))
        try:
            row = await brouillon.save(
                session, cipher, actor.id, _client(target), modele, body.data, version=body.version
            )
        except brouillon.StaleDraft as error:
            raise Problem(
                409,
                "brouillon_perime",
                "Ce brouillon a été modifié dans une autre fenêtre. Rechargez-le pour continuer.",
            ) from error
    return _vue(row, body.data)


@router.delete("/{modele}", status_code=204)
async def delete_draft(
    modele: ModeleKey,
    actor: Annotated[Actor, Depends(rule(Action.BROUILLON_ECRIRE, tiers_in_query))],
    target: TiersTarget,
) -> None:
    """Throw my draft away; nothing happens when there is none."""
    async with session_scope() as session:
        row = await brouillon.find(session, actor.id, _client(target), modele)
        if row is not None:
            await session.delete(row)


def _vue(row: brouillon.Brouillon, data: dict[str, Any]) -> BrouillonVue:
    return BrouillonVue(
        modele=row.modele, tiers_id=row.tiers_id, version=row.version, updated_at=row.updated_at, data=data
    )
