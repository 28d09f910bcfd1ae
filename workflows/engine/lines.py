"""Adding a line to a collection: by a person, by a fact of the outside world, by an automation, by a child."""

from __future__ import annotations

from typing import Any

from workflows.engine import facts as f
from workflows.engine.branches import lines_of, settled
from workflows.engine.commands import Refusal
from workflows.engine.modele import Collection
from workflows.engine.state import LigneState
from workflows.engine.turn import Turn


def add_line(turn: Turn, cle: str, donnees: dict[str, Any], id_: str | None = None) -> LigneState:
    """Check a line against its form and add it. Raises Refusal with a pointer per field at fault."""
    collection = collection_of(turn, cle)
    known = turn.state.collections.get(cle, {})
    if len(known) >= collection.maximum:
        raise Refusal("collection_pleine", f"« {collection.libelle} » : {collection.maximum} lignes au plus.")
    id_ = id_ or turn.new_id()
    turn.require(id_ not in known, "ligne_existante", "Cette ligne existe déjà.")
    check_line(turn, cle, donnees)
    ligne = LigneState(
        id=id_,
        nom=collection.singulier,
        donnees=donnees,
        statut=next(iter(collection.statuts), None),
        added_at=turn.now,
        added_by=turn.actor.name,
    )
    turn.say(f.LigneAdded(collection=cle, ligne=ligne), audience_of(turn, collection))
    return ligne


def set_line_statut(turn: Turn, cle: str, ligne: LigneState, statut: str, motif: str | None = None) -> None:
    """Give a line a status of its collection, and the day of it to the field that the status dates."""
    avant = ligne.statut
    turn.say(
        f.LigneStatutChanged(collection=cle, ligne=ligne.id, statut=statut, motif=motif),
        audience_of(turn, collection_of(turn, cle)),
    )
    _date(turn, cle, ligne.id, avant, statut)


def _date(turn: Turn, cle: str, id_: str, avant: str | None, statut: str) -> None:
    """Keep the day since when a line has its status, in the field that the status names."""
    collection = collection_of(turn, cle)
    former = collection.statuts[avant].date if avant in collection.statuts else None
    field = collection.statuts[statut].date
    before = turn.state.collections[cle][id_].donnees
    donnees = {key: value for key, value in before.items() if key != former or key == field}
    if field is not None:
        donnees.setdefault(field, turn.today.isoformat())
    if donnees != before:
        turn.say(
            f.LigneChanged(collection=cle, ligne=id_, avant=before, donnees=donnees),
            audience_of(turn, collection),
        )


def audience_of(turn: Turn, collection: Collection) -> tuple[str, ...]:
    """Who reads a collection, besides the firm, in the words of the journal."""
    # Of a collection shared line by line, the journal tells only those who manage it.
    keys = collection.gerent if collection.partage else (*collection.gerent, *collection.voient)
    return turn.program.readers(keys, turn.state)


def collection_of(turn: Turn, cle: str) -> Collection:
    """A collection of the modèle. Raises Refusal."""
    collection = turn.modele.collections.get(cle)
    if collection is None:
        raise Refusal("collection_inconnue", f"« {cle} » n'existe pas dans cette démarche.")
    return collection


def check_line(turn: Turn, cle: str, donnees: dict[str, Any]) -> None:
    """Raises Refusal with a pointer per field of a line at fault."""
    errors = line_errors(turn, cle, donnees)
    if errors:
        raise Refusal("formulaire_invalide", "Certains champs sont à corriger.", tuple(errors))


def line_errors(turn: Turn, cle: str, donnees: dict[str, Any]) -> list[tuple[str, str]]:
    """Pointer and reason of each field of a line at fault."""
    schema = settled(turn.program.bundle.lignes[cle], lines_of(turn.state))
    return list(turn.program.rules.validate_form(schema, donnees, turn.today))
