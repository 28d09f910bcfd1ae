"""From the engine's state to rows: what lists and inboxes read. Writing is part of the deciding transaction."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of
from store.demarche import Attente, Demarche, Membre
from store.piece_fournie import PieceFournie
from store.statements import Call, Statement, delete_by, insert_into, run, update_by, upsert_into
from workflows.engine.modele import Etape
from workflows.engine.needs import needs
from workflows.engine.program import Program, day_over
from workflows.engine.state import DemarcheState
from workflows.engine.waiting import (
    Wait,
    cabinet_role,
    column_of,
    current_etape,
    of_children,
    progress,
    turn_of,
    waits,
)

_DEMARCHE = table_of(Demarche)
_ATTENTE = table_of(Attente)
_MEMBRE = table_of(Membre)
_FOURNIE = table_of(PieceFournie)
_KEYS = ("demarche_id", "kind", "item_id")
_GIVEN_KEYS = ("demarche_id", "piece")
# PostgreSQL computes the others by itself.
_COLUMNS = [column.name for column in _DEMARCHE.c if column.computed is None]
_INSERT = insert_into(_DEMARCHE, _COLUMNS)
_UPDATE = update_by(_DEMARCHE, "id", [name for name in _COLUMNS if name != "id"])
_UPDATE_CLEAR = update_by(
    _DEMARCHE, "id", [name for name in _COLUMNS if name not in ("id", "state", "format", "journal_hash")]
)
_ALWAYS = ("seq", "updated_at")
_UPDATE_ALWAYS = update_by(_DEMARCHE, "id", ["state", "journal_hash", *_ALWAYS])
"""For the many commands that change nothing a list shows."""
_UPSERT_ATTENTE = upsert_into(_ATTENTE, _KEYS)
_DELETE_ATTENTE = delete_by(_ATTENTE, _KEYS)
_DELETE_ATTENTES = delete_by(_ATTENTE, ["demarche_id"])
_UPSERT_FOURNIE = upsert_into(_FOURNIE, _GIVEN_KEYS)
_DELETE_FOURNIE = delete_by(_FOURNIE, _GIVEN_KEYS)
_DELETE_FOURNIES = delete_by(_FOURNIE, ["demarche_id"])
_DELETE_MEMBRES = delete_by(_MEMBRE, ["demarche_id"])
_INSERT_MEMBRE = Statement.of(insert(_MEMBRE).on_conflict_do_nothing(), [c.name for c in _MEMBRE.c])
_ACTIONS = {
    "commentaire": "Avis demandé",
    "note": "Note à lire",
    "validation": "Accord demandé",
    "documents": "Documents demandés",
    "information": "Précision demandée",
}


_KEPT = "Sa part du dossier"


def _label(state: DemarcheState, wait: Wait) -> str:
    """What a list may show in clear: never the words of an action, which people write to one another."""
    action = state.actions.get(wait.id) if wait.kind in ("action", "information") else None
    return _ACTIONS[action.nature] if action else wait.label[:300]


def _told(program: Program, state: DemarcheState, wait: Wait) -> str:
    """The same, on a line that the client reads too: not what a participant keeps from them."""
    piece = state.pieces.get(wait.id) if wait.kind in ("piece", "validation") else None
    kept = program.kept_from_client(piece.de if piece else wait.key, state)
    if wait.kind == "enfant" and not state.enfants[wait.id].au_portail:
        return state.etapes[state.enfants[wait.id].noeud].titre
    return _KEPT if kept else _label(state, wait)


def _stage(program: Program, state: DemarcheState, etape: Etape) -> str:
    """Title of an étape; its column, when it is not the client's to see."""
    chosen = state.reglages.get(etape.cle)
    apart = etape.voient is not None or (chosen is not None and chosen.visible is False)
    kept = apart and "client" not in program.etape_readers(etape, state)
    if kept:
        return program.modele.colonnes.get(etape.colonne or "", program.modele.titre)
    return state.etapes[etape.cle].titre


def _badge(program: Program, state: DemarcheState, etape: Etape) -> str | None:
    """The client's badge as JSON, while the démarche goes on and the étape is theirs to see."""
    if state.cycle != "ouverte" or "client" not in program.etape_readers(etape, state):
        return None
    badge = program.badge(etape, state)
    return badge.model_dump_json(include={"libelle", "couleur", "icone"}) if badge else None


