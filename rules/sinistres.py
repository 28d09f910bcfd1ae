"""Insurance claims: delays to declare one, and the follow-up of its money (SIN-03, SIN-05).

Delays come from dated tables and count from the day the insured person knew of the event. Missing one costs the cover
only if the contract says so **and** the insurer proves a prejudice; never in case of force majeure (Code des
assurances, art. L113-2). Amounts are integer cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.baremes import bareme
from rules.delais import Territoire, ajouter_jours, ajouter_jours_ouvres, ajouter_mois
from rules.erreurs import DonneeIncoherenteError

PRESCRIPTION_MOIS = 24
"""Two years to act on an insurance contract (Code des assurances, art. L114-1)."""
AGGRAVATION_JOURS = 15
"""Days to tell the insurer that the risk grew (art. L113-2, 3°)."""
REPONSE_CATASTROPHE_MOIS = 1
"""Months for the insurer to answer, then to propose, after a natural disaster (art. L125-2)."""
_HEURES_PAR_JOUR = 24


class Evenement(StrEnum):
    """Kinds of events whose delay to declare differs."""

    GENERAL = "general"
    VOL = "vol"
    BETAIL = "betail"
    CATASTROPHE_NATURELLE = "catastrophe_naturelle"
    CYBERATTAQUE = "cyberattaque"


_OUVRES = {Evenement.GENERAL: "declaration_sinistre", Evenement.VOL: "declaration_vol"}
_HEURES = {Evenement.BETAIL: "declaration_betail", Evenement.CYBERATTAQUE: "plainte_cyberattaque"}


def limite_declaration(
    evenement: Evenement,
    connu_le: date,
    arrete_publie_le: date | None = None,
    jours_contrat: int | None = None,
    territoire: Territoire = Territoire.METROPOLE,
) -> date:
    """Last day to declare an event to the insurer; for a cyberattack, to lodge the complaint (art. L12-10-1).

    Five jours ouvrés, two for a theft (art. L113-2), or more if the contract leaves more (`jours_contrat`); 24 hours
    for cattle, 72 for a complaint, at the hour the event was known; thirty days after the publication of the order for
    a natural disaster (art. L125-2). Raises HorsPlageError, and DonneeIncoherenteError when the day of the order is
    missing or the contract's delay is shorter than the law allows.
    """
    if evenement in _OUVRES:
        jours = int(bareme(_OUVRES[evenement]).au(connu_le))
        if jours_contrat is not None and jours_contrat < jours:
            raise DonneeIncoherenteError(
                f"Un contrat laisse au moins {jours} jours ouvrés pour déclarer "
                "(Code des assurances, art. L113-2) : vérifiez le délai du contrat."
            )
        return ajouter_jours_ouvres(connu_le, jours_contrat or jours, territoire)
    if evenement in _HEURES:
        heures = int(bareme(_HEURES[evenement]).au(connu_le))
        return ajouter_jours(connu_le, heures // _HEURES_PAR_JOUR)
    if arrete_publie_le is None:
        raise DonneeIncoherenteError(
            "La date de publication de l’arrêté de catastrophe naturelle manque : le délai court de ce jour."
        )
    jours = int(bareme("declaration_catastrophe_naturelle").au(arrete_publie_le))
    return ajouter_jours(arrete_publie_le, jours)


def limite_aggravation(connue_le: date) -> date:
    """Last day to tell the insurer that the risk grew: fifteen days (art. L113-2, 3°)."""
    return ajouter_jours(connue_le, AGGRAVATION_JOURS)


def prescription(depart: date) -> date:
    """Day on which the action is lost: two years after the event, or after it was known (art. L114-1).

    A registered letter about the payment of the indemnity starts it again (art. L114-2): give its day.
    """
    return ajouter_mois(depart, PRESCRIPTION_MOIS)


def reponse_assureur_catastrophe(depart: date) -> date:
    """Last day for the insurer: to inform and appoint an expert after the declaration or the order, whichever is later,
    then to propose after the estimate or the report. One month each (art. L125-2)."""
    return ajouter_mois(depart, REPONSE_CATASTROPHE_MOIS)


def versement_catastrophe(accord_le: date) -> date:
    """Last day for the insurer to pay after the agreement: 21 days (art. L125-2). Raises HorsPlageError."""
    return ajouter_jours(accord_le, int(bareme("versement_catastrophe_naturelle").au(accord_le)))


# --- Money of a claim


class Sens(StrEnum):
    """What a line of the follow-up is: set aside, paid by the insurer, handed on to the client."""

    PROVISION = "provision"
    INDEMNISATION = "indemnisation"
    REMBOURSEMENT = "remboursement"


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A line of « Suivi Financier ». `par_cabinet`: an indemnity that the firm received and owes to the client."""

    sens: Sens
    montant: int
    par_cabinet: bool = False


@dataclass(frozen=True, slots=True)
class SuiviFinancier:
    """Totals of a claim, in cents (SIN-05). `attendu`: the offer accepted, else the estimate less the deductible."""

    prejudices: int
    attendu: int
    provisionne: int
    indemnise: int
    rembourse: int
    encaisse_cabinet: int

    @property
    def reste(self) -> int:
        """What the insurer still owes; negative when it paid more than expected."""
        return self.attendu - self.indemnise

    @property
    def a_reverser(self) -> int:
        """What the firm received and has not handed on; negative when it advanced money."""
        return self.encaisse_cabinet - self.rembourse

    @property
    def solde(self) -> bool:
        """Nothing is owed any more, by the insurer or by the firm."""
        return self.reste <= 0 and self.a_reverser <= 0


def suivi_financier(
    prejudices: Sequence[int],
    mouvements: Sequence[Mouvement],
    offre_acceptee: int | None = None,
    franchise: int = 0,
) -> SuiviFinancier:
    """Totals of a claim. Raises DonneeIncoherenteError for an amount that cannot be."""
    if min((*prejudices, offre_acceptee or 0, franchise)) < 0:
        raise DonneeIncoherenteError("Un préjudice, une offre et une franchise ne peuvent pas être négatifs.")
    if any(mouvement.montant <= 0 for mouvement in mouvements):
        raise DonneeIncoherenteError("Un mouvement doit être supérieur à 0\u00a0€.")
    estime = sum(prejudices)
    attendu = max(0, estime - franchise) if offre_acceptee is None else offre_acceptee
    return SuiviFinancier(
        estime,
        attendu,
        _somme(mouvements, Sens.PROVISION),
        _somme(mouvements, Sens.INDEMNISATION),
        _somme(mouvements, Sens.REMBOURSEMENT),
        _somme([mouvement for mouvement in mouvements if mouvement.par_cabinet], Sens.INDEMNISATION),
    )


def _somme(mouvements: Sequence[Mouvement], sens: Sens) -> int:
    return sum(mouvement.montant for mouvement in mouvements if mouvement.sens is sens)
