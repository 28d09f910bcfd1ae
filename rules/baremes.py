"""Dated tables of legal values: read from `rules/tables/`, where an administrator adds a line without a delivery.

A table knows each value between two dates. Outside of them it refuses by naming itself: the last value known is
never carried forward, because nobody has checked that it still holds.
"""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from rules.erreurs import HorsPlageError

TABLES = Path(__file__).parent / "tables"


class BaremeInvalideError(ValueError):
    """A file of `rules/tables/` is badly written; `str(error)` says which and why, in French."""


@dataclass(frozen=True, slots=True)
class Ligne:
    """One value, true from `debut` to `fin` included; no end: until further notice."""

    debut: date
    fin: date | None
    valeur: Decimal

    def couvre(self, jour: date) -> bool:
        """The value holds on that day."""
        return self.debut <= jour and (self.fin is None or jour <= self.fin)


@dataclass(frozen=True, slots=True)
class Periode:
    """A stretch of days with one value: `debut` included, `fin` excluded."""

    debut: date
    fin: date
    valeur: Decimal

    @property
    def jours(self) -> int:
        """Calendar days of the stretch."""
        return (self.fin - self.debut).days


@dataclass(frozen=True, slots=True)
class Bareme:
    """A table: its lines in order, without overlap, and the day somebody last compared it with its source."""

    cle: str
    nom: str
    source: str
    relue_le: date
    lignes: tuple[Ligne, ...]

    @property
    def connue_jusqu_au(self) -> date | None:
        """Last day known; None when the last line has no end."""
        return self.lignes[-1].fin

    def connait(self, debut: date, fin: date) -> bool:
        """Every day from `debut` included to `fin` excluded has a value."""
        try:
            self.periodes(debut, fin)
        except HorsPlageError:
            return False
        return True

    def au(self, jour: date) -> Decimal:
        """Value on a day. Raises HorsPlageError, which names the table to complete."""
        for ligne in self.lignes:
            if ligne.couvre(jour):
                return ligne.valeur
        raise HorsPlageError(self._manque(jour))

    def periodes(self, debut: date, fin: date) -> list[Periode]:
        """The days from `debut` included to `fin` excluded, cut where the value changes. Raises HorsPlageError."""
        trouvees: list[Periode] = []
        jour = debut
        while jour < fin:
            ligne = next((ligne for ligne in self.lignes if ligne.couvre(jour)), None)
            if ligne is None:
                raise HorsPlageError(self._manque(jour))
            suite = fin if ligne.fin is None else min(fin, ligne.fin + timedelta(days=1))
            trouvees.append(Periode(jour, suite, ligne.valeur))
            jour = suite
        return trouvees

    def _manque(self, jour: date) -> str:
        return (
            f"La table « {self.nom} » ne donne pas encore de valeur au {jour:%d/%m/%Y} : "
            "ce calcul attend qu'elle soit complétée."
        )


@cache
def bareme(cle: str) -> Bareme:
    """A table by the name of its file. Raises BaremeInvalideError."""
    chemin = TABLES / f"{cle}.toml"
    try:
        return lire(cle, tomllib.loads(chemin.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BaremeInvalideError(f"La table « {cle} » est illisible : {error}.") from error


def lire(cle: str, contenu: dict[str, Any]) -> Bareme:
    """A table from what its file says. Raises BaremeInvalideError for a missing key, an overlap, a wrong order."""
    try:
        lignes = tuple(
            Ligne(
                _jour(ligne["debut"]),
                _jour(ligne["fin"]) if "fin" in ligne else None,
                Decimal(ligne["valeur"]),
            )
            for ligne in contenu["lignes"]
        )
        table = Bareme(cle, contenu["nom"], contenu["source"], _jour(contenu["relue_le"]), lignes)
    except (KeyError, TypeError, InvalidOperation) as error:
        raise BaremeInvalideError(f"La table « {cle} » est mal écrite : {error!r}.") from error
    if not lignes:
        raise BaremeInvalideError(f"La table « {cle} » est vide.")
    for ligne in lignes:
        if ligne.fin is not None and ligne.fin < ligne.debut:
            raise BaremeInvalideError(f"La table « {cle} » a une ligne qui finit avant de commencer.")
    for avant, apres in itertools.pairwise(lignes):
        if avant.fin is None or apres.debut <= avant.fin:
            raise BaremeInvalideError(
                f"La table « {cle} » a deux valeurs au {apres.debut:%d/%m/%Y}, ou des lignes en désordre."
            )
    return table


def _jour(valeur: object) -> date:
    if not isinstance(valeur, date):
        raise TypeError(f"« {valeur} » n’est pas une date")
    return valeur


def tables() -> list[Bareme]:
    """Every table shipped, by key."""
    return [bareme(chemin.stem) for chemin in sorted(TABLES.glob("*.toml"))]


def a_completer(jour: date, delai: int = 45) -> list[Bareme]:
    """Tables that say nothing of the day `delai` days ahead: to be completed before a calculation refuses."""
    return [
        table
        for table in tables()
        if table.connue_jusqu_au is not None and table.connue_jusqu_au < jour + timedelta(days=delai)
    ]
