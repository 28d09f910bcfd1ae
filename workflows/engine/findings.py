"""What is wrong in a modèle: where, why, and what to do, in French for the person who writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["erreur", "avertissement"]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to correct. `line` and `column` count from 1 in `file`; 0 when the finding has no place."""

    file: str
    line: int
    column: int
    level: Level
    code: str
    """Stable name, for tests and for the API."""
    reason: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place} : {self.reason}" + (f"\n    → {self.remedy}" if self.remedy else "")


class ModeleError(ValueError):
    """A modèle that cannot be read. Carries every finding; its attributes are those of the first one."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings
        first = findings[0]
        self.file, self.line, self.column = first.file, first.line, first.column
        self.reason, self.remedy = first.reason, first.remedy


def errors(findings: list[Finding]) -> list[Finding]:
    """Those that forbid publishing."""
    return [finding for finding in findings if finding.level == "erreur"]
