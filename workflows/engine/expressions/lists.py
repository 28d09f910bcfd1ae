"""Functions on lists that every expression may call, besides those of the language (`size`, `exists`, `filter` …)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def somme(valeurs: list[int]) -> int:
    """Sum of whole numbers, 0 for none: somme(factures.map(f, f.montant))."""
    return sum(valeurs)


FUNCTIONS: dict[str, Callable[..., Any]] = {"somme": somme}
