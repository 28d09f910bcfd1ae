"""`elaska modele graphe`: the étapes of a modèle as an SVG picture."""

from __future__ import annotations

import sys
from pathlib import Path

from cli.console import err
from cli.errors import Refusal
from workflows.engine.bundle import from_folder
from workflows.engine.drawing import draw
from workflows.engine.findings import ModeleError
from workflows.engine.view.fields import field_titles


def run(file: Path, root: Path, output: Path | None) -> int:
    """Draw a modèle; on the standard output unless a file is named."""
    try:
        resolved = from_folder(root, file)
    except ModeleError as error:
        raise Refusal(f"{error}\n  Contrôlez d'abord : elaska modele verifier {file.name}") from error
    picture = draw(resolved.bundle.modele, field_titles(resolved.bundle.forms))
    if output is None:
        sys.stdout.write(picture)
        return 0
    try:
        output.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise Refusal(f"« {output} » ne peut pas être écrit : {error.strerror}.") from error
    err.print(f"Écrit : {output}")
    return 0
