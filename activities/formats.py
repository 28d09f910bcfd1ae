"""How values are written for French readers: the filters that document and mail models may use.

Values come from JSON, so a date may be an ISO text and an amount is a whole number of cents. A value that cannot
be formatted raises ValueError with a French sentence: a document never shows a raw or wrong value.
Spaces inside a formatted value are no-break spaces (U+00A0; the narrow U+202F is missing from our fonts).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from rules.delais import date_civile, heure_civile
from rules.identifiants import iban_compact, nir_compact, telephone_e164
from workflows.engine import elision

NBSP = "\u00a0"
_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def _date(valeur: object) -> date:
    if isinstance(valeur, datetime):
        return date_civile(valeur) if valeur.tzinfo else valeur.date()
    if isinstance(valeur, date):
        return valeur
    if isinstance(valeur, str):
        try:
            if len(valeur) == 10:
                return date.fromisoformat(valeur)
            return _date(datetime.fromisoformat(valeur))
        except ValueError:
            pass
    raise ValueError(f"«{NBSP}{valeur}{NBSP}» n’est pas une date.")


def date_fr(valeur: object) -> str:
    """12/03/2026."""
    jour = _date(valeur)
    return f"{jour:%d/%m/}{jour.year:04d}"


def date_texte(valeur: object) -> str:
    """12 mars 2026; the first of the month is « 1er »."""
    jour = _date(valeur)
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    return f"{quantieme}{NBSP}{_MOIS[jour.month - 1]}{NBSP}{jour.year}"


def date_longue(valeur: object) -> str:
    """jeudi 12 mars 2026."""
    return f"{_JOURS[_date(valeur).weekday()]}{NBSP}{date_texte(valeur)}"


def date_proche(valeur: object) -> str:
    """jeudi 12 mars: for a deadline that is near, where the year only weighs."""
    return date_longue(valeur).rsplit(NBSP, 1)[0]


def heure(valeur: object) -> str:
    """8 h 30, 9 h. Accepts « 08:30 », a time or an instant (shown in Paris time)."""
    if isinstance(valeur, str):
        try:
            valeur = time.fromisoformat(valeur) if len(valeur) <= 8 else datetime.fromisoformat(valeur)
        except ValueError:
            raise ValueError(f"«{NBSP}{valeur}{NBSP}» n’est pas une heure.") from None
    if isinstance(valeur, datetime):
        valeur = heure_civile(valeur) if valeur.tzinfo else valeur.time()
    if not isinstance(valeur, time):
        raise ValueError(f"«{NBSP}{valeur}{NBSP}» n’est pas une heure.")
    minutes = f"{NBSP}{valeur.minute:02d}" if valeur.minute else ""
    return f"{valeur.hour}{NBSP}h{minutes}"


def duree(secondes: object) -> str:
    """3 h 42, 12 min, from a whole number of seconds."""
    if isinstance(secondes, bool) or not isinstance(secondes, int):
        raise ValueError(f"«{NBSP}{secondes}{NBSP}» n’est pas une durée en secondes.")
    heures, minutes = divmod(round(secondes / 60), 60)
    if not heures:
        return f"{minutes}{NBSP}min"
    return f"{heures}{NBSP}h" + (f"{NBSP}{minutes:02d}" if minutes else "")


def nombre(valeur: object, decimales: int | None = None) -> str:
    """1 234,5: French grouping and comma; as many decimals as needed unless told."""
    if isinstance(valeur, bool) or not isinstance(valeur, int | float | Decimal):
        raise ValueError(f"«{NBSP}{valeur}{NBSP}» n’est pas un nombre.")
    exact = Decimal(str(valeur))
    texte = f"{exact:,f}" if decimales is None else f"{exact:,.{decimales}f}"
    if decimales is None and "." in texte:
        texte = texte.rstrip("0").rstrip(".")
    return texte.replace(",", NBSP).replace(".", ",")


def euros(centimes: object) -> str:
    """1 234,56 €, from a whole number of cents."""
    if isinstance(centimes, bool) or not isinstance(centimes, int):
        raise ValueError(f"«{NBSP}{centimes}{NBSP}» n’est pas un montant en centimes.")
    return f"{nombre(Decimal(centimes) / 100, 2)}{NBSP}€"


def _groupes(texte: str, *tailles: int) -> str:
    parties, debut = [], 0
    for taille in tailles:
        parties.append(texte[debut : debut + taille])
        debut += taille
    return NBSP.join(partie for partie in [*parties, texte[debut:]] if partie)


def nir(valeur: object) -> str:
    """2 95 10 99 126 111 93."""
    return _groupes(nir_compact(str(valeur)), 1, 2, 2, 2, 3, 3)


def iban(valeur: object) -> str:
    """FR76 3000 6000 0112 3456 7890 189."""
    return _groupes(iban_compact(str(valeur)), *[4] * 9)


def siret(valeur: object) -> str:
    """732 829 320 00074."""
    return _groupes("".join(str(valeur).split()), 3, 3, 3)


def telephone(valeur: object) -> str:
    """06 12 34 56 78; a number that is not French stays as it was written."""
    numero = telephone_e164(str(valeur))
    if numero is None:
        return str(valeur)
    if numero.startswith("+33"):
        return _groupes("0" + numero[3:], 2, 2, 2, 2)
    return _groupes("0" + numero[4:], 4, 2, 2)


def _texte(valeur: object) -> str:
    """The value as text; Markup stays Markup, so that what a macro escaped is not escaped twice."""
    return valeur if isinstance(valeur, str) else str(valeur)


def lignes(valeur: object) -> Markup:
    """A text of several lines, escaped, with its line breaks kept."""
    return Markup("<br />").join(escape(ligne.strip()) for ligne in _texte(valeur).splitlines())


def une_ligne(valeur: object) -> str:
    """A text of several lines on one, separated by commas: for an address inside a sentence."""
    separateur = Markup(", ") if isinstance(valeur, Markup) else ", "
    return separateur.join(filter(None, (ligne.strip().rstrip(",") for ligne in _texte(valeur).splitlines())))


def pluriel(quantite: object, un: str, plusieurs: str) -> str:
    """The form that agrees with a quantity: 0 and 1 are singular in French."""
    if isinstance(quantite, bool) or not isinstance(quantite, int | float | Decimal):
        raise ValueError(f"«{NBSP}{quantite}{NBSP}» n’est pas un nombre.")
    return un if abs(Decimal(str(quantite))) < 2 else plusieurs


def de(nom: object) -> str:
    """« de Camille », « d’Alice »: elision before a vowel; Markup stays Markup."""
    texte = _texte(nom)
    return type(texte)(elision.de(texte, "’"))


class ImpossibleError(ValueError):
    """A model says that it cannot be made of these values, and why, to whoever asked for it."""


def impossible(motif: object) -> str:
    """Refuse to make the document or the mail, for this reason. Raises ImpossibleError."""
    raise ImpossibleError(str(motif))


FILTRES: dict[str, Callable[..., Any]] = {
    "date_fr": date_fr,
    "date_longue": date_longue,
    "date_proche": date_proche,
    "date_texte": date_texte,
    "de": de,
    "duree": duree,
    "euros": euros,
    "heure": heure,
    "iban": iban,
    "impossible": impossible,
    "lignes": lignes,
    "nir": nir,
    "nombre": nombre,
    "pluriel": pluriel,
    "siret": siret,
    "telephone": telephone,
    "une_ligne": une_ligne,
}
