"""The decider: one command, one PostgreSQL transaction. Decisions are recorded here, never recomputed.

It locks the démarche, decides with the pinned modèle, and writes journal, state, read model, ledger, links and
notices together. Idempotence is by command id: a known id returns the events it led to the first time.
"""

from __future__ import annotations

import contextlib
import json
import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.consequences import consequences
from activities.programs import UnknownModele, pinned
from activities.recent import Left, Recent
from store import notices, projection
from store.base import table_of
from store.crypto import ClientCipher, Keyring, place
from store.demarche import Commande, Demarche
from store.journal import GENESIS, JournalEntry, chain
from store.session import Direct, direct_scope, session_scope
from store.statements import Call, Statement, insert_into
from workflows.engine import upcasters
from workflows.engine.commands import COMMAND, AnyCommand, MigrateDemarche, Refusal
from workflows.engine.decide import decide_in_place
from workflows.engine.evolve import fold
from workflows.engine.facts import EVENTS, Event
from workflows.engine.program import Program
from workflows.engine.state import FORMAT, DemarcheState
from workflows.engine.wording import famille, objet

_INSERT_JOURNAL = insert_into(
    table_of(JournalEntry), [c.name for c in table_of(JournalEntry).c if c.name not in ("id", "visible")]
)
_INSERT_COMMANDE = insert_into(table_of(Commande), [c.name for c in table_of(Commande).c])


class NewerFormat(RuntimeError):
    """The state was written by a newer version of this program, which must be the one that goes on with it."""


class SequenceMismatch(RuntimeError):
    """The workflow knows events that PostgreSQL does not have: an alarm, never an expected answer."""


@dataclass(frozen=True)
class Outcome:
    """What one command led to. `replayed`: it was recorded already, these are its events of then."""

    events: list[Event]
    replayed: bool = False


@dataclass(frozen=True)
class Decided:
    """`missing`: events that PostgreSQL had and the caller did not. `answers`: one for each command, in order; an
    exception is the answer of a command that changed nothing."""

    missing: list[Event]
    answers: list[Outcome | Exception]


async def decide_and_record(
    keyring: Keyring,
    *,
    demarche_id: str,
    modele_sha: str,
    seq: int,
    commands: list[dict[str, Any]],
    at: str | None = None,
) -> Decided:
    """Decide commands one after the other, and record everything they lead to together.

    `seq`: number of the last event the caller knows. `at`: instant on the caller's clock (ISO 8601): what is due
    there is due here, even when this machine's clock is a little behind. A refusal (Refusal) or a broken invariant
    (EngineError) is the answer of its command alone. Raises SequenceMismatch, or whatever the database raises: then
    nothing is written.
    """
    asked: list[AnyCommand] = [COMMAND.validate_python(command) for command in commands]
    # Before the transaction: waiting for a second connection with the first in hand could last for ever.
    await pinned(modele_sha)
    opening = next((command for command in asked if command.type == "OpenDemarche"), None)
    for command in asked:
        if isinstance(command, MigrateDemarche):
            with contextlib.suppress(UnknownModele):
                await pinned(command.vers)
    if opening is not None:
        await _cipher(keyring, uuid.UUID(opening.client_id))
    left = _recent.take(demarche_id)
    async with direct_scope() as direct:
        locked = await _lock(direct, demarche_id, [command.id for command in asked], left)
        known_seq = locked.seq if locked else 0
        if seq > known_seq:
            raise SequenceMismatch(f"workflow of {demarche_id} is at {seq}, PostgreSQL at {known_seq}")
        if locked is not None:
            client_id = locked.client_id
        elif opening is not None:
            client_id = uuid.UUID(opening.client_id)
        else:
            raise LookupError(demarche_id)
        cipher = await _cipher(keyring, client_id)
        missing = await _recorded(direct, cipher, demarche_id, seq, known_seq)
        work = _Work(direct, demarche_id, modele_sha, cipher, locked, at)
        await work.begin()
        answers: list[Outcome | Exception] = []
        for command in asked:
            applied = locked.applied.get(command.id) if locked else None
            if applied is not None:
                events = await _recorded(direct, cipher, demarche_id, *applied)
                answers.append(Outcome(events, replayed=True))
            else:
                answers.append(await work.decide(command))
        if work.decided:
            direct.write(await work.calls(keyring))
    if work.left is not None:
        _recent.keep(demarche_id, work.left)
    return Decided(missing, answers)


