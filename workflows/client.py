"""How the rest of the product talks to démarches: open one, send one a command, start it again from PostgreSQL."""

from __future__ import annotations

import asyncio
import uuid
import weakref
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    TLSConfig,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from store.codec import data_converter, workflow_id
from store.crypto import Keyring, MasterKeys
from store.settings import settings
from workflows.demarche import FORMAT, MOVING, DemarcheWorkflow
from workflows.engine.commands import AnyCommand, Refusal
from workflows.path import Answer, Path, Sending, settle

RPC_TIMEOUT = timedelta(seconds=8)
ANSWER_SECONDS = 10.0
"""The time-out of an RPC bounds one poll only: left alone, an update without a worker is polled for ever."""
TASK_TIMEOUT = timedelta(seconds=8)
"""A killed worker's task is given to another after this; a replay must fit in it (see `COMMANDS_PER_RUN`)."""
MOVING_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between tries while a démarche moves to a new run, which takes a few hundredths."""


class Unavailable(RuntimeError):
    """Temporal, the worker or PostgreSQL did not answer. The same command id may be sent again safely."""


class _Moving(RuntimeError):
    """The démarche goes on as a new run in a moment."""


class Broken(RuntimeError):
    """The engine refused to break one of its invariants: an alarm."""


def make_keyring() -> Keyring:
    """The keys of this process, from its settings."""
    return Keyring(MasterKeys.from_settings(settings()))


async def connect(keyring: Keyring) -> Client:
    """A Temporal client whose payloads are encrypted. Raises RuntimeError when Temporal cannot be reached."""
    conf = settings()
    return await Client.connect(
        conf.temporal_address,
        namespace=conf.temporal_namespace,
        data_converter=data_converter(keyring),
        api_key=conf.temporal_api_key.get_secret_value() if conf.temporal_api_key else None,
        tls=TLSConfig() if conf.temporal_tls else False,
    )


class Demarches:
    """Commands to démarches, through Temporal updates: the answer is synchronous, in the order of one path."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._paths: weakref.WeakValueDictionary[str, Path] = weakref.WeakValueDictionary()

    async def open(
        self, client_id: uuid.UUID, demarche_id: uuid.UUID, sha: str, command: AnyCommand
    ) -> dict[str, Any]:
        """Start a démarche with its OpenDemarche command, atomically. Raises Refusal, Unavailable, Broken."""
        return await self._with_start(client_id, demarche_id, sha, 0, command)

    async def send(
        self, client_id: uuid.UUID, demarche_id: uuid.UUID, sha: str, seq: int, command: AnyCommand
    ) -> dict[str, Any]:
        """Send a command; answers `{seq, events}`. Raises Refusal, Unavailable, Broken.

        A démarche whose workflow is gone (ended, or Temporal's database was deleted) is started again at `seq`.
        """
        id_ = workflow_id(client_id, demarche_id)
        path = self._paths.get(id_)
        if path is None:

            async def alone(sending: Sending) -> Answer:
                return await self._alone(client_id, demarche_id, sending)

            async def together(group: Sequence[Sending]) -> None:
                await self._together(client_id, demarche_id, group)

            self._paths[id_] = path = Path(alone, together)
        return await path.send(Sending(sha, seq, command))

    async def _alone(self, client_id: uuid.UUID, demarche_id: uuid.UUID, sending: Sending) -> Answer:
        id_ = workflow_id(client_id, demarche_id)
        for pause in MOVING_PAUSES:
            try:
                given = sending.command.model_dump(mode="json")
                answer: Answer = await self._update(id_, DemarcheWorkflow.command, given)
                return answer
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise Unavailable(str(error.status)) from error
                return await self._with_start(
                    client_id, demarche_id, sending.sha, sending.seq, sending.command
                )
            except _Moving:
                await asyncio.sleep(pause)
        raise Unavailable(MOVING)

    async def _together(self, client_id: uuid.UUID, demarche_id: uuid.UUID, group: Sequence[Sending]) -> None:
        """Several commands in one update. The first one of those that find no workflow starts it again."""
        id_ = workflow_id(client_id, demarche_id)
        for pause in MOVING_PAUSES:
            try:
                given = [sending.command.model_dump(mode="json") for sending in group]
                answers = await self._update(id_, DemarcheWorkflow.commands, given)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise Unavailable(str(error.status)) from error
                for sending in group:
                    await self._settle_alone(client_id, demarche_id, sending)
                return
            except _Moving:
                await asyncio.sleep(pause)
                continue
            for sending, answer in zip(group, answers, strict=True):
                settle(sending, _error(**answer["error"]) if "error" in answer else answer)
            return
        raise Unavailable(MOVING)

    async def _settle_alone(self, client_id: uuid.UUID, demarche_id: uuid.UUID, sending: Sending) -> None:
        try:
            settle(sending, await self._alone(client_id, demarche_id, sending))
        except (Refusal, Unavailable, Broken) as error:
            settle(sending, error)

    async def _update(self, id_: str, update: Any, given: Any) -> Any:
        handle = self._client.get_workflow_handle(id_)
        return await self._answer(
            handle.execute_update(update, given, id=_attempt(), rpc_timeout=RPC_TIMEOUT)
        )

    async def restart(self, client_id: uuid.UUID, demarche_id: uuid.UUID, sha: str, seq: int) -> bool:
        """Start the workflow of a recorded démarche unless it runs; true when it was started."""
        try:
            await self._client.start_workflow(
                DemarcheWorkflow.run,
                _entry(demarche_id, sha, seq),
                id=workflow_id(client_id, demarche_id),
                task_queue=settings().task_queue,
                task_timeout=TASK_TIMEOUT,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def _with_start(
        self, client_id: uuid.UUID, demarche_id: uuid.UUID, sha: str, seq: int, command: AnyCommand
    ) -> dict[str, Any]:
        start = WithStartWorkflowOperation(
            DemarcheWorkflow.run,
            _entry(demarche_id, sha, seq),
            id=workflow_id(client_id, demarche_id),
            task_queue=settings().task_queue,
            task_timeout=TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        try:
            answer: Answer = await self._answer(
                self._client.execute_update_with_start_workflow(
                    DemarcheWorkflow.command,
                    command.model_dump(mode="json"),
                    start_workflow_operation=start,
                    id=_attempt(),
                    rpc_timeout=RPC_TIMEOUT,
                )
            )
            return answer
        except RPCError as error:
            raise Unavailable(str(error.status)) from error
        except _Moving as error:
            raise Unavailable(MOVING) from error

    @staticmethod
    async def _answer(call: Any) -> Any:
        """Translate Temporal's errors; a NOT_FOUND and a run that is moving are left to the caller."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await call
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            if isinstance(cause, ApplicationError):
                raise _error(cause.type, cause.message, cause.details) from error
            raise Unavailable(type(cause).__name__) from error
        except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError) as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                # The SDK tells as a delay that we were asked to stop: whoever asked would wait for ever.
                raise asyncio.CancelledError from error
            raise Unavailable("timeout") from error


def _error(type: str | None, message: str, details: Sequence[Any]) -> Exception:
    """What the shell answers, in the words of this module."""
    if type == "refusal":
        found = details[0]
        return Refusal(found["code"], found["detail"], tuple((p, d) for p, d in found["errors"]))
    if type == MOVING:
        return _Moving()
    if type == "engine":
        return Broken(message)
    return Unavailable("ApplicationError")


def _attempt() -> str:
    """Id of one try for Temporal, which answers a known id with what it answered the first time: an « unavailable »
    would be final. The command's own id is what the decider recognises, so that it is applied once.

    Short: Temporal keeps those of a whole run in one row, which it writes again at each step."""
    return uuid.uuid4().hex


def _entry(demarche_id: uuid.UUID, sha: str, seq: int) -> dict[str, Any]:
    return {"format": FORMAT, "demarche_id": str(demarche_id), "modele_sha": sha, "seq": seq, "ids": []}
