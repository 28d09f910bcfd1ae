"""A condition taken apart, as it is written."""

from __future__ import annotations


def conjuncts(source: str) -> list[str]:
    """The parts of a condition that must all hold: its pieces between `&&`, outside quotes and parentheses."""
    parts, depth, quote, start, index = [], 0, "", 0, 0
    while index < len(source):
        character = source[index]
        if quote:
            if character == "\\":
                index += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif depth == 0 and source.startswith("&&", index):
            parts.append(source[start:index])
            start = index + 2
            index += 1
        elif depth == 0 and (source.startswith("||", index) or character == "?"):
            # `a && b || c`: the parts of a disjunction need not all hold.
            return [source.strip()]
        index += 1
    return [part.strip() for part in (*parts, source[start:])]
