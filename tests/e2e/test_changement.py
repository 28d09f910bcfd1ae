"""A modèle changes under a running démarche: difference, trial, correspondence, migration, and back (MOD-09)."""

import re
import subprocess
import sys
from datetime import datetime

import pytest
from playwright.sync_api import expect

from cli.demo import programs_env
from cli.stack import Stack
from demo.comptes import EQUIPE
from demo.embauche import PARIS, jours
from store.utilisateur import Role
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

# A second version of the embauche: one étape has another name.
PUBLISH = """
import asyncio
from activities.publication import ROOT, TEMPLATES
from store import modele
from store.session import dispose, session_scope
from workflows.engine.bundle import contents, from_folder

async def main():
    found = contents(from_folder(ROOT, ROOT / TEMPLATES / "embauche.yaml").bundle)
    for etape in found["modele"]["etapes"]:
        if etape.get("cle") == "informations_salarie":
            etape["cle"] = "renseignements"
    async with session_scope() as session:
        await modele.publish(session, "embauche", found)
    await dispose()

asyncio.run(main())
"""


def test_from_trial_to_return(nav: Navigation, pile: Stack) -> None:
    dossier = nav.embauche("pharmacie", someone("Nour", jours(14, datetime.now(PARIS).date())))
    dossier.declare(datetime.now(PARIS))
    dossier.valide_demande()
    subprocess.run([sys.executable, "-c", PUBLISH], env=programs_env(pile), check=True)

    chief = next(person for person in EQUIPE if person.role != Role.CONSEILLER)
    page = nav.open(chief.email)
    page.goto("/console/modeles/embauche")
    expect(page.get_by_role("heading", name=re.compile("Ce qui change jusqu’à la version"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"avant, \d+ dedans")).first).to_be_visible()
    page.get_by_role("button", name="Essayer", exact=True).click()
    expect(page.get_by_text("Attend une correspondance").first).to_be_visible()
    page.get_by_role("combobox", name=re.compile("Où va l’étape")).first.click()
    page.get_by_role("option", name=re.compile("suggérée")).click()
    page.get_by_role("button", name="Essayer avec ces correspondances").click()
    expect(page.get_by_text("Peut migrer").first).to_be_visible()
    wrong = []
    for taille in (TELEPHONE, BUREAU):
        page.set_viewport_size(taille)
        wrong += complaints(page)
    assert not wrong, "\n".join(wrong)
    page.get_by_role("button", name=re.compile("^Migrer")).click()
    expect(page.get_by_text(re.compile(r"sur \d+ faite"))).to_be_visible()
    page.get_by_role("button", name="Essayer le retour en arrière").click()
    page.get_by_role("button", name=re.compile("^Revenir en arrière pour")).click()
    expect(page.get_by_text(re.compile(r"sur \d+ faite"))).to_be_visible()
