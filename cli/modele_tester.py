"""`elaska modele tester`: scenarios of a modèle played, expectations checked, what none reaches named."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from rich.markup import escape

from activities.essai_modele import scenarios_of, stopped
from activities.rules_port import RULES
from cli.console import out
from cli.errors import Refusal
from cli.modele_simuler import opened, shown_path
from workflows.engine.bundle import digest, from_folder
from workflows.engine.coverage import KINDS, Coverage
from workflows.engine.expectations import Failure, checks, failures
from workflows.engine.expressions import ExpressionError
from workflows.engine.findings import ModeleError
from workflows.engine.loading import Loaded, load
from workflows.engine.modele import PourChaque
from workflows.engine.program import PARIS, Program
from workflows.engine.scenario import LoadedScenario
from workflows.engine.simulation import EngineError, Simulation

BEGIN = date(2026, 11, 23)
"""Beginning of the scenarios that do not say theirs: a test says the same every day."""
LABELS = {
    "etapes": "étapes",
    "branches": "branches",
    "relances": "relances",
    "echeances": "sorties d'échéance",
    "documents": "documents",
}


@dataclass(frozen=True)
class Fault:
    """What does not hold in a scenario, and where."""

    fichier: str
    ligne: int
    quoi: str
    attendu: str
    trouve: str
    remede: str
    le: str | None = None


@dataclass
class Played:
    """One scenario and what came of it."""

    fichier: str
    titre: str
    fin: str = ""
    jours: int = 0
    verifications: int = 0
    echecs: list[Fault] = field(default_factory=list)


@dataclass
class Tested:
    """A modèle, its scenarios and what they reach."""

    modele: str
    fichier: str
    coverage: Coverage
    loaded: Loaded
    scenarios: list[Played] = field(default_factory=list)

    def lacking(self) -> Iterator[tuple[int, str]]:
        """Line and name of what no scenario reaches."""
        for target in self.coverage.lacking:
            yield self.loaded.places.value(target.place)[0], target.lacking


def run(files: list[Path], root: Path, *, threshold: int, until: timedelta, as_json: bool) -> int:
    """Play and judge; 1 when an expectation fails, or when a modèle is covered less than `threshold` percent."""
    began = time.perf_counter()
    tested = [_test(file, root, until) for file in files]
    short = [one for one in tested if one.coverage.percent < threshold]
    failed = sum(bool(played.echecs) for one in tested for played in one.scenarios)
    if as_json:
        sys.stdout.write(json.dumps(_report(tested, threshold), ensure_ascii=False, indent=2) + "\n")
    else:
        for one in tested:
            _print(one, threshold)
        count = sum(len(one.scenarios) for one in tested)
        seconds = f"{time.perf_counter() - began:.1f}".replace(".", ",")
        out.print(f"{count} scénario{'s' if count > 1 else ''} joués en {seconds} s.", style="dim")
    return 1 if failed or short else 0


def _test(file: Path, root: Path, until: timedelta) -> Tested:
    program, loaded = _program(file, root)
    one = Tested(program.modele.modele, shown_path(file, root), Coverage(program), loaded)
    for top, path in _scenarios(file, program, root):
        # A child has no life of its own: it is tested by the scenarios of the modèles that open it.
        one.scenarios.append(_play(opened(path, root, top), top, until, one.coverage))
    return one


def _program(file: Path, root: Path) -> tuple[Program, Loaded]:
    """A modèle ready to run. Raises Refusal."""
    try:
        resolved = from_folder(root, file)
        if resolved.findings:
            raise ModeleError(*resolved.findings)
        return Program(resolved.bundle, RULES, digest(resolved.bundle)), resolved.loaded
    except (ModeleError, ExpressionError) as error:
        raise Refusal(f"{error}\n  Contrôlez d'abord : elaska modele verifier {file.name}") from error


def _scenarios(file: Path, program: Program, root: Path) -> Iterator[tuple[Program, Path]]:
    """Scenarios to play, each with the modèle it is about."""
    cle = program.modele.modele
    for path in scenarios_of(cle, root):
        yield program, path
    if program.modele.enfant:
        for parent in _parents(file, cle):
            whole = _whole(parent, root)
            for path in scenarios_of(whole.modele.modele, root):
                yield whole, path


@cache
def _whole(file: Path, root: Path) -> Program:
    return _program(file, root)[0]


def _parents(file: Path, cle: str) -> Iterator[Path]:
    """Files of the same folder that open this modèle for the lines of a collection."""
    for other in sorted(file.parent.glob("*.yaml")):
        try:
            modele = load(other.read_bytes(), other.name).modele
        except ModeleError:
            continue  # told by its own test
        if any(isinstance(node, PourChaque) and node.enfant == cle for node in modele.walk()):
            yield other


def _play(loaded: LoadedScenario, program: Program, until: timedelta, coverage: Coverage) -> Played:
    simulation = Simulation(program, loaded.scenario, BEGIN, until)
    played = Played(loaded.file, loaded.scenario.titre)
    about = coverage.program.modele.modele
    try:
        for step in simulation.run():
            last = step
            if (step.program or program).modele.modele == about:
                coverage.see(step)
    except EngineError as error:
        message = stopped(simulation, error)
        played.echecs = [Fault(loaded.file, 1, "la simulation", "une fin", message, "Corrigez le modèle.")]
        played.fin = "erreur"
        return played
    played.fin = simulation.ending
    played.jours = (simulation.now - simulation.begin).days
    played.verifications = checks(simulation)
    played.echecs = [_fault(failure, loaded) for failure in failures(simulation, last)]
    return played


def _fault(failure: Failure, loaded: LoadedScenario) -> Fault:
    return Fault(
        loaded.file,
        loaded.place(failure.place)[0],
        failure.what,
        failure.expected,
        failure.found,
        failure.remedy,
        failure.at.astimezone(PARIS).date().isoformat(),
    )


# --- what is said


def _print(one: Tested, threshold: int) -> None:
    out.print(f"[bold]{escape(one.modele)}[/bold]")
    if not one.scenarios:
        out.print("  [yellow]![/yellow] Aucun scénario dans process_templates/scenarios/.")
    for played in one.scenarios:
        sign = "[red]✗[/red]" if played.echecs else "[green]✓[/green]"
        name = Path(played.fichier).stem
        count = f"{played.verifications} vérification{'s' if played.verifications > 1 else ''}"
        out.print(f"  {sign} {escape(name)}  [dim]{escape(played.titre)} : {count}, {played.jours} j[/dim]")
        for fault in played.echecs:
            _print_fault(fault)
    parts = []
    for kind in KINDS:
        reached, total = one.coverage.counts(kind)
        if total:
            parts.append(f"{LABELS[kind]} {reached}/{total}")
    percent = one.coverage.percent
    style = "red" if percent < threshold else "green" if percent == 100 else "yellow"
    out.print(f"  couverture [{style}]{percent} %[/{style}] : {', '.join(parts)}")
    for line, said in one.lacking():
        out.print(f"    {escape(one.fichier)}:{line} : {escape(said)}", soft_wrap=True)
    if percent < threshold:
        out.print(
            f"  [red]✗[/red] Couverture demandée : {threshold} %. Ajoutez un scénario qui passe par là."
        )


def _print_fault(fault: Fault) -> None:
    day = f" (le {date.fromisoformat(fault.le):%d/%m/%Y})" if fault.le else ""
    out.print(
        f"    [bold]{escape(fault.fichier)}:{fault.ligne}[/bold] : {escape(fault.quoi)}{day}", soft_wrap=True
    )
    out.print(f"        attendu : {escape(fault.attendu)}", soft_wrap=True)
    out.print(f"        trouvé  : {escape(fault.trouve)}", soft_wrap=True)
    out.print(f"        → {escape(fault.remede)}", soft_wrap=True)


def _report(tested: list[Tested], threshold: int) -> dict[str, Any]:
    """For programs: the same, with every count."""
    modeles = []
    for one in tested:
        counts = {kind: one.coverage.counts(kind) for kind in KINDS}
        modeles.append(
            {
                "modele": one.modele,
                "fichier": one.fichier,
                "scenarios": [asdict(played) for played in one.scenarios],
                "couverture": {
                    "taux": one.coverage.percent,
                    "seuil": threshold,
                    "genres": {
                        kind: {"atteints": reached, "total": total}
                        for kind, (reached, total) in counts.items()
                    },
                    "manques": [
                        {"fichier": one.fichier, "ligne": line, "quoi": said} for line, said in one.lacking()
                    ],
                },
            }
        )
    return {"modeles": modeles}
