"""`decide`: the only place where a command becomes events. Pure: state, command and instant in, events out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.engine import handlers
from workflows.engine.commands import AnyCommand, EngineError, MigrateDemarche, Refusal
from workflows.engine.expressions import ExpressionError
from workflows.engine.facts import Event
from workflows.engine.migration import check_way_on, migrate
from workflows.engine.ports import CalculError
from workflows.engine.program import Program
from workflows.engine.settle import require_seen, settle, unseen
from workflows.engine.state import DemarcheState
from workflows.engine.turn import Turn


@dataclass(frozen=True)
class Decision:
    events: tuple[Event, ...]
    state: DemarcheState


def decide(
    program: Program,
    state: DemarcheState,
    command: AnyCommand,
    now: datetime,
    *,
    towards: Program | None = None,
) -> Decision:
    """Decide `command` at `now` (the démarche's own time). `towards`: the version that a MigrateDemarche names.

    Returns the events and the state they lead to; `state` is left untouched. Raises Refusal (an expected no) or
    EngineError (a broken invariant).
    """
    return decide_in_place(program, state.model_copy(deep=True), command, now, towards=towards)


def decide_in_place(
    program: Program,
    state: DemarcheState,
    command: AnyCommand,
    now: datetime,
    *,
    towards: Program | None = None,
) -> Decision:
    """The same, for a caller that has no further use of `state`: it is consumed, refusal or not."""
    turn = Turn(towards or program, state, command, now)
    try:
        if isinstance(command, MigrateDemarche):
            migrate(turn, command, program)
            settle(turn)
            check_way_on(turn)
        else:
            owed = unseen(turn)
            handlers.handle(command, turn)
            settle(turn)
            require_seen(turn, owed)
    except CalculError as error:
        raise Refusal("calcul_impossible", str(error)) from error
    except ExpressionError as error:
        if error.said:
            raise Refusal("calcul_impossible", error.said) from error
        raise Refusal("condition_incalculable", f"Une expression du modèle échoue : {error}") from error
    return Decision(tuple(turn.events), turn.state)


__all__ = ["Decision", "EngineError", "Refusal", "decide", "decide_in_place"]
