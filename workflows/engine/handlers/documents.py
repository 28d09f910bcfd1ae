"""Documents made from models, and the links of participants."""

from __future__ import annotations

from typing import Any

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.produced import About
from workflows.engine.turn import Turn


@handle.register
def _(command: c.GenerateDocument, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    document = turn.modele.documents.get(command.document)
    if document is None:
        raise Refusal("document_inconnu", f"Le modèle ne prévoit pas de document « {command.document} ».")
    pending = {
        d.ligne
        for d in turn.state.documents.values()
        if d.cle == command.document and d.statut == "en_preparation" and d.perime is None
    }
    turn.choix = _chosen(turn, command.choix)
    etape = _etape_of_document(turn, command.document)
    busy = f"« {document.titre} » est déjà en préparation."
    if document.pour_chaque is None:
        turn.require(
            command.ligne is None, "ligne_inutile", f"« {document.titre} » n'est pas fait par ligne."
        )
        turn.require(not pending, "document_en_preparation", busy)
        turn.produce(command.document, etape)
        turn.choix = {}
        return
    wanted = [line for line in turn.lines_of(document) if command.ligne in (None, line.id)]
    label = turn.modele.collections[document.pour_chaque].libelle
    turn.require(bool(wanted), "ligne_non_concernee", f"Aucune ligne de « {label} » n'est concernée.")
    left = [line for line in wanted if line.id not in pending]
    turn.require(bool(left), "document_en_preparation", busy)
    for line in left:
        turn.produce(command.document, etape, About(document.pour_chaque, line))
    turn.choix = {}


def _chosen(turn: Turn, choix: dict[str, Any]) -> dict[str, Any]:
    """Answers for this file only, checked as if they were recorded. Raises Refusal with a pointer per field."""
    form = turn.modele.choix_envoi
    if not choix:
        return {}
    if form is None:
        raise Refusal("choix_inattendu", "Rien n'est à choisir pour cet envoi.")
    told = {**turn.state.donnees.get(form, {}), **choix}
    errors = turn.program.rules.validate_form(turn.program.bundle.forms[form], told, turn.today)
    if errors:
        raise Refusal("formulaire_invalide", "Certains champs sont à corriger.", tuple(errors))
    return choix


@handle.register
def _(command: c.RequestSignature, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    document = turn.state.documents.get(command.document)
    declared = turn.modele.documents.get(document.cle) if document is not None else None
    if document is None or declared is None or declared.signature is None:
        raise Refusal("document_sans_signature", "Ce document ne se signe pas en ligne.")
    turn.require(
        document.file is not None and document.perime is None,
        "document_perime",
        f"«\u00a0{document.titre}\u00a0» n'est pas prêt, ou n'est plus à jour\u00a0: produisez-le d'abord.",
    )
    awaited = turn.modele.faits[declared.signature.fait].evenement
    known = turn.state.evenements.get(awaited or "")
    turn.require(
        known is not None and known.statut == "attendu",
        "signature_non_attendue",
        f"La signature de «\u00a0{document.titre}\u00a0» n'est pas attendue maintenant.",
    )
    turn.require(
        not any(effect.kind == "signature" for effect in turn.state.effets.values()),
        "signature_en_preparation",
        f"«\u00a0{document.titre}\u00a0» part déjà à la signature.",
    )
    turn.sign(document, declared.signature)


def _etape_of_document(turn: Turn, cle: str) -> str | None:
    """The étape whose task is about this document, else the current one."""
    for etape in turn.modele.walk():
        if any(tache.document == cle for tache in etape.taches):
            return etape.cle
    current = turn.current_etape(None)
    return current.cle if current else None


@handle.register
def _(command: c.InviteParticipant, turn: Turn) -> None:
    turn.require_dossier()
    turn.require(turn.actor.kind in ("staff", "system"), "interdit", "Cette action est réservée au cabinet.")
    participant = turn.modele.participants.get(command.participant)
    if participant is None:
        raise Refusal("participant_inconnu", "Ce participant n'existe pas dans ce modèle.")
    former = turn.state.participants.get(command.participant)
    if former is None:
        raise Refusal("participant_non_invite", f"« {participant.libelle} » n'a pas encore été invité.")
    current = turn.current_etape(None)
    etape = current.cle if current else None
    turn.invite(
        command.participant, turn.modele.nouveau_lien or _invitation(turn, command.participant), etape
    )


def _invitation(turn: Turn, participant: str) -> str:
    """The mail that first invited this participant."""
    for etape in turn.modele.walk():
        for automatisation in etape.automatisations:
            if automatisation.inviter == participant and automatisation.courriel:
                return automatisation.courriel
    raise Refusal("courriel_absent", "Le modèle ne prévoit pas d'email d'invitation pour ce participant.")


@handle.register
def _(command: c.RevokeLink, turn: Turn) -> None:
    turn.require_staff()
    participant = turn.state.participants.get(command.participant)
    if participant is None or participant.revoked:
        raise Refusal("lien_absent", "Ce participant n'a pas de lien en cours.")
    turn.say(f.LinkRevoked(participant=participant.cle, link_id=participant.link_id))
