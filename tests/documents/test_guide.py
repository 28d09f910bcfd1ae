"""The administrators' guide lists every variable and every filter (NOT-05)."""

from activities.formats import FILTRES
from activities.variables import COURRIEL, DOCUMENT
from tests.documents.exemples import DOCUMENTS

GUIDE = (DOCUMENTS / "README.md").read_text(encoding="utf-8")


def test_every_variable_is_listed() -> None:
    for nom in {*COURRIEL, *DOCUMENT} - {"sujet"}:
        assert f"`{nom}`" in GUIDE


def test_every_filter_is_listed() -> None:
    for nom in FILTRES:
        assert f"`{nom}`" in GUIDE or f"`{nom}(" in GUIDE
