"""Expressions of the modèles: CEL behind a port of ours (`declare`, `compile`, `evaluate`)."""

from workflows.engine.expressions.errors import ExpressionError
from workflows.engine.expressions.port import (
    Expression,
    Types,
    compile,
    declare,
    enumerable,
    evaluate,
    result_type,
)

__all__ = [
    "Expression",
    "ExpressionError",
    "Types",
    "compile",
    "declare",
    "enumerable",
    "evaluate",
    "result_type",
]
