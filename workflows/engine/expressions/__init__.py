"""Expressions of the modèles: CEL behind a port of ours (`declare`, `compile_expression`, `evaluate`)."""

from workflows.engine.expressions.conjuncts import conjuncts
from workflows.engine.expressions.errors import ExpressionError
from workflows.engine.expressions.port import (
    CHILDREN,
    LINE,
    Expression,
    Types,
    argument_types,
    child_shape,
    compile_expression,
    declare,
    enumerable,
    evaluate,
    line_shape,
    result_shape,
    result_type,
    value_type,
    with_column,
)

__all__ = [
    "CHILDREN",
    "LINE",
    "Expression",
    "ExpressionError",
    "Types",
    "argument_types",
    "child_shape",
    "compile_expression",
    "conjuncts",
    "declare",
    "enumerable",
    "evaluate",
    "line_shape",
    "result_shape",
    "result_type",
    "value_type",
    "with_column",
]
