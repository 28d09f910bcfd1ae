"""Old facts in today's words. A fact that was ever recorded is never redefined: its new shape gets a new version,
and here the way from the version before.

    @upcaster("PieceRefused", 1)
    def _(fact):  # v2 names who refused
        return {**fact, "par": "inconnu"}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from workflows.engine.facts import AnyFact, Event

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
FACTS: dict[str, Any] = {kind.model_fields["type"].default: kind for kind in get_args(get_args(AnyFact)[0])}
"""Every fact, by the name it is recorded under."""
CURRENT: dict[str, int] = {name: kind.model_fields["v"].default for name, kind in FACTS.items()}
_UPCASTERS: dict[tuple[str, int], Upcaster] = {}


class UnknownFact(ValueError):
    """A fact of a type or version that this program does not know: it was written by a newer one."""


def upcaster(name: str, version: int) -> Callable[[Upcaster], Upcaster]:
    """Declare how version `version` of a fact becomes the next one."""

    def declare(function: Upcaster) -> Upcaster:
        _UPCASTERS[name, version] = function
        return function

    return declare


def upcast(event: dict[str, Any]) -> dict[str, Any]:
    """An event as recorded, its fact brought to the current version. Raises UnknownFact."""
    fact = event["fact"]
    name, version = fact["type"], fact.get("v", 1)
    if name not in CURRENT or version > CURRENT[name]:
        raise UnknownFact(f"{name} v{version}")
    while version < CURRENT[name]:
        step = _UPCASTERS.get((name, version))
        if step is None:
            raise UnknownFact(f"no way from {name} v{version} to v{version + 1}")
        version += 1
        fact = {**step(fact), "type": name, "v": version}
    return event if fact is event["fact"] else {**event, "fact": fact}


def read(event: dict[str, Any]) -> Event:
    """An event from its recorded JSON. Raises UnknownFact, or pydantic's ValidationError."""
    return Event.model_validate(upcast(event))
