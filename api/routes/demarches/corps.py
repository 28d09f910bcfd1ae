"""Bodies of the commands, with their bounds: never wider than the engine's own."""

import uuid
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from workflows.engine.state import StatutLibre

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _plausible(instant: datetime) -> datetime:
    if not _FIRST <= instant < _LAST:
        raise ValueError("Cette date n'est pas plausible.")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_plausible), Field(examples=["2026-11-27T17:00:00+01:00"])]
Echeance = Annotated[Instant | None, Field(title="Échéance", description="À faire avant cet instant.")]
MotifTexte = Annotated[
    str,
    Field(
        title="Motif",
        description="Visible de tous ceux qui suivent la démarche.",
        min_length=1,
        max_length=2000,
        examples=["Le salarié a reporté son arrivée."],
    ),
]
Qui = Annotated[str, Field(max_length=60, description="Rôle ou participant du modèle.", examples=["manager"])]
Visite = Annotated[
    int | None,
    Field(
        ge=0,
        title="Passage",
        description="Numéro du passage dans l'étape, tel que lu : une étape rouverte depuis est refusée.",
    ),
]
Priorite = Literal["normale", "urgente"]


class Corps(BaseModel):
    """What is not expected is refused; blanks around texts are left out."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Vide(Corps):
    """Nothing more to say."""


class Motive(Corps):
    motif: MotifTexte


class EvenementSurvenu(Corps):
    """Ce qui s'est passé hors d'eLaska : un paiement, un accusé postal, une signature."""

    donnees: dict[str, Any] | None = Field(
        default=None, title="Données", description="Quand l'événement a un formulaire."
    )
    survenu_le: date | None = Field(
        default=None, title="Survenu le", description="Jour de l'événement ; aujourd'hui à défaut."
    )


class HorlogeDemandee(Corps):
    """Une horloge que l'on peut avancer : démonstration et tests seulement."""

    origine: Instant = Field(title="Origine", description="Instant que montre l'horloge à l'ouverture.")
    facteur: float = Field(
        default=1.0, title="Facteur", ge=1.0, le=1e7, description="Secondes par seconde réelle."
    )


class Ouverture(Corps):
    """Une démarche à ouvrir, ou à demander depuis le portail."""

    modele: str = Field(title="Modèle", pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["embauche"])
    tiers_id: uuid.UUID = Field(title="Client")
    donnees: dict[str, dict[str, Any]] = Field(
        default={},
        title="Données",
        max_length=10,
        description="Réponses, par formulaire du modèle.",
        examples=[{"declaration": {"prenom": "Zoé", "nom_usage": "Martin"}}],
    )
    phase: Literal["demande", "dossier"] | None = Field(
        default=None,
        title="Phase",
        description="« demande » depuis le portail, sinon « dossier » par défaut.",
    )
    conseiller_id: uuid.UUID | None = Field(
        default=None, title="Conseiller", description="À défaut, celui du client. Réservé au cabinet."
    )
    accord: bool = Field(
        default=False,
        title="Accord",
        description="Le client accepte qu'une prestation hors de son abonnement soit facturée.",
    )
    depuis: uuid.UUID | None = Field(
        default=None,
        title="Depuis",
        description="La démarche du même client qui mène à celle-ci. Réservé au cabinet.",
    )
    horloge: HorlogeDemandee | None = None


class Informations(Corps):
    message: str = Field(
        title="Message", min_length=1, max_length=5000, examples=["Quelle est la convention collective ?"]
    )
    due_at: Echeance = None


class ValidationDemande(Corps):
    prix: int | None = Field(
        default=None, title="Prix", ge=0, le=100_000_000, description="En centimes.", examples=[29000]
    )


class Donnees(Corps):
    """Les réponses d'un formulaire."""

    donnees: dict[str, Any] = Field(title="Données", max_length=300, examples=[{"matricule": "0012"}])
    etape: str | None = Field(default=None, title="Étape", max_length=60)
    visit: Visite = None
    message: str = Field(
        default="", title="Message", max_length=2000, description="Un mot au cabinet, avec une correction."
    )


