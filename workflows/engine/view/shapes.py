"""What a reader gets of a démarche: the shapes of the view, nothing of how they are filled."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, TypeVar

from pydantic import Field

from workflows.engine.modele import Side
from workflows.engine.state import ChampMarque, ChecklistItem, FileRef, Frozen
from workflows.engine.waiting import Turn, WaitKind

Shape = TypeVar("Shape", bound=Frozen)
Nature = Literal[
    "texte",
    "date",
    "heure",
    "montant",
    "pourcentage",
    "nombre",
    "duree",
    "booleen",
    "choix",
    "sensible",
    "telephone",
    "siret",
]


class StatutView(Frozen):
    cle: str
    libelle: str | None
    """Label of the modèle's own status; absent for the shared ones, which the screens name."""
    couleur: str | None = None
    icone: str | None = None


class WaitView(Frozen):
    kind: WaitKind
    id: str
    label: str
    nom: str
    side: Side
    since: datetime
    due_at: datetime | None
    etape: str | None
    a_moi: bool
    """The reader is the one awaited."""


class FormView(Frozen):
    nom: str
    titre: str
    pour: str
    pour_nom: str
    fait: bool
    a_moi: bool
    a_corriger: bool
    """The firm sent it back, its faulty fields marked."""


class EnfantView(Frozen):
    """A child démarche, as last reported."""

    demarche_id: str
    reference: str
    titre: str
    ligne: str
    statut: str
    statut_libelle: str | None
    couleur: str | None
    progression: int
    cycle: str
    motif: str | None
    """Why it could not open."""
    suite: StatutView | None
    """What became of the line that it gave at its end: its offer, accepted."""


class ReglageView(Frozen):
    """What the firm may set of an étape for one démarche (MOD-13)."""

    titre_modele: str
    visible: bool
    """On the client's portal, in this démarche."""
    visible_modele: bool
    cachable: bool
    """It asks nothing of the client, who may do without it."""
    due_at: datetime | None
    """Set by hand, in the place of what the modèle counts."""
    ajoutee: bool
    """By the firm, to this démarche alone."""
    deplacable: bool
    """Not begun: it may take another place."""


class PlaceView(Frozen):
    """What an étape may come after in this démarche (MOD-13)."""

    cle: str
    titre: str
    bloc: bool
    """A parallel block: once all its étapes are over."""


class EtapeView(Frozen):
    cle: str
    titre: str
    reglage: ReglageView | None
    """For staff: what is set of it in this démarche, and what its modèle says."""
    libelle_interne: str | None
    description: str | None
    icone: str | None
    statut: Literal["a_faire", "en_cours", "valide", "passee", "sans_objet"]
    visit: int
    rang: int
    parallele: str | None
    """Title of the block whose branches advance together, when the étape is in one."""
    responsable: str | None
    entered_at: datetime | None
    due_at: datetime | None
    completed_at: datetime | None
    completed_by: str | None
    motif: str | None
    part: float
    """Fraction done, between 0 and 1."""
    turn: Turn
    attendus: tuple[str, ...]
    """Names of those awaited in this étape."""
    manuelle: bool
    facultative: bool
    colonne: str | None
    badge: BadgeView | None
    """What the client reads at a glance during it."""
    enfants: tuple[EnfantView, ...]
    """Child démarches of the present visit."""
    non_bloquante: bool
    """What follows does not wait for it."""
    recurrente: bool
    """It comes round again at regular intervals."""
    delai_suspendu: bool
    """The firm's delays stand still because the client owes something."""
    formulaires: tuple[FormView, ...]


class TacheView(Frozen):
    id: str
    titre: str
    description: str | None
    etape: str | None
    visit: int
    pour: str
    pour_nom: str
    side: Side
    user_id: str | None
    statut: str
    colonne: str | None
    """Column of the firm's own board where it was put (TCH-01)."""
    priorite: str
    facturable: bool
    """Its time is to be invoiced (TCH-04)."""
    obligatoire: bool
    start_at: datetime | None
    due_at: datetime | None
    checklist: tuple[ChecklistItem, ...]
    fichiers: tuple[FileRef, ...]
    document: str | None
    document_titre: str | None
    formulaire: str | None
    """The form of its étape that holds its own fields (TCH-05)."""
    visible_client: bool
    created_at: datetime
    completed_at: datetime | None
    completed_by: str | None
    motif: str | None
    a_moi: bool


