"""Delays in jours ouvrables and jours francs, on the worked examples of the law."""

from __future__ import annotations

from datetime import date

import pytest

from activities.rules_port import RULES
from workflows.engine.moment import Delay, Moment


@pytest.mark.parametrize(
    ("day", "written", "last"),
    [
        # 48 h without Sundays and public holidays, 11 November between (CSS R441-3).
        (date(2026, 11, 9), "2jouv", date(2026, 11, 12)),
        # A Saturday is ouvrable, a Sunday is not.
        (date(2026, 11, 20), "2jouv", date(2026, 11, 23)),
        # Neither the first nor the last day counts (CSS R441-6, R441-7).
        (date(2026, 11, 12), "10jf", date(2026, 11, 23)),
        (date(2026, 11, 12), "30jf", date(2026, 12, 13)),
    ],
)
def test_last_day(day: date, written: str, last: date) -> None:
    delay = Delay.parse(written)
    assert RULES.shift(day, delay.amount, delay.unit) == last


@pytest.mark.parametrize("text", ["accident.connu_le + 2jouv à 17:00", "entree + 30jf", "entree + 5jo"])
def test_a_moment_is_written_as_it_was_read(text: str) -> None:
    assert str(Moment.parse(text)) == text
