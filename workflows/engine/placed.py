"""Where the parts of a modèle stand in its file."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.engine.modele import Etape, Modele, Parallele

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
