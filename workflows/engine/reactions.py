"""Automations: what the system does by itself when an étape begins or ends, or when something happens during it."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.engine import facts as f
from workflows.engine.facts import AnyFact
from workflows.engine.items import create_tache, receive_evenement, request_action
from workflows.engine.lines import add_line, set_line_statut
from workflows.engine.modele import Automatisation, Etape
from workflows.engine.produced import About
from workflows.engine.services import call_service
from workflows.engine.state import LigneState
from workflows.engine.turn import Turn


@dataclass(frozen=True)
class Occurrence:
    """Something that happened. `cle`: its key in the modèle; `etape`: where it belongs, None for a line."""

    quand: str
    fait: str
    cle: str | None
    etape: str | None = None
    ligne: LigneState | None = None


def automate(turn: Turn, etape: Etape, when: str) -> None:
    """Play the automations of an entry or an exit."""
    for automatisation in etape.automatisations:
        if automatisation.quand == when and turn.holds(automatisation.si):
            _run(turn, automatisation, etape.cle)


def react(turn: Turn, since: int) -> int:
    """Play the automations of what happened from event number `since` of this command on; gives where to go on from.

    Nothing that an automation does makes another one play: no modèle can turn in circles here.
    """
    upto = len(turn.events)
    for event in turn.events[since:upto]:
        found = _occurrence(turn, event.fact)
        if found is None:
            continue
        for active in turn.state.active:
            etape = turn.program.etapes[active.cle]
            _stand_for(turn, etape, found)
            for automatisation in etape.automatisations:
                if _concerns(automatisation, found, etape) and turn.holds(
                    automatisation.si, found.cle if found.ligne else None, found.ligne
                ):
                    about = About(found.cle, found.ligne) if found.cle and found.ligne else None
                    _run(turn, automatisation, etape.cle, about)
    return len(turn.events)


def _stand_for(turn: Turn, etape: Etape, found: Occurrence) -> None:
    """A pièce that is validated may stand for an awaited event: a signed copy, for an electronic signature."""
    if (found.quand, found.fait, found.etape) != ("piece", "validee", etape.cle):
        return
    for evenement in etape.evenements:
        known = turn.state.evenements.get(evenement.cle)
        if (
            evenement.piece is not None
            and evenement.piece == found.cle
            and known is not None
            and known.awaited
        ):
            receive_evenement(turn, evenement, etape.cle)


def _concerns(automatisation: Automatisation, found: Occurrence, etape: Etape) -> bool:
    if automatisation.quand != found.quand or automatisation.on != found.fait:
        return False
    if found.etape is not None and found.etape != etape.cle:
        return False
    return automatisation.sur is None or automatisation.sur == found.cle


def _occurrence(turn: Turn, fact: AnyFact) -> Occurrence | None:
    state = turn.state
    match fact:
        case f.EvenementReceived(evenement=cle, etape=etape):
            return Occurrence("evenement", "recu", cle, etape)
        case f.EvenementOverdue(evenement=cle, etape=etape):
            return Occurrence("evenement", "echu", cle, etape)
        case f.PieceDeposited(piece=id_):
            return _piece(turn, id_, "deposee")
        case f.PieceValidated(piece=id_):
            return _piece(turn, id_, "validee")
        case f.PieceRefused(piece=id_):
            return _piece(turn, id_, "refusee")
        case f.TacheCompleted(tache=id_):
            return Occurrence("tache", "terminee", state.taches[id_].cle, state.taches[id_].etape)
        case f.ActionAnswered(action=id_):
            return Occurrence("action", "repondue", state.actions[id_].cle, state.actions[id_].etape)
        case f.LigneAdded(collection=key, ligne=added):
            return _ligne(turn, key, added.id, "ajoutee")
        case f.LigneChanged(collection=key, ligne=id_):
            return _ligne(turn, key, id_, "changee")
        case f.LigneStatutChanged(collection=key, ligne=id_):
            return _ligne(turn, key, id_, "statut")
        case f.LigneRemoved(collection=key):
            return Occurrence("ligne", "retiree", key)
        case _:
            return None


def _piece(turn: Turn, id_: str, fait: str) -> Occurrence:
    """A pièce by its key in the modèle, whatever the turn of a recurring étape it was asked for in."""
    etape = turn.state.pieces[id_].etape
    models = turn.program.etapes[etape].pieces if etape in turn.program.etapes else ()
    cle = next((p.cle for p in models if id_ == p.cle or id_.rpartition("_")[0] == p.cle), None)
    return Occurrence("piece", fait, cle, etape)


def _ligne(turn: Turn, key: str, id_: str, fait: str) -> Occurrence | None:
    ligne = turn.state.collections.get(key, {}).get(id_)
    return Occurrence("ligne", fait, key, ligne=ligne) if ligne is not None else None


def _run(turn: Turn, automatisation: Automatisation, etape: str, about: About | None = None) -> None:
    variables = about.variables if about else {}
    to = automatisation.a
    if automatisation.inviter and automatisation.courriel:
        turn.invite(automatisation.inviter, automatisation.courriel, etape)
    elif automatisation.courriel and to:
        label = f"Email à {turn.name_of(to)}"
        turn.mail(automatisation.courriel, to, label=label, etape=etape, variables=variables)
    if automatisation.sms and to:
        label = f"SMS à {turn.name_of(to)}"
        turn.sms(automatisation.sms, to, label=label, etape=etape, variables=variables)
    if automatisation.message and to:
        turn.notice(to, "automatisation", automatisation.message, f"etape:{etape}")
    if automatisation.document:
        turn.produce(automatisation.document, etape, about)
    visit = turn.state.etapes[etape].visit
    if automatisation.tache is not None:
        # What an alarm of the étape asks for too is not of one line: they are one task, under one title.
        whole = {alerte.tache.cle for alerte in turn.program.etapes[etape].alertes if alerte.tache}
        named = about.ligne.nom if about and automatisation.tache.cle not in whole else None
        create_tache(turn, automatisation.tache, etape, visit, about=named)
    if automatisation.action is not None and turn.holds(automatisation.action.si):
        request_action(turn, automatisation.action, etape, visit)
    for key, given in automatisation.lignes.items():
        for donnees in given:
            add_line(turn, key, dict(donnees))
    for key, wanted in automatisation.statuts_lignes.items():
        for ligne in list(turn.state.collections.get(key, {}).values()):
            if ligne.statut != wanted.statut and turn.holds(wanted.si, key, ligne):
                set_line_statut(turn, key, ligne, wanted.statut)
    evenements = turn.program.etapes[etape].evenements
    called = next((event for event in evenements if event.cle == automatisation.appel), None)
    if called is not None:
        call_service(turn, called, etape)
    if automatisation.statut is not None:
        turn.say(f.EtapeStatutSet(etape=etape, statut=automatisation.statut))