class VersionView(Frozen):
    numero: int
    files: tuple[FileRef, ...]
    at: datetime
    par: str
    statut: str
    motif: str | None


class PieceView(Frozen):
    id: str
    titre: str
    description: str | None
    categorie: str | None
    etape: str | None
    action: str | None
    """Action client that asks for it (ACT-09)."""
    de: str
    de_nom: str
    statut: str
    motif: str | None
    obligatoire: bool
    formats: tuple[str, ...]
    taille_max_mo: int
    due_at: datetime | None
    controles: tuple[str, ...]
    versions: tuple[VersionView, ...]
    requested_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    a_moi: bool


class ActionView(Frozen):
    id: str
    nature: str
    message: str
    etape: str | None
    obligatoire: bool
    a_nom: str
    statut: str
    due_at: datetime | None
    requested_at: datetime
    requested_by: str
    reponse: str | None
    files: tuple[FileRef, ...]
    answered_at: datetime | None
    answered_by: str | None
    a_moi: bool


class ChangementView(Frozen):
    """A field before and after a correction, for display. Sensitive values are masked."""

    champ: str
    libelle: str
    avant: Any
    apres: Any
    nature: Nature


class CorrectionView(Frozen):
    """A form sent back to whoever filled it."""

    formulaire: str
    titre: str
    tour: int
    statut: Literal["a_corriger", "a_verifier", "acceptee", "annulee"]
    a_nom: str
    action: str
    champs: tuple[ChampMarque, ...]
    message: str
    due_at: datetime | None
    requested_at: datetime
    requested_by: str
    changements: tuple[ChangementView, ...]
    """What came back, field by field."""
    reponse: str
    sent_at: datetime | None
    sent_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    a_moi: bool
    """The reader is the one who must correct it."""


class EvenementView(Frozen):
    """An outside event. `a_venir`: declared, not awaited yet."""

    cle: str
    titre: str
    description: str | None
    etape: str
    de: str
    de_nom: str
    side: Side
    statut: Literal["a_venir", "attendu", "recu", "echu", "annule"]
    obligatoire: bool
    due_at: datetime | None
    awaited_at: datetime | None
    received_at: datetime | None
    survenu_le: date | None
    par: str | None
    formulaire: str | None
    """Form that its data must follow."""
    enregistrable: bool
    """The reader may record that it happened."""
    appel: Literal["en_cours", "possible"] | None = None
    """A service tells it: it is being asked, or the reader may ask it."""


class DocumentView(Frozen):
    id: str
    cle: str
    titre: str
    statut: str
    perime: str | None
    file: FileRef | None
    etape: str | None
    ligne: str | None
    """Line of a collection that it is about."""
    final: bool
    produced_at: datetime | None
    par: str
    signature: bool
    """It is one that people sign."""
    a_signer: bool
    """The reader may send it to be signed online now."""


class PossibleLigne(Frozen):
    id: str
    nom: str


class PossibleDocument(Frozen):
    cle: str
    titre: str
    collection: str | None
    """Title of the collection whose lines have one file each."""
    lignes: tuple[PossibleLigne, ...]
    """Those lines: it may be made for one of them, or for all."""


class TagView(Frozen):
    cle: str
    libelle: str
    nombre: int


class MembreView(Frozen):
    role: str
    libelle: str
    nom: str
    side: Side
    user_id: str | None
    photo: str | None = None
    """Where it is read, told by the API: the engine knows no picture."""


class ParticipantView(Frozen):
    cle: str
    libelle: str
    nom: str
    email: str | None
    invited_at: datetime
    expires_at: datetime
    revoked: bool


class KeyDate(Frozen):
    champ: str
    libelle: str
    valeur: str | None


class Choice(Frozen):
    cle: str
    libelle: str
    side: Side


class FieldView(Frozen):
    """One answer of a form, for display. Sensitive values are masked."""

    champ: str
    libelle: str
    valeur: Any
    nature: Nature
    parties: tuple[FieldView, ...] = ()
    """The single answers of a group or of a list, each at its own path (« form.enfants/1/prenom »)."""