def demarche_row(program: Program, state: DemarcheState, at: datetime, found: list[Wait]) -> dict[str, Any]:
    """Clear columns of a démarche. `at`: instant of the last command; `found`: what it awaits."""
    modele = program.modele
    turn, waiting = turn_of(found or of_children(program, state))
    # As the client counts them in the démarche itself: their list is the reader of these two columns.
    order = [
        etape.cle
        for etape in modele.walk()
        if state.etapes[etape.cle].statut != "sans_objet"
        and "client" in program.etape_readers(etape, state)
        and not program.ruled_out(etape, state)
    ]
    current = current_etape(program, state) if state.phase == "dossier" else None
    holder = state.holder(cabinet_role(program))
    due_at = min(
        [etape.due_at for etape in state.active if etape.due_at] + [w.due_at for w in found if w.due_at],
        default=None,
    )
    watched = program.watched(state) if state.cycle == "ouverte" else None
    return {
        "id": uuid.UUID(state.demarche_id),
        "client_id": uuid.UUID(state.client_id),
        "client_nom": state.client_nom,
        "reference": state.reference,
        "titre": state.titre[:300],
        "modele": modele.modele,
        "modele_titre": modele.titre,
        "modele_sha": state.modele_sha,
        "categorie": modele.categorie,
        "icone": modele.icone,
        "phase": state.phase,
        "cycle": state.cycle,
        "open": state.open,
        "statut": state.statut,
        "statut_libelle": program.statut_label(state),
        "badge": _badge(program, state, program.etapes[current.cle]) if current else None,
        "au_portail": program.on_portal(state),
        "progression": progress(program, state),
        "etape": current.cle if current else None,
        "etape_titre": _stage(program, state, program.etapes[current.cle]) if current else None,
        "etape_rang": order.index(current.cle) + 1 if current and current.cle in order else 0,
        "etapes_total": len(order),
        "colonne": column_of(program, state),
        "turn": turn,
        "attendu": _told(program, state, waiting) if waiting else None,
        "attendu_nom": waiting.nom if waiting else None,
        "attendu_depuis": waiting.since if waiting else None,
        "due_at": due_at,
        "retard_at": _real(state, due_at),
        "surveille_le": watched,
        "surveille_at": _real(state, day_over(watched)) if watched else None,
        "parent_id": uuid.UUID(state.parent.demarche_id) if state.parent else None,
        "conseiller_id": uuid.UUID(holder.user_id) if holder else None,
        "conseiller_nom": holder.nom if holder else None,
        "priorite": state.priorite,
        "horloge": state.horloge.model_dump_json() if state.horloge else None,
        "prix": state.prix,
        "prix_mention": state.prix_mention,
        "opened_at": state.opened_at,
        "closed_at": state.closed_at,
        "updated_at": at,
        "reveil_at": _real(state, needs(state).next_at),
        "seq": state.seq,
        "format": state.format,
    }


def _real(state: DemarcheState, at: datetime | None) -> datetime | None:
    return state.horloge.real_at(at) if state.horloge and at else at


def attente_rows(state: DemarcheState, found: list[Wait]) -> list[dict[str, Any]]:
    """What is awaited from people, one row each."""
    demarche_id, client_id = uuid.UUID(state.demarche_id), uuid.UUID(state.client_id)
    return [
        {
            "demarche_id": demarche_id,
            "kind": wait.kind,
            "item_id": wait.id,
            "client_id": client_id,
            "side": wait.side,
            "role": wait.key,
            "user_id": uuid.UUID(wait.user_id) if wait.user_id else None,
            "nom": wait.nom,
            "label": _label(state, wait),
            "etape": wait.etape,
            "since": wait.since,
            "due_at": wait.due_at,
            "retard_at": _real(state, wait.due_at),
        }
        for wait in found
    ]


def membre_rows(state: DemarcheState) -> list[dict[str, Any]]:
    return [
        {
            "demarche_id": uuid.UUID(state.demarche_id),
            "user_id": uuid.UUID(member.user_id),
            "role": member.role,
        }
        for member in (*state.equipe, *state.renforts)
    ]


