"""Facts: what an event says. A fact has a type and a version and is never redefined; old ones pass through upcasters.

Everything computed (due instants, assignees, ids) is in the fact, so that `evolve` needs no rule and no clock.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from workflows.engine.state import (
    ActionState,
    Actor,
    Changement,
    CorrectionState,
    DocumentState,
    EffectState,
    EnfantState,
    EtapeState,
    EvenementState,
    FileRef,
    Frozen,
    Horloge,
    LigneState,
    Membre,
    Ordre,
    ParentRef,
    ParticipantState,
    Phase,
    PieceState,
    PlaceEtape,
    Placement,
    Rapport,
    ReglageEtape,
    StatutLibre,
    TacheState,
    Timer,
)


class Fact(Frozen):
    v: int = 1


class DemarcheOpened(Fact):
    type: Literal["DemarcheOpened"] = "DemarcheOpened"
    client_id: str
    client_nom: str
    reference: str
    titre: str
    modele: str
    modele_sha: str
    phase: Phase
    equipe: tuple[Membre, ...]
    etapes: tuple[tuple[str, str], ...]
    """(key, title) in the order of the modèle."""
    horloge: Horloge | None = None
    priorite: Literal["normale", "urgente"] = "normale"
    prix: int | None = None
    prix_mention: Literal["HT", "TTC"] = "HT"
    parent: ParentRef | None = None


class TitreChanged(Fact):
    type: Literal["TitreChanged"] = "TitreChanged"
    titre: str


class DemandeTaken(Fact):
    type: Literal["DemandeTaken"] = "DemandeTaken"


class DemandeValidated(Fact):
    type: Literal["DemandeValidated"] = "DemandeValidated"


class DemandeRefused(Fact):
    type: Literal["DemandeRefused"] = "DemandeRefused"
    motif: str


class DossierCreated(Fact):
    type: Literal["DossierCreated"] = "DossierCreated"


class DonneesRecorded(Fact):
    type: Literal["DonneesRecorded"] = "DonneesRecorded"
    formulaire: str
    donnees: dict[str, Any]
    etape: str | None = None


class DonneeChanged(Fact):
    type: Literal["DonneeChanged"] = "DonneeChanged"
    champ: str
    avant: Any
    valeur: Any
    motif: str


class EnfantRequested(Fact):
    """A child démarche is to be opened, with all it starts with."""

    type: Literal["EnfantRequested"] = "EnfantRequested"
    enfant: EnfantState
    sha: str
    equipe: tuple[Membre, ...]
    donnees: dict[str, dict[str, Any]]
    parent: ParentRef


class EnfantCommanded(Fact):
    type: Literal["EnfantCommanded"] = "EnfantCommanded"
    enfant: str
    ordre: Ordre
    motif: str | None = None


class EnfantInstructed(Fact):
    """A child follows its parent: another holder of one of its roles, another clock, another version."""

    type: Literal["EnfantInstructed"] = "EnfantInstructed"
    enfant: str
    membre: Membre | None = None
    remplace: str | None = None
    """User whom `membre` takes over from: a child that a person gave to someone else keeps them."""
    horloge: Horloge | None = None
    vers: str | None = None
    """Hash of the child's version in the one that the parent now follows."""
    placements: dict[str, Placement] = {}
    """By child modèle, how it passes to that version, and its own children too."""
    retour: bool = False
    """The parent undoes its last migration."""


class EnfantReported(Fact):
    type: Literal["EnfantReported"] = "EnfantReported"
    enfant: str
    rapport: Rapport


class EnfantEnded(Fact):
    type: Literal["EnfantEnded"] = "EnfantEnded"
    enfant: str
    titre: str
    cycle: str
    motif: str | None = None


class ParentTold(Fact):
    """Of a child: its parent is to be told."""

    type: Literal["ParentTold"] = "ParentTold"
    parent: ParentRef
    rapport: Rapport


class FactRecorded(Fact):
    """Something of the outside world. What the modèle does with it follows, as facts of its own."""

    type: Literal["FactRecorded"] = "FactRecorded"
    fait: str
    libelle: str


class LigneAdded(Fact):
    type: Literal["LigneAdded"] = "LigneAdded"
    collection: str
    ligne: LigneState


