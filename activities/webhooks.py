"""What the webhooks of outside services have in common: signed bytes that hold an event."""

from __future__ import annotations

import json
from typing import Any


class BadSignature(ValueError):
    """A webhook that the service did not sign, or signed too long ago, or that holds no event. For the log."""


def event_of(payload: bytes) -> dict[str, Any]:
    """The event of bytes whose signature was checked. Raises BadSignature."""
    try:
        event = json.loads(payload)
    except ValueError as error:
        raise BadSignature("the body is not JSON") from error
    if not isinstance(event, dict):
        raise BadSignature("the body is not an event")
    return event
