"""Reports of child démarches."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.enfants import gather, readers
from workflows.engine.handlers._registry import handle
from workflows.engine.turn import Turn


@handle.register
def _(command: c.ReportEnfant, turn: Turn) -> None:
    """What a child has become, even while this démarche is suspended. An older report than the last is left out."""
    turn.require(turn.actor.kind == "system", "interdit", "Cette commande est réservée au système.")
    turn.require(turn.state.open, "demarche_close", "La démarche est terminée ou annulée.")
    enfant = turn.state.enfants.get(command.enfant)
    if enfant is None:
        raise Refusal("enfant_inconnu", "Cette démarche n'a pas été ouverte par celle-ci.")
    told = command.rapport
    if told.seq <= enfant.seq:
        return
    if told.motif is not None:
        # Told for a child that could not open, which knows nothing of itself.
        told = told.model_copy(update={"au_portail": enfant.au_portail})
    former = enfant.cycle
    turn.say(f.EnfantReported(enfant=enfant.id, rapport=told))
    if told.cycle == former or told.cycle in ("ouverte", "suspendue"):
        return
    ended = f.EnfantEnded(enfant=enfant.id, titre=told.titre, cycle=told.cycle, motif=told.motif)
    turn.say(ended, readers(told.au_portail))
    if told.cycle == "terminee":
        gather(turn, turn.state.enfants[command.enfant])
    words = {"terminee": "est terminée", "annulee": "est annulée"}.get(told.cycle, "n'a pas pu s'ouvrir")
    turn.notice_side("cabinet", "enfant_fini", f"« {told.titre} » {words}.", f"etape:{enfant.noeud}")
