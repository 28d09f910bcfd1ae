"""From the engine's state to rows: what lists and inboxes read. Writing is part of the deciding transaction."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of
from store.demarche import Attente, Demarche, Membre
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState
from workflows.engine.waiting import Wait, cabinet_role, progress, turn_of, waits

_DEMARCHE = table_of(Demarche)
_ATTENTE = table_of(Attente)
_MEMBRE = table_of(Membre)
_KEYS = ("demarche_id", "kind", "item_id")
_ACTIONS = {
    "commentaire": "Avis demandé",
    "note": "Note à lire",
    "validation": "Accord demandé",
    "documents": "Documents demandés",
    "information": "Précision demandée",
}


def _label(state: DemarcheState, wait: Wait) -> str:
    """What a list may show in clear: never the words of an action, which people write to one another."""
    action = state.actions.get(wait.id) if wait.kind in ("action", "information") else None
    return _ACTIONS[action.nature] if action else wait.label[:300]


def demarche_row(program: Program, state: DemarcheState, at: datetime) -> dict[str, Any]:
    """Clear columns of a démarche. `at`: instant of the last command."""
    modele = program.modele
    found = waits(program, state)
    turn, waiting = turn_of(found)
    order = [etape.cle for etape in modele.walk() if state.etapes[etape.cle].statut != "sans_objet"]
    current = state.active[0] if state.active and state.phase == "dossier" else None
    holder = state.holder(cabinet_role(program))
    custom = modele.statuts.get(state.statut)
    dues = [etape.due_at for etape in state.active if etape.due_at] + [w.due_at for w in found if w.due_at]
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
        "statut_libelle": custom.libelle if custom else None,
        "progression": progress(program, state),
        "etape": current.cle if current else None,
        "etape_titre": current.titre if current else None,
        "etape_rang": order.index(current.cle) + 1 if current else 0,
        "etapes_total": len(order),
        "turn": turn,
        "attendu": _label(state, waiting) if waiting else None,
        "attendu_nom": waiting.nom if waiting else None,
        "attendu_depuis": waiting.since if waiting else None,
        "due_at": min(dues, default=None),
        "conseiller_id": uuid.UUID(holder.user_id) if holder else None,
        "conseiller_nom": holder.nom if holder else None,
        "prix": state.prix,
        "prix_mention": state.prix_mention,
        "opened_at": state.opened_at,
        "closed_at": state.closed_at,
        "updated_at": at,
        "seq": state.seq,
    }


def attente_rows(program: Program, state: DemarcheState) -> list[dict[str, Any]]:
    """What is awaited from people, one row each."""
    return [
        {
            "demarche_id": uuid.UUID(state.demarche_id),
            "kind": wait.kind,
            "item_id": wait.id,
            "client_id": uuid.UUID(state.client_id),
            "side": wait.side,
            "role": wait.key,
            "user_id": uuid.UUID(wait.user_id) if wait.user_id else None,
            "nom": wait.nom,
            "label": _label(state, wait),
            "etape": wait.etape,
            "since": wait.since,
            "due_at": wait.due_at,
        }
        for wait in waits(program, state)
    ]


def membre_rows(state: DemarcheState) -> list[dict[str, Any]]:
    return [
        {
            "demarche_id": uuid.UUID(state.demarche_id),
            "user_id": uuid.UUID(member.user_id),
            "role": member.role,
        }
        for member in state.equipe
    ]


async def write(
    session: AsyncSession,
    program: Program,
    before: DemarcheState | None,
    after: DemarcheState,
    *,
    at: datetime,
    sealed: bytes,
    journal_hash: bytes,
) -> None:
    """Write the rows of `after`; of what `before` already had, only the differences. `sealed`: encrypted state."""
    row = {**demarche_row(program, after, at), "state": sealed, "journal_hash": journal_hash}
    if before is None:
        await session.execute(sa.insert(_DEMARCHE).values(row))
    else:
        changes = {key: value for key, value in row.items() if key != "id"}
        await session.execute(sa.update(_DEMARCHE).where(_DEMARCHE.c.id == row["id"]).values(changes))
    old = {tuple(r[k] for k in _KEYS): r for r in attente_rows(program, before)} if before else {}
    new = {tuple(r[k] for k in _KEYS): r for r in attente_rows(program, after)}
    gone = [key for key in old if key not in new]
    if gone:
        columns = sa.tuple_(*(_ATTENTE.c[key] for key in _KEYS))
        await session.execute(sa.delete(_ATTENTE).where(columns.in_(gone)))
    changed = [r for key, r in new.items() if old.get(key) != r]
    if changed:
        upsert = insert(_ATTENTE).values(changed)
        updates = {c.name: upsert.excluded[c.name] for c in _ATTENTE.c if c.name not in _KEYS}
        await session.execute(upsert.on_conflict_do_update(index_elements=list(_KEYS), set_=updates))
    if before is None or before.equipe != after.equipe:
        await session.execute(sa.delete(_MEMBRE).where(_MEMBRE.c.demarche_id == row["id"]))
        members = membre_rows(after)
        if members:
            await session.execute(insert(_MEMBRE).values(members).on_conflict_do_nothing())


async def rewrite(session: AsyncSession, program: Program, state: DemarcheState, at: datetime) -> None:
    """Recompute the clear columns and inbox rows of an existing démarche from its state alone."""
    row = demarche_row(program, state, at)
    await session.execute(
        sa.update(_DEMARCHE)
        .where(col(Demarche.id) == row["id"])
        .values({k: v for k, v in row.items() if k != "id"})
    )
    await session.execute(sa.delete(_ATTENTE).where(_ATTENTE.c.demarche_id == row["id"]))
    rows = attente_rows(program, state)
    if rows:
        await session.execute(sa.insert(_ATTENTE).values(rows))
