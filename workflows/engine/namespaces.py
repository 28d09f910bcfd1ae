"""What the expressions of one modèle may read: a namespace per form, the lines of its collections, `calculs` for its
named calculations, `evenements` for what has become of the outside events it awaits, `enfants` for the children of
each étape; where an expression is about one line, `ligne` is that line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.engine.expressions import (
    Expression,
    ExpressionError,
    Types,
    child_shape,
    compile_expression,
    declare,
    line_shape,
    result_type,
    value_type,
    with_column,
)
from workflows.engine.expressions.shapes import BOOL, TEXT, Field, Kind, Shape, object_of, written_name
from workflows.engine.modele import Bundle, Calcul, Evenement, PourChaque

CALCULS = "calculs"
EVENEMENTS = "evenements"
EVENEMENT_STATUTS = ("a_venir", "attendu", "recu", "echu", "annule")
"""What an expression may read of an awaited event: `evenements.paiement == "recu"`. Always there."""
OWN = ("id", "statut")
"""Fields of a line besides those of its form."""
DAY, PIECES = "jour", "pieces"
"""What a condition on a person's act also reads: the civil day, and every pièce of the démarche."""
_PIECE = object_of(
    {name: Field(TEXT, optional=False) for name in ("id", "titre", "categorie")}
    | {"validee": Field(BOOL, optional=False)}
)


class ColonneError(ExpressionError):
    """A computed column that cannot be read: says which."""

    def __init__(self, collection: str, colonne: str, error: ExpressionError) -> None:
        super().__init__(error.code, error.message, remedy=error.remedy, line=error.line, column=error.column)
        self.collection = collection
        self.colonne = colonne


class ValeurError(ExpressionError):
    """A calculation by expression that cannot be read: says which, and whether it is its condition."""

    def __init__(self, calcul: str, cle: str, error: ExpressionError) -> None:
        super().__init__(error.code, error.message, remedy=error.remedy, line=error.line, column=error.column)
        self.calcul = calcul
        self.cle = cle


class EnfantError(ExpressionError):
    """An expression of a child modèle that cannot be read: says which child."""

    def __init__(self, enfant: str, error: ExpressionError) -> None:
        super().__init__(error.code, error.message, remedy=error.remedy)
        self.enfant = enfant


@dataclass(frozen=True)
class Namespaces:
    """Types of a modèle's expressions: of all, of those about one line, and the computed columns ready to evaluate."""

    types: Types
    lignes: Mapping[str, Types]
    gestes: Mapping[str, Types]
    """Of conditions on a person's act, by collection: they also read `jour` and `pieces`."""
    colonnes: Mapping[str, Mapping[str, Expression]]
    enfants: Mapping[str, Namespaces]
    """Of the child modèles, by key."""


def namespaces_of(bundle: Bundle, functions: Mapping[str, Callable[..., Any]]) -> Namespaces:
    """Everything expressions of a published version may name.

    A calculation made under a condition, or whose function may give nothing, is optional, and so is a computed column
    that reads a form. Raises ExpressionError.
    """
    modele, forms, lines = bundle.modele, bundle.forms, bundle.lignes
    shapes = {
        key: line_shape(lines[key], key, tuple(collection.statuts))
        for key, collection in modele.collections.items()
        if key in lines
    }
    columns: dict[str, dict[str, Expression]] = {}
    for key, collection in modele.collections.items():
        if key not in shapes:
            continue
        columns[key] = {}
        for name, column in collection.calcule.items():
            if name in (*shapes[key].fields, *OWN):
                raise ExpressionError("cle_invalide", f"La colonne « {key}.{name} » existe déjà.")
            types = declare(forms, {}, functions, shapes, key)
            try:
                expression = compile_expression(column.valeur, types)
            except ExpressionError as error:
                raise ColonneError(key, name, error) from error
            columns[key][name] = expression
            shapes[key] = with_column(shapes[key], name, expression)
    spaces = {key: _of_child(key, child, functions) for key, child in bundle.enfants.items()}
    children = _children(bundle, spaces)
    variables = {
        f"{EVENEMENTS}.{name}": f"choix<{'|'.join(_statuts(event))}>"
        for name, event in modele.evenements.items()
    }
    for name, calcul in modele.calculs.items():
        if calcul.valeur is not None:
            # The calculations before it are all it may read.
            kind = _kind_of(name, calcul, declare(forms, variables, functions, shapes, None, children))
        elif calcul.fonction is not None and calcul.fonction in functions:
            kind = result_type(functions[calcul.fonction])
        else:
            raise ExpressionError("fonction_inconnue", f"Le calcul « {calcul.fonction} » n’existe pas.")
        variables[f"{CALCULS}.{name}"] = f"{kind.rstrip('?')}?" if calcul.si else kind
    return Namespaces(
        declare(forms, variables, functions, shapes, None, children),
        {key: declare(forms, variables, functions, shapes, key, children) for key in shapes},
        {
            key: declare(
                forms, {**variables, DAY: "date"}, functions, {**shapes, PIECES: _PIECE}, key, children
            )
            for key in shapes
            if modele.collections[key].has_exigences
        },
        columns,
        spaces,
    )


def question_types(requete: Mapping[str, Any]) -> dict[str, str]:
    """Written types of what a service is asked: « entier », « texte? » for what may be left out."""
    fields = declare({"question": requete}).roots["question"].shape.fields
    found = {}
    for name, asked in fields.items():
        # A list of values is the service's to check: a text may be any of them.
        kind = "texte" if asked.shape.kind is Kind.TEXT else written_name(asked.shape)
        found[name] = kind + ("?" if asked.optional else "")
    return found


def _of_child(key: str, child: Bundle, functions: Mapping[str, Callable[..., Any]]) -> Namespaces:
    try:
        return namespaces_of(child, functions)
    except ExpressionError as error:
        raise EnfantError(key, error) from error


def _children(bundle: Bundle, spaces: Mapping[str, Namespaces]) -> dict[str, Shape]:
    """Shape of a child of each étape that opens some, with what its modèle gives to its parent."""
    shapes: dict[str, Shape] = {}
    for node in bundle.modele.walk():
        child = bundle.enfants.get(node.enfant) if isinstance(node, PourChaque) else None
        if child is None or not isinstance(node, PourChaque):
            continue
        types = spaces[node.enfant].types
        try:
            outputs = {
                name: compile_expression(text, types).result for name, text in child.modele.sorties.items()
            }
        except ExpressionError as error:
            raise EnfantError(node.enfant, error) from error
        shapes[node.cle] = child_shape(outputs)
    return shapes


def _statuts(evenement: Evenement) -> list[str]:
    """What may become of an event: it is only given up at its deadline when the modèle says so."""
    gives_up = evenement.sinon is not None and evenement.sinon.suite == "continuer"
    return [statut for statut in EVENEMENT_STATUTS if statut != "echu" or gives_up]


def _kind_of(name: str, calcul: Calcul, types: Types) -> str:
    """Written type of a calculation by expression. Raises ValeurError."""
    cle = "si"
    try:
        condition = compile_expression(calcul.si, types, "booleen") if calcul.si else None
        cle = "valeur"
        return value_type(compile_expression(calcul.valeur or "", types, None, condition))
    except ExpressionError as error:
        raise ValeurError(name, cle, error) from error
