"""The embedded Temporal: the development server of the wheel, its state in one SQLite file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cli.paths import program
from cli.services.ports import HOST
from cli.services.process import Program

NAMESPACE = "default"
# The server's default of 20 polls a second makes each action wait for a 50 ms tick.
DYNAMIC_CONFIG = (
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    "history.visibilityProcessorMaxPollRPS=2000",
    "history.shardIOConcurrency=8",
)


class Temporal:
    """One development server."""

    def __init__(self, folder: Path, port: int, *, ui_port: int | None = None) -> None:
        self.file = folder / "temporal" / "temporal.db"
        self.port = port
        self.ui_port = ui_port
        self.address = f"{HOST}:{port}"

    def prepare(self) -> None:
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def program(self, log: Path) -> Program:
        command = [str(program("temporal")), "server", "start-dev", "--ip", HOST, "--port", str(self.port)]
        command += ["--db-filename", str(self.file), "--log-format", "json", "--log-level", "warn"]
        command += ["--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"]
        for value in DYNAMIC_CONFIG:
            command += ["--dynamic-config-value", value]
        command += ["--headless"] if self.ui_port is None else ["--ui-port", str(self.ui_port)]
        env = {
            name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "ELASKA_"))
        }
        return Program(name="temporal", command=command, env=env, log=log, ready=self.serves)

    def serves(self) -> bool:
        """Whether the server is healthy and knows its namespace."""
        command = [str(program("temporal")), "operator", "namespace", "describe", "-n", NAMESPACE]
        command += ["--address", self.address, "--command-timeout", "3s"]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
