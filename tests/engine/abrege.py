"""Events in one short line each, for the expectations of the corpus."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.engine.monde import USERS, Monde
from workflows.engine.facts import Event
from workflows.engine.program import PARIS

_WHO = {id_: who for who, id_ in USERS.items()}


def instant(at: datetime | None) -> str:
    return at.astimezone(PARIS).strftime("%d/%m/%Y %H:%M") if at else "jamais"


def short(monde: Monde, event: Event) -> str:
    """`EtapeEntered accueil/1`, `TimerArmed accueil/1/rappel 05/03/2026 09:00` …"""
    return f"{event.fact.type} {_about(monde, event)}".rstrip()


def named(monde: Monde, key: str) -> str:
    """A timer's key, with the line of a collection by its name."""
    for lines in monde.state.collections.values():
        for line in lines.values():
            key = key.replace(line.id, line.nom)
    return key


def _about(monde: Monde, event: Event) -> str:
    fact: Any = event.fact
    titles = {t.id: t.titre for t in monde.state.taches.values()}
    match fact.type:
        case "DemarcheOpened":
            return str(fact.phase)
        case "TitreChanged":
            return str(fact.titre)
        case "CalculsComputed":
            return ", ".join(f"{key}={value}" for key, value in fact.valeurs.items())
        case "FactRecorded":
            return str(fact.fait)
        case "EnfantRequested":
            return f"« {fact.enfant.titre} » {fact.enfant.reference} {fact.donnees}"
        case "EnfantCommanded":
            return f"« {monde.state.enfants[fact.enfant].titre} » {fact.ordre}"
        case "EnfantInstructed":
            member, clock = fact.membre, fact.horloge
            what = f"{member.role} {member.nom}" if member else "horloge" if clock else "version"
            return f"« {monde.state.enfants[fact.enfant].titre} » {what}"
        case "EnfantReported":
            return f"« {fact.rapport.titre} » {fact.rapport.cycle} {fact.rapport.sorties or ''}".rstrip()
        case "ParentTold":
            told = fact.rapport
            return f"{told.statut} {told.cycle} {told.progression} % {told.sorties}"
        case "EnfantEnded":
            return f"« {fact.titre} » {fact.cycle}"
        case "LigneAdded":
            return f"{fact.collection} {', '.join(str(v) for v in fact.ligne.donnees.values())}"
        case "LigneChanged" | "LigneStatutChanged":
            ligne = monde.state.collections[fact.collection][fact.ligne]
            return f"{fact.collection} « {ligne.nom} » {getattr(fact, 'statut', '')}".rstrip()
        case "LigneRemoved":
            return f"{fact.collection} « {fact.nom} »"
        case "LignesComputed":
            known = monde.state.collections.get(fact.collection, {})
            found = ", ".join(
                f"{line.nom} {', '.join(f'{k}={v}' for k, v in line.calcule.items())}".rstrip()
                for id_, line in fact.lignes.items()
                if id_ in known
            )
            return f"{fact.collection} {found}"
        case "EtapeEntered":
            return f"{fact.etape}/{fact.visit}"
        case "EtapeAdjusted":
            chosen = fact.reglage
            due = f" pour le {instant(chosen.due_at)}" if chosen.due_at else ""
            shown = {True: " montrée", False: " cachée", None: ""}[chosen.visible]
            return f"{fact.etape} « {fact.titre} »{shown}{due}"
        case "PortailSet":
            return "montrée" if fact.visible else "cachée"
        case "EtapePlaced":
            added = " ajoutée" if fact.place.ajoutee else ""
            return f"« {fact.titre} »{added} après {fact.apres or 'rien'}"
        case "EtapeWithdrawn":
            return f"« {fact.titre} »"
        case "EtapeRescheduled":
            return f"{fact.etape} {instant(fact.due_at)}"
        case "TacheCreated":
            due = f" pour le {instant(fact.tache.due_at)}" if fact.tache.due_at else ""
            return f"« {fact.tache.titre} » à {fact.tache.pour}{due}"
        case "TacheRescheduled":
            return f"« {titles[fact.tache]} » {instant(fact.due_at)}"
        case "TacheAssigned":
            return f"« {titles[fact.tache]} » à {fact.pour}"
        case "TacheRedefined":
            return f"« {fact.tache.titre} » à {fact.tache.pour}"
        case "PieceRedefined":
            return f"{fact.piece.titre} à {fact.piece.de}"
        case "EvenementRedefined":
            return f"{fact.evenement.cle} {instant(fact.evenement.due_at)}"
        case "DemarcheMigrated":
            return ", ".join(f"{etape.cle}={etape.statut}" for etape in fact.etapes)
        case "EnvoiRebased":
            return f"{fact.etape}/{fact.cle} {instant(fact.base)}"
        case name if name.startswith("Tache"):
            return f"« {titles[fact.tache]} »"
        case "PieceRequested":
            due = f" pour le {instant(fact.piece.due_at)}" if fact.piece.due_at else ""
            return f"{fact.piece.titre} à {fact.piece.de}{due}"
        case "PieceRescheduled":
            return f"{fact.piece} {instant(fact.due_at)}"
        case "PiecesOrdered":
            return f"{fact.titre} après {fact.apres or 'rien'}"
        case name if name.startswith("Piece"):
            piece = monde.state.pieces[fact.piece]
            return piece.titre if piece.action else piece.id
        case "TimerArmed":
            return f"{named(monde, fact.timer.key)} {instant(fact.timer.at)}"
        case "TimerDisarmed":
            return named(monde, fact.key)
        case "RelanceSent":
            about = f" pour {fact.ligne_nom}" if fact.ligne_nom else ""
            return f"{fact.relance} n° {fact.rank} à {fact.destinataire}{about}"
        case "RelanceEscalated":
            return str(fact.relance) + (f" pour {fact.ligne_nom}" if fact.ligne_nom else "")
        case "RelanceDemandeSent":
            return f"n° {fact.rank} à {fact.destinataire}"
        case "AlerteRaised":
            return str(fact.alerte)
        case "EffectRequested":
            to = fact.params.get("to", {})
            who = _WHO.get(to.get("user_id", ""), to.get("email", ""))
            if fact.effect.kind == "sms":
                return f"sms « {fact.params['texte']} » à {to.get('telephone', 'client')}"
            if fact.effect.kind == "signature":
                signers = [
                    _WHO.get(each.get("user_id", ""), each["cle"]) for each in fact.params["signataires"]
                ]
                return f"signature de « {fact.params['titre']} » par {', '.join(signers)}"
            if fact.effect.kind == "appel":
                asked = ", ".join(f"{key} {value}" for key, value in fact.params["corps"].items())
                return f"appel de {fact.params['service']} : {asked}"
            return f"{fact.effect.kind} {fact.params['model']}" + (f" à {who}" if who else "")
        case "EffectDone" | "EffectCancelled":
            return f"« {fact.label} »"
        case "EffectFailed":
            return f"« {fact.label} »" + (f" : {fact.reason}" if fact.reason else "")
        case "DocumentRequested":
            return f"« {fact.document.titre} »"
        case name if name.startswith("Document") and name != "DocumentRequested":
            return f"« {monde.state.documents[fact.document].titre} »"
        case "ParticipantInvited" | "LinkRenewed":
            return str(fact.participant.cle)
        case "LinkRevoked":
            return str(fact.participant)
        case "ActionRequested":
            return f"{fact.action.nature} à {fact.action.a}"
        case "CorrectionRequested":
            faults = ", ".join(f"{mark.champ} {mark.etat}" for mark in fact.correction.champs)
            return f"{fact.correction.formulaire} n° {fact.correction.tour} à {fact.correction.a} : {faults}"
        case "CorrectionSent":
            changes = ", ".join(f"{c.champ} {c.avant} → {c.apres}" for c in fact.changements)
            return f"{fact.formulaire} : {changes or 'rien'}"
        case "CorrectionAccepted":
            return str(fact.formulaire)
        case "EvenementAwaited":
            due = f" pour le {instant(fact.evenement.due_at)}" if fact.evenement.due_at else ""
            return f"{fact.evenement.cle}/{fact.evenement.visit} {fact.evenement.statut}{due}"
        case "EvenementRescheduled":
            return f"{fact.evenement} {instant(fact.due_at)}"
        case "EvenementReceived":
            marks = ("en avance", fact.avance), ("en retard", fact.en_retard)
            return " ".join([fact.evenement, *(mark for mark, true in marks if true)])
        case name if name.startswith("Evenement"):
            return str(fact.evenement)
        case "EtapeStatutSet":
            return f"{fact.etape} {fact.statut}"
        case "ClockRestarted":
            return f"{fact.etape} après {timedelta(seconds=fact.seconds)}"
        case "Noticed":
            return f"{fact.code} à {', '.join(_WHO[user] for user in fact.to)}"
        case "StatutChanged":
            return str(fact.statut)
        case "PrioriteSet":
            return str(fact.priorite)
        case "PrixSet":
            return f"{fact.montant} {fact.mention}"
        case "MembreAssigned":
            return f"{fact.membre.role} {fact.membre.nom}"
        case "RenfortJoined" | "RenfortLeft":
            return f"{fact.membre.nom} {fact.membre.libelle}"
        case "DonneesRecorded":
            return str(fact.formulaire)
        case "DonneeChanged":
            return f"{fact.champ} {fact.valeur}"
        case "FormDone":
            return f"{fact.etape}/{fact.formulaire}"
    return str(getattr(fact, "etape", ""))
