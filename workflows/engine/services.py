"""Questions asked of services of the outside world (`services`): asked through the ledger, answered as events.

An answer is an awaited event that comes with its data. One that does not come, or that is refused, leads to what the
event says of its deadline (`sinon`); the firm may always record the answer itself, or ask again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.expressions import ExpressionError
from workflows.engine.items import evenement_audience, evenement_due, receive_evenement
from workflows.engine.modele import Appel, Evenement
from workflows.engine.schedule import miss_evenement
from workflows.engine.state import DemarcheState, EffectState, EvenementState
from workflows.engine.turn import Turn

LONGEST = 200
"""Characters of what is said of a refusal."""


def call_service(turn: Turn, evenement: Evenement, etape: str) -> None:
    """Ask the service of an awaited event, unless it is being asked. One whose deadline was played has another: as
    long as the first, from now."""
    known = turn.state.evenements.get(evenement.cle)
    if evenement.appel is None or known is None or known.statut not in ("attendu", "echu"):
        return
    if under_way(turn.state, evenement.cle):
        return
    if known.statut == "echu" or known.passed is not None:
        turn.say(f.EvenementAwaited(evenement=_anew(turn, evenement, known)))
    asked = _question(turn, evenement.appel, evenement.si)
    service = turn.program.bundle.services[evenement.appel.service]
    errors = turn.program.rules.validate_form(service.requete, asked, turn.today)
    effect = EffectState(
        id=turn.new_id(), kind="appel", label=evenement.titre, etape=etape, evenement=evenement.cle
    )
    if errors:
        _refused(turn, effect, f"question incomplète ({_first(errors)})")
        return
    params: dict[str, Any] = {"service": service.nom, "corps": asked}
    if service.http is not None:
        params["http"] = service.http.model_dump(mode="json")
    turn.say(f.EffectRequested(effect=effect, params=params))


def _anew(turn: Turn, evenement: Evenement, known: EvenementState) -> EvenementState:
    etape = turn.state.etapes[known.etape]
    asked_from = turn.now - timedelta(seconds=etape.shift)
    due_at, base = evenement_due(turn, evenement, etape, asked_from)
    changes: dict[str, Any] = {"statut": "attendu", "awaited_at": turn.now}
    if due_at is not None and due_at > turn.now:
        changes |= {"asked_from": asked_from, "due_at": due_at, "base": base, "passed": None}
    return known.model_copy(update=changes)


def under_way(state: DemarcheState, cle: str) -> bool:
    """The service of an event is being asked."""
    return any(effect.evenement == cle for effect in state.effets.values())


def _question(turn: Turn, appel: Appel, si: str | None) -> dict[str, Any]:
    try:
        return turn.program.question(appel, si, turn.state)
    except ExpressionError as error:
        raise Refusal("valeur_incalculable", f"Une valeur du modèle manque : {error}") from error


def _first(errors: Sequence[tuple[str, str]]) -> str:
    where, reason = errors[0]
    return f"{where.strip('/') or 'contenu'} : {reason}"


def answered(turn: Turn, effect: EffectState, donnees: dict[str, Any] | None) -> None:
    """Record what a service answered. An answer that is not what it declares counts as a failure."""
    evenement = turn.program.evenements.get(effect.evenement or "")
    known = turn.state.evenements.get(effect.evenement or "")
    if evenement is None or evenement.formulaire is None or known is None or not turn.state.open:
        turn.say(f.EffectDone(effect=effect.id, label=effect.label))
        return  # nobody reads it any more
    schema = turn.program.bundle.forms[evenement.formulaire]
    errors = turn.program.rules.validate_form(schema, donnees or {}, turn.today)
    if errors:
        _refused(turn, effect, f"réponse inattendue ({_first(errors)})")
        return
    turn.say(
        f.EffectDone(effect=effect.id, label=effect.label),
        evenement_audience(turn, evenement.de, evenement.visible_client),
    )
    if known.statut not in ("attendu", "echu"):
        return  # a person told it first
    readers = turn.program.form_readers(evenement.formulaire, turn.state)
    turn.say(
        f.DonneesRecorded(formulaire=evenement.formulaire, donnees=donnees or {}, etape=known.etape), readers
    )
    receive_evenement(turn, evenement, known.etape)


def _refused(turn: Turn, effect: EffectState, reason: str) -> None:
    turn.say(f.EffectFailed(effect=effect.id, label=effect.label, reason=reason[:LONGEST]))
    call_failed(turn, effect)


def call_failed(turn: Turn, effect: EffectState) -> None:
    """A service that could not be asked, or that refused: what the modèle says of it. Without a word of it, the event
    stays awaited, and the firm knows."""
    evenement = turn.program.evenements.get(effect.evenement or "")
    known = turn.state.evenements.get(effect.evenement or "")
    etape = turn.program.etapes.get(known.etape) if known is not None else None
    if evenement is None or known is None or etape is None or not turn.state.open or not known.awaited:
        return
    if evenement.sinon is not None:
        miss_evenement(turn, etape, evenement, known.base or turn.now)
        return
    message = f"« {evenement.titre} » n'a pas de réponse : saisissez-la, ou redemandez-la."
    turn.notice_side("cabinet", "effet_en_echec", message, f"etape:{etape.cle}")
