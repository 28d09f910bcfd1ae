"""The API's description, and the screens' typed client made from it: `elaska client` writes both."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

from cli import ui_build
from cli.console import say
from cli.errors import Refusal
from cli.paths import ROOT, UI

OPENAPI = UI / "openapi.json"
CLIENT = UI / "src" / "shared" / "api" / "schema.d.ts"
# In a process of its own: nobody imports the API. Sorted keys, so that a difference is a real one.
EXPORT = """
import json, sys
from pathlib import Path
from api.app import create_app
text = json.dumps(create_app().openapi(), ensure_ascii=False, indent=2, sort_keys=True)
Path(sys.argv[1]).write_text(text + "\\n", encoding="utf-8")
"""


def export_description(file: Path) -> None:
    """Write the OpenAPI document of the API; no service runs for it, so the settings are empty ones."""
    settings = {
        "ELASKA_DATABASE_URL": "postgresql+psycopg://",
        "ELASKA_STORAGE_URL": file.parent.as_uri(),
        "ELASKA_MASTER_KEY": base64.b64encode(bytes(32)).decode("ascii"),
        "ELASKA_COOKIE_SECURE": "true",
        "PYTHONPATH": str(ROOT),
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ELASKA_")}
    done = subprocess.run(
        [sys.executable, "-c", EXPORT, str(file)],
        env={**inherited, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refusal(f"La description de l'API n'a pas pu être écrite :\n{done.stderr[-3000:]}")


def generate(description: Path, client: Path) -> None:
    """Write the TypeScript types of an OpenAPI document."""
    ui_build.install_packages(say)
    done = ui_build.npm("exec", "--offline", "--", "openapi-typescript", str(description), "-o", str(client))
    if done.returncode:
        raise Refusal(f"Le client de l'API n'a pas pu être écrit :\n{(done.stdout + done.stderr)[-3000:]}")


def write_both() -> None:
    """Bring ui/openapi.json and the client up to date."""
    export_description(OPENAPI)
    generate(OPENAPI, CLIENT)


def stale(folder: Path) -> list[Path]:
    """Files that are no longer what the API gives; `folder` takes the fresh ones."""
    fresh = {OPENAPI: folder / "openapi.json", CLIENT: folder / "schema.d.ts"}
    export_description(fresh[OPENAPI])
    generate(fresh[OPENAPI], fresh[CLIENT])
    return [file for file, new in fresh.items() if not file.exists() or file.read_bytes() != new.read_bytes()]
