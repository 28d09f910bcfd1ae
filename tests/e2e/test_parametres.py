"""« Paramètres »: sender of mails (NOT-06), their text (NOT-05), letterhead (PDF-03), access log (SEC-17)."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from demo.comptes import EQUIPE
from store.utilisateur import Role
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

ADMIN = next(person for person in EQUIPE if person.role == Role.ADMIN)
ADVISER = next(person for person in EQUIPE if person.role == Role.CONSEILLER)


def test_a_platform_is_set_and_its_secret_told_once(nav: Navigation) -> None:
    page = nav.open(ADMIN.email)
    page.goto("/console/")
    page.get_by_role("link", name="Paramètres").click()
    expect(page.get_by_role("heading", name="Paramètres")).to_be_visible()
    expect(page.get_by_text("Aucun email n’a encore été confié")).to_be_visible()
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


PAGE = """<!doctype html><html lang="fr"><head><title>Essai</title></head><body>
<p>Bonjour {{ prenom }}, voici {{ titre_demarche }}.</p>
<p>{{ nom_cliant }}</p><p><a href="{{ lien_portail }}">Mon dossier</a></p></body></html>"""


def a_file(name: str, kind: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def test_a_mail_is_imported_corrected_tried_and_put_back(nav: Navigation) -> None:
    """NOT-05: from the list to the original again, at both widths."""
    page = nav.open(ADMIN.email)
    page.goto("/console/parametres/courriels")
    page.get_by_label("Chercher un email").fill("demande refus")
    assert complaints(page) == []
    page.get_by_role("link", name=re.compile("demande_refusee")).click()
    expect(page.get_by_text("Rien à corriger")).to_be_visible()
    trail = page.get_by_role("navigation", name="Fil d’Ariane")
    expect(trail.get_by_text(re.compile("^À propos de votre demande"))).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("Bonjour Julien,")).to_be_visible()
    pick = page.get_by_label("Fichier HTML à importer")
    pick.set_input_files(a_file("refus.html", "text/html", PAGE.encode()))
    expect(page.get_by_text("Vouliez-vous dire «\u00a0nom_client\u00a0»")).to_be_visible()
    save = page.get_by_role("button", name="Enregistrer")
    expect(save).to_be_disabled()
    expect(page.get_by_role("button", name="Ligne 3")).to_be_visible()
    right = PAGE.replace("nom_cliant", "nom_client")
    pick.set_input_files(a_file("refus.html", "text/html", right.encode()))
    expect(page.get_by_text("Rien à corriger")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("Atelier Morel")).to_be_visible()
    page.get_by_role("button", name="M’envoyer un essai").click()
    expect(page.get_by_text(f"Parti à {ADMIN.email}.")).to_be_visible()
    save.click()
    expect(page.get_by_role("button", name="Revenir à l’original")).to_be_visible()
    assert complaints(page) == []
    page.set_viewport_size(TELEPHONE)
    assert complaints(page) == []
    page.get_by_role("button", name="Revenir à l’original").click()
    page.get_by_role("dialog").get_by_role("button", name="Revenir à l’original").click()
    expect(page.get_by_text("Texte d’origine")).to_be_visible()


def test_the_letterhead_is_set(nav: Navigation) -> None:
    """PDF-03: a line, a footer and a logo, shown as they will be."""
    page = nav.open(ADMIN.email)
    page.goto("/console/parametres/cabinet")
    nav.watch(page).expected.add(422)
    siret = page.get_by_label("SIRET")
    before = siret.input_value()
    siret.fill("123")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Le numéro SIRET compte 14 chiffres.")).to_be_visible()
    siret.fill(before)
    # CRE-16: the colours of the debt gauge.
    orange = page.get_by_label("Orange au-delà de")
    orange.fill("50")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Le rouge ne commence pas avant l'orange.")).to_be_visible()
    orange.fill("30")
    page.get_by_label("Ligne sous le nom").fill("Conseil aux entreprises")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Réglages du cabinet enregistrés")).to_be_visible()
    choose = page.get_by_label("Fichier du logo")
    choose.set_input_files(a_file("logo.gif", "image/gif", b"GIF89a"))
    expect(page.get_by_text("Choisissez une image PNG ou JPEG.")).to_be_visible()
    made = BytesIO()
    Image.new("RGB", (300, 90), "#114b8c").save(made, "PNG")
    choose.set_input_files(a_file("logo.png", "image/png", made.getvalue()))
    remove = page.get_by_role("button", name="Retirer")
    expect(remove).to_be_visible()
    assert complaints(page) == []
    page.set_viewport_size(TELEPHONE)
    assert complaints(page) == []
    remove.click()
    expect(page.get_by_role("button", name="Choisir un logo")).to_be_visible()
    # One's own photo is chosen alike (EQP-02), and shows in the menu.
    page.set_viewport_size(BUREAU)
    page.goto("/console/profil")
    choose = page.get_by_label("Fichier de la photo")
    choose.set_input_files(a_file("moi.gif", "image/gif", b"GIF89a"))
    expect(page.get_by_text("Choisissez une image JPEG ou PNG.")).to_be_visible()
    choose.set_input_files(a_file("moi.png", "image/png", made.getvalue()))
    menu = page.get_by_role("navigation", name="Menu principal").locator("img")
    expect(menu).to_have_js_property("naturalWidth", 256)
    expect(page.get_by_text("Choisissez une image JPEG ou PNG.")).to_have_count(0)
    page.set_viewport_size(TELEPHONE)
    assert complaints(page) == []
    page.set_viewport_size(BUREAU)
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_role("button", name="Choisir une photo")).to_be_visible()
    expect(menu).to_have_count(0)


def test_the_access_log_is_read_filtered_and_checked(nav: Navigation) -> None:
    """SEC-17: who logged in, when, from where."""
    page = nav.open(ADMIN.email)
    page.goto("/console/")
    page.get_by_role("link", name="Journal des accès").click()
    mine = page.get_by_role("row").filter(has_text=f"{ADMIN.prenom} {ADMIN.nom}").filter(has_text="Connexion")
    page.get_by_role("combobox", name="Type").click()
    page.get_by_role("option", name="Connexions").click()
    expect(mine.first).to_contain_text("127.0.0.1")
    page.get_by_role("combobox", name="Type").click()
    page.get_by_role("option", name="Documents").click()
    expect(mine).to_have_count(0)
    page.get_by_role("button", name="Vérifier l’intégrité").click()
    expect(page.get_by_text("Le journal est intact, de la première à la dernière ligne.")).to_be_visible()
    for taille in (BUREAU, TELEPHONE):
        page.set_viewport_size(taille)
        assert complaints(page) == []


def test_the_rights_of_a_role_and_of_a_person_are_set(nav: Navigation) -> None:
    """SEC-15, USR-08: what is withdrawn is no longer offered; what is granted opens its screen."""
    page = nav.open(ADMIN.email)
    page.goto("/console/parametres/droits")
    expect(page.get_by_label("Ouvrir une démarche")).to_have_value("")
    assert complaints(page) == []
    page.get_by_role("combobox", name="Droits de").click()
    page.get_by_role("option", name=f"{ADVISER.prenom} {ADVISER.nom}").click()
    page.get_by_label("Ouvrir une démarche").select_option("Non")
    page.get_by_label("Régler le cabinet et son papier à en-tête").select_option("Oui")
    page.set_viewport_size(TELEPHONE)
    assert complaints(page) == []
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Droits enregistrés")).to_be_visible()

    theirs = nav.open(ADVISER.email)
    theirs.goto("/console/")
    theirs.get_by_role("link", name="Paramètres").click()
    expect(theirs.get_by_label("Nom du cabinet")).to_be_visible()
    expect(theirs.get_by_role("link", name="Droits", exact=True)).to_have_count(0)
    theirs.goto("/console/nouvelle")
    expect(theirs.get_by_text("Ouvrir une démarche ne fait pas partie de vos droits")).to_be_visible()

    page.get_by_label("Ouvrir une démarche").select_option("")
    page.get_by_label("Régler le cabinet et son papier à en-tête").select_option("")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("button", name="Enregistrer")).to_be_disabled()


def badge_dialog(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=f"Modifier le badge « {name}").click()
    return page.get_by_role("dialog")


def test_a_badge_is_renamed_and_put_back(nav: Navigation) -> None:
    """BDG-02, UX-13: words, colour and icon, at both widths."""
    page = nav.open(ADMIN.email)
    page.goto("/console/parametres/badges")
    dialog = badge_dialog(page, "Manquant")
    dialog.get_by_label("Libellé").fill("À fournir")
    dialog.get_by_role("radio", name="Sablier").click()
    assert complaints(page) == []
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("à l’origine « Manquant »")).to_be_visible()
    page.set_viewport_size(TELEPHONE)
    assert complaints(page) == []
    badge_dialog(page, "À fournir").get_by_role("button", name="Revenir à l’original").click()
    expect(page.get_by_text("à l’origine « Manquant »")).to_have_count(0)
