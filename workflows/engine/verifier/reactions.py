"""Automations: each listens to something that may happen, and acts while its étape is under way."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.engine.modele import Automatisation, Etape
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context


def check_reaction(context: Context, etape: Etape, automatisation: Automatisation, place: Place) -> None:
    """One automation. `place`: where it stands."""
    things: dict[str, Iterable[str]] = {
        "evenement": [event.cle for event in etape.evenements],
        "piece": [piece.cle for piece in etape.pieces],
        "tache": [tache.cle for tache, _ in context.taches(etape, place[:-2])],
        "action": [action.cle for action, _ in context.actions(etape, place[:-2])],
        "ligne": context.modele.collections,
    }
    known = list(things.get(automatisation.quand, ()))
    if automatisation.quand in things and not known:
        context.error(
            "declencheur_absent",
            (*place, "quand"),
            f"Ceci n’arrive jamais : l’étape « {etape.cle} » n’attend rien de ce genre.",
            "Changez « quand », ou ajoutez à l’étape ce qui doit le déclencher.",
        )
    elif automatisation.sur is not None and automatisation.sur not in known:
        context.error(
            "declencheur_inconnu",
            (*place, "sur"),
            f"« {automatisation.sur} » n’existe pas dans l’étape « {etape.cle} ».",
            context.close(automatisation.sur, known),
        )
    if automatisation.quand == "sortie" and (
        automatisation.tache or automatisation.action or automatisation.statut
    ):
        context.error(
            "acte_trop_tard",
            place,
            "À la sortie, l’étape est finie : une tâche, une action ou un statut n’y auraient plus leur place.",
            "Mettez-les dans l’étape suivante.",
        )
