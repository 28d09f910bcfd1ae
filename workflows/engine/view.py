"""`view`: a démarche as one reader may see it. The only place where visibility is decided for its contents.

Pure: given a state folded up to a past event, it tells what that reader saw then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from workflows.engine.expressions import ExpressionError
from workflows.engine.modele import Collection, Etape, Modele, Parallele, Side
from workflows.engine.namespaces import PIECES
from workflows.engine.ports import CalculError
from workflows.engine.program import Program, lookup, stored
from workflows.engine.state import (
    ChampMarque,
    ChecklistItem,
    CorrectionState,
    DemarcheState,
    DocumentState,
    EnfantState,
    FileRef,
    Frozen,
    LigneState,
    Membre,
    PieceState,
)
from workflows.engine.waiting import (
    Turn,
    Wait,
    WaitKind,
    column_of,
    current_etape,
    lacking,
    of_children,
    part_done,
    progress,
    turn_of,
    waits,
)

MASK = "••••"
Nature = Literal["texte", "date", "montant", "pourcentage", "nombre", "duree", "booleen", "choix", "sensible"]


class Reader(Frozen):
    """Who looks. `key`: for a participant, its key in the modèle."""

    kind: Literal["staff", "client", "participant"]
    id: str
    key: str | None = None


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


class EtapeView(Frozen):
    cle: str
    titre: str
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
    priorite: str
    obligatoire: bool
    due_at: datetime | None
    checklist: tuple[ChecklistItem, ...]
    document: str | None
    document_titre: str | None
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


class PossibleDocument(Frozen):
    cle: str
    titre: str


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
    """A figure of the summary. `valeur`: None when it cannot be told yet."""

    cle: str
    libelle: str
    valeur: int | None
    format: Literal["nombre", "montant"]


def _child(enfant: EnfantState) -> EnfantView:
    return EnfantView(**enfant.model_dump(include=set(EnfantView.model_fields)))


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
    chiffres: tuple[CompteurView, ...]
    """Figures of the summary, declared as `compteurs`."""
    equipe: tuple[MembreView, ...]
    participants: tuple[ParticipantView, ...]
    etapes: tuple[EtapeView, ...]
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


def view(program: Program, state: DemarcheState, reader: Reader, day: date | None = None) -> DemarcheView:
    """What `reader` may see of the démarche. Access to the démarche itself is checked before.

    `day`: the civil day its readings are of; without it there are none.
    """
    modele = program.modele
    eyes = _Eyes(program, state, reader, day)
    awaited = waits(program, state)
    found = [wait for wait in awaited if eyes.sees_wait(wait)]
    turn, waiting = turn_of(awaited or of_children(program, state))
    etapes = [
        etape
        for etape in modele.walk()
        if state.etapes[etape.cle].statut != "sans_objet" and eyes.sees_etape(etape)
    ]
    blocks = _blocks(modele)
    documents = [eyes.document(d) for d in state.documents.values() if eyes.sees_document(d)]
    pieces = [piece for piece in state.pieces.values() if eyes.sees_key(piece.de)]
    taches = [t for t in state.taches.values() if eyes.staff or (t.visible_client and eyes.sees_key(t.pour))]
    here = current_etape(program, state)
    current = next((i + 1 for i, e in enumerate(etapes) if here and e.cle == here.cle), 0)
    custom = modele.statuts.get(state.statut)
    dues = [e.due_at for e in state.active if e.due_at]
    return DemarcheView(
        id=state.demarche_id,
        seq=state.seq,
        reference=state.reference,
        titre=state.titre,
        description=modele.description,
        modele=modele.modele,
        modele_titre=modele.titre,
        categorie=modele.categorie,
        icone=modele.icone,
        client_id=state.client_id,
        client_nom=state.client_nom,
        phase=state.phase,
        cycle=state.cycle,
        statut=StatutView(
            cle=state.statut,
            libelle=custom.libelle if custom else None,
            couleur=custom.couleur if custom else None,
            icone=custom.icone if custom else None,
        ),
        motif=state.motif,
        turn=turn,
        attendu=eyes.wait(waiting) if waiting and eyes.sees_wait(waiting) else None,
        progression=progress(program, state),
        etape_rang=current,
        etapes_total=len(etapes),
        opened_at=state.opened_at,
        closed_at=state.closed_at,
        suspended_at=state.suspended_at,
        due_at=min(dues, default=None),
        prix=state.prix if reader.kind != "participant" else None,
        prix_mention=state.prix_mention,
        prix_pack=modele.prix.pack if modele.prix and reader.kind != "participant" else None,
        colonne=eyes.colonne(),
        badge=eyes.badge(here.cle if here and state.cycle == "ouverte" else None),
        bandeau=tuple(eyes.bandeau()) if reader.kind != "participant" else (),
        onglets=tuple(eyes.onglets()),
        chiffres=tuple(eyes.chiffres()),
        equipe=tuple(eyes.membre(m) for m in state.equipe),
        participants=tuple(
            ParticipantView(
                cle=p.cle,
                libelle=modele.participants[p.cle].libelle,
                nom=p.nom,
                email=p.email if eyes.staff or reader.kind == "client" else None,
                invited_at=p.invited_at,
                expires_at=p.expires_at,
                revoked=p.revoked,
            )
            for p in state.participants.values()
            if eyes.sees_key(p.cle)
        ),
        etapes=tuple(
            eyes.etape(etape, rang + 1, blocks.get(etape.cle), found) for rang, etape in enumerate(etapes)
        ),
        attentes=tuple(eyes.wait(wait) for wait in found),
        taches=tuple(
            TacheView(
                **t.model_dump(
                    include={
                        "id",
                        "titre",
                        "description",
                        "etape",
                        "visit",
                        "pour",
                        "statut",
                        "priorite",
                        "obligatoire",
                        "due_at",
                        "checklist",
                        "document",
                        "visible_client",
                        "created_at",
                        "completed_at",
                        "completed_by",
                        "motif",
                    }
                ),
                pour_nom=t.assignee.nom if t.assignee else eyes.name(t.pour),
                side=modele.side(t.pour),
                user_id=t.assignee.user_id if t.assignee and eyes.staff else None,
                document_titre=modele.documents[t.document].titre if t.document else None,
                a_moi=t.open and eyes.is_me(t.pour, t.assignee.user_id if t.assignee else None),
            )
            for t in taches
        ),
        pieces=tuple(eyes.piece(p) for p in pieces),
        actions=tuple(
            ActionView(
                **a.model_dump(
                    include={
                        "id",
                        "nature",
                        "message",
                        "etape",
                        "obligatoire",
                        "statut",
                        "due_at",
                        "requested_at",
                        "requested_by",
                        "reponse",
                        "files",
                        "answered_at",
                        "answered_by",
                    }
                ),
                a_nom=eyes.name(a.a),
                a_moi=a.statut == "attente_client" and eyes.is_me(a.a, None),
            )
            for a in state.actions.values()
            if eyes.sees_key(a.a)
        ),
        corrections=tuple(
            eyes.correction(c) for c in state.corrections.values() if eyes.reads_form(c.formulaire)
        ),
        evenements=tuple(eyes.evenements()),
        documents=tuple(documents),
        documents_possibles=tuple(
            PossibleDocument(cle=cle, titre=d.titre) for cle, d in modele.documents.items()
        )
        if eyes.staff and state.cycle == "ouverte" and state.phase == "dossier"
        else (),
        livrables=tuple(d for d in documents if d.final and d.statut == "disponible" and d.perime is None),
        etiquettes=tuple(_tags(modele, state, pieces, documents)),
        compteurs=Counts(
            taches_ouvertes=sum(t.open for t in taches),
            pieces_validees=sum(p.statut in ("valide", "pris_en_compte") for p in pieces),
            pieces_total=sum(p.statut != "sans_objet" for p in pieces),
            pieces_a_valider=sum(p.to_check for p in pieces),
            documents=sum(d.statut == "disponible" for d in documents) + sum(len(p.versions) for p in pieces),
        ),
        lectures=tuple(eyes.lectures()),
        paiement=modele.paiement is not None and eyes.staff,
        collections=tuple(
            eyes.collection(cle, collection)
            for cle, collection in modele.collections.items()
            if eyes.sees_collection(collection)
        ),
        dates_cles=tuple(
            KeyDate(champ=champ, libelle=_label(program, champ), valeur=lookup(state.donnees, champ))
            for champ in modele.dates_cles
        )
        if reader.kind != "participant"
        else (),
        donnees=tuple(eyes.data()),
        roles=tuple(
            Choice(cle=key, libelle=modele.actor_label(key), side=modele.side(key))
            for key in (*modele.roles, *modele.participants)
        )
        if eyes.staff
        else (),
        parent=ParentView(demarche_id=state.parent.demarche_id, ligne=state.parent.ligne)
        if state.parent and reader.kind != "participant"
        else None,
        horloge=state.horloge is not None,
    )


def pieces_seen(program: Program, state: DemarcheState, reader: Reader) -> tuple[PieceView, ...]:
    """The pièces of `view` alone: for a page that shows those of many démarches."""
    eyes = _Eyes(program, state, reader)
    return tuple(eyes.piece(piece) for piece in state.pieces.values() if eyes.sees_key(piece.de))


def correction_seen(
    program: Program, state: DemarcheState, formulaire: str, reader: Reader
) -> CorrectionView | None:
    """The correction of one form, as `view` shows it."""
    correction = state.corrections.get(formulaire)
    eyes = _Eyes(program, state, reader)
    return eyes.correction(correction) if correction and eyes.reads_form(formulaire) else None


class _Eyes:
    """The rules of visibility, for one reader."""

    def __init__(
        self, program: Program, state: DemarcheState, reader: Reader, day: date | None = None
    ) -> None:
        self.program, self.modele, self.state, self.reader = program, program.modele, state, reader
        self.staff = reader.kind == "staff"
        self.read: dict[str, dict[str, Any]] = {}
        self.refusals: dict[str, str] = {}
        for name, lecture in self.modele.lectures.items() if day is not None else ():
            if not self.may_set(lecture.voient):
                continue
            try:
                value = program.reading(name, state, day) if day is not None else None
            except (CalculError, ExpressionError) as error:
                self.refusals[name] = str(error)
                continue
            if value is not None:
                self.read[name] = value

    def sees_key(self, key: str) -> bool:
        """What falls to a role or participant: staff see all, the client all but what a participant keeps for
        themself, a participant only its own."""
        if self.reader.kind == "participant":
            return key == self.reader.key
        return self.staff or not self.program.kept_from_client(key, self.state)

    def sees_wait(self, wait: Wait) -> bool:
        if self.staff:
            return True
        if not self.sees_key(wait.key):
            return False
        if wait.kind == "verification":
            return self.reads_form(wait.id)
        if wait.kind == "validation":
            piece = self.state.pieces.get(wait.id)
            return piece is None or self.sees_key(piece.de)
        if wait.kind == "evenement":
            known = self.state.evenements.get(wait.id)
            return known is not None and known.visible_client
        if wait.kind == "tache" and wait.side == "cabinet":
            tache = self.state.taches.get(wait.id)
            return tache is not None and tache.visible_client
        return True

    def sees_etape(self, etape: Etape) -> bool:
        if self.staff:
            return True
        if etape.voient is not None:
            return etape.visible and self.among(etape.voient)
        if self.reader.kind == "client":
            return etape.visible
        key = self.reader.key
        return any(form.par == key for form in etape.formulaires) or any(
            piece.de == key for piece in etape.pieces
        )

    def sees_document(self, document: DocumentState) -> bool:
        if self.staff:
            return True
        if document.statut != "disponible":
            return False
        if self.reader.kind == "participant":
            return self.reader.key in document.visible
        return any(self.program.is_client(key, self.state) for key in document.visible)

    def is_me(self, key: str, user_id: str | None) -> bool:
        """The reader is the person awaited: staff by name, the client for the roles of its side."""
        if self.reader.kind == "participant":
            return key == self.reader.key
        if self.reader.kind == "client":
            return self.program.is_client(key, self.state)
        holder = user_id or (member.user_id if (member := self.state.holder(key)) else None)
        return holder == self.reader.id

    def name(self, key: str) -> str:
        person = self.state.participants.get(key) or self.state.holder(key)
        return person.nom if person else self.modele.actor_label(key)

    def wait(self, wait: Wait) -> WaitView:
        return WaitView(
            kind=wait.kind,
            id=wait.id,
            label=wait.label,
            nom=wait.nom,
            side=wait.side,
            since=wait.since,
            due_at=wait.due_at,
            etape=wait.etape,
            a_moi=self.is_me(wait.key, wait.user_id),
        )

    def membre(self, member: Membre) -> MembreView:
        return MembreView(
            role=member.role,
            libelle=member.libelle,
            nom=member.nom,
            side=self.modele.roles[member.role].cote if member.role in self.modele.roles else "cabinet",
            user_id=member.user_id if self.staff else None,
        )

    def etape(self, etape: Etape, rang: int, block: str | None, found: list[Wait]) -> EtapeView:
        current = self.state.etapes[etape.cle]
        mine = [wait for wait in found if wait.etape == etape.cle]
        over = current.statut in ("valide", "passee")
        awaited = mine or of_children(self.program, self.state, etape.cle)
        turn = turn_of(awaited)[0] if current.statut == "en_cours" else "personne"
        return EtapeView(
            cle=etape.cle,
            titre=(etape.libelle_interne if self.staff else None) or etape.titre,
            libelle_interne=etape.libelle_interne if self.staff else None,
            description=etape.description,
            icone=etape.icone,
            statut=current.statut,
            visit=current.visit,
            rang=rang,
            parallele=block,
            responsable=self.name(etape.responsable) if etape.responsable else None,
            entered_at=current.entered_at,
            due_at=current.due_at,
            completed_at=current.completed_at,
            completed_by=current.completed_by,
            motif=current.motif,
            part=1.0
            if over
            else part_done(self.program, self.state, etape, current)
            if current.statut == "en_cours"
            else 0.0,
            turn=turn,
            attendus=tuple(dict.fromkeys(wait.nom for wait in mine)) if current.statut == "en_cours" else (),
            manuelle=etape.terminee == "manuelle",
            facultative=etape.facultative,
            colonne=etape.colonne,
            badge=BadgeView(**etape.badge_client.model_dump()) if etape.badge_client else None,
            enfants=tuple(
                _child(enfant)
                for enfant in self.state.enfants.values()
                if enfant.noeud == etape.cle
                and enfant.visit == current.visit
                and self.reader.kind != "participant"
            ),
            non_bloquante=etape.non_bloquante,
            recurrente=etape.recurrente is not None,
            delai_suspendu=current.statut == "en_cours" and current.stopped_at is not None,
            formulaires=tuple(
                FormView(
                    nom=form.nom,
                    titre=form.titre or etape.titre,
                    pour=form.par,
                    pour_nom=self.name(form.par),
                    fait=form.nom in current.forms_done or bool(self.state.donnees.get(form.nom)),
                    a_moi=self.is_me(form.par, None)
                    and (
                        self.sent_back(form.nom)
                        or (current.statut == "en_cours" and form.nom not in current.forms_done)
                    ),
                    a_corriger=self.sent_back(form.nom),
                )
                for form in etape.formulaires
                if self.sees_key(form.par)
            ),
        )

    def reads_form(self, formulaire: str) -> bool:
        """The reader may read the answers to a form."""
        me = "client" if self.reader.kind == "client" else self.reader.key
        return self.staff or me in self.program.form_readers(formulaire, self.state)

    def sent_back(self, formulaire: str) -> bool:
        correction = self.state.corrections.get(formulaire)
        return self.state.open and correction is not None and correction.statut == "a_corriger"

    def correction(self, correction: CorrectionState) -> CorrectionView:
        schema = self.program.bundle.forms.get(correction.formulaire, {})
        properties = properties_of(schema if self.staff else without_internal(schema))
        return CorrectionView(
            **correction.model_dump(exclude={"a", "etape", "changements"}),
            a_nom=self.name(correction.a),
            changements=tuple(
                ChangementView(
                    champ=change.champ,
                    libelle=change.libelle,
                    avant=before.valeur,
                    apres=after.valeur,
                    nature=after.nature if change.apres is not None else before.nature,
                )
                for change in correction.changements
                if self.staff or change.champ in properties
                for definition in [properties.get(change.champ, {})]
                for before, after in [
                    (
                        _shown(change.champ, definition, change.avant),
                        _shown(change.champ, definition, change.apres),
                    )
                ]
            ),
            a_moi=self.sent_back(correction.formulaire) and self.is_me(correction.a, None),
        )

    def may_send_back(self, formulaire: str) -> bool:
        """Staff, for a form that someone outside the firm filled, unless it is already being corrected."""
        correction = self.state.corrections.get(formulaire)
        pending = correction is not None and correction.statut == "a_corriger"
        if not self.staff or self.state.cycle != "ouverte" or pending:
            return False
        for etape in self.modele.walk():
            if any(evenement.formulaire == formulaire for evenement in etape.evenements):
                return False
            for form in etape.formulaires:
                if form.nom == formulaire:
                    return self.modele.side(form.par) != "cabinet"
        return self.modele.demande is not None and self.modele.demande.formulaire == formulaire

    def piece(self, piece: PieceState) -> PieceView:
        return PieceView(
            **piece.model_dump(
                include={
                    "id",
                    "titre",
                    "description",
                    "categorie",
                    "etape",
                    "de",
                    "statut",
                    "motif",
                    "obligatoire",
                    "formats",
                    "taille_max_mo",
                    "due_at",
                    "requested_at",
                    "decided_at",
                    "decided_by",
                }
            ),
            de_nom=self.name(piece.de),
            controles=piece.controles if self.staff else (),
            versions=tuple(
                VersionView(numero=i + 1, files=v.files, at=v.at, par=v.par, statut=v.statut, motif=v.motif)
                for i, v in enumerate(piece.versions)
            ),
            a_moi=piece.awaited and self.is_me(piece.de, None),
        )

    def colonne(self) -> KanbanView | None:
        """Where the démarche stands on the board, which is the firm's."""
        found = column_of(self.program, self.state) if self.staff else None
        return KanbanView(cle=found, libelle=self.modele.colonnes[found]) if found else None

    def badge(self, cle: str | None) -> BadgeView | None:
        etape = self.program.etapes[cle] if cle is not None else None
        if etape is None or not self.sees_etape(etape):
            return None
        badge = next((badge for badge in etape.badges if self._told(badge.si)), etape.badge_client)
        return BadgeView(**badge.model_dump(include=set(BadgeView.model_fields))) if badge else None

    def among(self, keys: tuple[str, ...]) -> bool:
        """The reader is one of these roles or participants, or of the firm."""
        if self.staff:
            return True
        if self.reader.kind == "participant":
            return self.reader.key in keys
        return any(self.program.is_client(key, self.state) for key in keys)

    def bandeau(self) -> Iterator[RepereView]:
        """Marks of the banner; one whose étapes do not concern this démarche is passed over like the others."""
        for repere in self.modele.bandeau:
            statuts = {self.state.etapes[cle].statut for cle in repere.etapes}
            concerned = statuts - {"sans_objet"}
            begun = "en_cours" in concerned or bool(
                concerned & {"valide", "passee"} and "a_faire" in concerned
            )
            statut: Literal["fait", "en_cours", "a_faire"] = (
                "en_cours" if begun else "a_faire" if "a_faire" in concerned else "fait"
            )
            yield RepereView(libelle=repere.libelle, statut=statut)

    def onglets(self) -> Iterator[OngletView]:
        """Tabs whose condition holds; one whose condition cannot be told yet is not there yet."""
        for onglet in self.modele.onglets:
            if not self.among(onglet.voient) or not self._told(onglet.si):
                continue
            yield OngletView(
                cle=onglet.cle,
                libelle=onglet.libelle,
                icone=onglet.icone,
                collections=onglet.collections,
                formulaires=onglet.formulaires,
                calculs=tuple(self._calcul(key) for key in onglet.calculs),
                lectures=onglet.lectures,
                documents=onglet.documents,
            )

    def _calcul(self, cle: str) -> CalculView:
        calcul = self.modele.calculs[cle]
        return CalculView(
            cle=cle,
            libelle=calcul.libelle or cle.replace("_", " ").capitalize(),
            valeur=self.state.calculs.get(cle),
            format=calcul.format or _NATURES.get(self.program.calcul_kind(cle), "texte"),
            unite=calcul.unite,
        )

    def _told(self, condition: str | None) -> bool:
        try:
            return self.program.known(condition, self.state) and self.program.holds(condition, self.state)
        except ExpressionError:
            return False

    def chiffres(self) -> Iterator[CompteurView]:
        for compteur in self.modele.compteurs:
            if not self.among(compteur.voient):
                continue
            try:
                known = self.program.known(compteur.valeur, self.state)
                value = self.program.evaluate(compteur.valeur, self.state, "entier") if known else None
            except ExpressionError:
                value = None
            yield CompteurView(
                cle=compteur.cle, libelle=compteur.libelle, valeur=value, format=compteur.format
            )

    def evenements(self) -> Iterator[EvenementView]:
        for etape in self.modele.walk():
            for evenement in etape.evenements:
                known = self.state.evenements.get(evenement.cle)
                if not self.staff and (
                    known is None or not known.visible_client or not self.sees_key(evenement.de)
                ):
                    continue
                statut = known.statut if known else "a_venir"
                yield EvenementView(
                    cle=evenement.cle,
                    titre=evenement.titre,
                    description=evenement.description,
                    etape=etape.cle,
                    de=evenement.de,
                    de_nom=self.name(evenement.de),
                    side=self.modele.side(evenement.de),
                    statut=statut,
                    obligatoire=evenement.obligatoire,
                    due_at=known.due_at if known else None,
                    awaited_at=known.awaited_at if known else None,
                    received_at=known.received_at if known else None,
                    survenu_le=known.survenu_le if known else None,
                    par=known.par if known else None,
                    formulaire=evenement.formulaire,
                    enregistrable=self.staff
                    and evenement.recu_si is None
                    and self.state.cycle == "ouverte"
                    and self.state.phase == "dossier"
                    and statut != "recu",
                )

    def document(self, document: DocumentState) -> DocumentView:
        return DocumentView(
            **document.model_dump(
                include={
                    "id",
                    "cle",
                    "titre",
                    "statut",
                    "perime",
                    "file",
                    "etape",
                    "ligne",
                    "final",
                    "produced_at",
                    "par",
                }
            )
        )

    def sees_collection(self, collection: Collection) -> bool:
        return self.staff or any(self.is_me(key, None) for key in (*collection.gerent, *collection.voient))

    def sees_child(self, enfant: EnfantState) -> bool:
        node = self.program.etapes.get(enfant.noeud)
        return node is not None and self.sees_etape(node)

    def may_set(self, keys: tuple[str, ...]) -> bool:
        return self.staff or any(self.is_me(key, None) for key in keys)

    def collection(self, cle: str, collection: Collection) -> CollectionView:
        """The lines of one collection, and what the reader may do with them."""
        schema = self.program.bundle.lignes[cle]
        if not self.staff:
            schema = without_internal(schema)
        properties = properties_of(schema)
        manages = self.state.cycle == "ouverte" and self.may_set(collection.gerent)
        lines = self.state.collections.get(cle, {})
        shared = {id_: line for id_, line in lines.items() if manages or self._shares(cle, collection, line)}
        added = list(self._read_columns(cle))
        wanted = any(
            item.nom == cle
            for etape in self.state.active
            for item in self.program.etapes[etape.cle].collections
        )
        return CollectionView(
            cle=cle,
            libelle=collection.libelle,
            singulier=collection.singulier,
            schema_=self._suggesting(schema) if manages and self.staff else schema,
            ui=self.program.bundle.lignes_ui.get(cle, {}),
            colonnes=(*self._columns(cle, collection, properties), *(column for column, _ in added)),
            statuts=tuple(
                StatutLigneView(
                    cle=key,
                    libelle=statut.libelle,
                    couleur=statut.couleur,
                    icone=statut.icone,
                    a_moi=self.state.cycle == "ouverte" and self.may_set(statut.par or collection.gerent),
                )
                for key, statut in collection.statuts.items()
            ),
            gerable=manages,
            complete=len(lines) >= collection.maximum,
            attendue=lacking(self.program, self.state, cle) if wanted else 0,
            lignes=tuple(
                self._line(
                    collection,
                    ligne,
                    properties,
                    {column.cle: values.get(ligne.id) for column, values in added},
                    clear=manages,
                )
                for ligne in shared.values()
            ),
            # A total of lines that are not all shown would tell of the others.
            totaux=tuple(self._totals(collection)) if manages or collection.partage is None else (),
        )

    def _shares(self, cle: str, collection: Collection, ligne: LigneState) -> bool:
        """A line that who only reads the collection sees. One whose condition cannot be told is not shown."""
        if self.staff or collection.partage is None:
            return True
        try:
            return bool(self.program.of_line(cle, collection.partage, ligne, self.state, "booleen"))
        except ExpressionError:
            return False

    def _suggesting(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema of a line, with what the démarche already knows as examples of its « x-parmi » fields."""
        known = {
            name: self._among(str(field["x-parmi"]))
            for name, field in schema.get("properties", {}).items()
            if "x-parmi" in field
        }
        if not known:
            return schema
        properties = schema["properties"]
        given = {name: {**properties[name], "examples": examples} for name, examples in known.items()}
        return {**schema, "properties": {**properties, **given}}

    def _among(self, source: str) -> list[str]:
        """Titles of the validated pièces, or values of a field of the lines of a collection."""
        if source == PIECES:
            return [p.titre for p in self.state.pieces.values() if p.statut in ("valide", "pris_en_compte")]
        collection, _, field = source.partition(".")
        lines = self.state.collections.get(collection, {}).values()
        return list(dict.fromkeys(str(line.donnees[field]) for line in lines if field in line.donnees))

    def lectures(self) -> Iterator[LectureView]:
        """Readings the reader may see, with their figures."""
        for name, lecture in self.modele.lectures.items():
            value = self.read.get(name)
            if value is None and name not in self.refusals:
                continue
            yield LectureView(
                cle=name,
                libelle=lecture.libelle,
                fonction=lecture.fonction,
                chiffres=tuple(
                    ChiffreView(
                        cle=key, libelle=chiffre.libelle, valeur=value.get(key), format=chiffre.format
                    )
                    for key, chiffre in lecture.montre.items()
                )
                if value is not None
                else (),
                valeur=value,
                refus=self.refusals.get(name),
            )

    def _read_columns(self, cle: str) -> Iterator[tuple[ColonneView, dict[str, Any]]]:
        """Columns that readings add to a collection, each with its values by line."""
        for name, value in self.read.items():
            for key, chiffre in self.modele.lectures[name].colonnes.get(cle, {}).items():
                column = ColonneView(cle=key, libelle=chiffre.libelle, format=chiffre.format)
                yield column, {line["id"]: line.get(key) for line in value.get(cle, ())}

    def _columns(
        self, cle: str, collection: Collection, properties: Mapping[str, dict[str, Any]]
    ) -> Iterator[ColonneView]:
        for key in collection.colonnes or (*properties, *collection.calcule):
            column = collection.calcule.get(key)
            if column is None and key not in properties:
                continue
            if column is not None:
                label = column.libelle or key.replace("_", " ").capitalize()
                kind = column.format or _NATURES.get(self.program.column_kind(cle, key), "texte")
                yield ColonneView(cle=key, libelle=label, format=kind)
                continue
            definition = properties.get(key, {})
            yield ColonneView(
                cle=key,
                libelle=str(definition.get("title", key)),
                format=_nature(definition),
                choix=definition.get("x-libelles"),
            )

    def _line(
        self,
        collection: Collection,
        ligne: LigneState,
        properties: Mapping[str, dict[str, Any]],
        added: Mapping[str, Any],
        *,
        clear: bool,
    ) -> LigneView:
        statut = collection.statuts.get(ligne.statut or "")
        children = reversed([e for e in self.state.enfants.values() if self.sees_child(e)])
        return LigneView(
            id=ligne.id,
            nom=ligne.nom,
            donnees={
                key: value if clear else _masked(properties.get(key, {}), value)
                for key, value in ligne.donnees.items()
                if key in properties or self.staff
            },
            calcule={**ligne.calcule, **added},
            statut=ligne.statut,
            statut_libelle=statut.libelle if statut else None,
            couleur=statut.couleur if statut else None,
            motif=ligne.motif,
            enfant=next((_child(e) for e in children if e.ligne == ligne.id), None),
            version=ligne.version,
            added_at=ligne.added_at,
            added_by=ligne.added_by,
        )

    def _totals(self, collection: Collection) -> Iterator[TotalView]:
        """Figures that can be told now."""
        for total in collection.totaux:
            if not self.program.known(total.valeur, self.state):
                continue
            try:
                value = stored(self.program.evaluate(total.valeur, self.state))
            except ExpressionError:
                continue
            kind = self.program.expression(total.valeur).result.kind.name
            yield TotalView(
                libelle=total.libelle, valeur=value, format=total.format or _NATURES.get(kind, "texte")
            )

    def data(self) -> list[DataView]:
        found = []
        for formulaire, answers in self.state.donnees.items():
            if not self.reads_form(formulaire):
                continue
            schema = self.program.bundle.forms[formulaire]
            if not self.staff:
                schema = without_internal(schema)
            properties = properties_of(schema)
            found.append(
                DataView(
                    formulaire=formulaire,
                    titre=str(schema.get("title", formulaire)),
                    champs=tuple(
                        _field(f"{formulaire}.{name}", definition, answers[name])
                        for name, definition in properties.items()
                        if name in answers
                    ),
                    corrigible=self.may_send_back(formulaire),
                )
            )
        return found


def properties_of(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every field a form may have, those that depend on an answer included."""
    found: dict[str, dict[str, Any]] = dict(schema.get("properties", {}))
    for part in (*schema.get("allOf", ()), schema.get("then", {}), schema.get("else", {})):
        for branch in (part, part.get("then", {}), part.get("else", {})):
            for name, definition in branch.get("properties", {}).items():
                found.setdefault(name, definition)
    return found


def without_internal(schema: dict[str, Any]) -> dict[str, Any]:
    """A form without the fields that its author keeps inside the firm (`x-interne`)."""
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            kept[key] = {name: field for name, field in value.items() if not field.get("x-interne")}
        elif key == "allOf":
            kept[key] = [without_internal(part) for part in value]
        elif key in ("then", "else"):
            kept[key] = without_internal(value)
        else:
            kept[key] = value
    return kept


def field_titles(forms: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Names that people know for the fields of these forms, by « form.field »."""
    return {
        f"{form}.{name}": str(definition["title"])
        for form, schema in forms.items()
        for name, definition in properties_of(schema).items()
        if definition.get("title")
    }


def _masked(definition: Mapping[str, Any], value: Any) -> Any:
    """A value as it may be shown to who does not own it."""
    return f"{MASK} {str(value)[-3:]}" if definition.get("x-sensible") else value


def _shown(champ: str, definition: dict[str, Any], value: Any) -> FieldView:
    """A value of which there may be none."""
    if value is None:
        return FieldView(champ=champ, libelle=champ, valeur=None, nature=_nature(definition))
    return _field(champ, definition, value)


def _field(champ: str, definition: dict[str, Any], value: Any) -> FieldView:
    label = str(definition.get("title", champ))
    if definition.get("x-sensible"):
        return FieldView(champ=champ, libelle=label, valeur=_masked(definition, value), nature="sensible")
    if definition.get("format") == "date":
        return FieldView(champ=champ, libelle=label, valeur=value, nature="date")
    if definition.get("x-monnaie"):
        return FieldView(champ=champ, libelle=label, valeur=value, nature="montant")
    choices = definition.get("x-libelles")
    if choices:
        return FieldView(champ=champ, libelle=label, valeur=choices.get(value, value), nature="choix")
    kinds: dict[type, Literal["booleen", "nombre"]] = {bool: "booleen", int: "nombre", float: "nombre"}
    return FieldView(champ=champ, libelle=label, valeur=value, nature=kinds.get(type(value), "texte"))


_NATURES: dict[str, Nature] = {"INT": "nombre", "RATE": "nombre", "DATE": "date", "BOOL": "booleen"}


def _nature(definition: Mapping[str, Any]) -> Nature:
    """How the values of a field are shown, from its definition."""
    if definition.get("x-sensible"):
        return "sensible"
    if definition.get("format") == "date":
        return "date"
    if definition.get("x-monnaie"):
        return "montant"
    if definition.get("x-libelles"):
        return "choix"
    kinds: dict[Any, Nature] = {"boolean": "booleen", "integer": "nombre", "number": "nombre"}
    return kinds.get(definition.get("type"), "texte")


def _label(program: Program, champ: str) -> str:
    formulaire, name = champ.split(".", 1)
    definition = properties_of(program.bundle.forms.get(formulaire, {})).get(name, {})
    return str(definition.get("title", name))


def _blocks(modele: Modele) -> dict[str, str]:
    return {
        etape.cle: node.titre
        for node in modele.etapes
        if isinstance(node, Parallele)
        for branch in node.branches
        for etape in branch
    }


def _tags(
    modele: Modele, state: DemarcheState, pieces: list[PieceState], documents: list[DocumentView]
) -> list[TagView]:
    ids = {document.id for document in documents if document.statut == "disponible"}
    counts = dict.fromkeys(modele.etiquettes, 0)
    for piece in pieces:
        if piece.etiquette in counts:
            counts[piece.etiquette] += bool(piece.versions)
    for document in state.documents.values():
        if document.etiquette in counts and document.id in ids and document.perime is None:
            counts[document.etiquette] += 1
    return [TagView(cle=cle, libelle=label, nombre=counts[cle]) for cle, label in modele.etiquettes.items()]
