"""« Paramètres »: the administrator says who sends the mails (NOT-06), and reads who did what (SEC-17)."""

import re

import pytest
from playwright.sync_api import expect

from demo.comptes import EQUIPE
from store.utilisateur import Role
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

ADMIN = next(person for person in EQUIPE if person.role == Role.ADMIN)


def test_a_platform_is_set_and_its_secret_told_once(nav: Navigation) -> None:
    page = nav.open(ADMIN.email)
    page.goto("/console/")
    page.get_by_role("link", name="Paramètres").click()
    expect(page.get_by_role("heading", name="Paramètres")).to_be_visible()
    expect(page.get_by_text("Aucun e-mail n’a encore été confié")).to_be_visible()
    assert complaints(page) == []
    address, save = page.get_by_label("Adresse"), page.get_by_role("button", name="Enregistrer")
    nav.watch(page).expected.add(422)
    address.fill("https://127.0.0.1/elaska")
    save.click()
    expect(page.get_by_text("mener hors de notre réseau")).to_be_visible()
    # A number: no name is looked up. It is saved, and nothing is handed over to it.
    address.fill("https://93.184.215.14/elaska")
    save.click()
    expect(page.get_by_text(re.compile("^whsec_"))).to_be_visible()
    assert complaints(page) == []
    page.reload()
    expect(page.get_by_text("Un secret de signature est enregistré.")).to_be_visible()
    expect(address).to_have_value("https://93.184.215.14/elaska")


def test_the_access_log_is_read_filtered_and_checked(nav: Navigation) -> None:
    """SEC-17: who logged in, when, from where."""
    page = nav.open(ADMIN.email)
    page.goto("/console/")
    page.get_by_role("link", name="Journal des accès").click()
    mine = page.get_by_role("row").filter(has_text=f"{ADMIN.prenom} {ADMIN.nom}").filter(has_text="Connexion")
    expect(mine.first).to_contain_text("127.0.0.1")
    page.get_by_role("combobox", name="Type").click()
    page.get_by_role("option", name="Documents").click()
    expect(mine).to_have_count(0)
    page.get_by_role("button", name="Vérifier l’intégrité").click()
    expect(page.get_by_text("Le journal est intact, de la première à la dernière ligne.")).to_be_visible()
    for taille in (BUREAU, TELEPHONE):
        page.set_viewport_size(taille)
        assert complaints(page) == []
