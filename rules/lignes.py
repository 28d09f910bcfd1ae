"""Lines of collections as calculations receive them: only the fields a calculation reads, whatever else a form has."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict, cast

from rules.abonnements import Offre, Periodicite
from rules.comptes import Echeance, Facture, Frais, Reglement, Remboursement, gardes
from rules.erreurs import DonneeIncoherenteError


class LigneFacture(TypedDict):
    """An invoice to recover."""

    id: str
    numero: str
    montant: int
    echeance: date


class LigneReglement(TypedDict):
    """A payment received, or money given back; `factures`: numbers of the invoices it names."""

    id: str
    recu_le: date
    montant: int
    sens: NotRequired[str]
    """« rendu » to the debtor; received from them otherwise."""
    factures: NotRequired[list[str]]


class LigneReglementDetaillee(LigneReglement):
    """The same, with its means of payment."""

    moyen: str


class LigneEcheance(TypedDict):
    """An instalment of a plan."""

    id: str
    le: date
    montant: int


class LignePalier(TypedDict):
    """A step of a plan of reminders, so many days after the due date."""

    jours: int
    canal: str


class LigneFrais(TypedDict):
    """A fee billed to the creditor; a commission has a rate, the others an amount."""

    id: str
    nature: str
    libelle: str
    montant: NotRequired[int]
    taux: NotRequired[Decimal]


class LigneAbonnement(TypedDict):
    """A subscription the client has."""

    id: str
    nom: str
    type: str
    fournisseur: str
    offre: NotRequired[str]
    prix: int
    periodicite: str
    prix_kwh: NotRequired[Decimal]
    kwh: NotRequired[int]
    donnees_go: NotRequired[int]
    options: NotRequired[str]
    reference: NotRequired[str]


class LigneOffre(TypedDict):
    """An offer compared with the subscription of that name."""

    id: str
    abonnement: str
    fournisseur: str
    offre: str
    prix: int
    periodicite: str
    prix_kwh: NotRequired[Decimal]
    donnees_go: NotRequired[int]
    options: NotRequired[str]
    promotion: NotRequired[int]
    mois_promotion: NotRequired[int]
    frais: NotRequired[int]
    recommandation: NotRequired[str]
    statut: NotRequired[str]


def factures_de(lignes: Sequence[LigneFacture]) -> list[Facture]:
    """Invoices of a collection."""
    return [Facture(ligne["id"], ligne["numero"], ligne["montant"], ligne["echeance"]) for ligne in lignes]


def reglements_de(lignes: Sequence[LigneReglement]) -> list[Reglement]:
    """Payments of a collection, what was given back taken off those it comes from."""
    recus = [
        Reglement(ligne["id"], ligne["recu_le"], ligne["montant"], tuple(ligne.get("factures", ())))
        for ligne in lignes
        if not est_rendu(ligne)
    ]
    rendus = [Remboursement(ligne["recu_le"], ligne["montant"]) for ligne in lignes if est_rendu(ligne)]
    return gardes(recus, rendus)


def est_rendu(ligne: LigneReglement) -> bool:
    """A line that says what was given back to the debtor, not what they paid."""
    return ligne.get("sens") == "rendu"


def recupere_de(lignes: Sequence[LigneReglement]) -> int:
    """What was received and not given back."""
    return sum(recu.montant for recu in reglements_de(lignes))


def echeances_de(lignes: Sequence[LigneEcheance]) -> list[Echeance]:
    """Instalments of a collection."""
    return [Echeance(ligne["id"], ligne["le"], ligne["montant"]) for ligne in lignes]


def frais_de(ligne: LigneFrais) -> Frais:
    """A fee. Raises DonneeIncoherenteError for a nature that is none."""
    if ligne["nature"] not in ("frais_dossier", "commission", "huissier"):
        raise DonneeIncoherenteError(f"Type de frais « {ligne['nature']} » inconnu.")
    nature = cast(Literal["frais_dossier", "commission", "huissier"], ligne["nature"])
    return Frais(nature, ligne["libelle"], ligne.get("montant"), ligne.get("taux"))


def offre_de(ligne: LigneAbonnement | LigneOffre) -> Offre:
    """A subscription or an offer, ready to be compared."""
    return Offre(
        ligne["prix"],
        periodicite_de(ligne["periodicite"]),
        ligne.get("prix_kwh"),
        cast(int, ligne.get("promotion", 0)),
        cast(int, ligne.get("mois_promotion", 0)),
        cast(int, ligne.get("frais", 0)),
    )


def periodicite_de(texte: str) -> Periodicite:
    """« mois » or « an ». Raises DonneeIncoherenteError."""
    if texte not in ("mois", "an"):
        raise DonneeIncoherenteError(f"Périodicité « {texte} » inconnue ; valeurs connues : mois, an.")
    return cast(Periodicite, texte)


def abonnement_nomme(abonnements: Sequence[LigneAbonnement], nom: str) -> LigneAbonnement:
    """The subscription an offer is about. Raises DonneeIncoherenteError when none or several have that name."""
    trouves = [ligne for ligne in abonnements if ligne["nom"] == nom]
    if len(trouves) != 1:
        connus = ", ".join(ligne["nom"] for ligne in abonnements)
        combien = "Aucun abonnement ne s’appelle" if not trouves else "Plusieurs abonnements s’appellent"
        raise DonneeIncoherenteError(f"{combien} « {nom} » ; abonnements connus : {connus or 'aucun'}.")
    return trouves[0]
