"""Modèles and scenarios as they ship, ready to be played."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from activities.rules_port import RULES
from workflows.engine.bundle import from_folder
from workflows.engine.program import Program
from workflows.engine.simulation import Scenario, Simulation, read_scenario

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "process_templates" / "scenarios"


def program(modele: str) -> Program:
    return Program(from_folder(ROOT, ROOT / "process_templates" / f"{modele}.yaml").bundle, RULES, "sha")


def scenario(name: str) -> Scenario:
    return read_scenario((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8"), name)


def simulation(modele: str, name: str, begin: date) -> Simulation:
    """A scenario about to be played, from that day on."""
    return Simulation(program(modele), scenario(name), begin)
