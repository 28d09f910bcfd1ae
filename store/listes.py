"""Lists and inboxes: what reads the clear columns of démarches and of what is awaited, never a state."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement, RowMapping
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of
from store.demarche import Attente, Demarche, Membre
from store.preference import PARIS
from store.tiers import Tiers
from workflows.engine.state import Horloge

_D = table_of(Demarche).c
_A = table_of(Attente).c
_M = table_of(Membre).c
_T = table_of(Tiers).c
_PARENT = table_of(Demarche).alias("principale").c
_ENFANT = table_of(Demarche).alias("enfant").c


async def _run(session: AsyncSession, query: sa.Executable) -> "sa.CursorResult[*tuple[Any, ...]]":
    """Columns, not entities: the connection's own rows."""
    connection = await session.connection()
    return await connection.execute(query)


Tri = Literal["priorite", "maj", "echeance", "prochaine", "ouverture", "titre", "client"]
Sens = Literal["asc", "desc"]
Etat = Literal["ouvertes", "terminees", "toutes"]
COUNTED = 1000
"""A list is counted up to here and no further: its cost is that of what it shows, however many démarches there are."""
SEARCHED = 200
"""The same for a search, which must look at the text of each one that it counts."""

_UNLISTED = ("state", "journal_hash", "etape", "open", "seq", "format", "recherche", "updated_hour")
LINE: list[ColumnElement[Any]] = [
    *(column for column in _D if column.name not in _UNLISTED),
    _PARENT.reference.label("parent_reference"),
    # Counted for the page only, by the index on `parent_id`.
    sa.select(sa.func.count())
    .where(_ENFANT.parent_id == _D.id)
    .correlate(_D.id.table)
    .scalar_subquery()
    .label("enfants"),
]
DEMANDES, AUTRES = "_demandes", "_autres"
"""Columns that no modèle declares: requests under study, and what stands in none. No key of a modèle begins so."""
_COLUMN = sa.case((_D.phase == "demande", DEMANDES), else_=sa.func.coalesce(_D.colonne, AUTRES))
_ORDER: dict[Tri, tuple[ColumnElement[Any], ...]] = {
    # By index for the hour; only what changed within the hours shown is sorted.
    "maj": (_D.updated_hour, _D.updated_at),
    "echeance": (_D.retard_at,),
    # What is past is no date to come; a date that is watched takes the place of those of the étapes.
    "prochaine": (
        sa.func.coalesce(
            sa.case((_D.surveille_at >= sa.func.now(), _D.surveille_at)),
            sa.case((_D.retard_at >= sa.func.now(), _D.retard_at)),
        ),
    ),
    "priorite": (sa.case((_D.priorite == "urgente", 0), else_=1), _D.retard_at),
    "ouverture": (_D.opened_at,),
    "titre": (sa.func.elaska_normalise(_D.titre),),
    "client": (sa.func.elaska_normalise(_D.client_nom),),
}


@dataclass(frozen=True)
class Scope:
    """Which démarches: those that an adviser sees, or those of some tiers; all when nothing is said."""

    seen_by: uuid.UUID | None = None
    tiers_ids: frozenset[uuid.UUID] | None = None
    sans: frozenset[str] = frozenset()
    """Modèles whose démarches are left out."""

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.seen_by is not None:
            # Most often the first test is enough, and the others are then not even prepared.
            found.append(
                sa.or_(
                    _D.conseiller_id == self.seen_by,
                    _D.client_id.in_(sa.select(_T.id).where(_T.conseiller_id == self.seen_by)),
                    _D.id.in_(sa.select(_M.demarche_id).where(_M.user_id == self.seen_by)),
                )
            )
        if self.tiers_ids is not None:
            found += [_D.client_id.in_(self.tiers_ids), _D.au_portail]
        if self.sans:
            found.append(_D.modele.not_in(self.sans))
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
    parent: uuid.UUID | Literal["aucun"] | None = None
    """Those that this one opened; « aucun »: those that no other one opened."""
    colonne: str | None = None
    """Column of the board: a key of the modèle, `DEMANDES` or `AUTRES`."""
    priorite: Literal["normale", "urgente"] | None = None
    ouverte_du: date | None = None
    ouverte_au: date | None = None
    echeance_au: date | None = None
    """Days in Paris, the last ones included."""

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
            _D.priorite: self.priorite,
        }
        found += [column == value for column, value in exact.items() if value is not None]
        if self.ouverte_du is not None:
            found.append(_D.opened_at >= _midnight(self.ouverte_du))
        if self.ouverte_au is not None:
            found.append(_D.opened_at < _midnight(self.ouverte_au + timedelta(days=1)))
        if self.echeance_au is not None:
            found.append(_D.due_at < _midnight(self.echeance_au + timedelta(days=1)))
        if self.parent == "aucun":
            found.append(_D.parent_id.is_(None))
        elif self.parent is not None:
            found.append(_D.parent_id == self.parent)
        if self.colonne is not None:
            found.append(sa.literal(self.colonne) == _COLUMN)
        for word in (self.q or "").split()[:8]:
            found.append(_D.recherche.like("%" + sa.func.elaska_normalise(_escaped(word)) + "%"))
        return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def shown(horloge: str | None, real: datetime) -> datetime | None:
    """What the clock of a démarche shows when the real one shows `real`; None for one that was not moved."""
    return Horloge.model_validate_json(horloge).at(real) if horloge else None


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_LISTED = _D.id.table.outerjoin(_PARENT.id.table, _PARENT.id == _D.parent_id)


