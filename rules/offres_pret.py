"""Legal delays around a housing loan offer, and the ceiling of the early repayment fee.

Code de la consommation, art. L313-34 and following (numbering in force since 01/07/2016). A last day that falls on a
Sunday or a holiday is not postponed: these articles do not say so.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rules.argent import arrondi
from rules.baremes import bareme
from rules.delais import ajouter_jours, ajouter_mois
from rules.erreurs import DonneeIncoherenteError
from rules.prets import MOIS_PAR_AN, verifier_montant, verifier_taux


def acceptation_possible_le(recue_le: date) -> date:
    """First day on which the borrower may accept: after ten whole days (L313-34). Raises HorsPlageError."""
    return ajouter_jours(recue_le, _valeur("reflexion_offre_pret", recue_le) + 1)


def offre_tenue_jusqu_au(recue_le: date) -> date:
    """Last day on which the bank is bound: thirty days after reception (L313-34). Raises HorsPlageError."""
    return ajouter_jours(recue_le, _valeur("maintien_offre_pret", recue_le))


def vente_a_conclure_avant(acceptee_le: date) -> date:
    """Last day to conclude the sale, four months after acceptance (L313-36). Raises HorsPlageError."""
    return ajouter_mois(acceptee_le, _valeur("conclusion_vente_pret", acceptee_le))


def fin_condition_suspensive(signature: date, mois: int | None = None) -> date:
    """Last day of the condition that the loan is granted (L313-41): the contract's months, one at least.

    Raises DonneeIncoherenteError for a shorter one, HorsPlageError.
    """
    minimum = _valeur("condition_suspensive_pret", signature)
    if mois is not None and mois < minimum:
        raise DonneeIncoherenteError(
            "La condition suspensive d’obtention du prêt dure au moins un mois (Code de la consommation, art. L313-41)."
        )
    return ajouter_mois(signature, minimum if mois is None else mois)


def fin_retractation_acquereur(notifie_le: date) -> date:
    """Last day for the buyer of a home to withdraw: ten days after the notice of the contract (CCH, L271-1)."""
    return ajouter_jours(notifie_le, _valeur("retractation_acquereur", notifie_le))


def indemnite_remboursement_max(capital: int, taux: Decimal, jour: date) -> int:
    """Most a bank may ask for an early repayment, in cents: six months of interest, and 3 % of the capital due.

    L313-47 and R313-25; `capital`: cents paid back early, all that is due. Raises HorsPlageError,
    DonneeIncoherenteError.
    """
    verifier_montant(capital, "Le capital remboursé")
    verifier_taux(taux, taux_zero=True)
    mois = bareme("indemnite_remboursement_mois").au(jour)
    part = bareme("indemnite_remboursement_part").au(jour)
    return min(arrondi(capital * taux * mois / (100 * MOIS_PAR_AN)), arrondi(capital * part / 100))


def _valeur(cle: str, jour: date) -> int:
    return int(bareme(cle).au(jour))
