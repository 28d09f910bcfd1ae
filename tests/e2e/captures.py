"""`python -m tests.e2e.captures FOLDER`: a picture of every screen of a running demonstration, at both widths.

Reads ELASKA_BASE_URL and ELASKA_MAIL_URL, as `python -m demo.donnees` does. Pictures are of the window, not of the
whole page: fixed heads and feet stand where people see them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from cli import chromium
from demo.acteurs import Acteur, Adresses, jeton_recu
from demo.comptes import CLIENTS, EQUIPE
from tests.e2e.navigation import BROWSER_OPTIONS, TELEPHONE, Monde, Navigation
from tests.e2e.surveillance import at_rest

BUREAU: ViewportSize = {"width": 1280, "height": 800}
SOPHIE, CLAIRE = CLIENTS[0], EQUIPE[0]

PIECES, ESSAI = "Informations et pièces du salarié", "Période d'essai"

Shot = tuple[str, str]


def demarches(acteur: Acteur) -> dict[str, str]:
    """Ids of démarches by their étape, status and cycle, one of each."""
    items = acteur.get("/demarches", etat="toutes", taille=100)["items"]
    found: dict[str, str] = {}
    for item in items:
        for key in (item["etape_titre"], item["statut"], item["cycle"]):
            found.setdefault(key, item["id"])
    return found


def portal(known: dict[str, str]) -> Iterator[Shot]:
    """Screens of a client: (name, address)."""
    yield from (
        ("accueil", "/"), ("demarches", "/demarches"), ("documents", "/documents"), ("demandes", "/demandes"),
        ("services", "/services"), ("formulaire", "/services/embauche"), ("notifications", "/notifications"),
        ("contact", "/contact"), ("profil", "/profil"), ("plus", "/plus"), ("introuvable", "/nulle-part"),
    )  # fmt: skip
    for name, key in (("pieces", PIECES), ("demande", "recue"), ("terminee", "terminee")):
        if key in known:
            yield f"demarche-{name}", f"/demarches/{known[key]}"
    if PIECES in known:
        yield "depot", f"/demarches/{known[PIECES]}/depot"
    for onglet in ("taches", "documents", "echanges", "equipe"):
        yield (
            f"demarche-{onglet}",
            f"/demarches/{known.get(ESSAI, next(iter(known.values())))}?onglet={onglet}",
        )


def console(known: dict[str, str]) -> Iterator[Shot]:
    """Screens of an adviser: (name, address)."""
    yield from (
        ("file", "/console"), ("file-toutes", "/console?portee=toutes"), ("demarches", "/console/demarches"),
        ("pieces", "/console/pieces"), ("nouvelle", "/console/nouvelle"), ("clients", "/console/clients"),
        ("modeles", "/console/modeles"), ("modele", "/console/modeles/embauche"), ("profil", "/console/profil"),
    )  # fmt: skip
    stages = (("pieces", PIECES), ("preparation", "DPAE"), ("essai", ESSAI))
    for name, key in (*stages, *((cycle, cycle) for cycle in ("recue", "suspendue", "annulee", "terminee"))):
        if key in known:
            yield f"cockpit-{name}", f"/console/demarches/{known[key]}"
    some = known.get(PIECES, next(iter(known.values())))
    for onglet in ("taches", "taches&vue=tableau", "documents", "finances", "communications", "fiche"):
        yield f"cockpit-{re.sub('[^a-z]+', '-', onglet)}", f"/console/demarches/{some}?onglet={onglet}"


def take(page: Page, shots: Iterator[Shot], folder: Path, prefix: str) -> None:
    for name, address in shots:
        page.set_viewport_size(BUREAU)
        page.goto(address)
        for taille in (BUREAU, TELEPHONE):
            page.set_viewport_size(taille)
            at_rest(page)
            page.screenshot(path=folder / f"{prefix}-{name}-{taille['width']}.png")


def run(adresses: Adresses, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = chromium.require()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(BROWSER_OPTIONS))
        with Navigation(Monde(adresses, {}), browser) as nav:
            nobody = nav.open()
            take(
                nobody, iter((("connexion", "/connexion"), ("lien", "/lien/" + "x" * 43))), folder, "portail"
            )
            take(nobody, iter((("connexion", "/console/connexion"),)), folder, "console")
            take(nav.open(SOPHIE.email), portal(demarches(nav.acteur(SOPHIE.email))), folder, "portail")
            known = demarches(nav.acteur(CLAIRE.email))
            take(nav.open(CLAIRE.email), console(known), folder, "console")
            take(invited(nav, known), iter((("espace", "/invite"),)), folder, "invite")
        browser.close()


def invited(nav: Navigation, known: dict[str, str]) -> Page:
    """The space of a future employee who has things to do."""
    adviser = nav.acteur(CLAIRE.email)
    seen = adviser.get(f"/demarches/{known[PIECES]}")
    adviser.post(f"/demarches/{seen['id']}/participants/futur_salarie/invitation", {})
    email = next(
        field["valeur"]
        for form in seen["donnees"]
        for field in form["champs"]
        if field["champ"].endswith("email_personnel")
    )
    page = nav.open()
    page.goto(f"/lien/{jeton_recu(nav.monde.adresses, email, seen['reference'])}")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Bonjour")).to_be_visible()
    return page


if __name__ == "__main__":
    run(Adresses(os.environ["ELASKA_BASE_URL"], os.environ["ELASKA_MAIL_URL"]), Path(sys.argv[1]))
