"""List of the running children, on disk, so that nothing survives a supervisor that was killed.

It is read by the guardian (when the supervisor disappears) and by the next start on the same folder.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

from cli.services.process import Child, kill_tree, sweep_group

GRACE_S = 10.0


def write(file: Path, children: Iterable[Child]) -> None:
    """Replace the list at once, so that a reader never sees half of it."""
    rows = [
        {"nom": c.program.name, "pid": c.pid, "debut": c.created, "signal": int(c.program.stop_signal)}
        for c in children
    ]
    draft = file.with_suffix(".tmp")
    draft.write_text(json.dumps(rows), encoding="utf-8")
    draft.replace(file)


def stop_leftovers(file: Path) -> list[str]:
    """Stop every listed process that still runs; returns their names, in the order they were stopped.

    A process is recognised by its number and its start time, so that a number used again by another program
    is never touched.
    """
    if not file.exists():
        return []
    stopped: list[str] = []
    # Started last, stopped first: the programs before the database they write to.
    for row in reversed(json.loads(file.read_text(encoding="utf-8"))):
        try:
            process = psutil.Process(row["pid"])
            if abs(process.create_time() - row["debut"]) > 0.5:
                continue
            process.send_signal(signal.Signals(row["signal"]))
            process.wait(GRACE_S)
        except psutil.NoSuchProcess:
            continue
        except psutil.TimeoutExpired:
            kill_tree(row["pid"])
        finally:
            sweep_group_of(row)
        stopped.append(row["nom"])
    file.unlink(missing_ok=True)
    return stopped


def sweep_group_of(row: dict[str, object]) -> None:
    """End the rest of a listed group, unless its number now belongs to a program that is not ours."""
    pid = row["pid"]
    if isinstance(pid, int) and not psutil.pid_exists(pid):
        sweep_group(pid)
