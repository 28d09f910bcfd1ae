"""Readings: known, called with what they take, showing figures they give; and the payment page that relies on one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.engine.expressions import argument_types, result_shape
from workflows.engine.expressions.shapes import Kind, Shape
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context


def check(context: Context, readings: Mapping[str, Callable[..., Any]]) -> None:
    """Every reading of the modèle, and what is due on the payment page."""
    actors = {*context.modele.roles, *context.modele.participants}
    shapes: dict[str, Shape] = {}
    for name, lecture in context.modele.lectures.items():
        place: Place = ("lectures", name)
        for index, key in enumerate(lecture.voient):
            if key not in actors:
                context.error(
                    "role_inconnu",
                    (*place, "voient", index),
                    f"« {key} » n’est ni un rôle ni un participant.",
                    context.close(key, actors),
                )
        context.condition(lecture.si, (*place, "si"))
        function = readings.get(lecture.fonction)
        if function is None:
            context.error(
                "lecture_inconnue",
                (*place, "fonction"),
                f"La lecture « {lecture.fonction} » n’existe pas.",
                context.close(lecture.fonction, readings),
            )
            continue
        shapes[name] = result_shape(function)
        _check_arguments(context, place, lecture.arguments, function)
        _check_figures(context, (*place, "montre"), lecture.montre, shapes[name])
        for collection, columns in lecture.colonnes.items():
            lines = shapes[name].fields.get(collection)
            element = lines.shape.element if lines is not None else None
            if collection not in context.modele.collections or element is None:
                context.error(
                    "collection_inconnue",
                    (*place, "colonnes", collection),
                    f"« {collection} » n’est pas une collection que cette lecture complète.",
                    context.close(collection, context.modele.collections),
                )
                continue
            _check_figures(context, (*place, "colonnes", collection), columns, element)
    _check_payment(context, shapes)


def _check_arguments(
    context: Context, place: Place, arguments: Mapping[str, str], function: Callable[..., Any]
) -> None:
    # The first parameter is the day, which whoever reads gives.
    wanted = dict(list(argument_types(function).items())[1:])
    for name, source in arguments.items():
        if name not in wanted:
            context.error(
                "argument_inconnu",
                (*place, "arguments", name),
                f"Cette lecture n’a pas d’argument « {name} ».",
                context.close(name, wanted),
            )
            continue
        context.compile(source, (*place, "arguments", name), wanted[name])
    for name, kind in wanted.items():
        if name not in arguments and not kind.endswith("?"):
            context.error(
                "argument_manquant",
                (*place, "fonction"),
                f"L’argument « {name} » manque.",
                "Ajoutez-le sous « arguments ».",
            )


def _check_figures(context: Context, place: Place, figures: Mapping[str, Any], shape: Shape) -> None:
    for key in figures:
        if key not in shape.fields:
            context.error(
                "chiffre_inconnu",
                (*place, key),
                f"Cette lecture ne donne pas « {key} ».",
                context.close(key, shape.fields),
            )


def _check_payment(context: Context, shapes: Mapping[str, Shape]) -> None:
    if context.modele.paiement is None:
        return
    name, _, figure = context.modele.paiement.du.partition(".")
    found = shapes[name].fields.get(figure) if name in shapes else None
    if found is None or found.shape.kind is not Kind.INT:
        context.error(
            "montant_du_inconnu",
            ("paiement", "du"),
            f"« {context.modele.paiement.du} » n’est pas un montant d’une lecture de ce modèle.",
            "Écrivez « lecture.chiffre », par exemple compte.a_payer.",
        )
