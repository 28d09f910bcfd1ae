"""A mandate signed online, the account of a claim, offers compared then one accepted, debts followed: on their screens,
with an accessibility check (CRE-03, CRE-11, CRE-12, CRE-14, CRE-16, CRE-21, CRE-23, CRE-24, CRE-26, DET-06, DET-15,
SIN-05, SIN-15, SIN-21).
"""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from demo import courtage
from demo.acteurs import Acteur, attendre, jeton_recu
from demo.comptes import CLIENTS, EQUIPE
from demo.dossier import Dossier, le
from tests.e2e.console import Cockpit
from tests.e2e.navigation import TELEPHONE, Navigation
from tests.e2e.portail import Formulaire
from tests.e2e.surveillance import complaints
from tests.fakes.yousign import FakeYousign

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]


def played(nav: Navigation, story: courtage.Histoire, cle: str) -> tuple[Dossier, str, str]:
    """A story of the demonstration; the addresses of its client and of its adviser."""
    client = next(each for each in CLIENTS if each.cle == cle)
    adviser = next(each for each in EQUIPE if each.email.startswith(client.conseiller))
    dossier = story(nav.acteur(client.email), nav.acteur(adviser.email), nav.monde.tiers[cle])
    return dossier, client.email, adviser.email


def clean(page: Page) -> None:
    assert complaints(page) == []


def test_a_mandate_signed_online(nav: Navigation, yousign: FakeYousign) -> None:
    dossier, _, adviser = played(nav, courtage.credit_professionnel, "aubert")
    dossier.produit("mandat")
    page = nav.open(adviser)
    Cockpit(page).open(dossier.id, "documents")
    page.get_by_role("button", name="Faire signer en ligne").click()
    expect(page.get_by_text(re.compile("^Chez les signataires"))).to_be_visible()
    clean(page)
    assert yousign.deliver(yousign.sign(yousign.active[-1])).status_code == 200
    attendre("la signature", lambda: dossier.evenement("signature") == "recu")
    page.reload()
    expect(page.get_by_text(re.compile("^Signé en ligne"))).to_be_visible()


