"""Every screen of both applications, at both widths: nothing serious for axe, no horizontal scroll, no error in the
console (UX-20 to UX-22); their empty states, their failures, and addresses that lead nowhere.
"""

import contextlib
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from cli.stack import Stack
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, Embauche, jours
from tests.e2e.navigation import BUREAU, TELEPHONE, Navigation, someone
from tests.e2e.surveillance import axe, complaints

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

CLAIRE, INES = EQUIPE[0], EQUIPE[2]
THOMAS, EMPTY = CLIENTS[3], CLIENTS[6]


@pytest.fixture(scope="module")
def stages() -> dict[str, Embauche]:
    """The démarches shown, made at first need."""
    return {}


def hirings(nav: Navigation, stages: dict[str, Embauche]) -> dict[str, Embauche]:
    """One demande just received, one dossier with pièces to check and one refused, one closed by a cancellation."""
    if not stages:
        entree = jours(14, datetime.now(PARIS).date())
        for prenom, stage in (("Iris", "demande"), ("Olga", "dossier"), ("Paul", "annulee")):
            e = nav.embauche("pharmacie", someone(prenom, entree))
            e.declare(datetime.now(PARIS))
            stages[stage] = e
        for stage in ("dossier", "annulee"):
            stages[stage].valide_demande()
        e = stages["dossier"]
        e.remplit_fiche()
        for piece in ("cni", "rib", "carte_vitale"):
            e.depose(piece, flou=piece == "rib")
        e.valide("cni")
        e.refuse("rib", "Le RIB est flou.")
        e.conseiller.post(f"{e.path}/commentaires", {"texte": "Appelée ce matin.", "interne": True})
        stages["annulee"].conseiller.post(f"{stages['annulee'].path}/annulation", {"motif": "Désistement."})
    return stages


def judge(page: Page) -> list[str]:
    """What is wrong with the screen shown, on a desk then on a phone."""
    wrong: list[str] = []
    for taille in (BUREAU, TELEPHONE):
        page.set_viewport_size(taille)
        place = f"{urlsplit(page.url).path} à {taille['width']} px"
        try:
            wrong += [f"{place} : {complaint}" for complaint in complaints(page)]
        except AssertionError as error:
            wrong.append(f"{place} : {str(error).splitlines()[0]}")
    return wrong


def visit(page: Page, addresses: list[str]) -> list[str]:
    """Go to each address and gather what is wrong there."""
    wrong: list[str] = []
    for address in addresses:
        page.set_viewport_size(BUREAU)
        page.goto(address)
        wrong += judge(page)
    return wrong


def test_screens_of_the_portal(nav: Navigation, stages: dict[str, Embauche]) -> None:
    made = hirings(nav, stages)
    dossier = f"/demarches/{made['dossier'].id}"
    page = nav.open(THOMAS.email)
    wrong = visit(
        page,
        [
            "/", "/demarches", "/documents", "/demandes", "/services", "/services/embauche", "/notifications",
            "/contact", "/profil", "/plus", dossier, f"{dossier}/depot",
            *(f"{dossier}?onglet={onglet}" for onglet in ("taches", "documents", "echanges", "equipe")),
            f"/demarches/{made['demande'].id}", f"/demarches/{made['annulee'].id}", "/nulle-part",
        ],
    )  # fmt: skip
    nobody = nav.open()
    wrong += visit(nobody, ["/connexion", "/oubli", "/lien/" + "x" * 43])
    assert not wrong, "\n".join(wrong)


def test_screens_of_the_console(nav: Navigation, stages: dict[str, Embauche]) -> None:
    made = hirings(nav, stages)
    dossier = f"/console/demarches/{made['dossier'].id}"
    page = nav.open(CLAIRE.email)
    wrong = visit(
        page,
        [
            "/console", "/console?portee=toutes", "/console/demarches", "/console/demarches?q=introuvable",
            "/console/pieces", "/console/nouvelle", "/console/clients", "/console/modeles",
            "/console/modeles/embauche", "/console/profil", "/console/notifications", dossier,
            *(f"{dossier}?onglet={onglet}" for onglet in ("taches", "documents", "finances", "fiche")),
            f"{dossier}?onglet=communications", f"{dossier}/vue-client",
            f"{dossier}?onglet=taches&vue=tableau",
            f"/console/demarches/{made['demande'].id}", f"/console/demarches/{made['annulee'].id}",
            "/console/nulle-part",
        ],
    )  # fmt: skip
    nobody = nav.open()
    wrong += visit(nobody, ["/console/connexion"])
    # The gallery of components shows a loading state for ever.
    nobody.goto("/console/galerie")
    expect(nobody.get_by_role("heading", level=1)).to_be_visible()
    wrong += [f"galerie : {complaint}" for complaint in axe(nobody)]
    assert not wrong, "\n".join(wrong)


