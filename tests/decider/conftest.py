"""A firm on this worker's database."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.bureau import Bureau
from tests.conftest import Database
from tests.modeles_essai import essai


@pytest_asyncio.fixture(loop_scope="session")
async def bureau(database: Database) -> AsyncIterator[Bureau]:
    made = Bureau()
    await made.set_up()
    await made.publish(essai())
    yield made
