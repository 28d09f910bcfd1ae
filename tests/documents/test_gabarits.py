"""The sandbox: what a model may not do, what it is told when it is wrong, which names it reads."""

from pathlib import Path

import pytest

from activities.templating import (
    ModelError,
    load_partials,
    partials_of,
    paths_of,
    render,
    variables_of,
)


class TestRefusals:
    @pytest.mark.parametrize(
        ("source", "extrait"),
        [
            ("{{ inconnu }}", "absente"),
            ("{{ connu.champ }}", "absente"),
            ("{% if connu %}", "ligne 1"),
            ("{{ 3 | inconnu }}", "inconnu"),
            ("{% include 'ailleurs' %}", "ailleurs"),
            ("{{ connu | euros }}", "centimes"),
            ("{{ ''.__class__ }}", "interdite"),
            ("{{ connu.__class__.__mro__ }}", "interdite"),
            ("{{ 'a' * 1000000000 }}", "interdite"),
            ("{{ 9 ** 9 ** 9 }}", "interdite"),
            ("{{ '%1000000000d' % 3 }}", "interdite"),
            ("{{ liste.append(3) }}", "interdite"),
            ("{% for i in range(10000000) %}{% endfor %}", "mettre en forme"),
            ("{% for i in range(9999) %}{{ texte }}{% endfor %}", "trop long"),
            ("{{ 'x' | center(1000000000) }}", "center"),
            ("{{ 'x'.ljust(1000000000) }}", "interdite"),
            ("{{ '{:>1000000000}'.format(1) }}", "interdite"),
            ("{{ 1 / 0 }}", "mettre en forme"),
        ],
    )
    def test_says_why_in_french(self, source: str, extrait: str) -> None:
        with pytest.raises(ModelError, match=extrait):
            render(source, {}, {"connu": "x", "liste": [], "texte": "x" * 9999})

    @pytest.mark.parametrize("source", ["{{ calculs.solde }}", "{{ calculs.solde.net }}", "{{ solde }}"])
    def test_names_what_is_absent_without_english(self, source: str) -> None:
        with pytest.raises(ModelError) as refusal:
            render(source, {}, {"calculs": {}})
        assert refusal.value.absente == "solde"
        assert str(refusal.value) == "Le modèle lit une valeur absente\u00a0: «\u00a0solde\u00a0»."

    @pytest.mark.parametrize(
        ("source", "extrait"),
        [
            ("{% if connu %}oui", "« {% if %} » n’est pas fermé par « {% endif %} »."),
            ("{% endfor %}", "« {% endfor %} » n’est pas attendu ici."),
            ("{% if connu %}{% endfor %}", "« {% endfor %} » n’est pas attendu ici."),
            ("{% motif %}", "« {% motif %} » n’est pas attendu ici."),
            ("{{ connu", "« {{ » n’est pas fermé par « }} »."),
            ("{% if connu", "« {% » n’est pas fermé par « %} »."),
            ("{{ }}", "ce qui précède « }} » est incomplet."),
            ("{% if %}oui{% endif %}", "ce qui précède « %} » est incomplet."),
            ("{{ connu autre }}", "« autre » n’est pas attendu ici."),
            ("{{ connu ! }}", "« ! » n’est pas attendu ici."),
            ("{{ connu ) }}", "« ) » n’est pas attendu ici."),
            ("{{ connu | majuscule }}", "le filtre « majuscule » n’existe pas."),
            ("{{ connu is vide }}", "le test « is vide » n’existe pas."),
            ("{% block a %}{% endblock %}{% block a %}{% endblock %}", "le bloc « a » est écrit deux fois."),
            ("{# sans fin", "le commentaire « {# » n’est pas fermé par « #} »."),
        ],
    )
    def test_says_a_mistake_of_writing_in_french(self, source: str, extrait: str) -> None:
        with pytest.raises(ModelError) as refusal:
            render(source, {}, {"connu": "x"})
        assert str(refusal.value).replace("\u00a0", " ").endswith(extrait)

    def test_names_the_line_of_a_mistake(self) -> None:
        with pytest.raises(ModelError, match="ligne 3"):
            render("a\nb\n{% endif %}", {}, {})


class TestRendering:
    def test_values_are_escaped(self) -> None:
        assert render("{{ a }}", {}, {"a": "<script>"}) == "&lt;script&gt;"

    def test_nothing_is_printed_for_none(self) -> None:
        assert render("[{{ a }}]", {}, {"a": None}) == "[]"

    def test_small_arithmetic_is_allowed(self) -> None:
        assert render("{{ a * 2 }} {{ a % 2 }}", {}, {"a": 21}) == "42 1"

    def test_partials(self) -> None:
        partials = {"dossier/_x.j2": "<{{ a }}>"}
        assert render("{% include 'dossier/_x.j2' %}", partials, {"a": 1}) == "<1>"


class TestNames:
    PARTIALS = {
        "_base": "{{ titre }}{{ cabinet.nom }}{% block corps %}{% endblock %}{% include '_pied' %}",
        "_pied": "{{ cabinet.email }}",
        "_inutile": "{{ jamais }}",
    }

    def test_names_read_by_a_model_and_what_it_uses(self) -> None:
        source = (
            "{% extends '_base' %}{% set titre = 'T' %}{% block corps %}"
            "{% for piece in pieces %}{{ piece.titre }}{% endfor %}{{ conseiller.nom | upper }}{% endblock %}"
        )
        assert variables_of(source, self.PARTIALS) == {"cabinet", "pieces", "conseiller"}
        assert paths_of(source, self.PARTIALS) == {"cabinet.nom", "cabinet.email", "pieces", "conseiller.nom"}
        assert partials_of(source, self.PARTIALS) == {"_base", "_pied"}

    def test_imports_and_macros_are_not_variables(self) -> None:
        partials = {"_m": "{% macro f(x) %}{{ x }}{{ y }}{% endmacro %}"}
        source = (
            "{% import '_m' as m with context %}{% macro g(z) %}{{ z }}{% endmacro %}{{ m.f(1) }}{{ g(2) }}"
        )
        assert variables_of(source, partials) == {"y"}

    def test_partials_that_include_one_another(self) -> None:
        partials = {"a": "{% include 'b' %}{{ x }}", "b": "{% include 'a' %}{{ y }}"}
        assert variables_of("{% include 'a' %}", partials) == {"x", "y"}

    def test_a_partial_chosen_by_a_variable_cannot_be_pinned(self) -> None:
        with pytest.raises(ModelError, match="variable"):
            variables_of("{% include nom %}", {})

    def test_an_unknown_partial(self) -> None:
        with pytest.raises(ModelError, match="_rien"):
            variables_of("{% include '_rien' %}", {})


def test_partials_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "sous").mkdir()
    (tmp_path / "_base.html.j2").write_text("a")
    (tmp_path / "sous" / "_x.mjml.j2").write_text("b")
    (tmp_path / "sous" / "lettre.html.j2").write_text("c")
    assert load_partials(tmp_path) == {"_base.html.j2": "a", "sous/_x.mjml.j2": "b"}
