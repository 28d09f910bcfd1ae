"""Playing a démarche to its end in virtual time: everyone answers after a delay of their own, or stays silent.

The simulator uses the engine as the real thing does, through `decide`: what it shows is what will happen. It has no
clock; time jumps to whatever comes next, an answer or a timer.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from workflows.engine.commands import COMMAND, AnyCommand, EngineError, Refusal
from workflows.engine.decide import decide
from workflows.engine.enfants import letter
from workflows.engine.facts import Event
from workflows.engine.moment import Delay
from workflows.engine.needs import needs
from workflows.engine.placed import Place
from workflows.engine.produced import not_made
from workflows.engine.program import PARIS, Program
from workflows.engine.samples import sample
from workflows.engine.scenario import Attendu, Scenario, completed, read_scenario
from workflows.engine.state import Actor, DemarcheState, EtapeState, FileRef, Membre
from workflows.engine.waiting import Asked, Wait, asked_of, form_done, waits
from workflows.engine.wording import describe, famille

MAX_COMMANDS = 2000
MAX_VISITS = 60
"""Times that an étape which does not recur may be taken up again: beyond, the démarche turns in circles."""
OFFICE = time(10, 0)
"""Hour at which people answer."""
_DAY = re.compile(r"^J\s*([+-])\s*(\d{1,4})$")


@dataclass(frozen=True)
class Step:
    """One command played, what it wrote, and the state it led to. `refusal`: what was answered instead."""

    at: datetime
    command: AnyCommand
    events: tuple[Event, ...]
    state: DemarcheState
    refusal: Refusal | None = None
    program: Program | None = None
    """Of a child; the démarche's own when absent."""
    source: Place = ()
    """What the scenario says of it: the place of an event, of the answers to a form …"""


@dataclass(frozen=True)
class Stop:
    """A moment of a scenario at which something is to be checked, and what was known then."""

    attendu: Attendu
    source: Place
    at: datetime
    state: DemarcheState
    awaited: tuple[Wait, ...]
    told: int
    """Number of events of the journal by then."""


@dataclass(frozen=True)
class Planned:
    """Something that the scenario wants at an instant: a command, or a check."""

    at: datetime
    index: int
    command: dict[str, Any] | None = None
    par: str | None = None
    attendu: Attendu | None = None


Ending = Literal["terminee", "annulee", "refusee", "attente", "duree", "refus", "boucle"]


