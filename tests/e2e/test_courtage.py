"""A mandate signed online and the account of a claim, on their screens, with an accessibility check (CRE-21, SIN-05,
SIN-21).
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from demo import courtage
from demo.acteurs import attendre
from demo.comptes import CLIENTS, EQUIPE
from demo.dossier import Dossier
from tests.e2e.console import Cockpit
from tests.e2e.navigation import TELEPHONE, Navigation
from tests.e2e.surveillance import complaints
from tests.fakes.yousign import FakeYousign

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]


def played(nav: Navigation, story: courtage.Histoire, cle: str) -> tuple[Dossier, str, str]:
    """A story of the demonstration; the addresses of its client and of its adviser."""
    client = next(each for each in CLIENTS if each.cle == cle)
    adviser = next(each for each in EQUIPE if each.email.startswith(client.conseiller))
    dossier = story(nav.acteur(client.email), nav.acteur(adviser.email), nav.monde.tiers[cle])
    return dossier, client.email, adviser.email


def clean(page: Page) -> None:
    assert complaints(page) == []


def test_a_mandate_signed_online(nav: Navigation, yousign: FakeYousign) -> None:
    dossier, _, adviser = played(nav, courtage.credit_professionnel, "aubert")
    dossier.produit("mandat")
    page = nav.open(adviser)
    Cockpit(page).open(dossier.id, "documents")
    page.get_by_role("button", name="Faire signer en ligne").click()
    expect(page.get_by_text(re.compile("^Chez les signataires"))).to_be_visible()
    clean(page)
    assert yousign.deliver(yousign.sign(yousign.active[-1])).status_code == 200
    attendre("la signature", lambda: dossier.evenement("signature") == "recu")
    page.reload()
    expect(page.get_by_text(re.compile("^Signé en ligne"))).to_be_visible()


def test_account_of_a_claim(nav: Navigation) -> None:
    dossier, client, adviser = played(nav, courtage.sinistre_indemnise, "garnier")
    page = nav.open(adviser)
    cockpit = Cockpit(page).open(dossier.id)
    cockpit.tab("Suivi Financier")
    expect(page.get_by_role("heading", name="Provisions et règlements")).to_be_visible()
    expect(page.get_by_role("cell", name="Provision", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Prix de la prestation")).to_be_visible()
    clean(page)
    phone = nav.open(client, TELEPHONE)
    phone.goto(f"/demarches/{dossier.id}")
    expect(phone.get_by_role("heading", name="Provisions et règlements")).to_be_visible()
    # What is set aside is the firm's own business (SIN-21).
    expect(phone.get_by_role("cell", name="Provision", exact=True)).to_have_count(0)
    clean(phone)
