"""Real PostgreSQL and Temporal for the tests that ask for them.

One PostgreSQL and one Temporal serve the whole run, started at first need. Each xdist worker has its own
database, copied from a template built by the real migrations; each test that uses it starts from empty tables.
The settings of the tests' process (`ELASKA_*`) are set here and nowhere else.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest
import pytest_asyncio
from fastapi import FastAPI
from psycopg import sql
from xdist.remote import Producer

from api.app import create_app, provide
from api.services import Services as ApiServices
from cli.paths import ROOT
from cli.services.postgres import ROLE
from cli.stack import Stack
from store.garbage import settled
from store.migrer import migrate
from store.session import dispose
from store.settings import settings
from tests.distribution import BrowserApart, order
from tests.people import People

TEMPLATE = "elaska_modele"
# Handed by xdist's controller to its workers.
SHARED = "TESTS_ELASKA_SHARED"
# For a stack whose démarches do not follow the installation's modèles: checking them takes some seconds.
NO_MODELE = {"ELASKA_MODELES_DIR": str(ROOT / "tests" / "sans-modele")}


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can reach when the tests run as root, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="elaska-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A stack of one's own, to be stopped and killed at will: PostgreSQL and Temporal."""
    with (
        private_folder() as folder,
        Stack(folder, services={"postgres", "temporal"}, durable=False, demo_clock=True) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def postgres_stack() -> Iterator[Stack]:
    """The same with PostgreSQL alone."""
    with private_folder() as folder, Stack(folder, services={"postgres"}, durable=False) as running:
        yield running


class Services(NamedTuple):
    """Where the run's services are. `stack` is None in a worker whose controller holds it."""

    socket: str
    temporal_address: str
    stack: Stack | None

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ROLE}@/{database}?host={self.socket}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(host=self.socket, user=ROLE, dbname=database, autocommit=True)


@contextmanager
def run_services() -> Iterator[Services]:
    """PostgreSQL with the template database; Temporal's port is chosen but it starts when asked."""
    with private_folder() as folder, Stack(folder, services={"postgres"}, durable=False) as running:
        address = f"127.0.0.1:{running.ports['temporal']}"
        services = Services(str(running.postgres.socket_folder), address, running)
        running.postgres.create_database(TEMPLATE)
        set_environment(services, TEMPLATE, folder)
        asyncio.run(migrate(services.url(TEMPLATE)))
        yield services


def set_environment(services: Services, database: str, folder: Path) -> None:
    """The settings of this process: nothing of the caller's own."""
    for name in [name for name in os.environ if name.startswith("ELASKA_")]:
        del os.environ[name]
    os.environ |= {
        "ELASKA_DATABASE_URL": services.url(database),
        "ELASKA_TEMPORAL_ADDRESS": services.temporal_address,
        "ELASKA_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
        "ELASKA_STORAGE_URL": (folder / "fichiers").as_uri(),
        "ELASKA_DATA_DIR": str(folder),
        "ELASKA_PUBLIC_URL": "http://test",
        "ELASKA_COOKIE_SECURE": "false",
        "ELASKA_MOVABLE_CLOCK": "true",
        "ELASKA_TASK_QUEUE": f"tests-{os.getpid()}",
        # Cheap on purpose: hundreds of logins in a run.
        "ELASKA_ARGON2_TIME_COST": "1",
        "ELASKA_ARGON2_MEMORY_KIB": "64",
    }
    settings.cache_clear()


def pytest_configure(config: pytest.Config) -> None:
    """xdist's controller runs no fixture: it starts the services for its workers here."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        opened = ExitStack()
        services = opened.enter_context(run_services())
        config.add_cleanup(opened.close)
        assert services.stack is not None
        services.stack.start("temporal")
        os.environ[SHARED] = f"{services.socket}|{services.temporal_address}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        order(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BrowserApart | None:
    return BrowserApart(config, log) if config.option.dist == "loadfile" else None


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """The run's PostgreSQL."""
    shared = os.environ.get(SHARED)
    if shared is not None:
        socket, _, temporal = shared.partition("|")
        yield Services(socket, temporal, None)
    else:
        with run_services() as started:
            yield started


@pytest.fixture(scope="session")
def temporal_address(services: Services) -> str:
    """The run's Temporal development server: use task queues and workflow ids of your own."""
    if services.stack is not None:
        services.stack.start("temporal")
    return services.temporal_address


class Database:
    """This worker's database, and how to empty it."""

    def __init__(self, services: Services, name: str) -> None:
        self.url = services.url(name)
        self.connection = services.connect(name)
        names = self.connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        tables = sql.SQL(";").join(
            sql.SQL("DELETE FROM {}").format(sql.Identifier(name))
            for (name,) in names
            if name != "alembic_version"
        )
        # The replica role skips foreign keys and the append-only triggers; DELETE is faster than TRUNCATE here.
        self._empty = sql.SQL("BEGIN; SET LOCAL session_replication_role = replica; {}; COMMIT").format(
            tables
        )

    def empty(self) -> None:
        """Remove every row of every table."""
        self.connection.execute(self._empty)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def worker_database(
    services: Services, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    name = f"elaska_{os.environ.get('PYTEST_XDIST_WORKER', 'seul')}"
    with services.connect() as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
        )
    set_environment(services, name, tmp_path_factory.mktemp("elaska"))
    database = Database(services, name)
    yield database
    await dispose()
    database.connection.close()


@pytest.fixture
def database(worker_database: Database) -> Database:
    """An empty database with the real schema, to which the settings of this process point."""
    worker_database.empty()
    return worker_database


@pytest.fixture(scope="session")
def application(worker_database: Database) -> Iterator[FastAPI]:
    """The API, made once: its routes and a passage of the collector over them would take each test a second."""
    app = create_app()
    with settled():
        yield app


@pytest_asyncio.fixture(loop_scope="session")
async def people(database: Database, temporal_address: str, application: FastAPI) -> AsyncIterator[People]:
    """The API on this test's database, and browsers of whoever is needed: see tests/people.py."""
    provide(application, ApiServices.from_settings(settings()))
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with application.router.lifespan_context(application), People(application, transport) as made:
        yield made
