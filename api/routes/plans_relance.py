"""The firm's plans of reminders, made and shared by its conseillers (REC-10)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, rule
from api.problems import FieldError, Problem, not_found
from api.security.addresses import client_ip
from store import audit, plan_relance, utilisateur
from store.base import now
from store.plan_relance import PlanRelance
from store.session import session_scope

router = APIRouter(prefix="/api/plans-relance", tags=["plans de relance"])
Reader = Annotated[Actor, Depends(rule(Action.PLAN_LIRE))]
Setter = Annotated[Actor, Depends(rule(Action.PLAN_REGLER))]
MAX_PALIERS = 20


class Palier(BaseModel):
    """One step: so many days after the due date, or before it, by one way."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    niveau: str = Field(min_length=1, max_length=30, examples=["R1"])
    jours: int = Field(
        ge=-90, le=365, description="Après l'échéance\u00a0; avant, s'il est négatif.", examples=[5]
    )
    canal: Literal["courriel", "sms", "tache", "document", "etape"]
    message: str | None = Field(
        default=None, min_length=1, max_length=500, examples=["Sauf oubli de votre part…"]
    )
    penalites: Literal["inclure", "omettre"] | None = None


class PlanRegle(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    nom: str = Field(min_length=1, max_length=80, examples=["Relances courtoises"])
    description: str | None = Field(default=None, max_length=300, examples=["Pour un client fidèle."])
    paliers: list[Palier] = Field(min_length=1, max_length=MAX_PALIERS)

    @field_validator("paliers")
    @classmethod
    def by_their_day(cls, paliers: list[Palier]) -> list[Palier]:
        """In the order in which they go."""
        return sorted(paliers, key=lambda palier: palier.jours)


class PlanChange(PlanRegle):
    version: int = Field(ge=1, description="Celle que l'on a lue.", examples=[1])


class PlanVue(PlanRegle):
    id: uuid.UUID
    version: int = Field(examples=[1])
    updated_at: datetime
    updated_par: str | None = Field(description="Qui l'a changé en dernier.", examples=["Julien Lefèvre"])


@router.get("")
async def list_plans(_: Reader) -> list[PlanVue]:
    """The library, by name."""
    async with session_scope() as session:
        plans = await plan_relance.every(session)
        return await _told(session, plans)


@router.post("", status_code=201)
async def add_plan(body: PlanRegle, actor: Setter, request: Request) -> PlanVue:
    """Add a plan for every conseiller."""
    async with session_scope() as session:
        await _require_name(session, body.nom, None)
        plan = PlanRelance(**_content(body), updated_par=actor.id)
        session.add(plan)
        await session.flush()
        await _log(session, actor, request, plan, "ajouté")
        return (await _told(session, [plan]))[0]


@router.put("/{plan_id}")
async def change_plan(plan_id: uuid.UUID, body: PlanChange, actor: Setter, request: Request) -> PlanVue:
    """Change a plan. The démarches where it was applied keep their steps."""
    async with session_scope() as session:
        plan = await _found(session, plan_id)
        if plan.version != body.version:
            raise Problem(
                409,
                "version_perimee",
                f"« {plan.nom} » a changé depuis\u00a0: relisez-le avant de continuer.",
            )
        await _require_name(session, body.nom, plan.id)
        for name, value in _content(body).items():
            setattr(plan, name, value)
        plan.version, plan.updated_at, plan.updated_par = plan.version + 1, now(), actor.id
        await _log(session, actor, request, plan, "changé")
        return (await _told(session, [plan]))[0]


@router.delete("/{plan_id}", status_code=204)
async def remove_plan(plan_id: uuid.UUID, actor: Setter, request: Request) -> None:
    """Take a plan out of the library. The démarches where it was applied keep their steps."""
    async with session_scope() as session:
        plan = await _found(session, plan_id)
        await _log(session, actor, request, plan, "retiré")
        await session.delete(plan)


async def _found(session: AsyncSession, plan_id: uuid.UUID) -> PlanRelance:
    plan = await plan_relance.locked(session, plan_id)
    if plan is None:
        raise not_found("Ce plan de relance")
    return plan


async def _require_name(session: AsyncSession, nom: str, itself: uuid.UUID | None) -> None:
    known = await plan_relance.named(session, nom)
    if known is not None and known.id != itself:
        detail = "Un plan porte déjà ce nom."
        raise Problem(409, "plan_existant", detail, errors=[FieldError(pointer="/nom", detail=detail)])


def _content(body: PlanRegle) -> dict[str, Any]:
    return {
        "nom": body.nom,
        "description": body.description or None,
        "paliers": [palier.model_dump(exclude_none=True) for palier in body.paliers],
    }


async def _told(session: AsyncSession, plans: Sequence[PlanRelance]) -> list[PlanVue]:
    authors = await utilisateur.names(session, (plan.updated_par for plan in plans))
    return [
        PlanVue.model_validate(
            plan.model_dump(exclude={"created_at", "updated_par"})
            | {"updated_par": authors.get(plan.updated_par) if plan.updated_par else None}
        )
        for plan in plans
    ]


async def _log(session: AsyncSession, actor: Actor, request: Request, plan: PlanRelance, quoi: str) -> None:
    await audit.append(
        session,
        acteur=actor.key,
        action=Action.PLAN_REGLER,
        objet_type="plan_relance",
        objet_id=str(plan.id),
        ip=client_ip(request),
        code=quoi,
        quoi=plan.nom,
    )
