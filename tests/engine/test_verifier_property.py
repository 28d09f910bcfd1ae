"""Modèles changed at random: the check never breaks, and what passes it can be played to its end."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from activities.model_sources import MODELS
from activities.rules_port import RULES
from workflows.engine.bundle import Resolved, from_folder
from workflows.engine.facts import EffectFailed
from workflows.engine.findings import ModeleError
from workflows.engine.loading import read_yaml
from workflows.engine.program import Program
from workflows.engine.samples import sample
from workflows.engine.simulation import Scenario, Simulation
from workflows.engine.verifier import verify

HERE = Path(__file__).parent
ROOT = HERE / "modeles_racine"
BEGIN = date(2026, 11, 23)
MANY = 300
"""Steps of a démarche that goes on for ever; the longest right modèle takes a few dozen."""
YAML_READER = YAML(typ="safe", pure=True)
SOURCES = [file.read_text(encoding="utf-8") for file in sorted((HERE / "modeles_justes").glob("*.yaml"))]
Place = tuple[str | int, ...]


def places(data: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value of a modèle, with where it is."""
    if path:
        yield path, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def corpus() -> dict[str, list[Any]]:
    """Values seen under each key, in right and faulty modèles: what a person may write there."""
    found: dict[str, list[Any]] = {}
    for file in sorted(
        [*(HERE / "modeles_justes").glob("*.yaml"), *(HERE / "modeles_fautifs").glob("*.yaml")]
    ):
        try:
            data, _ = read_yaml(file.read_bytes(), file.name)
        except ModeleError:
            continue
        for path, value in places(data):
            known = found.setdefault(str(path[-1]), [])
            if value not in known:
                known.append(value)
    return found


CORPUS = corpus()


@st.composite
def changed(draw: st.DrawFn) -> str:
    """A right modèle with some values replaced, removed, repeated or moved; sometimes with its text damaged too."""
    data = copy.deepcopy(YAML_READER.load(draw(st.sampled_from(SOURCES))))
    for _ in range(draw(st.integers(1, 3))):
        path, value = draw(st.sampled_from(list(places(data))))
        holder = data
        for key in path[:-1]:
            holder = holder[key]
        match draw(st.sampled_from(["other", "other", "other", "add", "remove", "repeat", "move"])):
            case "remove":
                del holder[path[-1]]
            case "repeat" if isinstance(holder, list):
                holder.append(copy.deepcopy(value))
            case "move" if isinstance(holder, list):
                holder.insert(draw(st.integers(0, len(holder))), holder.pop(path[-1]))
            case "add" if isinstance(value, dict):
                key = draw(st.sampled_from(sorted(CORPUS)))
                value[key] = copy.deepcopy(draw(st.sampled_from(CORPUS[key])))
            case _:
                holder[path[-1]] = copy.deepcopy(draw(st.sampled_from(CORPUS[str(path[-1])])))
    written = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, written)
    text = written.getvalue()
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.text(max_size=5)) + text[at:]
    return text


def resolve(text: str, folder: Path) -> Resolved | None:
    file = folder / "change.yaml"
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    try:
        return from_folder(ROOT, file)
    except ModeleError:
        return None


def ends(simulation: Simulation) -> bool:
    """It ended; or it waits only for what a person's answer kept from happening, past a deadline that told someone."""
    return simulation.ending == "terminee" or (
        simulation.ending == "attente"
        and bool(simulation.awaited)
        and all(
            wait.kind == "evenement"
            and (evenement := simulation.program.evenements[wait.id]).recu_si is not None
            and evenement.sinon is not None
            for wait in simulation.awaited
        )
    )


# Not made smaller: each try plays whole démarches, and the modèle found is readable as it is.
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(text=changed())
def test_the_check_never_breaks_and_what_passes_it_runs(text: str, tmp_path_factory: object) -> None:
    assume("\udcff" not in text)
    folder = tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    resolved = resolve(text, folder)
    if resolved is None:
        return
    event("checked")
    findings = verify(resolved, RULES.functions, MODELS, RULES.readings)
    # A child opens from its parent only, and is played with it.
    if resolved.bundle.modele.enfant or any(finding.level == "erreur" for finding in findings):
        return
    event("played")
    program = Program(resolved.bundle, RULES, "sha")
    forms = {alias: sample(schema, BEGIN) for alias, schema in resolved.bundle.forms.items()}
    lignes = {
        key: (sample(schema, BEGIN),) * max(resolved.bundle.modele.collections[key].minimum, 1)
        for key, schema in resolved.bundle.lignes.items()
    }
    for choice in ("oui", "non"):
        answers = (
            {**forms, "suite": {**forms.get("suite", {}), "choix": choice}} if "suite" in forms else forms
        )
        simulation = Simulation(
            program, Scenario(donnees=answers, lignes=lignes), BEGIN, timedelta(days=2000)
        )
        steps = list(islice(simulation.run(), MANY))
        refusals = [step.refusal for step in steps if step.refusal is not None]
        # Made-up answers may not suit a service, which says so until a person corrects them.
        misasked = any(isinstance(event.fact, EffectFailed) for step in steps for event in step.events)
        doubts = {"donnee_incertaine", "variantes_incertaines"}
        uncertain = any(finding.code in doubts for finding in findings)
        assert uncertain or misasked or ends(simulation), (
            simulation.ending,
            [str(r) for r in refusals],
            text,
        )
