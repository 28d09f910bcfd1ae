"""The view: a démarche as one reader may see it. `Sight` alone decides what is visible."""

from workflows.engine.view.demarche import correction_seen, form_seen, lines_seen, pieces_seen, view
from workflows.engine.view.shapes import CollectionView, CorrectionView, DemarcheView, DocumentView, PieceView
from workflows.engine.view.sight import Reader

__all__ = [
    "CollectionView",
    "CorrectionView",
    "DemarcheView",
    "DocumentView",
    "PieceView",
    "Reader",
    "correction_seen",
    "form_seen",
    "lines_seen",
    "pieces_seen",
    "view",
]
