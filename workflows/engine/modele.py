"""The modèle language: what an administrator writes in `process_templates/*.yaml`, as typed and frozen objects.

French keys, because administrators write them. `docs/modeles.md` documents each; the JSON Schema used by editors is
generated from these classes. A schema cannot say everything: cross references and reachability are the verifier's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from workflows.engine.moment import ENTRY, Delay, Moment

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""ASCII snake_case name, unique among its siblings."""
Expr = Annotated[str, Field(min_length=1, max_length=1000)]
"""A CEL expression over the démarche's own data: `declaration.nature == "cdd"`."""
ClientType = Literal["particulier", "entreprise", "createur", "association"]
Side = Literal["cabinet", "client", "tiers"]
Couleur = Literal["accent", "vert", "ambre", "rouge", "gris", "violet"]


class Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Portail(Node):
    """MOD-08: two independent boxes."""

    visible: bool = True
    demandable: bool = False
    libelle: str | None = None
    """The button that starts it, when it differs from the title: « Déclarer une embauche » (RH-07)."""
    accueil: bool = False
    """That button stands on the portal's home too (DEM-05, EMB-01)."""

    @model_validator(mode="after")
    def _offered_where_it_stands(self) -> Portail:
        if self.accueil and not (self.visible and self.demandable):
            raise ValueError("« accueil » veut « visible: true » et « demandable: true »")
        return self


class Prix(Node):
    """DOS-24. Amount in integer cents; the conseiller may set another on each démarche. Or the pack it is part of."""

    montant: Annotated[int, Field(ge=0, strict=True)] | None = None
    """Strict: « 290.00 » would be read as 290 cents, and sold a hundred times too cheap."""
    mention: Literal["HT", "TTC"] = "HT"
    pack: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """« Compris dans le pack Sérénité »: shown instead of, or beside, the amount."""

    @model_validator(mode="after")
    def _says_something(self) -> Prix:
        if self.montant is None and self.pack is None:
            raise ValueError("un prix a un « montant », un « pack », ou les deux")
        return self


class Badge(Node):
    """What the client reads at a glance while an étape is under way (BDG)."""

    libelle: Annotated[str, Field(min_length=1, max_length=60)]
    couleur: Couleur = "gris"
    icone: str | None = None


class BadgeSelon(Badge):
    """A badge under a condition: « Banque => Dossier reçu » once a bank has said so."""

    si: Expr


class Repere(Node):
    """A mark of the progress banner: the étapes it stands for."""

    libelle: Annotated[str, Field(min_length=1, max_length=40)]
    etapes: Annotated[tuple[Key, ...], Field(min_length=1)]


class Issue(Node):
    """What a démarche that has come to its end became: « Refusé », « Offre de prêt émise »."""

    statut: Key
    si: Expr | None = None


class Onglet(Node):
    """A contextual tab of the cockpit: loan details, collection account …"""

    cle: Key
    libelle: str
    icone: str | None = None
    si: Expr | None = None
    collections: tuple[Key, ...] = ()
    formulaires: tuple[Key, ...] = ()
    calculs: tuple[Key, ...] = ()
    lectures: tuple[Key, ...] = ()
    documents: tuple[Key, ...] = ()
    voient: tuple[str, ...] = ()
    """Roles and participants who see it, besides the firm."""


class Compteur(Node):
    """A figure or a few words of the summary, computed from the démarche's data when it is read."""

    cle: Key
    libelle: str
    valeur: Expr
    format: Literal["nombre", "montant", "texte"] = "nombre"
    si: Expr | None = None
    """Left out of the summary while it is not true."""
    voient: tuple[str, ...] = ()
    """Roles and participants who read it, besides the firm."""

    @property
    def kind(self) -> str:
        """Written type of its value."""
        return "texte" if self.format == "texte" else "entier"


class Statut(Node):
    """A status of this modèle (MOD-06, BDG-02): label, colour tone, icon."""

    libelle: str
    couleur: Couleur = "gris"
    icone: str | None = None


class StatutDemarche(Statut):
    date: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] | None = None
    """A date that completes the label once it is known: « Changement effectif le 12/03/2026 » (OPT-25)."""


class Role(Node):
    """Who acts. `cabinet` roles are held by staff, `client` roles by users of the client's tiers."""

    libelle: str
    cote: Side


class Participant(Node):
    """A person who is neither staff nor the client: limited view of one démarche, by secure link (SEC-26)."""

    libelle: str
    nom: Expr
    """Expression that gives the person's displayed name."""
    email: Expr
    telephone: Expr | None = None
    """Expression that gives the number that SMS go to."""
    lien_valable: Delay = Delay(30, "j")
    confidentiel: bool = False
    """What falls to this person is kept from the client: pièces, answers, tasks, and what the journal says of them."""
    est_client: Expr | None = None
    """True: the client is this person. Nobody is invited, the client acts and reads in their place."""


Format = Literal["texte", "nombre", "montant", "pourcentage", "date", "duree", "booleen", "choix"]
"""How a value is shown: a montant is in integer cents, a pourcentage in percent (« 3.45 »), a duree in seconds."""


