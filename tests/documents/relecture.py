"""What a proofreader would send back in a document, whatever it is about."""

from __future__ import annotations

import re

_TAG = re.compile(r"<[^>]*>")
_HIDDEN = re.compile(r"<(style|title)\b.*?</\1>|<!--.*?-->", re.DOTALL)
_FAULTS = {
    "une valeur absente est imprimée": r"\b(?:None|Undefined|undefined|nan)\b",
    "une date n’est pas en français": r"\b\d{4}-\d{2}-\d{2}\b",
    "un montant n’est pas en français": r"\d\.\d+\s?€|(?<![\d,])\d{4,}(?:,\d+)?\s?€|\d,\d\s?€|€\s?\d",
    "un titre ne titre rien": r"</h([23])>\s*(?:<h[12]|</(?:div|body)>|<div class=\"signatures\")",
    "un élément est vide": r"<(h1|h2|h3|p|li|ul|tbody)\b[^>]*>\s*</\1>",
    "un libellé n’a pas de valeur": r":\s*</(?:td|li|strong|span)>|:\s*</p>(?!\s*<(?:table|ul|p|div|h3))",
    "un séparateur ne sépare rien": r"·\s*(?:·|<(?!span))|<(?:p|td)[^>]*>\s*·|\(\s*\)|\s,|,\s*[,.]",
}


def faults(html: str) -> list[str]:
    """What is wrong in a document as HTML, with the words around."""
    body = _HIDDEN.sub("", html).partition("<body")[2] or html
    return [
        f"{kind} : {_TAG.sub(' ', body[max(found.start() - 60, 0) : found.end() + 20])}"
        for kind, wrong in _FAULTS.items()
        for found in re.finditer(wrong, body)
    ]


def signed_alone(html: str, pages: list[str]) -> bool:
    """Whether the last of several pages holds its foot and the signatures only."""
    foot = re.search(r"<footer.*?</footer>", html, re.DOTALL)
    signatures = html.partition('<div class="signatures">')[2]
    if len(pages) == 1 or not signatures:
        return False
    around = set(_TAG.sub(" ", (foot[0] if foot else "") + signatures).replace("\u00a0", " ").split())
    return set(pages[-1].split()) - around <= {"Page", "/", str(len(pages))}
