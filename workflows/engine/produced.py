"""Documents made for each line of a collection: which lines have one, and what each file may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.engine.modele import Document
from workflows.engine.program import Program, line_data
from workflows.engine.state import DemarcheState, DocumentState, LigneState


@dataclass(frozen=True)
class About:
    """The line of a collection that a document or a message is about."""

    collection: str
    ligne: LigneState

    @property
    def variables(self) -> dict[str, Any]:
        """What models read of it."""
        return {"ligne": {**line_data(self.ligne), "nom_ligne": self.ligne.nom}}


def lines_of(program: Program, state: DemarcheState, document: Document) -> list[LigneState]:
    """Lines for which a document made per line has a file. Raises ExpressionError."""
    collection = document.pour_chaque
    if collection is None:
        return []
    return [
        line
        for line in state.collections.get(collection, {}).values()
        if document.si is None or program.of_line(collection, document.si, line, state, "booleen")
    ]


def not_made(program: Program, state: DemarcheState, cle: str, *, begun: bool = False) -> list[str | None]:
    """Lines whose file is not there yet, by id; [None] for an ordinary document that is not there yet. Files being
    prepared count when `begun`. Raises ExpressionError."""
    document = program.modele.documents[cle]
    wanted: list[str | None] = [None]
    if document.pour_chaque is not None:
        wanted = [line.id for line in lines_of(program, state, document)]
    there = {
        known.ligne if document.pour_chaque is not None else None
        for known in state.documents.values()
        if known.cle == cle and known.perime is None and _counts(known, begun)
    }
    return [line for line in wanted if line not in there]


def _counts(document: DocumentState, begun: bool) -> bool:
    return document.statut == "disponible" or (begun and document.statut == "en_preparation")


def about_one(
    data: Mapping[str, Any], state: DemarcheState, collection: str, ligne: LigneState
) -> dict[str, Any]:
    """The data without the collection, nor any entry elsewhere that is about another of its lines: that holds its
    id, or its name (as lists where people choose a line do)."""
    others = [line for line in state.collections.get(collection, {}).values() if line.id != ligne.id]
    ids = frozenset(line.id for line in others)
    names = frozenset(line.nom for line in others) - {ligne.nom}
    return {key: _without(value, ids, ids | names) for key, value in data.items() if key != collection}


def _without(value: Any, ids: frozenset[str], marks: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        # A field is not taken away for holding a common word: only an id is sure to mean the line.
        return {
            key: _without(inside, ids, marks) for key, inside in value.items() if not _is_one(inside, ids)
        }
    if isinstance(value, list | tuple):
        return [_without(item, ids, marks) for item in value if not _is_about(item, marks)]
    return value


def _is_one(value: Any, marks: frozenset[str]) -> bool:
    return isinstance(value, str) and value in marks


def _is_about(item: Any, marks: frozenset[str]) -> bool:
    """An entry of a list that is, or mentions, another line."""
    if isinstance(item, Mapping):
        return any(_is_one(value, marks) for value in item.values())
    return _is_one(item, marks)
