"""Advancing by hand: validating, skipping, sending back an étape."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.items import task_audience
from workflows.engine.settle import complete, missing
from workflows.engine.turn import CLIENT, Turn


@handle.register
def _(command: c.ValidateEtape, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    turn.require_visit(state, command.visit)
    if state.statut != "en_cours":
        raise Refusal("etape_inactive", f"L'étape « {etape.titre} » n'est pas en cours.")
    reasons = missing(turn, etape)
    if reasons:
        raise Refusal("etape_incomplete", f"L'étape ne peut pas encore être validée : {' ; '.join(reasons)}.")
    complete(turn, etape)


@handle.register
def _(command: c.SkipEtape, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    turn.require_visit(state, command.visit)
    if state.statut not in ("en_cours", "a_faire"):
        raise Refusal("etape_finie", f"L'étape « {etape.titre} » est déjà terminée.")
    _drop_items(turn, etape.cle, f"Étape passée : {command.motif}", drop_pieces=True)
    turn.say(f.EtapeSkipped(etape=etape.cle, motif=command.motif), CLIENT)


@handle.register
def _(command: c.SendBack, turn: Turn) -> None:
    """Go back to an étape already left. What is done stays in the journal; what was open is given up and redone."""
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    if state.statut not in ("valide", "passee"):
        raise Refusal(
            "renvoi_impossible", f"On ne peut revenir qu'à une étape déjà terminée, pas à « {etape.titre} »."
        )
    turn.say(f.SentBack(etape=etape.cle, motif=command.motif), CLIENT)
    order = list(turn.state.etapes)
    for cle in order[order.index(etape.cle) :]:
        later = turn.state.etapes[cle]
        if later.statut == "a_faire":
            continue
        _drop_items(turn, cle, f"Retour à l'étape « {etape.titre} ».", drop_pieces=False)
        turn.say(f.EtapeReset(etape=cle), CLIENT)
    for document in list(turn.state.documents.values()):
        position = order.index(document.etape) if document.etape in order else -1
        if document.perime is None and position >= order.index(etape.cle):
            turn.say(
                f.DocumentOutdated(document=document.id, motif=f"Retour à l'étape « {etape.titre} »."),
                CLIENT if "client" in document.visible else (),
            )
    turn.notice_side("client", "renvoi", f"« {turn.state.titre} » revient à l'étape « {etape.titre} ».")


def _drop_items(turn: Turn, etape: str, motif: str, *, drop_pieces: bool) -> None:
    """Give up what an étape still awaits: open tasks, unsent mails and, when it is skipped, missing pièces."""
    for tache in list(turn.state.taches.values()):
        if tache.open and tache.etape == etape:
            turn.say(f.TacheCancelled(tache=tache.id, motif=motif), task_audience(turn, tache))
    if drop_pieces:
        for piece in list(turn.state.pieces.values()):
            if piece.etape == etape and not piece.settled:
                turn.say(f.PieceWaived(piece=piece.id, motif=motif), turn.audience_of(piece.de))
    for effect in list(turn.state.effets.values()):
        if effect.etape == etape and effect.kind == "courriel":
            turn.say(f.EffectCancelled(effect=effect.id, label=effect.label))
