"""Ways open to a professional in difficulty, who has no over-indebtedness commission (DET-01, DET-17).

Code de commerce, livre VI: mandat ad hoc (L611-3), conciliation (L611-4), sauvegarde (L620-1), redressement (L631-1),
liquidation (L640-1). Once payments are suspended, the court is asked within 45 days (L631-4, L640-4), unless a
conciliation is asked for within the same delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.argent import arrondi
from rules.delais import ajouter_jours
from rules.erreurs import DonneeIncoherenteError

CESSATION_JOURS = 45
"""Days, from the suspension of payments, to ask for a conciliation or to go to court."""

LIBELLES = {
    "mandat_ad_hoc": "mandat ad hoc",
    "conciliation": "conciliation",
    "sauvegarde": "sauvegarde",
    "redressement": "redressement judiciaire",
    "liquidation": "liquidation judiciaire",
}


def limite_cessation(cessation_le: date) -> date:
    """Last day to ask for a conciliation, or for the opening of a collective procedure."""
    return ajouter_jours(cessation_le, CESSATION_JOURS)


def voies_ouvertes(jour: date, cessation_le: date | None) -> tuple[str, ...]:
    """Keys of `LIBELLES` open on a day. Raises DonneeIncoherenteError when payments stop after that day."""
    if cessation_le is None:
        return ("mandat_ad_hoc", "conciliation", "sauvegarde")
    if cessation_le > jour:
        raise DonneeIncoherenteError("La date de cessation des paiements est à venir.")
    tardive = jour > limite_cessation(cessation_le)
    return ("redressement", "liquidation") if tardive else ("conciliation", "redressement", "liquidation")


# --- Cash


@dataclass(frozen=True, slots=True)
class Releve:
    """A month of cash, in cents: what came in, what went out but for the debts, and the balance at its end."""

    fin: date
    encaissements: int
    decaissements: int
    solde: int


@dataclass(frozen=True, slots=True)
class Tresorerie:
    """Cash of a professional beside the debts. `excedent`: a month's average before the debts.
    `mois_couverts`: months that the balance lasts once they are paid; None when it does not fall."""

    solde: int
    au: date
    excedent: int
    apres_dettes: int
    mois_couverts: int | None


def tresorerie(releves: Sequence[Releve], echeances: int, jour: date) -> Tresorerie:
    """Where cash stands, by what is known on a day. Raises DonneeIncoherenteError without any month, or for two on one
    day."""
    connus = sorted((r for r in releves if r.fin <= jour), key=lambda r: r.fin)
    if not connus:
        raise DonneeIncoherenteError("Aucun relevé de trésorerie n’est encore saisi.")
    if len({releve.fin for releve in connus}) < len(connus):
        raise DonneeIncoherenteError("Deux relevés de trésorerie portent la même date.")
    if any(releve.encaissements < 0 or releve.decaissements < 0 for releve in connus):
        raise DonneeIncoherenteError("Un encaissement ou un décaissement ne peut pas être négatif.")
    nets = sum(releve.encaissements - releve.decaissements for releve in connus)
    excedent = arrondi(Decimal(nets) / len(connus))
    solde, apres = connus[-1].solde, excedent - echeances
    couverts = None if apres >= 0 else max(0, solde) // -apres
    return Tresorerie(solde, connus[-1].fin, excedent, apres, couverts)