class DataView(Frozen):
    formulaire: str
    titre: str
    champs: tuple[FieldView, ...]
    corrigible: bool
    """The reader may send it back to whoever filled it."""


class ColonneView(Frozen):
    cle: str
    libelle: str
    format: Nature
    choix: dict[str, str] | None = None
    """Labels of the values, for a choice."""


class StatutLigneView(Frozen):
    cle: str
    libelle: str
    couleur: str
    icone: str | None
    a_moi: bool
    """The reader may give it."""


class ParentView(Frozen):
    """The démarche that opened this one."""

    demarche_id: str
    ligne: str


class LigneView(Frozen):
    id: str
    nom: str
    donnees: dict[str, Any]
    """Its answers, to be shown and edited; sensitive ones are masked for who may not change them."""
    calcule: dict[str, Any]
    """Its computed columns."""
    statut: str | None
    statut_libelle: str | None
    couleur: str | None
    motif: str | None
    enfant: EnfantView | None
    """Its latest child démarche."""
    version: int
    added_at: datetime
    added_by: str


class TotalView(Frozen):
    libelle: str
    valeur: Any
    format: Nature


class EcheancierView(Frozen):
    """Fields of the line that hold the day and the amount of an instalment; what there is to share out, in cents."""

    date: str
    montant: str
    total: int | None


class CollectionView(Frozen):
    """Lines of one kind: what a table and an edit form need. The API's JSON calls `schema_` « schema »."""

    cle: str
    libelle: str
    singulier: str
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    ui: dict[str, Any]
    colonnes: tuple[ColonneView, ...]
    statuts: tuple[StatutLigneView, ...]
    gerable: bool
    """The reader may add, change and remove lines now."""
    complete: bool
    """Its maximum is reached."""
    attendue: int
    """Lines still wanted by an étape under way."""
    lignes: tuple[LigneView, ...]
    totaux: tuple[TotalView, ...]
    echeancier: EcheancierView | None
    """How to lay out instalments, for who may add them."""
    plan_relance: bool
    """Its lines are the steps of a plan of reminders."""
    suivi: tuple[StatutView, ...]
    """For staff: statuses, in order, of the démarches that its lines open; the columns of their board (SOU-06)."""


class ChiffreView(Frozen):
    cle: str
    libelle: str
    valeur: Any
    format: Nature


class LectureView(Frozen):
    """A reading of the day. `valeur`: the whole of it, for the screens that know it."""

    cle: str
    libelle: str | None
    fonction: str
    chiffres: tuple[ChiffreView, ...]
    valeur: dict[str, Any] | None
    refus: str | None
    """Why it could not be made, in French."""


class BadgeView(Frozen):
    libelle: str
    couleur: str
    icone: str | None


class KanbanView(Frozen):
    cle: str
    libelle: str


class RepereView(Frozen):
    """A mark of the progress banner."""

    libelle: str
    statut: Literal["fait", "en_cours", "a_faire"]


class ChoixEnvoiView(Frozen):
    """A question that may be answered for one sending only."""

    champ: str
    libelle: str
    valeurs: tuple[tuple[str, str], ...]
    """Value and words of each answer."""
    actuel: str | None
    """What was recorded for all of them."""


class PalierView(Frozen):
    """A step of the plan of reminders: a reminder, or an étape that is one by itself."""

    niveau: str
    moment: str | None
    """When it goes, as its plan or the modèle says it (« J+15 »); absent for an étape."""
    canaux: tuple[Literal["courriel", "sms", "tache", "document"], ...]
    statut: Literal["fait", "a_venir", "prevu", "manque"]
    """`fait`: it went. `prevu`: its instant is known. `manque`: its instant passed, it did not go. `a_venir`: it may
    still go."""
    fait_at: datetime | None
    prevu_at: datetime | None
    """When it goes, or when it should have."""


class OngletView(Frozen):
    """A contextual tab: what of the démarche it shows, by key."""

    cle: str
    libelle: str
    icone: str | None
    collections: tuple[str, ...]
    formulaires: tuple[str, ...]
    calculs: tuple[CalculView, ...]
    lectures: tuple[str, ...]
    documents: tuple[str, ...]


class CalculView(Frozen):
    """`unite`: said after the number, when the modèle names one."""

    cle: str
    libelle: str
    valeur: Any
    format: Nature
    unite: str | None


