"""Advancing by hand: validating, skipping, sending back an étape."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.back import go_back, passed
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.items import drop_actions, drop_mails, drop_taches, waive_evenements, waive_pieces
from workflows.engine.settle import complete, missing
from workflows.engine.turn import CLIENT, Turn


@handle.register
def _(command: c.ValidateEtape, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    turn.require_visit(state, command.visit)
    if state.statut != "en_cours":
        raise Refusal("etape_inactive", f"L'étape « {etape.titre} » n'est pas en cours.")
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
        raise Refusal("etape_finie", f"L'étape « {etape.titre} » est déjà terminée.")
    motif = passed(command.motif)
    drop_taches(turn, etape.cle, motif, by_hand=True)
    waive_pieces(turn, etape.cle, motif)
    drop_actions(turn, etape.cle, motif)
    waive_evenements(turn, etape.cle, motif)
    drop_mails(turn, etape.cle)
    turn.say(f.EtapeSkipped(etape=etape.cle, motif=command.motif), CLIENT)


@handle.register
def _(command: c.SendBack, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    if state.statut not in ("valide", "passee"):
        raise Refusal(
            "renvoi_impossible", f"On ne peut revenir qu'à une étape déjà terminée, pas à « {etape.titre} »."
        )
    go_back(turn, etape, command.motif)
