"""Where the parts of a modèle stand in its file."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.engine.modele import Etape, Modele, Node, Parallele

Place = tuple[str | int, ...]
"""Keys and indexes from the top of the file: ("etapes", 3, "taches", 0)."""


def placed(modele: Modele) -> Iterator[tuple[Etape, Place]]:
    """Every étape with its place, in the order of the file."""
    for index, node in enumerate(modele.etapes):
        if isinstance(node, Parallele):
            for number, branch in enumerate(node.branches):
                for rank, etape in enumerate(branch):
                    yield etape, ("etapes", index, "branches", number, rank)
        else:
            yield node, ("etapes", index)


def parts(node: Node, place: Place = ()) -> Iterator[tuple[Node, Place]]:
    """Everything a modèle is made of, itself included, with its place in the file."""
    yield node, place
    for name in type(node).model_fields:
        yield from _within(getattr(node, name), (*place, name))


def _within(value: object, place: Place) -> Iterator[tuple[Node, Place]]:
    if isinstance(value, Node):
        yield from parts(value, place)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _within(item, (*place, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _within(item, (*place, key))
