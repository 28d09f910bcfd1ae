"""`elaska bench NAME`: runs `bench/NAME.py`, which measures and says whether its goals are met."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from cli.console import out
from cli.errors import Refusal
from cli.paths import ROOT

FOLDER = ROOT / "bench"


def benches() -> dict[str, str]:
    """Name and first docstring line of each bench."""
    found: dict[str, str] = {}
    for file in sorted(FOLDER.glob("[!_]*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        commands = any(
            isinstance(node, ast.If) and "__name__" in ast.unparse(node.test) for node in tree.body
        )
        if commands:
            found[file.stem] = (
                (ast.get_docstring(tree) or "").splitlines()[0] if ast.get_docstring(tree) else ""
            )
    return found


def run(name: str, arguments: list[str]) -> int:
    """Run one bench with its own arguments; without a name, list them. Returns the exit code."""
    known = benches()
    if not name or name.startswith("-"):
        for key, text in known.items():
            out.print(f"  [bold]{key:<12}[/bold] {text}")
        return 0
    if name not in known:
        raise Refusal(f"Mesure inconnue : « {name} ». Mesures possibles : {', '.join(known) or 'aucune'}.")
    return subprocess.run(
        [sys.executable, "-m", f"bench.{name}", *arguments], check=False, cwd=Path.cwd()
    ).returncode
