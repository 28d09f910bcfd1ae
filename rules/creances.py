"""Interest on unpaid debts: late-payment penalties between professionals, legal interest otherwise.

Amounts are integer cents, rates percentages. Interest counts calendar days on a year of 365 days (usage: no text sets
the base), on what was still due each day, and is rounded half up once, at the end. It is cut at each change of rate
and at each payment; a payment stops interest on the day it is received.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rules.argent import arrondi, pourcent
from rules.baremes import Periode, bareme
from rules.delais import ajouter_mois
from rules.erreurs import DonneeIncoherenteError, HorsPlageError

MAJORATION_BCE = Decimal(10)
"""Points added to the ECB rate when the contract says nothing (Code de commerce, art. L441-10, II)."""
PLANCHER = 3
"""A contractual rate is at least this many times the legal rate (same article)."""
MAJORATION_JUGEMENT = Decimal(5)
"""Points added two months after a judgment became enforceable (Code monétaire et financier, art. L313-3)."""
_BASE = Decimal(36_500)


@dataclass(frozen=True, slots=True)
class Versement:
    """What was received for one debt, and when."""

    jour: date
    montant: int


@dataclass(frozen=True, slots=True)
class Tranche:
    """Interest over a stretch of days with one rate and one principal: `debut` included, `fin` excluded."""

    debut: date
    fin: date
    principal: int
    taux: Decimal
    montant: Decimal
    """Cents, not rounded."""

    @property
    def jours(self) -> int:
        """Calendar days of the stretch."""
        return (self.fin - self.debut).days


@dataclass(frozen=True, slots=True)
class Interets:
    """Interest and how it was found, so that a letter can show it. `total`: cents, rounded half up."""

    tranches: tuple[Tranche, ...] = ()

    @property
    def total(self) -> int:
        """Sum of the stretches, rounded once."""
        return arrondi(sum((tranche.montant for tranche in self.tranches), Decimal(0)))


def penalites_de_retard(
    montant: int,
    echeance: date,
    au: date,
    versements: Sequence[Versement] = (),
    taux_contractuel: Decimal | None = None,
) -> Interets:
    """Penalties on an invoice between professionals, owed without any reminder (Code de commerce, art. L441-10, II).

    They run from the day after the due date, included, to `au`, excluded. Rate: the contract's, else the ECB's of the
    first day of the half-year plus ten points. Raises HorsPlageError when the table of rates stops too early, and
    DonneeIncoherenteError for a contractual rate below three times the legal one, where that one is known.
    """
    debut = echeance + timedelta(days=1)
    if taux_contractuel is not None:
        verifier_taux_contractuel(taux_contractuel, echeance)
    if debut >= au or _reste(montant, versements, debut) <= 0:
        return Interets()
    fin = min(au, _solde_le(montant, versements) or au)
    if taux_contractuel is not None:
        periodes = [Periode(debut, fin, taux_contractuel)]
    else:
        periodes = [
            Periode(p.debut, p.fin, p.valeur + MAJORATION_BCE)
            for p in bareme("refinancement_bce").periodes(debut, fin)
        ]
    return _courir(montant, periodes, versements)


def verifier_taux_contractuel(taux: Decimal, jour: date) -> bool:
    """Refuse a contractual rate below the legal minimum on that day. False when the day's minimum is not known.

    Raises DonneeIncoherenteError.
    """
    try:
        plancher = PLANCHER * bareme("interet_legal_autres").au(jour)
    except HorsPlageError:
        return False
    if taux < plancher:
        raise DonneeIncoherenteError(
            f"Le taux contractuel de {pourcent(taux)} est inférieur au minimum légal au {jour:%d/%m/%Y} : "
            f"{pourcent(plancher)}, trois fois l’intérêt légal (Code de commerce, art. L441-10)."
        )
    return True


def interets_legaux(
    montant: int,
    mise_en_demeure: date,
    au: date,
    creancier_particulier: bool,
    versements: Sequence[Versement] = (),
    executoire_depuis: date | None = None,
) -> Interets:
    """Legal interest from the day the formal notice was received, included, to `au`, excluded.

    Code civil, art. 1231-6 and 1344; rate by nature of the creditor: Code monétaire et financier, art. L313-2. Two
    months after a judgment became enforceable (`executoire_depuis`) the rate rises by five points (art. L313-3).
    Raises HorsPlageError when the table of rates stops too early.
    """
    if mise_en_demeure >= au or _reste(montant, versements, mise_en_demeure) <= 0:
        return Interets()
    fin = min(au, _solde_le(montant, versements) or au)
    table = bareme("interet_legal_particuliers" if creancier_particulier else "interet_legal_autres")
    periodes = table.periodes(mise_en_demeure, fin)
    if executoire_depuis is not None:
        periodes = _majorer(periodes, ajouter_mois(executoire_depuis, 2))
    return _courir(montant, periodes, versements)


def indemnite_forfaitaire(
    montant: int, echeance: date, au: date, versements: Sequence[Versement] = ()
) -> int:
    """The fixed sum owed for one invoice paid late between professionals, in cents; 0 when it is not late.

    Code de commerce, art. L441-10, II and D441-5. It is not subject to VAT. Raises HorsPlageError.
    """
    debut = echeance + timedelta(days=1)
    if au < debut or _reste(montant, versements, debut) <= 0:
        return 0
    return arrondi(100 * bareme("indemnite_recouvrement").au(debut))


def _reste(montant: int, versements: Sequence[Versement], jour: date) -> int:
    """What is due at the beginning of a day: a payment of that day counts."""
    return montant - sum(v.montant for v in versements if v.jour <= jour)


def _solde_le(montant: int, versements: Sequence[Versement]) -> date | None:
    """Day on which the debt was paid in full."""
    reste = montant
    for versement in sorted(versements, key=lambda v: v.jour):
        reste -= versement.montant
        if reste <= 0:
            return versement.jour
    return None


def _majorer(periodes: Sequence[Periode], depuis: date) -> list[Periode]:
    majorees: list[Periode] = []
    for periode in periodes:
        if periode.debut < depuis:
            majorees.append(Periode(periode.debut, min(periode.fin, depuis), periode.valeur))
        if periode.fin > depuis:
            debut = max(periode.debut, depuis)
            majorees.append(Periode(debut, periode.fin, periode.valeur + MAJORATION_JUGEMENT))
    return majorees


def _courir(montant: int, periodes: Sequence[Periode], versements: Sequence[Versement]) -> Interets:
    tranches: list[Tranche] = []
    for periode in periodes:
        coupes = sorted({v.jour for v in versements if periode.debut < v.jour < periode.fin})
        bornes = [periode.debut, *coupes, periode.fin]
        for debut, fin in itertools.pairwise(bornes):
            principal = _reste(montant, versements, debut)
            if principal > 0:
                interet = principal * periode.valeur * (fin - debut).days / _BASE
                tranches.append(Tranche(debut, fin, principal, periode.valeur, interet))
    return Interets(tuple(tranches))
