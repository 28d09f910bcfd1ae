"""What a PDF says, as a reader who copies its text would get it: through the fonts' own tables."""

from __future__ import annotations

import io
import re

import pikepdf

_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_RANGE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")


def pages(pdf: bytes) -> list[str]:
    """The words of each page, one space between them; no-break spaces are read as spaces."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [" ".join(_page(page).split()) for page in document.pages]


def text(pdf: bytes) -> str:
    """The words of all pages."""
    return " ".join(pages(pdf))


def _page(page: pikepdf.Page) -> str:
    fonts = {name: _table(font) for name, font in page.resources.get("/Font", {}).items()}
    said: list[str] = []
    table: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operands = instruction.operands
        match str(instruction.operator):
            case "Tf":
                table = fonts[str(operands[0])]
            case "TJ":
                said += [_words(part, table) for part in operands[0] if isinstance(part, pikepdf.String)]
            case "Tj":
                said += [_words(part, table) for part in operands if isinstance(part, pikepdf.String)]
            case "ET" | "Td" | "Tm":
                said.append(" ")
    return "".join(said)


def _words(string: pikepdf.String, table: dict[int, str]) -> str:
    codes = bytes(string)
    return "".join(
        table.get(int.from_bytes(codes[i : i + 2], "big"), "\ufffd") for i in range(0, len(codes), 2)
    )


def _table(font: pikepdf.Object) -> dict[int, str]:
    """Glyph → characters."""
    source = font["/ToUnicode"].read_bytes()
    table: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", source, re.S):
        for code, character in _PAIR.findall(block):
            table[int(code, 16)] = bytes.fromhex(character.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", source, re.S):
        for first, last, character in _RANGE.findall(block):
            start = int(character, 16)
            for code in range(int(first, 16), int(last, 16) + 1):
                table[code] = chr(start + code - int(first, 16))
    return table
