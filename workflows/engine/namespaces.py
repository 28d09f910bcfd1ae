"""What the expressions of one modèle may read: a namespace per form, and `calculs` for its named calculations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.engine.expressions import ExpressionError, Types, argument_types, declare, result_type
from workflows.engine.modele import Calcul, Modele

CALCULS = "calculs"


def types_of(
    modele: Modele, forms: Mapping[str, Mapping[str, Any]], functions: Mapping[str, Callable[..., Any]]
) -> Types:
    """Types of a modèle's expressions. `forms`: JSON Schema of each namespace.

    A calculation is optional when it has a condition, when its function may give nothing, or when one of its
    compulsory arguments may be absent: the engine then leaves it out. Raises ExpressionError.
    """
    variables: dict[str, str] = {}
    for name, calcul in modele.calculs.items():
        if calcul.fonction not in functions:
            raise ExpressionError("fonction_inconnue", f"Le calcul « {calcul.fonction} » n’existe pas.")
        known = declare(forms, variables, functions)
        kind = result_type(functions[calcul.fonction])
        if not kind.endswith("?") and _may_be_absent(calcul, known, functions[calcul.fonction]):
            kind += "?"
        variables[f"{CALCULS}.{name}"] = kind
    return declare(forms, variables, functions)


def _may_be_absent(calcul: Calcul, known: Types, function: Callable[..., Any]) -> bool:
    if calcul.si is not None:
        return True
    accepted = argument_types(function)
    for name, source in calcul.arguments.items():
        field = known.field(source)
        if field is not None and field.optional and not accepted.get(name, "").endswith("?"):
            return True
    return False
