"""What the scenarios of a modèle reach: étapes, conditions both ways, reminders, what deadlines bring, documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workflows.engine import facts as f
from workflows.engine.evolve import evolve
from workflows.engine.expressions import ExpressionError
from workflows.engine.facts import AnyFact, Event
from workflows.engine.modele import (
    ActionClient,
    Alerte,
    Automatisation,
    Document,
    Etape,
    Evenement,
    Modele,
    Piece,
    PourChaque,
    Relance,
    Tache,
)
from workflows.engine.placed import Place, placed
from workflows.engine.program import Program
from workflows.engine.simulation import Step
from workflows.engine.state import DemarcheState

Kind = Literal["etapes", "branches", "relances", "echeances", "documents"]
KINDS: tuple[Kind, ...] = ("etapes", "branches", "relances", "echeances", "documents")


@dataclass(frozen=True)
class Target:
    """Something that a scenario should reach. `place`: in the modèle's file."""

    kind: Kind
    key: tuple[str | int | bool, ...]
    place: Place
    lacking: str
    """What to say when no scenario reaches it."""


def targets(modele: Modele) -> Iterator[Target]:
    """Everything of a modèle that its scenarios should reach, in the order of its file.

    Conditions that only decide what a screen shows (`onglets`) are left out: nothing of them happens in a démarche.
    """
    for name, calcul in modele.calculs.items():
        if calcul.si is not None:
            yield from _both(calcul.si, ("calculs", name, "si"), f"du calcul « {name} »")
    for name, document in modele.documents.items():
        yield Target(
            "documents", ("document", name), ("documents", name), f"document « {name} » jamais produit"
        )
        if document.si is not None:
            yield from _both(document.si, ("documents", name, "si"), f"sur les lignes du document « {name} »")
        for index, variante in enumerate(document.variantes):
            place: Place = ("documents", name, "variantes", index, "si")
            lacking = f"variante « {variante.modele} » du document « {name} » jamais employée"
            yield Target("branches", ("variante", name, index), place, lacking)
    if modele.demande is not None and modele.demande.relance is not None:
        place = ("demande", "relance")
        yield Target("relances", place, place, "relance de la demande : jamais partie")
        if modele.demande.relance.escalade is not None:
            place = (*place, "escalade")
            yield Target("echeances", place, place, "escalade de la relance de la demande : jamais atteinte")
    for etape, place in placed(modele):
        yield from _of_etape(etape, place)


def _both(source: str, place: Place, whose: str) -> Iterator[Target]:
    for value, word in ((True, "vraie"), (False, "fausse")):
        yield Target("branches", ("si", *place, value), place, f"condition {whose} jamais {word} : {source}")


def _of_etape(etape: Etape, place: Place) -> Iterator[Target]:
    whose = f"de l’étape « {etape.cle} »"
    yield Target("etapes", ("etape", etape.cle), place, f"étape « {etape.cle} » jamais atteinte")
    if etape.si is not None:
        yield from _both(etape.si, (*place, "si"), whose)
    if isinstance(etape, PourChaque) and etape.membres is not None:
        yield from _both(etape.membres, (*place, "si"), f"sur les lignes {whose}")
    for part, name, where in conditions(etape, place):
        if part.si is not None:
            yield from _both(part.si, (*where, "si"), f"{name} {whose}")
    for index, relance in enumerate(etape.relances):
        where = (*place, "relances", index)
        said = f"relance « {relance.cle} » {whose}"
        yield Target("relances", ("relance", etape.cle, relance.cle), where, f"{said} : jamais partie")
        if relance.escalade is not None:
            lacking = f"escalade de la {said} : jamais atteinte"
            key = ("escalade", etape.cle, relance.cle)
            yield Target("echeances", key, (*where, "escalade"), lacking)
    if etape.retard is not None:
        yield Target(
            "echeances", ("retard", etape.cle), (*place, "retard"), f"retard {whose} : jamais atteint"
        )
    for index, alerte in enumerate(etape.alertes):
        lacking = f"alerte « {alerte.cle} » {whose} : jamais donnée"
        yield Target("echeances", ("alerte", etape.cle, alerte.cle), (*place, "alertes", index), lacking)
    for index, evenement in enumerate(etape.evenements):
        if evenement.sinon is not None:
            lacking = f"échéance de l’évènement « {evenement.cle} » {whose} : jamais dépassée"
            where = (*place, "evenements", index, "sinon")
            yield Target("echeances", ("echu", evenement.cle), where, lacking)
    if etape.recurrente is not None:
        lacking = f"récurrence {whose} : jamais reprise"
        yield Target("echeances", ("reprise", etape.cle), (*place, "recurrente"), lacking)


