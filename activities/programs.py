"""Pinned modèles, ready to run: one program per hash, kept for the life of the process."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.rules_port import RULES
from store.modele import by_hash
from store.session import session_scope
from workflows.engine.modele import Bundle
from workflows.engine.program import Program

_programs: dict[str, Program] = {}


class UnknownModele(LookupError):
    """No published version has this hash."""


async def program_of(session: AsyncSession, sha: str) -> Program:
    """The program of a published version. Versions are immutable, so the cache never goes stale."""
    program = _programs.get(sha)
    if program is None:
        row = await by_hash(session, sha)
        if row is None:
            raise UnknownModele(sha)
        program = _programs[sha] = Program(Bundle.model_validate(row.contenu), RULES, sha)
    return program


async def pinned(sha: str) -> Program:
    """The same, for a caller without a session: one is opened when the program is not known yet."""
    program = _programs.get(sha)
    if program is None:
        async with session_scope() as session:
            program = await program_of(session, sha)
    return program
