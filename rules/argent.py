"""Money: integer cents at the borders, `Decimal` in between, rounded half up to the cent at the end only."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from rules.erreurs import DonneeIncoherenteError

_UNITE = Decimal(1)


def arrondi(centimes: Decimal) -> int:
    """Cents rounded half up, which is the usage for French invoices."""
    return int(centimes.quantize(_UNITE, rounding=ROUND_HALF_UP))


def decimal(texte: str | Decimal, quoi: str) -> Decimal:
    """A decimal written as text, « 0.1952 ». `quoi` names it in the refusal. Raises DonneeIncoherenteError."""
    try:
        valeur = Decimal(texte)
    except InvalidOperation as error:
        raise DonneeIncoherenteError(f"{quoi} « {texte} » n’est pas un nombre.") from error
    if not valeur.is_finite():
        raise DonneeIncoherenteError(f"{quoi} « {texte} » n’est pas un nombre.")
    return valeur


def pourcent(taux: Decimal, decimales: int | None = None) -> str:
    """A percentage as French texts write it: « 12,5 % »; a rate that is compared keeps `decimales` digits."""
    ecrit = f"{taux.normalize():f}" if decimales is None else f"{taux:.{decimales}f}"
    return f"{ecrit} %".replace(".", ",").replace(" %", "\u00a0%")


def euros(centimes: int) -> str:
    """An amount as French texts write it: « 1 234,56 € », no-break spaces between thousands and before the sign."""
    unites, reste = divmod(abs(centimes), 100)
    signe = "-" if centimes < 0 else ""
    return f"{signe}{unites:,}".replace(",", "\u202f") + f",{reste:02d}\u00a0€"
