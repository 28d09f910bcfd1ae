"""A debt recovered: invoices typed in a drawer, account of the day, the debtor pays a part online (REC-04 to REC-08,
REC-20, REC-28 to REC-31); phone and desktop, with an accessibility check.
"""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cli.stack import Stack
from demo.acteurs import attendre
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS
from demo.metiers import Recouvrement, recouvrement
from tests.e2e.console import Cockpit
from tests.e2e.navigation import TELEPHONE, Navigation
from tests.e2e.surveillance import complaints
from tests.fakes.stripe import FakeStripe

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

CLAIRE = EQUIPE[0]
CLIENT = next(each for each in CLIENTS if each.cle == "aubert")


@pytest.fixture
def stripe(pile: Stack, fake_stripe: FakeStripe) -> FakeStripe:
    fake_stripe.webhook_url = f"{pile.base_url}/api/paiements/stripe"
    return fake_stripe


def picture(page: Page, name: str) -> None:
    """A picture for whoever looks at the screens, when a folder is given."""
    folder = os.environ.get("TESTS_ELASKA_IMAGES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def opened(nav: Navigation) -> Recouvrement:
    """A debt handed over by the client, accepted, without invoices yet."""
    adviser = next(each for each in EQUIPE if each.email.startswith(CLIENT.conseiller))
    return recouvrement(
        nav.acteur(CLIENT.email),
        nav.acteur(adviser.email),
        tiers_id=nav.monde.tiers[CLIENT.cle],
        debiteur="Menuiserie Aubin",
    )


def test_from_invoices_to_a_payment_online(nav: Navigation, stripe: FakeStripe) -> None:
    dossier = opened(nav)
    adviser = next(each for each in EQUIPE if each.email.startswith(CLIENT.conseiller))
    page = nav.open(adviser.email)
    cockpit = Cockpit(page).open(dossier.id)
    cockpit.tab("Situation de Compte")
    page.get_by_role("heading", name="Factures", exact=True).locator("xpath=ancestor::section").get_by_role(
        "button", name="Ajouter"
    ).click()
    drawer = page.get_by_role("dialog")
    echeance = datetime.now(PARIS).date() + timedelta(days=3)
    drawer.get_by_label("Numéro de facture").fill("F-2026-118")
    drawer.get_by_label("Montant dû").fill("1240,00")
    drawer.get_by_label("Date d'échéance").fill(f"{echeance:%d/%m/%Y}")
    drawer.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_role("cell", name=re.compile("^Numéro de facture"))).to_be_visible()
    expect(page.get_by_text("Somme totale due")).to_be_visible()
    assert complaints(page) == []
    picture(page, "recouvrement-console-1280")

    dossier.amiable()
    cockpit.tab("Suivi Financier & Règlements")
    page.get_by_role("button", name="Plusieurs… Échéances du plan").click()
    several = page.get_by_role("dialog")
    several.get_by_label("Première échéance").fill(f"{echeance:%d/%m/%Y}")
    several.get_by_role("button", name="Préparer", exact=True).click()
    lines = several.get_by_label("Lignes à ajouter")
    laid_out = lines.input_value()
    lines.fill(laid_out.replace("413,34", "beaucoup"))
    expect(several.get_by_role("status")).to_have_text("1 ligne à corriger.")
    expect(several.get_by_role("button", name="Ajouter 3 lignes")).to_be_disabled()
    assert complaints(page) == []
    picture(page, "recouvrement-plusieurs-1280")
    lines.fill(laid_out)
    several.get_by_role("button", name="Ajouter 3 lignes").click()
    expect(page.get_by_role("cell", name=re.compile("413,34"))).to_have_count(2)
    cockpit.tab("Situation de Compte")
    page.get_by_role("button", name="Lien de paiement…").click()
    lien = page.get_by_role("dialog").get_by_label("Adresse").input_value()

    debtor = nav.open(taille=TELEPHONE)
    debtor.goto(lien)
    expect(debtor.get_by_role("heading", name="Montant total dû")).to_be_visible()
    expect(debtor.get_by_text(CLIENT.nom)).to_be_visible()
    assert complaints(debtor) == []
    picture(debtor, "debiteur-390")
    stale = nav.open(taille=TELEPHONE)
    stale.goto(lien)
    expect(stale.get_by_role("heading", name="Montant total dû")).to_be_visible()
    # A sign is kept as it was typed, and refused; never paid as its opposite.
    amount = debtor.get_by_label("Montant à payer")
    amount.press("Control+a")
    amount.press_sequentially("-400")
    debtor.get_by_role("button", name="Payer maintenant").click()
    expect(debtor.get_by_text(re.compile("^Entrez un montant entre"))).to_be_visible()
    expect(amount).to_have_value(re.compile(r"^-400"))
    picture(debtor, "debiteur-negatif-390")
    amount.fill("400,00")
    debtor.get_by_role("button", name="Payer maintenant").click()
    debtor.get_by_role("button", name="Payer", exact=True).click()
    expect(debtor.get_by_role("heading", name="Merci, votre paiement est reçu")).to_be_visible()
    picture(debtor, "debiteur-merci-390")
    attendre("le règlement", lambda: dossier.lignes("reglements") or None)

    # The same link, read again then from a page left open: what is left is told, whoever paid.
    debtor.get_by_role("link", name="Voir ce qu’il reste à régler").click()
    expect(debtor.get_by_text(re.compile(r"^840,00\s€$")).first).to_be_visible()
    nav.watch(stale).expected.add(422)
    stale.get_by_role("button", name="Payer maintenant").click()
    expect(
        stale.get_by_text("Le montant dû a changé depuis que vous avez ouvert cette page.")
    ).to_be_visible()
    expect(stale.get_by_label("Montant à payer")).to_have_value(re.compile(r"^840,00"))
    stale.get_by_role("button", name="Payer maintenant").click()
    stale.get_by_role("button", name="Refuser").click()
    expect(stale.get_by_text("Rien n’a été débité.")).to_be_visible()
    assert complaints(stale) == []
    picture(stale, "debiteur-abandon-390")
    nav.watch(stale).expected.add(404)
    stale.goto(f"{lien[:-8]}inconnus")
    expect(stale.get_by_role("heading", name="Ce lien est introuvable")).to_be_visible()

    creditor = nav.open(CLIENT.email, TELEPHONE)
    creditor.goto(f"/demarches/{dossier.id}")
    expect(creditor.get_by_role("heading", name="Journal des Règlements Reçus")).to_be_visible()
    expect(creditor.get_by_text(re.compile(r"^840,00\s€$")).first).to_be_visible()
    assert complaints(creditor) == []
    picture(creditor, "recouvrement-portail-390")
    # The instalment that is not covered yet, on its page and at home (REC-26, DOS-04).
    expect(creditor.get_by_text(re.compile("Prochaine échéance le"))).to_be_visible()
    creditor.goto("/")
    dates = creditor.get_by_role("heading", name="Prochaines dates").locator("xpath=ancestor::section")
    instalment = (
        dates.get_by_role("link").filter(has_text="Prochaine échéance").filter(has_text="Menuiserie Aubin")
    )
    expect(instalment).to_contain_text(f"{echeance.day}")
    assert complaints(creditor) == []
    picture(creditor, "accueil-390")
    desk = nav.open(CLIENT.email)
    desk.goto("/")
    expect(desk.get_by_text("Prochaine échéance").first).to_be_visible()
    picture(desk, "accueil-1280")
    creditor.goto("/demarches?rubrique=recouvrements")
    expect(creditor.get_by_role("region", name="Total").get_by_text("Déjà récupéré")).to_be_visible()
    assert complaints(creditor) == []
    picture(creditor, "recouvrements-390")


