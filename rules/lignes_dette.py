"""Lines of the collections of a debt file, as calculations receive them: only the fields a calculation reads."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NotRequired, TypedDict, cast, get_args

from rules.comptes import Frais, NatureFrais
from rules.dettes import Dette, Paiement
from rules.difficultes import Releve
from rules.erreurs import DonneeIncoherenteError
from rules.plans_dettes import Mode, Scenario

STATUT_SOLDEE = "soldee"


class LigneDette(TypedDict):
    """A debt of the client. `nom`: how payments name it."""

    id: str
    nom: str
    creancier: str
    nature: str
    montant_initial: int
    capital_restant_du: int
    arrete_le: date
    montant_echeance: NotRequired[int]
    taux_interet: NotRequired[Decimal]
    statut: NotRequired[str]


class LignePaiement(TypedDict):
    """A payment on the debt of that name."""

    id: str
    dette: str
    date: date
    montant: int


class LigneFraisDette(TypedDict):
    """A fee that the creditor of a debt asks for: a commission has a rate, the others an amount."""

    id: str
    dette: str
    nature: str
    libelle: str
    montant: NotRequired[int]
    taux: NotRequired[Decimal]
    regle: NotRequired[bool]


class LigneTresorerie(TypedDict):
    """A month of cash of a professional."""

    id: str
    fin: date
    encaissements: int
    decaissements: int
    solde: int


class LigneScenario(TypedDict):
    """A repayment plan to model."""

    id: str
    nom: str
    mode: str
    duree: NotRequired[int]
    mensualite: NotRequired[int]
    taux: NotRequired[Decimal]
    frais: NotRequired[int]


def dettes_de(lignes: Sequence[LigneDette]) -> list[Dette]:
    """Debts of a collection."""
    return [
        Dette(
            ligne["id"],
            ligne["creancier"],
            ligne["nature"],
            ligne["montant_initial"],
            ligne["capital_restant_du"],
            ligne["arrete_le"],
            ligne.get("montant_echeance", 0),
            ligne.get("taux_interet", Decimal(0)),
            ligne.get("statut") == STATUT_SOLDEE,
        )
        for ligne in lignes
    ]


def paiements_de(lignes: Sequence[LignePaiement], dettes: Sequence[LigneDette]) -> list[Paiement]:
    """Payments of a collection. Raises DonneeIncoherenteError when a name is unknown or borne by two debts."""
    par_nom = {ligne["nom"]: ligne["id"] for ligne in dettes}
    if len(par_nom) < len(dettes):
        raise DonneeIncoherenteError("Deux dettes portent le même nom.")
    for ligne in lignes:
        if ligne["dette"] not in par_nom:
            raise DonneeIncoherenteError(f"Un paiement vise une dette inconnue : « {ligne['dette']} ».")
    return [Paiement(par_nom[ligne["dette"]], ligne["date"], ligne["montant"]) for ligne in lignes]


def cout_frais(
    ligne: LigneFraisDette, dettes: Sequence[LigneDette], paiements: Sequence[LignePaiement]
) -> int:
    """What a fee comes to, a commission counting on what was paid on its debt. Raises DonneeIncoherenteError."""
    if ligne["nature"] not in get_args(NatureFrais):
        raise DonneeIncoherenteError(f"Type de frais « {ligne['nature']} » inconnu.")
    if ligne["dette"] not in {dette["nom"] for dette in dettes}:
        raise DonneeIncoherenteError(f"Un frais vise une dette inconnue : « {ligne['dette']} ».")
    nature = cast(NatureFrais, ligne["nature"])
    rembourse = sum(paiement["montant"] for paiement in paiements if paiement["dette"] == ligne["dette"])
    return Frais(nature, ligne["libelle"], ligne.get("montant"), ligne.get("taux")).cout(rembourse)


def releves_de(lignes: Sequence[LigneTresorerie]) -> list[Releve]:
    """Months of cash of a collection."""
    return [
        Releve(ligne["fin"], ligne["encaissements"], ligne["decaissements"], ligne["solde"])
        for ligne in lignes
    ]


def scenario_de(ligne: LigneScenario) -> Scenario:
    """A scenario. Raises DonneeIncoherenteError for a mode that is none."""
    if ligne["mode"] not in ("duree", "mensualite", "regroupement"):
        raise DonneeIncoherenteError(
            f"Scénario « {ligne['mode']} » inconnu ; valeurs connues : duree, mensualite, regroupement."
        )
    return Scenario(
        ligne["id"],
        ligne["nom"],
        cast(Mode, ligne["mode"]),
        ligne.get("duree"),
        ligne.get("mensualite"),
        ligne.get("taux"),
        ligne.get("frais", 0),
    )


def scenario_nomme(scenarios: Sequence[LigneScenario], nom: str) -> LigneScenario:
    """The scenario a plan retains. Raises DonneeIncoherenteError when none or several have that name."""
    trouves = [ligne for ligne in scenarios if ligne["nom"] == nom]
    if len(trouves) != 1:
        combien = "Aucun scénario ne s’appelle" if not trouves else "Plusieurs scénarios s’appellent"
        raise DonneeIncoherenteError(f"{combien} « {nom} ».")
    return trouves[0]
