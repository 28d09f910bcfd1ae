"""A modèle changes under a running démarche: difference, trial, correspondence, migration, and back (MOD-09)."""

import re
import subprocess
import sys
from datetime import datetime

import pytest
from playwright.sync_api import expect

from cli.demo import programs_env
from cli.stack import Stack
from demo.acteurs import attendre
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from demo.metiers import optimisation
from store.utilisateur import Role
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints
from tests.e2e.test_recouvrement import picture

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

# Another version of a modèle, one étape under another name: that of the embauche, that of a démarche it opens.
PUBLISH = """
import asyncio, sys
from activities.publication import ROOT, TEMPLATES
from store import modele
from store.session import dispose, session_scope
from workflows.engine.bundle import contents, from_folder
from workflows.engine.modele import Bundle

async def main(cle, avant, apres, enfant=None):
    found = contents(from_folder(ROOT, ROOT / TEMPLATES / f"{cle}.yaml").bundle)
    bundle = found["enfants"][enfant] if enfant else found
    for etape in bundle["modele"]["etapes"]:
        if etape.get("cle") == avant:
            etape["cle"] = apres
    read = Bundle.model_validate(found)
    async with session_scope() as session:
        for child in read.enfants.values():
            await modele.publish(session, child.modele.modele, contents(child))
        await modele.publish(session, cle, contents(read))
    await dispose()

asyncio.run(main(*sys.argv[1:]))
"""


def publish(pile: Stack, *changed: str) -> None:
    subprocess.run([sys.executable, "-c", PUBLISH, *changed], env=programs_env(pile), check=True)


def test_from_trial_to_return(nav: Navigation, pile: Stack) -> None:
    dossier = nav.embauche("pharmacie", someone("Nour", jours(14, datetime.now(PARIS).date())))
    dossier.declare(datetime.now(PARIS))
    dossier.valide_demande()
    publish(pile, "embauche", "informations_salarie", "renseignements")

    chief = next(person for person in EQUIPE if person.role != Role.CONSEILLER)
    page = nav.open(chief.email)
    page.goto("/console/modeles/embauche")
    expect(page.get_by_role("heading", name=re.compile("Ce qui change jusqu’à la version"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"avant l’étape, \d+ dedans")).first).to_be_visible()
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
    expect(page.get_by_text(re.compile(r"(suit|suivent) la version"))).to_be_visible()
    page.get_by_role("button", name="Essayer le retour en arrière").click()
    page.get_by_role("button", name=re.compile("^Revenir en arrière pour")).click()
    expect(page.get_by_text(re.compile(r"(suit|suivent) la version"))).to_be_visible()


def test_an_etape_of_the_demarches_it_opens_is_placed_on_the_screen(nav: Navigation, pile: Stack) -> None:
    """The difference tells what changes in a child; its étape that is gone is given a place, and back (MOD-09)."""
    client = next(each for each in CLIENTS if each.cle == "aubert")
    adviser = next(each for each in EQUIPE if each.email.startswith(client.conseiller))
    titulaire = nav.acteur(client.email)
    dossier = optimisation(titulaire, nav.acteur(adviser.email), tiers_id=nav.monde.tiers[client.cle])
    for offre in dossier.lignes("offres"):
        statut = "acceptee" if offre["nom"].startswith("Internet") else "refusee"
        dossier.marque("offres", offre["id"], statut, titulaire)
    dossier.remplit("decision", "titulaire", {"mandat": False})
    [changement] = dossier.enfants().values()
    changement.avance("materiel", {})
    publish(pile, "optimisation_abonnements", "materiel", "livraison", "abonnement_fournisseur")

    def stands(cle: str) -> bool:
        etapes = changement.vue()["etapes"]
        return [each["cle"] for each in etapes if each["statut"] == "en_cours"] == [cle]

    chief = next(person for person in EQUIPE if person.role != Role.CONSEILLER)
    page = nav.open(chief.email)
    page.goto("/console/modeles/optimisation_abonnements")
    expect(page.get_by_text(re.compile("étape «.Réception du matériel.», démarches")).first).to_be_visible()
    page.get_by_role("button", name="Essayer", exact=True).click()
    place = page.get_by_role(
        "combobox", name=re.compile("Où va l’étape «.Réception du matériel.» des démarches")
    )
    place.click()
    page.get_by_role("option", name=re.compile("suggérée")).click()
    page.get_by_role("button", name="Essayer avec ces correspondances").click()
    expect(page.get_by_text("Peut migrer").first).to_be_visible()
    # What was chosen stays in sight, to be changed.
    expect(place).to_have_value(re.compile("Réception du matériel"))
    wrong = []
    for taille in (TELEPHONE, BUREAU):
        page.set_viewport_size(taille)
        wrong += complaints(page)
        picture(page, f"migration-{taille['width']}")
    assert not wrong, "\n".join(wrong)
    page.get_by_role("button", name=re.compile("^Migrer")).click()
    expect(page.get_by_text(re.compile(r"(suit|suivent) la version"))).to_be_visible()
    attendre("l'étape de l'enfant à sa place", lambda: stands("livraison"))
    page.get_by_role("button", name="Essayer le retour en arrière").click()
    page.get_by_role("button", name=re.compile("^Revenir en arrière pour")).click()
    expect(page.get_by_text(re.compile(r"(suit|suivent) la version"))).to_be_visible()
    attendre("l'étape de l'enfant revenue", lambda: stands("materiel"))
