"""What the dashboards of a trade read: démarches of some modèles, and the work that falls to the firm in them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of
from store.demarche import Attente, Demarche
from store.listes import Scope

_D = table_of(Demarche).c
_A = table_of(Attente).c

LUES = 500
"""Démarches whose state one dashboard reads: their figures are encrypted, so that each costs its decryption."""


async def demarches(
    session: AsyncSession, scope: Scope, modeles: Sequence[str], *, depuis: datetime
) -> tuple[list[Demarche], bool]:
    """Those that changed since then, the last changed first, and whether there are more than are read."""
    query = (
        select(Demarche)
        .where(col(Demarche.modele).in_(modeles), col(Demarche.phase) == "dossier", *scope.conditions())
        .where(or_(col(Demarche.open), col(Demarche.updated_at) >= depuis))
        .order_by(col(Demarche.updated_at).desc(), col(Demarche.id))
    )
    rows = list(await session.exec(query.limit(LUES + 1)))
    return rows[:LUES], len(rows) > LUES


async def taches(
    session: AsyncSession, scope: Scope, modeles: Sequence[str], *, limit: int
) -> Sequence[RowMapping]:
    """Tasks of the firm in these démarches, the most urgent first."""
    query = (
        sa.select(
            _A.demarche_id, _D.reference, _D.client_nom, _A.label, _A.nom, _A.due_at, _A.retard_at, _A.item_id
        )
        .select_from(_A.demarche_id.table.join(_D.id.table, _D.id == _A.demarche_id))
        .where(_D.modele.in_(modeles), _A.side == "cabinet", _A.kind == "tache", *scope.conditions())
        .order_by(_A.retard_at.asc().nulls_last(), _A.since, _A.item_id)
        .limit(limit)
    )
    return (await (await session.connection()).execute(query)).mappings().all()