class Calcul(Node):
    """A named value: a calculation of `rules/` on expressions of the démarche's data, or one expression."""

    fonction: str | None = None
    arguments: dict[str, Expr] = {}
    valeur: Expr | None = None
    """An expression alone, where no function of `rules/` is needed: `mois_apres(remise.le, 6)`."""
    libelle: str | None = None
    format: Format | None = None
    """How tabs show it; from its type when absent."""
    unite: str | None = None
    """Said after the number: « mois », « kWh »."""
    si: Expr | None = None
    """Computed only when true; otherwise the value is absent."""

    @model_validator(mode="after")
    def _one_way(self) -> Calcul:
        if (self.fonction is None) == (self.valeur is None):
            raise ValueError("un calcul a soit une « fonction » avec ses « arguments », soit une « valeur »")
        if self.valeur is not None and self.arguments:
            raise ValueError("« arguments » ne va qu’avec « fonction »")
        if self.unite is not None and self.format not in (None, "nombre"):
            raise ValueError("« unite » ne va qu’avec le format « nombre »")
        return self


class Chiffre(Node):
    """How a figure of a reading is shown."""

    libelle: str
    format: Format = "montant"


class Lecture(Node):
    """Values that depend on the day, computed whenever somebody reads them and never stored (DESIGN, rule 6).

    Screens, mails and documents show them; no condition may depend on them.
    """

    fonction: str
    """Name of a reading of `rules/lectures.py`: it receives the day, then these arguments."""
    arguments: dict[str, Expr] = {}
    libelle: str | None = None
    si: Expr | None = None
    """It is there only when this is true: an offer to compare, a plan begun."""
    voient: tuple[str, ...] = ()
    """Roles and participants who read it, besides the firm."""
    montre: dict[Key, Chiffre] = {}
    """Figures shown first."""
    colonnes: dict[Key, dict[Key, Chiffre]] = {}
    """Columns it adds to the lines of a collection: those of its list of the same name, line by line."""


class Paiement(Node):
    """A page where a person without an account sees what is due and pays online (REC-28, REC-29)."""

    du: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    """What is due, in cents: a figure of a reading, « compte.a_payer »."""


class Variante(Node):
    si: Expr
    modele: str


class Signature(Node):
    """How a generated document is signed online."""

    fait: Key
    """Fact that the signature tells, once everyone has signed."""
    par: Annotated[tuple[Key, ...], Field(min_length=1, max_length=5)]
    """Roles and participants who sign, in order. The model marks where: an element `id="signature-<role>"`."""


class Document(Node):
    """A document generated from a Jinja2 model (PDF-04)."""

    titre: str
    modele: str | None = None
    variantes: tuple[Variante, ...] = ()
    """The first variant whose condition holds is used, else `modele`."""
    etiquette: Key | None = None
    final: bool = False
    """Listed among the final deliverables (DOS-23)."""
    visible: tuple[str, ...] = ()
    """Roles and participants, besides the cabinet, who may read it."""
    visible_si: dict[Key, Expr] = {}
    """Role or participant → condition under which they may read it too, told when it is made."""
    pour_chaque: Key | None = None
    """A collection: one file for each of its lines. Its model reads `ligne`, and nothing of the other lines."""
    si: Expr | None = None
    """Which lines have one; all when absent."""
    nom: Expr | None = None
    """Title of each file: `"Proposition à " + ligne.creancier`; the title and the line's name when absent."""
    signature: Signature | None = None
    """It may be sent to be signed online."""

    @model_validator(mode="after")
    def _about_lines(self) -> Document:
        if self.pour_chaque is None and (self.si is not None or self.nom is not None):
            raise ValueError("« si » et « nom » d’un document ne vont qu’avec « pour_chaque »")
        return self

    @property
    def conditions(self) -> dict[tuple[str | int, ...], str]:
        """Conditions evaluated when it is made, by their place in the document."""
        found: dict[tuple[str | int, ...], str] = {
            ("variantes", index, "si"): variant.si for index, variant in enumerate(self.variantes)
        }
        found |= {("visible_si", key): source for key, source in self.visible_si.items()}
        return found | ({("si",): self.si} if self.si is not None else {})


class ExigenceTache(Node):
    """A condition without which a person's act is refused, and what they are then told."""

    si: Expr
    sinon: Annotated[str, Field(min_length=1, max_length=500)]


