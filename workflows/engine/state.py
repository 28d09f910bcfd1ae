"""State of a démarche: plain data, folded from events by `evolve`, stored whole (encrypted) in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ActorKind = Literal["staff", "client", "participant", "system"]
Phase = Literal["demande", "dossier"]
Cycle = Literal["ouverte", "suspendue", "terminee", "annulee", "refusee"]
StatutLibre = Literal["a_faire", "en_cours", "attente_validation"]
"""Of a task: those between which it moves freely."""


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mutable(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=False)


class Actor(Frozen):
    """Who acts. `role`: the staff role, `client`, the participant's key, or `system`."""

    kind: ActorKind
    id: str
    name: str
    role: str


SYSTEM = Actor(kind="system", id="system", name="eLaska", role="system")


class Horloge(Frozen):
    """A clock one can move (demo and tests only): virtual time runs from `virtual`, `factor` times as fast as real."""

    virtual: datetime
    real: datetime
    factor: Annotated[float, Field(gt=0)] = 1.0

    def at(self, real: datetime) -> datetime:
        """Virtual instant shown when the real clock shows `real`."""
        return self.virtual + (real - self.real) * self.factor

    def real_at(self, virtual: datetime) -> datetime:
        """Real instant at which this clock shows `virtual`."""
        return self.real + (virtual - self.virtual) / self.factor

    def wait(self, until: datetime, real: datetime) -> timedelta:
        """Real duration before the virtual clock shows `until`; zero when it is past."""
        return max(self.real_at(until) - real, timedelta(0))


class Membre(Frozen):
    """A person of the team (EQP-03, EQP-04): staff, or the client's manager."""

    role: str
    user_id: str
    nom: str
    libelle: str


RENFORT = "renfort"
"""Role of whoever joins the team beyond those of the modèle: what they do there is in `libelle`."""


class FileRef(Frozen):
    id: str
    nom: str
    type: str
    taille: int


class EtapeState(Mutable):
    cle: str
    titre: str
    statut: Literal["a_faire", "en_cours", "valide", "passee", "sans_objet"] = "a_faire"
    visit: int = 0
    entered_at: datetime | None = None
    due_at: datetime | None = None
    completed_at: datetime | None = None
    completed_by: str | None = None
    motif: str | None = None
    forms_done: list[str] = []
    shift: float = 0.0
    """Seconds of suspension since the étape was entered: its delays are counted without them."""
    sent: dict[str, Sent] = {}
    """Reminders and alarms already gone out during this visit."""
    statut_force: str | None = None
    """Status given to the démarche during this visit by a deadline that passed."""
    stopped_at: datetime | None = None
    """Since when the clock of the firm stands still because the client owes something."""
    stopped: float = 0.0
    """Seconds for which it stood still during this visit."""
    first_at: datetime | None = None
    """When a recurring étape that came round again was first entered: its returns are counted from there."""


class ReglageEtape(Frozen):
    """What the firm set of an étape for this démarche alone (MOD-13); None: as the modèle says."""

    titre: str | None = None
    visible: bool | None = None
    """Shown on the client's portal."""
    due_at: datetime | None = None


class EtapeAjoutee(Frozen):
    """An étape that the firm added to this démarche alone (MOD-13): a person says when it is over."""

    titre: str
    description: str | None = None
    """One sentence for the client."""
    responsable: str | None = None


class PlaceEtape(Frozen):
    """Where an étape stands in this démarche, otherwise than in its modèle (MOD-13)."""

    etape: str
    apres: tuple[str, ...] = ()
    """What it comes after, nearest first: another version may not have them all. Empty: it comes first."""
    avant: tuple[str, ...] = ()
    """What came after it, nearest first: its place when nothing of `apres` is left."""
    ajoutee: EtapeAjoutee | None = None
    """Absent: an étape already there, moved."""

    def renamed(self, names: Mapping[str, str]) -> PlaceEtape:
        """The same in a version of the modèle that has other names for its étapes."""
        apres, avant = (tuple(names.get(cle, cle) for cle in some) for some in (self.apres, self.avant))
        etape = names.get(self.etape, self.etape)
        return self.model_copy(update={"etape": etape, "apres": apres, "avant": avant})


class Sent(Frozen):
    count: int
    last_at: datetime
    base: datetime
    escalated: bool = False


def sent_key(relance: str, ligne: str | None, palier: str | None = None) -> str:
    """Under which name an étape remembers a reminder: one for each line, when it is about lines, and for each step of
    the plan that it follows."""
    return "/".join(part for part in (relance, ligne, palier) if part is not None)


class ChecklistItem(Frozen):
    libelle: str
    fait: bool = False
    par: str | None = None
    at: datetime | None = None


