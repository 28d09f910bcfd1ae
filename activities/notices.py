"""What one command tells each person in the bell: the tasks it gives them are told together (NOT-02, NOT-08); and what
it leaves nothing to do about, which the bell then holds as read: an entry that asks for something is unread as long as
the démarche still awaits that from its reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflows.engine import facts as f
from workflows.engine.elision import listed
from workflows.engine.facts import Event
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState
from workflows.engine.waiting import lacks

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
class Owed:
    """Something still to be done: the entries of this code and target go on asking for it."""

    code: str
    cible: str | None
    to: frozenset[str]


ASKING = (
    "action_demandee",
    "correction_demandee",
    "correction_recue",
    "demande_recue",
    "escalade",
    "informations_demandees",
    "piece_demandee",
    "piece_deposee",
    "piece_refusee",
    "relance",
    "tache_assignee",
)
"""Codes of the entries that ask for something; the others tell a piece of news, which is there until it is read."""

_DONE = (
    f.ActionAnswered,
    f.ActionCancelled,
    f.CorrectionAccepted,
    f.CorrectionRequested,
    f.CorrectionSent,
    f.DemandeRefused,
    f.DemandeTaken,
    f.DemandeValidated,
    f.DemarcheCancelled,
    f.DemarcheClosed,
    f.MembreAssigned,
    f.PieceDeposited,
    f.PieceRefused,
    f.PieceValidated,
    f.PieceWaived,
    f.RenfortLeft,
    f.TacheAssigned,
    f.TacheCancelled,
    f.TacheCompleted,
)
_ENDS_REMINDERS = (
    f.EtapeCompleted,
    f.EtapeReset,
    f.EtapeSkipped,
    f.EtapeVoided,
    f.EtapeWithdrawn,
    f.EvenementReceived,
    f.EvenementWaived,
    f.FormDone,
)


def settles(state: DemarcheState, events: Iterable[Event]) -> bool:
    """These facts may leave nothing to do about what the bell asks for."""
    reminded = any(etape.sent for etape in state.etapes.values())
    return any(
        isinstance(event.fact, _DONE) or (reminded and isinstance(event.fact, _ENDS_REMINDERS))
        for event in events
    )


def owed(program: Program, state: DemarcheState) -> list[Owed]:
    """What entries of the codes ASKING may still ask for; nothing once the démarche has ended."""
    return [*_owed(program.of(state), state)] if state.open else []


def _owed(program: Program, state: DemarcheState) -> Iterator[Owed]:
    def held(key: str) -> frozenset[str]:
        return frozenset(program.recipients(key, state))

    cabinet = frozenset(
        user for key, role in program.modele.roles.items() if role.cote == "cabinet" for user in held(key)
    )
    demande = program.modele.demande
    if state.statut == "recue" or (demande is not None and demande.directe):
        # One that is a dossier at once is news: there is nothing to study.
        yield Owed("demande_recue", None, cabinet)
    for tache in state.taches.values():
        if tache.open:
            holder, chosen = state.holder(tache.pour), tache.assignee
            own = chosen is not None and (holder is None or chosen.user_id != holder.user_id)
            to = frozenset({chosen.user_id}) if chosen is not None and own else held(tache.pour)
            # Several that were told together lead to their étape, or to the démarche.
            for cible in (f"tache:{tache.id}", f"etape:{tache.etape}" if tache.etape else None, None):
                yield Owed("tache_assignee", cible, to)
    for piece in state.pieces.values():
        if piece.awaited:
            yield Owed("piece_demandee", f"piece:{piece.id}", held(piece.de))
            yield Owed("piece_refusee", f"piece:{piece.id}", held(piece.de))
        elif piece.to_check:
            yield Owed("piece_deposee", f"piece:{piece.id}", cabinet)
    for correction in state.corrections.values():
        cible = f"formulaire:{correction.formulaire}"
        if correction.statut == "a_corriger":
            yield Owed("correction_demandee", cible, held(correction.a))
        elif correction.statut == "a_verifier":
            yield Owed("correction_recue", cible, cabinet)
    for action in state.actions.values():
        if action.statut == "attente_client":
            for code in ("action_demandee", "informations_demandees"):
                yield Owed(code, None, held(action.a))
            if state.phase == "demande" and demande is not None and demande.relance is not None:
                form = f"formulaire:{action.formulaire}" if action.formulaire else None
                yield Owed("relance", form, held(action.a))
                if demande.relance.escalade is not None:
                    yield Owed("escalade", None, held(demande.relance.escalade.a))
    for active in state.active:
        etape = program.etapes[active.cle]
        for relance in etape.relances:
            if lacks(state, etape, relance):
                yield Owed("relance", f"etape:{etape.cle}", held(relance.a))
                if relance.escalade is not None:
                    yield Owed("escalade", f"etape:{etape.cle}", held(relance.escalade.a))


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
    return listed(named)
