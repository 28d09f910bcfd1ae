"""Without a mouse: the queue and the search of the console, the deposit of the portal, a whole démarche on both
sides (UX-23, TCH-15, WCAG 2.1.1).
"""

import re
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from demo import pieces
from demo.acteurs import jeton_recu
from demo.comptes import CLIENTS, EQUIPE, MOT_DE_PASSE
from demo.embauche import PARIS, jours
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation, someone
from tests.e2e.portail import Formulaire, files, french

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(420)]

CLAIRE, KARIM = EQUIPE[0], EQUIPE[1]
SOPHIE = CLIENTS[0]


def focused(target: Locator) -> bool:
    return bool(target.evaluate("element => element === document.activeElement"))


def tab_to(page: Page, target: Locator, most: int = 90) -> None:
    """Go with Tab until an element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(target):
            return
    raise AssertionError(f"jamais atteint au clavier : {target}")


class Clavier:
    """Someone who has a keyboard only."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # Playwright starts to catch the chooser when someone listens: without this, a key pressed at once is faster.
        page.on("filechooser", lambda _: None)

    def press(self, role: Any, name: str | re.Pattern[str], inside: Locator | None = None) -> None:
        """Reach a button or a link, then Enter."""
        target = (inside or self.page).get_by_role(role, name=name).first
        expect(target).to_be_visible()
        expect(target).to_be_enabled()
        if not focused(target):
            tab_to(self.page, target)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        expect(field).to_be_visible()
        if not focused(field):
            tab_to(self.page, field)
        self.page.keyboard.type(text)

    def tick(self, option: str) -> None:
        """A radio: Tab enters its group at the first one, arrows go from one to the next."""
        wanted = self.page.get_by_role("radio", name=option, exact=True)
        group = self.page.locator(f'input[type="radio"][name="{wanted.get_attribute("name")}"]')
        tab_to(self.page, group.first)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        expect(wanted).to_be_checked()

    def choose(self, field: Locator, option: str) -> None:
        tab_to(self.page, field)
        self.page.keyboard.press("ArrowDown")
        wanted = self.page.get_by_role("option", name=option, exact=True)
        expect(wanted).to_be_visible()
        for _ in range(30):
            if wanted.get_attribute("data-combobox-selected"):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        expect(wanted).to_be_hidden()

    def tab(self, name: str) -> None:
        """A tab: Tab enters the list at the one shown, arrows go from one to the next."""
        tabs = self.page.get_by_role("tab")
        wanted = self.page.get_by_role("tab", name=re.compile(f"^{re.escape(name)}"))
        tab_to(self.page, self.page.get_by_role("tab", selected=True))
        for _ in range(tabs.count()):
            if wanted.get_attribute("aria-selected") == "true":
                return
            self.page.keyboard.press("ArrowRight")
        expect(wanted).to_have_attribute("aria-selected", "true")


def test_the_queue_and_the_search(nav: Navigation) -> None:
    entree = jours(16, datetime.now(PARIS).date())
    people = [someone(prenom, entree) for prenom in ("Nina", "Maud")]
    for person in people:
        nav.embauche("rousselot", person).declare(datetime.now(PARIS))
    titles = [f"Embauche de {person.prenom} {person.nom}" for person in people]

    page = nav.open(KARIM.email)
    page.goto("/console")
    chosen = page.locator('main button[aria-pressed="true"][id^="ligne-"]')
    for title in titles:
        expect(page.get_by_role("button", name=re.compile(title))).to_be_visible()
    expect(chosen).to_have_count(1)
    before = chosen.get_attribute("id")
    page.keyboard.press("j")
    expect(chosen).not_to_have_attribute("id", before or "")
    page.keyboard.press("k")
    expect(chosen).to_have_attribute("id", before or "")

    # E takes the demande in charge: it says so, the next one is chosen.
    for _ in range(20):
        if titles[0] in chosen.inner_text():
            break
        page.keyboard.press("j")
    expect(chosen).to_contain_text(titles[0])
    page.keyboard.press("e")
    expect(page.get_by_text(re.compile("[Pp]ris(e)? en charge")).first).to_be_visible()

    for _ in range(20):
        if titles[1] in chosen.inner_text():
            break
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[1])

    # Ctrl K, a name, Enter.
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name=re.compile("Rechercher"))
    expect(field).to_be_focused()
    page.keyboard.type(people[0].nom)
    expect(page.get_by_role("option", name=re.compile(titles[0]))).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Raccourcis")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    # Windows give the focus back: to what opened them, to the button of a menu for one of its items.
    for name, title in (("Exporter en PDF…", "Exporter en PDF"), ("Suspendre…", "Suspendre")):
        more = page.get_by_role("button", name="Autres actions")
        more.press("Enter")
        page.get_by_role("menuitem", name=name).press("Enter")
        expect(page.get_by_role("dialog", name=re.compile(title))).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(more).to_be_focused()


