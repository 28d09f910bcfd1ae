"""`verify`: all the checks on one resolved modèle, in the order of its files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from workflows.engine.bundle import Resolved
from workflows.engine.expressions import ExpressionError
from workflows.engine.findings import Finding
from workflows.engine.modele import PourChaque
from workflows.engine.namespaces import (
    CALCULS,
    ColonneError,
    EnfantError,
    Namespaces,
    ValeurError,
    namespaces_of,
)
from workflows.engine.verifier import (
    attentes,
    clashes,
    collections,
    conditions,
    data,
    enfants,
    lectures,
    models,
    moments,
    names,
    propositions,
    reprises,
    services,
    shown,
)
from workflows.engine.verifier.context import Context
from workflows.engine.verifier.models import Models


def verify(
    resolved: Resolved,
    functions: Mapping[str, Callable[..., Any]],
    sources: Models | None = None,
    readings: Mapping[str, Callable[..., Any]] | None = None,
) -> list[Finding]:
    """Everything to correct in a modèle. It may be published when no finding is an error.

    `functions`: the registry of calculations; `readings`: that of readings. `sources`: how to read mail and document
    models, and what they may name; without it they are only looked for.
    """
    context = Context(resolved)
    names.check(context)
    reprises.check(context)
    propositions.check(context)
    spaces = _namespaces(context, functions)
    if spaces is not None:
        context.types, context.spaces = spaces.types, spaces
        collections.check(context)
        collections.check_added(context)
        lectures.check(context, readings or {})
        enfants.check(context)
        services.check(context)
        data.check(context, functions)
        moments.check(context)
        conditions.check(context)
        attentes.check(context)
        shown.check_values(context)
        clashes.check(context)
        if sources is not None:
            models.check(context, sources)
    return sorted({*resolved.findings, *context.findings})


def _namespaces(context: Context, functions: Mapping[str, Callable[..., Any]]) -> Namespaces | None:
    """Types of the expressions, or None when a form or a calculation does not let them be known."""
    known = True
    for name, calcul in context.modele.calculs.items():
        if calcul.fonction is not None and calcul.fonction not in functions:
            place = ("calculs", name, "fonction")
            context.error(
                "fonction_inconnue",
                place,
                f"Le calcul « {calcul.fonction} » n’existe pas.",
                context.close(calcul.fonction, functions),
            )
            known = False
    absent = {*context.modele.formulaires, *context.modele.services} - set(context.bundle.forms)
    taken = set(context.modele.collections) & {
        *context.modele.formulaires,
        *context.modele.services,
        *names.TAKEN,
    }
    wanted = {node.enfant for node, _ in context.etapes if isinstance(node, PourChaque)}
    absent |= wanted - set(context.bundle.enfants)
    if not known or absent or taken or set(context.modele.collections) - set(context.bundle.lignes):
        return None
    try:
        return namespaces_of(context.bundle, functions)
    except ColonneError as error:
        context.refused(
            error,
            ("collections", error.collection, "calcule", error.colonne, "valeur"),
            context.modele.collections[error.collection].calcule[error.colonne].valeur,
        )
        return None
    except ValeurError as error:
        _refused_calcul(context, error)
        return None
    except EnfantError as error:
        _refused_enfant(context, error)
        return None
    except ExpressionError as error:
        context.error("formulaire_inutilisable", ("formulaires",), error.message, error.remedy)
        return None


def _refused_enfant(context: Context, error: EnfantError) -> None:
    """On each étape that opens this child: what is wrong is in the child's own file."""
    for node, place in context.etapes:
        if isinstance(node, PourChaque) and node.enfant == error.enfant:
            context.error(
                "enfant_a_corriger",
                (*place, "enfant"),
                f"Le modèle « {error.enfant} » est à corriger : {error.message}",
                f"Vérifiez « {error.enfant} » : sa ligne y est dite.",
            )


def _refused_calcul(context: Context, error: ValeurError) -> None:
    source = getattr(context.modele.calculs[error.calcul], error.cle)
    place = ("calculs", error.calcul, error.cle)
    order = list(context.modele.calculs)
    later = order[order.index(error.calcul) :]
    ahead = [other for other in re.findall(rf"\b{CALCULS}\.(\w+)", source) if other in later]
    if ahead:
        data.calcul_apres(context, error.calcul, ahead[0], place)
    else:
        context.refused(error, place, source)


__all__ = ["Models", "verify"]
