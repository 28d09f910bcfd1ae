"""Advancing by hand: validating, skipping, sending back an étape."""

from __future__ import annotations

import uuid

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.arrangement import ahead, begun, behind, stops
from workflows.engine.back import go_back, passed
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.items import drop_actions, drop_mails, drop_taches, waive_evenements, waive_pieces
from workflows.engine.modele import Parallele, PourChaque
from workflows.engine.settle import complete, missing
from workflows.engine.state import EtapeAjoutee, EtapeState, PlaceEtape, ReglageEtape
from workflows.engine.turn import CLIENT, Turn
from workflows.engine.upcoming import obstacles
from workflows.engine.waiting import left_to_decide, waits


@handle.register
def _(command: c.ValidateEtape, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    turn.require_visit(state, command.visit)
    if state.statut != "en_cours":
        raise Refusal("etape_inactive", f"L'étape « {state.titre} » n'est pas en cours.")
    decided = isinstance(etape, PourChaque) and left_to_decide(turn.state, etape)
    reasons = missing(turn, etape, decided=decided)
    if reasons:
        raise Refusal("etape_incomplete", f"L'étape ne peut pas encore être validée : {' ; '.join(reasons)}.")
    complete(turn, etape)


@handle.register
def _(command: c.SkipEtape, turn: Turn) -> None:
    """What the étape awaited is given up: open tasks, pièces, answers, outside events, mails that have not left."""
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    turn.require_visit(state, command.visit)
    if state.statut not in ("en_cours", "a_faire"):
        raise Refusal("etape_finie", f"L'étape « {state.titre} » est déjà terminée.")
    motif = passed(command.motif)
    drop_taches(turn, etape.cle, motif, by_hand=True)
    waive_pieces(turn, etape.cle, motif)
    drop_actions(turn, etape.cle, motif)
    waive_evenements(turn, etape.cle, motif)
    drop_mails(turn, etape.cle)
    turn.say(f.EtapeSkipped(etape=etape.cle, motif=command.motif), CLIENT)


@handle.register
def _(command: c.AdjustEtape, turn: Turn) -> None:
    """The modèle stays as it is; what differs here is in the journal."""
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    avant = turn.state.reglages.get(etape.cle, ReglageEtape())
    # What says the same as the modèle is no setting.
    reglage = ReglageEtape(
        titre=command.titre if command.titre != etape.titre else None,
        visible=command.visible if command.visible != etape.visible else None,
        due_at=command.due_at,
    )
    turn.require(reglage != avant, "sans_changement", "Rien n'a changé dans cette étape.")
    over = state.statut not in ("en_cours", "a_faire")
    if over and reglage.due_at != avant.due_at:
        raise Refusal("etape_finie", f"L'étape « {state.titre} » est déjà terminée.")
    if not over and reglage.visible is False and turn.program.asks_client(etape, turn.state):
        raise Refusal(
            "etape_attend_le_client",
            f"L'étape « {state.titre} » demande quelque chose au client : elle ne peut pas lui être cachée.",
        )
    turn.say(
        f.EtapeAdjusted(etape=etape.cle, titre=reglage.titre or etape.titre, avant=avant, reglage=reglage)
    )


@handle.register
def _(command: c.SetPortail, turn: Turn) -> None:
    """What the client owes is never hidden from them."""
    turn.require_staff()
    turn.require_open()
    turn.require(
        command.visible != turn.program.on_portal(turn.state),
        "sans_changement",
        "Rien n'a changé pour le client.",
    )
    if not command.visible:
        turn.require_dossier()
        asking = [
            state.titre
            for cle, state in turn.state.etapes.items()
            if state.statut in ("en_cours", "a_faire")
            and turn.program.asks_client(turn.program.etapes[cle], turn.state)
        ]
        owed = any(wait.side == "client" for wait in waits(turn.program, turn.state))
        if asking or owed:
            what = f"L'étape « {asking[0]} » demande" if asking else "Cette démarche demande"
            raise Refusal(
                "demarche_attend_le_client", f"{what} quelque chose au client : il doit voir la démarche."
            )
    choisi = command.visible if command.visible != turn.modele.portail.visible else None
    turn.say(f.PortailSet(visible=command.visible, choisi=choisi))


@handle.register
def _(command: c.AddEtape, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    if command.responsable is not None:
        turn.require_firm(command.responsable)
    ajoutee = EtapeAjoutee(
        titre=command.titre, description=command.description, responsable=command.responsable
    )
    cle = f"ajout_{uuid.UUID(turn.new_id()).hex[:16]}"
    apres, avant = _around(turn, command.apres)
    _place(turn, PlaceEtape(etape=cle, apres=apres, avant=avant, ajoutee=ajoutee), command.titre)


@handle.register
def _(command: c.MoveEtape, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    _require_ahead(state)
    turn.require(
        command.apres != etape.cle, "sans_changement", "Une étape ne peut pas venir après elle-même."
    )
    apres, avant = _around(turn, command.apres, etape.cle)
    _place(turn, PlaceEtape(etape=etape.cle, apres=apres, avant=avant), state.titre)


@handle.register
def _(command: c.RemoveEtape, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    added = any(place.etape == etape.cle and place.ajoutee is not None for place in turn.state.places)
    turn.require(
        added,
        "etape_du_modele",
        f"L'étape « {state.titre} » vient du modèle : passez-la, avec un motif, si elle est sans objet ici.",
    )
    _require_ahead(state)
    turn.say(f.EtapeWithdrawn(etape=etape.cle, titre=state.titre))


def _require_ahead(state: EtapeState) -> None:
    """What people have begun stays where they began it."""
    if not ahead(state):
        raise Refusal("etape_commencee", f"L'étape « {state.titre} » a déjà commencé : elle garde sa place.")


def _around(turn: Turn, apres: str | None, moved: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What an étape placed after `apres` comes after, then before, nearest first. `moved`: the étape itself, wherever
    it was."""
    known = [cle for cle in stops(turn.modele) if cle != moved]
    if apres is not None and apres not in known:
        raise Refusal("etape_inconnue", f"L'étape « {apres} » n'existe pas dans cette démarche.")
    at = known.index(apres) + 1 if apres is not None else 0
    return tuple(reversed(known[:at])), tuple(known[at:])


def _place(turn: Turn, place: PlaceEtape, titre: str) -> None:
    """Say where an étape now stands, if everything can still be done from there. Raises Refusal."""
    before, reasons = turn.program, set(obstacles(turn.program, turn.state))
    after = before.placed((*turn.state.places, place))
    ordre = tuple(after.etapes)
    turn.require(
        ordre != tuple(before.etapes) or after.modele.etapes != before.modele.etapes,
        "sans_changement",
        f"L'étape « {titre} » est déjà à cette place.",
    )
    if place.etape in behind(after.modele, begun(turn.state.etapes)):
        raise Refusal(
            "place_depassee",
            "Une étape qui vient après cette place a déjà commencé : choisissez-en une plus loin.",
        )
    named = turn.state.etapes.get(place.apres[0]) if place.apres else None
    blocks = {node.parallele: node.titre for node in after.modele.etapes if isinstance(node, Parallele)}
    apres = named.titre if named else blocks.get(place.apres[0]) if place.apres else None
    turn.say(f.EtapePlaced(place=place, titre=titre, apres=apres, ordre=ordre))
    lost = [reason for reason in obstacles(turn.program, turn.state) if reason not in reasons]
    if lost:
        raise Refusal("ordre_impossible", " ".join(lost))


@handle.register
def _(command: c.SendBack, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    etape, state = turn.etape_of(command.etape)
    if state.statut not in ("valide", "passee"):
        raise Refusal(
            "renvoi_impossible", f"On ne peut revenir qu'à une étape déjà terminée, pas à « {state.titre} »."
        )
    go_back(turn, etape, command.motif)
