"""The authoring guide says what is true: its example passes the check and plays, its snippets are read as it says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from activities.model_sources import MODELS
from activities.rules_port import RULES
from workflows.engine.bundle import from_folder
from workflows.engine.program import Program
from workflows.engine.samples import sample
from workflows.engine.simulation import Scenario, Simulation, read_scenario
from workflows.engine.verifier import verify

HERE = Path(__file__).parent
GUIDE = HERE.parent.parent / "docs" / "modeles.md"
BEGIN = date(2026, 11, 23)


def snippet(first_line: str) -> str:
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return str(next(block for block in blocks if first_line in block))


@pytest.fixture
def example(tmp_path: Path) -> Path:
    file = tmp_path / "attestation.yaml"
    file.write_text(snippet("modele: attestation"), encoding="utf-8")
    return file


def test_the_complete_example_passes_the_check(example: Path) -> None:
    resolved = from_folder(HERE / "modeles_racine", example)
    assert [str(finding) for finding in verify(resolved, RULES.functions, MODELS, RULES.readings)] == []


def test_the_complete_example_plays_to_its_end(example: Path) -> None:
    bundle = from_folder(HERE / "modeles_racine", example).bundle
    forms = {alias: sample(schema, BEGIN) for alias, schema in bundle.forms.items()}
    simulation = Simulation(Program(bundle, RULES, "sha"), Scenario(donnees=forms), BEGIN)
    assert [step.refusal for step in simulation.run() if step.refusal] == []
    assert simulation.ending == "terminee"


def test_the_example_of_collections_passes_the_check(tmp_path: Path) -> None:
    identity = snippet("modele: attestation").split("formulaires:")[0].split("nom:")[0]
    roles = "roles:\n  conseiller: {libelle: C, cote: cabinet}\n  manager: {libelle: M, cote: client}\n"
    file = tmp_path / "factures.yaml"
    lines = snippet("  paiements:")
    file.write_text(f"{identity}nom: '\"Factures\"'\n{roles}{lines}", "utf-8")
    findings = verify(from_folder(HERE / "modeles_racine", file), RULES.functions, MODELS, RULES.readings)
    assert [str(finding) for finding in findings] == []


def test_the_example_of_scenario_is_read() -> None:
    told = read_scenario(snippet("silence:"), "guide")
    assert told.silence == ("futur_salarie", "tache.relire")
    assert told.refus == {"cni": "Photo floue"}


def test_every_function_that_is_always_there_is_in_the_guide() -> None:
    from workflows.engine.expressions import dates, lists

    text = GUIDE.read_text(encoding="utf-8")
    assert [name for name in {**dates.FUNCTIONS, **lists.FUNCTIONS} if f"`{name}(" not in text] == []
