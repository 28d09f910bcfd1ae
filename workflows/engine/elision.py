"""Small words of French: « de » before a name, as it is elided (« d'Adrien », « d'Yves », « de Yanis »), « et » before
the last of several."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A mute h cannot be told from an aspirated one without a dictionary: « de Hélène » is accepted usage.
_VOWEL = r"(?:[AEIOUÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆaeiouàâäéèêëîïôöùûüœæ]|[Yy][bcdfghj-np-tv-z])"
_TAKES = re.compile(_VOWEL)
_ELIDED = re.compile(rf"\b([Dd])e (?=[A-ZÀ-Þ]){_VOWEL.replace('(?:', '(?=', 1)}")


def de(nom: str, apostrophe: str = "'") -> str:
    """« de Camille », « d'Adrien »."""
    return f"d{apostrophe}{nom}" if _TAKES.match(nom) else f"de {nom}"


def elided(texte: str) -> str:
    """A composed title where every « de » before a name that takes « d' » has it."""
    return _ELIDED.sub(r"\1'", texte)


def listed(names: Sequence[str]) -> str:
    """« a », « a et b », « a, b et c »."""
    return " et ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