class Tache(Node):
    """TCH-04, TCH-10. Human work assigned to a role or a participant."""

    cle: Key
    titre: str
    description: str | None = None
    pour: Key
    checklist: tuple[str, ...] = ()
    echeance: Moment | None = None
    priorite: Literal["normale", "urgente"] = "normale"
    facturable: bool = False
    """Its time is to be invoiced, as far as this can be known beforehand."""
    obligatoire: bool = True
    creation: Literal["entree", "ouverture"] = "entree"
    """`ouverture`: exists as soon as the dossier opens, before its étape is entered."""
    document: Key | None = None
    """The task is about producing this document: it cannot be completed before the document exists."""
    formulaire: Key | None = None
    """Its own fields (TCH-05): a form of its étape, which the same person fills; it cannot be completed before."""
    visible_client: bool | None = None
    """Default: visible when it is the client's or a participant's."""
    si: Expr | None = None
    tant_que: Expr | None = None
    """There as long as this holds, while its étape is under way: it ends by itself, and comes back by itself."""
    exige: tuple[ExigenceTache, ...] = ()
    """Without these it cannot be completed."""

    @model_validator(mode="after")
    def _follows_its_etape(self) -> Tache:
        if self.tant_que is not None and self.creation != "entree":
            raise ValueError("« tant_que » suit l’étape en cours : retirez « creation: ouverture »")
        return self


class Piece(Node):
    """GED-08 to GED-14. A document that someone must provide."""

    cle: Key
    titre: str
    description: str | None = None
    de: Key
    """Role or participant who provides it."""
    categorie: str | None = None
    formats: tuple[Literal["pdf", "jpg", "png", "webp", "heic", "docx", "xlsx", "odt"], ...] = (
        "pdf",
        "jpg",
        "png",
    )
    taille_max_mo: Annotated[int, Field(ge=1, le=200)] = 10
    obligatoire: bool = True
    echeance: Moment | None = None
    controles: tuple[str, ...] = ()
    """What the conseiller checks before validating."""
    etiquette: Key | None = None
    si: Expr | None = None
    type: Key | None = None
    """GED-15. What kind of document it is, the same word in every modèle: given once, it is offered for each."""
    validite: Delay | None = None
    """How long one of this kind serves again after it was validated; for ever when absent."""


class Exigence(ExigenceTache):
    """The same about a line of a collection.

    It may also read `ligne`, `jour` (the civil day of the act) and `pieces` (`cle`, `titre`, `categorie`, `validee`).
    """


class StatutLigne(Statut):
    """A status of one line of a collection."""

    par: tuple[str, ...] = ()
    """Roles and participants who may give it, besides the firm; those who manage the collection when empty."""
    exige: tuple[Exigence, ...] = ()
    """What must hold for it to be given."""
    date: Key | None = None
    """Date field of the line's form that says since when: the day of the act, unless it says one already; emptied when
    the line takes another status."""


class Calculee(Node):
    """A computed column: an expression alone, or with its label and format."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        # An expression alone stands for its value.
        json_schema_extra=lambda schema: schema.update(type=["object", "string"]),
    )

    valeur: Expr
    """May read `ligne`, the forms, and the collections; those declared before with their computed columns."""
    libelle: str | None = None
    format: Format | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        return {"valeur": given} if isinstance(given, str) else given


class Total(Node):
    """A figure shown under a collection."""

    libelle: str
    valeur: Expr
    format: Format | None = None


class Echeancier(Node):
    """How a schedule of instalments is laid out, one line each, before people change it."""

    date: Key
    """Field of the line's form that holds the day."""
    montant: Key
    """Field that holds the amount."""
    total: Expr | None = None
    """What there is to share out, in cents: `calculs.reste_du`. Typed by the person when absent."""


class Collection(Node):
    """Lines that a démarche keeps: invoices, payments, offers, banks, suppliers."""

    libelle: str
    """Plural: « Factures »."""
    singulier: str
    """« facture »: « Ajouter une facture »."""
    formulaire: str
    """Form of `forms/` for one line."""
    nom: Expr
    """Names a line: `ligne.numero`."""
    gerent: tuple[str, ...] = ()
    """Roles and participants who may add, change and remove, besides the firm."""
    voient: tuple[str, ...] = ()
    """Roles and participants who read it, besides the firm and those who manage it."""
    partage: Expr | None = None
    """Which lines those who only read it see: `ligne.partage_client`. All when absent; the firm sees all."""
    colonnes: tuple[Key, ...] = ()
    """Shown in the table; every field and computed column when empty."""
    statuts: dict[Key, StatutLigne] = {}
    """In order; the first is that of a new line."""
    minimum: Annotated[int, Field(ge=0, le=200)] = 0
    """Lines that an étape which asks for them waits for."""
    maximum: Annotated[int, Field(ge=1, le=200)] = 200
    calcule: dict[Key, Calculee] = {}
    totaux: tuple[Total, ...] = ()
    exige: tuple[Exigence, ...] = ()
    """What must hold for a person to add a line, or to change it."""
    echeancier: Echeancier | None = None
    """Its lines are instalments, that the screen can lay out."""
    depart: tuple[dict[str, str | int | bool], ...] = ()
    """Lines that it begins with: at the opening of the dossier, or when a new version brings the collection."""

    @property
    def has_exigences(self) -> bool:
        """A condition is set on what people do with its lines."""
        return bool(self.exige) or any(statut.exige for statut in self.statuts.values())


