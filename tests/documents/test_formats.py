"""How values are written for French readers."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from markupsafe import Markup

from activities import formats

NBSP = formats.NBSP


def lisible(texte: str) -> str:
    assert "\u202f" not in texte, "missing from the fonts of our documents"
    return texte.replace(NBSP, " ")


@pytest.mark.parametrize("valeur", [date(2026, 3, 12), "2026-03-12", datetime(2026, 3, 12, 8, tzinfo=UTC)])
def test_dates(valeur: Any) -> None:
    assert formats.date_fr(valeur) == "12/03/2026"
    assert lisible(formats.date_texte(valeur)) == "12 mars 2026"
    assert lisible(formats.date_longue(valeur)) == "jeudi 12 mars 2026"
    assert lisible(formats.date_proche(valeur)) == "jeudi 12 mars"


def test_first_of_the_month_and_august() -> None:
    assert lisible(formats.date_texte("2026-08-01")) == "1er août 2026"


def test_an_instant_is_shown_in_paris() -> None:
    assert formats.date_fr("2026-11-30T23:30:00+00:00") == "01/12/2026"
    assert lisible(formats.heure("2026-11-30T23:30:00+00:00")) == "0 h 30"


@pytest.mark.parametrize("valeur", ["demain", "2026-02-30", 12, None, ""])
def test_what_is_not_a_date_is_refused(valeur: Any) -> None:
    with pytest.raises(ValueError, match="date"):
        formats.date_fr(valeur)


@pytest.mark.parametrize(
    ("valeur", "attendu"), [("08:30", "8 h 30"), ("09:00", "9 h"), (time(17, 5), "17 h 05"), ("00:00", "0 h")]
)
def test_hours(valeur: Any, attendu: str) -> None:
    assert lisible(formats.heure(valeur)) == attendu


@pytest.mark.parametrize("valeur", ["8h30", 8, None])
def test_what_is_not_an_hour_is_refused(valeur: Any) -> None:
    with pytest.raises(ValueError, match="heure"):
        formats.heure(valeur)


@pytest.mark.parametrize(
    ("centimes", "attendu"),
    [
        (0, "0,00 €"),
        (5, "0,05 €"),
        (123456, "1 234,56 €"),
        (100000000, "1 000 000,00 €"),
        (-1050, "-10,50 €"),
    ],
)
def test_amounts(centimes: int, attendu: str) -> None:
    assert lisible(formats.euros(centimes)) == attendu


@pytest.mark.parametrize("valeur", [12.5, "1200", True, None])
def test_an_amount_is_a_whole_number_of_cents(valeur: Any) -> None:
    with pytest.raises(ValueError, match="centimes"):
        formats.euros(valeur)


def test_numbers() -> None:
    assert lisible(formats.nombre(28)) == "28"
    assert lisible(formats.nombre(17.5)) == "17,5"
    assert lisible(formats.nombre(28.0)) == "28"
    assert lisible(formats.nombre(Decimal("1234.50"))) == "1 234,5"
    assert lisible(formats.nombre(3, 2)) == "3,00"
    with pytest.raises(ValueError, match="nombre"):
        formats.nombre("3")


def test_identifiers_and_phones() -> None:
    assert lisible(formats.nir("295109912611193")) == "2 95 10 99 126 111 93"
    assert lisible(formats.iban("fr7630006000011234567890189")) == "FR76 3000 6000 0112 3456 7890 189"
    assert lisible(formats.siret("73282932000074")) == "732 829 320 00074"
    assert lisible(formats.telephone("+33612345678")) == "06 12 34 56 78"
    assert lisible(formats.telephone("+262692123456")) == "0692 12 34 56"
    assert formats.telephone("+49 151 12345678") == "+49 151 12345678"


def test_lines_are_escaped() -> None:
    assert formats.lignes("a <b>\n c") == Markup("a &lt;b&gt;<br />c")
    assert formats.lignes(Markup("a &amp; b\nc")) == Markup("a &amp; b<br />c")


def test_one_line() -> None:
    assert (
        formats.une_ligne("8 avenue de la Gare,\n\n 69100 Villeurbanne")
        == "8 avenue de la Gare, 69100 Villeurbanne"
    )
    assert isinstance(formats.une_ligne(Markup("a\nb")), Markup)


def test_plural_and_elision() -> None:
    assert formats.pluriel(0, "un document", "des documents") == "un document"
    assert formats.pluriel(2, "un document", "des documents") == "des documents"
    assert formats.de("Alice") == "d’Alice"
    assert formats.de("Éloïse") == "d’Éloïse"
    assert formats.de("Camille") == "de Camille"
    assert (formats.de("Yves"), formats.de("Yanis"), formats.de("Hugo")) == ("d’Yves", "de Yanis", "de Hugo")
    assert isinstance(formats.de(Markup("Ève")), Markup)
    assert formats.de(Markup("O&#39;Brien")) == Markup("d’O&#39;Brien")
