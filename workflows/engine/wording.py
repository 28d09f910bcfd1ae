"""Events in words, in French: one line and, where useful, a detail; and the family by which a timeline is filtered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from workflows.engine import facts as f
from workflows.engine.facts import Event, Fact
from workflows.engine.modele import Modele
from workflows.engine.program import PARIS
from workflows.engine.state import DemarcheState, ReglageEtape

Famille = Literal["dossier", "etape", "tache", "piece", "document", "echange", "notification", "systeme"]

_FAMILIES: dict[str, Famille] = {
    "Etape": "etape",
    "SentBack": "etape",
    "FormDone": "etape",
    "Tache": "tache",
    "Piece": "piece",
    "Document": "document",
    "Action": "echange",
    "Correction": "echange",
    "Evenement": "etape",
    "Clock": "etape",
    "Relance": "notification",
    "Alerte": "notification",
    "Effect": "notification",
    "Noticed": "systeme",
    "Timer": "systeme",
    "Calculs": "systeme",
    "Horloge": "systeme",
    "Statut": "systeme",
}

_MUTE = (
    f.TimerArmed,
    f.TimerDisarmed,
    f.Noticed,
    f.CalculsComputed,
    f.LignesComputed,
    f.EnfantInstructed,
    f.EnfantReported,
    f.ParentTold,
    f.EtapeReset,
    f.EtapeRescheduled,
    f.TacheRescheduled,
    f.PieceRescheduled,
    f.StatutChanged,
    f.TitreChanged,
    f.EvenementRescheduled,
    f.EtapeRecurred,
    f.EtapeStatutSet,
    f.EffectRequested,
    f.EffectHeld,
    f.EffectReleased,
    f.FormDone,
    f.DocumentRequested,
    f.LinkRenewed,
    f.TacheRedefined,
    f.PieceRedefined,
    f.EvenementRedefined,
    f.EnvoiRebased,
)
"""Facts that the timeline does not show: bookkeeping, or told by another line of the same command."""


_BOARD = {
    "a_faire": "Tâche à faire",
    "en_cours": "Tâche en cours",
    "attente_validation": "Tâche en attente de validation",
}
_WAYS = {"courriel": "par email", "sms": "par SMS", "tache": "par une tâche", "document": "par courrier"}


def famille(fact: Fact) -> Famille:
    """What a reader filters the timeline by. `systeme` lines are never shown."""
    if isinstance(fact, _MUTE):
        return "systeme"
    if isinstance(fact, f.EvenementAwaited) and not fact.evenement.awaited:
        return "systeme"  # it had already come
    if isinstance(fact, f.PieceRequested) and fact.piece.libre:
        return "systeme"  # nobody asked: its deposit tells it
    name = type(fact).__name__
    return next((family for prefix, family in _FAMILIES.items() if name.startswith(prefix)), "dossier")


def objet(fact: Fact) -> str | None:
    """What a line is about: `piece:cni`, `tache:…`, `etape:dpae`, `document:…`."""
    for kind in ("tache", "piece", "action", "document", "ligne", "enfant"):
        value = getattr(fact, kind, None)
        if value is not None:
            return f"{kind}:{value if isinstance(value, str) else value.id}"
    evenement = getattr(fact, "evenement", None)
    if evenement is not None:
        return f"evenement:{evenement if isinstance(evenement, str) else evenement.cle}"
    etape = getattr(fact, "etape", None)
    return f"etape:{etape}" if isinstance(etape, str) else None


@dataclass(frozen=True)
class Line:
    titre: str
    detail: str | None = None


def describe(
    event: Event,
    modele: Modele,
    state: DemarcheState,
    field_name: Callable[[str], str] = lambda champ: champ.partition(".")[2],
    form_name: Callable[[str], str] | None = None,
) -> Line:
    """A line of the timeline. `state` gives the names of what the event is about, `field_name` that of a field as
    people know it, `form_name` that of a form, those that no étape asks for included: a parent fills several of them
    at once in the démarches it opens."""
    if isinstance(event.fact, f.DonneesRecorded) and form_name is not None:
        return Line(f"Formulaire rempli\u00a0: {form_name(event.fact.formulaire)}")
    if isinstance(event.fact, f.DonneeChanged):
        fact = event.fact
        titre = f"Date modifiée\u00a0: {field_name(fact.champ)}, désormais le {_day(fact.valeur)}"
        return Line(titre, fact.motif)
    return _line(event.fact, modele, state)


def _etape(state: DemarcheState, cle: str) -> str:
    known = state.etapes.get(cle) or state.retires.etapes.get(cle)
    return known.titre if known else cle


def _adjusted(avant: ReglageEtape, reglage: ReglageEtape) -> str:
    """What changed in the settings of an étape."""
    said = []
    if reglage.titre != avant.titre:
        said.append("renommée" if reglage.titre else "nom du modèle")
    if reglage.visible != avant.visible:
        words = {True: "montrée au client", False: "cachée au client", None: "visibilité du modèle"}
        said.append(words[reglage.visible])
    if reglage.due_at != avant.due_at:
        day = reglage.due_at and f"{reglage.due_at.astimezone(PARIS):%d/%m/%Y}"
        said.append(f"échéance le {day}" if day else "échéance du modèle")
    return ", ".join(said)


def _tache(state: DemarcheState, id_: str) -> str:
    return state.taches[id_].titre if id_ in state.taches else "tâche"


def _piece(state: DemarcheState, id_: str) -> str:
    return state.pieces[id_].titre if id_ in state.pieces else id_


def _evenement(state: DemarcheState, cle: str) -> str:
    return state.evenements[cle].titre if cle in state.evenements else cle


def _document(state: DemarcheState, id_: str) -> str:
    return state.documents[id_].titre if id_ in state.documents else "document"


def _done(label: str, state: DemarcheState) -> str:
    """What an effect did. A message says it itself; a document and a call to a service only bear their names."""
    if any(document.titre == label for document in state.documents.values()):
        return f"Mise en page terminée\u00a0: {label}"
    if any(evenement.titre == label for evenement in state.evenements.values()):
        return f"Réponse reçue du service\u00a0: {label}"
    return label


def _line(fact: Fact, modele: Modele, state: DemarcheState) -> Line:
    match fact:
        case f.DemarcheOpened(phase="demande"):
            return Line("Demande envoyée", modele.titre)
        case f.DemarcheOpened():
            return Line("Dossier ouvert", modele.titre)
        case f.DemandeTaken():
            return Line("Demande en cours d'analyse")
        case f.DemandeValidated():
            return Line("Demande validée")
        case f.DemandeRefused(motif=motif):
            return Line("Demande refusée", motif)
        case f.DossierCreated():
            return Line("Dossier créé", "Les informations de la demande ont été reprises.")
        case f.DonneesRecorded(formulaire=nom):
            return Line(f"Formulaire rempli : {_form_title(modele, nom)}")
        case f.EnfantRequested(enfant=enfant):
            return Line(f"Démarche ouverte : {enfant.titre}", _etape(state, enfant.noeud))
        case f.EnfantCommanded(enfant=id_, ordre=ordre, motif=motif):
            done = {"suspendre": "suspendue", "reprendre": "reprise", "annuler": "annulée"}[ordre]
            return Line(f"Démarche {done} : {_child(state, id_)}", motif)
        case f.EnfantEnded(titre=titre, cycle=cycle, motif=motif):
            done = {"terminee": "terminée", "annulee": "annulée"}.get(cycle, "non ouverte")
            return Line(f"Démarche {done} : {titre}", motif)
        case f.FactRecorded(libelle=libelle):
            return Line(libelle)
        case f.LigneAdded(collection=cle, ligne=ligne):
            return Line(
                f"Ajout : {_line_name(modele, state, cle, ligne.id, ligne.nom)}", _plural(modele, cle)
            )
        case f.LigneChanged(collection=cle, ligne=id_, avant=avant, donnees=donnees):
            return Line(
                f"Modification : {_line_name(modele, state, cle, id_)}", _changes(modele, cle, avant, donnees)
            )
        case f.LigneRemoved(collection=cle, nom=nom, motif=motif):
            return Line(f"Retrait : {nom}", motif)
        case f.LigneStatutChanged(collection=cle, ligne=id_, statut=statut, motif=motif):
            given = modele.collections[cle].statuts.get(statut) if cle in modele.collections else None
            label = given.libelle if given else statut
            return Line(f"{_line_name(modele, state, cle, id_)} : {label}", motif)
        case f.EtapeEntered(etape=cle, visit=visit):
            return Line(f"Étape {'reprise' if visit > 1 else 'commencée'} : {_etape(state, cle)}")
        case f.EtapeCompleted(etape=cle):
            return Line(f"Étape validée : {_etape(state, cle)}")
        case f.EtapeSkipped(etape=cle, motif=motif):
            return Line(f"Étape passée : {_etape(state, cle)}", motif)
        case f.EtapeAdjusted(etape=cle, avant=avant, reglage=reglage):
            return Line(f"Étape réglée pour ce dossier : {_etape(state, cle)}", _adjusted(avant, reglage))
        case f.PortailSet(visible=visible):
            return Line(
                "Démarche montrée sur le portail du client"
                if visible
                else "Démarche retirée du portail du client"
            )
        case f.EtapePlaced(place=place, titre=titre, apres=apres):
            what = "ajoutée à" if place.ajoutee is not None else "déplacée dans"
            where = f"Après « {apres} »" if apres else "En premier"
            return Line(f"Étape {what} ce dossier : {titre}", where)
        case f.EtapeWithdrawn(titre=titre):
            return Line(f"Étape ajoutée à ce dossier, puis retirée : {titre}")
        case f.EtapeVoided(etape=cle):
            return Line(f"Étape sans objet : {_etape(state, cle)}")
        case f.SentBack(etape=cle, motif=motif):
            return Line(f"Retour à l'étape : {_etape(state, cle)}", motif)
        case f.PieceEdited(avant=avant, titre=titre):
            return Line(
                f"Pièce renommée : {titre}" if avant != titre else f"Pièce précisée : {titre}",
                f"Avant : {avant}" if avant != titre else None,
            )
        case f.PiecesOrdered(titre=titre, apres=apres):
            return Line(f"Pièce déplacée : {titre}", f"Après « {apres} »" if apres else "En premier")
        case f.TacheCreated(tache=tache):
            suggested = tache.statut == "suggere_client"
            who = tache.assignee.nom if tache.assignee else None
            return Line(
                f"{'Tâche suggérée' if suggested else 'Nouvelle tâche'} : {tache.titre}",
                who and f"Pour {who}",
            )
        case f.TacheTicked(tache=id_, item=item, fait=fait):
            known = state.taches.get(id_)
            label = known.checklist[item].libelle if known and item < len(known.checklist) else ""
            return Line(f"{'Coché' if fait else 'Décoché'} : {label}", _tache(state, id_))
        case f.TacheStarted(tache=id_):
            return Line(f"Tâche commencée : {_tache(state, id_)}")
        case f.TacheCompleted(tache=id_):
            return Line(f"Tâche terminée : {_tache(state, id_)}")
        case f.TacheReopened(tache=id_, motif=motif):
            return Line(f"Tâche rouverte : {_tache(state, id_)}", motif)
        case f.TacheCancelled(tache=id_, motif=motif):
            return Line(f"Tâche annulée : {_tache(state, id_)}", motif)
        case f.TacheAssigned(tache=id_, assignee=assignee, pour=pour):
            return Line(
                f"Tâche confiée : {_tache(state, id_)}",
                f"À {assignee.nom if assignee else modele.actor_label(pour)}",
            )
        case f.TacheMoved(tache=id_, statut=statut, colonne_nom=named):
            return Line(f"{named or _BOARD[statut]} : {_tache(state, id_)}")
        case f.TacheEdited(tache=id_):
            return Line(f"Tâche modifiée : {_tache(state, id_)}")
        case f.TacheFilesAdded(tache=id_, files=files):
            joined = ", ".join(file.nom for file in files)
            return Line(f"Pièce jointe à la tâche : {_tache(state, id_)}", joined)
        case f.TacheQualified(tache=id_):
            return Line(f"Suggestion prise en compte : {_tache(state, id_)}")
        case f.PieceRequested(piece=piece):
            return Line(f"Pièce demandée : {piece.titre}")
        case f.PieceDeposited(piece=id_, files=files):
            return Line(f"Pièce déposée : {_piece(state, id_)}", ", ".join(file.nom for file in files))
        case f.PieceAcknowledged(piece=id_):
            return Line(f"Bien reçu : {_piece(state, id_)}")
        case f.PieceValidated(piece=id_, label=label):
            return Line(
                f"{'Pris en compte' if label == 'pris_en_compte' else 'Pièce validée'} : {_piece(state, id_)}"
            )
        case f.PieceRefused(piece=id_, motif=motif):
            return Line(f"Pièce refusée : {_piece(state, id_)}", f"Motif : {motif}")
        case f.PieceWaived(piece=id_, motif=motif):
            return Line(f"Pièce sans objet : {_piece(state, id_)}", motif)
        case f.PieceReopened(piece=id_, motif=motif):
            return Line(f"Pièce de nouveau demandée : {_piece(state, id_)}", motif)
        case f.ActionRequested(action=action):
            return Line(
                "Action demandée" if action.nature != "information" else "Précision demandée", action.message
            )
        case f.ActionAnswered(message=message, files=files):
            joined = ", ".join(file.nom for file in files)
            return Line("Réponse reçue", " · ".join(part for part in (message, joined) if part) or "Validé")
        case f.ActionReopened(action=id_):
            asked_for = state.actions.get(id_)
            return Line("Réponse à compléter", asked_for.message if asked_for else None)
        case f.ActionCancelled(motif=motif):
            return Line("Demande d'action levée", motif)
        case f.CorrectionRequested(correction=asked):
            marked = " · ".join(f"{m.libelle} ({m.etat}) : {m.mot}" for m in asked.champs)
            again = "Toujours à corriger" if asked.tour > 1 else "À corriger"
            return Line(f"{again} : {asked.titre}", " · ".join(p for p in (asked.message, marked) if p))
        case f.CorrectionSent(titre=titre, changements=changes, reponse=answer):
            names = ", ".join(change.libelle for change in changes) or "Aucune réponse changée"
            return Line(f"Correction envoyée : {titre}", " · ".join(p for p in (names, answer) if p))
        case f.CorrectionAccepted(titre=titre):
            return Line(f"Correction acceptée : {titre}")
        case f.EvenementAwaited(evenement=awaited):
            due = f"Avant le {_day(awaited.due_at.astimezone(PARIS).date())}" if awaited.due_at else None
            return Line(f"En attente : {awaited.titre}", due)
        case f.EvenementReceived(titre=titre, survenu_le=day, en_retard=late):
            said = [f"Le {_day(day)}" if day else None, "Après l'échéance" if late else None]
            return Line(f"Reçu : {titre}", " · ".join(part for part in said if part) or None)
        case f.EvenementOverdue(evenement=cle, message=message):
            return Line(f"Toujours pas arrivé : {_evenement(state, cle)}", message)
        case f.EvenementWaived(evenement=cle, motif=motif):
            return Line(f"N'est plus attendu : {_evenement(state, cle)}", motif)
        case f.ClockStopped(etape=cle):
            return Line(f"Délai suspendu : {_etape(state, cle)}", "Le client doit encore répondre.")
        case f.ClockRestarted(etape=cle):
            return Line(f"Délai repris : {_etape(state, cle)}")
        case f.RelanceSent(destinataire=who, rank=rank, canaux=ways, ligne_nom=about, palier_nom=palier):
            by = " et ".join(_WAYS[way] for way in ways)
            return Line(
                f"Relance {palier or rank} à {who}" + (f" : {about}" if about else ""),
                f"Automatique, {by}" if by else "Rien n'est parti : la démarche n'est pas sur son portail.",
            )
        case f.RelanceDemandeSent(destinataire=who, rank=rank, canaux=ways):
            by = " et ".join(_WAYS[way] for way in ways)
            return Line(f"Relance {rank} à {who} : précisions demandées", f"Automatique, {by}")
        case f.RelanceDemandeEscalated(message=message):
            return Line("Demande toujours sans réponse", message)
        case f.RelanceEscalated(message=message, ligne_nom=about):
            return Line("Relances sans réponse" + (f" : {about}" if about else ""), message)
        case f.AlerteRaised(message=message):
            return Line("Alerte", message)
        case f.EtapeOverdue(etape=cle, message=message):
            return Line(f"Étape en retard : {_etape(state, cle)}", message)
        case f.EffectDone(label=label):
            return Line(_done(label, state))
        case f.EffectFailed(label=label, reason=reason, uncertain=uncertain):
            return Line(f"{label} : {'résultat incertain' if uncertain else 'échec'}", reason)
        case f.EffectCancelled(label=label):
            return Line(f"{label} : envoi annulé")
        case f.DocumentProduced(document=id_):
            return Line(f"Document produit : {_document(state, id_)}")
        case f.DocumentFailed(document=id_, reason=reason):
            return Line(f"Document non produit : {_document(state, id_)}", reason)
        case f.DocumentOutdated(document=id_, motif=motif):
            return Line(f"Document à refaire : {_document(state, id_)}", motif)
        case f.ParticipantInvited(participant=participant):
            return Line(f"Accès ouvert à {participant.nom}")
        case f.LinkRevoked(participant=cle):
            return Line(f"Lien d'accès retiré : {modele.actor_label(cle)}")
        case f.DemarcheSuspended(motif=motif):
            return Line("Démarche suspendue", motif)
        case f.DemarcheResumed():
            return Line("Démarche reprise")
        case f.DemarcheCancelled(motif=motif):
            return Line("Démarche annulée", motif)
        case f.DemarcheClosed():
            return Line("Démarche terminée")
        case f.MembreAssigned(membre=membre, remplace=former):
            return Line(f"{membre.libelle} : {membre.nom}", f"Remplace {former}" if former else None)
        case f.RenfortJoined(membre=membre):
            return Line(f"{membre.nom} rejoint l'équipe", membre.libelle)
        case f.RenfortLeft(membre=membre):
            return Line(f"{membre.nom} quitte l'équipe", membre.libelle)
        case f.DemarcheMigrated(resume=resume):
            return Line("Modèle mis à jour", resume or None)
        case f.PrioriteSet(priorite=priorite):
            return Line("Priorité : urgente" if priorite == "urgente" else "Priorité : normale")
        case f.PrixSet(montant=None):
            return Line("Prix de la prestation retiré")
        case f.PrixSet(montant=montant, mention=mention):
            return Line(f"Prix de la prestation : {_euros(montant)} {mention}")
        case _:
            return Line(type(fact).__name__)


def _child(state: DemarcheState, id_: str) -> str:
    return state.enfants[id_].titre if id_ in state.enfants else "démarche"


def _plural(modele: Modele, cle: str) -> str:
    return modele.collections[cle].libelle if cle in modele.collections else cle


def _line_name(modele: Modele, state: DemarcheState, cle: str, id_: str, otherwise: str | None = None) -> str:
    """Name of a line now; the line may be gone since."""
    ligne = state.collections.get(cle, {}).get(id_)
    if ligne is not None:
        return ligne.nom
    return otherwise or (modele.collections[cle].singulier if cle in modele.collections else "ligne")


def _changes(modele: Modele, cle: str, avant: dict[str, Any], donnees: dict[str, Any]) -> str:
    """Names of the fields that changed; never their values, which may be sensitive."""
    changed = [key for key in dict.fromkeys((*donnees, *avant)) if avant.get(key) != donnees.get(key)]
    return f"{_plural(modele, cle)} · " + ", ".join(key.replace("_", " ") for key in changed)


def _form_title(modele: Modele, nom: str) -> str:
    for etape in modele.walk():
        for form in etape.formulaires:
            if form.nom == nom:
                return form.titre or etape.titre
    return modele.titre


def _day(value: object) -> str:
    """« 12/03/2026 » for an ISO date."""
    text = str(value)
    return f"{text[8:10]}/{text[5:7]}/{text[:4]}" if len(text) == 10 else text


def _euros(cents: int | None) -> str:
    euros, rest = divmod(cents or 0, 100)
    return f"{euros:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") + f",{rest:02d}\N{NO-BREAK SPACE}€"
