"""What every bench prints: machine, measures with their spread, goals and whether they are met."""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Objectif:
    """A goal. `sens`: `max` when the value must not exceed it, `min` when it must reach it. Neither value nor verdict
    when it was not measured: `non_mesure` says why."""

    nom: str
    valeur: float | None
    objectif: float
    sens: str
    tenu: bool | None
    non_mesure: str | None = None


@dataclass
class Report:
    nom: str
    mesures: dict[str, Any] = field(default_factory=dict)
    objectifs: list[Objectif] = field(default_factory=list)
    non_mesures: dict[str, str] = field(default_factory=dict)
    """Why there is no value, by measure."""

    def goal(self, nom: str, valeur: float, objectif: float, sens: str = "max") -> None:
        """Record a goal and whether it is met."""
        met = valeur <= objectif if sens == "max" else valeur >= objectif
        self.objectifs.append(Objectif(nom, round(valeur, 4), objectif, sens, met))

    def absent(self, nom: str, raison: str) -> None:
        """A measure that was not taken."""
        self.mesures[nom] = None
        self.non_mesures[nom] = raison

    def goal_absent(self, nom: str, objectif: float, raison: str, sens: str = "max") -> None:
        """A goal that nothing was measured for."""
        self.objectifs.append(Objectif(nom, None, objectif, sens, None, raison))

    def print(self, as_json: bool) -> int:
        """Print; the exit code is 0 whether or not goals are met: a bench measures, it does not judge."""
        if as_json:
            body = {
                "nom": self.nom,
                "machine": machine(),
                "mesures": self.mesures,
                "non_mesures": self.non_mesures,
                "objectifs": [asdict(goal) for goal in self.objectifs],
            }
            sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
            return 0
        console = Console()
        console.print(f"[bold]{self.nom}[/bold]  {machine()}")
        table = Table("mesure", "valeur", box=None)
        for name, value in self.mesures.items():
            reason = self.non_mesures.get(name)
            table.add_row(name, f"non mesuré : {reason}" if reason else json.dumps(value, ensure_ascii=False))
        console.print(table)
        for goal in self.objectifs:
            console.print(_line(goal))
        return 0


def _line(goal: Objectif) -> str:
    told = f"objectif {'≤' if goal.sens == 'max' else '≥'} {goal.objectif}"
    if goal.tenu is None:
        return f"[yellow]non mesuré[/yellow]  {goal.nom} : {goal.non_mesure} ({told})"
    word = "[green]tenu[/green]" if goal.tenu else "[red]non tenu[/red]"
    return f"{word}  {goal.nom} : {goal.valeur} ({told})"


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "processeurs": os.cpu_count(),
        "systeme": platform.system(),
        "python": platform.python_version(),
        "charge": round(os.getloadavg()[0], 2),
    }


def percentile(values: Sequence[float], q: float) -> float:
    """The q-th percentile (0 to 100), by linear interpolation."""
    ordered = sorted(values)
    rank = (len(ordered) - 1) * q / 100
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def bounded_median(values: Sequence[float], draws: int = 2000) -> dict[str, float]:
    """Median of rounds with its 95 % bootstrap bounds (fixed seed: the same rounds give the same bounds)."""
    source = random.Random(0)
    medians = sorted(statistics.median(source.choices(values, k=len(values))) for _ in range(draws))
    return {
        "mediane": round(statistics.median(values), 4),
        "bas": round(medians[int(0.025 * draws)], 4),
        "haut": round(medians[int(0.975 * draws)], 4),
    }
