"""Outside events: a payment, a postal event, a signature, told by a person, a webhook or a relay."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.handlers.forms import record_form
from workflows.engine.items import drop_calls, receive_evenement
from workflows.engine.modele import Etape, Evenement
from workflows.engine.services import call_service, under_way
from workflows.engine.turn import Turn


def declared(turn: Turn, cle: str) -> tuple[Etape, Evenement]:
    """An awaited event of the modèle and its étape. Raises Refusal."""
    for etape in turn.modele.walk():
        for evenement in etape.evenements:
            if evenement.cle == cle:
                return etape, evenement
    raise Refusal("evenement_inconnu", "Ce modèle n'attend pas cet événement.")


def require_not_received(turn: Turn, etape: Etape, evenement: Evenement) -> None:
    """Refuse an event that has already counted, unless its étape awaits it anew."""
    known = turn.state.evenements.get(evenement.cle)
    active = turn.state.etapes[etape.cle].statut == "en_cours"
    again = not active and (evenement.renouvele or etape.recurrente is not None)
    if known is not None and known.statut == "recu" and not (again and known.visit > 0):
        raise Refusal("evenement_deja_recu", f"« {evenement.titre} » est déjà enregistré.")


@handle.register
def _(command: c.CallService, turn: Turn) -> None:
    """The firm asks a service again, or for the first time."""
    turn.require_staff()
    turn.require_dossier()
    etape, evenement = declared(turn, command.evenement)
    if evenement.appel is None:
        raise Refusal("sans_service", f"« {evenement.titre} » ne vient pas d'un service.")
    known = turn.state.evenements.get(evenement.cle)
    active = turn.state.etapes[etape.cle].statut == "en_cours"
    turn.require(
        active and known is not None and known.statut in ("attendu", "echu"),
        "evenement_non_attendu",
        f"« {evenement.titre} » n'est pas attendu en ce moment.",
    )
    turn.require(
        not under_way(turn.state, evenement.cle),
        "appel_en_cours",
        "La question est déjà posée : attendez la réponse.",
    )
    call_service(turn, evenement, etape.cle)


@handle.register
def _(command: c.RecordEvenement, turn: Turn) -> None:
    """Facts win: an event is recorded before its étape as well as after its deadline, and counts once."""
    turn.require_staff()
    turn.require_dossier()
    etape, evenement = declared(turn, command.evenement)
    if evenement.recu_si is not None:
        raise Refusal("evenement_constate", f"« {evenement.titre} » se constate de lui-même.")
    require_not_received(turn, etape, evenement)
    if command.survenu_le is not None and command.survenu_le > turn.today:
        raise Refusal("date_future", "Cet événement ne peut pas avoir eu lieu dans le futur.")
    if evenement.formulaire is not None:
        record_form(turn, evenement.formulaire, command.donnees or {}, etape.cle)
    elif command.donnees:
        raise Refusal("donnees_inattendues", f"« {evenement.titre} » n'attend pas de données.")
    drop_calls(turn, evenement.cle)
    receive_evenement(turn, evenement, etape.cle, command.survenu_le)
