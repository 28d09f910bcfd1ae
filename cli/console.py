"""What the commands print: progress on the error stream, results on the standard one."""

from __future__ import annotations

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """One line of progress."""
    err.print(f"[dim]→[/dim] {text}")
