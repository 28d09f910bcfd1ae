"""What the expressions of one modèle may read: a namespace per form, and `calculs` for its named calculations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.engine.expressions import ExpressionError, Types, declare, result_type
from workflows.engine.modele import Modele

CALCULS = "calculs"


def types_of(
    modele: Modele, forms: Mapping[str, Mapping[str, Any]], functions: Mapping[str, Callable[..., Any]]
) -> Types:
    """Types of a modèle's expressions. `forms`: JSON Schema of each namespace.

    A calculation made under a condition, or whose function may give nothing, is optional. Raises ExpressionError.
    """
    variables: dict[str, str] = {}
    for name, calcul in modele.calculs.items():
        if calcul.fonction not in functions:
            raise ExpressionError("fonction_inconnue", f"Le calcul « {calcul.fonction} » n’existe pas.")
        kind = result_type(functions[calcul.fonction])
        variables[f"{CALCULS}.{name}"] = f"{kind.rstrip('?')}?" if calcul.si else kind
    return declare(forms, variables, functions)
