"""The manager declares a hire from a phone; the adviser sees it arrive, asks, and validates (EMB-01 to EMB-05)."""

import contextlib
import re
import time
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.portail import Formulaire, french

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

SOPHIE, CLAIRE = CLIENTS[0], EQUIPE[0]
LONGER_THAN_A_DRAFT_WAITS_S = 1.2


def slow_answer(route: Route) -> None:
    answer = route.fetch()
    time.sleep(LONGER_THAN_A_DRAFT_WAITS_S)
    route.fulfill(response=answer)


def test_the_manager_declares_a_hire_and_the_adviser_opens_the_dossier(nav: Navigation) -> None:
    today = datetime.now(PARIS).date()
    entree = jours(16, today)
    lea = someone("Léa", entree)
    titre = f"Embauche de Léa {lea.nom}"

    # The adviser's queue is open all along, and never reloaded.
    bureau = nav.open(CLAIRE.email)
    bureau.goto("/console")
    expect(bureau.get_by_role("heading", level=1)).to_contain_text("Bonjour Claire")
    bureau.evaluate("window.__jamais_rechargee = true")

    page = nav.open(SOPHIE.email, TELEPHONE)
    page.goto("/")
    page.get_by_role("link", name="Nouvelle Demande").first.click()
    page.get_by_role("link", name="Déclarer une embauche").click()
    form = Formulaire(page)
    form.on("Salarié")

    # Each error next to its field, and the page is not left.
    form.write("Prénom", lea.prenom)
    form.write("Nom d'usage", lea.nom)
    form.tick("Femme")
    form.write("Date de naissance", "30/02/2031")
    form.expect_error("Date de naissance", "Cette date n’existe pas")
    form.write("NIR", lea.nir[:-2] + f"{int(lea.nir[-2:]) % 97 + 1:02d}")
    form.expect_error("NIR", "n’est pas valable")
    form.next()
    form.expect_error("Email personnel", "obligatoire")
    form.on("Salarié")
    form.write("Date de naissance", french(lea.naissance))
    form.expect_no_error("Date de naissance")
    form.write("NIR", lea.nir)
    form.expect_no_error("NIR")
    form.write("Email personnel", lea.email)
    form.next()

    form.on("Poste")
    form.write("Intitulé du poste", lea.poste)
    expect(page.get_by_text("Brouillon enregistré à")).to_be_visible()

    # Left half-way, in another window the draft is there, at the first page that lacks something.
    page.close()
    page = nav.open(SOPHIE.email, TELEPHONE)
    page.goto("/services/embauche")
    form = Formulaire(page)
    form.on("Poste")
    expect(form.field("Intitulé du poste")).to_have_value(lea.poste)
    form.write("Adresse professionnelle", "8 rue Mercière, 69002 Lyon")
    form.next()

    form.on("Contrat")
    form.tick("Contrat à durée déterminée")
    form.write("Date d'entrée", french(today - timedelta(days=3)))
    form.expect_error("Date d'entrée", re.compile("passé|précéder|aujourd", re.I))
    form.next()
    form.expect_error("Motif du CDD", "obligatoire")
    form.expect_error("Date de fin", "obligatoire")
    form.tick("Contrat à durée indéterminée")
    expect(form.field("Date de fin")).to_have_count(0)
    form.choose("Catégorie", "Employé")
    form.write("Date d'entrée", french(entree))
    form.expect_no_error("Date d'entrée")
    form.write("Heure d'entrée", "9h")
    expect(form.field("Heure d'entrée")).to_have_value("09:00")
    form.tick("Temps plein")
    form.write("Salaire brut mensuel", "1950")
    form.next()

    form.on("Récapitulatif")
    expect(page.get_by_text("290,00 € HT")).to_be_visible()
    expect(page.get_by_text("1 950,00 €")).to_be_visible()
    # The answer takes its time: meanwhile the draft, of no more use, is not saved again.
    page.route("**/api/demarches", slow_answer)
    page.get_by_role("button", name="Envoyer la déclaration").click()
    expect(page.get_by_text("C’est reçu.")).to_be_visible()
    page.unroute("**/api/demarches")
    expect(page.get_by_role("heading", level=1)).to_have_text(titre)

    # It arrives at the adviser's, without reloading.
    arrived = bureau.get_by_role("button", name=re.compile(titre))
    expect(arrived.first).to_be_visible()
    assert bureau.evaluate("window.__jamais_rechargee")
    arrived.first.click()
    # Alone in the queue it was chosen already: the click has opened it, and there is no link left to follow.
    with contextlib.suppress(PlaywrightTimeout):
        bureau.get_by_role("link", name="Ouvrir la démarche").click(timeout=3_000)
    expect(bureau.get_by_role("heading", level=1)).to_have_text(titre)

    bureau.get_by_role("button", name="Demander une précision…").click()
    asked = bureau.get_by_role("dialog")
    asked.get_by_label(re.compile("Message|précision|question", re.I)).first.fill(
        "Quelle convention appliquez-vous ?"
    )
    asked.get_by_role("button", name=re.compile("^(Envoyer|Demander)")).click()
    expect(bureau.get_by_text("Précision demandée à")).to_be_visible()

    # The manager reads it without reloading either, and answers.
    expect(page.get_by_text("Quelle convention appliquez-vous ?").first).to_be_visible()
    page.get_by_label("Votre réponse").fill("La boulangerie artisanale.")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_label("Votre réponse")).to_have_count(0)

    expect(bureau.get_by_text("La boulangerie artisanale.").first).to_be_visible()
    bureau.get_by_role("button", name="Valider la demande…").click()
    bureau.get_by_role("dialog").get_by_role("button", name=re.compile("^Valider")).click()
    expect(bureau.get_by_role("button", name="Valider la demande…")).to_have_count(0)

    # The tasks exist, assigned and dated.
    bureau.get_by_role("tab", name=re.compile("Tâches & Planification")).click()
    for titre, qui in (
        ("Réaliser la DPAE", "Vous"),
        ("Rédiger le contrat de travail à partir du modèle CDI", "Vous"),
        ("Préparer le poste de travail", "Sophie Aubert"),
        ("Planifier la visite d'accueil", "Sophie Aubert"),
        ("Préparer le matériel de bienvenue", "Sophie Aubert"),
    ):
        line = bureau.get_by_role("tabpanel").get_by_role("button", name=re.compile(re.escape(titre)))
        expect(line).to_contain_text(qui)
        expect(line).to_contain_text(re.compile(r"\d\d/\d\d/\d{4}"))
    expect(page.get_by_text("Étape 2 sur").first).to_be_visible()


def test_a_request_left_half_way_is_thrown_away_by_its_author(nav: Navigation) -> None:
    """DEM-04: a draft waits at home and among the requests; it goes when its author says so, and only then."""
    page = nav.open(CLIENTS[5].email, TELEPHONE)
    page.goto("/services/embauche")
    form = Formulaire(page)
    form.on("Salarié")
    form.write("Prénom", "Éloïse")
    expect(page.get_by_text("Brouillon enregistré à")).to_be_visible()
    page.goto("/demandes")
    discard = page.get_by_role("button", name=re.compile(r"^Supprimer le brouillon\s: Déclarer une embauche"))
    discard.click()
    window = page.get_by_role("dialog", name=re.compile("^Supprimer ce brouillon"))
    window.get_by_role("button", name="Retour").click()
    expect(window).to_have_count(0)
    discard.click()
    window.get_by_role("button", name="Supprimer le brouillon").click()
    expect(page.get_by_role("heading", name="À terminer")).to_have_count(0)
    page.goto("/services/embauche")
    form.on("Salarié")
    expect(form.field("Prénom")).to_have_value("")