class _Work:
    """One transaction's decisions: each command finds the state as the one before left it."""

    def __init__(
        self,
        direct: Direct,
        demarche_id: str,
        modele_sha: str,
        cipher: ClientCipher,
        locked: _Locked | None,
        at: str | None,
    ) -> None:
        self._direct = direct
        self._demarche_id = demarche_id
        self._modele_sha = modele_sha
        self._cipher = cipher
        self._locked = locked
        self._real = max(datetime.now(UTC), datetime.fromisoformat(at) if at else datetime.now(UTC))
        self._state = DemarcheState(demarche_id=demarche_id)
        self._before: projection.Rows | None = None
        self._now = self._real
        self._commands: list[dict[str, Any]] = []
        self._events: list[Event] = []
        self.decided: dict[str, list[Event]] = {}
        self.left: Left | None = None
        """What the transaction leaves, if it is committed."""

    async def begin(self) -> None:
        """Find the state that the first command changes."""
        left = self._locked.left if self._locked else None
        if left is not None:
            self._state, self._before = left.state, left.rows
        else:
            self._state = await self._recorded_state()

    async def _recorded_state(self) -> DemarcheState:
        locked, id_ = self._locked, self._demarche_id
        if locked is None:
            return DemarcheState(demarche_id=id_)
        if not _current(id_, locked.format):
            # The state was written in an older format: it is folded anew from the journal.
            events = await _recorded(self._direct, self._cipher, id_, 0, locked.seq)
            return fold(DemarcheState(demarche_id=id_), events)
        sealed = locked.state
        if sealed is None:
            [[(sealed,)]] = await self._direct.read(Call(_STATE, [{"id": uuid.UUID(id_)}]))
        return _unseal(sealed, id_, self._cipher)

    async def _program(self) -> Program:
        return await pinned(self._state.modele_sha or self._modele_sha)

    async def decide(self, command: AnyCommand) -> Outcome | Exception:
        """Its events, or why it has none. The same command twice is decided once."""
        known = self.decided.get(command.id)
        if known is not None:
            return Outcome(known, replayed=True)
        program = await self._program()
        clock = getattr(command, "horloge", None) or self._state.horloge
        now = clock.at(self._real) if clock else self._real
        if self._locked is not None and self._before is None:
            self._before = projection.rows_of(program, self._state, now)
            self._before.demarche["format"] = self._locked.format
        seq = self._state.seq
        try:
            towards = await _towards(command)
            decision = decide_in_place(program, self._state, command, now, towards=towards)
        except Exception as error:
            # It may have begun to change the state.
            self._state = fold(await self._recorded_state(), self._events)
            return error
        self._state, self._now = decision.state, now
        events = list(decision.events)
        self._events += events
        self.decided[command.id] = events
        self._commands.append(
            _command_row(self._cipher, self._demarche_id, command, seq, self._state.seq, now)
        )
        return Outcome(events)

    async def calls(self, keyring: Keyring) -> list[Call]:
        """All that is to be written."""
        state, cipher, events = self._state, self._cipher, self._events
        former_hash = self._locked.journal_hash if self._locked else GENESIS
        lines = _lines(cipher, former_hash, state, events)
        last_hash = lines[-1]["hash"] if lines else former_hash
        program = await self._program()
        rows = projection.rows_of(program, state, self._now)
        sealed = seal_state(state, cipher)
        self.left = Left(state, rows, last_hash)
        was_shown = self._before is not None and self._before.demarche["au_portail"]
        retiree = was_shown and not rows.demarche["au_portail"]
        return [
            *(
                projection.difference(self._before, rows, sealed, last_hash)
                if self._before
                else projection.opening(rows, sealed, last_hash)
            ),
            Call(_INSERT_JOURNAL, lines),
            Call(_INSERT_COMMANDE, self._commands),
            notices.moved(state.demarche_id, state.client_id, state.seq, retiree=retiree),
            *await consequences(keyring, cipher, program, state, events),
        ]


