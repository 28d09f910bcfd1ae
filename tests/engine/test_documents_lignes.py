"""A document made per line says nothing of the other lines: neither what it is given, nor its name."""

from __future__ import annotations

import json

from activities.rules_port import RULES
from cli.paths import ROOT
from tests.engine.monde import paris
from workflows.engine.bundle import from_folder
from workflows.engine.facts import EffectRequested
from workflows.engine.produced import about_one
from workflows.engine.program import Program
from workflows.engine.simulation import Simulation, read_scenario
from workflows.engine.state import DemarcheState, LigneState

SECOND = (
    "evenements:\n"
    "  - apres: 4j\n"
    "    commande: {type: AddLigne, collection: dettes, donnees: {nom: Carte, creancier: Banque Azur, "
    "nature: credit_consommation, montant_initial: 90000, capital_restant_du: 85000, arrete_le: J+0}}\n"
)


def test_no_creditor_reads_what_is_proposed_to_another() -> None:
    """DET-21: two creditors, two files, each with its own debt and nothing of the other."""
    program = Program(from_folder(ROOT, ROOT / "process_templates" / "dettes.yaml").bundle, RULES, "0" * 64)
    file = ROOT / "process_templates" / "scenarios" / "dettes_plan.yaml"
    text = file.read_text(encoding="utf-8").replace("evenements:\n", SECOND, 1)
    scenario = read_scenario(text, file.name)
    assert scenario.debut is not None
    told: dict[str, str] = {}
    for step in Simulation(program, scenario, scenario.debut).run():
        lines = step.state.collections.get("dettes", {})
        for event in step.events:
            if isinstance(event.fact, EffectRequested) and event.fact.effect.kind == "document":
                params = event.fact.params
                document = step.state.documents[params["document"]]
                if document.ligne is None:
                    continue
                told[lines[document.ligne].nom] = json.dumps(params, ensure_ascii=False)
                assert "dettes" not in params["context"]
    assert set(told) == {"Loyers", "Carte"}
    for word in ("Carte", "Banque Azur"):
        assert word in told["Carte"]
        assert word not in told["Loyers"]
    for word in ("Loyers", "SCI des Tilleuls"):
        assert word in told["Loyers"]
        assert word not in told["Carte"]


def test_what_mentions_another_line_is_taken_out() -> None:
    now = paris("2026-03-02 09:00")
    state = DemarcheState(demarche_id="d")
    lines = {
        key: LigneState(id=key, nom=nom, donnees={}, added_at=now, added_by="x")
        for key, nom in (("a", "Loyers"), ("b", "Carte"))
    }
    state.collections["dettes"] = lines
    data = {
        "dettes": [{"id": "a"}, {"id": "b"}],
        "paiements": [{"dette": "Carte", "montant": 1}, {"dette": "Loyers", "montant": 2}],
        "choix": {"ligne": "b", "ville": "Carte", "liste": ["a", "b", "Carte"]},
        "lectures": {"plans": {"scenarios": [{"parts": [{"dette": "b"}, {"dette": "a"}, {"dette": None}]}]}},
    }
    assert about_one(data, state, "dettes", lines["a"]) == {
        "paiements": [{"dette": "Loyers", "montant": 2}],
        "choix": {"ville": "Carte", "liste": ["a"]},
        "lectures": {"plans": {"scenarios": [{"parts": [{"dette": "a"}, {"dette": None}]}]}},
    }
