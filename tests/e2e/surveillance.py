"""What every screen is held to: no error in its console, no breach of the content policy, no horizontal scroll, axe."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Response, expect

from cli.paths import UI

AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
# The browser tells each refused answer in the console: answers are judged by `Surveillance._answer`.
ANSWER_TOLD = re.compile(r"^Failed to load resource")
# Who am I, before logging in; a draft not begun.
NORMAL = {(401, "/api/moi"), (404, "/api/brouillons/embauche")}
POLICY_TELLTALE = """
  window.__politique = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.__politique.push(`${event.violatedDirective} : ${event.blockedURI}`);
  });
"""


class Surveillance:
    """Notes the faults of one page as they happen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        self.expected: set[int] = set()
        """Statuses that this page's test provokes on purpose."""
        self.cut = False
        """The server was stopped on purpose: nothing that fails to load is a fault."""
        page.add_init_script(POLICY_TELLTALE)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"erreur non rattrapée : {error}"))
        page.on("response", self._answer)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not ANSWER_TOLD.match(message.text) and not self.cut:
            self.faults.append(f"console : {message.text[:500]}")

    def _answer(self, answer: Response) -> None:
        if answer.status < 400 or self.cut or answer.status in self.expected:
            return
        if (answer.status, urlsplit(answer.url).path) in NORMAL:
            return
        self.faults.append(f"{answer.request.method} {answer.url} : {answer.status}")

    def verify(self) -> list[str]:
        """Faults so far, those of the content policy included."""
        if self.page.is_closed():
            return self.faults
        breaches: list[str] = self.page.evaluate("window.__politique ?? []")
        return [*self.faults, *(f"politique de contenu : {breach}" for breach in breaches)]


def at_rest(page: Page) -> None:
    """Wait until the screen has its title, nothing is loading, and what follows the size of the window has followed."""
    expect(page.locator("h1").first).to_be_visible()
    expect(page.locator('[aria-busy="true"]')).to_have_count(0)
    page.evaluate("document.fonts.ready")
    # Lists that open over the page are placed again a frame after it changed.
    page.evaluate(
        "new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(() => then(true))))"
    )


def until(page: Page, question: str) -> None:
    """Wait until an asynchronous function of the page answers true (`wait_for_function` takes a promise for a yes)."""
    answer = page.evaluate(
        f"""async () => {{
          for (let left = 150; left > 0; left -= 1) {{
            if (await ({question})()) return true
            await new Promise((resolve) => setTimeout(resolve, 100))
          }}
          return false
        }}"""
    )
    assert answer, f"toujours pas : {question}"


def overflow(page: Page) -> str | None:
    """The widest element that makes the page scroll sideways, if it does."""
    found: str | None = page.evaluate(
        """() => {
          if (document.documentElement.scrollWidth <= innerWidth) return null
          const wide = [...document.querySelectorAll('body *')]
            .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
            .map((element) => `${element.tagName.toLowerCase()}.${String(element.className)}`)
          return `${document.documentElement.scrollWidth} px sur ${innerWidth} : ${wide.slice(-4).join(' < ')}`
        }"""
    )
    return found


# A reference, a date, a telephone number, an IBAN, an amount: read in one piece.
WHOLE = (
    r"\b[A-Z]{2,5}-\d{4}-\d{4,}\b|\b\d{2}/\d{2}/\d{4}\b|\b0\d(?:\s\d\d){4}\b"
    r"|\b[A-Z]{2}\d{2}(?:\s[0-9A-Z]{4}){3,}(?:\s[0-9A-Z]{1,3})?\b|\d{1,3}(?:\s\d{3})*(?:,\d+)?\s€"
)


def cut_in_two(page: Page) -> list[str]:
    """What is read in one piece and begins on a line to end on another."""
    found: list[str] = page.evaluate(
        """(whole) => {
          const found = new Set()
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
          while (texts.nextNode()) {
            const text = texts.currentNode
            const around = text.parentElement
            // A file shown as it is has its own lines.
            if (around.closest('pre') || !around.checkVisibility({ visibilityProperty: true })) continue
            for (const match of text.data.matchAll(new RegExp(whole, 'g'))) {
              const range = document.createRange()
              range.setStart(text, match.index)
              range.setEnd(text, match.index + match[0].length)
              const lines = new Set([...range.getClientRects()].map((rect) => Math.round(rect.top)))
              if (lines.size > 1) found.add(`« ${match[0]} » dans « ${around.innerText.slice(0, 80)} »`)
            }
          }
          return [...found]
        }""",
        WHOLE,
    )
    return found


@cache
def axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def axe(page: Page) -> list[str]:
    """Serious and critical violations of the page as it stands, one line each."""
    page.evaluate(axe_source())
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"axe {violation['id']} ({violation['impact']}) : {node['target']} {node['html'][:160]}"
        f" {' '.join(check['message'] for check in node['any'])[:200]}"
        for violation in result["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"][:4]
    ]


def complaints(page: Page) -> list[str]:
    """Everything wrong with the screen shown: axe, a page wider than its window, a date or an amount over two lines."""
    at_rest(page)
    wide = overflow(page)
    cut = [f"coupé entre deux lignes : {each}" for each in cut_in_two(page)]
    return [*axe(page), *([f"déborde : {wide}"] if wide else []), *cut]
