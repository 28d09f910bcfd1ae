"""Instants and delays as a modèle writes them: « declaration.date_entree - 8j à 09:00 », « entree + 3jo »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from workflows.engine.meant import plain

UNITS = {
    "min": "minutes",
    "h": "heures",
    "j": "jours calendaires",
    "jo": "jours ouvrés",
    "jouv": "jours ouvrables",
    "jf": "jours francs",
    "sem": "semaines",
    "mois": "mois",
}

_DELAY = re.compile(r"^(\d{1,4})\s*(min|h|jouv|jo|jf|j|sem|mois)$")
_MOMENT = re.compile(
    r"^(?P<anchor>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)"
    r"(?:\s*(?P<sign>[+-])\s*(?P<delay>\d{1,4}\s*(?:min|h|jouv|jo|jf|j|sem|mois)))?"
    r"(?:\s+[àa]\s+(?P<hour>[0-2]?\d):(?P<minute>[0-5]\d))?$"
)

ENTRY = "entree"
OPENING = "ouverture"

_WORDS = {
    r"jours? ouvres?": "jo",
    r"jours? ouvrables?": "jouv",
    r"jours? francs?": "jf",
    r"jours?": "j",
    r"semaines?": "sem",
    r"heures?": "h",
    r"minutes?|mn": "min",
}
"""Units as people say them, without accents."""
_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}(/\d{2,4})?")


class Illegible(ValueError):
    """What cannot be read as it is written, with what to write instead."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


class _Written:
    """Shared pydantic behaviour of values that a modèle writes as one string."""

    @classmethod
    def parse(cls, text: str) -> Any:
        raise NotImplementedError

    @classmethod
    def _validate(cls, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise Illegible(f"« {value} » n’est ni un délai ni un moment", "Ajoutez l’unité : 3j, 5jo, 2sem.")
        return cls.parse(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "description": cls.__doc__ or ""}


@dataclass(frozen=True)
class Delay(_Written):
    """A delay: « 3j », « 5jo » (jours ouvrés), « 2jouv » (jours ouvrables), « 10jf » (jours francs), « 2sem »,
    « 1mois », « 4h », « 30min »."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Delay:
        match = _DELAY.match(text.strip())
        if match is None:
            raise Illegible(f"délai illisible « {text} »", _delay_remedy(text))
        return cls(int(match.group(1)), match.group(2))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@dataclass(frozen=True)
class Moment(_Written):
    """An instant relative to an anchor: « entree + 3jo », « declaration.date_entree - 8j à 09:00 »."""

    anchor: str
    """`entree` (the étape was entered), `ouverture` (the dossier was opened), `formulaire.champ` or `calculs.nom`."""
    sign: int = 1
    delay: Delay | None = None
    at: time | None = None

    @classmethod
    def parse(cls, text: str) -> Moment:
        match = _MOMENT.match(text.strip())
        if match is None:
            raise Illegible(f"moment illisible « {text} »", _moment_remedy(text))
        hour = match.group("hour")
        if hour is not None and int(hour) > 23:
            raise Illegible(f"heure impossible dans « {text} »", "Écrivez-la de 00:00 à 23:59.")
        return cls(
            anchor=match.group("anchor"),
            sign=-1 if match.group("sign") == "-" else 1,
            delay=Delay.parse(match.group("delay")) if match.group("delay") else None,
            at=time(int(hour), int(match.group("minute"))) if hour is not None else None,
        )

    def __str__(self) -> str:
        shift = f" {'-' if self.sign < 0 else '+'} {self.delay}" if self.delay else ""
        hour = f" à {self.at:%H:%M}" if self.at else ""
        return f"{self.anchor}{shift}{hour}"


def _mended(text: str) -> str:
    """The same with the units and signs of the language: « 3 jours » → « 3j », « à 9h » → « à 09:00 »."""
    said = plain(" ".join(text.split()))
    for word, unit in _WORDS.items():
        said = re.sub(rf"(\d)\s*(?:{word})(?![a-z])", rf"\g<1>{unit}", said)
    said = re.sub(
        r"\ba (\d{1,2})\s*h\s*(\d{2})?$", lambda hour: f"a {int(hour[1]):02}:{hour[2] or '00'}", said
    )
    said = re.sub(r" (plus|moins) ", lambda sign: " + " if sign[1] == "plus" else " - ", said)
    said = re.sub(
        r"^(\w+) (avant|apres) (?:l\W|la |le )?([\w.]+)",
        lambda order: f"{order[3]} {'-' if order[2] == 'avant' else '+'} {order[1]}",
        said,
    )
    return re.sub(r" a (\d)", r" à \1", said)


def _delay_remedy(text: str) -> str:
    if _A_DATE.fullmatch(text.strip()):
        return "Une date n’est pas un délai : dites combien de temps, par exemple 3j, 5jo ou 1mois."
    if _DELAY.match(_mended(text)):
        return f"Écrivez « {_mended(text)} »."
    return "Écrivez un nombre et une unité : 30min, 4h, 3j (calendaires), 5jo (ouvrés), 2sem, 1mois."


def _moment_remedy(text: str) -> str:
    said = _mended(text)
    if _DELAY.match(said):
        return f"Dites depuis quand il se compte : « {ENTRY} + {said} »."
    if _A_DATE.match(text.strip()):
        return "Une date fixe ne vaut que pour une démarche : comptez depuis un champ, « fiche.date - 8j »."
    if _MOMENT.match(said):
        return f"Écrivez « {said} »."
    return (
        "Écrivez une ancre, un décalage et au besoin une heure : « entree + 3jo » ou "
        "« declaration.date_entree - 8j à 09:00 »."
    )
