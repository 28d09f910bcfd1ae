"""Changing a modèle under running démarches: its versions, who follows which, the difference, the verdicts.

Shared by the command line and the API. Reading only: a migration itself is a command to each démarche.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.decider import state_of
from activities.programs import program_of
from store.crypto import Keyring
from store.demarche import Demarche
from store.modele import ModeleVersion
from store.session import session_scope
from workflows.engine.commands import MigrateDemarche
from workflows.engine.difference import Changement, Portee, blast_radius, difference
from workflows.engine.enfants import running_children
from workflows.engine.modele import Bundle
from workflows.engine.program import Program
from workflows.engine.state import SYSTEM, Actor, DemarcheState, Placement
from workflows.engine.verdict import Verdict, verdict

BATCH = 100


@dataclass(frozen=True)
class VersionPubliee:
    """`ouvertes`: running démarches that follow it."""

    version: int
    sha256: str
    publie_at: datetime
    ouvertes: int


@dataclass(frozen=True)
class Demande:
    """What is asked of a migration. `vers` absent: where each démarche came from (a return). `enfants`: the same for
    the démarches that it opened, by their modèle."""

    vers: str | None
    correspondance: dict[str, str | None]
    formulaires: dict[str, str]
    rattraper: tuple[str, ...] = ()
    enfants: dict[str, Placement] = field(default_factory=dict)

    def command(self, id_: str, actor: Actor, state: DemarcheState) -> MigrateDemarche | None:
        """The command for one démarche; None when it has nowhere to go back to."""
        vers = self.vers or (state.migrations[-1].depuis if state.migrations else None)
        if vers is None:
            return None
        return MigrateDemarche(
            id=id_,
            actor=actor,
            vers=vers,
            depuis=state.modele_sha,
            # A démarche is asked only about the étapes of its own version.
            correspondance={k: v for k, v in self.correspondance.items() if k in state.etapes},
            formulaires={k: v for k, v in self.formulaires.items() if k in state.donnees},
            rattraper=self.rattraper,
            enfants=self.enfants,
            retour=self.vers is None,
        )


@dataclass(frozen=True)
class Essai:
    """The verdict on one démarche."""

    demarche_id: uuid.UUID
    client_id: uuid.UUID
    reference: str
    titre: str
    client_nom: str
    seq: int
    depuis: str
    command: MigrateDemarche | None
    verdict: Verdict
    cible: Program
    """The version it would follow."""


async def versions(session: AsyncSession, cle: str) -> list[VersionPubliee]:
    """Every published version of a modèle, the newest first."""
    rows = await session.exec(
        select(
            col(ModeleVersion.version),
            col(ModeleVersion.sha256),
            col(ModeleVersion.publie_at),
            sa.select(sa.func.count())
            .where(col(Demarche.modele_sha) == col(ModeleVersion.sha256), col(Demarche.open).is_(True))
            .scalar_subquery(),
        )
        .where(ModeleVersion.cle == cle)
        .order_by(col(ModeleVersion.version).desc())
    )
    return [VersionPubliee(*row) for row in rows]


async def running(
    keyring: Keyring, cle: str, *, ids: Sequence[uuid.UUID] | None = None
) -> AsyncIterator[tuple[Demarche, DemarcheState]]:
    """Open démarches of a modèle with their states, in the order of their references. Those of an erased client, which
    nobody can read any more, are left out."""
    last = ""
    while True:
        wanted = select(Demarche).where(
            Demarche.modele == cle, col(Demarche.open).is_(True), col(Demarche.reference) > last
        )
        if ids is not None:
            wanted = wanted.where(col(Demarche.id).in_(ids))
        async with session_scope() as session:
            rows = list(await session.exec(wanted.order_by(col(Demarche.reference)).limit(BATCH)))
            ciphers = await keyring.load_many(session, {row.client_id for row in rows})
            found = [
                (row, await state_of(session, row, ciphers[row.client_id]))
                for row in rows
                if row.client_id in ciphers
            ]
        for item in found:
            yield item
        if len(rows) < BATCH:
            return
        last = rows[-1].reference


async def _children(keyring: Keyring, client_id: uuid.UUID, state: DemarcheState) -> dict[str, DemarcheState]:
    """Open children of a démarche, and theirs, by id. One whose opening is still on its way is left out."""
    found: dict[str, DemarcheState] = {}
    wanted = [enfant.id for enfant in running_children(state)]
    while wanted:
        async with session_scope() as session:
            cipher = await keyring.load(session, client_id)
            ids = [uuid.UUID(id_) for id_ in wanted]
            rows = await session.exec(select(Demarche).where(col(Demarche.id).in_(ids)))
            states = [await state_of(session, row, cipher) for row in rows]
        found |= {child.demarche_id: child for child in states}
        wanted = [enfant.id for child in states for enfant in running_children(child)]
    return found


async def compare(keyring: Keyring, cle: str, old: str, new: str) -> tuple[list[Changement], list[Portee]]:
    """What changes between two versions, and where the démarches that do not follow the new one stand. Raises
    UnknownModele."""
    async with session_scope() as session:
        before, after = await program_of(session, old), await program_of(session, new)
    return await told(keyring, before, after.bundle, new)


async def told(
    keyring: Keyring, before: Program, after: Bundle, sha: str | None = None
) -> tuple[list[Changement], list[Portee]]:
    """What changes from a published version to another one, or to a draft that has no `sha`, and where the running
    démarches stand, those that they opened with them: all those that would follow it by migrating, whatever their
    version."""
    changes = difference(before.bundle, after)
    touched = {change.enfant for change in changes if change.etape is not None}
    everyone = running(keyring, before.modele.modele)
    states = [state async for row, state in everyone if row.modele_sha != sha]
    ids = {state.demarche_id for state in states}
    opened: dict[str | None, list[DemarcheState]] = {
        key: [state async for row, state in running(keyring, key) if str(row.parent_id) in ids]
        for key in before.enfants
        if key in touched
    }
    return changes, blast_radius(changes, before.bundle, after, opened | {None: states})


async def essais(
    keyring: Keyring,
    cle: str,
    demande: Demande,
    *,
    actor: Actor = SYSTEM,
    ids: Sequence[uuid.UUID] | None = None,
) -> AsyncIterator[Essai]:
    """The verdict on each running démarche that is concerned: those that follow another version than `vers`, or, for
    a return, those that have migrated."""
    programs: dict[str, Program] = {}

    async def program(sha: str) -> Program:
        if sha not in programs:
            async with session_scope() as session:
                programs[sha] = await program_of(session, sha)
        return programs[sha]

    async for row, state in running(keyring, cle, ids=ids):
        command = demande.command(f"essai/{row.id}", actor, state)
        if command is None or command.vers == state.modele_sha:
            continue
        now = state.now(datetime.now(UTC))
        enfants = {
            id_: (await program(child.modele_sha), child)
            for id_, child in (await _children(keyring, row.client_id, state)).items()
        }
        target = await program(command.vers)
        found = verdict(await program(state.modele_sha), target, state, command, now, enfants)
        yield Essai(
            row.id,
            row.client_id,
            row.reference,
            row.titre,
            row.client_nom,
            row.seq,
            state.modele_sha,
            command,
            found,
            target,
        )
