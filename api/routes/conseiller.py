"""The client's own adviser, as the portal shows them (USR-10)."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import col, select

from api.access import Action, Actor, rule
from api.problems import not_found
from store.session import session_scope
from store.tiers import Tiers
from store.utilisateur import Utilisateur

router = APIRouter(prefix="/api/conseiller", tags=["cabinet"])


class ConseillerVue(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    nom: str
    prenom: str
    titre: str | None = Field(examples=["Conseillère RH"])
    ligne_directe: str | None = Field(examples=["01 23 45 67 89"])
    email: str
    initiales: str
    photo: str | None


@router.get("")
async def read_adviser(
    actor: Annotated[Actor, Depends(rule(Action.CONSEILLER_LIRE))],
    tiers: Annotated[uuid.UUID | None, Query(description="Utile à qui suit plusieurs clients.")] = None,
) -> ConseillerVue:
    """My adviser at the firm: 404 as long as nobody is named."""
    wanted = actor.tiers_ids if tiers is None else actor.tiers_ids & {tiers}
    query = (
        select(Utilisateur)
        .join(Tiers, col(Tiers.conseiller_id) == Utilisateur.id)
        .where(col(Tiers.id).in_(wanted), col(Utilisateur.actif))
        .order_by(col(Tiers.nom))
        .limit(1)
    )
    async with session_scope() as session:
        found = (await session.exec(query)).first()
    if found is None:
        raise not_found("Votre conseiller")
    return ConseillerVue.model_validate(found)
