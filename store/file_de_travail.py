"""The firm's inbox: what is late, due today, to check, to study, to come; and what clients are awaited for.

Written in SQL and read by index: the cost of a queue is that of what it shows, however many démarches are open. For
the same reason a total is counted up to `COUNTED` and no further.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import add
from typing import Any, Literal, NamedTuple, get_args

from psycopg.rows import dict_row
from sqlmodel.ext.asyncio.session import AsyncSession

from store.statements import driver, same_errors
from workflows.engine.waiting import Turn

COUNTED = 1000
Perimetre = Literal["moi", "equipe", "vues", "toutes"]
"""Mine; those of my team; those of my team or of the clients whose adviser I am; the whole firm's."""
Groupe = Literal["retard", "aujourdhui", "pieces", "demandes", "a_venir"]
Line = Mapping[str, Any]

# Not EXISTS: all the démarches of a person could be gathered for the few lines shown.
_MEMBER = "(SELECT true FROM demarche_membre m WHERE m.demarche_id = {id} AND m.user_id = %(me)s LIMIT 1) IS NOT NULL"
_REFERENT = "EXISTS (SELECT 1 FROM tiers t WHERE t.id = {client} AND t.conseiller_id = %(me)s)"
_ATTENTES: dict[Perimetre, str] = {
    # Staff hold the firm's roles only: what falls to a person of the firm is the firm's to do.
    "moi": "a.user_id = %(me)s",
    "equipe": f"a.side = 'cabinet' AND {_MEMBER.format(id='a.demarche_id')}",
    "vues": "a.side = 'cabinet'"
    f" AND ({_MEMBER.format(id='a.demarche_id')} OR {_REFERENT.format(client='a.client_id')})",
    "toutes": "a.side = 'cabinet'",
}
_DEMARCHES: dict[Perimetre, str] = {
    "moi": "d.conseiller_id = %(me)s",
    "equipe": _MEMBER.format(id="d.id"),
    "vues": f"(d.conseiller_id = %(me)s OR {_MEMBER.format(id='d.id')} OR {_REFERENT.format(client='d.client_id')})",
    "toutes": "true",
}
_IN_TEAM = "d.id IN (SELECT m.demarche_id FROM demarche_membre m WHERE m.user_id = %(me)s)"
# Where many may be looked at before enough are found: hashed once, if the first test is not enough, looked up by each.
_ALL: dict[Perimetre, str] = {
    **_DEMARCHES,
    "equipe": _IN_TEAM,
    "vues": f"(d.conseiller_id = %(me)s OR {_IN_TEAM}"
    " OR d.client_id IN (SELECT t.id FROM tiers t WHERE t.conseiller_id = %(me)s))",
}
FEW = 2000
"""Open démarches of a person that are gathered first; beyond, each line of the index is looked at until enough fit."""
_JOINED = """SELECT m.demarche_id AS id FROM demarche_membre m JOIN demarche d ON d.id = m.demarche_id
    WHERE m.user_id = %(me)s AND d.open"""
_FOLLOWED = """SELECT d.id FROM demarche d JOIN tiers t ON t.id = d.client_id
    WHERE t.conseiller_id = %(me)s AND d.open"""
_OWN = "SELECT d.id FROM demarche d WHERE d.conseiller_id = %(me)s AND d.open"
# The one that an index holds whole comes first: where it is enough to know that they are many, the others are not read.
_GATHERED: dict[Perimetre, tuple[str, ...]] = {"equipe": (_JOINED,), "vues": (_OWN, _FOLLOWED, _JOINED)}
_ITEM = """a.demarche_id, d.reference, d.titre, d.client_nom, d.modele_titre, a.kind, a.item_id, a.label, a.side,
    a.nom, a.user_id, a.since, a.due_at, a.retard_at, a.etape, d.priorite, d.horloge"""
_UNDATED = "a.retard_at IS NULL AND a.kind NOT IN ('demande', 'validation')"
_STUDIED = "a.kind = 'demande' AND a.retard_at IS NULL"
_CLOSED = "SELECT x.id FROM demarche x WHERE x.open AND x.modele = ANY (%(sans)s::text[])"
# Few, and by an index of their own: the others are still read in the order of their arrival.
_URGENT = "SELECT u.id FROM demarche u WHERE u.open AND u.priorite = 'urgente'"
# Each thing is in one group: what is late is late whatever it is.
_GROUPS: dict[str, tuple[str, str]] = {
    "retard": ("a.retard_at < %(now)s", "a.retard_at, a.since"),
    "aujourdhui": ("a.retard_at >= %(now)s AND a.retard_at < %(tomorrow)s", "a.retard_at, a.since"),
    "pieces": ("a.kind = 'validation' AND a.retard_at IS NULL", "a.since"),
    "urgentes": (f"{_STUDIED} AND a.demarche_id IN ({_URGENT})", "a.since"),
    "demandes": (f"{_STUDIED} AND a.demarche_id NOT IN ({_URGENT})", "a.since"),
    "a_venir": ("a.retard_at >= %(tomorrow)s", "a.retard_at, a.since"),
    "sans_date": (_UNDATED, "a.since"),
}
# Urgent or not they are counted together: an index tells how many, and each would otherwise be looked at.
_COUNTED_AS = {"urgentes": _STUDIED, "demandes": _STUDIED}


