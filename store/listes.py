"""Lists and inboxes: what reads the clear columns of démarches and of what is awaited, never a state."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import ColumnElement, RowMapping
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of
from store.demarche import SEARCHED, Attente, Demarche, Membre
from store.journal import JournalEntry
from store.tiers import Tiers

_D = table_of(Demarche).c
_A = table_of(Attente).c
_J = table_of(JournalEntry).c
_M = table_of(Membre).c
_T = table_of(Tiers).c


async def _run(session: AsyncSession, query: sa.Select[Any]) -> "sa.CursorResult[*tuple[Any, ...]]":
    """Columns, not entities: the connection's own rows."""
    connection = await session.connection()
    return await connection.execute(query)


Tri = Literal["maj", "echeance", "ouverture", "titre", "client"]
Sens = Literal["asc", "desc"]
Etat = Literal["ouvertes", "terminees", "toutes"]
Groupe = Literal["retard", "aujourdhui", "pieces", "demandes", "a_venir"]

LINE = [
    column
    for column in _D
    if column.name not in ("state", "journal_hash", "modele_sha", "etape", "open", "seq")
]
_ORDER: dict[Tri, ColumnElement[Any]] = {
    "maj": _D.updated_at,
    "echeance": _D.due_at,
    "ouverture": _D.opened_at,
    "titre": sa.func.elaska_normalise(_D.titre),
    "client": sa.func.elaska_normalise(_D.client_nom),
}


@dataclass(frozen=True)
class Scope:
    """Which démarches: those of a user's team (and, with `referent`, of the clients whose adviser they are), or
    those of some tiers; all when nothing is said.
    """

    team_of: uuid.UUID | None = None
    referent: bool = True
    tiers_ids: frozenset[uuid.UUID] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.team_of is not None:
            mine: ColumnElement[bool] = _D.id.in_(sa.select(_M.demarche_id).where(_M.user_id == self.team_of))
            if self.referent:
                mine = mine | _D.client_id.in_(sa.select(_T.id).where(_T.conseiller_id == self.team_of))
            found.append(mine)
        if self.tiers_ids is not None:
            found.append(_D.client_id.in_(self.tiers_ids))
        return found


@dataclass(frozen=True)
class Filtres:
    """What a list of démarches is filtered by; absent means any."""

    q: str | None = None
    statut: str | None = None
    turn: str | None = None
    modele: str | None = None
    conseiller: uuid.UUID | None = None
    client: uuid.UUID | None = None
    etat: Etat = "ouvertes"

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.etat != "toutes":
            found.append(_D.open.is_(self.etat == "ouvertes"))
        exact = {
            _D.statut: self.statut,
            _D.turn: self.turn,
            _D.modele: self.modele,
            _D.conseiller_id: self.conseiller,
            _D.client_id: self.client,
        }
        found += [column == value for column, value in exact.items() if value is not None]
        searched = sa.literal_column(SEARCHED, sa.Text)
        for word in (self.q or "").split()[:8]:
            found.append(searched.like("%" + sa.func.elaska_normalise(_escaped(word)) + "%"))
        return found


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def page_of_demarches(
    session: AsyncSession, scope: Scope, filtres: Filtres, *, tri: Tri, sens: Sens, limit: int, offset: int
) -> tuple[Sequence[RowMapping], int]:
    """One page of démarches and how many there are in all."""
    conditions = [*scope.conditions(), *filtres.conditions()]
    order = _ORDER[tri]
    order = order.desc().nulls_last() if sens == "desc" else order.asc().nulls_last()
    rows = await _run(
        session, sa.select(*LINE).where(*conditions).order_by(order, _D.id).limit(limit).offset(offset)
    )
    found = rows.mappings().all()
    if offset == 0 and len(found) < limit:
        return found, len(found)
    total = await _run(session, sa.select(sa.func.count()).where(*conditions).select_from(_D.id.table))
    return found, total.scalar_one()


# --- the firm's inbox

WORK = [
    _A.demarche_id,
    _D.reference,
    _D.titre,
    _D.client_nom,
    _D.modele_titre,
    _A.kind,
    _A.item_id,
    _A.label,
    _A.side,
    _A.nom,
    _A.user_id,
    _A.since,
    _A.due_at,
    _A.etape,
]


async def turns(session: AsyncSession, scope: Scope) -> dict[str, int]:
    """How many open démarches await whom."""
    rows = await _run(
        session,
        sa.select(_D.turn, sa.func.count()).where(_D.open.is_(True), *scope.conditions()).group_by(_D.turn),
    )
    return {row[0]: row[1] for row in rows}


