"""The keyboard alone: where the focus goes, that it is seen, and that a dialog keeps it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

HAS_FOCUS = "element => element === document.activeElement"
# What is around the element counts too: a radio's own box may be drawn by its label.
SEEN = """() => {
  const drawn = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo)
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
  }
  let element = document.activeElement
  if (!element || element === document.body) return 'nulle part'
  const border = getComputedStyle(element).borderColor
  for (let up = 0; up < 3 && element; up += 1, element = element.parentElement) {
    if (drawn(element, null)) return ''
  }
  // A field shows it by its border.
  const field = document.activeElement
  if (field.matches('input, textarea')) {
    field.blur()
    const plain = getComputedStyle(field).borderColor
    field.focus()
    if (plain !== border) return ''
  }
  return field.outerHTML.slice(0, 160)
}"""


def tab_to(page: Page, target: Locator, most: int = 60, key: str = "Tab") -> None:
    """Go with Tab until an element has the focus."""
    expect(target).to_be_visible()
    for _ in range(most):
        if target.evaluate(HAS_FOCUS):
            return
        page.keyboard.press(key)
    raise AssertionError(f"jamais atteint au clavier : {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Reach an element, see that it is seen, and press it."""
    tab_to(page, target)
    expect_seen(page)
    page.keyboard.press(key)


def expect_seen(page: Page) -> None:
    """What has the focus shows it."""
    unseen = page.evaluate(SEEN)
    assert unseen == "", f"le focus ne se voit pas : {unseen}"


def write(page: Page, field: Locator, text: str) -> None:
    """Reach a field and type."""
    tab_to(page, field)
    expect_seen(page)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def tick(page: Page, option: str) -> None:
    """Reach a group of radios, which is one stop, then go to the option with the arrows."""
    radio = page.get_by_role("radio", name=option, exact=True)
    expect(radio).to_have_count(1)
    for _ in range(60):
        if radio.evaluate("radio => document.activeElement.name === radio.name"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(8):
        if radio.is_checked():
            return
        page.keyboard.press("ArrowDown")
    expect(radio).to_be_checked()


def choose(page: Page, field: Locator, option: str) -> None:
    """Open a list and go down to an option."""
    tab_to(page, field)
    page.keyboard.press("ArrowDown")
    wanted = page.get_by_role("option", name=option, exact=True)
    expect(wanted).to_be_visible()
    for _ in range(30):
        chosen = wanted.evaluate("option => option.hasAttribute('data-combobox-selected')")
        if chosen:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value(option)


def expect_trapped(page: Page, dialog: Locator) -> None:
    """However far Tab goes, forward or back, it stays in the dialog."""
    expect(dialog).to_be_visible()
    inside = "dialog => dialog.contains(document.activeElement)"
    for key in ("Tab", "Shift+Tab"):
        for _ in range(12):
            page.keyboard.press(key)
            assert dialog.evaluate(inside), f"{key} sort de la fenêtre"