def test_what_the_client_saw(nav: Navigation, stages: dict[str, Embauche]) -> None:
    """Back through the changes of a dossier, through the client's eyes then the employee's."""
    e = hirings(nav, stages)["dossier"]
    page = nav.open(CLAIRE.email)
    page.goto(f"/console/demarches/{e.id}")
    page.get_by_role("button", name="Autres actions").click()
    page.get_by_role("menuitem", name="Ce que le client voyait").click()
    expect(page.get_by_text("Telle qu’elle est maintenant")).to_be_visible()
    expect(page.get_by_role("heading", name=f"Embauche d'Olga {e.salarie.nom}")).to_be_visible()
    page.get_by_role("combobox", name="Vu par").click()
    page.get_by_role("option", name=f"Olga {e.salarie.nom} (Futur salarié)").click()
    expect(page.get_by_text("Le RIB est flou.")).to_be_visible()
    for _ in range(30):
        if page.get_by_text("Le RIB est flou.").count() == 0:
            break
        with page.expect_response(lambda answer: "/vue-client" in answer.url):
            page.get_by_role("button", name="Changement précédent").click()
    expect(page.get_by_text("Le RIB est flou.")).to_have_count(0)
    wrong = judge(page)
    page.get_by_role("button", name="Aujourd’hui").click()
    expect(page.get_by_text("Le RIB est flou.")).to_be_visible()
    assert not wrong, "\n".join(wrong)


def test_screen_of_the_future_employee(nav: Navigation, stages: dict[str, Embauche]) -> None:
    e = hirings(nav, stages)["dossier"]
    cookies = e.participant().cookies()
    page = nav.open(state={"cookies": [], "origins": []})
    page.context.add_cookies(
        [{"name": name, "value": value, "url": e.adresses.base} for name, value in cookies.items()]
    )
    page.goto("/invite")
    expect(page.get_by_text("Le RIB est flou.")).to_be_visible()
    wrong = judge(page)
    assert not wrong, "\n".join(wrong)


def test_empty_screens(nav: Navigation) -> None:
    """A client and an adviser without any démarche."""
    client = nav.open(EMPTY.email)
    wrong = visit(client, ["/", "/demarches", "/documents", "/demandes", "/notifications"])
    client.goto("/")
    expect(client.get_by_text("Aucune démarche pour l’instant.")).to_be_visible()
    adviser = nav.open(INES.email)
    wrong += visit(adviser, ["/console", "/console/pieces"])
    adviser.goto("/console")
    expect(adviser.get_by_text("Rien à traiter.")).to_be_visible()
    assert not wrong, "\n".join(wrong)


def test_each_side_leads_everyone_to_their_own(nav: Navigation, stages: dict[str, Embauche]) -> None:
    """Whoever types the other address, or scans the code of a démarche: the second time, the portal's service worker is
    there too."""
    e = hirings(nav, stages)["dossier"]
    for email, address, there in ((CLAIRE.email, "", "/console"), (THOMAS.email, "/console", "")):
        page = nav.open(email)
        page.goto(f"{address}/demarches/{e.id}")
        expect(page.get_by_role("heading", name=f"Embauche d'Olga {e.salarie.nom}")).to_be_visible()
        assert urlsplit(page.url).path == f"{there}/demarches/{e.id}"
    for email, address, heading in (
        (INES.email, "/", "Bonjour Inès"),
        (EMPTY.email, "/console", "Bonjour"),
    ):
        page = nav.open(email)
        for _ in range(2):
            page.goto(address)
            expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
            assert page.url.endswith("/console") == (email == INES.email)


def test_a_demarche_that_does_not_exist_or_is_someone_elses(
    nav: Navigation, stages: dict[str, Embauche]
) -> None:
    made = hirings(nav, stages)
    wrong: list[str] = []
    for email, address in (
        (EMPTY.email, f"/demarches/{made['dossier'].id}"),
        (THOMAS.email, "/demarches/00000000-0000-4000-8000-000000000000"),
        (CLAIRE.email, "/console/demarches/00000000-0000-4000-8000-000000000000"),
    ):
        page = nav.open(email)
        nav.watch(page).expected.add(404)
        page.goto(address)
        expect(page.get_by_role("alert").first).to_be_visible()
        expect(page.get_by_role("button", name="Réessayer")).to_have_count(0)
        wrong += judge(page)
    assert not wrong, "\n".join(wrong)


def test_the_server_stops_and_comes_back(nav: Navigation, stages: dict[str, Embauche], pile: Stack) -> None:
    """Each application says what happens, and « Réessayer » brings it back."""
    made = hirings(nav, stages)
    client = nav.open(THOMAS.email)
    adviser = nav.open(CLAIRE.email)
    client.goto("/demarches")
    adviser.goto("/console/clients")
    expect(client.get_by_text(made["dossier"].salarie.nom).first).to_be_visible()
    expect(adviser.get_by_text(THOMAS.nom).first).to_be_visible()
    for page in (client, adviser):
        nav.watch(page).cut = True
    pile.stop("api")
    try:
        # Something new is asked on a screen that is open.
        client.get_by_text("Archivées", exact=True).click()
        adviser.get_by_role("main").locator("input").first.fill("Pharmacie")
        for page in (client, adviser):
            expect(page.get_by_role("button", name="Réessayer").first).to_be_visible(timeout=30_000)
        wrong = [complaint for page in (client, adviser) for complaint in judge(page)]
    finally:
        pile.start("api")
    for page in (client, adviser):
        again = page.get_by_role("button", name="Réessayer")
        # The live stream may have come back first, and the screen with it: nothing is left to press then.
        with contextlib.suppress(PlaywrightTimeout):
            again.first.click(timeout=2_000)
        expect(again).to_have_count(0)
    expect(adviser.get_by_text(THOMAS.nom).first).to_be_visible()
    assert not wrong, "\n".join(wrong)
