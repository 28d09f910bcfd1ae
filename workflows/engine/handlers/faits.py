"""Facts of the outside world, told by a business record (DESIGN rule 8): what a modèle does with each kind."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.handlers.evenements import declared, require_not_received
from workflows.engine.handlers.forms import form_audience, record_form
from workflows.engine.items import evenement_audience, receive_evenement
from workflows.engine.lines import add_line, audience_of
from workflows.engine.state import FileRef
from workflows.engine.turn import Turn


@handle.register
def _(command: c.RecordFact, turn: Turn) -> None:
    """Recorded whatever the démarche is doing, even suspended: it has already happened."""
    turn.require(turn.actor.kind == "system", "interdit", "Cette commande est réservée au système.")
    turn.require(turn.state.open, "demarche_close", "La démarche est terminée ou annulée.")
    fait = turn.modele.faits.get(command.fait)
    if fait is None:
        raise Refusal("fait_inconnu", f"Ce modèle n'attend pas de fait « {command.fait} ».")
    told = f.FactRecorded(fait=command.fait, libelle=fait.libelle)
    if fait.ajoute is not None:
        turn.say(told, audience_of(turn, turn.modele.collections[fait.ajoute]))
        add_line(turn, fait.ajoute, command.donnees)
    if fait.evenement is not None:
        etape, evenement = declared(turn, fait.evenement)
        require_not_received(turn, etape, evenement)
        if fait.formulaire is None:
            turn.say(told, evenement_audience(turn, evenement.de, evenement.visible_client))
    if fait.formulaire is not None:
        turn.say(told, form_audience(turn, fait.formulaire))
        known = turn.state.donnees.get(fait.formulaire, {})
        record_form(turn, fait.formulaire, {**known, **command.donnees})
    if fait.piece is not None and command.files:
        _keep(turn, fait.piece, command.files)
    if fait.evenement is not None:
        receive_evenement(turn, evenement, etape.cle)
    turn.notice_side("cabinet", "fait_recu", f"{fait.libelle} : « {turn.state.titre} ».")


def _keep(turn: Turn, cle: str, files: tuple[FileRef, ...]) -> None:
    """Keep what came from outside as the pièce it stands for: whoever sent it proved what it is."""
    piece = turn.state.pieces.get(cle)
    if piece is None or piece.settled:
        return
    audience = turn.audience_of(piece.de)
    turn.say(f.PieceDeposited(piece=piece.id, files=files), audience)
    turn.say(f.PieceValidated(piece=piece.id), audience)
