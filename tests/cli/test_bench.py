"""What a bench prints: a figure that was not measured is told so, with the reason, never left out nor invented."""

from __future__ import annotations

import json

import pytest

from bench._reel import not_measured, timer_goal, timer_measures
from bench._report import Report

REASON = "il faut un vrai Temporal"


def test_what_was_not_measured_has_no_value_and_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("essai")
    report.mesures["autre"] = 3
    report.goal("vite", 2, 1.0)
    not_measured(report, 1000, REASON)
    assert report.print(as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["mesures"].pop("autre") == 3
    assert set(told["mesures"].values()) == {None}
    assert told["non_mesures"] == dict.fromkeys(told["mesures"], REASON)
    assert set(timer_measures(1000, "un seul instant")) <= set(told["mesures"])
    goals = {goal["nom"]: (goal["valeur"], goal["tenu"], goal["non_mesure"]) for goal in told["objectifs"]}
    assert goals.pop("vite") == (2, False, None)
    assert set(goals.values()) == {(None, None, REASON)}
    assert timer_goal(1000) in goals


def test_a_table_says_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("essai")
    report.absent("rejeux", REASON)
    report.goal_absent("retard", 1.0, REASON)
    report.print(as_json=False)
    said = capsys.readouterr().out
    assert f"non mesuré : {REASON}" in said
    assert f"retard : {REASON} (objectif ≤ 1.0)" in said
