"""Where démarches stand: on the board of their modèle, and on the diagram of its version (MOD-03, DOS-05, SIN-12)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from demo.comptes import EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.console import Cockpit
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints, until
from tests.e2e.test_recouvrement import picture

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

CLAIRE = EQUIPE[0]
FIRST, NEXT = "Informations et pièces du salarié", "Déclaration préalable à l'embauche"


def test_the_board_then_the_diagram(nav: Navigation) -> None:
    e = nav.embauche("benali", someone("Ambre", jours(20, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    titre = f"Embauche d'Ambre {e.salarie.nom}"
    page = nav.open(CLAIRE.email)
    wrong: list[str] = []

    def judge(name: str) -> None:
        for taille in (BUREAU, TELEPHONE):
            page.set_viewport_size(taille)
            wrong.extend(f"{name} à {taille['width']} px : {each}" for each in complaints(page))
            picture(page, f"{name}-{taille['width']}")
        page.set_viewport_size(BUREAU)

    # From the list to the board of one modèle; the address says it all.
    page.goto("/console/demarches")
    page.get_by_role("button", name="Tableau", exact=True).click()
    judge("modeles")
    page.get_by_role("button", name="Embauche d'un salarié").click()
    first = page.get_by_role("region", name=re.compile("^Dossier du salarié"))
    expect(first.get_by_role("link", name=titre)).to_be_visible()
    expect(page).to_have_url(re.compile(r"modele=embauche.*vue=tableau|vue=tableau.*modele=embauche"))
    judge("tableau")
    page.reload()
    first.get_by_role("button", name=f"Actions sur {titre}").click()
    expect(page.get_by_role("menuitem", name=f"Valider l’étape « {FIRST} »")).to_be_visible()
    page.get_by_role("menuitem", name="Ouvrir la démarche").click()

    # The cockpit passes an étape: the diagram and its list say so.
    cockpit = Cockpit(page)
    cockpit.etape(FIRST, "Passer cette étape…")
    cockpit.confirm("Passer l’étape", "Dossier déjà complet.")
    cockpit.tab("Schéma")
    steps = cockpit.panel.get_by_role("listitem")
    expect(steps.filter(has_text=FIRST)).to_contain_text("Passée")
    expect(cockpit.panel.locator("li[aria-current=step]").filter(has_text=NEXT)).to_be_visible()
    picture_shown = cockpit.panel.get_by_role(
        "img", name=re.compile(f"^Schéma de la démarche. En cours : {NEXT}")
    )
    expect(picture_shown).to_be_visible()
    until(page, "async () => [...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    judge("schema")

    # On the board, its étape has carried it to the next column.
    page.goto(f"/console/demarches?vue=tableau&modele=embauche&q={e.salarie.nom}")
    moved = page.get_by_role("region", name=re.compile("^Préparation"))
    expect(moved.get_by_role("link", name=titre)).to_be_visible()

    # A refusal is answered 409.
    nav.watch(page).expected.add(409)
    # Dragged back, it returns to the étape of that column; moved on from its menu, the engine says what is missing.
    moved.get_by_role("listitem").filter(has_text=titre).drag_to(first)
    asked = page.get_by_role("dialog", name="Vers « Dossier du salarié »")
    asked.get_by_label("Motif, lu par le client").fill("Une pièce à revoir.")
    judge("tableau-deplacer")
    asked.get_by_role("button", name="Revenir à cette étape").click()
    expect(first.get_by_role("link", name=titre)).to_be_visible()
    first.get_by_role("button", name=f"Actions sur {titre}").click()
    page.get_by_role("menuitem", name="Préparation").click()
    page.get_by_role("dialog").get_by_role("button", name="Valider l’étape").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("ne peut pas encore être validée")
    assert not wrong, "\n".join(wrong)