def test_a_deposit_by_keyboard_alone(nav: Navigation) -> None:
    e = nav.embauche("rousselot", someone("Lila", jours(16, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    token = jeton_recu(e.adresses, e.salarie.email, e.reference)
    page = nav.open(taille=TELEPHONE)
    # Playwright starts to catch the chooser when someone listens: without this, a key pressed at once is faster.
    page.on("filechooser", lambda _: None)
    page.goto(f"/lien/{token}")
    tab_to(page, page.get_by_role("button", name="Continuer"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Bonjour Lila")).to_be_visible()

    for titre, cle in (("Carte nationale d'identité", "cni"), ("RIB", "rib")):
        # The form comes first, so every item is folded: the person opens the one they have at hand.
        choose = page.get_by_role("button", name=f"Déposer : {titre}")
        expect(choose).to_be_visible()
        tab_to(page, choose)
        page.keyboard.press("Enter")
        expect(page.get_by_label(f"Choisir un fichier : {titre}")).to_have_count(1)
        tab_to(page, page.get_by_role("button", name="Choisir un fichier"))
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(files(pieces.photo(cle, e.salarie.nom)))
        send = page.get_by_role("button", name="Envoyer mon document")
        expect(send).to_be_visible()
        tab_to(page, send)
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"« {titre} » : c’est reçu.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Plus qu’un document"))


def test_a_whole_demarche_by_keyboard_alone(nav: Navigation) -> None:
    entree = jours(16, datetime.now(PARIS).date())
    lise = someone("Lise", entree)
    titre = f"Embauche de Lise {lise.nom}"
    bureau = nav.open(CLAIRE.email)
    bureau.goto("/console")
    cabinet = Clavier(bureau)

    # The client logs in, opens the catalogue and fills the form, page after page.
    page = nav.open(taille=BUREAU)
    page.goto("/connexion")
    client, form = Clavier(page), Formulaire(page)
    client.write(page.get_by_label("Adresse email"), SOPHIE.email)
    client.write(page.get_by_label("Mot de passe", exact=True), MOT_DE_PASSE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    client.press("link", "Nouvelle Demande")
    client.press("link", "Déclarer une embauche")
    form.on("Salarié")
    client.write(form.field("Prénom"), lise.prenom)
    client.write(form.field("Nom d'usage"), lise.nom)
    client.tick("Femme")
    client.write(form.field("Date de naissance"), french(lise.naissance))
    client.write(form.field("Email personnel"), lise.email)
    client.press("button", "Continuer")
    form.on("Poste")
    client.write(form.field("Intitulé du poste"), lise.poste)
    client.write(form.field("Adresse professionnelle"), "8 rue Mercière, 69002 Lyon")
    client.press("button", "Continuer")
    form.on("Contrat")
    client.tick("Contrat à durée indéterminée")
    client.choose(form.field("Catégorie"), "Employé")
    client.write(form.field("Date d'entrée"), french(entree))
    client.write(form.field("Heure d'entrée"), "09:00")
    client.tick("Temps plein")
    client.write(form.field("Salaire brut mensuel"), "1950")
    client.press("button", "Continuer")
    form.on("Récapitulatif")
    client.press("button", "Envoyer la déclaration")
    expect(page.get_by_role("heading", level=1)).to_have_text(titre)

    # The adviser finds it in the queue, opens its cockpit, validates it, asks for something.
    expect(bureau.get_by_role("button", name=re.compile(titre)).first).to_be_visible()
    chosen = bureau.locator('main button[aria-pressed="true"][id^="ligne-"]')
    for _ in range(40):
        if titre in chosen.inner_text():
            break
        bureau.keyboard.press("j")
    bureau.keyboard.press("Enter")
    expect(bureau.get_by_role("heading", level=1)).to_have_text(titre)
    cabinet.press("button", "Valider la demande…")
    dialog = bureau.get_by_role("dialog")
    cabinet.press("button", re.compile("^Valider"), dialog)
    expect(dialog).to_have_count(0)
    cabinet.press("button", "Demander une Action Client")
    cabinet.write(dialog.get_by_label(re.compile("^Message")), "Quelle convention appliquez-vous ?")
    cabinet.press("button", "Envoyer la demande", dialog)
    expect(dialog).to_have_count(0)

    # The client answers, then brings a document.
    client.write(page.get_by_label("Votre réponse"), "La boulangerie artisanale.")
    client.press("button", "Envoyer ma réponse")
    expect(page.get_by_label("Votre réponse")).to_have_count(0)
    client.press("link", "Documents", page.get_by_role("navigation", name="Parties de la démarche"))
    client.press("button", "Ajouter un document")
    client.write(page.get_by_label("Quel est ce document"), "Règlement intérieur")
    with page.expect_file_chooser() as chooser:
        client.press("button", "Choisir un fichier")
    chooser.value.set_files(files(pieces.scan("reglement", "Article 1")))
    client.press("button", "Envoyer mon document")
    expect(page.get_by_role("dialog").get_by_text("C’est reçu.")).to_be_visible()

    # The adviser validates it from its list, and completes a task.
    cabinet.tab("Documents (GED)")
    cabinet.press("link", "Contrôler", bureau.get_by_role("tabpanel"))
    expect(bureau.locator("canvas")).to_be_visible()
    bureau.keyboard.press("v")
    expect(bureau.get_by_text("« Règlement intérieur » validée")).to_be_visible()
    bureau.keyboard.press("Control+k")
    expect(bureau.get_by_role("combobox", name=re.compile("Rechercher"))).to_be_focused()
    bureau.keyboard.type(lise.nom)
    expect(bureau.get_by_role("option", name=re.compile(titre))).to_have_attribute("aria-selected", "true")
    bureau.keyboard.press("Enter")
    expect(bureau.get_by_role("heading", level=1)).to_have_text(titre)
    cabinet.tab("Tâches & Planification")
    cabinet.press("button", re.compile("Réaliser la DPAE"), bureau.get_by_role("tabpanel"))
    expect(dialog.get_by_role("heading", name="Réaliser la DPAE")).to_be_visible()
    points = dialog.get_by_role("checkbox")
    for rank in range(points.count()):
        tab_to(bureau, points.nth(rank))
        with bureau.expect_response(lambda answer: "/checklist/" in answer.url) as told:
            bureau.keyboard.press("Space")
        assert told.value.ok
    cabinet.press("button", "Terminer la tâche", dialog)
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
