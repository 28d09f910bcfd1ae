"""`verify`: all the checks on one resolved modèle, in the order of its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.engine.bundle import Resolved
from workflows.engine.expressions import ExpressionError, Types
from workflows.engine.findings import Finding
from workflows.engine.namespaces import types_of
from workflows.engine.verifier import conditions, data, models, moments, names
from workflows.engine.verifier.context import Context
from workflows.engine.verifier.models import Models


def verify(
    resolved: Resolved, functions: Mapping[str, Callable[..., Any]], sources: Models | None = None
) -> list[Finding]:
    """Everything to correct in a modèle. It may be published when no finding is an error.

    `functions`: the registry of calculations. `sources`: how to read mail and document models, and what they may
    name; without it they are only looked for.
    """
    context = Context(resolved)
    names.check(context)
    types = _types(context, functions)
    if types is not None:
        context.types = types
        data.check(context, functions)
        moments.check(context)
        conditions.check(context)
        if sources is not None:
            models.check(context, sources)
    return sorted({*resolved.findings, *context.findings})


def _types(context: Context, functions: Mapping[str, Callable[..., Any]]) -> Types | None:
    """Types of the expressions, or None when a form or a calculation does not let them be known."""
    known = True
    for name, calcul in context.modele.calculs.items():
        if calcul.fonction not in functions:
            place = ("calculs", name, "fonction")
            context.error(
                "fonction_inconnue",
                place,
                f"Le calcul « {calcul.fonction} » n’existe pas.",
                context.close(calcul.fonction, functions),
            )
            known = False
    if not known or set(context.modele.formulaires) - set(context.bundle.forms):
        return None
    try:
        return types_of(context.modele, context.bundle.forms, functions)
    except ExpressionError as error:
        context.error("formulaire_inutilisable", ("formulaires",), error.message, error.remedy)
        return None


__all__ = ["Models", "verify"]
