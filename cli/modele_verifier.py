"""`elaska modele verifier`: every finding, then a short summary."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from activities.model_sources import MODELS
from activities.rules_port import RULES
from cli.console import out
from workflows.engine.bundle import digest, from_folder
from workflows.engine.findings import Finding, ModeleError
from workflows.engine.verifier import verify


def run(files: list[Path], root: Path) -> int:
    """Check the files; 1 when one of them could not be published."""
    wrong = 0
    for file in files:
        wrong += not _check(file, root)
    return 1 if wrong else 0


def _check(file: Path, root: Path) -> bool:
    try:
        resolved = from_folder(root, file)
        findings = verify(resolved, RULES.functions, MODELS, RULES.readings)
    except ModeleError as error:
        _print(list(error.findings))
        _sum_up(file, len(error.findings), 0)
        return False
    _print(findings)
    errors = sum(finding.level == "erreur" for finding in findings)
    _sum_up(file, errors, len(findings) - errors)
    if not errors:
        modele, bundle = resolved.bundle.modele, resolved.bundle
        parts = (
            _count(len(modele.all_etapes), "étape"),
            _count(len(bundle.forms), "formulaire"),
            _count(len([key for key in resolved.files if key.startswith("courriel:")]), "courriel"),
            _count(len([key for key in resolved.files if key.startswith("document:")]), "modèle de document"),
        )
        out.print(f"  {', '.join(parts)} ; empreinte {digest(bundle)[:12]}", style="dim")
    return not errors


def _count(number: int, name: str) -> str:
    if number < 2:
        return f"{number} {name}"
    return f"{number} {name.replace(' ', 's ', 1)}{'' if ' ' in name else 's'}"


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        style, word = ("red", "erreur") if finding.level == "erreur" else ("yellow", "avertissement")
        place = f"{finding.file}:{finding.line}:{finding.column}" if finding.line else finding.file
        out.print(
            f"[bold]{escape(place)}[/bold] [{style}]{word}[/{style}] {escape(finding.reason)}", soft_wrap=True
        )
        if finding.remedy:
            out.print(f"    → {escape(finding.remedy)}", soft_wrap=True)


def _sum_up(file: Path, errors: int, warnings: int) -> None:
    notes = f", {_count(warnings, 'avertissement')}" if warnings else ""
    if errors:
        out.print(f"[red]✗[/red] {escape(file.name)} : {_count(errors, 'erreur')}{notes}")
    else:
        out.print(f"[green]✓[/green] {escape(file.name)} peut être publié{notes}")
