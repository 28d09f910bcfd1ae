"""The registry is the contract with modèles: names, simple types, no defaults."""

import inspect
from datetime import date
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from rules.erreurs import RegleError
from rules.registre import REGISTRE

SIMPLES = {date, str, int, bool}
ENTREE = date(2026, 12, 1)


def _simple(annotation: Any) -> bool:
    if get_origin(annotation) in {Union, UnionType}:
        reste = set(get_args(annotation)) - {NoneType}
        return len(reste) == 1 and reste <= SIMPLES
    return annotation in SIMPLES


@pytest.mark.parametrize("nom", REGISTRE)
def test_every_calculation_is_fully_and_simply_typed(nom: str) -> None:
    fonction = REGISTRE[nom]
    types = get_type_hints(fonction)
    parametres = inspect.signature(fonction).parameters
    assert set(types) == {*parametres, "return"}
    assert all(_simple(annotation) for annotation in types.values())
    assert all(p.default is inspect.Parameter.empty for p in parametres.values())
    assert all(p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for p in parametres.values())
    assert fonction.__doc__


def test_calculations_of_the_hiring_modele() -> None:
    assert REGISTRE["fin_periode_essai"]("cdi", "cadre", ENTREE, None) == date(2027, 3, 31)
    assert REGISTRE["fin_periode_essai"]("cdd", None, date(2026, 12, 7), date(2027, 2, 14)) == date(
        2026, 12, 16
    )
    assert REGISTRE["date_limite_dpae"](ENTREE) == ENTREE
    assert REGISTRE["date_ouverture_dpae"](ENTREE) == date(2026, 11, 23)
    assert REGISTRE["date_cible_dpae"](ENTREE) == date(2026, 11, 30)
    assert REGISTRE["date_limite_visite"](ENTREE) == date(2027, 3, 1)
    assert REGISTRE["date_remise_contrat"]("cdd", date(2026, 11, 10)) == date(2026, 11, 13)
    assert REGISTRE["date_limite_rupture_essai"](ENTREE, date(2027, 3, 31)) == date(2027, 2, 28)
    assert REGISTRE["a_periode_essai"]("cdd", None, date(2026, 12, 7), date(2026, 12, 9)) is False
    assert REGISTRE["a_periode_essai"]("cdi", "employe", ENTREE, None) is True
    assert REGISTRE["fin_periode_essai_renouvelee"]("employe", ENTREE) == date(2027, 3, 31)
    assert REGISTRE["fin_prevenance"](ENTREE, date(2027, 1, 10), "employeur") == date(2027, 1, 24)
    assert REGISTRE["visite_avant_affectation"](date(1990, 1, 1), ENTREE, True, False) is True
    assert REGISTRE["age_au"](date(1990, 1, 1), ENTREE) == 36
    assert REGISTRE["date_limite_informations"](ENTREE) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("nom", "arguments"),
    [
        ("fin_periode_essai", ("stage", "cadre", ENTREE, None)),
        ("fin_periode_essai", ("cdi", "president", ENTREE, None)),
        ("fin_periode_essai", ("cdi", "", ENTREE, None)),
        ("fin_periode_essai", ("cdd", None, ENTREE, None)),
        ("fin_prevenance", (ENTREE, ENTREE, "voisin")),
    ],
)
def test_an_impossible_calculation_is_a_named_refusal(nom: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(RegleError):
        REGISTRE[nom](*arguments)