class Compte(NamedTuple):
    """How many there are in all; `au_moins`: that many at least, and there are more."""

    total: int
    au_moins: bool


async def page_of_demarches(
    session: AsyncSession, scope: Scope, filtres: Filtres, *, tri: Tri, sens: Sens, limit: int, offset: int
) -> tuple[Sequence[RowMapping], Compte]:
    """One page of démarches and how many there are in all, as far as they are counted: one more than that when there
    are more, so that whoever turns the pages finds the next one."""
    conditions = [*scope.conditions(), *filtres.conditions()]
    order = [column.desc() if sens == "desc" else column.asc() for column in _ORDER[tri]]
    if tri in ("echeance", "prochaine"):
        order = [column.nulls_last() for column in order]
    counted = max(SEARCHED if filtres.q else COUNTED, offset + limit)
    some = sa.select(sa.literal(1)).select_from(_D.id.table).where(*conditions).limit(counted + 1).subquery()
    total = sa.select(sa.func.count()).select_from(some).scalar_subquery()
    # Found on narrow rows; the columns shown are read for the page only.
    page = sa.select(_D.id).where(*conditions).order_by(*order, _D.id).limit(limit).offset(offset).subquery()
    if filtres.q:
        # Whether to look in the index of words or from the newest on depends on the word: planned for each.
        await _run(session, sa.text("SET LOCAL plan_cache_mode = force_custom_plan"))
    rows = await _run(
        session,
        sa.select(*LINE, total.label("total"))
        .select_from(_LISTED.join(page, page.c.id == _D.id))
        .order_by(*order, _D.id),
    )
    found = rows.mappings().all()
    if found or offset == 0:
        n = found[0]["total"] if found else 0
    else:
        n = (await _run(session, sa.select(total))).scalar_one()
    return found, Compte(n, n > counted)


async def board_of_demarches(
    session: AsyncSession, scope: Scope, filtres: Filtres, *, limit: int
) -> Sequence[RowMapping]:
    """The first open démarches of each column of one modèle's board, the most urgent first, in one query.

    Beside the columns of a list: `tableau` (its column), `tableau_total` and `tableau_retard` (how many are in that
    column, and how many of them are late).
    """
    conditions = [*scope.conditions(), *replace(filtres, etat="ouvertes").conditions()]
    ranked = (
        sa.select(
            _D.id,
            _COLUMN.label("tableau"),
            sa.func.row_number()
            .over(partition_by=_COLUMN, order_by=(_D.retard_at.asc().nulls_last(), _D.id))
            .label("rang"),
            sa.func.count().over(partition_by=_COLUMN).label("tableau_total"),
            sa.func.count()
            .filter(_D.retard_at < sa.func.now())
            .over(partition_by=_COLUMN)
            .label("tableau_retard"),
        )
        .where(*conditions)
        .subquery()
    )
    counted = [ranked.c.tableau, ranked.c.tableau_total, ranked.c.tableau_retard]
    rows = await _run(
        session,
        sa.select(*LINE, *counted)
        .select_from(_LISTED.join(ranked, ranked.c.id == _D.id))
        .where(ranked.c.rang <= limit)
        .order_by(ranked.c.tableau, ranked.c.rang),
    )
    return rows.mappings().all()


async def dossiers_of(
    session: AsyncSession, tiers_ids: frozenset[uuid.UUID], *, limit: int, offset: int
) -> tuple[Sequence[Demarche], int]:
    """Démarches of these tiers that have gone past their request, states included, and how many there are.

    The last changed first: before, there is nothing to deposit and nothing made.
    """
    mine = [_D.client_id.in_(tiers_ids), _D.au_portail, _D.phase == "dossier"]
    rows = await session.exec(
        select(Demarche).where(*mine).order_by(_D.updated_at.desc(), _D.id).limit(limit).offset(offset)
    )
    total = await _run(session, sa.select(sa.func.count()).select_from(_D.id.table).where(*mine))
    return rows.all(), total.scalar_one()


async def others_of_client(
    session: AsyncSession,
    client_id: uuid.UUID,
    modeles: Collection[str],
    *,
    but: uuid.UUID,
    scope: Scope,
    limit: int,
) -> Sequence[Demarche]:
    """A client's other démarches of these modèles that have gone past their request, states included, the last changed
    first; only those of `scope`."""
    wanted = [_D.client_id == client_id, _D.id != but, _D.modele.in_(modeles), _D.phase == "dossier"]
    query = select(Demarche).where(*wanted, *scope.conditions())
    return (await session.exec(query.order_by(_D.updated_at.desc(), _D.id).limit(limit))).all()


# --- « Ce qui vous attend »

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
    _A.retard_at,
    _A.etape,
    _D.priorite,
    _D.horloge,
]


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
        .where(_A.client_id.in_(tiers_ids), _D.au_portail, _A.side == "client", _A.user_id.is_not(None))
        .order_by(_A.retard_at.asc().nulls_last(), _A.since, _A.item_id)
        .limit(limit),
    )
    found = rows.mappings().all()
    return found, found[0]["total"] if found else 0