@dataclass(frozen=True)
class Part:
    """A group: how many there are, `COUNTED` meaning that many at least, and the most urgent."""

    total: int
    items: list[Line]


@dataclass(frozen=True)
class Reach:
    """What one person looks at. `gathered`: their démarches are few, and found first."""

    perimetre: Perimetre
    me: uuid.UUID
    gathered: bool = False
    sans: frozenset[str] = frozenset()
    """Modèles whose démarches are left out."""

    @property
    def values(self) -> dict[str, Any]:
        """What the queries are given of it."""
        return {"me": self.me, "sans": list(self.sans)}


def _attentes(perimetre: Perimetre, gathered: bool, closed: bool) -> str:
    """Condition on `attente a`. `closed`: the démarches of some modèles are left out."""
    mine = f"a.side = 'cabinet' AND a.demarche_id = {_ids(perimetre)}" if gathered else _ATTENTES[perimetre]
    return f"{mine} AND a.demarche_id NOT IN ({_CLOSED})" if closed else mine


def _demarches(perimetre: Perimetre, gathered: bool, closed: bool, *, every: bool = False) -> str:
    """Condition on `demarche d`. `every`: each will be looked at."""
    ungathered = _ALL[perimetre] if every else _DEMARCHES[perimetre]
    mine = f"d.id = {_ids(perimetre)}" if gathered else ungathered
    return f"{mine} AND d.modele <> ALL (%(sans)s::text[])" if closed else mine


def _ids(perimetre: Perimetre) -> str:
    return f"ANY (ARRAY({' UNION '.join(_GATHERED[perimetre])}))"


async def reach(
    session: AsyncSession, perimetre: Perimetre, me: uuid.UUID, sans: frozenset[str] = frozenset()
) -> Reach:
    """How to look for what is in the perimeter of a person. Neither way does for both: gathering the thousands of
    démarches of one who sees nearly all of them, or looking at each line of the firm for the few of another."""
    if perimetre not in _GATHERED:
        return Reach(perimetre, me, sans=sans)
    every = " UNION ALL ".join(_GATHERED[perimetre])
    sql = f"SELECT count(*) AS n FROM (SELECT 1 FROM ({every}) p LIMIT {FEW + 1}) c"
    [row] = await _read(session, sql, {"me": me})
    return Reach(perimetre, me, row["n"] <= FEW, sans)


@lru_cache
def _cabinet_sql(perimetre: Perimetre, gathered: bool, closed: bool) -> str:
    mine = _attentes(perimetre, gathered, closed)
    before, source, known = "", "attente", f"{mine} AND "
    if gathered:
        before, source, known = (
            f"WITH mine AS MATERIALIZED (SELECT * FROM attente a WHERE {mine}) ",
            "mine",
            "",
        )
    parts = []
    for name, (condition, order) in _GROUPS.items():
        where, counted = f"{known}{condition}", f"{known}{_COUNTED_AS.get(name, condition)}"
        parts.append(
            f"""(SELECT '{name}' AS groupe,
            (SELECT count(*) FROM (SELECT 1 FROM {source} a WHERE {counted} LIMIT {COUNTED}) c) AS total, {_ITEM}
            FROM (SELECT * FROM {source} a WHERE {where} ORDER BY {order} LIMIT %(limit)s) a
            JOIN demarche d ON d.id = a.demarche_id ORDER BY {order}, a.item_id)"""
        )
    return before + " UNION ALL ".join(parts)


@lru_cache
def _client_sql(perimetre: Perimetre, gathered: bool, closed: bool) -> str:
    order = "d.retard_at, d.attendu_depuis, d.id"
    return f"""
    SELECT {_ITEM} FROM (
        SELECT d.id, d.reference, d.titre, d.client_nom, d.modele_titre, d.retard_at, d.attendu_depuis, d.priorite,
            d.horloge
        FROM demarche d WHERE d.open AND d.turn IN ('client', 'tiers') AND {_demarches(perimetre, gathered, closed)}
        ORDER BY {order} LIMIT %(limit)s
    ) d CROSS JOIN LATERAL (
        SELECT * FROM attente a WHERE a.demarche_id = d.id AND a.side IN ('client', 'tiers')
        ORDER BY a.retard_at, a.since, a.item_id LIMIT 1
    ) a ORDER BY {order}
    """


