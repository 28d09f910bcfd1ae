"""Opening a démarche, and its first phase: the demande (DEM-07, DEM-12)."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.elision import de
from workflows.engine.handlers._registry import handle
from workflows.engine.handlers.corrections import accept
from workflows.engine.handlers.forms import record_form
from workflows.engine.state import ActionState
from workflows.engine.turn import CLIENT, Turn


@handle.register
def _(command: c.OpenDemarche, turn: Turn) -> None:
    turn.require(turn.state.seq == 0, "demarche_existante", "Cette démarche est déjà ouverte.")
    modele = turn.modele
    turn.require(
        modele.enfant == (command.parent is not None),
        "modele_enfant",
        f"« {modele.titre} » ne s'ouvre que depuis une autre démarche.",
    )
    turn.require(
        # A child is for the client of its parent: the check before publishing compares their types.
        command.parent is not None or command.client_type in modele.clients,
        "client_non_concerne",
        f"« {modele.titre} » ne concerne pas ce type de client.",
    )
    if turn.actor.kind == "client":
        turn.require(
            modele.portail.demandable and command.phase == "demande",
            "non_demandable",
            f"« {modele.titre} » ne peut pas être demandé depuis le portail.",
        )
    phase = command.phase if modele.demande else "dossier"
    turn.say(
        f.DemarcheOpened(
            client_id=command.client_id,
            client_nom=command.client_nom,
            reference=command.reference,
            titre=modele.titre,
            modele=modele.modele,
            modele_sha=turn.program.sha,
            phase=phase,
            equipe=command.equipe,
            etapes=tuple((etape.cle, etape.titre) for etape in modele.walk()),
            horloge=command.horloge,
            priorite=modele.demande.priorite if modele.demande and phase == "demande" else "normale",
            prix=modele.prix.montant if modele.prix else None,
            prix_mention=modele.prix.mention if modele.prix else "HT",
            parent=command.parent,
        ),
        CLIENT,
    )
    for formulaire, donnees in command.donnees.items():
        record_form(turn, formulaire, donnees)
    if phase == "demande" and modele.demande is not None:
        turn.require(
            modele.demande.formulaire in command.donnees,
            "formulaire_attendu",
            "Le formulaire de la demande est attendu.",
        )
        turn.notice_side(
            "cabinet", "demande_recue", f"Nouvelle demande {de(command.client_nom)} : « {modele.titre} »."
        )
        _mail_client(turn, modele.demande.accuse, "Accusé de réception de la demande")
        if modele.demande.directe:
            turn.say(f.DossierCreated(), CLIENT)


@handle.register
def _(command: c.TakeDemande, turn: Turn) -> None:
    _require_demande(turn)
    turn.require(turn.state.statut == "recue", "deja_en_analyse", "La demande est déjà en cours d'analyse.")
    _analyse(turn)


@handle.register
def _(command: c.RequestInformation, turn: Turn) -> None:
    _require_demande(turn)
    _analyse(turn)
    to = next(key for key, role in turn.modele.roles.items() if role.cote == "client")
    action = ActionState(
        id=turn.new_id(),
        nature="information",
        message=command.message,
        a=to,
        due_at=command.due_at,
        requested_at=turn.now,
        requested_by=turn.actor.name,
    )
    turn.say(f.ActionRequested(action=action), CLIENT)
    turn.notice(to, "informations_demandees", f"Une précision est demandée pour « {turn.state.titre} ».")
    demande = turn.modele.demande
    _mail_client(
        turn, demande.informations if demande else None, "Demande de précisions envoyée", command.message
    )


@handle.register
def _(command: c.ValidateDemande, turn: Turn) -> None:
    """What is still asked is given up; a correction that came back is accepted with the demande."""
    _require_demande(turn)
    waiting = [action for action in turn.state.actions.values() if action.statut == "attente_client"]
    for action in waiting:
        turn.say(f.ActionCancelled(action=action.id, motif="La demande est validée."), CLIENT)
    for correction in list(turn.state.corrections.values()):
        if correction.statut == "a_verifier":
            accept(turn, correction)
    turn.say(f.DemandeValidated(), CLIENT)
    if command.prix is not None:
        turn.say(f.PrixSet(montant=command.prix, mention=turn.state.prix_mention), CLIENT)
    turn.say(f.DossierCreated(), CLIENT)
    turn.notice_side("client", "demande_validee", f"Votre demande « {turn.state.titre} » est validée.")
    demande = turn.modele.demande
    _mail_client(turn, demande.validee if demande else None, "Validation de la demande annoncée")


@handle.register
def _(command: c.RefuseDemande, turn: Turn) -> None:
    _require_demande(turn)
    for action in list(turn.state.actions.values()):
        if action.statut == "attente_client":
            turn.say(f.ActionCancelled(action=action.id, motif="La demande est refusée."), CLIENT)
    turn.say(f.DemandeRefused(motif=command.motif), CLIENT)
    turn.notice_side(
        "client", "demande_refusee", f"Votre demande « {turn.state.titre} » n'a pas pu être acceptée."
    )
    demande = turn.modele.demande
    _mail_client(turn, demande.refusee if demande else None, "Refus de la demande annoncé", command.motif)


def _require_demande(turn: Turn) -> None:
    turn.require_staff()
    turn.require_open()
    turn.require(turn.state.phase == "demande", "dossier_existant", "La demande est déjà devenue un dossier.")


def _analyse(turn: Turn) -> None:
    if turn.state.statut == "recue":
        turn.say(f.DemandeTaken(), CLIENT)
        turn.say(f.StatutChanged(statut="analyse"), CLIENT)


def _mail_client(turn: Turn, model: str | None, label: str, motif: str | None = None) -> None:
    if model is None:
        return
    for key, role in turn.modele.roles.items():
        if role.cote == "client":
            turn.mail(model, key, label=label, variables={"motif": motif} if motif else None)
