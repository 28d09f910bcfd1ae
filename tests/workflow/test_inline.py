"""The shell's activations run on the worker's own thread."""

from __future__ import annotations

import asyncio
import threading

import pytest

from workflows.inline import Inline


async def test_it_is_done_here_and_the_loop_is_given_back() -> None:
    loop = asyncio.get_running_loop()

    def activate() -> int:
        asyncio._set_running_loop(None)
        return threading.get_ident()

    assert await loop.run_in_executor(Inline(), activate) == threading.get_ident()
    assert asyncio.get_running_loop() is loop


async def test_an_error_is_the_answer() -> None:
    def activate() -> None:
        raise ValueError("non")

    with pytest.raises(ValueError, match="non"):
        await asyncio.get_running_loop().run_in_executor(Inline(), activate)
