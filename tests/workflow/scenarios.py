"""A scenario file played on the real stack: Temporal, PostgreSQL, the decider, the effects, a clock that is moved.

The simulator says who does what and when; the same commands go to real démarches, whose own timers, effects and outbox
do the rest. What both lead to is then compared, without the ids, which depend on the démarche.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from activities.rules_port import RULES
from store.demarche import Demarche
from tests.relaying import drain, nothing_waits
from tests.workflow.conftest import Pile
from workflows.engine.bundle import contents, digest, from_folder
from workflows.engine.commands import COMMAND, AnyCommand, OpenDemarche
from workflows.engine.facts import Event
from workflows.engine.modele import Bundle
from workflows.engine.program import Program
from workflows.engine.scenario import read_scenario
from workflows.engine.simulation import Simulation, Step
from workflows.engine.state import SYSTEM, DemarcheState, EffectState, Horloge, Membre
from workflows.relais import Relay

ROOT = Path(__file__).parent.parent.parent
LETTERS = ("OpenDemarche", "ReportEnfant", "Suspend", "Resume", "Cancel")
"""What démarches of a family tell each other: given by the system, carried by the outbox."""
BOOKKEEPING = (
    "EffectDone",
    "EffectFailed",
    "EnfantInstructed",
    "HorlogeSet",
    "LinkRenewed",
    "TimerArmed",
    "TimerDisarmed",
)
"""Facts that depend on the clock to the millisecond, or on how the services of the test answer: in the simulator,
several people act at the very same instant, and one link serves all the mails of an instant."""
TICK = timedelta(seconds=1)
"""A timer is played a little after its instant: people and clocks never are on the dot."""


def _at_their_hour(bundle: Bundle) -> Bundle:
    """The same without the spreading of reminders: it goes by the id of each démarche, and ids differ here."""

    def plain(found: Any) -> Any:
        if isinstance(found, dict):
            return {key: plain(value) for key, value in found.items() if key != "etalement"}
        return [plain(value) for value in found] if isinstance(found, list) else found

    return Bundle.model_validate(plain(contents(bundle)))


class Played:
    """One scenario on the real stack."""

    def __init__(self, pile: Pile, modele: str, scenario: str) -> None:
        self.pile = pile
        self.relay = Relay(pile.demarches, pile.bureau.keyring)
        bundle = _at_their_hour(from_folder(ROOT, ROOT / "process_templates" / f"{modele}.yaml").bundle)
        file = ROOT / "process_templates" / "scenarios" / f"{scenario}.yaml"
        self.bundle = bundle
        told = read_scenario(file.read_text("utf-8"), file.name)
        self.simulation = Simulation(Program(bundle, RULES, digest(bundle)), told, datetime.now(UTC).date())
        self.id = uuid.uuid4()
        self.clock: datetime | None = None
        self.shas: dict[uuid.UUID, str] = {}

    async def play(self) -> None:
        """Every command of the simulation, in order, each at its instant."""
        await self._publish(self.bundle)
        before: dict[str, DemarcheState] = {}
        for step in self.simulation.run():
            assert step.refusal is None, step.refusal
            await self._step(step, before.get(step.state.demarche_id, step.state))
            before[step.state.demarche_id] = step.state

    async def _publish(self, bundle: Bundle) -> None:
        for child in bundle.enfants.values():
            await self._publish(child)
        await self.pile.bureau.publish(contents(bundle))

    async def _step(self, step: Step, before: DemarcheState) -> None:
        command = step.command
        if command.type == "OpenDemarche" and command.actor.kind != "system":
            await self._open(command, step.at)
        elif command.actor.kind == "system" and command.type in LETTERS:
            await self._settle()
        elif command.type == "Tick":
            await self._move(step.at + TICK)
        elif command.type == "ReportEffect":
            await self._settle()
        else:
            await self._move(step.at)
            of = await self._real(step.state)
            real = await self.pile.bureau.state(of)
            await self._give(of, self._translated(command, before, real))
        await self._settle()

    async def _open(self, command: AnyCommand, at: datetime) -> None:
        bureau = self.pile.bureau
        assert isinstance(command, OpenDemarche)
        team = tuple(self._member(member) for member in command.equipe)
        self.clock = at
        fields = {
            **self._by_someone(command),
            "client_id": str(bureau.client_id),
            "reference": f"SCN-{uuid.uuid4().hex[:10]}",
            "equipe": [member.model_dump(mode="json") for member in team],
            "horloge": Horloge(virtual=at, real=datetime.now(UTC)).model_dump(mode="json"),
        }
        opening = COMMAND.validate_python(fields)
        await self.pile.demarches.open(bureau.client_id, self.id, bureau.sha, opening)

    def _member(self, member: Membre) -> Membre:
        """The firm's roles are held by its adviser, those of the client by its manager."""
        side = self.simulation.program.modele.side(member.role)
        user = self.pile.bureau.users["conseiller" if side == "cabinet" else "manager"]
        return member.model_copy(update={"user_id": str(user)})

    def _by_someone(self, command: AnyCommand) -> dict[str, Any]:
        """The command as plain data, given by a real user."""
        users = self.pile.bureau.users
        told: dict[str, Any] = command.model_dump(mode="json")
        known = {"staff": users["conseiller"], "client": users["manager"]}.get(command.actor.kind)
        if known is not None:
            told["actor"]["id"] = str(known)
        told["id"] = f"scenario-{uuid.uuid4()}"
        return told

    def _translated(self, command: AnyCommand, before: DemarcheState, real: DemarcheState) -> AnyCommand:
        """The same command about the same thing: tasks, actions and lines have ids of their own."""
        told = self._by_someone(command)
        if "tache" in told:
            wanted = _rank(before.taches.values(), told["tache"], _task)
            told["tache"] = _at(real.taches.values(), wanted, _task)
        if "action" in told:
            wanted = _rank(before.actions.values(), told["action"], _action)
            told["action"] = _at(real.actions.values(), wanted, _action)
        if told.get("ligne") is not None:
            rank = list(before.collections[told["collection"]]).index(told["ligne"])
            told["ligne"] = list(real.collections[told["collection"]])[rank]
        return COMMAND.validate_python(told)  # type: ignore[no-any-return]

    async def _give(self, of: uuid.UUID, command: AnyCommand) -> None:
        real = await self.pile.bureau.state(of)
        await self.pile.demarches.send(self.pile.bureau.client_id, of, real.modele_sha, real.seq, command)

    # --- time and what happens by itself

    async def _move(self, at: datetime) -> None:
        """Set the family to an instant, and wait for what falls due by then."""
        if self.clock is not None and at <= self.clock:
            return
        self.clock = at
        # Children are told the hour by their parent.
        if (await self.pile.bureau.state(self.id)).open:
            clock = Horloge(virtual=at, real=datetime.now(UTC))
            fields = {
                "type": "SetHorloge",
                "actor": SYSTEM,
                "id": f"horloge-{uuid.uuid4()}",
                "horloge": clock,
            }
            await self._give(self.id, COMMAND.validate_python(fields))
        await self._settle()

    async def _settle(self) -> None:
        """Nothing is due, no effect is under way, the outbox is empty."""
        await drain(self.relay)
        async with asyncio.timeout(40):
            while not await self._quiet():
                await asyncio.sleep(0.02)

    async def _quiet(self) -> bool:
        assert self.clock is not None
        for of in await self._family():
            state = await self.pile.bureau.state(of)
            due = state.cycle == "ouverte" and any(timer.at <= self.clock for timer in state.timers.values())
            if due or any(not effect.held and not self._silent(effect) for effect in state.effets.values()):
                return False
        return not await self.relay.deliver_all() and await nothing_waits()

    def _silent(self, effect: EffectState) -> bool:
        """A question to a service that the scenario says is silent: it is asked again and again, and never answers."""
        asked = self.simulation.program.evenements.get(effect.evenement or "")
        return asked is not None and asked.de in self.simulation.scenario.silence

    async def _family(self) -> list[uuid.UUID]:
        rows = await self.pile.bureau.rows(Demarche)
        return [row["id"] for row in rows if self.id in (row["id"], row["parent_id"])]

    async def _real(self, state: DemarcheState) -> uuid.UUID:
        """The real démarche that a simulated one stands for: children by their rank."""
        if state.parent is None:
            return self.id
        rank = list(self.simulation.state.enfants).index(state.demarche_id)
        return uuid.UUID(list((await self.pile.bureau.state(self.id)).enfants)[rank])

    # --- what came of it

    async def outcomes(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """What the simulation and the real stack came to, for the démarche and for each of its children."""
        pairs = []
        for one in (self.simulation, *self.simulation.enfants.values()):
            of = await self._real(one.state)
            real = await self.pile.bureau.state(of)
            pairs.append((outcome(one.state, one.journal), outcome(real, await self.pile.journal(of))))
        return pairs


def outcome(state: DemarcheState, events: Iterable[Event]) -> dict[str, Any]:
    """What people see of a démarche, and how many times each thing happened to it; no id, no instant."""
    facts = [event.fact for event in events if event.fact.type not in BOOKKEEPING]
    return {
        "fin": (state.cycle, state.phase, state.statut, state.titre, state.motif),
        "etapes": {
            cle: (etape.statut, etape.visit, Counter(key.partition("/")[0] for key in etape.sent))
            for cle, etape in state.etapes.items()
        },
        "donnees": state.donnees,
        "calculs": state.calculs,
        "lignes": {
            key: [(line.nom, line.donnees, line.statut, line.calcule) for line in lines.values()]
            for key, lines in state.collections.items()
        },
        "taches": Counter((*_task(tache), tache.statut) for tache in state.taches.values()),
        "pieces": {id_: (piece.statut, len(piece.versions)) for id_, piece in state.pieces.items()},
        "actions": Counter((*_action(action), action.statut) for action in state.actions.values()),
        "evenements": {cle: event.statut for cle, event in state.evenements.items()},
        "documents": Counter((document.cle, document.statut) for document in state.documents.values()),
        "enfants": [(child.titre, child.cycle, child.statut, child.sorties) for child in state.enfants.values()],
        "faits": Counter(fact.type for fact in facts),
        "jalons": Counter(
            (fact.type, told["etape"], told.get("relance") or told.get("alerte"), told.get("rank"))
            for fact in facts
            for told in [fact.model_dump(mode="json")]
            if told.get("etape") and fact.type != "DonneesRecorded"
        ),
        "courriels": Counter(
            fact.params["model"] for fact in facts if fact.type == "EffectRequested" and "model" in fact.params
        ),
    }  # fmt: skip


def _task(tache: Any) -> tuple[str, str | None, int]:
    return tache.cle or tache.titre, tache.etape, tache.visit


def _action(action: Any) -> tuple[str, str | None, int]:
    return action.cle or action.message, action.etape, action.visit


def _rank(items: Iterable[Any], id_: str, name: Any) -> tuple[Any, int]:
    """What an item is called, and which one of that name it is."""
    items = list(items)
    called = next(name(item) for item in items if item.id == id_)
    return called, [item.id for item in items if name(item) == called].index(id_)


def _at(items: Iterable[Any], wanted: tuple[Any, int], name: Any) -> str:
    called, rank = wanted
    return str([item.id for item in items if name(item) == called][rank])
