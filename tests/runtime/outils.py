"""What the runtime tests share: a supervisor in a process of its own, and what is left of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from cli.paths import ROOT

SUPERVISOR = """
import signal, sys, time
from pathlib import Path
from cli.stack import Stack
# Tests run in the background of a shell inherit an ignored SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
with Stack(Path(sys.argv[1]), services={"postgres", "temporal"}, durable=False):
    print("pret", flush=True)
    time.sleep(600)
"""


def start_supervisor(folder: Path) -> subprocess.Popen[str]:
    """A stack held by another process; returns when it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(folder)], stdout=subprocess.PIPE, text=True, env=child_env()
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "pret\n"
    return process


def child_env() -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("ELASKA_", "PYTEST_"))
    }
    return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}


def processes_of(folder: Path) -> list[psutil.Process]:
    """Every process whose command line names the folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(folder) in argument for argument in process.info["cmdline"] or []):
            found.append(process)
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.05)
