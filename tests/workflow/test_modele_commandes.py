"""`elaska modele publier` and `migrer` as people run them, on real PostgreSQL and Temporal with démarches under way."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.modele_migrer import placements
from cli.paths import ROOT
from store import modele as modeles
from store.session import session_scope
from tests.modeles_essai import MAIL
from tests.workflow.conftest import Pile

VERSION_1 = """\
modele: bail
titre: Bail
categorie: test
reference: BAI
clients: [entreprise]
nom: '"Bail"'
formulaires: {fiche: fiche}
roles:
  conseiller: {libelle: Conseiller, cote: cabinet}
  manager: {libelle: Manager, cote: client}
etapes:
  - cle: dossier
    titre: Dossier
    pieces: [{cle: cni, titre: Carte, de: manager}]
    relances:
      - {cle: rappel, quand: entree + 1sem, tant_que: pieces, courriel: rappel, a: manager}
  - cle: controle
    titre: Contrôle
    terminee: manuelle
    formulaires: [{nom: fiche, par: conseiller, obligatoire: false}]
  - cle: fin
    titre: Fin
    terminee: manuelle
"""
VERSION_2 = (
    VERSION_1.replace(
        "  - cle: controle\n    titre: Contrôle\n",
        "  - cle: verification\n    titre: Contrôle du bail\n"
        "    taches: [{cle: relire, titre: Relire le bail, pour: conseiller}]\n",
    )
    .replace("entree + 1sem", "entree + 2sem")
    .replace("fiche: fiche", "bien: fiche")
    .replace("nom: fiche", "nom: bien")
)
FICHE = {"type": "object", "title": "Bien", "properties": {"surface": {"type": "integer"}}}


@dataclass(frozen=True)
class Said:
    code: int
    text: str

    def __contains__(self, part: str) -> bool:
        return part in " ".join(self.text.split())


@dataclass
class Bails:
    """A folder of modèles, and three démarches: in the first étape, in the second, in the third."""

    pile: Pile
    root: Path
    ids: tuple[uuid.UUID, ...] = ()

    def write(self, text: str) -> None:
        (self.root / "process_templates" / "bail.yaml").write_text(text, "utf-8")

    async def run(self, *arguments: str) -> Said:
        """The command in a process of its own; the worker that serves it is in this one."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", "modele", *arguments),
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "200"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(), 300)
        assert process.returncode is not None
        assert "Traceback" not in out.decode()
        return Said(process.returncode, out.decode())

    async def publish(self) -> Said:
        return await self.run("publier", "bail", "--racine", str(self.root))

    async def sha(self) -> str:
        """Of the latest version."""
        async with session_scope() as session:
            latest = await modeles.latest_of(session, "bail")
        assert latest is not None
        return latest.sha256

    async def answers(self) -> dict[str, dict[str, Any]]:
        """Of the third, by form."""
        return (await self.pile.bureau.state(self.ids[2])).donnees

    async def open_three(self) -> None:
        self.pile.bureau.sha = await self.sha()
        self.ids = tuple([await self.pile.open() for _ in range(3)])
        for demarche_id in self.ids[1:]:
            await self.pile.send(demarche_id, "WaivePiece", piece="cni", motif="déjà vue")
        await self.pile.send(self.ids[2], "SubmitForm", formulaire="fiche", donnees={"surface": 80})
        await self.pile.send(self.ids[2], "ValidateEtape", etape="controle")

    async def where(self) -> list[tuple[str, list[str]]]:
        """Version followed and étapes under way of each."""
        states = [await self.pile.bureau.state(demarche_id) for demarche_id in self.ids]
        return [(state.modele_sha, [etape.cle for etape in state.active]) for state in states]


@pytest.fixture
def bails(pile: Pile, tmp_path: Path) -> Bails:
    (tmp_path / "process_templates").mkdir()
    (tmp_path / "documents" / "mails").mkdir(parents=True)
    (tmp_path / "documents" / "mails" / "rappel.mjml.j2").write_text(MAIL, "utf-8")
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "fiche.schema.json").write_text(json.dumps(FICHE), "utf-8")
    made = Bails(pile, tmp_path)
    made.write(VERSION_1)
    return made


