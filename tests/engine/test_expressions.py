"""The expression port: types, presence, known values, refusals in French, budget, isolation (MOD-14, DESIGN §4)."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.registre import REGISTRE
from workflows.engine.expressions import (
    ExpressionError,
    Types,
    compile_expression,
    declare,
    enumerable,
    evaluate,
    result_type,
)

DECLARATION: dict[str, Any] = {
    "type": "object",
    "required": ["nature", "debut", "heures", "salaire", "taux", "prenom", "cadre", "enfants", "adresse"],
    "properties": {
        "nature": {
            "type": "string",
            "oneOf": [{"const": "cdi", "title": "CDI"}, {"const": "cdd", "title": "CDD"}],
        },
        "debut": {"type": "string", "format": "date"},
        "heures": {"type": "integer", "enum": [35, 39]},
        "salaire": {"type": "integer", "title": "Salaire (centimes)"},
        "taux": {"type": "string", "format": "decimal"},
        "prenom": {"type": "string"},
        "surnom": {"type": ["string", "null"]},
        "cadre": {"type": "boolean"},
        "part": {"type": "number"},
        "depot": {"type": "string", "format": "date-time"},
        "enfants": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["age"],
                "properties": {"age": {"type": "integer"}, "genre": {"enum": ["f", "m"]}},
            },
        },
        "langues": {"type": "array", "items": {"type": "string", "enum": ["fr", "en"]}},
        "adresse": {"type": "object", "required": ["ville"], "properties": {"ville": {"type": "string"}}},
        "tuteur": {
            "type": "object",
            "required": ["nom"],
            "properties": {"nom": {"type": "string"}, "contact": {"$ref": "#/$defs/contact"}},
        },
    },
    "allOf": [
        {
            "if": {"properties": {"nature": {"const": "cdd"}}},
            "then": {
                "required": ["date_fin"],
                "properties": {
                    "date_fin": {"type": "string", "format": "date"},
                    "motif": {"enum": ["rempl"]},
                },
            },
        }
    ],
    "$defs": {"contact": {"type": "object", "properties": {"mobile": {"type": "string"}}}},
}


def fin_essai(nature: Literal["cdi", "cdd"], debut: date, fin: date | None) -> date:
    return debut if fin is None else fin


def refuse(nombre: int) -> int:
    raise ValueError(f"le nombre {nombre} ne convient pas.")


def casse(nombre: int) -> int:
    raise KeyError("secret 1850175001001")


def sans_resultat(nombre: int) -> date | None:
    return None


def interets(montant: int, taux_annuel: Decimal, jours: int = 365) -> int:
    return int(montant * taux_annuel * jours / 365)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    f.__name__: f for f in (fin_essai, refuse, casse, sans_resultat, interets)
}
DATA: dict[str, Any] = {
    "declaration": {
        "nature": "cdi",
        "debut": "2026-03-01",
        "heures": 35,
        "salaire": 210_000,
        "taux": "0.10",
        "prenom": "Zoé",
        "cadre": False,
        "enfants": [{"age": 3}, {"age": 12, "genre": "f"}],
        "adresse": {"ville": "Évry"},
    },
    "calculs": {},
    "aujourdhui": date(2026, 1, 15),
}


@pytest.fixture(scope="module")
def types() -> Types:
    variables = {"calculs.fin": "date?", "calculs.alerte": "date", "aujourdhui": "date"}
    return declare({"declaration": DECLARATION}, variables, FUNCTIONS)


def refusal(types: Types, source: str, expects: str | None = None) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, types, expects)
    return caught.value


def value(types: Types, source: str, expects: str | None = None, data: dict[str, Any] | None = None) -> Any:
    return evaluate(compile_expression(source, types, expects), DATA if data is None else data)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('declaration.nature == "cdi"', True),
        ('declaration.nature in ["cdi", "cdd"] && !declaration.cadre', True),
        ("declaration.salaire > 200000", True),
        ("declaration.salaire / 100 * 12", 25200),
        ("declaration.debut > aujourdhui", True),
        ('declaration.debut == date("2026-03-01")', True),
        ("jours_apres(declaration.debut, 5)", date(2026, 3, 6)),
        ("jours_avant(declaration.debut, 1)", date(2026, 2, 28)),
        ('mois_apres(date("2026-01-31"), 1)', date(2026, 2, 28)),
        ("jours_entre(aujourdhui, declaration.debut)", 45),
        ("jour_semaine(declaration.debut)", "dimanche"),
        ("annee(declaration.debut) * 100 + mois(declaration.debut)", 202603),
        (
            '"Embauche de " + declaration.prenom + " le " + date_fr(declaration.debut)',
            "Embauche de Zoé le 01/03/2026",
        ),
        ("size(declaration.prenom)", 3),
        ('declaration.prenom.startsWith("Zo")', True),
        ("declaration.adresse.ville", "Évry"),
        ("declaration.enfants.exists(e, e.age > 10)", True),
        ("declaration.enfants.all(e, e.age > 10)", False),
        ("declaration.enfants.map(e, e.age)", [3, 12]),
        ("declaration.enfants.filter(e, has(e.genre))", [{"age": 12, "genre": "f"}]),
        ("declaration.enfants.filter(e, e.age > 5).map(f, f.age)", [12]),
        ("declaration.enfants.filter(e, has(e.genre)).map(f, f.genre)", ["f"]),
        ('declaration.enfants.filter(e, has(e.genre)).exists(f, f.genre == "f")', True),
        ('declaration.enfants.filter(e, e.age > 5 && has(e.genre)).all(e, e.genre != "m")', True),
        ("declaration.enfants.filter(e, has(e.genre)).filter(e, e.age > 5).map(e, e.genre)", ["f"]),
        ('declaration.enfants.exists_one(e, has(e.genre) && e.genre == "f")', True),
        ("declaration.enfants[0].age", 3),
        ("declaration.enfants", [{"age": 3}, {"age": 12, "genre": "f"}]),
        ("has(calculs.fin) ? calculs.fin : declaration.debut", date(2026, 3, 1)),
        ("interets(declaration.salaire, declaration.taux)", 21000),
        ('interets(declaration.salaire, taux("0.05"), 73)', 2100),
        ("declaration.taux", Decimal("0.10")),
        ('declaration.heures == 35 ? "temps plein" : "autre"', "temps plein"),
    ],
)
def test_values(types: Types, source: str, expected: Any) -> None:
    assert value(types, source) == expected


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ('declaration.debut > "2026-01-01"', "type", 'date("2026-01-01")'),
        ("declaration.debut > 12/03/2026", "type", 'date("2026-03-12")'),
        ('declaration.nature === "cdd"', "syntaxe", "« == »"),
        ('declaration.nature <> "cdd"', "syntaxe", "« != »"),
        ('declaration.nature est "cdd"', "syntaxe", "« == »"),
        ("declaration.cadre ET declaration.cadre", "syntaxe", "« && »"),
        ("declaration.cadre & declaration.cadre", "syntaxe", "« + »"),
        ("declaration.cadre | declaration.cadre", "syntaxe", "« || »"),
        ("declaration.salaire > 1 000", "syntaxe", "centimes"),
        ("declaration.salaire > 1000 €", "syntaxe", "centimes"),
        ("declaration.salaire > 35h", "syntaxe", "sans unité"),
        ("jean@exemple.fr", "syntaxe", "adresse"),
        ("Contrat de declaration.prenom", "syntaxe", "Deux mots"),
        ("declaration.cadre == oui", "nom_inconnu", "Écrivez true"),
        ('declaration.cadre == "oui"', "type", "se lit seul"),
        ('nature == "cdd"', "nom_inconnu", "« declaration.nature »"),
        ("taille(declaration.prenom) > 3", "fonction_inconnue", "size("),
        ('declaration.prenom contient "a"', "syntaxe", "contains("),
        ("has declaration.debut", "syntaxe", "has("),
        ('has("declaration.debut")', "expression_refusee", "sans guillemets"),
        ("declaration.debut > aujourd'hui", "syntaxe", "date du jour"),
        ('declaration.debut == ""', "type", "has("),
        ('declaration.nature in "cdd"', "type", "crochets"),
        ("declaration.salaire > 10%", "syntaxe", "taux("),
        ('declaration.salaire > "100"', "type", "entier et texte"),
        ("declaration.salaire > 1.5", "type", "centimes"),
        ("declaration.salaire * 1.1", "type", "centimes"),
        ("1.5 > 1.2", "interdit", "entiers"),
        ("declaration.prenom < declaration.nature", "type", "ordre"),
        ("declaration.cadre < true", "type", "ordre"),
        ("declaration.debut - aujourdhui", "type", "jours_entre"),
        ("declaration.taux == declaration.taux", "type", "comparent"),
        ('declaration.taux == "0.10"', "type", "taux"),
        ("declaration.cadre && declaration.salaire", "type", "comparaison"),
        ("declaration.salaire == null", "type", "has("),
        ("declaration.adresse == null", "interdit", "has("),
        ("declaration.prenom + declaration.salaire", "type", "string("),
        ('declaration.nature == "cddd"', "valeur_inconnue", "« cdd »"),
        ('"cddd" != declaration.nature', "valeur_inconnue", "« cdd »"),
        ('declaration.nature in ["cdi", "stage"]', "valeur_inconnue", "« stage »"),
        ('has(declaration.langues) && "de" in declaration.langues', "valeur_inconnue", "« de »"),
        ("declaration.heures == 40", "valeur_inconnue", "« 40 »"),
        ('fin_essai("interim", declaration.debut, declaration.debut)', "valeur_inconnue", "« interim »"),
        ('(declaration.cadre ? "a" : "b") == declaration.nature', "valeur_inconnue", "jamais"),
        ("declaration.zut == 1", "champ_inconnu", "« zut »"),
        ("declaration.adresse.vile", "champ_inconnu", "« ville »"),
        ("declaratio.debut", "nom_inconnu", "« declaration »"),
        ("fin_esai(declaration.nature)", "fonction_inconnue", "« fin_essai »"),
        (
            "fin_essai(declaration.nature)",
            "argument_manquant",
            "fin_essai(nature : texte, debut : date, fin : date)",
        ),
        ("jours_apres(declaration.prenom, 3)", "type", "jour : date"),
        ("declaration.prenom.zut", "sans_champ", "texte"),
        ("declaration.part > 1", "type", "Déclarez ce champ en entier"),
        ("has(declaration.part) && declaration.part == declaration.part", "type", "comparent"),
        ('declaration.nature = "cdd"', "syntaxe", "« == »"),
        ('declaration.cadre et declaration.nature == "cdi"', "syntaxe", "« && »"),
        ("declaration.nature == «cdi»", "syntaxe", "guillemets droits"),
        ("déclaration.nature", "syntaxe", "accent"),
        ("(declaration.cadre", "syntaxe", "parenthèse"),
        ("declaration.salaire > 1000,50", "syntaxe", "centimes"),
        ('date("2026-02-30") < aujourdhui', "constante_invalide", "calendrier"),
        ('date("12/03/2026") < aujourdhui', "constante_invalide", "année-mois-jour"),
        ("date(declaration.prenom) < aujourdhui", "constante_attendue", "guillemets"),
        ('interets(1, taux("0,05"))', "constante_invalide", "taux"),
        ('declaration.prenom.matches("(")', "constante_invalide", "motif"),
        ("[1, declaration.prenom]", "type", "même type"),
        ("", "vide", "vide"),
        ("1" + " + 1" * 300, "trop_longue", "1000"),
        ("+".join(["1"] * 200), "trop_longue", "compliquée"),
    ],
)
def test_refusals_say_why_and_what_to_do(types: Types, source: str, code: str, said: str) -> None:
    error = refusal(types, source)
    assert (error.code, said in str(error)) == (code, True), str(error)


def test_place_of_a_refusal(types: Types) -> None:
    error = refusal(types, 'declaration.cadre &&\n  declaration.prenom == "é" &&\n  declaration.zut')
    assert (error.line, error.column) == (3, 14)
    error = refusal(types, '"é" == declaration.prenom && declaration.nature == "x"')
    assert (error.line, error.column) == (1, 49)
    error = refusal(types, "declaration.cadre && declaration.date_fin > aujourdhui")
    assert (error.line, error.column) == (1, 22)


@pytest.mark.parametrize(
    "source",
    [
        "declaration.date_fin > aujourdhui",
        "declaration.date_fin > aujourdhui && has(declaration.date_fin)",
        "has(declaration.date_fin) || declaration.date_fin > aujourdhui",
        "!has(declaration.date_fin) && declaration.date_fin > aujourdhui",
        "has(declaration.surnom) && declaration.date_fin > aujourdhui",
        "(declaration.cadre || has(declaration.date_fin)) && declaration.date_fin > aujourdhui",
        "has(declaration.date_fin) ? true : declaration.date_fin > aujourdhui",
        'declaration.surnom == "x"',
        'declaration.tuteur.nom == "x"',
        'has(declaration.tuteur) && declaration.tuteur.contact.mobile == "x"',
        'declaration.enfants.exists(e, e.genre == "f")',
        'declaration.enfants.exists(e, has(e.genre)) && declaration.enfants.all(e, e.genre == "f")',
        'has(declaration.enfants[0].genre) && declaration.enfants[1].genre == "f"',
        'declaration.enfants.filter(e, has(e.genre) || e.age > 3).exists(f, f.genre == "f")',
        'declaration.enfants.filter(e, !has(e.genre)).exists(f, f.genre == "f")',
        'declaration.enfants.filter(e, has(e.genre)).exists(f, declaration.enfants.all(e, e.genre == "f"))',
        "calculs.fin > aujourdhui",
        "jours_apres(declaration.date_fin, 1)",
    ],
)
def test_what_may_be_absent_must_be_tested_first(types: Types, source: str) -> None:
    error = refusal(types, source)
    assert error.code == "peut_manquer"
    assert "has(" in error.remedy


@pytest.mark.parametrize(
    "source",
    [
        "has(declaration.date_fin) && declaration.date_fin > aujourdhui",
        "!has(declaration.date_fin) || declaration.date_fin > aujourdhui",
        "!(!has(declaration.date_fin) || declaration.cadre) && declaration.date_fin > aujourdhui",
        "has(declaration.date_fin) ? declaration.date_fin > aujourdhui : declaration.cadre",
        "(declaration.cadre && has(declaration.date_fin)) && declaration.date_fin > aujourdhui",
        "(has(declaration.date_fin) || has(declaration.date_fin)) && declaration.date_fin > aujourdhui",
        'has(declaration.tuteur) && declaration.tuteur.nom == "x"',
        "has(declaration.tuteur.contact.mobile) && declaration.tuteur.nom == declaration.tuteur.contact.mobile",
        'declaration.enfants.exists(e, has(e.genre) && e.genre == "m")',
        'has(declaration.enfants[0].genre) && declaration.enfants[0].genre == "f"',
        "has(declaration.depot)",
    ],
)
def test_tested_data_may_be_read(types: Types, source: str) -> None:
    assert value(types, source) in (True, False)


def test_a_deep_test_is_false_when_a_group_is_absent(types: Types) -> None:
    assert value(types, "has(declaration.tuteur.contact.mobile)") is False
    data = {"declaration": {"tuteur": {"nom": "A", "contact": {"mobile": "06"}}}}
    assert value(types, "has(declaration.tuteur.contact.mobile)", data=data) is True


def test_an_absent_value_may_go_where_a_function_accepts_one(types: Types) -> None:
    source = "fin_essai(declaration.nature, declaration.debut, declaration.date_fin)"
    assert value(types, source) == date(2026, 3, 1)
    data = {**DATA, "declaration": {**DATA["declaration"], "date_fin": "2026-09-30"}}
    assert value(types, source, data=data) == date(2026, 9, 30)
    with pytest.raises(ExpressionError, match="declaration") as caught:
        value(types, source, data={})
    assert caught.value.code == "donnee_absente"


def test_an_optional_result_may_be_a_bare_absent_field(types: Types) -> None:
    assert value(types, "declaration.date_fin", "date?") is None
    assert value(types, "declaration.tuteur.contact.mobile", "texte?") is None
    data = {"declaration": {"date_fin": "2026-09-30", "tuteur": {"contact": {"mobile": "06"}}}}
    assert value(types, "declaration.date_fin", "date?", data) == date(2026, 9, 30)
    assert value(types, "declaration.tuteur.contact.mobile", "texte?", data) == "06"
    with pytest.raises(ExpressionError) as caught:
        value(types, "declaration.date_fin", "date?", {})
    assert caught.value.code == "donnee_absente"
    assert refusal(types, "declaration.date_fin", "date").code == "peut_manquer"


@pytest.mark.parametrize(
    ("source", "data", "code", "named"),
    [
        ('declaration.prenom == "x"', {}, "donnee_absente", "declaration.prenom"),
        ('declaration.prenom == "x"', {"declaration": {}}, "donnee_absente", "declaration.prenom"),
        (
            'declaration.prenom == "x"',
            {"declaration": {"prenom": None}},
            "donnee_absente",
            "declaration.prenom",
        ),
        ('declaration.prenom == "x" && false', {"declaration": {}}, "donnee_absente", "declaration.prenom"),
        ('declaration.prenom == "x" || true', {"declaration": {}}, "donnee_absente", "declaration.prenom"),
        ("calculs.alerte > aujourdhui", {"aujourdhui": "2026-01-01"}, "donnee_absente", "calculs.alerte"),
        (
            "declaration.debut > aujourdhui",
            {"declaration": DATA["declaration"]},
            "donnee_absente",
            "aujourdhui",
        ),
        ("declaration.enfants.all(e, e.age > 1)", {"declaration": {"enfants": [{}]}}, "donnee_absente", ""),
        (
            'declaration.prenom == "x"',
            {"declaration": {"prenom": 3}},
            "valeur_invalide",
            "declaration.prenom",
        ),
        (
            "declaration.salaire > 1",
            {"declaration": {"salaire": 1.0}},
            "valeur_invalide",
            "declaration.salaire",
        ),
        (
            "declaration.salaire > 1",
            {"declaration": {"salaire": True}},
            "valeur_invalide",
            "declaration.salaire",
        ),
        (
            "declaration.salaire > 1",
            {"declaration": {"salaire": 2**63}},
            "valeur_invalide",
            "declaration.salaire",
        ),
        (
            "declaration.debut > aujourdhui",
            {"declaration": {"debut": ""}},
            "valeur_invalide",
            "declaration.debut",
        ),
        (
            "declaration.debut > aujourdhui",
            {"declaration": {"debut": "2026-02-30"}},
            "valeur_invalide",
            "debut",
        ),
        (
            "declaration.debut > aujourdhui",
            {"declaration": {"debut": "2026-3-1"}},
            "valeur_invalide",
            "debut",
        ),
        (
            "interets(1, declaration.taux)",
            {"declaration": {"taux": "NaN"}},
            "valeur_invalide",
            "declaration.taux",
        ),
        ("declaration.cadre", {"declaration": {"cadre": "true"}}, "valeur_invalide", "declaration.cadre"),
        ("declaration.salaire / 0 == 1", DATA, "division_par_zero", "zéro"),
        ("declaration.salaire % 0 == 1", DATA, "division_par_zero", "zéro"),
        ("declaration.salaire + 9223372036854775807 > 1", DATA, "nombre_trop_grand", "trop grand"),
        ("declaration.enfants[9].age > 1", DATA, "element_absent", "élément"),
        ("refuse(declaration.salaire) > 1", DATA, "calcul_refuse", "le nombre 210000 ne convient pas."),
        ("refuse(1) > 1 && false", DATA, "calcul_refuse", "refuse"),
        ("casse(1) > 1", DATA, "calcul_refuse", "le calcul a échoué"),
        ("sans_resultat(1) > aujourdhui", DATA, "sans_resultat", "pas de résultat"),
        ("jours_apres(declaration.debut, 99999999)", DATA, "calcul_refuse", "échoué"),
    ],
)
def test_an_error_is_a_named_refusal_never_a_value(
    types: Types, source: str, data: dict[str, Any], code: str, named: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(types, source, data=data)
    assert (caught.value.code, named in str(caught.value)) == (code, True), str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_false_left_side_spares_the_right_one(types: Types) -> None:
    assert value(types, "declaration.cadre && calculs.alerte > aujourdhui") is False
    assert value(types, "!declaration.cadre || calculs.alerte > aujourdhui") is True


def test_a_refusal_leaves_nothing_behind(types: Types) -> None:
    with pytest.raises(ExpressionError):
        value(types, "refuse(1) > 1")
    with pytest.raises(ExpressionError) as caught:
        value(types, "declaration.salaire / 0 == 1")
    assert caught.value.code == "division_par_zero"


def test_expected_type(types: Types) -> None:
    assert refusal(types, "declaration.salaire", "booleen").code == "type_du_resultat"
    assert refusal(types, "declaration.debut", "texte").code == "type_du_resultat"
    assert value(types, "declaration.debut", "date") == date(2026, 3, 1)
    assert value(types, "declaration.enfants.map(e, e.age)", "liste<entier>") == [3, 12]
    assert refusal(types, "declaration.enfants.map(e, e.age)", "liste<texte>").code == "type_du_resultat"
    with pytest.raises(ExpressionError, match="n’existe pas"):
        compile_expression("true", types, "flottant")


def test_a_condition_makes_readable_what_it_tests(types: Types) -> None:
    condition = compile_expression("declaration.cadre && has(declaration.date_fin)", types, "booleen")
    assert condition.implied == {"declaration", "declaration.date_fin"}
    source = "jours_apres(declaration.date_fin, 1)"
    expression = compile_expression(source, types, "date", given=condition)
    assert evaluate(expression, {"declaration": {"date_fin": "2026-09-30"}}) == date(2026, 10, 1)
    assert expression.needs == frozenset()
    assert refusal(types, source, "date").code == "peut_manquer"


def test_reads_and_needs(types: Types) -> None:
    source = 'has(declaration.date_fin) && declaration.date_fin > aujourdhui && declaration.nature == "cdd"'
    expression = compile_expression(source, types)
    assert expression.reads == {"declaration.date_fin", "declaration.nature", "aujourdhui"}
    assert expression.needs == {"aujourdhui"}
    expression = compile_expression("declaration.enfants.exists(e, e.age > 3) && declaration.cadre", types)
    assert expression.reads == {"declaration.enfants", "declaration.enfants[].age", "declaration.cadre"}
    assert expression.needs == {"declaration.enfants", "declaration.cadre"}


def test_only_what_is_read_is_looked_at(types: Types) -> None:
    data = {"declaration": {**DATA["declaration"], "salaire": "pas un nombre", "enfants": None}}
    assert value(types, "declaration.cadre", data=data) is False


def test_enumerable(types: Types) -> None:
    source = 'declaration.nature == "cdi" || (declaration.cadre && declaration.heures == 35 && declaration.salaire > 1)'
    assert enumerable(compile_expression(source, types)) == {
        "declaration.nature": ["cdi", "cdd"],
        "declaration.cadre": [False, True],
        "declaration.heures": [35, 39],
    }


@pytest.mark.parametrize(
    "source",
    [
        "__import__('os').system('true')",
        "declaration.__class__",
        "declaration.prenom.__class__",
        "dyn(declaration.salaire) == 1",
        "type(declaration.salaire) == int",
        "int == int",
        "timestamp('2026-01-01T00:00:00Z') < declaration.debut",
        "duration('1h') < duration('2h')",
        "declaration.debut.getFullYear() == 2026",
        "elaska.Taux{}",
        "elaska.Groupe2{prenom: 'x'}.prenom",
        "google.protobuf.Timestamp{seconds: 1} < declaration.debut",
        "{'a': 1}['a'] == 1",
        "declaration['prenom']",
        "@present",
        "declaration.@present",
        '"\\x02absent\\x03" == declaration.prenom',
        "b'a' == b'a'",
        "1u == 1u",
        "bytes(declaration.prenom) == b'a'",
        "calculs",
        "fin_essai",
    ],
)
def test_nothing_outside_the_data_is_reachable(types: Types, source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(types, source, "booleen")
    assert caught.value.code in {
        *("interdit", "fonction_interdite", "syntaxe", "nom_inconnu", "champ_inconnu", "sans_champ"),
        *("type", "type_du_resultat", "fonction_inconnue", "expression_refusee", "argument_manquant"),
    }


@pytest.mark.parametrize(
    "text", ["\x02absent\x03", "'; drop", '" || true || "', "${7*7}", "{{7*7}}", "é€😀", "\u202e", ""]
)
def test_data_is_never_code(types: Types, text: str) -> None:
    data = {"declaration": {**DATA["declaration"], "prenom": text}}
    if text == "\x02absent\x03":
        with pytest.raises(ExpressionError, match="forme attendue"):
            value(types, "declaration.prenom", data=data)
    else:
        assert value(types, "declaration.prenom", data=data) == text
        assert value(types, 'declaration.prenom == "Zoé"', data=data) is False


def test_cost_is_bounded(types: Types) -> None:
    digits = "[0,1,2,3,4,5,6,7,8,9]"
    nested = f"{digits}.all(a, {digits}.all(b, {digits}.all(c, {digits}.all(d, a + b + c + d >= 0))))"
    with pytest.raises(ExpressionError) as caught:
        value(types, nested)
    assert caught.value.code == "trop_couteuse"
    many = {"declaration": {"enfants": [{"age": 1}] * 200}}
    with pytest.raises(ExpressionError) as caught:
        value(
            types,
            "declaration.enfants.all(a, declaration.enfants.all(b, declaration.enfants.all(c, c.age > 0)))",
            data=many,
        )
    assert caught.value.code == "trop_couteuse"


def test_memory_cannot_be_doubled_in_a_loop(types: Types) -> None:
    for seed in ('["aaaaaaaa"]', "[[1, 2]]"):
        assert refusal(types, seed + ".map(a, a + a)" * 3).code == "interdit"
    assert refusal(types, "[1]" + ".map(a, a)" * 5).code == "trop_longue"
    assert value(types, "[1, 2].map(a, a + a)") == [2, 4]


def test_same_result_in_many_threads(types: Types) -> None:
    sources = [f'declaration.salaire > {n} && declaration.nature == "cdi"' for n in range(20)]

    def run(n: int) -> Any:
        if n % 7 == 0:
            with pytest.raises(ExpressionError, match="ne convient pas"):
                value(types, f"refuse({n}) > 1")
        data = {"declaration": {**DATA["declaration"], "salaire": n}}
        return value(types, sources[n % 20], data=data)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(run, range(2000)))
    assert results == [n > n % 20 for n in range(2000)]


def test_compiled_once(types: Types) -> None:
    source = "declaration.salaire > 123456"
    assert compile_expression(source, types) is compile_expression(source, types)


def test_memory_is_given_back(types: Types) -> None:
    expression = compile_expression("declaration.enfants.map(e, e.age)", types)
    data = {"declaration": {"enfants": [{"age": n} for n in range(300)]}}
    for _ in range(200):
        evaluate(expression, data)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3000):
        evaluate(expression, data)
    for n in range(40):
        small = declare({"f": {"type": "object", "properties": {"a": {"type": "integer"}}}}, {}, {})
        evaluate(compile_expression(f"has(f.a) && f.a == {n}", small), {"f": {"a": n}})
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


@pytest.mark.parametrize(
    ("forms", "variables", "functions", "code"),
    [
        ({"f": {"properties": {"prénom": {"type": "string"}}}}, {}, {}, "cle_invalide"),
        ({"f": {"properties": {"for": {"type": "string"}}}}, {}, {}, "cle_invalide"),
        ({"F": {}}, {}, {}, "cle_invalide"),
        ({"f": {"properties": {"a": {"$ref": "#/$defs/rien"}}}}, {}, {}, "reference_inconnue"),
        ({"f": {"properties": {"a": {"$ref": "https://exemple.fr/x.json"}}}}, {}, {}, "reference_inconnue"),
        ({}, {"calculs.x": "flottant"}, {}, "type_inconnu"),
        ({}, {}, {"size": len}, "fonction_non_typee"),
        ({}, {}, {"sans_type": lambda x: x}, "fonction_non_typee"),
        ({"annee": {}}, {}, {}, "cle_invalide"),
    ],
)
def test_declaration_refusals(forms: Any, variables: Any, functions: Any, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        declare(forms, variables, functions)
    assert caught.value.code == code


def test_schemas_with_conditions_everywhere() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"enum": ["x", "y"]}, "b": {}},
        "dependencies": {"a": {"oneOf": [{"properties": {"a": {"enum": ["x"]}, "c": {"type": "integer"}}}]}},
        "anyOf": [{"properties": {"b": {"type": "boolean"}}, "required": ["b"]}],
        "else": {"properties": {"d": {"type": "string", "format": "date"}}, "required": ["d"]},
    }
    types = declare({"f": schema}, {}, {})
    assert value(types, 'f.a == "y" || (has(f.c) && f.c > 1)', data={"f": {"a": "y"}}) is True
    assert refusal(types, "f.b").code == "peut_manquer"
    assert refusal(types, 'f.d > date("2026-01-01")').code == "peut_manquer"
    assert value(types, "has(f.b) && f.b", data={"f": {"b": True}}) is True


def test_the_registry_of_rules_is_callable() -> None:
    variables = {f"calculs.{name}": result_type(function) for name, function in REGISTRE.items()}
    types = declare({"declaration": DECLARATION}, variables, REGISTRE)
    source = (
        "fin_periode_essai(declaration.nature, declaration.prenom, declaration.debut, declaration.date_fin)"
    )
    assert compile_expression(source, types).result_type == "date"
    assert value(types, "date_limite_dpae(declaration.debut)") == date(2026, 3, 1)
    assert value(types, "jours_ouvres_apres(declaration.debut, 5)") == date(2026, 3, 6)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_compiled_or_refused(types: Types, source: str) -> None:
    with suppress(ExpressionError):
        evaluate(compile_expression(source, types), DATA)


@settings(max_examples=200, deadline=None)
@given(st.dates(), st.dates())
def test_dates_compare_as_the_calendar_does(types: Types, first: date, second: date) -> None:
    data = {"declaration": {"debut": first.isoformat()}, "aujourdhui": second}
    assert value(types, "declaration.debut < aujourdhui", data=data) is (first < second)
    assert value(types, "declaration.debut == aujourdhui", data=data) is (first == second)
