"""Hands `rules/` to the engine: the only place where the two meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache, wraps
from typing import Any

from rules import delais
from rules.erreurs import RegleError
from rules.lectures import LECTURES
from rules.registre import REGISTRE
from rules.validation import validate_form
from workflows.engine.ports import CalculError


def _named_refusal(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*values: Any, **arguments: Any) -> Any:
        try:
            return function(*values, **arguments)
        except RegleError as error:
            raise CalculError(str(error)) from error

    return call


_SHIFTS: dict[str, Callable[[date, int], date]] = {
    "j": delais.ajouter_jours,
    "jo": delais.ajouter_jours_ouvres,
    "jouv": delais.ajouter_jours_ouvrables,
    "jf": delais.ajouter_jours_francs,
    "sem": delais.ajouter_semaines,
    "mois": delais.ajouter_mois,
}


@lru_cache(maxsize=4096)
def _shifted(day: date, amount: int, unit: str) -> date:
    """Every command counts the same due dates again."""
    return _SHIFTS[unit](day, amount)


class CabinetRules:
    """`workflows.engine.ports.Rules` on `rules/`."""

    functions: Mapping[str, Callable[..., Any]] = {name: _named_refusal(f) for name, f in REGISTRE.items()}
    readings: Mapping[str, Callable[..., Any]] = {name: _named_refusal(f) for name, f in LECTURES.items()}

    def shift(self, day: date, amount: int, unit: str) -> date:
        try:
            return _shifted(day, amount, unit)
        except RegleError as error:
            raise CalculError(str(error)) from error

    def validate_form(
        self, schema: Mapping[str, Any], data: Mapping[str, Any], today: date
    ) -> tuple[tuple[str, str], ...]:
        return tuple(
            (error.pointer, error.detail) for error in validate_form(dict(schema), dict(data), today)
        )


RULES = CabinetRules()
