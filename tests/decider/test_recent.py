"""States kept a moment by the decider: found again only as they were recorded."""

from __future__ import annotations

import pytest

from activities import decider
from activities.recent import Left, Recent
from store.crypto import CACHE_SECONDS
from store.projection import Rows
from tests.bureau import Bureau
from tests.decider.test_decider import check_consistent, opened
from workflows.engine.commands import Refusal
from workflows.engine.state import DemarcheState


def left(name: str) -> Left:
    return Left(DemarcheState(demarche_id=name), Rows({}, {}, [], {}), name.encode())


def test_one_taker_and_the_oldest_leaves_first() -> None:
    recent = Recent(size=2)
    for name in "abc":
        recent.keep(name, left(name))
    assert recent.take("a") is None
    found = recent.take("b")
    assert found is not None and found.state.demarche_id == "b"
    assert recent.take("b") is None and recent.take("c") is not None


def test_nothing_is_kept_longer_than_a_key() -> None:
    now = 0.0
    recent = Recent(clock=lambda: now)
    recent.keep("a", left("a"))
    now = CACHE_SECONDS - 1
    recent.keep("b", left("b"))
    now = CACHE_SECONDS
    assert recent.take("a") is None and recent.take("b") is not None


class Spied(Recent):
    """Says how often a state was found."""

    def __init__(self) -> None:
        super().__init__()
        self.found = 0

    def take(self, demarche_id: str) -> Left | None:
        kept = super().take(demarche_id)
        self.found += kept is not None
        return kept


@pytest.fixture
def recent(monkeypatch: pytest.MonkeyPatch) -> Spied:
    made = Spied()
    monkeypatch.setattr(decider, "_recent", made)
    return made


async def test_a_kept_state_serves_and_a_refusal_does_not_change_it(bureau: Bureau, recent: Spied) -> None:
    demarche_id = await opened(bureau)
    for n in range(3):
        await bureau.decide(demarche_id, bureau.command("AddTache", titre=f"Tâche {n}"))
        with pytest.raises(Refusal):
            await bureau.decide(demarche_id, bureau.command("CompleteTache", tache="inconnue"))
    assert recent.found >= 3
    assert len((await bureau.state(demarche_id)).taches) == 4
    await check_consistent(bureau, demarche_id)


async def test_a_state_that_another_process_has_changed_is_read_again(bureau: Bureau, recent: Spied) -> None:
    demarche_id = await opened(bureau)
    await bureau.decide(demarche_id, bureau.command("AddTache", titre="Ici"))
    stale = recent.take(str(demarche_id))
    assert stale is not None
    # Elsewhere, where nothing is kept.
    await bureau.decide(demarche_id, bureau.command("AddTache", titre="Ailleurs"))
    recent.keep(str(demarche_id), stale)
    await bureau.decide(demarche_id, bureau.command("AddTache", titre="Ici encore"))
    titres = [tache.titre for tache in (await bureau.state(demarche_id)).taches.values()]
    assert {"Ici", "Ailleurs", "Ici encore"} < set(titres)
    await check_consistent(bureau, demarche_id)


async def test_what_was_not_committed_is_not_kept(bureau: Bureau, recent: Spied) -> None:
    """A state kept under a hash that PostgreSQL does not have is never found."""
    demarche_id = await opened(bureau)
    before = recent.take(str(demarche_id))
    assert before is not None
    before.state.taches.clear()
    recent.keep(str(demarche_id), Left(before.state, before.rows, b"never committed"))
    await bureau.decide(demarche_id, bureau.command("AddTache", titre="Appeler"))
    assert len((await bureau.state(demarche_id)).taches) == 2
    await check_consistent(bureau, demarche_id)
