"""Going back to an étape already left: by hand, or because a deadline passed."""

from __future__ import annotations

from workflows.engine import facts as f
from workflows.engine.items import NOT_CONCERNED, drop_actions, drop_mails, drop_taches, waive_evenements
from workflows.engine.modele import Etape, Modele, Parallele
from workflows.engine.state import EtapeState, ReglageEtape
from workflows.engine.turn import CLIENT, Turn


def go_back(turn: Turn, etape: Etape, reason: str) -> None:
    """What is done stays in the journal and is redone; pièces already given stay given, tasks added by hand stay open,
    and branches beside the étape go on as they are."""
    turn.say(f.SentBack(etape=etape.cle, motif=reason), CLIENT)
    titre = turn.state.etapes[etape.cle].titre
    motif = f"Retour à l'étape « {titre} »."
    redone = after(turn.modele, etape.cle)
    for cle in redone:
        later = turn.state.etapes[cle]
        if later.statut == "a_faire":
            continue
        drop_taches(turn, cle, motif, by_hand=False)
        drop_actions(turn, cle, motif)
        waive_evenements(turn, cle, motif)
        drop_mails(turn, cle)
        begin_anew(turn, later, motif)
    for document in list(turn.state.documents.values()):
        if document.etape in redone:
            turn.outdate(document, motif)
    turn.notice_side("client", "renvoi", f"« {turn.state.titre} » revient à l'étape « {titre} ».")


def begin_anew(turn: Turn, etape: EtapeState, motif: str) -> None:
    """An étape already left is to be done, as if it had not begun."""
    if etape.statut in ("passee", "sans_objet"):
        _ask_again(turn, etape, motif)
    give_back(turn, etape.cle)
    turn.say(f.EtapeReset(etape=etape.cle), CLIENT)


def give_back(turn: Turn, cle: str) -> None:
    """Before an étape begins anew, what the firm set of it and no longer holds is as the modèle says again (MOD-13): a
    date already past, a place off the portal if the client will owe something."""
    known = turn.state.reglages.get(cle, ReglageEtape())
    kept = known
    if known.due_at is not None and known.due_at <= turn.now:
        kept = kept.model_copy(update={"due_at": None})
    if known.visible is False and turn.program.asks_client(turn.program.etapes[cle], turn.state):
        kept = kept.model_copy(update={"visible": None})
    if kept != known:
        titre = turn.state.etapes[cle].titre
        turn.say(f.EtapeAdjusted(etape=cle, titre=titre, avant=known, reglage=kept))


def passed(motif: str | None) -> str:
    """Why what a skipped étape awaited is given up."""
    return f"Étape passée : {motif}"


def after(modele: Modele, cle: str) -> list[str]:
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
            passed(etape.motif),
            NOT_CONCERNED,
        )
        if piece.etape == etape.cle and piece.statut == "sans_objet" and with_it:
            turn.say(f.PieceReopened(piece=piece.id, motif=motif), turn.audience_of(piece.de))
