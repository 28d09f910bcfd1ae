"""The activities as Temporal knows them: names, errors in its own terms. The work itself is in `activities/`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as SqlTimeout
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.decider import Decided, Outcome, decide_and_record, load_state
from activities.effects import carry_out
from store.crypto import Keyring
from workflows.demarche import DECIDER, EFFECT, HEARTBEAT_TIMEOUT, LOAD
from workflows.engine.commands import Refusal
from workflows.engine.facts import Event


class DemarcheActivities:
    """Holds what every activity needs: the keys."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    @activity.defn(name=DECIDER)
    async def decide(self, request: dict[str, Any]) -> dict[str, Any]:
        """Commands of one démarche, in one transaction: an answer for each. What fails as a whole may be retried."""
        decided = await self._decide(request)
        return {
            "missing": [_plain(event) for event in decided.missing],
            "answers": [self._told(request, answer) for answer in decided.answers],
        }

    async def _decide(self, request: dict[str, Any]) -> Decided:
        try:
            return await decide_and_record(self._keyring, **request)
        except (OperationalError, InterfaceError, SqlTimeout, OSError):
            raise
        except Exception as error:
            commands = request["commands"]
            if len(commands) == 1:
                return Decided([], [error])
            # The fault of one is not that of the others.
            alone = [await self._decide({**request, "commands": [command]}) for command in commands]
            return Decided(alone[0].missing, [decided.answers[0] for decided in alone])

    def _told(self, request: dict[str, Any], answer: Outcome | Exception) -> dict[str, Any]:
        if isinstance(answer, Outcome):
            return {"events": [_plain(event) for event in answer.events]}
        if isinstance(answer, Refusal):
            errors = [list(error) for error in answer.errors]
            return {"refusal": {"code": answer.code, "detail": answer.detail, "errors": errors}}
        # A broken invariant or a bug: trying again changes nothing, and someone must know.
        activity.logger.error(
            "decider failed", exc_info=answer, extra={"demarche_id": request["demarche_id"]}
        )
        return {"engine": type(answer).__name__}

    @activity.defn(name=LOAD)
    async def load(self, request: dict[str, Any]) -> dict[str, Any]:
        """The recorded state of a démarche, for a run that starts in the middle."""
        try:
            return (await load_state(self._keyring, request["demarche_id"])).model_dump(mode="json")
        except LookupError as error:
            raise ApplicationError("unknown démarche", type="engine", non_retryable=True) from error

    @activity.defn(name=EFFECT)
    async def carry_out(self, request: dict[str, Any]) -> dict[str, Any]:
        """One row of the ledger. Beats while it works, so that a killed worker is noticed within seconds."""
        beating = asyncio.create_task(_beat())
        try:
            told = asdict(await carry_out(self._keyring, request["effect_id"]))
            del told["en_clair"]  # of the ledger only: the journal, encrypted, holds the whole reason
            return told
        finally:
            beating.cancel()


def _plain(event: Event) -> dict[str, Any]:
    return event.model_dump(mode="json", exclude_defaults=False)


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(HEARTBEAT_TIMEOUT.total_seconds() / 4)