def fournie_rows(program: Program, state: DemarcheState) -> list[dict[str, Any]]:
    """Pièces of a kind that the client gave and the firm validated: they serve again elsewhere (GED-15)."""
    rows = []
    for piece in state.pieces.values():
        if piece.statut not in ("valide", "pris_en_compte") or not piece.versions or piece.decided_at is None:
            continue
        kind = program.piece_kind(piece)
        if kind is None or kind.type is None or not program.is_client(piece.de, state):
            continue
        until = program.shift(piece.decided_at, kind.validite) if kind.validite else None
        rows.append(
            {
                "demarche_id": uuid.UUID(state.demarche_id),
                "piece": piece.id,
                "client_id": uuid.UUID(state.client_id),
                "type": kind.type,
                "titre": piece.titre[:300],
                "fichiers": [uuid.UUID(file.id) for file in piece.versions[-1].files],
                "validated_at": _real(state, piece.decided_at),
                "expires_at": _real(state, until),
            }
        )
    return rows


@dataclass(frozen=True)
class Rows:
    """What one state gives to lists and inboxes."""

    demarche: dict[str, Any]
    attentes: dict[tuple[str, ...], dict[str, Any]]
    membres: list[dict[str, Any]]
    fournies: dict[tuple[str, ...], dict[str, Any]]


def rows_of(program: Program, state: DemarcheState, at: datetime) -> Rows:
    """Every clear row of a démarche."""
    program = program.of(state)
    found = waits(program, state)
    attentes = attente_rows(state, found)
    return Rows(
        demarche_row(program, state, at, found),
        {tuple(row[key] for key in _KEYS): row for row in attentes},
        membre_rows(state),
        {tuple(row[key] for key in _GIVEN_KEYS): row for row in fournie_rows(program, state)},
    )


def opening(rows: Rows, sealed: bytes, journal_hash: bytes) -> list[Call]:
    """What to write for a démarche that has just opened. `sealed`: its encrypted state."""
    row = {**rows.demarche, "state": sealed, "journal_hash": journal_hash}
    return [
        Call(_INSERT, [row]),
        Call(_UPSERT_ATTENTE, list(rows.attentes.values())),
        Call(_INSERT_MEMBRE, rows.membres),
        Call(_UPSERT_FOURNIE, list(rows.fournies.values())),
    ]


def difference(before: Rows, after: Rows, sealed: bytes, journal_hash: bytes) -> list[Call]:
    """What to write when a démarche goes from one set of rows to another."""
    row = {**after.demarche, "state": sealed, "journal_hash": journal_hash, "this": after.demarche["id"]}
    shown = any(
        before.demarche[name] != value for name, value in after.demarche.items() if name not in _ALWAYS
    )
    calls = [
        Call(_UPDATE if shown else _UPDATE_ALWAYS, [row]),
        Call(_DELETE_ATTENTE, [row for key, row in before.attentes.items() if key not in after.attentes]),
        Call(
            _UPSERT_ATTENTE, [row for key, row in after.attentes.items() if before.attentes.get(key) != row]
        ),
    ]
    if before.fournies != after.fournies:
        calls += [
            Call(_DELETE_FOURNIE, [row for key, row in before.fournies.items() if key not in after.fournies]),
            Call(_UPSERT_FOURNIE, list(after.fournies.values())),
        ]
    if before.membres != after.membres:
        calls += [
            Call(_DELETE_MEMBRES, [{"demarche_id": after.demarche["id"]}]),
            Call(_INSERT_MEMBRE, after.membres),
        ]
    return calls


async def rewrite(session: AsyncSession, program: Program, state: DemarcheState, at: datetime) -> None:
    """Recompute the clear columns and inbox rows of an existing démarche from its state alone."""
    rows = rows_of(program, state, at)
    clear = {name: value for name, value in rows.demarche.items() if name != "format"}
    await run(
        session,
        [
            Call(_UPDATE_CLEAR, [{**clear, "this": rows.demarche["id"]}]),
            Call(_DELETE_ATTENTES, [{"demarche_id": rows.demarche["id"]}]),
            Call(_UPSERT_ATTENTE, list(rows.attentes.values())),
            Call(_DELETE_FOURNIES, [{"demarche_id": rows.demarche["id"]}]),
            Call(_UPSERT_FOURNIE, list(rows.fournies.values())),
        ],
    )
