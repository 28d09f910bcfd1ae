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
    """A goal. `sens`: `max` when the value must not exceed it, `min` when it must reach it."""

    nom: str
    valeur: float
    objectif: float
    sens: str
    tenu: bool


@dataclass
class Report:
    nom: str
    mesures: dict[str, Any] = field(default_factory=dict)
    objectifs: list[Objectif] = field(default_factory=list)

    def goal(self, nom: str, valeur: float, objectif: float, sens: str = "max") -> None:
        """Record a goal and whether it is met."""
        met = valeur <= objectif if sens == "max" else valeur >= objectif
        self.objectifs.append(Objectif(nom, round(valeur, 4), objectif, sens, met))

    def print(self, as_json: bool) -> int:
        """Print; the exit code is 0 whether or not goals are met: a bench measures, it does not judge."""
        if as_json:
            body = {
                "nom": self.nom,
                "machine": machine(),
                "mesures": self.mesures,
                "objectifs": [asdict(goal) for goal in self.objectifs],
            }
            sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
            return 0
        console = Console()
        console.print(f"[bold]{self.nom}[/bold]  {machine()}")
        table = Table("mesure", "valeur", box=None)
        for name, value in self.mesures.items():
            table.add_row(name, json.dumps(value, ensure_ascii=False))
        console.print(table)
        for goal in self.objectifs:
            sign = "≤" if goal.sens == "max" else "≥"
            console.print(
                f"{'[green]tenu[/green]' if goal.tenu else '[red]non tenu[/red]'}  "
                f"{goal.nom} : {goal.valeur} (objectif {sign} {goal.objectif})"
            )
        return 0


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