async def _towards(command: AnyCommand) -> Program | None:
    """The version that a migration goes to. Raises Refusal when it was never published."""
    if not isinstance(command, MigrateDemarche):
        return None
    try:
        return await pinned(command.vers)
    except UnknownModele:
        raise Refusal("version_inconnue", "Cette version du modèle n'a jamais été publiée.") from None


async def _cipher(keyring: Keyring, client_id: uuid.UUID) -> ClientCipher:
    """The client's key, read in a transaction of its own when it has not been used lately."""
    cached = keyring.cached_client(client_id)
    if cached is not None:
        return cached
    async with session_scope() as session:
        return await keyring.ensure(session, client_id)


async def _recorded(
    direct: Direct, cipher: ClientCipher, demarche_id: str, after: int, to: int
) -> list[Event]:
    """Events numbered in ]after, to], in order."""
    if after >= to:
        return []
    wanted = {"id": uuid.UUID(demarche_id), "after": after, "to": to}
    [rows] = await direct.read(Call(_EVENTS, [wanted]))
    return [_event(cipher, demarche_id, seq, contenu) for seq, contenu in rows]


async def load_state(keyring: Keyring, demarche_id: str) -> DemarcheState:
    """The recorded state of a démarche. Raises LookupError when there is none."""
    async with session_scope() as session:
        row = await session.get(Demarche, uuid.UUID(demarche_id))
        if row is None:
            raise LookupError(demarche_id)
        return await state_of(session, row, await keyring.load(session, row.client_id))


@dataclass(frozen=True)
class _Locked:
    """What a decision needs of the row it holds. `applied`: the events of these very commands that were already.
    `left`: the state, already open; else `state` is there to be read."""

    seq: int
    client_id: uuid.UUID
    format: int
    state: bytes | None
    journal_hash: bytes
    applied: dict[str, tuple[int, int]]
    left: Left | None


_recent = Recent()
_LOCK = Statement("""
SELECT seq, client_id, format,
       CASE WHEN format = %(format)s AND journal_hash = %(left)s THEN NULL ELSE state END, journal_hash
FROM demarche WHERE id = %(id)s FOR UPDATE
""")
_STATE = Statement("SELECT state FROM demarche WHERE id = %(id)s")
# A statement of its own: joined to the one above, it would still show what there was before the wait for the lock.
_APPLIED = Statement("""
SELECT id, seq_from, seq_to FROM commande WHERE demarche_id = %(id)s AND id = ANY(%(commands)s)
""")
_EVENTS = Statement("""
SELECT seq, contenu FROM journal WHERE demarche_id = %(id)s AND seq > %(after)s AND seq <= %(to)s ORDER BY seq
""")
_AWAIT_OPENING = Statement("SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))")


async def _lock(direct: Direct, demarche_id: str, commands: list[str], left: Left | None) -> _Locked | None:
    """Hold the démarche's row until the end of the transaction; None when it has not been opened. `left`: what this
    process knows of it, which serves if nobody has written since."""
    wanted = [
        {
            "id": uuid.UUID(demarche_id),
            "commands": commands,
            "format": FORMAT,
            "left": left.journal_hash if left else b"",
        }
    ]
    asked = (Call(_LOCK, wanted), Call(_APPLIED, wanted))
    found, applied = await direct.read(*asked)
    if not found:
        # Nothing to lock yet: two tries of one opening wait for each other all the same.
        opening = Call(_AWAIT_OPENING, [{"key": f"demarche/{demarche_id}"}])
        _, found, applied = await direct.read(opening, *asked)
    if not found:
        return None
    seq, client_id, format_, state, journal_hash = found[0]
    known = {id_: (after, to) for id_, after, to in applied}
    return _Locked(seq, client_id, format_, state, journal_hash, known, left if state is None else None)


