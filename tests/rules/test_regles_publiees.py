"""A published modèle names its rules for as long as its démarches run: a rule may grow, never go.

`regles_publiees.json` holds every rule that a version may name, with its arguments and what it gives. A rule that no
shipped modèle names any more stays, or the démarches pinned to an older version could no longer be read. `REECRIRE=1`
records new ones.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from activities.rules_port import RULES
from workflows.engine.expressions import argument_types, result_type

RECORDED = Path(__file__).with_name("regles_publiees.json")

LINES = re.compile(r"liste<groupe<(.*)>>")
CHOICE = re.compile(r"choix<(.*)>")

Signature = Mapping[str, str]


def signature(function: Callable[..., Any], *, calcul: bool) -> dict[str, str]:
    """Written types of the arguments, with the columns of those that are lines; of a calculation, what it gives too,
    which other expressions may read."""
    types = argument_types(function) | ({"→": result_type(function)} if calcul else {})
    found: dict[str, str] = {}
    for name, kind in types.items():
        lines = LINES.fullmatch(kind)
        found[name] = kind if lines is None else "lignes"
        if lines is not None:
            for column in lines[1].split(";"):
                key, _, column_kind = column.partition(":")
                found[f"{name}.{key}"] = column_kind
    return found


def current() -> dict[str, dict[str, str]]:
    return {name: signature(f, calcul=True) for name, f in RULES.functions.items()} | {
        f"lecture {name}": signature(f, calcul=False) for name, f in RULES.readings.items()
    }


def forgotten(argument: str, now: Signature) -> bool:
    """Whether it is a column that a rule reads no more: lines may have it all the same."""
    return "." in argument and argument not in now


def takes(kind: str, now: str | None) -> bool:
    """Whether what was given is still taken: it may also be left out, or be one of more choices."""
    was, widened = CHOICE.fullmatch(kind), CHOICE.fullmatch(now or "")
    if was is not None and widened is not None:
        return set(was[1].split("|")) <= set(widened[1].split("|"))
    return now in (kind, f"{kind}?")


def broken(before: Mapping[str, Signature], now: Mapping[str, Signature]) -> list[str]:
    """What a modèle published with the rules of before can no longer call."""
    found = []
    for name, known in before.items():
        if name not in now:
            found.append(f"{name} : disparue")
            continue
        found += [
            f"{name}.{argument} : {kind} devient {now[name].get(argument)}"
            for argument, kind in known.items()
            if not takes(kind, now[name].get(argument)) and not forgotten(argument, now[name])
        ]
        found += [
            f"{name}.{argument} : nouvel argument obligatoire"
            for argument, kind in now[name].items()
            if argument not in known and not kind.endswith("?")
        ]
    return found


def test_every_rule_ever_published_can_still_be_called() -> None:
    known: Mapping[str, Signature] = json.loads(RECORDED.read_text(encoding="utf-8"))
    now = current()
    assert not broken(known, now)
    if os.environ.get("REECRIRE") == "1":
        RECORDED.write_text(
            json.dumps(now, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        known = now
    assert known == now, "REECRIRE=1 enregistre les règles nouvelles"


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ({}, "age : disparue"),
        ({"age": {"le": "date"}}, "age.ne : date devient None"),
        ({"age": {"ne": "texte", "le": "date"}}, "age.ne : date devient texte"),
        ({"age": {"ne": "date", "le": "date", "ou": "texte"}}, "age.ou : nouvel argument obligatoire"),
    ],
)
def test_what_an_older_version_could_no_longer_call_is_found(now: dict[str, Signature], told: str) -> None:
    assert told in broken({"age": {"ne": "date", "le": "date"}}, now)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"ne": "date"}, {"ne": "date?", "ou": "texte?"}),
        ({"enfants": "lignes", "enfants.ne": "date"}, {"enfants": "lignes", "enfants.nom": "texte?"}),
        ({"table": "choix<smic>"}, {"table": "choix<plafond|smic>"}),
    ],
)
def test_a_rule_may_ask_for_less_and_take_what_may_be_absent(before: Signature, now: Signature) -> None:
    assert not broken({"age": before}, {"age": now})
