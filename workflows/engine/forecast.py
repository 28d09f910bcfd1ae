"""When a démarche should be over: read from what its remaining étapes promise, never decided nor recorded."""

from collections.abc import Iterable
from datetime import datetime

from workflows.engine.expressions import ExpressionError
from workflows.engine.modele import Etape
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState

_OVER = ("valide", "passee", "sans_objet")
_CLOSING = 1
"""Étapes without a date that may follow the last one that has one: a file is closed soon after."""


def end_of(program: Program, state: DemarcheState, etapes: Iterable[Etape]) -> datetime | None:
    """The latest instant that the étapes still to do wait for or are due by, on the démarche's own clock.

    None when none of them names an instant that can be told yet, when several follow the last one that does (the day
    to declare a claim is not its end), and while the démarche does not move.
    """
    if state.cycle != "ouverte":
        return None
    ahead = [
        etape
        for etape in etapes
        if state.etapes[etape.cle].statut not in _OVER
        and not etape.non_bloquante
        and _comes(program, state, etape)
    ]
    told = [list(_told(program, state, etape)) for etape in ahead]
    last = max((rank for rank, instants in enumerate(told) if instants), default=-1)
    if last < 0 or len(ahead) - 1 - last > _CLOSING:
        return None
    return max(instant for instants in told for instant in instants)


def _comes(program: Program, state: DemarcheState, etape: Etape) -> bool:
    """False when its condition already says that it will be skipped."""
    if etape.si is None or state.etapes[etape.cle].entered_at is not None:
        return True
    try:
        return bool(program.evaluate(etape.si, state))
    except ExpressionError:
        return True


def _told(program: Program, state: DemarcheState, etape: Etape) -> Iterable[datetime]:
    known = state.etapes[etape.cle]
    if known.due_at is not None:
        yield known.due_at
    for moment in (etape.attendre, etape.echeance if known.due_at is None else None):
        instant = program.due(moment, state, known)
        if instant is not None:
            yield instant
