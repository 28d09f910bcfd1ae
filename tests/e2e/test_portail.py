"""The portal and its network: code that does not load, a form left at once."""

import pytest
from playwright.sync_api import expect

from demo.comptes import CLIENTS, EQUIPE
from tests.e2e.navigation import TELEPHONE, Navigation
from tests.e2e.portail import Formulaire
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

CLAIRE, CLIENT = EQUIPE[0], CLIENTS[2]


@pytest.mark.parametrize(
    ("email", "menu", "titre"),
    [(CLIENT.email, "Contact", "Une question"), (CLAIRE.email, "Clients et tiers", "Clients et tiers")],
)
def test_code_that_does_not_load(nav: Navigation, email: str, menu: str, titre: str) -> None:
    """The server went away before a screen was ever opened: our own words, and a way back (issue 2)."""
    page = nav.open(email)
    nav.watch(page).cut = True
    page.goto("/console" if email == CLAIRE.email else "/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("link", name=menu, exact=True).first.click()
    expect(page.get_by_text("Cette page ne se charge pas.")).to_be_visible()
    assert complaints(page) == []
    # As long as nothing answers, the page stays ours.
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_text("Cette page ne se charge pas.")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(titre)


def test_dark_narrow_and_enlarged(nav: Navigation) -> None:
    """The dark theme at 320 px, and at 640 px, which is a desktop enlarged twice (PWA-05, PWA-10, UX-20)."""
    page = nav.open(CLIENT.email, {"width": 320, "height": 640})
    page.goto("/profil")
    page.get_by_text("Sombre", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    wrong: list[str] = []
    for address in ("/", "/documents", "/services/embauche", "/notifications", "/profil"):
        page.goto(address)
        for width in (320, 640):
            page.set_viewport_size({"width": width, "height": 640})
            wrong += [f"{address} à {width} px : {complaint}" for complaint in complaints(page)]
    assert not wrong, "\n".join(wrong)


def test_the_last_word_typed_is_in_the_draft(nav: Navigation) -> None:
    """A form left within the second keeps what was just typed, on the portal and on the console (DEM-04)."""
    page = nav.open(CLIENT.email, TELEPHONE)
    page.goto("/services/embauche")
    form = Formulaire(page)
    form.on("Salarié")
    form.field("Prénom").fill("Capucine")
    page.goto("/demarches")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/services/embauche")
    expect(form.field("Prénom")).to_have_value("Capucine")

    adviser = nav.open(CLAIRE.email)
    tiers = nav.monde.tiers[CLIENT.cle]
    adviser.goto(f"/console/nouvelle?client={tiers}&modele=embauche")
    form = Formulaire(adviser)
    form.field("Prénom").fill("Basile")
    adviser.get_by_role("link", name="Démarches", exact=True).first.click()
    expect(adviser.get_by_role("heading", level=1)).to_contain_text("Démarches")
    adviser.go_back()
    expect(form.field("Prénom")).to_have_value("Basile")
