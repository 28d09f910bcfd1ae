"""One function per command, grouped by what the command is about."""

from __future__ import annotations

from workflows.engine.commands import Command
from workflows.engine.handlers import (
    actions,
    corrections,
    courriels,
    demande,
    documents,
    enfants,
    etapes,
    evenements,
    faits,
    forms,
    lifecycle,
    lignes,
    pieces,
    system,
    taches,
)
from workflows.engine.handlers._registry import handle

__all__ = [
    "Command",
    "actions",
    "corrections",
    "courriels",
    "demande",
    "documents",
    "enfants",
    "etapes",
    "evenements",
    "faits",
    "forms",
    "handle",
    "lifecycle",
    "lignes",
    "pieces",
    "system",
    "taches",
]
