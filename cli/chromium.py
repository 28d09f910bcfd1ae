"""Finds a Chromium for the browser tests, or gets one, or says the one line that gets one."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from cli.console import say
from cli.errors import Refusal

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT_PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-liberation")
APT_LINE = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(APT_PACKAGES)}"
PLAYWRIGHT_LINE = f"{sys.executable} -m playwright install --with-deps chromium"


def require() -> Path:
    """Path of a Chromium that starts.

    Looked for in the CHROMIUM variable, among the installed programs, in Playwright's own downloads. When there
    is none, it is installed by apt (root on Debian, whose package is a real browser) or by Playwright.
    Raises Refusal with the line to type when nothing works.
    """
    asked = os.environ.get(VARIABLE)
    if asked:
        if starts(Path(asked)):
            return Path(asked)
        raise Refusal(f"Le navigateur indiqué par {VARIABLE} ({asked}) ne démarre pas.")
    found = installed()
    if found is None and debian() and os.geteuid() == 0:
        say("Installation de Chromium par apt…")
        apt("update", "-q")
        apt("install", "-y", "-q", "--no-install-recommends", *APT_PACKAGES)
        found = installed()
    if found is None:
        say("Téléchargement de Chromium par Playwright…")
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=sys.stderr
        )
        found = installed()
    if found is None:
        line = APT_LINE if debian() else PLAYWRIGHT_LINE
        raise Refusal(
            "Les tests dans le navigateur demandent Chromium, qui n'a pas pu être installé.\n"
            f"  Installez-le, puis relancez :\n\n    {line}"
        )
    return found


def installed() -> Path | None:
    candidates = [Path(path) for name in NAMES if (path := shutil.which(name))]
    candidates += downloaded()
    return next((path for path in candidates if starts(path)), None)


def downloaded() -> list[Path]:
    """The browser of this version of Playwright, when it has been downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return [path] if path.exists() else []


def starts(path: Path) -> bool:
    """Whether the program runs: on Ubuntu, `chromium` may be a note that points to a snap."""
    try:
        command = [str(path), "--version"]
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def debian() -> bool:
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def apt(*arguments: str) -> None:
    """Run apt-get; a failure shows in what is found afterwards."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", *arguments], env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
