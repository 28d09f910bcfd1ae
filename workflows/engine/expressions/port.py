"""The port over the CEL library: declare types, compile and check an expression, evaluate it.

The library is used twice. A first environment knows the exact types (generated protobuf messages) and only checks.
A second one, untyped, evaluates the checked tree over plain dictionaries, where a missing key is an error and never
a default value (an unset message field would read as 0, "" or 1970). Between the two, `checks` adds our own rules.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cel_expr_python import cel  # type: ignore[import-untyped]
from google.protobuf import descriptor_pb2, descriptor_pool, timestamp_pb2

from workflows.engine.expressions import dates, lists
from workflows.engine.expressions.checks import FILLED, STANDARD, Checker, Reads
from workflows.engine.expressions.errors import ExpressionError
from workflows.engine.expressions.messages import a_date, translate
from workflows.engine.expressions.shapes import (
    ABSENT,
    OPAQUE,
    RATE,
    TEXT,
    Field,
    Kind,
    Shape,
    Signature,
    check_key,
    from_schema,
    grouped,
    list_of,
    misfit,
    object_of,
    signature_of,
    to_python,
    to_state,
    written,
    written_name,
)
from workflows.engine.expressions.syntax import Tree

MAX_LENGTH = 1000
MAX_CACHED = 2000
CHILDREN = "enfants"
LINE = "ligne"
"""The line under consideration, where an expression is about one of them."""
_F = descriptor_pb2.FieldDescriptorProto
_TIMESTAMP = "google.protobuf.Timestamp"
_RATE, _OPAQUE = "elaska.Taux", "elaska.Opaque"


@dataclass(frozen=True, eq=False)
class Types:
    """What expressions may read and call. Built once per published modèle by `declare`; shared by threads."""

    roots: Mapping[str, Field]
    functions: Mapping[str, Signature]
    structs: Mapping[str, tuple[str, Shape]]
    there: frozenset[str]
    """Roots that are always there, be they empty: the collections."""
    checker: Any = field(repr=False)
    runner: Any = field(repr=False)
    cache: dict[tuple[str, str | None, frozenset[str]], Expression] = field(default_factory=dict, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def field(self, path: str) -> Field | None:
        """Type of « namespace.key.key », or None when nothing has that name. `optional`: somewhere it may miss."""
        first, *rest = path.split(".")
        found = self.roots.get(first)
        for key in rest:
            inside = found.shape.fields.get(key) if found is not None else None
            found = Field(inside.shape, inside.optional or found.optional) if inside and found else None
        return found


@dataclass(frozen=True, eq=False)
class Expression:
    """A checked expression.

    `reads`: every value it may read (« declaration.date_fin », « declaration.enfants[].age »). `needs`: those it reads
    without having tested, by `has`, that their namespace is there: they must exist when it is evaluated.
    """

    source: str
    result: Shape
    reads: frozenset[str]
    needs: frozenset[str]
    implied: frozenset[str]
    """Namespaces and fields known to be there once it has given true."""
    tests: frozenset[str]
    """What it looks for with `has`."""
    shapes: Mapping[str, Shape] = field(repr=False)
    wanted: Reads = field(repr=False)
    types: Types = field(repr=False)
    program: Any = field(repr=False)

    @property
    def result_type(self) -> str:
        """French name of the type of the result."""
        return self.result.label

    @property
    def may_lack(self) -> bool:
        """It is one call to a function that may give nothing."""
        called = _CALL.match(self.source)
        signature = self.types.functions.get(called[1]) if called is not None else None
        return signature is not None and signature.result.optional


# --- Declaration


def declare(
    forms: Mapping[str, Mapping[str, Any]],
    variables: Mapping[str, str | Mapping[str, Any]] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    lines: Mapping[str, Shape] | None = None,
    line: str | None = None,
    children: Mapping[str, Shape] | None = None,
) -> Types:
    """Types of the expressions of one modèle.

    `forms`: JSON Schema of each namespace. `variables`: other names, « group.name » or plain, with a written type
    (« date », « entier? » …) or a JSON Schema. `functions`: the registry of calculations, annotated; they must be pure.
    `lines`: shape of one line of each collection; `line`: the collection one line of which is read as « ligne ».
    `children`: shape of a child of each étape that opens some, read as « enfants.etape ».
    Raises ExpressionError for a key, type or signature that expressions could not use.
    """
    roots: dict[str, Field] = {}
    for namespace, schema in forms.items():
        check_key(namespace, "formulaires")
        roots[namespace] = Field(object_of(from_schema(schema, namespace).fields), optional=False)
    for name, kind in (variables or {}).items():
        found = written(kind) if isinstance(kind, str) else Field(from_schema(kind, name), optional=False)
        _place(roots, name.split("."), found)
    there = frozenset(lines or ()) | ({LINE} if line else frozenset())
    for name, shape in (lines or {}).items():
        check_key(name, "collections")
        if name in roots or name == LINE:
            raise ExpressionError("cle_invalide", f"La collection « {name} » porte un nom déjà pris.")
        roots[name] = Field(list_of(shape), optional=False)
    if line is not None and lines is not None:
        roots[LINE] = Field(lines[line], optional=False)
    if children:
        there |= {CHILDREN}
        lists_of = {key: Field(list_of(shape), optional=False) for key, shape in children.items()}
        roots[CHILDREN] = Field(object_of(lists_of), optional=False)
    signatures = {
        name: signature_of(name, function)
        for name, function in {**dates.FUNCTIONS, **lists.FUNCTIONS, **(functions or {})}.items()
    }
    for name in signatures:
        if name in STANDARD or name in roots:
            raise ExpressionError("cle_invalide", f"La fonction « {name} » porte un nom déjà pris.")
    return _build(roots, signatures, there)


def _place(roots: dict[str, Field], keys: list[str], found: Field) -> None:
    for key in keys:
        check_key(key, ".".join(keys))
    first, *rest = keys
    if not rest:
        roots[first] = found
        return
    group = roots.get(first, Field(object_of({}), optional=False))
    fields = dict(group.shape.fields)
    _place(fields, rest, found)
    roots[first] = Field(object_of(fields), group.optional)


def _build(roots: Mapping[str, Field], signatures: Mapping[str, Signature], there: frozenset[str]) -> Types:
    file = descriptor_pb2.FileDescriptorProto(
        name="elaska/types.proto",
        package="elaska",
        syntax="proto2",
        dependency=["google/protobuf/timestamp.proto"],
    )
    file.message_type.add(name="Taux")
    file.message_type.add(name="Opaque")
    structs: dict[str, tuple[str, Shape]] = {_RATE: ("taux", RATE), _OPAQUE: ("", OPAQUE)}

    def message(shape: Shape, path: str) -> str:
        name = f"elaska.Groupe{len(structs)}"
        structs[name] = (path, shape)
        described = file.message_type.add(name=name.removeprefix("elaska."))
        for number, (key, child) in enumerate(shape.fields.items(), start=1):
            entry = described.field.add(name=key, number=number, label=_F.LABEL_OPTIONAL)
            inner = child.shape
            if inner.kind is Kind.LIST:
                entry.label = _F.LABEL_REPEATED
                inner = inner.element or OPAQUE
            scalar = {Kind.BOOL: _F.TYPE_BOOL, Kind.INT: _F.TYPE_INT64, Kind.TEXT: _F.TYPE_STRING}.get(
                inner.kind
            )
            if scalar is not None:
                entry.type = scalar
            else:
                entry.type, entry.type_name = _F.TYPE_MESSAGE, f".{type_name(inner, f'{path}.{key}')}"
        return name

    def type_name(shape: Shape, path: str) -> str:
        if shape.kind is Kind.OBJECT:
            return message(shape, path)
        return {Kind.DATE: _TIMESTAMP, Kind.RATE: _RATE}.get(shape.kind, _OPAQUE)

    def cel_type(shape: Shape, path: str) -> Any:
        """A type of the library, the name of a message to come, or a list of one of these."""
        if shape.kind is Kind.LIST:
            return [cel_type(shape.element or OPAQUE, path)]
        plain = {
            Kind.BOOL: cel.Type.BOOL,
            Kind.INT: cel.Type.INT,
            Kind.TEXT: cel.Type.STRING,
            Kind.DATE: cel.Type.TIMESTAMP,
        }.get(shape.kind)
        return plain or type_name(shape, path)

    variables = {name: cel_type(root.shape, name) for name, root in roots.items()}
    # Before the pool takes the messages: a result may be a group of its own.
    results = {name: cel_type(known.result.shape, name) for name, known in signatures.items()}
    pool = descriptor_pool.DescriptorPool()
    timestamp = descriptor_pb2.FileDescriptorProto()
    timestamp_pb2.DESCRIPTOR.CopyToProto(timestamp)
    pool.Add(timestamp)
    pool.Add(file)

    def finished(kind: Any) -> Any:
        if isinstance(kind, list):
            return cel.Type.List(finished(kind[0]))
        return cel.Type(kind) if isinstance(kind, str) else kind

    typed, untyped = [], []
    for signature in signatures.values():
        call = _callable(signature)
        arities = range(signature.minimum, len(signature.parameters) + 1)
        kinds = [
            # Groups are compared by their fields (`checks`): the library only knows them by name.
            cel.Type.DYN if grouped(parameter.shape) else finished(cel_type(parameter.shape, signature.name))
            for parameter in signature.parameters
        ]
        result = finished(results[signature.name])
        typed.append(_function(signature.name, [(kinds[:arity], result) for arity in arities], call))
        untyped.append(
            _function(signature.name, [([cel.Type.DYN] * arity, cel.Type.DYN) for arity in arities], call)
        )
    checker = cel.NewEnv(
        descriptor_pool=pool,
        variables={name: finished(kind) for name, kind in variables.items()},
        extensions=[cel.CelExtension("elaska", typed)],
    )
    runner = cel.NewEnv(
        variables=dict.fromkeys(roots, cel.Type.DYN), extensions=[cel.CelExtension("elaska", untyped)]
    )
    return Types(roots, signatures, structs, there, checker, runner)


def _function(name: str, overloads: list[tuple[list[Any], Any]], call: Callable[..., Any]) -> Any:
    return cel.FunctionDecl(
        name,
        [
            cel.Overload(f"elaska_{name}_{len(parameters)}", result, parameters, False, call)
            for parameters, result in overloads
        ],
    )


_failure = threading.local()
_CALL = re.compile(r"^\s*([a-z_][a-z0-9_]*)\([^()]*\)\s*$")


def _callable(signature: Signature) -> Callable[..., Any]:
    """What the library calls: converts dates and rates, and keeps the reason when the function refuses.

    The library would turn an exception into a text with no name; the reason is left where `evaluate` finds it.
    """

    def fail(message: str) -> Exception:
        _failure.reason = _failure.reason or message
        return ValueError("refus")

    def call(*values: Any) -> Any:
        arguments: list[Any] = []
        for value, name, parameter in zip(values, signature.names, signature.parameters, strict=False):
            if isinstance(value, str) and value == ABSENT:
                if not parameter.optional:
                    raise fail(f"« {signature.name} » : « {name} » manque.")
                arguments.append(None)
            else:
                arguments.append(to_python(value, parameter.shape))
        try:
            result = signature.call(**dict(zip(signature.names, arguments, strict=False)))
        except Exception as error:
            # Only the sentences of our own refusals are for people; anything else could carry personal data.
            _failure.said = str(error) if isinstance(error, ValueError) else ""
            detail = _failure.said or "le calcul a échoué."
            raise fail(f"« {signature.name} » : {detail}") from error
        if result is None:
            _failure.absent = True
            raise fail(f"« {signature.name} » ne donne pas de résultat pour ces données.")
        return to_state(result, signature.result.shape, signature.name)

    return call


# --- Compilation


def compile_expression(
    source: str, types: Types, expects: str | None = None, given: Expression | None = None
) -> Expression:
    """Check an expression and make it ready to evaluate.

    `expects`: written type of the result (« booleen », « date », « texte » …); with « ? », a bare field that may be
    absent is accepted and evaluates to None. `given`: a condition that is true whenever this one is evaluated (the
    `si` of the same item): what it tests with `has` may be read. Raises ExpressionError with line and column, a
    French reason and remedy.
    """
    implied = (given.implied if given is not None else frozenset()) | types.there
    key = (source, expects, implied)
    cached = types.cache.get(key)
    if cached is not None:
        return cached
    expression = _compile(source, types, written(expects) if expects else None, implied)
    with types.lock:
        if len(types.cache) >= MAX_CACHED:
            types.cache.clear()
        types.cache[key] = expression
    return expression


def _compile(source: str, types: Types, expected: Field | None, implied: frozenset[str]) -> Expression:
    if not source.strip():
        raise ExpressionError(
            "vide", "L’expression est vide.", remedy="Écrivez une condition, ou retirez la clé."
        )
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            "trop_longue",
            f"L’expression a {len(source)} caractères, au-delà de {MAX_LENGTH}.",
            remedy="Coupez-la en plusieurs, ou demandez un calcul nommé.",
        )
    try:
        compiled = types.checker.compile(source)
    except (RuntimeError, ValueError) as error:
        shapes = {name: root.shape for name, root in types.roots.items()}
        raise translate(error, source, shapes, types.structs, types.functions) from None
    tree = Tree.read(compiled.serialize())
    checker = Checker(tree, types.roots, types.structs, types.functions, _valid_pattern)
    result = checker.shape(tree.root)
    _check_expected(checker, result, expected, source)
    known = checker.check(expected, implied)
    _check_result(checker, result)
    return Expression(
        source=source,
        result=result,
        reads=frozenset(checker.read_paths),
        needs=frozenset(checker.needs),
        implied=known,
        tests=frozenset(checker.tests),
        shapes=checker.read_paths,
        wanted=checker.reads,
        types=types,
        program=types.runner.deserialize(tree.write()),
    )


def _check_expected(checker: Checker, result: Shape, expected: Field | None, source: str) -> None:
    if expected is None:
        return
    reason = misfit(result, expected.shape)
    if reason is not None and grouped(expected.shape) and grouped(result):
        raise checker.refuse(
            "type_du_resultat", checker.tree.root, f"Ces lignes ne conviennent pas : {reason}."
        )
    if reason is not None:
        remedy = f"Employez une valeur de type {expected.shape.label}."
        if expected.shape.kind is Kind.DATE and (written := a_date(source)):
            remedy = f"Une date constante s’écrit {written}."
        if expected.shape.kind is Kind.BOOL:
            remedy = "Complétez par une comparaison."
        message = (
            f"Cette expression donne un résultat de type {result.label} ; il faut : {expected.shape.label}."
        )
        raise checker.refuse("type_du_resultat", checker.tree.root, message, remedy)


def _check_result(checker: Checker, result: Shape) -> None:
    inner = result.element if result.kind is Kind.LIST else result
    if inner is None or inner.kind is Kind.OPAQUE:
        raise checker.refuse(
            "type_du_resultat",
            checker.tree.root,
            "Cette valeur ne s’emploie pas comme résultat d’une expression.",
        )


_PATTERNS = cel.NewEnv(variables={"motif": cel.Type.STRING})
_PATTERN = _PATTERNS.compile('"".matches(motif)')


def _valid_pattern(pattern: str) -> bool:
    return bool(_PATTERN.eval(data={"motif": pattern}).type() == cel.Type.BOOL)


# --- Evaluation


def evaluate(expression: Expression, data: Mapping[str, Any]) -> Any:
    """Value of an expression over the démarche's data, `{namespace: {key: value}}`.

    Gives bool, int, str, date, Decimal, a list, or None (only where an absent value was accepted). Only what the
    expression reads is given to the library. Raises ExpressionError: `donnee_absente` naming what is missing,
    `valeur_invalide`, `calcul_refuse`, `sans_resultat` (a function gives nothing), `division_par_zero`,
    `nombre_trop_grand`, `trop_couteuse`, `element_absent`.
    """
    values = {
        name: _select(root, data.get(name), expression.wanted.below[name], name)
        for name, root in expression.types.roots.items()
        if name in expression.wanted.below
    }
    present = {name: value for name, value in values.items() if value is not None}
    _failure.reason, _failure.said, _failure.absent = None, "", False
    try:
        result = expression.program.eval(data=present)
        failed = result.type() == cel.Type.ERROR
        plain = result.plain_value()
    except (RuntimeError, MemoryError) as error:
        failed, plain = True, str(error)
    if failed:
        raise _refusal(expression, data, str(plain))
    if isinstance(plain, str) and plain == ABSENT:
        return None
    return to_python(plain, expression.result)


def _select(root: Field, value: Any, wanted: Reads, path: str) -> Any:
    """The part of the data that the expression reads, in the library's own types; None when it is absent."""
    shape = root.shape
    if shape.kind is Kind.OBJECT and isinstance(value, Mapping | None):
        if value is None:
            return {}
        return {**_pick(shape, value, wanted, path), FILLED: True}
    return None if value is None else _pick(shape, value, wanted, path)


