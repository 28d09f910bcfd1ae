"""`elaska modele publier`: check modèles, then store them as versions that never change; tell what the new one changes,
and where the running démarches stand about it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from rich.markup import escape

from cli.console import out, say
from cli.errors import Refusal
from cli.paths import ROOT
from cli.stack import Stack
from cli.up import settings_given
from workflows.engine.difference import Changement, Portee

_SIGNS = {
    "ajout": "[green]+[/green]",
    "retrait": "[red]−[/red]",
    "changement": "[yellow]~[/yellow]",
    "deplacement": "[blue]↕[/blue]",
}


def run(files: list[Path], root: Path, data: Path) -> int:
    """Publish the files into a data folder's database, or the one of ELASKA_DATABASE_URL; 1 when one is wrong."""
    given = settings_given()
    if "ELASKA_DATABASE_URL" in given and "ELASKA_MASTER_KEY" in given:
        return _publish(files, root, {**os.environ, "PYTHONPATH": str(ROOT)})
    stack = Stack(data, services={"postgres"}, random_ports=False, external=given, say=say)
    with stack.joined():
        stack.migrate()
        return _publish(files, root, stack.env)


def _publish(files: list[Path], root: Path, env: dict[str, str]) -> int:
    # In a process of its own: the settings of the stack are those of its children.
    paths = [str(path.resolve()) for path in (root, *files)]
    command = [sys.executable, "-m", "cli.modele_publier", *paths]
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise Refusal("La publication a échoué.")
    return done.returncode


async def publish(root: Path, files: list[Path]) -> int:
    """Publish and tell; 1 when a file is wrong."""
    from activities.changement import compare
    from activities.publication import publish_file
    from store import modele as store_modele
    from store.session import dispose, session_scope
    from workflows.client import make_keyring
    from workflows.engine.findings import ModeleError
    from workflows.engine.loading import load

    wrong = 0
    for file in files:
        try:
            cle = load(file.read_bytes(), file.name).modele.modele
            async with session_scope() as session:
                former = await store_modele.latest_of(session, cle)
            done = await publish_file(file, root)
        except ModeleError as error:
            wrong = 1
            out.print(str(error), markup=False)
            continue
        state = "publié" if done.nouvelle else "déjà publié"
        out.print(f"{done.titre} : {state}, version {done.version}, empreinte {done.sha256[:12]}")
        if done.nouvelle and former is not None:
            changes, reach = await compare(make_keyring(), cle, former.sha256, done.sha256)
            tell(changes, reach, former.version, cle)
    await dispose()
    return wrong


def tell(changes: list[Changement], reach: list[Portee], former: int, cle: str) -> None:
    """Print a difference and its blast radius."""
    out.print(f"\n[bold]Changements depuis la version {former}[/bold]")
    for change in changes:
        out.print(f"  {_SIGNS[change.nature]} {escape(change.sujet)}", soft_wrap=True)
        for detail in change.details:
            out.print(f"      {escape(detail)}", style="dim", soft_wrap=True)
    met = [portee for portee in reach if portee.avant + portee.dedans + portee.apres]
    if not met:
        return
    own = [portee.avant + portee.dedans + portee.apres for portee in met if portee.enfant is None]
    total = f" : {own[0]}" if own else ""
    out.print(f"\n[bold]Démarches en cours, toutes versions{total}[/bold]")
    for portee in met:
        whose = f", démarches ouvertes « {portee.enfant} »" if portee.enfant else ""
        told = f"{portee.avant} avant l'étape, {portee.dedans} dedans, {portee.apres} après"
        out.print(f"  « {escape(portee.titre)} »{whose} : {told}", soft_wrap=True)
    out.print("Elles gardent leur version.", style="dim")
    out.print(f"Pour les faire suivre : elaska modele migrer {cle} --essai", style="dim")


if __name__ == "__main__":
    sys.exit(asyncio.run(publish(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])))
