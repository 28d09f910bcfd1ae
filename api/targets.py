"""Finds the objects named in paths, for the authorisation function."""

import uuid
from typing import Annotated

from fastapi import Path, Query

from api.access import CurrentActor, Target
from api.problems import not_found
from store import tiers as store_tiers
from store.session import session_scope
from store.tiers import Tiers


async def target_of_tiers(tiers_id: uuid.UUID) -> Target:
    """A tiers, for the authorisation function. Raises the 404 problem."""
    async with session_scope() as session:
        found = await session.get(Tiers, tiers_id)
        if found is None:
            raise not_found("Ce client")
        team = await store_tiers.team_of(session, tiers_id)
    return Target(client_id=found.id, conseiller_id=found.conseiller_id, team_user_ids=team)


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