class Fait(Node):
    """Something of the outside world that a business record tells: a payment, an offer."""

    libelle: str
    """« Paiement reçu »."""
    ajoute: Key | None = None
    """Collection to which it adds a line."""
    formulaire: Key | None = None
    """Form whose answers it completes."""
    evenement: Key | None = None
    """Awaited event that it tells; alone, or with the form it completes."""
    piece: Key | None = None
    """Pièce under which the files that come with it are kept: the signed copy."""

    @model_validator(mode="after")
    def _does_something(self) -> Fait:
        told = self.formulaire is not None or self.evenement is not None
        if (self.ajoute is None) != told:
            raise ValueError(
                "dites ce que fait ce fait : « ajoute » (une collection), ou « formulaire » et « evenement »"
            )
        return self


class Lignes(Node):
    """A collection asked for during an étape: it cannot end before the collection has its minimum."""

    nom: Key
    par: Key
    titre: str | None = None


class Formulaire(Node):
    """A form of `forms/` to be filled during the étape; its answers live in the namespace of its name."""

    nom: Key
    par: Key
    titre: str | None = None
    obligatoire: bool = True
    """When false, the étape ends without it; it may be filled as long as the étape is under way."""
    voient: tuple[str, ...] | None = None
    """Roles and participants who read its answers, besides the firm and `par`. Absent: the client does."""


Awaited = Literal["pieces", "formulaires", "taches", "actions", "evenements"]


class ActionClient(Node):
    """ACT: something the étape asks of the client by itself when it is entered."""

    cle: Key
    nature: Literal["commentaire", "note", "validation", "documents"] = "commentaire"
    message: Annotated[str, Field(min_length=1, max_length=2000)]
    a: Key
    echeance: Moment | None = None
    obligatoire: bool = True
    courriel: str | None = None
    """Mail model; `action_demandee` of the modèle when absent."""
    si: Expr | None = None


Sms = Annotated[str, Field(min_length=1, max_length=600)]
"""Text of an SMS; it may read the variables of mails: `Bonjour, {{ lien_acces }}`."""
Niveau = Annotated[str, Field(min_length=1, max_length=30)]
"""Name of a step in the plan of reminders (« R2 »)."""


class Consequence(Node):
    """What happens when a deadline passes: a notice to someone and, at will, a mail, an SMS, a task, a status."""

    message: Annotated[str, Field(min_length=1, max_length=500)]
    a: Key
    courriel: str | None = None
    sms: Sms | None = None
    tache: Tache | None = None
    statut: Key | None = None
    """Status of the démarche from then on, as long as the étape is under way."""


class Sinon(Consequence):
    """What happens when an awaited event has not come by its deadline."""

    suite: Literal["attendre", "continuer"] = "attendre"
    """`continuer`: the étape no longer waits for it; its status in expressions becomes `echu`."""
    retour: Key | None = None
    """Étape to which the démarche goes back by itself."""


class Appel(Node):
    """A question asked of a service of the outside world; its answer is the event that the étape waits for."""

    service: Key
    """Namespace of the answer, declared in `services`."""
    envoie: dict[Key, Expr] = {}
    """Field of the question → expression that gives it; left out while it is not known."""
    quand: Literal["entree", "demande"] = "entree"
    """`entree`: as soon as the étape begins; `demande`: when an automation or the conseiller asks for it."""


class Evenement(Node):
    """Something that happens outside and that the étape waits for: a payment, a postal event, a signature."""

    cle: Key
    titre: str
    a_faire: str | None = None
    """What the person it comes from has to do (« Choisir une offre »); its title otherwise, which says what is done."""
    description: str | None = None
    de: Key
    """Role or participant it comes from: whose turn it is meanwhile."""
    formulaire: Key | None = None
    """Form that its data must follow; they are recorded under this name."""
    echeance: Moment | None = None
    sinon: Sinon | None = None
    obligatoire: bool = True
    renouvele: bool = False
    """Awaited again when the étape is taken up again; otherwise what happened stays true."""
    recu_si: Expr | None = None
    """It has happened as soon as this holds: an offer is accepted, every condition is met. Nobody records it."""
    piece: Key | None = None
    """Pièce of the étape that stands for it once validated: a signed copy instead of an electronic signature."""
    appel: Appel | None = None
    """The service that is asked; what it answers is recorded under the name it has in `services`."""
    visible_client: bool = True
    si: Expr | None = None

    @model_validator(mode="before")
    @classmethod
    def _answered(cls, given: Any) -> Any:
        """What a service answers takes the place of the form."""
        if not isinstance(given, dict) or not isinstance(given.get("appel"), dict):
            return given
        service = given["appel"].get("service")
        if given.get("formulaire") not in (None, service):
            raise ValueError(
                "un événement qui appelle un service n’a pas de « formulaire » : il a sa réponse"
            )
        return {**given, "formulaire": service}


class Delais(Node):
    """How the delays of an étape are counted."""

    suspendus: Literal["client"]
    """`client`: the clock of the firm stops while the client owes something in this étape."""


