"""One stack per data folder: an exclusive lock held for as long as the stack lives."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import psutil

from cli.errors import Refusal

# After a brutal end, the guardian still holds the lock while it stops what was left running.
GUARDIAN_PATIENCE_S = 25.0


class AlreadyRunning(Refusal):
    """A stack runs on this folder."""


class FolderLock:
    """`flock` on a file of the data folder, which also tells who holds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.descriptor = -1

    def acquire(self) -> None:
        """Take the lock, or refuse when a running stack holds it."""
        descriptor = os.open(self.folder / "verrou", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + GUARDIAN_PATIENCE_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
                alive = owner.isdigit() and psutil.pid_exists(int(owner))
                if alive or time.monotonic() > deadline:
                    os.close(descriptor)
                    raise AlreadyRunning(
                        f"eLaska tourne déjà sur le dossier {self.folder}"
                        f"{f' (processus {owner})' if alive else ''}. "
                        "Arrêtez-le d'abord (Ctrl-C), ou choisissez un autre dossier avec « --donnees »."
                    ) from None
                time.sleep(0.1)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        self.descriptor = descriptor

    def release(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