def _pick(shape: Shape, value: Any, wanted: Reads, path: str) -> Any:
    if wanted.whole:
        return to_state(value, shape, path)
    if shape.kind is Kind.OBJECT and isinstance(value, Mapping):
        return {
            key: _pick(shape.fields[key].shape, value[key], inside, f"{path}.{key}")
            for key, inside in wanted.below.items()
            if key in shape.fields and value.get(key) is not None
        }
    if shape.kind is Kind.LIST and isinstance(value, list | tuple) and "[]" in wanted.below and shape.element:
        inside = wanted.below["[]"]
        return [_pick(shape.element, item, inside, f"{path}[{index}]") for index, item in enumerate(value)]
    return to_state(value, shape, path)


def _refusal(expression: Expression, data: Mapping[str, Any], error: str) -> ExpressionError:
    """Named refusal for an error of the library."""
    if _failure.reason:
        code = "sans_resultat" if _failure.absent else "calcul_refuse"
        return ExpressionError(code, _failure.reason, said=_failure.said)
    missing = [path for path in sorted(expression.reads) if _missing(data, path)]
    if "not found" in error.lower() or "No value with name" in error:
        names = ", ".join(f"« {path} »" for path in missing) or "une donnée"
        return ExpressionError(
            "donnee_absente",
            f"L’expression « {expression.source} » lit {names}, qui n’est pas renseigné.",
            remedy="Renseignez cette donnée, ou testez-la avec has(…).",
        )
    named = {
        "divide by zero": ("division_par_zero", "divise par zéro"),
        "modulus by zero": ("division_par_zero", "divise par zéro"),
        "overflow": ("nombre_trop_grand", "donne un nombre trop grand"),
        "budget": ("trop_couteuse", "demande trop de calculs"),
        "bad_alloc": ("trop_couteuse", "demande trop de mémoire"),
        "Index error": ("element_absent", "prend un élément que la liste n’a pas"),
    }
    for sign, (code, text) in named.items():
        if sign in error:
            return ExpressionError(code, f"L’expression « {expression.source} » {text}.")
    return ExpressionError(
        "evaluation_impossible", f"L’expression « {expression.source} » n’a pas de résultat."
    )


