"""Status of a registered letter from La Poste's events (REC-15)."""

from datetime import date

import pytest

from rules.courrier import EvenementPostal, presente_le, remis_le, statut
from rules.erreurs import DonneeIncoherenteError


def events(*told: str) -> list[EvenementPostal]:
    """« CODE day » of March 2026, as La Poste dates them."""
    pairs = [each.split() for each in told]
    return [{"code": code, "date": f"2026-03-{day}T23:30:00+00:00"} for code, day in pairs]


@pytest.mark.parametrize(
    ("told", "status", "received", "shown"),
    [
        ((), "Pas encore pris en charge", None, None),
        (("DR1 01",), "Pas encore pris en charge", None, None),
        (("PC1 02", "DR1 01"), "Déposé", None, None),
        (("ZZ9 04", "ET1 03", "PC1 02"), "En transit", None, None),
        (("PC1 02", "AG1 05", "ET1 03"), "Avis de passage", None, date(2026, 3, 6)),
        (("DI1 09", "AG1 05"), "Livré", date(2026, 3, 10), date(2026, 3, 6)),
        (("DI2 25", "RE1 22", "AG1 05"), "Retourné", None, date(2026, 3, 6)),
    ],
)
def test_by_its_latest_event_and_by_the_day_in_paris(
    told: tuple[str, ...], status: str, received: date | None, shown: date | None
) -> None:
    known = events(*told)
    assert (statut(known), remis_le(known), presente_le(known)) == (status, received, shown)


def test_a_date_that_is_none() -> None:
    with pytest.raises(DonneeIncoherenteError, match="n’est pas une date"):
        statut([{"code": "PC1", "date": "hier"}])
