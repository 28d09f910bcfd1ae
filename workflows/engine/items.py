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
