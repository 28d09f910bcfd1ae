"""What one command tells each person in the bell: the tasks it gives them are told together (NOT-02, NOT-08); and what
it leaves nothing to do about, which the bell then holds as read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.engine import facts as f
from workflows.engine.facts import Event
from workflows.engine.state import DemarcheState

_NAMED = 4
"""Tasks named in one entry; the others are counted."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An entry for one user; `seq` is that of the fact it comes from, the first one when it joins several."""

    to: str
    code: str
    message: str
    cible: str | None
    seq: int


def notices(state: DemarcheState, events: Iterable[Event]) -> list[Notice]:
    """Entries for the facts of one command: one per fact and person, except new tasks, one for all of a person's.

    `state` is the démarche after these facts.
    """
    told: list[Notice] = []
    tasks: dict[str, list[Notice]] = {}
    for event in events:
        fact = event.fact
        if not isinstance(fact, f.Noticed):
            continue
        for user in fact.to:
            each = Notice(user, fact.code, fact.message, fact.cible, event.seq)
            if fact.code == "tache_assignee" and _task(each) in state.taches:
                tasks.setdefault(user, []).append(each)
            else:
                told.append(each)
    told += [_joined(state, each) for each in tasks.values()]
    return sorted(told, key=lambda each: each.seq)


@dataclass(frozen=True, slots=True)
class Settled:
    """Entries about `cible` that ask for something which has been done since, by whomever."""

    cible: str | None
    codes: tuple[str, ...]


def settled(state: DemarcheState, events: Iterable[Event]) -> list[Settled]:
    """What the facts of one command settle in everybody's bell."""
    found = []
    for event in events:
        match event.fact:
            case f.PieceDeposited(piece=id_):
                found.append(Settled(f"piece:{id_}", ("piece_demandee", "piece_refusee")))
            case f.PieceValidated(piece=id_) | f.PieceRefused(piece=id_):
                found.append(Settled(f"piece:{id_}", ("piece_deposee",)))
            case f.PieceWaived(piece=id_):
                found.append(Settled(f"piece:{id_}", ("piece_demandee", "piece_refusee", "piece_deposee")))
            case f.TacheCompleted(tache=id_) | f.TacheCancelled(tache=id_):
                found.append(Settled(f"tache:{id_}", ("tache_assignee",)))
            case f.CorrectionSent(formulaire=nom):
                found.append(Settled(f"formulaire:{nom}", ("correction_demandee",)))
            case f.CorrectionAccepted(formulaire=nom):
                found.append(Settled(f"formulaire:{nom}", ("correction_recue",)))
            case f.CorrectionRequested(correction=asked):
                found.append(Settled(f"formulaire:{asked.formulaire}", ("correction_recue",)))
            case f.ActionAnswered() | f.ActionCancelled():
                # Its entry names the démarche only: it stays as long as another answer is awaited there.
                if not any(each.statut == "attente_client" for each in state.actions.values()):
                    found.append(Settled(None, ("action_demandee", "informations_demandees")))
            case _:
                pass
    return found


def _task(notice: Notice) -> str:
    return (notice.cible or "").removeprefix("tache:")


def _joined(state: DemarcheState, told: list[Notice]) -> Notice:
    # A person who holds two roles, or a task given twice, is told once of it.
    first, *others = {_task(each): each for each in told}.values()
    if not others:
        return first
    titles = [state.taches[_task(each)].titre for each in (first, *others)]
    message = f"{len(titles)} nouvelles tâches : {_listed(titles)}."
    etapes = {state.taches[_task(each)].etape for each in (first, *others)}
    etape = etapes.pop() if len(etapes) == 1 else None
    return Notice(first.to, first.code, message, f"etape:{etape}" if etape else None, first.seq)


def _listed(titles: list[str]) -> str:
    named = [f"« {title} »" for title in titles]
    if len(named) > _NAMED:
        rest = len(named) - _NAMED + 1
        named = [*named[: _NAMED - 1], f"{rest} autres"]
    return ", ".join(named[:-1]) + " et " + named[-1]
