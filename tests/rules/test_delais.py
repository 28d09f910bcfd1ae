"""French civil dates: worked examples of the business rules, and properties over the whole known range."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import delais
from rules.delais import Territoire, Unite
from rules.erreurs import DonneeIncoherenteError, HorsPlageError, RegleError

ALSACE = Territoire.ALSACE_MOSELLE
JOURS = st.dates(date(2009, 1, 1), date(2098, 12, 31))
NOMBRES = st.integers(0, 60)


def test_the_eleven_public_holidays_of_2026() -> None:
    assert sorted(delais.jours_feries(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ]


def test_alsace_moselle_adds_good_friday_and_26_december() -> None:
    de_plus = set(delais.jours_feries(2026, ALSACE)) - set(delais.jours_feries(2026))
    assert de_plus == {date(2026, 4, 3), date(2026, 12, 26)}


@pytest.mark.parametrize(
    ("code_postal", "attendu"),
    [("67000", ALSACE), ("68100", ALSACE), ("57000", ALSACE), ("75011", Territoire.METROPOLE)],
)
def test_territory_of_a_postcode(code_postal: str, attendu: Territoire) -> None:
    assert delais.territoire_de(code_postal) is attendu


def test_saturday_is_ouvrable_but_not_ouvre() -> None:
    samedi = date(2026, 11, 21)
    assert delais.est_ouvrable(samedi)
    assert not delais.est_ouvre(samedi)
    assert not delais.est_ouvrable(date(2026, 11, 22))
    assert not delais.est_ouvrable(date(2026, 11, 11))


def test_claim_delays_around_11_november() -> None:
    """Found on Friday 6 November 2026: five jours ouvrés end on Monday 16, two on Tuesday 10."""
    assert delais.ajouter_jours_ouvres(date(2026, 11, 6), 5) == date(2026, 11, 16)
    assert delais.ajouter_jours_ouvres(date(2026, 11, 6), 2) == date(2026, 11, 10)


def test_jours_ouvres_before_a_date() -> None:
    assert delais.jours_ouvres_avant(date(2026, 12, 1), 5) == date(2026, 11, 24)
    assert delais.jours_ouvrables_avant(date(2026, 11, 12), 1) == date(2026, 11, 10)
    assert delais.jours_avant(date(2026, 12, 1), 8) == date(2026, 11, 23)


def test_local_holidays_move_a_delay() -> None:
    assert delais.ajouter_jours_ouvres(date(2026, 4, 2), 1) == date(2026, 4, 3)
    assert delais.ajouter_jours_ouvres(date(2026, 4, 2), 1, ALSACE) == date(2026, 4, 7)


def test_jours_francs_exclude_both_ends() -> None:
    assert delais.ajouter_jours_francs(date(2026, 11, 2), 5) == date(2026, 11, 8)
    assert delais.ajouter_jours_francs(date(2026, 11, 8), -5) == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("debut", "mois", "attendu"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 3, date(2027, 3, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
    ],
)
def test_months_from_date_to_date(debut: date, mois: int, attendu: date) -> None:
    assert delais.ajouter_mois(debut, mois) == attendu


@pytest.mark.parametrize(
    ("debut", "mois", "attendu"),
    [
        (date(2026, 12, 1), 4, date(2027, 3, 31)),
        (date(2026, 11, 16), 2, date(2027, 1, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 1, 29), 1, date(2026, 2, 28)),
        (date(2026, 1, 28), 1, date(2026, 2, 27)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
    ],
)
def test_last_day_of_a_period_of_months(debut: date, mois: int, attendu: date) -> None:
    assert delais.dernier_jour_de_periode(debut, mois) == attendu


def test_a_period_has_at_least_one_month() -> None:
    with pytest.raises(DonneeIncoherenteError):
        delais.dernier_jour_de_periode(date(2026, 1, 1), 0)


def test_next_working_day_is_the_day_itself_when_worked() -> None:
    assert delais.prochain_jour_ouvre(date(2026, 11, 10)) == date(2026, 11, 10)
    assert delais.prochain_jour_ouvre(date(2026, 11, 11)) == date(2026, 11, 12)
    assert delais.prochain_jour_ouvre(date(2026, 11, 21)) == date(2026, 11, 23)
    assert delais.prochain_jour_ouvrable(date(2026, 11, 21)) == date(2026, 11, 21)
    assert delais.prochain_jour_ouvrable(date(2026, 11, 22)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("unite", "nombre", "attendu"),
    [
        (Unite.JOURS, 5, date(2026, 11, 11)),
        ("jo", 5, date(2026, 11, 16)),
        ("jouv", 5, date(2026, 11, 13)),
        ("jf", 5, date(2026, 11, 12)),
        ("sem", -1, date(2026, 10, 30)),
        ("mois", 1, date(2026, 12, 6)),
    ],
)
def test_moving_by_any_unit(unite: Unite | str, nombre: int, attendu: date) -> None:
    assert delais.decaler(date(2026, 11, 6), nombre, unite) == attendu


def test_outside_the_known_years_the_answer_is_a_named_refusal() -> None:
    with pytest.raises(HorsPlageError, match="table des jours fériés"):
        delais.est_ouvre(date(2007, 12, 31))
    with pytest.raises(HorsPlageError, match="2100"):
        delais.ajouter_jours_ouvres(date(2099, 12, 31), 1)
    with pytest.raises(RegleError):
        delais.ajouter_mois(date(9999, 12, 1), 1)
    with pytest.raises(RegleError):
        delais.ajouter_jours(date(9999, 12, 31), 1)


def test_count_of_jours_ouvres_between_two_dates() -> None:
    assert delais.jours_ouvres_entre(date(2026, 11, 6), date(2026, 11, 16)) == 5
    assert delais.jours_ouvres_entre(date(2026, 11, 16), date(2026, 11, 6)) == -5
    assert delais.jours_entre(date(2026, 11, 22), date(2026, 12, 1)) == 9


def test_age_in_whole_years() -> None:
    assert delais.age(date(2008, 12, 2), date(2026, 12, 1)) == 17
    assert delais.age(date(2008, 12, 1), date(2026, 12, 1)) == 18
    assert delais.age(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert delais.age(date(2008, 2, 29), date(2026, 3, 1)) == 18


class TestParisTime:
    def test_winter_and_summer(self) -> None:
        assert delais.instant_de(date(2026, 12, 1), time(9)) == datetime(2026, 12, 1, 8, tzinfo=UTC)
        assert delais.instant_de(date(2026, 7, 1), time(9)) == datetime(2026, 7, 1, 7, tzinfo=UTC)

    def test_an_hour_that_does_not_exist_moves_forward(self) -> None:
        instant = delais.instant_de(date(2026, 3, 29), time(2, 30))
        assert instant == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
        assert delais.heure_civile(instant) == time(3, 30)

    def test_an_hour_that_occurs_twice_is_the_first(self) -> None:
        assert delais.instant_de(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    def test_civil_date_near_midnight(self) -> None:
        assert delais.date_civile(datetime(2026, 11, 30, 23, 30, tzinfo=UTC)) == date(2026, 12, 1)
        assert delais.date_civile(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)) == date(2026, 7, 1)

    def test_an_instant_without_zone_is_refused(self) -> None:
        with pytest.raises(DonneeIncoherenteError):
            delais.date_civile(datetime(2026, 11, 30, 23, 30))

    @given(JOURS, st.times())
    def test_round_trip_of_the_civil_date(self, jour: date, heure: time) -> None:
        assert delais.date_civile(delais.instant_de(jour, heure)) == jour


@given(JOURS, NOMBRES, st.sampled_from(Territoire))
def test_result_of_a_positive_count_is_worked_and_counts_back(
    jour: date, nombre: int, territoire: Territoire
) -> None:
    arrivee = delais.ajouter_jours_ouvres(jour, nombre, territoire)
    assert nombre == 0 or delais.est_ouvre(arrivee, territoire)
    assert delais.jours_ouvres_entre(jour, arrivee, territoire) == nombre
    assert arrivee >= jour + timedelta(days=nombre)


@given(JOURS, st.integers(1, 240))
def test_the_day_after_a_period_starts_the_next_one(debut: date, mois: int) -> None:
    fin = delais.dernier_jour_de_periode(debut, mois)
    lendemain = fin + timedelta(days=1)
    assert lendemain == delais.ajouter_mois(debut, mois) or lendemain.day == 1
    assert delais.ajouter_mois(debut, mois) - timedelta(days=1) <= fin <= delais.ajouter_mois(debut, mois)
