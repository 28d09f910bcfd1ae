"""The supervisor: one stack per folder, nothing lost by a brutal end, nothing left running by any end."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import stat
from pathlib import Path

import psutil
import psycopg
import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from cli.errors import Refusal
from cli.services import keys, ports
from cli.stack import Service, Stack
from tests.runtime.outils import processes_of, start_supervisor, wait_until

pytestmark = pytest.mark.pannes


def dsn(stack: Stack) -> str:
    return stack.database_url.replace("+psycopg", "")


def test_secrets_are_made_once_and_private(data: Path) -> None:
    with Stack(data, services={"postgres"}, durable=False) as stack:
        first = stack.env["ELASKA_MASTER_KEY"]
        file = data / "secrets.env"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(base64.b64decode(first)) == 32
        # Nothing but the owner enters the database's folder or its socket's.
        assert stat.S_IMODE(stack.postgres.data.stat().st_mode) == 0o700
        assert stat.S_IMODE(stack.postgres.socket_folder.stat().st_mode) == 0o700
    with Stack(data, services={"postgres"}, durable=False) as stack:
        assert stack.env["ELASKA_MASTER_KEY"] == first


def test_a_lost_master_key_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    keys.load_or_create(file)
    file.write_text("# vide\n", encoding="ascii")
    with pytest.raises(Refusal, match="clé maîtresse"):
        keys.load_or_create(file)
    assert file.read_text(encoding="ascii") == "# vide\n"


def test_a_secrets_file_opened_to_others_is_closed_again(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    keys.load_or_create(file)
    file.chmod(0o644)
    keys.load_or_create(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_second_start_on_the_same_folder_is_refused(data: Path) -> None:
    with Stack(data, services={"postgres"}, durable=False) as stack:
        with pytest.raises(Refusal, match="tourne déjà") as refusal:
            Stack(data, services={"postgres"}).up()
        assert str(data) in str(refusal.value)
        assert stack.postgres.accepts(), "the refused start must not touch the running one"


def test_busy_port_is_refused_and_named(data: Path) -> None:
    with Stack(data, services={"temporal"}) as stack:
        port = stack.ports["temporal"]
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind((ports.HOST, port))
        squatter.listen()
        with pytest.raises(Refusal, match=f"Le port {port}.*déjà utilisé"):
            Stack(data, services={"temporal"}).up()
    assert not processes_of(data)
    with Stack(data, services={"temporal"}) as stack:
        assert stack.ports["temporal"] == port


def test_ports_are_chosen_once(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.choose(file, prefer={})
    assert len(set(first.values())) == len(ports.PREFERRED)
    assert ports.choose(file, prefer=ports.PREFERRED) == first
    asked = ports.choose(file, asked={"api": 4242})
    assert asked == {**first, "api": 4242}
    assert json.loads(file.read_text(encoding="utf-8")) == asked


def test_a_usual_port_that_is_busy_at_the_first_start_is_avoided(tmp_path: Path) -> None:
    with socket.socket() as squatter:
        squatter.bind((ports.HOST, 0))
        squatter.listen()
        busy = squatter.getsockname()[1]
        assert ports.choose(tmp_path / "ports.json", prefer={"api": busy})["api"] != busy


async def test_kill_9_of_everything_then_restart_finds_all(data: Path) -> None:
    supervisor = start_supervisor(data)
    kept = json.loads((data / "ports.json").read_text(encoding="utf-8"))
    socket_folder = Stack(data, services={"postgres"}).folder / "socket"
    with psycopg.connect(f"host={socket_folder} user=elaska dbname=elaska", autocommit=True) as connection:
        connection.execute("create table trace (n int)")
        connection.execute("insert into trace values (42)")
    client = await Client.connect(f"{ports.HOST}:{kept['temporal']}")
    await client.start_workflow("Attente", id="dem/a/1", task_queue="personne")

    family = [psutil.Process(supervisor.pid), *psutil.Process(supervisor.pid).children(recursive=True)]
    assert len(family) > 3
    for process in family:
        process.kill()
    supervisor.wait()

    with Stack(data, services={"postgres", "temporal"}, durable=False) as stack:
        assert stack.ports == kept
        with psycopg.connect(dsn(stack)) as connection:
            assert connection.execute("select n from trace").fetchone() == (42,)
        client = await Client.connect(stack.temporal_address)
        description = await client.get_workflow_handle("dem/a/1").describe()
        assert description.status == WorkflowExecutionStatus.RUNNING


def test_kill_9_of_the_supervisor_leaves_no_process(data: Path) -> None:
    supervisor = start_supervisor(data)
    assert processes_of(data)
    supervisor.kill()
    supervisor.wait()
    # A start right away waits for the guardian, and finds a clean folder.
    with Stack(data, services={"postgres"}, durable=False) as stack:
        assert stack.postgres.accepts()
    wait_until(lambda: not processes_of(data))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_end_leaves_no_process(data: Path, number: signal.Signals) -> None:
    supervisor = start_supervisor(data)
    if number == signal.SIGTERM:
        # Python's default for SIGTERM is a sudden death: the guardian cleans up.
        os.kill(supervisor.pid, number)
    else:
        supervisor.send_signal(number)
    supervisor.wait(30)
    wait_until(lambda: not processes_of(data))


@pytest.mark.parametrize("service", ["postgres", "temporal"])
def test_a_dead_service_starts_again_and_the_log_says_so(data: Path, service: Service) -> None:
    said: list[str] = []
    with Stack(data, services={"postgres", "temporal"}, durable=False, say=said.append) as stack:
        former = stack.pid(service)
        stack.kill(service, restart=True)
        wait_until(lambda: stack.running(service) and stack.pid(service) != former)
        wait_until(stack.postgres.accepts)
        journal = (stack.logs / "superviseur.log").read_text(encoding="utf-8")
        assert f"{service} s'est arrêté (code -9) ; redémarrage" in journal
        assert any(service in text and "redémarrage" in text for text in said)


def test_a_killed_service_stays_down_until_it_is_started(data: Path) -> None:
    with Stack(data, services={"postgres"}, durable=False) as stack:
        with psycopg.connect(dsn(stack), autocommit=True) as connection:
            connection.execute("create table trace (n int)")
        stack.kill("postgres")
        assert not stack.running("postgres")
        assert not stack.postgres.accepts()
        stack.start("postgres")
        with psycopg.connect(dsn(stack)) as connection:
            assert connection.execute("select count(*) from trace").fetchone() == (0,)


def test_stop_order_is_the_reverse_of_the_start(data: Path) -> None:
    said: list[str] = []
    with Stack(data, services={"postgres", "temporal", "courriels"}, durable=False, say=said.append):
        pass
    assert [text.split(" : ")[1] for text in said if text.startswith("Arrêt")] == [
        "courriels",
        "temporal",
        "postgres",
    ]
    assert not processes_of(data)


def test_a_service_that_cannot_start_is_named_with_the_end_of_its_log(data: Path) -> None:
    with Stack(data, services={"postgres"}, durable=False):
        pass
    (data / "postgres" / "PG_VERSION").write_text("9\n", encoding="ascii")
    with pytest.raises(Refusal, match=r"« postgres » ne démarre pas(.|\n)*incompatible"):
        Stack(data, services={"postgres"}, durable=False).up()
    assert not processes_of(data)


def test_a_long_path_still_has_a_socket(data: Path) -> None:
    with Stack(data / ("d" * 120), services={"postgres"}, durable=False) as stack:
        assert psycopg.connect(dsn(stack)).execute("select 1").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes user")
def test_root_may_run_it_from_a_folder_closed_to_others(data: Path) -> None:
    data.parent.chmod(0o700)
    with Stack(data, services={"postgres"}, durable=False) as stack:
        assert psycopg.connect(dsn(stack)).execute("select 1").fetchone() == (1,)
        # The rights of everyone else are as they were.
        assert stat.S_IMODE(data.parent.stat().st_mode) & 0o007 == 0


def test_settings_of_the_caller_do_not_leak_in(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELASKA_DATABASE_URL", "postgresql+psycopg://ailleurs/prod")
    with Stack(data, services={"postgres"}, durable=False) as stack:
        assert stack.env["ELASKA_DATABASE_URL"] == stack.database_url
        assert "ailleurs" not in stack.database_url


def test_a_given_database_replaces_the_embedded_one(data: Path) -> None:
    given = {"ELASKA_DATABASE_URL": "postgresql+psycopg://ailleurs/base", "ELASKA_MASTER_KEY": "donnée"}
    with Stack(data, services={"postgres"}, external=given) as stack:
        assert stack.services == []
        assert stack.env["ELASKA_DATABASE_URL"] == given["ELASKA_DATABASE_URL"]
        assert not (data / "secrets.env").exists()
