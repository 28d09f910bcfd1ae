"""Advancing by hand: validating, skipping, sending back an étape."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.items import drop_mails, drop_taches, waive_pieces
from workflows.engine.modele import Modele, Parallele
from workflows.engine.settle import NOT_CONCERNED, complete, missing
from workflows.engine.state import EtapeState
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
    """What the étape awaited is given up: open tasks, missing pièces, mails that have not left."""
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    turn.require_visit(state, command.visit)
    if state.statut not in ("en_cours", "a_faire"):
        raise Refusal("etape_finie", f"L'étape « {etape.titre} » est déjà terminée.")
    motif = _passed(command.motif)
    drop_taches(turn, etape.cle, motif, by_hand=True)
    waive_pieces(turn, etape.cle, motif)
    drop_mails(turn, etape.cle)
    turn.say(f.EtapeSkipped(etape=etape.cle, motif=command.motif), CLIENT)


@handle.register
def _(command: c.SendBack, turn: Turn) -> None:
    """Go back to an étape already left. What is done stays in the journal and is redone; pièces already given stay
    given, tasks added by hand stay open, and branches beside the étape go on as they are."""
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    if state.statut not in ("valide", "passee"):
        raise Refusal(
            "renvoi_impossible", f"On ne peut revenir qu'à une étape déjà terminée, pas à « {etape.titre} »."
        )
    turn.say(f.SentBack(etape=etape.cle, motif=command.motif), CLIENT)
    motif = f"Retour à l'étape « {etape.titre} »."
    redone = _from(turn.modele, etape.cle)
    for cle in redone:
        later = turn.state.etapes[cle]
        if later.statut == "a_faire":
            continue
        drop_taches(turn, cle, motif, by_hand=False)
        drop_mails(turn, cle)
        if later.statut in ("passee", "sans_objet"):
            _ask_again(turn, later, motif)
        turn.say(f.EtapeReset(etape=cle), CLIENT)
    for document in list(turn.state.documents.values()):
        if document.etape in redone:
            turn.outdate(document, motif)
    turn.notice_side("client", "renvoi", f"« {turn.state.titre} » revient à l'étape « {etape.titre} ».")


def _passed(motif: str | None) -> str:
    return f"Étape passée : {motif}"


def _from(modele: Modele, cle: str) -> list[str]:
    """An étape and all that depends on it: the rest of its branch, and what comes after the block."""
    found: list[str] = []
    for node in modele.etapes:
        branches = node.branches if isinstance(node, Parallele) else ((node,),)
        if found:
            found += [etape.cle for branch in branches for etape in branch]
        else:
            mine = next((branch for branch in branches if any(etape.cle == cle for etape in branch)), ())
            keys = [etape.cle for etape in mine]
            found += keys[keys.index(cle) :] if mine else []
    return found


def _ask_again(turn: Turn, etape: EtapeState, motif: str) -> None:
    """Ask again for the pièces that were given up with their étape, not for those a person waived."""
    for piece in list(turn.state.pieces.values()):
        with_it = piece.decided_at == etape.completed_at and piece.motif in (
            _passed(etape.motif),
            NOT_CONCERNED,
        )
        if piece.etape == etape.cle and piece.statut == "sans_objet" and with_it:
            turn.say(f.PieceReopened(piece=piece.id, motif=motif), turn.audience_of(piece.de))
