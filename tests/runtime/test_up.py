"""`elaska up` as a person runs it: starts, answers, refuses a second start, ends with Ctrl-C, starts again."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cli.paths import ROOT
from cli.services.ports import HOST, find_free
from tests.runtime.outils import child_env, processes_of, wait_until

# Starts and stops of whole stacks: slow when the machine is busy with the other tests.
pytestmark = [pytest.mark.pannes, pytest.mark.timeout(400)]


def launch(data: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(ROOT / "elaska"), "up", "--donnees", str(data), *options],
        env=child_env(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def up(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A running `elaska up`; whatever happens, it is stopped."""
    process = launch(data, "--port", str(port))
    assert process.stdout is not None
    try:
        wait_for = f"http://{HOST}:{port}"
        while wait_for not in (line := process.stdout.readline()):
            assert line or process.poll() is None, process.communicate()
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def test_up_serves_until_ctrl_c_and_leaves_nothing(data: Path) -> None:
    port = find_free(set())
    with up(data, port) as process:
        assert httpx.get(f"http://{HOST}:{port}/api/sante/pret").status_code == 200
        assert "text/html" in httpx.get(f"http://{HOST}:{port}/console").headers["content-type"]

        second = launch(data, "--port", str(port))
        _, errors = second.communicate(timeout=60)
        assert second.returncode == 1
        assert "tourne déjà" in errors
        assert str(process.pid) in errors
        assert "Traceback" not in errors
        assert httpx.get(f"http://{HOST}:{port}/api/sante/pret").status_code == 200
    assert process.returncode == 0
    assert not processes_of(data)
    key = (data / "secrets.env").read_bytes()

    with up(data, port):
        assert httpx.get(f"http://{HOST}:{port}/api/sante/pret").status_code == 200
    assert (data / "secrets.env").read_bytes() == key


def test_a_busy_port_is_refused_before_anything_starts(data: Path) -> None:
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind((HOST, 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        refused = launch(data, "--port", str(port))
        _, errors = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert f"Le port {port}" in errors
    assert "--port" in errors
    assert "Traceback" not in errors
    assert not processes_of(data)


def test_ctrl_c_during_the_start_leaves_nothing(data: Path) -> None:
    process = launch(data, "--port", str(find_free(set())))
    wait_until(lambda: (data / "processus.json").exists(), 60)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    wait_until(lambda: not processes_of(data))
