"""What the events of a registered letter say of it: statuses of La Poste's « Suivi v2 » (REC-15).

Source of the codes: La Poste, API Suivi v2, https://developer.laposte.fr/products/suivi/2. Events come in no promised
order and are read by their date. A return ends as a delivery does, but to the sender (`DI2`): it is never « Livré ».
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from rules.erreurs import DonneeIncoherenteError

PARIS = ZoneInfo("Europe/Paris")
DEPOSE, TRANSIT, AVIS, LIVRE, RETOURNE = "Déposé", "En transit", "Avis de passage", "Livré", "Retourné"
STATUTS = {
    **dict.fromkeys(("PC1", "PC2"), DEPOSE),
    **dict.fromkeys(
        ("ET1", "ET2", "ET3", "ET4", "EP1", "DO1", "DO2", "DO3", "ID0", "PB1", "PB2", "MD2", "ND1", "DI3"),
        TRANSIT,
    ),
    "AG1": AVIS,
    **dict.fromkeys(("DI0", "DI1"), LIVRE),
    **dict.fromkeys(("RE1", "DI2"), RETOURNE),
}
"""Status by code. `DR1` and `DR2` only announce the letter; a code unknown here changes nothing."""
ANNONCE = "Pas encore pris en charge"


class EvenementPostal(TypedDict):
    """An event of the letter, as La Poste tells it; `date`: an instant, ISO 8601."""

    date: str
    code: str
    label: NotRequired[str]


def statut(evenements: Sequence[EvenementPostal]) -> str:
    """Status of the letter: that of the latest event which has one."""
    return next((STATUTS[e["code"]] for e in _latest_first(evenements) if e["code"] in STATUTS), ANNONCE)


def remis_le(evenements: Sequence[EvenementPostal]) -> date | None:
    """Day when it was handed to the addressee, in Paris; None when it was not, or was sent back."""
    if statut(evenements) != LIVRE:
        return None
    return max(_instant(e) for e in evenements if STATUTS.get(e["code"]) == LIVRE).astimezone(PARIS).date()


def presente_le(evenements: Sequence[EvenementPostal]) -> date | None:
    """Day of its first presentation: a letter that nobody fetched keeps that one; None before it."""
    shown = [_instant(e) for e in evenements if STATUTS.get(e["code"]) in (AVIS, LIVRE)]
    return min(shown).astimezone(PARIS).date() if shown else None


def _latest_first(evenements: Sequence[EvenementPostal]) -> list[EvenementPostal]:
    return sorted(evenements, key=_instant, reverse=True)


def _instant(evenement: EvenementPostal) -> datetime:
    """Its instant; a time without a zone, or a date alone, is read in Paris. Raises DonneeIncoherenteError."""
    try:
        found = datetime.fromisoformat(evenement["date"])
    except ValueError as error:
        told = f"La Poste date un événement du « {evenement['date']} », qui n’est pas une date."
        raise DonneeIncoherenteError(told) from error
    return found if found.tzinfo is not None else found.replace(tzinfo=PARIS)
