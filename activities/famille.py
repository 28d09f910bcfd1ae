"""What passes between a démarche and its children: rows of the outbox, written in the deciding transaction.

Each row is named by the event that wrote it: deciding the same thing again writes the same row.
"""

from __future__ import annotations

import uuid
from typing import Any

from store import outbox
from store.crypto import ClientCipher
from store.statements import Call
from workflows.engine import facts as f
from workflows.engine.facts import Event
from workflows.engine.state import DemarcheState, Ordre, Rapport

KIND = "enfant"
_ORDERS: dict[Ordre, str] = {"suspendre": "Suspend", "reprendre": "Resume", "annuler": "Cancel"}


def between(cipher: ClientCipher, state: DemarcheState, event: Event) -> list[Call]:
    """The command that an event has for another démarche, to be delivered by the relay."""
    match event.fact:
        case f.EnfantRequested() as fact:
            to, command = fact.enfant.demarche_id, opening(state, fact)
        case f.EnfantCommanded(enfant=to, ordre=ordre, motif=motif):
            command = {"type": _ORDERS[ordre]} | ({"motif": motif} if motif else {})
        case f.ParentTold(parent=parent, rapport=rapport):
            to, command = parent.demarche_id, report(state.demarche_id, rapport)
        case _:
            return []
    id_ = uuid.uuid5(uuid.UUID(state.demarche_id), f"sortie/{event.seq}")
    return outbox.calls(cipher, uuid.UUID(to), KIND, {**command, "id": f"enfant/{id_}"}, id_)


def opening(state: DemarcheState, fact: f.EnfantRequested) -> dict[str, Any]:
    """OpenDemarche of a child. `sha`: the version that its parent is pinned to."""
    return {
        "type": "OpenDemarche",
        "sha": fact.sha,
        "client_id": state.client_id,
        "client_nom": state.client_nom,
        "client_type": "",
        "reference": fact.enfant.reference,
        "phase": "dossier",
        "equipe": [member.model_dump() for member in fact.equipe],
        "donnees": fact.donnees,
        "horloge": state.horloge.model_dump(mode="json") if state.horloge else None,
        "parent": fact.parent.model_dump(),
    }


def report(enfant: str, rapport: Rapport) -> dict[str, Any]:
    """ReportEnfant of a child to its parent."""
    return {"type": "ReportEnfant", "enfant": enfant, "rapport": rapport.model_dump(mode="json")}
