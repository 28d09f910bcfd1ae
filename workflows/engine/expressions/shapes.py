"""The one table of types: JSON Schema, Python annotations and written types → what expressions know of a value.

| in a form                                    | in an expression | in the state                 |
| -------------------------------------------- | ---------------- | ---------------------------- |
| integer (money: cents)                       | entier           | int                          |
| string                                       | texte            | str                          |
| string with `enum`, `const` or titled `oneOf`| texte, its values are known and checked | str   |
| string, `format: date`                       | date             | ISO text « 2026-03-12 »      |
| string, `format: decimal` (a rate)           | taux             | decimal text « 0.1025 »      |
| boolean                                      | booleen          | bool                         |
| array                                        | liste<…>         | list                         |
| object with properties                       | object           | dict                         |
| lines of a collection                        | liste<groupe<…>> | list of dicts                |
| anything else (number, date-time, free form) | opaque: may be tested with `has`, nothing more  | as is |

Dates stay ISO text at run time: CEL compares them as text, which for this format is the order of the calendar, so
no time zone ever enters. The type checker knows them as a type of their own and refuses to mix them with text.
"""

from __future__ import annotations

import inspect
import re
import types as python_types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from workflows.engine.expressions.errors import ExpressionError

KEY = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
RESERVED = frozenset(
    (
        *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if"),
        *("import", "let", "loop", "package", "namespace", "return", "var", "void", "while", "has"),
    )
)
MAX_DEPTH = 6
ABSENT = "\x02absent\x03"
"""Stands for a missing value where a function accepts one; no data can have it."""
_ISO_DATE = re.compile(r"\A\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_WRITTEN = re.compile(r"^(?P<name>[a-z]+)(?:<(?P<inner>.+)>)?$")


class Kind(Enum):
    """What sort of value it is; the text is the French name used in messages."""

    BOOL = "booléen (vrai ou faux)"
    INT = "entier"
    TEXT = "texte"
    DATE = "date"
    RATE = "taux"
    LIST = "liste"
    OBJECT = "groupe de champs"
    OPAQUE = "valeur non utilisable dans une expression"


@dataclass(frozen=True)
class Field:
    """One key of an object. `optional`: it may be absent even when the object is there."""

    shape: Shape
    optional: bool


@dataclass(frozen=True)
class Shape:
    """Type of a value. `values`: every value it can take, when they are enumerated."""

    kind: Kind
    values: tuple[str | int, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    element: Shape | None = None

    @property
    def label(self) -> str:
        """French name for messages."""
        if self.kind is Kind.LIST and self.element is not None:
            return f"liste de {self.element.label}"
        return self.kind.value


BOOL = Shape(Kind.BOOL)
INT = Shape(Kind.INT)
TEXT = Shape(Kind.TEXT)
DATE = Shape(Kind.DATE)
RATE = Shape(Kind.RATE)
OPAQUE = Shape(Kind.OPAQUE)


def list_of(element: Shape) -> Shape:
    return Shape(Kind.LIST, element=element)


def object_of(fields: Mapping[str, Field]) -> Shape:
    return Shape(Kind.OBJECT, fields=dict(fields))


_NAMES = {"booleen": BOOL, "entier": INT, "montant": INT, "texte": TEXT, "date": DATE, "taux": RATE}


def written(text: str) -> Field:
    """Type written as text: « date », « entier? » (may be absent), « liste<texte> », « choix<cdi|cdd> »."""
    optional = text.endswith("?")
    match = _WRITTEN.match(text[:-1] if optional else text)
    name, inner = (match["name"], match["inner"]) if match else ("", None)
    if inner is None and name in _NAMES:
        return Field(_NAMES[name], optional)
    if inner is not None and name == "liste":
        return Field(list_of(written(inner).shape), optional)
    if inner is not None and name == "choix":
        return Field(Shape(Kind.TEXT, values=tuple(inner.split("|"))), optional)
    if inner is not None and name == "groupe":
        parts = [part.partition(":") for part in _split(inner)]
        return Field(object_of({key: written(kind) for key, _, kind in parts}), optional)
    known = ", ".join(sorted(_NAMES))
    raise ExpressionError(
        "type_inconnu",
        f"Le type « {text} » n’existe pas.",
        remedy=f"Types connus : {known}, liste<…>, choix<…|…> ; « ? » à la fin pour une valeur qui peut manquer.",
    )


def _split(text: str) -> list[str]:
    """The parts of a text between « ; », outside angle brackets."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "<") - (character == ">")
        if character == ";" and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def written_name(shape: Shape) -> str:
    """The written type of a shape: what `written` reads back."""
    if shape.kind is Kind.LIST and shape.element is not None:
        return f"liste<{written_name(shape.element)}>"
    if shape.kind is Kind.OBJECT:
        parts = (f"{key}:{written_name(f.shape)}{'?' * f.optional}" for key, f in shape.fields.items())
        return f"groupe<{';'.join(parts)}>"
    if shape.values:
        return f"choix<{'|'.join(str(value) for value in shape.values)}>"
    names = {
        Kind.BOOL: "booleen",
        Kind.INT: "entier",
        Kind.TEXT: "texte",
        Kind.DATE: "date",
        Kind.RATE: "taux",
    }
    return names[shape.kind]


def misfit(given: Shape, wanted: Shape) -> str | None:
    """Why a value of one shape cannot serve where another is wanted, in French; None when it can.

    Groups are compared by their fields: one that has more than what is wanted serves too.
    """
    if given.kind is Kind.LIST and wanted.kind is Kind.LIST and given.element and wanted.element:
        return misfit(given.element, wanted.element)
    if given.kind is not wanted.kind:
        return f"il faut : {wanted.label}, et non : {given.label}"
    for key, field_ in wanted.fields.items():
        found = given.fields.get(key)
        if found is None or (found.optional and not field_.optional):
            if not field_.optional:
                return f"il y manque « {key} »" + (", qui peut être absent" if found else "")
            continue
        if (reason := misfit(found.shape, field_.shape)) is not None:
            return f"« {key} » : {reason}"
    return None


def grouped(shape: Shape) -> bool:
    """A group of fields, or a list of them."""
    return shape.kind is Kind.OBJECT or (shape.element is not None and grouped(shape.element))


def check_key(key: str, path: str) -> None:
    """Refuse a name that an expression could not write."""
    if not KEY.match(key) or key in RESERVED:
        raise ExpressionError(
            "cle_invalide",
            f"La clé « {key} » ({path}) ne peut pas s’écrire dans une expression.",
            remedy="Une clé a des minuscules sans accent, des chiffres et « _ », et n’est pas un mot réservé.",
        )


# --- JSON Schema


def from_schema(schema: Mapping[str, Any], path: str) -> Shape:
    """Shape of a JSON Schema. Properties found under a condition (`then`, `oneOf`, `dependencies` …) are optional.

    Raises ExpressionError when a key could not be written in an expression or a `$ref` leads nowhere.
    """
    return _shape(schema, schema, path, 0).shape


def _resolve(schema: Any, root: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    seen = 0
    while isinstance(schema, Mapping) and "$ref" in schema:
        reference, seen = str(schema["$ref"]), seen + 1
        target: Any = root
        if not reference.startswith("#/") or seen > 20:
            raise ExpressionError(
                "reference_inconnue", f"« {path} » renvoie à « {reference} », hors du formulaire."
            )
        for part in reference[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            target = target.get(key) if isinstance(target, Mapping) else None
        if not isinstance(target, Mapping):
            raise ExpressionError(
                "reference_inconnue", f"« {path} » renvoie à « {reference} », qui n’existe pas."
            )
        schema = target
    return schema if isinstance(schema, Mapping) else {}


def _shape(schema: Any, root: Mapping[str, Any], path: str, depth: int) -> Field:
    """Shape of a schema; `optional` says that the value may be null."""
    schema = _resolve(schema, root, path)
    declared = schema.get("type")
    names = list(declared) if isinstance(declared, list) else [declared]
    nullable = "null" in names
    names = [name for name in names if name != "null"]
    name = names[0] if len(names) == 1 else None
    if depth > MAX_DEPTH:
        return Field(OPAQUE, nullable)
    if name == "object" or (name is None and "properties" in schema):
        fields = _properties(schema, root, path, depth)
        return Field(object_of(fields) if fields else OPAQUE, nullable)
    if name == "array":
        items = schema.get("items")
        element = _shape(items, root, f"{path}[]", depth + 1).shape if isinstance(items, Mapping) else OPAQUE
        return Field(list_of(element), nullable)
    values = _values(schema)
    if name == "boolean":
        return Field(BOOL, nullable)
    if name == "integer":
        return Field(Shape(Kind.INT, tuple(v for v in values if isinstance(v, int))), nullable)
    if name == "string" or (name is None and values and all(isinstance(value, str) for value in values)):
        special = {"date": DATE, "decimal": RATE, "date-time": OPAQUE}.get(str(schema.get("format")))
        return Field(special or Shape(Kind.TEXT, values), nullable)
    return Field(OPAQUE, nullable)


def _values(schema: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Enumerated values: `enum`, `const`, or `oneOf`/`anyOf` made of constants with titles."""
    if isinstance(schema.get("enum"), list):
        return tuple(value for value in schema["enum"] if isinstance(value, str | int))
    if isinstance(schema.get("const"), str | int):
        return (schema["const"],)
    for key in ("oneOf", "anyOf"):
        choices = schema.get(key)
        if (
            isinstance(choices, list)
            and choices
            and all(isinstance(c, Mapping) and "const" in c for c in choices)
        ):
            return tuple(choice["const"] for choice in choices if isinstance(choice["const"], str | int))
    return ()


def _properties(
    schema: Mapping[str, Any], root: Mapping[str, Any], path: str, depth: int
) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    required: set[str] = set()
    for part, conditional in _parts(schema, root, path, conditional=False, depth=0):
        if not conditional:
            required.update(str(key) for key in part.get("required", ()))
        for key, child in (part.get("properties") or {}).items():
            check_key(str(key), path)
            found = _shape(child, root, f"{path}.{key}", depth + 1)
            fields[key] = (
                _merge(fields[key], found) if key in fields else replace(found, optional=found.optional)
            )
    return {
        key: replace(value, optional=value.optional or key not in required) for key, value in fields.items()
    }


def _parts(
    schema: Mapping[str, Any], root: Mapping[str, Any], path: str, *, conditional: bool, depth: int
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """The schema and its applicators, with whether each of them applies only under a condition."""
    schema = _resolve(schema, root, path)
    if not schema or depth > MAX_DEPTH:
        return
    yield schema, conditional
    for part in schema.get("allOf", ()):
        yield from _parts(part, root, path, conditional=conditional, depth=depth + 1)
    branches: list[Any] = [schema.get("then"), schema.get("else")]
    for key in ("anyOf", "oneOf"):
        branches.extend(schema.get(key, ()))
    for key in ("dependentSchemas", "dependencies"):
        branches.extend((schema.get(key) or {}).values())
    for branch in branches:
        if isinstance(branch, Mapping):
            yield from _parts(branch, root, path, conditional=True, depth=depth + 1)


def _merge(first: Field, other: Field) -> Field:
    """One property described twice: the first description holds, a conditional one may only make it more precise."""
    optional = first.optional or other.optional
    if first.shape.kind is Kind.OBJECT and other.shape.kind is Kind.OBJECT:
        fields = dict(first.shape.fields)
        for key, value in other.shape.fields.items():
            fields[key] = _merge(fields[key], value) if key in fields else replace(value, optional=True)
        return Field(object_of(fields), optional)
    if first.shape.kind is Kind.OPAQUE:
        return Field(other.shape, optional)
    if other.shape.kind in (Kind.OPAQUE, first.shape.kind) or first.shape.kind is Kind.DATE:
        return Field(first.shape, optional)
    if first.shape.kind is Kind.TEXT and other.shape.kind in (Kind.DATE, Kind.RATE):
        return Field(other.shape, optional)
    return Field(OPAQUE, optional)


# --- Python annotations


@dataclass(frozen=True)
class Signature:
    """A function an expression may call. A parameter's `optional` says that it takes an absent value (None)."""

    name: str
    parameters: tuple[Field, ...]
    names: tuple[str, ...]
    minimum: int
    """Number of parameters without a default value."""
    result: Field
    call: Callable[..., Any]


def from_annotation(annotation: Any, where: str) -> Field:
    """Shape of a Python annotation: bool, int, str, date, Decimal, Literal, an enum of texts, lists, X | None, and
    TypedDict for the lines of a collection."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, python_types.UnionType):
        others = [argument for argument in arguments if argument is not type(None)]
        if len(others) == 1 and len(others) < len(arguments):
            return replace(from_annotation(others[0], where), optional=True)
    elif origin is Literal and all(isinstance(value, str) for value in arguments):
        return Field(Shape(Kind.TEXT, tuple(arguments)), optional=False)
    elif is_typeddict(annotation):
        hints = get_type_hints(annotation, include_extras=True)
        return Field(object_of({key: _member(hint, f"{where}.{key}") for key, hint in hints.items()}), False)
    elif origin in (list, Sequence, tuple) and arguments and set(arguments[1:]) <= {...}:
        return Field(list_of(from_annotation(arguments[0], where).shape), optional=False)
    elif isinstance(annotation, type) and issubclass(annotation, Enum) and issubclass(annotation, str):
        return Field(Shape(Kind.TEXT, tuple(str(member.value) for member in annotation)), optional=False)
    else:
        plain = {bool: BOOL, int: INT, str: TEXT, date: DATE, Decimal: RATE}.get(annotation)
        if plain is not None:
            return Field(plain, optional=False)
    raise ExpressionError(
        "fonction_non_typee",
        f"Le type « {annotation} » de {where} n’est pas utilisable dans une expression.",
        remedy="Annotez avec bool, int, str, date, Decimal, Literal, une énumération, une liste, un TypedDict.",
    )


def _member(hint: Any, where: str) -> Field:
    if get_origin(hint) is NotRequired:
        return replace(from_annotation(get_args(hint)[0], where), optional=True)
    return from_annotation(hint, where)


@lru_cache(maxsize=1024)
def signature_of(name: str, function: Callable[..., Any]) -> Signature:
    """Signature of a function of the registry, from its annotations. Read once: a modèle declares them many times.

    Raises ExpressionError for a missing or unusable annotation, or a name an expression could not write.
    """
    check_key(name, "fonction")
    hints = get_type_hints(function)
    fields: list[Field] = []
    names: list[str] = []
    minimum = 0
    for parameter in inspect.signature(function).parameters.values():
        where = f"« {parameter.name} » dans « {name} »"
        if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            if parameter.default is not inspect.Parameter.empty:
                continue
            raise ExpressionError(
                "fonction_non_typee", f"Le paramètre {where} doit pouvoir être positionnel."
            )
        fields.append(from_annotation(hints.get(parameter.name), where))
        names.append(parameter.name)
        minimum += parameter.default is inspect.Parameter.empty
    result = from_annotation(hints.get("return"), f"résultat de « {name} »")
    return Signature(name, tuple(fields), tuple(names), minimum, result, function)


# --- Values


def to_state(value: Any, shape: Shape, path: str) -> Any:
    """Value as expressions see it: dates and rates as text, the rest checked against its shape.

    Raises ExpressionError « valeur_invalide » when the value is not of its type.
    """
    kind = shape.kind
    if kind is Kind.DATE:
        if type(value) is date:
            return value.isoformat()
        if isinstance(value, str) and _ISO_DATE.match(value):
            try:
                return date.fromisoformat(value).isoformat()
            except ValueError:
                pass
    elif kind is Kind.RATE:
        try:
            if isinstance(value, str | Decimal) and Decimal(value).is_finite():
                return str(value)
        except InvalidOperation:
            pass
    elif kind is Kind.INT:
        if type(value) is int and -(2**63) <= value < 2**63:
            return value
    elif kind is Kind.BOOL:
        if type(value) is bool:
            return value
    elif kind is Kind.TEXT:
        if isinstance(value, str) and value != ABSENT:
            return str(value)
    elif kind is Kind.LIST and shape.element is not None:
        if isinstance(value, list | tuple):
            return [to_state(item, shape.element, f"{path}[{index}]") for index, item in enumerate(value)]
    elif kind is Kind.OBJECT:
        if isinstance(value, Mapping):
            return {
                key: to_state(value[key], child.shape, f"{path}.{key}")
                for key, child in shape.fields.items()
                if value.get(key) is not None
            }
    else:
        return ""
    raise ExpressionError(
        "valeur_invalide",
        f"« {path} » n’a pas la forme attendue ({shape.label}).",
        remedy="Corrigez cette donnée dans la démarche.",
    )


def to_python(value: Any, shape: Shape) -> Any:
    """Value for Python: dates as `date`, rates as `Decimal`, lists and objects alike."""
    if shape.kind is Kind.DATE:
        return date.fromisoformat(value)
    if shape.kind is Kind.RATE:
        return Decimal(value)
    if shape.kind is Kind.LIST and shape.element is not None:
        return [to_python(item, shape.element) for item in value]
    if shape.kind is Kind.OBJECT:
        return {
            key: to_python(item, shape.fields[key].shape)
            for key, item in value.items()
            if key in shape.fields
        }
    return value