def test_what_the_debtor_paid_in_excess_is_told_until_it_is_given_back(nav: Navigation) -> None:
    """REC-20, REC-22, REC-29: a task and a figure in the console; the debtor reads that nothing is due."""
    dossier = opened(nav)
    today = datetime.now(PARIS).date()
    dossier.facture("F-2026-140", 100_000, today + timedelta(days=3))
    dossier.amiable()
    lien = dossier.conseiller.post(f"{dossier.path}/lien-paiement", {})["url"]
    dossier.ajoute("frais", nature="commission", libelle="Commission de 10 %", taux="10")
    dossier.ajoute("reglements", recu_le=today.isoformat(), montant=120_000, moyen="virement")
    attendre("la clôture", lambda: dossier.vue()["statut"]["cle"] == "regle")
    adviser = next(each for each in EQUIPE if each.email.startswith(CLIENT.conseiller))
    page = nav.open(adviser.email)
    cockpit = Cockpit(page).open(dossier.id)
    cockpit.tab("Situation de Compte")
    expect(cockpit.panel.get_by_text("Trop-perçu à rendre au débiteur")).to_be_visible()
    expect(cockpit.panel.get_by_text(re.compile(r"^200,00\s€$"))).to_be_visible()
    expect(cockpit.panel.get_by_text("Pénalités et indemnités réglées")).to_have_count(0)
    picture(page, "trop-percu-1280")
    # Ten per cent of the 1 000 € recovered, not of the 1 200 € received (REC-21): the line and the total.
    cockpit.tab("Suivi Financier & Règlements")
    expect(cockpit.panel.get_by_text(re.compile(r"^100,00\s€$"))).to_have_count(2)
    assert complaints(page) == []
    picture(page, "commission-1280")
    # The money that is given back is recorded among the payments: that alone ends the task.
    window = cockpit.open_task("Rendre le trop-perçu au débiteur")
    nav.watch(page).expected.add(409)
    window.get_by_role("button", name="Terminer la tâche").click()
    expect(page.get_by_text("Ajoutez d'abord la somme rendue")).to_be_visible()
    picture(page, "trop-percu-tache-1280")
    page.keyboard.press("Escape")
    expect(cockpit.dialog).to_have_count(0)
    cockpit.tab("Suivi Financier & Règlements")
    payments = cockpit.panel.get_by_role("heading", name="Journal des Règlements Reçus").locator(
        "xpath=ancestor::section"
    )
    payments.get_by_role("button", name="Ajouter").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Rendu au débiteur").check()
    drawer.get_by_label("Date du paiement").fill(f"{today:%d/%m/%Y}")
    drawer.get_by_label("Montant").fill("200,00")
    drawer.get_by_role("combobox", name="Moyen de paiement").click()
    page.get_by_role("option", name="Virement").click()
    picture(page, "rendu-saisie-1280")
    drawer.locator("button[type=submit]").click()
    expect(cockpit.dialog).to_have_count(0)
    expect(payments.get_by_text(re.compile(r"^[-−]200,00\s€$"))).to_be_visible()
    expect(payments.get_by_text(re.compile(r"^1\s000,00\s€$"))).to_be_visible()
    # The commission is what it was.
    expect(cockpit.panel.get_by_text(re.compile(r"^100,00\s€$"))).to_have_count(2)
    assert complaints(page) == []
    picture(page, "rendu-1280")
    cockpit.tab("Situation de Compte")
    expect(cockpit.panel.get_by_text("Trop-perçu à rendre au débiteur")).to_have_count(0)
    done = [t["statut"] for t in dossier.vue()["taches"] if t["titre"] == "Rendre le trop-perçu au débiteur"]
    assert done == ["termine"]
    creditor = nav.open(CLIENT.email, TELEPHONE)
    creditor.goto(f"/demarches/{dossier.id}")
    expect(creditor.get_by_text(re.compile(r"^[-−]200,00\s€$"))).to_be_visible()
    assert complaints(creditor) == []
    picture(creditor, "rendu-portail-390")
    debtor = nav.open(taille=TELEPHONE)
    debtor.goto(lien)
    expect(debtor.get_by_text("Tout est réglé")).to_be_visible()
    expect(debtor.get_by_role("button", name="Payer maintenant")).to_have_count(0)
    assert complaints(debtor) == []
    picture(debtor, "debiteur-regle-390")


