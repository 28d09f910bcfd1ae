"""Loans: monthly payment, schedule, cost, TAEG, legal ceiling of the rate (CRE-15, CRE-16, CPR-01).

Amounts are integer cents, rates percentages a year, durations months. The monthly rate is the nominal rate divided by
twelve, which is the French usage. Each month's interest is rounded half up to the cent; the last payment settles
what is left. What cannot be computed is a refusal in French, never a number that means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from rules.argent import arrondi
from rules.baremes import bareme
from rules.delais import ajouter_mois
from rules.erreurs import DonneeIncoherenteError

MOIS_PAR_AN = 12
DUREE_MAX = 480
"""Months: a longer loan is a slip of the keyboard (the HCSF's mark is 300)."""
TAUX_MAX = Decimal(50)
"""Per cent: a higher rate is a slip of the keyboard (an amount typed as a rate)."""
TAUX_EFFECTIF_MAX = Decimal(1000)
"""Per cent: a dearer loan is a slip of the keyboard (fees that leave next to nothing, a sum typed in cents)."""
_TAEG_DECIMALES = Decimal("0.0001")
_MOITIES = 50
"""Halvings of an interval of length one: 1e-15 on the discount factor of a month, far below what is shown."""


@dataclass(frozen=True, slots=True)
class Pret:
    """A loan paid back every month.

    `differe`: first months that pay interest only (« différé partiel »); the rest is then paid back over the months
    left. `differe_total`: these months pay nothing, their interest is added to the principal each month.
    `assurance`: cents a month, whole duration. `taux_zero`: the rate of 0 % is meant (PTZ).

    A deferral of all the months but the last is a loan « in fine »: the principal is paid back at once, at the end.
    """

    capital: int
    taux: Decimal
    duree: int
    differe: int = 0
    assurance: int = 0
    taux_zero: bool = False
    differe_total: bool = False


@dataclass(frozen=True, slots=True)
class Mensualite:
    """One line of a schedule. `restant`: principal still due once it is paid.

    `capital` is negative where interest is not paid but added to what is due (« différé total »).
    """

    rang: int
    interets: int
    capital: int
    assurance: int
    restant: int
    jour: date | None = None

    @property
    def hors_assurance(self) -> int:
        """Interest and principal."""
        return self.interets + self.capital

    @property
    def total(self) -> int:
        """What leaves the account that month."""
        return self.interets + self.capital + self.assurance


def verifier_montant(montant: int, quoi: str) -> None:
    """Refuse an amount that is not positive. `quoi` begins the sentence: « Le capital emprunté »."""
    if montant <= 0:
        raise DonneeIncoherenteError(f"{quoi} doit être supérieur à 0\u00a0€.")


def verifier_duree(duree: int) -> None:
    """Refuse a duration that makes no loan. Months."""
    if not 1 <= duree <= DUREE_MAX:
        raise DonneeIncoherenteError(
            f"La durée d’un crédit va de 1 à {DUREE_MAX} mois : {duree} mois ne convient pas."
        )


def verifier_taux(taux: Decimal, taux_zero: bool) -> None:
    """Refuse a rate that is no rate: below zero, absurd, or zero where nobody said that the loan is free."""
    if not taux.is_finite() or not 0 <= taux <= TAUX_MAX:
        raise DonneeIncoherenteError(
            f"Le taux s’écrit en pourcentage par an, de 0 à {TAUX_MAX} : 3,20 pour 3,20\u00a0%."
        )
    if taux == 0 and not taux_zero:
        raise DonneeIncoherenteError(
            "Le taux est de 0\u00a0% : indiquez le taux du crédit, ou précisez qu’il s’agit d’un prêt à taux zéro."
        )


def verifier_pret(pret: Pret) -> None:
    """Refuse a loan that cannot exist. Raises DonneeIncoherenteError."""
    verifier_montant(pret.capital, "Le capital emprunté")
    verifier_taux(pret.taux, pret.taux_zero)
    verifier_duree(pret.duree)
    if not 0 <= pret.differe < pret.duree:
        raise DonneeIncoherenteError("Le différé doit être plus court que le crédit.")
    if pret.assurance < 0:
        raise DonneeIncoherenteError("L’assurance ne peut pas être négative.")


def mensualite(pret: Pret) -> int:
    """Monthly payment without insurance, once the deferral is over: C × i ÷ (1 − (1 + i)^−n), or C ÷ n at 0 %.

    Raises DonneeIncoherenteError.
    """
    verifier_pret(pret)
    return arrondi(annuite(Decimal(_du_apres_differe(pret)), pret.taux, pret.duree - pret.differe))


def _du_apres_differe(pret: Pret) -> int:
    """Principal due once the deferral is over, with the interest that was not paid."""
    restant = pret.capital
    if pret.differe_total:
        for _ in range(pret.differe):
            restant += arrondi(restant * _mensuel(pret.taux))
    return restant


def annuite(capital: Decimal, taux: Decimal, duree: int) -> Decimal:
    """Constant payment of a capital over `duree` months, not rounded."""
    i = _mensuel(taux)
    if i == 0:
        return capital / duree
    return capital * i / (1 - (1 + i) ** -duree)


def capacite(mensualite_max: int, taux: Decimal, duree: int, taux_zero: bool = False) -> int:
    """Largest capital that a monthly payment without insurance pays back, in cents. Raises DonneeIncoherenteError."""
    verifier_montant(mensualite_max, "La mensualité")
    verifier_taux(taux, taux_zero)
    verifier_duree(duree)
    return int(mensualite_max / annuite(Decimal(1), taux, duree))


def echeancier(pret: Pret, premiere: date | None = None) -> list[Mensualite]:
    """The schedule (« tableau d'amortissement »); `premiere`: day of the first payment, for dated lines.

    Raises DonneeIncoherenteError, also for a capital so small that its payments round to nothing.
    """
    lignes = _lignes(pret)
    if premiere is None:
        return list(lignes)
    return [replace(ligne, jour=ajouter_mois(premiere, ligne.rang - 1)) for ligne in lignes]


@lru_cache(maxsize=64)
def _lignes(pret: Pret) -> tuple[Mensualite, ...]:
    """A simulation asks for the same schedule again: cost, TAEG, ratios, years."""
    constante = mensualite(pret)
    i = _mensuel(pret.taux)
    restant = pret.capital
    lignes: list[Mensualite] = []
    for rang in range(1, pret.duree + 1):
        interets = arrondi(restant * i)
        if rang == pret.duree:
            capital = restant
        elif rang <= pret.differe:
            capital = -interets if pret.differe_total else 0
        else:
            capital = constante - interets
        restant -= capital
        if rang > pret.differe and (capital <= 0 or (restant <= 0 and rang < pret.duree)):
            raise DonneeIncoherenteError("Le capital est trop petit pour une durée aussi longue.")
        lignes.append(Mensualite(rang, interets, capital, pret.assurance, restant))
    return tuple(lignes)


def interets(pret: Pret) -> int:
    """Interest over the whole loan, in cents, as the schedule adds them up."""
    return sum(ligne.interets for ligne in echeancier(pret))


def restant_apres(pret: Pret, payees: int) -> int:
    """Principal still due after `payees` monthly payments. Raises DonneeIncoherenteError."""
    if not 0 <= payees <= pret.duree:
        raise DonneeIncoherenteError(f"Ce crédit compte {pret.duree} mensualités.")
    return pret.capital if payees == 0 else echeancier(pret)[payees - 1].restant


# --- Cost and TAEG


@dataclass(frozen=True, slots=True)
class CoutTotal:
    """« Coût total du crédit » = interest + guarantee + insurance (CRE-15). `frais`: file and broker, told apart."""

    interets: int
    garantie: int
    assurance: int
    frais: int = 0

    @property
    def total(self) -> int:
        """What the source calls the total cost."""
        return self.interets + self.garantie + self.assurance

    @property
    def avec_frais(self) -> int:
        """The same and the fees: all that the TAEG counts."""
        return self.total + self.frais


def cout_total(pret: Pret, garantie: int = 0, frais: int = 0) -> CoutTotal:
    """Cost of a loan over its whole duration, in cents. Raises DonneeIncoherenteError."""
    _verifier_frais(pret, garantie + frais, min(garantie, frais))
    return CoutTotal(interets(pret), garantie, pret.assurance * pret.duree, frais)


def taeg(pret: Pret, frais: int = 0) -> Decimal:
    """« Taux annuel effectif global », per cent with four decimals; show two.

    Code de la consommation, art. L314-1 and following, R314-3 and its annex: the yearly rate that makes what is
    received equal to what is paid, a month being a twelfth of a year. `frais`: cents kept at the start because the
    loan requires them (file, guarantee, broker, valuation; not the notary's deed). The required insurance is in
    `pret.assurance`. Raises DonneeIncoherenteError.
    """
    _verifier_frais(pret, frais, frais)
    paiements = [ligne.total for ligne in echeancier(pret)]
    return taux_effectif(pret.capital - frais, paiements).quantize(_TAEG_DECIMALES, rounding=ROUND_HALF_UP)


def taux_effectif(recu: int, paiements: list[int]) -> Decimal:
    """Yearly rate at which monthly payments are worth what was received at the start, per cent, not rounded.

    Raises DonneeIncoherenteError, also for a rate so high that one of the figures is a slip of the keyboard.
    """
    taux = 100 * ((1 + taux_mensuel_implicite(recu, paiements)) ** MOIS_PAR_AN - 1)
    if taux > TAUX_EFFECTIF_MAX:
        raise DonneeIncoherenteError(
            f"Le taux effectif dépasse {TAUX_EFFECTIF_MAX}\u00a0%\u00a0: vérifiez le montant, les frais, l’assurance "
            "et ce qui est payé chaque mois."
        )
    return taux


def taux_mensuel_implicite(recu: int, paiements: list[int]) -> Decimal:
    """Monthly rate at which monthly payments are worth what was received at the start: 0.0027 for 0.27 %.

    Raises DonneeIncoherenteError when less is paid back than received: no rate says that.
    """
    if sum(paiements) < recu:
        raise DonneeIncoherenteError(
            "Les paiements ne couvrent pas la somme reçue : le taux n’a pas de sens."
        )
    bas, haut = Decimal(0), Decimal(1)
    # The worth of the payments grows with the discount factor: one root, found by halving.
    for _ in range(_MOITIES):
        milieu = (bas + haut) / 2
        if _valeur(paiements, milieu) < recu:
            bas = milieu
        else:
            haut = milieu
    return 1 / haut - 1


def _valeur(paiements: list[int], facteur: Decimal) -> Decimal:
    valeur = Decimal(0)
    for paiement in reversed(paiements):
        valeur = (valeur + paiement) * facteur
    return valeur


def _verifier_frais(pret: Pret, frais: int, moindre: int) -> None:
    verifier_pret(pret)
    if moindre < 0:
        raise DonneeIncoherenteError("Des frais ne peuvent pas être négatifs.")
    if frais >= pret.capital:
        raise DonneeIncoherenteError("Les frais dépassent le capital emprunté.")


def _mensuel(taux: Decimal) -> Decimal:
    return taux / (100 * MOIS_PAR_AN)


# --- Ceiling of the rate


def taux_usure(duree: int, jour: date) -> Decimal:
    """Ceiling of the TAEG of a fixed-rate housing loan, per cent, on the day of the offer.

    Code de la consommation, art. L314-6; published each quarter by the Banque de France. Raises HorsPlageError where
    the table says nothing of that day, DonneeIncoherenteError for an impossible duration.
    """
    verifier_duree(duree)
    ans = Decimal(duree) / MOIS_PAR_AN
    cle = "usure_moins_10_ans" if ans < 10 else "usure_10_a_20_ans" if ans < 20 else "usure_20_ans_et_plus"
    return bareme(cle).au(jour)
