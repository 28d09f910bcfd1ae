"""Démarches of PostgreSQL read back from their commands and journals, to be played on a draft."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from pydantic import ValidationError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.decider import events_after, read_command
from activities.programs import program_of
from store.crypto import ClientCipher, Keyring
from store.demarche import Commande, Demarche
from store.session import session_scope
from workflows.engine.facts import DemarcheMigrated, DemarcheOpened, Event
from workflows.engine.program import Program
from workflows.engine.recorded import Record, Recorded, record

UNREADABLE = "Son journal ne peut plus être lu."
"""Of a démarche whose client was erased, or whose commands are none that the engine knows."""


async def counted(cle: str) -> int:
    """How many dossiers of a modèle there are."""
    async with session_scope() as session:
        wanted = select(func.count()).select_from(Demarche)
        return (await session.exec(wanted.where(Demarche.modele == cle, Demarche.phase == "dossier"))).one()


async def latest(session: AsyncSession, cle: str, most: int, after: int = 0) -> Sequence[Demarche]:
    """The last dossiers of a modèle, the newest first: running ones, and those that have ended. `after`: how many of
    the newest are left out."""
    wanted = select(Demarche).where(Demarche.modele == cle, Demarche.phase == "dossier")
    wanted = wanted.order_by(col(Demarche.opened_at).desc(), col(Demarche.id))
    return (await session.exec(wanted.offset(after).limit(most))).all()


async def records(
    keyring: Keyring, cle: str, most: int, after: int = 0
) -> AsyncIterator[tuple[Demarche, tuple[Program, Record] | None]]:
    """The last dossiers of a modèle with the version they follow, and how they went; None for those of an erased client
    and for those that the engine can read no more."""
    async with session_scope() as session:
        rows = await latest(session, cle, most, after)
        ciphers = await keyring.load_many(session, {row.client_id for row in rows})
    for row in rows:
        cipher = ciphers.get(row.client_id)
        yield row, await read_back(row, cipher) if cipher is not None else None


async def named(keyring: Keyring, reference: str, cle: str | None = None) -> tuple[Program, Record] | None:
    """The démarche that has a reference, of this modèle when one is given; None when there is none that can be read."""
    async with session_scope() as session:
        wanted = select(Demarche).where(Demarche.reference == reference)
        row = (await session.exec(wanted)).one_or_none()
        if row is None or cle not in (None, row.modele):
            return None
        ciphers = await keyring.load_many(session, {row.client_id})
    return await read_back(row, ciphers[row.client_id]) if row.client_id in ciphers else None


async def read_back(row: Demarche, cipher: ClientCipher) -> tuple[Program, Record] | None:
    """A démarche as it went, its children included; None when a command cannot be read any more."""
    async with session_scope() as session:
        try:
            return await _read(session, row, cipher)
        except (ValidationError, ValueError):
            return None


async def _read(session: AsyncSession, row: Demarche, cipher: ClientCipher) -> tuple[Program, Record]:
    given = await session.exec(
        select(Commande)
        .where(Commande.demarche_id == row.id, col(Commande.seq_to) > col(Commande.seq_from))
        .order_by(col(Commande.seq_from))
    )
    commands = [read_command(command, cipher) for command in given]
    led: dict[str, list[Event]] = {}
    for event in await events_after(session, cipher, str(row.id), 0):
        led.setdefault(event.command_id, []).append(event)
    programs: dict[str, Program] = {}
    for event in (event for events in led.values() for event in events):
        match event.fact:
            case DemarcheOpened(modele_sha=sha) | DemarcheMigrated(vers=sha):
                programs[sha] = await program_of(session, sha)
    enfants: dict[str, tuple[Record, ...]] = {}
    children = await session.exec(
        select(Demarche).where(Demarche.parent_id == row.id).order_by(col(Demarche.opened_at))
    )
    for child in children.all():
        _, found = await _read(session, child, cipher)
        enfants[child.modele] = (*enfants.get(child.modele, ()), found)
    entries = [Recorded(command, led.get(command.id, [])) for command in commands]
    return programs[row.modele_sha], record(programs.__getitem__, entries, enfants)
