"""The formats and the dated rules that our forms add to JSON Schema.

Formats (`"format": "nir"`) look at one value. Dated rules (`"x-regles": [...]`) also look at today's civil
date and at other fields of the form, named by JSON pointer: `apres:#/date_entree`. Both answer with a French
sentence, or None when all is well; both stay silent on a value that is missing or of the wrong type, which
the ordinary keywords already report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.delais import age, dernier_jour_de_periode
from rules.identifiants import (
    verifier_iban,
    verifier_nir,
    verifier_siren,
    verifier_siret,
    verifier_telephone_fr,
)

AGE_MINIMUM_TRAVAIL = 16
"""Age from which one may be hired outside apprenticeship (Code du travail, art. L4153-1)."""
AGE_MINIMUM_APPRENTI = 15
"""Age from which an apprentice may be hired once lower secondary school is over (art. L6222-1)."""
AGE_MAXIMUM_PLAUSIBLE = 100

_HEURE = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_DECIMAL = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,6})?", re.ASCII)
# Deliverability is decided by sending; this only catches slips of the keyboard, including accents and spaces.
_COURRIEL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


def lire_date(valeur: object) -> date | None:
    """The civil date written YYYY-MM-DD, or None when it is not one."""
    if not isinstance(valeur, str) or len(valeur) != 10:
        return None
    try:
        return date.fromisoformat(valeur)
    except ValueError:
        return None


def verifier_date(valeur: str) -> str | None:
    """Check a civil date of the calendar, written YYYY-MM-DD on the wire."""
    if lire_date(valeur) is None:
        return "Cette date n’existe pas. Écrivez-la sous la forme JJ/MM/AAAA."
    return None


def verifier_heure(valeur: str) -> str | None:
    """Check a wall-clock time HH:MM."""
    if _HEURE.fullmatch(valeur) is None:
        return "Écrivez l’heure sous la forme HH:MM, par exemple 08:30."
    return None


def verifier_courriel(valeur: str) -> str | None:
    """Check the shape of an email address."""
    if len(valeur) > 254 or ".." in valeur or _COURRIEL.fullmatch(valeur) is None:
        return "Cette adresse email n’est pas valide, par exemple prenom.nom@exemple.fr."
    return None


def verifier_decimal(valeur: str) -> str | None:
    """Check a decimal that is not negative, with a point on the wire: a rate, a price per kWh."""
    if _DECIMAL.fullmatch(valeur) is None:
        return "Indiquez un nombre de 0 à 9 999 999. Exemple : 12,5"
    return None


FORMATS: dict[str, Callable[[str], str | None]] = {
    "date": verifier_date,
    "decimal": verifier_decimal,
    "email": verifier_courriel,
    "heure": verifier_heure,
    "iban": verifier_iban,
    "nir": verifier_nir,
    "siren": verifier_siren,
    "siret": verifier_siret,
    "telephone-fr": verifier_telephone_fr,
}


@dataclass(frozen=True, slots=True)
class Contexte:
    """What a dated rule may look at: today, the whole form, the field's own schema and its label."""

    today: date
    donnees: Mapping[str, Any]
    schema: Mapping[str, Any]

    @property
    def titre(self) -> str:
        """Label of the field, ready to follow « La »/« Ce » in a sentence."""
        return str(self.schema.get("title", "Ce champ"))

    def champ(self, pointeur: str) -> object:
        """Value of another field by its pointer `#/a/b`, None when absent."""
        valeur: object = self.donnees
        for cle in pointeur.removeprefix("#").strip("/").split("/"):
            if not isinstance(valeur, Mapping) or cle not in valeur:
                return None
            valeur = valeur[cle]
        return valeur


def date_fr(jour: date) -> str:
    """The date as French forms show it, JJ/MM/AAAA."""
    return f"{jour:%d/%m/}{jour.year:04d}"


def _date_future(valeur: object, contexte: Contexte, _arguments: str) -> str | None:
    jour = lire_date(valeur)
    if jour is not None and jour < contexte.today:
        return f"« {contexte.titre} » ne peut pas être dans le passé."
    return None


def _date_passee(valeur: object, contexte: Contexte, _arguments: str) -> str | None:
    jour = lire_date(valeur)
    if jour is not None and jour > contexte.today:
        return f"« {contexte.titre} » ne peut pas être dans le futur."
    return None


def _date_proche(valeur: object, contexte: Contexte, arguments: str) -> str | None:
    """`date_proche:24`: no more than 24 months ahead, which catches a mistyped year."""
    jour = lire_date(valeur)
    if jour is not None and jour > dernier_jour_de_periode(contexte.today, int(arguments)):
        return f"« {contexte.titre} » est trop éloignée : vérifiez l’année."
    return None


