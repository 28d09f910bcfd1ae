"""What an adviser reads of a document that asks for what its démarche does not hold yet."""

import pytest

from activities.produce_document import lacks
from activities.rules_port import RULES
from cli.paths import ROOT
from workflows.engine.bundle import from_folder
from workflows.engine.program import Program


@pytest.mark.parametrize(
    ("absente", "named"),
    [
        ("total_solde", "Total du solde de tout compte"),
        ("remis_le", "Documents remis le"),
        ("inconnue", None),
        (None, None),
    ],
)
def test_is_named_as_on_screen(absente: str | None, named: str | None) -> None:
    bundle = from_folder(ROOT, ROOT / "process_templates" / "sortie_salarie.yaml").bundle
    said = lacks(Program(bundle, RULES, "0" * 64), absente)
    assert said == (f"Il manque «\u00a0{named}\u00a0» pour faire ce document." if named else None)
