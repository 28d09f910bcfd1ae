"""Trying a modèle in virtual time, for the command line and the screens: scenarios, invented answers, ending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from workflows.engine.program import PARIS, Program
from workflows.engine.samples import sample
from workflows.engine.scenario import Scenario
from workflows.engine.simulation import MAX_COMMANDS, Ending, EngineError, Simulation

FAILED: frozenset[Ending] = frozenset({"refus", "boucle", "attente"})
"""Endings of a démarche that did not come to its end."""


def scenario_file(name: str) -> str:
    """Path of a scenario, from the folder that holds the modèles."""
    return f"process_templates/scenarios/{name}"


def scenarios_of(modele: str, root: Path) -> list[Path]:
    """Scenario files of a modèle, by name: those of another one whose key begins with this key are not its own."""
    templates = root / "process_templates"
    longer = [f"{path.stem}_" for path in templates.glob(f"{modele}_*.yaml")]
    found = (templates / "scenarios").glob(f"{modele}*.yaml")
    return sorted(path for path in found if not path.stem.startswith(tuple(longer)))


def invented(program: Program, begin: date) -> Scenario:
    """Answers made from the forms, for a modèle without a scenario."""
    return Scenario(donnees={alias: sample(form, begin) for alias, form in program.bundle.forms.items()})


def stopped(simulation: Simulation, error: EngineError) -> str:
    """Why the engine would not go further, for the person who writes the modèle."""
    where = ", ".join(f"« {etape.titre} »" for etape in simulation.state.active) or "le début"
    return (
        f"Le {simulation.now.astimezone(PARIS):%d/%m/%Y}, à l'étape {where}, le moteur s'arrête : {error}.\n"
        "  Le modèle laisse la démarche sans suite ou tourne en rond : contrôlez-le (elaska modele verifier)."
    )


def ending(simulation: Simulation) -> str:
    """How it came to its end, in a sentence."""
    return _ENDINGS[simulation.ending](simulation)


def _awaited(simulation: Simulation) -> str:
    if simulation.waiting():
        return "On attend :"
    if simulation.next_at is not None:
        return f"On attend le {simulation.next_at.astimezone(PARIS):%d/%m/%Y}."
    return "Personne n'est attendu."


def _circling(simulation: Simulation) -> str:
    if simulation.circling is None:
        return f" : plus de {MAX_COMMANDS} actions jouées sans arriver à la fin."
    return f" : l'étape « {simulation.circling} » est reprise sans cesse."


_ENDINGS: dict[Ending, Callable[[Simulation], str]] = {
    "terminee": lambda s: "La démarche est terminée.",
    "annulee": lambda s: "La démarche est annulée.",
    "refusee": lambda s: "La demande est refusée.",
    "attente": lambda s: "Plus rien n'avance. " + _awaited(s),
    "duree": lambda s: "Durée atteinte. " + _awaited(s),
    "refus": lambda s: "Une action est refusée : le scénario s'arrête là.",
    "boucle": lambda s: "La démarche tourne en rond" + _circling(s),
}