class Recurrence(Node):
    """An étape taken up again at regular intervals, beside the rest of the démarche."""

    tous_les: Delay
    maximum: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Number of times in all; without it, as long as the démarche is open."""
    tant_que: Expr | None = None


class Relance(Node):
    """A timed reminder, repeated while its condition holds, then escalated. It goes by mail, SMS, a task (to call), a
    document (a letter), or several of these."""

    cle: Key
    quand: Moment
    dans: Key | None = None
    """A collection: one reminder for each of its lines; `quand` and `si` may read `ligne`."""
    paliers: Key | None = None
    """A collection whose lines are the plan that it follows: one sending for each, so many days after `quand`, by the
    way that the line says, among those written here."""
    tant_que: Awaited | None = None
    """What must still be missing, from the person it is sent to, for the reminder to go out."""
    si: Expr | None = None
    repeter: Delay | None = None
    maximum: Annotated[int, Field(ge=1, le=50)] = 1
    courriel: str | None = None
    sms: Sms | None = None
    tache: Tache | None = None
    document: Key | None = None
    a: Key
    etalement: Delay | None = None
    """Spread: each démarche sends it at an instant of its own within this delay."""
    escalade: Escalade | None = None
    passe: Literal["envoyer", "ignorer"] = "ignorer"
    """What to do when the instant is already past on arming."""
    niveau: Niveau | None = None
    """Name of the step in the plan of reminders that the cockpit shows (« R2 »)."""

    @model_validator(mode="after")
    def _goes_somehow(self) -> Relance:
        if not self.canaux:
            raise ValueError(
                "une relance doit nommer un « courriel », un « sms », une « tache » ou un « document »"
            )
        return self

    @property
    def canaux(self) -> tuple[str, ...]:
        """Ways by which it goes."""
        return tuple(name for name in ("courriel", "sms", "tache", "document") if getattr(self, name))


class EscaladeDemande(Node):
    """Whom the firm is told by, one `delai` after the last reminder of a demande that got no answer."""

    delai: Delay = Delay(1, "jo")
    message: str
    a: Key


class Escalade(EscaladeDemande):
    """What happens one `delai` after the last reminder, if the condition still holds."""

    tache: Tache | None = None


class RelanceDemande(Node):
    """Reminders of what the firm asks of the client before the dossier exists (« En attente d'informations
    complémentaires »): repeated until everything asked is answered, then escalated."""

    quand: Moment
    """Counted from `entree`: the instant of the oldest question without an answer."""
    repeter: Delay | None = None
    maximum: Annotated[int, Field(ge=1, le=50)] = 1
    courriel: str | None = None
    sms: Sms | None = None
    escalade: EscaladeDemande | None = None

    @model_validator(mode="after")
    def _goes_after_the_question(self) -> RelanceDemande:
        if not self.canaux:
            raise ValueError("la relance d’une demande doit nommer un « courriel » ou un « sms »")
        if self.quand.anchor != ENTRY or self.quand.sign < 0 or self.quand.delay is None:
            raise ValueError(
                "la relance d’une demande se compte depuis la question du cabinet : « entree + 2jo à 09:00 »"
            )
        if self.maximum > 1 and self.repeter is None:
            raise ValueError("pour relancer plusieurs fois, dites à quel intervalle : « repeter: 3j »")
        return self

    @property
    def canaux(self) -> tuple[str, ...]:
        """Ways by which it goes."""
        return tuple(name for name in ("courriel", "sms") if getattr(self, name))


class Alerte(Node):
    """One alarm at a given instant: a notice to a role, possibly a mail and a task (EMB-08)."""

    cle: Key
    quand: Moment
    message: str
    a: Key
    courriel: str | None = None
    tache: Tache | None = None
    si: Expr | None = None
    passe: Literal["envoyer", "ignorer"] = "envoyer"


class Retard(Consequence):
    """What being late does."""


Survenue = Literal[
    "recu",
    "echu",
    "deposee",
    "validee",
    "refusee",
    "terminee",
    "repondue",
    "ajoutee",
    "changee",
    "retiree",
    "statut",
]
SURVENUES: dict[str, tuple[Survenue, ...]] = {
    "evenement": ("recu", "echu"),
    "piece": ("validee", "deposee", "refusee"),
    "tache": ("terminee",),
    "action": ("repondue",),
    "ligne": ("ajoutee", "changee", "retiree", "statut"),
}
"""What may happen to each sort of thing; the first is meant when the modèle does not say."""


class StatutLignes(Node):
    """A status that lines of a collection take by themselves."""

    statut: Key
    si: Expr | None = None
    """Which lines; all of them when absent."""


class Automatisation(Node):
    """What the system does by itself on entry into an étape, on exit from it, or when something happens during it."""

    quand: Literal["entree", "sortie", "evenement", "piece", "tache", "action", "ligne"] = "entree"
    sur: Key | None = None
    """Which event, pièce, task, action client or collection; any of the étape's when absent."""
    fait: Survenue | None = None
    """What happened to it."""
    si: Expr | None = None
    inviter: Key | None = None
    """Participant who receives a single-use secure link, with the mail named in `courriel`."""
    courriel: str | None = None
    sms: Sms | None = None
    message: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """A notice to `a`."""
    a: Key | None = None
    document: Key | None = None
    tache: Tache | None = None
    action: ActionClient | None = None
    statut: Key | None = None
    """Status of the démarche from then on, as long as the étape is under way."""
    appel: Key | None = None
    """Event of the étape whose service is asked."""
    lignes: dict[Key, tuple[dict[str, str | int | bool], ...]] = {}
    """Lines it adds to collections: the usual conditions of a loan."""
    statuts_lignes: dict[Key, StatutLignes] = {}
    """The status it gives to lines of collections: debts whose creditors have been written to."""

    @model_validator(mode="after")
    def _does_something(self) -> Automatisation:
        acts = (
            *(self.courriel, self.sms, self.message, self.document),
            *(self.tache, self.action, self.statut, self.appel, self.lignes, self.statuts_lignes),
        )
        if not any(acts):
            raise ValueError(
                "une automatisation doit faire quelque chose : « courriel », « sms », « message », « document », "
                "« tache », « action », « statut », « appel », « lignes » "
                "ou « statuts_lignes »"
            )
        if self.courriel and not (self.a or self.inviter):
            raise ValueError("dites à qui va le courriel : « a » (un rôle) ou « inviter » (un participant)")
        if (self.sms or self.message) and not self.a:
            raise ValueError("dites à qui va le message : « a »")
        known = SURVENUES.get(self.quand, ())
        if self.fait is not None and self.fait not in known:
            written = ", ".join(known) if known else "rien"
            raise ValueError(f"« fait » ne convient pas à « quand: {self.quand} » : écrivez {written}")
        if self.sur is not None and not known:
            raise ValueError(f"« sur » ne convient pas à « quand: {self.quand} »")
        if self.quand == "ligne" and self.sur is None:
            raise ValueError("dites de quelle collection est la ligne : « sur »")
        return self

    @property
    def on(self) -> Survenue | None:
        """What must happen, when it is not an entry or an exit."""
        return self.fait or (SURVENUES[self.quand][0] if self.quand in SURVENUES else None)


