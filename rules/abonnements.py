"""Subscriptions: what one costs in a year, and what changing it saves, line by line (OPT-12 to OPT-17).

Amounts are integer cents. Prices per kWh are decimals in euros, as suppliers print them (0.1952).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from rules.argent import arrondi
from rules.baremes import bareme
from rules.erreurs import DonneeIncoherenteError

MOIS_PAR_AN = 12
TVA_NORMALE = Decimal("0.20")
"""VAT on consumption (Code général des impôts, art. 278)."""

Periodicite = Literal["mois", "an"]


@dataclass(frozen=True, slots=True)
class Offre:
    """A current contract or an offer.

    `prix`: the subscription, or the whole price where nothing is metered, in cents per `periodicite`, all taxes
    included. `prix_kwh`: euros per kWh, all taxes included, for energy only. `promotion`: cents taken off each
    month for `mois_promotion` months. `frais`: cents paid once (activation, delivery).
    """

    prix: int
    periodicite: Periodicite = "mois"
    prix_kwh: Decimal | None = None
    promotion: int = 0
    mois_promotion: int = 0
    frais: int = 0


@dataclass(frozen=True, slots=True)
class Comparaison:
    """Differences between the current contract and an offer, in cents a year; positive when the offer is cheaper."""

    actuel: int
    nouveau: int
    ecart_abonnement: int
    ecart_consommation: int
    frais: int

    @property
    def economie(self) -> int:
        """« ÉCONOMIE ANNUELLE »: negative when the offer costs more."""
        return self.actuel - self.nouveau


def abonnement_annuel(offre: Offre) -> int:
    """Subscription over a year: a monthly price times twelve (OPT-14)."""
    return offre.prix * (MOIS_PAR_AN if offre.periodicite == "mois" else 1)


def consommation_annuelle(offre: Offre, kwh: int | None) -> int:
    """Cost of a year's consumption; 0 where nothing is metered.

    Raises DonneeIncoherenteError when a price per kWh comes without the client's yearly consumption.
    """
    if offre.prix_kwh is None:
        return 0
    if kwh is None:
        raise DonneeIncoherenteError(
            "La consommation annuelle de référence manque : elle fixe le coût annuel."
        )
    if kwh < 0 or offre.prix_kwh < 0:
        raise DonneeIncoherenteError("Une consommation et un prix ne peuvent pas être négatifs.")
    return arrondi(100 * offre.prix_kwh * kwh)


def cout_annuel(offre: Offre, kwh: int | None = None) -> int:
    """Yearly cost once promotions are over: subscription + price per kWh × yearly consumption (OPT-14)."""
    return abonnement_annuel(offre) + consommation_annuelle(offre, kwh)


def cout_premiere_annee(offre: Offre, kwh: int | None = None) -> int:
    """What the first twelve months cost: the promotion counts for its own months only, fees paid once are added."""
    mois = min(offre.mois_promotion, MOIS_PAR_AN)
    return max(0, cout_annuel(offre, kwh) - offre.promotion * mois) + offre.frais


def comparer(actuel: Offre, nouveau: Offre, kwh: int | None = None) -> Comparaison:
    """The current contract and an offer, compared over the same consumption. Raises DonneeIncoherenteError."""
    if (actuel.prix_kwh is None) != (nouveau.prix_kwh is None):
        raise DonneeIncoherenteError("Les deux offres ne se comparent pas : une seule donne un prix au kWh.")
    return Comparaison(
        cout_annuel(actuel, kwh),
        cout_annuel(nouveau, kwh),
        abonnement_annuel(actuel) - abonnement_annuel(nouveau),
        consommation_annuelle(actuel, kwh) - consommation_annuelle(nouveau, kwh),
        nouveau.frais,
    )


def economie_globale(comparaisons: Sequence[Comparaison]) -> int:
    """Yearly saving of a global proposal: the sum of the savings of each line (OPT-17)."""
    return sum(comparaison.economie for comparaison in comparaisons)


def cout_electricite_ttc(abonnement_ht: Decimal, prix_kwh_ht: Decimal, kwh: int, jour: date) -> int:
    """Yearly cost, all taxes included, of an offer printed without taxes: 36 kVA at most, prices of that day.

    `abonnement_ht`: euros per month. Excise duty: Code des impositions sur les biens et services, art. L312-37; VAT on
    the subscription at the full rate since 01/08/2025. Raises HorsPlageError when a table says nothing of that day.
    """
    tva_abonnement = bareme("tva_abonnement_energie").au(jour) / 100
    accise = bareme("accise_electricite").au(jour) / 1000
    fixe = MOIS_PAR_AN * abonnement_ht * (1 + tva_abonnement)
    variable = kwh * (prix_kwh_ht + accise) * (1 + TVA_NORMALE)
    return arrondi(100 * fixe) + arrondi(100 * variable)


def penalite_sortie_telecom(mensualite: int, mois_ecoules: int, engagement: int) -> int:
    """What leaving a telecom contract early costs, in cents (Code de la consommation, art. L224-28).

    Before the end of the twelfth month: all that is due until then, then a fifth of the rest; after it: a fifth of
    what is left. Contracts bind for 24 months at most.
    """
    if not 0 <= engagement <= 24:
        raise DonneeIncoherenteError(
            "Un engagement dure 24 mois au plus (Code de la consommation, art. L224-28)."
        )
    if mois_ecoules >= engagement:
        return 0
    pleins = max(0, min(MOIS_PAR_AN, engagement) - mois_ecoules)
    reduits = engagement - mois_ecoules - pleins
    return pleins * mensualite + arrondi(Decimal(reduits * mensualite) / 5)
