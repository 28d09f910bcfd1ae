"""Functions every expression may call: civil dates and constants. Delays that need public holidays come from rules."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date as civil_date
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def date(texte: str) -> civil_date:
    """Constant date: date("2026-03-12")."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", texte, re.ASCII):
        raise ValueError(
            f"« {texte} » n’est pas une date ; écrivez année-mois-jour, par exemple « 2026-03-12 »."
        )
    try:
        return civil_date.fromisoformat(texte)
    except ValueError as error:
        raise ValueError(f"« {texte} » n’est pas une date du calendrier.") from error


def taux(texte: str) -> Decimal:
    """Constant rate: taux("0.1025")."""
    try:
        value = Decimal(texte)
    except InvalidOperation as error:
        raise ValueError(
            f"« {texte} » n’est pas un taux ; écrivez-le avec un point, par exemple « 0.1025 »."
        ) from error
    if not value.is_finite():
        raise ValueError(f"« {texte} » n’est pas un taux.")
    return value


def jours_apres(jour: civil_date, nombre: int) -> civil_date:
    """The date a number of calendar days later."""
    return jour + timedelta(days=nombre)


def jours_avant(jour: civil_date, nombre: int) -> civil_date:
    """The date a number of calendar days earlier."""
    return jour - timedelta(days=nombre)


def jours_entre(debut: civil_date, fin: civil_date) -> int:
    """Calendar days from one date to another; negative when the second comes first."""
    return (fin - debut).days


def mois_apres(jour: civil_date, nombre: int) -> civil_date:
    """Same day a number of months later, or the last day of that month when it is shorter."""
    months = jour.year * 12 + jour.month - 1 + nombre
    year, month = divmod(months, 12)
    return civil_date(year, month + 1, min(jour.day, monthrange(year, month + 1)[1]))


def annee(jour: civil_date) -> int:
    return jour.year


def mois(jour: civil_date) -> int:
    """Month number, from 1 to 12."""
    return jour.month


def jour_semaine(jour: civil_date) -> str:
    """Name of the day of the week: « lundi » … « dimanche »."""
    return JOURS[jour.weekday()]


def date_fr(jour: civil_date) -> str:
    """The date as people read it: « 12/03/2026 »."""
    return f"{jour:%d/%m/%Y}"


CONSTANTS = ("date", "taux")
"""Functions whose one argument must be written in the expression, so that it is checked with it."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        date,
        taux,
        jours_apres,
        jours_avant,
        jours_entre,
        mois_apres,
        annee,
        mois,
        jour_semaine,
        date_fr,
    )
}
