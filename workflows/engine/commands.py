"""Commands: what someone wants. `decide` answers with events, or with a refusal that leaves the state untouched."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from workflows.engine.state import (
    Actor,
    FileRef,
    Frozen,
    Horloge,
    Membre,
    ParentRef,
    Phase,
    Placement,
    Rapport,
    StatutLibre,
)

Motif = Annotated[str, Field(min_length=1, max_length=2000)]
Texte = Annotated[str, Field(min_length=1, max_length=5000)]


class Command(Frozen):
    id: str
    """Idempotency key: the same id is applied once."""
    actor: Actor
    ip: Annotated[str, Field(max_length=45)] | None = None
    """Where a person sent it from: recorded with the command, and no rule reads it (SEC-18)."""


class OpenDemarche(Command):
    type: Literal["OpenDemarche"] = "OpenDemarche"
    client_id: str
    client_nom: str
    client_type: str
    reference: str
    phase: Phase
    equipe: tuple[Membre, ...]
    donnees: dict[str, dict[str, Any]] = Field(default={})
    horloge: Horloge | None = None
    parent: ParentRef | None = None


class TakeDemande(Command):
    type: Literal["TakeDemande"] = "TakeDemande"


class RequestInformation(Command):
    """« En attente d'informations complémentaires » (DEM-07)."""

    type: Literal["RequestInformation"] = "RequestInformation"
    message: Texte
    due_at: datetime | None = None


class ValidateDemande(Command):
    type: Literal["ValidateDemande"] = "ValidateDemande"
    prix: int | None = None


class RefuseDemande(Command):
    type: Literal["RefuseDemande"] = "RefuseDemande"
    motif: Motif


class SubmitForm(Command):
    type: Literal["SubmitForm"] = "SubmitForm"
    formulaire: str
    donnees: dict[str, Any]
    etape: str | None = None
    visit: int | None = None
    message: Annotated[str, Field(max_length=2000)] = ""
    """A word to the firm, with a correction."""


class Marque(Frozen):
    """A field at fault, a part of a group or an item of a list (« enfants/1/prenom »), and why."""

    champ: Annotated[str, Field(min_length=1, max_length=200)]
    etat: Literal["incorrect", "incomplet"]
    mot: Motif


class RequestCorrection(Command):
    """Send a form back to whoever filled it, its faulty fields marked."""

    type: Literal["RequestCorrection"] = "RequestCorrection"
    formulaire: str
    champs: Annotated[tuple[Marque, ...], Field(min_length=1, max_length=100)]
    message: Annotated[str, Field(max_length=2000)] = ""
    due_at: datetime | None = None
    tour: int | None = None
    """Round looked at, when what came back is marked again."""


class AcceptCorrection(Command):
    type: Literal["AcceptCorrection"] = "AcceptCorrection"
    formulaire: str
    tour: int | None = None
    """Round looked at: a later one makes the decision stale."""


class ChangeDonnee(Command):
    """Change a key date (the hire date) of a running démarche."""

    type: Literal["ChangeDonnee"] = "ChangeDonnee"
    champ: str
    valeur: Any
    motif: Motif


class AddLigne(Command):
    type: Literal["AddLigne"] = "AddLigne"
    collection: str
    donnees: dict[str, Any]
    ligne: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    """Id of the line; derived from the command when absent."""


class AddLignes(Command):
    """Several lines at once, pasted or laid out: all of them, or none."""

    type: Literal["AddLignes"] = "AddLignes"
    collection: str
    lignes: Annotated[tuple[dict[str, Any], ...], Field(min_length=1, max_length=200)]
    remplace: bool = False
    """They take the place of the lines there; of a plan of reminders, the steps already gone stay."""


class ChangeLigne(Command):
    type: Literal["ChangeLigne"] = "ChangeLigne"
    collection: str
    ligne: str
    donnees: dict[str, Any]
    version: int | None = None
    """Version looked at: a newer one makes the change stale."""


class SetLigneStatut(Command):
    type: Literal["SetLigneStatut"] = "SetLigneStatut"
    collection: str
    ligne: str
    statut: str
    motif: Motif | None = None
    version: int | None = None


class RemoveLigne(Command):
    type: Literal["RemoveLigne"] = "RemoveLigne"
    collection: str
    ligne: str
    motif: Motif


class AddTache(Command):
    type: Literal["AddTache"] = "AddTache"
    titre: Annotated[str, Field(min_length=1, max_length=200)]
    pour: str | None = None
    user_id: str | None = None
    description: str | None = None
    checklist: tuple[str, ...] = ()
    due_at: datetime | None = None
    priorite: Literal["normale", "urgente"] = "normale"
    facturable: bool = False
    obligatoire: bool = False
    etape: str | None = None
    """An étape under way; the first one when absent."""


