"""What an expression is refused for, when it is checked or when it is evaluated."""

from __future__ import annotations


class ExpressionError(ValueError):
    """A named refusal: `code` for programs, `message` (why) and `remedy` (what to do) in French for people.

    `said`: the sentence of a rule that refuses, without the name of its function: for those who only act.
    `line` and `column` count from 1 inside the expression; both are None when the refusal has no place.
    """

    def __init__(
        self,
        code: str,
        message: str,
        column: int | None = None,
        *,
        line: int | None = None,
        remedy: str = "",
        said: str = "",
    ) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.code = code
        self.message = message
        self.remedy = remedy
        self.said = said
        self.line = line
        self.column = column