class LigneChanged(Fact):
    type: Literal["LigneChanged"] = "LigneChanged"
    collection: str
    ligne: str
    avant: dict[str, Any]
    donnees: dict[str, Any]


class LigneRemoved(Fact):
    type: Literal["LigneRemoved"] = "LigneRemoved"
    collection: str
    ligne: str
    nom: str
    """As it was: the line is gone from the state."""
    motif: str


class LigneStatutChanged(Fact):
    type: Literal["LigneStatutChanged"] = "LigneStatutChanged"
    collection: str
    ligne: str
    statut: str
    motif: str | None = None


class LigneComputed(Frozen):
    nom: str
    calcule: dict[str, Any]


class LignesComputed(Fact):
    """Names and computed columns of the lines for which they changed."""

    type: Literal["LignesComputed"] = "LignesComputed"
    collection: str
    lignes: dict[str, LigneComputed]


class CalculsComputed(Fact):
    type: Literal["CalculsComputed"] = "CalculsComputed"
    valeurs: dict[str, Any]


class EtapeEntered(Fact):
    type: Literal["EtapeEntered"] = "EtapeEntered"
    etape: str
    visit: int
    due_at: datetime | None


class EtapeRescheduled(Fact):
    type: Literal["EtapeRescheduled"] = "EtapeRescheduled"
    etape: str
    due_at: datetime | None


class FormDone(Fact):
    type: Literal["FormDone"] = "FormDone"
    etape: str
    formulaire: str


class EtapeCompleted(Fact):
    type: Literal["EtapeCompleted"] = "EtapeCompleted"
    etape: str
    visit: int


class EtapeSkipped(Fact):
    type: Literal["EtapeSkipped"] = "EtapeSkipped"
    etape: str
    motif: str


class EtapeAdjusted(Fact):
    """The firm sets an étape otherwise than its modèle, for this démarche alone."""

    type: Literal["EtapeAdjusted"] = "EtapeAdjusted"
    etape: str
    titre: str
    """What it is called from now on."""
    avant: ReglageEtape
    reglage: ReglageEtape


class PortailSet(Fact):
    """The firm shows a démarche on the client's portal, or takes it away, whatever its modèle says (MOD-13)."""

    type: Literal["PortailSet"] = "PortailSet"
    visible: bool
    choisi: bool | None
    """What is kept: None when the modèle says the same."""


class EtapePlaced(Fact):
    """The firm adds an étape to this démarche alone, or moves one there."""

    type: Literal["EtapePlaced"] = "EtapePlaced"
    place: PlaceEtape
    titre: str
    apres: str | None = None
    """What it now comes after, in words; None: it comes first."""
    ordre: tuple[str, ...]
    """Every étape as they now follow one another."""


class EtapeWithdrawn(Fact):
    """An étape added here, and not begun, is taken away."""

    type: Literal["EtapeWithdrawn"] = "EtapeWithdrawn"
    etape: str
    titre: str


class EtapeVoided(Fact):
    type: Literal["EtapeVoided"] = "EtapeVoided"
    etape: str


class EtapeReset(Fact):
    type: Literal["EtapeReset"] = "EtapeReset"
    etape: str


class SentBack(Fact):
    type: Literal["SentBack"] = "SentBack"
    etape: str
    motif: str


class TacheCreated(Fact):
    type: Literal["TacheCreated"] = "TacheCreated"
    tache: TacheState


class TacheTicked(Fact):
    type: Literal["TacheTicked"] = "TacheTicked"
    tache: str
    item: int
    fait: bool


class TacheStarted(Fact):
    type: Literal["TacheStarted"] = "TacheStarted"
    tache: str


class TacheCompleted(Fact):
    type: Literal["TacheCompleted"] = "TacheCompleted"
    tache: str


class TacheReopened(Fact):
    type: Literal["TacheReopened"] = "TacheReopened"
    tache: str
    motif: str


class TacheCancelled(Fact):
    type: Literal["TacheCancelled"] = "TacheCancelled"
    tache: str
    motif: str


class TacheAssigned(Fact):
    type: Literal["TacheAssigned"] = "TacheAssigned"
    tache: str
    pour: str
    assignee: Membre | None


class TacheRescheduled(Fact):
    type: Literal["TacheRescheduled"] = "TacheRescheduled"
    tache: str
    due_at: datetime | None
    by_hand: bool = False


