"""A scenario made of what really happened in a démarche: its commands and its journal, read back.

What people answered becomes the scenario's answers, given when they are asked; what someone did unasked becomes an
event of the scenario, at its own instant. Names, words and numbers stay those of the démarche: `anonymous` hides them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, get_args

from workflows.engine import commands as c
from workflows.engine.commands import AnyCommand
from workflows.engine.evolve import evolve
from workflows.engine.facts import (
    CorrectionSent,
    DemarcheMigrated,
    DonneesRecorded,
    EtapeEntered,
    EtapePlaced,
    Event,
)
from workflows.engine.modele import ClientType
from workflows.engine.moment import Delay
from workflows.engine.program import PARIS, Program
from workflows.engine.scenario import Client, Evenement, Scenario, asked_names
from workflows.engine.simulation import asked_at
from workflows.engine.state import Actor, DemarcheState
from workflows.engine.waiting import Asked, asked_of, waits

TIMED = (
    "ChangeDonnee",
    "AddLigne",
    "AddLignes",
    "ChangeLigne",
    "SetLigneStatut",
    "RemoveLigne",
    "AddTache",
    "AddPiece",
    "WaivePiece",
    "RequestAction",
    "WriteCourriel",
    "WriteSms",
    "RequestInformation",
    "RefuseDemande",
    "RecordFact",
    "RecordEvenement",
    "SendBack",
    "Suspend",
    "Resume",
    "Cancel",
    "SetPrix",
)
"""Commands that nobody awaits: they come at their own instant."""
SETTLES = (
    c.Cancel,
    c.Suspend,
    c.SkipEtape,
    c.SendBack,
    c.WaivePiece,
    c.RefuseDemande,
    c.CancelTache,
    c.CancelAction,
)
"""Commands after which something is awaited no longer, though nobody has answered it."""
FROM_OUTSIDE = (c.RecordFact, c.RecordEvenement)
OF_ITS_OWN = {"id", "actor", "ip", "version", "visit", "user_id", "files"}
"""Fields that mean something in the démarche itself only."""
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_MOST = 9999
MOST_EVENTS = 200
"""Of one scenario."""


@dataclass(frozen=True)
class Recorded:
    """One command of a démarche with the events it led to."""

    command: AnyCommand
    events: Sequence[Event]


@dataclass(frozen=True)
class Record:
    """A démarche as it went.

    `reponses`: how long each answer took, the first time, the second …; `saisies`: the successive answers to each
    form; `reprises`: when a form was filled again, and what it said then; `instants`: when each event of the scenario
    came, to the second; `passees`: the étapes that someone passed over, by key and visit, with how long after they
    were entered; `muettes`: what was asked and never answered, once the démarche has ended; `chemin`: the étapes, in
    the order they were first entered.
    """

    scenario: Scenario
    begin: datetime
    reponses: Mapping[Asked, Sequence[timedelta]]
    saisies: Mapping[str, Sequence[Mapping[str, Any]]]
    reprises: Sequence[tuple[timedelta, str, Mapping[str, Any]]]
    instants: Sequence[timedelta]
    passees: Mapping[tuple[str, int], timedelta]
    muettes: frozenset[Asked]
    chemin: tuple[str, ...]
    state: DemarcheState
    enfants: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    """Children by modèle, in the order they were opened."""


@dataclass(frozen=True)
class _Awaited:
    key: str
    place: str
    asked: Asked
    kind: str
    since: datetime | None


_Awaiting = dict[tuple[str, str], _Awaited]


@dataclass
class _Reading:
    """What is gathered on the way."""

    saisies: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    reprises: list[tuple[timedelta, str, dict[str, Any]]] = field(default_factory=list)
    lignes: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    refus: dict[str, str] = field(default_factory=dict)
    passer: dict[str, str] = field(default_factory=dict)
    passees: dict[tuple[str, int], timedelta] = field(default_factory=dict)
    evenements: list[Evenement] = field(default_factory=list)
    instants: list[timedelta] = field(default_factory=list)
    reponses: dict[Asked, list[timedelta]] = field(default_factory=lambda: defaultdict(list))
    par_lieu: dict[str, list[timedelta]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[Asked, str] = field(default_factory=dict)
    """With the role or participant asked."""
    chemin: list[str] = field(default_factory=list)
    ajoutees: frozenset[str] = frozenset()
    """Étapes added by hand, which no version has: they are left out, with what was done in them."""


def record(
    program_of: Callable[[str], Program],
    entries: Iterable[Recorded],
    enfants: Mapping[str, tuple[Record, ...]] | None = None,
) -> Record:
    """Read a démarche back. `program_of`: the version that has a hash; `enfants`: its children, read before it.

    Raises ValueError for a journal that does not begin with an opening.
    """
    entries = list(entries)
    opening = entries[0].command if entries else None
    if not isinstance(opening, c.OpenDemarche):
        raise ValueError("le journal ne commence pas par une ouverture")
    begin = entries[0].events[0].at
    facts = (event.fact for entry in entries for event in entry.events)
    added = frozenset(
        fact.place.etape for fact in facts if isinstance(fact, EtapePlaced) and fact.place.ajoutee is not None
    )
    state, reading = DemarcheState(demarche_id="rejeu"), _Reading(ajoutees=added)
    program: Program | None = None
    for entry in entries:
        before = _awaited(program, state, begin) if program is not None else {}
        lines = {key: list(known) for key, known in state.collections.items()}
        entered = {one.cle: (one.visit, one.entered_at) for one in state.active}
        at = entry.events[0].at if entry.events else state.opened_at
        for event in entry.events:
            state = evolve(state, event)
            _gather(reading, event, begin)
            if isinstance(event.fact, DemarcheMigrated):
                program = None
        program = program or program_of(state.modele_sha)
        _answers(reading, before, _awaited(program, state, begin), at, entry.command)
        if getattr(entry.command, "etape", None) in reading.ajoutees:
            continue
        if isinstance(entry.command, c.SkipEtape):
            _passes(reading, entry.command, at, begin, entered)
        else:
            _acts(reading, program, entry.command, at - begin, before, lines)
    muettes = frozenset() if state.open else frozenset(reading.asked.keys() - reading.reponses.keys())
    answering = {key for asked, key in reading.asked.items() if asked in reading.reponses}
    silent = sorted({reading.asked[asked] for asked in muettes} - answering)
    scenario = Scenario(
        debut=begin.astimezone(PARIS).date(),
        client=Client(type=_client_type(opening.client_type)),
        demande=opening.phase == "demande",
        donnees={name: answers[-1] for name, answers in reading.saisies.items()},
        lignes={key: tuple(lines) for key, lines in reading.lignes.items()},
        delais={
            place: delay_of(timedelta(seconds=median(span.total_seconds() for span in found)))
            for place, found in reading.par_lieu.items()
        },
        silence=tuple(silent),
        refus=reading.refus,
        passer=reading.passer,
        evenements=tuple(reading.evenements[:MOST_EVENTS]),
        enfants={key: children[0].scenario for key, children in (enfants or {}).items() if children},
    )
    return Record(
        scenario,
        begin,
        reading.reponses,
        reading.saisies,
        reading.reprises,
        reading.instants,
        reading.passees,
        muettes,
        tuple(dict.fromkeys(reading.chemin)),
        state,
        enfants or {},
    )


def finely(program: Program, record: Record, told: Scenario) -> Scenario:
    """The scenario with each answer dated from when it was asked, and what nobody ever answered; its children too.
    What was added by hand is left out: it is called by someone's own words."""
    known = asked_names(program)
    reponses = {
        ".".join(asked): tuple(after_of(span) for span in spans)
        for asked, spans in record.reponses.items()
        if ".".join(asked) in known
    }
    muettes = sorted(known & {".".join(asked) for asked in record.muettes})
    enfants = {
        key: finely(program.enfants[key], record.enfants[key][0], child)
        for key, child in told.enfants.items()
        if key in program.enfants
    }
    return told.model_copy(
        update={"reponses": reponses, "silence": (*told.silence, *muettes), "delais": {}, "enfants": enfants}
    )


