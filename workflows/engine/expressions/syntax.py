"""The checked syntax tree, read from the library's serialized form (protobuf `cel.expr.CheckedExpr`).

The library has no tree API; its serialized form is the public CEL specification's, of which only the fields used
here are described.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

_F = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "int64": _F.TYPE_INT64,
    "int32": _F.TYPE_INT32,
    "uint64": _F.TYPE_UINT64,
    "bool": _F.TYPE_BOOL,
    "double": _F.TYPE_DOUBLE,
    "string": _F.TYPE_STRING,
    "bytes": _F.TYPE_BYTES,
}
_PACKAGE = "elaska.cel"

# message → (field, number, type[, modifier]); modifiers: * repeated, a name for the member of a oneof.
_SPECIFICATION: dict[str, list[tuple[str, int, str, str]]] = {
    "Checked": [
        ("references", 2, "ReferenceEntry", "*"),
        ("types", 3, "TypeEntry", "*"),
        ("expr", 4, "Expr", ""),
        ("source", 5, "SourceInfo", ""),
        ("version", 6, "string", ""),
    ],
    "ReferenceEntry": [("key", 1, "int64", ""), ("value", 2, "Reference", "")],
    "TypeEntry": [("key", 1, "int64", ""), ("value", 2, "Type", "")],
    "Reference": [("name", 1, "string", ""), ("overloads", 3, "string", "*"), ("value", 4, "Constant", "")],
    "SourceInfo": [
        ("version", 1, "string", ""),
        ("location", 2, "string", ""),
        ("line_offsets", 3, "int32", "*"),
        ("positions", 4, "PositionEntry", "*"),
    ],
    "PositionEntry": [("key", 1, "int64", ""), ("value", 2, "int32", "")],
    "Expr": [
        ("id", 2, "int64", ""),
        ("const", 3, "Constant", "kind"),
        ("ident", 4, "Ident", "kind"),
        ("select", 5, "Select", "kind"),
        ("call", 6, "Call", "kind"),
        ("list", 7, "ListOf", "kind"),
        ("struct", 8, "Struct", "kind"),
        ("loop", 9, "Loop", "kind"),
    ],
    "Constant": [
        ("null", 1, "int32", "kind"),
        ("bool", 2, "bool", "kind"),
        ("int", 3, "int64", "kind"),
        ("uint", 4, "uint64", "kind"),
        ("double", 5, "double", "kind"),
        ("string", 6, "string", "kind"),
        ("bytes", 7, "bytes", "kind"),
    ],
    "Ident": [("name", 1, "string", "")],
    "Select": [("operand", 1, "Expr", ""), ("field", 2, "string", ""), ("test_only", 3, "bool", "")],
    "Call": [("target", 1, "Expr", ""), ("function", 2, "string", ""), ("args", 3, "Expr", "*")],
    "ListOf": [("elements", 1, "Expr", "*")],
    "Struct": [("name", 1, "string", "")],
    "Loop": [
        ("variable", 1, "string", ""),
        ("over", 2, "Expr", ""),
        ("accumulator", 3, "string", ""),
        ("start", 4, "Expr", ""),
        ("condition", 5, "Expr", ""),
        ("step", 6, "Expr", ""),
        ("result", 7, "Expr", ""),
        ("variable2", 8, "string", ""),
    ],
    "Type": [
        ("dyn", 1, "Empty", "kind"),
        ("null", 2, "int32", "kind"),
        ("primitive", 3, "int32", "kind"),
        ("wrapper", 4, "int32", "kind"),
        ("well_known", 5, "int32", "kind"),
        ("list", 6, "ListType", "kind"),
        ("map", 7, "Empty", "kind"),
        ("function", 8, "Empty", "kind"),
        ("message", 9, "string", "kind"),
        ("parameter", 10, "string", "kind"),
        ("type", 11, "Type", "kind"),
        ("error", 12, "Empty", "kind"),
        ("abstract", 14, "Empty", "kind"),
    ],
    "ListType": [("element", 1, "Type", "")],
    "Empty": [],
}


def _messages() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="elaska/cel.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _SPECIFICATION.items():
        message = file.message_type.add(name=name)
        if any(modifier == "kind" for *_, modifier in fields):
            message.oneof_decl.add(name="kind")
        for field_name, number, type_name, modifier in fields:
            field = message.field.add(
                name=field_name,
                number=number,
                label=_F.LABEL_REPEATED if modifier == "*" else _F.LABEL_OPTIONAL,
            )
            if type_name in _SCALARS:
                field.type = _SCALARS[type_name]
            else:
                field.type, field.type_name = _F.TYPE_MESSAGE, f".{_PACKAGE}.{type_name}"
            if modifier == "kind":
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _SPECIFICATION
    }


_MESSAGES = _messages()


@dataclass
class Tree:
    """A checked expression. `root` and its descendants are protobuf messages of the specification above."""

    checked: Any
    envelope: Any

    @classmethod
    def read(cls, serialized: bytes) -> Tree:
        envelope = any_pb2.Any.FromString(serialized)
        return cls(_MESSAGES["Checked"].FromString(envelope.value), envelope)

    def write(self) -> bytes:
        """Serialized form, for the library."""
        envelope = any_pb2.Any(type_url=self.envelope.type_url, value=self.checked.SerializeToString())
        return envelope.SerializeToString()

    def __post_init__(self) -> None:
        self._types = {entry.key: entry.value for entry in self.checked.types}
        self._positions = {entry.key: entry.value for entry in self.checked.source.positions}
        self._next: int = 1 + max([0, *self._positions, *self._types])

    @property
    def root(self) -> Any:
        return self.checked.expr

    def type_of(self, node: Any) -> Any:
        """Checked type of a node."""
        return self._types.get(node.id) or _MESSAGES["Type"]()

    def place(self, node: Any) -> tuple[int, int]:
        """Line and column of a node in its source, from 1."""
        offset = self._positions.get(node.id, 0)
        line, start = 1, 0
        for end in self.checked.source.line_offsets:
            if end > offset:
                break
            line, start = line + 1, end
        return line, offset - start + 1

    def conditional(self, node: Any, condition: Any, yes: Any, no: Any) -> None:
        """Replace a node in place by `condition ? yes : no` (copies of the three)."""
        new = _MESSAGES["Expr"](id=self.fresh())
        new.call.function = "_?_:_"
        new.call.args.extend([condition, yes, no])
        entry = self.checked.references.add(key=new.id)
        entry.value.overloads.append("conditional")
        node.CopyFrom(new)

    def fresh(self) -> int:
        self._next += 1
        return self._next

    def constant(self, value: bool | str) -> Any:
        node = _MESSAGES["Expr"](id=self.fresh())
        if isinstance(value, bool):
            node.const.bool = value
        else:
            node.const.string = value
        return node

    def select(self, operand: Any, field: str, *, test: bool = False) -> Any:
        node = _MESSAGES["Expr"](id=self.fresh())
        node.select.operand.CopyFrom(operand)
        node.select.field = field
        node.select.test_only = test
        return node


def copy(node: Any) -> Any:
    duplicate = _MESSAGES["Expr"]()
    duplicate.CopyFrom(node)
    return duplicate


def children(node: Any) -> Iterator[Any]:
    """Direct sub-expressions, in order of evaluation."""
    kind = node.WhichOneof("kind")
    if kind == "select":
        yield node.select.operand
    elif kind == "call":
        if node.call.HasField("target"):
            yield node.call.target
        yield from node.call.args
    elif kind == "list":
        yield from node.list.elements
    elif kind == "loop":
        loop = node.loop
        yield from (loop.over, loop.start, loop.condition, loop.step, loop.result)


def walk(node: Any) -> Iterator[Any]:
    """The node and all its descendants."""
    yield node
    for child in children(node):
        yield from walk(child)
