"""The supervisor: starts PostgreSQL, Temporal, the worker, the API and the mail catcher, and keeps them running.

    with Stack(folder, services={"postgres", "temporal"}, durable=False) as stack:
        stack.database_url, stack.temporal_address, stack.env ...

The same class serves `elaska up`, `elaska demo` and the tests, so that what is tested is what runs.
"""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TextIO

import httpx

from cli import ui_build
from cli.errors import Refusal
from cli.paths import ROOT, UI_DIST
from cli.services import keys, ports, registry
from cli.services.folder_lock import AlreadyRunning, FolderLock
from cli.services.ports import HOST
from cli.services.postgres import DATABASE, NOT_YET, Postgres
from cli.services.process import Child, Program
from cli.services.temporal import NAMESPACE, Temporal

Service = Literal["postgres", "temporal", "courriels", "worker", "api"]
# Start order; the stop order is the reverse, so that nobody loses what it writes to.
ORDER: tuple[Service, ...] = ("postgres", "temporal", "courriels", "worker", "api")
# Within a stage, services start side by side; each stage waits for the one before.
STAGES: tuple[tuple[Service, ...], ...] = (("postgres",), ("temporal", "courriels"), ("worker", "api"))
MODULES: Mapping[Service, str] = {"worker": "workflows", "api": "api", "courriels": "demo.courriels"}
BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
# A child that has lived this long starts again without delay.
STEADY_S = 60.0
WATCH_S = 0.1
# Right after a `kill -9`, PostgreSQL refuses to start until its former children are gone.
POSTGRES_PATIENCE_S = 15.0
# The worker listens on no port: it says so in its log when it polls.
WORKER_READY = "worker ready"

Say = Callable[[str], None]


