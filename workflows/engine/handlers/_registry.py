"""Dispatch of a command to its handler, by the command's class."""

from __future__ import annotations

from functools import singledispatch

from workflows.engine.commands import Command
from workflows.engine.turn import Turn


@singledispatch
def handle(command: Command, turn: Turn) -> None:
    """Say the facts that a command leads to, or raise Refusal."""
    raise TypeError(f"no handler for {type(command).__name__}")
