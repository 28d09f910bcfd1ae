"""The portal as an application: installed, without its network, and replaced by a newer version (PWA-01, PWA-02)."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.static import PACKED
from cli.stack import Stack
from demo.comptes import CLIENTS
from demo.embauche import PARIS, Embauche, jours
from demo.pieces import photo
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.portail import Formulaire, files
from tests.e2e.surveillance import complaints, until

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

CLIENT = CLIENTS[2]
EMPTY = "async () => !(await caches.keys()).some((name) => name.startsWith('lectures-'))"


def hiring(nav: Navigation, prenom: str) -> Embauche:
    """A dossier in which the client has a document to give."""
    e = nav.embauche(CLIENT.cle, someone(prenom, jours(20, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    e.conseiller.post(f"{e.path}/pieces", {"titre": "Plan des locaux", "de": "manager"})
    return e


def keep(page: Page, *paths: str) -> None:
    """Wait until the device has kept these answers of the API."""
    page.evaluate("navigator.serviceWorker.ready")
    for path in paths:
        until(page, f"async () => Boolean(await caches.match(location.origin + '{path}'))")


def test_reading_and_writing_with_the_server_killed(nav: Navigation, pile: Stack) -> None:
    e = hiring(nav, "Rosa")
    titre = e.vue()["titre"]
    page = nav.open(CLIENT.email, TELEPHONE, installed=True)
    page.goto(e.path)
    expect(page.get_by_role("heading", name=titre)).to_be_visible()
    keep(page, "/api/moi", f"/api{e.path}", "/api/attentes")
    assert page.evaluate(
        "fetch('/portail.webmanifest').then((answer) => answer.json()).then((read) => read.display)"
    )
    nav.watch(page).cut = True
    pile.kill("api")
    try:
        page.goto(e.path)
        expect(page.get_by_role("heading", name=titre)).to_be_visible()
        expect(
            page.get_by_text("Vous êtes hors connexion. Voici vos informations d’aujourd’hui")
        ).to_be_visible()
        assert complaints(page) == []
        page.get_by_role("link", name="Échanges").click()
        page.get_by_label("Poser une question").fill("Peut-on commencer plus tôt ?")
        page.get_by_role("button", name="Envoyer", exact=True).click()
        expect(page.get_by_text("Votre message partira dès que le réseau reviendra.")).to_be_visible()
        # It waits on the device: a page opened again still has it.
        page.reload()
        expect(page.get_by_role("list", name="À envoyer")).to_contain_text("Peut-on commencer plus tôt ?")
        assert complaints(page) == []
    finally:
        pile.start("api")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("list", name="À envoyer")).to_have_count(0, timeout=60_000)
    expect(page.get_by_text("Vous êtes hors connexion")).to_have_count(0)
    written = [line["detail"] for line in e.conseiller.get(f"{e.path}/journal", famille="echange")["items"]]
    assert written.count("Peut-on commencer plus tôt ?") == 1
    # Nothing stays on the device of someone who has logged out.
    page.goto("/profil")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Bienvenue")).to_be_visible()
    until(page, EMPTY)
    nav.forget(CLIENT.email)


def test_a_deposit_kept_for_an_etape_that_is_over(nav: Navigation) -> None:
    e = hiring(nav, "Nour")
    page = nav.open(CLIENT.email, TELEPHONE, installed=True)
    page.goto(f"{e.path}/depot")
    expect(page.get_by_role("heading", name="Plan des locaux")).to_be_visible()
    keep(page, "/api/moi", f"/api{e.path}")
    nav.watch(page).cut = True
    page.context.set_offline(True)
    plan = photo("plan", "Plan des locaux")
    page.get_by_label("Choisir un fichier : Plan des locaux").set_input_files(files(plan))
    page.get_by_role("button", name="Envoyer mon document").click()
    expect(page.get_by_text("Votre document est gardé ici")).to_be_visible()
    waiting = page.get_by_role("list", name="À envoyer")
    expect(waiting).to_contain_text("partira dès que le réseau reviendra")

    etape = next(each for each in e.vue()["etapes"] if each["statut"] == "en_cours")
    e.conseiller.post(f"{e.path}/etapes/{etape['cle']}/passage", {"motif": "Sans attendre."})
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    # Refused, said why, and still there to be taken back.
    expect(waiting).to_contain_text("n’a pas pu être envoyé")
    expect(waiting.get_by_role("button", name=plan[0])).to_be_visible()
    assert complaints(page) == []
    assert not any(piece["versions"] for piece in e.vue()["pieces"])
    # Nothing is lost by a slip of the finger.
    bin_ = page.get_by_role("button", name="Supprimer l’envoi : Plan des locaux")
    asked = page.get_by_role("dialog", name="Supprimer cet envoi")
    bin_.click()
    expect(asked).to_contain_text("avec 1 fichier")
    assert complaints(page) == []
    asked.get_by_role("button", name="Retour").click()
    expect(asked).to_have_count(0)
    expect(waiting.get_by_role("button", name=plan[0])).to_be_visible()
    bin_.click()
    asked.get_by_role("button", name="Supprimer l’envoi").click()
    expect(waiting).to_have_count(0)


INSTALL_OFFER = """() => {
  const offer = new Event('beforeinstallprompt', { cancelable: true })
  window.__asked = 0
  offer.prompt = () => { window.__asked += 1; return Promise.resolve({ outcome: 'accepted' }) }
  window.dispatchEvent(offer)
}"""


def test_the_portal_offers_to_be_installed(nav: Navigation) -> None:
    """Where the browser offers it: on the first screen, once, until the person says later (PWA-01)."""
    page = nav.open(CLIENT.email, TELEPHONE)
    page.goto("/")
    invitation = page.get_by_role("region", name="Gardez votre espace sous la main")
    expect(page.get_by_role("heading", name="Que souhaitez-vous faire")).to_be_visible()
    expect(invitation).to_have_count(0)
    page.evaluate(INSTALL_OFFER)
    expect(invitation).to_be_visible()
    assert complaints(page) == []
    invitation.get_by_role("button", name="Plus tard").click()
    expect(invitation).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Que souhaitez-vous faire")).to_be_visible()
    page.evaluate(INSTALL_OFFER)
    expect(invitation).to_have_count(0)
    # The profile still has it, for whoever changes their mind.
    page.get_by_role("link", name="Mon profil").click()
    page.get_by_role("button", name="Installer l’application").click()
    assert page.evaluate("window.__asked") == 1
    expect(page.get_by_role("button", name="Installer l’application")).to_have_count(0)


def publish(screens: Path) -> None:
    """Another version of the portal: its page, and the service worker that has it in store."""
    page = screens / "index.html"
    page.write_text(
        page.read_text("utf-8").replace("</head>", '<meta name="essai" content="2"></head>'), "utf-8"
    )
    worker = screens / "sw.js"
    replaced, times = re.subn(
        r"(/index\.html[`\"'],\s*[\"']?revision[\"']?:\s*[`\"'])[0-9a-f]{16}",
        r"\g<1>" + "2" * 16,
        worker.read_text("utf-8"),
    )
    assert times == 1
    worker.write_text(replaced, "utf-8")
    for file in (page, worker):
        for suffix in PACKED.values():
            file.with_name(file.name + suffix).unlink(missing_ok=True)


def test_a_newer_version_replaces_the_former_one_when_asked(nav: Navigation, ecrans: Path) -> None:
    page = nav.open(CLIENT.email, TELEPHONE, installed=True)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    until(page, "async () => Boolean(navigator.serviceWorker.controller)")
    offered = page.get_by_text("Une nouvelle version de votre espace est prête.")
    newer = page.locator('meta[name="essai"][content="2"]')
    expect(offered).to_have_count(0)
    publish(ecrans)
    page.evaluate("navigator.serviceWorker.getRegistration().then((known) => known.update())")
    expect(offered).to_be_visible()
    assert complaints(page) == []
    # Nothing moves until the person agrees, even on a page opened again.
    page.reload()
    expect(offered).to_be_visible()
    expect(newer).to_have_count(0)
    page.get_by_role("button", name="Mettre à jour").click()
    expect(newer).to_be_attached()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    expect(offered).to_have_count(0)
    until(page, "async () => !(await navigator.serviceWorker.getRegistration()).waiting")


def test_a_request_written_without_network(nav: Navigation) -> None:
    """The answers typed meanwhile are on the device, and on the server once it answers again (DEM-04, PWA-02)."""
    page = nav.open(CLIENT.email, TELEPHONE, installed=True)
    page.goto("/services/embauche")
    form = Formulaire(page)
    form.on("Salarié")
    keep(page, "/api/moi", "/api/brouillons")
    nav.watch(page).cut = True
    page.context.set_offline(True)
    form.field("Prénom").fill("Maëlle")
    expect(page.get_by_text("Brouillon gardé sur cet appareil")).to_be_visible()
    assert complaints(page) == []
    # A page closed at once, and opened again where nothing answers.
    form.field("Prénom").fill("Maëlle-Zoé")
    page.reload()
    expect(form.field("Prénom")).to_have_value("Maëlle-Zoé")
    expect(page.get_by_text("Brouillon gardé sur cet appareil")).to_be_visible()

    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Brouillon enregistré à")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('brouillon'))") == []
    elsewhere = nav.open(CLIENT.email)
    elsewhere.goto("/services/embauche")
    expect(Formulaire(elsewhere).field("Prénom")).to_have_value("Maëlle-Zoé")
