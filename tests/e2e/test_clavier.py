"""Without a mouse: the queue and the search of the console, the deposit of the portal (UX-23, TCH-15)."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from demo import pieces
from demo.acteurs import jeton_recu
from demo.comptes import EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.portail import files

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

KARIM = EQUIPE[1]


def tab_to(page: Page, target: Locator, most: int = 60) -> None:
    """Go with Tab until an element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"jamais atteint au clavier : {target}")


def test_the_queue_and_the_search(nav: Navigation) -> None:
    entree = jours(16, datetime.now(PARIS).date())
    people = [someone(prenom, entree) for prenom in ("Nina", "Maud")]
    for person in people:
        nav.embauche("rousselot", person).declare(datetime.now(PARIS))
    titles = [f"Embauche de {person.prenom} {person.nom}" for person in people]

    page = nav.open(KARIM.email)
    page.goto("/console")
    chosen = page.locator('main button[aria-pressed="true"][id^="ligne-"]')
    for title in titles:
        expect(page.get_by_role("button", name=re.compile(title))).to_be_visible()
    expect(chosen).to_have_count(1)
    before = chosen.get_attribute("id")
    page.keyboard.press("j")
    expect(chosen).not_to_have_attribute("id", before or "")
    page.keyboard.press("k")
    expect(chosen).to_have_attribute("id", before or "")

    # E takes the demande in charge: it says so, the next one is chosen.
    for _ in range(20):
        if titles[0] in chosen.inner_text():
            break
        page.keyboard.press("j")
    expect(chosen).to_contain_text(titles[0])
    page.keyboard.press("e")
    expect(page.get_by_text(re.compile("[Pp]ris(e)? en charge")).first).to_be_visible()

    for _ in range(20):
        if titles[1] in chosen.inner_text():
            break
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[1])

    # Ctrl K, a name, Enter.
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name=re.compile("Rechercher"))
    expect(field).to_be_focused()
    page.keyboard.type(people[0].nom)
    expect(page.get_by_role("option", name=re.compile(titles[0]))).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Raccourcis")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_deposit_by_keyboard_alone(nav: Navigation) -> None:
    e = nav.embauche("rousselot", someone("Lila", jours(16, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    token = jeton_recu(e.adresses, e.salarie.email, e.reference)
    page = nav.open(taille=TELEPHONE)
    # Playwright starts to catch the chooser when someone listens: without this, a key pressed at once is faster.
    page.on("filechooser", lambda _: None)
    page.goto(f"/lien/{token}")
    tab_to(page, page.get_by_role("button", name="Continuer"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Bonjour Lila")).to_be_visible()

    for titre, cle in (("Carte nationale d'identité", "cni"), ("RIB", "rib")):
        # The form comes first, so every item is folded: the person opens the one they have at hand.
        choose = page.get_by_role("button", name=f"Déposer : {titre}")
        expect(choose).to_be_visible()
        tab_to(page, choose)
        page.keyboard.press("Enter")
        expect(page.get_by_label(f"Choisir un fichier : {titre}")).to_have_count(1)
        tab_to(page, page.get_by_role("button", name="Choisir un fichier"))
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(files(pieces.photo(cle, e.salarie.nom)))
        send = page.get_by_role("button", name="Envoyer mon document")
        expect(send).to_be_visible()
        tab_to(page, send)
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"« {titre} » : c’est reçu.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Plus que 1\sdocument"))