class TacheQualified(Fact):
    """TCH-17: a task suggested by the client is taken over."""

    type: Literal["TacheQualified"] = "TacheQualified"
    tache: str
    priorite: Literal["normale", "urgente"]


class TacheMoved(Fact):
    """A task stands elsewhere on the board, by hand."""

    type: Literal["TacheMoved"] = "TacheMoved"
    tache: str
    statut: StatutLibre
    colonne: str | None = None
    colonne_nom: str | None = None


class TacheEdited(Fact):
    """What was said of a task is said otherwise: every field is its new value."""

    type: Literal["TacheEdited"] = "TacheEdited"
    tache: str
    titre: str
    description: str | None
    priorite: Literal["normale", "urgente"]
    facturable: bool = False
    start_at: datetime | None


class TacheFilesAdded(Fact):
    type: Literal["TacheFilesAdded"] = "TacheFilesAdded"
    tache: str
    files: tuple[FileRef, ...]


class PieceRequested(Fact):
    type: Literal["PieceRequested"] = "PieceRequested"
    piece: PieceState


class PieceDeposited(Fact):
    type: Literal["PieceDeposited"] = "PieceDeposited"
    piece: str
    files: tuple[FileRef, ...]


class PieceAcknowledged(Fact):
    type: Literal["PieceAcknowledged"] = "PieceAcknowledged"
    piece: str


class PieceValidated(Fact):
    type: Literal["PieceValidated"] = "PieceValidated"
    piece: str
    label: Literal["valide", "pris_en_compte"] = "valide"


class PieceRefused(Fact):
    type: Literal["PieceRefused"] = "PieceRefused"
    piece: str
    motif: str


class PieceWaived(Fact):
    type: Literal["PieceWaived"] = "PieceWaived"
    piece: str
    motif: str


class PieceReopened(Fact):
    """Asked for again: the étape that had been passed over is taken up again."""

    type: Literal["PieceReopened"] = "PieceReopened"
    piece: str
    motif: str


class PieceEdited(Fact):
    """The firm names a pièce otherwise than its modèle, for this démarche alone (MOD-13)."""

    type: Literal["PieceEdited"] = "PieceEdited"
    piece: str
    avant: str
    titre: str
    description: str | None = None


class PiecesOrdered(Fact):
    """The firm puts pièces in another order, for this démarche alone (MOD-13)."""

    type: Literal["PiecesOrdered"] = "PiecesOrdered"
    piece: str
    """The one that was moved."""
    titre: str
    apres: str | None = None
    """What it now comes after, in words; None: it comes first."""
    ordre: tuple[str, ...]
    """Every pièce as they now follow one another."""


class PieceRescheduled(Fact):
    type: Literal["PieceRescheduled"] = "PieceRescheduled"
    piece: str
    due_at: datetime | None


class ActionRequested(Fact):
    type: Literal["ActionRequested"] = "ActionRequested"
    action: ActionState


class ActionAnswered(Fact):
    type: Literal["ActionAnswered"] = "ActionAnswered"
    action: str
    message: str
    files: tuple[FileRef, ...] = ()


class ActionReopened(Fact):
    """A pièce of its answer was refused: it waits for the client again."""

    type: Literal["ActionReopened"] = "ActionReopened"
    action: str


class ActionCancelled(Fact):
    type: Literal["ActionCancelled"] = "ActionCancelled"
    action: str
    motif: str


class CorrectionRequested(Fact):
    """A form goes back to whoever filled it, as an action client."""

    type: Literal["CorrectionRequested"] = "CorrectionRequested"
    correction: CorrectionState
    action: ActionState


class CorrectionSent(Fact):
    """The form sent again: all its answers, and those that changed."""

    type: Literal["CorrectionSent"] = "CorrectionSent"
    formulaire: str
    titre: str
    donnees: dict[str, Any]
    changements: tuple[Changement, ...]
    reponse: str = ""


class CorrectionAccepted(Fact):
    type: Literal["CorrectionAccepted"] = "CorrectionAccepted"
    formulaire: str
    titre: str


class EvenementAwaited(Fact):
    type: Literal["EvenementAwaited"] = "EvenementAwaited"
    evenement: EvenementState