@lru_cache
def _turns_sql(perimetre: Perimetre, gathered: bool, closed: bool) -> str:
    mine = _demarches(perimetre, gathered, closed, every=True)
    if gathered:
        counts = (
            f"least(count(*) FILTER (WHERE d.turn = '{turn}'), {COUNTED}) AS {turn}"
            for turn in get_args(Turn)
        )
        return f"SELECT {', '.join(counts)} FROM demarche d WHERE d.open AND {mine}"
    counts = (
        f"""(SELECT count(*) FROM (
            SELECT 1 FROM demarche d WHERE d.open AND d.turn = '{turn}' AND {mine} LIMIT {COUNTED}
        ) c) AS {turn}"""
        for turn in get_args(Turn)
    )
    return f"SELECT {', '.join(counts)}"


@lru_cache
def _pieces_sql(perimetre: Perimetre, gathered: bool, closed: bool) -> str:
    mine = _attentes(perimetre, gathered, closed)
    return f"""
    WITH a AS MATERIALIZED (
        SELECT a.demarche_id, a.since FROM attente a
        WHERE {mine} AND a.kind = 'validation' AND a.retard_at IS NULL ORDER BY a.since LIMIT {COUNTED}
    )
    SELECT (SELECT count(*) FROM a) AS total,
        {", ".join(f"d.{name}" for name in ToOpen._fields)}
    FROM (
        SELECT a.demarche_id, min(a.since) AS since FROM a
        GROUP BY a.demarche_id ORDER BY min(a.since), a.demarche_id LIMIT %(limit)s
    ) l
    JOIN demarche d ON d.id = l.demarche_id
    ORDER BY l.since, l.demarche_id
    """


async def _read(session: AsyncSession, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    connection = await driver(session)
    with same_errors():
        async with connection.pipeline(), connection.cursor(row_factory=dict_row) as cursor:
            # These go by the index made for each part, whoever asks: planning anew takes longer than reading.
            await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan", prepare=True)
            await cursor.execute(sql, values, prepare=True)
            return await cursor.fetchall()


async def turns(session: AsyncSession, mine: Reach) -> dict[Turn, int]:
    """How many open démarches await whom, `COUNTED` meaning that many at least."""
    [row] = await _read(session, _turns_sql(mine.perimetre, mine.gathered, bool(mine.sans)), mine.values)
    return {turn: row[turn] for turn in get_args(Turn)}


async def cabinet_work(
    session: AsyncSession,
    mine: Reach,
    *,
    now: datetime,
    tomorrow: datetime,
    limit: int,
) -> dict[Groupe, Part]:
    """What the firm owes, by group, most urgent first. `tomorrow`: first instant of the next civil day."""
    rows = await _read(
        session,
        _cabinet_sql(mine.perimetre, mine.gathered, bool(mine.sans)),
        {**mine.values, "now": now, "tomorrow": tomorrow, "limit": limit},
    )
    found: dict[str, Part] = {}
    for row in rows:
        found.setdefault(row["groupe"], Part(row["total"], [])).items.append(row)
    nothing = Part(0, [])

    def joined(first: str, then: str, count: Callable[[int, int], int]) -> Part:
        one, other = found.get(first, nothing), found.get(then, nothing)
        return Part(min(count(one.total, other.total), COUNTED), [*one.items, *other.items][:limit])

    return {
        "retard": found.get("retard", nothing),
        "aujourdhui": found.get("aujourdhui", nothing),
        "pieces": found.get("pieces", nothing),
        "demandes": joined("urgentes", "demandes", max),
        "a_venir": joined("a_venir", "sans_date", add),
    }


async def client_work(session: AsyncSession, mine: Reach, *, limit: int) -> Sequence[Line]:
    """Démarches whose turn is the client's or an outside party's, most urgent first, each with its first item."""
    sql = _client_sql(mine.perimetre, mine.gathered, bool(mine.sans))
    return await _read(session, sql, {**mine.values, "limit": limit})


class ToOpen(NamedTuple):
    """What a page of pièces needs of a démarche, its state included."""

    id: uuid.UUID
    client_id: uuid.UUID
    reference: str
    titre: str
    client_nom: str
    modele_sha: str
    format: int
    state: bytes


async def with_pieces_to_check(session: AsyncSession, mine: Reach, *, limit: int) -> tuple[list[ToOpen], int]:
    """Démarches where a pièce awaits the firm's decision, longest wait first; and how many pièces in all."""
    sql = _pieces_sql(mine.perimetre, mine.gathered, bool(mine.sans))
    rows = await _read(session, sql, {**mine.values, "limit": limit})
    total = rows[0]["total"] if rows else 0
    return [ToOpen(**{name: row[name] for name in ToOpen._fields}) for row in rows], total
