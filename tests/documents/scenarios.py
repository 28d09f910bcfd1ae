"""What the scenarios of the shipped modèles ask to be written: documents and mails, with their values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from activities.rules_port import RULES
from workflows.engine import facts as f
from workflows.engine.bundle import from_folder
from workflows.engine.modele import Bundle
from workflows.engine.program import Program
from workflows.engine.simulation import Simulation, Step, read_scenario

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 23)
"""When a scenario that says no day begins."""
COMMUN = ("reference_dossier", "nom_client", "titre_demarche", "date_document")
"""Given by the tests themselves."""
Document = tuple[tuple[str, str], tuple[str, dict[str, Any]]]
"""« scenario » and document, then its source and what it is given."""


def asked(cle: str, names: tuple[str, ...], kind: str) -> Iterator[tuple[str, Bundle, Step, dict[str, Any]]]:
    """Each effect of a kind in some scenarios of a modèle: scenario, modèle, step, and what is asked for."""
    bundle = from_folder(ROOT, ROOT / "process_templates" / f"{cle}.yaml").bundle
    program = Program(bundle, RULES, "0" * 64)
    for name in (f"{cle}_{each}" for each in names):
        file = ROOT / "process_templates" / "scenarios" / f"{name}.yaml"
        scenario = read_scenario(file.read_text(encoding="utf-8"), file.name)
        for step in Simulation(program, scenario, scenario.debut or DAY).run():
            for event in step.events:
                if isinstance(event.fact, f.EffectRequested) and event.fact.effect.kind == kind:
                    yield name, bundle, step, event.fact.params


def documents(cle: str, names: tuple[str, ...]) -> Iterator[Document]:
    """The documents that scenarios of a modèle produce."""
    for name, _, step, params in asked(cle, names, "document"):
        document = step.state.documents[params["document"]].cle
        told = {key: value for key, value in params["context"].items() if key not in COMMUN}
        yield (name, document), (params["model"], told)
