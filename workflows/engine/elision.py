"""« de » before a name, as French elides it: « d'Adrien », « d'Yves », « de Yanis », « de Camille »."""

from __future__ import annotations

import re

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