class ChampMarque(Corps):
    champ: str = Field(
        title="Champ",
        min_length=1,
        max_length=200,
        description="Nom du champ\u00a0; une partie d'un groupe ou un élément d'une liste par son chemin"
        " (`enfants/1/prenom`).",
        examples=["salaire_brut"],
    )
    etat: Literal["incorrect", "incomplet"] = Field(title="Ce qui ne va pas")
    mot: str = Field(
        title="Un mot",
        min_length=1,
        max_length=2000,
        description="Ce qu'il faut changer, lu à côté du champ.",
        examples=["Le montant de la fiche de paie est différent."],
    )


class CorrectionDemandee(Corps):
    """Un formulaire à corriger : ses champs marqués, avec un mot pour chacun."""

    champs: list[ChampMarque] = Field(title="Champs marqués", min_length=1, max_length=100)
    message: str = Field(default="", title="Message", max_length=2000)
    due_at: Echeance = None
    tour: int | None = Field(
        default=None,
        title="Tour",
        ge=1,
        description="Tour regardé, quand la correction reçue est marquée de nouveau.",
    )


class Tour(Corps):
    tour: int | None = Field(
        default=None, title="Tour", ge=1, description="Tour regardé : un envoi plus récent est refusé."
    )


class LigneNouvelle(Corps):
    """Une ligne d'une collection."""

    donnees: dict[str, Any] = Field(
        title="Données", max_length=300, examples=[{"numero": "F-2026-001", "montant": 120000}]
    )


class LignesNouvelles(Corps):
    """Plusieurs lignes d'une collection, ajoutées toutes ou aucune."""

    lignes: list[Annotated[dict[str, Any], Field(max_length=300)]] = Field(
        title="Lignes",
        min_length=1,
        max_length=200,
        examples=[[{"numero": "F-2026-001", "montant": 120000}, {"numero": "F-2026-002", "montant": 90000}]],
    )
    remplace: bool = Field(
        default=False,
        description="Elles prennent la place des lignes présentes ; d'un plan de relance, ce qui est parti reste.",
    )


class LigneModifiee(LigneNouvelle):
    version: int | None = Field(
        default=None, ge=1, description="Version lue : si la ligne a changé depuis, la demande est refusée."
    )


class LigneStatut(Corps):
    statut: str = Field(title="Statut", max_length=60, examples=["payee"])
    motif: MotifTexte | None = None
    version: int | None = Field(default=None, ge=1, description="Version lue.")


class Brouillon(Corps):
    donnees: dict[str, Any] = Field(title="Données", max_length=300, examples=[{"prenom": "Zoé"}])


class DateCle(Corps):
    champ: str = Field(
        title="Champ",
        max_length=120,
        pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$",
        examples=["declaration.date_entree"],
    )
    valeur: date = Field(title="Nouvelle date", examples=["2026-12-08"])
    motif: MotifTexte


class Passage(Corps):
    motif: MotifTexte
    visit: Visite = None


class ReglageEtape(Corps):
    """Ce qui diffère du modèle pour cette étape de ce dossier ; ce qui manque revient au modèle."""

    titre: str | None = Field(
        None, title="Nom de l'étape", min_length=1, max_length=150, examples=["Contrat (relecture)"]
    )
    visible: bool | None = Field(None, description="Visible sur le portail client.", examples=[False])
    echeance: Echeance = None


class Portail(Corps):
    visible: bool = Field(description="Visible sur le portail client.", examples=[False])


class PlaceEtape(Corps):
    """Après quoi vient l'étape."""

    apres: str = Field(
        title="Après",
        min_length=1,
        max_length=60,
        description="Une étape, ou un bloc parallèle.",
        examples=["dpae"],
    )


class EtapeNouvelle(PlaceEtape):
    titre: str = Field(title="Nom de l'étape", min_length=1, max_length=150, examples=["Visite sur place"])
    description: str | None = Field(
        default=None,
        max_length=500,
        description="Une phrase pour le client.",
        examples=["Nous passons vous voir."],
    )
    responsable: str | None = Field(
        default=None, max_length=60, description="Un rôle du cabinet.", examples=["conseiller"]
    )


