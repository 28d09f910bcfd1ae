"""What a person meant by a name that is none of those known: whatever its accents and capitals."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable


def plain(text: str) -> str:
    """« Pièce » as a key would say it: « piece »."""
    return "".join(
        each for each in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(each)
    )


def closest(given: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that this one is nearest to, if it is near enough."""
    names = {plain(name): name for name in sorted(known)}
    found = difflib.get_close_matches(plain(given), names, n=1, cutoff=cutoff)
    return names[found[0]] if found else None


def meant(given: str, known: Iterable[str], otherwise: str, cutoff: float = 0.6) -> str:
    """« Vouliez-vous dire … ? », or what to say when nothing is near."""
    close = closest(given, known, cutoff)
    return f"Vouliez-vous dire « {close} » ?" if close is not None else otherwise
