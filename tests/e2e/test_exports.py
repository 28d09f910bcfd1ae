"""« Exporter en PDF »: asked for, made by the worker, downloaded, by a client on a phone and by their adviser."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from tests.documents.lecture import text
from tests.e2e.console import Cockpit
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

CLAIRE, CLIENT = EQUIPE[0], CLIENTS[2]


def downloaded(page: Page, where: Page | Locator, libelle: str) -> str:
    """Ask for one kind, wait for it, take the file: what it says."""
    where.get_by_role("button", name=re.compile(rf"^Préparer\s: {libelle}")).click()
    link = where.get_by_role("link", name=re.compile(rf"^Télécharger\s: {libelle}"))
    # Far more than it takes: the machine that runs the tests is shared.
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as kept:
        link.click()
    assert kept.value.suggested_filename.startswith(libelle)
    return text(kept.value.path().read_bytes())


def test_asked_made_downloaded(nav: Navigation) -> None:
    e = nav.embauche(CLIENT.cle, someone("Noé", jours(16, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()

    page = nav.open(CLIENT.email, TELEPHONE)
    page.goto(f"/demarches/{e.id}")
    page.get_by_role("button", name="Exporter en PDF").click()
    expect(page.get_by_role("button", name=re.compile("^Préparer"))).to_have_count(5)
    said = downloaded(page, page, "Conversation")
    assert "Noé" in said and "Usage interne" not in said
    assert complaints(page) == []

    bureau = nav.open(CLAIRE.email)
    cockpit = Cockpit(bureau).open(e.id)
    cockpit.more("Exporter en PDF")
    assert "Usage interne" in downloaded(bureau, cockpit.dialog, "Synthèse du dossier")
    assert complaints(bureau) == []
    # It is there again later, for the firm alone.
    bureau.reload()
    Cockpit(bureau).more("Exporter en PDF")
    expect(cockpit.dialog.get_by_role("link", name=re.compile("^Télécharger"))).to_have_count(1)
