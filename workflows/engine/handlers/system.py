"""What the system itself reports: time passing, the outcome of effects, the movable clock."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.enfants import running_children
from workflows.engine.handlers._registry import handle
from workflows.engine.schedule import play_due
from workflows.engine.services import answered, call_failed
from workflows.engine.state import MESSAGES, DocumentState
from workflows.engine.turn import CLIENT, Turn


def _require_system(turn: Turn) -> None:
    turn.require(turn.actor.kind == "system", "interdit", "Cette commande est réservée au système.")


@handle.register
def _(command: c.Tick, turn: Turn) -> None:
    _require_system(turn)
    if turn.state.cycle == "ouverte":
        play_due(turn)


@handle.register
def _(command: c.ReportEffect, turn: Turn) -> None:
    """Facts win: an effect that was cancelled too late and did happen is recorded as done."""
    _require_system(turn)
    effect = turn.state.effets.get(command.effect)
    label = effect.label if effect else "Effet"
    document = turn.state.documents.get(effect.document) if effect and effect.document else None
    if effect is not None and effect.kind == "appel" and command.outcome == "done":
        answered(turn, effect, command.donnees)
        return
    if command.outcome == "done":
        audience: tuple[str, ...] = CLIENT if effect is None or effect.kind in MESSAGES else ()
        if effect is not None and effect.lecteurs is not None:
            audience = effect.lecteurs
        turn.say(f.EffectDone(effect=command.effect, label=label), audience)
        if document is not None and command.file is not None:
            readers = turn.program.readers(document.visible, turn.state)
            turn.say(f.DocumentProduced(document=document.id, file=command.file), readers)
            if "client" in readers:
                _announce(turn, document)
        return
    turn.say(
        f.EffectFailed(
            effect=command.effect,
            label=label,
            reason=command.reason,
            uncertain=command.outcome == "uncertain",
        )
    )
    if effect is not None and effect.kind == "appel":
        call_failed(turn, effect)
        return
    if document is not None:
        turn.say(f.DocumentFailed(document=document.id, reason=command.reason))
    turn.notice_side("cabinet", "effet_en_echec", f"À vérifier : « {label} » n'a pas abouti.")


def _announce(turn: Turn, document: DocumentState) -> None:
    """Tell the client of a new document; of the files made together for several lines, the first one says it."""
    model = turn.modele.documents.get(document.cle)
    per_line = model is not None and model.pour_chaque is not None
    together = [
        known
        for known in turn.state.documents.values()
        if per_line
        and known.visible
        and known.cle == document.cle
        and known.requested_at == document.requested_at
    ]
    if sum(known.produced_at is not None for known in together) > 1:
        return
    titre = model.titre if model is not None and len(together) > 1 else document.titre
    turn.notice_side("client", "document_disponible", f"Nouveau document : « {titre} ».")


@handle.register
def _(command: c.SetHorloge, turn: Turn) -> None:
    _require_system(turn)
    known, told = turn.state.horloge, command.horloge
    # One that a person moved further than its parent does not go back.
    ahead = known is not None and told is not None and known.at(told.real) > told.virtual
    turn.require(
        turn.state.parent is None or not ahead, "horloge_en_arriere", "Une horloge ne peut qu'avancer."
    )
    turn.say(f.HorlogeSet(horloge=told))
    for enfant in running_children(turn.state) if told is not None else ():
        turn.say(f.EnfantInstructed(enfant=enfant.id, horloge=told))
