"""Fixtures that every test folder may use: a real PostgreSQL and a real Temporal, once per test worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """PostgreSQL and Temporal. `stack.postgres.create_database(name)` then `.url(name)` make a private database."""
    folder: Path = tmp_path_factory.mktemp("pile")
    with Stack(folder, services={"postgres", "temporal"}, durable=False, demo_clock=True) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """PostgreSQL alone, for tests that need no Temporal."""
    folder: Path = tmp_path_factory.mktemp("base")
    with Stack(folder, services={"postgres"}, durable=False) as running:
        yield running