Conditional = Tache | Piece | ActionClient | Evenement | Relance | Alerte | Automatisation


def conditions(etape: Etape, place: Place) -> Iterator[tuple[Conditional, str, Place]]:
    """Everything in an étape that may have a condition, with its name and its place."""
    for index, tache in enumerate(etape.taches):
        yield tache, f"de la tâche « {tache.cle} »", (*place, "taches", index)
    for index, piece in enumerate(etape.pieces):
        yield piece, f"de la pièce « {piece.cle} »", (*place, "pieces", index)
    for index, action in enumerate(etape.actions_client):
        yield action, f"de l’action « {action.cle} »", (*place, "actions_client", index)
    for index, evenement in enumerate(etape.evenements):
        yield evenement, f"de l’évènement « {evenement.cle} »", (*place, "evenements", index)
    for index, relance in enumerate(etape.relances):
        yield relance, f"de la relance « {relance.cle} »", (*place, "relances", index)
    for index, alerte in enumerate(etape.alertes):
        yield alerte, f"de l’alerte « {alerte.cle} »", (*place, "alertes", index)
    for index, automatisation in enumerate(etape.automatisations):
        yield automatisation, f"de l’automatisation {index + 1}", (*place, "automatisations", index)


class Coverage:
    """What was reached of one modèle, step after step."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.targets = list(targets(program.modele))
        self.reached: set[tuple[str | int | bool, ...]] = set()
        self._before: dict[str, DemarcheState] = {}
        """State of each démarche after the step before."""
        self._places = {etape.cle: place for etape, place in placed(program.modele)}

    @property
    def lacking(self) -> list[Target]:
        """What no scenario reaches, in the order of the file."""
        return [target for target in self.targets if target.key not in self.reached]

    def counts(self, kind: Kind | None = None) -> tuple[int, int]:
        """Reached and to be reached, of one kind or of all."""
        mine = [target for target in self.targets if kind in (None, target.kind)]
        return sum(target.key in self.reached for target in mine), len(mine)

    @property
    def percent(self) -> int:
        """Rounded down: 100 only when nothing lacks."""
        reached, total = self.counts()
        return 100 * reached // total if total else 100

    def see(self, step: Step) -> None:
        """Take note of a step of one of this modèle's démarches."""
        state = step.state
        for event, then in self._unfolded(step):
            self._happened(event.fact, then)
        for name, calcul in self.program.modele.calculs.items():
            if calcul.si is not None:
                self._weigh(("calculs", name, "si"), calcul.si, state)
        for name, document in self.program.modele.documents.items():
            if document.si is not None:
                self._weigh(("documents", name, "si"), document.si, state, document.pour_chaque)
        for active in state.active:
            if active.cle not in self.program.etapes:
                continue  # added by hand to this démarche: it has no condition
            etape, place = self.program.etapes[active.cle], self._places[active.cle]
            self._members(etape, state)
            for part, _, where in conditions(etape, place):
                if part.si is None:
                    continue
                if isinstance(part, Relance | Alerte):
                    lines = part.dans if isinstance(part, Relance) else None
                    self._weigh((*where, "si"), part.si, state, lines)
                elif isinstance(part, Automatisation) and part.quand not in ("entree", "sortie"):
                    lines = part.sur if part.quand == "ligne" else None
                    self._weigh((*where, "si"), part.si, state, lines)

    def _unfolded(self, step: Step) -> Iterator[tuple[Event, DemarcheState]]:
        """Events of a step, each with the state it led to: a condition on entry is looked at before what it brings."""
        id_, first = step.state.demarche_id, step.events[0].seq if step.events else 0
        before = DemarcheState(demarche_id=id_) if first == 1 else self._before.get(id_)
        self._before[id_] = step.state
        moved = any(isinstance(event.fact, f.EtapeEntered | f.EtapeCompleted) for event in step.events)
        if not moved or before is None or before.seq + 1 != first:
            yield from ((event, step.state) for event in step.events)
            return
        state = before.model_copy(deep=True)
        for event in step.events:
            evolve(state, event)
            yield event, state

    def _happened(self, fact: AnyFact, state: DemarcheState) -> None:
        match fact:
            case f.EtapeEntered(etape=cle) | f.EtapeCompleted(etape=cle) if cle not in self.program.etapes:
                pass  # added by hand to this démarche
            case f.EtapeEntered(etape=cle):
                self.reached.add(("etape", cle))
                etape = self.program.etapes[cle]
                if etape.si is not None:
                    self.reached.add(("si", *self._places[cle], "si", True))
                # It may end as soon as it begins, or as soon as a line comes.
                self._members(etape, state)
                self._moved(cle, "entree", state)
            case f.EtapeCompleted(etape=cle):
                self._members(self.program.etapes[cle], state)
                self._moved(cle, "sortie", state)
            case f.EtapeVoided(etape=cle):
                self.reached.add(("si", *self._places[cle], "si", False))
            case f.RelanceSent(etape=cle, relance=relance):
                self.reached.add(("relance", cle, relance))
            case f.RelanceEscalated(etape=cle, relance=relance):
                self.reached.add(("escalade", cle, relance))
            case f.RelanceDemandeSent():
                self.reached.add(("demande", "relance"))
            case f.RelanceDemandeEscalated():
                self.reached.add(("demande", "relance", "escalade"))
            case f.EtapeOverdue(etape=cle):
                self.reached.add(("retard", cle))
            case f.AlerteRaised(etape=cle, alerte=alerte):
                self.reached.add(("alerte", cle, alerte))
            case f.EvenementOverdue(evenement=evenement):
                self.reached.add(("echu", evenement))
            case f.EtapeRecurred(etape=cle):
                self.reached.add(("reprise", cle))
            case f.DocumentProduced(document=id_):
                name = state.documents[id_].cle
                self.reached.add(("document", name))
                if name in self.program.modele.documents:
                    self._variant(name, self.program.modele.documents[name], state)
            case _:
                pass

    def _members(self, etape: Etape, state: DemarcheState) -> None:
        """Which lines have a child."""
        if isinstance(etape, PourChaque) and etape.membres is not None:
            self._weigh((*self._places[etape.cle], "si"), etape.membres, state, etape.dans)

    def _moved(self, cle: str, when: str, state: DemarcheState) -> None:
        """Conditions that are looked at when an étape is entered or left."""
        etape = self.program.etapes[cle]
        for part, _, where in conditions(etape, self._places[cle]):
            if part.si is None or isinstance(part, Relance | Alerte):
                continue
            at = part.quand if isinstance(part, Automatisation) else "entree"
            if at == when:
                self._weigh((*where, "si"), part.si, state)

    def _variant(self, name: str, document: Document, state: DemarcheState) -> None:
        """The variant that a document was made from: the first whose condition holds."""
        for index, variante in enumerate(document.variantes):
            if self._value(variante.si, state) is True:
                self.reached.add(("variante", name, index))
                return

    def _weigh(self, place: Place, source: str, state: DemarcheState, lines: str | None = None) -> None:
        """A condition as it stands, or for each line of a collection; one that cannot be told yet is left out."""
        both = {("si", *place, True), ("si", *place, False)}
        if both <= self.reached:
            return
        if lines is None:
            values = [self._value(source, state)]
        else:
            values = [self._value(source, state, (lines, id_)) for id_ in state.collections.get(lines, {})]
        self.reached |= {("si", *place, value) for value in values if isinstance(value, bool)}

    def _value(self, source: str, state: DemarcheState, line: tuple[str, str] | None = None) -> object:
        try:
            if line is not None:
                collection, id_ = line
                ligne = state.collections[collection][id_]
                return self.program.of_line(collection, source, ligne, state, "booleen")
            return (
                self.program.evaluate(source, state, "booleen") if self.program.known(source, state) else None
            )
        except ExpressionError:
            return None
