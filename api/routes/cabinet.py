"""The firm: its contact details, and its people."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.access import Action, Actor, rule
from store import cabinet, utilisateur
from store.session import session_scope
from store.utilisateur import Role

router = APIRouter(prefix="/api", tags=["cabinet"])


class CabinetVue(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    nom: str
    adresse: str | None
    telephone: str | None = Field(examples=["01 23 45 67 89"])
    email: str | None
    horaires: str | None = Field(examples=["du lundi au vendredi, de 9 h à 18 h"])
    site: str | None


class MembreVue(BaseModel):
    """One of the firm's people (USR-10)."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    nom: str
    prenom: str
    initiales: str
    role: Role
    titre: str | None
    email: str
    ligne_directe: str | None
    photo: str | None


@router.get("/cabinet")
async def read_cabinet(actor: Annotated[Actor, Depends(rule(Action.CABINET_LIRE))]) -> CabinetVue:
    """The firm's contact details."""
    async with session_scope() as session:
        return CabinetVue.model_validate(await cabinet.read(session))


@router.get("/equipe")
async def list_staff(actor: Annotated[Actor, Depends(rule(Action.EQUIPE_LIRE))]) -> list[MembreVue]:
    """The firm's active people, in alphabetical order."""
    async with session_scope() as session:
        rows = await utilisateur.staff(session)
    return [MembreVue.model_validate(row) for row in rows]