class Etape(Node):
    """A stage of the timeline (DOS-21)."""

    cle: Key
    titre: str
    """Client label."""
    libelle_interne: str | None = None
    description: str | None = None
    """One sentence for the client: what happens here."""
    responsable: Key | None = None
    """Role whose name is shown on the timeline."""
    icone: str | None = None
    couleur: str | None = None
    colonne: Key | None = None
    """Column of the kanban board where the démarche stands during it."""
    badge_client: Badge | None = None
    badges: tuple[BadgeSelon, ...] = ()
    """Shown instead of `badge_client`: the first whose condition holds."""
    statut: Key | None = None
    """Status of the démarche while this étape is active; computed from what is awaited when absent."""
    poids: Annotated[int, Field(ge=0, le=100)] = 1
    si: Expr | None = None
    rattrape: bool = False
    """In a parallel block: passed over because `si` was false, it is done all the same if it becomes true before the
    block ends."""
    facultative: bool = False
    visible: bool = True
    voient: tuple[str, ...] | None = None
    """Roles and participants who have it on their timeline. Absent: the client, and participants who act in it."""
    terminee: Literal["automatique", "manuelle"] = "automatique"
    echeance: Moment | None = None
    retard: Retard | None = None
    delais: Delais | None = None
    non_bloquante: bool = False
    """What follows does not wait for it; the end of the démarche does."""
    recurrente: Recurrence | None = None
    """Taken up again at regular intervals; neither what follows nor the end of the démarche waits for it."""
    attendre: Moment | None = None
    """The étape cannot end by itself before this instant."""
    niveau: Niveau | None = None
    """Name of the step that entering it is in the plan of reminders (« R3 »)."""
    formulaires: tuple[Formulaire, ...] = ()
    taches: tuple[Tache, ...] = ()
    pieces: tuple[Piece, ...] = ()
    collections: tuple[Lignes, ...] = ()
    actions_client: tuple[ActionClient, ...] = ()
    evenements: tuple[Evenement, ...] = ()
    automatisations: tuple[Automatisation, ...] = ()
    relances: tuple[Relance, ...] = ()
    alertes: tuple[Alerte, ...] = ()

    @property
    def asked(self) -> tuple[Formulaire, ...]:
        """Forms it cannot end without."""
        return tuple(form for form in self.formulaires if form.obligatoire)

    @property
    def asks(self) -> tuple[str, ...]:
        """Roles and participants of whom it asks something."""
        return (
            *(form.par for form in self.formulaires),
            *(piece.de for piece in self.pieces),
            *(tache.pour for tache in self.taches),
            *(asked.par for asked in self.collections),
            *(action.a for action in self.actions_client),
        )

    @property
    def beside(self) -> bool:
        """What follows does not wait for it."""
        return self.non_bloquante or self.recurrente is not None

    @property
    def born_taches(self) -> dict[str, Tache]:
        """Every task it may make, by key, those of its reminders, alarms and automations included."""
        late = (self.retard, *self.alertes, *(evenement.sinon for evenement in self.evenements))
        made = [
            *(relance.tache for relance in self.relances),
            *(automatisation.tache for automatisation in self.automatisations),
            *(relance.escalade.tache for relance in self.relances if relance.escalade is not None),
            *(consequence.tache for consequence in late if consequence is not None),
        ]
        return {tache.cle: tache for tache in (*made, *self.taches) if tache is not None}


