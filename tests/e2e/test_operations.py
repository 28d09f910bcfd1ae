"""At an étape, from the cockpit: each command that the adviser may give, by its dialog, and what both sides then show
(DOS-19 to DOS-21, TCH-06, GED-10, EQP-03, EMB-08).
"""

import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, jours
from tests.e2e.console import Cockpit
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.portail import french
from tests.e2e.surveillance import at_rest
from tests.store.test_files import pdf

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

NADIA, CLAIRE = CLIENTS[2], EQUIPE[0]


def give(page: Page, titre: str) -> None:
    """Deposit one document of a list."""
    picker = page.get_by_label(f"Choisir un fichier : {titre}")
    picker.set_input_files([FilePayload(name="page.pdf", mimeType="application/pdf", buffer=pdf(2_000))])
    page.get_by_role("button", name="Envoyer mon document").click()
    expect(picker).to_have_count(0)


def test_each_command_at_an_etape(nav: Navigation) -> None:
    today = datetime.now(PARIS).date()
    entree = jours(20, today)
    e = nav.embauche("benali", someone("Ambre", entree))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    e.remplit_fiche()
    e.depose("cni")

    bureau = nav.open(CLAIRE.email)
    cockpit = Cockpit(bureau).open(e.id)
    page = nav.open(NADIA.email, TELEPHONE)
    page.goto(f"/demarches/{e.id}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    # Suspend, with a reason that is required; resume.
    cockpit.more("Suspendre…")
    cockpit.dialog.get_by_role("button", name="Suspendre", exact=True).click()
    expect(cockpit.dialog.get_by_text("Indiquez un motif.")).to_be_visible()
    cockpit.confirm("Suspendre", "Le client nous recontacte après les fêtes.")
    expect(
        page.get_by_text(re.compile("Cette démarche est en pause.*Le client nous recontacte"))
    ).to_be_visible()
    expect(bureau.get_by_text(re.compile("^Suspendue depuis le"))).to_be_visible()
    expect(bureau.get_by_role("button", name="Nouvelle Tâche")).to_have_count(0)
    # Frozen for everybody: the client has nothing to say done, the employee nothing to deposit.
    page.goto(f"/demarches/{e.id}?onglet=taches")
    expect(page.get_by_role("heading", name="En pause, rien à faire pour le moment")).to_be_visible()
    expect(page.get_by_role("button", name="C’est fait")).to_have_count(0)
    invite = nav.open(taille=TELEPHONE)
    invite.context.add_cookies(
        [{"name": n, "value": v, "url": e.adresses.base} for n, v in e.participant().cookies().items()]
    )
    invite.goto("/invite")
    expect(invite.get_by_text("Ce dossier est en pause.")).to_be_visible()
    expect(invite.get_by_role("heading", level=1, name="En pause")).to_be_visible()
    expect(invite.get_by_role("button", name="Choisir un fichier")).to_have_count(0)
    page.goto(f"/demarches/{e.id}")
    bureau.get_by_role("button", name="Reprendre la démarche").click()
    expect(page.get_by_text("Cette démarche est en pause")).to_have_count(0)

    # An étape set for this dossier alone: its name, then its place on the portal, each taken back (MOD-13).
    cockpit.etape("Affiliations", "Régler cette étape")
    cockpit.dialog.get_by_label("Nom de l’étape").fill("Mutuelle et prévoyance")
    cockpit.confirm("Enregistrer")
    expect(page.get_by_text("Mutuelle et prévoyance", exact=True)).to_be_visible()
    bureau.get_by_role("button", name="Annuler", exact=True).click()
    expect(page.get_by_text("Affiliations", exact=True)).to_be_visible()
    cockpit.etape("Affiliations", "Régler cette étape")
    cockpit.dialog.get_by_label("Visible sur le portail client").uncheck()
    cockpit.confirm("Enregistrer")
    expect(page.get_by_text("Affiliations", exact=True)).to_have_count(0)
    expect(bureau.get_by_role("img", name="cachée au client")).to_be_visible()
    bureau.get_by_role("button", name="Annuler", exact=True).click()
    expect(page.get_by_text("Affiliations", exact=True)).to_be_visible()

    # An étape of this dossier alone: added, moved, then taken away (MOD-13).
    bureau.get_by_role("button", name="Ajouter une étape à ce dossier").click()
    cockpit.dialog.get_by_role("button", name="Ajouter l’étape").click()
    expect(cockpit.dialog.get_by_text("Donnez un nom à l’étape.")).to_be_visible()
    cockpit.dialog.get_by_label("Nom de l’étape").fill("Visite du poste")
    cockpit.confirm("Ajouter l’étape")
    expect(page.get_by_text("Visite du poste", exact=True)).to_be_visible()
    cockpit.etape("Visite du poste", "Déplacer cette étape")
    place = cockpit.dialog.get_by_label("Elle vient après")
    place.click()
    # Its list finds its place, above or below, before one chooses.
    at_rest(bureau)
    bureau.get_by_role("option", name="Affiliations").click()
    expect(place).to_have_value("Affiliations")
    cockpit.confirm("Déplacer")
    rows = bureau.locator("section[aria-label='Étapes'] h3")
    expect(rows.filter(has_text="Affiliations")).to_be_visible()
    titles = [title.replace("ajoutée", "").strip() for title in rows.all_inner_texts()]
    assert titles.index("Visite du poste") == titles.index("Affiliations") + 1, titles
    cockpit.etape("Visite du poste", "Retirer cette étape")
    expect(page.get_by_text("Visite du poste", exact=True)).to_have_count(0)

    # A task for the manager.
    bureau.get_by_role("button", name="Nouvelle Tâche").click()
    cockpit.dialog.get_by_role("button", name="Créer la tâche").click()
    expect(cockpit.dialog.get_by_text("Donnez un titre à la tâche.")).to_be_visible()
    cockpit.dialog.get_by_label(re.compile("^Titre")).fill("Commander les chaussures de sécurité")
    cockpit.dialog.get_by_label("Confiée à").click()
    bureau.get_by_role("option", name=re.compile("Nadia Benali")).click()
    cockpit.confirm("Créer la tâche")
    page.goto(f"/demarches/{e.id}?onglet=taches")
    expect(page.get_by_role("heading", name="Commander les chaussures de sécurité")).to_be_visible()

    # A pièce asked of the manager.
    cockpit.more("Demander une pièce…")
    cockpit.dialog.get_by_label(re.compile("^Nom de la pièce")).fill("Titre de séjour")
    cockpit.dialog.get_by_label(re.compile("^Fournie par")).click()
    bureau.get_by_role("option", name=re.compile("Nadia Benali")).click()
    cockpit.confirm("Demander la pièce")
    page.goto(f"/demarches/{e.id}/depot")
    expect(page.get_by_role("heading", name="Titre de séjour")).to_be_visible()

    # Documents asked of the client in one action: deposited one by one in its block, which then goes away.
    bureau.get_by_role("button", name="Demander une Action Client").first.click()
    cockpit.dialog.get_by_label(re.compile("^De qui")).click()
    bureau.get_by_role("option", name=re.compile("Nadia Benali")).click()
    cockpit.dialog.get_by_label(re.compile("^Message")).fill("Pour préparer la prise de poste.")
    wanted = cockpit.dialog.get_by_label("Liste des documents")
    for titre in ("Plan d'accès", "Planning"):
        wanted.fill(titre)
        wanted.press("Enter")
    cockpit.confirm("Envoyer la demande")
    page.goto(f"/demarches/{e.id}")
    expect(page.get_by_text("Pour préparer la prise de poste.").first).to_be_visible()
    give(page, "Plan d'accès")
    give(page, "Planning")
    expect(page.get_by_text("Pour préparer la prise de poste.")).to_have_count(0)
    (planning,) = [each for each in e.vue()["pieces"] if each["titre"] == "Planning"]
    e.conseiller.post(f"{e.path}/pieces/{planning['id']}/refus", {"motif": "Celui de mars"})
    expect(page.get_by_text("Celui de mars").first).to_be_visible()
    give(page, "Planning")
    expect(page.get_by_text("Pour préparer la prise de poste.")).to_have_count(0)
    assert [each["statut"] for each in e.vue()["actions"]] == ["termine"]

    # The pièce is no longer asked.
    cockpit.tab("Documents (GED)")
    cockpit.panel.get_by_role("button", name="Actions sur Titre de séjour").click()
    bureau.get_by_role("menuitem", name="Ne plus la demander…").click()
    cockpit.confirm("Ne plus la demander", "Nationalité française.")
    expect(page.get_by_text("Il manque : Titre de séjour.")).to_have_count(0)

    # Another hire date: the key date changes for both, the tasks follow.
    other = jours(7, entree)
    cockpit.more("Changer : date d'entrée")
    cockpit.set_date("Date d'entrée", french(other))
    cockpit.confirm("Changer la date", "Préavis plus long que prévu.")
    expect(page.get_by_text(other.strftime("%-d")).first).to_be_visible()
    assert e.vue()["dates_cles"][0]["valeur"] == other.isoformat()
    cockpit.tab("Tâches & Planification")
    expect(cockpit.panel.get_by_role("button", name=re.compile("Réaliser la DPAE"))).to_contain_text(
        french(veille(other))
    )

    # Skip the étape of the employee, with a reason: both see it passed.
    cockpit.etape("Informations et pièces du salarié", "Passer cette étape…")
    cockpit.confirm("Passer l’étape", "Dossier reçu sur papier.")
    expect(bureau.get_by_text(re.compile("Passée.*Dossier reçu sur papier"))).to_be_visible()
    expect(page.get_by_text(re.compile("Dossier reçu sur papier")).first).to_be_visible()

    # Send back: the étape is to be done again.
    cockpit.etape("Informations et pièces du salarié", "Revenir à cette étape…")
    cockpit.confirm("Revenir à cette étape", "La carte vitale manquait.")
    expect(
        bureau.get_by_role("listitem").filter(has_text="Informations et pièces du salarié").first
    ).to_have_attribute("aria-current", "step")

    # Reassign: the open tasks follow, the client sees the new adviser.
    cockpit.more("Réaffecter…")
    cockpit.dialog.get_by_label(re.compile("^(Conseiller|Confié)")).fill("Karim")
    bureau.get_by_role("option", name="Karim Haddad").click()
    cockpit.confirm("Réaffecter")
    page.goto(f"/demarches/{e.id}?onglet=equipe")
    expect(page.get_by_role("main").get_by_text("Karim Haddad").first).to_be_visible()

    invite.reload()
    expect(invite.get_by_text("Il reste")).to_be_visible()
    # Their access ends with the démarche, below.
    invite.close()

    # Cancel, with a reason: nothing is asked any more.
    cockpit.more("Annuler la démarche…")
    cockpit.confirm("Annuler la démarche", "Le candidat s'est désisté.")
    expect(bureau.get_by_text("Démarche annulée")).to_be_visible()
    expect(
        page.get_by_text(re.compile("Cette démarche a été annulée.*Le candidat s'est désisté"))
    ).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    seen = e.vue(e.manager)
    assert seen["cycle"] == "annulee"
    assert not [wait for wait in seen["attentes"] if wait["a_moi"]]


def veille(day: date) -> date:
    """The working day before."""
    before = day - timedelta(days=1)
    while before.weekday() >= 5:
        before -= timedelta(days=1)
    return before
