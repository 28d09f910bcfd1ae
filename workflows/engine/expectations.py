"""What a scenario expects, against what was found: one failure per line of the scenario that does not hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workflows.engine import facts as f
from workflows.engine.expressions import ExpressionError
from workflows.engine.facts import Event
from workflows.engine.namespaces import CALCULS, EVENEMENTS
from workflows.engine.placed import Place
from workflows.engine.program import PARIS, Program, lookup, shown
from workflows.engine.scenario import LECTURES, OF_DEMANDE, PATH, Attendu
from workflows.engine.simulation import MAX_COMMANDS, MAX_VISITS, Ending, Simulation, Step, Stop, dated
from workflows.engine.state import DemarcheState
from workflows.engine.waiting import Wait, waits

NOTHING = "rien"
EITHER = "Si ce changement est voulu, corrigez l’attente ; sinon, corrigez le modèle."
STOPPED: tuple[Ending, ...] = ("refus", "boucle")
ENDED: tuple[Ending, ...] = ("terminee", "annulee", "refusee")
_NO_BREAK = re.compile("[\u00a0\u202f]")


@dataclass(frozen=True)
class Failure:
    """One thing that a scenario expects and that is not so. `place`: in the scenario's file."""

    place: Place
    what: str
    expected: str
    found: str
    remedy: str
    at: datetime


@dataclass(frozen=True)
class Known:
    """A démarche at one moment of a simulation."""

    program: Program
    state: DemarcheState
    at: datetime
    begin: datetime
    awaited: tuple[Wait, ...]
    events: tuple[Event, ...]


def failures(simulation: Simulation, last: Step) -> list[Failure]:
    """Everything that does not hold, once a simulation has been played to its last step."""
    found = list(_ending(simulation, last))
    if found and simulation.ending in STOPPED:
        # What was expected later would only say the same again.
        return found
    found += _of(simulation, (), simulation.now)
    for child in simulation.enfants.values():
        found += _of(child, ("enfants", child.program.modele.modele), simulation.now)
    return list(dict.fromkeys(found))


def checks(simulation: Simulation) -> int:
    """How many things were looked at."""
    every = (simulation, *simulation.enfants.values())
    return sum(
        len(one.model_fields_set)
        for played in every
        for one in (played.scenario.attendu, *(stop.attendu for stop in played.stops))
        if one is not None
    )


def _ending(simulation: Simulation, last: Step) -> Iterator[Failure]:
    """How it ended, unless the scenario says that it does not."""
    wanted = simulation.scenario.attendu.cycle if simulation.scenario.attendu else None
    at, ending = simulation.now, simulation.ending
    what = "la fin"
    if ending == "refus" and last.refusal is not None:
        said = "; ".join(f"{pointer} : {detail}" for pointer, detail in last.refusal.errors)
        why = f"{last.refusal.detail} {said}".strip()
        yield Failure(
            last.source,
            f"commande {last.command.type}",
            "acceptée",
            f"refusée : {why}",
            "Corrigez ce que dit le scénario, ou le modèle qui le refuse.",
            at,
        )
    elif ending == "boucle":
        where = (
            f"l’étape « {simulation.circling} » est reprise plus de {MAX_VISITS} fois"
            if simulation.circling
            else f"plus de {MAX_COMMANDS} actions ont été jouées"
        )
        remedy = "Mettez fin au renvoi, ou faites répondre autrement une personne."
        yield Failure(("evenements",), what, "une fin", f"la démarche tourne en rond : {where}", remedy, at)
    elif ending not in ENDED and wanted in (None, *ENDED):
        names = ", ".join(f"« {wait.label} » ({wait.nom})" for _, wait in simulation.waiting()[:5])
        found = f"la durée est atteinte, on attend {names or NOTHING}"
        if ending == "attente":
            found = f"plus rien n’avance, on attend {names or NOTHING}"
        remedy = "Faites répondre qui est attendu, ou écrivez « attendu: {cycle: ouverte} »."
        yield Failure(("attendu", "cycle"), what, "une fin", found, remedy, at)


def _of(simulation: Simulation, root: Place, end: datetime) -> Iterator[Failure]:
    for stop in simulation.stops:
        for failure in judged(stop.attendu, known_at(simulation, stop)):
            yield Failure(
                (*root, *stop.source, *failure.place),
                failure.what,
                failure.expected,
                failure.found,
                failure.remedy,
                failure.at,
            )
    for index in simulation.missed:
        remedy = "Avancez cet évènement, ou retirez-le."
        expected, found = "a lieu", "n’a jamais lieu : la simulation s’est arrêtée avant"
        yield Failure((*root, "evenements", index), "évènement", expected, found, remedy, end)
    if simulation.scenario.attendu is not None:
        last = Known(
            simulation.program,
            simulation.state,
            end,
            simulation.begin,
            tuple(waits(simulation.program, simulation.state)),
            tuple(simulation.journal),
        )
        for failure in judged(simulation.scenario.attendu, last):
            yield Failure(
                (*root, "attendu", *failure.place),
                failure.what,
                failure.expected,
                failure.found,
                failure.remedy,
                failure.at,
            )


