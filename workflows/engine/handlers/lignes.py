"""Lines of collections: added, changed, given a status, removed."""

from __future__ import annotations

from typing import Any

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.lines import (
    add_line,
    audience_of,
    check_line,
    collection_of,
    line_errors,
    set_line_statut,
)
from workflows.engine.modele import Collection, Exigence
from workflows.engine.plan import CANAL, JOURS, gone
from workflows.engine.state import LigneState
from workflows.engine.turn import Turn


def _ligne(turn: Turn, cle: str, id_: str) -> tuple[Collection, LigneState]:
    collection = collection_of(turn, cle)
    ligne = turn.state.collections.get(cle, {}).get(id_)
    if ligne is None:
        raise Refusal("ligne_inconnue", "Cette ligne n'existe pas, ou a été retirée.")
    return collection, ligne


def _require_one_of(turn: Turn, keys: tuple[str, ...]) -> None:
    """Refuse unless the person may act for one of these roles or participants; the firm always may."""
    if turn.actor.kind in ("staff", "system"):
        return
    for key in keys:
        try:
            turn.require_can_act_for(key)
        except Refusal:
            continue
        return
    raise Refusal("interdit", "Cette action revient à une autre personne.")


def _require_version(ligne: LigneState, version: int | None) -> None:
    if version is not None and version != ligne.version:
        raise Refusal("version_perimee", f"« {ligne.nom} » a changé depuis : relisez-la avant de continuer.")


def _require_all(turn: Turn, cle: str, exige: tuple[Exigence, ...], ligne: LigneState) -> None:
    """Refuse, in the words of the modèle, an act that one of its conditions does not allow."""
    for exigence in exige:
        if not turn.allows(exigence.si, cle, ligne):
            raise Refusal("exigence", exigence.sinon)


def _tell_firm(turn: Turn, code: str, message: str, id_: str) -> None:
    if turn.actor.kind in ("client", "participant"):
        turn.notice_side("cabinet", code, message, f"ligne:{id_}")


def _outdate_documents(turn: Turn, collection: str, ligne: str, motif: str) -> None:
    """Files made for this line no longer tell the truth."""
    for made in list(turn.state.documents.values()):
        document = turn.modele.documents.get(made.cle)
        if made.ligne == ligne and document is not None and document.pour_chaque == collection:
            turn.outdate(made, motif)


@handle.register
def _(command: c.AddLigne, turn: Turn) -> None:
    turn.require_open()
    collection = collection_of(turn, command.collection)
    _require_one_of(turn, collection.gerent)
    ligne = _add(turn, command.collection, collection, command.donnees, command.ligne)
    message = f"{turn.actor.name} a ajouté une ligne à « {collection.libelle} »."
    _tell_firm(turn, "ligne_ajoutee", message, ligne.id)


@handle.register
def _(command: c.AddLignes, turn: Turn) -> None:
    turn.require_open()
    collection = collection_of(turn, command.collection)
    _require_one_of(turn, collection.gerent)
    # Every row is read before any is refused: who pasted forty lines corrects them in one go.
    errors = [
        (f"/{rank}{pointer}", detail)
        for rank, donnees in enumerate(command.lignes)
        for pointer, detail in line_errors(turn, command.collection, donnees)
    ]
    if errors:
        raise Refusal("formulaire_invalide", "Certaines lignes sont à corriger.", tuple(errors))
    kept = _clear(turn, command.collection, collection) if command.remplace else set()
    wanted = [
        (rank, donnees)
        for rank, donnees in enumerate(command.lignes)
        if (donnees.get(JOURS), donnees.get(CANAL)) not in kept
    ]
    _require_room(turn, command.collection, collection, len(wanted))
    for rank, donnees in wanted:
        try:
            ligne = _add(turn, command.collection, collection, donnees)
        except Refusal as refusal:
            detail = f"Ligne {rank + 1} : {refusal.detail}"
            raise Refusal(refusal.code, detail, ((f"/{rank}", refusal.detail),)) from None
    if wanted:
        said = "changé" if command.remplace else f"ajouté {_so_many(len(wanted))} à"
        message = f"{turn.actor.name} a {said} « {collection.libelle} »."
        _tell_firm(turn, "ligne_ajoutee", message, ligne.id)