class Visitee(Corps):
    visit: Visite = None


class TacheNouvelle(Corps):
    """Une tâche à faire ; du client, une suggestion que le cabinet prendra ou non en compte (TCH-17)."""

    titre: str = Field(title="Titre", min_length=1, max_length=200, examples=["Commander le badge"])
    pour: Qui | None = None
    user_id: uuid.UUID | None = Field(
        default=None, title="Personne", description="Dans l'équipe de la démarche."
    )
    description: str | None = Field(default=None, max_length=5000)
    checklist: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(default=[], max_length=50)
    due_at: Echeance = None
    priorite: Priorite = "normale"
    facturable: bool = Field(default=False, description="Son temps se facture.")
    obligatoire: bool = Field(default=False, description="L'étape ne peut finir sans elle.")


class TacheModifiee(Corps):
    """Ce qui est absent reste comme avant."""

    titre: str | None = Field(default=None, title="Titre", min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=5000)
    priorite: Priorite | None = None
    facturable: bool | None = Field(default=None, description="Son temps se facture.")
    start_at: Instant | None = Field(default=None, title="Début", description="Quand la commencer.")
    sans_debut: bool = Field(default=False, description="Retirer la date de début.")


class PlaceTache(Corps):
    statut: StatutLibre
    colonne: str | None = Field(
        default=None, max_length=60, description="Colonne ajoutée par le cabinet, de ce statut."
    )


class PriseEnCompte(Corps):
    priorite: Priorite = "normale"
    pour: Qui | None = None
    due_at: Echeance = None


class Affectation(Corps):
    pour: Qui
    user_id: uuid.UUID | None = Field(default=None, title="Personne")


class NouvelleEcheance(Corps):
    due_at: Instant = Field(title="Échéance")


class Coche(Corps):
    fait: bool = Field(title="Fait", examples=[True])


class PieceNouvelle(Corps):
    titre: str = Field(title="Titre", min_length=1, max_length=200, examples=["Justificatif de domicile"])
    de: Qui
    description: str | None = Field(default=None, max_length=2000)
    categorie: str | None = Field(default=None, max_length=100)
    obligatoire: bool = True
    due_at: Echeance = None


class PieceNommee(Corps):
    """Comment une pièce s'appelle dans ce dossier."""

    titre: str = Field(title="Titre", min_length=1, max_length=200, examples=["RIB du compte professionnel"])
    description: str | None = Field(
        default=None, max_length=2000, examples=["Celui de la banque principale."]
    )


class PlacePiece(Corps):
    apres: str | None = Field(
        default=None,
        max_length=60,
        description="La pièce qui la précède. Sans elle, la pièce vient en premier.",
        examples=["cni"],
    )


class ValidationPiece(Corps):
    version: int | None = Field(
        default=None,
        ge=1,
        description="Version regardée : si une autre est arrivée depuis, la décision est refusée.",
    )
    label: Literal["valide", "pris_en_compte"] = "valide"


class RefusPiece(Corps):
    motif: MotifTexte
    version: int | None = Field(default=None, ge=1, description="Version regardée.")


class PieceVoulue(Corps):
    titre: str = Field(
        title="Document", min_length=1, max_length=200, examples=["3 dernières quittances de loyer"]
    )
    description: str | None = Field(default=None, max_length=2000)


class ActionDemandee(Corps):
    nature: Literal["commentaire", "note", "validation", "documents"]
    message: str = Field(
        title="Message", min_length=1, max_length=5000, examples=["Merci de relire le contrat."]
    )
    a: Qui
    due_at: Echeance = None
    pieces: list[PieceVoulue] = Field(
        default=[],
        max_length=30,
        description="Documents demandés un par un, chacun déposé puis validé ou refusé.",
    )


class DocumentDemande(Corps):
    document: str = Field(title="Document", max_length=60, examples=["contrat"])
    ligne: str | None = Field(
        default=None,
        title="Ligne",
        max_length=60,
        description="D’un document fait par ligne : cette ligne seulement ; toutes à défaut.",
    )
    choix: dict[str, str] = Field(
        default={},
        title="Choix pour cet envoi",
        max_length=20,
        description="Réponses qui ne valent que pour ce fichier.",
        examples=[{"penalites": "inclure"}],
    )


