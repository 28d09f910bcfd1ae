"""A spread: each démarche sends its reminder at an instant of its own, always the same, within the delay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.engine.monde import Monde, paris, program_of
from workflows.engine.state import DemarcheState

MODELE: dict[str, Any] = {
    "modele": "essai",
    "titre": "Essai",
    "categorie": "test",
    "reference": "ESS",
    "clients": ["entreprise"],
    "nom": '"Essai"',
    "roles": {
        "conseiller": {"libelle": "Conseiller", "cote": "cabinet"},
        "manager": {"libelle": "Manager", "cote": "client"},
    },
    "etapes": [
        {
            "cle": "a",
            "titre": "A",
            "pieces": [{"cle": "p", "titre": "P", "de": "manager"}],
            "relances": [
                {
                    "cle": "r",
                    "quand": "entree + 1j à 09:00",
                    "tant_que": "pieces",
                    "repeter": "1j",
                    "maximum": 3,
                    "etalement": "2h",
                    "courriel": "rappel",
                    "a": "manager",
                }
            ],
        }
    ],
}


def sent_at(number: int) -> list[timedelta]:
    """How long after 09:00 each reminder of one démarche goes out."""
    monde = Monde(program_of(MODELE))
    monde.state = DemarcheState(demarche_id=f"11111111-1111-4111-8111-{number:012d}")
    monde.open()
    said = monde.later(days=10)
    days = [event.at for event in said if event.fact.type == "RelanceSent"]
    return [at - paris(f"{at:%Y-%m-%d} 09:00") for at in days]


def test_each_demarche_has_its_own_instant_and_keeps_it() -> None:
    found = [sent_at(number) for number in range(40)]
    assert all(len(of_one) == 3 and len(set(of_one)) == 1 for of_one in found), (
        "it moves from one to the next"
    )
    firsts = {of_one[0] for of_one in found}
    assert len(firsts) > 35, "démarches share an instant"
    assert min(firsts) >= timedelta(0) and max(firsts) <= timedelta(hours=2)
    assert max(firsts) - min(firsts) > timedelta(hours=1), "nothing is spread"
    assert sent_at(7) == found[7]
