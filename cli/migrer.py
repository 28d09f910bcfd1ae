"""`elaska migrer`: the database's schema, and nothing else."""

from __future__ import annotations

from pathlib import Path

from cli.console import out, say
from cli.stack import Stack
from cli.up import settings_given


def run(data: Path) -> None:
    """Bring the database of a data folder, or the one given by ELASKA_DATABASE_URL, to the newest schema."""
    with Stack(data, services={"postgres"}, random_ports=False, external=settings_given(), say=say) as stack:
        stack.migrate()
    out.print("La base de données est à jour.")
