"""`elaska modele simuler`: a démarche played to its end in virtual time, its journal as people would read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.markup import escape

from activities.essai_modele import FAILED, ending, invented, scenarios_of, stopped
from activities.rules_port import RULES
from cli.console import out
from cli.errors import Refusal
from workflows.engine.bundle import digest, from_folder
from workflows.engine.expressions import ExpressionError
from workflows.engine.findings import ModeleError
from workflows.engine.program import PARIS, Program
from workflows.engine.scenario import LoadedScenario, Scenario, check_scenario, load_scenario
from workflows.engine.simulation import EngineError, Line, Simulation, Stop, lines
from workflows.engine.state import EPOCH
from workflows.engine.waiting import Wait, progress

_DURATION = re.compile(r"^(\d{1,4})\s*(j|sem|mois|ans?)$")
_DAYS = {"j": 1, "sem": 7, "mois": 31, "an": 366, "ans": 366}
_STYLES = {
    "dossier": "bold",
    "etape": "bold blue",
    "tache": "cyan",
    "piece": "magenta",
    "document": "green",
    "echange": "yellow",
    "notification": "dim",
}


def run(file: Path, root: Path, scenario: Path | None, until: str) -> int:
    """Play and print; 0 when the démarche came to its end or to the limit asked for."""
    try:
        resolved = from_folder(root, file)
        if resolved.findings:
            raise ModeleError(*resolved.findings)
        program = Program(resolved.bundle, RULES, digest(resolved.bundle))
    except (ModeleError, ExpressionError) as error:
        raise Refusal(f"{error}\n  Contrôlez d'abord : elaska modele verifier {file.name}") from error
    given = _given(program, root, scenario)
    played = _invented(program) if given is None else opened(given, root, program).scenario
    simulation = Simulation(program, played, date.today(), duration(until))  # noqa: DTZ011 - the operator's day
    try:
        return _play(simulation, program)
    except EngineError as error:
        raise Refusal(stopped(simulation, error)) from error


def duration(text: str) -> timedelta:
    """« 3sem », « 6mois », « 1an ». Raises Refusal."""
    match = _DURATION.match(text.strip())
    if match is None:
        raise Refusal(f"Durée illisible : « {text} ». Écrivez 10j, 3sem, 6mois ou 1an.")
    return timedelta(days=int(match[1]) * _DAYS[match[2]])


def _given(program: Program, root: Path, asked: Path | None) -> Path | None:
    """The scenario asked for, else the modèle's first one, else none. Raises Refusal."""
    folder = root / "process_templates" / "scenarios"
    if asked is None:
        return next(iter(scenarios_of(program.modele.modele, root)), None)
    for candidate in (asked, folder / f"{asked}.yaml"):
        if candidate.is_file():
            return candidate
    known = ", ".join(path.stem for path in scenarios_of(program.modele.modele, root))
    raise Refusal(
        f"Le scénario « {asked} » n'existe pas.\n"
        f"  Scénarios de « {program.modele.modele} » : {known or 'aucun'}."
    )


def _invented(program: Program) -> Scenario:
    out.print("Pas de scénario : les réponses sont inventées d'après les formulaires.", style="dim")
    return invented(program, date.today())  # noqa: DTZ011


def opened(file: Path, root: Path, program: Program) -> LoadedScenario:
    """A scenario that its modèle knows all the names of. Raises Refusal, with everything that is wrong."""
    try:
        loaded = load_scenario(file.read_bytes(), shown_path(file, root))
        findings = check_scenario(loaded, program)
        if findings:
            raise ModeleError(*findings)
    except OSError as error:
        raise Refusal(f"« {file} » ne peut pas être lu.") from error
    except ModeleError as error:
        raise Refusal(f"Ce scénario ne peut pas être joué.\n{error}") from error
    return loaded


def shown_path(file: Path, root: Path) -> str:
    """A file's path under the root, for messages; as it is when it stands elsewhere."""
    try:
        return str(file.resolve().relative_to(root.resolve()))
    except ValueError:
        return str(file)


def _play(simulation: Simulation, program: Program) -> int:
    title = simulation.scenario.titre or program.modele.titre
    out.print(f"[bold]{escape(title)}[/bold]")
    printer = _Printer()
    shown = 0
    for step in simulation.run():
        for stop in simulation.stops[shown:]:
            _print_stop(stop)
        shown = len(simulation.stops)
        for line in lines(step, program):
            printer.print(line)
        if step.refusal is not None:
            out.print(f"[red]✗[/red] {escape(step.refusal.detail)}")
            for pointer, detail in step.refusal.errors:
                out.print(f"    {escape(pointer)} : {escape(detail)}")
    for stop in simulation.stops[shown:]:
        _print_stop(stop)
    days = (simulation.now - simulation.begin).days
    out.print()
    sign = "[green]✓[/green] " if simulation.ending == "terminee" else ""
    sign = "[red]✗[/red] " if simulation.ending in FAILED else sign
    out.print(sign + escape(ending(simulation)), soft_wrap=True)
    print_waits([(state.titre, wait) for state, wait in simulation.waiting()], simulation.now)
    done = progress(program, simulation.state)
    out.print(f"{days} jours de temps virtuel ; progression {done} %.", style="dim")
    return 1 if simulation.ending in FAILED else 0


def _print_stop(stop: Stop) -> None:
    """Who is awaited when the scenario stops to check something."""
    out.print(f"\n[bold]Arrêt du {stop.at.astimezone(PARIS):%d/%m/%Y à %H:%M}[/bold]")
    if not stop.awaited:
        out.print("  Personne n'est attendu.")
    print_waits([(stop.state.titre, wait) for wait in stop.awaited], stop.at)


def print_waits(found: Sequence[tuple[str, Wait]], now: datetime) -> None:
    """Who is waited for, for what, and since when; in which démarche, when several are under way."""
    several = len({title for title, _ in found}) > 1
    for title, wait in found:
        since = max(wait.since, EPOCH)
        days = (now.astimezone(PARIS).date() - since.astimezone(PARIS).date()).days
        ago = (
            "depuis aujourd'hui" if days <= 0 else f"depuis le {since.astimezone(PARIS):%d/%m/%Y} ({days} j)"
        )
        due = f", pour le {wait.due_at.astimezone(PARIS):%d/%m/%Y}" if wait.due_at else ""
        where = f" [dim]({escape(title)})[/dim]" if several else ""
        out.print(f"  • {escape(wait.nom)} : « {escape(wait.label)} », {ago}{due}{where}", soft_wrap=True)


class _Printer:
    """One line per entry of the journal; the day is written when it changes."""

    def __init__(self) -> None:
        self.day: date | None = None

    def print(self, line: Line) -> None:
        local: datetime = line.at.astimezone(PARIS)
        if local.date() != self.day:
            self.day = local.date()
            out.print(f"\n[bold]{local:%d/%m/%Y}[/bold]")
        style = _STYLES.get(line.famille, "")
        text = f"[{style}]{escape(line.text)}[/{style}]" if style else escape(line.text)
        detail = f" — {escape(line.detail)}" if line.detail else ""
        out.print(f"  {local:%H:%M}  {text}{detail}  [dim]{escape(line.who)}[/dim]", soft_wrap=True)
