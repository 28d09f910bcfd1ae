"""The console's screens, as someone of the firm handles them."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.portail import tick_all


class Cockpit:
    """One démarche in the console."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, demarche_id: str, onglet: str | None = None) -> Cockpit:
        self.page.goto(f"/console/demarches/{demarche_id}" + (f"?onglet={onglet}" if onglet else ""))
        expect(self.page.get_by_role("tablist")).to_be_visible()
        return self

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("tabpanel")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=re.compile(re.escape(name))).click()

    def only(self, famille: str) -> None:
        """Keep one family of the activity: an older line may be further down than what is loaded at first."""
        chip = self.panel.get_by_role("group", name="Filtrer par type").get_by_role("button", name=famille)
        chip.click()
        expect(chip).to_have_attribute("aria-pressed", "true")

    def more(self, action: str) -> None:
        """An entry of the menu of other actions."""
        self.page.get_by_role("button", name="Autres actions").click()
        self.page.get_by_role("menuitem", name=re.compile(action)).click()

    def etape(self, titre: str, action: str) -> None:
        """An entry of an étape's own menu."""
        self.page.get_by_role("button", name=f"Actions sur l’étape {titre}", exact=True).click()
        self.page.get_by_role("menuitem", name=re.compile(action)).click()

    def confirm(self, action: str, motif: str | None = None) -> None:
        """Answer the dialog: a reason when one is asked, then its button; it closes by itself."""
        if motif is not None:
            self.dialog.get_by_role("textbox", name=re.compile("^Motif")).fill(motif)
        self.dialog.get_by_role("button", name=action, exact=True).click()
        expect(self.dialog).to_have_count(0)

    def open_task(self, titre: str) -> Locator:
        """The window of a task, from the list of tasks."""
        self.tab("Tâches & Planification")
        self.panel.get_by_role("button", name=re.compile(re.escape(titre))).click()
        expect(self.dialog.get_by_role("heading", name=titre)).to_be_visible()
        return self.dialog

    def do_task(self, titre: str, *, comment: str | None = None) -> None:
        """Tick the checklist, say a word if asked, complete."""
        window = self.open_task(titre)
        tick_all(window)
        if comment is not None:
            window.get_by_label("Note interne").fill(comment)
            window.get_by_role("button", name="Ajouter la note").click()
            expect(window.get_by_text(comment)).to_be_visible()
        window.get_by_role("button", name="Terminer la tâche").click()
        expect(self.dialog).to_have_count(0)

    def set_date(self, label: str, value: str) -> None:
        field = self.dialog.get_by_label(re.compile(rf"^{re.escape(label)}"))
        field.fill(value)
        field.press("Tab")
