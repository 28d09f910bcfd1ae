"""Editing a modèle's YAML in place: each operation rewrites the few lines it is about, and nothing else.

Comments, blank lines, order and the way every other line is written stay as people wrote them. ruamel.yaml says where
each part stands; its own round trip was not chosen, because it ties the comment above an étape to the étape before it,
so that a move takes the wrong one along, and because it folds long texts anew.

Whatever an operation does, its result is read again and compared with the same operation on plain data: a text that
would say anything else is never given back.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scalarstring import LiteralScalarString

from workflows.engine.findings import ModeleError
from workflows.engine.loading import read_yaml
from workflows.engine.placed import Place

Order = Callable[[Place], Sequence[str]]
"""Keys of the language at a place, in their usual order."""
_WORD = re.compile(r"^[a-z][a-z0-9_]*$")
MAX_FLOW = 90
_DASH = "- "


class EditError(ValueError):
    """The operation cannot be done on this text; the message, in French, says why."""


def _refused() -> EditError:
    return EditError(
        "Cette partie du fichier est écrite d’une façon que l’écran ne change pas sans risque : "
        "modifiez-la dans la source."
    )


@dataclass(frozen=True)
class Op:
    """One change. `genre`: `poser` (a value at a path), `inserer` (an item of a list), `retirer`, `deplacer` (`vers`:
    the item's place in the result; among branches, an étape becomes a branch of its own)."""

    genre: str
    chemin: Place
    valeur: Any = None
    vers: Place = ()


def edit(text: str, op: Op, order: Order = lambda _: ()) -> str:
    """The text after the operation. Raises EditError, or ModeleError when the text cannot be read."""
    crlf = "\r\n" in text
    before = text.replace("\r\n", "\n").removeprefix("\ufeff")
    data, _ = read_yaml(before, "")
    expected = applied(data, op)
    after = _edited(before, op, order)
    try:
        found, _ = read_yaml(after, "")
    except ModeleError as error:
        raise _refused() from error
    if found != expected:
        raise _refused()
    return after.replace("\n", "\r\n") if crlf else after


def at(data: Any, path: Place) -> Any:
    """The value at a path. Raises EditError when there is none."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError) as error:
            raise EditError("Ce que vous changez n’est plus à cet endroit du fichier.") from error
    return data


def applied(data: Any, op: Op) -> Any:
    """The same operation on plain data: what the text must say afterwards."""
    result = copy.deepcopy(data)
    if op.genre == "deplacer":
        moved = at(result, op.chemin)
        _popped(result, op.chemin)
        target = at(result, op.vers[:-1])
        _insert(target, op.vers[-1], [moved] if _is_branches(target, moved) else moved)
        return result
    *parents, last = op.chemin
    if op.genre == "poser":
        here: Any = result
        for part in parents:
            if isinstance(here, dict) and part not in here:
                here[part] = {}
            here = at(here, (part,))
        known = isinstance(last, int) and isinstance(here, list) and last < len(here)
        if isinstance(here, dict) or known:
            here[last] = op.valeur
            return result
        raise EditError("Ce que vous changez n’est plus à cet endroit du fichier.")
    if op.genre == "inserer":
        if not parents:
            raise EditError("Cet endroit du fichier n’est pas une liste.")
        parent = at(result, tuple(parents[:-1]))
        if isinstance(parent, dict):
            parent.setdefault(parents[-1], [])
        _insert(at(result, tuple(parents)), last, op.valeur)
        return result
    at(result, op.chemin)
    _popped(result, op.chemin)
    return result


def _popped(data: Any, path: Place) -> None:
    *parents, last = path
    at(data, tuple(parents)).pop(last)
    # What has no item left is not written at all.
    while parents and at(data, tuple(parents)) in ([], {}):
        last = parents.pop()
        at(data, tuple(parents)).pop(last)


def _is_branches(target: Any, moved: Any) -> bool:
    """Whether an étape goes among the branches of a block, which are lists of étapes."""
    return (
        isinstance(target, list)
        and any(isinstance(item, list) for item in target)
        and moved.__class__ is dict
    )


def _insert(target: Any, index: str | int, value: Any) -> None:
    if not isinstance(target, list) or not isinstance(index, int) or not 0 <= index <= len(target):
        raise EditError("Cet endroit du fichier n’est pas une liste.")
    target.insert(index, value)


# --- the text


@dataclass
class _Entry:
    """An item, or a key and its value. `gap`: blank lines and section comments above, which stay in their place;
    `comments`: those right above, which go with it. The first line of `body` is cut at the block's column."""

    key: str | None
    body: list[str]
    gap: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


@dataclass
class _Block:
    """A mapping or a list written one entry under the other. `prefix`: what the first line has before it."""

    column: int
    prefix: str
    first: int
    last: int
    entries: list[_Entry]

    def lines(self) -> list[str]:
        found: list[str] = []
        margin = " " * self.column
        for index, entry in enumerate(self.entries):
            lead = self.prefix if index == 0 else margin
            found += [*(entry.gap if index else []), *entry.comments, lead + entry.body[0], *entry.body[1:]]
        return found


def _edited(text: str, op: Op, order: Order) -> str:
    root = YAML(typ="safe", pure=True).compose(text)
    if op.genre == "deplacer":
        if op.chemin[:-1] == op.vers[:-1]:
            return _reordered(text, root, op)
        parent = _node(root, op.chemin[:-1])
        block = _block(text, parent)
        moved = block.entries[_index(op.chemin[-1])]
        if len(block.entries) == 1 and isinstance(op.chemin[-2], int):
            # The branch goes with its last étape: what was said of one was said of the other.
            branches = _block(text, _node(root, op.chemin[:-2]))
            said = branches.entries[op.chemin[-2]].comments
            moved.comments = [*_shifted(said, block.column - branches.column), *moved.comments]
        shorter = _removed(text, root, op.chemin)
        root = YAML(typ="safe", pure=True).compose(shorter)
        held = _node(root, op.vers[:-1])
        target = _block(shorter, held)
        by = target.column - block.column
        entry = _Entry(None, _shifted(moved.body, by, whole=False))
        if any(isinstance(item, SequenceNode) for item in held.value):
            lines = _shifted(moved.body, by + len(_DASH), whole=False)
            entry = _Entry(None, [_DASH + lines[0], *lines[1:]])
        entry.comments = _shifted(moved.comments, by)
        return _put(shorter, target, entry, _index(op.vers[-1]))
    if op.genre == "retirer":
        return _removed(text, root, op.chemin)
    *parents, last = op.chemin
    if op.genre == "inserer":
        return _inserted(text, root, tuple(parents), _index(last), op.valeur, order)
    return _set(text, root, op.chemin, op.valeur, order)


def _index(part: str | int) -> int:
    if not isinstance(part, int):
        raise EditError("Cet endroit du fichier n’est pas une liste.")
    return part


def _shifted(lines: list[str], by: int, *, whole: bool = True) -> list[str]:
    """Lines moved right or left; the first one of a body is already cut at its column."""
    kept = [] if whole else lines[:1]
    for line in lines if whole else lines[1:]:
        kept.append(
            line if not line.strip() else " " * by + line if by >= 0 else line[min(-by, _indent(line)) :]
        )
    return kept


def _reordered(text: str, root: Node, op: Op) -> str:
    node = _node(root, op.chemin[:-1])
    if node.flow_style:
        items = _plain(node)
        items.insert(_index(op.vers[-1]), items.pop(_index(op.chemin[-1])))
        return _spliced(text, node, _flow(items))
    block = _block(text, node)
    gaps = [entry.gap for entry in block.entries]
    block.entries.insert(_index(op.vers[-1]), block.entries.pop(_index(op.chemin[-1])))
    for entry, gap in zip(block.entries, gaps, strict=True):
        entry.gap = gap
    return _with(text, block)


def _removed(text: str, root: Node, path: Place) -> str:
    *parents, last = path
    node = _node(root, tuple(parents))
    if len(node.value) == 1:
        if not parents:
            raise EditError("Un modèle ne peut pas être vide.")
        return _removed(text, root, tuple(parents))
    if node.flow_style:
        kept = _plain(node)
        kept.pop(last)
        return _spliced(text, node, _flow(kept))
    block = _block(text, node)
    index = last if isinstance(last, int) else [entry.key for entry in block.entries].index(last)
    gone = block.entries.pop(index)
    if index < len(block.entries):
        block.entries[index].gap = gone.gap or block.entries[index].gap
    return _with(text, block)


def _inserted(text: str, root: Node, parents: Place, index: int, value: Any, order: Order) -> str:
    try:
        node = _node(root, parents)
    except EditError:
        return _set(text, root, parents, [value], order)
    if not isinstance(node, SequenceNode) or not node.value:
        return _set(text, root, parents, [value], order)
    if node.flow_style:
        items = _plain(node)
        items.insert(index, value)
        return _spliced(text, node, _flow(items))
    block = _block(text, node)
    flow = all(getattr(item, "flow_style", False) for item in node.value)
    entry = _Entry(None, _indented(_dump([value], flow=flow), block.column))
    return _put(text, block, entry, index)


def _put(text: str, block: _Block, entry: _Entry, index: int) -> str:
    """An entry more; it is set apart as the others are."""
    gaps = [each.gap for each in block.entries[1:]]
    apart = bool(gaps) and sum(1 for gap in gaps if gap and not gap[0].strip()) * 2 > len(gaps)
    gap = [""] if apart else []
    if index == 0 and block.entries:
        block.entries[0].gap = gap
    else:
        entry.gap = gap
    block.entries.insert(index, entry)
    return _with(text, block)


def _set(text: str, root: Node, path: Place, value: Any, order: Order) -> str:
    *parents, last = path
    try:
        node = _node(root, tuple(parents))
    except EditError:
        return _set(text, root, tuple(parents), {last: value}, order)
    if isinstance(node, ScalarNode):
        return _set(text, root, tuple(parents), {last: value}, order)
    if node.flow_style:
        if not node.value and parents:
            return _set(text, root, tuple(parents), {last: value}, order)
        held = _plain(node)
        held[last] = value
        return _spliced(text, node, _flow(held))
    known = _child(node, last)
    if known is not None and _inline(known, value):
        return _spliced(text, known, _scalar(value))
    block = _block(text, node)
    if isinstance(node, SequenceNode):
        block.entries[_index(last)].body = _indented(_dump([value]), block.column)
        return _with(text, block)
    flow = known.flow_style if isinstance(known, MappingNode | SequenceNode) else _siblings_flow(node)
    body = _indented(_dump({last: value}, flow=bool(flow) and isinstance(value, dict | list)), block.column)
    keys = [entry.key for entry in block.entries]
    if known is not None:
        block.entries[keys.index(str(last))].body = body
        return _with(text, block)
    usual = list(order(tuple(parents)))
    rank = {key: usual.index(key) for key in {*keys, str(last)} if key in usual}
    index = len(keys)
    if str(last) in rank:
        lower = [i for i, key in enumerate(keys) if key is not None and rank.get(key, -1) < rank[str(last)]]
        index = (lower[-1] + 1) if lower else index
    entry = _Entry(str(last), body)
    if not parents and not isinstance(value, str | int | bool):
        entry.gap = [""]
    block.entries.insert(index, entry)
    return _with(text, block)


def _siblings_flow(node: Node) -> bool:
    values = [value for _, value in node.value]
    return bool(values) and all(isinstance(v, MappingNode | SequenceNode) and v.flow_style for v in values)


def _inline(node: Node, value: Any) -> bool:
    """Whether a value can take the place of another within its line."""
    one_line = node.start_mark.line == node.end_mark.line and node.start_mark.index < node.end_mark.index
    plain = isinstance(node, ScalarNode) and node.style not in ("|", ">") and one_line
    return plain and not isinstance(value, dict | list) and "\n" not in str(value)


def _node(root: Node, path: Place) -> Any:
    node: Any = root
    for part in path:
        node = _child(node, part)
        if node is None:
            raise EditError("Ce que vous changez n’est plus à cet endroit du fichier.")
    return node


def _child(node: Any, part: str | int) -> Any:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if str(key.value) == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
        return node.value[part]
    return None


def _plain(node: Node) -> Any:
    if "\n" in node.start_mark.buffer[node.start_mark.pointer : node.end_mark.pointer] and _has_comment(node):
        raise _refused()
    return YAML(typ="safe", pure=True).constructor.construct_document(copy.deepcopy(node))


def _has_comment(node: Node) -> bool:
    source = node.start_mark.buffer[node.start_mark.pointer : node.end_mark.pointer]
    return any(re.search(r"(^|\s)#", line) for line in source.splitlines())


def _spliced(text: str, node: Node, new: str) -> str:
    return text[: node.start_mark.index] + new + text[node.end_mark.index :]


def _with(text: str, block: _Block) -> str:
    lines = text.split("\n")
    lines[block.first : block.last + 1] = block.lines()
    return "\n".join(lines)


# --- where things stand


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _end(node: Node, lines: list[str]) -> int:
    """Last line of what a node says, blank lines and comments after it left out."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        if isinstance(node, MappingNode):
            return max(int(last[0].end_mark.line), _end(last[1], lines))
        return _end(last, lines)
    end = node.end_mark.line
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        end = end - 1 if node.end_mark.column == 0 else end
        end = min(end, len(lines) - 1)
        while end > node.start_mark.line and not lines[end].strip():
            end -= 1
    return int(end)


def _block(text: str, node: Any) -> _Block:
    """The entries of a node written in block style."""
    if not isinstance(node, MappingNode | SequenceNode) or node.flow_style or not node.value:
        raise _refused()
    lines = text.split("\n")
    column = node.start_mark.column
    starts: list[int] = []
    ends: list[int] = []
    keys: list[str | None] = []
    for item in node.value:
        if isinstance(node, MappingNode):
            starts.append(item[0].start_mark.line)
            ends.append(max(item[0].end_mark.line, _end(item[1], lines)))
            keys.append(str(item[0].value))
        else:
            line = item.start_mark.line
            while line > 0 and lines[line][column : column + 1] != "-":
                line -= 1
            starts.append(line)
            ends.append(max(line, _end(item, lines)))
            keys.append(None)
    # Comments set deeper than the block after an entry are the entry's own.
    limits = [*(start - 1 for start in starts[1:]), len(lines) - 1]
    for i, limit in enumerate(limits):
        line = ends[i] + 1
        while line <= limit:
            if lines[line].strip() and not lines[line].lstrip().startswith("#"):
                break
            if lines[line].strip() and _indent(lines[line]) > column:
                ends[i] = line
            elif lines[line].strip():
                break
            line += 1
    entries: list[_Entry] = []
    for i, (start, end, key) in enumerate(zip(starts, ends, keys, strict=True)):
        comments: list[str] = []
        line = start - 1
        floor = ends[i - 1] if i else -1
        alone = not lines[start][:column].strip()
        while (
            line > floor and alone and lines[line].lstrip().startswith("#") and _indent(lines[line]) == column
        ):
            comments.insert(0, lines[line])
            line -= 1
        gap = lines[floor + 1 : line + 1] if i else []
        entries.append(_Entry(key, [lines[start][column:], *lines[start + 1 : end + 1]], gap, comments))
    first = starts[0] - len(entries[0].comments)
    return _Block(column, lines[starts[0]][:column], first, ends[-1], entries)


# --- writing values


def _styled(value: Any, *, flow: bool = False) -> Any:
    if isinstance(value, dict):
        found = CommentedMap({key: _styled(each, flow=flow) for key, each in value.items()})
        if flow or not value:
            found.fa.set_flow_style()
        return found
    if isinstance(value, list | tuple):
        items = CommentedSeq([_styled(each, flow=flow) for each in value])
        words = all(isinstance(each, str) and _WORD.match(each) for each in value)
        if flow or not value or (words and sum(len(each) + 2 for each in value) < MAX_FLOW):
            items.fa.set_flow_style()
        return items
    if isinstance(value, str) and "\n" in value and not flow:
        return LiteralScalarString(value)
    return value


def as_yaml(data: dict[str, Any]) -> str:
    """A whole file."""
    return _written(_styled(data))


def _written(value: Any) -> str:
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 1_000_000
    yaml.allow_unicode = True
    # An absent value is written, rather than left blank.
    yaml.representer.add_representer(
        type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    out = StringIO()
    yaml.dump(value, out)
    return out.getvalue()


def _dump(value: dict[Any, Any] | list[Any], *, flow: bool = False) -> list[str]:
    """Lines of a mapping of one key, or of a list of one item, at column 0."""
    inner: Any = (
        CommentedMap({key: _styled(each, flow=flow) for key, each in value.items()})
        if isinstance(value, dict)
        else CommentedSeq([_styled(each, flow=flow) for each in value])
    )
    lines = _written(inner).rstrip("\n").split("\n")
    if isinstance(value, list):
        margin = _indent(lines[0])
        lines = [line[min(margin, _indent(line)) :] for line in lines]
    return lines


def _indented(lines: list[str], column: int) -> list[str]:
    return [lines[0], *(" " * column + line if line.strip() else line for line in lines[1:])]


def _flow(value: Any) -> str:
    """One line, as it stands among { } and [ ]."""
    return _written(_styled(value, flow=True)).strip()


def _scalar(value: Any) -> str:
    return _written(CommentedMap({"x": value})).removeprefix("x:").strip()
