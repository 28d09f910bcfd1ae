"""Dated tables: known values, a refusal outside, files that say one thing for each day."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules.baremes import BaremeInvalideError, a_completer, bareme, lire, tables
from rules.erreurs import HorsPlageError

NOMS = {table.cle for table in tables()}


def test_the_tables_that_rules_read_are_there() -> None:
    assert {
        "accise_electricite",
        "indemnite_recouvrement",
        "interet_legal_autres",
        "interet_legal_particuliers",
        "refinancement_bce",
        "tva_abonnement_energie",
    } <= NOMS


@pytest.mark.parametrize("cle", sorted(NOMS))
def test_a_table_says_where_it_comes_from_and_refuses_what_it_does_not_know(cle: str) -> None:
    table = bareme(cle)
    assert table.nom
    assert table.source
    with pytest.raises(HorsPlageError, match=table.nom):
        table.au(date(1990, 1, 1))
    if table.connue_jusqu_au is not None:
        assert table.au(table.connue_jusqu_au)
        with pytest.raises(HorsPlageError, match=table.nom):
            table.au(date(2090, 1, 1))


def test_a_period_is_cut_where_the_value_changes() -> None:
    periodes = bareme("refinancement_bce").periodes(date(2025, 5, 1), date(2025, 9, 1))
    assert [(p.debut, p.fin, p.valeur, p.jours) for p in periodes] == [
        (date(2025, 5, 1), date(2025, 7, 1), Decimal("3.15"), 61),
        (date(2025, 7, 1), date(2025, 9, 1), Decimal("2.15"), 62),
    ]


def test_a_period_that_goes_beyond_the_table_is_refused_whole() -> None:
    table = bareme("refinancement_bce")
    assert table.connait(date(2026, 1, 1), date(2026, 7, 1))
    assert not table.connait(date(2026, 1, 1), date(2026, 7, 2))
    with pytest.raises(HorsPlageError, match=r"01/07/2026"):
        table.periodes(date(2026, 1, 1), date(2026, 7, 2))


def test_tables_about_to_end_are_told_before_they_refuse() -> None:
    assert "refinancement_bce" not in {t.cle for t in a_completer(date(2026, 5, 1), delai=45)}
    assert "refinancement_bce" in {t.cle for t in a_completer(date(2026, 5, 20), delai=45)}
    assert "indemnite_recouvrement" not in {t.cle for t in a_completer(date(2040, 1, 1))}


LIGNE = {"debut": date(2026, 1, 1), "fin": date(2026, 6, 30), "valeur": "1.5"}
ENTETE = {"nom": "Essai", "source": "Texte", "relue_le": date(2026, 1, 1)}


@pytest.mark.parametrize(
    "lignes",
    [
        [],
        [LIGNE, LIGNE],
        [LIGNE | {"fin": date(2025, 1, 1)}],
        [LIGNE | {"valeur": "beaucoup"}],
        [{"debut": date(2026, 1, 1), "valeur": "1"}, LIGNE],
        [LIGNE | {"debut": "2026-01-01"}],
        [{"valeur": "1"}],
    ],
)
def test_a_badly_written_table_is_refused(lignes: list[dict[str, Any]]) -> None:
    with pytest.raises(BaremeInvalideError, match="essai"):
        lire("essai", ENTETE | {"lignes": lignes})


def test_an_unknown_table_is_named() -> None:
    with pytest.raises(BaremeInvalideError, match="inconnue"):
        bareme("inconnue")
