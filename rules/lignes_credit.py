"""Lines of the collections of a loan file, as calculations receive them: only the fields a calculation reads."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NotRequired, TypedDict

from rules.erreurs import DonneeIncoherenteError
from rules.regroupement import CreditRepris

REPRIS, CONSERVE, SOLDE = "repris", "conserve", "solde"
"""What becomes of a present loan: grouped into the new one, going on, paid off before the project."""
PROPRIETAIRE = "proprietaire"


class LigneMontant(TypedDict):
    """A need of the project, or a personal contribution."""

    id: str
    montant: int


class LigneCredit(TypedDict):
    """A present loan of the borrowers; `mensualite`: insurance included."""

    id: str
    capital_restant: int
    mensualite: int
    mois_restants: int
    devenir: str
    nature: NotRequired[str]
    indemnite: NotRequired[int]


class LigneOffrePret(TypedDict):
    """An offer of a bank; `mensualite`, `cout_total`: as the bank writes them. A loan has a rate, a lease has rents."""

    id: str
    banque: str
    montant: int
    duree: int
    type_pret: NotRequired[str]
    taux: NotRequired[Decimal]
    differe: NotRequired[int]
    differe_total: NotRequired[bool]
    mensualite: NotRequired[int]
    cout_total: NotRequired[int]
    assurance: NotRequired[int]
    garantie: NotRequired[int]
    frais: NotRequired[int]
    loyers: NotRequired[int]
    premier_loyer: NotRequired[int]
    valeur_residuelle: NotRequired[int]
    statut: NotRequired[str]
    tenue_jusqu_au: NotRequired[date]


def conservees(credits: Sequence[LigneCredit]) -> int:
    """Monthly payments of the loans that go on. Raises DonneeIncoherenteError for a fate that is none."""
    return sum(ligne["mensualite"] for ligne in credits if _devenir(ligne) == CONSERVE)


def logement(
    credits: Sequence[LigneCredit], charges: int | None, remplace: bool, statut: str | None = None
) -> int:
    """What the present home costs beside the loans: one that is kept, and whose loan is listed, is counted there.

    `statut`: how the borrower lives there. Who does not own it pays its cost beside the loan, which is of another home.
    """
    listed = statut in (None, PROPRIETAIRE) and any(ligne.get("nature") == "immobilier" for ligne in credits)
    return 0 if listed and not remplace else charges or 0


def mensualites(credits: Sequence[LigneCredit]) -> int:
    """Monthly payments of all present loans, whatever becomes of them."""
    return sum(ligne["mensualite"] for ligne in credits)


def repris(credits: Sequence[LigneCredit]) -> list[CreditRepris]:
    """Loans that a grouping pays off. Raises DonneeIncoherenteError for a fate that is none."""
    return [
        CreditRepris(
            ligne["capital_restant"],
            ligne["mensualite"],
            ligne["mois_restants"],
            ligne.get("indemnite", 0),
        )
        for ligne in credits
        if _devenir(ligne) == REPRIS
    ]


def _devenir(ligne: LigneCredit) -> str:
    if ligne["devenir"] not in (REPRIS, CONSERVE, SOLDE):
        raise DonneeIncoherenteError(
            f"Devenir d’un crédit « {ligne['devenir']} » inconnu ; valeurs connues : conserve, repris, solde."
        )
    return ligne["devenir"]
