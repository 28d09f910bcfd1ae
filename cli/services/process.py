"""One child program: started in its own process group, stopped politely then firmly, its output in a file."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOG_LIMIT_BYTES = 20_000_000


@dataclass(frozen=True)
class Program:
    """How to start, recognise as ready and stop one service."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path
    ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    start_timeout_s: float = 120.0
    # Numeric user and group to run as; only root may set them.
    user: tuple[int, int] | None = None


@dataclass
class Child:
    """A running program."""

    program: Program
    popen: subprocess.Popen[bytes] = field(init=False)
    created: float = field(init=False)

    def __post_init__(self) -> None:
        program = self.program
        if program.log.exists() and program.log.stat().st_size > LOG_LIMIT_BYTES:
            program.log.replace(program.log.with_suffix(".precedent.log"))
        identity: dict[str, object] = {}
        if program.user is not None:
            identity = {"user": program.user[0], "group": program.user[1], "extra_groups": []}
        with program.log.open("ab") as output:
            # Its own process group: a Ctrl-C of the terminal reaches the supervisor only, which stops in order.
            self.popen = subprocess.Popen(  # type: ignore[call-overload]
                program.command,
                env=dict(program.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                **identity,
            )
        try:
            self.created = psutil.Process(self.popen.pid).create_time()
        except psutil.NoSuchProcess:
            self.created = 0.0

    @property
    def pid(self) -> int:
        return self.popen.pid

    def ended(self) -> bool:
        return self.popen.poll() is not None

    def stop(self) -> None:
        """Ask the program to end; after its time-out, kill it and all it started."""
        if not self.ended():
            self.popen.send_signal(self.program.stop_signal)
            try:
                self.popen.wait(self.program.stop_timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
        sweep_group(self.pid)

    def kill(self) -> None:
        """`kill -9` of the program and of all it started."""
        kill_tree(self.pid)
        self.popen.wait()
        sweep_group(self.pid)


def kill_tree(pid: int) -> None:
    """SIGKILL a process and its descendants; PostgreSQL's children leave its group, so the tree is walked."""
    try:
        root = psutil.Process(pid)
        family = [*root.children(recursive=True), root]
    except psutil.NoSuchProcess:
        return
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()


def sweep_group(group: int) -> None:
    """End what is left of a process group whose leader is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
