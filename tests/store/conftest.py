"""Fixtures of the store's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from obstore.store import LocalStore
from sqlmodel.ext.asyncio.session import AsyncSession

from store.crypto import Keyring, MasterKeys
from store.files import FileStore
from store.session import session_scope
from store.settings import settings
from tests.conftest import Database


@pytest.fixture
def keyring(database: Database) -> Keyring:
    return Keyring(MasterKeys.from_settings(settings()))


@pytest_asyncio.fixture(loop_scope="session")
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A transaction committed at the end of the test."""
    async with session_scope() as opened:
        yield opened


@pytest.fixture
def files_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "fichiers"
    folder.mkdir()
    return folder


@pytest.fixture
def files(files_folder: Path) -> FileStore:
    return FileStore(LocalStore(str(files_folder)))
