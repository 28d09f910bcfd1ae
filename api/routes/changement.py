"""Changing a modèle without fear: its versions, what differs, where running démarches stand, verdicts, migration."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from activities import changement
from api.access import Action, Actor, rule
from api.commands import insist
from api.dossier import Cle, engine_actor
from api.problems import not_found
from api.security.addresses import client_ip
from api.services import ServicesDep
from store import audit
from store.session import session_scope
from workflows.client import Broken, Unavailable
from workflows.engine import migration_plan
from workflows.engine.commands import Refusal
from workflows.engine.difference import Nature
from workflows.engine.enfants import descendant
from workflows.engine.program import Program
from workflows.engine.state import Placement
from workflows.engine.verdict import Issue

router = APIRouter(prefix="/api/modeles", tags=["modèles"])

CleModele = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["embauche"])]
Empreinte = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Empreint = Annotated[str, Query(pattern=r"^[0-9a-f]{64}$")]


class Version(BaseModel):
    version: int
    sha256: str
    publie_at: datetime
    ouvertes: int = Field(description="Démarches en cours qui la suivent.")


class Changement(BaseModel):
    nature: Nature
    sujet: str
    etape: str | None
    details: list[str]
    enfant: str | None = Field(
        description="Modèle des démarches ouvertes par celles-ci, quand il s’agit d’elles."
    )


class Portee(BaseModel):
    """Running démarches about a changed étape."""

    etape: str
    titre: str
    avant: int
    dedans: int
    apres: int
    enfant: str | None


class Difference(BaseModel):
    changements: list[Changement]
    portee: list[Portee]


class Etape(BaseModel):
    cle: str
    titre: str


class APlacer(BaseModel):
    etape: str
    titre: str
    suggestions: list[Etape]
    cibles: list[Etape] = Field(description="Étapes de la version visée : où elle peut aller.")
    enfant: str | None = Field(description="Le modèle des démarches suivies, quand l'étape est la leur.")
    enfant_titre: str | None


class DonneeInadaptee(BaseModel):
    formulaire: str
    titre: str
    champ: str
    detail: str


class Essai(BaseModel):
    """What the migration would do to one démarche."""

    demarche_id: uuid.UUID
    reference: str
    titre: str
    client_nom: str
    issue: Issue
    raisons: list[str]
    a_placer: list[APlacer]
    remarques: list[str]
    donnees: list[DonneeInadaptee]
    etapes: list[str]
    etapes_apres: list[str]
    se_termine: bool


class Essais(BaseModel):
    items: list[Essai]
    compte: dict[Issue, int]


class CorpsPlacement(BaseModel):
    """Where the étapes and forms of one modèle go."""

    correspondance: dict[str, str | None] = Field(default={}, max_length=200)
    formulaires: dict[str, str] = Field(default={}, max_length=100)
    rattraper: list[str] = Field(default=[], max_length=200)


class CorpsMigration(CorpsPlacement):
    """`vers` absent: a return to the version before the last migration."""

    vers: Empreinte | None = None
    enfants: dict[str, CorpsPlacement] = Field(
        default={}, max_length=50, description="La même chose pour les démarches suivies, par modèle."
    )


class CorpsEssai(CorpsMigration):
    demarches: list[uuid.UUID] | None = Field(default=None, max_length=1000)


class CorpsLot(CorpsMigration):
    demarches: list[uuid.UUID] = Field(min_length=1, max_length=25)


class Resultat(BaseModel):
    demarche_id: uuid.UUID
    reference: str
    migree: bool
    detail: str | None = None


class Resultats(BaseModel):
    items: list[Resultat]


async def _known(cle: str, *shas: str | None) -> list[changement.VersionPubliee]:
    """The versions of a modèle. Raises the 404 problem when it has none, or not these."""
    async with session_scope() as session:
        known = await changement.versions(session, cle)
    if not known:
        raise not_found("Ce modèle")
    if any(sha is not None and sha not in {version.sha256 for version in known} for sha in shas):
        raise not_found("Cette version")
    return known


@router.get("/{modele}/versions")
async def list_versions(
    modele: CleModele, actor: Annotated[Actor, Depends(rule(Action.MODELE_LISTER))]
) -> list[Version]:
    """Every published version, the newest first."""
    return [Version.model_validate(version, from_attributes=True) for version in await _known(modele)]


@router.get("/{modele}/difference")
async def compare_versions(
    modele: CleModele,
    de: Empreint,
    a: Empreint,
    services: ServicesDep,
    actor: Annotated[Actor, Depends(rule(Action.MODELE_LISTER))],
) -> Difference:
    """What changes from one version to another, and where those not on the second one stand."""
    await _known(modele, de, a)
    changes, reach = await changement.compare(services.keyring, modele, de, a)
    return Difference(
        changements=[Changement.model_validate(change, from_attributes=True) for change in changes],
        portee=[Portee.model_validate(portee, from_attributes=True) for portee in reach],
    )


@router.post("/{modele}/migration/essai")
async def try_migration(
    modele: CleModele,
    corps: CorpsEssai,
    services: ServicesDep,
    actor: Annotated[Actor, Depends(rule(Action.MODELE_MIGRER))],
) -> Essais:
    """The verdict on every running démarche concerned; nothing is changed."""
    await _known(modele, corps.vers)
    items: list[Essai] = []
    compte: dict[Issue, int] = {}
    async for essai in changement.essais(
        services.keyring, modele, _demande(corps), actor=engine_actor(actor), ids=corps.demarches
    ):
        found = essai.verdict
        compte[found.issue] = compte.get(found.issue, 0) + 1
        items.append(
            Essai(
                demarche_id=essai.demarche_id,
                reference=essai.reference,
                titre=essai.titre,
                client_nom=essai.client_nom,
                issue=found.issue,
                raisons=list(found.raisons),
                a_placer=[to_place(essai.cible, lost) for lost in found.a_placer],
                remarques=list(found.remarques),
                donnees=[DonneeInadaptee.model_validate(d, from_attributes=True) for d in found.donnees],
                etapes=list(found.etapes),
                etapes_apres=list(found.etapes_apres),
                se_termine=found.se_termine,
            )
        )
    return Essais(items=items, compte=compte)


def to_place(target: Program, lost: migration_plan.APlacer) -> APlacer:
    """An étape that `target` does not have, with those where it may go: its child modèle's, if it is a child's."""
    program = descendant(target, lost.enfant) if lost.enfant is not None else target
    titles = {cle: etape.titre for cle, etape in program.etapes.items()}
    return APlacer(
        etape=lost.etape,
        titre=lost.titre,
        suggestions=[Etape(cle=cle, titre=titles[cle]) for cle in lost.suggestions],
        cibles=[Etape(cle=cle, titre=titre) for cle, titre in titles.items()],
        enfant=lost.enfant,
        enfant_titre=program.modele.titre if lost.enfant is not None else None,
    )


@router.post("/{modele}/migration")
async def migrate(
    modele: CleModele,
    corps: CorpsLot,
    idempotency_key: Cle,
    services: ServicesDep,
    request: Request,
    actor: Annotated[Actor, Depends(rule(Action.MODELE_MIGRER))],
) -> Resultats:
    """Migrate a few démarches, each by a command of its own; a screen sends them in several lots. Sent again under
    the same key, each migration still counts once."""
    await _known(modele, corps.vers)
    demarches = await services.temporal.demarches()
    items: list[Resultat] = []
    async for essai in changement.essais(
        services.keyring, modele, _demande(corps), actor=engine_actor(actor), ids=corps.demarches
    ):
        if essai.command is None:
            continue
        command = essai.command.model_copy(
            update={
                "id": f"migration/{uuid.uuid5(idempotency_key, str(essai.demarche_id))}",
                "ip": client_ip(request),
            }
        )
        detail = None
        try:
            await insist(
                lambda essai=essai, command=command: demarches.send(  # type: ignore[misc]
                    essai.client_id, essai.demarche_id, essai.depuis, essai.seq, command
                )
            )
        except Refusal as refusal:
            detail = refusal.detail
        except (Unavailable, Broken):
            detail = "La migration n'a pas pu être confirmée : réessayez."
        items.append(
            Resultat(
                demarche_id=essai.demarche_id,
                reference=essai.reference,
                migree=detail is None,
                detail=detail,
            )
        )
    async with session_scope() as session:
        await audit.append(
            session,
            acteur=actor.key,
            ip=client_ip(request),
            action=Action.MODELE_MIGRER,
            objet_type="modele",
            objet_id=modele,
            demarches=[str(item.demarche_id) for item in items if item.migree],
        )
    return Resultats(items=items)


def _demande(corps: CorpsMigration) -> changement.Demande:
    return changement.Demande(
        corps.vers,
        corps.correspondance,
        corps.formulaires,
        tuple(corps.rattraper),
        {
            cle: Placement(
                correspondance=placement.correspondance,
                formulaires=placement.formulaires,
                rattraper=tuple(placement.rattraper),
            )
            for cle, placement in corps.enfants.items()
        },
    )