class CompteurView(Frozen):
    """A figure of the summary, or a few words. `valeur`: None when it cannot be told yet."""

    cle: str
    libelle: str
    valeur: int | str | None
    format: Literal["nombre", "montant", "texte"]


class Counts(Frozen):
    taches_ouvertes: int
    pieces_validees: int
    pieces_total: int
    pieces_a_valider: int
    documents: int


class DemarcheView(Frozen):
    id: str
    seq: int
    reference: str
    titre: str
    description: str
    modele: str
    modele_titre: str
    categorie: str
    icone: str
    client_id: str
    client_nom: str
    phase: Literal["demande", "dossier"]
    cycle: Literal["ouverte", "suspendue", "terminee", "annulee", "refusee"]
    statut: StatutView
    motif: str | None
    turn: Turn
    attendu: WaitView | None
    progression: int
    etape_rang: int
    etapes_total: int
    opened_at: datetime
    closed_at: datetime | None
    suspended_at: datetime | None
    due_at: datetime | None
    fin_prevue: datetime | None
    """Latest instant that what remains to do names (DOS-06, DOS-17); absent where a date is watched."""
    prochaine_echeance: date | None
    """The date that a démarche watches, once it is known; absent once it is closed, or the date past."""
    priorite: Literal["normale", "urgente"] | None
    """Before the rest in the firm's queue (DEM-09); for staff."""
    prix: int | None
    """Integer cents; absent until it is filled (DOS-24)."""
    prix_mention: str
    prix_pack: str | None
    """Pack that the démarche is part of."""
    colonne: KanbanView | None
    """Column of the kanban board where it stands."""
    badge: BadgeView | None
    """What the client reads of it at a glance."""
    bandeau: tuple[RepereView, ...]
    """Marks of the progress banner, when the modèle has one."""
    onglets: tuple[OngletView, ...]
    plan_relance: tuple[PalierView, ...]
    """The plan of reminders, in order, when the modèle names its steps; for staff."""
    chiffres: tuple[CompteurView, ...]
    """Figures of the summary, declared as `compteurs`."""
    equipe: tuple[MembreView, ...]
    participants: tuple[ParticipantView, ...]
    au_portail: bool
    """On the client's portal: as the modèle says, or as the firm said here (MOD-08, MOD-13)."""
    etapes: tuple[EtapeView, ...]
    places: tuple[PlaceView, ...]
    """For staff: after what an étape may be added or moved."""
    attentes: tuple[WaitView, ...]
    taches: tuple[TacheView, ...]
    pieces: tuple[PieceView, ...]
    actions: tuple[ActionView, ...]
    corrections: tuple[CorrectionView, ...]
    """The latest correction of each form."""
    evenements: tuple[EvenementView, ...]
    """Outside events: all of them for staff, those awaited or received for the others."""
    documents: tuple[DocumentView, ...]
    documents_possibles: tuple[PossibleDocument, ...]
    """Documents the reader may ask for now."""
    choix_envoi: tuple[ChoixEnvoiView, ...]
    """Questions of a document asked for, answered for it alone; for staff."""
    pieces_connues: tuple[str, ...]
    """Names of the pièces that its modèle knows, to ask for one by its name; for staff."""
    livrables: tuple[DocumentView, ...]
    """Final documents (DOS-23)."""
    etiquettes: tuple[TagView, ...]
    """Numbered tags (DOS-22)."""
    compteurs: Counts
    collections: tuple[CollectionView, ...]
    lectures: tuple[LectureView, ...]
    """Values of the day; none when the view is of no given day."""
    paiement: bool
    """The modèle has a payment page, whose link the firm may give."""
    dates_cles: tuple[KeyDate, ...]
    donnees: tuple[DataView, ...]
    roles: tuple[Choice, ...]
    """Roles and participants to whom something can be given."""
    parent: ParentView | None
    horloge: bool
    """Its clock was moved (demo and tests)."""


def shaped(shape: type[Shape], source: object, **other: Any) -> Shape:
    """The fields of `source` that this shape shows under the same name, and the others as given."""
    same = (name for name in shape.model_fields if name not in other and hasattr(source, name))
    return shape(**{name: getattr(source, name) for name in same}, **other)
