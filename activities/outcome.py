"""How an effect went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Result = Literal["done", "failed", "uncertain", "held", "cancelled"]


@dataclass(frozen=True)
class EffectOutcome:
    """`file`: reference of the document made. `donnees`: what a service answered. `reason`: French, for the journal.

    `en_clair`: the same without any value of the dossier, where the reason may hold one: all that the ledger shows.
    """

    outcome: Result
    reason: str = ""
    file: dict[str, Any] | None = None
    donnees: dict[str, Any] | None = None
    en_clair: str | None = None


class Later(RuntimeError):
    """It surely did not happen and may be tried again: a server that is down, a full disk."""
