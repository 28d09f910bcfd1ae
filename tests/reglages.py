"""The installation's settings, for the time of a block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from store.settings import settings


@contextmanager
def regle(**variables: str | None) -> Iterator[None]:
    """Settings read with these variables of the environment (without those that are None), and as they were before once
    the block has ended, however it ends."""
    try:
        with pytest.MonkeyPatch.context() as environment:
            for name, value in variables.items():
                if value is None:
                    environment.delenv(name)
                else:
                    environment.setenv(name, value)
            settings.cache_clear()
            yield
    finally:
        settings.cache_clear()
