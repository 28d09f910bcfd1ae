"""The language by example: each file of `corpus/` is a small modèle, commands, and the journal they must produce.

A step says what it leads to (`dit`), what then is (`etat`), and what people then read (`vu`, by reader).

After a change that is meant, `REECRIRE=1 pytest tests/engine/test_corpus.py` writes what was said; read the diff.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from tests.engine.abrege import instant, named, short
from tests.engine.cles import keys, used
from tests.engine.migrations import version
from tests.engine.monde import CLIENT_ID, Monde, actor
from workflows.engine.commands import AnyCommand, Refusal
from workflows.engine.facts import AnyFact
from workflows.engine.program import PARIS
from workflows.engine.view import Reader, view
from workflows.engine.waiting import progress

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.yaml"))
NAMES = ("role", "cle", "label", "formulaire", "nom", "titre", "libelle", "id")
"""What things that readers are shown are named by."""
REWRITE = os.environ.get("REECRIRE") == "1"


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_corpus(file: Path) -> None:
    """MOD-02, MOD-07, TCH-10, GED-10 to 12, DEM-07, EMB-04, EMB-08."""
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    case: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"))
    plain = _read(file)
    monde = _monde(plain)
    for index, (step, written) in enumerate(zip(plain["pas"], case["pas"], strict=True)):
        said = _play(monde, dict(step), plain)
        if REWRITE:
            written["dit"] = said
            written.fa.set_block_style()
        else:
            assert said == step["dit"], f"pas {index + 1} : {step}"
        for name, expected in step.get("etat", {}).items():
            found = _facts(monde)[name]
            if isinstance(expected, dict):
                found = {key: found.get(key) for key in expected}
            assert found == expected, f"pas {index + 1}, {name}"
        for who, expected in step.get("vu", {}).items():
            shown = _shown(monde, who)
            assert _like(expected, shown) == expected, f"pas {index + 1}, vu par {who}"
    if REWRITE:
        with file.open("w", encoding="utf-8") as output:
            yaml.dump(case, output)


@cache
def spoken() -> dict[str, frozenset[str]]:
    """What each example writes of the language."""
    return {file.stem: frozenset(used(_monde(_read(file)).program.bundle)) for file in CORPUS}


def untold(examples: Iterable[str]) -> list[str]:
    """Keys and choices of the language that these examples leave out."""
    return sorted(keys().difference(*(spoken()[name] for name in examples)))


def test_every_key_of_the_language_is_in_an_example() -> None:
    """A small modèle, commands and the journal they must produce: for each key, and each word of a choice."""
    assert untold(spoken()) == [], "écrivez-en un exemple dans tests/engine/corpus"


def test_a_key_without_an_example_is_told() -> None:
    others = [name for name in spoken() if name not in ("lectures", "appels_http", "enfants_ajoutent")]
    missing = untold(others)
    assert {"Lecture.colonnes", "Paiement.du", "Http.trouve", "PourChaque.appartenance=figee"} <= set(missing)
    assert not {"Etape.titre", "Role.cote=tiers", "Consequence.a"} & set(missing)


def named_by(union: Any) -> set[str]:
    """The types that a union of commands or of facts holds."""
    return {member.model_fields["type"].default for member in get_args(get_args(union)[0])}


BY_THE_SYSTEM = {"Tick", "ReportEffect", "MigrateDemarche"}
"""Commands that an example says as « a: », « effets: » and « migrer: »."""


def test_every_command_and_every_fact_is_in_an_example() -> None:
    steps = [step for file in CORPUS for step in _read(file)["pas"]]
    asked = {step["commande"] for step in steps if "commande" in step}
    assert sorted(named_by(AnyCommand) - asked - BY_THE_SYSTEM) == []
    said = {line.split()[0] for step in steps for line in step["dit"]}
    assert sorted(named_by(AnyFact) - said) == []


def play_file(file: Path) -> Monde:
    """The démarche of a file, played to its end."""
    case = _read(file)
    monde = _monde(case)
    for step in case["pas"]:
        _play(monde, dict(step), case)
    return monde


def _read(file: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")))


def _monde(case: dict[str, Any]) -> Monde:
    program = version(
        case["modele"], case.get("forms"), case.get("lignes"), case.get("enfants"), case.get("services")
    )
    return Monde(program, case.get("debut", "2026-03-02 09:00"))


def _play(monde: Monde, step: dict[str, Any], case: dict[str, Any]) -> list[str]:
    step.pop("dit", None)
    step.pop("etat", None)
    step.pop("vu", None)
    if "migrer" in step:
        return _migrate(monde, step, case)
    if "a" in step and "commande" not in step:
        return [short(monde, event) for event in monde.wait(step["a"])]
    if "effets" in step:
        return [short(monde, event) for event in monde.effects(step["effets"], donnees=step.get("donnees"))]
    name, par = step.pop("commande"), step.pop("par", "conseiller")
    if "tache" in step:
        step["tache"] = monde.tache(step["tache"])
    if "ligne" in step and name != "AddLigne":
        lines = monde.state.collections.get(step["collection"], {}).values()
        step["ligne"] = next((line.id for line in lines if line.nom == step["ligne"]), step["ligne"])
        if name == "GenerateDocument":
            del step["collection"]
    if "enfant" in step:
        step["enfant"] = next(
            (e.id for e in reversed(monde.state.enfants.values()) if e.titre == step["enfant"]),
            step["enfant"],
        )
        told = {"titre": step.pop("titre", ""), "statut": "en_cours", "cycle": "ouverte", "progression": 0}
        step["rapport"] = told | {"seq": 1} | step["rapport"]
    if "etape" in step:
        # One added by hand is called by its title.
        step["etape"] = next(
            (e.cle for e in monde.state.etapes.values() if e.titre == step["etape"]), step["etape"]
        )
    if "piece" in step:
        step["piece"] = next(
            (p.id for p in monde.state.pieces.values() if p.titre == step["piece"]), step["piece"]
        )
    if "action" in step:
        asked = [id_ for id_, a in monde.state.actions.items() if a.message == step["action"]]
        step["action"] = (asked or list(monde.state.actions))[-1]
    if name == "RequestSignature":
        known = [d.id for d in monde.state.documents.values() if d.cle == step["document"]]
        step["document"] = (known or [step["document"]])[-1]
    if name in ("DepositPiece", "AttachTache", "OfferPiece"):
        step["files"] = [{"id": "f1", "nom": "photo.jpg", "type": "image/jpeg", "taille": 1000}]
    try:
        if name == "OpenDemarche":
            opened = {"phase": step.get("phase", "dossier"), "par": par, "parent": step.get("parent")}
            events = monde.open(**opened, **step.get("donnees", {}))
        else:
            events = monde.send(name, par, **step)
        return [short(monde, event) for event in events]
    except Refusal as refusal:
        return [f"Refus {refusal.code}"]


def _migrate(monde: Monde, step: dict[str, Any], case: dict[str, Any]) -> list[str]:
    """`migrer: deux` goes to a version of `versions`, which says what differs from the first one."""
    changes = case["versions"][step.pop("migrer")]
    target = version(
        case["modele"] | changes.get("modele", {}),
        changes.get("forms", case.get("forms")),
        case.get("lignes"),
    )
    try:
        return [short(monde, event) for event in monde.migrate(target, **step)]
    except Refusal as refusal:
        return [f"Refus {refusal.code}"]


def _shown(monde: Monde, who: str) -> dict[str, Any]:
    """What a person of the firm, of the client, or a participant reads now, with the readings of the day."""
    kind = actor(who).kind
    reader = Reader(
        kind="staff" if kind == "staff" else "client" if kind == "client" else "participant",
        id=CLIENT_ID if kind == "client" else actor(who).id or who,
        key=who if kind == "participant" else None,
    )
    seen = view(monde.program, monde.state, reader, monde.now.astimezone(PARIS).date())
    return dict(seen.model_dump(mode="json"))


def _like(expected: Any, found: Any) -> Any:
    """As much of what was found as is spoken of. Things in a list are named by their key: all of them must be."""
    if isinstance(found, list) and isinstance(expected, dict):
        return {
            key: _like(expected[key], one) if key in expected else "?" for key, one in _named(found).items()
        }
    if isinstance(found, list) and all(isinstance(one, str) for one in expected) and found != expected:
        return list(_named(found))
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        return [_like(*pair) for pair in zip(expected, found, strict=True)]
    if isinstance(found, dict) and isinstance(expected, dict):
        return {key: _like(expected[key], found.get(key)) for key in expected}
    return found


def _named(found: list[Any]) -> dict[str, Any]:
    return {next(one[name] for name in NAMES if one.get(name)): one for one in found}


def _facts(monde: Monde) -> dict[str, Any]:
    state = monde.state
    return {
        "statut": state.statut,
        "libelle": monde.program.statut_label(state),
        "cycle": state.cycle,
        "phase": state.phase,
        "titre": state.titre,
        "prix": state.prix,
        "progression": progress(monde.program, state),
        "etapes": {cle: etape.statut for cle, etape in state.etapes.items()},
        "pieces": {id_: piece.statut for id_, piece in state.pieces.items()},
        "taches": {tache.titre: tache.statut for tache in state.taches.values()},
        "attentes": monde.waiting(),
        "minuteries": {named(monde, key): instant(timer.at) for key, timer in state.timers.items()},
        "calculs": state.calculs,
        "enfants": {e.titre: e.cycle + (f" ({e.ordre})" if e.ordre else "") for e in state.enfants.values()},
        "lignes": {
            cle: {
                line.nom: {**line.donnees, **line.calcule, "statut": line.statut} for line in lines.values()
            }
            for cle, lines in state.collections.items()
        },
        "evenements": {cle: known.statut for cle, known in state.evenements.items()},
        "echeances": {cle: instant(etape.due_at) for cle, etape in state.etapes.items()},
        "documents": {
            doc.cle: doc.statut if doc.perime is None else "perime" for doc in state.documents.values()
        },
    }
