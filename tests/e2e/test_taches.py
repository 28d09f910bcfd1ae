"""Tasks on both sides: the board by keyboard, the task changed, files and comments exchanged (TCH-01 to TCH-06)."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from demo import pieces
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.portail import files
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

CLAIRE, CLIENT = EQUIPE[0], CLIENTS[2]
WORDS = "Le bureau fait face à la fenêtre."


def test_a_task_is_moved_changed_and_discussed(nav: Navigation) -> None:
    e = nav.embauche(CLIENT.cle, someone("Odile", jours(20, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    bureau = nav.open(CLAIRE.email)
    bureau.goto(f"/console{e.path}?onglet=taches&vue=tableau")
    card = bureau.get_by_role("button", name=re.compile("Préparer le poste de travail"))

    def column(name: str) -> None:
        """The card stands there."""
        place = bureau.locator("section").filter(
            has=bureau.get_by_role("heading", name=re.compile(f"^{name}"))
        )
        expect(place.get_by_role("button", name=re.compile("Préparer le poste de travail"))).to_be_visible()

    column("À faire")
    for key, name in (
        ("ArrowRight", "En cours"),
        ("ArrowRight", "En attente de validation"),
        ("ArrowLeft", "En cours"),
    ):
        with bureau.expect_response(lambda answer: answer.url.endswith("/place")) as moved:
            card.press(key)
        assert moved.value.ok
        column(name)
    assert complaints(bureau) == []
    card.press("Enter")
    window = bureau.get_by_role("dialog", name="Préparer le poste de travail")
    window.get_by_role("button", name="Modifier…").click()
    change = bureau.get_by_role("dialog", name="Modifier la tâche")
    change.get_by_label("Description").fill("Bureau, écran, siège.")
    change.get_by_label("Priorité").click()
    bureau.get_by_role("option", name="Urgente").click()
    change.get_by_role("button", name="Enregistrer").click()
    expect(change).to_have_count(0)
    expect(window.get_by_text("Urgent", exact=True)).to_be_visible()

    page = nav.open(CLIENT.email, TELEPHONE)
    page.goto(f"{e.path}?onglet=taches")
    expect(page.get_by_text("Bureau, écran, siège.")).to_be_visible()
    plan = pieces.photo("plan", "Plan du poste")
    page.get_by_label("Choisir les pièces jointes").first.set_input_files(files(plan))
    expect(page.get_by_role("button", name=re.compile(f"^Ouvrir {plan[0]}"))).to_be_visible()
    page.get_by_role("button", name="Commentaires").first.click()
    page.get_by_label("Votre commentaire").fill(WORDS)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_role("listitem").get_by_text(WORDS)).to_be_visible()
    assert complaints(page) == []
    # The board is read there, and a card opens its task (TCH-06).
    page.get_by_role("button", name="Voir en tableau").click()
    card = page.get_by_role("group", name="Tableau des tâches").get_by_role("button").first
    titre = card.inner_text()
    card.click()
    expect(page.get_by_role("dialog").get_by_text(titre, exact=True)).to_be_visible()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card).to_be_focused()
    # What is suggested to the firm is still there once closed, and the focus is where it was (TCH-08).
    suggest = page.get_by_role("button", name="Ajouter une tâche").last
    suggest.click()
    page.get_by_label("Que faut-il faire").fill("Prévenir le comptable")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(suggest).to_be_focused()
    suggest.press("Enter")
    expect(page.get_by_label("Que faut-il faire")).to_have_value("Prévenir le comptable")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # Without reloading, the adviser has both.
    expect(window.get_by_role("button", name=re.compile(f"^Ouvrir {plan[0]}"))).to_be_visible()
    expect(window.get_by_text(WORDS)).to_be_visible()
    assert complaints(bureau) == []
