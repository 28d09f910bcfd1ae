"""An administrator writes a modèle on screen: étapes, fields, check, trial, publication (MOD-02 to MOD-08)."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cli.stack import Stack
from demo.comptes import EQUIPE
from demo.embauche import PARIS, jours
from store.utilisateur import Role
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]


def test_from_first_line_to_version(nav: Navigation, pile: Stack) -> None:
    admin = next(person for person in EQUIPE if person.role == Role.ADMIN)
    page = nav.open(admin.email)
    page.goto("/console/modeles")
    page.get_by_role("button", name="Nouveau modèle").click()
    page.get_by_label("Nom").fill("Audit éclair")
    page.get_by_label("Préfixe des références").fill("ECL")
    page.get_by_role("button", name="Créer le brouillon").click()
    expect(page.get_by_role("heading", name="Audit éclair")).to_be_visible()
    expect(page.get_by_text("Rien à corriger")).to_be_visible()

    view = page.get_by_role("radiogroup", name="Vue")

    # Étapes: added, renamed, moved by drag and drop, then back with the keyboard.
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_role("heading", name="Nouvelle étape")).to_be_visible()
    page.get_by_label("Nom affiché").fill("Restitution")
    # What is typed while its key follows its name stays, and so does the focus.
    told = page.get_by_label("Ce que le client lit")
    told.press_sequentially("Nous vous présentons nos conclusions.", delay=40)
    rows = page.locator("ol li[draggable]")
    expect(rows.nth(1)).to_contain_text("Restitution")
    expect(page.get_by_role("code").get_by_text("restitution", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("etape=restitution"))
    expect(told).to_have_value("Nous vous présentons nos conclusions.")
    expect(told).to_be_focused()
    told.press("Tab")
    rows.nth(1).drag_to(rows.nth(0), target_position={"x": 60, "y": 6})
    expect(rows.nth(0)).to_contain_text("Restitution")
    page.get_by_role("button", name="Restitution").first.press("Alt+ArrowDown")
    expect(rows.nth(1)).to_contain_text("Restitution")
    page.get_by_role("button", name="Annuler le dernier changement").click()
    expect(rows.nth(0)).to_contain_text("Restitution")
    page.get_by_role("button", name="Rétablir").click()
    expect(rows.nth(1)).to_contain_text("Restitution")
    page.get_by_label("Peut être demandé par le client").check()

    # An icon chosen by its picture; a parallel block, named, then taken away with its étapes.
    page.get_by_role("button", name="Icône\u00a0: par défaut").click()
    page.get_by_role("radio", name="Drapeau").click()
    expect(page.get_by_role("button", name="Icône\u00a0: Drapeau")).to_be_visible()
    page.get_by_role("button", name="Ajouter des étapes en parallèle").click()
    expect(page.get_by_role("heading", name="En parallèle")).to_be_visible()
    page.get_by_label("Nom affiché").fill("Deux à la fois")
    page.get_by_label("Nom affiché").press("Enter")
    expect(page.get_by_role("button", name="En parallèle\u00a0: Deux à la fois")).to_be_visible()
    page.get_by_role("button", name="Ajouter une branche").click()
    expect(page.get_by_text("Branche 3")).to_be_visible()
    expect(page.get_by_text("Rien à corriger")).to_be_visible()
    page.get_by_role("button", name="En parallèle\u00a0: Deux à la fois").click()
    expect(page.get_by_role("heading", name="Deux à la fois")).to_be_visible()
    wrong_block = complaints(page)
    page.get_by_role("button", name="Supprimer", exact=True).click()
    page.get_by_role("button", name="Supprimer le bloc").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Restitution").first.click()

    # A fault is told at once, and leads to its line.
    page.get_by_label("Échéance").fill("demain peut-être")
    page.get_by_label("Échéance").press("Enter")
    expect(page.get_by_text(re.compile(r"^1\s+erreur$"))).to_be_visible()
    page.get_by_role("button", name=re.compile("audit_eclair.yaml, ligne")).click()
    expect(page.locator(".cm-activeLine")).to_contain_text("demain")
    wrong = wrong_block + complaints(page)
    page.get_by_role("button", name="Annuler le dernier changement").click()
    expect(page.get_by_text("Rien à corriger")).to_be_visible()

    # A form and its preview.
    view.get_by_text("Formulaires", exact=True).click()
    page.get_by_label("Nouveau formulaire").fill("Besoin")
    page.get_by_role("button", name="Créer", exact=True).click()
    page.get_by_label("Nouveau champ").fill("Date souhaitée")
    page.get_by_role("combobox", name="Type").last.click()
    page.get_by_role("option", name="Date", exact=True).click()
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("Date souhaitée Date"))).to_be_visible()
    expect(page.get_by_role("textbox", name="Date souhaitée").last).to_be_visible()
    page.get_by_label("Nouveau champ").fill("Services voulus")
    page.get_by_role("combobox", name="Type").last.click()
    page.get_by_role("option", name="Plusieurs choix", exact=True).click()
    page.get_by_role("button", name="Ajouter", exact=True).click()
    page.get_by_label("Choix, un par ligne").fill("Courrier\nSalle de réunion")
    page.get_by_label("Obligatoire").check()
    expect(page.get_by_role("checkbox", name="Salle de réunion")).to_be_visible()
    wrong += complaints(page)
    view.get_by_text("Étapes", exact=True).click()
    page.get_by_role("button", name="Restitution").first.click()
    page.get_by_role("tab", name="Formulaires").click()
    page.get_by_role("button", name="Ajouter un formulaire").click()
    expect(page.get_by_text("Rien à corriger")).to_be_visible()
    wrong += complaints(page)
    wrong += _statuses_and_documents(page)
    # What it does by itself: an automatisation, a timer.
    page.get_by_role("tab", name="Automatisations").click()
    page.get_by_role("button", name="Ajouter une automatisation").click()
    page.get_by_role("button", name="Ajouter une minuterie").click()
    expect(page.get_by_role("tab", name="Automatisations2")).to_be_visible()
    expect(page.get_by_text("Rien à corriger")).to_be_visible()
    wrong += complaints(page)
    page.set_viewport_size(TELEPHONE)
    wrong += complaints(page)
    page.set_viewport_size(BUREAU)
    view.get_by_text("Essayer et publier", exact=True).click()
    page.get_by_role("button", name="Essayer", exact=True).first.click()
    expect(page.get_by_text("La démarche est terminée.")).to_be_visible()
    wrong += complaints(page)
    # What if: nobody has followed this one yet.
    page.get_by_role("button", name="Rejouer", exact=True).click()
    expect(page.get_by_text("Aucune démarche n’a encore suivi ce modèle.")).to_be_visible()
    page.get_by_role("button", name="Publier la version 1").click()
    expect(page.get_by_text("Version 1 publiée")).to_be_visible()
    wrong += _what_if(nav, page)
    assert not wrong, "\n".join(wrong)
    written = Path(pile.env["ELASKA_MODELES_DIR"]) / "process_templates" / "audit_eclair.yaml"
    text = written.read_text(encoding="utf-8")
    assert "# Le guide du langage" in text and "titre: Restitution" in text and "demandable: true" in text


def test_nothing_typed_is_lost(nav: Navigation) -> None:
    """Two people at once, a text not applied, leaving in the middle of a field, by the keyboard (MOD-02, MOD-03)."""
    admin = next(person for person in EQUIPE if person.role == Role.ADMIN)
    page = nav.open(admin.email)
    page.goto("/console/modeles")
    page.get_by_role("button", name="Nouveau modèle").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("textbox").first).to_be_focused()
    page.keyboard.type("Essai à deux")
    page.get_by_label("Préfixe des références").fill("DEU")
    page.get_by_label("Préfixe des références").press("Enter")
    expect(page.get_by_role("heading", name="Essai à deux")).to_be_visible()
    # What is added is named at once, and an item keeps the focus and stays open where it goes.
    page.get_by_role("button", name="Ajouter", exact=True).press("Enter")
    expect(page.get_by_label("Nom affiché")).to_be_focused()
    page.keyboard.type("Bilan")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("etape=bilan"))
    page.get_by_role("tab", name="Tâches").click()
    page.get_by_role("button", name="Ajouter une tâche").press("Enter")
    page.get_by_label("Tâche", exact=True).fill("Relire")
    page.get_by_label("Tâche", exact=True).press("Enter")
    page.get_by_role("button", name=re.compile(r"^Monter\s: Relire")).press("Enter")
    expect(page.get_by_role("button", name=re.compile(r"^Descendre\s: Relire"))).to_be_enabled()
    expect(page.get_by_role("button", name="Relire", exact=True)).to_be_focused()
    expect(page.get_by_label("Tâche", exact=True)).to_have_value("Relire")
    page.get_by_role("button", name=re.compile(r"^Supprimer\s: Relire")).press("Enter")
    expect(page.get_by_role("button", name="À faire", exact=True)).to_be_focused()
    undo = page.get_by_role("button", name="Annuler le dernier changement")
    undo.press("Enter")
    expect(page.get_by_role("button", name="Relire", exact=True)).to_be_visible()
    expect(undo).to_be_focused()

    # A text of the source outlives its view; what somebody else writes meanwhile does not take its place.
    view = page.get_by_role("radiogroup", name="Vue")
    editor = page.locator(".cm-content")
    view.get_by_text("Source", exact=True).click()
    editor.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# À moi\n")
    view.get_by_text("Étapes", exact=True).click()
    expect(page.get_by_text("1\xa0texte à appliquer dans la source")).to_be_visible()
    other = nav.open(admin.email)
    other.goto("/console/modeles/essai_a_deux/modifier?etape=bilan")
    other.get_by_label("Ce que le client lit").fill("Écrit à côté.")
    with other.expect_response(lambda answer: answer.url.endswith("/operations")):
        other.get_by_label("Ce que le client lit").press("Tab")
    view.get_by_text("Source", exact=True).click()
    expect(editor).to_contain_text("# À moi")
    nav.watch(page).expected.add(412)
    page.get_by_role("button", name="Appliquer", exact=True).click()
    told = page.get_by_role("dialog", name="Modifié entre-temps")
    expect(told.get_by_label("Différence ligne à ligne")).to_contain_text("+    description: Écrit à côté.")
    expect(told.get_by_label("Différence ligne à ligne")).not_to_contain_text("modele: essai_a_deux")
    # The whole file done again would wipe the other's line: it is not offered.
    expect(told.get_by_role("button", name="Refaire mon changement")).to_have_count(0)
    told.get_by_role("button", name="Garder la nouvelle version").click()
    expect(page.get_by_text(re.compile("Ce fichier a changé pendant que vous l’écriviez"))).to_be_visible()
    expect(undo).to_be_disabled()
    wrong = complaints(page)
    page.set_viewport_size(TELEPHONE)
    wrong += complaints(page)
    page.set_viewport_size(BUREAU)

    # Leaving asks first; what was put aside for good lets go.
    page.get_by_role("link", name="Modèles", exact=True).first.click()
    leaving = page.get_by_role("dialog", name="Quitter cette page\xa0?")
    expect(leaving).to_contain_text("essai_a_deux.yaml")
    leaving.get_by_role("button", name="Retour").click()
    expect(editor).to_contain_text("# À moi")
    page.get_by_role("button", name="Revenir", exact=True).click()
    expect(editor).to_contain_text("Écrit à côté.")
    # A field is written when the page is left from within it.
    page.goto("/console/modeles")
    page.get_by_role("button", name="Nouveau modèle").wait_for()
    other.goto("/console/modeles")
    other.get_by_role("button", name="Nouveau modèle").wait_for()
    other.evaluate("history.back()")
    other.get_by_label("Ce que le client lit").fill("Écrit en partant.")
    other.evaluate("history.forward()")
    expect(other.get_by_role("button", name="Nouveau modèle")).to_be_visible()
    other.goto("/console/modeles/essai_a_deux/modifier?etape=bilan")
    expect(other.get_by_label("Ce que le client lit")).to_have_value("Écrit en partant.")
    # What was refused is not sent again by the dialog that says so.
    page.goto("/console/modeles/essai_a_deux/modifier?etape=bilan")
    expect(page.get_by_label("Ce que le client lit")).to_have_value("Écrit en partant.")
    other.get_by_label("Ce que le client lit").fill("Écrit encore.")
    with other.expect_response(lambda answer: answer.url.endswith("/operations")):
        other.get_by_label("Ce que le client lit").press("Tab")
    page.get_by_label("Nom affiché").fill("Bilan final")
    page.get_by_label("Nom affiché").press("Enter")
    told.get_by_role("button", name="Garder la nouvelle version").click()
    expect(page.get_by_text(re.compile(r"^Pas enregistré\s: le fichier dit «\sBilan\s»\.$"))).to_be_visible()
    expect(page.get_by_role("heading", name="Bilan", exact=True)).to_be_visible()
    wrong += complaints(page)
    page.get_by_label("Nom affiché").press("Enter")
    expect(page.get_by_role("heading", name="Bilan final", exact=True)).to_be_visible()
    assert not wrong, "\n".join(wrong)


def _statuses_and_documents(page: Page) -> list[str]:
    """A status and a document under keys made of their names; a task that asks for the document (MOD-06, PDF-04)."""
    page.get_by_role("button", name="Nom, prix, statuts, documents…").click()
    page.get_by_role("button", name="Ajouter un statut").click()
    page.get_by_label("Libellé").fill("À signer")
    page.get_by_label("Libellé").press("Enter")
    expect(page.get_by_text("Aucune étape ne prend le statut «\u00a0a_signer\u00a0».")).to_be_visible()
    page.get_by_role("button", name="Ajouter un document").click()
    page.get_by_label("Titre").fill("Compte rendu")
    page.get_by_label("Titre").press("Enter")
    expect(page.get_by_role("button", name="Compte rendu commun/lettre")).to_be_visible()
    wrong = complaints(page)
    page.get_by_role("button", name="Restitution").first.click()
    page.get_by_role("combobox", name="Statut de la démarche").click()
    page.get_by_role("option", name="À signer").click()
    page.get_by_role("tab", name="Tâches").click()
    page.get_by_role("button", name="À faire", exact=True).click()
    page.get_by_role("combobox", name="Document à produire").click()
    page.get_by_role("option", name="Compte rendu").click()
    # A reminder says all that it does.
    page.get_by_role("tab", name="Relances").click()
    page.get_by_role("button", name="Ajouter une relance").click()
    expect(page.get_by_text("Chaque relance donne aussi la tâche")).to_be_visible()
    page.get_by_role("combobox", name="Email envoyé").click()
    page.get_by_role("option", name="relance pieces").click()
    page.get_by_role("button", name="Retirer cette tâche").click()
    expect(page.get_by_text("Chaque relance donne aussi la tâche")).to_have_count(0)
    wrong += complaints(page)
    page.get_by_role("button", name=re.compile(r"^Supprimer\s: relance")).click()
    expect(page.get_by_text("Rien à corriger")).to_be_visible()
    return wrong


def _what_if(nav: Navigation, page: Page) -> list[str]:
    """A condition put on an étape: which real démarches would change path; one of them becomes a scenario."""
    hiring = nav.embauche("rousselot", someone("Ugo", jours(30, datetime.now(PARIS).date())))
    hiring.declare(datetime.now(PARIS))
    hiring.valide_demande()
    page.goto("/console/modeles/embauche/modifier?etape=visite_medicale")
    # Into a parallel block, as a branch of its own, by the keyboard; out again by drag and drop.
    rows = page.locator("ol li[draggable]")
    told = rows.filter(has_text="Informations et pièces du salarié")
    told.get_by_role("button").first.press("Alt+ArrowDown")
    expect(page.get_by_text("Branche 4")).to_be_visible()
    told.drag_to(rows.filter(has_text="Déclaration de l'embauche"), target_position={"x": 60, "y": 40})
    expect(page.get_by_text("Branche 4")).to_be_hidden()
    expect(rows.nth(1)).to_contain_text("Informations et pièces du salarié")
    page.get_by_label("Seulement si").fill('declaration.nature_contrat == "cdd"')
    page.get_by_label("Seulement si").press("Enter")
    expect(page.get_by_text("Brouillon v2")).to_be_visible()
    page.get_by_role("radiogroup", name="Vue").get_by_text("Essayer et publier", exact=True).click()
    page.get_by_role("button", name="Rejouer", exact=True).click()
    expect(page.get_by_text(re.compile(r"rejouées?\s:"))).to_be_visible()
    touched = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=hiring.reference))
    expect(touched.first).to_contain_text("Étape en moins")
    wrong = complaints(page)
    touched.get_by_role("button", name="Faire un scénario").first.click()
    expect(page.get_by_label("Fichier embauche_")).to_contain_text("Client")
    wrong += complaints(page)
    page.get_by_role("button", name="Ajouter aux scénarios du modèle").click()
    expect(page.get_by_text("Scénario ajouté")).to_be_visible()
    page.get_by_role("link", name=hiring.reference).first.click()
    page.get_by_role("button", name="Autres actions").click()
    page.get_by_role("menuitem", name="Faire un scénario de cette démarche").click()
    expect(page.get_by_role("button", name="Remplacer le scénario")).to_be_visible()
    # The draft goes as it came: other stories read this modèle.
    page.goto("/console/modeles/embauche/modifier")
    page.get_by_role("button", name="Abandonner", exact=True).click()
    page.get_by_role("button", name="Abandonner le brouillon").click()
    expect(page.get_by_text("Brouillon v2")).to_be_hidden()
    return wrong
