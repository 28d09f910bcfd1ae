"""Models of documents and mails are written as a French typographer would: what goes together stays on one line.

Only what a model says itself is looked at: what people typed is printed as they typed it.
"""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).parents[2]
MODELS = sorted((ROOT / "documents").rglob("*.j2"))
NBSP = "\N{NO-BREAK SPACE}"
VALUE = "0"
"""Stands for what a model prints."""
FAULTS = {
    "espace sécable": re.compile(r"« | »|(?:^|[\w)]) [:;?!€%](?!\w)"),
    "apostrophe droite": re.compile(r"[^\W\d]'[^\W\d]"),
    "numéro d’article détaché": re.compile(
        r"\b(?:art\.|articles?|SIRET|SIREN|n°|N°) (?=[LRD]\.|[LRD]?\d)|\b[LRD]\. (?=\d)"
    ),
}


def said(source: str) -> list[str]:
    """The texts of a model, tags and styles left out: what it writes, then the sentences of its expressions."""
    text, sentences, styling = "", [], 0
    for _, kind, token in Environment().lex(source):
        if kind == "data":
            text += token
        elif kind == "variable_begin":
            text += VALUE
        elif kind == "string" and " " in token:
            sentences.append(token.strip("\"'"))
        elif kind == "name" and token == "styles":
            styling = len(text)
        elif kind == "name" and token == "endblock" and styling:
            text, styling = text[:styling], 0
    head, _, body = text.partition("\n---\n")
    if not head.startswith("sujet:"):
        head, body = "", text
    body = re.sub(r"<(style|mj-style|mj-attributes)>.*?</\1>|<[^>]*>", "", body, flags=re.DOTALL)
    return [head.removeprefix("sujet:"), body, *sentences]


def faults(source: str) -> list[str]:
    """What is wrong, with the words around."""
    found = []
    for text in said(source):
        flat = re.sub(r"[ \n]+", " ", text)
        for kind, wrong in FAULTS.items():
            found += [f"{kind} : {flat[max(m.start() - 15, 0) : m.end() + 15]}" for m in wrong.finditer(flat)]
    return found


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("<p>Reçu : le RIB</p>", ["espace sécable"]),
        ("<p>« {{ nom }}" + NBSP + "»</p>", ["espace sécable"]),
        ("sujet: L'offre\n---\n<p>Bonjour</p>", ["apostrophe droite"]),
        ('{% set natures = {"a": "Frais d\'huissier dus"} %}', ["apostrophe droite"]),
        ("<p>(Code civil, art. 1231-6)</p>", ["numéro d’article détaché"]),
        ("<p>l’article" + NBSP + "L. 1221-19</p>", ["numéro d’article détaché"]),
        ("SIRET {{ client.siret | siret }}", ["numéro d’article détaché"]),
        ("{% block styles %}\n.a { color: red; }\n{% endblock %}<p style='a : b'>Bien</p>", []),
        (f"<p>Reçu{NBSP}: «{NBSP}{{{{ nom }}}}{NBSP}», art.{NBSP}L441-10</p>", []),
        ('{% if a == "x" %}{{ a ~ " : " }}{% endif %}', ["espace sécable"]),
    ],
)
def test_the_check_itself(source: str, kinds: list[str]) -> None:
    assert [each.partition(" : ")[0] for each in faults(source)] == kinds


@pytest.mark.parametrize("model", MODELS, ids=lambda path: str(path.relative_to(ROOT / "documents")))
def test_models_of_documents_and_mails(model: Path) -> None:
    assert faults(model.read_text(encoding="utf-8")) == []
