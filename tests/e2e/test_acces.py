"""Becoming a client, from the firm's side to the phone (SEC-02, SEC-03, TIE-01): the file, the invitation, the
password, a first look at the portal, then the password forgotten."""

import re

import pytest
from playwright.sync_api import Page, expect

from demo.acteurs import attendre, courriels_de
from demo.comptes import EQUIPE
from tests.e2e.navigation import TELEPHONE, Navigation
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

CLAIRE = EQUIPE[0]
ADDRESS = "sophie.arnaud@courriel.example"
FIRST, SECOND = "violon-tortue-orage-cannelle", "pluie-bateau-girafe-marteau"


def link_to(nav: Navigation, rank: int) -> str:
    """Path of the personal link in the mail of this rank; rank 1 is the first."""

    def found() -> str | None:
        mails = courriels_de(nav.monde.adresses, ADDRESS)
        links = [link for link in mails[0]["links"] if "/acces/" in link] if len(mails) >= rank else []
        return links[0] if links else None

    link: str = attendre(f"le lien {rank} de {ADDRESS}", found)
    return "/acces/" + link.rsplit("/", 1)[1]


def choose(page: Page, password: str, action: str) -> None:
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name=action).click()


def test_an_adviser_makes_a_client_who_comes_and_comes_back(nav: Navigation) -> None:
    desk = nav.open(CLAIRE.email)
    desk.goto("/console/clients")
    desk.get_by_role("button", name="Nouveau client").click()
    dialog = desk.get_by_role("dialog", name="Nouveau client")
    create = dialog.get_by_role("button", name="Créer la fiche")
    create.click()
    expect(dialog.get_by_text("Indiquez son nom.")).to_be_visible()
    dialog.get_by_label("Nom de l’entreprise").fill("Fleurs Arnaud")
    dialog.get_by_label("SIRET").fill("904 117 330 00013")
    nav.watch(desk).expected.add(422)
    create.click()
    expect(dialog.get_by_text("sa clé ne correspond pas")).to_be_visible()
    assert complaints(desk) == []
    dialog.get_by_label("SIRET").fill("904 117 330 00012")
    dialog.get_by_label("Ouvrir l’accès au portail maintenant").check()
    dialog.get_by_label("Prénom").fill("Sophie")
    dialog.get_by_role("textbox", name="Nom", exact=True).fill("Arnaud")
    dialog.get_by_label("Son adresse email").fill(ADDRESS)
    dialog.get_by_label("Fonction").fill("Gérante")
    assert complaints(desk) == []
    create.click()
    expect(desk.get_by_role("heading", name="Fleurs Arnaud")).to_be_visible()
    expect(desk.get_by_text(re.compile("^Invitation envoyée"))).to_be_visible()
    assert complaints(desk) == []

    invitation = link_to(nav, 1)
    phone = nav.open(taille=TELEPHONE)
    phone.goto(invitation)
    expect(phone.get_by_role("heading", name="Bienvenue Sophie")).to_be_visible()
    expect(phone.get_by_label("Votre identifiant")).to_have_value(ADDRESS)
    nav.watch(phone).expected.add(422)
    choose(phone, "court", "Ouvrir mon espace")
    expect(phone.get_by_text("Choisissez au moins 12 caractères.")).to_be_visible()
    for width in (320, 390, 1280):
        phone.set_viewport_size({"width": width, "height": 844})
        assert complaints(phone) == []
    phone.set_viewport_size(TELEPHONE)
    choose(phone, FIRST, "Ouvrir mon espace")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    # A new client's home asks for nothing, and says where to begin.
    expect(phone.get_by_text("Bienvenue. Vos démarches")).to_be_visible()
    assert complaints(phone) == []
    phone.goto("/profil")
    expect(phone.get_by_text("Fleurs Arnaud")).to_be_visible()
    phone.get_by_role("button", name="Se déconnecter").click()
    expect(phone.get_by_role("button", name="Se connecter")).to_be_visible()

    # The link has served: whoever finds the mail does not come in.
    thief = nav.open(taille=TELEPHONE)
    nav.watch(thief).expected.add(410)
    thief.goto(invitation)
    expect(thief.get_by_role("heading", name="Ce lien ne sert plus")).to_be_visible()
    assert complaints(thief) == []
    expect(thief.get_by_text("Ce lien a déjà servi.")).to_be_visible()
    thief.get_by_role("link", name="Recevoir un nouveau lien").click()
    expect(thief.get_by_role("heading", name="Mot de passe oublié")).to_be_visible()

    # By keyboard alone: the field has the focus.
    phone.get_by_role("link", name="Mot de passe oublié").click()
    expect(phone.get_by_label("Adresse email")).to_be_focused()
    assert complaints(phone) == []
    phone.keyboard.type(ADDRESS)
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="Regardez votre messagerie")).to_be_focused()
    assert complaints(phone) == []
    phone.goto(link_to(nav, 2))
    expect(phone.get_by_role("heading", name="Bonjour Sophie")).to_be_visible()
    expect(phone.get_by_label("Mot de passe", exact=True)).to_be_focused()
    phone.keyboard.type(SECOND)
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("Bienvenue. Vos démarches")).to_be_visible()

    # Taken back: the phone is out.
    desk.reload()
    expect(desk.get_by_text(re.compile("^Actif, dernière connexion"))).to_be_visible()
    desk.get_by_role("button", name="Retirer l’accès de Sophie Arnaud").click()
    asked = desk.get_by_role("dialog")
    assert complaints(desk) == []
    asked.get_by_role("button", name="Retirer l’accès").click()
    expect(desk.get_by_text("Personne n’ouvre encore le portail")).to_be_visible()
    nav.watch(phone).expected.add(401)
    phone.reload()
    expect(phone.get_by_role("button", name="Se connecter")).to_be_visible()


def test_a_client_that_the_firm_has_is_one_click_away(nav: Navigation) -> None:
    desk = nav.open(CLAIRE.email, taille=TELEPHONE)
    desk.goto("/console/clients")
    nav.watch(desk).expected.add(409)
    for name in ("Toiture Petit", "Toitures Petit"):
        desk.get_by_role("button", name="Nouveau client").click()
        dialog = desk.get_by_role("dialog", name="Nouveau client")
        dialog.get_by_label("Nom de l’entreprise").fill(name)
        dialog.get_by_label("Email").first.fill("toiture@courriel.example")
        assert complaints(desk) == []
        dialog.get_by_role("button", name="Créer la fiche").click()
        if name == "Toiture Petit":
            expect(desk.get_by_role("heading", name=name)).to_be_visible()
            desk.goto("/console/clients")
    expect(dialog.get_by_text("a déjà cette adresse email")).to_be_visible()
    assert complaints(desk) == []
    dialog.get_by_role("link", name="Ouvrir sa fiche").click()
    expect(desk.get_by_role("heading", name="Toiture Petit")).to_be_visible()