@dataclass
class Simulation:
    """A démarche being played. Iterate over `run()`, then read `ending` and `state`."""

    program: Program
    scenario: Scenario
    start: date
    until: timedelta = timedelta(days=366)

    def __post_init__(self) -> None:
        self.state = DemarcheState(demarche_id="simulation")
        self.now = datetime.combine(self.scenario.debut or self.start, OFFICE, PARIS).astimezone(UTC)
        self.begin = self.now
        longer = self.scenario.jusqu_a
        self.end = self.begin + self.until if longer is None else self.program.shift(self.begin, longer)
        self.ending: Ending = "attente"
        self.awaited: list[Wait] = []
        self.journal: list[Event] = []
        """Its own events, without those of its children."""
        self.stops: list[Stop] = []
        """What was to be checked on the way, in the order it came."""
        self.missed: list[int] = []
        """Ranks of the events of the scenario that the simulation never came to."""
        self.circling: str | None = None
        """Étape that is taken up again without end, when one is."""
        self.next_at: datetime | None = None
        self._count = 0
        self._refused: set[str] = set()
        self._times: Counter[Asked] = Counter()
        """How many times each thing was answered."""
        self.enfants: dict[str, Simulation] = {}
        """Child démarches, by id."""
        self._letters: deque[tuple[str, dict[str, Any]]] = deque()
        self._events = self._plan()

    def _plan(self) -> list[Planned]:
        """The events of the scenario, in order: those without a command are there to be checked only."""
        found = []
        for index, event in enumerate(self.scenario.evenements):
            at = self.program.shift(self.begin, event.apres)
            if event.commande is not None:
                found.append(Planned(at, index, command=event.commande, par=event.par))
            if event.attendu is not None:
                # After the command it goes with, and what that brings about.
                found.append(Planned(at, index, attendu=event.attendu))
        return sorted(found, key=lambda one: (one.at, one.index))

    def run(self) -> Iterator[Step]:
        """Play to the end, to the limit of time, or to a refusal. Raises EngineError for a fault of the engine."""
        step = self._play(self._open(), ("donnees",))
        self._letters.extend(self._written(step))
        yield step
        while not self._stops(step) and self.state.open:
            played = self._count + sum(child._count for child in self.enfants.values())
            self.circling = next(
                (found for one in self._family() if (found := one._turns_in_circles())), None
            )
            if played > MAX_COMMANDS or self.circling is not None:
                self.ending = "boucle"
                break
            # One at a time: each answer may change what is awaited.
            moved = self._move()
            if moved is not None:
                step = moved
                yield step
                continue
            at = min((at for one in self._family() if (at := one._next()) is not None), default=None)
            if at is None:
                self.ending, self.awaited = "attente", waits(self.program, self.state)
                break
            if at > self.end:
                self.ending, self.awaited, self.next_at = "duree", waits(self.program, self.state), at
                break
            self.now = max(self.now, at)
        else:
            self.ending = "refus" if self._stops(step) else self.state.cycle  # type: ignore[assignment]
        for one in (self, *self.enfants.values()):
            one._leave()

    def _leave(self) -> None:
        """Nothing more is played. Once ended, what was to be checked later is checked on what it became."""
        left, self._events = self._events, []
        for one in left:
            if one.attendu is not None and not self.state.open:
                self._stop(one, one.at)
            elif one.index not in self.missed:
                self.missed.append(one.index)

    def _stop(self, planned: Planned, at: datetime) -> None:
        if planned.attendu is not None:
            awaited = tuple(waits(self.program, self.state))
            source: Place = ("evenements", planned.index, "attendu")
            self.stops.append(Stop(planned.attendu, source, at, self.state, awaited, len(self.journal)))

    def waiting(self) -> list[tuple[DemarcheState, Wait]]:
        """Who is awaited now, here and in the children that are open, and in which démarche."""
        return [(one.state, wait) for one in self._family() for wait in waits(one.program, one.state)]

    def _turns_in_circles(self) -> str | None:
        return next(
            (
                state.cle
                for state in self.state.active
                if state.visit > MAX_VISITS
                and self.program.of(self.state).etapes[state.cle].recurrente is None
            ),
            None,
        )

    # --- children: what the outbox and its relay do

    def _family(self) -> Iterator[Simulation]:
        """This démarche and its children that are open."""
        yield self
        for child in self.enfants.values():
            if child.state.open:
                child.now = self.now
                yield child

    def _move(self) -> Step | None:
        """The next thing that falls due: a letter, then an action here, then one in a child."""
        while self._letters:
            step = self._deliver(*self._letters.popleft())
            if step.refusal is None:
                return step
        for one in self._family():
            due = next(one._due(), None)
            if due is not None:
                step = one._play(*due)
                self._letters.extend(one._written(step))
                return self._told_by(one, step)
        return None

    def _told_by(self, one: Simulation, step: Step) -> Step:
        """A step as this démarche's story tells it."""
        if one is self:
            return step
        source: Place = ("enfants", one.program.modele.modele, *step.source)
        return replace(step, program=one.program, source=source)

    def _written(self, step: Step) -> Iterator[tuple[str, dict[str, Any]]]:
        for event in step.events:
            written = letter(step.state, event.fact)
            if written is not None:
                yield written

    def _deliver(self, to: str, told: dict[str, Any]) -> Step:
        """What a parent and a child have to tell each other; a démarche that has ended refuses it, and nobody minds."""
        if "sha" in told:
            self.enfants[to] = self._child(to)
        one = self if to == self.state.demarche_id else self.enfants[to]
        one.now = self.now
        fields = {key: value for key, value in told.items() if key != "sha"}
        step = one._play(one._command(actor=_SYSTEM, **fields))
        self._letters.extend(one._written(step))
        return self._told_by(one, step)

    def _child(self, id_: str) -> Simulation:
        program = self.program.enfants[self.state.enfants[id_].modele]
        invented = {
            alias: sample(schema, self.now.astimezone(PARIS).date())
            for alias, schema in program.bundle.forms.items()
        }
        scenario = self.scenario.enfants.get(program.modele.modele) or Scenario(donnees=invented)
        child = Simulation(program, scenario, self.now.astimezone(PARIS).date())
        child.state = DemarcheState(demarche_id=id_)
        child.now = child.begin = self.now
        child._events = child._plan()
        return child

    # --- what happens next

    def _due(self) -> Iterator[tuple[AnyCommand, Place]]:
        """Commands that fall due now, with their source: effects, then timers, events of the scenario, answers."""
        asked = needs(self.state)
        for effect in asked.effects:
            if self._is_told(effect):
                yield self._effect(effect), ()
        if asked.next_at is not None and asked.next_at <= self.now:
            yield self._command(type="Tick", actor=_SYSTEM), ()
        while self._events and self._events[0].at <= self.now:
            planned = self._events.pop(0)
            if planned.command is None:
                self._stop(planned, self.now)
                continue
            outside = planned.command.get("type") == "RecordFact"
            actor = _SYSTEM if outside else self._actor_of(planned.par)
            command = self._command(**{"actor": actor, **self._told(planned.command)})
            yield command, ("evenements", planned.index)
        if self.state.cycle != "ouverte":
            return
        for active in self.state.active:
            at = self._skipped_at(active)
            if at is not None and at <= self.now:
                skip = self._command(
                    type="SkipEtape",
                    actor=self._staff(),
                    etape=active.cle,
                    motif=self.scenario.passer[active.cle],
                )
                yield skip, ("passer", active.cle)
        # Who has to produce a document fills first the forms it reads.
        for wait in sorted(waits(self.program, self.state), key=self._produces):
            if self._answers(wait) and self._answer_at(wait) <= self.now:
                for command in self._answer(wait):
                    # A task is ticked, its document made, before it is done.
                    self._times[asked_of(wait, self.state)] += (
                        wait.kind != "tache" or command.type == "CompleteTache"
                    )
                    yield command, self._source_of(wait)

    def _produces(self, wait: Wait) -> bool:
        if wait.kind != "tache":
            return False
        tache = self.state.taches[wait.id]
        # One that holds nothing is given up when its étape ends: it comes in its turn.
        return tache.obligatoire and tache.document is not None

    def _source_of(self, wait: Wait) -> Place:
        """Where the scenario says how a wait is answered."""
        match wait.kind:
            case "formulaire":
                return ("donnees", wait.id)
            case "collection":
                return ("lignes", wait.id, len(self.state.collections.get(wait.id, {})))
            case "evenement":
                return ("donnees", self.program.evenements[wait.id].formulaire or "")
            case _:
                return ()

    def _told(self, command: dict[str, Any]) -> dict[str, Any]:
        """A command as a scenario writes it: « J+20 » for dates, lines by rank, the file of a deposit left out."""
        told = self._dated(completed(command))
        if isinstance(told.get("donnees"), dict):
            told["donnees"] = self._dated(told["donnees"])
        if isinstance(told.get("lignes"), list):
            told["lignes"] = [
                self._dated(line) if isinstance(line, dict) else line for line in told["lignes"]
            ]
        if isinstance(told.get("due_at"), str):
            # A day, or an hour without its zone, is the firm's.
            due = datetime.fromisoformat(told["due_at"])
            told["due_at"] = due if due.tzinfo else due.replace(tzinfo=PARIS)
        if isinstance(told.get("ligne"), int):
            known = list(self.state.collections.get(str(told.get("collection")), {}))
            rank = told["ligne"] - 1
            told["ligne"] = known[rank] if 0 <= rank < len(known) else ""
        return told

    def _next(self) -> datetime | None:
        """When something happens next; None when nothing will."""
        candidates = [planned.at for planned in self._events[:1]]
        timer = needs(self.state).next_at
        if timer is not None:
            candidates.append(timer)
        if self.state.cycle == "ouverte":
            candidates += [
                self._answer_at(wait) for wait in waits(self.program, self.state) if self._answers(wait)
            ]
            candidates += [at for active in self.state.active if (at := self._skipped_at(active)) is not None]
        return min(candidates, default=None)

    def _answers(self, wait: Wait) -> bool:
        if wait.kind == "evenement":
            evenement = self.program.evenements[wait.id]
            if evenement.recu_si is not None or evenement.appel is not None:
                return False  # nobody tells it: it follows from what people do, or a service answers
        if wait.kind == "tache" and self.program.unmet(self.state.taches[wait.id], self.state) is not None:
            return False  # whoever has it comes back to it once what it wants is there
        silence = self.scenario.silence
        return wait.key not in silence and ".".join(asked_of(wait, self.state)) not in silence

    def _answer_at(self, wait: Wait) -> datetime:
        since = asked_at(self.state, wait, self.begin)
        if since is None:
            return datetime.max.replace(tzinfo=UTC)
        return self._answered_after(wait, since)

    def _answered_after(self, wait: Wait, since: datetime) -> datetime:
        """When someone asked at `since` answers."""
        took = self.scenario.reponses.get(".".join(asked_of(wait, self.state)))
        if took is not None:
            return self.program.shift(since, took[self._rank(wait, len(took))])
        default = Delay(1, "jo") if wait.side == "cabinet" else Delay(2, "j")
        delays = self.scenario.delais
        delay = delays.get(wait.etape or "", delays.get(wait.key, default))
        return _awake(self.program.shift(since, delay))

    def _rank(self, wait: Wait, told: int) -> int:
        """Which of `told` answers comes next: the last one, once they have all come."""
        return min(self._times[asked_of(wait, self.state)], told - 1)

    def _skipped_at(self, etape: EtapeState) -> datetime | None:
        """When someone passes over an étape; None when nobody does."""
        return etape.entered_at if etape.cle in self.scenario.passer else None

    def _stops(self, step: Step) -> bool:
        """A refused command ends the play."""
        return step.refusal is not None

    # --- what people do

    def _open(self) -> AnyCommand:
        modele = self.program.modele
        forms = {name: self._dated(answers) for name, answers in self.scenario.donnees.items()}
        demande = self.scenario.demande and modele.demande is not None
        # A demande that clients may not make themselves is entered for them by the firm.
        asker = next(iter(_roles(self.program, "client")), None) if modele.portail.demandable else None
        first = {modele.demande.formulaire} if demande and modele.demande else set()
        return self._command(
            type="OpenDemarche",
            actor=self._actor_of(asker) if demande else self._staff(),
            client_id="client",
            client_nom=self.scenario.client.nom,
            client_type=self.scenario.client.type or modele.clients[0],
            reference=f"{modele.reference}-{self.now.year}-0001",
            phase="demande" if demande else "dossier",
            equipe=tuple(
                Membre(role=key, user_id=key, nom=role.libelle, libelle=role.libelle)
                for key, role in modele.roles.items()
            ),
            donnees={name: forms[name] for name in first if name in forms},
        )

    def _answer(self, wait: Wait) -> Iterator[AnyCommand]:
        actor = self._actor_of(wait.key)
        staff = self._staff()
        match wait.kind:
            case "demande":
                yield self._command(type="ValidateDemande", actor=staff)
            case "tache":
                yield from self._do_task(wait.id, actor)
            case "piece":
                file = _file(f"{wait.id}.pdf", 100_000)
                yield self._command(type="DepositPiece", actor=actor, piece=wait.id, files=(file,))
            case "validation":
                motif = self.scenario.refus.get(wait.id)
                if motif is not None and wait.id not in self._refused:
                    self._refused.add(wait.id)
                    yield self._command(type="RefusePiece", actor=staff, piece=wait.id, motif=motif)
                else:
                    yield self._command(type="ValidatePiece", actor=staff, piece=wait.id)
            case "formulaire":
                answers = self._dated(self.scenario.donnees.get(wait.id, {}))
                yield self._command(
                    type="SubmitForm", actor=actor, formulaire=wait.id, donnees=answers, etape=wait.etape
                )
            case "collection":
                known = len(self.state.collections.get(wait.id, {}))
                lines = self.scenario.lignes.get(wait.id, ())
                answers = self._dated(lines[known]) if known < len(lines) else {}
                yield self._command(type="AddLigne", actor=actor, collection=wait.id, donnees=answers)
            case "evenement":
                evenement = self.program.evenements[wait.id]
                answers = self._dated(self.scenario.donnees.get(evenement.formulaire or "", {}))
                yield self._command(
                    type="RecordEvenement", actor=_SYSTEM, evenement=wait.id, donnees=answers or None
                )
            case "action" | "information":
                yield self._command(type="AnswerAction", actor=actor, action=wait.id, message="C’est fait.")
            case "etape":
                yield self._command(type="ValidateEtape", actor=staff, etape=wait.id)

    def _do_task(self, id_: str, actor: Actor) -> Iterator[AnyCommand]:
        tache = self.state.taches[id_]
        own = self.program.own_form(tache)
        if tache.statut == "suggere_client":
            yield self._command(type="QualifyTache", actor=self._staff(), tache=id_)
        for index, item in enumerate(tache.checklist):
            if not item.fait:
                yield self._command(type="TickTache", actor=actor, tache=id_, item=index, fait=True)
        if tache.document is not None and not_made(self.program, self.state, tache.document, begun=True):
            yield self._command(type="GenerateDocument", actor=self._staff(), document=tache.document)
        elif own is not None and not form_done(self.state, self.state.etapes[tache.etape or ""], own.nom):
            answers = self._dated(self.scenario.donnees.get(own.nom, {}))
            yield self._command(
                type="SubmitForm", actor=actor, formulaire=own.nom, donnees=answers, etape=tache.etape
            )
        else:
            yield self._command(type="CompleteTache", actor=actor, tache=id_)

    def _is_told(self, effect: str) -> bool:
        """A service that the scenario keeps silent never answers."""
        evenement = self.program.evenements.get(self.state.effets[effect].evenement or "")
        return evenement is None or evenement.de not in self.scenario.silence

    def _effect(self, effect: str) -> AnyCommand:
        kind, cle = self.state.effets[effect].kind, self.state.effets[effect].evenement
        file = None
        if cle is not None and cle in self.scenario.refus and cle not in self._refused:
            self._refused.add(cle)
            return self._command(
                type="ReportEffect",
                actor=_SYSTEM,
                effect=effect,
                outcome="failed",
                reason=self.scenario.refus[cle],
            )
        if cle is not None:
            told = self._dated(self.scenario.donnees.get(self.program.evenements[cle].formulaire or "", {}))
            return self._command(
                type="ReportEffect", actor=_SYSTEM, effect=effect, outcome="done", donnees=told
            )
        if kind == "document":
            file = _file(f"{effect}.pdf", 50_000, "document.pdf")
        return self._command(type="ReportEffect", actor=_SYSTEM, effect=effect, outcome="done", file=file)

    def _play(self, command: AnyCommand, source: Place = ()) -> Step:
        self._count += 1
        try:
            decision = decide(self.program, self.state, command, self.now)
        except Refusal as refusal:
            return Step(self.now, command, (), self.state, refusal, source=source)
        self.state = decision.state
        self.journal += decision.events
        return Step(self.now, command, decision.events, self.state, source=source)

    def _command(self, **fields: Any) -> AnyCommand:
        # `id` follows the order of play: two runs of one scenario are the same, ids included.
        command: AnyCommand = COMMAND.validate_python({"id": f"simulation-{self._count + 1}", **fields})
        return command

    def _staff(self) -> Actor:
        role = next(iter(_roles(self.program, "cabinet")), "conseiller")
        return Actor(kind="staff", id=role, name=self.program.modele.actor_label(role), role="conseiller")

    def _actor_of(self, key: str | None) -> Actor:
        """The person who holds a role, or the participant."""
        modele = self.program.modele
        if key is None or modele.side(key) == "cabinet":
            return self._staff()
        if key in modele.participants and not self.program.is_client(key, self.state):
            known = self.state.participants.get(key)
            return Actor(kind="participant", id=key, name=known.nom if known else key, role=key)
        return Actor(kind="client", id=key, name=modele.actor_label(key), role="client")

    def _dated(self, answers: dict[str, Any]) -> dict[str, Any]:
        """Answers with « J+20 » turned into dates."""
        return {key: dated(value, self.begin) for key, value in answers.items()}


