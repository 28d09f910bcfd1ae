"""Grouping loans into one: what it lightens each month, and what it adds in the end.

Amounts are integer cents, durations months, rates percentages a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rules.erreurs import DonneeIncoherenteError
from rules.prets import Pret, cout_total, echeancier, verifier_duree, verifier_montant


@dataclass(frozen=True, slots=True)
class CreditRepris:
    """A loan that the grouping pays off. `mensualite`: insurance included. `indemnite`: its early repayment fee."""

    restant: int
    mensualite: int
    mois_restants: int
    indemnite: int = 0


@dataclass(frozen=True, slots=True)
class Conditions:
    """The new loan. `assurance`: a month. `tresorerie`: cash asked for. `frais`: financed with the rest."""

    taux: Decimal
    duree: int
    assurance: int = 0
    tresorerie: int = 0
    frais: int = 0


@dataclass(frozen=True, slots=True)
class Regroupement:
    """The new loan against those it replaces. `avant`, `apres`: all that remains to pay without it and with it."""

    capital: int
    mensualites_avant: int
    mensualite: int
    avant: int
    apres: int
    tresorerie: int

    @property
    def allegement(self) -> int:
        """What each month is lightened by; negative when it grows heavier."""
        return self.mensualites_avant - self.mensualite

    @property
    def surcout(self) -> int:
        """What grouping adds in the end, the cash received left out; negative when it saves."""
        return self.apres - self.tresorerie - self.avant


def capital_a_regrouper(credits: Sequence[CreditRepris], tresorerie: int = 0, frais: int = 0) -> int:
    """Principal of the loans and their repayment fees, the cash asked for, the costs financed.

    Raises DonneeIncoherenteError without a loan, or for a loan that cannot be.
    """
    if not credits:
        raise DonneeIncoherenteError("Choisissez au moins un crédit à regrouper.")
    if tresorerie < 0 or frais < 0:
        raise DonneeIncoherenteError("La trésorerie et les frais ne peuvent pas être négatifs.")
    for credit in credits:
        verifier_montant(credit.restant, "Le capital restant dû d’un crédit repris")
        verifier_montant(credit.mensualite, "La mensualité d’un crédit repris")
        verifier_duree(credit.mois_restants)
        if credit.indemnite < 0:
            raise DonneeIncoherenteError("Une indemnité ne peut pas être négative.")
    return sum(credit.restant + credit.indemnite for credit in credits) + tresorerie + frais


def regrouper(credits: Sequence[CreditRepris], conditions: Conditions) -> Regroupement:
    """One loan in the place of several. Raises DonneeIncoherenteError."""
    capital = capital_a_regrouper(credits, conditions.tresorerie, conditions.frais)
    pret = Pret(capital, conditions.taux, conditions.duree, assurance=conditions.assurance)
    return Regroupement(
        capital,
        sum(credit.mensualite for credit in credits),
        echeancier(pret)[0].total,
        sum(credit.mensualite * credit.mois_restants for credit in credits),
        capital + cout_total(pret).total,
        conditions.tresorerie,
    )
