"""What lies ahead of a démarche, read without playing it: expressions that its data will not let anyone evaluate.

Checked after a migration: the étapes it has passed were those of another version, and may not have collected what the
new one reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from workflows.engine.arrangement import branches
from workflows.engine.expressions import ExpressionError, argument_types
from workflows.engine.modele import Etape, Participant
from workflows.engine.moment import ENTRY, OPENING, Moment
from workflows.engine.namespaces import CALCULS, EVENEMENTS
from workflows.engine.program import Program, lookup
from workflows.engine.state import DemarcheState, EtapeState
from workflows.engine.waiting import form_done

_OVER = ("valide", "passee", "sans_objet")


@dataclass(frozen=True)
class _Read:
    """Something read in an étape: an expression and what is said of it."""

    source: str
    what: str
    expects: str | None = "booleen"


def obstacles(program: Program, state: DemarcheState) -> list[str]:
    """Sentences that say what could never be evaluated, in the order of the étapes; empty when the way is free."""
    program = program.of(state)
    found: dict[str, None] = {}
    known = {alias for alias, answers in state.donnees.items() if answers}
    if state.phase == "demande" and program.modele.demande is not None:
        known.add(program.modele.demande.formulaire)
    refilled: set[str] = set()
    for node in branches(program.modele):
        # Branches run side by side: what one collects may be there for the other.
        side_by_side = len(node) > 1
        beside = {nom for branch in node for etape in branch for nom in _asked(state, etape) if side_by_side}
        for branch in node:
            for etape in branch:
                if state.etapes[etape.cle].statut in _OVER and etape.recurrente is None:
                    continue
                asked = _asked(state, etape)
                for reason in _of_etape(program, state, etape, known, refilled | beside | asked):
                    found[reason] = None
                refilled |= asked
    return list(found)


def _asked(state: DemarcheState, etape: Etape) -> set[str]:
    """Forms that the étape has yet to collect. Answers already there count for its first visit."""
    current = state.etapes[etape.cle]
    if current.statut in _OVER:
        return set()
    told = {event.formulaire for event in etape.evenements if event.formulaire}
    return told | _filled_in(state, etape, current)


def _filled_in(state: DemarcheState, etape: Etape, current: EtapeState) -> set[str]:
    if current.statut == "en_cours":
        return {form.nom for form in etape.formulaires if not form_done(state, current, form.nom)}
    return {form.nom for form in etape.formulaires if current.visit or not state.donnees.get(form.nom)}


def _of_etape(
    program: Program, state: DemarcheState, etape: Etape, known: set[str], coming: set[str]
) -> Iterator[str]:
    for read in _reads(program, state, etape):
        reason = _fault(program, state, read, known, coming)
        if reason is not None:
            yield f"Étape « {etape.titre} », {read.what} : {reason}"
    for what, moment in _moments(etape):
        if not _readable(program, state, moment):
            yield f"Étape « {etape.titre} », {what} : « {moment.anchor} » n'est pas une date dans cette démarche."


def _fault(
    program: Program, state: DemarcheState, read: _Read, known: set[str], coming: set[str]
) -> str | None:
    try:
        expression = program.expression(read.source, read.expects)
    except ExpressionError as error:
        return f"« {read.source} » ne convient pas ({error})."
    forms = _forms(program, expression.needs)
    absent = sorted(forms - known - coming)
    if absent:
        names = ", ".join(f"« {_form(program, alias)} »" for alias in absent)
        return f"« {read.source} » lit {names}, que cette démarche n'a pas rempli et qui n'est plus demandé."
    if forms & coming:
        # Answered later, under the form of the version followed then.
        return None
    try:
        program.evaluate(read.source, state, read.expects)
    except ExpressionError as error:
        return f"« {read.source} » ne peut pas être évaluée avec ses réponses ({error})."
    return None


def _forms(program: Program, needs: frozenset[str], seen: frozenset[str] = frozenset()) -> set[str]:
    """Forms that must be filled, through the calculations."""
    found: set[str] = set()
    for need in needs:
        root, _, name = need.partition(".")
        if root in program.bundle.forms:
            found.add(root)
        elif root == CALCULS and name in program.modele.calculs and name not in seen:
            found |= _forms(program, _needs_of(program, name), seen | {name})
    return found


def _needs_of(program: Program, name: str) -> frozenset[str]:
    calcul = program.modele.calculs[name]
    kinds = argument_types(program.rules.functions[calcul.fonction]) if calcul.fonction else {}
    condition = program.expression(calcul.si, "booleen") if calcul.si else None
    needs = frozenset(condition.needs) if condition else frozenset()
    sources = calcul.arguments if calcul.valeur is None else {"": calcul.valeur}
    for argument, source in sources.items():
        kind = kinds.get(argument)
        # One that is optional is left out while its form is not filled.
        if kind is None or not kind.endswith("?"):
            needs |= program.expression(source, kind, condition).needs
    return needs


def _form(program: Program, alias: str) -> str:
    return str(program.bundle.forms.get(alias, {}).get("title", alias))


def _reads(program: Program, state: DemarcheState, etape: Etape) -> Iterator[_Read]:
    """Every expression that the étape will evaluate from where it stands."""
    entered = state.etapes[etape.cle].statut == "en_cours"
    if not entered:
        if etape.si:
            yield _Read(etape.si, "condition")
        for tache in etape.taches:
            if tache.si:
                yield _Read(tache.si, f"tâche « {tache.titre} »")
        for piece in etape.pieces:
            if piece.si:
                yield _Read(piece.si, f"pièce « {piece.titre} »")
        for action in etape.actions_client:
            if action.si:
                yield _Read(action.si, f"action « {action.message} »")
        for event in etape.evenements:
            if event.si:
                yield _Read(event.si, f"événement « {event.titre} »")
    if etape.recurrente and etape.recurrente.tant_que:
        yield _Read(etape.recurrente.tant_que, "récurrence")
    for relance in etape.relances:
        # About each line of a collection: read only once there is one.
        if relance.si and relance.dans is None:
            yield _Read(relance.si, f"relance « {relance.cle} »")
    for alerte in etape.alertes:
        if alerte.si:
            yield _Read(alerte.si, f"alerte « {alerte.cle} »")
    documents = [tache.document for tache in etape.taches if tache.document]
    for automatisation in etape.automatisations:
        if entered and automatisation.quand == "entree":
            continue
        if automatisation.si and automatisation.quand != "ligne":
            yield _Read(automatisation.si, "automatisation")
        participant = program.modele.participants.get(automatisation.inviter or "")
        if participant is not None:
            yield from _of_participant(participant)
        if automatisation.document:
            documents.append(automatisation.document)
    for cle in documents:
        document = program.modele.documents[cle]
        # About each line of a collection: read only once there is one.
        for condition in document.conditions.values() if document.pour_chaque is None else ():
            yield _Read(condition, f"document « {document.titre} »")


def _of_participant(participant: Participant) -> Iterator[_Read]:
    yield _Read(participant.nom, f"nom de « {participant.libelle} »", None)
    yield _Read(participant.email, f"adresse de « {participant.libelle} »", None)


def _moments(etape: Etape) -> Iterator[tuple[str, Moment]]:
    if etape.echeance:
        yield "échéance", etape.echeance
    if etape.attendre:
        yield "attente", etape.attendre
    for relance in etape.relances:
        if relance.dans is None:
            yield f"relance « {relance.cle} »", relance.quand
    for alerte in etape.alertes:
        yield f"alerte « {alerte.cle} »", alerte.quand
    for tache in etape.taches:
        if tache.echeance:
            yield f"échéance de « {tache.titre} »", tache.echeance
    for piece in etape.pieces:
        if piece.echeance:
            yield f"échéance de « {piece.titre} »", piece.echeance
    for event in etape.evenements:
        if event.echeance:
            yield f"échéance de « {event.titre} »", event.echeance


def _readable(program: Program, state: DemarcheState, moment: Moment) -> bool:
    """The anchor is a date, or is not known yet."""
    if moment.anchor in (ENTRY, OPENING) or moment.anchor.startswith(f"{EVENEMENTS}."):
        return True
    value = lookup(program.data(state), moment.anchor)
    if value is None:
        return True
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
