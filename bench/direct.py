"""Live updates with 200 open streams, and long deposits: delays, and what the API's memory grows by.

Real server processes on one machine. Changes are comments on démarches: from the command's departure until each of
the 200 streams has been told. Then 50 files in a row and one of 199 MiB, sent as browsers do (tus), the API's resident
memory being read all along.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import os
import random
import re
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pikepdf

from bench._report import Report, percentile
from bench.action import USERS, Ours
from cli.stack import Stack

STREAMS = 200
MIB = 1024 * 1024
LONG = 199 * MIB
TUS = {"Tus-Resumable": "1.0.0"}


def pdf(filler: int) -> bytes:
    """A real PDF of about `filler` bytes, which does not compress."""
    document = pikepdf.new()
    document.add_blank_page()
    document.pages[0].obj["/Filler"] = pikepdf.Stream(document, random.Random(1).randbytes(filler))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def memory(pid: int) -> int:
    """Resident memory of a process, in bytes."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    return int(found[1]) * 1024 if found else 0


async def live(ours: Ours, base: str, changes: int, report: Report) -> None:
    """Delays of `changes` changes, as each of the streams sees them."""
    arrived: list[tuple[int, str, float]] = []
    ready = asyncio.Semaphore(0)

    async def listen(http: httpx.AsyncClient, number: int) -> None:
        async with http.stream("GET", "/api/flux") as answer:
            answer.raise_for_status()
            ready.release()
            async for line in answer.aiter_lines():
                if line.startswith("data:"):
                    arrived.append((number, line, time.perf_counter()))

    limits = httpx.Limits(max_connections=STREAMS + 10)
    source = ours.client(base)
    async with httpx.AsyncClient(
        base_url=base, cookies=source.cookies, headers=source.headers, timeout=None, limits=limits
    ) as http:
        tasks = [asyncio.create_task(listen(http, number)) for number in range(STREAMS)]
        for _ in tasks:
            await ready.acquire()
        delays: list[float] = []
        missing = 0
        for change in range(changes):
            path = ours.paths[change % USERS].partition("/taches/")[0]
            demarche = path.rsplit("/", 1)[-1]
            before, start = len(arrived), time.perf_counter()
            answer = await http.post(
                f"/api{path}/commentaires",
                json={"texte": f"Mesure {change}"},
                headers={"Idempotency-Key": str(uuid.uuid4())},
            )
            answer.raise_for_status()
            seen: dict[int, float] = {}
            while len(seen) < STREAMS and time.perf_counter() - start < 10:
                seen = {}
                for number, line, at in arrived[before:]:
                    if demarche in line:
                        seen.setdefault(number, (at - start) * 1000)
                await asyncio.sleep(0.005)
            delays += seen.values()
            missing += STREAMS - len(seen)
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
    report.mesures["flux ouverts"] = STREAMS
    report.mesures["changements"] = changes
    report.mesures["annonces manquées"] = missing
    for q in (50, 95, 99):
        report.mesures[f"délai p{q} ms"] = round(percentile(delays, q), 1)
    report.goal("délai p95, 200 flux, ms", percentile(delays, 95), 1000)
    report.goal("annonces manquées", missing, 0)


async def deposits(ours: Ours, base: str, pid: int, tiers: str, report: Report) -> None:
    """50 files in a row, then a long one; memory is sampled every 20 ms."""
    peak = 0
    over = False

    async def watch() -> None:
        nonlocal peak
        while not over:
            peak = max(peak, memory(pid))
            await asyncio.sleep(0.02)

    async def send(http: httpx.AsyncClient, nom: str, data: bytes) -> float:
        start = time.perf_counter()
        where = f"/api/tiers/{tiers}/ged"
        headers = TUS | {
            "Idempotency-Key": str(uuid.uuid4()),
            "Upload-Length": str(len(data)),
            "Upload-Metadata": f"filename {base64.b64encode(nom.encode()).decode()}",
        }
        made = await http.post(f"{where}/televersements", headers=headers)
        made.raise_for_status()
        url = made.headers["location"]

        async def parts() -> AsyncIterator[bytes]:
            for begin in range(0, len(data), 256 * 1024):
                yield data[begin : begin + 256 * 1024]

        sent = await http.patch(
            url,
            content=parts(),
            headers=TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
        )
        sent.raise_for_status()
        body = {"nom": nom, "televersement": url.rsplit("/", 1)[-1]}
        kept = await http.post(
            f"{where}/documents", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}
        )
        kept.raise_for_status()
        return time.perf_counter() - start

    async with ours.client(base) as http:
        http.timeout = httpx.Timeout(600)
        page = pdf(2 * MIB)
        await send(http, "mise en route.pdf", page)
        before = memory(pid)
        watching = asyncio.create_task(watch())
        times = [await send(http, f"page {number}.pdf", page) for number in range(50)]
        many, peak = peak, 0
        long = await send(http, "long.pdf", pdf(LONG))
        over = True
        await watching
    report.mesures["50 fichiers de 2 Mio, secondes"] = round(sum(times), 2)
    report.mesures["un fichier de 199 Mio, secondes"] = round(long, 2)
    report.mesures["mémoire de l'API avant, Mio"] = round(before / MIB, 1)
    report.mesures["croissance, 50 fichiers, Mio"] = round((many - before) / MIB, 1)
    report.mesures["croissance, 199 Mio, Mio"] = round((peak - before) / MIB, 1)
    report.goal("croissance de la mémoire pendant un fichier de 199 Mio, Mio", (peak - before) / MIB, 64)


def main() -> int:
    parser = argparse.ArgumentParser(prog="elaska bench direct")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--long", action="store_true", help="plus de changements")
    arguments = parser.parse_args()
    report = Report("direct")
    with tempfile.TemporaryDirectory(prefix="elaska-bench-") as folder:
        Path(folder).chmod(0o711)
        with Stack(Path(folder) / "donnees", demo_clock=True, build_ui=False) as stack:
            ours = Ours(stack)
            asyncio.run(live(ours, stack.base_url, 100 if arguments.long else 30, report))
            opened = ours.adviser.get(ours.paths[0].partition("/taches/")[0])
            asyncio.run(deposits(ours, stack.base_url, stack.pid("api"), opened["client_id"], report))
    return report.print(arguments.json)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the SDK's threads sometimes abort the interpreter at exit (sdk-python#300)
