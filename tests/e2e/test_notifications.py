"""Notifications outside of the portal: chosen in the profile, by mail, pushed to a phone (NOT-01, NOT-03, NOT-04)."""

import json
import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from demo.acteurs import attendre, courriels_de
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints, until

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

KARIM, CLIENT = EQUIPE[1], CLIENTS[4]
WORDS = "Le contrat vous attend au cabinet."


def test_choices_are_kept_and_followed(nav: Navigation) -> None:
    e = nav.embauche(CLIENT.cle, someone("Ivo", jours(20, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    page = nav.open(CLIENT.email, TELEPHONE)
    page.goto("/profil")
    by_mail = page.get_by_label("Messages, par email")
    expect(by_mail).to_have_value("Une fois par jour")
    by_mail.click()
    page.get_by_role("option", name="Tout de suite").click()
    expect(page.get_by_text("Votre choix est enregistré.")).to_be_visible()
    assert complaints(page) == []
    page.reload()
    expect(by_mail).to_have_value("Tout de suite")

    titre = e.vue()["titre"]
    e.conseiller.post(f"{e.path}/commentaires", {"texte": WORDS})
    told = f"sur « {titre} »"
    attendre(
        "le courriel du message",
        lambda: any(
            told in mail["subject"].replace("\u00a0", " ") for mail in courriels_de(e.adresses, CLIENT.email)
        ),
    )

    # So is what became of it, on the line of the message: the mail, and later that it was read (NOT-07).
    adviser = nav.open(KARIM.email)
    adviser.goto(f"/console{e.path}?onglet=communications")
    line = adviser.get_by_role("listitem").filter(has_text=WORDS).first
    expect(line).to_contain_text("email envoyé aujourd’hui")
    expect(line).to_contain_text("pas encore lu")
    adviser.get_by_role("link", name=CLIENT.nom).first.click()
    expect(adviser.get_by_role("heading", name="Fil d’activité")).to_be_visible()
    kinds = adviser.get_by_role("group", name="Filtrer par type")
    kinds.get_by_role("button", name="Notifications").click()
    expect(adviser.get_by_text(re.compile("^Notification à")).first).to_be_visible()
    assert complaints(adviser) == []

    # The bell has it too; one tap opens the messages of that démarche.
    page.goto("/")
    page.get_by_role("button", name=re.compile("^Notifications")).click()
    bell = page.get_by_role("dialog", name="Notifications")
    expect(bell.get_by_role("link", name=titre).first).to_be_visible()
    assert complaints(page) == []
    bell.get_by_role("link", name="Tout voir").click()
    expect(bell).to_have_count(0)
    expect(page).to_have_url(re.compile("/notifications$"))
    expect(page.get_by_role("heading", name="Aujourd’hui")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("link", name=titre).first.click()
    expect(page.get_by_text(WORDS)).to_be_visible()

    # The whole history of the client, older lines as they scroll.
    for n in range(45):
        e.manager.post(f"{e.path}/commentaires", {"texte": f"Question {n}."})
    page.goto("/historique")
    expect(page.get_by_text("Question 44.")).to_be_visible()
    expect(page.get_by_text(WORDS)).to_have_count(0)
    assert complaints(page) == []
    page.get_by_text("Question 6.").scroll_into_view_if_needed()
    expect(page.get_by_text(WORDS)).to_be_visible()


def test_a_push_is_shown(nav: Navigation) -> None:
    page = nav.open(CLIENT.email, TELEPHONE, installed=True)
    page.context.grant_permissions(["notifications"])
    browser = page.context.new_cdp_session(page)
    known: list[str] = []
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(each["registrationId"] for each in told["registrations"]),
    )
    browser.send("ServiceWorker.enable")
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    pushed = {"titre": "eLaska", "texte": "Le RIB est à déposer.", "lien": "/demarches", "marque": "d1"}
    shown = """async () => {
      const registration = await navigator.serviceWorker.ready
      return (await registration.getNotifications()).map(({ title, body, data }) => [title, body, data.lien])
    }"""
    # One after the other: pushes delivered together are handled in any order.
    for data, texte in (
        (json.dumps(pushed), "Le RIB est à déposer."),
        (json.dumps(pushed | {"texte": "Deux documents sont à déposer."}), "Deux documents sont à déposer."),
        ("illisible", "Du nouveau dans votre espace."),
    ):
        browser.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": nav.monde.adresses.base, "registrationId": known[-1], "data": data},
        )
        until(page, f"async () => (await ({shown})()).some(([, body]) => body === {json.dumps(texte)})")
    # The second replaced the first, of the same démarche; what cannot be read is told all the same.
    assert sorted(page.evaluate(shown)) == [
        ["eLaska", "Deux documents sont à déposer.", "/demarches"],
        ["eLaska", "Du nouveau dans votre espace.", "/notifications"],
    ]
