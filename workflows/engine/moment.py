"""Instants and delays as a modèle writes them: « declaration.date_entree - 8j à 09:00 », « entree + 3jo »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

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
            raise ValueError(f"attendu du texte, reçu {value!r}")
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
            raise ValueError(
                f"délai illisible « {text} » : écrivez un nombre et une unité, par exemple 3j, 5jo, 2sem, 1mois, 4h"
            )
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
            raise ValueError(
                f"moment illisible « {text} » : écrivez une ancre, un décalage et au besoin une heure, "
                "par exemple « entree + 3jo » ou « declaration.date_entree - 8j à 09:00 »"
            )
        hour = match.group("hour")
        if hour is not None and int(hour) > 23:
            raise ValueError(f"heure impossible dans « {text} »")
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