class MembreDesigne(Corps):
    user_id: uuid.UUID = Field(title="Personne")


class Renfort(Corps):
    libelle: str = Field(
        title="Rôle sur cette démarche", min_length=1, max_length=60, examples=["Expert fiscal"]
    )


class IntervenantDecrit(Corps):
    nom: str = Field(title="Nom", min_length=1, max_length=120, examples=["Maître Anne Durand"])
    qualite: str = Field(title="Rôle", min_length=1, max_length=60, examples=["Notaire"])
    organisme: str | None = Field(
        default=None, title="Organisme", max_length=120, examples=["Étude Durand et associés"]
    )
    email: str | None = Field(
        default=None,
        title="Email",
        max_length=254,
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        examples=["etude@exemple.fr"],
    )
    telephone: str | None = Field(
        default=None,
        title="Téléphone",
        max_length=20,
        pattern=r"^[0-9+ .()-]{6,20}$",
        examples=["0479000000"],
    )
    visible: bool = Field(default=True, description="Le client voit cette personne.")

    def fiche(self) -> dict[str, str | None]:
        """What is kept of the person, sealed."""
        return self.model_dump(exclude={"visible"})


class PrioriteReglee(Corps):
    priorite: Priorite = Field(title="Priorité", examples=["urgente"])


class Prix(Corps):
    montant: int | None = Field(
        title="Montant",
        ge=0,
        le=100_000_000,
        description="En centimes ; nul pour le retirer.",
        examples=[29000],
    )
    mention: Literal["HT", "TTC"] = "HT"


class HorlogeReglee(Corps):
    maintenant: Instant | None = Field(
        default=None,
        title="Maintenant",
        description="Instant à montrer\u00a0; à défaut, l'heure réelle, ou celle de la démarche si elle avance.",
    )
    facteur: float = Field(default=1.0, ge=1.0, le=1e7)


class CommentaireNouveau(Corps):
    texte: str = Field(
        title="Texte", min_length=1, max_length=5000, examples=["Le contrat est prêt à relire."]
    )
    objet: str | None = Field(
        default=None,
        pattern=r"^(piece|tache|etape|document|action|ligne):[A-Za-z0-9_-]{1,60}$",
        examples=["piece:cni"],
    )
    interne: bool = Field(default=False, description="Note du cabinet, que le client ne voit jamais.")


class AppelNouveau(Corps):
    avec: str = Field(title="Avec", min_length=1, max_length=120, examples=["Nicole Bellanger"])
    debut: Instant = Field(title="Date et heure", examples=["2026-03-12T14:05:00+01:00"])
    duree_min: int = Field(title="Durée", ge=1, le=1440, description="En minutes.", examples=[12])
    texte: str = Field(
        title="Résumé", min_length=1, max_length=5000, examples=["Point sur la date d'embauche."]
    )
    interne: bool = Field(default=False, description="Le client ne voit pas cet appel.")


class NotificationNouvelle(Corps):
    texte: str = Field(
        title="Texte",
        min_length=1,
        max_length=300,
        pattern=r"\S",
        description="Lu tel quel dans la cloche, sur l'appareil et dans l'email.",
        examples=["Votre contrat part demain par la poste."],
    )


class CourrielNouveau(Corps):
    a: Qui
    objet: str = Field(
        title="Objet",
        min_length=1,
        max_length=200,
        pattern=r"^[^\r\n]+$",
        examples=["Votre contrat est prêt"],
    )
    texte: str = Field(
        title="Message", min_length=1, max_length=5000, examples=["Vous pouvez passer le signer demain."]
    )


class SmsNouveau(Corps):
    a: Qui
    texte: str = Field(
        title="Message",
        min_length=1,
        max_length=600,
        examples=["Votre conseillère vous rappelle à 15 h. Bonne journée."],
    )


class Visibilite(Corps):
    visible: bool = Field(description="Le client voit cette ligne.")
