"""`elaska modele rejouer` and `elaska modele scenario`: what if the last real démarches had followed the files as they
are now; a scenario made of one of them, naming nobody."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.markup import escape

from cli.console import err, out, say
from cli.errors import Refusal
from cli.paths import ROOT
from cli.stack import Stack
from cli.up import settings_given

NEEDED = ("ELASKA_DATABASE_URL", "ELASKA_MASTER_KEY")


def run(data: Path, **asked: Any) -> int:
    """Do what is asked on a data folder, running or not, or on the services given by ELASKA_… settings."""
    given = settings_given()
    command = [sys.executable, "-m", "cli.modele_rejouer", json.dumps(asked)]
    if all(name in given for name in NEEDED):
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        return _code(subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False).returncode)
    stack = Stack(data, services={"postgres"}, random_ports=False, external=given, say=say)
    with stack.joined():
        stack.migrate()
        return _code(subprocess.run(command, env=stack.env, stdin=subprocess.DEVNULL, check=False).returncode)


def _code(code: int) -> int:
    if code not in (0, 1):
        raise Refusal("La lecture des démarches s'est interrompue (détail ci-dessus).")
    return code


async def replayed(fichier: str, racine: str, derniers: int) -> int:
    """Play the last démarches of a modèle on its files; 1 when one of them would not come to its end."""
    from activities.rejeu import UNREADABLE, records
    from activities.rules_port import RULES
    from store.session import dispose
    from workflows.client import make_keyring
    from workflows.engine.bundle import digest, from_folder
    from workflows.engine.program import Program
    from workflows.engine.rejeu import replay

    bundle = from_folder(Path(racine), Path(fichier)).bundle
    draft = Program(bundle, RULES, digest(bundle))
    played = stopped = alike = unknown = 0
    async for row, read in records(make_keyring(), bundle.modele.modele, derniers):
        found = replay(read[0], draft, read[1]) if read is not None else None
        played += 1
        if found is None or found.infidele is not None:
            unknown += 1
            why = (found and found.infidele) or UNREADABLE
            out.print(f"? {escape(row.reference)} : ne peut pas être rejouée. {escape(why)}", soft_wrap=True)
            continue
        stopped += found.arret is not None
        alike += found.sans_effet
        if not found.sans_effet:
            _tell(row.reference, found)
    await dispose()
    if not played:
        out.print("Aucune démarche de ce modèle n'a encore de dossier.")
    else:
        out.print(
            f"{played - unknown} rejouées, {alike} sans changement, {stopped} qui n'iraient pas à leur fin"
            + (f", {unknown} qui ne peuvent pas être rejouées." if unknown else ".")
        )
    return 1 if stopped else 0


def _tell(reference: str, found: Any) -> None:
    sign = "[red]✗[/red]" if found.arret else "[yellow]→[/yellow]"
    out.print(f"{sign} {escape(reference)}", soft_wrap=True)
    said = [f"étape en plus : {titre}" for titre in found.ajoutees]
    said += [f"étape en moins : {titre}" for titre in found.retirees]
    if found.ordre_change:
        said.append("étapes dans un autre ordre")
    if found.attend_plus:
        said.append(f"durée : {found.avant_s / 86_400:.1f} j → {found.apres_s / 86_400:.1f} j")
    said += [
        f"sans réponse dans « {manque.formulaire} » : {', '.join(manque.champs)}" for manque in found.manques
    ]
    if found.arret:
        said.append(found.arret)
    for line in said:
        out.print(f"    {escape(line)}", style="dim", soft_wrap=True)


async def scenario(reference: str, sortie: str | None) -> int:
    """Write the scenario of a démarche; 1 when there is none, or none that can be read."""
    from activities.rejeu import named
    from store.session import dispose
    from workflows.client import make_keyring
    from workflows.engine.anonymous import written
    from workflows.engine.rejeu import remade

    found = await named(make_keyring(), reference)
    await dispose()
    if found is None:
        out.print(f"« {escape(reference)} » n'existe pas, ou ne peut plus être lue.")
        return 1
    made, same = remade(*found)
    if not same:
        err.print(
            "Attention : ce scénario ne va pas à la même fin que la démarche. Relisez-le avant de le garder."
        )
    if sortie is None:
        sys.stdout.write(written(made))
    else:
        await asyncio.to_thread(Path(sortie).write_text, written(made), encoding="utf-8")
        err.print(f"Écrit : {sortie}")
    return 0


async def _main(asked: dict[str, Any]) -> int:
    if "reference" in asked:
        return await scenario(asked["reference"], asked["sortie"])
    return await replayed(asked["fichier"], asked["racine"], asked["derniers"])


if __name__ == "__main__":
    raise SystemExit(asyncio.run(_main(json.loads(sys.argv[1]))))