def test_a_plan_of_reminders_is_written_then_applied(nav: Navigation) -> None:
    """REC-10, REC-25: a plan of the library takes the place of the steps of a démarche; both widths."""
    dossier = opened(nav)
    adviser = next(each for each in EQUIPE if each.email.startswith(CLIENT.conseiller))
    page = nav.open(adviser.email)
    page.goto("/console/parametres/plans")
    expect(page.get_by_text("Aucun plan de relance.")).to_be_visible()
    page.get_by_role("button", name="Nouveau plan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog.get_by_text("Donnez-lui un nom.")).to_be_visible()
    dialog.get_by_label("Nom du plan").fill("Relances courtoises")
    dialog.get_by_label("Quand l’employer").fill("Pour un client fidèle.")
    # Typed as a person does, over what is there: a minus alone is not a day yet.
    days = dialog.get_by_label("Jours")
    days.press("Control+a")
    days.press_sequentially("-")
    days.press("Enter")
    expect(dialog.get_by_text("Indiquez un nombre de jours.")).to_be_visible()
    days.press("Control+a")
    days.press_sequentially("-5")
    expect(days).to_have_value("-5")
    expect(dialog.get_by_text("Indiquez un nombre de jours.")).to_have_count(0)
    days.fill("8")
    dialog.get_by_label("Message ajouté").fill("Sauf oubli de votre part, cette facture reste à régler.")
    dialog.get_by_label("Pénalités dans cet envoi").click()
    page.get_by_role("option", name="Non incluses").click()
    dialog.get_by_role("button", name="Ajouter un palier").click()
    dialog.get_by_label("Action").nth(1).click()
    page.get_by_role("option", name="Mise en demeure").click()
    assert complaints(page) == []
    picture(page, "plan-dialogue-1280")
    page.set_viewport_size(TELEPHONE)
    assert complaints(page) == []
    picture(page, "plan-dialogue-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="Relances courtoises")).to_be_visible()
    picture(page, "plans-1280")
    page.set_viewport_size(TELEPHONE)
    assert complaints(page) == []
    picture(page, "plans-390")
    page.set_viewport_size({"width": 1280, "height": 900})

    dossier.facture("F-2026-131", 124_000, datetime.now(PARIS).date() - timedelta(days=6))
    dossier.amiable()
    cockpit = Cockpit(page).open(dossier.id)
    cockpit.tab("Situation de Compte")
    page.get_by_role("button", name="Appliquer un plan…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Appliquer", exact=True).click()
    expect(dialog.get_by_text("Choisissez un plan.")).to_be_visible()
    dialog.get_by_label("Relances courtoises").check()
    assert complaints(page) == []
    picture(page, "plan-appliquer-1280")
    dialog.get_by_role("button", name="Appliquer", exact=True).click()
    steps = page.locator("#plan-de-relance > li")
    expect(steps).to_have_count(2)
    expect(steps.first).to_contain_text("J+8")
    expect(steps.last).to_contain_text("J+18")
    picture(page, "plan-etapes-1280")
    page.set_viewport_size(TELEPHONE)
    assert complaints(page) == []
    picture(page, "plan-etapes-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="SMS", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=re.compile("^Avec les"))).to_be_visible()
    # What is asked of a debtor names nothing that could not be computed: the table of rates may stop before today.
    known = page.get_by_text("Les pénalités de retard n’ont pas pu être calculées").count() == 0
    dialog.get_by_role("button", name=re.compile("^Avec les")).click()
    said = dialog.get_by_label("Message").input_value()
    assert "indemnités forfaitaires" in said
    assert ("pénalités de retard" in said) == known
    assert complaints(page) == []
    picture(page, "sms-1280")
    page.set_viewport_size(TELEPHONE)
    assert complaints(page) == []
    picture(page, "sms-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    dialog.get_by_role("button", name="Retour").click()
    cockpit.tab("Documents (GED)")
    page.get_by_role("button", name="Produire un document…").click()
    dialog.get_by_label("L'inclure", exact=True).check()
    assert complaints(page) == []
    picture(page, "document-penalites-1280")
    dialog.get_by_role("button", name="Produire", exact=True).click()
    expect(page.get_by_text("Le document se prépare")).to_be_visible()