class Stack:
    """One set of running services on one data folder.

    `demo_clock` lets démarches run on a clock of their own (demo and tests only). `durable=False` trades safety
    against power cuts for speed (tests only). `random_ports` picks free ports instead of the usual ones; `asked`
    holds ports that a person asked for. `external` maps settings (`ELASKA_DATABASE_URL` ...) of services that run
    elsewhere: the matching embedded service is not started. `build_ui=False` serves the screens as they are.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        services: Collection[Service] = ORDER,
        random_ports: bool = True,
        asked: Mapping[str, int] | None = None,
        demo_clock: bool = False,
        durable: bool = True,
        external: Mapping[str, str] | None = None,
        extra_env: Mapping[str, str] | None = None,
        build_ui: bool = True,
        temporal_ui: bool = False,
        public_url: str | None = None,
        say: Say | None = None,
    ) -> None:
        self.folder = data_dir.absolute()
        self.external = dict(external or {})
        self.services = [name for name in ORDER if name in services and not self._is_external(name)]
        self._random_ports = random_ports
        self._asked = dict(asked or {})
        self._demo_clock = demo_clock
        self._durable = durable
        self._extra_env = dict(extra_env or {})
        self._build_ui = build_ui
        self._temporal_ui = temporal_ui
        self._public_url = public_url
        self._say: Say = say or (lambda _text: None)
        self._log = logging.getLogger("elaska.stack")
        self._lock = FolderLock(self.folder)
        self._mutex = threading.RLock()
        self._children: dict[Service, Child] = {}
        self._wanted: set[Service] = set()
        self._failures: dict[Service, int] = {}
        self._retry_at: dict[Service, float] = {}
        self._closing = threading.Event()
        self._watcher: threading.Thread | None = None
        self._guardian: subprocess.Popen[bytes] | None = None
        self._journal: TextIO | None = None
        self._postgres: Postgres | None = None
        self._temporal: Temporal | None = None
        self._secrets: dict[str, str] = {}
        self.ports: dict[str, int] = {}

    def _is_external(self, name: Service) -> bool:
        setting = {
            "postgres": "ELASKA_DATABASE_URL",
            "temporal": "ELASKA_TEMPORAL_ADDRESS",
            "courriels": "ELASKA_SMTP_HOST",
        }
        return name in setting and setting[name] in self.external

    # What callers read -------------------------------------------------------------------------------------

    @property
    def postgres(self) -> Postgres:
        """The embedded cluster; `create_database(name)` and `url(name)` give a test its own database."""
        if self._postgres is None:
            raise Refusal("Cette pile n'a pas de base de données embarquée.")
        return self._postgres

    @property
    def database_url(self) -> str:
        """SQLAlchemy address, `postgresql+psycopg://…`."""
        return self.external.get("ELASKA_DATABASE_URL") or self.postgres.url()

    @property
    def temporal_address(self) -> str:
        return self.external.get("ELASKA_TEMPORAL_ADDRESS") or f"{HOST}:{self.ports['temporal']}"

    @property
    def base_url(self) -> str:
        """Address of the API and the screens."""
        return f"http://{HOST}:{self.ports['api']}"

    @property
    def mail_url(self) -> str:
        """Address of the mail catcher's page."""
        return f"http://{HOST}:{self.ports['courriels']}"

    @property
    def logs(self) -> Path:
        return self.folder / "journaux"

    @property
    def env(self) -> dict[str, str]:
        """Environment of a program of ours on this stack: settings, and nothing of the caller's own settings."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ELASKA_")}
        # Set on some machines: every process would compile all it imports, each time.
        inherited.pop("PYTHONDONTWRITEBYTECODE", None)
        settings = {
            "ELASKA_DATA_DIR": str(self.folder),
            "ELASKA_STORAGE_URL": f"{(self.folder / 'fichiers').as_uri()}",
            "ELASKA_TEMPORAL_NAMESPACE": NAMESPACE,
            "ELASKA_TASK_QUEUE": "elaska",
            "ELASKA_SMTP_HOST": HOST,
            "ELASKA_SMTP_PORT": str(self.ports.get("smtp", 25)),
            "ELASKA_PUBLIC_URL": self._public_url or self.base_url,
            "ELASKA_API_HOST": HOST,
            "ELASKA_UI_DIR": str(UI_DIST),
            "ELASKA_COOKIE_SECURE": "true" if (self._public_url or "").startswith("https:") else "false",
            **self._secrets,
            **self.external,
            # Never by an outside setting: a real démarche lives in real time.
            "ELASKA_MOVABLE_CLOCK": "true" if self._demo_clock else "false",
            "ELASKA_API_PORT": str(self.ports["api"]),
            **self._extra_env,
        }
        if self._postgres is not None:
            settings["ELASKA_DATABASE_URL"] = self.database_url
        if self._temporal is not None:
            settings["ELASKA_TEMPORAL_ADDRESS"] = self.temporal_address
        path = f"{Path(sys.executable).parent}{os.pathsep}{inherited.get('PATH', os.defpath)}"
        python = {
            "PYTHONPATH": str(ROOT),
            "PYTHONSAFEPATH": "1",
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            "PATH": path,
        }
        return {**inherited, **python, **settings}

    def pid(self, name: Service) -> int:
        """Process number of a running service."""
        with self._mutex:
            return self._children[name].pid

    def running(self, name: Service) -> bool:
        with self._mutex:
            child = self._children.get(name)
            return child is not None and not child.ended()

    # Life --------------------------------------------------------------------------------------------------

    def up(self) -> Self:
        """Start everything, in stages; each is ready when the next one starts.

        Raises Refusal when the folder is already in use, a port is busy, or a service does not start.
        """
        try:
            self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except PermissionError as error:
            raise Refusal(
                f"Le dossier {self.folder} n'est pas accessible en écriture ({error.strerror})."
            ) from None
        self._lock.acquire()
        try:
            self._start_all()
        except BaseException:
            self.close()
            raise
        return self

    @contextmanager
    def joined(self) -> Iterator[Self]:
        """For a tool: the stack that runs on the folder, or this one for as long as the tool works."""
        try:
            self.up()
        except AlreadyRunning:
            self._read_running()
            yield self
            return
        try:
            yield self
        finally:
            self.close()

    def _read_running(self) -> None:
        """Take the settings of the stack that runs on the folder, and touch nothing."""
        self._secrets = keys.read(self.folder / "secrets.env")
        self.ports = ports.choose(self.folder / "ports.json")
        self._postgres = Postgres(self.folder, durable=self._durable) if "postgres" in self.services else None
        self._temporal = (
            Temporal(self.folder, self.ports["temporal"]) if "temporal" in self.services else None
        )

    def _start_all(self) -> None:
        self._journal = (self.logs / "superviseur.log").open("a", encoding="utf-8")
        leftovers = registry.stop_leftovers(self._registry_file)
        if leftovers:
            self._note(f"Restes d'un arrêt brutal terminés : {', '.join(leftovers)}")
        self._secrets = (
            {} if keys.MASTER_KEY in self.external else keys.load_or_create(self.folder / "secrets.env")
        )
        prefer = {} if self._random_ports else ports.PREFERRED
        self.ports = ports.choose(self.folder / "ports.json", prefer=prefer, asked=self._asked)
        self._refuse_busy_ports()
        self._start_guardian()
        if "api" in self.services and self._build_ui:
            ui_build.build(self._say)
        for stage in STAGES:
            launched = {name: self._launch(name) for name in stage if name in self.services}
            if "temporal" in stage and self.services_on_database():
                self.migrate()
                self.publish()
            for name, program in launched.items():
                self._await_ready(name, program)
        self._watcher = threading.Thread(target=self._watch, name="elaska-superviseur", daemon=True)
        self._watcher.start()

    @property
    def _registry_file(self) -> Path:
        return self.folder / "processus.json"

    def _refuse_busy_ports(self) -> None:
        needed: dict[Service, tuple[str, ...]] = {
            "temporal": ("temporal",),
            "courriels": ("courriels", "smtp"),
            "api": ("api",),
        }
        for name in self.services:
            for port in needed.get(name, ()):
                ports.require_free(port, self.ports[port])

    def _start_guardian(self) -> None:
        os.set_inheritable(self._lock.descriptor, True)
        self._guardian = subprocess.Popen(
            [sys.executable, "-m", "cli.services.guardian", str(self._registry_file)],
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
            pass_fds=(self._lock.descriptor,),
        )
        os.set_inheritable(self._lock.descriptor, False)

    def migrate(self) -> None:
        """Bring the database to the newest schema (`python -m store.migrer`)."""
        failure = self._once("store.migrer", self.logs / "migrations.log")
        if failure is not None:
            raise Refusal(f"La mise à jour de la base de données a échoué.\n{failure}")

    def publish(self) -> None:
        """Publish the modèles whose files have changed (`python -m activities.publication`). A wrong one is told, and
        the version before it goes on being used.
        """
        failure = self._once("activities.publication", self.logs / "publication.log")
        if failure is not None:
            self._say(f"Un modèle n'a pas pu être publié\u00a0:\n{failure}")

    def _once(self, module: str, log: Path) -> str | None:
        """Run a program of ours to its end; the last lines of its log when it failed."""
        with log.open("ab") as output:
            done = subprocess.run(
                [sys.executable, "-m", module],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        return tail(log) if done.returncode else None

    def start(self, name: Service) -> None:
        """Start one service (again) and wait until it is ready."""
        if not self.running(name):
            self._await_ready(name, self._launch(name))

    def _launch(self, name: Service) -> Program:
        self._say(f"Démarrage : {name}")
        with self._mutex:
            program = self._program(name)
            self._wanted.add(name)
            self._failures.pop(name, None)
            self._retry_at.pop(name, None)
            self._spawn(name, program)
        return program

    def services_on_database(self) -> bool:
        """Whether a service that needs the schema is to be started."""
        return bool({"worker", "api"} & set(self.services))

    def _spawn(self, name: Service, program: Program) -> None:
        self._children[name] = Child(program)
        self._save_registry()
        self._note(f"{name} : démarré (processus {self._children[name].pid})")

    def _save_registry(self) -> None:
        alive = [
            self._children[name]
            for name in ORDER
            if name in self._children and not self._children[name].ended()
        ]
        registry.write(self._registry_file, alive)

    def _await_ready(self, name: Service, program: Program) -> None:
        begun = time.monotonic()
        while time.monotonic() - begun < program.start_timeout_s:
            with self._mutex:
                child = self._children[name]
                ended = child.ended()
            if ended:
                not_yet = name == "postgres" and any(words in tail(program.log, 2) for words in NOT_YET)
                if not_yet and time.monotonic() - begun < POSTGRES_PATIENCE_S:
                    time.sleep(0.5)
                    with self._mutex:
                        if child.ended() and self._children[name] is child:
                            self._spawn(name, program)
                    continue
                break
            if program.ready():
                if name == "postgres":
                    self.postgres.create_database(DATABASE)
                return
            time.sleep(0.03)
        raise Refusal(
            f"Le service « {name} » ne démarre pas. Fin de son journal ({program.log}) :\n{tail(program.log)}"
        )

    def stop(self, name: Service) -> None:
        """Stop one service cleanly and leave it stopped."""
        with self._mutex:
            self._wanted.discard(name)
            self._retry_at.pop(name, None)
            child = self._children.pop(name, None)
        if child is not None:
            child.stop()
            self._note(f"{name} : arrêté")
        with self._mutex:
            self._save_registry()

    def kill(self, name: Service, *, restart: bool = False) -> None:
        """`kill -9` of a service and all its children; `restart=True` leaves it to the supervisor to start again."""
        with self._mutex:
            if not restart:
                self._wanted.discard(name)
                self._retry_at.pop(name, None)
            self._children[name].kill()
            self._note(f"{name} : tué")

    def kill_all(self) -> None:
        """`kill -9` of every service, the last resort of an impatient person and a test of crash recovery."""
        with self._mutex:
            self._wanted.clear()
            for child in self._children.values():
                child.kill()

    def close(self) -> None:
        """Stop everything: API, worker, mails, Temporal, PostgreSQL; then let the folder go."""
        self._closing.set()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join()
            self._watcher = None
        for name in reversed(ORDER):
            if name in self._children:
                self._say(f"Arrêt : {name}")
                self.stop(name)
        if self._guardian is not None and self._guardian.stdin is not None:
            self._guardian.stdin.close()
            self._guardian.wait(30)
            self._guardian = None
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        self._lock.release()

    def _watch(self) -> None:
        """Start again, after a growing delay, each wanted service that has died."""
        while not self._closing.wait(WATCH_S):
            with self._mutex:
                now = time.monotonic()
                for name in list(self._wanted):
                    child = self._children.get(name)
                    if child is None or not child.ended():
                        continue
                    if name not in self._retry_at:
                        self._plan_restart(name, child, now)
                    elif now >= self._retry_at[name]:
                        self._respawn(name, child, now)

    def _respawn(self, name: Service, former: Child, now: float) -> None:
        del self._retry_at[name]
        try:
            self._spawn(name, former.program)
        except OSError as error:
            self._note(f"{name} : redémarrage impossible ({error.strerror})")
            self._plan_restart(name, former, now)

    def _plan_restart(self, name: Service, child: Child, now: float) -> None:
        lived = time.time() - child.created
        failures = 0 if lived > STEADY_S else self._failures.get(name, 0)
        delay = BACKOFF_S[min(failures, len(BACKOFF_S) - 1)]
        self._failures[name] = failures + 1
        self._retry_at[name] = now + delay
        text = f"{name} s'est arrêté (code {child.popen.returncode}) ; redémarrage dans {delay:.1f} s"
        self._note(text)
        self._say(text)

    def _note(self, text: str) -> None:
        self._log.info(text)
        if self._journal is not None:
            stamp = time.strftime("%Y-%m-%d %H:%M:%S")
            self._journal.write(f"{stamp} {text}\n")
            self._journal.flush()

    # What is started ---------------------------------------------------------------------------------------

    def _program(self, name: Service) -> Program:
        log = self.logs / f"{name}.log"
        if name == "postgres":
            self._postgres = Postgres(self.folder, durable=self._durable)
            self._postgres.prepare()
            return self._postgres.program(log)
        if name == "temporal":
            ui_port = ports.find_free(set(self.ports.values())) if self._temporal_ui else None
            self._temporal = Temporal(self.folder, self.ports["temporal"], ui_port=ui_port)
            self._temporal.prepare()
            if ui_port is not None:
                self._say(f"Interface de Temporal : http://{HOST}:{ui_port}")
            return self._temporal.program(log)
        return self._python_program(name, log)

    def _python_program(self, name: Service, log: Path) -> Program:
        command = [sys.executable, "-m", MODULES[name]]
        if name == "courriels":
            command += ["--smtp", str(self.ports["smtp"]), "--port", str(self.ports["courriels"])]
            command += ["--dossier", str(self.folder / "courriels")]
        return Program(name=name, command=command, env=self.env, log=log, ready=self._readiness(name, log))

    def _readiness(self, name: Service, log: Path) -> Callable[[], bool]:
        if name == "courriels":
            return lambda: answers(f"{self.mail_url}/api/courriels")
        if name == "api":
            return lambda: answers(f"{self.base_url}/api/sante/vivant")
        begun = log.stat().st_size if log.exists() else 0
        return lambda: WORKER_READY in read_from(log, begun)

    # Context managers --------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        return self.up()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.up)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.close)


def answers(url: str) -> bool:
    """Whether a server answers there, with anything but a failure of its own."""
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code < 500
    except httpx.HTTPError:
        return False


def read_from(file: Path, offset: int) -> str:
    """What a log has received since it had `offset` bytes."""
    if not file.exists():
        return ""
    with file.open("rb") as handle:
        handle.seek(offset)
        return handle.read().decode("utf-8", "replace")


def tail(file: Path, lines: int = 15) -> str:
    """Last lines of a log, for a message to a person."""
    try:
        return "\n".join(file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
