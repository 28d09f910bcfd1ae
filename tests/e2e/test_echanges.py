"""« Nouvel Appel » and « Nouvel Email » of the cockpit, as the client reads them (DOS-09, TL-08, TL-09)."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

CLAIRE, CLIENT = EQUIPE[0], CLIENTS[2]
SAID = "La date d’embauche est confirmée."


def test_a_call_and_a_mail_are_told_to_the_client(nav: Navigation) -> None:
    e = nav.embauche(CLIENT.cle, someone("Irène", jours(20, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    bureau = nav.open(CLAIRE.email)
    bureau.goto(f"/console{e.path}")
    bureau.get_by_role("button", name="Nouvel Appel").click()
    call = bureau.get_by_role("dialog", name="Nouvel Appel")
    call.get_by_role("button", name="Enregistrer l’appel").click()
    expect(call.get_by_text("Dites avec qui vous avez parlé.")).to_be_visible()
    call.get_by_label("Avec").fill("Nadia Benali")
    call.get_by_label("Points abordés").fill(SAID)
    assert complaints(bureau) == []
    call.get_by_role("button", name="Enregistrer l’appel").click()
    expect(call).to_have_count(0)
    bureau.get_by_role("button", name="Nouvel Email").click()
    mail = bureau.get_by_role("dialog", name="Nouvel Email")
    mail.get_by_label("Objet").fill("Votre rendez-vous")
    mail.get_by_label("Message").fill("À jeudi, 9 h.")
    assert complaints(bureau) == []
    mail.get_by_role("button", name="Envoyer l’email").click()
    expect(mail).to_have_count(0)
    expect(bureau.get_by_text("Appel téléphonique avec Nadia Benali")).to_be_visible()
    expect(bureau.get_by_text("Votre rendez-vous").first).to_be_visible()
    assert complaints(bureau) == []

    page = nav.open(CLIENT.email, TELEPHONE)
    page.goto(f"{e.path}?onglet=echanges")
    expect(page.get_by_text("Appel téléphonique avec Nadia Benali")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Le .*, 10.minutes$"))).to_be_visible()
    expect(page.get_by_text(SAID)).to_be_visible()
    # By kind, as at the firm (ECH-02, ECH-03).
    kinds = page.get_by_role("group", name="Filtrer par type")
    kinds.get_by_role("button", name=re.compile("^Emails")).click()
    expect(page.get_by_text("Votre rendez-vous").first).to_be_visible()
    expect(page.get_by_text(SAID)).to_have_count(0)
    kinds.get_by_role("button", name=re.compile("^Appels téléphoniques")).click()
    expect(page.get_by_text(SAID)).to_be_visible()
    assert complaints(page) == []
