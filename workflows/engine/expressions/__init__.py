"""Expressions of the modèles: CEL behind a port of ours (`declare`, `compile_expression`, `evaluate`)."""

from workflows.engine.expressions.errors import ExpressionError
from workflows.engine.expressions.port import (
    Expression,
    Types,
    argument_types,
    compile_expression,
    declare,
    enumerable,
    evaluate,
    result_type,
)

__all__ = [
    "Expression",
    "ExpressionError",
    "Types",
    "argument_types",
    "compile_expression",
    "declare",
    "enumerable",
    "evaluate",
    "result_type",
]
