"""Actions client (ACT): ask for a comment, a note, a validation or documents, at any moment."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.items import announce_action, cancel_action, piece_by_hand
from workflows.engine.state import ActionState, PieceState
from workflows.engine.turn import Turn


def _waiting(turn: Turn, id_: str) -> ActionState:
    action = turn.state.actions.get(id_)
    if action is None:
        raise Refusal("action_inconnue", "Cette demande n'existe pas dans cette démarche.")
    if action.statut != "attente_client":
        raise Refusal("action_terminee", "Cette demande a déjà reçu sa réponse ou n'est plus attendue.")
    return action


def _owed(piece: PieceState, par: str, titre: str) -> bool:
    return piece.awaited and piece.de == par and piece.titre.casefold() == titre.casefold()


@handle.register
def _(command: c.RequestAction, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    turn.known_person(command.a)
    turn.require(
        turn.modele.side(command.a) != "cabinet", "destinataire", "Une action client s'adresse au client."
    )
    titles = [piece.titre.strip() for piece in command.pieces]
    turn.require(
        not titles or command.nature == "documents",
        "pieces_sans_objet",
        "Seule une demande de documents a une liste de pièces.",
    )
    for rank, titre in enumerate(titles):
        if not titre or titre.casefold() in (other.casefold() for other in titles[:rank]):
            detail = f"« {titre} » est déjà dans la liste." if titre else "Donnez un nom à ce document."
            raise Refusal("piece_en_double", detail, ((f"/pieces/{rank}", detail),))
        if any(_owed(piece, command.a, titre) for piece in turn.state.pieces.values()):
            detail = f"«\u00a0{titre}\u00a0» est déjà attendu de cette personne."
            raise Refusal("piece_en_double", detail, ((f"/pieces/{rank}", detail),))
    action = ActionState(
        id=turn.new_id(),
        nature=command.nature,
        message=command.message,
        a=command.a,
        due_at=command.due_at,
        requested_at=turn.now,
        requested_by=turn.actor.name,
    )
    turn.say(f.ActionRequested(action=action), turn.audience_of(command.a))
    asked = [
        piece_by_hand(
            turn,
            piece.titre,
            command.a,
            description=piece.description,
            due_at=command.due_at,
            action=action.id,
        )
        for piece in command.pieces
    ]
    announce_action(turn, action, pieces=[piece.titre for piece in asked])


@handle.register
def _(command: c.AnswerAction, turn: Turn) -> None:
    turn.require_open()
    action = _waiting(turn, command.action)
    turn.require_can_act_for(action.a)
    turn.require(
        action.nature != "correction",
        "action_correction",
        "Corrigez le formulaire, puis envoyez-le de nouveau.",
    )
    turn.require(
        all(piece.action != action.id for piece in turn.state.pieces.values()),
        "action_guidee",
        "Déposez chaque document de la liste : la réponse part avec le dernier.",
    )
    if not command.message.strip() and not command.files and action.nature != "validation":
        raise Refusal(
            "reponse_vide",
            "Écrivez une réponse ou joignez un document.",
            (("/message", "Réponse attendue."),),
        )
    turn.say(
        f.ActionAnswered(action=action.id, message=command.message, files=command.files),
        turn.audience_of(action.a),
    )
    turn.notice_side(
        "cabinet", "action_repondue", f"{turn.actor.name} a répondu pour « {turn.state.titre} »."
    )


@handle.register
def _(command: c.CancelAction, turn: Turn) -> None:
    turn.require_staff()
    turn.require_open()
    action = _waiting(turn, command.action)
    cancel_action(turn, action, command.motif)
