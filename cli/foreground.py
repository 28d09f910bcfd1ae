"""Keeps a stack in the foreground until a person, or the system, asks it to end."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from cli.console import err
from cli.stack import Stack


class Interruption:
    """Turns Ctrl-C, a closed terminal and `kill` into one orderly end; a second Ctrl-C kills at once."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.stack: Stack | None = None

    def install(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if not self.asked.is_set():
            self.asked.set()
            # During the start nothing waits on the event yet: the exception unwinds what has been started.
            if self.stack is None:
                raise KeyboardInterrupt
            return
        if number == signal.SIGINT and self.stack is not None:
            err.print("Arrêt immédiat.")
            self.stack.kill_all()


def hold(stack: Stack, interruption: Interruption) -> None:
    """Wait for the end; the stack is stopped by its context manager."""
    interruption.stack = stack
    interruption.asked.wait()
    err.print("\nArrêt en cours… (Ctrl-C une seconde fois pour arrêter sans attendre)")