class StartTache(Command):
    type: Literal["StartTache"] = "StartTache"
    tache: str


class MoveTache(Command):
    type: Literal["MoveTache"] = "MoveTache"
    tache: str
    statut: StatutLibre
    colonne: Annotated[str | None, Field(max_length=60)] = None
    """A column of the firm's own, among those of this status; its name then says where the task went."""
    colonne_nom: Annotated[str | None, Field(max_length=40)] = None


class EditTache(Command):
    """What is absent stays as it is."""

    type: Literal["EditTache"] = "EditTache"
    tache: str
    titre: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    description: Annotated[str | None, Field(max_length=5000)] = None
    priorite: Literal["normale", "urgente"] | None = None
    facturable: bool | None = None
    start_at: datetime | None = None
    sans_debut: bool = False
    """No date to begin any more."""


class AttachTache(Command):
    type: Literal["AttachTache"] = "AttachTache"
    tache: str
    files: Annotated[tuple[FileRef, ...], Field(min_length=1, max_length=50)]


class TickTache(Command):
    type: Literal["TickTache"] = "TickTache"
    tache: str
    item: int
    fait: bool


class CompleteTache(Command):
    type: Literal["CompleteTache"] = "CompleteTache"
    tache: str
    visit: int | None = None


class ReopenTache(Command):
    type: Literal["ReopenTache"] = "ReopenTache"
    tache: str
    motif: Motif


class CancelTache(Command):
    type: Literal["CancelTache"] = "CancelTache"
    tache: str
    motif: Motif


class QualifyTache(Command):
    type: Literal["QualifyTache"] = "QualifyTache"
    tache: str
    priorite: Literal["normale", "urgente"] = "normale"
    pour: str | None = None
    due_at: datetime | None = None


class AssignTache(Command):
    type: Literal["AssignTache"] = "AssignTache"
    tache: str
    pour: str
    user_id: str | None = None


class RescheduleTache(Command):
    type: Literal["RescheduleTache"] = "RescheduleTache"
    tache: str
    due_at: datetime


class DepositPiece(Command):
    """`visit`: that of the pièce's étape for which the deposit was made, when it is sent long after."""

    type: Literal["DepositPiece"] = "DepositPiece"
    piece: str
    visit: int | None = None
    files: Annotated[tuple[FileRef, ...], Field(min_length=1, max_length=50)]


class AcknowledgePiece(Command):
    type: Literal["AcknowledgePiece"] = "AcknowledgePiece"
    piece: str


class ValidatePiece(Command):
    type: Literal["ValidatePiece"] = "ValidatePiece"
    piece: str
    version: int | None = None
    """Number of the version looked at, from 1: a newer deposit makes the decision stale."""
    label: Literal["valide", "pris_en_compte"] = "valide"


class RefusePiece(Command):
    type: Literal["RefusePiece"] = "RefusePiece"
    piece: str
    motif: Motif
    version: int | None = None


class WaivePiece(Command):
    type: Literal["WaivePiece"] = "WaivePiece"
    piece: str
    motif: Motif


class AddPiece(Command):
    type: Literal["AddPiece"] = "AddPiece"
    titre: Annotated[str, Field(min_length=1, max_length=200)]
    de: str
    description: str | None = None
    categorie: str | None = None
    obligatoire: bool = True
    due_at: datetime | None = None
    etape: str | None = None
    """An étape under way; the first one when absent."""


class EditPiece(Command):
    """Name a pièce otherwise, for this démarche alone (MOD-13)."""

    type: Literal["EditPiece"] = "EditPiece"
    piece: str
    titre: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str | None, Field(max_length=2000)] = None


class MovePiece(Command):
    """Put a pièce after another one of its list, or first, for this démarche alone (MOD-13)."""

    type: Literal["MovePiece"] = "MovePiece"
    piece: str
    apres: str | None = None


class OfferPiece(Command):
    """A document that the client brings of their own accord."""

    type: Literal["OfferPiece"] = "OfferPiece"
    titre: Annotated[str, Field(min_length=1, max_length=200)]
    files: Annotated[tuple[FileRef, ...], Field(min_length=1, max_length=20)]


class PieceVoulue(Frozen):
    """A pièce that an action client asks for."""

    titre: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str | None, Field(max_length=2000)] = None


class RequestAction(Command):
    type: Literal["RequestAction"] = "RequestAction"
    nature: Literal["commentaire", "note", "validation", "documents"]
    message: Texte
    a: str
    due_at: datetime | None = None
    pieces: Annotated[tuple[PieceVoulue, ...], Field(max_length=30)] = ()
    """ACT-09: asked for one by one, each deposited then validated or refused; together they are the answer."""


