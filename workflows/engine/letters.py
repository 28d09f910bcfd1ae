"""How wide a text is drawn, without reading any font file.

Advances of DejaVu Sans, in hundredths of the size, rounded up by at most five: the widest of the fonts that the drawing
names, and the one found on a bare server. A line that fits in it fits in the others.
"""

from __future__ import annotations

from unicodedata import normalize

_MONO, _UNKNOWN = 61, 120

_REGULAR = {
    20: "\N{NARROW NO-BREAK SPACE}",
    30: "'IJijl",
    35: " ,./:;\\|\N{NO-BREAK SPACE}’‘·",
    40: "()-[]ft",
    45: "!r",
    50: '"*_`–°',
    55: "?csz“”",
    60: "FLkvxy",
    65: "$0123456789EPSTYabdeghnopqu{}«»€ßø",
    70: "ABCKRVXZ",
    75: "NU",
    80: "&DGHOQ",
    85: "#+<=>^w~",
    90: "M",
    100: "%@Wm…—æÆ",
    105: "œ",
    110: "Œ",
}
_BOLD = {
    20: "\N{NARROW NO-BREAK SPACE}",
    35: " 'ijl\N{NO-BREAK SPACE}",
    40: ",./:;IJ\\|’‘·",
    45: "-f",
    50: "!()[]_`rt–°",
    55: '"*',
    60: "?csz",
    65: "Lx«»",
    70: "$0123456789EFTaekovy“”€ø",
    75: "CPSYZbdghnpqu{}ß",
    80: "ABKRVX",
    85: "#+<=>DGHNU^~",
    90: "&OQ",
    95: "w",
    100: "@M…—",
    105: "%mæ",
    110: "œÆ",
    115: "W",
    120: "Œ",
}


def _by_letter(widths: dict[int, str]) -> dict[str, int]:
    return {letter: width for width, letters in widths.items() for letter in letters}


_ADVANCES = {False: _by_letter(_REGULAR), True: _by_letter(_BOLD)}


def width(text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
    """Width of a text at a size, never less than what is drawn."""
    if mono:
        return len(text) * _MONO * size / 100
    advances = _ADVANCES[bold]
    # A letter is as wide with its accent as without.
    bare = (normalize("NFD", letter)[0] for letter in text)
    return sum(advances.get(letter, _UNKNOWN) for letter in bare) * size / 100
