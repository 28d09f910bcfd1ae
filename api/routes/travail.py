"""Inboxes: the firm's work queue, its pièces to check, and « Ce qui vous attend » of the client."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from pydantic_core import to_json
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, rule
from api.dossier import opened, reader_of
from api.services import ServicesDep
from store import file_de_travail, listes
from store.file_de_travail import Perimetre
from store.session import session_scope
from workflows.engine.modele import Side
from workflows.engine.program import PARIS
from workflows.engine.view import PieceView, pieces_seen
from workflows.engine.waiting import Turn, WaitKind

router = APIRouter(prefix="/api", tags=["travail"])

Portee = Literal["moi", "equipe", "toutes"]
Cle = Literal["retard", "aujourdhui", "pieces", "demandes", "a_venir", "client"]
LIBELLES: dict[Cle, str] = {
    "retard": "En retard",
    "aujourdhui": "Aujourd'hui",
    "pieces": "Pièces à valider",
    "demandes": "Demandes à étudier",
    "a_venir": "À venir",
    "client": "En attente du client",
}
SHOWN = 50


class WorkItem(BaseModel):
    """One thing awaited from one person."""

    demarche_id: uuid.UUID
    reference: str = Field(examples=["EMB-2026-0147"])
    titre: str = Field(examples=["Embauche de Zoé Martin"])
    client_nom: str
    modele_titre: str
    kind: WaitKind
    item_id: str
    label: str = Field(examples=["Réaliser la DPAE"])
    side: Side
    nom: str = Field(examples=["Julien Lefèvre"])
    user_id: uuid.UUID | None
    since: datetime
    due_at: datetime | None = Field(description="Sur l'horloge de la démarche.")
    retard_at: datetime | None = Field(
        description="L'instant réel où l'échéance passe : autre que `due_at` quand l'horloge a été avancée."
    )
    etape: str | None
    priorite: Literal["normale", "urgente"] | None = Field(
        description="De la démarche, pour le cabinet (DEM-09)."
    )
    maintenant: datetime | None = Field(
        description="Ce que montre l'horloge de la démarche, quand elle a été avancée : `since` se lit de là."
    )
    retard: bool


class Groupe(BaseModel):
    """`items`: the most urgent."""

    cle: Cle
    libelle: str
    total: int = Field(description="Combien il y en a ; on ne compte pas au-delà de mille.")
    au_moins: bool = Field(description="Le total est un minimum.")
    items: list[WorkItem]


class Travail(BaseModel):
    """The work queue. `compteurs`: open démarches, by whose turn it is."""

    compteurs: dict[Turn, int] = Field(
        description="Au tour de qui sont les démarches ouvertes ; mille veut dire mille au moins.",
        examples=[{"cabinet": 12, "client": 7, "tiers": 0, "personne": 3}],
    )
    groupes: list[Groupe]


class Attentes(BaseModel):
    items: list[WorkItem]
    total: int


class PiecesDuDossier(BaseModel):
    demarche_id: uuid.UUID
    titre: str
    client_nom: str
    reference: str
    validees: int
    total: int
    pieces: list[PieceView]


class PiecesAValider(BaseModel):
    """By démarche, longest wait first. `total`: pièces to check, in all, up to a thousand."""

    groupes: list[PiecesDuDossier]
    total: int


def _items(rows: Iterable[Mapping[Any, Any]], now: datetime) -> list[dict[str, Any]]:
    """Values of `WorkItem`s."""
    return [
        {
            **{name: row[name] for name in _FIELDS},
            "maintenant": listes.shown(row["horloge"], now),
            "retard": row["retard_at"] is not None and row["retard_at"] < now,
        }
        for row in rows
    ]


_FIELDS = [name for name in WorkItem.model_fields if name not in ("retard", "maintenant")]


def perimetre_of(actor: Actor, portee: Portee) -> Perimetre:
    """All means those that this person may see."""
    if portee == "toutes":
        return "toutes" if actor.supervises else "vues"
    return portee


async def _reach(session: AsyncSession, actor: Actor, portee: Portee) -> file_de_travail.Reach:
    return await file_de_travail.reach(session, perimetre_of(actor, portee), actor.id, actor.droits.caches)


@router.get("/travail", response_model=Travail)
async def read_work(
    actor: Annotated[Actor, Depends(rule(Action.TRAVAIL_LIRE))],
    portee: Annotated[
        Portee,
        Query(
            description="Ce qui m'est confié, les démarches de mon équipe, ou toutes celles que je peux voir."
        ),
    ] = "moi",
    taille: Annotated[int, Query(ge=1, le=200, description="Au plus, par groupe.")] = SHOWN,
) -> Response:
    """What is to be done, in the order of the day: late, today, to check, to study, to come, awaited from clients."""
    now = datetime.now(UTC)
    today = now.astimezone(PARIS).date()
    tomorrow = datetime.combine(today + timedelta(days=1), time(0), PARIS).astimezone(UTC)
    async with session_scope() as session:
        mine = await _reach(session, actor, portee)
        turns = await file_de_travail.turns(session, mine)
        cabinet = await file_de_travail.cabinet_work(session, mine, now=now, tomorrow=tomorrow, limit=taille)
        client = await file_de_travail.client_work(session, mine, limit=taille)
    groupes = []
    for cle, libelle in LIBELLES.items():
        if cle == "client":
            counted, rows = [turns["client"], turns["tiers"]], client
        else:
            counted, rows = [cabinet[cle].total], cabinet[cle].items
        groupes.append(
            {
                "cle": cle,
                "libelle": libelle,
                "total": sum(counted),
                "au_moins": max(counted) >= file_de_travail.COUNTED,
                "items": _items(rows, now),
            }
        )
    travail = {"compteurs": turns, "groupes": groupes}
    # Written at once: hundreds of lines of our own database, that FastAPI would check one by one.
    return Response(to_json(travail), media_type="application/json")


@router.get("/attentes")
async def read_inbox(
    actor: Annotated[Actor, Depends(rule(Action.ATTENTE_LIRE))],
    taille: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Attentes:
    """« Ce qui vous attend »: what my company's people owe, most urgent first."""
    async with session_scope() as session:
        rows, total = await listes.client_inbox(session, actor.tiers_ids, limit=taille)
    items = [{**item, "priorite": None} for item in _items(rows, datetime.now(UTC))]
    return Attentes.model_validate({"items": items, "total": total})


