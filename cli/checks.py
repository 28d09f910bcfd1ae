"""`elaska test`: every check and every test, in one command; the same one on a desk and on the CI machine."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cli import chromium, client, ui_build
from cli.console import err, say
from cli.errors import Refusal
from cli.paths import ROOT, UI
from cli.system_libraries import require_pdf_libraries

CHECKED = ("workflows", "activities", "api", "store", "rules", "cli", "demo", "bench", "tests")
TESTS_FAILED = 1
NO_TEST_RAN = 5
MOST_TRIED_AGAIN = 3
"""More failures than this are no accident of timing: nothing is tried again."""


@dataclass(frozen=True)
class Outcome:
    """What a check found: nothing when it is satisfied."""

    complaint: str = ""


def run(asked: list[str], pytest_options: str) -> int:
    """Run the named steps, or all; returns 0 when every one is satisfied and at least one test ran."""
    known = {*CHECKS, "python", "navigateur"}
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise Refusal(
            f"Étape inconnue : {', '.join(unknown)}. Étapes possibles : {', '.join(sorted(known))}."
        )
    steps = set(asked) or known
    require_pdf_libraries()
    # Asked to end, it ends what it runs too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A browser that cannot be had is said at once, not after ten minutes of checks.
    browser = chromium.require() if "navigateur" in steps else None
    failed = run_checks([name for name in CHECKS if name in steps])
    code = 0
    if steps & {"python", "navigateur"}:
        if "navigateur" in steps and "ecrans" not in steps:
            ui_build.build(say)
        code = run_pytest(steps, browser, pytest_options)
    if failed:
        err.print(f"[red]✗ Contrôles en échec : {', '.join(failed)} (détail plus haut)[/red]")
    return code or int(bool(failed))


def run_checks(names: list[str]) -> list[str]:
    """Run checks two by two; prints each as it ends and returns the names of those that complain."""
    failed: list[str] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, outcome, seconds in pool.map(timed, names):
            if outcome.complaint:
                failed.append(name)
                err.print(f"[red]✗ {name}[/red] ({seconds:.0f} s)")
                print(outcome.complaint, file=sys.stderr, flush=True)
            else:
                err.print(f"[green]✓[/green] {name} ({seconds:.0f} s)")
    return failed


def timed(name: str) -> tuple[str, Outcome, float]:
    begun = time.monotonic()
    try:
        outcome = CHECKS[name]()
    except Refusal as refusal:
        outcome = Outcome(str(refusal))
    return name, outcome, time.monotonic() - begun


def run_pytest(steps: set[str], browser: Path | None, options: str) -> int:
    """Run pytest on all cores; its closing line stays the last of its output. No test at all is a failure.

    One more worker than cores drives the browser, which mostly waits (tests/distribution.py).
    The stack's processes, timers and browser share two cores with the tests: the very few that fail are run once more,
    alone. One that then succeeds is named as unstable, for its race to be found, and one that fails again fails.
    """
    workers = (os.cpu_count() or 1) + ({"python", "navigateur"} <= steps)
    command = [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "loadfile"]
    command += ["--no-loadscope-reorder"]  # tests/distribution.py has them in order of duration
    if "navigateur" not in steps:
        command += ["-m", "not navigateur"]
    elif "python" not in steps:
        command += ["-m", "navigateur"]
    command += shlex.split(options)
    env = dict(os.environ)
    if browser is not None:
        env[chromium.VARIABLE] = str(browser)
    with tempfile.TemporaryDirectory() as folder:
        command += ["-o", f"cache_dir={folder}"]
        code = pytest(command, env)
        failed = last_failed(Path(folder)) if code == TESTS_FAILED else []
        if 0 < len(failed) <= MOST_TRIED_AGAIN:
            code = pytest([*command, "-n", "0", "--last-failed"], env)
            if code == 0:
                err.print(
                    f"[yellow]! Tests instables, réussis au second essai : {', '.join(failed)}[/yellow]"
                )
    if code == NO_TEST_RAN:
        err.print("[red]✗ Aucun test n'a été exécuté.[/red]")
    return code


def pytest(command: list[str], env: Mapping[str, str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode


def last_failed(cache: Path) -> list[str]:
    """Names of the tests that failed, from pytest's own cache."""
    return sorted(json.loads((cache / "v" / "cache" / "lastfailed").read_text(encoding="utf-8")))


def tool(*command: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Outcome:
    """Run a program; its output is the complaint when it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(
        "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"code {done.returncode}"
    )


def check_style() -> Outcome:
    return tool(sys.executable, "-m", "ruff", "check", "--quiet", ".", "elaska")


def check_types() -> Outcome:
    present = [name for name in CHECKED if any((ROOT / name).rglob("*.py"))]
    return tool(sys.executable, "-m", "mypy", *present, "elaska")


def check_imports() -> Outcome:
    return tool(str(Path(sys.executable).parent / "lint-imports"), "--no-logo")


def check_client() -> Outcome:
    """The screens' API client must be what the API's own description gives, byte for byte."""
    if not client.CLIENT.exists():
        return Outcome()
    with tempfile.TemporaryDirectory() as folder:
        stale = client.stale(Path(folder))
    names = ", ".join(str(file.relative_to(ROOT)) for file in stale)
    return Outcome(f"{names} : plus à jour. « ./elaska client » réécrit ces fichiers." if stale else "")


def check_screens() -> Outcome:
    """Types, build, unit tests and size budget of the screens."""
    if not (UI / "package.json").exists():
        return Outcome()
    ui_build.build(say)
    for script in ("typecheck", "test", "size"):
        done = ui_build.npm("run", "--silent", script)
        if done.returncode:
            return Outcome(f"npm run {script} :\n{(done.stdout + done.stderr).strip()}")
    return Outcome()


def check_modeles() -> Outcome:
    """Every modèle of the repository can be published, does what its scenarios expect, and the schema that editors use
    is up to date."""
    files = [str(file) for file in sorted((ROOT / "process_templates").glob("*.yaml"))]
    done = Outcome()
    for asked in (("verifier", *files), ("schema", "--controle"), ("tester", *files)):
        done = tool(sys.executable, "-m", "cli", "modele", *asked)
        if done.complaint:
            break
    return done


CHECKS: Mapping[str, Callable[[], Outcome]] = {
    "types": check_types,
    "ecrans": check_screens,
    "style": check_style,
    "imports": check_imports,
    "client": check_client,
    "modeles": check_modeles,
}
