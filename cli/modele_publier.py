"""`elaska modele publier`: check modèles, then store them as versions that never change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cli.console import out
from cli.errors import Refusal
from cli.paths import ROOT
from cli.stack import Stack
from cli.up import settings_given

# In a process of its own: the settings of the stack are those of its children.
PUBLISH = """
import asyncio, sys
from pathlib import Path
from activities.publication import publish_file
from store.session import dispose
from workflows.engine.findings import ModeleError

async def main():
    wrong = 0
    for file in sys.argv[2:]:
        try:
            done = await publish_file(Path(file), Path(sys.argv[1]))
            state = "publié" if done.nouvelle else "déjà publié"
            print(f"{done.titre} : {state}, version {done.version}, empreinte {done.sha256[:12]}")
        except ModeleError as error:
            wrong = 1
            print(error)
    await dispose()
    return wrong

sys.exit(asyncio.run(main()))
"""


def run(files: list[Path], root: Path, data: Path) -> int:
    """Publish the files into a data folder's database, or the one of ELASKA_DATABASE_URL; 1 when one is wrong."""
    given = settings_given()
    if "ELASKA_DATABASE_URL" in given and "ELASKA_MASTER_KEY" in given:
        return _publish(files, root, {**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        with Stack(data, services={"postgres"}, random_ports=False, external=given) as stack:
            stack.migrate()
            return _publish(files, root, stack.env)
    except Refusal as refusal:
        raise Refusal(
            f"{refusal}\nSi eLaska tourne déjà sur ce dossier, redémarrez-le : il publie les modèles en démarrant."
        ) from refusal


def _publish(files: list[Path], root: Path, env: dict[str, str]) -> int:
    paths = [str(path.resolve()) for path in (root, *files)]
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, *paths], env=env, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode not in (0, 1):
        raise Refusal("La publication a échoué.")
    if done.returncode == 0:
        out.print("Les démarches déjà ouvertes gardent leur version.", style="dim")
    return done.returncode
