"""Plans of reminders (REC-10): a collection whose lines say, one by one, when a reminder goes and by which way.

The modèle writes what may be sent and from which date days are counted; the lines, which people choose and change in
each démarche, say what is sent of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from workflows.engine.modele import Modele, Relance
from workflows.engine.moment import Delay, Moment
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState, EtapeState, LigneState, Sent

NIVEAU, JOURS, CANAL = "niveau", "jours", "canal"
"""Fields that the form of a step has: its name, the days from the date (before it when negative), its way."""
PASSAGE = "etape"
"""The way of a step that sends nothing: it says when the étape gives way to the next, which the modèle reads."""


def paliers_of(state: DemarcheState, relance: Relance) -> list[LigneState | None]:
    """Steps that a reminder follows; [None] for one that the modèle dates by itself."""
    if relance.paliers is None:
        return [None]
    return [
        palier
        for palier in state.collections.get(relance.paliers, {}).values()
        if palier.donnees[CANAL] in relance.canaux
    ]


def moment_of(relance: Relance, palier: LigneState | None) -> Moment:
    """When a reminder goes, at a step of its plan."""
    if palier is None:
        return relance.quand
    days = int(palier.donnees[JOURS])
    return replace(relance.quand, sign=-1 if days < 0 else 1, delay=Delay(abs(days), "j"))


def ways_of(relance: Relance, palier: LigneState | None) -> tuple[str, ...]:
    """Ways by which it goes, at a step of its plan."""
    return relance.canaux if palier is None else (str(palier.donnees[CANAL]),)


def variables_of(palier: LigneState | None) -> dict[str, Any]:
    """What mails and SMS read of the step they are sent at."""
    return {} if palier is None else {"palier": dict(palier.donnees)}


def sendings(etape: EtapeState, relance: Relance, palier: str | None) -> Iterator[Sent]:
    """What an étape remembers of a reminder, whatever lines it was about; of one step of its plan, by its id."""
    for key, sent in etape.sent.items():
        name, _, about = key.partition("/")
        if name == relance.cle and palier in (None, about.rpartition("/")[2]):
            yield sent


def chosen_at(program: Program, palier: LigneState | None) -> dict[str, Any]:
    """What a step says of its own sending: its fields that the form of « choix_envoi » has."""
    form = program.modele.choix_envoi
    if palier is None or form is None:
        return {}
    fields = program.bundle.forms[form].get("properties", {})
    return {name: value for name, value in palier.donnees.items() if name in fields}


def plans_of(modele: Modele) -> set[str]:
    """Collections that reminders follow."""
    return {
        relance.paliers
        for etape in modele.walk()
        for relance in etape.relances
        if relance.paliers is not None
    }


def gone(state: DemarcheState, modele: Modele, collection: str) -> set[str]:
    """Steps at which a reminder went, by id: what was sent cannot be taken back."""
    return {
        palier
        for palier in state.collections.get(collection, {})
        for etape in modele.walk()
        for relance in etape.relances
        if relance.paliers == collection and any(sendings(state.etapes[etape.cle], relance, palier))
    }
