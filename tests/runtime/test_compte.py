"""`elaska compte`: the way in of a new installation, and the way back for someone who lost a telephone (SEC-03)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from cli.paths import ROOT
from cli.stack import Service, Stack
from tests.conftest import NO_MODELE, private_folder
from tests.runtime.outils import child_env

PASSWORD = "girafe pile agrafe tunnel"


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    services: set[Service] = {"postgres", "temporal", "api"}
    with (
        private_folder() as folder,
        Stack(folder / "d", services=services, durable=False, build_ui=False, extra_env=NO_MODELE) as stack,
    ):
        yield stack


def compte(data: Path, *arguments: str, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "elaska"), "compte", *arguments, "--donnees", str(data)]
    return subprocess.run(
        command,
        input=password + "\n",
        env=child_env(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def rows(stack: Stack, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(stack.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(query).fetchall()


def login(stack: Stack, email: str, password: str) -> httpx.Response:
    body = {"email": email, "mot_de_passe": password}
    return httpx.post(f"{stack.base_url}/api/connexion", json=body, headers={"Origin": stack.base_url})


def test_first_account_of_a_running_installation_logs_in(running: Stack) -> None:
    done = compte(running.folder, "Zoe@Cabinet.fr", "--prenom", "Zoé", "--nom", "Lô")
    assert done.returncode == 0, done.stderr
    answer = login(running, "zoe@cabinet.fr", PASSWORD)
    assert answer.status_code == 202
    assert answer.json()["etape"] == "totp_inscription"
    assert rows(running, "select role, prenom from utilisateur") == [("admin", "Zoé")]
    assert rows(running, "select acteur, action from audit order by seq")[0] == (
        "ligne-de-commande",
        "compte.cree",
    )
    # The password is nowhere in what was printed or logged.
    logs = "".join(file.read_text(encoding="utf-8", errors="replace") for file in running.logs.glob("*.log"))
    assert PASSWORD not in done.stdout + done.stderr + logs


def test_recovery_replaces_the_password(running: Stack) -> None:
    assert compte(running.folder, "marc@cabinet.fr", "--prenom", "Marc", "--nom", "Roy").returncode == 0
    done = compte(running.folder, "marc@cabinet.fr", password="tunnel girafe lampe cuivre")
    assert done.returncode == 0, done.stderr
    assert login(running, "marc@cabinet.fr", PASSWORD).status_code == 401
    assert login(running, "marc@cabinet.fr", "tunnel girafe lampe cuivre").status_code == 202


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (["faible@cabinet.fr"], "motdepasse", "12 caractères"),
        (["client@cabinet.fr", "--role", "client"], PASSWORD, "Rôle inconnu"),
    ],
)
def test_refusals_leave_nothing(running: Stack, arguments: list[str], password: str, said: str) -> None:
    done = compte(running.folder, *arguments, password=password)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert rows(running, f"select 1 from utilisateur where email = '{arguments[0]}'") == []
