"""The future employee, from a phone: link, form, guided deposit, refusal read, deposit again, reminder (EMB-06 to
EMB-08, GED-08 to GED-12); the adviser's decisions by keyboard.
"""

import re
from datetime import datetime, timedelta

import psycopg
import pytest
from playwright.sync_api import Page, expect

from cli.stack import Stack
from demo import pieces
from demo.acteurs import attendre, courriels_de, jeton_recu
from demo.comptes import EQUIPE
from demo.embauche import IBAN, PARIS, Embauche, jours
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.portail import Formulaire, files, french

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

CLAIRE = EQUIPE[0]


def opened(nav: Navigation, prenom: str, client: str = "aubert") -> Embauche:
    """A dossier whose employee has just been invited."""
    today = datetime.now(PARIS).date()
    e = nav.embauche(client, someone(prenom, jours(16, today)))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    return e


def enter(page: Page, e: Embauche) -> str:
    """Follow the link received by mail; returns its token."""
    token = jeton_recu(e.adresses, e.salarie.email, e.reference)
    page.goto(f"/lien/{token}")
    expect(page.get_by_text("Seules les personnes qui suivent ce dossier les voient.")).to_be_visible()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text(f"Bonjour {e.salarie.prenom}")).to_be_visible()
    return token


def fill_sheet(page: Page, e: Embauche) -> None:
    """The employee's own form, what the manager declared being already there."""
    page.get_by_role("button", name="Compléter").click()
    form = Formulaire(page)
    form.on("Identité")
    expect(form.field("Prénom")).to_have_value(e.salarie.prenom)
    form.write("Nom de naissance", e.salarie.nom)
    form.write("Lieu de naissance", "Bordeaux")
    form.write("Pays de naissance", "France")
    form.write("Nationalité", "Française")
    form.write("NIR", e.salarie.nir)
    form.next()
    form.on("Coordonnées")
    form.write("Téléphone portable personnel", "06 12 34 56 78")
    form.write("Adresse personnelle", "14 rue des Tanneurs, 33000 Bordeaux")
    form.next()
    form.on("Paie")
    form.write("IBAN", "FR7630006000011234567890188")
    form.expect_error("IBAN", "n’est pas valable")
    form.write("IBAN", IBAN)
    form.next()
    form.on("Récapitulatif")
    page.locator("form").get_by_role("button", name=re.compile("^Envoyer")).click()
    expect(page.get_by_text("C’est envoyé, merci.")).to_be_visible()


def deposit(page: Page, titre: str, fichier: tuple[str, bytes, str]) -> None:
    """Deposit the item that is open."""
    expect(page.get_by_role("heading", name="À déposer maintenant")).to_be_visible()
    page.get_by_label(f"Choisir un fichier : {titre}").set_input_files(files(fichier))
    page.get_by_role("button", name="Envoyer mon document").click()
    expect(page.get_by_text(f"« {titre} » : c’est reçu.")).to_be_visible()


def test_the_employee_fills_deposits_and_deposits_again(nav: Navigation) -> None:
    e = opened(nav, "Jade")
    noms = (e.salarie.nom.upper(), e.salarie.prenom, french(e.salarie.naissance))
    page = nav.open(taille=TELEPHONE)
    enter(page, e)
    # Whom the documents are for, and who reads them, said for someone who is no client.
    expect(
        page.get_by_text("Seules les personnes qui suivent ce dossier voient ces documents.")
    ).to_be_visible()
    expect(page.get_by_text("Boulangerie Aubert", exact=False).first).to_be_visible()
    fill_sheet(page, e)

    # One item at a time; a wrong type is told, and the deposit goes on.
    page.get_by_label("Choisir un fichier : Carte nationale d'identité").set_input_files(
        files(("notes.txt", b"rien", "text/plain"))
    )
    expect(page.get_by_role("alert")).to_contain_text(
        "Ce type de fichier n’est pas accepté. Envoyez PDF, JPG ou PNG."
    )
    deposit(page, "Carte nationale d'identité", pieces.photo("cni", *noms))
    # Disguised: the name says JPEG, the bytes do not; the server finds it.
    nav.watch(page).expected.add(415)
    nav.watch(page).expected.add(422)
    page.get_by_label("Choisir un fichier : RIB").set_input_files(
        files(("rib.jpg", b"MZ\x90\x00" * 300, "image/jpeg"))
    )
    page.get_by_role("button", name="Envoyer mon document").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Retirer rib.jpg").click()
    deposit(page, "RIB", pieces.photo("rib", *noms, flou=True))
    deposit(page, "Carte vitale", pieces.photo("carte_vitale", *noms))
    expect(page.get_by_role("heading", level=1, name="Tout est déposé")).to_be_visible()

    # The adviser decides by keyboard: V, R with a reason, V.
    bureau = nav.open(CLAIRE.email)
    bureau.goto(f"/console/pieces?demarche={e.id}&piece=cni")
    panel = bureau.get_by_role("complementary", name="Décision")
    expect(panel.get_by_role("heading", name="Carte nationale d'identité")).to_be_visible()
    bureau.keyboard.press("v")
    expect(panel.get_by_role("heading", name="RIB")).to_be_visible()
    bureau.keyboard.press("r")
    bureau.get_by_role("dialog").get_by_role("textbox", name=re.compile("^Motif")).fill(
        "Le RIB est flou, l'IBAN ne se lit pas."
    )
    bureau.keyboard.press("Tab")
    bureau.get_by_role("dialog").get_by_role("button", name="Refuser la pièce").press("Enter")
    expect(panel.get_by_role("heading", name="Carte vitale")).to_be_visible()
    bureau.keyboard.press("v")

    # The employee reads the reason without reloading, and deposits again.
    expect(page.get_by_text("Le RIB est flou, l'IBAN ne se lit pas.").first).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Plus qu’un document")).to_be_visible()
    deposit(page, "RIB", pieces.scan("rib", *noms))

    bureau.goto(f"/console/pieces?demarche={e.id}&piece=rib")
    expect(panel.get_by_text("v2")).to_be_visible()
    # « Bien reçu » first, which decides nothing; then the decision.
    bureau.keyboard.press("b")
    expect(bureau.get_by_text("« RIB » : bien reçu")).to_be_visible()
    bureau.goto(f"/console/pieces?demarche={e.id}&piece=rib")
    expect(panel.get_by_text("v2")).to_be_visible()
    bureau.keyboard.press("v")
    # Leaving the screen sends the decision at once.
    bureau.get_by_role("link", name="À traiter", exact=True).click()
    expect(page.get_by_text("Tout est en ordre.")).to_be_visible()
    e.attend_etape("dpae")


