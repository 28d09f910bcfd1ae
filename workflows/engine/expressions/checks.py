"""What the library does not check: presence of optional data, known values, allowed operations, size.

The same walk lists what an expression reads, and prepares the tree for evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.engine.expressions import dates, syntax
from workflows.engine.expressions.errors import ExpressionError
from workflows.engine.expressions.messages import a_date, profile, suggestion
from workflows.engine.expressions.shapes import (
    ABSENT,
    BOOL,
    DATE,
    INT,
    OPAQUE,
    TEXT,
    Field,
    Kind,
    Shape,
    Signature,
    grouped,
    list_of,
    misfit,
)
from workflows.engine.expressions.syntax import Tree

MAX_NODES = 300
MAX_LOOPS = 4
FILLED = "@present"
"""Key that every known group of data carries at run time; no field can have that name."""

_ORDER = frozenset(("_<_", "_<=_", "_>_", "_>=_"))
_ARITHMETIC = frozenset(("_-_", "_*_", "_/_", "_%_", "-_"))
_EQUALITY = frozenset(("_==_", "_!=_"))
_TEXT_METHODS = frozenset(("contains", "startsWith", "endsWith", "matches"))
_LOGIC = frozenset(("_&&_", "_||_", "!_", "_?_:_", "@not_strictly_false"))
_OTHERS = frozenset(("@in", "_[_]", "_+_", "size", "string"))
STANDARD = _ORDER | _ARITHMETIC | _EQUALITY | _TEXT_METHODS | _LOGIC | _OTHERS
_COMPARABLE = (Kind.BOOL, Kind.INT, Kind.TEXT, Kind.DATE, Kind.LIST)

Facts = frozenset[str]


@dataclass(frozen=True)
class Path:
    """A place in the data. `fact` identifies it inside the expression, `keys` in the data (None: not data)."""

    fact: str
    shown: str
    shape: Shape
    keys: tuple[str, ...] | None
    optional: bool = False
    parent: Path | None = None

    @property
    def text(self) -> str:
        """How the expression writes it."""
        return re.sub(r"#\d+", "", self.fact)

    def chain(self) -> list[Path]:
        """From the root to this place."""
        return [*(self.parent.chain() if self.parent else []), self]

    def child(self, name: str) -> Path | None:
        found = self.shape.fields.get(name)
        if found is None:
            return None
        keys = None if self.keys is None else (*self.keys, name)
        return Path(f"{self.fact}.{name}", f"{self.shown}.{name}", found.shape, keys, found.optional, self)

    def element(self, fact: str) -> Path:
        keys = None if self.keys is None else (*self.keys, "[]")
        return Path(fact, f"{self.shown}[]", self.shape.element or OPAQUE, keys)


@dataclass
class Reads:
    """Which data to give to an evaluation: nested keys; `whole` when everything below is wanted."""

    whole: bool = False
    below: dict[str, Reads] = field(default_factory=dict)

    def add(self, keys: tuple[str, ...], *, whole: bool) -> None:
        node = self
        for key in keys:
            node = node.below.setdefault(key, Reads())
        node.whole = node.whole or whole


@dataclass(frozen=True)
class Outcome:
    """What is known to be present once an expression has given true, or false."""

    yes: Facts
    no: Facts


class Checker:
    """One walk over one tree."""

    def __init__(
        self,
        tree: Tree,
        roots: Mapping[str, Field],
        structs: Mapping[str, tuple[str, Shape]],
        functions: Mapping[str, Signature],
        valid_pattern: Callable[[str], bool],
    ) -> None:
        self.tree = tree
        self.roots = roots
        self.structs = structs
        self.functions = functions
        self.valid_pattern = valid_pattern
        self.reads = Reads()
        self.read_paths: dict[str, Shape] = {}
        self.needs: set[str] = set()
        self.tests: set[str] = set()
        self._edits: list[Callable[[], None]] = []
        self._loops = 0
        self._held: dict[int, Facts] = {}
        """What is known once the condition of a choice is true, by node."""
        self._kept: dict[int, Facts] = {}
        """What is known of the elements that a filter keeps, without their name, by node."""

    def check(self, expected: Field | None, given: Facts) -> Facts:
        """Refuse what must be, then prepare the tree for evaluation.

        `given`: what is known to be there; the result adds what is known once the expression has given true.
        """
        if sum(1 for _ in syntax.walk(self.tree.root)) > MAX_NODES:
            raise ExpressionError(
                "trop_longue",
                "Cette expression est trop compliquée.",
                remedy="Coupez-la en plusieurs, ou demandez un calcul nommé.",
            )
        root = self.tree.root
        if expected is not None:
            self._check_choice(root, {}, expected.shape, "possible ici")
        path = self._path(root, {}) if expected is not None and expected.optional else None
        if path is not None:
            self._tolerate(root, path, given)
            outcome = Outcome(given, given)
        else:
            outcome = self._visit(root, given, {})
        for edit in self._edits:
            edit()
        return frozenset(fact for fact in outcome.yes if "#" not in fact)

    def refuse(self, code: str, node: Any, message: str, remedy: str = "") -> ExpressionError:
        while node.WhichOneof("kind") == "select":
            node = node.select.operand
        line, column = self.tree.place(node)
        return ExpressionError(code, message, remedy=remedy, line=line, column=column)

    # --- shapes

    def shape(self, node: Any) -> Shape:
        """Shape of a node from its checked type."""
        return self._shape_of_type(self.tree.type_of(node))

    def _shape_of_type(self, type_: Any) -> Shape:
        kind = type_.WhichOneof("kind")
        if kind == "primitive":
            return {1: BOOL, 2: INT, 5: TEXT}.get(type_.primitive, OPAQUE)
        if kind == "well_known" and type_.well_known == 2:
            return DATE
        if kind == "list":
            return list_of(self._shape_of_type(type_.list.element))
        if kind == "message":
            return self.structs.get(type_.message, ("", OPAQUE))[1]
        return OPAQUE

    def _values(self, node: Any, env: Mapping[str, Path]) -> frozenset[str | int] | None:
        """Every value a node can take, when that is known."""
        kind = node.WhichOneof("kind")
        if kind == "const" and node.const.WhichOneof("kind") in ("string", "int"):
            return frozenset(
                [node.const.string if node.const.WhichOneof("kind") == "string" else node.const.int]
            )
        if kind == "call" and node.call.function == "_?_:_":
            yes, no = (self._values(branch, env) for branch in node.call.args[1:])
            return None if yes is None or no is None else yes | no
        if kind == "call" and node.call.function in self.functions:
            return frozenset(self.functions[node.call.function].result.shape.values) or None
        path = self._path(node, env)
        return frozenset(path.shape.values) or None if path is not None else None

    def _element_values(self, node: Any, env: Mapping[str, Path]) -> frozenset[str | int] | None:
        if node.WhichOneof("kind") == "list":
            each = [self._values(element, env) for element in node.list.elements]
            return None if None in each else frozenset().union(*(values for values in each if values))
        path = self._path(node, env)
        if path is None or path.shape.element is None:
            return None
        return frozenset(path.shape.element.values) or None

    # --- places

    def _path(self, node: Any, env: Mapping[str, Path]) -> Path | None:
        """The place in the data that a chain of names designates, if the node is one."""
        kind = node.WhichOneof("kind")
        if kind == "ident":
            name = node.ident.name
            if name in env:
                return env[name]
            root = self.roots.get(name)
            return None if root is None else Path(name, name, root.shape, (name,), root.optional)
        if kind == "select" and not node.select.test_only:
            operand = self._path(node.select.operand, env)
            return operand.child(node.select.field) if operand is not None else None
        if kind == "call" and node.call.function == "_[_]":
            operand = self._path(node.call.args[0], env)
            index = node.call.args[1]
            if operand is not None and index.WhichOneof("kind") == "const":
                inside = operand.element(f"{operand.fact}[{index.const.int}]")
                return Path(inside.fact, inside.shown, inside.shape, inside.keys, parent=operand)
        return None

    def _read(self, node: Any, path: Path, facts: Facts, *, tolerant: bool = False) -> None:
        for place in path.chain():
            if place.optional and place.fact not in facts and not tolerant:
                if place.parent is None:
                    raise self.refuse("peut_manquer", node, f"« {place.shown} » peut être absent.")
                raise self.refuse(
                    "peut_manquer",
                    node,
                    f"« {place.shown} » peut être absent.",
                    f"Écrivez has({place.text}) && … avant de le lire.",
                )
        if path.keys is None:
            return
        self.reads.add(path.keys, whole=path.shape.kind in (Kind.OBJECT, Kind.LIST))
        self.read_paths[path.shown] = path.shape
        root = path.chain()[0]
        if root.fact in self.roots and root.fact not in facts:
            self.needs.add(path.shown)

    def _presence(self, path: Path) -> Facts:
        return frozenset(place.fact for place in path.chain())

    # --- walk

    def _visit(self, node: Any, facts: Facts, env: Mapping[str, Path]) -> Outcome:
        kind = node.WhichOneof("kind")
        if kind == "const":
            return self._visit_const(node, facts)
        if kind in ("ident", "select"):
            return self._visit_place(node, facts, env)
        if kind == "call":
            return self._visit_call(node, facts, env)
        if kind == "list":
            for element in node.list.elements:
                self._visit(element, facts, env)
            if node.list.elements and self.shape(node).element in (None, OPAQUE):
                raise self.refuse("type", node, "Les éléments d’une liste doivent être du même type.")
            return Outcome(facts, facts)
        if kind == "loop":
            return self._visit_loop(node, facts, env)
        raise self.refuse(
            "interdit",
            node,
            "Les accolades ne s’emploient pas dans une expression.",
            "Employez une liste : [ … ].",
        )

    def _visit_const(self, node: Any, facts: Facts) -> Outcome:
        kind = node.const.WhichOneof("kind")
        if kind == "null":
            raise self.refuse(
                "interdit",
                node,
                "« null » ne s’emploie pas dans une expression.",
                "Pour savoir si une donnée est présente, écrivez has(groupe.champ).",
            )
        if kind in ("double", "uint", "bytes"):
            raise self.refuse(
                "interdit",
                node,
                "Seuls les nombres entiers s’emploient dans une expression.",
                "Écrivez les montants en centimes.",
            )
        if kind == "string" and ABSENT in node.const.string:
            raise self.refuse("interdit", node, "Ce texte contient un caractère interdit.")
        return Outcome(facts, facts)

    def _visit_place(self, node: Any, facts: Facts, env: Mapping[str, Path]) -> Outcome:
        kind = node.WhichOneof("kind")
        if kind == "ident" and node.ident.name.startswith("@"):
            return Outcome(facts, facts)
        if kind == "select" and node.select.test_only:
            return self._visit_has(node, facts, env)
        path = self._path(node, env)
        if path is None:
            raise self.refuse(
                "interdit",
                node,
                "Cette écriture ne désigne pas une donnée de la démarche.",
                "Écrivez le champ en entier : groupe.champ.",
            )
        self._read(node, path, facts)
        return Outcome(facts, facts)

    def _visit_has(self, node: Any, facts: Facts, env: Mapping[str, Path]) -> Outcome:
        operand = self._path(node.select.operand, env)
        tested = operand.child(node.select.field) if operand is not None else None
        if operand is None or tested is None:
            raise self.refuse(
                "interdit", node, "has() attend un champ en entier.", "Écrivez has(groupe.champ)."
            )
        if tested.keys is not None:
            self.reads.add(tested.keys, whole=False)
            self.tests.add(tested.shown)
        hops = [place for place in operand.chain() if place.optional]
        if hops:
            self._edits.append(lambda: self._guard(node, hops, otherwise=False))
        return Outcome(facts | self._presence(tested), facts)

    def _guard(self, node: Any, hops: list[Path], *, otherwise: bool | str) -> None:
        """Replace a place read or tested by a test of every optional group on its way."""
        for hop in reversed(hops):
            test = self._test_of(node, hop)
            if test is not None:
                self.tree.conditional(node, test, syntax.copy(node), self.tree.constant(otherwise))

    def _test_of(self, node: Any, hop: Path) -> Any | None:
        """`has(…)` of one of the groups that a node goes through."""
        for part in syntax.walk(node):
            if part.WhichOneof("kind") == "select" and not part.select.test_only:
                names = []
                inner = part
                while inner.WhichOneof("kind") == "select":
                    names.append(inner.select.field)
                    inner = inner.select.operand
                if hop.fact.endswith("." + ".".join(reversed(names))) and len(hop.chain()) == len(names) + 1:
                    return self.tree.select(syntax.copy(part.select.operand), part.select.field, test=True)
        return None

    def _tolerate(self, node: Any, path: Path, facts: Facts) -> None:
        """Read a place that may be absent where a missing value is accepted."""
        self._read(node, path, facts, tolerant=True)
        hops = [place for place in path.chain() if place.optional and place.parent is not None]
        root = path.chain()[0]
        if not hops:
            return

        def edit() -> None:
            inner = node
            while inner.WhichOneof("kind") == "select":
                inner = inner.select.operand
            filled = self.tree.select(syntax.copy(inner), FILLED) if root.fact in self.roots else None
            self._guard(node, hops, otherwise=ABSENT)
            if filled is not None:
                self.tree.conditional(node, filled, syntax.copy(node), self.tree.constant(ABSENT))

        self._edits.append(edit)

    def _visit_call(self, node: Any, facts: Facts, env: Mapping[str, Path]) -> Outcome:
        function = node.call.function
        if function in self.functions:
            return self._visit_function(node, facts, env)
        if function not in STANDARD:
            raise self.refuse(
                "fonction_interdite",
                node,
                f"La fonction « {function} » ne s’emploie pas dans une expression.",
                suggestion(function, self.functions),
            )
        if function in ("_&&_", "_||_"):
            return self._visit_logic(node, facts, env)
        if function == "!_":
            inner = self._visit(node.call.args[0], facts, env)
            return Outcome(inner.no, inner.yes)
        if function == "_?_:_":
            test = self._visit(node.call.args[0], facts, env)
            self._held[node.id] = test.yes
            yes = self._visit(node.call.args[1], test.yes, env)
            no = self._visit(node.call.args[2], test.no, env)
            return Outcome(yes.yes & no.yes, yes.no & no.no)
        path = self._path(node, env)
        if path is not None:
            self._read(node, path, facts)
            return Outcome(facts, facts)
        for child in syntax.children(node):
            self._visit(child, facts, env)
        self._check_operation(node, function, env)
        return Outcome(facts, facts)

    def _visit_logic(self, node: Any, facts: Facts, env: Mapping[str, Path]) -> Outcome:
        """`a && b` becomes `a ? b : false`: the library would let a false side hide the other's error."""
        conjunction = node.call.function == "_&&_"
        left, right = node.call.args
        first = self._visit(left, facts, env)
        second = self._visit(right, first.yes if conjunction else first.no, env)
        constant = self.tree.constant(not conjunction)

        def edit() -> None:
            a, b = syntax.copy(left), syntax.copy(right)
            self.tree.conditional(node, a, *((b, constant) if conjunction else (constant, b)))

        self._edits.append(edit)
        if conjunction:
            return Outcome(second.yes, first.no & second.no)
        return Outcome(first.yes & second.yes, second.no)

    def _visit_function(self, node: Any, facts: Facts, env: Mapping[str, Path]) -> Outcome:
        signature = self.functions[node.call.function]
        for argument, name, parameter in zip(
            node.call.args, signature.names, signature.parameters, strict=False
        ):
            path = self._path(argument, env) if parameter.optional else None
            if path is not None:
                self._tolerate(argument, path, facts)
            else:
                self._visit(argument, facts, env)
            reason = misfit(self.shape(argument), parameter.shape) if grouped(parameter.shape) else None
            if reason is not None:
                raise self.refuse(
                    "type", argument, f"« {name} » ne convient pas dans {signature.name}() : {reason}."
                )
            self._check_choice(argument, env, parameter.shape, f"de « {name} » dans {profile(signature)}")
        if signature.name in dates.CONSTANTS:
            self._check_constant(node, signature)
        return Outcome(facts, facts)

    def _check_choice(self, node: Any, env: Mapping[str, Path], wanted: Shape, whose: str) -> None:
        given = self._values(node, env)
        if given is not None and wanted.values and not given <= set(wanted.values):
            wrong = sorted(str(value) for value in given - set(wanted.values))
            raise self.refuse(
                "valeur_inconnue",
                node,
                f"« {wrong[0]} » n’est pas une valeur {whose}.",
                suggestion(wrong[0], (str(value) for value in wanted.values)),
            )

    def _check_constant(self, node: Any, signature: Signature) -> None:
        argument = node.call.args[0]
        if argument.WhichOneof("kind") != "const":
            raise self.refuse(
                "constante_attendue", node, f"{signature.name}() attend un texte écrit entre guillemets."
            )
        try:
            signature.call(argument.const.string)
        except ValueError as error:
            given = argument.const.string
            remedy = f"Écrivez {a_date(given) or profile(signature)}."
            raise self.refuse("constante_invalide", argument, str(error), remedy) from error

    def _visit_loop(self, node: Any, facts: Facts, env: Mapping[str, Path]) -> Outcome:
        loop = node.loop
        self._loops += 1
        if self._loops > MAX_LOOPS or loop.variable2:
            raise self.refuse(
                "trop_longue", node, "Cette expression parcourt trop de listes.", "Demandez un calcul nommé."
            )
        over = self._path(loop.over, env)
        fact = f"{loop.variable}#{node.id}"
        if over is not None:
            self._read_list(loop.over, over, facts)
            element = over.element(fact)
        else:
            self._visit(loop.over, facts, env)
            element = Path(fact, loop.variable, self.shape(loop.over).element or OPAQUE, None)
        self._visit(loop.start, facts, env)
        self._visit(loop.condition, facts, env)
        # What a filter has asked of each element is known of those it keeps.
        known = facts | {f"{fact}{rest}" for rest in self._kept.get(loop.over.id, ())}
        inside = {**env, loop.variable: element}
        kept = self._visit_step(loop.step, loop.accumulator, loop.variable, known, inside)
        self._kept[node.id] = frozenset(
            found.removeprefix(fact) for found in kept if found.startswith(f"{fact}.")
        )
        self._visit(loop.result, facts, env)
        return Outcome(facts, facts)

    def _read_list(self, node: Any, path: Path, facts: Facts) -> None:
        """A list that is walked: only what is read of its elements is wanted."""
        self._read(node, path, facts)
        element = path.shape.element
        if path.keys is not None and element is not None and element.kind is Kind.OBJECT:
            self.reads.add((*path.keys, "[]"), whole=False)
            place = self.reads
            for key in path.keys:
                place = place.below[key]
            place.whole = False

    def _visit_step(
        self, node: Any, accumulator: str, variable: str, facts: Facts, env: Mapping[str, Path]
    ) -> Facts:
        """The step of a loop. The additions that `map` and `filter` make by themselves are not the author's.

        Gives what is known of the elements that a `filter` keeps; nothing for another loop, which makes other ones.
        """
        own = [
            part
            for part in syntax.walk(node)
            if part.WhichOneof("kind") == "call"
            and part.call.function == "_+_"
            and self.shape(part).kind is not Kind.INT
            and not (
                part.call.args[0].WhichOneof("kind") == "ident"
                and part.call.args[0].ident.name == accumulator
            )
        ]
        if own:
            # Each turn could double what the one before made: memory, not time, would run out.
            raise self.refuse(
                "interdit",
                own[0],
                "On n’assemble pas de textes ni de listes dans une boucle.",
                "Sortez le « + ».",
            )
        self._visit(node, facts, env)
        return self._held.get(node.id, frozenset()) if _keeps(node, variable) else frozenset()

    def _check_operation(self, node: Any, function: str, env: Mapping[str, Path]) -> None:
        arguments = list(syntax.children(node))
        kinds = [self.shape(argument).kind for argument in arguments]
        if function in _ORDER and any(kind not in (Kind.INT, Kind.DATE) for kind in kinds):
            raise self.refuse("type", node, "On ne met en ordre (<, >) que des entiers ou des dates.")
        if function in _ARITHMETIC and any(kind is not Kind.INT for kind in kinds):
            raise self.refuse(
                "type",
                node,
                "On ne calcule qu’avec des entiers.",
                "Pour décaler une date, écrivez jours_apres(date, nombre) ou jours_entre(debut, fin).",
            )
        if function == "_+_" and any(kind not in (Kind.INT, Kind.TEXT, Kind.LIST) for kind in kinds):
            raise self.refuse(
                "type",
                node,
                "On n’ajoute que des entiers ou des textes.",
                "Pour une date : jours_apres(date, nombre).",
            )
        if function in _EQUALITY and any(kind not in _COMPARABLE for kind in kinds):
            raise self.refuse("type", node, "Ces valeurs ne se comparent pas entre elles.")
        if function == "string" and any(kind not in (Kind.INT, Kind.TEXT) for kind in kinds):
            raise self.refuse(
                "type", node, "string() ne convient qu’à un entier.", "Pour une date : date_fr(date)."
            )
        if function == "matches" and (
            arguments[-1].WhichOneof("kind") != "const" or not self.valid_pattern(arguments[-1].const.string)
        ):
            raise self.refuse("constante_invalide", node, "Le motif de matches() n’est pas valable.")
        if function in _EQUALITY or function == "@in":
            self._check_values(node, arguments, env, inside=function == "@in")

    def _check_values(
        self, node: Any, arguments: list[Any], env: Mapping[str, Path], *, inside: bool
    ) -> None:
        left = self._values(arguments[0], env)
        right = self._element_values(arguments[1], env) if inside else self._values(arguments[1], env)
        if left is None or right is None:
            return
        written = [a.WhichOneof("kind") in ("const", "list") for a in arguments]
        known, wrong = (left, right - left) if written[1] else (right, left - right)
        if wrong if written[0] != written[1] else not left & right:
            first = sorted(str(value) for value in (wrong or left))[0]
            raise self.refuse(
                "valeur_inconnue",
                node,
                f"« {first} » n’est jamais une valeur possible ici.",
                suggestion(first, (str(value) for value in known)),
            )


def _keeps(step: Any, variable: str) -> bool:
    """The step of a `filter`: under a condition, the element itself is added to those kept."""
    if step.WhichOneof("kind") != "call" or step.call.function != "_?_:_":
        return False
    added = step.call.args[1]
    if added.WhichOneof("kind") != "call" or added.call.function != "_+_":
        return False
    last = added.call.args[-1]
    if last.WhichOneof("kind") != "list" or len(last.list.elements) != 1:
        return False
    [element] = last.list.elements
    return bool(element.WhichOneof("kind") == "ident" and element.ident.name == variable)
