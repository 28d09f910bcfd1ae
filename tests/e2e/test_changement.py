"""A modèle changes under a running démarche: difference, trial, correspondence, migration, and back (MOD-09)."""

import re
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from cli.demo import programs_env
from cli.stack import Stack
from demo.acteurs import attendre
from demo.comptes import CLIENTS, EQUIPE
from demo.dossier import Dossier
from demo.embauche import PARIS, jours
from demo.metiers import optimisation
from store.utilisateur import Role
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints
from tests.e2e.test_recouvrement import opened, picture

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

# Another version of a modèle, some étapes under another name: its own, or those of a démarche it opens.
PUBLISH = """
import asyncio, sys
from activities.publication import ROOT, TEMPLATES
from store import modele
from store.session import dispose, session_scope
from workflows.engine.bundle import contents, from_folder
from workflows.engine.modele import Bundle

async def main(cle, enfant, *renommees):
    found = contents(from_folder(ROOT, ROOT / TEMPLATES / f"{cle}.yaml").bundle)
    bundle = found["enfants"][enfant] if enfant else found
    for etape in bundle["modele"]["etapes"]:
        if etape.get("cle") in renommees[::2]:
            etape["cle"] = renommees[renommees.index(etape["cle"]) + 1]
    read = Bundle.model_validate(found)
    async with session_scope() as session:
        for child in read.enfants.values():
            await modele.publish(session, child.modele.modele, contents(child))
        await modele.publish(session, cle, contents(read))
    await dispose()

asyncio.run(main(*sys.argv[1:]))
"""


def publish(pile: Stack, cle: str, renommees: dict[str, str], enfant: str = "") -> None:
    names = [name for pair in renommees.items() for name in pair]
    subprocess.run([sys.executable, "-c", PUBLISH, cle, enfant, *names], env=programs_env(pile), check=True)


def test_from_trial_to_return(nav: Navigation, pile: Stack) -> None:
    dossier = nav.embauche("pharmacie", someone("Nour", jours(14, datetime.now(PARIS).date())))
    dossier.declare(datetime.now(PARIS))
    dossier.valide_demande()
    publish(pile, "embauche", {"informations_salarie": "renseignements"})

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


def under_way(dossier: Dossier) -> list[str]:
    return [each["cle"] for each in dossier.vue()["etapes"] if each["statut"] == "en_cours"]


def test_each_demarche_goes_where_its_own_etape_was_placed(nav: Navigation, pile: Stack) -> None:
    """Two étapes of a recovery are gone, démarches stand in both: each goes where it is told, suggested or not, in one
    go; and back, where the trial says."""
    begun, amiable = opened(nav), opened(nav)
    begun.facture("F-2026-301", 90_000, datetime.now(PARIS).date() + timedelta(days=5))
    amiable.facture("F-2026-302", 90_000, datetime.now(PARIS).date() + timedelta(days=5))
    amiable.amiable()
    assert (under_way(begun), under_way(amiable)) == (["ouverture"], ["amiable"])
    names = {"ouverture": "constitution", "amiable": "relances", "precontentieux": "mise_en_demeure"}
    publish(pile, "recouvrement", names)

    chief = next(person for person in EQUIPE if person.role != Role.CONSEILLER)
    page = nav.open(chief.email)
    page.goto("/console/modeles/recouvrement")
    page.get_by_role("button", name="Essayer", exact=True).click()
    expect(page.get_by_text("Attend une correspondance").first).to_be_visible()
    for lost, chosen in (("Ouverture du dossier", "suggérée"), ("Phase Amiable", "^Phase Pré-contentieuse$")):
        page.get_by_role("combobox", name=re.compile(f"Où va l’étape «.{lost}.»")).click()
        page.get_by_role("option", name=re.compile(chosen)).click()
    page.get_by_role("button", name="Essayer avec ces correspondances").click()
    told = page.get_by_text(re.compile("Phase Amiable → .*Phase Pré-contentieuse"))
    expect(told.first).to_be_visible()
    expect(page.get_by_text("Attend une correspondance")).to_have_count(0)
    assert (under_way(begun), under_way(amiable)) == (["ouverture"], ["amiable"]), "a trial changes nothing"
    wrong = []
    for taille in (TELEPHONE, BUREAU):
        page.set_viewport_size(taille)
        wrong += complaints(page)
        picture(page, f"correspondances-{taille['width']}")
    assert not wrong, "\n".join(wrong)
    page.get_by_role("button", name=re.compile("^Migrer")).click()
    expect(page.get_by_text(re.compile(r"(suit|suivent) la version"))).to_be_visible()
    assert under_way(begun) == ["constitution"]
    assert under_way(amiable) == ["mise_en_demeure"]
    page.get_by_role("button", name="Essayer le retour en arrière").click()
    page.get_by_role("button", name=re.compile("^Revenir en arrière pour")).click()
    expect(page.get_by_text(re.compile(r"(suit|suivent) la version d’avant"))).to_be_visible()
    assert (under_way(begun), under_way(amiable)) == (["ouverture"], ["amiable"])


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
    publish(pile, "optimisation_abonnements", {"materiel": "livraison"}, "abonnement_fournisseur")

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