def after_of(span: timedelta) -> Delay:
    """When an event comes, as a scenario writes it. It knows minutes: what comes between two answers of the same
    minute comes after the first."""
    return delay_of(-(-span // _MINUTE) * _MINUTE)


def delay_of(span: timedelta) -> Delay:
    """A span as a scenario writes it, in the finest unit that can say it."""
    for unit, size in (("min", _MINUTE), ("h", _HOUR)):
        if span <= _MOST * size:
            return Delay(max(round(span / size), 0), unit)
    return Delay(min(round(span / _DAY), _MOST), "j")


def _client_type(told: str) -> ClientType | None:
    known: tuple[ClientType, ...] = get_args(ClientType)
    return next((one for one in known if one == told), None)


def _awaited(program: Program, state: DemarcheState, begin: datetime) -> _Awaiting:
    return {
        (wait.kind, wait.id): _Awaited(
            wait.key, wait.etape or wait.key, asked_of(wait, state), wait.kind, asked_at(state, wait, begin)
        )
        for wait in waits(program, state)
    }


def _gather(reading: _Reading, event: Event, begin: datetime) -> None:
    match event.fact:
        case DonneesRecorded(formulaire=name, donnees=answers) if name in reading.saisies:
            reading.saisies[name].append(answers)
            reading.reprises.append((event.at - begin, name, answers))
        case (
            DonneesRecorded(formulaire=name, donnees=answers)
            | CorrectionSent(formulaire=name, donnees=answers)
        ):
            reading.saisies[name].append(answers)
        case EtapeEntered(etape=etape) if etape not in reading.ajoutees:
            reading.chemin.append(etape)


def _answers(
    reading: _Reading, before: _Awaiting, after: _Awaiting, at: datetime, command: AnyCommand
) -> None:
    """What was awaited and no longer is: someone has just answered it."""
    reading.asked |= {awaited.asked: awaited.key for awaited in after.values()}
    if isinstance(command, SETTLES):
        return
    for key, awaited in before.items():
        if key in after or (command.actor.kind == "system" and awaited.kind != "evenement"):
            continue
        if awaited.place in reading.ajoutees:
            continue
        span = max(at - (awaited.since or at), timedelta())
        reading.reponses[awaited.asked].append(span)
        reading.par_lieu[awaited.place].append(span)


def _acts(
    reading: _Reading,
    program: Program,
    command: AnyCommand,
    after: timedelta,
    before: _Awaiting,
    lines: Mapping[str, list[str]],
) -> None:
    """What the command says beyond the answer it may be. `lines`: those there were before it."""
    match command:
        case c.RefusePiece():
            reading.refus.setdefault(command.piece, command.motif)
        case c.AddLigne() if ("collection", command.collection) in before:
            reading.lignes[command.collection].append(command.donnees)
        case c.AddLignes() if ("collection", command.collection) in before:
            reading.lignes[command.collection].extend(command.lignes)
        case c.RecordEvenement() if ("evenement", command.evenement) in before:
            return
        case _ if command.type in TIMED:
            if command.actor.kind == "system" and not isinstance(command, FROM_OUTSIDE):
                return
            told = _told(command, lines)
            by = _by(program, command.actor)
            _event(reading, after, told, by)


def _passes(
    reading: _Reading,
    command: c.SkipEtape,
    at: datetime,
    begin: datetime,
    entered: Mapping[str, tuple[int, datetime | None]],
) -> None:
    """An étape passed over: at once, a scenario says so in a word; later, it is an event."""
    visit, since = entered.get(command.etape, (0, None))
    if since is not None:
        reading.passees[command.etape, visit] = at - since
    if since == at:
        reading.passer.setdefault(command.etape, command.motif)
    else:
        told = {"type": command.type, "etape": command.etape, "motif": command.motif}
        _event(reading, at - begin, told, None)


def _event(reading: _Reading, after: timedelta, told: dict[str, Any], by: str | None) -> None:
    reading.evenements.append(Evenement(apres=after_of(after), commande=told, par=by))
    reading.instants.append(after)


def _told(command: AnyCommand, lines: Mapping[str, list[str]]) -> dict[str, Any]:
    """A command as a scenario writes it, lines by their rank."""
    said = command.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    told = {"type": command.type} | {key: value for key, value in said.items() if key not in OF_ITS_OWN}
    if isinstance(command, c.AddLigne):
        told.pop("ligne", None)
    elif "ligne" in told:
        known = lines.get(told["collection"], [])
        told["ligne"] = known.index(told["ligne"]) + 1 if told["ligne"] in known else 0
    return told


def _by(program: Program, actor: Actor) -> str | None:
    """Role or participant who acts; None for the firm."""
    if actor.kind == "participant":
        return actor.role
    if actor.kind == "client":
        return next((key for key, role in program.modele.roles.items() if role.cote == "client"), None)
    return None
