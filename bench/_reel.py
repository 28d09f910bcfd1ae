"""Timers and cold replays of many démarches on a real Temporal, PostgreSQL and worker, each a process of its own.

Each démarche has a clock of its own, as fast as it takes for its alarm to ring at the instant that the measure wants.
Lateness is counted from that instant to the decision, as PostgreSQL keeps it. The machine is shared with the load.
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import col, select

import store.tables  # noqa: F401  (rows name one another: every table must be known)
from activities.decider import events_after
from bench._report import Report, percentile
from cli.stack import Stack
from store import modele as modeles
from store import tiers
from store.crypto import Keyring
from store.journal import JournalEntry
from store.session import dispose, session_scope
from store.settings import settings
from store.tiers import Tiers, TypeTiers
from store.utilisateur import Role, Utilisateur
from workflows.client import Demarches, Unavailable, connect, make_keyring
from workflows.engine.bundle import contents
from workflows.engine.commands import COMMAND
from workflows.engine.facts import AlerteRaised
from workflows.engine.modele import Bundle
from workflows.engine.state import Actor, Horloge, Membre

Answer = TypeVar("Answer")
AHEAD = timedelta(hours=1)
"""When the alarm rings, on the clock of its démarche."""
APART = 0.03
"""Seconds between two distinct instants."""
OPENINGS = 12
"""Openings under way at once: a start is acknowledged faster than its first task runs."""
PATIENCE = 240
"""Seconds after which a measure is given up."""
LATE = 1.0
"""Seconds of lateness that 95 timers of 100 at distinct instants must keep under."""
OPENED = "ouvertures par seconde"
DISTINCT, AT_ONCE = "instants distincts", "un seul instant"
SIGNS = ("deadlock", "tmprl1101")
"""How the SDK says in the worker's log that a task held the interpreter too long."""
MODELE = {
    "modele": "mesure",
    "titre": "Mesure",
    "categorie": "mesure",
    "reference": "MES",
    "clients": ["entreprise"],
    "nom": '"Mesure"',
    "roles": {"conseiller": {"libelle": "Conseiller", "cote": "cabinet"}},
    "etapes": [
        {
            "cle": "attente",
            "titre": "Attente",
            "terminee": "manuelle",
            "alertes": [{"cle": "heure", "quand": "entree + 1h", "message": "L'heure.", "a": "conseiller"}],
        }
    ],
}


@dataclass
class Cabinet:
    """One client, one adviser, one modèle, and the démarches opened so far."""

    keyring: Keyring
    demarches: Demarches
    sha: str = ""
    client_id: uuid.UUID = field(default_factory=uuid.uuid4)
    user_id: uuid.UUID = field(default_factory=uuid.uuid4)
    factors: dict[uuid.UUID, float] = field(default_factory=dict)
    """How much faster than real time the clock of each démarche runs."""

    async def set_up(self) -> None:
        bundle = Bundle.model_validate({"modele": MODELE})
        async with session_scope() as session:
            row = Tiers(id=self.client_id, nom="Mesure", type=TypeTiers.ENTREPRISE)
            await tiers.create(session, self.keyring, row)
            user = Utilisateur(
                id=self.user_id, email="mesure@exemple.fr", nom="Mesure", prenom="Camille", role=Role.CONSEILLER
            )  # fmt: skip
            session.add(user)
            self.sha = (await modeles.publish(session, "mesure", contents(bundle))).sha256

    def command(self, type_: str, **fields: Any) -> Any:
        actor = Actor(kind="staff", id=str(self.user_id), name="Camille", role="conseiller")
        return COMMAND.validate_python({"type": type_, "id": str(uuid.uuid4()), "actor": actor, **fields})

    async def open(self, rings_at: Callable[[], datetime]) -> uuid.UUID:
        """A démarche whose alarm rings at a given real instant."""
        id_, now = uuid.uuid4(), datetime.now(UTC)
        factor = AHEAD / max(rings_at() - now, timedelta(seconds=1))
        self.factors[id_] = factor
        team = (Membre(role="conseiller", user_id=str(self.user_id), nom="Camille", libelle="Conseiller"),)
        opening = self.command(
            "OpenDemarche",
            client_id=str(self.client_id),
            client_nom="Mesure",
            client_type="entreprise",
            reference=f"MES-{id_.hex[:12]}",
            phase="dossier",
            equipe=team,
            horloge=Horloge(virtual=now, real=now, factor=factor),
        )
        await patient(lambda: self.demarches.open(self.client_id, id_, self.sha, opening))
        return id_

    async def open_all(self, instants: Iterable[Callable[[], datetime]]) -> list[uuid.UUID]:
        gate = asyncio.Semaphore(OPENINGS)

        async def one(rings_at: Callable[[], datetime]) -> uuid.UUID:
            async with gate:
                return await self.open(rings_at)

        return await asyncio.gather(*(one(rings_at) for rings_at in instants))

    async def rung(self, ids: list[uuid.UUID]) -> int:
        """How many alarms have been recorded."""
        wanted = sa.and_(col(JournalEntry.type) == "AlerteRaised", col(JournalEntry.demarche_id).in_(ids))
        async with session_scope() as session:
            return (await session.exec(select(sa.func.count()).where(wanted))).one()

    async def all_rung(self, ids: list[uuid.UUID], end: float) -> int:
        """Wait for every alarm, or for `end` of the monotonic clock; how many were recorded."""
        while True:
            rung = await self.rung(ids)
            if rung == len(ids) or time.monotonic() > end:
                return rung
            await asyncio.sleep(0.5)

    async def lateness(self, ids: list[uuid.UUID]) -> list[float]:
        """Real seconds between the instant of each alarm and its decision."""
        found = []
        async with session_scope() as session:
            cipher = await self.keyring.load(session, self.client_id)
            for id_ in ids:
                for event in await events_after(session, cipher, str(id_), 0):
                    if isinstance(event.fact, AlerteRaised):
                        late = event.at - event.fact.base
                        found.append(late.total_seconds() / self.factors[id_])
        return found