class EvenementReceived(Fact):
    type: Literal["EvenementReceived"] = "EvenementReceived"
    evenement: str
    titre: str
    etape: str
    de: str
    survenu_le: date | None = None
    avance: bool = False
    """It came before the étape that awaits it."""
    en_retard: bool = False
    """It came after its deadline had been played."""


class EvenementOverdue(Fact):
    type: Literal["EvenementOverdue"] = "EvenementOverdue"
    evenement: str
    etape: str
    message: str
    base: datetime
    suite: Literal["attendre", "continuer"]


class EvenementRescheduled(Fact):
    type: Literal["EvenementRescheduled"] = "EvenementRescheduled"
    evenement: str
    due_at: datetime | None
    base: datetime | None


class EvenementWaived(Fact):
    type: Literal["EvenementWaived"] = "EvenementWaived"
    evenement: str
    motif: str


class EtapeRecurred(Fact):
    """A recurring étape comes round again: it is entered anew at once."""

    type: Literal["EtapeRecurred"] = "EtapeRecurred"
    etape: str


class EtapeStatutSet(Fact):
    """A deadline that passed changes the status of the démarche during this visit."""

    type: Literal["EtapeStatutSet"] = "EtapeStatutSet"
    etape: str
    statut: str


class ClockStopped(Fact):
    """The client owes something: the firm's delays of this étape stop."""

    type: Literal["ClockStopped"] = "ClockStopped"
    etape: str


class ClockRestarted(Fact):
    type: Literal["ClockRestarted"] = "ClockRestarted"
    etape: str
    seconds: float


class TimerArmed(Fact):
    type: Literal["TimerArmed"] = "TimerArmed"
    timer: Timer


class TimerDisarmed(Fact):
    type: Literal["TimerDisarmed"] = "TimerDisarmed"
    key: str


class RelanceSent(Fact):
    type: Literal["RelanceSent"] = "RelanceSent"
    etape: str
    relance: str
    rank: int
    base: datetime
    destinataire: str
    canaux: tuple[str, ...] = ("courriel",)
    ligne: str | None = None
    ligne_nom: str | None = None
    palier: str | None = None
    palier_nom: str | None = None


class RelanceEscalated(Fact):
    type: Literal["RelanceEscalated"] = "RelanceEscalated"
    etape: str
    relance: str
    message: str
    ligne: str | None = None
    ligne_nom: str | None = None


class RelanceDemandeSent(Fact):
    """The client was reminded of what is asked before the dossier exists; `base`: instant of the question."""

    type: Literal["RelanceDemandeSent"] = "RelanceDemandeSent"
    rank: int
    base: datetime
    destinataire: str
    canaux: tuple[str, ...] = ("courriel",)


class RelanceDemandeEscalated(Fact):
    type: Literal["RelanceDemandeEscalated"] = "RelanceDemandeEscalated"
    message: str


class AlerteRaised(Fact):
    type: Literal["AlerteRaised"] = "AlerteRaised"
    etape: str
    alerte: str
    message: str
    base: datetime


class EtapeOverdue(Fact):
    type: Literal["EtapeOverdue"] = "EtapeOverdue"
    etape: str
    message: str
    base: datetime


class EffectRequested(Fact):
    """One row of the ledger. `params` says what to do, entirely: nothing is looked up in the modèle later."""

    type: Literal["EffectRequested"] = "EffectRequested"
    effect: EffectState
    params: dict[str, Any]


class EffectDone(Fact):
    type: Literal["EffectDone"] = "EffectDone"
    effect: str
    label: str


class EffectFailed(Fact):
    type: Literal["EffectFailed"] = "EffectFailed"
    effect: str
    label: str
    reason: str
    uncertain: bool = False


class EffectHeld(Fact):
    type: Literal["EffectHeld"] = "EffectHeld"
    effect: str


class EffectReleased(Fact):
    type: Literal["EffectReleased"] = "EffectReleased"
    effect: str


class EffectCancelled(Fact):
    type: Literal["EffectCancelled"] = "EffectCancelled"
    effect: str
    label: str


class DocumentRequested(Fact):
    type: Literal["DocumentRequested"] = "DocumentRequested"
    document: DocumentState


