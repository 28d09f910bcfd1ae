"""What may be asked for: the modèles open to a client, and the form that starts each (DEM-01, DEM-04)."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.programs import program_of
from activities.publication import withdrawn
from api import reprise
from api.access import Action, Actor, Target, require, rule
from api.problems import not_found
from api.routes.demarches.ouverture import origin_of
from api.services import ServicesDep
from api.targets import target_of_tiers
from store import modele as store_modele
from store.modele import Published
from store.session import session_scope
from store.tiers import Tiers
from workflows.engine.modele import Modele
from workflows.engine.program import Program

router = APIRouter(prefix="/api/catalogue", tags=["catalogue"])
ModeleCle = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["embauche"])]
Pour = Annotated[uuid.UUID | None, Query(description="Client pour qui ; à défaut, ceux de la personne.")]

Depuis = Annotated[
    uuid.UUID | None, Query(description="Démarche de ce client qui mène à celle-ci. Réservé au cabinet.")
]


class ModeleOffert(BaseModel):
    """A démarche that may be started."""

    modele: str = Field(examples=["embauche"])
    titre: str = Field(examples=["Embauche d'un salarié"])
    libelle: str = Field(description="Ce que dit le bouton.", examples=["Déclarer une embauche"])
    description: str
    categorie: str = Field(examples=["rh"])
    icone: str
    couleur: str = Field(description="De son icône.", examples=["vert"])
    demandable: bool = Field(description="Le client peut la demander lui-même.")
    accueil: bool = Field(description="Son bouton est aussi sur l'accueil du portail.")
    version: int
    prix: int | None = Field(description="En centimes.", examples=[29000])
    prix_mention: str
    inclus: bool | None = Field(
        description="Compris dans l'abonnement du client\u00a0; nul quand il n'en a pas.", examples=[True]
    )


class FormulaireDepart(BaseModel):
    nom: str = Field(examples=["declaration"])
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    ui: dict[str, Any]


class ModeleDetaille(ModeleOffert):
    modele_sha: str
    formulaire: FormulaireDepart | None
    repris: dict[str, Any] = Field(
        description="Ce que la fiche du client, ou la démarche d'origine, dit déjà des champs du formulaire.",
        examples=[{"assure": "Zoé Martin"}],
    )
    depuis_reference: str | None = Field(
        description="Référence de la démarche d'origine.", examples=["ARR-2026-0001"]
    )


def _offered(modele: Modele, version: Published, tiers: Tiers | None) -> ModeleOffert:
    return ModeleOffert(
        modele=modele.modele,
        titre=modele.titre,
        libelle=modele.portail.libelle or modele.titre,
        description=modele.description,
        categorie=modele.categorie,
        icone=modele.icone,
        couleur=modele.couleur,
        demandable=modele.portail.demandable,
        accueil=modele.portail.accueil,
        version=version.version,
        prix=modele.prix.montant if modele.prix else None,
        prix_mention=modele.prix.mention if modele.prix else "HT",
        inclus=tiers.included(modele.modele) if tiers else None,
    )


async def _types(request: Request, actor: Actor, tiers: uuid.UUID | None) -> set[str] | None:
    """Types of the clients for whom one looks; None for the firm when it looks for nobody in particular."""
    if tiers is not None:
        target: Target = await target_of_tiers(tiers)
        await require(request, actor, Action.TIERS_LIRE, target)
    wanted = {tiers} if tiers is not None else set(actor.tiers_ids)
    if not wanted:
        return None if actor.kind == "staff" else set()
    async with session_scope() as session:
        rows = [await session.get(Tiers, id_) for id_ in wanted]
    return {row.type for row in rows if row is not None}


def _open_to(actor: Actor, modele: Modele, types: set[str] | None) -> bool:
    return (
        not modele.enfant
        and modele.modele not in actor.droits.restreints
        and (actor.kind == "staff" or modele.portail.visible)
        and (types is None or not types.isdisjoint(modele.clients))
    )


async def _asking(session: AsyncSession, actor: Actor, tiers: uuid.UUID | None) -> Tiers | None:
    """The client for whom one looks, when there is one only."""
    wanted = {tiers} if tiers is not None else set(actor.tiers_ids)
    return await session.get(Tiers, wanted.pop()) if len(wanted) == 1 else None


@router.get("")
async def list_catalogue(
    actor: Annotated[Actor, Depends(rule(Action.MODELE_LIRE))], request: Request, tiers: Pour = None
) -> list[ModeleOffert]:
    """What may be started for this client, in alphabetical order."""
    types = await _types(request, actor, tiers)
    async with session_scope() as session:
        versions = [one for one in await store_modele.catalogue(session) if not withdrawn(one)]
        programs = [(await program_of(session, version.sha256), version) for version in versions]
        asking = await _asking(session, actor, tiers)
    found = [
        _offered(program.modele, version, asking)
        for program, version in programs
        if _open_to(actor, program.modele, types)
    ]
    return sorted(found, key=lambda offered: offered.titre)


@router.get("/{modele}")
async def read_catalogue(
    modele: ModeleCle,
    actor: Annotated[Actor, Depends(rule(Action.MODELE_LIRE))],
    services: ServicesDep,
    request: Request,
    tiers: Pour = None,
    depuis: Depuis = None,
) -> ModeleDetaille:
    """One of them, with the form that starts it and what is already known of its answers."""
    types = await _types(request, actor, tiers)
    async with session_scope() as session:
        version = await store_modele.latest_of(session, modele)
        program = await program_of(session, version.sha256) if version and not withdrawn(version) else None
        asking = await _asking(session, actor, tiers)
    if version is None or program is None or not _open_to(actor, program.modele, types):
        raise not_found("Ce modèle")
    form = _first_form(program)
    repris = reprise.of_client(form.schema_, asking) if form and asking else {}
    origin = await origin_of(depuis, tiers, actor, services, request) if depuis and tiers else None
    if origin is not None and form is not None:
        answers = reprise.answers_of(await origin.state())
        repris |= reprise.of_demarche(form.schema_, origin.row.modele, answers)
    return ModeleDetaille(
        **_offered(program.modele, version, asking).model_dump(),
        modele_sha=version.sha256,
        formulaire=form,
        repris=repris,
        depuis_reference=origin.row.reference if origin else None,
    )


def _first_form(program: Program) -> FormulaireDepart | None:
    """The form of the demande; for a modèle without one, that of the first étape that has one."""
    modele = program.modele
    nom = modele.demande.formulaire if modele.demande else None
    if nom is None:
        nom = next((form.nom for etape in modele.walk() for form in etape.formulaires), None)
    if nom is None:
        return None
    return FormulaireDepart(nom=nom, schema_=program.bundle.forms[nom], ui=program.bundle.ui.get(nom, {}))
