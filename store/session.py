"""The database engine, and the only place that commits."""

import select
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn
from sqlmodel.ext.asyncio.session import AsyncSession

from store.settings import settings
from store.statements import Call, Statement, same_errors

_engine: AsyncEngine | None = None
_maker: async_sessionmaker[AsyncSession] | None = None


def engine() -> AsyncEngine:
    """The engine of this process and event loop, made at first use."""
    global _engine, _maker
    if _engine is None:
        _engine = create_async_engine(
            settings().database_url,
            pool_size=settings().database_pool_size,
            # One opened beyond the pool would be closed after each use: opening costs more than most queries.
            max_overflow=0,
            pool_timeout=5,
            # An error message must not carry the values of a query into a log.
            hide_parameters=True,
            connect_args={
                "connect_timeout": 3,
                "options": "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=5000",
            },
        )
        event.listen(_engine.sync_engine, "checkout", _refuse_dead)
        _maker = async_sessionmaker(_engine, class_=AsyncSession, expire_on_commit=False)
    return _engine


def _refuse_dead(adapted: Any, record: object, proxy: object) -> None:
    """Before each use: the pool's connections are made again when the server that they were of has gone.

    A connection at rest has nothing to read, unless it was closed at the other end. Looking costs no round trip.
    """
    waiting = select.poll()
    waiting.register(adapted.driver_connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise InvalidatePoolError


async def dispose() -> None:
    """Close every connection; the next `session_scope` opens new ones."""
    global _engine, _maker
    if _engine is not None:
        await _engine.dispose()
    _engine = _maker = None


@asynccontextmanager
async def session_scope() -> AsyncIterator[AsyncSession]:
    """One transaction: committed when the block ends, rolled back when it raises.

    Nobody else commits (tests/rules_of_code/test_commit.py), so a function that takes a session is always
    part of its caller's transaction.
    """
    engine()
    assert _maker is not None
    async with _maker() as session:
        try:
            yield session
        except BaseException:
            await session.rollback()
            raise
        await session.commit()


class Direct:
    """A transaction of the driver's own: what is asked together takes one round trip, all that is written another."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._writes: list[Call] = []

    async def read(self, *calls: Call) -> list[list[tuple[Any, ...]]]:
        """The rows of each query, in order: each query sees what was committed when it began."""
        cursors = []
        async with self._connection.pipeline():
            if self._connection.pgconn.transaction_status == TransactionStatus.IDLE:
                await self._connection.execute(_BEGIN, prepare=True)
            for call in calls:
                for row in call.rows:
                    # Binary: a sealed state would come twice as long as text.
                    cursors.append(
                        await self._connection.execute(call.statement.sql, row, prepare=True, binary=True)
                    )
        return [await cursor.fetchall() for cursor in cursors]

    def write(self, calls: Iterable[Call]) -> None:
        """What to send at the end of the scope, in order, with the commit."""
        self._writes.extend(calls)

    async def _end(self) -> None:
        began = self._connection.pgconn.transaction_status != TransactionStatus.IDLE
        if not (began or self._writes):
            return
        async with self._connection.pipeline(), self._connection.cursor() as cursor:
            if not began:
                await cursor.execute(_BEGIN, prepare=True)
            for call in self._writes:
                for row in call.rows:
                    await cursor.execute(call.statement.sql, row, prepare=True)
            await cursor.execute(_COMMIT, prepare=True)

    async def _undo(self) -> None:
        if self._connection.pgconn.transaction_status != TransactionStatus.IDLE:
            with suppress(psycopg.Error):
                await self._connection.execute(_ROLLBACK)


_BEGIN, _COMMIT, _ROLLBACK = "BEGIN", "COMMIT", "ROLLBACK"


@asynccontextmanager
async def direct_scope() -> AsyncIterator[Direct]:
    """The same as `session_scope` for what every command does: committed when the block ends, rolled back when it
    raises. The session's own work costs there more than the queries.
    """
    with same_errors():
        async with _driver() as connection:
            direct = Direct(connection)
            try:
                yield direct
                await direct._end()
            except BaseException:
                await direct._undo()
                raise


async def fetch_alone(statement: Statement, row: dict[str, Any]) -> tuple[Any, ...] | None:
    """First row of a query which is its own transaction: one round trip."""
    with same_errors():
        async with _driver() as connection:
            cursor = await connection.execute(statement.sql, row, prepare=True, binary=True)
            return cast("tuple[Any, ...] | None", await cursor.fetchone())


@asynccontextmanager
async def _driver() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection of the pool, which sends nothing by itself."""
    pooled = await engine().raw_connection()
    try:
        connection = cast("psycopg.AsyncConnection[Any]", pooled.driver_connection)
        await connection.set_autocommit(True)
        yield connection
    finally:
        await greenlet_spawn(_give_back, pooled)


def _give_back(pooled: PoolProxiedConnection) -> None:
    adapted = cast(Any, pooled.dbapi_connection)
    if adapted.info.transaction_status == TransactionStatus.IDLE:
        adapted.set_autocommit(False)
    else:
        # Broken, or cut in the middle of something.
        pooled.invalidate()
    pooled.close()
