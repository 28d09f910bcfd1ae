"""The rules of XES (IEEE 1849-2016) that a log can break, as a check of our own.

Element by element, with those that its schema cannot tell (extensions, globals, classifiers).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from xml.etree import ElementTree

SPACE = "{http://www.xes-standard.org/}"
NAME = re.compile(r"[^\W\d][\w.:·-]*$")
NC_NAME = re.compile(r"[^\W\d][\w.·-]*$")


def _date(text: str) -> None:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(text)


def _boolean(text: str) -> None:
    if text not in ("true", "false", "0", "1"):
        raise ValueError(text)


def _long(text: str) -> None:
    if not -(2**63) <= int(text) < 2**63:
        raise ValueError(text)


VALUES: dict[str, Callable[[str], object]] = {
    "string": str,
    "id": str,
    "date": _date,
    "int": _long,
    "float": float,
    "boolean": _boolean,
}
"""Kinds of attributes with a value, and what reads it. `list` and `container` hold others instead."""
ATTRIBUTES = {*VALUES, "list", "container"}

STANDARD = {
    "concept": {"name": "string", "instance": "string"},
    "time": {"timestamp": "date"},
    "org": {"resource": "string", "role": "string", "group": "string"},
    "lifecycle": {"model": "string", "transition": "string", "state": "string"},
    "identity": {"id": "id"},
}
"""Keys of the standard extensions, with the kind of each."""

ORDER = {
    "log": ["extension", "global", "classifier", "attribute", "trace", "event"],
    "trace": ["attribute", "event"],
    "event": ["attribute"],
    "global": ["attribute"],
}
"""What each element holds, in its order."""
REQUIRED = {
    "log": {"xes.version": re.compile(r"\d+(\.\d+)?$"), "xes.features": re.compile(r"[a-z -]*$")},
    "extension": {"name": NC_NAME, "prefix": NC_NAME, "uri": re.compile(r"\S+$")},
    "global": {"scope": re.compile(r"(event|trace)$")},
    "classifier": {"name": re.compile(r"\S"), "keys": re.compile(r"\S")},
}


def faults(text: str | bytes) -> list[str]:
    """Everything in a log that the standard does not allow, in words; nothing when it may be read by any tool."""
    root = ElementTree.fromstring(text)
    if root.tag != f"{SPACE}log":
        return [f"la racine est {root.tag}"]
    log = _Log(root)
    return list(log.faults())


class _Log:
    def __init__(self, root: ElementTree.Element) -> None:
        self.root = root
        self.prefixes = {each.get("prefix", "") for each in root.findall(f"{SPACE}extension")}
        self.globals = {
            scope: {attribute.get("key"): _tag(attribute) for attribute in each}
            for each in root.findall(f"{SPACE}global")
            if (scope := each.get("scope", ""))
        }

    def faults(self) -> Iterator[str]:
        yield from self._element(self.root)
        scopes = [each.get("scope") for each in self.root.findall(f"{SPACE}global")]
        if len(set(scopes)) != len(scopes):
            yield "deux « global » de même portée"
        for classifier in self.root.findall(f"{SPACE}classifier"):
            for key in (classifier.get("keys") or "").split():
                if key not in self.globals.get(classifier.get("scope", "event"), {}):
                    yield f"le classifieur « {classifier.get('name')} » lit « {key} », qui n’est pas global"

    def _element(self, element: ElementTree.Element) -> Iterator[str]:
        tag = _tag(element)
        for name, form in REQUIRED.get(tag, {}).items():
            if form.match(element.get(name, "\n")) is None:
                yield f"{tag} : {name} vaut {element.get(name)!r}"
        ranks = []
        for child in element:
            kind = "attribute" if _tag(child) in ATTRIBUTES else _tag(child)
            if kind not in ORDER.get(tag, []):
                yield f"{tag} contient {_tag(child)}"
                continue
            ranks.append(ORDER[tag].index(kind))
            yield from self._attribute(child) if kind == "attribute" else self._element(child)
        if ranks != sorted(ranks):
            yield f"{tag} : ses éléments ne sont pas dans l’ordre"
        if tag in ORDER:
            keys = [child.get("key") for child in element if _tag(child) in ATTRIBUTES]
            yield from (f"{tag} a deux fois « {key} »" for key in {*keys} if keys.count(key) > 1)
        given = {child.get("key"): _tag(child) for child in element}
        for key, wanted in self.globals.get(tag, {}).items():
            if given.get(key) != wanted:
                yield f"{tag} n’a pas « {key} » ({wanted}), déclaré global"

    def _attribute(self, attribute: ElementTree.Element) -> Iterator[str]:
        tag, key, value = _tag(attribute), attribute.get("key", ""), attribute.get("value")
        if NAME.match(key) is None:
            yield f"« {key} » n’est pas un nom"
        prefix, colon, name = key.partition(":")
        if colon and prefix not in self.prefixes:
            yield f"« {key} » : l’extension « {prefix} » n’est pas déclarée"
        if colon and STANDARD.get(prefix, {}).get(name, tag) != tag:
            yield f"« {key} » est un {tag}"
        if tag in VALUES:
            try:
                VALUES[tag](value if value is not None else "\0")
            except ValueError:
                yield f"« {key} » : {value!r} n’est pas un {tag}"
            if value is None:
                yield f"« {key} » n’a pas de valeur"
        for child in attribute:
            if _tag(child) in ATTRIBUTES:
                yield from self._attribute(child)
            elif _tag(child) != "values":
                yield f"« {key} » contient {_tag(child)}"


def _tag(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(SPACE)