def _missing(data: Any, path: str) -> bool:
    for key in path.split("[]")[0].split("."):
        data = data.get(key) if isinstance(data, Mapping) else None
        if data is None:
            return True
    return False


# --- Lines of a collection


def line_shape(schema: Mapping[str, Any], path: str, statuts: Sequence[str]) -> Shape:
    """Shape of one line: its id, the fields of its form, and its status when it has one of `statuts`.

    Raises ExpressionError when the form has a field of one of these names.
    """
    fields = dict(from_schema(schema, path).fields)
    own = {"id": Field(TEXT, optional=False)}
    if statuts:
        own["statut"] = Field(Shape(Kind.TEXT, tuple(statuts)), optional=False)
    for name in ("id", "statut"):
        if name in fields:
            raise ExpressionError(
                "cle_invalide",
                f"Le formulaire de « {path} » a un champ « {name} », nom que toute ligne porte déjà.",
                remedy="Donnez un autre nom à ce champ.",
            )
    return object_of({**own, **fields})


def child_shape(outputs: Mapping[str, Shape]) -> Shape:
    """Shape of a child démarche as its parent reads it: what it gives may not be there yet."""
    cycles = ("ouverte", "suspendue", "terminee", "annulee", "refusee")
    own = {
        "ligne": Field(TEXT, optional=False),
        "titre": Field(TEXT, optional=False),
        "statut": Field(TEXT, optional=False),
        "cycle": Field(Shape(Kind.TEXT, cycles), optional=False),
    }
    return object_of({**{name: Field(shape, optional=True) for name, shape in outputs.items()}, **own})


