"""Bad input (issue « modèles »): what would loop, swell or never end is refused or stopped, clearly and soon."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.monde import Monde, program_of
from workflows.engine.bundle import from_folder
from workflows.engine.findings import ModeleError
from workflows.engine.program import Program
from workflows.engine.simulation import Scenario, Simulation

ROLES = {
    "conseiller": {"libelle": "Conseiller", "cote": "cabinet"},
    "manager": {"libelle": "Manager", "cote": "client"},
    "tiers": {"libelle": "Tiers", "cote": "tiers"},
}


def modele(*etapes: dict[str, Any], **more: Any) -> Program:
    return program_of(
        {
            "modele": "essai",
            "titre": "Essai",
            "categorie": "test",
            "reference": "ESS",
            "clients": ["entreprise"],
            "nom": '"Essai"',
            "roles": ROLES,
            "etapes": list(etapes),
            **more,
        }
    )


def back_to(cle: str, after: str) -> dict[str, Any]:
    """An étape that gives up on its event and goes back."""
    event = {
        "cle": "ar",
        "titre": "Accusé",
        "de": "tiers",
        "echeance": f"entree + {after}",
        "sinon": {"message": "Rien.", "a": "conseiller", "retour": cle},
    }
    return {"cle": "accuse", "titre": "Accusé", "evenements": [event]}


def test_a_file_of_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "gros.yaml"
    file.write_bytes(b"a: " + b"x" * 10_000_000)
    with pytest.raises(ModeleError) as caught:
        from_folder(tmp_path, file)
    assert [finding.code for finding in caught.value.findings] == ["fichier_trop_gros"]
    assert caught.value.findings[0].remedy


def test_a_scenario_that_never_ends_is_stopped_and_says_so() -> None:
    """The firm sends the letter again every half hour, nobody ever acknowledges it."""
    program = modele(
        {
            "cle": "envoi",
            "titre": "Envoi",
            "taches": [{"cle": "envoyer", "titre": "Envoyer", "pour": "conseiller"}],
        },
        back_to("envoi", "30min"),
    )
    scenario = Scenario.model_validate({"silence": ["tiers"], "delais": {"conseiller": "1h"}})
    simulation = Simulation(program, scenario, date(2026, 3, 2), timedelta(days=3000))
    steps = sum(1 for _ in simulation.run())
    assert simulation.ending == "boucle" and 100 < steps < 1000


def test_a_loop_without_anyone_never_stops_the_engine() -> None:
    """Refused before publishing (`boucle_sans_personne`); played all the same, each turn takes its time."""
    program = modele(
        {"cle": "attente", "titre": "Attente", "attendre": "entree + 1j"}, back_to("attente", "1j")
    )
    monde = Monde(program)
    monde.open()
    said = monde.later(days=30)
    backs = [event.at for event in said if event.fact.type == "SentBack"]
    assert 10 <= len(backs) <= 30, "one turn at a time, each waiting for its deadline"


def test_a_recurring_etape_that_awaits_nothing_comes_once_a_period() -> None:
    """It ends as soon as it begins: it must not come round again at once."""
    program = modele(
        {"cle": "vide", "titre": "Vide", "recurrente": {"tous_les": "1j"}},
        {"cle": "fin", "titre": "Fin", "terminee": "manuelle"},
    )
    monde = Monde(program)
    monde.open()
    said = monde.later(days=10, hours=1)
    assert len([event for event in said if event.fact.type == "EtapeRecurred"]) == 10


def test_automations_do_not_set_each_other_off() -> None:
    """An automation that makes what another one listens to plays once."""
    asked = {"cle": "encore", "message": "Encore ?", "a": "manager", "obligatoire": False}
    program = modele(
        {
            "cle": "a",
            "titre": "A",
            "terminee": "manuelle",
            "actions_client": [{"cle": "un", "message": "Un ?", "a": "manager"}],
            "automatisations": [{"quand": "action", "action": asked}],
        }
    )
    monde = Monde(program)
    monde.open()
    for count in (2, 3):
        waiting = [a.id for a in monde.state.actions.values() if a.statut == "attente_client"]
        monde.send("AnswerAction", "manager", action=waiting[0], message="oui")
        assert len(monde.state.actions) == count
