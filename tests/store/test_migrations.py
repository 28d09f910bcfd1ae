"""Revisions of the database, down and up again on the real PostgreSQL."""

import uuid
from collections.abc import Iterator

import pytest
from alembic import command
from psycopg import sql
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from store.migrer import alembic_config, check, migrate
from tests.conftest import TEMPLATE, Services

BACK = "0030"
"""How far down: enough for what an update that goes wrong takes back."""


@pytest.fixture
def copy(services: Services) -> Iterator[str]:
    """Address of a database of one's own, at the last revision."""
    name = f"elaska_revisions_{uuid.uuid4().hex[:8]}"
    with services.connect() as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
        )
        yield services.url(name)
        admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


async def test_the_newest_revisions_go_down_and_up_again(copy: str) -> None:
    def down(connection: Connection) -> None:
        command.downgrade(alembic_config(connection), BACK)
        connection.commit()

    engine = create_async_engine(copy, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(down)
    await engine.dispose()
    await migrate(copy)
    await check(copy)
