"""`needs`: what the state asks of the world. The workflow sleeps until `next_at` and launches `effects`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.engine.state import DemarcheState


@dataclass(frozen=True)
class Needs:
    next_at: datetime | None
    """Nearest instant at which something is due, on the démarche's own clock."""
    effects: tuple[str, ...]
    """Ids of the effects to be carried out now."""
    finished: bool
    """Nothing more can happen by itself: the démarche has ended and its effects are done."""


def needs(state: DemarcheState) -> Needs:
    """Read the state, nothing else."""
    effects = tuple(effect.id for effect in state.effets.values() if not effect.held)
    running = state.cycle == "ouverte"
    next_at = min((timer.at for timer in state.timers.values()), default=None) if running else None
    return Needs(next_at, effects, finished=state.seq > 0 and not state.open and not state.effets)
