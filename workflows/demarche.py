"""The shell: one durable workflow per démarche. It orders commands, sleeps until something is due, launches effects.

It decides nothing. Each command goes through one local activity, the decider, and the events that come back are
folded into the state kept here. Everything needed to start again is in PostgreSQL.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from workflows.engine import upcasters
    from workflows.engine.evolve import evolve
    from workflows.engine.needs import Needs, needs
    from workflows.engine.state import SYSTEM, DemarcheState

FORMAT = 2
"""Of a run's entry. In a run of format 1, begun by an older worker, commands are decided one at a time."""
GROUP = 10
"""Commands decided together at most: as many as Temporal lets in at once."""
COMMANDS_PER_RUN = 100
"""A worker that starts replays the runs it is asked about, several at once, within the time of a task: a run must
stay short, or the task times out on a busy machine, is tried again, and the démarche answers nobody."""
KNOWN_IDS = 300
MOVING = "moving"
DECIDER = "decider"
LOAD = "charger"
EFFECT = "effet"
_DECIDER_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    maximum_interval=timedelta(milliseconds=500),
    maximum_attempts=4,
)
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
"""An effect whose worker was killed is taken up again after this."""
_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))


@workflow.defn(name="Demarche")
class DemarcheWorkflow:
    """`entry`: {format, demarche_id, modele_sha, seq, ids}; `seq` is 0 for a démarche that is about to open. `limite`
    (tests): commands per run."""

    @workflow.init
    def __init__(self, entry: dict[str, Any]) -> None:
        if entry["format"] not in (1, FORMAT):
            raise ApplicationError(f"unknown entry format {entry['format']}", non_retryable=True)
        self._entry = entry
        self._state = DemarcheState(demarche_id=entry["demarche_id"])
        self._ready = entry["seq"] == 0
        self._ids: list[str] = list(entry["ids"])
        self._lock = asyncio.Lock()
        self._waiting: list[_Asked] = []
        self._group = GROUP if entry["format"] == FORMAT else 1
        self._commands = 0
        self._launched: set[str] = set()
        self._under_way = 0
        self._sleeping_until: Any = None
        self._wake = False
        self._setbacks = 0
        self._refused_opening = False

    # --- life

    @workflow.run
    async def run(self, entry: dict[str, Any]) -> None:
        """Sleep until the nearest instant, play it, launch effects; end with the démarche."""
        if not self._ready:
            await self._load()
        while True:
            need = needs(self._state)
            self._launch(need)
            if self._may_leave(need):
                if self._ends(need):
                    return
                workflow.continue_as_new(self._next_entry())
            await self._rest(need)

    def _ends(self, need: Needs) -> bool:
        return need.finished or self._refused_opening

    def _may_leave(self, need: Needs) -> bool:
        """This run is over and serves nobody. The last one also waits for the effects under way, given up or not:
        Temporal drops what reaches a workflow at the instant it ends."""
        over = not self._under_way if self._ends(need) else self._should_continue()
        return over and workflow.all_handlers_finished() and not self._lock.locked()

    async def _rest(self, need: Needs) -> None:
        """Wait for a change or for the nearest instant. The timer is armed again only for a nearer one."""
        delay = None
        if need.next_at is not None:
            clock = self._state.horloge
            delay = clock.wait(need.next_at, workflow.now()) if clock else need.next_at - workflow.now()
        self._sleeping_until = need.next_at
        self._wake = False
        if delay is not None and delay <= timedelta(0):
            await self._tick()
            return
        try:
            await workflow.wait_condition(lambda: self._wake or self._may_leave(need), timeout=delay)
        except TimeoutError:
            await self._tick()

    async def _tick(self) -> None:
        """Play what is due. When it cannot be played, try again later: less and less often, never in circles."""
        due, seq = needs(self._state).next_at, self._state.seq
        if due is None or due > self._state.now(workflow.now()):
            return
        try:
            await self._decide(
                {"type": "Tick", "id": f"tick/{seq}/{due.isoformat()}", "actor": SYSTEM.model_dump()}
            )
        except ApplicationError as error:
            workflow.logger.warning("tick not played", extra={"error_type": error.type})
        if self._state.seq > seq:
            self._setbacks = 0
            return
        pause = min(2**self._setbacks, 300)
        self._setbacks += 1
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._wake, timeout=timedelta(seconds=pause))

    async def _load(self) -> None:
        loaded = await workflow.execute_local_activity(
            LOAD,
            {"demarche_id": self._entry["demarche_id"]},
            start_to_close_timeout=timedelta(seconds=5),
            retry_policy=_PATIENT,
        )
        self._state = DemarcheState.model_validate(loaded)
        self._ready = True

    def _should_continue(self) -> bool:
        limit = self._entry.get("limite", COMMANDS_PER_RUN)
        return self._commands >= limit or workflow.info().is_continue_as_new_suggested()

    def _next_entry(self) -> dict[str, Any]:
        return {
            **self._entry,
            "format": FORMAT,
            "modele_sha": self._sha(),
            "seq": self._state.seq,
            "ids": self._ids,
        }

    def _sha(self) -> str:
        """The version followed now: the state's, once there is one; a migration changes it under this run."""
        sha: str = self._state.modele_sha or self._entry["modele_sha"]
        return sha

    # --- commands

    @workflow.update(name="commande")
    async def command(self, command: dict[str, Any]) -> dict[str, Any]:
        """Apply one command; answers `{seq, events}`, or fails with the refusal (type, detail, errors)."""
        await workflow.wait_condition(lambda: self._ready)
        return await self._decide(command)

    @command.validator
    def _check(self, command: dict[str, Any]) -> None:
        """Refuse what is cheap to refuse, at no cost in history. A command already applied always passes."""
        if command["id"] in self._ids or not self._ready:
            return
        if self._should_continue():
            # Turned away for an instant, at no cost, so that this run can end: the caller comes back to the next.
            raise ApplicationError("moving to a new run", type=MOVING)
        opening = command["type"] == "OpenDemarche"
        if opening != (self._state.seq == 0):
            code = "demarche_existante" if opening else "demarche_inconnue"
            detail = "Cette démarche est déjà ouverte." if opening else "Cette démarche n'est pas ouverte."
            raise ApplicationError(detail, {"code": code, "detail": detail, "errors": []}, type="refusal")

    @workflow.update(name="commandes")
    async def commands(self, commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Apply commands that came together, in order. Each has its own answer: as above, or
        `{error: {type, message, details}}`."""
        await workflow.wait_condition(lambda: self._ready)
        return [asked.told() for asked in await self._decide_all(commands)]

    @commands.validator
    def _check_all(self, commands: list[dict[str, Any]]) -> None:
        """One that is turned away turns them all away: each is sent again, with its own id."""
        for command in commands:
            self._check(command)

    async def _decide(self, command: dict[str, Any]) -> dict[str, Any]:
        """Its answer, once recorded. Raises its error."""
        [asked] = await self._decide_all([command])
        return asked.result()

    async def _decide_all(self, commands: list[dict[str, Any]]) -> list[_Asked]:
        """Decide and record. Those that wait while others are decided are decided next, together."""
        all_asked = [_Asked(command) for command in commands]
        self._waiting += all_asked
        async with self._lock:
            while not all(asked.settled for asked in all_asked):
                if self._group > 1:
                    # Those that came by the same task of Temporal all begin before the first is decided.
                    await asyncio.sleep(0)
                group, self._waiting = self._waiting[: self._group], self._waiting[self._group :]
                await self._play(group)
        return all_asked

    async def _play(self, group: list[_Asked]) -> None:
        try:
            outcome = await workflow.execute_local_activity(
                DECIDER,
                {
                    "demarche_id": self._state.demarche_id,
                    "modele_sha": self._sha(),
                    "seq": self._state.seq,
                    "at": workflow.now().isoformat(),
                    "commands": [asked.command for asked in group],
                },
                start_to_close_timeout=timedelta(milliseconds=1800),
                retry_policy=_DECIDER_RETRY,
            )
        except FailureError as error:
            for asked in group:
                asked.error = _answer(error)
        else:
            # An older worker recorded the events of one command; its refusal was a failure.
            answers = outcome.get("answers") or [outcome]
            events: list[dict[str, Any]] = []
            for asked, answer in zip(group, answers, strict=True):
                asked.settle(answer, self._state.seq)
                if asked.error is None:
                    self._remember(asked.command["id"])
                    events += answer["events"]
            self._adopt(outcome["missing"], events)
        # A démarche that never opened leaves nothing behind.
        self._refused_opening = self._state.seq == 0
        if self._refused_opening:
            self._wake = True

    def _adopt(self, missing: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
        """Fold what PostgreSQL already had, then what these commands led to; skip what is known."""
        for recorded in (*missing, *events):
            if recorded["seq"] > self._state.seq:
                # Upcast: a history replayed years later holds facts as they were then.
                evolve(self._state, upcasters.read(recorded))
        need = needs(self._state)
        nearer = need.next_at is not None and (
            self._sleeping_until is None or need.next_at < self._sleeping_until
        )
        moved = any(event["fact"]["type"] == "HorlogeSet" for event in events)
        if nearer or moved or need.finished or self._should_continue():
            self._wake = True
        # Launched from here: waking the run would cost it a new timer.
        self._launch(need)

    def _remember(self, id_: str) -> None:
        self._commands += 1
        self._ids = [*self._ids, id_][-KNOWN_IDS:]

    async def _internal(self, command: dict[str, Any]) -> None:
        """A command of the system: it is tried until PostgreSQL is back, and a refusal is final."""
        pause = 1
        while True:
            try:
                await self._decide(command)
                return
            except ApplicationError as error:
                if error.type == "refusal":
                    workflow.logger.warning("system command refused", extra={"command_type": command["type"]})
                    return
                workflow.logger.warning("decider unavailable", extra={"command_type": command["type"]})
            await workflow.sleep(pause)
            pause = min(pause * 2, 60)

    # --- effects

    def _launch(self, need: Needs) -> None:
        for effect in need.effects:
            if effect not in self._launched:
                self._launched.add(effect)
                asyncio.create_task(self._carry_out(effect))  # noqa: RUF006  (the event loop of a workflow keeps it)
        self._launched &= set(self._state.effets)

    async def _carry_out(self, effect: str) -> None:
        self._under_way += 1
        try:
            await self._do_and_report(effect)
        finally:
            self._under_way -= 1

    async def _do_and_report(self, effect: str) -> None:
        """Do one row of the ledger, then record its outcome. A row held or given up is not done; it is launched again
        on release."""
        outcome = await workflow.execute_activity(
            EFFECT,
            {"effect_id": effect, "demarche_id": self._state.demarche_id},
            start_to_close_timeout=timedelta(minutes=2),
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=_PATIENT,
        )
        if outcome["outcome"] in ("held", "cancelled"):
            if effect in needs(self._state).effects:
                # PostgreSQL knows better: what was decided there and never reached this run is adopted.
                await self._internal(
                    {"type": "Tick", "id": f"reveil/{self._state.seq}/{effect}", "actor": SYSTEM.model_dump()}
                )
            self._launched.discard(effect)
            self._wake = True
            return
        await self._internal(
            {
                "type": "ReportEffect",
                "id": f"effet/{effect}",
                "actor": SYSTEM.model_dump(),
                "effect": effect,
                **outcome,
            }
        )


class _Asked:
    """A command that waits for its turn, then its answer."""

    def __init__(self, command: dict[str, Any]) -> None:
        self.command = command
        self.answer: dict[str, Any] | None = None
        self.error: ApplicationError | None = None

    @property
    def settled(self) -> bool:
        return self.answer is not None or self.error is not None

    def settle(self, answer: dict[str, Any], seq: int) -> None:
        """`seq`: number of the last event before, for a command that leads to none."""
        if "refusal" in answer:
            refusal = answer["refusal"]
            self.error = ApplicationError(refusal["detail"], refusal, type="refusal", non_retryable=True)
        elif "engine" in answer:
            self.error = ApplicationError(answer["engine"], type="engine", non_retryable=True)
        else:
            events = answer["events"]
            self.answer = {
                "seq": events[-1]["seq"] if events else seq,
                "events": [event["fact"]["type"] for event in events],
            }

    def told(self) -> dict[str, Any]:
        """Its answer or its error, as data."""
        if self.error is not None:
            error = self.error
            told = {"type": error.type, "message": error.message, "details": list(error.details)}
            return {"error": told}
        return self.result()

    def result(self) -> dict[str, Any]:
        """Its answer. Raises the error that it was given."""
        if self.error is not None:
            raise self.error
        assert self.answer is not None
        return self.answer


def _answer(error: FailureError) -> ApplicationError:
    """What the caller of an update is told: the refusal itself, or that nothing could be recorded."""
    # A local activity raises the failure itself, a normal one wraps it.
    cause = error.cause if isinstance(error, ActivityError) else error
    if isinstance(cause, ApplicationError) and cause.type in ("refusal", "engine"):
        return ApplicationError(cause.message, *cause.details, type=cause.type, non_retryable=True)
    return ApplicationError("decider unavailable", type="unavailable", non_retryable=True)