class WriteCourriel(Command):
    """Send a mail written by hand."""

    type: Literal["WriteCourriel"] = "WriteCourriel"
    a: str
    objet: Annotated[str, Field(min_length=1, max_length=200)]
    texte: Texte


class WriteSms(Command):
    """Send an SMS written by hand."""

    type: Literal["WriteSms"] = "WriteSms"
    a: str
    texte: Annotated[str, Field(min_length=1, max_length=600)]


class AnswerAction(Command):
    type: Literal["AnswerAction"] = "AnswerAction"
    action: str
    message: Annotated[str, Field(max_length=5000)] = ""
    files: tuple[FileRef, ...] = ()


class CancelAction(Command):
    type: Literal["CancelAction"] = "CancelAction"
    action: str
    motif: Motif


class RecordEvenement(Command):
    """Something the démarche awaits has happened outside: told by a person, a webhook or a relay."""

    type: Literal["RecordEvenement"] = "RecordEvenement"
    evenement: str
    donnees: dict[str, Any] | None = None
    survenu_le: date | None = None
    """Day on which it happened; today when absent."""


class CallService(Command):
    """Ask again, or for the first time, the service that an awaited event comes from."""

    type: Literal["CallService"] = "CallService"
    evenement: str


class GenerateDocument(Command):
    type: Literal["GenerateDocument"] = "GenerateDocument"
    document: str
    ligne: str | None = None
    """Of a document made for each line: this one only; all of them when absent."""
    choix: dict[str, Any] = {}
    """Answers for this file only, to the form of the modèle's « choix_envoi »."""


class ValidateEtape(Command):
    type: Literal["ValidateEtape"] = "ValidateEtape"
    etape: str
    visit: int | None = None


class SkipEtape(Command):
    type: Literal["SkipEtape"] = "SkipEtape"
    etape: str
    motif: Motif
    visit: int | None = None


class AdjustEtape(Command):
    """Set an étape otherwise than its modèle, for this démarche alone (MOD-13). None: as the modèle says."""

    type: Literal["AdjustEtape"] = "AdjustEtape"
    etape: str
    titre: Annotated[str, Field(min_length=1, max_length=150)] | None = None
    visible: bool | None = None
    due_at: AwareDatetime | None = None


class SetPortail(Command):
    """« Visible sur le portail client », for this démarche alone (MOD-13)."""

    type: Literal["SetPortail"] = "SetPortail"
    visible: bool


class AddEtape(Command):
    """One more étape, for this démarche alone (MOD-13)."""

    type: Literal["AddEtape"] = "AddEtape"
    titre: Annotated[str, Field(min_length=1, max_length=150)]
    description: Annotated[str | None, Field(max_length=500)] = None
    responsable: str | None = None
    """A role of the firm."""
    apres: str | None = None
    """Étape, or parallel block, that it comes after; it comes first when absent."""


class MoveEtape(Command):
    """An étape not begun takes another place, for this démarche alone (MOD-13)."""

    type: Literal["MoveEtape"] = "MoveEtape"
    etape: str
    apres: str | None = None


class RemoveEtape(Command):
    """Take away an étape that was added here and is not begun."""

    type: Literal["RemoveEtape"] = "RemoveEtape"
    etape: str


class SendBack(Command):
    type: Literal["SendBack"] = "SendBack"
    etape: str
    motif: Motif


class Suspend(Command):
    type: Literal["Suspend"] = "Suspend"
    motif: Motif


class Resume(Command):
    type: Literal["Resume"] = "Resume"


class Cancel(Command):
    type: Literal["Cancel"] = "Cancel"
    motif: Motif


class Reassign(Command):
    type: Literal["Reassign"] = "Reassign"
    membre: Membre
    remplace: str | None = None
    """Only if this user still holds the role."""


class AddRenfort(Command):
    """EQP-04: one more person of the firm, with a role of their own on this démarche."""

    type: Literal["AddRenfort"] = "AddRenfort"
    user_id: str
    nom: str
    libelle: Annotated[str, Field(min_length=1, max_length=60)]


class RemoveRenfort(Command):
    type: Literal["RemoveRenfort"] = "RemoveRenfort"
    user_id: str


class SetPriorite(Command):
    """DEM-09: what goes before the rest in the firm's queue."""

    type: Literal["SetPriorite"] = "SetPriorite"
    priorite: Literal["normale", "urgente"]


class SetPrix(Command):
    type: Literal["SetPrix"] = "SetPrix"
    montant: Annotated[int, Field(ge=0, le=100_000_000)] | None
    mention: Literal["HT", "TTC"] = "HT"


