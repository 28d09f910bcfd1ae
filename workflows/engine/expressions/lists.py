"""Functions on lists that every expression may call, besides those of the language (`size`, `exists`, `filter` …)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any


def somme(valeurs: list[int]) -> int:
    """Sum of whole numbers, 0 for none: somme(factures.map(f, f.montant))."""
    return sum(valeurs)


def plus_tot(dates: list[date]) -> date:
    """Earliest date: plus_tot(factures.map(f, f.echeance)). Refuses an empty list."""
    return min(_some(dates))


def plus_tard(dates: list[date]) -> date:
    """Latest date: plus_tard(prolongations.map(p, p.fin)). Refuses an empty list."""
    return max(_some(dates))


def _some(dates: list[date]) -> list[date]:
    if not dates:
        raise ValueError("la liste est vide ; testez d’abord size(…) > 0.")
    return dates


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (somme, plus_tot, plus_tard)
}
