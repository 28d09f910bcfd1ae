"""Lighthouse on the portal, as on a phone: accessibility, best practices, speed, with compression on.

The real stack serves the built screens. Lighthouse is fetched by npm the first time, outside of the product's own
packages: 114 packages and 176 MB would slow every installation for a measure made now and then. A busy machine lowers
the speed that it deduces: the load is in the report.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bench._report import Report
from cli import chromium
from cli.demo import programs_env
from cli.paths import HOME
from cli.stack import Stack
from cli.ui_build import node_env
from demo.acteurs import Acteur, Adresses
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, Embauche, Salarie, jours

VERSION = "13.5.0"
FOLDER = HOME / "phare"
TRIES = 3
"""Of one run: on a busy machine a trace may lack the start of the page, and Lighthouse gives up (NO_NAVSTART)."""
GOALS = {"accessibility": 100.0, "best-practices": 95.0, "performance": 90.0}
NAMES = {"accessibility": "accessibilité", "best-practices": "bonnes pratiques", "performance": "vitesse"}
INSTALL = "import asyncio, json; from demo import cabinet; print(json.dumps(asyncio.run(cabinet.installe())))"
CLIENT, CONSEILLER = CLIENTS[0], EQUIPE[0]


def program() -> Path:
    """Lighthouse's own command, fetched once."""
    entry = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not entry.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [
                str(Path(sys.executable).parent / "npm"),
                "install",
                f"--prefix={FOLDER}",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                f"lighthouse@{VERSION}",
            ],
            env=node_env() | {"NODE_ENV": ""},
            check=True,
            stdout=sys.stderr,
        )
    return entry


@contextmanager
def served() -> Iterator[Stack]:
    """Every service, with the people of the demonstration."""
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder) / "donnees", durable=False) as stack:
        yield stack


def pages(stack: Stack) -> dict[str, tuple[str, str]]:
    """Pages of the portal, by name: address and session (none for the first)."""
    done = subprocess.run(
        [sys.executable, "-c", INSTALL], env=programs_env(stack), capture_output=True, text=True, check=True
    )
    tiers = json.loads(done.stdout.splitlines()[-1])
    adresses = Adresses(stack.base_url, stack.mail_url)
    client = Acteur.connecte(adresses, CLIENT.email)
    conseiller = Acteur.connecte(adresses, CONSEILLER.email, CONSEILLER.seed)
    today = datetime.now(PARIS).date()
    salarie = Salarie(
        "Léa", "Martin", "femme", today.replace(year=today.year - 25), "Vendeuse", jours(20, today)
    )
    e = Embauche(adresses, client, conseiller, salarie, tiers_id=tiers[CLIENT.cle])
    e.declare()
    e.valide_demande()
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies().items())
    return {
        "connexion": ("/connexion", ""),
        "accueil": ("/", cookie),
        "démarches": ("/demarches", cookie),
        "démarche": (e.path, cookie),
        "documents": ("/documents", cookie),
        "formulaire": ("/services/embauche", cookie),
        "historique": ("/historique", cookie),
    }


def measure(url: str, cookie: str, browser: Path) -> dict[str, Any]:
    """One run of Lighthouse, on its simulated phone and network."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "rapport.json"
        command = [
            str(Path(sys.executable).parent / "node"),
            str(program()),
            url,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(GOALS)}",
            "--chrome-flags=--headless=new --no-sandbox",
            *([f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []),
        ]
        env = {**os.environ, "CHROME_PATH": str(browser)}
        for left in reversed(range(TRIES)):
            done = subprocess.run(command, env=env, check=not left, stdout=sys.stderr)
            if not done.returncode:
                break
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found


def scores(found: dict[str, Any]) -> dict[str, float]:
    """Scores out of 100; what Lighthouse could not measure is left out."""
    return {
        key: round(100 * category["score"])
        for key, category in found["categories"].items()
        if category["score"] is not None
    }


def faults(found: dict[str, Any]) -> list[str]:
    """What costs points, but for speed, whose figures say it."""
    return sorted(
        {
            f"{found['audits'][ref['id']]['title']} ({ref['id']})"
            for key, category in found["categories"].items()
            if key != "performance"
            for ref in category["auditRefs"]
            if ref["weight"]
            and (found["audits"][ref["id"]]["score"] or 0) < 1
            and found["audits"][ref["id"]]["scoreDisplayMode"]
            not in ("notApplicable", "manual", "informative")
        }
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--essais", type=int, default=3, help="mesures par page ; la médiane compte")
    parser.add_argument("--page", action="append", help="seulement ces pages")
    options = parser.parse_args()
    browser = chromium.require()
    program()
    report = Report("phare")
    worst: dict[str, list[float]] = {key: [] for key in GOALS}
    with served() as stack:
        for name, (address, cookie) in pages(stack).items():
            if options.page and name not in options.page:
                continue
            runs = [measure(stack.base_url + address, cookie, browser) for _ in range(options.essais)]
            told = [scores(run) for run in runs]
            medians = {
                key: statistics.median(found)
                for key in GOALS
                if (found := [each[key] for each in told if key in each])
            }
            figures = {
                key: runs[-1]["audits"][audit].get("numericValue")
                for key, audit in (
                    ("fcp_ms", "first-contentful-paint"),
                    ("lcp_ms", "largest-contentful-paint"),
                    ("tbt_ms", "total-blocking-time"),
                    ("cls", "cumulative-layout-shift"),
                )
            }
            report.mesures[name] = {
                **{NAMES[key]: value for key, value in medians.items()},
                **{key: round(value, 3) for key, value in figures.items() if value is not None},
                "a_corriger": sorted({fault for run in runs for fault in faults(run)}),
            }
            for key, value in medians.items():
                worst[key].append(value)
    for key, goal in GOALS.items():
        if worst[key]:
            report.goal(f"{NAMES[key]}, pire page", min(worst[key]), goal, "min")
    return report.print(options.json)


if __name__ == "__main__":
    raise SystemExit(main())