class Parallele(Node):
    """Branches that advance together; the démarche goes on when all have ended (join)."""

    parallele: Key
    titre: str
    branches: tuple[tuple[Etape, ...], ...] = Field(min_length=2)

    @model_validator(mode="before")
    @classmethod
    def _of_plain_etapes(cls, given: Any) -> Any:
        branches = given.get("branches") if isinstance(given, dict) else None
        for branch in branches if isinstance(branches, list) else ():
            for etape in branch if isinstance(branch, list) else ():
                if isinstance(etape, dict) and not {"parallele", "pour_chaque"}.isdisjoint(etape):
                    raise ValueError(
                        "une branche ne contient que des étapes : ni autre bloc « parallele », ni « pour_chaque »"
                    )
        return given


class AuMoins(Node):
    au_moins: Annotated[int, Field(ge=1, le=200)]
    """Children that must have come to their end."""


class Quand(Node):
    quand: Expr
    """Condition on `enfants`: `enfants.realisation.exists(e, e.cycle == "terminee")`."""


def _with_key(schema: dict[str, Any]) -> None:
    """As people write it: the key of the étape is that of `pour_chaque`, its condition is about lines."""
    for key in ("cle", "membres"):
        schema["properties"].pop(key, None)
    schema["required"] = [key for key in schema["required"] if key != "cle"]