def asked_at(state: DemarcheState, wait: Wait, begin: datetime) -> datetime | None:
    """When people begin to look at what is awaited of them; None for a task whose étape has not come."""
    since = max(wait.since, begin)
    # A task laid out at the opening is done when its étape comes; before, nobody looks at it.
    etape = state.etapes.get(wait.etape or "")
    if etape is not None and etape.entered_at is not None:
        since = max(since, etape.entered_at)
    elif wait.kind == "tache" and etape is not None:
        return None
    piece = state.pieces.get(wait.id) if wait.kind == "piece" else None
    if piece is not None and piece.decided_at is not None:
        since = max(since, piece.decided_at)
    return since


def dated(value: Any, begin: datetime) -> Any:
    """« J+20 », as the ISO date of the twentieth day after the beginning, in lists too; any other value as it is."""
    if isinstance(value, list):
        return [dated(each, begin) for each in value]
    if isinstance(value, dict):
        return {key: dated(each, begin) for key, each in value.items()}
    match = _DAY.match(value) if isinstance(value, str) else None
    if match is None:
        return value
    days = int(match[2]) * (-1 if match[1] == "-" else 1)
    return (begin.astimezone(PARIS).date() + timedelta(days=days)).isoformat()


_SYSTEM = Actor(kind="system", id="system", name="eLaska", role="system")