def known_at(simulation: Simulation, stop: Stop) -> Known:
    """What was known when a simulation came to something to check."""
    events = tuple(simulation.journal[: stop.told])
    return Known(simulation.program, stop.state, stop.at, simulation.begin, stop.awaited, events)


def spaced(value: Any) -> Any:
    """A text with plain spaces: whoever writes a scenario need not type the no-break ones of titles."""
    return _NO_BREAK.sub(" ", value) if isinstance(value, str) else value


def judged(attendu: Attendu, known: Known) -> Iterator[Failure]:
    """What does not hold of what is expected, each at its place under `attendu`."""
    state = known.state
    for name in ("cycle", "statut", "titre"):
        wanted = getattr(attendu, name)
        found = getattr(state, name)
        if wanted is not None and spaced(wanted) != spaced(found):
            yield _failed((name,), name, f"« {wanted} »", f"« {found} »", known)
    yield from _etapes(attendu, known)
    yield from _lists(attendu, known)
    yield from _counts(attendu, known)
    titles = {child.titre: child.cycle for child in state.enfants.values()}
    ends = {spaced(title): cycle for title, cycle in titles.items()}
    for title, cycle in attendu.enfants.items():
        if ends.get(spaced(title)) != cycle:
            found = ends.get(spaced(title)) or f"aucun de ce titre ; il y a {_listed(titles)}"
            yield _failed(("enfants", title), f"enfant « {title} »", cycle, found, known)
    for source, wanted in attendu.valeurs.items():
        value = _value(source, known)
        if spaced(value) != spaced(dated(wanted, known.begin)):
            expected = _written(dated(wanted, known.begin))
            yield _failed(("valeurs", source), source, expected, _written(value), known)


def _failed(
    place: Place, what: str, expected: str, found: str, known: Known, remedy: str = EITHER
) -> Failure:
    return Failure(place, what, expected, found, remedy, known.at)


def _etapes(attendu: Attendu, known: Known) -> Iterator[Failure]:
    etapes = known.state.etapes
    for key, wanted in attendu.etapes.items():
        if etapes[key].statut != wanted:
            what = f"étape « {etapes[key].titre} »"
            yield _failed(("etapes", key), what, wanted, etapes[key].statut, known)
    reached = [etape.cle for etape in etapes.values() if etape.visit]
    for index, key in enumerate(attendu.atteintes):
        if key not in reached:
            found = f"jamais atteinte ; atteintes : {_listed(reached)}"
            yield _failed(("atteintes", index), f"étape « {key} »", "atteinte", found, known)
    for index, key in enumerate(attendu.non_atteintes):
        if key in reached:
            first = next(
                e for e in known.events if isinstance(e.fact, f.EtapeEntered) and e.fact.etape == key
            )
            found = f"atteinte le {_day(first.at)}"
            yield _failed(("non_atteintes", index), f"étape « {key} »", "non atteinte", found, known)


def _lists(attendu: Attendu, known: Known) -> Iterator[Failure]:
    """What must be the whole of what there is."""
    state = known.state
    present: list[tuple[str, str, tuple[str, ...] | None, Iterable[str]]] = [
        ("taches", "tâches ouvertes", attendu.taches, (t.cle or t.titre for t in state.taches.values() if t.open)),
        ("pieces", "pièces attendues", attendu.pieces, _pieces(known)),
        (
            "actions",
            "actions demandées",
            attendu.actions,
            (a.cle or a.message for a in state.actions.values() if a.statut == "attente_client"),
        ),
        ("attend", "qui est attendu", attendu.attend, (wait.key for wait in known.awaited)),
        (
            "documents",
            "documents produits",
            attendu.documents,
            (d.cle for d in state.documents.values() if d.statut == "disponible"),
        ),
        ("retards", "étapes en retard", attendu.retards, _said(known, f.EtapeOverdue, "etape")),
        ("echus", "évènements échus", attendu.echus, _said(known, f.EvenementOverdue, "evenement")),
    ]  # fmt: skip
    for name, what, wanted, found in present:
        if wanted is None:
            continue
        there = set(found)
        if {spaced(one) for one in wanted} != {spaced(one) for one in there}:
            yield _failed((name,), what, _listed(wanted), _listed(there), known)
    named: list[tuple[str, str, tuple[str, ...] | None, set[tuple[str, str]]]] = [
        ("alertes", "alertes", attendu.alertes, _pairs(known, f.AlerteRaised, "alerte")),
        ("escalades", "escalades", attendu.escalades, _escalated(known)),
    ]
    for name, what, wanted, pairs in named:
        # « etape.relance » names one étape's; « relance » alone, any étape's.
        if wanted is None:
            continue
        missing = [key for key in wanted if not any(_is(key, pair) for pair in pairs)]
        besides = [pair for pair in pairs if not any(_is(key, pair) for key in wanted)]
        if missing or besides:
            yield _failed((name,), what, _listed(wanted), _listed(".".join(pair) for pair in pairs), known)


