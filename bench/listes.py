"""The adviser's queue and the list of démarches, with 1,000 then 10,000 open démarches.

Through HTTP, as an adviser who has them all and as the head of the firm. Goals: p95 under 50 ms, and growth from
1,000 to 10,000 at most 1.3 times.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench._load import load
from bench._report import Report, bounded_median, percentile
from cli.stack import Stack
from demo import cabinet
from demo.acteurs import Acteur, Adresses
from demo.comptes import CLIENTS, EQUIPE
from demo.donnees import HISTOIRES
from demo.embauche import PARIS, Embauche, Salarie, jours
from store.crypto import Keyring, MasterKeys
from store.session import dispose
from store.settings import settings

SIZES = (1_000, 10_000)
READS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "file du conseiller": ("conseiller", "/travail", {"portee": "moi"}),
    "file du cabinet": ("responsable", "/travail", {"portee": "toutes"}),
    "liste": ("responsable", "/demarches", {"taille": 25}),
    "liste de la console": ("conseiller", "/demarches", {"parent": "aucun", "taille": 25}),
    "liste filtrée": ("responsable", "/demarches", {"turn": "client", "tri": "echeance", "sens": "asc"}),
    "liste recherchée": ("conseiller", "/demarches", {"q": "lefevre"}),
    "pièces à valider": ("conseiller", "/pieces-a-valider", {}),
}


def make_sources(adresses: Adresses) -> tuple[Acteur, list[uuid.UUID]]:
    """The adviser, and hirings at three stages made by real commands."""
    tiers = asyncio.run(cabinet.installe())
    personne, client = EQUIPE[0], CLIENTS[0]
    adviser = Acteur.connecte(adresses, personne.email, personne.seed)
    manager = Acteur.connecte(adresses, client.email)
    ids = []
    today = datetime.now(PARIS).date()
    for number, stage in enumerate((0, 1, 2)):
        _, prenom, nom, genre, naissance, poste, *_ = HISTOIRES[number]
        salarie = Salarie(prenom, nom, genre, naissance, poste, jours(20, today))
        hiring = Embauche(adresses, manager, adviser, salarie, tiers_id=tiers[client.cle])
        hiring.declare(datetime.now(PARIS) - timedelta(days=2))
        if stage:
            hiring.valide_demande()
        if stage == 2:
            hiring.remplit_fiche()
            hiring.depose("cni")
        ids.append(uuid.UUID(hiring.id))
    return adviser, ids


def read_all(people: dict[str, Acteur], rounds: int, each: int) -> dict[str, list[list[float]]]:
    """Latencies in milliseconds of each read, by round; reads are interleaved."""
    found: dict[str, list[list[float]]] = {name: [] for name in READS}
    for round_ in range(rounds + 1):
        for name, (who, path, params) in READS.items():
            latencies = []
            for _ in range(each):
                start = time.perf_counter()
                people[who].get(path, **params)
                latencies.append((time.perf_counter() - start) * 1000)
            if round_:
                found[name].append(latencies)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="elaska bench listes")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--long", action="store_true", help="plus de lectures")
    arguments = parser.parse_args()
    each = 40 if arguments.long else 12
    report = Report("listes")
    p95: dict[tuple[str, int], float] = {}
    p50: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory(prefix="elaska-bench-") as folder:
        Path(folder).chmod(0o711)
        with Stack(Path(folder) / "donnees", demo_clock=True, build_ui=False) as stack:
            for name, value in stack.env.items():
                if name.startswith("ELASKA_"):
                    os.environ[name] = value
            adresses = Adresses(stack.base_url, stack.mail_url)
            adviser, sources = make_sources(adresses)
            head = next(p for p in EQUIPE if p.role == "responsable")
            people = {
                "conseiller": adviser,
                "responsable": Acteur.connecte(adresses, head.email, head.seed),
            }
            loaded = len(sources)
            for size in SIZES:
                asyncio.run(_load(sources, size - loaded, seed=size))
                loaded = size
                for name, rounds in read_all(people, 7, each).items():
                    latencies = [value for values in rounds for value in values]
                    p95[name, size], p50[name, size] = percentile(latencies, 95), percentile(latencies, 50)
                    report.mesures[f"{name}, {size} ouvertes, p50 ms"] = bounded_median(
                        [statistics.median(values) for values in rounds]
                    )
                    report.mesures[f"{name}, {size} ouvertes, p95 ms"] = round(p95[name, size], 2)
    for name in READS:
        report.goal(f"{name}, p95 ms à 10 000", p95[name, SIZES[1]], 50)
        report.goal(f"{name}, croissance du p50", p50[name, SIZES[1]] / p50[name, SIZES[0]], 1.3)
    return report.print(arguments.json)


async def _load(sources: list[uuid.UUID], count: int, seed: int) -> None:
    try:
        await load(Keyring(MasterKeys.from_settings(settings())), sources, count, seed)
    finally:
        await dispose()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the SDK's threads sometimes abort the interpreter at exit (sdk-python#300)