class TacheState(Mutable):
    id: str
    titre: str
    pour: str
    cle: str | None = None
    """Key in the modèle; absent for a task added by hand."""
    etape: str | None = None
    visit: int = 0
    description: str | None = None
    assignee: Membre | None = None
    statut: Literal["suggere_client", "a_faire", "en_cours", "attente_validation", "termine", "annulee"] = (
        "a_faire"
    )
    colonne: str | None = None
    """Column of the firm's own board where it was put; it counts as long as it is one of its status."""
    checklist: list[ChecklistItem] = []
    due_at: datetime | None = None
    due_by_hand: bool = False
    start_at: datetime | None = None
    """When it is meant to begin, said by hand."""
    fichiers: tuple[FileRef, ...] = ()
    """What was joined to it, oldest first."""
    priorite: Literal["normale", "urgente"] = "normale"
    facturable: bool = False
    obligatoire: bool = True
    document: str | None = None
    visible_client: bool = False
    created_at: datetime
    completed_at: datetime | None = None
    completed_by: str | None = None
    motif: str | None = None

    @property
    def open(self) -> bool:
        return self.statut not in ("termine", "annulee")


class PieceVersion(Frozen):
    files: tuple[FileRef, ...]
    at: datetime
    par: str
    statut: Literal["attente_validation", "recu", "valide", "pris_en_compte", "refuse"] = "attente_validation"
    motif: str | None = None


class PieceState(Mutable):
    id: str
    titre: str
    de: str
    etape: str | None = None
    description: str | None = None
    categorie: str | None = None
    formats: tuple[str, ...] = ("pdf", "jpg", "png")
    taille_max_mo: int = 10
    obligatoire: bool = True
    libre: bool = False
    """Brought by the client of their own accord: nobody asked for it."""
    action: str | None = None
    """Id of the action client that asks for it (ACT-09): deposited with the others, it is the answer."""
    statut: Literal[
        "manquant", "attente_validation", "recu", "valide", "pris_en_compte", "refuse", "sans_objet"
    ] = "manquant"
    due_at: datetime | None = None
    controles: tuple[str, ...] = ()
    etiquette: str | None = None
    versions: list[PieceVersion] = []
    motif: str | None = None
    requested_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None

    @property
    def awaited(self) -> bool:
        """The provider still owes something."""
        return self.statut in ("manquant", "refuse")

    @property
    def owed(self) -> bool:
        """Worth a reminder: one that nobody has to provide is only asked for again once it was refused."""
        return self.awaited and (self.obligatoire or self.statut == "refuse")

    @property
    def to_check(self) -> bool:
        """The firm still has to decide."""
        return self.statut in ("attente_validation", "recu")

    @property
    def settled(self) -> bool:
        return self.statut in ("valide", "pris_en_compte", "sans_objet")


class ActionState(Mutable):
    """ACT: something the firm asks of the client at any moment."""

    id: str
    nature: Literal["commentaire", "note", "validation", "documents", "information", "correction"]
    message: str
    a: str
    statut: Literal["attente_client", "termine", "annulee"] = "attente_client"
    due_at: datetime | None = None
    requested_at: datetime
    requested_by: str
    cle: str | None = None
    """Key in the modèle; absent for one asked by hand."""
    etape: str | None = None
    visit: int = 0
    obligatoire: bool = False
    """Its étape does not end without the answer."""
    reponse: str | None = None
    files: tuple[FileRef, ...] = ()
    answered_at: datetime | None = None
    answered_by: str | None = None
    formulaire: str | None = None
    """Form to be corrected, when that is what is asked."""


class ChampMarque(Frozen):
    """A field of a form that was sent, marked by the firm, with a word for whoever filled it."""

    champ: str
    libelle: str
    etat: Literal["incorrect", "incomplet"]
    mot: str


class Changement(Frozen):
    """A field before and after a correction; None stands for no answer."""

    champ: str
    libelle: str
    avant: Any = None
    apres: Any = None


class CorrectionState(Mutable):
    """A form sent back to whoever filled it, until the firm accepts what comes back."""

    formulaire: str
    titre: str
    tour: int = 1
    """Grows each time the form is sent back: a decision on an earlier round is stale."""
    a: str
    action: str
    """Id of the action client that asks for it."""
    etape: str | None = None
    """Étape under way when it was asked, which does not end before it is accepted."""
    statut: Literal["a_corriger", "a_verifier", "acceptee", "annulee"] = "a_corriger"
    champs: tuple[ChampMarque, ...]
    message: str = ""
    requested_at: datetime
    requested_by: str
    due_at: datetime | None = None
    changements: tuple[Changement, ...] = ()
    reponse: str = ""
    sent_at: datetime | None = None
    sent_by: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None

    @property
    def open(self) -> bool:
        return self.statut in ("a_corriger", "a_verifier")


