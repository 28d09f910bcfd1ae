"""Creating what people must do or provide: tâches and pièces of the modèle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from workflows.engine import facts as f
from workflows.engine.modele import ActionClient, Etape, Evenement, Piece, Tache
from workflows.engine.state import (
    MESSAGES,
    ActionState,
    ChecklistItem,
    EtapeState,
    EvenementState,
    PieceState,
    TacheState,
)
from workflows.engine.turn import Turn

NO_LONGER = "N'est plus prévu par le modèle."
PLANNED_AGAIN = "De nouveau prévu par le modèle."
NOT_CONCERNED = "Ne concerne plus ce dossier."
CONCERNED_AGAIN = "Concerne de nouveau ce dossier."
_AGAIN = {NO_LONGER: PLANNED_AGAIN, NOT_CONCERNED: CONCERNED_AGAIN}


def create_tache(
    turn: Turn, tache: Tache, etape: str | None, visit: int, *, about: str | None = None
) -> None:
    """Create a task of the modèle and tell whoever it falls to; not twice while the first is to be done.

    `about`: name of the line of a collection that it concerns.
    """
    titre = f"{tache.titre} : {about}" if about else tache.titre
    if any(
        t.open and (t.cle, t.etape, t.visit, t.titre) == (tache.cle, etape, visit, titre)
        for t in turn.state.taches.values()
    ):
        return
    side = turn.modele.side(tache.pour)
    visible = tache.visible_client if tache.visible_client is not None else side != "cabinet"
    created = TacheState(
        id=turn.new_id(),
        cle=tache.cle,
        titre=titre,
        pour=tache.pour,
        etape=etape,
        visit=visit,
        description=tache.description,
        assignee=turn.state.holder(tache.pour),
        checklist=[ChecklistItem(libelle=label) for label in tache.checklist],
        due_at=turn.program.due(
            tache.echeance, turn.state, turn.state.etapes.get(etape or ""), firm=side == "cabinet"
        ),
        priorite=tache.priorite,
        facturable=tache.facturable,
        obligatoire=tache.obligatoire,
        document=tache.document,
        visible_client=visible,
        created_at=turn.now,
    )
    turn.say(f.TacheCreated(tache=created), task_audience(turn, created))
    turn.notice(tache.pour, "tache_assignee", f"Nouvelle tâche : « {titre} ».", f"tache:{created.id}")


def has_tache(turn: Turn, tache: Tache, etape: str, visit: int) -> bool:
    """This task of the modèle was already made for this visit, whatever became of it: unless a version that had it
    no longer took it away, and the démarche is back on one that has it."""
    return any(
        (known.cle, known.etape, known.visit) == (tache.cle, etape, visit)
        and (known.statut != "annulee" or given_up(known))
        for known in turn.state.taches.values()
    )


def given_up(tache: TacheState) -> bool:
    """Somebody said that it is not to be done."""
    return tache.statut == "annulee" and tache.motif != NO_LONGER


def drop_taches(turn: Turn, etape: str, motif: str, *, by_hand: bool) -> None:
    """Give up the open tasks of an étape; those added by hand only if `by_hand`."""
    for tache in list(turn.state.taches.values()):
        if tache.open and tache.etape == etape and (by_hand or tache.cle is not None):
            turn.say(f.TacheCancelled(tache=tache.id, motif=motif), task_audience(turn, tache))


def waive_pieces(turn: Turn, etape: str, motif: str) -> None:
    """Stop asking for what an étape still awaits."""
    for piece in list(turn.state.pieces.values()):
        if piece.etape == etape and not piece.settled:
            turn.say(f.PieceWaived(piece=piece.id, motif=motif), turn.audience_of(piece.de))


def drop_mails(turn: Turn, etape: str) -> None:
    """Give up the mails of an étape that have not left."""
    for effect in list(turn.state.effets.values()):
        if effect.etape == etape and effect.kind in MESSAGES:
            turn.say(f.EffectCancelled(effect=effect.id, label=effect.label))


def task_audience(turn: Turn, tache: TacheState) -> tuple[str, ...]:
    """Who sees a task, besides staff."""
    return turn.audience_of(tache.pour) if tache.visible_client else ()


def piece_id(etape: Etape, piece: Piece, visit: int) -> str:
    """Id of a pièce of the modèle: the same on every visit, but asked for anew each time a recurring étape returns."""
    return f"{piece.cle}_{visit}" if etape.recurrente and visit > 1 else piece.cle


def request_piece(turn: Turn, piece: Piece, etape: str, id_: str) -> None:
    """Ask for a pièce of the modèle."""
    state = turn.state.etapes.get(etape)
    requested = PieceState(
        id=id_,
        titre=piece.titre,
        de=piece.de,
        etape=etape,
        description=piece.description,
        categorie=piece.categorie,
        formats=piece.formats,
        taille_max_mo=piece.taille_max_mo,
        obligatoire=piece.obligatoire,
        due_at=turn.program.due(piece.echeance, turn.state, state),
        controles=piece.controles,
        etiquette=piece.etiquette,
        requested_at=turn.now,
    )
    turn.say(f.PieceRequested(piece=requested), turn.audience_of(piece.de))


def ask_again(turn: Turn, piece: Piece, etape: str, id_: str) -> None:
    """Ask for a pièce that the étape has not asked for yet, or that another version or other answers had taken away."""
    known = turn.state.pieces.get(id_)
    if known is None:
        request_piece(turn, piece, etape, id_)
    elif known.statut == "sans_objet" and known.motif in _AGAIN:
        turn.say(f.PieceReopened(piece=id_, motif=_AGAIN[known.motif]), turn.audience_of(known.de))


def piece_by_hand(
    turn: Turn,
    titre: str,
    de: str,
    *,
    description: str | None = None,
    categorie: str | None = None,
    obligatoire: bool = True,
    due_at: datetime | None = None,
    etape: str | None = None,
    action: str | None = None,
) -> PieceState:
    """Ask for a pièce that the conseiller names. One that the modèle knows by this name is asked for as it says."""
    named = titre.strip()
    known = next((p for p in turn.modele.pieces() if p.titre.casefold() == named.casefold()), None)
    requested = PieceState(
        id=turn.new_id(),
        titre=known.titre if known else named,
        de=de,
        etape=etape,
        description=description or (known.description if known else None),
        categorie=categorie or (known.categorie if known else None),
        obligatoire=obligatoire,
        due_at=due_at,
        action=action,
        requested_at=turn.now,
    )
    if known is not None:
        requested.formats = known.formats
        requested.taille_max_mo = known.taille_max_mo
        requested.controles = known.controles
        requested.etiquette = known.etiquette
    turn.say(f.PieceRequested(piece=requested), turn.audience_of(de))
    return requested


def request_action(turn: Turn, action: ActionClient, etape: str, visit: int) -> None:
    """Ask the client for something, as the étape says, and write to them."""
    due_at = turn.program.due(action.echeance, turn.state, turn.state.etapes[etape])
    asked = ActionState(
        id=turn.new_id(),
        nature=action.nature,
        message=action.message,
        a=action.a,
        cle=action.cle,
        etape=etape,
        visit=visit,
        obligatoire=action.obligatoire,
        due_at=due_at,
        requested_at=turn.now,
        requested_by=turn.actor.name,
    )
    turn.say(f.ActionRequested(action=asked), turn.audience_of(action.a))
    announce_action(turn, asked, action.courriel)


def announce_action(
    turn: Turn,
    action: ActionState,
    mail: str | None = None,
    *,
    code: str = "action_demandee",
    notice: str | None = None,
    cible: str | None = None,
    motif: str | None = None,
    pieces: Sequence[str] = (),
) -> None:
    """Tell someone that an answer is expected. `mail`: its model, when it is not the one of the modèle; `notice` and
    `motif`: what the notification and the mail say, when they say more than that an answer is awaited; `pieces`:
    names of those asked for."""
    turn.notice(action.a, code, notice or f"Votre réponse est attendue pour « {turn.state.titre} ».", cible)
    model = mail or turn.modele.action_demandee
    if model:
        turn.mail(
            model,
            action.a,
            label="Demande d'action envoyée",
            etape=action.etape,
            variables={
                "motif": motif or action.message,
                "echeance": action.due_at.isoformat() if action.due_at else None,
                **({"pieces": list(pieces)} if pieces else {}),
            },
        )


def cancel_action(turn: Turn, action: ActionState, motif: str) -> None:
    """Stop asking for an answer, and for what is left of its pièces; those already given are still looked at."""
    turn.say(f.ActionCancelled(action=action.id, motif=motif), turn.audience_of(action.a))
    for piece in list(turn.state.pieces.values()):
        if piece.action == action.id and piece.awaited:
            turn.say(f.PieceWaived(piece=piece.id, motif=motif), turn.audience_of(piece.de))


def drop_actions(turn: Turn, etape: str, motif: str) -> None:
    """Stop asking for the answers that an étape awaits."""
    for action in list(turn.state.actions.values()):
        if action.etape == etape and action.statut == "attente_client":
            cancel_action(turn, action, motif)


def follow_actions(turn: Turn) -> None:
    """ACT-07, ACT-09: an action whose pièces are all given is answered; one of them refused, it waits again."""
    asked: dict[str, list[PieceState]] = {}
    for piece in turn.state.pieces.values():
        if piece.action is not None:
            asked.setdefault(piece.action, []).append(piece)
    for id_, pieces in asked.items():
        action = turn.state.actions[id_]
        owed = any(piece.awaited for piece in pieces)
        given = [piece.titre for piece in pieces if piece.versions and piece.statut != "sans_objet"]
        if action.statut == "termine" and owed:
            turn.say(f.ActionReopened(action=id_), turn.audience_of(action.a))
        elif action.statut == "attente_client" and not owed and given:
            turn.say(
                f.ActionAnswered(action=id_, message=f"Documents déposés : {', '.join(given)}."),
                turn.audience_of(action.a),
            )
            if turn.actor.kind in ("client", "participant"):
                turn.notice_side(
                    "cabinet", "action_repondue", f"{turn.actor.name} a répondu pour « {turn.state.titre} »."
                )
        elif action.statut == "attente_client" and not owed:
            cancel_action(turn, action, "Plus aucun document n'est attendu.")


# --- outside events


def await_evenement(turn: Turn, evenement: Evenement, etape: Etape, visit: int) -> None:
    """Begin to await an outside event; one that has already happened counts, unless it must happen anew."""
    known = turn.state.evenements.get(evenement.cle)
    anew = evenement.renouvele or etape.recurrente is not None
    if known is not None and known.statut == "recu" and (known.visit == 0 or not anew):
        adopted = known.model_copy(update={"visit": visit, "etape": etape.cle, "awaited_at": turn.now})
        turn.say(f.EvenementAwaited(evenement=adopted))
        return
    due_at, base = evenement_due(turn, evenement, turn.state.etapes[etape.cle])
    turn.say(
        f.EvenementAwaited(
            evenement=EvenementState(
                cle=evenement.cle,
                titre=evenement.titre,
                de=evenement.de,
                etape=etape.cle,
                visit=visit,
                description=evenement.description,
                obligatoire=evenement.obligatoire,
                visible_client=evenement.visible_client,
                due_at=due_at,
                base=base,
                awaited_at=turn.now,
            )
        ),
        evenement_audience(turn, evenement.de, evenement.visible_client),
    )


def receive_evenement(turn: Turn, evenement: Evenement, etape: str, survenu_le: date | None = None) -> None:
    """An outside event has happened: before its étape as well as after its deadline, it counts."""
    known = turn.state.evenements.get(evenement.cle)
    active = turn.state.etapes[etape].statut == "en_cours"
    turn.say(
        f.EvenementReceived(
            evenement=evenement.cle,
            titre=evenement.titre,
            etape=etape,
            de=evenement.de,
            survenu_le=survenu_le,
            avance=not active and (known is None or known.statut == "recu"),
            en_retard=known is not None and known.passed is not None,
        ),
        evenement_audience(turn, evenement.de, evenement.visible_client),
    )
    turn.notice_side("cabinet", "evenement_recu", f"Reçu : « {evenement.titre} ».", f"etape:{etape}")


def evenement_due(
    turn: Turn, evenement: Evenement, etape: EtapeState, asked_from: datetime | None = None
) -> tuple[datetime | None, datetime | None]:
    """Deadline of an awaited event, and the same without suspensions. `asked_from`: counted from there, not from the
    entry into the étape."""
    program, state = turn.program, turn.state
    if asked_from is not None:
        etape = etape.model_copy(update={"entered_at": asked_from})
    due_at = program.due(evenement.echeance, state, etape)
    return due_at, program.due(evenement.echeance, state, etape, shifted=False) if due_at else None


def evenement_audience(turn: Turn, key: str, visible: bool) -> tuple[str, ...]:
    """Who learns of an outside event, besides staff."""
    return turn.audience_of(key) if visible else ()


def waive_evenements(turn: Turn, etape: str, motif: str) -> None:
    """Stop awaiting the outside events of an étape."""
    for known in list(turn.state.evenements.values()):
        if known.etape == etape and known.awaited:
            turn.say(f.EvenementWaived(evenement=known.cle, motif=motif))
            drop_calls(turn, known.cle)


def drop_calls(turn: Turn, evenement: str) -> None:
    """Stop asking the service of an event."""
    for effect in list(turn.state.effets.values()):
        if effect.evenement == evenement:
            turn.say(f.EffectCancelled(effect=effect.id, label=effect.label))