def with_column(line: Shape, name: str, column: Expression) -> Shape:
    """A line with one more computed column; it may be absent when what it reads may not be there yet."""
    return object_of(
        {**line.fields, name: Field(column.result, optional=bool(column.needs) or column.may_lack)}
    )


def value_type(expression: Expression) -> str:
    """Written type of a single value, for `declare(variables=…)`. Raises ExpressionError for lines or lists."""
    if expression.result.kind in (Kind.LIST, Kind.OBJECT):
        raise ExpressionError(
            "type_du_resultat",
            "Un calcul donne une seule valeur : un nombre, une date, un texte, un oui ou non.",
            remedy="Employez somme(…), plus_tot(…), size(…) ou exists(…).",
        )
    return written_name(expression.result)


# --- For the verifier


def enumerable(expression: Expression) -> dict[str, list[str | int | bool]]:
    """The enumerated and boolean data an expression reads, with every value each can take."""
    found: dict[str, list[str | int | bool]] = {}
    for path, shape in expression.shapes.items():
        if shape.kind is Kind.BOOL:
            found[path] = [False, True]
        elif shape.values:
            found[path] = list(shape.values)
    return found


def result_type(function: Callable[..., Any]) -> str:
    """Written type of what a function of the registry gives, for `declare(variables=…)`; « ? » when it may be None.

    Raises ExpressionError when its annotations are unusable.
    """
    result = signature_of(function.__name__, function).result
    return written_name(result.shape) + ("?" if result.optional else "")


def argument_types(function: Callable[..., Any]) -> dict[str, str]:
    """Written type of each parameter of a function of the registry; « ? » when it accepts an absent value."""
    signature = signature_of(function.__name__, function)
    return {
        name: written_name(parameter.shape) + ("?" if parameter.optional else "")
        for name, parameter in zip(signature.names, signature.parameters, strict=True)
    }


def result_shape(function: Callable[..., Any]) -> Shape:
    """Shape of what a function gives. Raises ExpressionError when its annotations are unusable."""
    return signature_of(function.__name__, function).result.shape