async def cabinet_work(
    session: AsyncSession,
    scope: Scope,
    *,
    user_id: uuid.UUID | None,
    now: datetime,
    tomorrow: datetime,
    limit: int,
) -> dict[Groupe, tuple[int, list[RowMapping]]]:
    """What the firm owes, by group: the total, and the most urgent `limit`.

    `user_id`: only what falls to this person. `tomorrow`: first instant of the next civil day. Each item is in one
    group: what is late is late whatever it is.
    """
    groupe = sa.case(
        (_A.due_at < now, "retard"),
        (_A.due_at < tomorrow, "aujourdhui"),
        (_A.kind == "validation", "pieces"),
        (_A.kind.in_(("demande", "information")), "demandes"),
        else_="a_venir",
    ).label("groupe")
    conditions: list[ColumnElement[bool]] = [(_A.side == "cabinet") | (_A.kind == "information")]
    joined = _A.demarche_id.table.join(_D.id.table, _D.id == _A.demarche_id)
    if user_id is not None:
        # A question asked of the client is in the queue of whoever follows the demande.
        conditions = [
            ((_A.side == "cabinet") & (_A.user_id == user_id))
            | ((_A.kind == "information") & (_D.conseiller_id == user_id))
        ]
    urgent = (sa.func.coalesce(_A.due_at, sa.literal("infinity").cast(sa.DateTime(timezone=True))), _A.since)
    ranked = (
        sa.select(
            *WORK,
            groupe,
            sa.func.row_number().over(partition_by=groupe, order_by=(*urgent, _A.item_id)).label("rang"),
            sa.func.count().over(partition_by=groupe).label("total"),
        )
        .select_from(joined)
        .where(*conditions, *scope.conditions())
        .subquery()
    )
    rows = await _run(
        session, sa.select(ranked).where(ranked.c.rang <= limit).order_by(ranked.c.groupe, ranked.c.rang)
    )
    found: dict[Groupe, tuple[int, list[RowMapping]]] = {}
    for row in rows.mappings():
        _, items = found.setdefault(row["groupe"], (row["total"], []))
        items.append(row)
    return found


async def client_work(session: AsyncSession, scope: Scope, *, limit: int) -> Sequence[RowMapping]:
    """Démarches whose turn is the client's or an outside party's, longest wait first, with what is most urgent."""
    waiting = (
        sa.select(_D.id, _D.attendu_depuis)
        .where(_D.open.is_(True), _D.turn.in_(("client", "tiers")), *scope.conditions())
        .order_by(_D.due_at.asc().nulls_last(), _D.attendu_depuis, _D.id)
        .limit(limit)
        .subquery()
    )
    first = (
        sa.select(_A.demarche_id.table)
        .where(_A.demarche_id == waiting.c.id, _A.side.in_(("client", "tiers")))
        .order_by(_A.due_at.asc().nulls_last(), _A.since, _A.item_id)
        .limit(1)
        .lateral()
    )
    own = {column.name for column in _A}
    columns = [first.c[column.name] if column.name in own else column for column in WORK]
    rows = await _run(
        session,
        sa.select(*columns)
        .select_from(waiting.join(first, sa.true()).join(_D.id.table, _D.id == waiting.c.id))
        .order_by(_D.due_at.asc().nulls_last(), waiting.c.attendu_depuis, waiting.c.id),
    )
    return rows.mappings().all()


async def client_inbox(
    session: AsyncSession, tiers_ids: frozenset[uuid.UUID], *, limit: int
) -> tuple[Sequence[RowMapping], int]:
    """« Ce qui vous attend »: what these tiers's own people owe, and how much in all.

    A participant has no account: what is awaited of them has no user, and is not the client's to do.
    """
    rows = await _run(
        session,
        sa.select(*WORK, sa.func.count().over().label("total"))
        .select_from(_A.demarche_id.table.join(_D.id.table, _D.id == _A.demarche_id))
        .where(_A.client_id.in_(tiers_ids), _A.side == "client", _A.user_id.is_not(None))
        .order_by(_A.due_at.asc().nulls_last(), _A.since, _A.item_id)
        .limit(limit),
    )
    found = rows.mappings().all()
    return found, found[0]["total"] if found else 0


async def with_pieces_to_check(
    session: AsyncSession, scope: Scope, *, limit: int
) -> tuple[Sequence[uuid.UUID], int]:
    """Démarches where a pièce awaits the firm's decision, longest wait first; and how many pièces in all."""
    joined = _A.demarche_id.table.join(_D.id.table, _D.id == _A.demarche_id)
    conditions = [_A.kind == "validation", *scope.conditions()]
    rows = await _run(
        session,
        sa.select(_A.demarche_id)
        .select_from(joined)
        .where(*conditions)
        .group_by(_A.demarche_id)
        .order_by(sa.func.min(_A.since), _A.demarche_id)
        .limit(limit),
    )
    total = await _run(session, sa.select(sa.func.count()).select_from(joined).where(*conditions))
    return rows.scalars().all(), total.scalar_one()


# --- the journal


def journal_conditions(demarche_id: uuid.UUID, reader: str | None) -> list[ColumnElement[bool]]:
    """Lines of a journal that may be shown; `reader`: audience they must be for, all when absent."""
    found: list[ColumnElement[bool]] = [_J.demarche_id == demarche_id, _J.famille != "systeme"]
    if reader is not None:
        found.append(sa.func.coalesce(_J.visible, sa.literal(reader) == sa.any_(_J.audience)))
    return found


async def page_of_journal(
    session: AsyncSession,
    demarche_id: uuid.UUID,
    *,
    reader: str | None,
    familles: Sequence[str],
    before: int | None,
    limit: int,
) -> list[JournalEntry]:
    """Newest lines first, before a given one; one more than `limit` when there are more."""
    query = select(JournalEntry).where(*journal_conditions(demarche_id, reader))
    if familles:
        query = query.where(_J.famille.in_(familles))
    if before is not None:
        query = query.where(_J.id < before)
    return list(await session.exec(query.order_by(_J.id.desc()).limit(limit + 1)))


async def journal_families(
    session: AsyncSession, demarche_id: uuid.UUID, *, reader: str | None
) -> dict[str, int]:
    """How many lines of each family may be shown."""
    rows = await _run(
        session,
        sa.select(_J.famille, sa.func.count())
        .where(*journal_conditions(demarche_id, reader))
        .group_by(_J.famille),
    )
    return {row[0]: row[1] for row in rows}
