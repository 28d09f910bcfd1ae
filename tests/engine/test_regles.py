"""The rules of the core that a reader could break without noticing: each has here a test that fails when it is."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.paths import ROOT, program
from tests.engine.monde import DEMARCHE_ID, Monde, embauche, program_of
from tests.engine.parcours import ready_until
from tests.engine.test_corpus import CORPUS, play_file
from workflows.engine import evolve as evolve_module
from workflows.engine import upcasters
from workflows.engine.evolve import fold
from workflows.engine.facts import Event
from workflows.engine.state import FORMAT, DemarcheState
from workflows.engine.upcasters import CURRENT, FACTS, UnknownFact
from workflows.engine.wording import describe, famille

HERE = Path(__file__).parent
JOURNAUX = HERE / "journaux"
EMPREINTES = HERE / "empreintes.json"
REWRITE = os.environ.get("REECRIRE") == "1"
PACKAGES = ("workflows", "activities", "api", "store", "rules", "cli", "demo")


# --- what may import what


def test_a_planted_import_is_found(tmp_path: Path) -> None:
    """Rule of the core: the engine knows neither Temporal, nor the database, nor our other packages."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "workflows/engine/plante.py").write_text("import temporalio\nfrom store import session\n")
    (tmp_path / "rules/plante.py").write_text("from activities import outcome\n")
    done = subprocess.run(
        [str(program("lint-imports")), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    for broken in (
        "workflows.engine.plante -> temporalio",
        "workflows.engine.plante -> store.session",
        "rules.plante -> activities.outcome",
    ):
        assert broken in done.stdout.replace("(l.1)", "").replace("(l.2)", ""), done.stdout[-2000:]


def test_evolve_knows_facts_only() -> None:
    """Folding loads no rule, no expression, no calendar: nothing of what may change under a recorded journal."""
    script = "import sys, json; import workflows.engine.evolve; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    ours = {name for name in loaded if name.split(".")[0] in (*PACKAGES, "tests")}
    assert ours <= {
        "workflows",
        "workflows.engine",
        *(f"workflows.engine.{name}" for name in ("evolve", "facts", "state")),
    }
    assert not loaded & {"cel_expr_python", "holidays", "temporalio", "sqlalchemy"}


def test_the_engine_reads_no_clock() -> None:
    for module in (ROOT / "workflows/engine").rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
        clocks = ("datetime.now", "date.today", "time.time", "datetime.utcnow", "uuid.uuid4", "random.random")
        assert not [call for call in calls if call in clocks], module


# --- facts


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_fact_is_folded_or_declared_without_trace(name: str) -> None:
    default = evolve_module._apply.dispatch(object)
    assert evolve_module._apply.dispatch(FACTS[name]) is not default


def fingerprint(model: Any) -> str:
    schema = json.dumps(model.model_json_schema(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(schema.encode()).hexdigest()[:16]


def test_a_fact_that_changes_shape_changes_version() -> None:
    """Facts are never redefined. A new shape: a new class default of `v`, an upcaster, and a journal of the old one.

    `REECRIRE=1` records a new version; it refuses to record another shape of a known one.
    """
    known: dict[str, dict[str, str]] = json.loads(EMPREINTES.read_text(encoding="utf-8"))
    current = {name: (str(CURRENT[name]), fingerprint(kind)) for name, kind in FACTS.items()}
    current["DemarcheState"] = (str(FORMAT), fingerprint(DemarcheState))
    for name, (version, digest) in current.items():
        if REWRITE:
            known.setdefault(name, {}).setdefault(version, digest)
        assert known.get(name, {}).get(version) == digest, (
            f"{name} v{version} has another shape than the one recorded: give it a new version and an upcaster"
        )
    assert set(known) <= set(current), "a fact that was ever recorded must stay readable"
    if REWRITE:
        EMPREINTES.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def recorded(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("file", sorted(JOURNAUX.glob("*.jsonl")), ids=lambda file: file.stem)
def test_journals_of_every_version_still_fold(file: Path) -> None:
    """The first lines of a file are events as they were recorded, the last one the state they led to."""
    *events, state = recorded(file)
    folded = fold(DemarcheState(demarche_id=DEMARCHE_ID), [upcasters.read(event) for event in events])
    assert folded == DemarcheState.model_validate(state)


def test_the_journals_have_every_fact_at_every_version() -> None:
    seen = {
        (event["fact"]["type"], event["fact"]["v"])
        for file in JOURNAUX.glob("*.jsonl")
        for event in recorded(file)[:-1]
    }
    shipped = {(name, v) for name, last in CURRENT.items() for v in range(1, last + 1)}
    assert seen >= shipped, sorted(shipped - seen)


def test_every_line_of_the_timeline_has_its_words() -> None:
    """TL-03: no fact that readers see is shown by its technical name."""
    told: set[str] = set()
    for file in JOURNAUX.glob("*.jsonl"):
        *events, state = recorded(file)
        after = DemarcheState.model_validate(state)
        example = HERE / "corpus" / f"{file.stem.rsplit('-', 1)[0]}.yaml"
        modele = (play_file(example).program if example.exists() else embauche()).modele
        for event in (Event.model_validate(event) for event in events):
            if famille(event.fact) != "systeme":
                line = describe(event, modele, after)
                assert line.titre and line.titre != event.fact.type
                # A name alone says nothing of what happened (TL-03).
                assert line.titre not in {document.titre for document in after.documents.values()}
                told.add(event.fact.type)
    assert len(told) > 35


def test_upcasters(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old fact passes through every version between; one from the future is refused by name."""
    event: dict[str, Any] = {
        "seq": 1,
        "command_id": "c",
        "at": "2026-03-02T08:00:00Z",
        "actor": {"kind": "system", "id": "system", "name": "eLaska", "role": "system"},
        "fact": {"type": "PieceRefused", "v": 1, "piece": "cni", "raison": "flou"},
    }
    monkeypatch.setitem(CURRENT, "PieceRefused", 3)
    monkeypatch.setitem(
        upcasters._UPCASTERS,
        ("PieceRefused", 1),
        lambda fact: (
            {key: value for key, value in fact.items() if key != "raison"} | {"motif": fact["raison"]}
        ),
    )
    with pytest.raises(UnknownFact, match="v2 to v3"):
        upcasters.read(event)
    monkeypatch.setitem(
        upcasters._UPCASTERS, ("PieceRefused", 2), lambda fact: fact | {"motif": fact["motif"].capitalize()}
    )
    fact = upcasters.read(event).fact
    assert fact.v == 3 and fact.motif == "Flou"  # type: ignore[union-attr]
    assert event["fact"]["v"] == 1, "what was recorded is left as it was"
    for name, version in (("PieceRefused", 4), ("Inconnu", 1)):
        with pytest.raises(UnknownFact):
            upcasters.read(event | {"fact": {"type": name, "v": version}})


# --- Temporal


def test_no_search_attribute_and_no_memo() -> None:
    """SEC-05: they are never encrypted. None is ever set, so none can name anybody."""
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                used = (
                    node.arg
                    if isinstance(node, ast.keyword)
                    else node.attr
                    if isinstance(node, ast.Attribute)
                    else node.id
                    if isinstance(node, ast.Name)
                    else ""
                )
                forbidden = (
                    "search_attributes",
                    "upsert_search_attributes",
                    "memo",
                    "static_summary",
                    "upsert_memo",
                )
                assert used not in forbidden, f"{file}: {used}"


# --- recording


def journals() -> dict[str, Monde]:
    """The démarches whose journals make the corpus."""
    monde = ready_until("termine")
    monde.send("ValidateEtape", etape="termine")
    found = {"embauche": monde, "rappel": ready_until("informations_salarie")}
    found["rappel"].later(days=5)
    for file in CORPUS:
        found[file.stem] = play_file(file)
    clock = Monde(program_of(json.loads((HERE / "horloge.json").read_text(encoding="utf-8"))))
    clock.open()
    virtual = {"virtual": clock.now, "real": clock.now, "factor": 2.0}
    clock.send("SetHorloge", "systeme", horloge=virtual)
    clock.send(
        "Reassign", membre=clock.state.equipe[0].model_copy(update={"user_id": "autre", "nom": "Autre"})
    )
    clock.send("AddRenfort", user_id="autre", nom="Autre", libelle="Expert fiscal")
    clock.send("RemoveRenfort", user_id="autre")
    clock.send("SetPriorite", priorite="urgente")
    found["horloge"] = clock
    return found


@pytest.mark.skipif(not REWRITE, reason="records new journals")
def test_record_the_journals() -> None:
    """`REECRIRE=1`: adds the journals that bring a fact or a version not seen yet; never touches a file."""
    JOURNAUX.mkdir(exist_ok=True)
    seen = {(e["fact"]["type"], e["fact"]["v"]) for f in JOURNAUX.glob("*.jsonl") for e in recorded(f)[:-1]}
    for name, monde in journals().items():
        made = {(event.fact.type, event.fact.v) for event in monde.journal}
        if made - seen:
            seen |= made
            version = len(list(JOURNAUX.glob(f"{name}-*.jsonl"))) + 1
            lines = [event.model_dump_json() for event in monde.journal] + [monde.state.model_dump_json()]
            (JOURNAUX / f"{name}-{version}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
