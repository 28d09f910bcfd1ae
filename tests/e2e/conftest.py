"""One stack with every service and the demonstration's people; a browser for each file of tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from cli import chromium, ui_build
from cli.demo import programs_env
from cli.paths import ROOT, UI_DIST
from cli.stack import Stack
from demo.acteurs import Adresses
from tests.conftest import private_folder
from tests.e2e.navigation import BROWSER_OPTIONS, PATIENCE_MS, Monde, Navigation
from tests.fakes.stripe import KEY as STRIPE_KEY
from tests.fakes.stripe import WEBHOOK_SECRET, FakeStripe
from tests.fakes.yousign import KEY as YOUSIGN_KEY
from tests.fakes.yousign import WEBHOOK_SECRET as YOUSIGN_SECRET
from tests.fakes.yousign import FakeYousign

INSTALL = "import asyncio, json; from demo import cabinet; print(json.dumps(asyncio.run(cabinet.installe())))"
# Screens built elsewhere, for someone who writes tests while the screens are being changed.
SCREENS = "TESTS_ELASKA_ECRANS"

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def fake_stripe() -> Iterator[FakeStripe]:
    """A payment provider on this machine, which the stack is set to use."""
    with FakeStripe() as server:
        yield server


@pytest.fixture(scope="session")
def ecrans() -> Iterator[Path]:
    """The screens that the stack serves: a copy, which a test may replace by a newer version."""
    if SCREENS not in os.environ:
        ui_build.build(lambda _: None)
    with private_folder() as folder:
        yield Path(shutil.copytree(os.environ.get(SCREENS, UI_DIST), folder / "ecrans"))


@pytest.fixture(scope="session")
def fake_yousign() -> Iterator[FakeYousign]:
    """A signature service on this machine, which the stack is set to use."""
    with FakeYousign() as server:
        yield server


@pytest.fixture
def yousign(pile: Stack, fake_yousign: FakeYousign) -> FakeYousign:
    """The same, which tells the stack of what is signed."""
    fake_yousign.webhook_url = f"{pile.base_url}/api/signatures/yousign"
    return fake_yousign


@pytest.fixture(scope="session")
def pile(fake_stripe: FakeStripe, fake_yousign: FakeYousign, ecrans: Path) -> Iterator[Stack]:
    """Every service, on a folder of its own, with démarches whose clock can be moved."""
    payment = {
        "ELASKA_STRIPE_URL": fake_stripe.url,
        "ELASKA_STRIPE_KEY": STRIPE_KEY,
        "ELASKA_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "ELASKA_YOUSIGN_URL": fake_yousign.url,
        "ELASKA_YOUSIGN_KEY": YOUSIGN_KEY,
        "ELASKA_YOUSIGN_WEBHOOK_SECRET": YOUSIGN_SECRET,
    }
    with (
        private_folder() as folder,
        Stack(
            folder / "donnees",
            demo_clock=True,
            durable=False,
            build_ui=False,
            extra_env=payment | {"ELASKA_UI_DIR": str(ecrans), "ELASKA_MODELES_DIR": str(_modeles(folder))},
        ) as running,
    ):
        yield running


def _modeles(folder: Path) -> Path:
    """The modèles, their forms and their documents in a folder that the author's screens may write."""
    for name in ("process_templates", "forms", "services", "documents"):
        shutil.copytree(ROOT / name, folder / "modeles" / name)
    return folder / "modeles"


@pytest.fixture(scope="session")
def monde(pile: Stack) -> Monde:
    """The firm of the demonstration and its clients, without any démarche."""
    done = subprocess.run(
        [sys.executable, "-c", INSTALL], env=programs_env(pile), capture_output=True, text=True, check=True
    )
    return Monde(Adresses(pile.base_url, pile.mail_url), json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """A Chromium. By file, not by session: Playwright keeps the thread's event loop for itself, and the
    asynchronous tests that run before or after in the same process need theirs.
    """
    path = Path(os.environ[chromium.VARIABLE]) if chromium.VARIABLE in os.environ else chromium.require()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(BROWSER_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def nav(monde: Monde, chrome: Browser) -> Iterator[Navigation]:
    """Windows for whoever is needed; the test fails if one of them complained in its console."""
    with Navigation(monde, chrome) as opened:
        yield opened
        faults = opened.faults()
    assert not faults, "\n".join(faults)