def seal_state(state: DemarcheState, cipher: ClientCipher) -> bytes:
    """The state as stored."""
    # Whole: a default that changes one day must not change what was recorded before it.
    plain = state.model_dump_json().encode()
    # Each command writes it anew, out of its row and in the log of the database: that costs more than compressing.
    return cipher.encrypt(zlib.compress(plain, 1), place("demarche", "state", state.demarche_id))


class Sealed(Protocol):
    """What a stored démarche must show to be opened."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def format(self) -> int: ...
    @property
    def state(self) -> bytes: ...


def open_state(row: Sealed, cipher: ClientCipher) -> DemarcheState:
    """The state of a stored démarche, known to be in today's format."""
    return _unseal(row.state, str(row.id), cipher)


async def state_of(session: AsyncSession, row: Sealed, cipher: ClientCipher) -> DemarcheState:
    """The state of a stored démarche, whatever its format. One of an older format is folded anew from the journal,
    which is never rewritten: its facts are brought up to date one by one. Raises NewerFormat."""
    if _current(str(row.id), row.format):
        return open_state(row, cipher)
    events = await events_after(session, cipher, str(row.id), 0)
    return fold(DemarcheState(demarche_id=str(row.id)), events)


def _current(demarche_id: str, format_: int) -> bool:
    """The state can be read as it is. Raises NewerFormat when a newer program has written it."""
    if format_ > FORMAT:
        raise NewerFormat(f"state of {demarche_id} has format {format_}, this program knows {FORMAT}")
    return format_ == FORMAT


def _unseal(sealed: bytes, demarche_id: str, cipher: ClientCipher) -> DemarcheState:
    plain = cipher.decrypt(sealed, place("demarche", "state", demarche_id))
    # Those last written by a former version are plain JSON.
    return DemarcheState.model_validate_json(plain if plain.startswith(b"{") else zlib.decompress(plain))


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


def _command_place(demarche_id: uuid.UUID | str, id_: str) -> str:
    return place("commande", "contenu", f"{demarche_id}/{id_}")


def _command_row(
    cipher: ClientCipher, demarche_id: str, command: AnyCommand, seq_from: int, seq_to: int, at: datetime
) -> dict[str, Any]:
    where = _command_place(demarche_id, command.id)
    return {
        "demarche_id": uuid.UUID(demarche_id),
        "id": command.id,
        "seq_from": seq_from,
        "seq_to": seq_to,
        "at": at,
        "contenu": cipher.encrypt(command.model_dump_json().encode(), where),
    }


def read_command(row: Commande, cipher: ClientCipher) -> AnyCommand:
    """A command as it was given. Raises ValidationError for one that the engine knows no more."""
    plain = cipher.decrypt(row.contenu, _command_place(row.demarche_id, row.id))
    command: AnyCommand = COMMAND.validate_json(plain)
    return command


def read_event(entry: JournalEntry, cipher: ClientCipher) -> Event:
    """An engine's event as it was recorded."""
    return _event(cipher, entry.demarche_id, entry.seq, entry.contenu)


def _event(cipher: ClientCipher, demarche_id: uuid.UUID | str, seq: int | None, contenu: bytes) -> Event:
    return upcasters.read(json.loads(cipher.decrypt(contenu, _journal_place(demarche_id, seq))))


async def events_after(
    session: AsyncSession, cipher: ClientCipher, demarche_id: str, after: int
) -> list[Event]:
    """Events recorded after a number, in order."""
    rows = await session.exec(
        select(JournalEntry)
        .where(JournalEntry.demarche_id == uuid.UUID(demarche_id), col(JournalEntry.seq) > after)
        .order_by(col(JournalEntry.seq))
    )
    return [read_event(entry, cipher) for entry in rows]


__all__ = [
    "EVENTS",
    "Decided",
    "NewerFormat",
    "Outcome",
    "SequenceMismatch",
    "decide_and_record",
    "open_state",
    "read_command",
    "read_event",
    "state_of",
]
