"""The launcher: its environment, its locks, its words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

from cli.paths import ROOT
from tests.runtime.outils import child_env

LAUNCHER = ROOT / "elaska"
LOCKS = ["requirements.lock", "requirements-dev.lock"]
ADDRESS = re.compile(r"https?:|ftp:|file:|git\+|//|--(extra-)?index-url|--find-links|\s@\s")
ENTRY = re.compile(r"^([a-z0-9._-]+)==(\S+?)(?:\s*;[^\\]*)?\s*\\$")


def run(
    *arguments: str, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LAUNCHER), *arguments],
        cwd=cwd,
        env=env or child_env(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_versions_and_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not ADDRESS.findall(text)
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) > 80
    for block in blocks:
        first, *rest = block.splitlines()
        assert ENTRY.match(first), first
        assert rest, f"{first} has no hash"
        assert all(re.match(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in rest), block


def test_screens_lock_holds_no_address() -> None:
    lock = ROOT / "ui" / "package-lock.json"
    assert '"resolved"' not in lock.read_text(encoding="utf-8")


def test_development_lock_adds_to_the_other_and_changes_nothing() -> None:
    def pins(name: str) -> set[str]:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {match[1] + "==" + match[2] for line in lines if (match := ENTRY.match(line))}

    assert pins("requirements.lock") < pins("requirements-dev.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_every_asked_package_is_locked(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {re.split(r"[\[=<>~!]", line)[0] for line in project["project"]["dependencies"]}
    locked = {
        line.split("==")[0] for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "==" in line
    }
    assert len(asked) > 30
    assert {re.sub(r"[-_.]+", "-", package.lower()) for package in asked} <= locked


def test_help_is_in_french_from_anywhere(tmp_path: Path) -> None:
    # A folder that would shadow ours if the current folder were searched first.
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "__init__.py").write_text("raise SystemExit('mauvais paquet')", encoding="utf-8")
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    for word in ("Démarre eLaska", "Lance tous les contrôles", "Affiche cette aide", "Commandes"):
        assert word in done.stdout
    assert "Show this message" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rien"], "Commande inconnue : « rien »"),
        (["up", "--rien"], "Option inconnue : --rien"),
        (["up", "--port", "abc"], "pas acceptée"),
        (["bench", "rien"], "Mesure inconnue"),
        (["test", "rien"], "Étape inconnue"),
    ],
)
def test_a_wrong_command_is_explained(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_python_without_venv_gives_the_line_to_type(tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ImportError('not packaged')", encoding="utf-8")
    env = {**child_env(), "PYTHONPATH": str(tmp_path), "ELASKA_ENVIRONNEMENT": str(tmp_path / "env")}
    env.pop("PYTHONSAFEPATH")
    done = run("--help", env=env)
    assert done.returncode == 1
    assert "apt-get install -y --no-install-recommends python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_first_starts_at_once_make_one_sound_environment(tmp_path: Path) -> None:
    home = tmp_path / "env"
    env = {**child_env(), "ELASKA_ENVIRONNEMENT": str(home)}
    # The base interpreter, as a person's shell would give it, not the one of the tests' environment.
    env["PATH"] = os.pathsep.join(
        part for part in env["PATH"].split(os.pathsep) if part != sysconfig.get_path("scripts")
    )
    command = [str(LAUNCHER), "--help"]
    starts = [
        subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [start.communicate(timeout=170) for start in starts]
    assert [start.returncode for start in starts] == [0, 0], outputs
    installs = sum("Installation des paquets" in errors for _, errors in outputs)
    assert installs == 1
    again = run("--help", env=env)
    assert "Installation" not in again.stderr
    probe = "import temporalio, fastapi, sqlmodel, weasyprint, cel_expr_python"
    subprocess.run([str(home / "venv" / "bin" / "python"), "-c", probe], check=True, capture_output=True)
    assert sys.version_info[:2] in {(3, 11), (3, 12), (3, 13)}


def test_no_test_at_all_is_a_failure() -> None:
    done = run(
        "test",
        "imports",
        "python",
        "--pytest",
        "-n 0 -k aucun_test_ne_porte_ce_nom tests/runtime/test_launcher.py",
    )
    assert done.returncode != 0
    assert "Aucun test n'a été exécuté" in done.stderr