class DocumentProduced(Fact):
    type: Literal["DocumentProduced"] = "DocumentProduced"
    document: str
    file: FileRef


class DocumentFailed(Fact):
    type: Literal["DocumentFailed"] = "DocumentFailed"
    document: str
    reason: str


class DocumentOutdated(Fact):
    type: Literal["DocumentOutdated"] = "DocumentOutdated"
    document: str
    motif: str


class ParticipantInvited(Fact):
    type: Literal["ParticipantInvited"] = "ParticipantInvited"
    participant: ParticipantState


class LinkRenewed(Fact):
    """A mail to a participant carries a fresh single-use link; the one before, if unused, dies."""

    type: Literal["LinkRenewed"] = "LinkRenewed"
    participant: ParticipantState


class LinkRevoked(Fact):
    type: Literal["LinkRevoked"] = "LinkRevoked"
    participant: str
    link_id: str


class DemarcheSuspended(Fact):
    type: Literal["DemarcheSuspended"] = "DemarcheSuspended"
    motif: str


class DemarcheResumed(Fact):
    type: Literal["DemarcheResumed"] = "DemarcheResumed"
    suspended_seconds: float


class DemarcheCancelled(Fact):
    type: Literal["DemarcheCancelled"] = "DemarcheCancelled"
    motif: str


class DemarcheClosed(Fact):
    type: Literal["DemarcheClosed"] = "DemarcheClosed"


class MembreAssigned(Fact):
    type: Literal["MembreAssigned"] = "MembreAssigned"
    membre: Membre
    remplace: str | None = None
    """Name of the person who held the role before."""


class RenfortJoined(Fact):
    """`membre.libelle`: their role, on this démarche alone; of somebody already there, it changes that role."""

    type: Literal["RenfortJoined"] = "RenfortJoined"
    membre: Membre


class RenfortLeft(Fact):
    type: Literal["RenfortLeft"] = "RenfortLeft"
    membre: Membre


class PrioriteSet(Fact):
    type: Literal["PrioriteSet"] = "PrioriteSet"
    priorite: Literal["normale", "urgente"]


class PrixSet(Fact):
    type: Literal["PrixSet"] = "PrixSet"
    montant: int | None
    mention: Literal["HT", "TTC"]


class StatutChanged(Fact):
    type: Literal["StatutChanged"] = "StatutChanged"
    statut: str


class Noticed(Fact):
    """An entry of the notification centre (NOT-08) of each recipient (user ids)."""

    type: Literal["Noticed"] = "Noticed"
    to: tuple[str, ...]
    code: str
    message: str
    cible: str | None = None
    """What a click opens: `piece:cni`, `tache:…`; the démarche itself when absent."""


class HorlogeSet(Fact):
    type: Literal["HorlogeSet"] = "HorlogeSet"
    horloge: Horloge | None


class DemarcheMigrated(Fact):
    """The démarche follows another version of its modèle. Everything that moves is named here, where it arrives."""

    type: Literal["DemarcheMigrated"] = "DemarcheMigrated"
    depuis: str
    vers: str
    correspondance: dict[str, str | None] = {}
    formulaires: dict[str, str] = {}
    etapes: tuple[EtapeState, ...]
    """Those of the new version, in its order, as they stand."""
    retirees: tuple[EtapeState, ...] = ()
    """Those it does not have, kept for a return."""
    deplacees: dict[str, str] = {}
    """Former étape → étape, for what hangs on it: tâches, documents, effects, timers."""
    disparues: tuple[str, ...] = ()
    """Former étapes that lead nowhere: what is open in them belongs to no étape any more."""
    pieces: dict[str, str | None] = {}
    """Pièces that change étape."""
    enfants: dict[str, str] = {}
    """Child démarches whose étape changed name → that étape."""
    personnes: dict[str, str] = {}
    """Role or participant that the new version does not have → who takes over."""
    roles_retires: tuple[str, ...] = ()
    roles_repris: tuple[str, ...] = ()
    participants_retires: tuple[str, ...] = ()
    participants_repris: tuple[str, ...] = ()
    donnees_retirees: tuple[str, ...] = ()
    donnees_reprises: tuple[str, ...] = ()
    collections_retirees: tuple[str, ...] = ()
    collections_reprises: tuple[str, ...] = ()
    statuts_lignes: dict[str, dict[str, str | None]] = {}
    """Collection → status of its lines → status of the new version. « » stands for lines that had none."""
    documents_retires: tuple[str, ...] = ()
    """Documents that can no longer be made: no task asks for them any more."""
    resume: str = ""
    """What changes in the étapes, in words."""


