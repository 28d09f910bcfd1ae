"""Repayment plans compared side by side: by duration, by monthly amount, or by grouping the debts (DET-20, DET-21).

Amounts are integer cents, durations months, rates percentages a year. Each debt keeps its own rate unless they are
grouped. A plan is bearable when what is left to live on reaches the firm's own mark: no law sets it, and the
choice stays with the adviser and the client.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from rules.delais import ajouter_mois
from rules.dettes import EtatDette
from rules.erreurs import DonneeIncoherenteError
from rules.financement import Foyer, ratios
from rules.prets import Pret, echeancier, mensualite, verifier_montant, verifier_taux

DUREE_PLAN_MAX = 120
"""Months: a longer amicable plan is not proposed to creditors."""

Mode = Literal["duree", "mensualite", "regroupement"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What varies: the duration, the monthly amount, or one loan in the place of all (its rate and its fees)."""

    id: str
    libelle: str
    mode: Mode
    duree: int | None = None
    mensualite: int | None = None
    taux: Decimal | None = None
    frais: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What a plan offers one creditor. `interets`: over the whole plan. `mensualite`: all months but the last.
    `dette`: id of the debt; None for the loan that replaces them all."""

    dette: str | None
    creancier: str
    capital: int
    mensualite: int
    interets: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario computed. `cout`: interest and fees. `reste_a_vivre`: once the plan is paid."""

    scenario: Scenario
    parts: tuple[Part, ...]
    duree: int
    mensualite: int
    cout: int
    fin: date
    reste_a_vivre: int
    taux_endettement: Decimal
    soutenable: bool


def modeliser(
    scenario: Scenario, etats: Sequence[EtatDette], foyer: Foyer, minimum: int, premiere: date
) -> Plan:
    """A plan for the debts not paid off. `minimum`: left to live on each month; `premiere`: day of the first payment.

    Raises DonneeIncoherenteError: no debt, no income, a duration or an amount that makes no plan, more than the income.
    """
    dettes = [etat for etat in etats if not etat.soldee]
    if not dettes:
        raise DonneeIncoherenteError("Aucune dette n’est à rembourser.")
    if minimum < 0:
        raise DonneeIncoherenteError("Le reste à vivre minimal ne peut pas être négatif.")
    duree = _duree(scenario, dettes)
    parts = _parts(scenario, dettes, duree)
    mensuel = sum(part.mensualite for part in parts)
    trouves = ratios(foyer, mensuel, logement_remplace=False)
    return Plan(
        scenario,
        tuple(parts),
        duree,
        mensuel,
        sum(part.interets for part in parts) + _frais(scenario),
        ajouter_mois(premiere, duree - 1),
        trouves.reste_a_vivre,
        trouves.taux_endettement,
        trouves.reste_a_vivre >= minimum,
    )


def fin_du_plan(scenario: Scenario, etats: Sequence[EtatDette], premiere: date) -> date:
    """Day of the last payment of a plan that begins on `premiere`. Raises DonneeIncoherenteError."""
    dettes = [etat for etat in etats if not etat.soldee]
    return ajouter_mois(premiere, _duree(scenario, dettes) - 1) if dettes else premiere


def le_plus_soutenable(plans: Sequence[Plan]) -> Plan | None:
    """Among the bearable plans, the cheapest, then the shortest; None when none is bearable."""
    soutenables = [plan for plan in plans if plan.soutenable]
    return min(soutenables, key=lambda plan: (plan.cout, plan.duree), default=None)


def _duree(scenario: Scenario, dettes: Sequence[EtatDette]) -> int:
    if scenario.mode != "mensualite":
        return _verifier_duree(scenario.duree)
    if scenario.mensualite is None:
        raise DonneeIncoherenteError("Indiquez le montant mensuel du plan.")
    verifier_montant(scenario.mensualite, "Le montant mensuel du plan")
    if _total(dettes, DUREE_PLAN_MAX) > scenario.mensualite:
        raise DonneeIncoherenteError(
            f"Ce montant mensuel ne rembourse pas les dettes en {DUREE_PLAN_MAX} mois : augmentez-le, "
            "ou négociez une remise."
        )
    return next(n for n in range(1, DUREE_PLAN_MAX + 1) if _total(dettes, n) <= scenario.mensualite)


def _verifier_duree(duree: int | None) -> int:
    if duree is None or not 1 <= duree <= DUREE_PLAN_MAX:
        raise DonneeIncoherenteError(f"Un plan dure de 1 à {DUREE_PLAN_MAX} mois : indiquez sa durée.")
    return duree


def _total(dettes: Sequence[EtatDette], duree: int) -> int:
    return sum(mensualite(_pret(etat, duree)) for etat in dettes)


def _pret(etat: EtatDette, duree: int) -> Pret:
    return Pret(etat.du, etat.dette.taux, duree, taux_zero=True)


def _parts(scenario: Scenario, dettes: Sequence[EtatDette], duree: int) -> list[Part]:
    if scenario.mode != "regroupement":
        return [_part(etat.dette.id, etat.dette.creancier, _pret(etat, duree)) for etat in dettes]
    if scenario.taux is None:
        raise DonneeIncoherenteError("Indiquez le taux du crédit qui regroupe les dettes.")
    verifier_taux(scenario.taux, taux_zero=False)
    capital = sum(etat.du for etat in dettes) + _frais(scenario)
    return [_part(None, scenario.libelle, Pret(capital, scenario.taux, duree))]


def _frais(scenario: Scenario) -> int:
    if scenario.frais < 0:
        raise DonneeIncoherenteError("Des frais ne peuvent pas être négatifs.")
    return scenario.frais if scenario.mode == "regroupement" else 0


def _part(dette: str | None, creancier: str, pret: Pret) -> Part:
    lignes = echeancier(pret)
    return Part(dette, creancier, pret.capital, lignes[0].total, sum(ligne.interets for ligne in lignes))
