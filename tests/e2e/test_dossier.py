"""From the tasks to the closure: the adviser's and the manager's work, the contract, the alert, the end of the trial,
the price and the final documents (EMB-09 to EMB-14, TCH, TL, DOS-22 to DOS-24).
"""

import re
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

from demo import pieces
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, Embauche, jours
from tests.e2e.console import Cockpit
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.portail import files, tick_all
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

SOPHIE, CLAIRE = CLIENTS[0], EQUIPE[0]
NOTE = "À rappeler : le conjoint travaille chez un concurrent."


def prepared(nav: Navigation, prenom: str) -> Embauche:
    """A dossier whose employee has given everything."""
    e = nav.embauche("aubert", someone(prenom, jours(16, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    e.complete_pieces()
    e.attend_etape("contrat")
    return e


def manager_does(page: Page, titre: str) -> None:
    """Tick what there is to tick in a task of one's own, then say it is done."""
    card = (
        page.get_by_role("main")
        .locator("div", has=page.get_by_role("heading", name=titre, exact=True))
        .filter(has=page.get_by_role("button", name="C’est fait"))
        .last
    )
    expect(card).to_be_visible()
    tick_all(card)
    card.get_by_role("button", name="C’est fait").click()
    expect(page.get_by_role("heading", level=3, name=titre, exact=True)).to_have_count(0)


def test_tasks_contract_and_arrival(nav: Navigation) -> None:
    e = prepared(nav, "Rose")
    bureau = nav.open(CLAIRE.email)
    cockpit = Cockpit(bureau).open(e.id)

    # Tasks, with a checklist and an internal comment.
    cockpit.do_task("Réaliser la DPAE", comment=NOTE)

    # The contract: produced from its model, previewed, then the task that waited for it.
    window = cockpit.open_task("Rédiger le contrat de travail à partir du modèle CDI")
    window.get_by_role("button", name="Produire").click()
    expect(window.get_by_text("« Contrat de travail » est produit.")).to_be_visible(timeout=40_000)
    bureau.keyboard.press("Escape")
    cockpit.tab("Documents (GED)")
    cockpit.panel.get_by_role("button", name="Voir Contrat de travail").last.click()
    preview = cockpit.dialog
    expect(preview.locator("canvas")).to_be_visible()
    expect(preview.get_by_text(re.compile(r"^Page 1 sur \d"))).to_be_visible()
    bureau.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    cockpit.do_task("Rédiger le contrat de travail à partir du modèle CDI")

    # The manager's part, from a phone.
    page = nav.open(SOPHIE.email, TELEPHONE)
    page.goto(f"/demarches/{e.id}?onglet=taches")
    for titre in (
        "Préparer le poste de travail",
        "Planifier la visite d'accueil",
        "Préparer le matériel de bienvenue",
    ):
        manager_does(page, titre)
    page.goto(f"/demarches/{e.id}/depot")
    page.get_by_label("Choisir un fichier : Contrat de travail signé").set_input_files(
        files(pieces.scan("contrat_signe", "Lu et approuvé"))
    )
    page.get_by_role("button", name="Envoyer mon document").click()
    expect(page.get_by_text("« Contrat de travail signé » : c’est reçu.")).to_be_visible()

    # Without reloading, the adviser has one pièce to check; once done the étape goes on.
    cockpit.tab("Documents (GED)")
    cockpit.panel.get_by_role("link", name="Contrôler", exact=True).click()
    expect(bureau.locator("canvas")).to_be_visible()
    bureau.keyboard.press("v")
    Cockpit(bureau).open(e.id)
    e.attend_etape("affiliations")
    expect(bureau.get_by_role("listitem").filter(has_text="Affiliations").first).to_have_attribute(
        "aria-current", "step"
    )
    cockpit.do_task("Affilier le salarié")
    cockpit.do_task("Organiser la visite d'information et de prévention")

    # The manager brings a document that nobody asked for; the adviser has it to check (GED-05).
    page.goto(f"/demarches/{e.id}?onglet=documents")
    page.get_by_role("button", name="Ajouter un document").click()
    page.get_by_label("Quel est ce document").fill("Règlement intérieur")
    page.get_by_label("Choisir un fichier : Règlement intérieur").set_input_files(
        files(pieces.scan("reglement", "Article 1"))
    )
    page.get_by_role("button", name="Envoyer mon document").click()
    expect(page.get_by_role("dialog").get_by_text("C’est reçu.")).to_be_visible()
    cockpit.tab("Documents (GED)")
    expect(cockpit.panel.get_by_text("Règlement intérieur").first).to_be_visible()

    # Same timeline on both sides; the internal note never leaves the firm.
    page.goto(f"/demarches/{e.id}?onglet=historique")
    expect(page.get_by_role("heading", name="Historique du Dossier")).to_be_visible()
    expect(page.get_by_text(re.compile("Contrat de travail")).first).to_be_visible()
    cockpit.tab("Timeline & Activité")
    cockpit.only("Échanges")
    expect(cockpit.panel.get_by_text(NOTE)).to_be_visible()
    page.goto(f"/demarches/{e.id}?onglet=etapes")
    expect(page.get_by_role("heading", name="Historique des étapes")).to_be_visible()
    page.goto(f"/demarches/{e.id}?onglet=finances")
    expect(page.get_by_role("heading", name="Prix de la prestation")).to_be_visible()
    assert complaints(page) == []
    tabs = ("synthese", "taches", "documents", "echanges", "historique", "etapes", "finances", "equipe")
    for onglet in tabs:
        page.goto(f"/demarches/{e.id}?onglet={onglet}")
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Embauche de Rose {e.salarie.nom}")
        expect(page.locator('[aria-busy="true"]')).to_have_count(0)
        assert NOTE not in page.content()
    client_reads = [
        f"{line['titre']} {line['detail']}" for line in e.manager.get(f"{e.path}/journal")["items"]
    ]
    assert not any(NOTE in line for line in client_reads)


def test_from_the_arrival_to_the_closure(nav: Navigation) -> None:
    e = prepared(nav, "Nour")
    e.prepare()
    e.affilie_et_convoque()
    e.a(e.salarie.entree, time(9, 30))
    e.attend_etape("arrivee")

    bureau = nav.open(CLAIRE.email)
    cockpit = Cockpit(bureau).open(e.id)
    bureau.get_by_role("button", name="Remplir : Registre du personnel").click()
    cockpit.dialog.get_by_label(re.compile("^Matricule")).fill("M0042")
    cockpit.dialog.get_by_role("radio").or_(cockpit.dialog.get_by_label(re.compile("^Type"))).first.click()
    first = bureau.get_by_role("option").first
    if first.is_visible():
        first.click()
    cockpit.dialog.get_by_role("button", name="Enregistrer le formulaire").click()
    expect(cockpit.dialog).to_have_count(0)
    e.attend_etape("periode_essai")

    # Ten days before the end of the trial, the alert comes by itself, with its task.
    page = nav.open(SOPHIE.email, TELEPHONE)
    page.goto(f"/demarches/{e.id}")
    e.a(e.salarie.entree + timedelta(days=52))
    cockpit.tab("Tâches & Planification")
    expect(cockpit.panel.get_by_text("Préparer le courrier de confirmation ou de rupture")).to_be_visible()
    cockpit.more("Produire un document")
    cockpit.dialog.get_by_label("Document").click()
    bureau.get_by_role("option", name="Courrier de confirmation de la période d'essai").click()
    cockpit.confirm("Produire")
    cockpit.do_task("Préparer le courrier de confirmation ou de rupture")

    e.a(e.salarie.entree + timedelta(days=64))
    e.attend_etape("termine")
    bureau.get_by_role("button", name="Valider l’étape : Terminé").click()
    expect(bureau.get_by_text("Terminé").first).to_be_visible()

    # The client sees the end, the price and the final documents, without reloading.
    expect(page.get_by_text("C’est terminé. Vos documents restent disponibles ici.")).to_be_visible()
    expect(page.get_by_role("heading", name="Vos documents finaux")).to_be_visible()
    for titre in ("Contrat de travail", "Courrier de confirmation de la période d'essai"):
        expect(page.get_by_role("link", name=f"Télécharger {titre}")).to_be_visible()
    expect(page.get_by_text(re.compile(r"290,00\s€"))).to_be_visible()
    expect(page.get_by_text("Contrats (2)").or_(page.get_by_text("Contrats (1)")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"100\s%")).first).to_be_visible()
