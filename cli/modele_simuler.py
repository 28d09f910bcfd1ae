"""`elaska modele simuler`: a démarche played to its end in virtual time, its journal as people would read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.markup import escape

from activities.rules_port import RULES
from cli.console import out
from cli.errors import Refusal
from workflows.engine.bundle import Resolved, digest, from_folder
from workflows.engine.expressions import ExpressionError
from workflows.engine.findings import ModeleError
from workflows.engine.program import PARIS, Program
from workflows.engine.samples import sample
from workflows.engine.simulation import Ending, Line, Scenario, Simulation, lines, read_scenario
from workflows.engine.waiting import progress

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
        played = _scenario(resolved, root, scenario)
    except (ModeleError, ExpressionError) as error:
        raise Refusal(f"{error}\n  Contrôlez d'abord : elaska modele verifier {file.name}") from error
    simulation = Simulation(program, played, date.today(), _duration(until))  # noqa: DTZ011 - the operator's day
    return _play(simulation, program)


def _duration(text: str) -> timedelta:
    match = _DURATION.match(text.strip())
    if match is None:
        raise Refusal(f"Durée illisible : « {text} ». Écrivez 10j, 3sem, 6mois ou 1an.")
    return timedelta(days=int(match[1]) * _DAYS[match[2]])


def scenarios_of(modele: str, root: Path) -> list[Path]:
    """Scenario files of a modèle, by name: those of another one whose key begins with this key are not its own."""
    templates = root / "process_templates"
    longer = [f"{path.stem}_" for path in templates.glob(f"{modele}_*.yaml")]
    found = (templates / "scenarios").glob(f"{modele}*.yaml")
    return sorted(path for path in found if not path.stem.startswith(tuple(longer)))


def _scenario(resolved: Resolved, root: Path, given: Path | None) -> Scenario:
    """The scenario asked for, else the modèle's own, else one made from its forms."""
    modele = resolved.bundle.modele
    folder = root / "process_templates" / "scenarios"
    if given is None:
        candidates = scenarios_of(modele.modele, root)
        if not candidates:
            begin = date.today()  # noqa: DTZ011
            out.print("Pas de scénario : les réponses sont inventées d'après les formulaires.", style="dim")
            forms: dict[str, dict[str, object]] = {
                alias: sample(schema, begin) for alias, schema in resolved.bundle.forms.items()
            }
            return Scenario(donnees=forms)
        given = candidates[0]
    elif not given.is_file():
        named = folder / f"{given}.yaml"
        if not named.is_file():
            known = ", ".join(sorted(path.stem for path in folder.glob("*.yaml")))
            raise Refusal(f"« {given} » n'existe pas.\n  Scénarios connus : {known or 'aucun'}.")
        given = named
    return read_scenario(given.read_text(encoding="utf-8"), given.name)


def _play(simulation: Simulation, program: Program) -> int:
    title = simulation.scenario.titre or program.modele.titre
    out.print(f"[bold]{escape(title)}[/bold]")
    printer = _Printer()
    for step in simulation.run():
        for line in lines(step, program):
            printer.print(line)
        if step.refusal is not None:
            out.print(f"[red]✗[/red] {escape(step.refusal.detail)}")
            for pointer, detail in step.refusal.errors:
                out.print(f"    {escape(pointer)} : {escape(detail)}")
    days = (simulation.now - simulation.begin).days
    out.print()
    out.print(ENDINGS[simulation.ending](simulation), soft_wrap=True)
    done = progress(program, simulation.state)
    out.print(f"{days} jours de temps virtuel ; progression {done} %.", style="dim")
    return 1 if simulation.ending in ("refus", "boucle", "attente") else 0


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


def _awaited(simulation: Simulation) -> str:
    labels = [f"« {wait.label} » ({wait.nom})" for wait in simulation.awaited[:5]]
    if labels:
        return ", ".join(labels)
    return f"le {simulation.next_at.astimezone(PARIS):%d/%m/%Y}" if simulation.next_at else "rien"


ENDINGS: dict[Ending, Callable[[Simulation], str]] = {
    "terminee": lambda s: "[green]✓[/green] La démarche est terminée.",
    "annulee": lambda s: "La démarche est annulée.",
    "refusee": lambda s: "La demande est refusée.",
    "attente": lambda s: f"[red]✗[/red] Plus rien n'avance : on attend {escape(_awaited(s))}.",
    "duree": lambda s: f"Durée atteinte : on attend {escape(_awaited(s))}.",
    "refus": lambda s: "[red]✗[/red] Une action est refusée : le scénario s'arrête là.",
    "boucle": lambda s: "[red]✗[/red] La démarche tourne en rond.",
}
