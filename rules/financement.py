"""What a loan does to a household: financing plan, debt ratio, what is left to live on, HCSF marks (CRE-09 to CRE-16).

Amounts are integer cents, a month where they recur; rates are percentages. The HCSF decision binds banks, with a
margin: for a client it is neither a right nor a prohibition, hence the wording « au-dessus du repère HCSF ».
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from rules.baremes import bareme
from rules.erreurs import DonneeIncoherenteError
from rules.prets import verifier_duree

_CENTIEME = Decimal("0.01")


# --- Financing plan


def capital_a_financer(besoins: Sequence[int], apports: Sequence[int]) -> int:
    """Needs of the project less personal contributions (CRE-10).

    Raises DonneeIncoherenteError when there is no need, an amount is negative, or nothing is left to finance.
    """
    if not besoins:
        raise DonneeIncoherenteError("Ajoutez au moins un besoin du projet : terrain, travaux, mobilier…")
    if min((*besoins, *apports)) < 0:
        raise DonneeIncoherenteError("Un besoin ou un apport ne peut pas être négatif.")
    capital = sum(besoins) - sum(apports)
    if capital <= 0:
        raise DonneeIncoherenteError("Les apports couvrent tous les besoins : il n’y a rien à financer.")
    return capital


# --- Household


@dataclass(frozen=True, slots=True)
class Foyer:
    """Monthly situation of the borrowers, before the project.

    `revenus`: net, before income tax. `charges`: recurring ones other than housing and loans (alimony, childcare).
    `charges_logement`: rent or present housing loan. `credits`: monthly payments of the loans that go on.
    """

    revenus: int
    charges: int = 0
    charges_logement: int = 0
    credits: int = 0


@dataclass(frozen=True, slots=True)
class Ratios:
    """The household once the loan is there. `taux_endettement`: per cent with two decimals."""

    mensualites: int
    taux_endettement: Decimal
    reste_a_vivre: int
    saut_de_charge: int


def taux_endettement(mensualites: int, revenus: int) -> Decimal:
    """Monthly payments, insurance included, over net income before tax, per cent, not rounded.

    D-HCSF-2021-7. Raises DonneeIncoherenteError without income. It may exceed 100: a situation is told as it is,
    simulators refuse (see `ratios`).
    """
    if revenus <= 0:
        raise DonneeIncoherenteError("Les revenus mensuels doivent être supérieurs à 0\u00a0€.")
    if mensualites < 0:
        raise DonneeIncoherenteError("Une mensualité ne peut pas être négative.")
    return Decimal(100 * mensualites) / revenus


def ratios(foyer: Foyer, mensualite: int, logement_remplace: bool = True) -> Ratios:
    """Debt ratio, what is left to live on, jump in housing charge, with a monthly payment that includes insurance.

    `logement_remplace`: the project replaces the present home, whose charge stops; otherwise (rental investment, second
    home) it goes on. What is left: income − charges − payments. Jump: charges of housing after − before. Raises
    DonneeIncoherenteError without income, for a negative amount, and for a debt ratio over 100 %.
    """
    if min(foyer.charges, foyer.charges_logement, foyer.credits) < 0:
        raise DonneeIncoherenteError("Une charge ne peut pas être négative.")
    mensualites = mensualite + foyer.credits
    taux = taux_endettement(mensualites, foyer.revenus)
    if taux > 100:
        raise DonneeIncoherenteError(
            "Les mensualités dépassent les revenus (taux d’endettement supérieur à 100\u00a0%) : "
            "vérifiez les revenus, le montant et la durée."
        )
    logement_garde = 0 if logement_remplace else foyer.charges_logement
    logement_apres = logement_garde + mensualite
    return Ratios(
        mensualites,
        pour_cent(taux),
        foyer.revenus - foyer.charges - logement_garde - mensualites,
        logement_apres - foyer.charges_logement,
    )


def pour_cent(taux: Decimal) -> Decimal:
    """A percentage as it is shown: two decimals, half up."""
    return taux.quantize(_CENTIEME, rounding=ROUND_HALF_UP)


# --- HCSF marks


@dataclass(frozen=True, slots=True)
class RepereHcsf:
    """A loan against the HCSF marks in force on a day: per cent and months."""

    taux_max: Decimal
    duree_max: int
    taux_depasse: bool
    duree_depassee: bool

    @property
    def libelle(self) -> str:
        """What the gauge says."""
        return (
            "Au-dessus du repère HCSF" if self.taux_depasse or self.duree_depassee else "Sous le repère HCSF"
        )


def repere_hcsf(
    mensualites: int, revenus: int, duree: int, jour: date, differe_ou_travaux: bool = False
) -> RepereHcsf:
    """Compare with 35 % of income, insurance included, and 25 years; 27 for a deferred entry or important works.

    Decision D-HCSF-2021-7, in force since 01/01/2022. `differe_ou_travaux` is the adviser's judgement: the share of
    works it takes changed in 2023. Raises HorsPlageError before 2022, DonneeIncoherenteError without income.
    """
    verifier_duree(duree)
    taux_max = bareme("hcsf_taux_effort").au(jour)
    duree_max = int(bareme("hcsf_duree_differee" if differe_ou_travaux else "hcsf_duree").au(jour))
    return RepereHcsf(
        taux_max, duree_max, taux_endettement(mensualites, revenus) > taux_max, duree > duree_max
    )