def test_a_reminder_goes_out_by_itself(nav: Navigation) -> None:
    e = opened(nav, "Anaïs")
    token = jeton_recu(e.adresses, e.salarie.email, e.reference)
    e.a(e.debut + timedelta(days=4))
    relances = attendre(
        "la relance",
        lambda: [
            mail
            for mail in courriels_de(e.adresses, e.salarie.email)
            if "carte vitale" in mail["text"].lower()
        ],
    )
    # Its link opens the space on a phone, with the three items.
    assert relances
    page = nav.open(taille=TELEPHONE)
    fresh = jeton_recu(e.adresses, e.salarie.email, e.reference, frozenset({token}))
    page.goto(f"/lien/{fresh}")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^3\sdocuments"))

    # The adviser sees that it left; so does the manager.
    bureau = nav.open(CLAIRE.email)
    bureau.goto(f"/console/demarches/{e.id}")
    expect(bureau.get_by_role("tabpanel").get_by_text(re.compile("[Rr]elance")).first).to_be_visible()


def test_links_expired_reused_unknown(nav: Navigation, pile: Stack) -> None:
    e = opened(nav, "Élise")
    page = nav.open(taille=TELEPHONE)
    token = enter(page, e)

    again = nav.open(taille=TELEPHONE)
    nav.watch(again).expected |= {404, 410}
    again.goto(f"/lien/{token}")
    again.get_by_role("button", name="Continuer").click()
    expect(again.get_by_role("heading", name="Ce lien ne sert plus")).to_be_visible()
    again.get_by_role("button", name="Recevoir un nouveau lien").click()
    expect(again.get_by_role("heading", name="Regardez votre messagerie")).to_be_visible()
    fresh = jeton_recu(e.adresses, e.salarie.email, e.reference, frozenset({token}))

    # A link left unused too long says so, and another comes by mail.
    with psycopg.connect(pile.database_url.replace("+psycopg", "")) as database:
        database.execute(
            "UPDATE lien SET expires_at = now() - interval '1 minute' WHERE demarche_id = %s AND used_at IS NULL",
            [e.id],
        )
    again.goto(f"/lien/{fresh}")
    again.get_by_role("button", name="Continuer").click()
    expect(again.get_by_role("heading", name="Ce lien ne sert plus")).to_be_visible()
    expect(again.get_by_text("expiré")).to_be_visible()
    again.get_by_role("button", name="Recevoir un nouveau lien").click()
    expect(again.get_by_role("heading", name="Regardez votre messagerie")).to_be_visible()
    fresh = jeton_recu(e.adresses, e.salarie.email, e.reference, frozenset({token, fresh}))

    # Revoked by the adviser: the new link is dead before it was used, cannot be renewed, and the open space closes.
    nav.watch(page).expected.add(401)
    e.conseiller.post(f"{e.path}/participants/futur_salarie/revocation", {})
    again.goto(f"/lien/{fresh}")
    again.get_by_role("button", name="Continuer").click()
    expect(again.get_by_role("heading", name="Ce lien ne sert plus")).to_be_visible()
    expect(again.get_by_role("button", name="Recevoir un nouveau lien")).to_have_count(0)

    again.goto("/lien/" + "x" * 43)
    again.get_by_role("button", name="Continuer").click()
    expect(again.get_by_role("heading", name="Ce lien n’est pas reconnu")).to_be_visible()
