"""Texts shown to people keep their signs on the line: a no-break space inside « » and before : ; ? ! €.

The space is written as such in the source, so that what people typed (a title, a reason, an address) is never
touched. Docstrings and comments are for developers and are not looked at.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("workflows", "activities", "api", "store", "rules", "demo", "cli")
NBSP = "\N{NO-BREAK SPACE}"
# A sign in the middle of a word is code (« 10:30 », « :name »), and so is one between two spaces in CEL (« a ? b »),
# which no text of these packages holds.
BREAKS = re.compile(r"« | »| [:;?!€](?=$|[\s'\"».,)\]])")


def breaks(source: str) -> list[int]:
    """Lines of the texts with a plain space where a no-break one is due."""
    tree = ast.parse(source)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and BREAKS.search(node.value)
    ]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('x = "Reçu : le RIB"', [1]),
        ('x = f"{nom} : {valeur}"', [1]),
        ('\nx = f"« {nom} »"', [2, 2]),
        ('x = "Confirmez-vous ?"', [1]),
        ('x = "29 €"', [1]),
        (f'x = "Reçu{NBSP}: «{NBSP}RIB{NBSP}» à 10:30"', []),
        ('x = "where id = :id and a::text"', []),
        ('def f():\n    """A docstring : « so »."""\n    # a comment : « so »', []),
        ('class A:\n    x: int\n    """Of an attribute : « so »."""', []),
    ],
)
def test_the_check_itself(source: str, lines: list[int]) -> None:
    assert breaks(source) == lines


def test_texts_of_the_application() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for line in breaks(path.read_text())
    ]
    assert found == []


def test_one_word_for_an_email() -> None:
    """TL-09, ECH-02: « email », as the requirements call it, on screens, in documents and in what the API says."""
    folders = [*PACKAGES, "documents", "forms", "process_templates", "ui/src"]
    found = [
        str(path.relative_to(ROOT))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.*"))
        if path.suffix in {".py", ".j2", ".json", ".yaml", ".ts", ".tsx"}
        if re.search(r"\be-mails?\b", path.read_text(), re.IGNORECASE)
    ]
    assert found == []
