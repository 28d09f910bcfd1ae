"""Every key that promises a deadline, a reminder or an escalation is seen firing in an example (DESIGN, section 4)."""

from __future__ import annotations

from functools import cache

import pytest

from tests.engine.promesses import fired, promises
from tests.engine.test_corpus import CORPUS, play_file


@cache
def shown() -> dict[str, str]:
    """Promise → first example of the corpus that keeps it."""
    found: dict[str, str] = {}
    for file in CORPUS:
        for key in sorted(fired(play_file(file))):
            found.setdefault(key, file.stem)
    return found


@pytest.mark.parametrize("promise", sorted(promises()))
def test_every_promise_fires_in_an_example(promise: str) -> None:
    """DESIGN 4: what `promises()` reads from the classes of the language."""
    assert promise in shown(), "aucun exemple de tests/engine/corpus ne montre cette promesse tenue"


def test_a_key_of_tomorrow_is_in_the_list() -> None:
    """The list is read from the language, not kept by hand: each of its parts holds what is known to be there."""
    assert {"Relance.repeter", "Retard.statut", "Sinon.suite=continuer", "Etape.attendre"} <= promises()
    assert {"PourChaque.retard", "Participant.lien_valable", "délai en jouv", "ancre ligne"} <= promises()
    assert "Relance.cle" not in promises() and "Etape.titre" not in promises()


def test_an_example_shows_nothing_that_is_not_promised() -> None:
    assert sorted(shown().keys() - promises()) == []