async def test_publier_says_what_changes_and_whom_it_touches(bails: Bails) -> None:
    first = await bails.publish()
    assert (first.code, "Bail : publié, version 1" in first) == (0, True)
    again = await bails.publish()
    assert (again.code, "déjà publié, version 1" in again, "Changements" in again) == (0, True, False)
    await bails.open_three()
    bails.write(VERSION_1.replace("de: manager", "de: personne"))
    wrong = await bails.publish()
    assert wrong.code == 1 and "bail.yaml:14:" in wrong and "« personne »" in wrong
    published = await bails.sha()
    bails.write(VERSION_2)
    second = await bails.publish()
    assert second.code == 0 and "Bail : publié, version 2" in second
    assert await bails.sha() != published
    assert "Changements depuis la version 1" in second
    for changed in ("Contrôle du bail", "Relire le bail", "rappel"):
        assert changed in second
    assert "Démarches en cours, toutes versions : 3" in second
    assert "« Dossier » : 0 avant l'étape, 1 dedans, 2 après" in second
    assert "« Contrôle » : 1 avant l'étape, 1 dedans, 1 après" in second
    assert "elaska modele migrer bail --essai" in second
    assert [sha for sha, _ in await bails.where()] == [published] * 3, "they keep their version"


async def test_migrer_tries_moves_and_comes_back(bails: Bails) -> None:
    await bails.publish()
    await bails.open_three()
    first = await bails.where()
    armed = (await bails.pile.bureau.state(bails.ids[0])).timers
    bails.write(VERSION_2)
    await bails.publish()
    sha = await bails.sha()

    tried = await bails.run("migrer", "bail", "--essai")
    assert tried.code == 1
    assert "2 peuvent migrer" in tried and "1 attendent une correspondance" in tried
    assert "--correspondance controle=verification" in tried
    assert await bails.where() == first, "a trial changes nothing"

    mapping = ("--correspondance", "controle=verification", "--formulaire", "fiche=bien")
    tried = await bails.run("migrer", "bail", "--essai", *mapping)
    assert (tried.code, "3 peuvent migrer" in tried) == (0, True)
    assert await bails.where() == first

    moved = await bails.run("migrer", "bail", *mapping)
    assert (moved.code, "Migrées : 3." in moved) == (0, True)
    assert await bails.where() == [(sha, ["dossier"]), (sha, ["verification"]), (sha, ["fin"])]
    assert await bails.answers() == {"bien": {"surface": 80}}, "the form has another name, and its answers"
    later = (await bails.pile.bureau.state(bails.ids[0])).timers
    (before,), (after,) = armed.values(), later.values()
    assert (after.at - before.at).days == 7, (
        "the reminder follows the new version, counted from the same entry"
    )
    # The one in « verification » has what the new version asks there, and can do it.
    state = await bails.pile.bureau.state(bails.ids[1])
    (relire,) = [tache.id for tache in state.taches.values() if tache.cle == "relire"]
    await bails.pile.send(bails.ids[1], "CompleteTache", tache=relire)

    again = await bails.run("migrer", "bail", *mapping)
    assert again.code == 0 and "Migrées : 3." not in again

    tried = await bails.run("migrer", "bail", "--retour", "--essai")
    assert (tried.code, "3 peuvent migrer" in tried) == (0, True)
    assert (await bails.where())[1] == (sha, ["verification"])
    back = await bails.run("migrer", "bail", "--retour")
    assert (back.code, "Migrées : 3." in back) == (0, True)
    assert await bails.where() == first
    assert await bails.answers() == {"fiche": {"surface": 80}}
    assert (await bails.pile.bureau.state(bails.ids[0])).timers == armed, "timers are what they were"


async def test_migrer_refuses_what_it_cannot_understand(bails: Bails) -> None:
    await bails.publish()
    unknown = await bails.run("migrer", "bial", "--essai")
    assert unknown.code == 1 and "« bial » n'est pas publié." in unknown
    assert placements(
        ["a=b", "petit.c=d", "petit.e=petit.f", "g="], ["j=k", "petit.l=m"], ["petit.h", "i"]
    ) == {
        "": {"correspondance": {"a": "b", "g": None}, "formulaires": {"j": "k"}, "rattraper": ["i"]},
        "petit": {"correspondance": {"c": "d", "e": "f"}, "formulaires": {"l": "m"}, "rattraper": ["h"]},
    }
    absent = await bails.run("migrer", "bail", "--essai", "--vers", "7")
    assert absent.code == 1 and "Cette version n'est pas publiée." in absent
    garbled = await bails.run("migrer", "bail", "--essai", "--correspondance", "controle")
    assert garbled.code == 1 and "Correspondance illisible : « controle »" in garbled
    nowhere = await bails.run("migrer", "bail", "--essai", "--formulaire", "fiche=")
    assert nowhere.code == 1 and "Formulaire illisible : « fiche= »" in nowhere
    alone = await bails.run("migrer", "bail", "--essai")
    assert alone.code == 0 and "Aucune démarche en cours n'est concernée." in alone
