"""The six démarches that are files only, each from the request typed on a phone to its end, on both sides, with an
accessibility check (AMI, SOR, ARR, ACC, AUD and SUB; ACT-06, DEM-04, DOS-17, DOS-21).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from demo.acteurs import attendre
from demo.comptes import CLIENTS, EQUIPE
from demo.dossier import Dossier, jour, le
from tests.e2e.console import Cockpit
from tests.e2e.navigation import TELEPHONE, Navigation
from tests.e2e.portail import Formulaire, french
from tests.e2e.surveillance import complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

Page_ = dict[str, str]
NOTHING_EXPECTED = re.compile("^Rien n’est attendu de vous")


def on(relative: int) -> str:
    """A day, as a person types it."""
    return french(jour(relative))


@dataclass(frozen=True)
class Histoire:
    """A démarche: who asks for it, what they type page after page, what is then answered and done.

    `suite`: what happens once the dossier is open, until its last étape. `finaux`: the documents that it leaves.
    `bilan`: what the adviser writes last, in which form; without it, they declare the last étape done.
    """

    modele: str
    client: str
    pages: tuple[Page_, ...]
    envoyer: str
    suite: Callable[[Dossier, Page, Page], None]
    finaux: tuple[str, ...]
    bilan: tuple[str, Page_] | None = None


def clean(page: Page) -> None:
    assert complaints(page) == []


def answer(form: Formulaire, label: str, value: str) -> None:
    """One answer of a form, whatever it is given with."""
    group = form.page.get_by_role("radiogroup", name=re.compile(rf"^{re.escape(label)}( \*)?$"))
    if group.count():
        group.get_by_role("radio", name=value, exact=True).check()
    elif form.field(label).get_attribute("aria-haspopup") == "listbox":
        form.choose(label, value)
    else:
        form.write(label, value)


def awaited_of_the_client(phone: Page, dossier: Dossier) -> None:
    """Says at once what is expected, or that nothing is."""
    phone.goto(f"/demarches/{dossier.id}")
    expect(
        phone.get_by_role("heading", name="Action Requise de Votre Part").or_(
            phone.get_by_text(NOTHING_EXPECTED)
        )
    ).to_be_visible()
    clean(phone)


def sortie(dossier: Dossier, phone: Page, page: Page) -> None:
    """Made too early, the receipt says what it lacks: the sums, a list whose étape has a button that leads to it."""
    cockpit = Cockpit(page).open(dossier.id)
    window = cockpit.open_task("Préparer le solde de tout compte")
    window.get_by_role("button", name="Produire").click()
    expect(window.get_by_text("Il manque « Total du solde de tout compte »")).to_be_visible()
    clean(page)
    window.get_by_role("button", name="Fermer").click()
    for piece in dossier.vue()["pieces"]:
        if piece["obligatoire"]:
            dossier.depose(piece)
    cockpit.open(dossier.id)
    page.get_by_role("button", name="Compléter : Sommes du solde de tout compte").click()
    expect(page.get_by_role("tab", name="Sommes du solde de tout compte")).to_have_attribute(
        "aria-selected", "true"
    )
    cockpit.panel.get_by_role("button", name=re.compile("^Ajouter : somme")).click()
    drawer = Formulaire(page)
    drawer.choose("Nature", "Salaire")
    drawer.write("Libellé", "Salaire du dernier mois")
    drawer.write("Montant", "1480,55")
    cockpit.dialog.get_by_role("button", name="Ajouter", exact=True).click()
    expect(cockpit.panel.get_by_text(re.compile(r"^1\D480,55\D€$")).first).to_be_visible()
    clean(page)
    dossier.avance("termine", SORTIE)


def arret(dossier: Dossier, phone: Page, page: Page) -> None:
    dossier.avance("salaires", ARRET)
    # Its pay slips come before the list, which the firm fills.
    for rank, brut in enumerate((245_000, 245_050, 250_000), start=1):
        dossier.ajoute("salaires", mois=f"Mois {rank}", brut=brut)
    Cockpit(page).open(dossier.id).tab("Prolongations")
    expect(page.get_by_role("button", name=re.compile("Ajouter : prolongation"))).to_be_visible()
    clean(page)
    dossier.avance("termine", ARRET)


def accident(dossier: Dossier, phone: Page, page: Page) -> None:
    """What to do with a task is said where it is read."""
    phone.goto(f"/demarches/{dossier.id}?onglet=taches")
    expect(phone.get_by_text("Remplissez la feuille d'accident du travail")).to_be_visible()
    dossier.avance("avis_client", ACCIDENT)
    awaited_of_the_client(phone, dossier)
    dossier.avance("termine", ACCIDENT)


def amiable(dossier: Dossier, phone: Page, page: Page) -> None:
    """The invoices are listed on the page; what may go with them is told as such."""
    awaited_of_the_client(phone, dossier)
    expect(phone.get_by_role("link", name="Joindre un justificatif")).to_be_visible()
    dossier.ajoute("factures", numero="F-2026-77", montant=120_040, echeance=le(-12))
    dossier.avance("amiable", {})
    dossier.ajoute("reglements", recu_le=le(0), montant=120_040, moyen="virement")
    dossier.avance("cloture", {"suite": {"suite": "regle"}})
    for tache in dossier.vue()["taches"]:
        if tache["obligatoire"] and tache["statut"] == "a_faire":
            dossier.fait(tache)
    Cockpit(page).open(dossier.id, "compte")
    expect(page.get_by_text(re.compile(r"^1\D200,40\D€$")).first).to_be_visible()
    clean(page)


def audit(dossier: Dossier, phone: Page, page: Page) -> None:
    """Each proposal is answered on its own line; no interview is left planned (MIS-30)."""
    dossier.avance("immersion", AUDIT)
    ligne = dossier.ajoute("entretiens", personne="Anne Roy", fonction="Cheffe d'atelier", le=le(0))
    dossier.marque("entretiens", ligne, "realise")
    dossier.avance("diagnostic", AUDIT)
    dossier.ajoute("constats", axe="outils", constat="Devis sur papier", effet="Retard", importance="forte")
    dossier.avance("propositions", AUDIT)
    dossier.ajoute(
        "propositions",
        titre="Devis partagés",
        description="Un seul outil.",
        domaine="outil",
        benefice="Trois jours",
    )
    dossier.avance("decision", AUDIT)
    awaited_of_the_client(phone, dossier)
    phone.get_by_role("button", name="Devis partagés : Retenue").click()
    expect(phone.get_by_role("button", name="Devis partagés : Retenue")).to_have_count(0)
    expect(phone.get_by_role("button", name="Devis partagés : Écartée")).to_be_visible()
    expect(phone.get_by_text("Retenir ou écarter chaque proposition")).to_have_count(0)
    clean(phone)
    dossier.avance("cloture", AUDIT)


def subvention(dossier: Dossier, phone: Page, page: Page) -> None:
    """The client agrees to the deposit on the page; a refusal ends in what can be done next (ASO-06)."""
    dossier.avance("argumentaire", SUBVENTION)
    dossier.ajoute("budget", sens="besoin", poste="Travaux", montant=4_000_000)
    dossier.ajoute("budget", sens="ressource", poste="Subvention", montant=4_000_000)
    awaited_of_the_client(phone, dossier)
    expect(phone.get_by_text(re.compile("^Avant ")).first).to_be_visible()
    dossier.avance("depot", SUBVENTION)
    phone.reload()
    phone.get_by_role("button", name="Je valide").click()
    expect(phone.get_by_text(NOTHING_EXPECTED)).to_be_visible()
    clean(phone)
    dossier.avance("cloture", SUBVENTION)


SORTIE = {
    "radiation": {"organisme": "Mutuelle du Bois", "date_effet": le(0)},
    "remise": {"remis_le": le(0), "mode": "main_propre", "recu_signe": "non"},
    "transmission": {"transmise_le": le(0), "voie": "papier"},
}
ARRET = {
    "attestation": {"transmise_le": le(0), "voie": "dsn"},
    "reprise": {"issue": "reprise", "date_reprise": le(0)},
}
ACCIDENT = {
    "dat": {"envoyee_le": le(0), "voie": "net_entreprises"},
    "instruction": {"issue": "reconnu", "notifiee_le": le(0)},
    "avis_client": {"contester": "non"},
}
AUDIT = {
    "cadrage": {
        "objectifs": "Devis en trois jours", "perimetre": "Devis et pose", "methode": "Entretiens", "debut": le(-1),
        "restitution": le(20), "livrables": "Un rapport",
    },
    "diagnostic": {"synthese": "Les devis se perdent.", "points_forts": "Une équipe soudée."},
    "decision": {"procedures": "non", "accompagnement": "non"},
}  # fmt: skip
SUBVENTION = {
    "financeur": {
        "organisme": "Département", "type": "investissement", "nature": "public", "limite_depot": le(60),
        "cofinancement": "non",
    },
    "argumentaire": {"besoin": "Un sentier", "objectifs": "Ouvrir", "moyens": "Travaux", "evaluation": "Comptages"},
    "depot": {"depose_le": le(0)},
    "instruction": {"decision": "refusee", "decidee_le": le(0)},
}  # fmt: skip

HISTOIRES = (
    Histoire(
        "sortie_salarie",
        "rousselot",
        (
            {
                "Prénom": "Bastien", "Nom d'usage": "Carrère", "Email personnel": "bastien.carrere@courriel.example",
                "Adresse personnelle": "4 rue des Pins, 33610 Cestas",
            },
            {
                "Contrat": "Contrat à durée indéterminée", "Date d'entrée": "03/04/2023",
                "Intitulé du poste": "Menuisier poseur",
            },
            {"Motif de la sortie": "Rupture conventionnelle", "Date de sortie": on(-1)},
            {
                "Le salarié a la complémentaire santé de l'entreprise": "Oui",
                "Le salarié a la prévoyance de l'entreprise": "Non",
                "Effectif de l'entreprise": "Moins de 11 salariés",
            },
        ),
        "Lancer la procédure de sortie",
        sortie,
        ("Reçu pour solde de tout compte", "Certificat de travail"),
    ),
    Histoire(
        "arret_travail",
        "rousselot",
        (
            {
                "Prénom": "Lucie", "Nom d'usage": "Ferrand", "Intitulé du poste": "Ébéniste",
                "Date d'entrée": "02/09/2019",
            },
            {
                "Nature de l'arrêt": "Maladie", "Dernier jour travaillé": on(-13), "Début de l'arrêt": on(-12),
                "Fin de l'arrêt": on(-2), "Arrêt connu le": on(-11),
            },
            {"Vous maintenez le salaire et percevez les indemnités à sa place": "Oui"},
        ),
        "Déclarer l'arrêt",
        arret,
        ("Attestation de salaire, éléments à transmettre",),
    ),
    Histoire(
        "accident_travail",
        "rousselot",
        (
            {
                "Prénom": "Hugo", "Nom d'usage": "Lacaze", "Adresse personnelle": "1 rue Haute, 33610 Cestas",
                "Intitulé du poste": "Poseur", "Date d'entrée": "01/02/2021",
            },
            {
                "Nature": "Accident du travail", "Date de l'accident": on(-1), "Heure de l'accident": "10:30",
                "Lieu précis": "Atelier", "Accident connu le": on(-1), "Circonstances": "Chute d'un panneau.",
                "Siège des lésions": "Pied droit", "Nature des lésions": "Contusion",
            },
            {
                "Le médecin a prescrit un arrêt de travail": "Non", "Vous souhaitez émettre des réserves": "Non",
            },
        ),
        "Déclarer l'accident",
        accident,
        ("Déclaration d'accident du travail, éléments à transmettre",),
    ),
    Histoire(
        "recouvrement_amiable",
        "rousselot",
        (
            {
                "Nom du débiteur": "SARL Vertigo", "Le débiteur est": "Un professionnel",
                "Adresse du débiteur": "3 quai Est, 44000 Nantes", "Email du débiteur": "compta@vertigo.example",
            },
            {"Vous agissez en tant que": "Professionnel", "Objet de la créance": "Pose de fenêtres"},
        ),
        "Envoyer",
        amiable,
        ("Situation de Compte",),
        ("Issue de l'amiable", {"Issue": "Réglée en totalité"}),
    ),
    Histoire(
        "audit_organisationnel",
        "rousselot",
        (
            {
                "Contexte": "Deux ateliers.", "Points de friction": "Les devis tardent.",
                "Vos attentes": "Répondre vite.",
            },
            {
                "Périmètre": "De la demande de devis à la pose", "Nombre de personnes concernées": "18",
                "Votre interlocuteur": "Paul Rousselot",
            },
        ),
        "Demander l'audit",
        audit,
        ("Rapport d'audit",),
        ("Bilan", {"Bilan de la mission": "Les devis partent en trois jours."}),
    ),
    Histoire(
        "dossier_subvention",
        "sentiers",
        (
            {
                "Vous êtes": "Une association", "Intitulé du projet": "Sentier pour tous", "Domaine": "Sport",
                "Description": "Rendre un sentier praticable en fauteuil.",
            },
            {
                "Début du projet": on(90), "Fin du projet": on(200), "Budget prévisionnel": "40000",
                "Montant demandé": "30000",
            },
        ),
        "Demander l'accompagnement",
        subvention,
        ("Dossier de demande de subvention",),
    ),
)  # fmt: skip


@pytest.mark.parametrize("histoire", HISTOIRES, ids=lambda histoire: histoire.modele)
def test_a_demarche_of_files_alone_from_its_request_to_its_end(nav: Navigation, histoire: Histoire) -> None:
    client = next(each for each in CLIENTS if each.cle == histoire.client)
    adviser = next(each for each in EQUIPE if each.email.startswith(client.conseiller))
    phone = nav.open(client.email, TELEPHONE)
    phone.goto(f"/services/{histoire.modele}")
    form = Formulaire(phone)
    for page_ in histoire.pages:
        expect(form.field(next(iter(page_))).or_(phone.get_by_role("radiogroup")).first).to_be_visible()
        for label, value in page_.items():
            answer(form, label, value)
        form.next()
    clean(phone)
    phone.get_by_role("button", name=histoire.envoyer, exact=True).click()
    expect(phone.get_by_text(re.compile("^C’est reçu"))).to_be_visible()
    clean(phone)
    found = re.search(r"/demarches/([0-9a-f-]{36})", phone.url)
    assert found is not None
    dossier = Dossier(nav.acteur(client.email), nav.acteur(adviser.email), found.group(1))

    page = nav.open(adviser.email)
    Cockpit(page).open(dossier.id)
    page.get_by_role("button", name=re.compile("^Valider la demande")).click()
    page.get_by_role("dialog").get_by_role("button", name="Valider et ouvrir le dossier").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    attendre("l'ouverture du dossier", lambda: dossier.vue()["phase"] == "dossier")
    awaited_of_the_client(phone, dossier)
    histoire.suite(dossier, phone, page)

    # The last étape is in sight as the page opens, however long the list; the adviser ends it there.
    Cockpit(page).open(dossier.id)
    gesture = f"Remplir : {histoire.bilan[0]}" if histoire.bilan else "Valider l’étape"
    last = page.get_by_role("button", name=re.compile(f"^{gesture}"))
    expect(last).to_be_in_viewport()
    clean(page)
    last.click()
    if histoire.bilan:
        for label, value in histoire.bilan[1].items():
            answer(Formulaire(page), label, value)
        page.get_by_role("dialog").get_by_role("button", name="Enregistrer le formulaire").click()
    attendre("la fin", lambda: dossier.vue()["cycle"] == "terminee")
    phone.goto(f"/demarches/{dossier.id}")
    expect(phone.get_by_text(re.compile("^C’est terminé"))).to_be_visible()
    for titre in histoire.finaux:
        expect(phone.get_by_role("link", name=f"Télécharger {titre}").first).to_be_visible()
    clean(phone)