class RequestSignature(Command):
    """Have a document that is ready signed online. `document`: its id."""

    type: Literal["RequestSignature"] = "RequestSignature"
    document: str


class InviteParticipant(Command):
    """Send a fresh link; the former one is revoked."""

    type: Literal["InviteParticipant"] = "InviteParticipant"
    participant: str
    courriel: str | None = None


class RevokeLink(Command):
    type: Literal["RevokeLink"] = "RevokeLink"
    participant: str


class Tick(Command):
    """The workflow woke up: play what is due."""

    type: Literal["Tick"] = "Tick"


class ReportEffect(Command):
    """The outcome of a row of the ledger."""

    type: Literal["ReportEffect"] = "ReportEffect"
    effect: str
    outcome: Literal["done", "failed", "uncertain"]
    reason: str = ""
    file: FileRef | None = None
    donnees: dict[str, Any] | None = None
    """What a service answered."""


class RecordFact(Command):
    """Something happened to a business record that matters to this démarche."""

    type: Literal["RecordFact"] = "RecordFact"
    fait: str
    """Its kind, as the modèle names it."""
    donnees: dict[str, Any]
    files: tuple[FileRef, ...] = ()
    """What comes with it: the signed copy."""


class ReportEnfant(Command):
    """A child démarche has changed."""

    type: Literal["ReportEnfant"] = "ReportEnfant"
    enfant: str
    rapport: Rapport


class SetHorloge(Command):
    type: Literal["SetHorloge"] = "SetHorloge"
    horloge: Horloge | None


class MigrateDemarche(Command):
    """Follow another version of the modèle."""

    type: Literal["MigrateDemarche"] = "MigrateDemarche"
    vers: Annotated[str, Field(min_length=64, max_length=64)]
    """Hash of the version to follow from now on."""
    depuis: str | None = None
    """Hash of the version that the one who asks believes it follows: another one refuses the command."""
    correspondance: Annotated[dict[str, str | None], Field(max_length=200)] = {}
    formulaires: Annotated[dict[str, str], Field(max_length=100)] = {}
    rattraper: tuple[str, ...] = ()
    """As in `Placement`, for the démarche itself."""
    enfants: Annotated[dict[str, Placement], Field(max_length=50)] = {}
    """Child modèle → how its open démarches pass to the version that goes with this one; theirs too."""
    retour: bool = False
    """Undoes the last migration: its correspondences, the other way round, complete those given here."""


AnyCommand = Annotated[
    OpenDemarche
    | TakeDemande
    | RequestInformation
    | ValidateDemande
    | RefuseDemande
    | SubmitForm
    | RequestCorrection
    | AcceptCorrection
    | ChangeDonnee
    | AddLigne
    | AddLignes
    | ChangeLigne
    | SetLigneStatut
    | RemoveLigne
    | AddTache
    | StartTache
    | MoveTache
    | EditTache
    | AttachTache
    | TickTache
    | CompleteTache
    | ReopenTache
    | CancelTache
    | QualifyTache
    | AssignTache
    | RescheduleTache
    | DepositPiece
    | AcknowledgePiece
    | ValidatePiece
    | RefusePiece
    | WaivePiece
    | AddPiece
    | EditPiece
    | MovePiece
    | OfferPiece
    | RequestAction
    | WriteCourriel
    | WriteSms
    | AnswerAction
    | CancelAction
    | RecordEvenement
    | CallService
    | GenerateDocument
    | RequestSignature
    | ValidateEtape
    | SkipEtape
    | AdjustEtape
    | SetPortail
    | AddEtape
    | MoveEtape
    | RemoveEtape
    | SendBack
    | Suspend
    | Resume
    | Cancel
    | Reassign
    | AddRenfort
    | RemoveRenfort
    | SetPriorite
    | SetPrix
    | InviteParticipant
    | RevokeLink
    | Tick
    | ReportEffect
    | RecordFact
    | ReportEnfant
    | SetHorloge
    | MigrateDemarche,
    Field(discriminator="type"),
]

COMMAND: TypeAdapter[Any] = TypeAdapter(AnyCommand)


class Refusal(Exception):
    """A refused command: a stable code, a French detail, and the fields at fault (pointer, detail)."""

    def __init__(self, code: str, detail: str, errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = errors


def off_portal(what: str) -> Refusal:
    """Refusal of what concerns a client who does not see the démarche (MOD-08). `what`: « lui écrire »."""
    return Refusal(
        "demarche_hors_portail",
        f"Cette démarche n'est pas sur le portail du client : montrez-la-lui avant de {what}.",
    )


class EngineError(RuntimeError):
    """The engine would break one of its own invariants: an alarm, never an expected answer."""
