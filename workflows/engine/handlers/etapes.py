"""Advancing by hand: validating, skipping, sending back an étape."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.back import go_back, passed
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.items import drop_actions, drop_mails, drop_taches, waive_evenements, waive_pieces
from workflows.engine.settle import complete, missing
from workflows.engine.state import ReglageEtape
from workflows.engine.turn import CLIENT, Turn


@handle.register
def _(command: c.ValidateEtape, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    turn.require_visit(state, command.visit)
    if state.statut != "en_cours":
        raise Refusal("etape_inactive", f"L'étape « {state.titre} » n'est pas en cours.")
    reasons = missing(turn, etape)
    if reasons:
        raise Refusal("etape_incomplete", f"L'étape ne peut pas encore être validée : {' ; '.join(reasons)}.")
    complete(turn, etape)


@handle.register
def _(command: c.SkipEtape, turn: Turn) -> None:
    """What the étape awaited is given up: open tasks, pièces, answers, outside events, mails that have not left."""
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    turn.require_visit(state, command.visit)
    if state.statut not in ("en_cours", "a_faire"):
        raise Refusal("etape_finie", f"L'étape « {state.titre} » est déjà terminée.")
    motif = passed(command.motif)
    drop_taches(turn, etape.cle, motif, by_hand=True)
    waive_pieces(turn, etape.cle, motif)
    drop_actions(turn, etape.cle, motif)
    waive_evenements(turn, etape.cle, motif)
    drop_mails(turn, etape.cle)
    turn.say(f.EtapeSkipped(etape=etape.cle, motif=command.motif), CLIENT)


@handle.register
def _(command: c.AdjustEtape, turn: Turn) -> None:
    """The modèle stays as it is; what differs here is in the journal."""
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    avant = turn.state.reglages.get(etape.cle, ReglageEtape())
    # What says the same as the modèle is no setting.
    reglage = ReglageEtape(
        titre=command.titre if command.titre != etape.titre else None,
        visible=command.visible if command.visible != etape.visible else None,
        due_at=command.due_at,
    )
    turn.require(reglage != avant, "sans_changement", "Rien n'a changé dans cette étape.")
    over = state.statut not in ("en_cours", "a_faire")
    if over and reglage.due_at != avant.due_at:
        raise Refusal("etape_finie", f"L'étape « {state.titre} » est déjà terminée.")
    if not over and reglage.visible is False and turn.program.asks_client(etape, turn.state):
        raise Refusal(
            "etape_attend_le_client",
            f"L'étape « {state.titre} » demande quelque chose au client : elle ne peut pas lui être cachée.",
        )
    turn.say(
        f.EtapeAdjusted(etape=etape.cle, titre=reglage.titre or etape.titre, avant=avant, reglage=reglage)
    )


@handle.register
def _(command: c.SendBack, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    if state.statut not in ("valide", "passee"):
        raise Refusal(
            "renvoi_impossible", f"On ne peut revenir qu'à une étape déjà terminée, pas à « {state.titre} »."
        )
    go_back(turn, etape, command.motif)
