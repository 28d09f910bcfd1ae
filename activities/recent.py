"""States as their last decision left them, kept a moment: reading one back costs more than deciding.

A state is found again by the hash of its journal's last line, which the démarche's row holds: a state that another
process has changed, or that a restored backup has taken back, is never found.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from store.crypto import CACHE_SECONDS
from store.projection import Rows
from workflows.engine.state import DemarcheState

KEPT = 200


@dataclass(frozen=True)
class Left:
    """What a decision left: the state, the rows it gave, the hash of the last line of its journal."""

    state: DemarcheState
    rows: Rows
    journal_hash: bytes


class Recent:
    """At most `size` states, each for as long as the key that it is stored under is kept in memory."""

    def __init__(self, size: int = KEPT, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._kept: OrderedDict[str, tuple[Left, float]] = OrderedDict()

    def take(self, demarche_id: str) -> Left | None:
        """What was left there, for the caller alone: a state is changed in place."""
        self._sweep()
        kept = self._kept.pop(demarche_id, None)
        return kept[0] if kept else None

    def keep(self, demarche_id: str, left: Left) -> None:
        """Once it is committed."""
        self._kept.pop(demarche_id, None)
        self._kept[demarche_id] = (left, self._clock() + CACHE_SECONDS)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def _sweep(self) -> None:
        """The oldest stand first."""
        while self._kept and next(iter(self._kept.values()))[1] <= self._clock():
            self._kept.popitem(last=False)
