"""Creating what people must do or provide: tâches and pièces of the modèle."""

from __future__ import annotations

from workflows.engine import facts as f
from workflows.engine.modele import Piece, Tache
from workflows.engine.state import ChecklistItem, PieceState, TacheState
from workflows.engine.turn import Turn


def create_tache(turn: Turn, tache: Tache, etape: str | None, visit: int) -> None:
    """Create a task of the modèle and tell whoever it falls to."""
    side = turn.modele.side(tache.pour)
    visible = tache.visible_client if tache.visible_client is not None else side != "cabinet"
    created = TacheState(
        id=turn.new_id(),
        cle=tache.cle,
        titre=tache.titre,
        pour=tache.pour,
        etape=etape,
        visit=visit,
        description=tache.description,
        assignee=turn.assignee(tache.pour),
        checklist=[ChecklistItem(libelle=label) for label in tache.checklist],
        due_at=turn.program.due(tache.echeance, turn.state, turn.state.etapes.get(etape or "")),
        priorite=tache.priorite,
        obligatoire=tache.obligatoire,
        document=tache.document,
        visible_client=visible,
        created_at=turn.now,
    )
    turn.say(f.TacheCreated(tache=created), task_audience(turn, created))
    turn.notice(tache.pour, "tache_assignee", f"Nouvelle tâche : « {tache.titre} ».", f"tache:{created.id}")


def has_tache(turn: Turn, tache: Tache, etape: str, visit: int) -> bool:
    """This task of the modèle was already made for this visit, whatever became of it."""
    return any(
        known.cle == tache.cle and known.etape == etape and known.visit == visit
        for known in turn.state.taches.values()
    )


def drop_taches(turn: Turn, etape: str, motif: str, *, by_hand: bool) -> None:
    """Give up the open tasks of an étape; those added by hand only if `by_hand`."""
    for tache in list(turn.state.taches.values()):
        if tache.open and tache.etape == etape and (by_hand or tache.cle is not None):
            turn.say(f.TacheCancelled(tache=tache.id, motif=motif), task_audience(turn, tache))


def waive_pieces(turn: Turn, etape: str, motif: str) -> None:
    """Stop asking for what an étape still awaits."""
    for piece in list(turn.state.pieces.values()):
        if piece.etape == etape and not piece.settled:
            turn.say(f.PieceWaived(piece=piece.id, motif=motif), turn.audience_of(piece.de))


def drop_mails(turn: Turn, etape: str) -> None:
    """Give up the mails of an étape that have not left."""
    for effect in list(turn.state.effets.values()):
        if effect.etape == etape and effect.kind == "courriel":
            turn.say(f.EffectCancelled(effect=effect.id, label=effect.label))


def task_audience(turn: Turn, tache: TacheState) -> tuple[str, ...]:
    """Who sees a task, besides staff."""
    return turn.audience_of(tache.pour) if tache.visible_client else ()


def request_piece(turn: Turn, piece: Piece, etape: str | None) -> None:
    """Ask for a pièce of the modèle."""
    state = turn.state.etapes.get(etape or "")
    requested = PieceState(
        id=piece.cle,
        titre=piece.titre,
        de=piece.de,
        etape=etape,
        description=piece.description,
        categorie=piece.categorie,
        formats=piece.formats,
        taille_max_mo=piece.taille_max_mo,
        obligatoire=piece.obligatoire,
        due_at=turn.program.due(piece.echeance, turn.state, state),
        controles=piece.controles,
        etiquette=piece.etiquette,
        requested_at=turn.now,
    )
    turn.say(f.PieceRequested(piece=requested), turn.audience_of(piece.de))
