"""Financing of professionals: leasing and working capital (CPR-01, CPR-02). Equipment loans are `rules.prets`.

Amounts are integer cents, durations months, rates percentages a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rules.argent import arrondi
from rules.erreurs import DonneeIncoherenteError
from rules.financement import pour_cent
from rules.prets import (
    MOIS_PAR_AN,
    Mensualite,
    annuite,
    taux_effectif,
    taux_mensuel_implicite,
    verifier_duree,
    verifier_montant,
    verifier_taux,
)

_JOURS_PAR_AN = 365


@dataclass(frozen=True, slots=True)
class CreditBail:
    """A lease: rents paid at the end of each month, a first one raised if need be, an option at the end.

    `premier_loyer`: paid when the contract begins, on top of the others (« premier loyer majoré »).
    `valeur_residuelle`: price of the purchase option.
    """

    prix: int
    duree: int
    valeur_residuelle: int = 0
    premier_loyer: int = 0


@dataclass(frozen=True, slots=True)
class CoutCreditBail:
    """What a lease costs, option taken. `taux`: the yearly rate it amounts to, per cent, two decimals."""

    loyers: int
    total: int
    surcout: int
    taux: Decimal


def loyer(bail: CreditBail, taux: Decimal) -> int:
    """Monthly rent at a nominal rate: it pays back the price less the first rent and the worth of the option.

    Raises DonneeIncoherenteError.
    """
    _verifier(bail)
    verifier_taux(taux, taux_zero=False)
    mensuel = taux / (100 * MOIS_PAR_AN)
    option = bail.valeur_residuelle / (1 + mensuel) ** bail.duree
    return arrondi(annuite(bail.prix - bail.premier_loyer - option, taux, bail.duree))


def cout(bail: CreditBail, loyer_mensuel: int) -> CoutCreditBail:
    """All the rents and the option against the price in cash.

    Raises DonneeIncoherenteError when the rents do not even pay the price.
    """
    taux = taux_effectif(bail.prix - bail.premier_loyer, _paiements(bail, loyer_mensuel))
    loyers = bail.premier_loyer + loyer_mensuel * bail.duree
    total = loyers + bail.valeur_residuelle
    return CoutCreditBail(loyers, total, total - bail.prix, pour_cent(taux))


def _paiements(bail: CreditBail, loyer_mensuel: int) -> list[int]:
    _verifier(bail)
    verifier_montant(loyer_mensuel, "Le loyer")
    return [loyer_mensuel] * (bail.duree - 1) + [loyer_mensuel + bail.valeur_residuelle]


def echeancier_bail(bail: CreditBail, loyer_mensuel: int, assurance: int = 0) -> list[Mensualite]:
    """Rents one by one, each split at the rate they amount to; `restant`: what is left of the price.

    A first rent is line 0, the option is one line past the last month. Raises DonneeIncoherenteError.
    """
    mois = taux_mensuel_implicite(bail.prix - bail.premier_loyer, _paiements(bail, loyer_mensuel))
    restant = bail.prix - bail.premier_loyer
    lignes = [Mensualite(0, 0, bail.premier_loyer, 0, restant)] if bail.premier_loyer else []
    for rang in range(1, bail.duree + 1):
        # The last rent leaves the option, whatever was rounded before.
        capital = (
            restant - bail.valeur_residuelle
            if rang == bail.duree
            else loyer_mensuel - arrondi(restant * mois)
        )
        restant -= capital
        lignes.append(Mensualite(rang, loyer_mensuel - capital, capital, assurance, restant))
    if bail.valeur_residuelle:
        lignes.append(Mensualite(bail.duree + 1, 0, bail.valeur_residuelle, 0, 0))
    return lignes


def _verifier(bail: CreditBail) -> None:
    verifier_montant(bail.prix, "Le prix du bien")
    verifier_duree(bail.duree)
    if bail.valeur_residuelle < 0 or bail.premier_loyer < 0:
        raise DonneeIncoherenteError("Un loyer et une valeur résiduelle ne peuvent pas être négatifs.")
    if bail.valeur_residuelle + bail.premier_loyer >= bail.prix:
        raise DonneeIncoherenteError(
            "Le premier loyer et la valeur résiduelle couvrent le prix : il n’y a rien à financer."
        )


def besoin_fonds_roulement(clients: int, stocks: int, fournisseurs: int) -> int:
    """Working capital need: what clients owe, and stocks, less what is owed to suppliers. Negative: a resource.

    Raises DonneeIncoherenteError for a negative amount.
    """
    if min(clients, stocks, fournisseurs) < 0:
        raise DonneeIncoherenteError("Un encours ne peut pas être négatif.")
    return clients + stocks - fournisseurs


def jours_de_chiffre_affaires(besoin: int, chiffre_affaires: int) -> int:
    """The need in days of yearly turnover, rounded half up. Raises DonneeIncoherenteError without turnover."""
    verifier_montant(chiffre_affaires, "Le chiffre d’affaires")
    return arrondi(Decimal(besoin * _JOURS_PAR_AN) / chiffre_affaires)
