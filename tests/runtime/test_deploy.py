"""The files of a real installation name settings and options that exist."""

from __future__ import annotations

import re

import pytest

from cli.paths import ROOT
from cli.up import chosen
from store.settings import Settings

DEPLOY = ROOT / "deploy"
SETTING = re.compile(r"^#? ?(ELASKA_[A-Z0-9_]+)=", re.M)


def test_every_setting_of_the_example_exists() -> None:
    named = SETTING.findall((DEPLOY / "elaska.env.exemple").read_text(encoding="utf-8"))
    fields = {f"ELASKA_{name.upper()}" for name in Settings.model_fields}
    assert len(named) > 15
    assert set(named) <= fields


def test_the_example_asks_for_every_required_setting() -> None:
    named = set(SETTING.findall((DEPLOY / "elaska.env.exemple").read_text(encoding="utf-8")))
    required = {
        f"ELASKA_{name.upper()}" for name, field in Settings.model_fields.items() if field.is_required()
    }
    assert required <= named


def test_the_example_holds_no_secret() -> None:
    text = (DEPLOY / "elaska.env.exemple").read_text(encoding="utf-8")
    for name in ("MASTER_KEY", "SMTP_PASSWORD", "TEMPORAL_API_KEY"):
        assert re.search(rf"^#? ?ELASKA_{name}=$", text, re.M)


@pytest.mark.parametrize("unit", ["elaska.service", "elaska-worker@.service"])
def test_units_start_services_that_exist(unit: str) -> None:
    text = (DEPLOY / unit).read_text(encoding="utf-8")
    only = re.findall(r"--seulement (\w+)", text)
    assert only
    assert set(chosen(only)) == set(only)