async def patient(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Again with the same command while the stack says that it is busy: the command is applied once."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return await call()
        except Unavailable:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.2)


def timer_measures(count: int, when: str) -> tuple[str, ...]:
    """What is told of the timers of one kind of instants."""
    label = f"{count} minuteries, {when}"
    told = ("sonnées", "retard p50 s", "retard p95 s", "retard le plus long s")
    return tuple(f"{label}, {name}" for name in told)


def timer_goal(count: int) -> str:
    return f"{count} minuteries, {DISTINCT}, retard p95 s"


def replay_measures(count: int) -> tuple[str, ...]:
    """What is told of the cold replays."""
    return (
        f"{count} rejeux à froid d'un coup, s",
        "rejeu à froid puis commande, p50 s",
        "rejeu à froid puis commande, p95 s",
    )


def replay_goal(count: int) -> str:
    return f"avertissements d'interblocage, {count} rejeux à froid"


def not_measured(report: Report, count: int, reason: str) -> None:
    """Every figure of `measure_real`, without a value."""
    named = (
        OPENED,
        *timer_measures(count, DISTINCT),
        *timer_measures(count, AT_ONCE),
        *replay_measures(count),
    )
    for name in named:
        report.absent(name, reason)
    report.goal_absent(timer_goal(count), LATE, reason)
    report.goal_absent(replay_goal(count), 0, reason)


async def measure_real(stack: Stack, report: Report, count: int) -> None:
    """Timers at distinct instants, at one instant, then cold replays, `count` of each."""
    for name, value in stack.env.items():
        if name.startswith("ELASKA_"):
            os.environ[name] = value
    settings.cache_clear()
    keyring = make_keyring()
    cabinet = Cabinet(keyring, Demarches(await connect(keyring)))
    await cabinet.set_up()
    later = datetime.now(UTC) + timedelta(hours=1)
    began = time.perf_counter()
    warm = max(count // 20, 10)
    await cabinet.open_all([lambda: later] * warm)
    rate = warm / (time.perf_counter() - began)
    report.mesures[OPENED] = round(rate, 1)
    # Every démarche is open and at rest before the first alarm rings.
    lead = timedelta(seconds=1.5 * count / rate + 5)
    ids: list[uuid.UUID] = []
    for name, apart in ((DISTINCT, APART), (AT_ONCE, 0.0)):
        start = datetime.now(UTC) + lead

        def at(rank: int, start: datetime = start, apart: float = apart) -> Callable[[], datetime]:
            return lambda: start + timedelta(seconds=rank * apart)

        ids = await cabinet.open_all([at(rank) for rank in range(count)])
        end = time.monotonic() + (start - datetime.now(UTC)).total_seconds() + count * apart + PATIENCE
        rung = await cabinet.all_rung(ids, end)
        late = await cabinet.lateness(ids)
        named = timer_measures(count, name)
        found = (float(rung), percentile(late, 50), percentile(late, 95), max(late))
        report.mesures |= {key: round(value, 3) for key, value in zip(named, found, strict=True)}
        if name == DISTINCT:
            report.goal(timer_goal(count), percentile(late, 95), LATE)
    await _replay(stack, cabinet, ids, report)
    await dispose()


async def _replay(stack: Stack, cabinet: Cabinet, ids: list[uuid.UUID], report: Report) -> None:
    """A worker that has just started is asked about every démarche at once: it replays each history first."""
    stack.stop("worker")
    log = stack.logs / "worker.log"
    known = log.stat().st_size
    stack.start("worker")
    latencies = []

    async def ask(id_: uuid.UUID) -> None:
        command = cabinet.command("AddTache", titre="Rejeu", obligatoire=False)
        begun = time.perf_counter()
        await patient(lambda: cabinet.demarches.send(cabinet.client_id, id_, cabinet.sha, 1, command))
        latencies.append(time.perf_counter() - begun)

    began = time.perf_counter()
    await asyncio.gather(*(ask(id_) for id_ in ids))
    found = (time.perf_counter() - began, percentile(latencies, 50), percentile(latencies, 95))
    named = replay_measures(len(ids))
    report.mesures |= {key: round(value, 2) for key, value in zip(named, found, strict=True)}
    said = log.read_bytes()[known:].decode(errors="replace").lower()
    warnings = sum(any(sign in line for sign in SIGNS) for line in said.splitlines())
    report.goal(replay_goal(len(ids)), warnings, 0)