class EvenementState(Mutable):
    """An outside event that the démarche awaits, or that came before it was awaited."""

    cle: str
    titre: str
    de: str
    etape: str
    visit: int = 0
    """Visit of the étape that awaits it; 0 when it came first."""
    statut: Literal["attendu", "recu", "echu", "annule"] = "attendu"
    obligatoire: bool = True
    visible_client: bool = True
    description: str | None = None
    due_at: datetime | None = None
    base: datetime | None = None
    """Deadline as the modèle counts it, without suspensions: it is played once for each."""
    passed: datetime | None = None
    """The `base` for which the deadline was already played."""
    asked_from: datetime | None = None
    """Of a service asked again after its deadline: from when the next one is counted, as an entry would be."""
    awaited_at: datetime | None = None
    received_at: datetime | None = None
    survenu_le: date | None = None
    """Day on which it happened, when it is not the day it was recorded."""
    par: str | None = None

    @property
    def awaited(self) -> bool:
        return self.statut == "attendu"


class DocumentState(Mutable):
    id: str
    cle: str
    titre: str
    statut: Literal["en_preparation", "disponible", "echec"] = "en_preparation"
    perime: str | None = None
    """Why it no longer reflects the démarche: kept, but must be made again."""
    file: FileRef | None = None
    etape: str | None = None
    etiquette: str | None = None
    final: bool = False
    visible: tuple[str, ...] = ()
    ligne: str | None = None
    """Line of a collection that it is about."""
    requested_at: datetime
    produced_at: datetime | None = None
    par: str


class ParticipantState(Mutable):
    cle: str
    nom: str
    email: str
    telephone: str | None = None
    link_id: str
    invited_at: datetime
    expires_at: datetime
    revoked: bool = False


class LigneState(Mutable):
    """A line of a collection. `calcule`: its computed columns, those whose data is known."""

    id: str
    nom: str = ""
    donnees: dict[str, Any]
    statut: str | None = None
    motif: str | None = None
    """What was said with its status."""
    version: int = 1
    """Grows with each change of its data or status: a stale screen cannot overwrite a newer one."""
    calcule: dict[str, Any] = {}
    added_at: datetime
    added_by: str


Ordre = Literal["suspendre", "reprendre", "annuler"]


class ParentRef(Frozen):
    """Which démarche opened this one, and for which of its lines."""

    demarche_id: str
    noeud: str
    visit: int
    ligne: str


class Attente(Frozen):
    """Who a démarche awaits, and since when."""

    cote: Literal["cabinet", "client", "tiers"]
    nom: str
    depuis: datetime


class Rapport(Frozen):
    """What a parent reads of a child. `seq`: number of the child's event that told it; an older one is left out."""

    seq: int
    titre: str
    statut: str
    statut_libelle: str | None = None
    couleur: str | None = None
    cycle: Cycle
    progression: int
    sorties: dict[str, Any] = {}
    attente: Attente | None = None
    """Whose turn it is there; None for nobody's."""
    motif: str | None = None
    """Why it could not open."""
    au_portail: bool = True
    """It is on the client's portal: its parent tells the client nothing of one that is not (MOD-08)."""


class EnfantState(Mutable):
    """A child démarche as its parent knows it."""

    demarche_id: str
    noeud: str
    visit: int
    ligne: str
    modele: str
    reference: str
    titre: str
    statut: str = "en_cours"
    statut_libelle: str | None = None
    couleur: str | None = None
    cycle: Cycle = "ouverte"
    progression: int = 0
    sorties: dict[str, Any] = {}
    attente: Attente | None = None
    motif: str | None = None
    au_portail: bool = True
    seq: int = 0
    """Number of its last report."""
    ordre: Ordre | None = None
    """Last order given to it."""

    @property
    def id(self) -> str:
        return self.demarche_id


class Timer(Frozen):
    key: str
    kind: Literal["relance", "escalade", "alerte", "echeance", "attente", "evenement", "recurrence"]
    at: datetime
    etape: str
    """Empty for the reminders of a demande, which has no étape yet."""
    visit: int
    cle: str
    base: datetime
    ligne: str | None = None
    """Line of a collection that the reminder is about."""
    palier: str | None = None
    """Step of the plan of reminders at which it goes."""


class EffectState(Mutable):
    id: str
    kind: Literal["courriel", "document", "sms", "appel", "signature"]
    label: str
    etape: str | None = None
    document: str | None = None
    """Id of the document that it makes."""
    evenement: str | None = None
    """Awaited event that its answer is."""
    held: bool = False
    lecteurs: tuple[str, ...] | None = None
    """Who, besides the firm, reads that a message left; the client when it is not said."""