def _awake(at: datetime) -> datetime:
    """The instant itself by day, else the next hour at which people answer."""
    local = at.astimezone(PARIS)
    if time(8) <= local.time() <= time(19):
        return at
    day = local.date() + timedelta(days=1 if local.time() > time(19) else 0)
    return datetime.combine(day, OFFICE, PARIS).astimezone(UTC)


def _roles(program: Program, side: str) -> list[str]:
    return [key for key, role in program.modele.roles.items() if role.cote == side]


@dataclass(frozen=True)
class Line:
    """A line of the journal as a reader sees it."""

    at: datetime
    who: str
    famille: str
    text: str
    detail: str | None


def lines(step: Step, program: Program, *, everything: bool = False) -> Iterator[Line]:
    """The journal of one step, in French, without bookkeeping unless `everything`."""
    for event in step.events:
        family = famille(event.fact)
        if family == "systeme" and not everything:
            continue
        own = step.program or program
        said = describe(event, own.modele, step.state, form_name=own.form_title)
        # Children live the same things, side by side: each of their lines says whose it is.
        whose = step.state.titre if step.program is not None else None
        detail = " · ".join(part for part in (whose, said.detail) if part) or None
        yield Line(event.at, event.actor.name, family, said.titre, detail)


__all__ = ["EngineError", "Line", "Scenario", "Simulation", "Step", "Stop", "lines", "read_scenario"]


def _file(key: str, size: int, name: str | None = None) -> FileRef:
    """A PDF that nobody deposited, named as the store names its files: the same one each time it is played."""
    return FileRef(id=str(uuid5(NAMESPACE_URL, key)), nom=name or key, type="application/pdf", taille=size)
