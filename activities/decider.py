"""The decider: one command, one PostgreSQL transaction. Decisions are recorded here, never recomputed.

It locks the démarche, decides with the pinned modèle, and writes journal, state, read model, ledger, links and
notices together. Idempotence is by command id: a known id returns the events it led to the first time.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.consequences import write_consequences
from activities.programs import program_of
from store import projection
from store.base import table_of
from store.crypto import ClientCipher, Keyring, place
from store.demarche import Commande, Demarche
from store.journal import GENESIS, JournalEntry, chain
from store.session import session_scope
from workflows.engine import upcasters
from workflows.engine.commands import COMMAND, AnyCommand
from workflows.engine.decide import decide
from workflows.engine.facts import EVENTS, Event
from workflows.engine.state import DemarcheState
from workflows.engine.wording import famille, objet

_JOURNAL = table_of(JournalEntry)
_COMMANDE = table_of(Commande)


class SequenceMismatch(RuntimeError):
    """The workflow knows events that PostgreSQL does not have: an alarm, never an expected answer."""


@dataclass(frozen=True)
class Outcome:
    """`missing`: events PostgreSQL already had and the caller did not; `events`: those of this command."""

    missing: list[Event]
    events: list[Event]
    replayed: bool = False


async def decide_and_record(
    keyring: Keyring,
    *,
    demarche_id: str,
    modele_sha: str,
    seq: int,
    command: dict[str, Any],
    at: str | None = None,
) -> Outcome:
    """Decide one command and record everything it leads to.

    `seq`: number of the last event the caller knows. `at`: instant on the caller's clock (ISO 8601): what is due
    there is due here, even when this machine's clock is a little behind. Raises Refusal or EngineError (nothing is
    written), SequenceMismatch, or whatever the database raises.
    """
    parsed: AnyCommand = COMMAND.validate_python(command)
    async with session_scope() as session:
        row = await _lock(session, demarche_id)
        known_seq = row.seq if row else 0
        if seq > known_seq:
            raise SequenceMismatch(f"workflow of {demarche_id} is at {seq}, PostgreSQL at {known_seq}")
        if row is None:
            client_id = uuid.UUID(command["client_id"])
            cipher = await keyring.ensure(session, client_id)
            before = DemarcheState(demarche_id=demarche_id)
        else:
            cipher = await keyring.load(session, row.client_id)
            before = open_state(row, cipher)
        missing = await events_after(session, cipher, demarche_id, seq) if seq < known_seq else []
        done = await session.get(Commande, (uuid.UUID(demarche_id), parsed.id)) if row else None
        if done is not None:
            events = await events_between(session, cipher, demarche_id, done.seq_from, done.seq_to)
            return Outcome(missing, events, replayed=True)

        program = await program_of(session, before.modele_sha or modele_sha)
        real = max(datetime.now(UTC), datetime.fromisoformat(at) if at else datetime.now(UTC))
        clock = getattr(parsed, "horloge", None) or before.horloge
        now = clock.at(real) if clock else real
        decision = decide(program, before, parsed, now)
        after, events = decision.state, list(decision.events)
        lines = _lines(cipher, row.journal_hash if row else GENESIS, after, events)
        await projection.write(
            session,
            program,
            before if row else None,
            after,
            at=now,
            sealed=seal_state(after, cipher),
            journal_hash=lines[-1]["hash"] if lines else row.journal_hash if row else GENESIS,
        )
        if lines:
            await session.execute(sa.insert(_JOURNAL), lines)
        await _record_command(session, cipher, demarche_id, parsed, known_seq, after.seq, now)
        await write_consequences(session, keyring, cipher, after, events)
        await announce(session, after)
        return Outcome(missing, events)


async def load_state(keyring: Keyring, demarche_id: str) -> DemarcheState:
    """The recorded state of a démarche. Raises LookupError when there is none."""
    async with session_scope() as session:
        row = await session.get(Demarche, uuid.UUID(demarche_id))
        if row is None:
            raise LookupError(demarche_id)
        return open_state(row, await keyring.load(session, row.client_id))


async def _lock(session: AsyncSession, demarche_id: str) -> Demarche | None:
    query = select(Demarche).where(Demarche.id == uuid.UUID(demarche_id)).with_for_update()
    row = (await session.exec(query)).one_or_none()
    if row is None:
        # Nothing to lock yet: two tries of one opening wait for each other all the same.
        key = sa.func.hashtextextended(f"demarche/{demarche_id}", 0)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
        row = (await session.exec(query)).one_or_none()
    return row


def seal_state(state: DemarcheState, cipher: ClientCipher) -> bytes:
    """The state as stored."""
    # Whole: a default that changes one day must not change what was recorded before it.
    plain = state.model_dump_json().encode()
    return cipher.encrypt(plain, place("demarche", "state", state.demarche_id))


def open_state(row: Demarche, cipher: ClientCipher) -> DemarcheState:
    """The state of a stored démarche."""
    return DemarcheState.model_validate_json(cipher.decrypt(row.state, place("demarche", "state", row.id)))


def _journal_place(demarche_id: uuid.UUID | str, seq: int | None) -> str:
    return place("journal", "contenu", f"{demarche_id}/{seq}")


def _lines(
    cipher: ClientCipher, previous: bytes, state: DemarcheState, events: list[Event]
) -> list[dict[str, Any]]:
    """Events as lines of the journal, each chained on the one before."""
    demarche_id = uuid.UUID(state.demarche_id)
    lines: list[dict[str, Any]] = []
    for event in events:
        plain = event.model_dump_json().encode()
        contenu = cipher.encrypt(plain, _journal_place(demarche_id, event.seq))
        digest = chain(previous, demarche_id, event.seq, event.fact.type, event.at, contenu)
        lines.append(
            {
                "demarche_id": demarche_id,
                "client_id": uuid.UUID(state.client_id),
                "seq": event.seq,
                "type": event.fact.type,
                "famille": famille(event.fact),
                "command_id": event.command_id,
                "at": event.at,
                "actor_kind": event.actor.kind,
                "actor_id": event.actor.id,
                "audience": list(event.audience),
                "objet": objet(event.fact),
                "contenu": contenu,
                "previous": previous,
                "hash": digest,
            }
        )
        previous = digest
    return lines


async def _record_command(
    session: AsyncSession,
    cipher: ClientCipher,
    demarche_id: str,
    command: AnyCommand,
    seq_from: int,
    seq_to: int,
    at: datetime,
) -> None:
    contenu = cipher.encrypt(
        command.model_dump_json().encode(), place("commande", "contenu", f"{demarche_id}/{command.id}")
    )
    await session.execute(
        sa.insert(_COMMANDE).values(
            demarche_id=uuid.UUID(demarche_id),
            id=command.id,
            seq_from=seq_from,
            seq_to=seq_to,
            at=at,
            contenu=contenu,
        )
    )


def read_event(entry: JournalEntry, cipher: ClientCipher) -> Event:
    """An engine's event as it was recorded."""
    plain = cipher.decrypt(entry.contenu, _journal_place(entry.demarche_id, entry.seq))
    return upcasters.read(json.loads(plain))


