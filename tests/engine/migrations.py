"""Versions of a small modèle, and démarches passed from one to another."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from activities.rules_port import RULES
from tests.engine.hasard import Draw
from tests.engine.monde import Monde, actor
from workflows.engine.commands import MigrateDemarche
from workflows.engine.modele import Bundle, Modele, Service
from workflows.engine.program import Program
from workflows.engine.verdict import Verdict, verdict


def version(
    modele: dict[str, Any],
    forms: dict[str, dict[str, Any]] | None = None,
    lignes: dict[str, dict[str, Any]] | None = None,
    enfants: dict[str, Any] | None = None,
    services: dict[str, Any] | None = None,
) -> Program:
    """A published version: its hash tells it from others. `lignes`: JSON Schema of a line, by collection."""
    text = json.dumps([modele, forms, lignes, enfants, services], sort_keys=True)
    children = {key: Bundle.model_validate(child) for key, child in (enfants or {}).items()}
    bundle = Bundle(
        modele=Modele.model_validate(modele),
        forms=forms or {},
        lignes=lignes or {},
        enfants=children,
        services={key: Service.model_validate(one) for key, one in (services or {}).items()},
    )
    return Program(bundle, RULES, sha256(text.encode()).hexdigest())


def essai(monde: Monde, target: Program, **asked: Any) -> Verdict:
    """The verdict on a démarche as it stands; checks that a dry run leaves no trace."""
    command = MigrateDemarche(
        id=asked.pop("id", "essai"), actor=actor("conseiller"), vers=target.sha, **asked
    )
    before = monde.state.model_dump_json()
    found = verdict(monde.program, target, monde.state, command, monde.now)
    assert monde.state.model_dump_json() == before
    return found


def migrer(monde: Monde, target: Program, **asked: Any) -> None:
    """Pass to another version for good, then follow it."""
    monde.migrate(target, **asked)


def aller(monde: Monde, target: Program, draw: Draw, retour: bool = False) -> Verdict | None:
    """Migrate as the verdict allows, étapes placed at random; None when it would not do."""
    asked: dict[str, Any] = {"retour": retour}
    found = essai(monde, target, **asked)
    if found.issue == "correspondance":
        choices = [None, *target.etapes]
        asked["correspondance"] = {
            lost.etape: draw(st.sampled_from([*lost.suggestions, *choices])) for lost in found.a_placer
        }
        found = essai(monde, target, **asked)
        assert found.issue != "correspondance"
    if found.issue != "bonne":
        return None
    migrer(monde, target, **asked)
    assert tuple(etape.titre for etape in monde.state.active) == found.etapes_apres
    assert monde.state.open != found.se_termine
    return found
