"""`elaska reconstruire`: Temporal's database is disposable, PostgreSQL holds all that a démarche is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.demo import programs_env
from cli.paths import ROOT
from cli.stack import Stack
from tests.runtime.outils import child_env

pytestmark = pytest.mark.pannes

OPEN_TWO = """
import asyncio, json, os
from datetime import date, datetime
from demo import cabinet
from demo.acteurs import Acteur, Adresses
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, Embauche, Salarie, jours

adresses = Adresses(os.environ["ELASKA_BASE_URL"], os.environ["ELASKA_MAIL_URL"])
tiers = asyncio.run(cabinet.installe())
client, staff = CLIENTS[0], EQUIPE[0]
manager = Acteur.connecte(adresses, client.email)
conseiller = Acteur.connecte(adresses, staff.email, staff.seed)
entree = jours(16, datetime.now(PARIS).date())
ids = []
for prenom in ("Léa", "Hugo"):
    salarie = Salarie(prenom, "Martin", "femme", date(1998, 5, 17), "Vendeuse", entree)
    embauche = Embauche(adresses, manager, conseiller, salarie, tiers_id=tiers[client.cle])
    embauche.declare()
    ids.append(embauche.id)
print(json.dumps(ids))
"""
GO_ON = """
import json, os, sys
from demo.acteurs import Acteur, Adresses
from demo.comptes import EQUIPE

adresses = Adresses(os.environ["ELASKA_BASE_URL"], os.environ["ELASKA_MAIL_URL"])
conseiller = Acteur.connecte(adresses, EQUIPE[0].email, EQUIPE[0].seed)
phases = []
for id in json.loads(sys.argv[1]):
    conseiller.post(f"/demarches/{id}/prise-en-charge", {})
    phases.append(conseiller.get(f"/demarches/{id}")["phase"])
print(json.dumps(phases))
"""


def play(stack: Stack, script: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=programs_env(stack),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answer: list[str] = json.loads(done.stdout)
    return answer


def rebuild(data: Path) -> str:
    done = subprocess.run(
        [str(ROOT / "elaska"), "reconstruire", "--donnees", str(data)],
        env=child_env(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def embauche_alone(folder: Path) -> Path:
    """The only modèle that these démarches follow, with what it uses."""
    for name in ("forms", "services", "documents"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "process_templates").mkdir()
    shutil.copy(ROOT / "process_templates" / "embauche.yaml", folder / "process_templates")
    return folder


@pytest.mark.timeout(500)
def test_demarches_go_on_after_temporal_was_deleted(data: Path) -> None:
    modeles = {"ELASKA_MODELES_DIR": str(embauche_alone(data.parent / "modeles"))}
    with Stack(data, durable=False, demo_clock=True, build_ui=False, extra_env=modeles) as stack:
        demarches = play(stack, OPEN_TWO)
    shutil.rmtree(data / "temporal")

    assert rebuild(data) == "Démarches en cours : 2 ; recréées dans Temporal : 2."

    with Stack(data, durable=False, demo_clock=True, build_ui=False, extra_env=modeles) as stack:
        assert play(stack, GO_ON, json.dumps(demarches)) == ["demande", "demande"]
        # Given again, on the running installation: nothing is started twice.
        assert rebuild(data) == "Démarches en cours : 2 ; recréées dans Temporal : 0."
