"""French identifiers. Each check returns None when all is well, else the reason in French.

The arithmetic is that of well-kept libraries (python-stdnum, schwifty, phonenumbers); the sentences and the
coherence of the NIR with a person's sex and birth date are ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import phonenumbers
from schwifty import IBAN
from schwifty import exceptions as schwifty_errors
from stdnum import exceptions as stdnum_errors
from stdnum.fr import nir as stdnum_nir
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

REGIONS_FR = ("FR", "GP", "GF", "MQ", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF")
"""Regions of the French Republic in libphonenumber: each has its own country code and national plan."""

_SEXES_NIR = {
    "1": "homme",
    "2": "femme",
    "3": "homme",
    "4": "femme",
    "7": "homme",
    "8": "femme",
}
"""First digit of the NIR: 1 and 2 in general, 3 and 4 or 7 and 8 while registration is pending."""


def nir_compact(valeur: str) -> str:
    """The NIR without separators, letters in capitals."""
    return stdnum_nir.compact(valeur)


def verifier_nir(valeur: str, *, date_naissance: date | None = None, genre: str | None = None) -> str | None:
    """Check a 15-character NIR, key included; Corsican departments are 2A and 2B.

    `genre` is « homme » or « femme »; any other value says nothing about the first digit. The month of birth
    may be a fictitious one (20 and above), which INSEE uses when civil status is incomplete.
    """
    numero = nir_compact(valeur)
    if len(numero) != 15:
        return (
            "Le numéro de sécurité sociale compte 15 caractères, clé comprise : "
            f"vous en avez saisi {len(numero)}."
        )
    try:
        stdnum_nir.validate(numero)
    except stdnum_errors.InvalidChecksum:
        return "La clé du numéro de sécurité sociale (les 2 derniers chiffres) ne correspond pas au numéro."
    except stdnum_errors.ValidationError:
        return (
            "Le numéro de sécurité sociale ne contient que des chiffres, "
            "sauf 2A ou 2B pour une naissance en Corse."
        )
    sexe = _SEXES_NIR.get(numero[0])
    if sexe is None:
        return "Le numéro de sécurité sociale commence par 1 ou 2 (3, 4, 7 ou 8 à titre provisoire)."
    mois = int(numero[3:5])
    if not (1 <= mois <= 12 or mois == 20 or 30 <= mois <= 42 or mois >= 50):
        return "Le mois de naissance inscrit dans le numéro de sécurité sociale n’existe pas."
    return _incoherence_nir(numero, sexe, mois, date_naissance, genre)


def _incoherence_nir(
    numero: str, sexe: str, mois: int, date_naissance: date | None, genre: str | None
) -> str | None:
    if genre in {"homme", "femme"} and genre != sexe:
        return "Le premier chiffre du numéro de sécurité sociale ne correspond pas au genre indiqué."
    if date_naissance is None:
        return None
    if int(numero[1:3]) != date_naissance.year % 100:
        return "Ce numéro de sécurité sociale ne correspond pas à l’année de naissance."
    if mois <= 12 and mois != date_naissance.month:
        return "Ce numéro de sécurité sociale ne correspond pas au mois de naissance."
    return None


def iban_compact(valeur: str) -> str:
    """The IBAN without spaces, in capitals."""
    return "".join(valeur.split()).upper()


def verifier_iban(valeur: str) -> str | None:
    """Check the country, the length, the check digits and, where known, the national bank account key."""
    numero = iban_compact(valeur)
    try:
        IBAN(numero, validate_bban=True)
    except schwifty_errors.InvalidCountryCode:
        return "Les deux premières lettres de l’IBAN ne désignent aucun pays connu."
    except schwifty_errors.InvalidLength:
        attendu = "27 caractères pour un compte français" if numero.startswith("FR") else "une autre longueur"
        return f"L’IBAN compte {attendu} : vous en avez saisi {len(numero)}."
    except schwifty_errors.InvalidChecksumDigits:
        return "L’IBAN contient une erreur de saisie : ses chiffres de contrôle ne correspondent pas."
    except schwifty_errors.InvalidBBANChecksum:
        return "La clé RIB de cet IBAN ne correspond pas au numéro de compte."
    except schwifty_errors.SchwiftyException:
        return "L’IBAN commence par deux lettres et deux chiffres (FR76…), suivis de lettres ou de chiffres."
    return None


def verifier_siren(valeur: str) -> str | None:
    """Check a SIREN: nine digits, Luhn key."""
    return _verifier_luhn(valeur, stdnum_siren.validate, "SIREN", 9)


def verifier_siret(valeur: str) -> str | None:
    """Check a SIRET: fourteen digits, Luhn key (La Poste has its own rule)."""
    return _verifier_luhn(valeur, stdnum_siret.validate, "SIRET", 14)


def _verifier_luhn(valeur: str, validate: Callable[[str], str], nom: str, longueur: int) -> str | None:
    try:
        validate(valeur)
    except stdnum_errors.InvalidLength:
        return f"Le numéro {nom} compte {longueur} chiffres."
    except stdnum_errors.InvalidChecksum:
        return f"Le numéro {nom} contient une erreur de saisie : sa clé ne correspond pas."
    except stdnum_errors.ValidationError:
        return f"Le numéro {nom} ne contient que des chiffres."
    return None


def telephone_e164(valeur: str) -> str | None:
    """The French number in international form (+33612345678), or None when it is not one."""
    for region in REGIONS_FR:
        try:
            numero = phonenumbers.parse(valeur, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(numero) and phonenumbers.region_code_for_number(numero) in REGIONS_FR:
            return phonenumbers.format_number(numero, phonenumbers.PhoneNumberFormat.E164)
    return None


def verifier_telephone_fr(valeur: str) -> str | None:
    """Check a phone number of metropolitan or overseas France."""
    if telephone_e164(valeur) is None:
        return "Ce numéro de téléphone n’est pas un numéro français valide, par exemple 06 12 34 56 78."
    return None


_ATOME = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ETIQUETTE = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
# What every mail server takes: unaccented letters, and no dot that ends a part or follows another.
_EMAIL = re.compile(rf"{_ATOME}(?:\.{_ATOME})*@(?:{_ETIQUETTE}\.)+{_ETIQUETTE}")


def verifier_email(valeur: str) -> str | None:
    """Check that an email address is written as one; only a mail that arrives tells that it is somebody's."""
    if _EMAIL.fullmatch(valeur) is None:
        return "Cette adresse n’est pas valable\u00a0: écrivez-la comme contact@exemple.fr."
    return None
