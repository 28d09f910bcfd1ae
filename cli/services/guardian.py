"""Watches its parent through a pipe: when the supervisor disappears, even by `kill -9`, stops its children.

Started as `python -m cli.services.guardian LIST` with the supervisor's pipe as standard input and the folder's
lock inherited, so that nobody starts on the folder before it is done.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from cli.services.registry import stop_leftovers


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    stop_leftovers(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
