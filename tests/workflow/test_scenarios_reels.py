"""Every scenario of the shipped modèles on the real stack: the same facts and statuses as in the simulator."""

from __future__ import annotations

import json

import pytest

from activities.essai_modele import scenarios_of
from tests.fakes.entreprises import entreprise, entreprises
from tests.fakes.sms import TOKEN, gateway
from tests.fakes.suivi_courrier import KEY, suivi_courrier
from tests.reglages import regle
from tests.workflow.conftest import Pile
from tests.workflow.postbox import Postbox
from tests.workflow.scenarios import ROOT, Played
from workflows.engine.simulation import dated

NUMERO = "1A12345678901"
"""Number of the registered letter in the scenarios that have one followed."""


def _scenarios() -> list[tuple[str, str]]:
    """Every scenario of the repository, with the modèle it is about."""
    modeles = sorted(path.stem for path in (ROOT / "process_templates").glob("*.yaml"))
    return [(modele, path.stem) for modele in modeles for path in scenarios_of(modele, ROOT)]


@pytest.mark.parametrize(("modele", "scenario"), _scenarios())
async def test_as_in_the_simulator(pile: Pile, postbox: Postbox, modele: str, scenario: str) -> None:
    known = (
        entreprise("552100554", "GARAGE LAMBERT", date_fermeture=None),
        entreprise("732829320", "LIBRAIRIE BOREAL", "C", date_fermeture="2026-02-14"),
    )
    with gateway() as sms, entreprises(*known) as register, suivi_courrier() as la_poste:
        services = {
            "entreprises": {"url": register.url, "prive": True},
            "suivi_courrier": {"url": la_poste.url, "prive": True, "secret": KEY},
        }
        given = {
            "ELASKA_SERVICES": json.dumps(services),
            "ELASKA_SMS_URL": sms.url,
            "ELASKA_SMS_TOKEN": TOKEN,
        }
        played = Played(pile, modele, scenario)
        simulated = played.simulation
        if "annuaire" in simulated.scenario.silence:
            register.first = [503] * 1000
        letter = simulated.scenario.donnees.get("suivi")
        if letter is not None:
            la_poste.known = {NUMERO: dated(letter["evenements"], simulated.begin)}
            la_poste.refusals = len(simulated.scenario.refus)
        with regle(**given):
            await played.play()
        assert simulated.ending in ("terminee", "annulee")
        for expected, found in await played.outcomes():
            for key, value in expected.items():
                assert found[key] == value, key
        wanted = simulated.scenario.attendu
        assert wanted is not None and wanted.sms in (None, len(sms.sent))
        # The debtor's SIREN, where the scenario has one, once the request is accepted.
        siren = simulated.scenario.donnees.get("creance", {}).get("debiteur_siren")
        asked = {siren} if siren and simulated.state.phase == "dossier" else set()
        assert {query["q"] for query in register.asked} == asked
        assert bool(la_poste.asked) == (letter is not None)
    assert set(postbox.ids.values()) == {1}, "each mail once"
