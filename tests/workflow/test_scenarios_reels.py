"""Scenarios of the shipped modèles on the real stack: the same facts and statuses as in the simulator.

Chosen: the nominal life of embauche, recouvrement and optimisation d'abonnements, and the branches that lean on what
only the real stack has: reminders and escalation of someone silent across a suspension, a plan with a missed
instalment, the judicial phase, an offer changed and sent back, children that live and end. The others play in the
simulator; here too when `TESTS_ELASKA_SCENARIOS=tous` asks for them, but for the one in which the register is silent
(recouvrement_penalites_abandonnees): this one always answers.
"""

from __future__ import annotations

import json
import os

import pytest

from store.settings import settings
from tests.fakes.entreprises import entreprise, entreprises
from tests.fakes.sms import TOKEN, gateway
from tests.workflow.conftest import Pile
from tests.workflow.postbox import Postbox
from tests.workflow.scenarios import Played

CHOSEN = (
    ("embauche", "embauche_cdi"),
    ("embauche", "embauche_silence"),
    ("recouvrement", "recouvrement_judiciaire"),
    ("recouvrement", "recouvrement_plan"),
    ("optimisation_abonnements", "optimisation_abonnements_globale"),
    ("optimisation_abonnements", "optimisation_abonnements_ajustement"),
)
OTHERS = (
    ("embauche", "embauche_retards"),
    ("recouvrement", "recouvrement_debiteur_cesse"),
    ("recouvrement", "recouvrement_particulier"),
    ("recouvrement", "recouvrement_pieces_tardives"),
    ("recouvrement", "recouvrement_regle_a_l_ouverture"),
    ("optimisation_abonnements", "optimisation_abonnements_refus"),
    ("optimisation_abonnements", "optimisation_abonnements_sans_documents"),
    ("optimisation_abonnements", "optimisation_abonnements_veille"),
)
PLAYED = CHOSEN + (OTHERS if os.environ.get("TESTS_ELASKA_SCENARIOS") == "tous" else ())


@pytest.mark.parametrize(("modele", "scenario"), PLAYED, ids=[scenario for _, scenario in PLAYED])
async def test_as_in_the_simulator(
    pile: Pile, postbox: Postbox, monkeypatch: pytest.MonkeyPatch, modele: str, scenario: str
) -> None:
    known = (
        entreprise("552100554", "GARAGE LAMBERT", date_fermeture=None),
        entreprise("732829320", "LIBRAIRIE BOREAL", "C", date_fermeture="2026-02-14"),
    )
    with gateway() as sms, entreprises(*known) as register:
        services = {"entreprises": {"url": register.url, "prive": True}}
        monkeypatch.setenv("ELASKA_SERVICES", json.dumps(services))
        monkeypatch.setenv("ELASKA_SMS_URL", sms.url)
        monkeypatch.setenv("ELASKA_SMS_TOKEN", TOKEN)
        settings.cache_clear()
        played = Played(pile, modele, scenario)
        await played.play()
        simulated = played.simulation
        assert simulated.ending in ("terminee", "annulee")
        for expected, found in await played.outcomes():
            for key, value in expected.items():
                assert found[key] == value, key
        wanted = simulated.scenario.attendu
        assert wanted is not None and wanted.sms in (None, len(sms.sent))
        # The debtor's SIREN, where the scenario has one.
        siren = simulated.scenario.donnees.get("creance", {}).get("debiteur_siren")
        asked = {siren} if siren else set()
        assert {query["q"] for query in register.asked} == asked
    settings.cache_clear()
    assert set(postbox.ids.values()) == {1}, "each mail once"
