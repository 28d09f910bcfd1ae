"""Without a mouse: the whole story, the queue and the search of the console, the deposit of the portal (UX-23)."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from demo import pieces
from demo.acteurs import attendre, jeton_recu
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.clavier import HAS_FOCUS, choose, expect_trapped, press, tab_to, tick, write
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.portail import Formulaire, files, french

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

CLAIRE, KARIM, NADIA = EQUIPE[0], EQUIPE[1], CLIENTS[2]


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


def give(page: Page, titre: str, fichier: tuple[str, bytes, str]) -> None:
    """Open an item of the checklist, choose its file, send it."""
    # The form comes first, so every item is folded: the person opens the one they have at hand.
    press(page, page.get_by_role("button", name=f"Déposer : {titre}"))
    expect(page.get_by_label(f"Choisir un fichier : {titre}")).to_have_count(1)
    tab_to(page, page.get_by_role("button", name="Choisir un fichier"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(files(fichier))
    press(page, page.get_by_role("button", name="Envoyer mon document"))
    expect(page.get_by_text(f"« {titre} » : c’est reçu.")).to_be_visible()


def test_the_whole_story_by_keyboard_alone(nav: Navigation) -> None:
    """Declared on the portal, accepted, a document given and checked, closed: not one click (UX-23)."""
    entree = jours(16, datetime.now(PARIS).date())
    person = someone("Judith", entree)
    titre = f"Embauche de {person.prenom} {person.nom}"
    page = nav.open(NADIA.email)
    page.goto("/services/embauche")
    form = Formulaire(page)
    form.on("Salarié")
    # The first stop leads over the menu.
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()

    write(page, form.field("Prénom"), person.prenom)
    write(page, form.field("Nom d'usage"), person.nom)
    tick(page, "Femme")
    write(page, form.field("Date de naissance"), french(person.naissance))
    write(page, form.field("NIR"), person.nir)
    write(page, form.field("E-mail personnel"), person.email)
    proceed = page.get_by_role("button", name="Continuer")
    press(page, proceed)
    form.on("Poste")
    write(page, form.field("Intitulé du poste"), person.poste)
    write(page, form.field("Adresse professionnelle"), "41 avenue Thiers, 33100 Bordeaux")
    press(page, proceed)
    form.on("Contrat")
    tick(page, "Contrat à durée indéterminée")
    choose(page, form.field("Catégorie"), "Employé")
    write(page, form.field("Date d'entrée"), french(entree))
    write(page, form.field("Heure d'entrée"), "9h")
    tick(page, "Temps plein")
    write(page, form.field("Salaire brut mensuel"), "1950")
    press(page, proceed)
    form.on("Récapitulatif")
    press(page, page.get_by_role("button", name="Envoyer la déclaration"))
    expect(page.get_by_text("C’est reçu.")).to_be_visible()

    # The adviser finds it by its name, and accepts it: the dialog keeps the focus, then gives it back.
    bureau = nav.open(CLAIRE.email)
    bureau.goto("/console")
    expect(bureau.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    bureau.keyboard.press("Control+k")
    expect(bureau.get_by_role("combobox", name=re.compile("Rechercher"))).to_be_focused()
    bureau.keyboard.type(person.nom)
    expect(bureau.get_by_role("option", name=re.compile(titre))).to_have_attribute("aria-selected", "true")
    bureau.keyboard.press("Enter")
    expect(bureau.get_by_role("heading", level=1)).to_have_text(titre)
    accept = bureau.get_by_role("button", name="Valider la demande…")
    press(bureau, accept)
    dialog = bureau.get_by_role("dialog")
    expect_trapped(bureau, dialog)
    bureau.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(accept).to_be_focused()
    bureau.keyboard.press("Enter")
    press(bureau, dialog.get_by_role("button", name=re.compile("^Valider")))
    expect(accept).to_have_count(0)

    # The future employee, from the link of their mail.
    e = nav.embauche(NADIA.cle, person)
    e.id = bureau.url.rsplit("/", 1)[-1].partition("?")[0]
    e.reference = e.vue()["reference"]
    guest = nav.open(taille=TELEPHONE)
    # Playwright starts to catch the chooser when someone listens: without this, a key pressed at once is faster.
    guest.on("filechooser", lambda _: None)
    guest.goto(f"/lien/{jeton_recu(e.adresses, person.email, e.reference)}")
    press(guest, guest.get_by_role("button", name="Continuer"))
    expect(guest.get_by_text(f"Bonjour {person.prenom}")).to_be_visible()
    give(guest, "Carte nationale d'identité", pieces.photo("cni", person.nom))
    give(guest, "RIB", pieces.photo("rib", person.nom))
    expect(guest.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Plus que 1\sdocument"))

    # Checked side by side, with one key.
    bureau.goto(f"/console/pieces?demarche={e.id}")
    expect(bureau.get_by_role("heading", name="Carte nationale d'identité")).to_be_visible()
    bureau.keyboard.press("v")
    attendre("la pièce validée", lambda: any(each["statut"] == "valide" for each in e.vue()["pieces"]))

    # What the firm does meanwhile is played; the end is told by keyboard again.
    while (here := next(each for each in e.vue()["etapes"] if each["statut"] == "en_cours"))[
        "cle"
    ] != "termine":
        e.conseiller.post(f"{e.path}/etapes/{here['cle']}/passage", {"motif": "Sans attendre."})
    bureau.goto(f"/console{e.path}")
    press(bureau, bureau.get_by_role("button", name="Actions sur l’étape Terminé", exact=True))
    close = bureau.get_by_role("menuitem", name=re.compile("Valider l’étape"))
    expect(close).to_be_visible()
    for _ in range(8):
        if close.evaluate(HAS_FOCUS):
            break
        bureau.keyboard.press("ArrowDown")
    bureau.keyboard.press("Enter")
    page.goto(e.path)
    expect(page.get_by_text("C’est terminé. Vos documents restent disponibles ici.")).to_be_visible()
