"""One turn of the engine: the state being changed, the events said so far, and the words shared by all commands."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal, ParamSpec, TypeVar

from workflows.engine.commands import Command, Refusal
from workflows.engine.elision import elided
from workflows.engine.evolve import evolve
from workflows.engine.expressions import ExpressionError
from workflows.engine.facts import (
    CorrectionSent,
    DemarcheOpened,
    DocumentOutdated,
    DocumentRequested,
    DonneeChanged,
    DonneesRecorded,
    EffectRequested,
    EnfantReported,
    Event,
    Fact,
    LigneAdded,
    LigneChanged,
    LigneRemoved,
    LigneStatutChanged,
    LinkRenewed,
    Noticed,
    ParticipantInvited,
)
from workflows.engine.modele import Document, Etape, Modele, Signature, Tache
from workflows.engine.ports import CalculError
from workflows.engine.produced import About, about_one, lines_of, not_made
from workflows.engine.program import MAX_NAME, PARIS, Program
from workflows.engine.state import (
    Actor,
    DemarcheState,
    DocumentState,
    EffectState,
    EtapeState,
    LigneState,
    ParticipantState,
    TacheState,
)
from workflows.engine.waiting import current_etape

_P = ParamSpec("_P")
_T = TypeVar("_T")

CLIENT = ("client",)
MESSAGE = "message"
"""The mail that carries what a person wrote by hand: it belongs to no modèle."""
DATA = (
    DemarcheOpened,
    DonneesRecorded,
    DonneeChanged,
    CorrectionSent,
    LigneAdded,
    LigneChanged,
    LigneRemoved,
    LigneStatutChanged,
    EnfantReported,
)
"""Facts after which what is computed from the data is computed again."""


class Turn:
    """Collects the events of one command, folding each as it is said: what follows reads the new state."""

    def __init__(self, program: Program, state: DemarcheState, command: Command, now: datetime) -> None:
        self._program = program
        self.state = state
        self.command = command
        self.actor: Actor = command.actor
        self.now = now
        self.events: list[Event] = []
        self.choix: dict[str, Any] = {}
        """Answers that hold for what is being sent, and for nothing else."""

    @property
    def program(self) -> Program:
        """What runs the démarche as it now stands."""
        return self._program.of(self.state)

    @property
    def modele(self) -> Modele:
        return self.program.modele

    def said(self, *facts: type[Fact]) -> bool:
        """This command led to one of these facts."""
        return any(isinstance(event.fact, facts) for event in self.events)

    @property
    def data_changed(self) -> bool:
        """This command recorded answers, changed a key date, or touched a line of a collection."""
        return self.said(*DATA)

    @property
    def today(self) -> date:
        return self.now.astimezone(PARIS).date()

    def say(self, fact: Fact, audience: tuple[str, ...] = (), actor: Actor | None = None) -> None:
        """Record a fact; `audience` says who may read it besides staff."""
        event = Event(
            seq=self.state.seq + 1,
            command_id=self.command.id,
            at=self.now,
            actor=actor or self.actor,
            audience=audience,
            fact=fact,
        )
        evolve(self.state, event)
        self.events.append(event)

    def new_id(self) -> str:
        """An id derived from the command: the same decision always names the same things."""
        return str(
            uuid.uuid5(uuid.NAMESPACE_OID, f"{self.state.demarche_id}/{self.command.id}/{len(self.events)}")
        )

    # --- refusals

    def require(self, condition: bool, code: str, detail: str) -> None:
        """Refuse the command unless `condition`."""
        if not condition:
            raise Refusal(code, detail)

    def require_open(self) -> None:
        """Refuse when the démarche has ended or is suspended."""
        if self.state.cycle == "suspendue":
            raise Refusal("demarche_suspendue", "La démarche est suspendue : reprenez-la d'abord.")
        if not self.state.open:
            raise Refusal(
                "demarche_close", "La démarche est terminée ou annulée : plus rien ne peut y être fait."
            )

    def require_dossier(self) -> None:
        """Refuse while the demande has not become a dossier."""
        self.require_open()
        self.require(
            self.state.phase == "dossier", "demande_en_cours", "La demande n'est pas encore validée."
        )

    def require_staff(self) -> None:
        self.require(
            self.actor.kind in ("staff", "system"), "interdit", "Cette action est réservée au cabinet."
        )

    def require_can_act_for(self, key: str) -> None:
        """Staff act for anyone, the client for roles of the client's side, a participant for themself."""
        allowed = (
            self.actor.kind in ("staff", "system")
            or (self.actor.kind == "client" and self.program.is_client(key, self.state))
            or (self.actor.kind == "participant" and key == self.actor.role)
        )
        self.require(allowed, "interdit", "Cette action revient à une autre personne.")

    def require_visit(self, etape: EtapeState, visit: int | None) -> None:
        """A command made for an earlier visit of an étape is over."""
        if visit is not None and visit != etape.visit:
            raise Refusal(
                "etape_perimee",
                f"L'étape « {etape.titre} » a été rouverte depuis : rechargez la page avant de recommencer.",
            )

    # --- lookups

    def etape_of(self, cle: str) -> tuple[Etape, EtapeState]:
        etape = self.program.etapes.get(cle)
        if etape is None:
            raise Refusal("etape_inconnue", f"L'étape « {cle} » n'existe pas dans cette démarche.")
        return etape, self.state.etapes[cle]

    def current_etape(self, cle: str | None) -> EtapeState | None:
        """The étape that something added by hand belongs to: the one named, else the first one under way."""
        if cle is None:
            return current_etape(self.program, self.state)
        etape, state = self.etape_of(cle)
        self.require(
            state.statut == "en_cours", "etape_inactive", f"L'étape « {etape.titre} » n'est pas en cours."
        )
        return state

    def audience_of(self, key: str) -> tuple[str, ...]:
        """Who, besides staff, sees what concerns this role or participant: the client sees its démarche, except what a
        participant keeps for themself."""
        if key not in self.modele.participants or self.program.is_client(key, self.state):
            return CLIENT
        return (key,) if self.program.kept_from_client(key, self.state) else ("client", key)

    def known_person(self, key: str) -> None:
        """Refuse a role or participant that the modèle does not have."""
        if key not in self.modele.roles and key not in self.modele.participants:
            raise Refusal("role_inconnu", f"« {key} » n'est ni un rôle ni un participant de ce modèle.")

    def require_firm(self, key: str) -> None:
        """Refuse whoever is not of the firm."""
        self.known_person(key)
        role = self.modele.roles.get(key)
        firm = role is not None and role.cote == "cabinet"
        self.require(firm, "role_du_client", "Seul quelqu'un du cabinet termine cette étape.")

    def holds(
        self, condition: str | None, collection: str | None = None, ligne: LigneState | None = None
    ) -> bool:
        """A condition of the modèle on the démarche's data, or on a line of a collection; a value that is missing
        refuses the command."""
        if condition is not None and collection is not None and ligne is not None:
            return bool(
                self._told(self.program.of_line, collection, condition, ligne, self._as_sent, "booleen")
            )
        return self._told(self.program.holds, condition, self._as_sent)

    def allows(self, condition: str, collection: str, ligne: LigneState) -> bool:
        """An act on a line is allowed today; a value that is missing refuses the command."""
        return self._told(self.program.allows, condition, collection, ligne, self.state, self.today)

    def unmet(self, tache: TacheState) -> str | None:
        """What a task still wants before it is completed; a value that cannot be told refuses the command."""
        return self._told(self.program.unmet, tache, self.state)

    def lasts(self, tache: Tache) -> bool:
        """Whether a task of the modèle is still to be done; a value that cannot be told refuses the command."""
        return self._told(self.program.lasts, tache, self.state)

    @staticmethod
    def _told(read: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """What the modèle's conditions say, or the refusal of the command when they cannot be told."""
        try:
            return read(*args, **kwargs)
        except ExpressionError as error:
            raise Refusal(
                "condition_incalculable", f"Une condition du modèle ne peut être évaluée : {error}"
            ) from error

    def text(self, expression: str) -> str:
        """Value of an expression that names a person or a démarche."""
        try:
            return str(self.program.evaluate(expression, self.state))
        except ExpressionError as error:
            raise Refusal("valeur_incalculable", f"Une valeur du modèle manque : {error}") from error

    def titre(self) -> str:
        """What the démarche is called, as French elides: « Embauche d'Adrien Roux »."""
        return elided(self.text(self.modele.nom))

    def compute(self) -> dict[str, Any]:
        try:
            return self.program.compute(self.state)
        except CalculError as error:
            raise Refusal("calcul_impossible", str(error)) from error

    # --- notices, mails, documents: everything that leaves the démarche passes here

    def recipients(self, key: str) -> tuple[str, ...]:
        """Users who hold a role now."""
        return self.program.recipients(key, self.state)

    def name_of(self, key: str) -> str:
        """Who takes part under this key or holds this role; the role itself, while nobody is known."""
        person = self.state.participants.get(key) or self.state.holder(key)
        return person.nom if person else self.modele.actor_label(key)

    def hidden_from(self, key: str) -> bool:
        """This person is of the client, who does not see the démarche (MOD-08): what would be sent to them leads to a
        page that is not theirs."""
        return self.program.is_client(key, self.state) and not self.program.on_portal(self.state)

    def notice(self, key: str, code: str, message: str, cible: str | None = None) -> None:
        """Put an entry in the notification centre of whoever holds a role, except the person who acts."""
        if self.hidden_from(key):
            return
        to = tuple(user for user in self.recipients(key) if user != self.actor.id)
        if to:
            self.say(Noticed(to=to, code=code, message=message, cible=cible))

    def notice_user(self, user_id: str, code: str, message: str, cible: str | None = None) -> None:
        """The same for one person of the team."""
        if user_id != self.actor.id:
            self.say(Noticed(to=(user_id,), code=code, message=message, cible=cible))

    def notice_side(self, side: str, code: str, message: str, cible: str | None = None) -> None:
        """Notify every role of a side, once."""
        for key, role in self.modele.roles.items():
            if role.cote == side:
                self.notice(key, code, message, cible)

    def mail(
        self,
        model: str,
        key: str,
        *,
        label: str,
        etape: str | None = None,
        variables: dict[str, Any] | None = None,
    ) -> None:
        """Write one mail per recipient in the ledger. The variables known now are kept with it.

        A participant's link is single-use: each mail to them carries a fresh one. Nothing leaves for who does not see
        the démarche.
        """
        if self.hidden_from(key):
            return
        participant = self._linked(key)
        targets: list[dict[str, str]]
        if participant is not None:
            targets = [{"email": participant.email, "nom": participant.nom, "link_id": participant.link_id}]
        elif key in self.state.participants:
            targets = []  # a person whose access was withdrawn is left in peace
        else:
            targets = [{"user_id": user, "role": key} for user in self.recipients(key)]
        if not targets:
            self.notice_side("cabinet", "courriel_sans_destinataire", f"Personne à qui écrire : {label}.")
        for target in targets:
            effect = self._message("courriel", key, label, etape)
            params = {"model": model, "to": target, "variables": self._variables(variables)}
            self.say(EffectRequested(effect=effect, params=params), self.audience_of(key))

    def sms(
        self,
        text: str,
        key: str,
        *,
        label: str,
        etape: str | None = None,
        variables: dict[str, Any] | None = None,
    ) -> None:
        """Write one SMS in the ledger: to a participant's number, or to the client's for the roles of its side.
        Nothing leaves for who does not see the démarche."""
        if self.hidden_from(key):
            return
        participant = self._linked(key)
        target: dict[str, str] | None = {"client_id": self.state.client_id}
        if participant is not None:
            number = participant.telephone
            target = (
                {"telephone": number, "nom": participant.nom, "link_id": participant.link_id}
                if number
                else None
            )
        elif not self.program.is_client(key, self.state):
            target = None
        if target is None:
            self.notice_side("cabinet", "sms_sans_destinataire", f"Aucun numéro pour ce SMS : {label}.")
            return
        effect = self._message("sms", key, label, etape)
        params = {"texte": text, "to": target, "variables": self._variables(variables)}
        self.say(EffectRequested(effect=effect, params=params), self.audience_of(key))

    def _message(
        self, kind: Literal["courriel", "sms"], key: str, label: str, etape: str | None
    ) -> EffectState:
        readers = (key,) if self.program.kept_from_client(key, self.state) else None
        return EffectState(id=self.new_id(), kind=kind, label=label, etape=etape, lecteurs=readers)

    def _variables(self, more: dict[str, Any] | None) -> dict[str, Any]:
        """What a message says of the démarche, as it is now."""
        return {
            "reference_dossier": self.state.reference,
            "nom_client": self.state.client_nom,
            "titre_demarche": self.state.titre,
            **self._readings(),
            **(more or {}),
        }

    def _linked(self, key: str) -> ParticipantState | None:
        """A participant with a link that has not been used, unless their access was withdrawn."""
        participant = self.state.participants.get(key)
        if participant is None or participant.revoked:
            return None
        # The link of an invitation said by this very command has not left yet.
        return participant if participant.invited_at == self.now else self._renew_link(participant)

    def _readings(self) -> dict[str, Any]:
        """What a mail or a document says of the day it is asked for."""
        if not self.modele.lectures:
            return {}
        return {"lectures": self.program.readings(self._as_sent, self.today)}

    @property
    def _as_sent(self) -> DemarcheState:
        """The state that what is being sent tells of: with the answers chosen for it alone."""
        form = self.modele.choix_envoi
        if form is None or not self.choix:
            return self.state
        chosen = {**self.state.donnees.get(form, {}), **self.choix}
        return self.state.model_copy(update={"donnees": {**self.state.donnees, form: chosen}})

    def _renew_link(self, former: ParticipantState) -> ParticipantState:
        renewed = former.model_copy(
            update={
                "link_id": self.new_id(),
                "invited_at": self.now,
                "expires_at": self.program.shift(self.now, self.modele.participants[former.cle].lien_valable),
                "revoked": False,
            }
        )
        self.say(LinkRenewed(participant=renewed))
        return renewed

    def invite(self, key: str, mail: str, etape: str | None) -> None:
        """Give a participant a new single-use link and send it; the former link dies. The client needs none."""
        if self.program.is_client(key, self.state):
            return
        participant = self.modele.participants[key]
        invited = ParticipantState(
            cle=key,
            nom=self.text(participant.nom),
            email=self.text(participant.email),
            telephone=self.text(participant.telephone) if participant.telephone else None,
            link_id=self.new_id(),
            invited_at=self.now,
            expires_at=self.program.shift(self.now, participant.lien_valable),
        )
        kept = self.program.kept_from_client(key, self.state)
        self.say(ParticipantInvited(participant=invited), (key,) if kept else CLIENT)
        self.mail(mail, key, label=f"Invitation envoyée à {invited.nom}", etape=etape)

    def produce(self, cle: str, etape: str | None, about: About | None = None) -> None:
        """Ask for a document, or for one file per line. `about`: the line that calls for it; it also says which of
        its files a document made per line of that collection makes."""
        document = self.modele.documents[cle]
        if document.pour_chaque is None:
            self._produce(cle, etape, about)
            return
        for line in self.lines_of(document):
            if about is None or about.collection != document.pour_chaque or about.ligne.id == line.id:
                self._produce(cle, etape, About(document.pour_chaque, line))

    def lines_of(self, document: Document) -> list[LigneState]:
        """Lines for which a document made per line has a file."""
        try:
            return lines_of(self.program, self.state, document)
        except ExpressionError as error:
            raise Refusal(
                "condition_incalculable", f"Une condition du modèle ne peut être évaluée : {error}"
            ) from error

    def not_made(self, cle: str, *, begun: bool = False) -> list[str | None]:
        """Files of a document that are not there yet: ids of their lines, [None] for an ordinary document."""
        try:
            return not_made(self.program, self.state, cle, begun=begun)
        except ExpressionError as error:
            raise Refusal(
                "condition_incalculable", f"Une condition du modèle ne peut être évaluée : {error}"
            ) from error

    def _produce(self, cle: str, etape: str | None, about: About | None) -> None:
        """The row of the ledger carries all the data of the file, so that it can be told later what it said."""
        document = self.modele.documents[cle]
        collection, ligne = (about.collection, about.ligne) if about else (None, None)
        source = next(
            (v.modele for v in document.variantes if self.holds(v.si, collection, ligne)), document.modele
        )
        if source is None:
            raise Refusal(
                "document_sans_modele", f"Aucune variante de « {document.titre} » ne convient à ce cas."
            )
        for former in list(self.state.documents.values()):
            if former.cle == cle and (ligne is None or former.ligne in (None, ligne.id)):
                self.outdate(former, "Remplacé par une nouvelle version.")
        allowed = (key for key, si in document.visible_si.items() if self.holds(si, collection, ligne))
        made = DocumentState(
            id=self.new_id(),
            cle=cle,
            titre=self._title_of(document, about),
            etape=etape,
            etiquette=document.etiquette,
            final=document.final,
            visible=tuple(dict.fromkeys((*document.visible, *allowed))),
            ligne=ligne.id if ligne else None,
            requested_at=self.now,
            par=self.actor.name,
        )
        self.say(DocumentRequested(document=made))
        effect = EffectState(
            id=self.new_id(), kind="document", label=made.titre, etape=etape, document=made.id
        )
        params = {
            "document": made.id,
            "model": source,
            "titre": made.titre,
            "context": self._context_of(document, about),
        }
        self.say(EffectRequested(effect=effect, params=params))

    def sign(self, document: DocumentState, signature: Signature) -> None:
        """Write in the ledger the sending of a document to those who sign it online."""
        signers: list[dict[str, str]] = []
        for key in signature.par:
            participant = self.state.participants.get(key)
            if participant is not None and not self.program.is_client(key, self.state):
                signers.append({"cle": key, "email": participant.email, "nom": participant.nom})
                continue
            holders = self.recipients(key)
            if not holders:
                raise Refusal(
                    "signataire_absent", f"Personne à qui faire signer «\u00a0{document.titre}\u00a0»."
                )
            signers.append({"cle": key, "user_id": holders[0]})
        readers = {reader for key in signature.par for reader in self.audience_of(key)}
        effect = EffectState(
            id=self.new_id(),
            kind="signature",
            label=f"«\u00a0{document.titre}\u00a0» envoyé à la signature",
            etape=document.etape,
            lecteurs=tuple(sorted(readers)),
        )
        assert document.file is not None
        params = {
            "document": document.id,
            "titre": document.titre,
            "fichier": document.file.id,
            "fait": signature.fait,
            "signataires": signers,
        }
        self.say(EffectRequested(effect=effect, params=params))

    def _title_of(self, document: Document, about: About | None) -> str:
        if document.pour_chaque is None or about is None:
            return document.titre
        if document.nom is None:
            return f"{document.titre} - {about.ligne.nom}"[:MAX_NAME]
        try:
            named = self.program.of_line(about.collection, document.nom, about.ligne, self.state, "texte")
        except ExpressionError as error:
            raise Refusal("valeur_incalculable", f"Une valeur du modèle manque : {error}") from error
        return str(named)[:MAX_NAME]

    def _context_of(self, document: Document, about: About | None) -> dict[str, Any]:
        """What a file may say; one made per line is given nothing of the other lines."""
        data = {**self.program.data(self._as_sent), **self._readings()}
        if document.pour_chaque is not None and about is not None:
            data = about_one(data, self.state, document.pour_chaque, about.ligne)
        return {
            **data,
            "reference_dossier": self.state.reference,
            "nom_client": self.state.client_nom,
            "titre_demarche": self.state.titre,
            "date_document": self.today.isoformat(),
            **(about.variables if about else {}),
        }

    def outdate(self, document: DocumentState, motif: str) -> None:
        """Mark a document as no longer telling the truth; it is kept. One being prepared is marked too."""
        if document.perime is None and document.statut != "echec":
            readers = tuple(
                key for key in self.program.readers(document.visible, self.state) if key == "client"
            )
            self.say(DocumentOutdated(document=document.id, motif=motif), readers)
