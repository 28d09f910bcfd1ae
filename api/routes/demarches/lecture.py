"""Reading démarches: the list, and one of them as its reader may see it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import RowMapping
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.programs import program_of
from api.access import Action, Actor, rule
from api.dossier import DossierLu, read_target
from store import listes
from store import modele as store_modele
from store.listes import Etat, Filtres, Scope, Sens, Tri
from store.session import session_scope
from workflows.engine.view import DemarcheView
from workflows.engine.waiting import Turn

router = APIRouter(prefix="/api/demarches", tags=["démarches"])


class DemarcheLine(BaseModel):
    """A démarche in a list: nothing sensitive."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    reference: str = Field(examples=["EMB-2026-0147"])
    titre: str = Field(examples=["Embauche de Zoé Martin"])
    modele: str = Field(examples=["embauche"])
    modele_titre: str = Field(examples=["Embauche d'un salarié"])
    categorie: str
    icone: str
    client_id: uuid.UUID
    client_nom: str
    phase: Literal["demande", "dossier"]
    cycle: Literal["ouverte", "suspendue", "terminee", "annulee", "refusee"]
    statut: str
    statut_libelle: str | None
    statut_couleur: str | None = Field(description="D'un statut propre au modèle.", examples=["violet"])
    statut_icone: str | None = Field(description="D'un statut propre au modèle.", examples=["building-bank"])
    progression: int = Field(description="Pourcentage.", examples=[34])
    etape_titre: str | None
    etape_rang: int
    etapes_total: int
    turn: Turn
    attendu: str | None = Field(examples=["Carte nationale d'identité"])
    attendu_nom: str | None = Field(examples=["Zoé Martin"])
    attendu_depuis: datetime | None
    due_at: datetime | None
    conseiller_id: uuid.UUID | None
    conseiller_nom: str | None
    prix: int | None = Field(description="En centimes.", examples=[29000])
    prix_mention: str
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime


class DemarcheLue(DemarcheView):
    """One démarche, with the version of the modèle to which it is pinned."""

    modele_version: int = Field(examples=[4])


class DemarchePage(BaseModel):
    items: list[DemarcheLine]
    total: int
    page: int
    taille: int


def scope_of(actor: Actor) -> Scope:
    """The démarches that a person may list."""
    if actor.kind == "client":
        return Scope(tiers_ids=actor.tiers_ids)
    return Scope() if actor.supervises else Scope(seen_by=actor.id)


@router.get("")
async def list_demarches(
    actor: Annotated[Actor, Depends(rule(Action.DEMARCHE_LISTER))],
    q: Annotated[
        str | None,
        Query(
            max_length=100, description="Mots de la référence, du titre ou du nom du client, accents ou non."
        ),
    ] = None,
    statut: Annotated[str | None, Query(max_length=60)] = None,
    turn: Annotated[Turn | None, Query(description="À qui est le tour.")] = None,
    modele: Annotated[str | None, Query(max_length=60)] = None,
    conseiller: uuid.UUID | None = None,
    client: uuid.UUID | None = None,
    etat: Etat = "ouvertes",
    tri: Tri = "maj",
    sens: Sens | None = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    taille: Annotated[int, Query(ge=1, le=200)] = 25,
) -> DemarchePage:
    """Démarches that I may see: newest changes first unless asked otherwise."""
    filtres = Filtres(q, statut, turn, modele, conseiller, client, etat)
    # Dates of changes and openings are read from the newest, the rest from the first.
    direction: Sens = sens or ("desc" if tri in ("maj", "ouverture") else "asc")
    async with session_scope() as session:
        rows, total = await listes.page_of_demarches(
            session,
            scope_of(actor),
            filtres,
            tri=tri,
            sens=direction,
            limit=taille,
            offset=(page - 1) * taille,
        )
        badges = await _badges(session, rows)
    items = [DemarcheLine.model_validate({**row, **badges[row["modele_sha"], row["statut"]]}) for row in rows]
    return DemarchePage(items=items, total=total, page=page, taille=taille)


async def _badges(
    session: AsyncSession, rows: Sequence[RowMapping]
) -> Mapping[tuple[str, str], dict[str, str | None]]:
    """Colour and icon of each status found, as the version of the modèle says them (BDG-02)."""
    found: dict[tuple[str, str], dict[str, str | None]] = {}
    for row in rows:
        sha, statut = row["modele_sha"], row["statut"]
        # The shared statuses have no label of their own: the screens know them.
        own = (await program_of(session, sha)).modele.statuts.get(statut) if row["statut_libelle"] else None
        found[sha, statut] = {
            "statut_couleur": own.couleur if own else None,
            "statut_icone": own.icone if own else None,
        }
    return found


@router.get("/{demarche_id}", dependencies=[Depends(rule(Action.DEMARCHE_LIRE, read_target))])
async def read_demarche(dossier: DossierLu) -> DemarcheLue:
    """One démarche, as I may see it."""
    seen = await dossier.view()
    sha = dossier.row.modele_sha
    if sha not in _versions:
        async with session_scope() as session:
            _versions[sha] = await store_modele.version_of(session, sha)
    # Made by our own engine: nothing to check again.
    return DemarcheLue.model_construct(**dict(seen), modele_version=_versions[sha])


_versions: dict[str, int] = {}
"""A version never changes its number: each is read once."""