@router.get("/pieces-a-valider", response_model=PiecesAValider)
async def list_pieces_to_check(
    actor: Annotated[Actor, Depends(rule(Action.TRAVAIL_LIRE))],
    services: ServicesDep,
    portee: Portee = "toutes",
    taille: Annotated[int, Query(ge=1, le=50, description="Démarches au plus.")] = 20,
) -> Response:
    """Pièces that await the firm's decision, with what is needed to decide in a row."""
    reader = reader_of(actor)
    async with session_scope() as session:
        mine = await _reach(session, actor, portee)
        rows, total = await file_de_travail.with_pieces_to_check(session, mine, limit=taille)
        dossiers = await opened(session, services.keyring, rows)
    groupes = [
        PiecesDuDossier.model_construct(
            demarche_id=row.id,
            titre=row.titre,
            client_nom=row.client_nom,
            reference=row.reference,
            validees=sum(piece.statut in ("valide", "pris_en_compte") for piece in pieces),
            total=sum(piece.statut != "sans_objet" for piece in pieces),
            pieces=[piece for piece in pieces if piece.statut in ("attente_validation", "recu")],
        )
        for row, program, state in dossiers
        for pieces in [pieces_seen(program, state, reader)]
    ]
    found = PiecesAValider.model_construct(groupes=groupes, total=total)
    return Response(found.model_dump_json(), media_type="application/json")