async def events_between(
    session: AsyncSession, cipher: ClientCipher, demarche_id: str, after: int, to: int
) -> list[Event]:
    """Events numbered in ]after, to], in order."""
    rows = await session.exec(
        select(JournalEntry)
        .where(
            JournalEntry.demarche_id == uuid.UUID(demarche_id),
            col(JournalEntry.seq) > after,
            col(JournalEntry.seq) <= to,
        )
        .order_by(col(JournalEntry.seq))
    )
    return [read_event(entry, cipher) for entry in rows]


async def events_after(
    session: AsyncSession, cipher: ClientCipher, demarche_id: str, after: int
) -> list[Event]:
    """Events the caller does not know yet."""
    return await events_between(session, cipher, demarche_id, after, 2**31 - 1)


async def announce(session: AsyncSession, state: DemarcheState) -> None:
    """Tell live streams that a démarche changed, when the transaction commits. Ids only: no personal data."""
    message = json.dumps({"demarche": state.demarche_id, "client": state.client_id, "seq": state.seq})
    await session.execute(sa.select(sa.func.pg_notify(CHANNEL, message)))


CHANNEL = "elaska_demarche"

__all__ = [
    "CHANNEL",
    "EVENTS",
    "Outcome",
    "SequenceMismatch",
    "decide_and_record",
    "open_state",
    "read_event",
]
