"""Documents of a client on both sides: folders, deposit, versions, comments, access (GED-02 to 07, 17, 18)."""

import os
import re
from datetime import datetime

import pytest
from playwright.sync_api import FilePayload, Page, ViewportSize, expect

from demo.comptes import CLIENTS, EQUIPE, MOT_DE_PASSE
from demo.courtage import credit_regroupement
from demo.embauche import PARIS, jours
from tests.e2e.bureautique import endless_text, open_text, word, workbook
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints
from tests.store.test_files import pdf

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

CLIENT = CLIENTS[2]
ADVISER = next(each for each in EQUIPE if each.email.startswith(CLIENT.conseiller))


def shot(page: Page, name: str) -> None:
    """A picture to look at, when a folder for them is named."""
    if folder := os.environ.get("ELASKA_CAPTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def choose(page: Page, label: str, nom: str) -> None:
    document: FilePayload = {"name": nom, "mimeType": "application/pdf", "buffer": pdf(2000)}
    page.get_by_label(label).set_input_files([document])


def the_vault_of_a_particulier(nav: Navigation) -> None:
    """GED-07, SEC-21: the password opens it, and what it holds is read while it is open."""
    owner = next(each for each in CLIENTS if each.type == "particulier")
    page = nav.open(owner.email, TELEPHONE)
    nav.watch(page).expected.add(422)
    page.goto("/documents")
    vault = page.locator("section").filter(has=page.get_by_role("heading", name="Coffre-fort numérique"))
    opening = vault.get_by_role("button", name="Ouvrir mon coffre-fort")
    vault.get_by_label("Votre mot de passe").fill("pas le bon")
    with page.expect_response(lambda answer: answer.url.endswith("/api/moi/coffre")) as refused:
        opening.click()
    assert refused.value.status == 422
    expect(vault.get_by_text("Ce n'est pas votre mot de passe.")).to_be_visible()
    assert complaints(page) == []
    shot(page, "coffre-ferme")
    vault.get_by_label("Votre mot de passe").fill(MOT_DE_PASSE)
    opening.click()
    expect(vault.get_by_text("Votre coffre-fort est vide.")).to_be_visible()
    choose(page, "Choisir des documents pour le coffre-fort", "Testament.pdf")
    vault.get_by_role("button", name="Testament", exact=True).click()
    read = page.get_by_role("dialog", name="Testament")
    expect(read.get_by_role("button", name="Ouvrir", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    assert complaints(page) == []
    shot(page, "coffre-ouvert")
    vault.get_by_role("button", name="Refermer").click()
    expect(opening).to_be_visible()
    expect(page.get_by_role("button", name="Testament", exact=True)).to_have_count(0)


def a_document_serves_for_a_piece(nav: Navigation, portal: Page) -> None:
    """GED-15: what the client already gave is offered, looked at and taken, without another deposit."""
    today = datetime.now(PARIS)
    e = nav.embauche(CLIENT.cle, someone("Basile", jours(16, today.date())))
    e.declare(today)
    e.valide_demande()
    e.conseiller.post(f"{e.path}/pieces", {"titre": "Relevé de compte", "de": "manager"})
    portal.goto(f"/demarches/{e.id}/depot")
    take = portal.get_by_role("button", name=re.compile(r"^Utiliser\s: Relevé de compte"))
    expect(take).to_be_visible()
    assert complaints(portal) == []
    shot(portal, "disponible")
    take.click()
    expect(portal.get_by_text("Nous vérifions votre document")).to_be_visible()
    assert [piece["statut"] for piece in e.vue()["pieces"] if piece["titre"] == "Relevé de compte"] == [
        "attente_validation"
    ]


def a_document_is_withdrawn_after_a_second_thought(staff: Page) -> None:
    """GED-04: nobody reads it any more, which cannot be undone: it is said before."""
    document = staff.get_by_role("button", name="Relevé de compte", exact=True)
    document.click()
    dialog = staff.get_by_role("dialog", name="Relevé de compte", exact=True)
    dialog.get_by_text("Classement et accès").click()
    dialog.get_by_role("button", name="Retirer le document").click()
    sure = staff.get_by_role("dialog", name=re.compile("^Retirer «\\sRelevé de compte"))
    expect(sure.get_by_text("Cela ne se défait pas.")).to_be_visible()
    assert complaints(staff) == []
    shot(staff, "ged-retirer")
    sure.get_by_role("button", name="Retour").click()
    expect(sure).to_have_count(0)
    dialog.get_by_role("button", name="Retirer le document").click()
    sure.get_by_role("button", name="Retirer le document").click()
    expect(dialog).to_have_count(0)
    expect(document).to_have_count(0)


def test_a_kind_of_document_is_given_once(nav: Navigation) -> None:
    """GED-15: what was validated for a loan is offered for the next one: taken, or given anew."""
    owner = next(each for each in CLIENTS if each.cle == "besson")
    adviser = next(each for each in EQUIPE if each.email.startswith(owner.conseiller))
    people = nav.acteur(owner.email), nav.acteur(adviser.email), nav.monde.tiers[owner.cle]
    first = credit_regroupement(*people)
    for piece in first.vue()["pieces"]:
        if piece["id"] in ("identite", "domicile", "impots"):
            first.depose(piece)
    dossier = credit_regroupement(*people)
    portal = nav.open(owner.email, TELEPHONE)
    portal.goto(f"/demarches/{dossier.id}/depot")
    known = portal.get_by_role("heading", name="Vous nous l’avez déjà donné").locator("xpath=../..")
    expect(known.get_by_role("button", name="Réutiliser")).to_have_count(3)
    assert complaints(portal) == []
    shot(portal, "deja-donne")
    known.get_by_role("button", name=re.compile(r"^Réutiliser\s: Pièce d'identité")).click()
    expect(portal.get_by_text("« Pièce d'identité » : c’est reçu.")).to_be_visible()
    statuts = {piece["titre"]: piece["statut"] for piece in dossier.vue()["pieces"]}
    assert statuts["Pièce d'identité"] == "attente_validation"
    known.get_by_role("button", name=re.compile(r"^En donner un autre\s: Avis d'imposition")).click()
    expect(portal.get_by_label("Choisir un fichier : Avis d'imposition")).to_be_attached()
    expect(known.get_by_role("button", name="Réutiliser")).to_have_count(1)


@pytest.mark.parametrize("taille", [BUREAU, TELEPHONE])
def test_a_workbook_and_an_open_document_are_read_on_screen(nav: Navigation, taille: ViewportSize) -> None:
    """GED-01: drawn from their parts in the browser, by elements of ours."""
    page = nav.open(CLIENTS[3].email, taille)
    page.goto("/documents")
    for kind, data in (("xlsx", workbook()), ("odt", open_text())):
        name = f"Document {kind} {taille['width']}"
        nom = f"{name}.{kind}"
        payload: FilePayload = {"name": nom, "mimeType": "", "buffer": data}
        page.get_by_label("Choisir des documents", exact=True).set_input_files([payload])
        page.get_by_role("button", name=name, exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Ouvrir", exact=True).click()
        shown = page.get_by_role("group", name=f"Aperçu de {nom}")
        if kind == "xlsx":
            expect(shown.get_by_role("columnheader")).to_have_text(["A", "B", "D"])
            expect(shown.get_by_role("cell", name="Prévision d’encaissements")).to_be_visible()
            line = shown.get_by_role("row").filter(has_text="12/04/2026")
            expect(line.get_by_role("cell")).to_have_text(
                ["12/04/2026", re.compile("^4.938,00.€$"), re.compile("^5,40.%$")]
            )
            shot(page, f"classeur-{taille['width']}")
            page.get_by_role("group", name="Feuilles").get_by_role("button").last.click()
            expect(shown.get_by_role("cell", name="Taux retenu")).to_be_visible()
            expect(page.get_by_role("button", name="Secret")).to_have_count(0)
        else:
            expect(shown.get_by_role("heading", name="Lettre de mission")).to_be_visible()
            expect(shown.get_by_role("listitem").filter(has_text="Plan d’action")).to_be_visible()
            expect(shown.get_by_text("1. Conditions en annexe.")).to_be_visible()
            expect(shown.get_by_text("Annexe, page 2")).to_be_visible()
            expect(shown.get_by_text("Dossier de création")).to_be_visible()
            for hidden in ("Phrase retirée", "Modèle de sommaire", "Titre du logo", "Seul le début"):
                expect(shown.get_by_text(hidden)).to_have_count(0)
            assert shown.locator("a[href]").count() == 1
            assert shown.locator("img").evaluate("image => image.naturalWidth > 0")
            shot(page, f"odt-{taille['width']}")
        assert complaints(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")


def test_a_word_document_is_read_on_screen(nav: Navigation) -> None:
    """GED-01: its pages, in the viewer, on a phone too."""
    page = nav.open(CLIENTS[3].email, TELEPHONE)
    page.goto("/documents")
    letter: FilePayload = {"name": "Lettre de mission.docx", "mimeType": "", "buffer": word()}
    page.get_by_label("Choisir des documents", exact=True).set_input_files([letter])
    page.get_by_role("button", name="Lettre de mission", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Ouvrir", exact=True).click()
    pages = page.get_by_role("group", name="Aperçu de Lettre de mission.docx")
    expect(pages.get_by_text("Honoraires")).to_be_visible()
    expect(pages.get_by_text("Un lien qui agirait")).to_be_visible()
    assert pages.locator("a[href]").count() == 0
    assert complaints(page) == []
    shot(page, "word")


def test_a_text_whose_tables_never_end_shows_its_beginning(nav: Navigation) -> None:
    """GED-01: a few kilobytes do not freeze the screen."""
    page = nav.open(CLIENTS[3].email)
    page.goto("/documents")
    payload: FilePayload = {"name": "Sans fin.odt", "mimeType": "", "buffer": endless_text()}
    page.get_by_label("Choisir des documents", exact=True).set_input_files([payload])
    page.get_by_role("button", name="Sans fin", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Ouvrir", exact=True).click()
    shown = page.get_by_role("group", name="Aperçu de Sans fin.odt")
    expect(shown.get_by_text("Seul le début est affiché.")).to_be_visible()
    expect(shown.get_by_text("Fond", exact=True)).to_have_count(1)
    expect(shown.get_by_role("link", name="Télécharger tout le fichier")).to_be_visible()
    assert shown.locator("td").count() < 31_000


def test_a_pdf_that_arrives_damaged_leaves_the_screen_in_place(nav: Navigation) -> None:
    """GED-01: the viewer says so and offers the file; what is around it stays."""
    page = nav.open(CLIENTS[3].email)
    page.goto("/documents")
    choose(page, "Choisir des documents", "Bilan abîmé.pdf")
    page.get_by_role("button", name="Bilan abîmé", exact=True).click()
    page.route(re.compile(r"/api/fichiers/[^/]+$"), lambda route: route.fulfill(body=b"%PDF-1.7\nrien"))
    page.get_by_role("dialog").get_by_role("button", name="Ouvrir", exact=True).click()
    shown = page.get_by_role("group", name="Aperçu de Bilan abîmé.pdf")
    expect(shown.get_by_text("Ce PDF ne peut pas être affiché ici.")).to_be_visible()
    expect(shown.get_by_role("link", name="Télécharger le fichier")).to_be_visible()
    expect(page.get_by_label("Choisir des documents", exact=True)).to_be_attached()
    shot(page, "pdf-abime")


def a_notification_of_no_demarche(staff: Page, tiers: str, others: str) -> None:
    """NOT-14: written from the client's page, to others too, then read there with what became of it."""
    staff.goto(f"/console/clients/{tiers}")
    staff.get_by_role("button", name="Écrire une notification").click()
    dialog = staff.get_by_role("dialog", name="Écrire une notification")
    dialog.get_by_label("Texte").fill("Le cabinet ferme tôt jeudi.")
    dialog.get_by_label("Aussi à").fill("Aubert")
    staff.get_by_role("option", name=CLIENTS[0].nom).click()
    staff.keyboard.press("Tab")
    shot(staff, "notification-plusieurs")
    dialog.get_by_role("button", name="Prévenir 2 clients").click()
    expect(dialog).to_have_count(0)
    expect(staff.get_by_text("Le cabinet ferme tôt jeudi.")).to_be_visible()
    staff.goto(f"/console/clients/{others}")
    expect(staff.get_by_text("Le cabinet ferme tôt jeudi.")).to_be_visible()
    staff.goto(f"/console/clients/{tiers}")
    shot(staff, "notification-libre")


def test_documents_of_a_client_on_both_sides(nav: Navigation) -> None:
    staff = nav.open(ADVISER.email, BUREAU)
    a_notification_of_no_demarche(staff, nav.monde.tiers[CLIENT.cle], nav.monde.tiers[CLIENTS[0].cle])
    staff.goto(f"/console/clients/{nav.monde.tiers[CLIENT.cle]}/documents")
    expect(staff.get_by_text("Aucun document partagé pour l’instant.")).to_be_visible()
    assert complaints(staff) == []
    staff.get_by_role("button", name="Classer").click()
    staff.get_by_role("menuitem", name="Dossier de l’année").click()
    staff.get_by_role("button", name="Dossier Annuel", exact=False).first.click()
    staff.get_by_role("button", name="Fiscal", exact=True).click()
    expect(staff.get_by_text("Ce dossier est vide.")).to_be_visible()
    choose(staff, "Choisir des documents", "Bilan.pdf")
    staff.get_by_role("button", name="Bilan", exact=True).click()
    dialog = staff.get_by_role("dialog", name="Bilan")
    dialog.get_by_label("Votre commentaire").fill("Le bilan est prêt à relire.")
    dialog.get_by_role("button", name="Commenter").click()
    expect(dialog.get_by_text("Le bilan est prêt à relire.")).to_have_count(1)
    choose(staff, "Choisir la nouvelle version", "Bilan corrigé.pdf")
    expect(dialog.get_by_role("button", name="Version 2", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Rétablir la version 1").click()
    expect(dialog.get_by_text("reprise de la version 1")).to_be_visible()
    assert complaints(staff) == []
    shot(staff, "ged-cabinet-detail")

    portal = nav.open(CLIENT.email, TELEPHONE)
    portal.goto("/documents")
    portal.get_by_role("button", name="Dossier Annuel", exact=False).click()
    portal.get_by_role("button", name="Fiscal", exact=True).click()
    portal.get_by_role("button", name="Bilan", exact=True).click()
    read = portal.get_by_role("dialog", name="Bilan")
    expect(read.get_by_text("Le bilan est prêt à relire.")).to_be_visible()
    read.get_by_label("Votre commentaire").fill("Merci, c’est bon pour moi.")
    read.get_by_role("button", name="Commenter").click()
    expect(read.get_by_text("Merci, c’est bon pour moi.")).to_have_count(1)
    expect(read.get_by_role("button", name="Rétablir", exact=False)).to_have_count(0)
    assert complaints(portal) == []
    shot(portal, "ged-portail-detail")
    portal.keyboard.press("Escape")
    choose(portal, "Choisir des documents", "Relevé de compte.pdf")
    portal.get_by_role("button", name="Tous les documents").click()
    expect(portal.get_by_role("button", name="Relevé de compte", exact=True)).to_be_visible()
    assert complaints(portal) == []
    shot(portal, "ged-portail")

    # What the firm keeps for itself is gone from the client's side, folders included.
    dialog.get_by_text("Classement et accès").click()
    dialog.get_by_label("Qui peut le lire").click()
    staff.get_by_role("option", name="Le cabinet seulement").click()
    with staff.expect_response(lambda answer: answer.request.method == "PATCH") as saved:
        dialog.get_by_role("button", name="Enregistrer").click()
    assert saved.value.ok
    portal.reload()
    expect(portal.get_by_role("button", name="Relevé de compte", exact=True)).to_be_visible()
    expect(portal.get_by_role("button", name="Dossier Annuel", exact=False)).to_have_count(0)
    staff.keyboard.press("Escape")
    staff.get_by_label("Rechercher un document").fill("relevé")
    expect(staff.get_by_role("button", name="Relevé de compte", exact=True)).to_be_visible()
    expect(staff.get_by_role("button", name="Bilan", exact=True)).to_have_count(0)
    shot(staff, "ged-cabinet")
    assert complaints(staff) == []
    a_document_serves_for_a_piece(nav, portal)
    a_document_is_withdrawn_after_a_second_thought(staff)
    the_vault_of_a_particulier(nav)
