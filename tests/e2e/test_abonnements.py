"""Subscriptions compared: the 810 € of the specification, one decision per offer, by phone (OPT-12 to OPT-24)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from demo.acteurs import attendre
from demo.comptes import CLIENTS, EQUIPE
from demo.dossier import Dossier
from demo.metiers import optimisation
from tests.e2e.console import Cockpit
from tests.e2e.navigation import TELEPHONE, Navigation
from tests.e2e.surveillance import complaints
from tests.e2e.test_recouvrement import picture

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(240)]

CLIENT = next(each for each in CLIENTS if each.cle == "aubert")
REPONSES = {
    "rendez_vous": {"le": "2026-12-01"},
    "changement": {"effectif_le": "2026-12-03"},
    "contrat": {
        "nom": "Internet",
        "type": "internet",
        "fournisseur": "Fibre & Cie",
        "offre": "Fibre Pro",
        "prix": 2999,
        "periodicite": "mois",
        "numero": "FC-2201",
        "anniversaire": "2027-12-03",
    },
}


def test_the_client_compares_and_decides_offer_by_offer(nav: Navigation) -> None:
    adviser = next(each for each in EQUIPE if each.email.startswith(CLIENT.conseiller))
    dossier = optimisation(
        nav.acteur(CLIENT.email),
        nav.acteur(adviser.email),
        tiers_id=nav.monde.tiers[CLIENT.cle],
    )
    page = nav.open(CLIENT.email, TELEPHONE)
    page.goto(f"/demarches/{dossier.id}")
    expect(page.get_by_role("heading", name="Proposition globale")).to_be_visible()
    electricite = page.get_by_role("region", name="Comparatif : Électricité du local")
    saving = electricite.get_by_role("row", name=re.compile("ÉCONOMIE ANNUELLE"))
    expect(saving.get_by_text(re.compile(r"810,00\s€"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^930,00\s€$")).first).to_be_visible()
    assert complaints(page) == []
    picture(page, "abonnements-portail-390")
    page.get_by_role("button", name=re.compile("^Accepter : Énergie des Monts")).click()
    expect(page.get_by_text(re.compile(r"dont 810,00\s€ déjà acceptés"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^Demander un ajustement : Fibre & Cie")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Sans engagement de préférence.")
    dialog.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_text("Sans engagement de préférence.")).to_be_visible()

    console = nav.open(adviser.email)
    cockpit = Cockpit(console).open(dossier.id)
    cockpit.tab("Comparatif")
    expect(console.get_by_text("Ajustement demandé").first).to_be_visible()
    assert complaints(console) == []
    picture(console, "abonnements-console-1280")


def internet_changed(nav: Navigation, *, mandat: bool) -> tuple[Dossier, Dossier]:
    """An optimisation whose client takes the internet offer alone, and the change that it opens."""
    adviser = next(each for each in EQUIPE if each.email.startswith(CLIENT.conseiller))
    client = nav.acteur(CLIENT.email)
    dossier = optimisation(client, nav.acteur(adviser.email), tiers_id=nav.monde.tiers[CLIENT.cle])
    for offre in dossier.lignes("offres"):
        statut = "acceptee" if offre["nom"].startswith("Internet") else "refusee"
        dossier.marque("offres", offre["id"], statut, client)
    dossier.remplit("decision", "titulaire", {"mandat": mandat})
    [changement] = dossier.enfants().values()
    return dossier, changement


def test_the_mandate_is_at_hand_where_it_is_given_back(nav: Navigation) -> None:
    """OPT-06, OPT-26: what is to be signed is read on the page that asks for it; an internet change says its étapes."""
    _, changement = internet_changed(nav, mandat=True)
    attendre("le mandat", lambda: [each for each in changement.vue()["documents"] if each["file"]])

    page = nav.open(CLIENT.email, TELEPHONE)
    page.goto(f"/demarches/{changement.id}")
    expect(page.get_by_text("Rendez-vous du technicien")).to_be_visible()
    expect(page.get_by_text("Souscription du nouveau contrat")).to_have_count(0)
    page.get_by_role("link", name="Déposer le document").click()
    expect(page.get_by_text(re.compile("^Préparé pour vous"))).to_be_visible()
    expect(page.get_by_text("Contrat de travail signé")).to_have_count(0)
    assert complaints(page) == []
    picture(page, "mandat-a-signer-390")
    page.get_by_role("button", name="Ouvrir Mandat").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_signed_contract_is_followed_among_the_subscriptions(nav: Navigation) -> None:
    """OPT-07, OPT-08, OPT-28: the change done, the dossier is over and its new contract is watched, for all to read."""
    dossier, changement = internet_changed(nav, mandat=False)
    changement.avance("retour", REPONSES)
    for tache in changement.vue()["taches"]:
        if tache["etape"] == "retour" and tache["statut"] != "termine":
            changement.fait(tache)
    attendre("la fin du dossier", lambda: dossier.vue()["cycle"] == "terminee")
    contrat = attendre("la veille du nouveau contrat", lambda: dossier.enfants().get("Internet"))

    page = nav.open(CLIENT.email, TELEPHONE)
    page.goto("/demarches?rubrique=abonnements")
    expect(page.get_by_text("3 décembre 2027").first).to_be_visible()
    assert complaints(page) == []
    picture(page, "mes-abonnements-390")
    page.goto(f"/demarches/{contrat.id}")
    expect(page.get_by_text("FC-2201")).to_be_visible()
    expect(page.get_by_text("Prix mensuel")).to_be_visible()
    assert complaints(page) == []
    picture(page, "abonnement-suivi-390")
