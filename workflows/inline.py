"""Where the shell's activations run: in the worker's own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Inline(ThreadPoolExecutor):
    """Runs what it is given at once, on the calling thread: the SDK's pool of threads, without one.

    An activation folds a few facts: handing it to another thread and back costs more than doing it. Only for a shell
    whose steps are short and bounded: what never ended would hold the whole worker.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        # A workflow is an event loop of its own: it takes the place of the worker's while it runs.
        loop = asyncio._get_running_loop()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
        finally:
            asyncio._set_running_loop(loop)
        return done