class PourChaque(Etape):
    """An étape that opens one child démarche per line of a collection, and waits for them (DESIGN rule 7)."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_with_key)

    pour_chaque: Key
    """Key of the étape."""
    dans: Key
    """Collection whose lines have a child."""
    membres: Expr | None = None
    """Which lines have one, written `si`: `ligne.statut == "acceptee"`. All when absent."""
    enfant: Key
    """The child's modèle, in a file of its own with `enfant: true`."""
    donnees: dict[Key, Expr] = {}
    """Form of the child → expression on `ligne` that fills it."""
    appartenance: Literal["figee", "vivante"] = "vivante"
    """Lines added, changed or removed later open or cancel children (`vivante`), or not (`figee`)."""
    jonction: Literal["tous"] | AuMoins | Quand = "tous"
    reste: Literal["attendre", "annuler", "laisser"] = "attendre"
    """What becomes of the others once joined."""
    abandon: Expr | None = None
    """As soon as this holds, children that are still open are cancelled, whatever `reste` says."""
    ajoute: dict[Key, Key] = {}
    """Collection → output of the child: a child that comes to its end with it adds a line."""

    @model_validator(mode="before")
    @classmethod
    def _as_etape(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "pour_chaque" not in given:
            return given
        read = {**given, "cle": given["pour_chaque"]}
        condition = read.pop("si", None)
        return read if condition is None else {**read, "membres": condition}


class Demande(Node):
    """The first phase (DEM-07), for what a client may ask for. Absent: the démarche starts as a dossier."""

    formulaire: Key
    priorite: Literal["normale", "urgente"] = "normale"
    directe: bool = False
    """It becomes a dossier at once, without the firm's agreement (OPT-19)."""
    accuse: str | None = None
    """Mail model acknowledging receipt."""
    validee: str | None = None
    refusee: str | None = None
    informations: str | None = None
    relance: RelanceDemande | None = None
    """Reminds the client of what is asked before the dossier exists."""


class Modele(Node):
    """One process template."""

    modele: Key
    titre: str
    description: str = ""
    categorie: Key
    reference: Annotated[str, Field(pattern=r"^[A-Z]{2,5}$")]
    """Prefix of the démarches' references: EMB-2026-0147."""
    icone: str = "route"
    couleur: str = "accent"
    clients: Annotated[tuple[ClientType, ...], Field(min_length=1)]
    portail: Portail = Portail()
    nom: Expr
    """Expression that names a démarche: `"Embauche de " + declaration.prenom + " " + declaration.nom`."""
    prix: Prix | None = None
    statuts: dict[Key, StatutDemarche] = {}
    roles: dict[Key, Role]
    formulaires: dict[Key, str] = {}
    """Namespace in expressions → form of `forms/`: `declaration: embauche_declaration`."""
    services: dict[Key, str] = {}
    """Namespace in expressions → service of `services/`: what it answers is read there."""
    participants: dict[Key, Participant] = {}
    collections: dict[Key, Collection] = {}
    """Namespace in expressions → lines: `factures.exists(f, f.montant > 0)`."""
    faits: dict[Key, Fait] = {}
    etiquettes: dict[Key, str] = {}
    colonnes: dict[Key, str] = {}
    """Columns of the kanban board, in order, with their titles."""
    bandeau: tuple[Repere, ...] = ()
    """Progress banner, always shown on both sides: a few marks over the étapes, in order."""
    onglets: tuple[Onglet, ...] = ()
    compteurs: tuple[Compteur, ...] = ()
    calculs: dict[Key, Calcul] = {}
    lectures: dict[Key, Lecture] = {}
    """Values of the day: « lectures.compte.reste_du » in mails and documents."""
    paiement: Paiement | None = None
    documents: dict[Key, Document] = {}
    demande: Demande | None = None
    dates_cles: tuple[str, ...] = ()
    """Fields a conseiller may change at any moment: `declaration.date_entree`."""
    surveille: str | None = None
    """A date that the démarche watches: told as its next one, in the place of an end that it does not aim at."""
    choix_envoi: Key | None = None
    """A form whose answers may be given for one sending only, over those that were recorded."""
    refus_piece: str | None = None
    """Mail model that tells why a pièce is refused (GED-12)."""
    action_demandee: str | None = None
    """Mail model of an action client (ACT-08)."""
    issues: tuple[Issue, ...] = ()
    """Status of a démarche that has come to its end: the first whose condition holds."""
    nouveau_lien: str | None = None
    """Mail model of a fresh link, when it differs from the invitation."""
    cloture: str | None = None
    """Mail model sent to the client when the démarche closes."""
    enfant: bool = False
    """Opened by another démarche only (`pour_chaque`)."""
    sorties: dict[Key, Expr] = {}
    """Of a child: what its parent reads, sent at each change."""
    etapes: tuple[Parallele | PourChaque | Etape, ...] = Field(min_length=1)

    @property
    def all_etapes(self) -> dict[str, Etape]:
        """Every étape by key, in the order of the file."""
        return {etape.cle: etape for etape in self.walk()}

    def walk(self) -> Iterator[Etape]:
        for node in self.etapes:
            if isinstance(node, Parallele):
                for branch in node.branches:
                    yield from branch
            else:
                yield node

    def pieces(self) -> Iterator[Piece]:
        """Every pièce that an étape may ask for, in the order of the file."""
        return (piece for etape in self.walk() for piece in etape.pieces)

    @property
    def evenements(self) -> dict[str, Evenement]:
        """Every awaited event by key."""
        return {event.cle: event for etape in self.walk() for event in etape.evenements}

    def actor_label(self, key: str) -> str:
        """Displayed name of a role or participant; the key itself for one of another version of the modèle."""
        known = self.roles.get(key) or self.participants.get(key)
        return known.libelle if known is not None else key

    def side(self, key: str) -> Side:
        """Whose turn it is when this role or participant is awaited."""
        if key in self.roles:
            return self.roles[key].cote
        return "client"


class Http(Node):
    """One question to an API that has its own words: a GET, and where each field of the answer is in what it says."""

    chemin: str | None = None
    """What follows the address of the service, with fields of `requete` in braces: « /idships/{numero} ». Spaces of
    their values are left out."""
    parametres: dict[str, str] = {}
    """Query parameter → field of `requete`."""
    constantes: dict[str, str] = {}
    """Query parameters that never change."""
    entete: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] | None = None
    """Header that carries the secret of the installation, as it is; absent: « Authorization: Bearer »."""
    trouve: str | None = None
    """JSON pointer to what is only there when it knows what it was asked about."""
    lit: dict[str, str]
    """Field of `reponse` → JSON pointer in what the API says. What is not there, or null, is left out."""
    inconnu: dict[str, Any] | None = None
    """The answer when the API does not know, or not yet, what it is asked about (404, or nothing at `trouve`); absent:
    it counts as a refusal."""

    @property
    def places(self) -> tuple[str, ...]:
        """Fields of `requete` that stand in its path."""
        return tuple(re.findall(r"\{([^{}]*)\}", self.chemin or ""))


class Service(Node):
    """A service as its file declares it: what it is asked, as a JSON Schema. Its answer's is with the forms."""

    nom: str
    titre: str
    requete: dict[str, Any]
    http: Http | None = None
    """How a public API that knows nothing of us is asked; absent: a service that speaks as `activities/call_service`
    says."""


class Bundle(Node):
    """A published version: the modèle and everything it uses, pinned by one hash (`sha256` of its canonical JSON)."""

    modele: Modele
    forms: dict[str, dict[str, Any]] = {}
    """JSON Schemas by form name; those of the services' answers too, under the names of `services`."""
    services: dict[str, Service] = {}
    ui: dict[str, dict[str, Any]] = {}
    """UI schemas by form name."""
    lignes: dict[str, dict[str, Any]] = {}
    """JSON Schema of one line, by collection."""
    lignes_ui: dict[str, dict[str, Any]] = {}
    enfants: dict[str, Bundle] = {}
    """Published versions of the child modèles, by key."""
    mails: dict[str, str] = {}
    documents: dict[str, str] = {}
    """Sources of the document and mail models, and of the partials they include, by path."""


Relance.model_rebuild()
