"""`Sight`: the rules of visibility for one reader. The only place where they are decided for the view."""

from __future__ import annotations

from typing import Literal

from workflows.engine.expressions import ExpressionError
from workflows.engine.modele import Collection, Etape
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState, DocumentState, EnfantState, Frozen, LigneState
from workflows.engine.waiting import Wait


class Reader(Frozen):
    """Who looks. `key`: for a participant, its key in the modèle."""

    kind: Literal["staff", "client", "participant"]
    id: str
    key: str | None = None


class Sight:
    """What one reader may see of one démarche."""

    def __init__(self, program: Program, state: DemarcheState, reader: Reader) -> None:
        self.program, self.state, self.reader = program.of(state), state, reader
        self.modele = self.program.modele
        self.staff = reader.kind == "staff"

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
        if wait.kind == "enfant":
            return self.sees_child(self.state.enfants[wait.id])
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
            return self.program.shows(etape, self.state) and self.among(etape.voient)
        if self.reader.kind == "client":
            return self.program.shows(etape, self.state)
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

    def is_signed(self, document: DocumentState) -> bool:
        """A document that people sign; how its signature goes is for staff."""
        declared = self.modele.documents.get(document.cle)
        return self.staff and declared is not None and declared.signature is not None

    def may_send_to_sign(self, document: DocumentState) -> bool:
        signature = self.modele.documents[document.cle].signature if self.is_signed(document) else None
        if signature is None or document.file is None or document.perime is not None:
            return False
        awaited = self.state.evenements.get(self.modele.faits[signature.fait].evenement or "")
        return self.state.cycle == "ouverte" and awaited is not None and awaited.statut == "attendu"

    def sees_collection(self, collection: Collection) -> bool:
        return self.among((*collection.gerent, *collection.voient))

    def sees_child(self, enfant: EnfantState) -> bool:
        node = self.program.etapes.get(enfant.noeud)
        return (
            node is not None and self.sees_etape(node) and (enfant.au_portail or self.reader.kind != "client")
        )

    def shares(self, cle: str, collection: Collection, ligne: LigneState) -> bool:
        """A line that who only reads the collection sees. One whose condition cannot be told is not shown."""
        if self.staff or collection.partage is None:
            return True
        try:
            return bool(self.program.of_line(cle, collection.partage, ligne, self.state, "booleen"))
        except ExpressionError:
            return False

    def reads_form(self, formulaire: str) -> bool:
        """The reader may read the answers to a form."""
        me = "client" if self.reader.kind == "client" else self.reader.key
        return self.staff or me in self.program.form_readers(formulaire, self.state)

    def is_me(self, key: str, user_id: str | None) -> bool:
        """The reader is the person awaited: staff by name, the client for the roles of its side."""
        if self.reader.kind == "participant":
            return key == self.reader.key
        if self.reader.kind == "client":
            return self.program.is_client(key, self.state)
        holder = user_id or (member.user_id if (member := self.state.holder(key)) else None)
        return holder == self.reader.id

    def owes(self, key: str, user_id: str | None) -> bool:
        """The same, for what may be done now: nothing is, while the démarche is suspended or once it is over."""
        return self.state.cycle == "ouverte" and self.is_me(key, user_id)

    def among(self, keys: tuple[str, ...]) -> bool:
        """The reader is one of these roles or participants, or of the firm."""
        if self.staff:
            return True
        if self.reader.kind == "participant":
            return self.reader.key in keys
        return any(self.program.is_client(key, self.state) for key in keys)

    def sent_back(self, formulaire: str) -> bool:
        correction = self.state.corrections.get(formulaire)
        return self.state.open and correction is not None and correction.statut == "a_corriger"

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

    def name(self, key: str) -> str:
        person = self.state.participants.get(key) or self.state.holder(key)
        return person.nom if person else self.modele.actor_label(key)

    def told(self, condition: str | None) -> bool:
        """A condition that holds; one that cannot be told yet does not."""
        return self.program.told(condition, self.state)
