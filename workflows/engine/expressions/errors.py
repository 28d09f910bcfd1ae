"""What an expression is refused for, when it is checked or when it is evaluated."""

from __future__ import annotations


class ExpressionError(ValueError):
    """A named refusal: `code` for programs, `message` (why) and `remedy` (what to do) in French for people.

    `line` and `column` count from 1 inside the expression; both are None when the refusal has no place.
    """

    def __init__(
        self, code: str, message: str, column: int | None = None, *, line: int | None = None, remedy: str = ""
    ) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.code = code
        self.message = message
        self.remedy = remedy
        self.line = line
        self.column = column
