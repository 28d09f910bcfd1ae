"""Where the démarches of a modèle pass and wait, counted by PostgreSQL from the journal's clear columns."""

import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

# Read through the index of each démarche's journal: one range by démarche, never the whole journal.
_PASSAGES = sa.text(
    """
    SELECT etape, count(*), count(*) FILTER (WHERE sortie IS NULL AND open),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM sortie - at))
    FROM (
        SELECT substr(j.objet, 7) AS etape, j.type, j.at, d.open,
               lead(j.at) OVER (PARTITION BY j.demarche_id, j.objet ORDER BY j.id) AS sortie
        FROM demarche d JOIN journal j ON j.demarche_id = d.id
        WHERE d.modele = :modele AND j.objet LIKE 'etape:%'
          AND j.type IN ('EtapeEntered', 'EtapeCompleted', 'EtapeSkipped', 'EtapeVoided', 'EtapeReset')
    ) AS passage
    WHERE type = 'EtapeEntered'
    GROUP BY etape
    """
)
_ATTENTES = sa.text(
    """
    SELECT a.etape, a.side, count(DISTINCT a.demarche_id)
    FROM attente a JOIN demarche d ON d.id = a.demarche_id
    WHERE d.modele = :modele AND d.open AND a.etape IS NOT NULL
    GROUP BY a.etape, a.side
    """
)
_EVENEMENTS = sa.text(
    """
    SELECT j.demarche_id, j.type, j.objet, j.famille, j.actor_kind, j.at
    FROM demarche d JOIN journal j ON j.demarche_id = d.id
    WHERE d.modele = :modele AND j.seq IS NOT NULL
    ORDER BY d.opened_at, j.demarche_id, j.id
    """
)


class Passage(NamedTuple):
    """An étape over all the démarches of a modèle. `mediane_s`: median stay of those that left it, in seconds."""

    etape: str
    passages: int
    en_cours: int
    mediane_s: float | None


class Evenement(NamedTuple):
    """A line of the journal, without what is said in it."""

    demarche_id: uuid.UUID
    type: str
    objet: str | None
    famille: str
    acteur: str
    at: datetime


async def passages(session: AsyncSession, modele: str) -> dict[str, Passage]:
    """Passages through each étape, by its key."""
    rows = await (await session.connection()).execute(_PASSAGES, {"modele": modele})
    return {
        row[0]: Passage(row[0], row[1], row[2], None if row[3] is None else float(row[3])) for row in rows
    }


async def attentes(session: AsyncSession, modele: str) -> dict[str, dict[str, int]]:
    """Running démarches that wait for somebody in each étape, by side."""
    found: dict[str, dict[str, int]] = {}
    for etape, side, number in await (await session.connection()).execute(_ATTENTES, {"modele": modele}):
        found.setdefault(etape, {})[side] = number
    return found


async def evenements(session: AsyncSession, modele: str) -> AsyncIterator[Evenement]:
    """Every event of every démarche of a modèle, démarche by démarche, in order."""
    async with (await session.connection()).stream(_EVENEMENTS, {"modele": modele}) as rows:
        async for row in rows:
            yield Evenement(*row)
