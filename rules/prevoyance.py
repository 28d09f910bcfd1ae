"""Benefits of a provident contract: daily allowances, pensions, payments, revaluations (PRV-01 to PRV-11).

Amounts are integer cents, rates percentages. A contract, not the law, sets its waiting period, its base and its
rates: they are given. Periods count both their ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from rules.argent import arrondi
from rules.delais import ajouter_mois
from rules.erreurs import DonneeIncoherenteError

_UN_JOUR = timedelta(days=1)
_MOIS_PAR_AN = 12
_TAUX_MAX = 100

Periodicite = Literal["mois", "trimestre", "an"]
_MOIS: dict[Periodicite, int] = {"mois": 1, "trimestre": 3, "an": 12}


# --- What is due


def jours_indemnises(debut: date, fin: date, franchise: int) -> int:
    """Days paid of a stop from `debut` to `fin`, both included: those after the waiting period, never below zero.

    A waiting period of 3 days is that of the sécurité sociale (CSS, art. R323-1: paid from the fourth day); one of 7,
    that of the legal salary maintenance (Code du travail, art. D1226-3). Raises DonneeIncoherenteError.
    """
    if fin < debut:
        raise DonneeIncoherenteError("L’arrêt ne peut pas finir avant de commencer.")
    if franchise < 0:
        raise DonneeIncoherenteError("Le délai de franchise ne peut pas être négatif.")
    return max(0, (fin - debut).days + 1 - franchise)


def indemnites_journalieres(montant_jour: int, debut: date, fin: date, franchise: int) -> int:
    """Daily allowances of a stop, in cents. Raises DonneeIncoherenteError."""
    if montant_jour <= 0:
        raise DonneeIncoherenteError("Le montant de l’indemnité journalière doit être supérieur à 0\u00a0€.")
    return montant_jour * jours_indemnises(debut, fin, franchise)


def rente_annuelle(base: int, taux: Decimal, deduction: int = 0) -> int:
    """Yearly pension: the guaranteed rate of the base salary, less what the sécurité sociale pays, never below zero.

    `base`, `deduction`: cents a year. Raises DonneeIncoherenteError.
    """
    if base <= 0:
        raise DonneeIncoherenteError("La base annuelle de la rente doit être supérieure à 0\u00a0€.")
    if deduction < 0:
        raise DonneeIncoherenteError("La part de la Sécurité sociale ne peut pas être négative.")
    verifier_taux(taux, "Le taux garanti")
    return max(0, arrondi(base * taux / 100) - deduction)


def terme(rente: int, periodicite: Periodicite) -> int:
    """What one payment of a yearly pension amounts to, in cents."""
    return arrondi(Decimal(rente * _MOIS[periodicite]) / _MOIS_PAR_AN)


def verifier_taux(taux: Decimal, quoi: str) -> None:
    """Refuse a rate that is not over 0 and at most 100 %."""
    if not taux.is_finite() or not 0 < taux <= _TAUX_MAX:
        raise DonneeIncoherenteError(f"{quoi} va de plus de 0 à 100\u00a0%.")


def repartir(capital: int, parts: Mapping[str, Decimal]) -> dict[str, int]:
    """A death capital between its beneficiaries, to the cent (ASS-23, PRV-07).

    `parts`: percentages that make 100. Cents that rounding leaves go to the largest remainders, in the order given.
    Raises DonneeIncoherenteError.
    """
    if capital <= 0:
        raise DonneeIncoherenteError("Le capital à répartir doit être supérieur à 0\u00a0€.")
    for part in parts.values():
        verifier_taux(part, "La part d’un bénéficiaire")
    if sum(parts.values()) != _TAUX_MAX:
        raise DonneeIncoherenteError("Les parts des bénéficiaires doivent faire 100\u00a0% au total.")
    exactes = {nom: capital * part / 100 for nom, part in parts.items()}
    entieres = {nom: int(exacte) for nom, exacte in exactes.items()}
    reste = capital - sum(entieres.values())
    for nom in sorted(exactes, key=lambda nom: entieres[nom] - exactes[nom])[:reste]:
        entieres[nom] += 1
    return entieres


# --- What was paid


@dataclass(frozen=True, slots=True)
class Versement:
    """A payment by the insurer, and the days it covers, both included."""

    regle_le: date
    debut: date
    fin: date
    montant: int


def total_verse(versements: Sequence[Versement]) -> int:
    """All that was paid for one benefit, in cents.

    Raises DonneeIncoherenteError for a period upside down, an amount that is none, two payments of the same days.
    """
    ranges = sorted(versements, key=lambda versement: versement.debut)
    for versement in ranges:
        if versement.fin < versement.debut:
            raise DonneeIncoherenteError("La période couverte ne peut pas finir avant de commencer.")
        if versement.montant <= 0:
            raise DonneeIncoherenteError("Un versement doit être supérieur à 0\u00a0€.")
    for avant, apres in itertools.pairwise(ranges):
        if apres.debut <= avant.fin:
            raise DonneeIncoherenteError(
                f"Deux versements couvrent les mêmes jours, à partir du {apres.debut:%d/%m/%Y}."
            )
    return sum(versement.montant for versement in versements)


def prochaine_echeance(
    versements: Sequence[Versement],
    periodicite: Periodicite,
    debut_droit: date,
    fin_droit: date | None = None,
    d_avance: bool = False,
) -> date | None:
    """Day on which the next payment is expected; None once the right is over and paid (PRV-05).

    The next period begins after the last one covered, or with the right. It is paid at its end, or at its
    beginning when the contract pays in advance (`d_avance`).
    """
    couvert = max((versement.fin for versement in versements), default=debut_droit - _UN_JOUR)
    debut = max(couvert + _UN_JOUR, debut_droit)
    if fin_droit is not None and debut > fin_droit:
        return None
    fin = ajouter_mois(debut, _MOIS[periodicite]) - _UN_JOUR
    if d_avance:
        return debut
    return fin if fin_droit is None else min(fin, fin_droit)


# --- Revaluations


@dataclass(frozen=True, slots=True)
class Revalorisation:
    """A change of a pension from `effet` on: a percentage added, or the new amount. One of them only."""

    id: str
    effet: date
    taux: Decimal | None = None
    montant: int | None = None


@dataclass(frozen=True, slots=True)
class Palier:
    """A line of the history: what the pension was, and what it became (PRV-06)."""

    revalorisation: Revalorisation
    avant: int
    apres: int


def historique(initial: int, debut: date, revalorisations: Sequence[Revalorisation]) -> list[Palier]:
    """Revaluations by date of effect, each on the amount before it. Payments already recorded are never touched.

    Raises DonneeIncoherenteError for one that says both or none of rate and amount, two on a day, one before the
    benefit begins.
    """
    if initial <= 0:
        raise DonneeIncoherenteError("Le montant de la prestation doit être supérieur à 0\u00a0€.")
    paliers: list[Palier] = []
    montant, dernier = initial, None
    for revalorisation in sorted(revalorisations, key=lambda r: r.effet):
        if revalorisation.effet < debut:
            raise DonneeIncoherenteError("Une revalorisation ne peut pas précéder le début de la prestation.")
        if revalorisation.effet == dernier:
            raise DonneeIncoherenteError(
                f"Deux revalorisations prennent effet le {revalorisation.effet:%d/%m/%Y} : n’en gardez qu’une."
            )
        apres = _revaloriser(montant, revalorisation)
        paliers.append(Palier(revalorisation, montant, apres))
        montant, dernier = apres, revalorisation.effet
    return paliers


def montant_au(jour: date, initial: int, debut: date, revalorisations: Sequence[Revalorisation]) -> int:
    """Amount of the pension on a day, in cents; 0 before it begins. Raises what `historique` raises."""
    paliers = historique(initial, debut, revalorisations)
    if jour < debut:
        return 0
    return next((p.apres for p in reversed(paliers) if p.revalorisation.effet <= jour), initial)


def _revaloriser(montant: int, revalorisation: Revalorisation) -> int:
    if (revalorisation.taux is None) == (revalorisation.montant is None):
        raise DonneeIncoherenteError("Une revalorisation donne un taux ou un nouveau montant, l’un des deux.")
    if revalorisation.montant is not None:
        if revalorisation.montant <= 0:
            raise DonneeIncoherenteError("Le montant revalorisé doit être supérieur à 0\u00a0€.")
        return revalorisation.montant
    assert revalorisation.taux is not None
    verifier_taux(revalorisation.taux, "Le taux de revalorisation")
    return arrondi(montant * (100 + revalorisation.taux) / 100)
