"""The activities as Temporal knows them: names, errors in its own terms. The work itself is in `activities/`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as SqlTimeout
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.decider import decide_and_record, load_state
from activities.effects import carry_out
from store.crypto import Keyring
from workflows.demarche import DECIDER, EFFECT, HEARTBEAT_TIMEOUT, LOAD
from workflows.engine.commands import Refusal


class DemarcheActivities:
    """Holds what every activity needs: the keys."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    @activity.defn(name=DECIDER)
    async def decide(self, request: dict[str, Any]) -> dict[str, Any]:
        """One command, one transaction. A refusal is final; anything else may be retried with the same id."""
        try:
            outcome = await decide_and_record(self._keyring, **request)
        except Refusal as refusal:
            raise ApplicationError(
                refusal.detail,
                {"code": refusal.code, "detail": refusal.detail, "errors": [list(e) for e in refusal.errors]},
                type="refusal",
                non_retryable=True,
            ) from None
        except (OperationalError, InterfaceError, SqlTimeout, OSError):
            raise
        except Exception as error:
            # A broken invariant or a bug: trying again changes nothing, and someone must know.
            activity.logger.error(
                "decider failed", exc_info=error, extra={"demarche_id": request["demarche_id"]}
            )
            raise ApplicationError(type(error).__name__, type="engine", non_retryable=True) from error
        return {
            "missing": [event.model_dump(mode="json", exclude_defaults=False) for event in outcome.missing],
            "events": [event.model_dump(mode="json", exclude_defaults=False) for event in outcome.events],
        }

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
            return asdict(await carry_out(self._keyring, request["effect_id"]))
        finally:
            beating.cancel()


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(HEARTBEAT_TIMEOUT.total_seconds() / 4)
