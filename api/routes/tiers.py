"""Tiers: the firm's clients and the other parties (TIE-01, TIE-30)."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, authorise, rule
from api.idempotency import IdempotencyKey, once
from api.lectures import note
from api.pages import Limit, Offset, Page
from api.problems import Problem, faulty
from api.security.addresses import client_ip
from api.services import ServicesDep
from api.targets import target_of_tiers, tiers_in_path
from rules.identifiants import telephone_e164, verifier_email, verifier_siret, verifier_telephone_fr
from store import audit
from store import tiers as store_tiers
from store.session import session_scope
from store.tiers import Tiers, TypeTiers
from store.utilisateur import Utilisateur, contacts_of, normalise_email, staff

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
    siret: str | None = Field(examples=["73282932000074"])
    adresse: str | None
    created_at: datetime
    conseiller: Conseiller | None
    contacts: list[Contact]
    prestations_incluses: list[str] | None = Field(
        description="Modèles compris dans son abonnement\u00a0; nul quand il n'en a pas.",
        examples=[["embauche"]],
    )


class TiersNouveau(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    type: TypeTiers
    nom: str = Field(min_length=1, max_length=200, examples=["Menuiserie Bellanger"])
    siret: str | None = Field(default=None, max_length=20, examples=["73282932000074"])
    email: str | None = Field(default=None, max_length=254, examples=["contact@menuiserie-bellanger.fr"])
    telephone: str | None = Field(default=None, max_length=20, examples=["04 78 00 00 12"])
    adresse: str | None = Field(default=None, max_length=500)
    conseiller_id: uuid.UUID | None = Field(
        default=None, description="Qui le suit\u00a0; soi-même par défaut."
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


@router.post("", status_code=201, response_model=TiersResume)
async def create_tiers(
    body: TiersNouveau,
    actor: Annotated[Actor, Depends(rule(Action.TIERS_CREER))],
    request: Request,
    services: ServicesDep,
    key: IdempotencyKey = None,
) -> Response:
    """Open the file of a new client, followed by me unless I name somebody else (TIE-01)."""
    row = await _checked(body, actor)
    async with session_scope() as session:

        async def work() -> TiersResume:
            # One at a time: two people do not open the same client's file at once.
            await store_tiers.opening(session)
            await _refuse_twin(session, actor, row)
            await store_tiers.create(session, services.keyring, row)
            await audit.append(
                session,
                acteur=actor.key,
                action=Action.TIERS_CREER,
                objet_type="tiers",
                objet_id=row.id,
                ip=client_ip(request),
                client_id=row.id,
            )
            return TiersResume.model_validate(row)

        cipher = await services.keyring.cabinet(session)
        return await once(session, services.keyring, request, actor, cipher, key, work, status=201)


async def _checked(body: TiersNouveau, actor: Actor) -> Tiers:
    """The file to open. Raises a problem that names each faulty field."""
    faults: dict[str, str] = {}
    siret = "".join((body.siret or "").split()) or None
    if siret and body.type is TypeTiers.PARTICULIER:
        faults["siret"] = "Un particulier n'a pas de SIRET\u00a0: choisissez un autre type, ou effacez-le."
    elif siret and (fault := verifier_siret(siret)):
        faults["siret"] = fault
    email = normalise_email(body.email) if body.email else None
    if email and (fault := verifier_email(email)):
        faults["email"] = fault
    if body.telephone and (fault := verifier_telephone_fr(body.telephone)):
        faults["telephone"] = fault
    adviser = body.conseiller_id or actor.id
    if adviser != actor.id:
        async with session_scope() as session:
            known = {user.id for user in await staff(session)}
        if adviser not in known:
            faults["conseiller_id"] = "Cette personne n'est pas du cabinet."
        elif not actor.supervises:
            faults["conseiller_id"] = "Vous ne pourriez plus ouvrir cette fiche\u00a0: restez son conseiller."
    if faults:
        raise faulty(**faults)
    return Tiers(
        type=body.type,
        nom=body.nom,
        siret=siret,
        email=email,
        telephone=telephone_e164(body.telephone) if body.telephone else None,
        adresse=body.adresse or None,
        conseiller_id=adviser,
    )


async def _refuse_twin(session: AsyncSession, actor: Actor, row: Tiers) -> None:
    """Refuse a client that the firm already has. Its file is named to those who may open it, its adviser to others."""
    twin = await store_tiers.twin(session, siret=row.siret, email=row.email)
    if twin is None:
        return
    what = "ce SIRET" if row.siret and twin.siret == row.siret else "cette adresse email"
    target = await target_of_tiers(twin.id)
    try:
        authorise(actor, Action.TIERS_LIRE, target)
    except Problem:
        adviser = await session.get(Utilisateur, twin.conseiller_id) if twin.conseiller_id else None
        who = f"suivi par {adviser.nom_complet}" if adviser else "que personne ne suit"
        raise Problem(409, "tiers_existant", f"Un client {who} a déjà {what}.") from None
    raise Problem(
        409, "tiers_existant", f"«\u00a0{twin.nom}\u00a0» a déjà {what}.", lien=f"/clients/{twin.id}"
    )


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
