"""Finds the objects named in paths, for the authorisation function."""

import uuid
from collections.abc import Collection
from typing import Annotated

from fastapi import Path, Query
from sqlmodel import col, select

from api.access import CurrentActor, Target
from api.problems import not_found
from store import tiers as store_tiers
from store.session import session_scope
from store.tiers import Tiers


async def target_of_tiers(tiers_id: uuid.UUID) -> Target:
    """A tiers, for the authorisation function. Raises the 404 problem."""
    found = (await targets_of_tiers([tiers_id])).get(tiers_id)
    if found is None:
        raise not_found("Ce client")
    return found


async def targets_of_tiers(tiers_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Target]:
    """Several of them, but those that do not exist."""
    async with session_scope() as session:
        found = (await session.exec(select(Tiers).where(col(Tiers.id).in_(tiers_ids)))).all()
        teams = await store_tiers.teams_of(session, tiers_ids)
    return {
        each.id: Target(client_id=each.id, conseiller_id=each.conseiller_id, team_user_ids=teams[each.id])
        for each in found
    }


async def tiers_in_path(tiers_id: Annotated[uuid.UUID, Path()]) -> Target:
    """The tiers named in the path."""
    return await target_of_tiers(tiers_id)


async def tiers_in_query(
    actor: CurrentActor,
    tiers: Annotated[
        uuid.UUID | None, Query(description="Whose; may be left out by a user of a single tiers.")
    ] = None,
) -> Target:
    """The tiers named in the query; that of the portal user when they have only one."""
    if tiers is None and len(actor.tiers_ids) == 1:
        tiers = next(iter(actor.tiers_ids))
    if tiers is None:
        raise not_found("Ce client")
    return await target_of_tiers(tiers)
