"""The portal's screens, as a client or a future employee handles them."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import FilePayload, Locator, Page, expect


def french(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def files(*deposits: tuple[str, bytes, str]) -> list[FilePayload]:
    """Files of demo.pieces, for a file chooser."""
    return [{"name": name, "mimeType": kind, "buffer": content} for name, content, kind in deposits]


def tick_all(card: Locator) -> None:
    """Tick every point of a checklist, each one acknowledged before the next."""
    points = card.get_by_role("checkbox")
    for rank in range(points.count()):
        # The box looks ticked at once: it is the server's answer that counts.
        with card.page.expect_response(lambda answer: "/checklist/" in answer.url) as told:
            points.nth(rank).click()
        assert told.value.ok
        expect(points.nth(rank)).to_be_checked()


class Formulaire:
    """A form of several pages."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def field(self, label: str) -> Locator:
        # The asterisk of a required field is part of its label's text.
        return self.page.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?$")).and_(
            self.page.locator("input, textarea")
        )

    def write(self, label: str, text: str) -> None:
        field = self.field(label)
        field.fill(text)
        field.blur()

    def choose(self, label: str, option: str) -> None:
        """An option of a list."""
        self.field(label).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def tick(self, option: str) -> None:
        """One of the large targets."""
        self.page.get_by_role("radio", name=option, exact=True).check()

    def next(self) -> None:
        self.page.get_by_role("button", name="Continuer").click()

    def on(self, title: str) -> None:
        """Wait to be on the page of this title."""
        expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()

    def error(self, label: str) -> Locator:
        """The sentence shown next to a field: what a screen reader reads with it."""
        described = self.field(label).get_attribute("aria-describedby") or ""
        found = [f'[id="{name}"]' for name in described.split() if name.endswith("-error")]
        return self.page.locator(found[0] if found else "#aucune-erreur")

    def expect_error(self, label: str, sentence: str | re.Pattern[str]) -> None:
        field = self.field(label)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(self.error(label)).to_contain_text(sentence)

    def expect_no_error(self, label: str) -> None:
        expect(self.field(label)).not_to_have_attribute("aria-invalid", "true")
