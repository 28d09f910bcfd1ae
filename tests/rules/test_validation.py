"""The one entry point for forms: French sentences beside the right field, whatever the keyword."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.validation import LONGUEUR_MAX, FieldError, SchemaInvalideError, check_schema, validate_form

TODAY = date(2026, 11, 22)


def errors(schema: dict[str, Any], data: object) -> dict[str, str]:
    return {error.pointer: error.detail for error in validate_form(schema, data, TODAY)}


def champ(schema: dict[str, Any], valeur: object) -> str | None:
    return errors({"type": "object", "properties": {"a": schema}}, {"a": valeur}).get("/a")


@pytest.mark.parametrize(
    ("schema", "valeur", "extrait"),
    [
        ({"type": "string"}, 3, "un texte"),
        ({"type": "integer"}, "3", "un nombre entier"),
        ({"type": ["integer", "null"]}, "3", "un nombre entier ou vide"),
        ({"type": "boolean"}, 1, "oui ou non"),
        ({"type": "string", "enum": ["x"]}, "y", "valeurs proposées"),
        ({"const": True}, False, "cochée"),
        ({"const": "x"}, "y", "pas acceptée"),
        ({"type": "string", "minLength": 1}, "", "obligatoire"),
        ({"type": "string", "minLength": 3}, "ab", "au moins 3 caractères"),
        ({"type": "string", "maxLength": 1}, "ab", "1 caractère au maximum, vous en avez 2"),
        ({"type": "string", "pattern": "^[0-9]+$"}, "x", "forme attendue"),
        ({"type": "integer", "minimum": 3}, 2, "au moins 3"),
        ({"type": "number", "maximum": 3.5}, 4, "dépasser 3,5"),
        ({"type": "integer", "exclusiveMinimum": 3}, 3, "supérieure à 3"),
        ({"type": "integer", "exclusiveMaximum": 3}, 3, "inférieure à 3"),
        ({"type": "number", "multipleOf": 0.25}, 0.3, "multiple de 0,25"),
        ({"type": "integer", "maximum": 1000000, "x-monnaie": "EUR"}, 2000000, "10\u202f000,00\u00a0€"),
        ({"type": "array", "minItems": 2}, [1], "au moins 2 éléments"),
        (
            {"type": "array", "minItems": 1, "items": {"enum": ["a", "b"]}},
            [],
            "Choisissez au moins une réponse.",
        ),
        ({"type": "array", "maxItems": 1}, [1, 2], "au plus 1 élément"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "deux fois"),
        ({"type": "object", "minProperties": 1}, {}, "champs remplis"),
        ({"not": {"const": 1}}, 1, "pas acceptée"),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, 3, "pas acceptée"),
        ({"type": "string", "format": "date"}, "2026-02-30", "n’existe pas"),
        ({"type": "string", "format": "date"}, "30/02/2026", "n’existe pas"),
        ({"type": "string", "format": "date"}, "", "n’existe pas"),
        ({"type": "string", "format": "decimal"}, "", "Indiquez un nombre"),
        ({"type": "string", "format": "decimal"}, "-5", "de 0 à 9"),
        ({"type": "string", "format": "decimal"}, "99999999999", "de 0 à 9"),
        ({"type": "string", "format": "heure"}, "25:00", "HH:MM"),
        ({"type": "string", "format": "email"}, "moi@exemple", "email"),
        ({"type": "string", "format": "email"}, "Élodie@exemple.fr", "email"),
        ({"type": "string", "format": "nir"}, "295109912611199", "clé"),
        ({"type": "string", "format": "iban"}, "FR7630006000011234567890188", "contrôle"),
        ({"type": "string", "format": "telephone-fr"}, "12", "français"),
        ({"type": "string", "format": "siret"}, "1", "14 chiffres"),
        ({"type": "string", "format": "siren"}, "1", "9 chiffres"),
    ],
)
def test_each_keyword_has_its_sentence(schema: dict[str, Any], valeur: object, extrait: str) -> None:
    detail = champ(schema, valeur)
    assert detail is not None
    assert extrait in detail


@pytest.mark.parametrize(
    ("format_", "valeur"),
    [
        ("date", "2026-12-01"),
        ("heure", "08:30"),
        ("email", "jean.dupont+paie@exemple.co.fr"),
        ("nir", "2 95 10 99 126 111 93"),
        ("telephone-fr", "06 12 34 56 78"),
    ],
)
def test_good_values_pass(format_: str, valeur: str) -> None:
    assert champ({"type": "string", "format": format_}, valeur) is None


def test_missing_field_is_named_by_its_pointer() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a", "b"]}
    assert errors(schema, {}) == {"/a": "Ce champ est obligatoire.", "/b": "Ce champ est obligatoire."}


def test_dependent_required() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {}, "b": {}},
        "dependentRequired": {"a": ["b"]},
    }
    assert errors(schema, {"a": 1}) == {"/b": "Ce champ est obligatoire."}


def test_a_field_may_have_its_own_sentences() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {
                "type": "string",
                "title": "Date d'entrée",
                "format": "date",
                "x-regles": ["date_future"],
                "x-messages": {"date_future": "Trop tôt.", "required": "Il nous faut la date."},
            }
        },
        "required": ["a"],
    }
    assert errors(schema, {}) == {"/a": "Il nous faut la date."}
    assert errors(schema, {"a": "2026-11-21"}) == {"/a": "Trop tôt."}


def test_unknown_fields_are_refused_even_when_the_schema_forgets_to() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    assert errors(schema, {"a": 1, "b": 2}) == {"/b": "Ce champ n’est pas prévu par le formulaire."}


def test_unknown_fields_are_refused_by_additional_properties() -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    assert errors(schema, {"~a/b": 2}) == {"/~0a~1b": "Ce champ n’est pas prévu par le formulaire."}


def test_strings_are_bounded_even_when_the_schema_forgets_to() -> None:
    detail = champ({"type": "string"}, "x" * (LONGUEUR_MAX + 1))
    assert detail is not None
    assert "trop long" in detail
    assert champ({"type": "string"}, "x" * LONGUEUR_MAX) is None


CONDITION: dict[str, Any] = {
    "type": "object",
    "properties": {"type": {"enum": ["a", "b"]}},
    "required": ["type"],
    "allOf": [
        {
            "if": {"properties": {"type": {"const": "a"}}, "required": ["type"]},
            "then": {
                "properties": {"x": {"type": "string", "format": "date", "x-regles": ["date_future"]}},
                "required": ["x"],
            },
            "else": {"properties": {"y": {"type": "integer"}}},
        }
    ],
}


class TestConditions:
    def test_the_branch_that_holds_asks_for_its_field(self) -> None:
        assert errors(CONDITION, {"type": "a"}) == {"/x": "Ce champ est obligatoire."}
        assert errors(CONDITION, {"type": "b"}) == {}

    def test_its_rules_apply(self) -> None:
        assert "/x" in errors(CONDITION, {"type": "a", "x": "2020-01-01"})
        assert errors(CONDITION, {"type": "a", "x": "2027-01-01"}) == {}

    def test_a_field_of_the_other_branch_is_unknown(self) -> None:
        assert errors(CONDITION, {"type": "b", "x": "2027-01-01"}) == {
            "/x": "Ce champ n’est pas prévu par le formulaire."
        }

    def test_a_failing_branch_does_not_make_its_good_fields_unknown(self) -> None:
        schema = {
            "type": "object",
            "properties": {"type": {"enum": ["a"]}},
            "allOf": [
                {
                    "if": {"properties": {"type": {"const": "a"}}},
                    "then": {"properties": {"x": {"type": "integer"}, "z": {}}, "required": ["z"]},
                }
            ],
        }
        assert errors(schema, {"type": "a", "x": 1}) == {"/z": "Ce champ est obligatoire."}

    def test_else_branch(self) -> None:
        assert errors(CONDITION, {"type": "b", "y": "1"}) == {
            "/y": "La réponse attendue est un nombre entier."
        }


class TestRegles:
    def champs(self, regle: str, **data: object) -> str | None:
        schema = {
            "type": "object",
            "properties": {
                "a": {"title": "Date choisie", "x-regles": [regle]},
                **{nom: {} for nom in data if nom != "a"},
            },
        }
        return errors(schema, data).get("/a")

    def test_date_future_accepts_today(self) -> None:
        assert self.champs("date_future", a="2026-11-22") is None
        assert (
            self.champs("date_future", a="2026-11-21")
            == "«\u00a0Date choisie\u00a0» ne peut pas être dans le passé."
        )

    def test_date_passee_accepts_today(self) -> None:
        assert self.champs("date_passee", a="2026-11-22") is None
        assert self.champs("date_passee", a="2026-11-23") is not None

    def test_date_proche(self) -> None:
        assert self.champs("date_proche:18", a="2028-05-21") is None
        assert self.champs("date_proche:18", a="2028-05-22") is not None

    @pytest.mark.parametrize(
        ("regle", "a", "b", "bon"),
        [
            ("apres:#/b", "2026-12-02", "2026-12-01", True),
            ("apres:#/b", "2026-12-01", "2026-12-01", False),
            ("apres_ou_egal:#/b", "2026-12-01", "2026-12-01", True),
            ("apres_ou_egal:#/b", "2026-11-30", "2026-12-01", False),
            ("avant:#/b", "2026-11-30", "2026-12-01", True),
            ("avant:#/b", "2026-12-01", "2026-12-01", False),
        ],
    )
    def test_comparisons(self, regle: str, a: str, b: str, bon: bool) -> None:
        detail = self.champs(regle, a=a, b=b)
        assert (detail is None) is bon
        assert bon or "01/12/2026" in (detail or "")

    def test_comparison_with_a_missing_field_says_nothing(self) -> None:
        assert self.champs("apres:#/b", a="2026-12-02") is None

    def test_longest_contract(self) -> None:
        assert self.champs("duree_max_mois:18,#/b,#/c", a="2028-05-31", c="2026-12-01") is None
        detail = self.champs("duree_max_mois:18,#/b,#/c", a="2028-06-01", c="2026-12-01")
        assert detail is not None
        assert "31/05/2028" in detail
        assert (
            self.champs("duree_max_mois:18,#/b,#/c", a="2028-06-01", b="2027-01-01", c="2026-12-01") is None
        )

    @pytest.mark.parametrize("naissance", ["2026-11-23", "1900-01-01"])
    def test_implausible_birth(self, naissance: str) -> None:
        assert self.champs("date_naissance_plausible", a=naissance) is not None

    def test_plausible_birth(self) -> None:
        assert self.champs("date_naissance_plausible", a="1970-01-01") is None

    def test_minimum_age_is_counted_at_the_date_of_entry(self) -> None:
        assert self.champs("age_minimum_travail", a="2010-12-01") is not None
        assert self.champs("age_minimum_travail", a="2010-12-01", date_entree="2026-12-01") is None

    def test_adult_or_apprentice(self) -> None:
        assert self.champs("majeur_ou_apprenti", a="2009-01-01") is not None
        assert self.champs("majeur_ou_apprenti", a="2009-01-01", nature_contrat="apprentissage") is None
        assert self.champs("majeur_ou_apprenti", a="2013-01-01", nature_contrat="apprentissage") is not None
        assert self.champs("majeur_ou_apprenti", a="1990-01-01") is None

    def test_nir_coherent_with_the_form(self) -> None:
        regle = "nir_coherent:#/naissance,#/genre"
        nir = "295109912611193"
        assert self.champs(regle, a=nir, naissance="1995-10-03", genre="femme") is None
        assert "genre" in (self.champs(regle, a=nir, naissance="1995-10-03", genre="homme") or "")
        assert "année" in (self.champs(regle, a=nir, naissance="1994-10-03") or "")

    def test_a_wrong_type_is_left_to_the_type(self) -> None:
        for regle in ("date_future", "apres:#/b", "nir_coherent:#/b,#/c", "duree_max_mois:18,#/b"):
            assert self.champs(regle, a=["x"], b=3, c=4) is None

    def test_rules_reach_items_of_a_list(self) -> None:
        schema = {
            "type": "object",
            "properties": {"a": {"type": "array", "items": {"type": "string", "x-regles": ["date_future"]}}},
        }
        assert list(errors(schema, {"a": ["2027-01-01", "2020-01-01"]})) == ["/a/1"]


def test_errors_come_in_the_order_of_the_form_and_one_per_field() -> None:
    schema = {
        "type": "object",
        "properties": {"z": {"type": "string", "minLength": 3, "pattern": "^A"}, "a": {"type": "string"}},
        "required": ["z", "a"],
    }
    assert [error.pointer for error in validate_form(schema, {"z": "b", "x": 1}, TODAY)] == ["/z", "/a", "/x"]


@pytest.mark.parametrize("data", [None, [], "texte", 3])
def test_data_that_are_not_an_object(data: object) -> None:
    assert validate_form({"type": "object"}, data, TODAY) == [
        FieldError("", "Le formulaire doit être un objet JSON.")
    ]


def test_nesting_is_bounded() -> None:
    profond: dict[str, Any] = {}
    for _ in range(2000):
        profond = {"a": profond}
    assert validate_form({"type": "object"}, profond, TODAY)[0].pointer == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda enfants: st.lists(enfants, max_size=3) | st.dictionaries(st.text(max_size=5), enfants, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["type", "x", "y", "z"]), JSON))
def test_any_json_gets_an_answer(data: dict[str, Any]) -> None:
    for error in validate_form(CONDITION, data, TODAY):
        assert error.detail.endswith(".")


class TestCheckSchema:
    def test_accepts_a_good_schema(self) -> None:
        check_schema(CONDITION)

    def test_a_field_may_be_called_like_a_keyword(self) -> None:
        check_schema({"type": "object", "properties": {"format": {"type": "string"}, "x-regles": {}}})

    @pytest.mark.parametrize(
        ("schema", "extrait"),
        [
            ({"type": "texte"}, "Schéma"),
            ({"properties": {"a": {"format": "inconnu"}}}, "Format"),
            ({"properties": {"a": {"x-regles": ["inconnue:3"]}}}, "Règle"),
            ({"properties": {"a": {"x-regles": "date_future"}}}, "liste"),
            ({"properties": {"a": {"type": "object", "properties": {}}}}, "champs inconnus"),
        ],
    )
    def test_refuses_what_would_not_work(self, schema: dict[str, Any], extrait: str) -> None:
        with pytest.raises(SchemaInvalideError, match=extrait):
            check_schema(schema)
