"""Pièces: requested, deposited, received, validated or refused (GED-10 to GED-12)."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.items import piece_by_hand
from workflows.engine.state import PieceState
from workflows.engine.turn import Turn


def _piece(turn: Turn, id_: str) -> PieceState:
    piece = turn.state.pieces.get(id_)
    if piece is None:
        raise Refusal("piece_inconnue", "Cette pièce n'est pas demandée dans cette démarche.")
    return piece


def _to_check(turn: Turn, id_: str, version: int | None) -> PieceState:
    turn.require_staff()
    turn.require_open()
    piece = _piece(turn, id_)
    if not piece.to_check:
        raise Refusal("piece_non_deposee", f"« {piece.titre} » n'est pas en attente de validation.")
    if version is not None and version != len(piece.versions):
        raise Refusal(
            "version_perimee",
            f"Une nouvelle version de « {piece.titre} » est arrivée : regardez-la avant de décider.",
        )
    return piece


@handle.register
def _(command: c.DepositPiece, turn: Turn) -> None:
    turn.require_open()
    piece = _piece(turn, command.piece)
    if not piece.libre:
        turn.require_dossier()
    turn.require_can_act_for(piece.de)
    if piece.statut == "sans_objet":
        raise Refusal("piece_sans_objet", f"« {piece.titre} » n'est plus demandée.")
    if piece.settled:
        raise Refusal(
            "piece_deja_validee", f"La pièce « {piece.titre} » est déjà validée : rien d'autre à déposer."
        )
    if command.visit is not None and piece.etape is not None:
        etape, state = turn.etape_of(piece.etape)
        turn.require_visit(state, command.visit)
        turn.require(
            state.statut in ("a_faire", "en_cours"),
            "etape_perimee",
            f"L'étape « {etape.titre} » est terminée depuis.",
        )
    turn.say(f.PieceDeposited(piece=piece.id, files=command.files), turn.audience_of(piece.de))
    turn.notice_side("cabinet", "piece_deposee", f"À valider : « {piece.titre} ».", f"piece:{piece.id}")


@handle.register
def _(command: c.AcknowledgePiece, turn: Turn) -> None:
    piece = _to_check(turn, command.piece, None)
    turn.require(
        piece.statut == "attente_validation",
        "piece_deja_recue",
        "Cette pièce est déjà marquée « Bien reçu ».",
    )
    turn.say(f.PieceAcknowledged(piece=piece.id), turn.audience_of(piece.de))


@handle.register
def _(command: c.ValidatePiece, turn: Turn) -> None:
    piece = _to_check(turn, command.piece, command.version)
    turn.say(f.PieceValidated(piece=piece.id, label=command.label), turn.audience_of(piece.de))
    turn.notice(
        piece.de,
        "piece_validee",
        f"La pièce « {piece.titre} » est validée. Rien d'autre à faire.",
        f"piece:{piece.id}",
    )


@handle.register
def _(command: c.RefusePiece, turn: Turn) -> None:
    piece = _to_check(turn, command.piece, command.version)
    turn.say(f.PieceRefused(piece=piece.id, motif=command.motif), turn.audience_of(piece.de))
    turn.notice(
        piece.de, "piece_refusee", f"« {piece.titre} » est à refaire : {command.motif}", f"piece:{piece.id}"
    )
    if turn.modele.refus_piece:
        turn.mail(
            turn.modele.refus_piece,
            piece.de,
            label=f"Refus de « {piece.titre} » annoncé",
            etape=piece.etape,
            variables={"motif": command.motif, "pieces": [piece.titre]},
        )


@handle.register
def _(command: c.WaivePiece, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    piece = _piece(turn, command.piece)
    turn.require(not piece.settled, "piece_reglee", f"« {piece.titre} » n'est plus attendue.")
    turn.say(f.PieceWaived(piece=piece.id, motif=command.motif), turn.audience_of(piece.de))


@handle.register
def _(command: c.AddPiece, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    turn.known_person(command.de)
    current = turn.current_etape(command.etape)
    piece = piece_by_hand(
        turn,
        command.titre,
        command.de,
        description=command.description,
        categorie=command.categorie,
        obligatoire=command.obligatoire,
        due_at=command.due_at,
        etape=current.cle if current else None,
    )
    turn.notice(
        command.de, "piece_demandee", f"Un document est attendu : « {piece.titre} ».", f"piece:{piece.id}"
    )
    if turn.modele.action_demandee:
        turn.mail(
            turn.modele.action_demandee,
            command.de,
            label=f"Demande de « {piece.titre} » envoyée",
            etape=piece.etape,
            variables={
                "motif": f"Un document est attendu : « {piece.titre} ».",
                "echeance": piece.due_at.isoformat() if piece.due_at else None,
                "pieces": [piece.titre],
            },
        )


@handle.register
def _(command: c.EditPiece, turn: Turn) -> None:
    """The modèle stays as it is; another version of it that names the pièce otherwise renames it again."""
    turn.require_staff()
    turn.require_dossier()
    piece = _piece(turn, command.piece)
    titre, description = command.titre.strip(), (command.description or "").strip() or None
    turn.require(bool(titre), "titre_requis", "Donnez un nom à la pièce.")
    turn.require(
        (titre, description) != (piece.titre, piece.description),
        "sans_changement",
        "Rien n'a changé dans cette pièce.",
    )
    fact = f.PieceEdited(piece=piece.id, avant=piece.titre, titre=titre, description=description)
    turn.say(fact, turn.audience_of(piece.de))


@handle.register
def _(command: c.MovePiece, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    piece = _piece(turn, command.piece)
    apres = _piece(turn, command.apres) if command.apres is not None else None
    others = [id_ for id_ in turn.state.pieces if id_ != piece.id]
    turn.require(apres is not piece, "sans_changement", "Une pièce ne peut pas venir après elle-même.")
    at = others.index(apres.id) + 1 if apres else 0
    ordre = (*others[:at], piece.id, *others[at:])
    turn.require(
        ordre != tuple(turn.state.pieces), "sans_changement", f"« {piece.titre} » est déjà à cette place."
    )
    turn.say(f.PiecesOrdered(piece=piece.id, titre=piece.titre, apres=apres and apres.titre, ordre=ordre))


@handle.register
def _(command: c.OfferPiece, turn: Turn) -> None:
    """With the demande already: what is given then is in the dossier (DEM-04, DEM-12)."""
    turn.require(turn.actor.kind == "client", "interdit", "Ce dépôt est réservé au client.")
    turn.require_open()
    roles = [key for key, role in turn.modele.roles.items() if role.cote == "client"]
    held = [m.role for m in turn.state.equipe if m.user_id == turn.actor.id and m.role in roles]
    piece = PieceState(
        id=turn.new_id(),
        titre=command.titre,
        de=next(iter(held or roles)),
        obligatoire=False,
        libre=True,
        requested_at=turn.now,
    )
    audience = turn.audience_of(piece.de)
    turn.say(f.PieceRequested(piece=piece), audience)
    turn.say(f.PieceDeposited(piece=piece.id, files=command.files), audience)
    turn.notice_side("cabinet", "piece_deposee", f"À valider : « {piece.titre} ».", f"piece:{piece.id}")