def _so_many(lines: int) -> str:
    return "une ligne" if lines == 1 else f"{lines} lignes"


def _clear(turn: Turn, cle: str, collection: Collection) -> set[tuple[int, str]]:
    """Take away the lines that others replace, but the steps of a plan that are gone; gives the day and
    the way of these, which a new step would only repeat."""
    sent = gone(turn.state, turn.modele, cle)
    kept = set()
    for ligne in list(turn.state.collections.get(cle, {}).values()):
        if ligne.id in sent:
            kept.add((ligne.donnees[JOURS], ligne.donnees[CANAL]))
        else:
            _remove(turn, cle, collection, ligne, "Remplacée.")
    return kept


def _require_room(turn: Turn, cle: str, collection: Collection, wanted: int) -> None:
    room = collection.maximum - len(turn.state.collections.get(cle, {}))
    if wanted > room:
        left = f"il reste de la place pour {room}" if room > 0 else "il n'y a plus de place"
        detail = f"« {collection.libelle} » : {collection.maximum} lignes au plus, {left}."
        raise Refusal("collection_pleine", detail)


def _add(
    turn: Turn, cle: str, collection: Collection, donnees: dict[str, Any], id_: str | None = None
) -> LigneState:
    """Add a line that a person gives: what comes by itself is held to no condition."""
    if collection.exige:
        check_line(turn, cle, donnees)
        given = LigneState(
            id=id_ or "",
            nom=collection.singulier,
            donnees=donnees,
            statut=next(iter(collection.statuts), None),
            added_at=turn.now,
            added_by=turn.actor.name,
        )
        _require_all(turn, cle, collection.exige, given)
    return add_line(turn, cle, donnees, id_)


@handle.register
def _(command: c.ChangeLigne, turn: Turn) -> None:
    turn.require_open()
    collection, ligne = _ligne(turn, command.collection, command.ligne)
    _require_one_of(turn, collection.gerent)
    _require_version(ligne, command.version)
    turn.require(command.donnees != ligne.donnees, "sans_changement", "Rien n'a changé dans cette ligne.")
    check_line(turn, command.collection, command.donnees)
    changed = ligne.model_copy(update={"donnees": command.donnees})
    _require_all(turn, command.collection, collection.exige, changed)
    turn.say(
        f.LigneChanged(
            collection=command.collection, ligne=ligne.id, avant=ligne.donnees, donnees=command.donnees
        ),
        audience_of(turn, collection),
    )
    _outdate_documents(turn, command.collection, ligne.id, "La ligne a changé depuis.")
    _tell_firm(turn, "ligne_modifiee", f"{turn.actor.name} a modifié « {ligne.nom} ».", ligne.id)


@handle.register
def _(command: c.SetLigneStatut, turn: Turn) -> None:
    turn.require_open()
    collection, ligne = _ligne(turn, command.collection, command.ligne)
    statut = collection.statuts.get(command.statut)
    if statut is None:
        raise Refusal("statut_inconnu", f"« {command.statut} » n'est pas un statut de cette ligne.")
    _require_one_of(turn, statut.par or collection.gerent)
    _require_version(ligne, command.version)
    turn.require(command.statut != ligne.statut, "sans_changement", "La ligne a déjà ce statut.")
    _require_all(turn, command.collection, statut.exige, ligne)
    set_line_statut(turn, command.collection, ligne, command.statut, command.motif)
    _tell_firm(turn, "ligne_statut", f"« {ligne.nom} » : {statut.libelle}, dit {turn.actor.name}.", ligne.id)


@handle.register
def _(command: c.RemoveLigne, turn: Turn) -> None:
    turn.require_open()
    collection, ligne = _ligne(turn, command.collection, command.ligne)
    _require_one_of(turn, collection.gerent)
    _remove(turn, command.collection, collection, ligne, command.motif)
    _tell_firm(turn, "ligne_retiree", f"{turn.actor.name} a retiré « {ligne.nom} ».", ligne.id)


def _remove(turn: Turn, cle: str, collection: Collection, ligne: LigneState, motif: str) -> None:
    turn.say(
        f.LigneRemoved(collection=cle, ligne=ligne.id, nom=ligne.nom, motif=motif),
        audience_of(turn, collection),
    )
    _outdate_documents(turn, cle, ligne.id, "La ligne a été retirée.")