MESSAGES = ("courriel", "sms")
"""Effects that write to someone: they wait during a suspension, and are given up with their étape."""


class Placement(Frozen):
    """How the démarches of a modèle pass to another version of it."""

    correspondance: Annotated[dict[str, str | None], Field(max_length=200)] = {}
    """Étape of the present version → étape of the other; null: given up, with what is open in it."""
    formulaires: Annotated[dict[str, str], Field(max_length=100)] = {}
    """Namespace of the present version → namespace of the other, for a form that changed name."""
    rattraper: Annotated[tuple[str, ...], Field(max_length=200)] = ()
    """Étapes new in the other version, placed before where the démarche stands, that it must do all the same."""


class Migration(Frozen):
    """A passage from one version of the modèle to another, as it was asked for: what a return needs."""

    depuis: str
    vers: str
    at: datetime
    correspondance: dict[str, str | None] = {}
    formulaires: dict[str, str] = {}


class Retires(Mutable):
    """What the present version of the modèle no longer knows. Kept whole: never dropped, and there for a return."""

    etapes: dict[str, EtapeState] = {}
    donnees: dict[str, dict[str, Any]] = {}
    participants: dict[str, ParticipantState] = {}
    collections: dict[str, dict[str, LigneState]] = {}
    equipe: list[Membre] = []


class DemarcheState(Mutable):
    """Everything the engine knows of one démarche."""

    format: int = FORMAT
    demarche_id: str
    client_id: str = ""
    client_nom: str = ""
    reference: str = ""
    titre: str = ""
    modele: str = ""
    modele_sha: str = ""
    seq: int = 0
    phase: Phase = "dossier"
    cycle: Cycle = "ouverte"
    statut: str = "en_cours"
    motif: str | None = None
    opened_at: datetime = EPOCH
    dossier_at: datetime | None = None
    closed_at: datetime | None = None
    suspended_at: datetime | None = None
    resumed_at: datetime | None = None
    """End of the last suspension of the demande: its reminders are counted from there."""
    rappel: Sent | None = None
    """Reminders of the demande already gone out; `base`: the question they are counted from."""
    shift: float = 0.0
    donnees: dict[str, dict[str, Any]] = {}
    calculs: dict[str, Any] = {}
    priorite: Literal["normale", "urgente"] = "normale"
    prix: int | None = None
    prix_mention: Literal["HT", "TTC"] = "HT"
    horloge: Horloge | None = None
    equipe: list[Membre] = []
    renforts: list[Membre] = []
    """More people of the firm, each with a role of their own on this démarche alone, which the modèle does not know."""
    etapes: dict[str, EtapeState] = {}
    au_portail: bool | None = None
    """On the client's portal, said for this démarche alone (MOD-13); None: as the modèle says."""
    reglages: dict[str, ReglageEtape] = {}
    places: tuple[PlaceEtape, ...] = ()
    """Étapes added or moved for this démarche alone, in the order in which it was done."""
    taches: dict[str, TacheState] = {}
    pieces: dict[str, PieceState] = {}
    actions: dict[str, ActionState] = {}
    corrections: dict[str, CorrectionState] = {}
    """The latest of each form."""
    evenements: dict[str, EvenementState] = {}
    documents: dict[str, DocumentState] = {}
    collections: dict[str, dict[str, LigneState]] = {}
    enfants: dict[str, EnfantState] = {}
    parent: ParentRef | None = None
    rapport: Rapport | None = None
    """What the parent was told last."""
    participants: dict[str, ParticipantState] = {}
    timers: dict[str, Timer] = {}
    effets: dict[str, EffectState] = {}
    retires: Retires = Retires()
    migrations: tuple[Migration, ...] = ()

    @property
    def open(self) -> bool:
        return self.cycle in ("ouverte", "suspendue")

    @property
    def active(self) -> list[EtapeState]:
        return [etape for etape in self.etapes.values() if etape.statut == "en_cours"]

    def holder(self, role: str) -> Membre | None:
        """First team member who holds a role."""
        return next((member for member in self.equipe if member.role == role), None)

    def member(self, user_id: str) -> Membre | None:
        """A person of the team, whatever their role."""
        return next((m for m in (*self.equipe, *self.renforts) if m.user_id == user_id), None)

    def now(self, real: datetime) -> datetime:
        """The démarche's own time when the real clock shows `real`."""
        return self.horloge.at(real) if self.horloge else real


EtapeState.model_rebuild()
Retires.model_rebuild()
DemarcheState.model_rebuild()
