"""The correction loop on a form that was sent: marked, corrected on a phone, accepted (ACT, DEM-07)."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.console import Cockpit
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.portail import Formulaire
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

CLAIRE, CLIENT = EQUIPE[0], CLIENTS[2]


def clean(page: Page) -> None:
    assert complaints(page) == []


def test_marked_corrected_accepted(nav: Navigation) -> None:
    e = nav.embauche(CLIENT.cle, someone("Inès", jours(16, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()

    # The adviser marks two answers, with a word each; a mark without its word is not sent.
    bureau = nav.open(CLAIRE.email)
    cockpit = Cockpit(bureau).open(e.id, "fiche")
    bureau.get_by_role("button", name=re.compile("^Faire corriger")).first.click()
    window = cockpit.dialog
    for field, state in (("Intitulé du poste", "Incomplet"), ("Heure d'entrée", "Incorrect")):
        window.get_by_role("radiogroup", name=re.compile(f"^{field}")).get_by_text(state, exact=True).click()
    clean(bureau)
    window.get_by_label(re.compile(r"^Votre mot sur «\sIntitulé du poste")).fill("Précisez le rayon.")
    window.get_by_role("button", name=re.compile("^Renvoyer")).click()
    expect(window.get_by_text("Dites en un mot ce qu’il faut changer.")).to_be_visible()
    window.get_by_label(re.compile(r"^Votre mot sur «\sHeure d'entrée")).fill("Le magasin ouvre à 10 h.")
    window.get_by_role("button", name=re.compile("^Renvoyer")).click()
    expect(window).to_have_count(0)
    expect(bureau.get_by_role("region", name=re.compile("^À corriger par"))).to_be_visible()

    # The client finds it in « Ce qui vous attend », and each word next to its field.
    # They come back to it after the day of entry: a date that has passed since, and that nobody marked, keeps
    # nothing from being sent.
    page = nav.open(CLIENT.email, TELEPHONE)
    page.clock.set_fixed_time(datetime.now(PARIS) + timedelta(days=40))
    page.goto("/")
    # Home shows what is most urgent; the rest of what this client owes is a click away.
    expect(page.get_by_role("heading", name="Ce qui vous attend")).to_be_visible()
    more = page.get_by_role("button", name=re.compile("^Voir les"))
    if more.count():
        more.click()
    page.get_by_role("link", name=re.compile("Corriger")).first.click()
    expect(page.get_by_role("heading", name=re.compile(r"^2\sréponses à corriger"))).to_be_visible()
    form = Formulaire(page)
    post = form.field("Intitulé du poste")
    expect(post).to_have_value(e.salarie.poste)
    expect(post).to_have_accessible_description(re.compile("Précisez le rayon"))
    clean(page)
    form.write("Intitulé du poste", "Vendeuse, rayon librairie")
    expect(page.get_by_text(re.compile("^Brouillon enregistré"))).to_be_visible()

    # Until it is sent again, the firm keeps the former answer; the draft waits for its author.
    bureau.reload()
    expect(bureau.get_by_text(e.salarie.poste, exact=True).first).to_be_visible()
    page.reload()
    expect(form.field("Intitulé du poste")).to_have_value("Vendeuse, rayon librairie")
    while page.get_by_role("button", name="Continuer").count():
        form.next()
    page.get_by_label("Un mot pour votre conseiller").fill("Elle commence bien à 9 h, pour l'inventaire.")
    clean(page)
    page.get_by_role("button", name="Envoyer mes corrections").click()
    expect(page.get_by_role("heading", level=1, name=re.compile("^Embauche"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Corriger\s:"))).to_have_count(0)

    # The adviser compares, and accepts.
    bureau.get_by_role("button", name="Vérifier…").click()
    # What she touched and what was marked: no answer by default was added in her name.
    expect(window.get_by_role("row")).to_have_count(3)
    row = window.get_by_role("row", name=re.compile("^Intitulé du poste"))
    expect(row.locator("del")).to_have_text(e.salarie.poste)
    expect(row.locator("ins")).to_have_text("Vendeuse, rayon librairie")
    expect(window.get_by_role("row", name=re.compile("^Heure d'entrée"))).to_contain_text("Laissé tel quel")
    expect(window.get_by_text("pour l'inventaire")).to_be_visible()
    clean(bureau)
    window.get_by_role("button", name="Accepter la correction").click()
    expect(window).to_have_count(0)
    expect(bureau.get_by_role("region", name=re.compile("^Correction à vérifier"))).to_have_count(0)

    # Everything is in the history, for both.
    page.goto(f"/demarches/{e.id}?onglet=echanges")
    for line in ("À corriger", "Correction envoyée", "Correction acceptée"):
        expect(page.get_by_text(re.compile(rf"^{line}\s:")).first).to_be_visible()
