"""A recorded scenario that stumbles when it is played: what stops it is put right, one refusal at a time.

What a démarche lived cannot always be told by its delays alone. An answer dated a day that has not come yet is given
the day on which it is asked for; a form that nobody filled, because its étape was passed over in the end, gets invented
answers; what came before its time comes later; an étape passed over that has ended by itself is no longer passed over.
What it all leads to is checked by whoever asks (see `rejeu.remade`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from workflows.engine.program import PARIS
from workflows.engine.recorded import after_of
from workflows.engine.samples import sample
from workflows.engine.scenario import Scenario
from workflows.engine.simulation import Simulation, Step

_LATER = 4
"""An event that comes too early waits a quarter more of its time."""


def mended(scenario: Scenario, play: Simulation, step: Step) -> Scenario | None:
    """The scenario with what refused `step` put right; None when nothing is known to put it right."""
    if step.refusal is None or not step.source:
        return None
    told = scenario.model_dump(mode="json", exclude_defaults=True)
    owner, place = told, step.source
    if place[0] == "enfants":
        owner, place = told["enfants"][place[1]], place[2:]
    kind, key = (*place, "", "")[:2]
    if kind == "donnees" and key:
        answers = owner.setdefault("donnees", {}).setdefault(str(key), {})
        done = _answered(answers, str(key), play, step)
    elif kind == "evenements":
        event = owner["evenements"][int(key)]
        if step.refusal.code == "etape_finie":
            del owner["evenements"][int(key)]
            return Scenario.model_validate(told)
        done = _answered(event["commande"].get("donnees", {}), "", play, step)
        if not done and not step.refusal.errors:
            since = step.at - _of(play, step).begin
            event["apres"] = str(after_of(since + max(since / _LATER, timedelta(days=1))))
            done = True
    else:
        done = False
    if not done:
        return None
    try:
        return Scenario.model_validate(told)
    except ValidationError:
        return None


def _of(play: Simulation, step: Step) -> Simulation:
    """The démarche that refused: this one, or one of its children."""
    return play.enfants.get(step.state.demarche_id, play)


def _answered(answers: dict[str, Any], alias: str, play: Simulation, step: Step) -> bool:
    """Put faulty answers right, in place; False when one of them stays as it was."""
    asked = step.refusal.errors if step.refusal else ()
    own = _of(play, step)
    day = step.at.astimezone(PARIS).date()
    given: Mapping[str, Any] = getattr(step.command, "donnees", None) or {}
    form = own.program.bundle.forms.get(alias, {})
    invented = sample(form, day) if form else {}
    for pointer, _ in asked:
        field = pointer.removeprefix("/")
        if field in given and _after(given[field], day):
            answers[field] = f"J+{(day - own.begin.astimezone(PARIS).date()).days}"
        elif field not in given and field in invented:
            answers[field] = invented[field]
        else:
            return False
    return bool(asked)


def _after(value: Any, day: date) -> bool:
    """A civil date after `day`."""
    try:
        return date.fromisoformat(value) > day
    except (TypeError, ValueError):
        return False
