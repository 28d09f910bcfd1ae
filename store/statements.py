"""Statements compiled once and sent to the driver in one go: what every command writes.

The session still owns the connection and the transaction. Only the work of building and compiling statements at
each command is saved: it was most of the processor time of a decision.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """SQL for the driver, with named parameters."""

    sql: str

    @classmethod
    def of(cls, statement: sa.sql.expression.ClauseElement, columns: Iterable[str] = ()) -> "Statement":
        """Compile an insert or update of these columns (parameters bear their names), or a statement as it is."""
        compiled = statement.compile(dialect=_DIALECT, column_keys=list(columns) or None)
        return cls(str(compiled))


@dataclass(frozen=True)
class Call:
    """A statement and its parameters, once for each row."""

    statement: Statement
    rows: Sequence[Row] = field(default=({},))


def insert_into(table: sa.Table, columns: Iterable[str]) -> Statement:
    return Statement.of(sa.insert(table), columns)


def update_by(table: sa.Table, key: str, columns: Iterable[str]) -> Statement:
    """Update of these columns where `key` equals the parameter `this`."""
    return Statement.of(sa.update(table).where(table.c[key] == sa.bindparam("this")), columns)


def delete_by(table: sa.Table, keys: Iterable[str]) -> Statement:
    """Deletion of the row whose `keys` equal the parameters of the same names."""
    return Statement.of(sa.delete(table).where(*(table.c[key] == sa.bindparam(key) for key in keys)))


def upsert_into(table: sa.Table, keys: Sequence[str]) -> Statement:
    """Insert, or replace everything but the keys."""
    statement = insert(table)
    others = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys}
    return Statement.of(
        statement.on_conflict_do_update(index_elements=list(keys), set_=others), [c.name for c in table.c]
    )


async def driver(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    """The driver's connection of a session's transaction."""
    raw = await (await session.connection()).get_raw_connection()
    return cast("psycopg.AsyncConnection[Any]", raw.driver_connection)


@contextmanager
def same_errors() -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy does, so that callers know one family. No parameter is shown."""
    try:
        yield
    except psycopg.Error as error:
        known = DBAPIError.instance("", None, error, psycopg.Error, hide_parameters=True)
        raise known from error


async def fetch_one(session: AsyncSession, statement: Statement, row: Row) -> tuple[Any, ...] | None:
    """First row of a query, in the session's transaction."""
    connection = await driver(session)
    with same_errors():
        cursor = await connection.execute(statement.sql, row, prepare=True)
        return cast("tuple[Any, ...] | None", await cursor.fetchone())


async def run(session: AsyncSession, calls: Iterable[Call]) -> None:
    """Send every call in one round trip, in order, in the session's transaction."""
    connection = await driver(session)
    with same_errors():
        async with connection.pipeline(), connection.cursor() as cursor:
            for call in calls:
                for row in call.rows:
                    await cursor.execute(call.statement.sql, row, prepare=True)
