"""`evolve`: fold one event into the state. Total, and knows facts only: no rule, no expression, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import singledispatch

from workflows.engine import facts as f
from workflows.engine.facts import Event
from workflows.engine.state import (
    ChecklistItem,
    DemarcheState,
    EtapeState,
    EvenementState,
    Migration,
    PieceState,
    PieceVersion,
    Sent,
    sent_key,
)


def evolve(state: DemarcheState, event: Event) -> DemarcheState:
    """Apply `event` to `state`, in place, and return it. Raises ValueError when a number is missing before it."""
    if event.seq != state.seq + 1:
        raise ValueError(f"event {event.seq} cannot follow {state.seq}")
    _apply(event.fact, state, event)
    state.seq = event.seq
    return state


def fold(state: DemarcheState, events: Iterable[Event]) -> DemarcheState:
    """Apply several events, in order."""
    for event in events:
        evolve(state, event)
    return state


@singledispatch
def _apply(fact: f.Fact, state: DemarcheState, event: Event) -> None:
    """What a fact changes in the state."""
    raise TypeError(f"{type(fact).__name__} is neither folded nor declared without trace")


@_apply.register(f.DemandeTaken)
@_apply.register(f.DemandeValidated)
@_apply.register(f.SentBack)
@_apply.register(f.FactRecorded)
@_apply.register(f.EnfantEnded)
@_apply.register(f.Noticed)
def _(fact: f.Fact, state: DemarcheState, event: Event) -> None:
    """Facts that leave no trace in the state: a notice, a line of the journal told by others of its command."""


# --- the démarche as a whole


@_apply.register
def _(fact: f.DemarcheOpened, state: DemarcheState, event: Event) -> None:
    state.client_id = fact.client_id
    state.client_nom = fact.client_nom
    state.reference = fact.reference
    state.titre = fact.titre
    state.modele = fact.modele
    state.modele_sha = fact.modele_sha
    state.phase = fact.phase
    state.statut = "recue" if fact.phase == "demande" else "en_cours"
    state.opened_at = event.at
    state.dossier_at = None if fact.phase == "demande" else event.at
    state.equipe = list(fact.equipe)
    state.etapes = {cle: EtapeState(cle=cle, titre=titre) for cle, titre in fact.etapes}
    state.horloge = fact.horloge
    state.priorite = fact.priorite
    state.prix = fact.prix
    state.prix_mention = fact.prix_mention
    state.parent = fact.parent


@_apply.register
def _(fact: f.TitreChanged, state: DemarcheState, event: Event) -> None:
    state.titre = fact.titre


@_apply.register
def _(fact: f.DossierCreated, state: DemarcheState, event: Event) -> None:
    state.phase = "dossier"
    state.dossier_at = event.at


@_apply.register
def _(fact: f.DemandeRefused, state: DemarcheState, event: Event) -> None:
    state.cycle = "refusee"
    state.motif = fact.motif
    state.closed_at = event.at


@_apply.register
def _(fact: f.StatutChanged, state: DemarcheState, event: Event) -> None:
    state.statut = fact.statut


@_apply.register
def _(fact: f.DemarcheSuspended, state: DemarcheState, event: Event) -> None:
    state.cycle = "suspendue"
    state.motif = fact.motif
    state.suspended_at = event.at


@_apply.register
def _(fact: f.DemarcheResumed, state: DemarcheState, event: Event) -> None:
    state.cycle = "ouverte"
    state.motif = None
    state.suspended_at = None
    if state.phase == "demande" and any(a.statut == "attente_client" for a in state.actions.values()):
        state.resumed_at = event.at
    if state.dossier_at is not None:
        state.shift += fact.suspended_seconds
    away = timedelta(seconds=fact.suspended_seconds)
    for etape in state.active:
        etape.shift += fact.suspended_seconds
        if etape.stopped_at is not None:
            # Both stops at once are counted once.
            etape.stopped_at = _elapsed(etape.stopped_at, away)
        # What follows the last reminder is counted without the suspension too.
        etape.sent = {
            key: sent.model_copy(update={"last_at": _elapsed(sent.last_at, away)})
            for key, sent in etape.sent.items()
        }


def _elapsed(at: datetime, time: timedelta) -> datetime:
    """The instant that much later. In UTC: added to a local time, a change of hour would be counted or not
    according to whether the instant was read from a journal."""
    return at.astimezone(UTC) + time


@_apply.register
def _(fact: f.DemarcheCancelled, state: DemarcheState, event: Event) -> None:
    state.cycle = "annulee"
    state.motif = fact.motif
    state.closed_at = event.at


@_apply.register
def _(fact: f.DemarcheClosed, state: DemarcheState, event: Event) -> None:
    state.cycle = "terminee"
    state.closed_at = event.at


@_apply.register
def _(fact: f.MembreAssigned, state: DemarcheState, event: Event) -> None:
    others = [member for member in state.equipe if member.role != fact.membre.role]
    before = [i for i, member in enumerate(state.equipe) if member.role == fact.membre.role]
    others.insert(before[0] if before else len(others), fact.membre)
    state.equipe = others


@_apply.register
def _(fact: f.RenfortJoined, state: DemarcheState, event: Event) -> None:
    others = [member for member in state.renforts if member.user_id != fact.membre.user_id]
    state.renforts = [*others, fact.membre]


@_apply.register
def _(fact: f.RenfortLeft, state: DemarcheState, event: Event) -> None:
    state.renforts = [member for member in state.renforts if member.user_id != fact.membre.user_id]


@_apply.register
def _(fact: f.PrioriteSet, state: DemarcheState, event: Event) -> None:
    state.priorite = fact.priorite


@_apply.register
def _(fact: f.PrixSet, state: DemarcheState, event: Event) -> None:
    state.prix = fact.montant
    state.prix_mention = fact.mention


@_apply.register
def _(fact: f.HorlogeSet, state: DemarcheState, event: Event) -> None:
    state.horloge = fact.horloge


# --- migration


@_apply.register
def _(fact: f.DemarcheMigrated, state: DemarcheState, event: Event) -> None:
    """Everything that hangs on an étape, a person or a form follows it."""
    state.modele_sha = fact.vers
    state.etapes = {etape.cle: etape.model_copy(deep=True) for etape in fact.etapes}
    for etape in fact.etapes:
        state.retires.etapes.pop(etape.cle, None)
    for etape in fact.retirees:
        state.retires.etapes[etape.cle] = etape.model_copy(deep=True)
    state.places = tuple(place.renamed(fact.deplacees) for place in state.places)
    # What was set by hand follows its étape, and waits for one that this version does not have.
    state.reglages = {fact.deplacees.get(cle, cle): reglage for cle, reglage in state.reglages.items()}
    for home, reglage in state.reglages.items():
        if reglage.titre is not None and home in state.etapes:
            state.etapes[home].titre = reglage.titre
    _move_taches(state, fact)
    for piece in state.pieces.values():
        piece.etape = fact.pieces.get(piece.id, piece.etape)
        piece.de = fact.personnes.get(piece.de, piece.de)
    for action in state.actions.values():
        action.a = fact.personnes.get(action.a, action.a)
        action.etape = (
            _leads(fact, action.etape)
            if action.statut == "attente_client"
            else fact.deplacees.get(action.etape or "", action.etape)
        )
    for id_, noeud in fact.enfants.items():
        state.enfants[id_].noeud = noeud
    _move_corrections(state, fact)
    for known in state.evenements.values():
        known.de = fact.personnes.get(known.de, known.de)
        known.etape = fact.deplacees.get(known.etape, known.etape)
    for document in state.documents.values():
        document.etape = fact.deplacees.get(document.etape or "", document.etape)
    for effect in state.effets.values():
        effect.etape = _leads(fact, effect.etape)
    # A timer keeps the étape it was armed for: what it is late for is not « past on arming ».
    state.timers = {
        key.replace(timer.etape, cle, 1): timer.model_copy(
            update={"key": key.replace(timer.etape, cle, 1), "etape": cle}
        )
        for key, timer in state.timers.items()
        if (cle := _leads(fact, timer.etape)) is not None
    }
    away = [member for member in state.retires.equipe if member.role in fact.roles_repris]
    gone = [member for member in state.equipe if member.role in fact.roles_retires]
    state.equipe = [member for member in (*state.equipe, *away) if member not in gone]
    state.retires.equipe = [member for member in (*state.retires.equipe, *gone) if member not in away]
    for cle in fact.participants_retires:
        state.retires.participants[cle] = state.participants.pop(cle)
    for cle in fact.participants_repris:
        state.participants[cle] = state.retires.participants.pop(cle)
    _move_donnees(state, fact)
    state.migrations = (
        *state.migrations,
        Migration(
            depuis=fact.depuis,
            vers=fact.vers,
            at=event.at,
            correspondance=fact.correspondance,
            formulaires=fact.formulaires,
        ),
    )


def _leads(fact: f.DemarcheMigrated, cle: str | None) -> str | None:
    """Where an étape leads; None when it leads nowhere."""
    if cle is None or cle in fact.disparues:
        return None
    return fact.deplacees.get(cle, cle)


def _move_taches(state: DemarcheState, fact: f.DemarcheMigrated) -> None:
    for tache in state.taches.values():
        tache.pour = fact.personnes.get(tache.pour, tache.pour)
        if tache.document in fact.documents_retires:
            tache.document = None
        # What is done stays told where it was done.
        tache.etape = (
            _leads(fact, tache.etape) if tache.open else fact.deplacees.get(tache.etape or "", tache.etape)
        )


def _move_corrections(state: DemarcheState, fact: f.DemarcheMigrated) -> None:
    """A form that the new version does not have is no longer corrected."""
    for alias in fact.donnees_retirees:
        gone = state.corrections.pop(alias, None)
        if gone is not None and gone.statut == "a_corriger":
            state.actions[gone.action].statut = "annulee"
    for correction in state.corrections.values():
        correction.formulaire = fact.formulaires.get(correction.formulaire, correction.formulaire)
        correction.a = fact.personnes.get(correction.a, correction.a)
        correction.etape = _leads(fact, correction.etape)
        state.actions[correction.action].formulaire = correction.formulaire
    state.corrections = {correction.formulaire: correction for correction in state.corrections.values()}


def _move_donnees(state: DemarcheState, fact: f.DemarcheMigrated) -> None:
    for alias in fact.donnees_retirees:
        state.retires.donnees[alias] = state.donnees.pop(alias)
    renamed = {fact.formulaires.get(alias, alias): data for alias, data in state.donnees.items()}
    state.donnees = renamed
    for alias in fact.donnees_reprises:
        state.donnees[alias] = state.retires.donnees.pop(alias)
    for cle in fact.collections_retirees:
        state.retires.collections[cle] = state.collections.pop(cle)
    for cle in fact.collections_reprises:
        state.collections[cle] = state.retires.collections.pop(cle)
    for cle, statuts in fact.statuts_lignes.items():
        for ligne in state.collections[cle].values():
            ligne.statut = statuts.get(ligne.statut or "", ligne.statut)


@_apply.register
def _(fact: f.TacheRedefined, state: DemarcheState, event: Event) -> None:
    state.taches[fact.tache.id] = fact.tache.model_copy(deep=True)


@_apply.register
def _(fact: f.PieceRedefined, state: DemarcheState, event: Event) -> None:
    state.pieces[fact.piece.id] = fact.piece.model_copy(deep=True)


@_apply.register
def _(fact: f.EvenementRedefined, state: DemarcheState, event: Event) -> None:
    state.evenements[fact.evenement.cle] = fact.evenement.model_copy()


@_apply.register
def _(fact: f.EnvoiRebased, state: DemarcheState, event: Event) -> None:
    _mark(
        state,
        fact.etape,
        fact.cle,
        state.etapes[fact.etape].sent[fact.cle].model_copy(update={"base": fact.base}),
    )


# --- data


@_apply.register
def _(fact: f.DonneesRecorded, state: DemarcheState, event: Event) -> None:
    state.donnees[fact.formulaire] = dict(fact.donnees)


@_apply.register
def _(fact: f.DonneeChanged, state: DemarcheState, event: Event) -> None:
    formulaire, champ = fact.champ.split(".", 1)
    state.donnees.setdefault(formulaire, {})[champ] = fact.valeur


@_apply.register
def _(fact: f.CalculsComputed, state: DemarcheState, event: Event) -> None:
    state.calculs = dict(fact.valeurs)


# --- children


@_apply.register
def _(fact: f.EnfantRequested, state: DemarcheState, event: Event) -> None:
    state.enfants[fact.enfant.id] = fact.enfant.model_copy(deep=True)


@_apply.register
def _(fact: f.EnfantCommanded, state: DemarcheState, event: Event) -> None:
    state.enfants[fact.enfant].ordre = fact.ordre


@_apply.register
def _(fact: f.EnfantInstructed, state: DemarcheState, event: Event) -> None:
    """Tells another démarche something: nothing changes here."""


@_apply.register
def _(fact: f.EnfantReported, state: DemarcheState, event: Event) -> None:
    enfant, told = state.enfants[fact.enfant], fact.rapport
    state.enfants[fact.enfant] = enfant.model_copy(
        update={name: getattr(told, name) for name in type(told).model_fields}
    )


@_apply.register
def _(fact: f.ParentTold, state: DemarcheState, event: Event) -> None:
    state.rapport = fact.rapport


# --- lines of collections


@_apply.register
def _(fact: f.LigneAdded, state: DemarcheState, event: Event) -> None:
    known = state.collections.get(fact.collection, {})
    state.collections[fact.collection] = {**known, fact.ligne.id: fact.ligne.model_copy(deep=True)}


@_apply.register
def _(fact: f.LigneChanged, state: DemarcheState, event: Event) -> None:
    ligne = state.collections[fact.collection][fact.ligne]
    ligne.donnees = dict(fact.donnees)
    ligne.version += 1


@_apply.register
def _(fact: f.LigneRemoved, state: DemarcheState, event: Event) -> None:
    known = state.collections[fact.collection]
    state.collections[fact.collection] = {id_: line for id_, line in known.items() if id_ != fact.ligne}


@_apply.register
def _(fact: f.LigneStatutChanged, state: DemarcheState, event: Event) -> None:
    ligne = state.collections[fact.collection][fact.ligne]
    ligne.statut = fact.statut
    ligne.motif = fact.motif
    ligne.version += 1


@_apply.register
def _(fact: f.LignesComputed, state: DemarcheState, event: Event) -> None:
    for id_, computed in fact.lignes.items():
        ligne = state.collections[fact.collection][id_]
        ligne.nom = computed.nom
        ligne.calcule = dict(computed.calcule)


# --- étapes


@_apply.register
def _(fact: f.EtapeEntered, state: DemarcheState, event: Event) -> None:
    before = state.etapes[fact.etape]
    state.etapes[fact.etape] = EtapeState(
        cle=fact.etape,
        titre=before.titre,
        statut="en_cours",
        visit=fact.visit,
        entered_at=event.at,
        due_at=fact.due_at,
        first_at=before.first_at,
    )


@_apply.register
def _(fact: f.EtapeRescheduled, state: DemarcheState, event: Event) -> None:
    state.etapes[fact.etape].due_at = fact.due_at


@_apply.register
def _(fact: f.FormDone, state: DemarcheState, event: Event) -> None:
    etape = state.etapes[fact.etape]
    if fact.formulaire not in etape.forms_done:
        etape.forms_done = [*etape.forms_done, fact.formulaire]


@_apply.register
def _(fact: f.EtapeCompleted, state: DemarcheState, event: Event) -> None:
    etape = state.etapes[fact.etape]
    etape.statut = "valide"
    etape.completed_at = event.at
    etape.completed_by = event.actor.name


@_apply.register
def _(fact: f.EtapeSkipped, state: DemarcheState, event: Event) -> None:
    etape = state.etapes[fact.etape]
    etape.statut = "passee"
    etape.motif = fact.motif
    etape.completed_at = event.at
    etape.completed_by = event.actor.name


@_apply.register
def _(fact: f.EtapeAdjusted, state: DemarcheState, event: Event) -> None:
    state.reglages[fact.etape] = fact.reglage
    state.etapes[fact.etape].titre = fact.titre


@_apply.register
def _(fact: f.PortailSet, state: DemarcheState, event: Event) -> None:
    state.au_portail = fact.choisi


@_apply.register
def _(fact: f.EtapePlaced, state: DemarcheState, event: Event) -> None:
    if fact.place.ajoutee is not None:
        state.etapes[fact.place.etape] = EtapeState(cle=fact.place.etape, titre=fact.titre)
    # Never one in the place of another: each was told of the order that those before it had made.
    state.places = (*state.places, fact.place)
    state.etapes = {cle: state.etapes[cle] for cle in fact.ordre}


@_apply.register
def _(fact: f.EtapeWithdrawn, state: DemarcheState, event: Event) -> None:
    state.places = tuple(one for one in state.places if one.etape != fact.etape)
    del state.etapes[fact.etape]
    state.reglages.pop(fact.etape, None)


@_apply.register
def _(fact: f.EtapeVoided, state: DemarcheState, event: Event) -> None:
    etape = state.etapes[fact.etape]
    etape.statut = "sans_objet"
    etape.completed_at = event.at


@_apply.register
def _(fact: f.EtapeReset, state: DemarcheState, event: Event) -> None:
    etape = state.etapes[fact.etape]
    state.etapes[fact.etape] = EtapeState(cle=etape.cle, titre=etape.titre, visit=etape.visit)


@_apply.register
def _(fact: f.EtapeRecurred, state: DemarcheState, event: Event) -> None:
    before = state.etapes[fact.etape]
    state.etapes[fact.etape] = EtapeState(
        cle=before.cle, titre=before.titre, visit=before.visit, first_at=before.first_at or before.entered_at
    )


@_apply.register
def _(fact: f.EtapeStatutSet, state: DemarcheState, event: Event) -> None:
    state.etapes[fact.etape].statut_force = fact.statut


@_apply.register
def _(fact: f.ClockStopped, state: DemarcheState, event: Event) -> None:
    state.etapes[fact.etape].stopped_at = event.at


@_apply.register
def _(fact: f.ClockRestarted, state: DemarcheState, event: Event) -> None:
    etape = state.etapes[fact.etape]
    etape.stopped_at = None
    etape.stopped += fact.seconds


# --- outside events


@_apply.register
def _(fact: f.EvenementAwaited, state: DemarcheState, event: Event) -> None:
    state.evenements[fact.evenement.cle] = fact.evenement.model_copy()


@_apply.register
def _(fact: f.EvenementReceived, state: DemarcheState, event: Event) -> None:
    known = state.evenements.get(fact.evenement)
    if known is None:
        known = EvenementState(cle=fact.evenement, titre=fact.titre, de=fact.de, etape=fact.etape)
        state.evenements[fact.evenement] = known
    if fact.avance:
        known.visit = 0
    known.statut = "recu"
    known.received_at = event.at
    known.survenu_le = fact.survenu_le
    known.par = event.actor.name


@_apply.register
def _(fact: f.EvenementOverdue, state: DemarcheState, event: Event) -> None:
    known = state.evenements[fact.evenement]
    known.passed = fact.base
    if fact.suite == "continuer":
        known.statut = "echu"


@_apply.register
def _(fact: f.EvenementRescheduled, state: DemarcheState, event: Event) -> None:
    known = state.evenements[fact.evenement]
    known.due_at = fact.due_at
    known.base = fact.base


@_apply.register
def _(fact: f.EvenementWaived, state: DemarcheState, event: Event) -> None:
    state.evenements[fact.evenement].statut = "annule"


# --- tâches


@_apply.register
def _(fact: f.TacheCreated, state: DemarcheState, event: Event) -> None:
    state.taches[fact.tache.id] = fact.tache.model_copy(deep=True)


@_apply.register
def _(fact: f.TacheTicked, state: DemarcheState, event: Event) -> None:
    tache = state.taches[fact.tache]
    libelle = tache.checklist[fact.item].libelle
    item = (
        ChecklistItem(libelle=libelle, fait=True, par=event.actor.name, at=event.at)
        if fact.fait
        else ChecklistItem(libelle=libelle)
    )
    tache.checklist = [*tache.checklist[: fact.item], item, *tache.checklist[fact.item + 1 :]]


@_apply.register
def _(fact: f.TacheStarted, state: DemarcheState, event: Event) -> None:
    state.taches[fact.tache].statut = "en_cours"


@_apply.register
def _(fact: f.TacheCompleted, state: DemarcheState, event: Event) -> None:
    tache = state.taches[fact.tache]
    tache.statut = "termine"
    tache.completed_at = event.at
    tache.completed_by = event.actor.name


@_apply.register
def _(fact: f.TacheReopened, state: DemarcheState, event: Event) -> None:
    tache = state.taches[fact.tache]
    tache.statut = "a_faire"
    tache.completed_at = None
    tache.completed_by = None
    tache.motif = fact.motif


@_apply.register
def _(fact: f.TacheCancelled, state: DemarcheState, event: Event) -> None:
    tache = state.taches[fact.tache]
    tache.statut = "annulee"
    tache.motif = fact.motif
    tache.completed_at = event.at


@_apply.register
def _(fact: f.TacheAssigned, state: DemarcheState, event: Event) -> None:
    tache = state.taches[fact.tache]
    tache.pour = fact.pour
    tache.assignee = fact.assignee


@_apply.register
def _(fact: f.TacheRescheduled, state: DemarcheState, event: Event) -> None:
    tache = state.taches[fact.tache]
    tache.due_at = fact.due_at
    tache.due_by_hand = fact.by_hand


@_apply.register
def _(fact: f.TacheMoved, state: DemarcheState, event: Event) -> None:
    state.taches[fact.tache].statut = fact.statut
    state.taches[fact.tache].colonne = fact.colonne


@_apply.register
def _(fact: f.TacheEdited, state: DemarcheState, event: Event) -> None:
    tache = state.taches[fact.tache]
    tache.titre = fact.titre
    tache.description = fact.description
    tache.priorite = fact.priorite
    tache.facturable = fact.facturable
    tache.start_at = fact.start_at


@_apply.register
def _(fact: f.TacheFilesAdded, state: DemarcheState, event: Event) -> None:
    tache = state.taches[fact.tache]
    tache.fichiers = (*tache.fichiers, *fact.files)


@_apply.register
def _(fact: f.TacheQualified, state: DemarcheState, event: Event) -> None:
    tache = state.taches[fact.tache]
    tache.statut = "a_faire"
    tache.priorite = fact.priorite


# --- pièces


@_apply.register
def _(fact: f.PieceRequested, state: DemarcheState, event: Event) -> None:
    state.pieces[fact.piece.id] = fact.piece.model_copy(deep=True)


@_apply.register
def _(fact: f.PieceDeposited, state: DemarcheState, event: Event) -> None:
    piece = state.pieces[fact.piece]
    piece.statut = "attente_validation"
    piece.motif = None
    piece.versions = [*piece.versions, PieceVersion(files=fact.files, at=event.at, par=event.actor.name)]


def _decide_piece(piece: PieceState, event: Event, **changes: object) -> None:
    if piece.versions:
        piece.versions = [*piece.versions[:-1], piece.versions[-1].model_copy(update=changes)]
    piece.decided_at = event.at
    piece.decided_by = event.actor.name


@_apply.register
def _(fact: f.PieceAcknowledged, state: DemarcheState, event: Event) -> None:
    piece = state.pieces[fact.piece]
    piece.statut = "recu"
    _decide_piece(piece, event, statut="recu")


@_apply.register
def _(fact: f.PieceValidated, state: DemarcheState, event: Event) -> None:
    piece = state.pieces[fact.piece]
    piece.statut = fact.label
    _decide_piece(piece, event, statut=fact.label)


@_apply.register
def _(fact: f.PieceRefused, state: DemarcheState, event: Event) -> None:
    piece = state.pieces[fact.piece]
    piece.statut = "refuse"
    piece.motif = fact.motif
    _decide_piece(piece, event, statut="refuse", motif=fact.motif)


@_apply.register
def _(fact: f.PieceWaived, state: DemarcheState, event: Event) -> None:
    piece = state.pieces[fact.piece]
    piece.statut = "sans_objet"
    piece.motif = fact.motif
    piece.decided_at = event.at
    piece.decided_by = event.actor.name


@_apply.register
def _(fact: f.PieceReopened, state: DemarcheState, event: Event) -> None:
    piece = state.pieces[fact.piece]
    last = piece.versions[-1] if piece.versions else None
    piece.statut = last.statut if last else "manquant"
    piece.motif = last.motif if last else None
    piece.decided_at = None
    piece.decided_by = None


@_apply.register
def _(fact: f.PieceEdited, state: DemarcheState, event: Event) -> None:
    state.pieces[fact.piece].titre = fact.titre
    state.pieces[fact.piece].description = fact.description


@_apply.register
def _(fact: f.PiecesOrdered, state: DemarcheState, event: Event) -> None:
    state.pieces = {id_: state.pieces[id_] for id_ in fact.ordre}


@_apply.register
def _(fact: f.PieceRescheduled, state: DemarcheState, event: Event) -> None:
    state.pieces[fact.piece].due_at = fact.due_at


# --- actions client


@_apply.register
def _(fact: f.ActionRequested, state: DemarcheState, event: Event) -> None:
    state.actions[fact.action.id] = fact.action.model_copy(deep=True)


@_apply.register
def _(fact: f.ActionAnswered, state: DemarcheState, event: Event) -> None:
    action = state.actions[fact.action]
    action.statut = "termine"
    action.reponse = fact.message
    action.files = fact.files
    action.answered_at = event.at
    action.answered_by = event.actor.name


@_apply.register
def _(fact: f.ActionReopened, state: DemarcheState, event: Event) -> None:
    action = state.actions[fact.action]
    action.statut = "attente_client"
    action.reponse = None
    action.answered_at = None
    action.answered_by = None


@_apply.register
def _(fact: f.ActionCancelled, state: DemarcheState, event: Event) -> None:
    state.actions[fact.action].statut = "annulee"
    for correction in state.corrections.values():
        if correction.action == fact.action and correction.open:
            correction.statut = "annulee"


# --- corrections


@_apply.register
def _(fact: f.CorrectionRequested, state: DemarcheState, event: Event) -> None:
    state.actions[fact.action.id] = fact.action.model_copy(deep=True)
    state.corrections[fact.correction.formulaire] = fact.correction.model_copy(deep=True)


@_apply.register
def _(fact: f.CorrectionSent, state: DemarcheState, event: Event) -> None:
    state.donnees[fact.formulaire] = dict(fact.donnees)
    correction = state.corrections[fact.formulaire]
    correction.statut = "a_verifier"
    correction.changements = fact.changements
    correction.reponse = fact.reponse
    correction.sent_at = event.at
    correction.sent_by = event.actor.name
    action = state.actions[correction.action]
    action.statut = "termine"
    action.reponse = fact.reponse
    action.answered_at = event.at
    action.answered_by = event.actor.name


@_apply.register
def _(fact: f.CorrectionAccepted, state: DemarcheState, event: Event) -> None:
    correction = state.corrections[fact.formulaire]
    correction.statut = "acceptee"
    correction.decided_at = event.at
    correction.decided_by = event.actor.name


# --- timers, reminders, alarms


@_apply.register
def _(fact: f.TimerArmed, state: DemarcheState, event: Event) -> None:
    state.timers[fact.timer.key] = fact.timer


@_apply.register
def _(fact: f.TimerDisarmed, state: DemarcheState, event: Event) -> None:
    state.timers.pop(fact.key, None)


@_apply.register
def _(fact: f.RelanceSent, state: DemarcheState, event: Event) -> None:
    sent = Sent(count=fact.rank, last_at=event.at, base=fact.base)
    _mark(state, fact.etape, sent_key(fact.relance, fact.ligne, fact.palier), sent)


@_apply.register
def _(fact: f.RelanceEscalated, state: DemarcheState, event: Event) -> None:
    etape = state.etapes[fact.etape]
    key = sent_key(fact.relance, fact.ligne)
    etape.sent = {**etape.sent, key: etape.sent[key].model_copy(update={"escalated": True})}


@_apply.register
def _(fact: f.RelanceDemandeSent, state: DemarcheState, event: Event) -> None:
    state.rappel = Sent(count=fact.rank, last_at=event.at, base=fact.base)


@_apply.register
def _(fact: f.RelanceDemandeEscalated, state: DemarcheState, event: Event) -> None:
    if state.rappel is not None:
        state.rappel = state.rappel.model_copy(update={"escalated": True})


@_apply.register
def _(fact: f.AlerteRaised, state: DemarcheState, event: Event) -> None:
    _mark(state, fact.etape, fact.alerte, Sent(count=1, last_at=event.at, base=fact.base))


@_apply.register
def _(fact: f.EtapeOverdue, state: DemarcheState, event: Event) -> None:
    _mark(state, fact.etape, "echeance", Sent(count=1, last_at=event.at, base=fact.base))


def _mark(state: DemarcheState, etape: str, key: str, sent: Sent) -> None:
    state.etapes[etape].sent = {**state.etapes[etape].sent, key: sent}


# --- effects, documents, links


@_apply.register
def _(fact: f.EffectRequested, state: DemarcheState, event: Event) -> None:
    state.effets[fact.effect.id] = fact.effect.model_copy()


@_apply.register(f.EffectDone)
@_apply.register(f.EffectFailed)
@_apply.register(f.EffectCancelled)
def _(fact: f.EffectDone | f.EffectFailed | f.EffectCancelled, state: DemarcheState, event: Event) -> None:
    state.effets.pop(fact.effect, None)


@_apply.register
def _(fact: f.EffectHeld, state: DemarcheState, event: Event) -> None:
    state.effets[fact.effect].held = True


@_apply.register
def _(fact: f.EffectReleased, state: DemarcheState, event: Event) -> None:
    state.effets[fact.effect].held = False


@_apply.register
def _(fact: f.DocumentRequested, state: DemarcheState, event: Event) -> None:
    state.documents[fact.document.id] = fact.document.model_copy(deep=True)


@_apply.register
def _(fact: f.DocumentProduced, state: DemarcheState, event: Event) -> None:
    document = state.documents[fact.document]
    document.statut = "disponible"
    document.file = fact.file
    document.produced_at = event.at


@_apply.register
def _(fact: f.DocumentFailed, state: DemarcheState, event: Event) -> None:
    state.documents[fact.document].statut = "echec"


@_apply.register
def _(fact: f.DocumentOutdated, state: DemarcheState, event: Event) -> None:
    state.documents[fact.document].perime = fact.motif


@_apply.register(f.ParticipantInvited)
@_apply.register(f.LinkRenewed)
def _(fact: f.ParticipantInvited | f.LinkRenewed, state: DemarcheState, event: Event) -> None:
    state.participants[fact.participant.cle] = fact.participant.model_copy()


@_apply.register
def _(fact: f.LinkRevoked, state: DemarcheState, event: Event) -> None:
    participant = state.participants.get(fact.participant)
    if participant is not None and participant.link_id == fact.link_id:
        participant.revoked = True
