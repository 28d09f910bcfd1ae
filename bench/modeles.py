"""Modèles: check and simulate a year of each, verdicts for 1,000 démarches; with --long, 1,000 timers and cold replays.

Without --long no service is started: the démarches are states that the modèles' own scenarios go through. Goals are
judged on elapsed time; processor time is told beside it, because a busy machine stretches the first and not the second.
With --long, a real Temporal, PostgreSQL and worker: `_reel` says how.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from activities.essai_modele import scenarios_of
from activities.model_sources import MODELS
from activities.publication import templates
from activities.rules_port import RULES
from bench._reel import measure_real, not_measured
from bench._report import Report, percentile
from cli.paths import ROOT
from cli.stack import Service, Stack
from workflows.engine.bundle import contents, digest, from_folder
from workflows.engine.commands import MigrateDemarche
from workflows.engine.modele import Bundle
from workflows.engine.program import Program
from workflows.engine.samples import sample
from workflows.engine.scenario import Scenario, read_scenario
from workflows.engine.simulation import Simulation
from workflows.engine.state import SYSTEM, DemarcheState
from workflows.engine.verdict import verdict
from workflows.engine.verifier import verify

RUNNING = 1000


@dataclass(frozen=True)
class Watch:
    """Seconds elapsed, and of the processor, since it was made."""

    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=time.process_time)

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


def year(file: Path) -> tuple[tuple[float, float], Program, list[DemarcheState]]:
    """Time to check a modèle and play its first scenario for a year, and the states it went through."""
    watch = Watch()
    resolved = from_folder(ROOT, file)
    verify(resolved, RULES.functions, MODELS)
    program = Program(resolved.bundle, RULES, digest(resolved.bundle))
    simulation = Simulation(program, scenario_of(program), date(2026, 1, 5))
    states = [step.state for step in simulation.run()]
    return watch.read(), program, states


def scenario_of(program: Program) -> Scenario:
    """The modèle's first scenario, else one made from its forms."""
    for file in scenarios_of(program.modele.modele, ROOT):
        return read_scenario(file.read_text(encoding="utf-8"), file.name)
    return Scenario(
        donnees={alias: sample(schema, date(2026, 1, 5)) for alias, schema in program.bundle.forms.items()}
    )


def changed(program: Program) -> Program:
    """Another version: the étape in the middle has another key, and one was added before it."""
    found: dict[str, Any] = contents(program.bundle)
    etapes = found["modele"]["etapes"]
    lone = [index for index, node in enumerate(etapes) if "cle" in node]
    middle = lone[len(lone) // 2]
    etapes[middle]["cle"] += "_bis"
    etapes.insert(middle, {"cle": "etape_ajoutee", "titre": "Étape ajoutée", "terminee": "manuelle"})
    bundle = Bundle.model_validate(found)
    return Program(bundle, RULES, digest(bundle))


def measure() -> Report:
    report = Report("modeles")
    worst = 0.0
    pairs: list[tuple[Program, Program, list[DemarcheState]]] = []
    for file in templates():
        year(file)  # expressions, mail and document models are read once per process
        (elapsed, processor), program, states = year(file)
        name = f"contrôler et simuler un an, {program.modele.modele}"
        report.mesures[f"{name}, s"] = round(elapsed, 3)
        report.mesures[f"{name}, s de processeur"] = round(processor, 3)
        worst = max(worst, elapsed)
        pairs.append(
            (
                program,
                changed(program),
                [state for state in states if state.open and state.modele == program.modele.modele],
            )
        )
    report.goal("contrôler et simuler un an, le plus long, s", worst, 1.0)

    running = islice(cycle((a, b, state) for a, b, states in pairs for state in states), RUNNING)
    issues: dict[str, int] = {}
    times: list[tuple[float, float]] = []
    for source, target, state in running:
        watch = Watch()
        command = MigrateDemarche(id="essai", actor=SYSTEM, vers=target.sha)
        found = verdict(source, target, state, command, max(state.opened_at, _last(state)))
        times.append(watch.read())
        issues[found.issue] = issues.get(found.issue, 0) + 1
    report.mesures["verdicts par issue"] = issues
    elapsed_all = [elapsed for elapsed, _ in times]
    report.mesures["un verdict, p50 ms"] = round(percentile(elapsed_all, 50) * 1000, 2)
    report.mesures["un verdict, p95 ms"] = round(percentile(elapsed_all, 95) * 1000, 2)
    report.mesures[f"{RUNNING} verdicts, moteur seul, s de processeur"] = round(
        sum(cpu for _, cpu in times), 3
    )
    report.goal(f"{RUNNING} verdicts, moteur seul, s", sum(elapsed_all), 10.0)
    return report


def _last(state: DemarcheState) -> Any:
    """The instant of the latest entry into an étape: a démarche is tried as it stands then."""
    return max(
        (etape.entered_at for etape in state.etapes.values() if etape.entered_at), default=state.opened_at
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="elaska bench modeles")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--long", action="store_true", help="minuteries et rejeux sur un vrai Temporal")
    parser.add_argument("--nombre", type=int, default=RUNNING, help="minuteries et rejeux, avec --long")
    arguments = parser.parse_args()
    report = measure()
    if not arguments.long:
        not_measured(report, arguments.nombre, "il faut un vrai Temporal : --long")
    else:
        with tempfile.TemporaryDirectory(prefix="elaska-bench-") as folder:
            Path(folder).chmod(0o711)
            services: set[Service] = {"postgres", "temporal", "worker"}
            with Stack(Path(folder) / "donnees", services=services, demo_clock=True) as stack:
                asyncio.run(measure_real(stack, report, arguments.nombre))
    return report.print(arguments.json)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the SDK's threads sometimes abort the interpreter at exit (sdk-python#300)
