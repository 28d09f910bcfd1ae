"""Bulk-loads open démarches as rows, from the state of one made by real commands.

The rows are those that the decider's own projection computes from each state: `tests/bench` checks that a row
loaded this way equals the row the engine wrote.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.decider import open_state, seal_state
from activities.programs import program_of
from store.base import table_of
from store.crypto import Keyring
from store.demarche import Attente, Demarche, Membre
from store.projection import rows_of
from store.session import engine, session_scope
from workflows.engine.state import DemarcheState

BATCH = 500
NAMES = (
    "Martin",
    "Bernard",
    "Petit",
    "Durand",
    "Moreau",
    "Lefèvre",
    "Garcia",
    "Roux",
    "Fontaine",
    "Chevalier",
)


async def load(keyring: Keyring, sources: Sequence[uuid.UUID], count: int, seed: int = 0) -> None:
    """Add `count` open démarches, copies in turn of `sources` under other names, dates and ids."""
    chance = random.Random(seed)
    for start in range(0, count, BATCH):
        async with session_scope() as session:
            models = [await _source(session, keyring, id_) for id_ in sources]
            rows: dict[type[Any], list[dict[str, Any]]] = {Demarche: [], Attente: [], Membre: []}
            for number in range(start, min(start + BATCH, count)):
                row, state = models[number % len(models)]
                copy = renamed(state, chance, f"{row.reference[:3]}-L{seed}-{number:06d}")
                program = await program_of(session, state.modele_sha)
                cipher = await keyring.load(session, row.client_id)
                at = row.updated_at - timedelta(minutes=chance.randrange(50_000))
                clear = rows_of(program, copy, at)
                rows[Demarche].append(
                    {
                        **clear.demarche,
                        "state": seal_state(copy, cipher),
                        "journal_hash": row.journal_hash,
                    }
                )
                rows[Attente] += clear.attentes.values()
                rows[Membre] += clear.membres
            for table, lines in rows.items():
                await session.execute(sa.insert(table_of(table)), lines)
    await _tidy()


async def _tidy() -> None:
    """What autovacuum does within a minute of such a load, and démarches opened one by one never lack: statistics,
    and the map of pages that an index need not check."""
    async with engine().connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(sa.text("VACUUM (ANALYZE)"))


async def _source(session: AsyncSession, keyring: Keyring, id_: uuid.UUID) -> tuple[Demarche, DemarcheState]:
    row = (await session.exec(select(Demarche).where(Demarche.id == id_))).one()
    return row, open_state(row, await keyring.load(session, row.client_id))


def renamed(state: DemarcheState, chance: random.Random, reference: str) -> DemarcheState:
    """The same situation, of someone else, some weeks apart."""
    shift = timedelta(minutes=chance.randrange(-30_000, 30_000))
    copy = state.model_copy(deep=True)
    copy.demarche_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    copy.reference = reference
    copy.titre = f"Embauche de {chance.choice(('Léa', 'Hugo', 'Zoé', 'Adam'))} {chance.choice(NAMES)}"
    for tache in copy.taches.values():
        tache.due_at = _moved(tache.due_at, shift)
    for piece in copy.pieces.values():
        piece.due_at = _moved(piece.due_at, shift)
    return copy


def _moved(instant: datetime | None, shift: timedelta) -> datetime | None:
    return instant + shift if instant else None
