"""« Modèles de PDF »: an administrator rewrites what « Exporter en PDF » gives, and sees it on a dossier (PDF-04)."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.navigation import Navigation, someone
from tests.e2e.surveillance import complaints
from tests.e2e.test_ged import shot

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

ADMIN = next(each for each in EQUIPE if each.role == "admin")


def test_a_model_is_rewritten_previewed_and_taken_back(nav: Navigation) -> None:
    e = nav.embauche(CLIENTS[2].cle, someone("Lina", jours(16, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    page = nav.open(ADMIN.email)
    page.goto("/console/parametres/exports")
    page.get_by_role("link", name="Liste des tâches").click()
    preview = page.get_by_role("group", name="Aperçu de Liste des tâches")
    expect(preview.locator("canvas")).to_be_visible()
    expect(page.get_by_text("Rien à corriger")).to_be_visible()
    assert complaints(page) == []
    shot(page, "modele-pdf")
    editor = page.get_by_role("textbox", name="Source").or_(page.locator(".cm-content")).first
    editor.click()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("{{ cabinett }}")
    expect(page.get_by_text("n’existe pas")).to_be_visible()
    expect(page.get_by_role("button", name="Enregistrer")).to_be_disabled()
    shot(page, "modele-pdf-faute")
    page.get_by_role("button", name="Annuler mes changements").click()
    pick = page.get_by_label("Fichier à importer")
    for content, said in (
        ("été".encode("latin-1"), "n’est pas en UTF-8"),
        (b"a" * 160_000, "Ce fichier est trop long"),
    ):
        pick.set_input_files({"name": "essai.html", "mimeType": "text/html", "buffer": content})
        expect(page.get_by_text(said)).to_be_visible()
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    expect(page.get_by_text("Écrivez un texte")).to_be_visible()
    expect(preview).not_to_be_visible()
    page.get_by_role("button", name="Annuler mes changements").click()
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("{# revu #}")
    expect(page.get_by_text("Rien à corriger")).to_be_visible()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Réécrit le")).to_be_visible()
    page.get_by_role("button", name="Versions").click()
    dialog = page.get_by_role("dialog", name="Versions de ce modèle")
    expect(dialog.get_by_text("Modèle réécrit")).to_be_visible()
    assert complaints(page) == []
    shot(page, "modele-pdf-versions")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Revenir à l’original").click()
    page.get_by_role("dialog").get_by_role("button", name="Revenir à l’original").click()
    expect(page.get_by_text("Modèle d’origine")).to_be_visible()


def test_without_any_dossier_to_show_it_on_a_model_is_still_written(nav: Navigation) -> None:
    page = nav.open(ADMIN.email)
    nav.watch(page).expected.add(503)
    page.route("**/api/demarches?*", lambda route: route.fulfill(status=503))
    page.goto("/console/parametres/exports/documents")
    expect(page.get_by_role("button", name="Réessayer")).to_be_visible()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("{# revu #}")
    expect(page.get_by_role("button", name="Enregistrer")).to_be_enabled()
    page.unroute("**/api/demarches?*")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("button", name="Réessayer")).not_to_be_visible()
