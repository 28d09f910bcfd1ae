"""One human action over HTTP, against a bare Temporal workflow in the same run.

Real server processes on one machine: PostgreSQL, Temporal, both workers, both APIs and the load client share its
processors. One user, then 20 users on 20 démarches, then 20 users on one. Rounds are interleaved.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx

from bench._report import Report, bounded_median, percentile
from cli.stack import Stack
from demo import cabinet
from demo.acteurs import Acteur, Adresses
from demo.comptes import CLIENTS, EQUIPE
from demo.embauche import PARIS, Salarie, jours

USERS = 20
Act = Callable[[int], Awaitable[None]]


@contextmanager
def bare(stack: Stack) -> Iterator[str]:
    """The yardstick's two processes, on the same PostgreSQL and Temporal; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    commands = (["worker"], ["api", str(port)])
    processes = [
        subprocess.Popen([sys.executable, "-m", "bench._bare", *command], env=stack.env)
        for command in commands
    ]
    try:
        base = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                httpx.get(f"{base}/openapi.json", timeout=1)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield base
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)


class Ours:
    """20 hirings, each with a task whose checklist has a line per user."""

    def __init__(self, stack: Stack) -> None:
        for name, value in stack.env.items():
            if name.startswith("ELASKA_"):
                os.environ[name] = value
        tiers = asyncio.run(cabinet.installe())
        adresses = Adresses(stack.base_url, stack.mail_url)
        personne = EQUIPE[0]
        self.adviser = Acteur.connecte(adresses, personne.email, personne.seed)
        entree = jours(20, datetime.now(PARIS).date())
        self.paths: list[str] = []
        for number in range(USERS):
            salarie = Salarie(
                "Test",
                f"Mesure {number}",
                "femme",
                date(1990, 1, 1) + timedelta(days=number),
                "Poste",
                entree,
            )
            opened = self.adviser.post(
                "/demarches",
                {
                    "modele": "embauche",
                    "tiers_id": tiers[CLIENTS[0].cle],
                    "phase": "dossier",
                    "donnees": {"declaration": salarie.declaration()},
                },
                201,
            )
            path = f"/demarches/{opened['id']}"
            self.adviser.post(
                f"{path}/taches",
                {"titre": "Mesure", "checklist": [f"Point {i}" for i in range(USERS)], "obligatoire": False},
            )
            task = next(t for t in self.adviser.get(path)["taches"] if t["titre"] == "Mesure")
            self.paths.append(f"{path}/taches/{task['id']}/checklist")
        self.done = [[False] * USERS for _ in range(USERS)]

    def client(self, base: str) -> httpx.AsyncClient:
        source = self.adviser._http
        return httpx.AsyncClient(
            base_url=base,
            cookies=source.cookies,
            headers={"X-CSRF-Token": self.adviser._csrf},
            timeout=30,
            limits=httpx.Limits(max_connections=USERS),
        )

    async def act(self, http: httpx.AsyncClient, demarche: int, user: int) -> None:
        """Tick or untick a line: a command that always changes something."""
        fait = not self.done[demarche][user]
        answer = await http.put(
            f"/api{self.paths[demarche]}/{user}",
            json={"fait": fait},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code} {answer.text[:300]}")
        self.done[demarche][user] = fait


async def sequential(act: Act, actions: int) -> list[float]:
    """Latencies in milliseconds of one user acting again and again."""
    latencies = []
    for _ in range(actions):
        start = time.perf_counter()
        await act(0)
        latencies.append((time.perf_counter() - start) * 1000)
    return latencies


async def together(act: Act, actions: int) -> tuple[float, list[float]]:
    """Actions per second and latencies of 20 users at once, `actions` each."""
    latencies: list[float] = []

    async def user(number: int) -> None:
        for _ in range(actions):
            start = time.perf_counter()
            await act(number)
            latencies.append((time.perf_counter() - start) * 1000)

    start = time.perf_counter()
    await asyncio.gather(*(user(number) for number in range(USERS)))
    return USERS * actions / (time.perf_counter() - start), latencies


async def measure(ours: Ours, base: str, bare_base: str, rounds: int, actions: int) -> Report:
    report = Report("action")
    p50: dict[str, list[float]] = {"elaska": [], "nu": []}
    p95: dict[str, list[float]] = {"elaska": [], "nu": []}
    rates: dict[str, dict[str, list[float]]] = {
        "20 sur 20": {"elaska": [], "nu": []},
        "20 sur 1": {"elaska": [], "nu": []},
    }
    async with ours.client(base) as mine, httpx.AsyncClient(base_url=bare_base, timeout=30) as theirs:

        async def start_bare() -> str:
            id_ = f"nu-{uuid.uuid4()}"
            (await theirs.post(f"/nu/{id_}")).raise_for_status()
            return id_

        def bare_act(ids: list[str]) -> Act:
            async def act(user: int) -> None:
                answer = await theirs.post(f"/nu/{ids[user % len(ids)]}/actions", json={"contenu": "x" * 60})
                answer.raise_for_status()

            return act

        async def own(user: int) -> None:
            await ours.act(mine, user, user)

        async def shared(user: int) -> None:
            await ours.act(mine, 0, user)

        for round_ in range(rounds + 1):
            spread = [await start_bare() for _ in range(USERS)]
            one = [await start_bare()]
            alone = {
                "elaska": await sequential(own, actions),
                "nu": await sequential(bare_act(spread), actions),
            }
            each = max(3, actions // 10)
            crowd = {
                "20 sur 20": {
                    "elaska": await together(own, each),
                    "nu": await together(bare_act(spread), each),
                },
                "20 sur 1": {
                    "elaska": await together(shared, each),
                    "nu": await together(bare_act(one), each),
                },
            }
            if round_ == 0:
                continue  # caches, pools and compiled expressions warm up
            for side, values in alone.items():
                p50[side].append(percentile(values, 50))
                p95[side].append(percentile(values, 95))
            for case, crowded in crowd.items():
                for side, (rate, _) in crowded.items():
                    rates[case][side].append(rate)
    for side in ("elaska", "nu"):
        report.mesures[f"1 utilisateur, p50 ms, {side}"] = bounded_median(p50[side])
        report.mesures[f"1 utilisateur, p95 ms, {side}"] = bounded_median(p95[side])
        for case in rates:
            report.mesures[f"{case}, actions/s, {side}"] = bounded_median(rates[case][side])
    ratio = bounded_median([a / b for a, b in zip(p50["elaska"], p50["nu"], strict=True)])
    report.mesures["rapport des p50"] = ratio
    report.goal("médiane des rapports de p50, 1 utilisateur", ratio["mediane"], 1.3)
    for case, sides in rates.items():
        through = bounded_median([a / b for a, b in zip(sides["elaska"], sides["nu"], strict=True)])
        report.mesures[f"rapport des débits, {case}"] = through
        report.goal(f"débit {case} rapporté au nu", through["mediane"], 0.8, "min")
    return report


def main() -> int:
    parser = argparse.ArgumentParser(prog="elaska bench action")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--long", action="store_true", help="plus de tours")
    arguments = parser.parse_args()
    rounds, actions = (15, 80) if arguments.long else (7, 40)
    with tempfile.TemporaryDirectory(prefix="elaska-bench-") as folder:
        Path(folder).chmod(0o711)
        with Stack(Path(folder) / "donnees", demo_clock=True, build_ui=False) as stack:
            ours = Ours(stack)
            with bare(stack) as bare_base:
                report = asyncio.run(measure(ours, stack.base_url, bare_base, rounds, actions))
    return report.print(arguments.json)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the SDK's threads sometimes abort the interpreter at exit (sdk-python#300)