class TacheRedefined(Fact):
    """An open task as the new version of the modèle describes it."""

    type: Literal["TacheRedefined"] = "TacheRedefined"
    tache: TacheState


class PieceRedefined(Fact):
    """A pièce not yet settled, as the new version of the modèle describes it."""

    type: Literal["PieceRedefined"] = "PieceRedefined"
    piece: PieceState


class EvenementRedefined(Fact):
    """An awaited event as the new version of the modèle describes it."""

    type: Literal["EvenementRedefined"] = "EvenementRedefined"
    evenement: EvenementState


class EnvoiRebased(Fact):
    """What went out for one instant stands for the instant that the new version computes: it does not go again."""

    type: Literal["EnvoiRebased"] = "EnvoiRebased"
    etape: str
    cle: str
    base: datetime


AnyFact = Annotated[
    DemarcheOpened
    | TitreChanged
    | DemandeTaken
    | DemandeValidated
    | DemandeRefused
    | DossierCreated
    | DonneesRecorded
    | DonneeChanged
    | EnfantRequested
    | EnfantCommanded
    | EnfantInstructed
    | EnfantReported
    | EnfantEnded
    | ParentTold
    | FactRecorded
    | LigneAdded
    | LigneChanged
    | LigneRemoved
    | LigneStatutChanged
    | LignesComputed
    | CalculsComputed
    | EtapeEntered
    | EtapeRescheduled
    | FormDone
    | EtapeCompleted
    | EtapeSkipped
    | EtapeAdjusted
    | PortailSet
    | EtapePlaced
    | EtapeWithdrawn
    | EtapeVoided
    | EtapeReset
    | SentBack
    | TacheCreated
    | TacheTicked
    | TacheStarted
    | TacheCompleted
    | TacheReopened
    | TacheCancelled
    | TacheAssigned
    | TacheRescheduled
    | TacheQualified
    | TacheMoved
    | TacheEdited
    | TacheFilesAdded
    | PieceRequested
    | PieceDeposited
    | PieceAcknowledged
    | PieceValidated
    | PieceRefused
    | PieceWaived
    | PieceReopened
    | PieceEdited
    | PiecesOrdered
    | PieceRescheduled
    | ActionRequested
    | ActionAnswered
    | ActionReopened
    | ActionCancelled
    | CorrectionRequested
    | CorrectionSent
    | CorrectionAccepted
    | EvenementAwaited
    | EvenementReceived
    | EvenementOverdue
    | EvenementRescheduled
    | EvenementWaived
    | EtapeRecurred
    | EtapeStatutSet
    | ClockStopped
    | ClockRestarted
    | TimerArmed
    | TimerDisarmed
    | RelanceSent
    | RelanceEscalated
    | RelanceDemandeSent
    | RelanceDemandeEscalated
    | AlerteRaised
    | EtapeOverdue
    | EffectRequested
    | EffectDone
    | EffectFailed
    | EffectHeld
    | EffectReleased
    | EffectCancelled
    | DocumentRequested
    | DocumentProduced
    | DocumentFailed
    | DocumentOutdated
    | ParticipantInvited
    | LinkRenewed
    | LinkRevoked
    | DemarcheSuspended
    | DemarcheResumed
    | DemarcheCancelled
    | DemarcheClosed
    | MembreAssigned
    | RenfortJoined
    | RenfortLeft
    | PrioriteSet
    | PrixSet
    | StatutChanged
    | Noticed
    | HorlogeSet
    | DemarcheMigrated
    | TacheRedefined
    | PieceRedefined
    | EvenementRedefined
    | EnvoiRebased,
    Field(discriminator="type"),
]


class Event(Frozen):
    """One line of the journal. `audience`: who may read it besides staff: `client`, or participants' keys."""

    seq: int
    command_id: str
    at: datetime
    actor: Actor
    audience: tuple[str, ...] = ()
    fact: AnyFact


EVENTS: TypeAdapter[list[Event]] = TypeAdapter(list[Event])
