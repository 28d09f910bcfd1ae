"""Conditions that never hold or always do, étapes that wait for nothing, documents without a variant.

Enumerated and boolean data are tried in all their combinations; the rest is taken as free. A condition is called
impossible only when those of its parts that read nothing else are already so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from workflows.engine.expressions import (
    Expression,
    ExpressionError,
    compile_expression,
    conjuncts,
    enumerable,
    evaluate,
)
from workflows.engine.modele import (
    ActionClient,
    Alerte,
    Automatisation,
    Etape,
    Evenement,
    Parallele,
    Piece,
    PourChaque,
    Relance,
)
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context

MAX_COMBINATIONS = 4096
_ABSENT = object()


def check(context: Context) -> None:
    """Reachability, as far as enumeration can tell."""
    blocks = [node for node in context.modele.etapes if isinstance(node, Parallele)]
    ends = {branch[-1].cle for block in blocks for branch in block.branches if branch}
    for etape, place in context.etapes:
        _check_condition(
            context,
            etape.si,
            (*place, "si"),
            "etape_jamais_atteinte",
            f"L’étape « {etape.cle} » n’est jamais atteinte : sa condition n’est vraie dans aucun cas.",
        )
        # Followed by another, two étapes of one branch could be under way at once.
        if etape.rattrape and (etape.si is None or etape.cle not in ends):
            context.error(
                "rattrape_sans_bloc",
                (*place, "rattrape"),
                f"« {etape.cle} » ne se rattrape pas : il faut un « si », et la dernière place d’une branche d’un "
                "bloc « parallele ».",
                "Retirez « rattrape », ou mettez l’étape au bout d’une branche avec sa condition.",
            )
        for tache, where in context.taches(etape, place):
            _check_condition(
                context,
                tache.si,
                (*where, "si"),
                "condition_impossible",
                f"La tâche « {tache.cle} » n’est jamais créée : sa condition n’est vraie dans aucun cas.",
            )
            _check_condition(
                context,
                tache.tant_que,
                (*where, "tant_que"),
                "condition_impossible",
                f"La tâche « {tache.cle} » n’est jamais créée : « tant_que » n’est vrai dans aucun cas.",
            )
        lists: tuple[
            tuple[str, tuple[Piece | Relance | Alerte | Automatisation | ActionClient | Evenement, ...]], ...
        ] = (
            ("pieces", etape.pieces),
            ("actions_client", etape.actions_client),
            ("evenements", etape.evenements),
            ("relances", etape.relances),
            ("alertes", etape.alertes),
            ("automatisations", etape.automatisations),
        )
        for key, items in lists:
            for index, item in enumerate(items):
                if getattr(item, "dans", None) or getattr(item, "quand", "") == "ligne":
                    continue  # about a line: nothing of it is enumerated
                _check_condition(
                    context,
                    item.si,
                    (*place, key, index, "si"),
                    "condition_impossible",
                    "Ceci n’arrive jamais : la condition n’est vraie dans aucun cas.",
                )
        _check_content(context, etape, place)
    for key, document in context.modele.documents.items():
        if document.modele is None and document.variantes:
            _check_variants(context, key, [variant.si for variant in document.variantes])
    conditions = {etape.si for etape, _ in context.etapes if etape.si is not None}
    opposed = any(f"!{one}" in conditions or f"!({one})" in conditions for one in conditions)
    if not opposed and all(etape.si is not None for etape, _ in context.etapes):
        context.warn(
            "tout_conditionnel",
            ("etapes",),
            "Toutes les étapes ont une condition : la démarche peut finir aussitôt commencée.",
            "Laissez au moins une étape sans condition.",
        )
    if all(etape.beside for etape, _ in context.etapes):
        context.error(
            "rien_ne_bloque",
            ("etapes",),
            "Aucune étape ne retient la suite : rien ne dit où en est la démarche.",
            "Laissez au moins une étape sans « non_bloquante » ni « recurrente ».",
        )
    if all(etape.poids == 0 for etape, _ in context.etapes):
        context.error(
            "sans_poids", ("etapes",), "Aucune étape ne fait avancer la progression.", "Retirez « poids: 0 »."
        )


def _check_content(context: Context, etape: Etape, place: Place) -> None:
    """An étape that awaits nothing ends as soon as it begins; one whose every item is optional too."""
    if isinstance(etape, PourChaque):
        return
    if etape.terminee == "manuelle" or etape.attendre is not None or etape.asked or etape.collections:
        if etape.terminee == "manuelle" and etape.responsable in context.modele.participants:
            context.warn(
                "fin_par_participant",
                (*place, "terminee"),
                "Seul le cabinet peut terminer une étape à la main.",
                "Donnez-lui un responsable du cabinet.",
            )
        return
    compulsory = (
        [tache.obligatoire for tache in etape.taches]
        + [piece.obligatoire for piece in etape.pieces]
        + [action.obligatoire for action in etape.actions_client]
        + [evenement.obligatoire for evenement in etape.evenements]
    )
    if not compulsory:
        context.warn(
            "etape_vide",
            place,
            f"L’étape « {etape.cle} » n’attend rien : elle se termine aussitôt commencée.",
            "Ajoutez une tâche, une pièce, un formulaire ou un événement, ou écrivez « terminee: manuelle ».",
        )
    elif not any(compulsory):
        context.warn(
            "etape_sans_obligation",
            place,
            f"Rien n’est obligatoire dans l’étape « {etape.cle} » : elle se termine aussitôt commencée.",
            "Rendez un élément obligatoire, ou écrivez « terminee: manuelle ».",
        )


def _check_condition(context: Context, source: str | None, place: Place, code: str, message: str) -> None:
    if source is None:
        return
    parts = [part for part in (_compiled(context, part) for part in conjuncts(source)) if part is not None]
    closed = [part for part in parts if _closed(part)]
    if not closed:
        return
    outcomes = list(_outcomes(context, closed))
    if outcomes and not any(all(values) for values in outcomes):
        context.error(code, place, message, "Corrigez la condition, ou retirez cet élément.")
    elif len(closed) == len(parts) and outcomes and all(all(values) for values in outcomes):
        context.warn(
            "condition_toujours_vraie",
            place,
            f"« {source} » est vraie dans tous les cas.",
            "Retirez cette condition.",
        )


def _check_variants(context: Context, key: str, sources: list[str]) -> None:
    expressions = [_compiled(context, source) for source in sources]
    closed = [expression for expression in expressions if expression is not None and _closed(expression)]
    if len(closed) < len(sources):
        if all(expression is not None for expression in expressions):
            context.warn(
                "variantes_incertaines",
                ("documents", key, "variantes"),
                f"Rien ne dit qu’une variante de « {key} » conviendra toujours : sans variante, il n’est pas produit.",
                "Ajoutez un « modele » par défaut.",
            )
        return
    if not all(any(values) for values in _outcomes(context, closed)):
        context.error(
            "variantes_incompletes",
            ("documents", key, "variantes"),
            f"Dans certains cas, aucune variante de « {key} » ne convient.",
            "Ajoutez la variante qui manque, ou un « modele » par défaut.",
        )


def _closed(expression: Expression) -> bool:
    """It depends on enumerated data only."""
    return expression.reads | expression.tests <= set(enumerable(expression))


def _compiled(context: Context, source: str) -> Expression | None:
    try:
        return compile_expression(source, context.types, "booleen")
    except ExpressionError:
        return None


def _outcomes(context: Context, expressions: list[Expression]) -> Iterator[list[bool]]:
    """Values of the expressions in every combination of what they read; nothing when there are too many."""
    choices: dict[str, list[Any]] = {}
    for expression in expressions:
        for path, values in enumerable(expression).items():
            field = context.types.field(path)
            absent = [_ABSENT] if field is not None and field.optional else []
            choices[path] = [*values, *absent]
    total = 1
    for values in choices.values():
        total *= len(values)
    if total > MAX_COMBINATIONS or any("[]" in path for path in choices):
        return
    for combination in product(*choices.values()):
        data = _data(context, dict(zip(choices, combination, strict=True)))
        try:
            yield [evaluate(expression, data) for expression in expressions]
        except ExpressionError:
            continue


def _data(context: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {root: {} for root in context.types.roots if root not in context.types.there}
    for path, value in values.items():
        if value is _ABSENT:
            continue
        *groups, last = path.split(".")
        here = data
        for group in groups:
            here = here.setdefault(group, {})
        here[last] = value
    return data
