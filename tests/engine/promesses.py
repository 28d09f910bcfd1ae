"""What the language promises for later, key by key, and which of it a played journal shows happening.

The list is read from the classes of the language: a key added tomorrow is in it, and lacks a witness until an example
of the corpus makes it fire.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any, Literal, get_args, get_origin

from tests.engine.cles import classes, inside
from tests.engine.monde import Monde
from workflows.engine import facts as f
from workflows.engine.evolve import evolve, fold
from workflows.engine.facts import AnyFact, Event
from workflows.engine.modele import (
    ActionClient,
    Alerte,
    Automatisation,
    Consequence,
    Delais,
    Escalade,
    EscaladeDemande,
    Etape,
    Piece,
    Recurrence,
    Relance,
    RelanceDemande,
    Tache,
)
from workflows.engine.moment import UNITS, Delay, Moment
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState
from workflows.engine.waiting import waits

WHOLE = (Alerte, Consequence, Delais, Escalade, EscaladeDemande, Recurrence, Relance, RelanceDemande)
"""Classes that speak of nothing but a moment to come: all their keys are promises."""
NAMES = frozenset({"cle", "message", "niveau"})
"""What names or words a promise promises nothing of its own."""

ANCHORS = ("entree", "ouverture", "calculs", "ligne", "evenements")
"""From what a moment is counted; anything else is a form."""


def promises() -> set[str]:
    """`Relance.quand`, `Sinon.suite=continuer` … every key, and every value of a choice, that speaks of a moment to
    come; the units of delays; the ways of writing a moment."""
    found = {f"délai en {unit}" for unit in UNITS}
    found |= {"moment avant", "moment après", "moment à une heure"}
    found |= {f"ancre {name}" for name in (*ANCHORS, "formulaire")}
    found |= {"Automatisation.fait=echu", "Appel sans réponse à l’échéance"}
    for model in classes():
        for name, field in model.model_fields.items():
            named = set(inside(field.annotation))
            whole = issubclass(model, WHOLE) and name not in NAMES
            if model is Consequence or not (whole or named & {Moment, Delay, *WHOLE}):
                continue
            choices = [v for part in named if get_origin(part) is Literal for v in get_args(part)]
            if model is not Automatisation:
                found |= {f"{model.__name__}.{name}" + (f"={v}" if v else "") for v in choices or [""]}
    return found


def fired(monde: Monde) -> set[str]:
    """Promises that the journal of a démarche shows being kept; after a migration, under its present version only."""
    witness = _Witness(monde.program)
    migrated = [event.seq for event in monde.journal if isinstance(event.fact, f.DemarcheMigrated)]
    since = max(migrated, default=0)
    state = fold(
        DemarcheState(demarche_id=monde.state.demarche_id), [e for e in monde.journal if e.seq <= since]
    )
    rest = (event for event in monde.journal if event.seq > since)
    for _, told in itertools.groupby(rest, lambda event: event.command_id):
        state = witness.see(list(told), state)
    return witness.seen


class _Witness:
    """Reads the journal command by command, beside the state before and after each."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.seen: set[str] = set()

    def see(self, events: list[Event], before: DemarcheState) -> DemarcheState:
        after = before.model_copy(deep=True)
        for event in events:
            evolve(after, event)
        for event in events:
            self._kept(event, [each.fact for each in events], before, after)
        self._read(events[-1], before, after)
        return after

    def _kept(self, event: Event, said: list[AnyFact], before: DemarcheState, after: DemarcheState) -> None:
        etapes = self.program.etapes
        match event.fact:
            case f.RelanceSent() as sent if sent.etape in etapes:
                self._relance(sent, event, said, before)
            case f.RelanceEscalated(etape=cle, relance=name) if cle in etapes:
                relance = next(r for r in etapes[cle].relances if r.cle == name)
                assert relance.escalade is not None
                self._say("Relance.escalade", "Escalade.delai")
                self._delay(relance.escalade.delai)
                self._borne("Escalade", relance.escalade, said)
            case f.RelanceDemandeSent(rank=rank):
                self._rappel(rank, said)
            case f.RelanceDemandeEscalated():
                demande = self.program.modele.demande
                assert demande is not None and demande.relance is not None and demande.relance.escalade
                self._say("RelanceDemande.escalade", "EscaladeDemande.delai", "EscaladeDemande.a")
                self._delay(demande.relance.escalade.delai)
            case f.AlerteRaised(etape=cle, alerte=name, base=base) if cle in etapes:
                alerte = next(a for a in etapes[cle].alertes if a.cle == name)
                self._of(etapes[cle], "alertes")
                self._say("Alerte.quand", *(["Alerte.si"] if alerte.si else []))
                self._moment(alerte.quand)
                self._borne("Alerte", alerte, said)
                entered = after.etapes[cle].entered_at
                if entered is not None and base < entered:
                    self._say("Alerte.passe=envoyer")
            case f.EtapeOverdue(etape=cle) if cle in etapes and etapes[cle].retard is not None:
                self._of(etapes[cle], "retard", "echeance")
                self._moment(etapes[cle].echeance)
                self._borne("Retard", etapes[cle].retard, said)
            case f.EvenementOverdue(evenement=name, etape=cle, suite=suite):
                self._overdue(name, cle, suite, event, said, before)
            case f.EtapeRecurred(etape=cle) if cle in etapes:
                again = etapes[cle].recurrente
                assert again is not None
                self._of(etapes[cle], "recurrente")
                self._say("Recurrence.tous_les")
                self._delay(again.tous_les)
            case f.TimerDisarmed(key=key) if (timer := before.timers.get(key)) and timer.kind == "attente":
                done = any(isinstance(x, f.EtapeCompleted) and x.etape == timer.etape for x in said)
                if timer.at <= event.at and done:
                    self._of(etapes[timer.etape], "attendre")
                    self._moment(etapes[timer.etape].attendre)
            case f.ParticipantInvited(participant=invited):
                wanted = self.program.modele.participants[invited.cle].lien_valable
                if invited.expires_at == self.program.shift(event.at, wanted):
                    self._say("Participant.lien_valable")
                    self._delay(wanted)
            case f.PieceValidated(piece=id_):
                kind = self.program.piece_kind(after.pieces[id_])
                if kind is not None and kind.validite is not None:
                    self._say("Piece.validite")
                    self._delay(kind.validite)
            case f.ClockRestarted(etape=cle, seconds=seconds):
                moved = any(x.type in ("TacheRescheduled", "EtapeRescheduled") for x in said)
                if seconds > 0 and moved and etapes[cle].delais is not None:
                    self._of(etapes[cle], "delais")
                    self._say("Delais.suspendus=client")
            case f.EtapeEntered(etape=cle) if cle in etapes:
                self._ignored(etapes[cle], event, after)
            case _:
                pass

    def _relance(self, sent: f.RelanceSent, event: Event, said: list[AnyFact], before: DemarcheState) -> None:
        etape = self.program.etapes[sent.etape]
        relance = next(r for r in etape.relances if r.cle == sent.relance)
        self._of(etape, "relances")
        self._say("Relance.quand", *(["Relance.si"] if relance.si else []))
        self._moment(relance.quand)
        self._borne("Relance", relance, said)
        if relance.tant_que is not None:
            self._say(f"Relance.tant_que={relance.tant_que}")
        if sent.ligne is not None:
            self._say("Relance.dans")
        if sent.palier is not None:
            self._say("Relance.paliers")
        if relance.repeter is not None and sent.rank > 1:
            self._say("Relance.repeter", *(["Relance.maximum"] if sent.rank == relance.maximum else []))
            self._delay(relance.repeter)
        if relance.document is not None and any(isinstance(x, f.DocumentRequested) for x in said):
            self._say("Relance.document")
        if relance.etalement is not None and sent.base < event.at <= sent.base + timedelta(days=1):
            self._say("Relance.etalement")
        entered = before.etapes[sent.etape].entered_at
        if relance.passe == "envoyer" and sent.rank == 1 and entered is not None and sent.base < entered:
            self._say("Relance.passe=envoyer")

    def _rappel(self, rank: int, said: list[AnyFact]) -> None:
        """A reminder of the demande."""
        assert self.program.modele.demande is not None
        relance = self.program.modele.demande.relance
        assert relance is not None
        self._say("Demande.relance", "RelanceDemande.quand")
        self._moment(relance.quand)
        for key in relance.canaux:
            if self._brought(key, getattr(relance, key), said):
                self._say(f"RelanceDemande.{key}")
        if relance.repeter is not None and rank > 1:
            at_last = ["RelanceDemande.maximum"] if rank == relance.maximum else []
            self._say("RelanceDemande.repeter", *at_last)
            self._delay(relance.repeter)

    def _overdue(
        self, name: str, cle: str, suite: str, event: Event, said: list[AnyFact], before: DemarcheState
    ) -> None:
        evenement = self.program.evenements.get(name)
        known = before.evenements.get(name)
        if evenement is None or evenement.sinon is None:
            return
        if known is not None and known.due_at is not None and known.due_at <= event.at:
            self._say("Evenement.echeance", "Evenement.sinon", f"Sinon.suite={suite}")
            self._moment(evenement.echeance)
            if evenement.appel is not None:
                self._say("Appel sans réponse à l’échéance")
        self._borne("Sinon", evenement.sinon, said)
        if any(isinstance(fact, f.SentBack) for fact in said):
            self._say("Sinon.retour")
        for automatisation in self.program.etapes[cle].automatisations:
            concerned = automatisation.sur in (None, name) and automatisation.quand == "evenement"
            if concerned and automatisation.fait == "echu" and self._done(automatisation, said):
                self._say("Automatisation.fait=echu")

    def _read(self, event: Event, before: DemarcheState, after: DemarcheState) -> None:
        """What is late on reading, and what no timer tells: a recurrence that stops."""
        late = {
            (wait.kind, wait.etape)
            for wait in waits(self.program, before)
            if wait.due_at and wait.due_at < event.at
        }
        for kind, cle in late:
            etape = self.program.etapes.get(cle or "")
            if etape is not None:
                self._late(kind, etape)
        for current in after.etapes.values():
            etape = self.program.etapes.get(current.cle)
            again = etape.recurrente if etape is not None else None
            if etape is None or again is None or current.statut != "valide" or after.cycle != "ouverte":
                continue
            if any(
                timer.etape == etape.cle and timer.kind == "recurrence" for timer in after.timers.values()
            ):
                continue
            full, goes_on = current.visit == again.maximum, self.program.holds(again.tant_que, after)
            if full != goes_on:
                continue  # both stop it, and one cannot be told from the other
            self._say("Recurrence.maximum" if full else "Recurrence.tant_que")

    def _late(self, kind: str, etape: Etape) -> None:
        parts: dict[str, tuple[str, tuple[Tache | Piece | ActionClient, ...]]] = {
            "tache": ("Tache.echeance", etape.taches),
            "piece": ("Piece.echeance", etape.pieces),
            "action": ("ActionClient.echeance", etape.actions_client),
        }
        name, items = parts.get(kind, ("", ()))
        for item in items:
            if item.echeance is not None:
                self._say(name)
                self._moment(item.echeance)

    def _ignored(self, etape: Etape, event: Event, after: DemarcheState) -> None:
        """A date already past on entry, which the modèle leaves alone."""
        state = after.etapes[etape.cle]
        parts: list[Relance | Alerte] = [*etape.relances, *etape.alertes]
        for part in parts:
            if part.passe != "ignorer" or (isinstance(part, Relance) and (part.dans or part.repeter)):
                continue
            at = self.program.instant(part.quand, after, state)
            if at is not None and at < event.at and not any(t.cle == part.cle for t in after.timers.values()):
                self._say(f"{type(part).__name__}.passe=ignorer")

    def _borne(self, name: str, part: Any, said: list[AnyFact]) -> None:
        """What a deadline brings: seen in the same command."""
        if part.a and any(isinstance(x, f.Noticed) for x in said):
            self._say(f"{name}.a")
        for key in ("courriel", "sms", "tache", "statut"):
            if getattr(part, key, None) and self._brought(key, getattr(part, key), said):
                self._say(f"{name}.{key}")

    @staticmethod
    def _brought(key: str, what: Any, said: list[AnyFact]) -> bool:
        match key:
            case "tache":
                return any(isinstance(x, f.TacheCreated) and x.tache.cle == what.cle for x in said)
            case "statut":
                return any(isinstance(x, f.EtapeStatutSet) and x.statut == what for x in said)
            case _:
                return any(isinstance(x, f.EffectRequested) and x.effect.kind == key for x in said)

    def _done(self, automatisation: Automatisation, said: list[AnyFact]) -> bool:
        given = {key: getattr(automatisation, key) for key in ("courriel", "sms", "tache", "statut")}
        return any(what and self._brought(key, what, said) for key, what in given.items())

    def _moment(self, moment: Moment | None) -> None:
        if moment is None:
            return
        root = moment.anchor.partition(".")[0]
        self._say(f"ancre {root if root in ANCHORS else 'formulaire'}")
        if moment.at is not None:
            self._say("moment à une heure")
        if moment.delay is not None:
            self._say("moment avant" if moment.sign < 0 else "moment après")
            self._delay(moment.delay)

    def _delay(self, delay: Delay) -> None:
        self._say(f"délai en {delay.unit}")

    def _of(self, etape: Etape, *keys: str) -> None:
        self._say(*(f"{type(etape).__name__}.{key}" for key in keys))

    def _say(self, *keys: str) -> None:
        self.seen |= set(keys)
