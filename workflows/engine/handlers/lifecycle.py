"""The démarche as a whole: suspend, resume, cancel, reassign, more people, price."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.enfants import reassign_children
from workflows.engine.handlers._registry import handle
from workflows.engine.items import task_audience, waive_evenements
from workflows.engine.state import MESSAGES, RENFORT, Membre
from workflows.engine.turn import CLIENT, Turn


@handle.register
def _(command: c.Suspend, turn: Turn) -> None:
    """Open tasks freeze, the clock of delays stops, unsent mails are kept back; documents are left alone."""
    turn.require_staff()
    turn.require_open()
    turn.say(f.DemarcheSuspended(motif=command.motif), CLIENT)
    for effect in list(turn.state.effets.values()):
        if effect.kind in MESSAGES:
            turn.say(f.EffectHeld(effect=effect.id))
    turn.notice_side("client", "suspension", f"« {turn.state.titre} » est suspendue : {command.motif}")


@handle.register
def _(command: c.Resume, turn: Turn) -> None:
    turn.require_staff()
    if turn.state.cycle != "suspendue" or turn.state.suspended_at is None:
        raise Refusal("non_suspendue", "La démarche n'est pas suspendue.")
    seconds = (turn.now - turn.state.suspended_at).total_seconds()
    turn.say(f.DemarcheResumed(suspended_seconds=seconds), CLIENT)
    for effect in list(turn.state.effets.values()):
        if effect.held:
            turn.say(f.EffectReleased(effect=effect.id))
    turn.notice_side("client", "reprise", f"« {turn.state.titre} » reprend.")


@handle.register
def _(command: c.Cancel, turn: Turn) -> None:
    """Open items and unsent mails are given up, links revoked; documents already made are kept."""
    if turn.state.cycle != "suspendue":
        turn.require_open()
    if turn.actor.kind == "client":
        turn.require(
            turn.state.phase == "demande", "interdit", "Un dossier ouvert s'annule avec votre conseiller."
        )
    else:
        turn.require_staff()
    for tache in list(turn.state.taches.values()):
        if tache.open:
            turn.say(f.TacheCancelled(tache=tache.id, motif="Démarche annulée."), task_audience(turn, tache))
    for action in list(turn.state.actions.values()):
        if action.statut == "attente_client":
            turn.say(f.ActionCancelled(action=action.id, motif="Démarche annulée."), CLIENT)
    for etape in turn.state.etapes:
        waive_evenements(turn, etape, "Démarche annulée.")
    for effect in list(turn.state.effets.values()):
        if effect.kind in MESSAGES:
            turn.say(f.EffectCancelled(effect=effect.id, label=effect.label))
    for participant in list(turn.state.participants.values()):
        if not participant.revoked:
            turn.say(f.LinkRevoked(participant=participant.cle, link_id=participant.link_id))
    turn.say(f.DemarcheCancelled(motif=command.motif), CLIENT)
    turn.notice_side("client", "annulation", f"« {turn.state.titre} » est annulée : {command.motif}")
    turn.notice_side("cabinet", "annulation", f"« {turn.state.titre} » est annulée : {command.motif}")


@handle.register
def _(command: c.Reassign, turn: Turn) -> None:
    """Give a role to another person; open tasks of the former one follow, and mails that have not left."""
    turn.require_staff()
    turn.require(turn.state.open, "demarche_close", "La démarche est terminée ou annulée.")
    former = turn.state.holder(command.membre.role)
    if former is not None and former.user_id == command.membre.user_id:
        raise Refusal("sans_changement", f"{former.nom} tient déjà ce rôle.")
    if former is not None and command.remplace not in (None, former.user_id):
        raise Refusal("confie_a_un_autre", f"{former.nom} tient ce rôle : une personne le lui a confié.")
    before = list(turn.state.equipe)
    turn.say(f.MembreAssigned(membre=command.membre, remplace=former.nom if former else None), CLIENT)
    for tache in list(turn.state.taches.values()):
        theirs = tache.assignee is None or (former is not None and tache.assignee.user_id == former.user_id)
        if tache.open and tache.pour == command.membre.role and theirs:
            turn.say(
                f.TacheAssigned(tache=tache.id, pour=tache.pour, assignee=command.membre),
                task_audience(turn, tache),
            )
    turn.notice(command.membre.role, "affectation", f"« {turn.state.titre} » vous est confiée.")
    reassign_children(turn, before)


@handle.register
def _(command: c.AddRenfort, turn: Turn) -> None:
    """EQP-04: they see the démarche and may be given its tasks; who holds the modèle's roles does not change."""
    turn.require_staff()
    turn.require(turn.state.open, "demarche_close", "La démarche est terminée ou annulée.")
    membre = Membre(role=RENFORT, user_id=command.user_id, nom=command.nom, libelle=command.libelle)
    if membre in turn.state.renforts:
        raise Refusal("sans_changement", f"{membre.nom} a déjà ce rôle.")
    turn.say(f.RenfortJoined(membre=membre), CLIENT)
    told = f"Vous rejoignez l'équipe de «\u00a0{turn.state.titre}\u00a0»\u00a0: {membre.libelle}."
    turn.notice_user(membre.user_id, "affectation", told)


@handle.register
def _(command: c.RemoveRenfort, turn: Turn) -> None:
    """Their open tasks go back to whoever holds the role they were given for."""
    turn.require_staff()
    turn.require(turn.state.open, "demarche_close", "La démarche est terminée ou annulée.")
    membre = next((m for m in turn.state.renforts if m.user_id == command.user_id), None)
    if membre is None:
        raise Refusal("hors_equipe", "Cette personne n'a pas été ajoutée à l'équipe.")
    turn.say(f.RenfortLeft(membre=membre), CLIENT)
    if turn.state.member(membre.user_id) is not None:
        return
    for tache in list(turn.state.taches.values()):
        if tache.open and tache.assignee is not None and tache.assignee.user_id == membre.user_id:
            holder = turn.state.holder(tache.pour)
            turn.say(
                f.TacheAssigned(tache=tache.id, pour=tache.pour, assignee=holder), task_audience(turn, tache)
            )
            title = f"«\u00a0{tache.titre}\u00a0» vous est confiée."
            turn.notice(tache.pour, "tache_assignee", title, f"tache:{tache.id}")


@handle.register
def _(command: c.SetPriorite, turn: Turn) -> None:
    """DEM-09: how the firm orders its work is no business of the client's."""
    turn.require_staff()
    turn.require_open()
    if command.priorite != turn.state.priorite:
        turn.say(f.PrioriteSet(priorite=command.priorite))


@handle.register
def _(command: c.SetPrix, turn: Turn) -> None:
    """DOS-24: shown to the client as soon as it is filled; also once the démarche has ended."""
    turn.require_staff()
    turn.require(turn.state.seq > 0, "demarche_inconnue", "Cette démarche n'existe pas.")
    turn.say(f.PrixSet(montant=command.montant, mention=command.mention), CLIENT)