def studied(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """A purchase whose situation is still to be told by the client."""
    demande = {"type": "immobilier", "projet": "Acheter un appartement."}
    dossier = Dossier.ouvre(client, conseiller, "credit", tiers_id, {"demande": demande}, depuis=1)
    dossier.au_present()
    dossier.avance("emprunteur", {})
    return dossier


def test_a_simulator_refuses_what_makes_no_sense(nav: Navigation) -> None:
    """No income, no month, no rate, more payments than income: a sentence each time, and never a false figure."""
    dossier, client, adviser = played(nav, studied, "lefevre")
    phone = nav.open(client, TELEPHONE)
    phone.goto(f"/demarches/{dossier.id}/formulaire/emprunteur")
    form = Formulaire(phone)
    form.write("Nom de l'emprunteur", "Julien Lefèvre")
    form.next()
    form.write("Revenus mensuels", "0")
    form.tick("Locataire")
    # A sign is kept as it was typed, and told: an amount is never turned into its opposite.
    charges = phone.get_by_label("Charges de logement actuelles")
    charges.press_sequentially("-900")
    charges.blur()
    expect(charges).to_have_value(re.compile(r"^-900,00"))
    form.next()
    form.expect_error("Revenus mensuels", "Le montant minimal est 0,01")
    form.expect_error("Charges de logement actuelles", "Le montant minimal est 0,00")
    expect(charges).to_have_value(re.compile(r"^-900,00"))
    clean(phone)
    form.write("Charges de logement actuelles", "900")
    # What is typed is euros.
    form.write("Revenus mensuels", "2000")
    form.next()
    expect(phone.get_by_text(re.compile(r"^2\D000,00\D€$"))).to_be_visible()
    dossier.avance("projet", {"emprunteur": {**courtage.COUPLE, "revenus": 200_000}})
    dossier.remplit("projet", "emprunteur", courtage.IMMOBILIER["projet"])
    for besoin in courtage.BESOINS:
        dossier.ajoute("besoins", **besoin)

    page = nav.open(adviser)
    cockpit = Cockpit(page).open(dossier.id)
    page.get_by_role("button", name="Remplir : Simulation").click()

    def simulate(taux: str, mois: str) -> None:
        for label, text in (("Taux", taux), ("Durée (mois)", mois)):
            field = cockpit.dialog.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?$"))
            field.fill(text)
            field.blur()
        cockpit.dialog.get_by_role("button", name="Enregistrer le formulaire").click()

    def told(sentence: str | None) -> None:
        expect(cockpit.dialog).to_have_count(0)
        cockpit.tab("Simulation & Partenaires Bancaires")
        if sentence is not None:
            expect(cockpit.panel.get_by_text(re.compile(sentence))).to_be_visible()
        expect(cockpit.panel.get_by_role("meter")).to_have_count(1 if sentence is None else 0)
        expect(page.get_by_text(re.compile(r"\b(NaN|Infinity|undefined|null)\b"))).to_have_count(0)
        clean(page)
        page.get_by_role("button", name="Modifier : Simulation").click()

    simulate("3,20", "0")
    expect(cockpit.dialog.get_by_text("La valeur minimale est 1.").first).to_be_visible()
    simulate("0", "240")
    told("Le taux est de 0")
    simulate("3,20", "24")
    told("taux d’endettement supérieur à 100")
    simulate("3,20", "360")
    told(None)
    cockpit.dialog.get_by_role("button", name="Fermer").click()
    expect(cockpit.dialog).to_have_count(0)
    # The summary card says who borrows, for what, how much (CRE-23).
    for said in ("Julien Lefèvre et Anaïs Lefèvre", "Maison familiale à La Brède"):
        expect(page.get_by_text(said).first).to_be_visible()


def test_somebody_liable_found_while_the_insurer_pays(nav: Navigation) -> None:
    """SIN-04: added to those concerned at any étape, they open the recourse; both sides read it."""
    dossier, client, adviser = played(nav, courtage.sinistre_offre, "besson")
    dossier.remplit("reponse", "assure", {"decision": "acceptee", "repondue_le": le(0)})
    page = nav.open(adviser)
    cockpit = Cockpit(page).open(dossier.id)
    recourse = page.get_by_text("Recours contre le responsable", exact=True)
    expect(page.get_by_text("Règlement", exact=True).first).to_be_visible()
    expect(recourse).to_have_count(0)
    cockpit.tab("Intervenants & Tiers")
    cockpit.panel.get_by_role("button", name="Ajouter").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("combobox", name="Rôle").click()
    page.get_by_role("option", name="Tiers responsable").click()
    drawer.get_by_label("Nom").fill("Élagage du Lavoir")
    drawer.locator("button[type=submit]").click()
    expect(cockpit.dialog).to_have_count(0)
    expect(recourse.first).to_be_visible()
    cockpit.tab("Tâches & Planification")
    expect(cockpit.panel.get_by_role("button", name=re.compile("Engager le recours"))).to_be_visible()
    clean(page)
    phone = nav.open(client, TELEPHONE)
    phone.goto(f"/demarches/{dossier.id}")
    expect(phone.get_by_text("Recours contre le responsable").first).to_be_visible()
    clean(phone)


def test_account_of_a_claim(nav: Navigation) -> None:
    dossier, client, adviser = played(nav, courtage.sinistre_indemnise, "garnier")
    page = nav.open(adviser)
    cockpit = Cockpit(page).open(dossier.id)
    cockpit.tab("Suivi Financier")
    expect(page.get_by_role("heading", name="Provisions et règlements")).to_be_visible()
    expect(page.get_by_role("cell", name="Provision", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Prix de la prestation")).to_be_visible()
    clean(page)
    phone = nav.open(client, TELEPHONE)
    phone.goto(f"/demarches/{dossier.id}?onglet=finances")
    expect(phone.get_by_role("heading", name="Provisions et règlements")).to_be_visible()
    # What is set aside is the firm's own business (SIN-21).
    expect(phone.get_by_role("cell", name="Provision", exact=True)).to_have_count(0)
    clean(phone)
    # « Mes Sinistres »: where it stands in the client's own words, and when it happened (SIN-13, SIN-15).
    phone.goto("/demarches")
    phone.get_by_role("link", name="Mes Sinistres").click()
    claim = phone.get_by_role("listitem").filter(has_text="Dégât des eaux, MRH 4512").first
    expect(claim.get_by_text("En attente d'indemnisation")).to_be_visible()
    expect(claim.get_by_text("Survenu le")).to_be_visible()
    clean(phone)
    # Looked at by the firm through the client's eyes, it has the client's words too.
    page.goto(f"/console/demarches/{dossier.id}/vue-client")
    expect(page.get_by_text("Telle qu’elle est maintenant")).to_be_visible()
    expect(page.locator("main").get_by_text("En attente d'indemnisation")).to_be_visible()


def test_an_offer_is_read_where_one_answers_it(nav: Navigation) -> None:
    """SIN-16: the amount offered stands above the question; nothing is told of an end that nobody knows."""
    dossier, client, _ = played(nav, courtage.sinistre_offre, "besson")
    phone = nav.open(client, TELEPHONE)
    phone.goto(f"/demarches/{dossier.id}")
    expect(phone.get_by_text("Action Requise de Votre Part")).to_be_visible()
    expect(phone.get_by_text("Fin prévue")).to_have_count(0)
    phone.get_by_role("link", name="Compléter").click()
    expect(phone.get_by_text(re.compile(r"^2\D400,00\D€$"))).to_be_visible()
    expect(phone.get_by_role("radio", name="J'accepte l'offre")).to_be_visible()
    clean(phone)


def test_an_employee_follows_a_claim_of_their_own(nav: Navigation) -> None:
    """PRV-08, PRV-10: étapes and badge on the page of who benefits from a collective contract."""
    # Opened today: no reminder has replaced the link of the invitation yet.
    dossier, _, _ = played(nav, partial(courtage.prevoyance_collective, depuis=0), "aubert")
    phone = nav.open(taille=TELEPHONE)
    reference = dossier.vue()["reference"]
    phone.goto(f"/lien/{jeton_recu(nav.monde.adresses, 'adrien.roux@courriel.example', reference)}")
    phone.get_by_role("button", name="Continuer").click()
    expect(phone.get_by_role("heading", name="Les étapes")).to_be_visible()
    expect(phone.get_by_text("En cours d'instruction").first).to_be_visible()
    expect(phone.get_by_role("listitem").filter(has_text="Mes Prestations").first).to_be_visible()
    clean(phone)


def _pursued(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """A creditor has gone to court: an office executes the decision."""
    demande = {"debiteur": "particulier", "objectif": "echeancier"}
    dossier = Dossier.ouvre(client, conseiller, "dettes", tiers_id, {"demande": demande})
    dossier.ajoute(
        "dettes", nom="Loyers", creancier="SCI des Tilleuls", nature="retard_loyer", montant_initial=400_000,
        capital_restant_du=400_000, arrete_le=le(0),
    )  # fmt: skip
    dossier.ajoute(
        "procedures", dette="Loyers", stade="judiciaire", date_audience=le(40), decision="en_attente",
        huissier="Étude Garonne", huissier_email="etude@garonne.example",
    )  # fmt: skip
    budget = {"revenus": 210_000, "charges": 40_000, "charges_logement": 62_000}
    dossier.avance("contact", {"situation": budget, "suite": {"suite": "plan"}})
    return dossier


def test_an_office_gives_its_acts_though_none_is_required(nav: Navigation) -> None:
    """DET-12: its own page, greeted by its whole name; the hearing is one of the firm's deadlines."""
    dossier, _, adviser = played(nav, _pursued, "garnier")
    phone = nav.open(taille=TELEPHONE)
    reference = dossier.vue()["reference"]
    phone.goto(f"/lien/{jeton_recu(nav.monde.adresses, 'etude@garonne.example', reference)}")
    phone.get_by_role("button", name="Continuer").click()
    expect(phone.get_by_text("Bonjour Étude Garonne")).to_be_visible()
    expect(phone.get_by_text("Déposez ici ce que vous avez à nous remettre.")).to_be_visible()
    expect(phone.get_by_role("button", name="Choisir un fichier")).to_be_visible()
    clean(phone)
    page = nav.open(adviser)
    Cockpit(page).open(dossier.id)
    deadlines = page.get_by_role("heading", name="Prochaines échéances").locator("xpath=..")
    expect(deadlines).to_contain_text("Suivre la procédure")
    dossier.conseiller.post(f"{dossier.path}/annulation", {"motif": "Le créancier se désiste."})
    phone.reload()
    expect(phone.get_by_text("Plus rien n’est attendu de vous")).to_be_visible()
    expect(phone.get_by_role("button", name="Choisir un fichier")).to_have_count(0)
    clean(phone)


def test_a_debt_told_in_another_file_is_chosen(nav: Navigation) -> None:
    """CRE-25: what is known of it fills the form, which the client looks at before adding it."""
    played(nav, courtage.dettes_en_analyse, "besson")

    def again(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
        demande = {"debiteur": "particulier", "objectif": "echeancier"}
        return Dossier.ouvre(client, conseiller, "dettes", tiers_id, {"demande": demande})

    dossier, client, _ = played(nav, again, "besson")
    phone = nav.open(client, TELEPHONE)
    phone.goto(f"/demarches/{dossier.id}")
    phone.get_by_role("button", name="Ajouter : dette").first.click()
    drawer = phone.get_by_role("dialog", name="Ajouter : dette")
    known = drawer.get_by_role("group", name="Déjà connus").get_by_role("button")
    expect(known.first).to_be_visible()
    clean(phone)
    told = known.first.locator("strong").inner_text()
    known.first.click()
    expect(drawer.get_by_label(re.compile("^Nom de la dette"))).to_have_value(told)
    expect(known.first).to_have_attribute("aria-pressed", "true")
    clean(phone)
    for action in ("Continuer", "Ajouter"):
        drawer.get_by_role("button", name=action, exact=True).click()
    expect(drawer).to_have_count(0)
    expect(phone.get_by_text(told, exact=True).first).to_be_visible()


def refused(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """The only bank asked says no."""
    formulaires = courtage.IMMOBILIER
    dossier = courtage.projet_immobilier(client, conseiller, tiers_id, 20, formulaires)
    courtage.en_banque(dossier, formulaires, courtage.BANQUES[:1])
    (banque,) = dossier.enfants().values()
    banque.avance("etude", {})
    banque.survient("reponse", resultat="refus", recue_le=le(-20), motif="Endettement trop élevé.")
    attendre("le refus", lambda: dossier.vue()["badge"]["libelle"] == "Banque => Refusé")
    dossier.au_present()
    return dossier


def expired(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """An offer of two months ago, that nobody answered."""
    formulaires = courtage.IMMOBILIER
    dossier = courtage.projet_immobilier(client, conseiller, tiers_id, 60, formulaires)
    courtage.en_banque(dossier, formulaires, courtage.BANQUES[:1])
    (banque,) = dossier.enfants().values()
    courtage.repond(banque, courtage.offre_de_pret("Banque Azur", "3.32", 300, 7_200, 90_000, -60))
    attendre("l'offre", lambda: dossier.lignes("offres"))
    dossier.au_present()
    return dossier


def test_a_bank_that_refuses_and_an_offer_that_expires(nav: Navigation) -> None:
    """Neither side is told that an offer is there, nor asked to accept one held no more (CRE-08, CRE-12)."""
    dossier, client, adviser = played(nav, refused, "lefevre")
    phone = nav.open(client, TELEPHONE)
    phone.goto(f"/demarches/{dossier.id}")
    expect(phone.get_by_text("Banque => Refusé")).to_be_visible()
    marks = phone.get_by_role("list", name="Progression").get_by_role("listitem")
    expect(marks.nth(4)).to_contain_text("en cours")
    expect(marks.nth(5)).to_contain_text("à venir")
    expect(marks.nth(6)).to_contain_text("à venir")
    clean(phone)
    page = nav.open(adviser)
    Cockpit(page).open(dossier.id)
    # Nobody else can go on: another bank, or the end of the search.
    page.get_by_role("button", name="Valider l’étape").click()
    expect(page.get_by_role("button", name="Remplir : Issue du dossier")).to_be_visible()
    clean(page)

    dossier, *_ = played(nav, expired, "lefevre")
    phone.goto(f"/demarches/{dossier.id}")
    expect(phone.get_by_role("columnheader", name="Expirée Banque Azur")).to_be_visible()
    expect(phone.get_by_text(re.compile("elle ne peut plus être acceptée"))).to_be_visible()
    expect(phone.get_by_role("button", name="Refuser : Banque Azur")).to_be_visible()
    expect(phone.get_by_role("button", name="Accepter : Banque Azur")).to_have_count(0)
    clean(phone)


def test_offers_compared_and_debts_followed(nav: Navigation) -> None:
    """The client accepts an offer: the firm's production counts it. Debts: what is left, what was paid."""
    dossier, client, adviser = played(nav, courtage.credit_a_comparer, "lefevre")
    phone = nav.open(client, TELEPHONE)
    phone.goto("/demarches?rubrique=financements")
    expect(phone.get_by_role("heading", name="Mes Financements")).to_be_visible()
    card = phone.get_by_role("listitem").filter(has=phone.locator(f'a[href$="{dossier.id}"]'))
    expect(card.get_by_text("Offre => Reçue")).to_be_visible()
    expect(card.get_by_role("list", name="Progression")).to_be_visible()
    clean(phone)
    card.get_by_role("link").first.click()
    expect(phone.get_by_role("heading", name="Action Requise de Votre Part")).to_be_visible()
    expect(phone.get_by_text("Choisir une offre de prêt").first).to_be_visible()
    expect(phone.get_by_role("table", name="Offres de prêt, côte à côte")).to_be_visible()
    clean(phone)
    phone.get_by_role("button", name="Accepter").first.click()
    phone.get_by_role("dialog").get_by_role("button", name="Accepter").click()
    attendre("l'acceptation", lambda: dossier.evenement("acceptation") == "recu")
    expect(phone.get_by_role("heading", name="Conditions Suspensives").first).to_be_visible()

    page = nav.open(adviser)
    # SOU-06: each bank in the column of its own status.
    Cockpit(page).open(dossier.id).tab("Soumissions Bancaires")
    pipeline = page.get_by_role("group", name="Pipeline : Soumissions Bancaires")
    for statut, banque in (("Offre de prêt émise", "Banque Azur"), ("Abandonnée", "Caisse de l'Estuaire")):
        expect(
            pipeline.get_by_role("region", name=re.compile(statut)).get_by_role("link", name=banque)
        ).to_be_visible()
    clean(page)
    # The loan retained is that of the offer: the adviser types none of it again (CRE-24).
    Cockpit(page).open(dossier.id)
    page.get_by_role("button", name="Remplir : Conditions du prêt final").click()
    loan = page.get_by_role("dialog")
    expect(loan.get_by_label(re.compile("^Montant"))).to_have_value(re.compile(r"^281\D000,00"))
    expect(loan.get_by_label(re.compile("^Durée"))).to_have_value("300")
    expect(loan.get_by_label(re.compile("^Offre acceptée le"))).not_to_have_value("")
    loan.get_by_role("button", name="Enregistrer le formulaire").click()
    expect(loan).to_have_count(0)
    Cockpit(page).tab("Détails du Prêt")
    expect(page.get_by_role("region", name="Tableau d’amortissement")).to_contain_text("Total")
    clean(page)
    page.goto("/console/tableaux")
    expect(page.get_by_role("heading", name="Courtage", exact=True)).to_be_visible()
    production = (
        page.get_by_role("list")
        .filter(has_text="Crédit des Landes")
        .or_(page.get_by_role("list").filter(has_text="Banque Azur"))
    )
    expect(production.first).to_contain_text("281")
    clean(page)
    # How many claims by type of risk (SIN-22).
    page.get_by_role("radiogroup", name="Quel tableau de bord").get_by_text("Sinistres").click()
    expect(page.get_by_role("heading", name="Par type de risque")).to_be_visible()
    expect(page.get_by_role("navigation", name="Tableaux des démarches").get_by_role("link")).to_have_count(2)
    clean(page)
    page.get_by_role("radiogroup", name="Quel tableau de bord").get_by_text("Recouvrement").click()
    expect(page.get_by_text("Encours à recouvrer")).to_be_visible()
    clean(page)
    page.get_by_role("radiogroup", name="Quel tableau de bord").get_by_text("Subventions").click()
    expect(page.get_by_role("heading", name="Par année")).to_be_visible()
    expect(page.get_by_text("Aucune décision depuis")).to_be_visible()
    clean(page)

    debts, owner, adviser = played(nav, courtage.dettes_remboursees, "garnier")
    page = nav.open(adviser)
    Cockpit(page).open(debts.id).tab("Tableau de Bord du Passif")
    expect(page.get_by_role("heading", name="Mes dettes")).to_be_visible()
    clean(page)
    Cockpit(page).tab("Plans d'Apurement")
    plans = page.get_by_role("table", name="Plans d’apurement, côte à côte")
    expect(plans.get_by_role("row", name="Mensualité")).to_contain_text("€")
    clean(page)
    page = nav.open(owner)
    page.goto(f"/demarches/{debts.id}")
    expect(page.get_by_role("heading", name="Journal des Paiements Effectués")).to_be_visible()
    # Nothing is asked, and yet there is something to do each month: what this étape is for is said first.
    etape = next(each for each in debts.vue()["etapes"] if each["statut"] == "en_cours")
    expect(page.get_by_text(etape["description"], exact=True).first).to_be_in_viewport()
    expect(page.get_by_text("Rien n’est attendu de vous")).to_have_count(0)
    expect(page.get_by_text("Total déjà remboursé").first).to_be_visible()
    clean(page)
