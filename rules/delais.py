"""French civil dates: public holidays, the four kinds of days, months from date to date, Paris time.

Vocabulary (public holidays: Code du travail, art. L3133-1; counting: Code de procédure civile, art. 641 and 642):

* *jour calendaire*: any day;
* *jour ouvrable*: any day but Sundays and public holidays;
* *jour ouvré*: Monday to Friday but public holidays;
* *jour franc*: neither the first day nor the last one counts.

The holidays come from the `holidays` library, which is well kept and knows Alsace-Moselle. Outside
`ANNEE_MIN`..`ANNEE_MAX` every function that needs them refuses: before 2008 Whit Monday had another status,
and nobody has checked the list after 2099.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from rules.erreurs import DonneeIncoherenteError, HorsPlageError

ANNEE_MIN = 2008
ANNEE_MAX = 2099
PARIS = ZoneInfo("Europe/Paris")
_UN_JOUR = timedelta(days=1)


class Territoire(StrEnum):
    """Where the public holidays are those of metropolitan France, or of Alsace and Moselle (two more)."""

    METROPOLE = "metropole"
    ALSACE_MOSELLE = "alsace_moselle"


class Unite(StrEnum):
    """Units in which a modèle counts a delay."""

    JOURS = "j"
    JOURS_OUVRES = "jo"
    JOURS_OUVRABLES = "jouv"
    JOURS_FRANCS = "jf"
    SEMAINES = "sem"
    MOIS = "mois"


def territoire_de(code_postal: str) -> Territoire:
    """Territory of a French postcode: 57, 67 and 68 follow local law (art. L3134-13)."""
    return Territoire.ALSACE_MOSELLE if code_postal[:2] in {"57", "67", "68"} else Territoire.METROPOLE


@lru_cache(maxsize=512)
def jours_feries(annee: int, territoire: Territoire = Territoire.METROPOLE) -> dict[date, str]:
    """Public holidays of a year with their French names.

    Raises HorsPlageError outside 2008..2099.
    """
    if not ANNEE_MIN <= annee <= ANNEE_MAX:
        raise HorsPlageError(
            f"L’année {annee} est hors de la table des jours fériés "
            f"({ANNEE_MIN} à {ANNEE_MAX}) : complétez la table avant de calculer ce délai."
        )
    subdivision = "6AE" if territoire is Territoire.ALSACE_MOSELLE else None
    return dict(holidays.country_holidays("FR", subdiv=subdivision, years=annee, language="fr").items())


def est_ferie(jour: date, territoire: Territoire = Territoire.METROPOLE) -> bool:
    """True on a public holiday."""
    return jour in jours_feries(jour.year, territoire)


def est_ouvre(jour: date, territoire: Territoire = Territoire.METROPOLE) -> bool:
    """True from Monday to Friday, public holidays excepted."""
    return not est_ferie(jour, territoire) and jour.weekday() < 5


def est_ouvrable(jour: date, territoire: Territoire = Territoire.METROPOLE) -> bool:
    """True every day but Sundays and public holidays."""
    return not est_ferie(jour, territoire) and jour.weekday() < 6


def _avancer(jour: date, pas: int) -> date:
    try:
        return jour + timedelta(days=pas)
    except OverflowError as error:
        raise HorsPlageError("Ce délai mène à une date hors du calendrier.") from error


def _compter(jour: date, nombre: int, compte: Callable[[date], bool]) -> date:
    sens = 1 if nombre >= 0 else -1
    restant = abs(nombre)
    while restant:
        jour = _avancer(jour, sens)
        if compte(jour):
            restant -= 1
    return jour


def ajouter_jours(jour: date, nombre: int) -> date:
    """Calendar days; a negative number goes back."""
    return _avancer(jour, nombre)


def jours_avant(jour: date, nombre: int) -> date:
    """The day that comes `nombre` calendar days before."""
    return _avancer(jour, -nombre)


def ajouter_jours_ouvres(jour: date, nombre: int, territoire: Territoire = Territoire.METROPOLE) -> date:
    """Count `nombre` jours ouvrés, the first day excluded; negative goes back; 0 gives the day itself."""
    return _compter(jour, nombre, lambda candidat: est_ouvre(candidat, territoire))


def jours_ouvres_avant(jour: date, nombre: int, territoire: Territoire = Territoire.METROPOLE) -> date:
    """The jour ouvré that comes `nombre` jours ouvrés before."""
    return ajouter_jours_ouvres(jour, -nombre, territoire)


def ajouter_jours_ouvrables(jour: date, nombre: int, territoire: Territoire = Territoire.METROPOLE) -> date:
    """Count `nombre` jours ouvrables, the first day excluded; negative goes back."""
    return _compter(jour, nombre, lambda candidat: est_ouvrable(candidat, territoire))


def jours_ouvrables_avant(jour: date, nombre: int, territoire: Territoire = Territoire.METROPOLE) -> date:
    """The jour ouvrable that comes `nombre` jours ouvrables before."""
    return ajouter_jours_ouvrables(jour, -nombre, territoire)


def ajouter_jours_francs(jour: date, nombre: int) -> date:
    """Last day of a delay in jours francs: neither the first nor the last day counts, hence one day more.

    Postponing a last day that is not worked (CPC art. 642) is a separate step: `prochain_jour_ouvre`.
    """
    return _avancer(jour, nombre + 1 if nombre >= 0 else nombre - 1)


def ajouter_semaines(jour: date, nombre: int) -> date:
    """Weeks from date to date; negative goes back."""
    return _avancer(jour, 7 * nombre)


def ajouter_mois(jour: date, nombre: int) -> date:
    """Months from date to date; lacking the same day, the last one of the month (CPC art. 641)."""
    rang = jour.year * 12 + jour.month - 1 + nombre
    annee, mois = divmod(rang, 12)
    if not 1 <= annee <= 9999:
        raise HorsPlageError("Ce délai mène à une date hors du calendrier.")
    dernier = calendar.monthrange(annee, mois + 1)[1]
    return date(annee, mois + 1, min(jour.day, dernier))


def dernier_jour_de_periode(debut: date, mois: int) -> date:
    """Last day, included, of a period of whole months that starts on `debut`.

    The eve of the same day of the month; when that eve does not exist, the last day of the month: a period
    of one month that starts on 31 January ends on 28 February.
    """
    if mois < 1:
        raise DonneeIncoherenteError("Une période compte au moins un mois.")
    if debut.day == 1:
        return ajouter_mois(debut, mois) - _UN_JOUR
    return ajouter_mois(debut - _UN_JOUR, mois)


def decaler(
    jour: date, nombre: int, unite: Unite | str, territoire: Territoire = Territoire.METROPOLE
) -> date:
    """Move a date by a signed number of units, as modèles write it (`5jo`, `-3j`, `2mois`)."""
    match Unite(unite):
        case Unite.JOURS:
            return ajouter_jours(jour, nombre)
        case Unite.JOURS_OUVRES:
            return ajouter_jours_ouvres(jour, nombre, territoire)
        case Unite.JOURS_OUVRABLES:
            return ajouter_jours_ouvrables(jour, nombre, territoire)
        case Unite.JOURS_FRANCS:
            return ajouter_jours_francs(jour, nombre)
        case Unite.SEMAINES:
            return ajouter_semaines(jour, nombre)
        case Unite.MOIS:
            return ajouter_mois(jour, nombre)


def prochain_jour_ouvre(jour: date, territoire: Territoire = Territoire.METROPOLE) -> date:
    """The day itself when it is a jour ouvré, else the next one."""
    while not est_ouvre(jour, territoire):
        jour = _avancer(jour, 1)
    return jour


def prochain_jour_ouvrable(jour: date, territoire: Territoire = Territoire.METROPOLE) -> date:
    """The day itself when it is a jour ouvrable, else the next one."""
    while not est_ouvrable(jour, territoire):
        jour = _avancer(jour, 1)
    return jour


def jours_entre(debut: date, fin: date) -> int:
    """Calendar days from `debut` to `fin`; negative when `fin` comes first."""
    return (fin - debut).days


def jours_ouvres_entre(debut: date, fin: date, territoire: Territoire = Territoire.METROPOLE) -> int:
    """Jours ouvrés after `debut` and up to `fin` included; negative when `fin` comes first."""
    if fin < debut:
        return -jours_ouvres_entre(fin, debut, territoire)
    jours = (debut + timedelta(days=pas) for pas in range(1, (fin - debut).days + 1))
    return sum(1 for jour in jours if est_ouvre(jour, territoire))


def age(date_naissance: date, au: date) -> int:
    """Age in whole years; born on 29 February, one turns a year older on 1 March of common years."""
    return au.year - date_naissance.year - ((au.month, au.day) < (date_naissance.month, date_naissance.day))


def instant_de(jour: date, heure: time = time.min) -> datetime:
    """UTC instant of a wall-clock time in Paris.

    An hour that occurs twice (end of summer time) means its first occurrence; one that does not exist
    (start of summer time) is moved forward by the missing hour.
    """
    return datetime.combine(jour, heure.replace(tzinfo=None, fold=0), tzinfo=PARIS).astimezone(UTC)


def date_civile(instant: datetime) -> date:
    """Civil date in Paris of an instant that carries its time zone."""
    return _a_paris(instant).date()


def heure_civile(instant: datetime) -> time:
    """Wall-clock time in Paris of an instant that carries its time zone."""
    return _a_paris(instant).time()


def _a_paris(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise DonneeIncoherenteError("Cet instant n’indique pas son fuseau horaire.")
    return instant.astimezone(PARIS)
