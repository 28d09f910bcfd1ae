"""A deposit whose connection is lost half-way goes on from where it stopped, by itself or later (GED-08, PWA-02)."""

from datetime import datetime

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from demo.comptes import CLIENTS
from demo.embauche import PARIS, jours
from tests.e2e.navigation import TELEPHONE, Navigation, someone
from tests.e2e.surveillance import complaints
from tests.store.test_files import pdf

pytestmark = [pytest.mark.navigateur, pytest.mark.timeout(300)]

CLIENT = CLIENTS[2]
DATA = pdf(3_000_000)
HALF = 1_500_000


class Cut:
    """Loses the connection of the first piece sent once half of it has arrived, and, if asked, what is tried next."""

    def __init__(self, page: Page, *, for_long: bool) -> None:
        self.resumed_at: list[str] = []
        self.cut = False
        self.for_long = for_long
        page.route("**/api/televersements/*", self._handle)

    def _handle(self, route: Route) -> None:
        request = route.request
        if request.method == "PATCH" and not self.cut:
            self.cut = True
            headers = {name: value for name, value in request.headers.items() if name != "content-length"}
            assert route.fetch(headers=headers, post_data=DATA[:HALF]).ok
            route.abort("connectionreset")
        elif self.cut and self.for_long:
            route.abort("internetdisconnected")
        else:
            if request.method == "PATCH":
                self.resumed_at.append(request.headers["upload-offset"])
            route.fallback()


def test_taken_up_where_it_stopped(nav: Navigation) -> None:
    e = nav.embauche(CLIENT.cle, someone("Ines", jours(20, datetime.now(PARIS).date())))
    e.declare(datetime.now(PARIS))
    e.valide_demande()
    for titre in ("Plan des locaux", "Devis des travaux"):
        e.conseiller.post(f"{e.path}/pieces", {"titre": titre, "de": "manager"})
    page = nav.open(CLIENT.email, TELEPHONE)
    nav.watch(page).cut = True
    for titre, for_long in (("Plan des locaux", False), ("Devis des travaux", True)):
        page.goto(f"{e.path}/depot")
        choose = page.get_by_role("button", name=f"Déposer : {titre}")
        picker = page.get_by_label(f"Choisir un fichier : {titre}")
        expect(choose.or_(picker)).to_have_count(1)
        if choose.count():
            choose.click()
        connection = Cut(page, for_long=for_long)
        document = FilePayload(name=f"{titre}.pdf", mimeType="application/pdf", buffer=DATA)
        picker.set_input_files([document])
        page.get_by_role("button", name="Envoyer mon document").click()
        if for_long:
            # Kept on the device, even so: what had arrived is not sent again.
            expect(page.get_by_text("Votre document est gardé ici")).to_be_visible()
            assert connection.resumed_at == []
            connection.for_long = False
            page.evaluate("dispatchEvent(new Event('online'))")
            expect(page.get_by_role("list", name="À envoyer")).to_have_count(0, timeout=60_000)
        else:
            expect(page.get_by_text("c’est reçu").first).to_be_visible()
        assert connection.resumed_at == [str(HALF)]
        page.unroute_all(behavior="ignoreErrors")
        (piece,) = [each for each in e.vue()["pieces"] if each["titre"] == titre]
        (file,) = piece["versions"][0]["files"]
        assert (file["nom"], file["taille"]) == (f"{titre}.pdf", len(DATA))
    assert complaints(page) == []
