"""Tiers: the firm's clients and the other parties (TIE-01, TIE-30)."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.access import Action, Actor, rule
from api.lectures import note
from api.pages import Limit, Offset, Page
from api.security.addresses import client_ip
from api.targets import tiers_in_path
from store import audit
from store import tiers as store_tiers
from store.session import session_scope
from store.tiers import Tiers, TypeTiers
from store.utilisateur import Utilisateur, contacts_of

router = APIRouter(prefix="/api/tiers", tags=["tiers"])


class TiersResume(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    type: TypeTiers
    nom: str = Field(examples=["Menuiserie Bellanger"])
    email: str | None
    telephone: str | None
    conseiller_id: uuid.UUID | None


class Contact(BaseModel):
    """A person who acts for the tiers on the portal."""

    id: uuid.UUID
    nom: str
    prenom: str
    email: str
    fonction: str | None = Field(examples=["Gérante"])


class Conseiller(BaseModel):
    """The tiers's own adviser, as shown to them (USR-10)."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    nom: str
    prenom: str
    initiales: str
    titre: str | None
    email: str
    ligne_directe: str | None
    photo: str | None


class TiersVue(TiersResume):
    siret: str | None = Field(examples=["41804275600019"])
    adresse: str | None
    created_at: datetime
    conseiller: Conseiller | None
    contacts: list[Contact]
    prestations_incluses: list[str] | None = Field(
        description="Modèles compris dans son abonnement\u00a0; nul quand il n'en a pas.",
        examples=[["embauche"]],
    )


class Abonnement(BaseModel):
    """`prestations_incluses` : nul pour un client sans abonnement."""

    model_config = ConfigDict(extra="forbid")

    prestations_incluses: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]] | None = Field(
        max_length=200, examples=[["embauche"]]
    )


@router.get("")
async def list_tiers(
    actor: Annotated[Actor, Depends(rule(Action.TIERS_LISTER))],
    recherche: Annotated[str | None, Query(max_length=100, description="Name, SIRET or email.")] = None,
    type: TypeTiers | None = None,
    conseiller: Annotated[uuid.UUID | None, Query(description="Those of one adviser.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[TiersResume]:
    """Tiers in alphabetical order: all of them for those who supervise, their own for an adviser."""
    query = store_tiers.matching(
        recherche=recherche,
        type=type,
        conseiller_id=conseiller,
        seen_by=None if actor.supervises else actor.id,
    )
    async with session_scope() as session:
        rows, total = await store_tiers.page(session, query, limit=limit, offset=offset)
    items = [TiersResume.model_validate(row) for row in rows]
    return Page(items=items, total=total, limit=limit, offset=offset)


@router.get("/{tiers_id}")
async def read_tiers(
    tiers_id: uuid.UUID,
    actor: Annotated[Actor, Depends(rule(Action.TIERS_LIRE, tiers_in_path))],
    request: Request,
) -> TiersVue:
    """One tiers, its adviser, and the people who act for it. The access log tells that I read it, once an hour."""
    await note(request, actor, Action.TIERS_LIRE, "tiers", tiers_id, tiers_id)
    async with session_scope() as session:
        row = await session.get_one(Tiers, tiers_id)
        adviser = await session.get(Utilisateur, row.conseiller_id) if row.conseiller_id else None
        contacts = await contacts_of(session, tiers_id)
    return TiersVue(
        **TiersResume.model_validate(row).model_dump(),
        siret=row.siret,
        adresse=row.adresse,
        created_at=row.created_at,
        prestations_incluses=row.prestations_incluses,
        conseiller=Conseiller.model_validate(adviser) if adviser else None,
        contacts=[
            Contact(id=user.id, nom=user.nom, prenom=user.prenom, email=user.email, fonction=fonction)
            for user, fonction in contacts
        ],
    )


@router.put("/{tiers_id}/abonnement")
async def set_subscription(
    tiers_id: uuid.UUID,
    body: Abonnement,
    actor: Annotated[Actor, Depends(rule(Action.ABONNEMENT_REGLER, tiers_in_path))],
    request: Request,
) -> Abonnement:
    """Say what the subscription of a client includes; asking for anything else takes their consent (DEM-11)."""
    chosen = body.prestations_incluses
    async with session_scope() as session:
        row = await session.get_one(Tiers, tiers_id, with_for_update=True)
        row.prestations_incluses = None if chosen is None else sorted(set(chosen))
        session.add(row)
        await audit.append(
            session,
            acteur=actor.key,
            action=Action.ABONNEMENT_REGLER,
            objet_type="tiers",
            objet_id=row.id,
            ip=client_ip(request),
            client_id=row.id,
        )
    return Abonnement(prestations_incluses=row.prestations_incluses)
