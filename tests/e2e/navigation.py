"""Browsers of the story's people: each logs in once by the real form, then keeps their session."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from demo.acteurs import Acteur, Adresses
from demo.comptes import CLIENTS, EQUIPE, MOT_DE_PASSE
from demo.embauche import Embauche, Salarie
from store.totp import code_at
from tests.e2e.surveillance import Surveillance

TELEPHONE: ViewportSize = {"width": 390, "height": 844}
BUREAU: ViewportSize = {"width": 1280, "height": 900}
PATIENCE_MS = 30_000
# Everything Chromium does by itself is off: no start-up call to its maker, no sandbox under root.
BROWSER_OPTIONS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
)

State = dict[str, Any]


class Monde:
    """The running product, and the sessions already opened on it. Lives as long as the tests of one process."""

    def __init__(self, adresses: Adresses, tiers: dict[str, str]) -> None:
        self.adresses = adresses
        self.tiers = tiers
        self.sessions: dict[str, State] = {}
        self.acteurs: dict[str, Acteur] = {}


def someone(
    prenom: str, entree: date, genre: str = "femme", nature: str = "cdi", fin: date | None = None
) -> Salarie:
    """A person to hire whose name nobody else bears."""
    nom = "Test" + "".join(secrets.choice("abcdefghijkmnopqrstuvwxyz") for _ in range(6))
    return Salarie(prenom, nom, genre, date(1998, 5, 17), "Vendeuse", entree, nature=nature, fin=fin)


class Navigation:
    """Opens pages for people in one browser; closes them and tells their faults at the end of a test."""

    def __init__(self, monde: Monde, browser: Browser) -> None:
        self.monde = monde
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._watches: dict[Page, Surveillance] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for context in self._contexts:
            context.close()

    def open(
        self,
        email: str | None = None,
        taille: ViewportSize = BUREAU,
        *,
        state: State | None = None,
        installed: bool = False,
    ) -> Page:
        """A window of someone's, on no address yet; of nobody without an email.

        `installed`: with the portal's service worker, which other tests do without: each window would fetch it all.
        """
        if email is not None:
            state = self.session(email)
        context = self._browser.new_context(
            base_url=self.monde.adresses.base,
            viewport=taille,
            storage_state=state,  # type: ignore[arg-type]
            locale="fr-FR",
            timezone_id="Europe/Paris",
            has_touch=taille["width"] < 500,
            reduced_motion="reduce",
            service_workers="allow" if installed else "block",
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        self._watches[page] = Surveillance(page)
        return page

    def watch(self, page: Page) -> Surveillance:
        return self._watches[page]

    def faults(self) -> list[str]:
        return [fault for watch in self._watches.values() for fault in watch.verify()]

    # --- sessions

    def session(self, email: str) -> State:
        """Cookies of someone, got by the real login form the first time."""
        if email not in self.monde.sessions:
            page = self.open()
            log_in(page, email)
            self.monde.sessions[email] = page.context.storage_state()  # type: ignore[assignment]
            page.close()
        return self.monde.sessions[email]

    def forget(self, email: str) -> None:
        """Someone has logged out: their session is over, the next window logs in again."""
        self.monde.sessions.pop(email, None)
        self.monde.acteurs.pop(email, None)

    def acteur(self, email: str) -> Acteur:
        """The same person through the API, in the same session: a code of the second factor serves once."""
        if email not in self.monde.acteurs:
            cookies = {cookie["name"]: cookie["value"] for cookie in self.session(email)["cookies"]}
            self.monde.acteurs[email] = Acteur.par_session(self.monde.adresses, cookies, email)
        return self.monde.acteurs[email]

    def embauche(self, client: str, salarie: Salarie) -> Embauche:
        """A hiring by a client of the demonstration (its key), followed by that client's adviser."""
        found = next(each for each in CLIENTS if each.cle == client)
        adviser = next(each for each in EQUIPE if each.email.startswith(found.conseiller))
        return Embauche(
            self.monde.adresses,
            self.acteur(found.email),
            self.acteur(adviser.email),
            salarie,
            tiers_id=self.monde.tiers[client],
        )


def log_in(page: Page, email: str) -> None:
    """Through the form, second factor included."""
    personne = next((each for each in EQUIPE if each.email == email), None)
    page.goto("/console/connexion" if personne else "/connexion")
    page.get_by_label("Adresse email").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    if personne:
        page.get_by_role("heading", name="Code à 6 chiffres").wait_for()
        page.locator("input[data-autofocus], input").first.press_sequentially(
            code_at(personne.seed, datetime.now(UTC))
        )
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
