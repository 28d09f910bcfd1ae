"""Reading of a professional financing: leasing, equipment, working capital (CPR-01, CPR-02).

What cannot be computed has no figure, and `refus` says why in French.
"""

from datetime import date
from decimal import Decimal
from typing import TypedDict

from rules import prets
from rules.erreurs import DonneeIncoherenteError, RegleError
from rules.financement_pro import CreditBail, besoin_fonds_roulement, cout, jours_de_chiffre_affaires
from rules.prets import Pret, verifier_duree, verifier_montant

CREDITS_BAILS = ("cb_mobilier", "cb_immobilier")


class SimulationPro(TypedDict):
    """Amounts in cents. `mensualite`: of the loan, or rent; `cout`: paid on top of the price or of the capital."""

    mensualite: int | None
    cout: int | None
    taux: Decimal | None
    besoin: int | None
    besoin_jours: int | None
    refus: str | None


def simulation_credit_pro(
    jour: date,
    type: str,
    montant: int,
    duree: int,
    apport: int | None,
    taux: Decimal | None,
    loyers: int | None,
    premier_loyer: int | None,
    valeur_residuelle: int | None,
    chiffre_affaires: int | None,
    encours_clients: int | None,
    stocks: int | None,
    encours_fournisseurs: int | None,
) -> SimulationPro:
    """What a professional financing costs each month and in all, whatever the day."""
    lue: SimulationPro = {
        "mensualite": None,
        "cout": None,
        "taux": None,
        "besoin": None,
        "besoin_jours": None,
        "refus": None,
    }
    try:
        verifier_montant(montant, "Le montant du projet")
        verifier_duree(duree)
        if type in CREDITS_BAILS:
            bail = cout(CreditBail(montant, duree, valeur_residuelle or 0, premier_loyer or 0), loyers or 0)
            lue["mensualite"], lue["cout"], lue["taux"] = loyers, bail.surcout, bail.taux
        elif type == "tresorerie_bfr":
            besoin = besoin_fonds_roulement(encours_clients or 0, stocks or 0, encours_fournisseurs or 0)
            lue["besoin"] = besoin
            lue["besoin_jours"] = jours_de_chiffre_affaires(besoin, chiffre_affaires or 0)
        elif taux is None:
            raise DonneeIncoherenteError("Indiquez un taux pour simuler la mensualité.")
        else:
            if (apport or 0) >= montant:
                raise DonneeIncoherenteError("L’apport couvre tout le projet : il n’y a rien à financer.")
            pret = Pret(montant - (apport or 0), taux, duree)
            lue["mensualite"], lue["cout"], lue["taux"] = prets.mensualite(pret), prets.interets(pret), taux
    except RegleError as error:
        lue["refus"] = str(error)
    return lue


LECTURES = (simulation_credit_pro,)
