"""Property tests: no migration declared fine ever leaves a démarche stuck, and none loses anything."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.engine import hasard
from tests.engine.migrations import aller, version
from tests.engine.monde import DEMARCHE_ID, Monde
from tests.engine.test_hasard import QUIET
from workflows.engine.evolve import fold
from workflows.engine.facts import EVENTS
from workflows.engine.state import DemarcheState

OTHER_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "nom": {"type": "string", "maxLength": 20},
        "sorte": {"type": "string", "enum": ["a", "b"]},
        "jour": {"type": "string", "format": "date", "maxLength": 10},
        "taille": {"type": "integer"},
    },
    "required": ["nom", "sorte", "taille"],
}
"""A field more than `hasard.FORM`, required: answers already given do not have it."""
OTHER_LINES = hasard.COLLECTION | {"statuts": {}, "calcule": {"part": "ligne.montant"}}
NEW_CONDITIONS = (None, "fiche.taille > 3", 'fiche.sorte == "a"', "autre.taille > 1")


def nodes(modele: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Every list of étapes of a modèle, blocks included."""
    lists = [modele["etapes"]]
    for node in modele["etapes"]:
        lists += node.get("branches", [])
    return lists


@st.composite
def changed(draw: st.DrawFn, modele: dict[str, Any]) -> dict[str, Any]:
    """Another version: étapes removed, added, moved, renamed, conditions that read what may not be there."""
    other = copy.deepcopy(modele)
    for number in range(draw(st.integers(1, 4))):
        etapes = draw(st.sampled_from([found for found in nodes(other) if found]))
        index = draw(st.integers(0, len(etapes) - 1))
        node = etapes[index]
        match draw(
            st.sampled_from(["remove", "add", "swap", "rename", "si", "replace", "form", "roles", "lines"])
        ):
            case "remove" if len(etapes) > 1:
                etapes.pop(index)
            case "add":
                made = draw(hasard.etape(f"n{number}"))
                made["si"] = draw(st.sampled_from(NEW_CONDITIONS))
                etapes.insert(index, {key: value for key, value in made.items() if value is not None})
            case "swap" if len(etapes) > 1:
                etapes.insert(draw(st.integers(0, len(etapes) - 1)), etapes.pop(index))
            case "rename" if "cle" in node:
                node["cle"] = f"{node['cle']}_r{number}"
            case "si" if "cle" in node:
                if condition := draw(st.sampled_from(NEW_CONDITIONS)):
                    node["si"] = condition
            case "replace" if "cle" in node:
                etapes[index] = draw(hasard.etape(node["cle"]))
            case "form" if "cle" in node:
                node["formulaires"] = [{"nom": "autre", "par": "conseiller"}]
            case "lines":
                other["collections"] = draw(st.sampled_from([{}, {"objets": OTHER_LINES}]))
            case "roles":
                other["roles"] = {
                    "conseiller": {"libelle": "Conseiller", "cote": "cabinet"},
                    "manager": {"libelle": "Manager", "cote": "client"},
                    "juriste": {"libelle": "Juriste", "cote": "cabinet"},
                }
    if not other["collections"]:
        other["faits"] = {}
        for found in nodes(other):
            for node in found:
                node.pop("collections", None)
    other["formulaires"] = {"fiche": "fiche", "autre": "autre"}
    return other


@settings(QUIET, max_examples=120, phases=[Phase.explicit, Phase.generate])
@given(st.data())
def test_no_migration_declared_fine_leaves_a_demarche_stuck(data: st.DataObject) -> None:
    draw = data.draw
    modele = draw(hasard.modele())
    children = {"petit": hasard.CHILD}
    before = version(modele, {"fiche": hasard.FORM}, {"objets": hasard.LINE}, children)
    form = draw(st.sampled_from([hasard.FORM, hasard.FORM, OTHER_FORM]))
    forms = {"fiche": form, "autre": OTHER_FORM}
    after = version(draw(changed(modele)), forms, {"objets": hasard.LINE}, children)
    monde = Monde(before)
    monde.open(draw(st.sampled_from(["demande", "dossier"])), fiche={"nom": "zoe", "sorte": "a"})
    for _ in range(draw(st.integers(0, 10))):
        hasard.play(monde, draw)
    found = aller(monde, after, draw)
    if found is None:
        return
    assert fold(DemarcheState(demarche_id=DEMARCHE_ID), monde.journal) == monde.state
    for _ in range(draw(st.integers(0, 8))):
        hasard.play(monde, draw)
        hasard.rest(monde)
    if monde.state.open and draw(st.booleans()):
        aller(monde, before, draw, retour=True)
        for _ in range(draw(st.integers(0, 4))):
            hasard.play(monde, draw)
            hasard.rest(monde)
    hasard.finish(monde)
    events = EVENTS.validate_json(EVENTS.dump_json(monde.journal))
    assert fold(DemarcheState(demarche_id=DEMARCHE_ID), events) == monde.state
