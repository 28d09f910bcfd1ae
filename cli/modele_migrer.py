"""`elaska modele migrer`: running démarches follow another version, each with its own verdict; back again too."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from rich.markup import escape

from cli.console import out, say
from cli.errors import Refusal
from cli.paths import ROOT
from cli.stack import Service, Stack
from cli.up import settings_given

ISSUES = {
    "bonne": ("[green]✓[/green]", "peuvent migrer"),
    "correspondance": ("[yellow]?[/yellow]", "attendent une correspondance"),
    "bloquee": ("[red]✗[/red]", "resteraient bloquées"),
    "inutile": ("·", "n'ont rien à faire"),
}
_NEEDED = ("ELASKA_DATABASE_URL", "ELASKA_MASTER_KEY")


def run(
    cle: str,
    data: Path,
    *,
    essai: bool,
    retour: bool,
    vers: int | None,
    pairs: list[str],
    formulaires: list[str],
    rattraper: list[str],
) -> int:
    """Try or migrate every running démarche of a modèle; 1 when one could not be."""
    asked = {
        "cle": cle,
        "essai": essai,
        "retour": retour,
        "vers": vers,
        "places": placements(pairs, formulaires, rattraper),
    }
    given = settings_given()
    command = [sys.executable, "-m", "cli.modele_migrer", json.dumps(asked)]
    if all(name in given for name in _NEEDED) and (essai or "ELASKA_TEMPORAL_ADDRESS" in given):
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        return _code(subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False).returncode)
    services: set[Service] = {"postgres"} if essai else {"postgres", "temporal", "worker"}
    stack = Stack(data, services=services, random_ports=False, external=given, say=say)
    with stack.joined():
        stack.migrate()
        return _code(subprocess.run(command, env=stack.env, stdin=subprocess.DEVNULL, check=False).returncode)


def _code(code: int) -> int:
    if code not in (0, 1):
        raise Refusal(
            "La migration s'est interrompue (détail ci-dessus). Elle peut être relancée sans risque."
        )
    return code


def placements(pairs: list[str], formulaires: list[str], rattraper: list[str]) -> dict[str, dict[str, Any]]:
    """By modèle, « » for the démarche itself: « contrat=signature », « contrat= » for an étape given up, and
    « fournisseur.envoi=courrier » for the démarches « fournisseur » that it opened; forms are placed the same way.
    Raises Refusal."""
    found: dict[str, dict[str, Any]] = {"": _nothing_placed()}
    for pair in pairs:
        modele, etape, other = _pair(pair, "ancienne=nouvelle")
        found.setdefault(modele, _nothing_placed())["correspondance"][etape] = other or None
    for pair in formulaires:
        modele, alias, other = _pair(pair, "ancien=nouveau")
        if not other:
            raise Refusal(
                f"Formulaire illisible : « {pair} ». Dites sous quel nom ses réponses se lisent désormais."
            )
        found.setdefault(modele, _nothing_placed())["formulaires"][alias] = other
    for key in rattraper:
        modele, etape = _of_modele(key)
        found.setdefault(modele, _nothing_placed())["rattraper"].append(etape)
    return found


def _nothing_placed() -> dict[str, Any]:
    return {"correspondance": {}, "formulaires": {}, "rattraper": []}


def _pair(pair: str, form: str) -> tuple[str, str, str]:
    """(modèle, former key, new key) out of « modele.ancienne=nouvelle ». Raises Refusal."""
    old, sign, new = (part.strip() for part in pair.partition("="))
    modele, key = _of_modele(old)
    if not sign or not key:
        raise Refusal(
            f"Correspondance illisible : « {pair} ». Écrivez {form}, ou modele.{form} pour une démarche suivie."
        )
    return modele, key, _of_modele(new)[1]


def _of_modele(key: str) -> tuple[str, str]:
    modele, _, etape = key.rpartition(".")
    return modele.strip(), etape.strip()


async def migrate(asked: dict[str, Any]) -> int:
    """Do what was asked, on the services of this process's settings."""
    from activities.changement import Demande, essais, versions
    from store.session import dispose, session_scope
    from workflows.client import Demarches, connect, make_keyring
    from workflows.engine.state import Placement

    async with session_scope() as session:
        known = await versions(session, asked["cle"])
    wanted = next((version for version in known if asked["vers"] in (None, version.version)), None)
    if wanted is None:
        out.print("Cette version n'est pas publiée." if known else f"« {asked['cle']} » n'est pas publié.")
        return 1
    keyring = make_keyring()
    places = {cle: Placement.model_validate(one) for cle, one in asked["places"].items()}
    mine = places.pop("")
    vers = None if asked["retour"] else wanted.sha256
    demande = Demande(vers, mine.correspondance, mine.formulaires, mine.rattraper, places)
    if not asked["retour"]:
        out.print(f"Vers la version {wanted.version}, empreinte {wanted.sha256[:12]}")
    demarches = None if asked["essai"] else Demarches(await connect(keyring))
    counts: Counter[str] = Counter()
    failed = 0
    async for essai in essais(keyring, asked["cle"], demande):
        counts[essai.verdict.issue] += 1
        _tell(essai)
        if demarches is not None and essai.verdict.issue == "bonne":
            failed += not await _send(demarches, essai)
    for issue, (sign, words) in ISSUES.items():
        if counts[issue]:
            out.print(f"{sign} {counts[issue]} {words}")
    if not counts:
        out.print("Aucune démarche en cours n'est concernée.")
    elif demarches is not None:
        out.print(f"Migrées : {counts['bonne'] - failed}.")
    await dispose()
    return 1 if failed or counts["bloquee"] or counts["correspondance"] else 0


async def _send(demarches: Any, essai: Any) -> bool:
    from workflows.client import Broken, Unavailable
    from workflows.engine.commands import Refusal as Refused

    assert essai.command is not None
    # An id of its own: the same démarche may come and go several times.
    command = essai.command.model_copy(update={"id": f"migration/{uuid.uuid4()}"})
    try:
        await demarches.send(essai.client_id, essai.demarche_id, essai.depuis, essai.seq, command)
    except (Refused, Unavailable, Broken) as error:
        out.print(f"    [red]non migrée[/red] : {escape(str(error))}")
        return False
    return True


def _tell(essai: Any) -> None:
    verdict = essai.verdict
    sign = ISSUES[verdict.issue][0]
    where = " + ".join(verdict.etapes) or "demande"
    then = f" → {' + '.join(verdict.etapes_apres)}" if verdict.etapes_apres != verdict.etapes else ""
    if verdict.issue != "bonne":
        then = ""
    out.print(f"{sign} {escape(essai.reference)}  {escape(where + then)}", soft_wrap=True)
    for line in (*verdict.raisons, *verdict.remarques):
        out.print(f"    {escape(line)}", style="dim", soft_wrap=True)
    for lost in verdict.a_placer:
        whose = f"{lost.enfant}." if lost.enfant else ""
        for suggestion in lost.suggestions:
            out.print(f"    --correspondance {whose}{lost.etape}={suggestion}", soft_wrap=True)
    for answer in verdict.donnees:
        out.print(f"    {escape(answer.titre)} {answer.champ} : {escape(answer.detail)}", style="yellow")


if __name__ == "__main__":
    code = asyncio.run(migrate(json.loads(sys.argv[1])))
    sys.stdout.flush()
    # Temporal's native library sometimes aborts while Python tears down; the work is done by now.
    os._exit(code)