def _pieces(known: Known) -> Iterator[str]:
    for piece in known.state.pieces.values():
        etape = known.state.etapes.get(piece.etape or "")
        if (piece.owed or piece.to_check) and (etape is None or etape.statut != "a_faire"):
            yield piece.id


def _said(known: Known, kind: type[f.Fact], field: str) -> set[str]:
    return {getattr(event.fact, field) for event in known.events if isinstance(event.fact, kind)}


def _pairs(known: Known, kind: type[f.Fact], field: str) -> set[tuple[str, str]]:
    return {
        (str(event.fact.model_dump()["etape"]), str(event.fact.model_dump()[field]))
        for event in known.events
        if isinstance(event.fact, kind)
    }


def _escalated(known: Known) -> set[tuple[str, str]]:
    of_demande = any(isinstance(event.fact, f.RelanceDemandeEscalated) for event in known.events)
    return _pairs(known, f.RelanceEscalated, "relance") | ({OF_DEMANDE} if of_demande else set())


def _is(name: str, pair: tuple[str, str]) -> bool:
    return name in (pair[1], ".".join(pair))


def _counts(attendu: Attendu, known: Known) -> Iterator[Failure]:
    """What must have happened so many times."""
    mails, sms = _sent(known)
    for model, wanted in attendu.courriels.items():
        if mails[model] != wanted:
            besides = f" ; partis : {_counted(mails)}" if mails else ""
            found = f"{mails[model]}{besides}"
            yield _failed(("courriels", model), f"courriels « {model} »", str(wanted), found, known)
    if attendu.sms is not None and sms != attendu.sms:
        yield _failed(("sms",), "SMS", str(attendu.sms), str(sms), known)
    reminders = Counter(
        (event.fact.etape, event.fact.relance) if isinstance(event.fact, f.RelanceSent) else OF_DEMANDE
        for event in known.events
        if isinstance(event.fact, f.RelanceSent | f.RelanceDemandeSent)
    )
    for name, wanted in attendu.relances.items():
        count = sum(number for pair, number in reminders.items() if _is(name, pair))
        if count != wanted:
            yield _failed(("relances", name), f"relances « {name} »", str(wanted), str(count), known)


def _sent(known: Known) -> tuple[Counter[str], int]:
    """Mails by model, and SMS: those that left or are leaving, not those held back or given up."""
    requested = [event.fact for event in known.events if isinstance(event.fact, f.EffectRequested)]
    given_up = _said(known, f.EffectCancelled, "effect") | {
        effect.id for effect in known.state.effets.values() if effect.held
    }
    left = [fact for fact in requested if fact.effect.id not in given_up]
    mails = Counter(str(fact.params["model"]) for fact in left if fact.effect.kind == "courriel")
    return mails, sum(fact.effect.kind == "sms" for fact in left)


def _value(source: str, known: Known) -> Any:
    """Value of an expression or of a figure of a reading, as JSON; None when it cannot be known yet."""
    program, state = known.program, known.state
    if source.startswith(LECTURES):
        value: Any = {"lectures": program.readings(state, known.at.astimezone(PARIS).date())}
        for part in source.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value
    if PATH.match(source) and source.split(".")[0] in {**state.donnees, CALCULS: {}, EVENEMENTS: {}}:
        return shown(lookup(program.data(state), source))
    try:
        if not program.known(source, state):
            return None
        return shown(program.evaluate(source, state))
    except ExpressionError:
        return None


def _written(value: Any) -> str:
    match value:
        case None:
            return "rien (pas encore connu)"
        case bool():
            return "true" if value else "false"
        case str() | date() | Decimal():
            return f"« {value} »"
        case _:
            return str(value)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or NOTHING


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))


def _day(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%d/%m/%Y}"
