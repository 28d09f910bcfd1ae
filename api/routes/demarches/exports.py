"""PDF exports of a démarche, within what their reader may see (PDF-01, PDF-02)."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.access import Action, Actor, rule
from api.dossier import Dossier, DossierLu, read_target
from api.fil import Famille, JournalLine
from api.problems import Problem, not_found
from api.routes.demarches import corps
from api.routes.demarches.journal import latest_lines
from api.routes.fichiers import CSP, disposition
from api.security.addresses import client_ip
from api.traces import kept_from
from store import audit, badge, export, utilisateur
from store.demarche import Demarche
from store.export import Export
from store.session import session_scope

router = APIRouter(prefix="/api/demarches/{demarche_id}/exports", tags=["exports"])

Genre = Literal["synthese", "chronologie", "taches", "documents", "echanges"]
Id = Annotated[uuid.UUID, Path(description="L'export.")]
Reader = Annotated[Actor, Depends(rule(Action.JOURNAL_LIRE, read_target))]
LONGEST = 2000
"""Lines of the journal that one export tells, the latest."""
AT_ONCE = 5
"""Exports that one person may have under way."""
TITLES: dict[Genre, str] = {
    "synthese": "Synthèse du dossier",
    "chronologie": "Chronologie détaillée",
    "taches": "Liste des tâches",
    "documents": "Liste des documents",
    "echanges": "Conversation",
}
_JOURNAL: dict[Genre, tuple[Famille, ...]] = {"chronologie": (), "echanges": ("echange", "notification")}


class ExportDemande(corps.Corps):
    genre: Genre = Field(title="Genre", examples=["synthese"])


class ExportVue(BaseModel):
    id: uuid.UUID
    genre: Genre
    titre: str = Field(examples=["Synthèse du dossier"])
    etat: Literal["en_attente", "en_cours", "pret", "echec"]
    demande_le: datetime
    par: str = Field(description="Qui l'a demandé.", examples=["Julien Lefèvre"])
    expire_le: datetime = Field(description="Au-delà, il est supprimé.")
    taille: int | None = Field(description="Octets du PDF.")
    motif: str | None = Field(description="Pourquoi il n'a pas pu être produit : dit au cabinet seulement.")


@router.post("", status_code=202)
async def ask_export(dossier: DossierLu, actor: Reader, body: ExportDemande) -> ExportVue:
    """Have a PDF made of what I see now of the démarche. One of this kind that I still wait for is not made twice."""
    titre = TITLES[body.genre]
    context = await context_of(dossier, body.genre, titre)
    async with session_scope() as session:
        mine = await export.under_way(session, actor.id)
        for row in mine:
            if (row.demarche_id, row.genre) == (dossier.id, body.genre):
                return (await _vues(dossier, [row]))[0]
        if len(mine) >= AT_ONCE:
            raise Problem(
                429,
                "trop_d_exports",
                "Plusieurs exports sont déjà en préparation. Attendez que l'un d'eux soit prêt.",
                headers={"Retry-After": "10"},
            )
        row = await export.ask(
            session,
            dossier.cipher,
            demarche_id=dossier.id,
            auteur_id=actor.id,
            interne=_interne(actor),
            genre=body.genre,
            nom=f"{titre} - {dossier.row.reference}.pdf",
            context=context,
        )
    return (await _vues(dossier, [row]))[0]


def _interne(actor: Actor) -> bool:
    return actor.kind == "staff"


async def context_of(dossier: Dossier, genre: Genre, titre: str) -> dict[str, Any]:
    """All that the models read besides the letterhead: what this reader sees, and nothing else."""
    lines: list[JournalLine] = []
    more = False
    if genre in _JOURNAL:
        lines, more = await latest_lines(dossier, _JOURNAL[genre], LONGEST)
    shown = await dossier.view()
    async with session_scope() as session:
        badges = await badge.labels(session)
    return {
        "badges": badges,
        "titre_export": titre,
        "date_document": (await dossier.state()).now(datetime.now(UTC)).isoformat(),
        "pour_le_cabinet": _interne(dossier.actor),
        "demande_par": dossier.actor.name,
        "demarche": shown.model_dump(mode="json", exclude={"lectures"}, by_alias=True),
        "lignes": [line.model_dump(mode="json") for line in reversed(lines)],
        "lignes_omises": more,
    }


@router.get("")
async def list_exports(dossier: DossierLu, actor: Reader) -> list[ExportVue]:
    """Exports of the démarche that I may fetch, newest first: the firm's own, or mine. Each is kept for a day."""
    async with session_scope() as session:
        rows = await export.listed(session, dossier.id, actor.id, interne=_interne(actor))
    return await _vues(dossier, rows)


@router.get(
    "/{export_id}/pdf",
    response_class=Response,
    responses={200: {"description": "Le PDF.", "content": {"application/pdf": {}}}},
)
async def fetch_export(
    dossier: DossierLu,
    actor: Reader,
    export_id: Id,
    request: Request,
    telecharger: Annotated[
        bool, Query(description="Proposer de l'enregistrer plutôt que de l'afficher.")
    ] = False,
) -> Response:
    """The PDF, to be kept or printed. Reading is written in the access log (SEC-17)."""
    async with session_scope() as session:
        row = await export.find(session, export_id, dossier.id, actor.id, interne=_interne(actor))
        if row is None:
            other = await session.get(export.Export, export_id)
            if other is not None:
                whose = (await session.get_one(Demarche, other.demarche_id)).client_id
                raise kept_from(actor.key, not_found("Cet export"), "export", other.id, whose)
            raise not_found("Cet export")
        if row.etat != "pret":
            raise Problem(409, "export_non_pret", "Ce PDF n'est pas prêt.")
        await audit.append(
            session,
            acteur=actor.key,
            action="export.lire",
            objet_type="export",
            objet_id=row.id,
            ip=client_ip(request),
            client_id=dossier.row.client_id,
            genre=row.genre,
        )
    nom, pdf = export.read(row, dossier.cipher)
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "Content-Disposition": disposition(nom, attachment=telecharger),
            "Content-Security-Policy": CSP,
            "X-Frame-Options": "SAMEORIGIN",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Encoding": "identity",
        },
    )


async def _vues(dossier: Dossier, rows: Sequence[Export]) -> list[ExportVue]:
    async with session_scope() as session:
        names = await utilisateur.names(session, (row.auteur_id for row in rows))
    return [
        ExportVue.model_validate(
            {
                "id": row.id,
                "genre": row.genre,
                "titre": TITLES[row.genre],  # type: ignore[index]
                "etat": row.etat,
                "demande_le": row.created_at,
                "par": names.get(row.auteur_id, ""),
                "expire_le": row.created_at + export.KEPT,
                "taille": row.taille,
                "motif": export.reason_of(row, dossier.cipher) if row.interne else None,
            }
        )
        for row in rows
    ]
