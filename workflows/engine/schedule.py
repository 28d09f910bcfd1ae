"""Timers are state: computed anew after every command, armed and disarmed by difference, played on `Tick`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from workflows.engine import facts as f
from workflows.engine.back import give_back, go_back
from workflows.engine.items import create_tache, drop_calls
from workflows.engine.modele import Alerte, Consequence, Etape, Evenement, Relance
from workflows.engine.moment import Delay
from workflows.engine.plan import chosen_at, moment_of, paliers_of, variables_of, ways_of
from workflows.engine.produced import About
from workflows.engine.rappels import play_rappel, rappel_timers
from workflows.engine.state import SYSTEM, EtapeState, LigneState, Timer, sent_key
from workflows.engine.turn import CLIENT, Turn
from workflows.engine.waiting import lacks

DUE = "echeance"
WAIT = "attente"
RECUR = "recurrence"


def reconcile_timers(turn: Turn) -> None:
    """Arm what the state now asks for, disarm the rest. A suspended démarche keeps none: its clock is stopped."""
    wanted = {timer.key: timer for timer in _wanted(turn)} if turn.state.cycle == "ouverte" else {}
    for key in [key for key in turn.state.timers if key not in wanted]:
        turn.say(f.TimerDisarmed(key=key))
    for timer in wanted.values():
        if turn.state.timers.get(timer.key) != timer:
            turn.say(f.TimerArmed(timer=timer))


def _wanted(turn: Turn) -> Iterator[Timer]:
    yield from rappel_timers(turn)
    for state in turn.state.etapes.values():
        if state.statut == "valide":
            yield from _of_recurrence(turn, turn.program.etapes[state.cle], state)
    for state in turn.state.active:
        etape = turn.program.etapes[state.cle]
        for evenement in etape.evenements:
            yield from _of_evenement(turn, etape, state, evenement)
        for relance in etape.relances:
            yield from _of_relance(turn, etape, state, relance)
        for alerte in etape.alertes:
            yield from _of_alerte(turn, etape, state, alerte)
        if etape.retard is not None and state.due_at is not None:
            base = turn.program.etape_base(etape, turn.state, state) or state.due_at
            if _not_yet(state, DUE, base):
                yield _timer(etape, state, "echeance", DUE, state.due_at, base)
        if etape.attendre is not None:
            until = turn.program.instant(etape.attendre, turn.state, state)
            if until is not None and until > turn.now:
                yield _timer(etape, state, "attente", WAIT, until, until)


def _timer(
    etape: Etape,
    state: EtapeState,
    kind: str,
    cle: str,
    at: datetime,
    base: datetime,
    ligne: LigneState | None = None,
    palier: LigneState | None = None,
) -> Timer:
    about, step = ligne.id if ligne else None, palier.id if palier else None
    name = sent_key(cle, about, step) + ("/escalade" if kind == "escalade" else "")
    return Timer(
        key=f"{etape.cle}/{state.visit}/{name}",
        kind=kind,
        at=at,
        etape=etape.cle,
        visit=state.visit,
        cle=cle,
        base=base,
        ligne=about,
        palier=step,
    )


def _not_yet(state: EtapeState, cle: str, base: datetime) -> bool:
    """It has not gone out for this very instant: a date that moves arms it again, a suspension does not."""
    sent = state.sent.get(cle)
    return sent is None or sent.base != base


def _armed_at(turn: Turn, etape: Etape, state: EtapeState, cle: str, base: datetime) -> datetime | None:
    """When it goes out, if it waits already for this very instant: once due, it is late, not past on arming."""
    timer = turn.state.timers.get(f"{etape.cle}/{state.visit}/{cle}")
    return timer.at if timer is not None and timer.base == base else None


def _of_evenement(turn: Turn, etape: Etape, state: EtapeState, evenement: Evenement) -> Iterator[Timer]:
    """The deadline of an outside event, once for each date it falls on."""
    known = turn.state.evenements.get(evenement.cle)
    if evenement.sinon is None or known is None or not known.awaited or known.etape != etape.cle:
        return
    if known.due_at is not None and known.base is not None and known.passed != known.base:
        yield _timer(etape, state, "evenement", evenement.cle, known.due_at, known.base)


def _of_recurrence(turn: Turn, etape: Etape, state: EtapeState) -> Iterator[Timer]:
    """When a recurring étape that is over comes round again. A turn that was late does not make the next one late:
    the instants are counted from the first entry, and those missed are not caught up."""
    again = etape.recurrente
    first = state.first_at or state.entered_at
    if again is None or first is None or state.completed_at is None:
        return
    if again.maximum is not None and state.visit >= again.maximum:
        return
    if turn.state.phase != "dossier" or not turn.holds(again.tant_que):
        return
    at, turns = first, 0
    while at <= state.completed_at:
        turns += 1
        at = turn.program.shift(first, Delay(again.tous_les.amount * turns, again.tous_les.unit))
    yield _timer(etape, state, "recurrence", RECUR, at, at)


def _firm(turn: Turn, key: str) -> bool:
    """Work of the firm: its delays stand still while the client owes something, where the étape says so."""
    return turn.modele.side(key) == "cabinet"


def _of_relance(turn: Turn, etape: Etape, state: EtapeState, relance: Relance) -> Iterator[Timer]:
    lines: list[LigneState | None] = [None]
    if relance.dans is not None:
        lines = list(turn.state.collections.get(relance.dans, {}).values())
    for ligne in lines:
        for palier in paliers_of(turn.state, relance):
            yield from _of_one(turn, etape, state, relance, ligne, palier)


def _of_one(
    turn: Turn,
    etape: Etape,
    state: EtapeState,
    relance: Relance,
    ligne: LigneState | None,
    palier: LigneState | None,
) -> Iterator[Timer]:
    """The next sending of a reminder: of the one about a line, of the one at a step of its plan."""
    program, moment = turn.program, moment_of(relance, palier)
    at = program.instant(moment, turn.state, state, firm=_firm(turn, relance.a), ligne=ligne)
    base = program.instant(moment, turn.state, state, shifted=False, ligne=ligne)
    if at is None or base is None or not awaited(turn, etape, relance, ligne):
        return
    cle = sent_key(relance.cle, ligne.id if ligne else None, palier.id if palier else None)
    sent = state.sent.get(cle)
    count = sent.count if sent else 0
    if count >= relance.maximum:
        if relance.escalade and sent and not sent.escalated:
            late = program.shift(sent.last_at, relance.escalade.delai)
            yield _timer(etape, state, "escalade", relance.cle, late, base, ligne)
        return
    spread = _spread(turn, etape, relance, cle)
    at += spread
    if sent is not None:
        if relance.repeter is None:
            return
        at = program.shift(sent.last_at, relance.repeter)
        if relance.quand.at is not None and relance.repeter.unit not in ("min", "h"):
            # Gone late once, the next one is back to its hour.
            at = program.at_hour(at, relance.quand) + spread
    elif at <= turn.now:
        later = _armed_at(turn, etape, state, cle, base) or _when_past(turn, relance, at)
        if later is None:
            return
        at = later
    yield _timer(etape, state, "relance", relance.cle, at, base, ligne, palier)


_SECONDS = {"min": 60, "h": 3600}


def _spread(turn: Turn, etape: Etape, relance: Relance, cle: str) -> timedelta:
    """How long after its instant this démarche sends this reminder: always the same, and its own, so that those of a
    thousand démarches due at 09:00 do not leave in the same second."""
    if relance.etalement is None:
        return timedelta(0)
    width = relance.etalement.amount * _SECONDS.get(relance.etalement.unit, 0)
    name = hashlib.sha256(f"{turn.state.demarche_id}/{etape.cle}/{cle}".encode()).digest()
    return timedelta(seconds=int.from_bytes(name[:8], "big") % (width + 1))


def _when_past(turn: Turn, relance: Relance, at: datetime) -> datetime | None:
    """First instant of a reminder whose date was past before it could be armed."""
    if relance.passe == "envoyer":
        return turn.now
    if relance.repeter is None:
        return None
    while at <= turn.now:
        at = turn.program.shift(at, relance.repeter)
    return at


def _of_alerte(turn: Turn, etape: Etape, state: EtapeState, alerte: Alerte) -> Iterator[Timer]:
    at = turn.program.instant(alerte.quand, turn.state, state, firm=_firm(turn, alerte.a))
    base = turn.program.instant(alerte.quand, turn.state, state, shifted=False)
    if at is None or base is None or not _not_yet(state, alerte.cle, base) or not turn.holds(alerte.si):
        return
    past = at <= turn.now and _armed_at(turn, etape, state, alerte.cle, base) is None
    if past and alerte.passe == "ignorer":
        return
    yield _timer(etape, state, "alerte", alerte.cle, at, base)


def due_alertes(turn: Turn, etape: Etape) -> list[Alerte]:
    """Alarms whose instant has come and that have not gone out yet."""
    state = turn.state.etapes[etape.cle]
    return [
        alerte
        for alerte in etape.alertes
        if any(timer.at <= turn.now for timer in _of_alerte(turn, etape, state, alerte))
    ]


def late_relances(turn: Turn, etape: Etape) -> bool:
    """Whether a reminder waited for an instant that is past, and goes with the next `Tick`."""
    state = turn.state.etapes[etape.cle]
    return any(
        timer.at <= turn.now and timer.key in turn.state.timers
        for relance in etape.relances
        for timer in _of_relance(turn, etape, state, relance)
    )


def awaited(turn: Turn, etape: Etape, relance: Relance, ligne: LigneState | None) -> bool:
    """What the reminder is about is still missing from the person it is sent to."""
    participant = turn.state.participants.get(relance.a)
    if participant is not None and participant.revoked:
        return False  # a person whose access was withdrawn is left in peace
    return turn.holds(relance.si, relance.dans, ligne) and lacks(turn.state, etape, relance)


def play_due(turn: Turn) -> None:
    """Play every timer whose instant has come, the oldest first."""
    due = sorted((t for t in turn.state.timers.values() if t.at <= turn.now), key=lambda t: (t.at, t.key))
    for timer in due:
        turn.say(f.TimerDisarmed(key=timer.key), actor=SYSTEM)
        if not timer.etape:  # of the demande, which has no étape yet
            play_rappel(turn, timer)
            continue
        etape = turn.program.etapes[timer.etape]
        state = turn.state.etapes[timer.etape]
        if state.visit != timer.visit or state.statut == "a_faire":
            continue  # a deadline played just before sent the démarche back
        match timer.kind:
            case "relance":
                _send_relance(turn, etape, timer)
            case "escalade":
                _escalate(turn, etape, timer)
            case "alerte":
                _raise_alerte(turn, etape, timer)
            case "echeance":
                _mark_overdue(turn, etape, timer)
            case "evenement":
                _miss_evenement(turn, etape, timer)
            case "recurrence":
                give_back(turn, etape.cle)
                turn.say(f.EtapeRecurred(etape=etape.cle))
            case "attente":
                pass  # its only effect is to let `settle` complete the étape


def _send_relance(turn: Turn, etape: Etape, timer: Timer) -> None:
    relance = next(r for r in etape.relances if r.cle == timer.cle)
    ligne = _line(turn, relance.dans, timer.ligne)
    palier = _line(turn, relance.paliers, timer.palier)
    if (timer.ligne is not None and ligne is None) or (timer.palier is not None and palier is None):
        return  # taken away by what was played just before
    ways = ways_of(relance, palier)
    if turn.hidden_from(relance.a):
        ways = tuple(way for way in ways if way not in ("courriel", "sms"))
    sent = turn.state.etapes[etape.cle].sent.get(sent_key(relance.cle, timer.ligne, timer.palier))
    rank = (sent.count if sent else 0) + 1
    missing = _missing_from(turn, etape, relance)
    destinataire = turn.name_of(relance.a)
    turn.say(
        f.RelanceSent(
            etape=etape.cle,
            relance=relance.cle,
            rank=rank,
            base=timer.base,
            destinataire=destinataire,
            canaux=ways,
            ligne=timer.ligne,
            ligne_nom=ligne.nom if ligne else None,
            palier=timer.palier,
            palier_nom=palier.nom if palier else None,
        ),
        _told_to(turn, relance),
    )
    due_at = turn.state.etapes[etape.cle].due_at
    about = About(relance.dans, ligne) if relance.dans and ligne else None
    said: dict[str, Any] = {
        "pieces": missing,
        "echeance": due_at.isoformat() if due_at else None,
        "rang": rank,
        **(about.variables if about else {}),
        **variables_of(palier),
    }
    label = f"Relance {palier.nom if palier else rank} envoyée à {destinataire}"
    turn.choix = chosen_at(turn.program, palier)
    if relance.courriel and "courriel" in ways:
        turn.mail(relance.courriel, relance.a, label=label, etape=etape.cle, variables=said)
    if relance.sms and "sms" in ways:
        turn.sms(relance.sms, relance.a, label=f"{label} par SMS", etape=etape.cle, variables=said)
    if relance.document and "document" in ways:
        turn.produce(relance.document, etape.cle, about)
    turn.choix = {}
    if relance.tache is not None and "tache" in ways:
        named = ", ".join(one.nom for one in (palier, ligne) if one is not None)
        create_tache(turn, relance.tache, etape.cle, timer.visit, about=named or None)
    count = len(missing)
    what = (
        f"Il manque {count} document{'s' if count > 1 else ''}"
        if relance.tant_que == "pieces"
        else "On vous attend"
    )
    if {"courriel", "sms"} & {*ways}:
        turn.notice(relance.a, "relance", f"{what} pour « {turn.state.titre} ».", f"etape:{etape.cle}")


def _told_to(turn: Turn, relance: Relance) -> tuple[str, ...]:
    """Who reads that a reminder left: about a line, the client only when they read the collection."""
    audience = turn.audience_of(relance.a)
    collection = turn.modele.collections.get(relance.dans or "")
    if collection is None:
        return audience
    readers = turn.program.readers((*collection.gerent, *collection.voient), turn.state)
    return tuple(key for key in audience if key != "client" or key in readers)


def _line(turn: Turn, collection: str | None, id_: str | None) -> LigneState | None:
    """A line that a timer names, as it is now."""
    return turn.state.collections.get(collection or "", {}).get(id_ or "")


def _missing_from(turn: Turn, etape: Etape, relance: Relance) -> list[str]:
    """Titles of what the person reminded still owes."""
    match relance.tant_que:
        case "taches":
            mine = [t for t in turn.state.taches.values() if t.etape == etape.cle and t.pour == relance.a]
            return [tache.titre for tache in mine if tache.open and tache.obligatoire]
        case "formulaires":
            done = turn.state.etapes[etape.cle].forms_done
            awaited_forms = [f for f in etape.asked if f.par == relance.a and f.nom not in done]
            return [form.titre or etape.titre for form in awaited_forms]
        case "actions":
            asked = [a for a in turn.state.actions.values() if a.a == relance.a]
            return [a.message for a in asked if a.statut == "attente_client" and a.etape in (etape.cle, None)]
        case "evenements":
            mine_too = [e for e in turn.state.evenements.values() if e.etape == etape.cle]
            return [e.titre for e in mine_too if e.awaited and e.de == relance.a]
        case _:
            owed = [p for p in turn.state.pieces.values() if p.etape == etape.cle and p.de == relance.a]
            return [piece.titre for piece in owed if piece.owed]


def _escalate(turn: Turn, etape: Etape, timer: Timer) -> None:
    relance = next(r for r in etape.relances if r.cle == timer.cle)
    escalade = relance.escalade
    if escalade is None:
        return
    ligne = _line(turn, relance.dans, timer.ligne)
    if timer.ligne is not None and ligne is None:
        return
    turn.say(
        f.RelanceEscalated(
            etape=etape.cle,
            relance=relance.cle,
            message=escalade.message,
            ligne=timer.ligne,
            ligne_nom=ligne.nom if ligne else None,
        )
    )
    turn.notice(escalade.a, "escalade", escalade.message, f"etape:{etape.cle}")
    if escalade.tache is not None:
        create_tache(turn, escalade.tache, etape.cle, timer.visit, about=ligne.nom if ligne else None)


def _raise_alerte(turn: Turn, etape: Etape, timer: Timer) -> None:
    alerte = next(a for a in etape.alertes if a.cle == timer.cle)
    side = turn.modele.side(alerte.a)
    turn.say(
        f.AlerteRaised(etape=etape.cle, alerte=alerte.cle, message=alerte.message, base=timer.base),
        () if side == "cabinet" else CLIENT,
    )
    turn.notice(alerte.a, "alerte", alerte.message, f"etape:{etape.cle}")
    if alerte.courriel:
        about = turn.program.anchor(alerte.quand, turn.state, turn.state.etapes[etape.cle])
        turn.mail(
            alerte.courriel,
            alerte.a,
            label=alerte.message,
            etape=etape.cle,
            variables={"motif": alerte.message, "echeance": about.isoformat() if about else None},
        )
    if alerte.tache is not None:
        create_tache(turn, alerte.tache, etape.cle, timer.visit)


def _mark_overdue(turn: Turn, etape: Etape, timer: Timer) -> None:
    retard = etape.retard
    if retard is None:
        return
    turn.say(f.EtapeOverdue(etape=etape.cle, message=retard.message, base=timer.base))
    _bear(turn, etape, timer.visit, retard, "retard")


def _miss_evenement(turn: Turn, etape: Etape, timer: Timer) -> None:
    """An outside event has not come by its deadline."""
    evenement = next(e for e in etape.evenements if e.cle == timer.cle)
    # A service has had its time; whoever asks it again does so knowingly.
    drop_calls(turn, evenement.cle)
    miss_evenement(turn, etape, evenement, timer.base)


def miss_evenement(turn: Turn, etape: Etape, evenement: Evenement, base: datetime) -> None:
    """An outside event will not come, or not in time: what the modèle says of it. `base`: its deadline."""
    sinon = evenement.sinon
    known = turn.state.evenements.get(evenement.cle)
    if sinon is None or known is None or not known.awaited:
        return
    turn.say(
        f.EvenementOverdue(
            evenement=evenement.cle,
            etape=etape.cle,
            message=sinon.message,
            base=base,
            suite=sinon.suite,
        )
    )
    _bear(turn, etape, known.visit, sinon, "evenement_echu")
    target = turn.state.etapes.get(sinon.retour or "")
    if target is not None and target.statut in ("valide", "passee"):
        go_back(turn, turn.program.etapes[target.cle], sinon.message)


def _bear(turn: Turn, etape: Etape, visit: int, consequence: Consequence, code: str) -> None:
    """What a deadline that passes brings about."""
    turn.notice(consequence.a, code, consequence.message, f"etape:{etape.cle}")
    if consequence.courriel:
        turn.mail(
            consequence.courriel,
            consequence.a,
            label=consequence.message,
            etape=etape.cle,
            variables={"motif": consequence.message},
        )
    if consequence.sms:
        turn.sms(
            consequence.sms,
            consequence.a,
            label=f"{consequence.message} (SMS)",
            etape=etape.cle,
            variables={"motif": consequence.message},
        )
    if consequence.tache is not None:
        create_tache(turn, consequence.tache, etape.cle, visit)
    if consequence.statut is not None:
        turn.say(f.EtapeStatutSet(etape=etape.cle, statut=consequence.statut))