def _date_naissance_plausible(valeur: object, contexte: Contexte, _arguments: str) -> str | None:
    jour = lire_date(valeur)
    if jour is None:
        return None
    if jour > contexte.today:
        return "La date de naissance ne peut pas être dans le futur."
    ans = age(jour, contexte.today)
    if ans > AGE_MAXIMUM_PLAUSIBLE:
        return f"Cette date de naissance donnerait {ans} ans : vérifiez l’année."
    return None


def _age_au_travail(contexte: Contexte, jour: date) -> int:
    entree = lire_date(contexte.champ("#/date_entree"))
    return age(jour, entree or contexte.today)


def _age_minimum_travail(valeur: object, contexte: Contexte, _arguments: str) -> str | None:
    jour = lire_date(valeur)
    if jour is None or jour > contexte.today:
        return None
    if _age_au_travail(contexte, jour) < AGE_MINIMUM_TRAVAIL:
        return f"Le salarié doit avoir au moins {AGE_MINIMUM_TRAVAIL} ans à la date d’entrée."
    return None


def _majeur_ou_apprenti(valeur: object, contexte: Contexte, _arguments: str) -> str | None:
    jour = lire_date(valeur)
    if jour is None or jour > contexte.today:
        return None
    ans = _age_au_travail(contexte, jour)
    if contexte.champ("#/nature_contrat") == "apprentissage":
        if ans < AGE_MINIMUM_APPRENTI:
            return f"Un apprenti doit avoir {AGE_MINIMUM_APPRENTI} ans au moins à la date d’entrée."
        return None
    if ans < 18:
        return "Le salarié doit être majeur à la date d’entrée, sauf en contrat d’apprentissage."
    return None


def _apres(valeur: object, contexte: Contexte, arguments: str) -> str | None:
    return _comparer(valeur, contexte, arguments, lambda a, b: a > b, "doit être postérieure au")


def _apres_ou_egal(valeur: object, contexte: Contexte, arguments: str) -> str | None:
    return _comparer(valeur, contexte, arguments, lambda a, b: a >= b, "ne peut pas précéder le")


def _avant(valeur: object, contexte: Contexte, arguments: str) -> str | None:
    return _comparer(valeur, contexte, arguments, lambda a, b: a < b, "doit être antérieure au")


def _comparer(
    valeur: object,
    contexte: Contexte,
    pointeur: str,
    juste: Callable[[date, date], bool],
    verbe: str,
) -> str | None:
    jour, autre = lire_date(valeur), lire_date(contexte.champ(pointeur))
    if jour is None or autre is None or juste(jour, autre):
        return None
    return f"« {contexte.titre} » {verbe} {date_fr(autre)}."


def _duree_max_mois(valeur: object, contexte: Contexte, arguments: str) -> str | None:
    """`duree_max_mois:18,#/date_debut,#/date_entree`: at most 18 months from the first date that is known."""
    mois, *pointeurs = arguments.split(",")
    fin = lire_date(valeur)
    debut = next(filter(None, (lire_date(contexte.champ(pointeur)) for pointeur in pointeurs)), None)
    if fin is None or debut is None:
        return None
    limite = dernier_jour_de_periode(debut, int(mois))
    if fin > limite:
        return f"Ce contrat ne peut pas dépasser {mois} mois : au plus tard le {date_fr(limite)}."
    return None


def _nir_coherent(valeur: object, contexte: Contexte, arguments: str) -> str | None:
    """`nir_coherent:#/date_naissance,#/genre`: the NIR tells the same year, month and sex as the form."""
    if not isinstance(valeur, str) or verifier_nir(valeur) is not None:
        return None
    naissance, _, genre = arguments.partition(",")
    autre = contexte.champ(genre)
    return verifier_nir(
        valeur,
        date_naissance=lire_date(contexte.champ(naissance)),
        genre=autre if isinstance(autre, str) else None,
    )


Regle = Callable[[object, Contexte, str], str | None]

REGLES: dict[str, Regle] = {
    "age_minimum_travail": _age_minimum_travail,
    "apres": _apres,
    "apres_ou_egal": _apres_ou_egal,
    "avant": _avant,
    "date_future": _date_future,
    "date_naissance_plausible": _date_naissance_plausible,
    "date_passee": _date_passee,
    "date_proche": _date_proche,
    "duree_max_mois": _duree_max_mois,
    "majeur_ou_apprenti": _majeur_ou_apprenti,
    "nir_coherent": _nir_coherent,
}


def appliquer_regle(regle: str, valeur: object, contexte: Contexte) -> str | None:
    """Apply one entry of `x-regles`; raises KeyError on an unknown name, which publishing refuses earlier."""
    nom, _, arguments = regle.partition(":")
    return REGLES[nom](valeur, contexte, arguments)
