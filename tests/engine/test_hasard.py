"""Property tests: no sequence of commands reaches a broken state, on any small modèle and on the embauche."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine import hasard
from tests.engine.monde import DEMARCHE_ID, Monde, program_of
from tests.engine.parcours import ETAPES, ready_until
from workflows.engine.evolve import fold
from workflows.engine.facts import EVENTS
from workflows.engine.state import DemarcheState

# The same examples in every run of the checks; EXPLORER=1 looks for new ones.
QUIET = settings(
    derandomize="EXPLORER" not in os.environ,
    report_multiple_bugs=False,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)


def replayed(monde: Monde) -> None:
    """The whole journal, through JSON, gives back the state."""
    events = EVENTS.validate_json(EVENTS.dump_json(monde.journal))
    assert fold(DemarcheState(demarche_id=DEMARCHE_ID), events) == monde.state


@settings(QUIET, max_examples=150)
@given(st.data())
def test_any_small_modele(data: st.DataObject) -> None:
    draw = data.draw
    monde = Monde(
        program_of(
            draw(hasard.modele()), {"fiche": hasard.FORM}, {"objets": hasard.LINE}, {"petit": hasard.CHILD}
        )
    )
    # Filled from the start: a modèle whose conditions read what may be missing is not published.
    monde.open(draw(st.sampled_from(["demande", "dossier"])), fiche={"nom": "zoe", "sorte": "a"})
    for _ in range(draw(st.integers(1, 15))):
        hasard.play(monde, draw)
        hasard.rest(monde)
    hasard.finish(monde)
    replayed(monde)


@settings(QUIET, max_examples=60)
@given(st.data())
def test_the_embauche(data: st.DataObject) -> None:
    draw = data.draw
    monde = ready_until(draw(st.sampled_from(ETAPES)))
    monde.journal = []
    begun = monde.state.model_copy(deep=True)
    for _ in range(draw(st.integers(1, 15))):
        hasard.play(monde, draw)
        hasard.rest(monde)
    events = EVENTS.validate_json(EVENTS.dump_json(monde.journal))
    assert fold(begun, events) == monde.state
