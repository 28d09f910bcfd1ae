"""Reminders of a demande (DEM-07): what the firm asked before the dossier exists, until the client answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from workflows.engine import facts as f
from workflows.engine.modele import RelanceDemande
from workflows.engine.state import ActionState, Sent, Timer
from workflows.engine.turn import CLIENT, Turn

KEY = "demande/relance"


def rappel_timers(turn: Turn) -> Iterator[Timer]:
    """The next reminder, or the escalation after the last one; nothing once everything asked is answered.

    Counted from the oldest question without an answer, so an answer to one of several starts the count again; and
    from the end of a suspension, so that nobody is chased on resuming.
    """
    asked, relance = _asked(turn), _relance(turn)
    if relance is None or not asked:
        return
    base = asked[0].requested_at
    sent = _sent(turn, base)
    if sent is None:
        at = _due(turn, _counted(turn, base), relance)
        yield _timer("relance", KEY, at, base)
    elif sent.count < relance.maximum and relance.repeter is not None:
        at = turn.program.shift(_counted(turn, sent.last_at), relance.repeter)
        if relance.repeter.unit not in ("min", "h"):
            at = turn.program.at_hour(at, relance.quand)
        yield _timer("relance", KEY, at, base)
    elif relance.escalade is not None and not sent.escalated:
        late = turn.program.shift(_counted(turn, sent.last_at), relance.escalade.delai)
        yield _timer("escalade", f"{KEY}/escalade", late, base)


def play_rappel(turn: Turn, timer: Timer) -> None:
    """A reminder or its escalation, whose instant has come."""
    asked, relance = _asked(turn), _relance(turn)
    if relance is None or not asked:
        return
    if timer.kind == "escalade":
        if relance.escalade is not None:
            turn.say(f.RelanceDemandeEscalated(message=relance.escalade.message))
            turn.notice(relance.escalade.a, "escalade", relance.escalade.message)
        return
    _remind(turn, relance, asked, timer.base)


def _remind(turn: Turn, relance: RelanceDemande, asked: list[ActionState], base: datetime) -> None:
    sent = _sent(turn, base)
    rank = (sent.count if sent else 0) + 1
    people = list(dict.fromkeys(action.a for action in asked))
    holders = [turn.state.holder(key) for key in people]
    names = [
        holder.nom if holder else turn.modele.actor_label(key)
        for key, holder in zip(people, holders, strict=True)
    ]
    destinataire = ", ".join(dict.fromkeys(names))
    turn.say(
        f.RelanceDemandeSent(rank=rank, base=base, destinataire=destinataire, canaux=relance.canaux), CLIENT
    )
    for key, name in zip(people, names, strict=True):
        mine = [action for action in asked if action.a == key]
        due = min((action.due_at for action in mine if action.due_at), default=None)
        said = {
            "motif": "\n".join(action.message for action in mine),
            "echeance": due.isoformat() if due else None,
            "rang": rank,
        }
        label = f"Relance {rank} envoyée à {name}"
        if relance.courriel:
            turn.mail(relance.courriel, key, label=label, variables=said)
        if relance.sms:
            turn.sms(relance.sms, key, label=f"{label} par SMS", variables=said)
        form = next((action.formulaire for action in mine if action.formulaire), None)
        turn.notice(
            key,
            "relance",
            f"Votre réponse est attendue pour « {turn.state.titre} ».",
            f"formulaire:{form}" if form else None,
        )


def _relance(turn: Turn) -> RelanceDemande | None:
    return turn.modele.demande.relance if turn.modele.demande else None


def _asked(turn: Turn) -> list[ActionState]:
    """What the client has not answered, the oldest first; nothing once the demande is a dossier or has ended."""
    if turn.state.phase != "demande" or not turn.state.open:
        return []
    waiting = [action for action in turn.state.actions.values() if action.statut == "attente_client"]
    return sorted(waiting, key=lambda action: (action.requested_at, action.id))


def _sent(turn: Turn, base: datetime) -> Sent | None:
    rappel = turn.state.rappel
    return rappel if rappel is not None and rappel.base == base else None


def _counted(turn: Turn, since: datetime) -> datetime:
    return max(since, turn.state.resumed_at) if turn.state.resumed_at else since


def _due(turn: Turn, since: datetime, relance: RelanceDemande) -> datetime:
    assert relance.quand.delay is not None
    return turn.program.at_hour(turn.program.shift(since, relance.quand.delay), relance.quand)


def _timer(kind: str, key: str, at: datetime, base: datetime) -> Timer:
    return Timer(key=key, kind=kind, at=at, etape="", visit=0, cle="relance", base=base)
