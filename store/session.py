"""The database engine, and the only place that commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from store.settings import settings

_engine: AsyncEngine | None = None
_maker: async_sessionmaker[AsyncSession] | None = None


def engine() -> AsyncEngine:
    """The engine of this process and event loop, made at first use."""
    global _engine, _maker
    if _engine is None:
        _engine = create_async_engine(
            settings().database_url,
            pool_size=settings().database_pool_size,
            max_overflow=4,
            pool_timeout=5,
            # A restarted PostgreSQL costs one ping per checkout, not one failed request per pooled
            # connection.
            pool_pre_ping=True,
            # An error message must not carry the values of a query into a log.
            hide_parameters=True,
            connect_args={
                "connect_timeout": 3,
                "options": "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=5000",
            },
        )
        _maker = async_sessionmaker(_engine, class_=AsyncSession, expire_on_commit=False)
    return _engine


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
