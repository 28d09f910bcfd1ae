"""What passes between a démarche and its children: rows of the outbox, written in the deciding transaction.

Each row is named by the event that wrote it: deciding the same thing again writes the same row.
"""

from __future__ import annotations

import uuid

from store import outbox
from store.crypto import ClientCipher
from store.statements import Call
from workflows.engine.enfants import letter
from workflows.engine.facts import Event
from workflows.engine.state import DemarcheState

KIND = "enfant"


def between(cipher: ClientCipher, state: DemarcheState, event: Event) -> list[Call]:
    """The command that an event has for another démarche, to be delivered by the relay."""
    written = letter(state, event.fact)
    if written is None:
        return []
    to, command = written
    id_ = uuid.uuid5(uuid.UUID(state.demarche_id), f"sortie/{event.seq}")
    return outbox.calls(cipher, uuid.UUID(to), KIND, {**command, "id": f"enfant/{id_}"}, id_)
