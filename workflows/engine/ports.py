"""What the engine asks of the outside, as protocols: it imports nothing of ours, its host hands these over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol


class CalculError(ValueError):
    """A calculation that cannot be made; the message is a French sentence."""


class Rules(Protocol):
    """Calculations, calendar and form validation (`rules/`)."""

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Named calculations; annotations say their types. They raise CalculError."""

    @property
    def readings(self) -> Mapping[str, Callable[..., Any]]:
        """Named readings: the civil day, then typed arguments. They raise CalculError."""

    def shift(self, day: date, amount: int, unit: str) -> date:
        """Move a civil date by `amount` (signed) of `j`, `jo`, `jouv`, `jf`, `sem` or `mois`."""

    def validate_form(
        self, schema: Mapping[str, Any], data: Mapping[str, Any], today: date
    ) -> tuple[tuple[str, str], ...]:
        """Errors of a form as (JSON pointer, French sentence)."""
