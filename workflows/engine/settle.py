"""`settle`: after every command, bring the démarche to rest: enter, skip, complete, join, close, arm, name the status.

A bounded fixpoint. What it leaves is checked: an open démarche always awaits someone or something.
"""

from __future__ import annotations

from workflows.engine import facts as f
from workflows.engine.back import begin_anew
from workflows.engine.commands import EngineError, off_portal
from workflows.engine.enfants import joined, open_children, reconcile, tell_parent
from workflows.engine.items import (
    CONCERNED_AGAIN,
    NOT_CONCERNED,
    ask_again,
    await_evenement,
    cancel_action,
    create_tache,
    drop_actions,
    drop_taches,
    evenement_due,
    follow_actions,
    given_up,
    has_tache,
    piece_id,
    receive_evenement,
    request_action,
    task_audience,
    waive_evenements,
    waive_pieces,
)
from workflows.engine.lines import add_line
from workflows.engine.modele import Etape, Parallele, Piece, PourChaque
from workflows.engine.reactions import automate, react
from workflows.engine.schedule import due_alertes, late_relances, reconcile_timers
from workflows.engine.services import call_service
from workflows.engine.turn import CLIENT, Turn
from workflows.engine.waiting import form_done, lacking, waits

MAX_ROUNDS = 200
CLOSED = "Démarche terminée."


def settle(turn: Turn) -> None:
    """Run to rest. Raises EngineError when the modèle turns in circles or leaves the démarche stuck."""
    heard = 0
    for _ in range(MAX_ROUNDS):
        said = len(turn.events)
        recompute(turn)
        reconcile(turn)
        if turn.state.open:
            follow_actions(turn)
        if turn.state.cycle == "ouverte" and turn.state.phase == "dossier":
            # Before anything moves: what happened counts for the étapes that were under way.
            heard = react(turn, heard)
            if _begin_collections(turn):
                continue  # what is computed from them comes first
            _find_out(turn)
            _follow_taches(turn)
            _follow_pieces(turn)
            _lay_out(turn)
            _catch_up(turn)
            _advance(turn)
            _run_clocks(turn)
        if len(turn.events) == said:
            break
    else:
        raise EngineError("settle does not end: the modèle turns in circles")
    _reschedule(turn)
    reconcile_timers(turn)
    _name_status(turn)
    tell_parent(turn)
    check_not_stuck(turn)


def unseen(turn: Turn) -> frozenset[tuple[str, str]]:
    """What the client owes in a démarche that they do not see, by kind and id."""
    if turn.actor.kind != "staff" or not turn.state.open or turn.program.on_portal(turn.state):
        return frozenset()
    found = waits(turn.program, turn.state)
    return frozenset((wait.kind, wait.id) for wait in found if turn.program.is_client(wait.key, turn.state))


def require_seen(turn: Turn, before: frozenset[tuple[str, str]]) -> None:
    """Someone of the firm asks nothing more of a client who does not see the démarche. Raises Refusal.

    `before`: what was already owed when the command came, of a démarche that its modèle hid under way.
    """
    if unseen(turn) - before:
        raise off_portal("lui demander quelque chose")


def recompute(turn: Turn) -> None:
    """Refresh the named calculations and the title after the data changed, and only then: a rate table or a
    holiday list that changed since never alters a running démarche by itself."""
    if not turn.data_changed or not turn.state.open:
        return
    compute_lines(turn)
    values = turn.compute()
    if values != turn.state.calculs:
        turn.say(f.CalculsComputed(valeurs=values))
    if not turn.program.known(turn.modele.nom, turn.state):
        return
    titre = turn.titre()
    if titre != turn.state.titre:
        turn.say(f.TitreChanged(titre=titre), CLIENT)


def compute_lines(turn: Turn) -> None:
    """Refresh the names and computed columns of the lines."""
    for key, computed in turn.program.compute_lines(turn.state).items():
        known = turn.state.collections.get(key, {})
        changed = {
            id_: found
            for id_, found in computed.items()
            if (known[id_].nom, known[id_].calcule) != (found.nom, found.calcule)
        }
        if changed:
            turn.say(f.LignesComputed(collection=key, lignes=changed))


def _lay_out(turn: Turn) -> None:
    """Tasks made at the opening (EMB-04, EMB-05): there as soon as their conditions can be told, and as long as
    they hold, until their étape is entered."""
    if not turn.data_changed and not turn.said(f.DossierCreated, f.EtapeReset, f.DemarcheMigrated):
        return
    for etape in turn.modele.walk():
        state = turn.state.etapes[etape.cle]
        if state.statut != "a_faire":
            continue
        for tache in etape.taches:
            if tache.creation != "ouverture":
                continue
            conditions = (etape.si, tache.si)
            known = all(turn.program.known(condition, turn.state) for condition in conditions)
            wanted = known and all(turn.holds(condition) for condition in conditions)
            made = has_tache(turn, tache, etape.cle, state.visit + 1)
            if wanted and not made:
                create_tache(turn, tache, etape.cle, state.visit + 1)
            elif known and not wanted and made:
                for former in list(turn.state.taches.values()):
                    if former.open and former.cle == tache.cle and former.etape == etape.cle:
                        turn.say(
                            f.TacheCancelled(tache=former.id, motif=NOT_CONCERNED),
                            task_audience(turn, former),
                        )


def _begin_collections(turn: Turn) -> bool:
    """Lines that the modèle gives a collection to begin with, once: one that people emptied stays empty."""
    begun = {
        key: collection.depart
        for key, collection in turn.modele.collections.items()
        if collection.depart and key not in turn.state.collections
    }
    for key, lines in begun.items():
        for donnees in lines:
            add_line(turn, key, dict(donnees))
    return bool(begun)


def _find_out(turn: Turn) -> None:
    """Awaited events that the démarche's own data tell: an offer is accepted, every condition is met."""
    for known in list(turn.state.evenements.values()):
        evenement = turn.program.evenements.get(known.cle)
        source = evenement.recu_si if evenement is not None else None
        if evenement is None or source is None or not known.awaited:
            continue
        if _holds_yet(turn, source):
            receive_evenement(turn, evenement, known.etape)


def _follow_taches(turn: Turn) -> None:
    """Tasks that last as long as something holds: one is there whenever it does, and ends by itself.

    One that a person gave up is not asked again before the étape is done anew.
    """
    for active in list(turn.state.active):
        for tache in turn.program.etapes[active.cle].taches:
            if tache.tant_que is None:
                continue
            made = [
                known
                for known in turn.state.taches.values()
                if (known.cle, known.etape, known.visit) == (tache.cle, active.cle, active.visit)
            ]
            if not turn.lasts(tache):
                for known in made:
                    if known.open:
                        turn.say(f.TacheCompleted(tache=known.id), task_audience(turn, known))
            elif not any(given_up(known) for known in made) and turn.holds(tache.si):
                create_tache(turn, tache, active.cle, active.visit)


def _follow_pieces(turn: Turn) -> None:
    """The checklist of an étape under way follows the answers that it depends on (GED-08)."""
    # While suspended, a démarche opened by this one may have changed them.
    if not turn.data_changed and not turn.said(f.DemarcheResumed):
        return
    for active in list(turn.state.active):
        etape = turn.program.etapes[active.cle]
        for piece in etape.pieces:
            if piece.si is None:
                continue
            id_ = piece_id(etape, piece, active.visit)
            asked = _awaited(turn, id_)
            _judge_piece(turn, etape, piece, active.visit)
            if not asked and _awaited(turn, id_):
                text = f"Un document est attendu : « {piece.titre} »."
                turn.notice(piece.de, "piece_demandee", text, f"piece:{id_}")


def _awaited(turn: Turn, id_: str) -> bool:
    known = turn.state.pieces.get(id_)
    return known is not None and known.awaited


def _judge_piece(turn: Turn, etape: Etape, piece: Piece, visit: int) -> None:
    """Ask for a pièce that concerns the démarche; do without one that does not, unless it was accepted already."""
    id_ = piece_id(etape, piece, visit)
    known = turn.state.pieces.get(id_)
    if turn.holds(piece.si):
        ask_again(turn, piece, etape.cle, id_)
    elif known is not None and not known.settled:
        turn.say(f.PieceWaived(piece=id_, motif=NOT_CONCERNED), turn.audience_of(known.de))


# --- étapes


def _catch_up(turn: Turn) -> None:
    """Étapes of a block under way that did not concern the démarche, and now do: somebody liable is found late."""
    active = {etape.cle for etape in turn.state.active}
    for node in turn.modele.etapes:
        etapes = (
            [etape for branch in node.branches for etape in branch] if isinstance(node, Parallele) else []
        )
        if not any(etape.cle in active for etape in etapes):
            continue
        for etape in etapes:
            known = turn.state.etapes[etape.cle]
            if etape.rattrape and known.statut == "sans_objet" and turn.holds(etape.si):
                begin_anew(turn, known, CONCERNED_AGAIN)


def _advance(turn: Turn) -> None:
    for node in turn.modele.etapes:
        branches = node.branches if isinstance(node, Parallele) else ((node,),)
        # A list, not a generator: every branch moves even when an earlier one waits.
        ended = [_advance_branch(turn, branch) for branch in branches]
        if not all(ended):
            return
    if any(active for active in turn.state.active if not turn.program.etapes[active.cle].recurrente):
        return  # étapes that hold nothing but the end
    _leave_nothing_open(turn)
    turn.say(f.DemarcheClosed(), CLIENT)
    turn.notice_side("client", "demarche_terminee", f"« {turn.state.titre} » est terminée.")
    if turn.modele.cloture:
        for key, role in turn.modele.roles.items():
            if role.cote == "client":
                turn.mail(turn.modele.cloture, key, label="Fin de la démarche annoncée")


def _leave_nothing_open(turn: Turn) -> None:
    """What nobody will do any more is given up with the démarche."""
    for active in turn.state.active:
        # Only recurring étapes: their last turn ends with the rest.
        waive_pieces(turn, active.cle, CLOSED)
        turn.say(f.EtapeSkipped(etape=active.cle, motif=CLOSED))
    for etape in turn.state.etapes:
        waive_evenements(turn, etape, CLOSED)
    for tache in list(turn.state.taches.values()):
        if tache.open:
            turn.say(f.TacheCancelled(tache=tache.id, motif=CLOSED), task_audience(turn, tache))
    for action in list(turn.state.actions.values()):
        if action.statut == "attente_client":
            cancel_action(turn, action, CLOSED)


def _advance_branch(turn: Turn, branch: tuple[Etape, ...]) -> bool:
    """Move one branch as far as it goes; true when nothing in it holds what follows."""
    for etape in branch:
        if turn.state.etapes[etape.cle].statut == "a_faire":
            if not turn.holds(etape.si):
                drop_taches(turn, etape.cle, NOT_CONCERNED, by_hand=False)
                waive_pieces(turn, etape.cle, NOT_CONCERNED)
                turn.say(f.EtapeVoided(etape=etape.cle), turn.program.etape_readers(etape, turn.state))
                continue
            _enter(turn, etape)
        if turn.state.etapes[etape.cle].statut == "en_cours":
            if etape.terminee != "manuelle" and not missing(turn, etape):
                complete(turn, etape)
            elif not etape.beside:
                return False
    return True


def _run_clocks(turn: Turn) -> None:
    """Stop the clock of the firm where the client owes something, start it again when nothing is owed any more."""
    for active in turn.state.active:
        if turn.program.etapes[active.cle].delais is None:
            continue
        found = waits(turn.program, turn.state)
        owed = any(wait.side == "client" and wait.etape in (active.cle, None) for wait in found)
        if owed and active.stopped_at is None:
            turn.say(f.ClockStopped(etape=active.cle))
        elif not owed and active.stopped_at is not None:
            seconds = (turn.now - active.stopped_at).total_seconds()
            turn.say(f.ClockRestarted(etape=active.cle, seconds=seconds))


def _enter(turn: Turn, etape: Etape) -> None:
    visit = turn.state.etapes[etape.cle].visit + 1
    turn.say(
        f.EtapeEntered(etape=etape.cle, visit=visit, due_at=None),
        turn.program.etape_readers(etape, turn.state),
    )
    state = turn.state.etapes[etape.cle]
    due_at = turn.program.etape_due(etape, turn.state, state)
    if due_at is not None:
        turn.say(f.EtapeRescheduled(etape=etape.cle, due_at=due_at))
    for tache in etape.taches:
        if not has_tache(turn, tache, etape.cle, visit) and turn.holds(tache.si) and turn.lasts(tache):
            create_tache(turn, tache, etape.cle, visit)
    for piece in etape.pieces:
        _judge_piece(turn, etape, piece, visit)
    for action in etape.actions_client:
        if turn.holds(action.si):
            request_action(turn, action, etape.cle, visit)
    for evenement in etape.evenements:
        if turn.holds(evenement.si):
            await_evenement(turn, evenement, etape, visit)
            unknown = turn.state.evenements[evenement.cle].awaited
            if unknown and evenement.appel is not None and evenement.appel.quand == "entree":
                call_service(turn, evenement, etape.cle)
    if isinstance(etape, PourChaque):
        open_children(turn, etape)
    automate(turn, etape, "entree")


def complete(turn: Turn, etape: Etape) -> None:
    """End an étape and play its exit automations."""
    state = turn.state.etapes[etape.cle]
    readers = turn.program.etape_readers(etape, turn.state)
    turn.say(f.EtapeCompleted(etape=etape.cle, visit=state.visit), readers)
    for tache in list(turn.state.taches.values()):
        if tache.open and tache.etape == etape.cle and not tache.obligatoire and tache.cle is not None:
            turn.say(
                f.TacheCancelled(tache=tache.id, motif="L'étape est terminée."), task_audience(turn, tache)
            )
    drop_actions(turn, etape.cle, "L'étape est terminée.")
    waive_evenements(turn, etape.cle, "L'étape est terminée.")
    if "client" in readers:
        turn.notice_side(
            "client", "etape_terminee", f"Étape terminée : « {state.titre} ».", f"etape:{etape.cle}"
        )
    automate(turn, etape, "sortie")


def missing(turn: Turn, etape: Etape, *, decided: bool = False) -> list[str]:
    """What still keeps an étape from ending, in words. `decided`: a person goes on without more from its children."""
    state = turn.state.etapes[etape.cle]
    reasons = [
        f"le formulaire « {form.titre or form.nom} » est attendu"
        for form in etape.asked
        if not form_done(turn.state, state, form.nom)
    ]
    reasons += [
        f"{turn.modele.collections[wanted.nom].libelle} : il en manque {lack}"
        for wanted in etape.collections
        if (lack := lacking(turn.program, turn.state, wanted.nom))
    ]
    if isinstance(etape, PourChaque) and not decided and not joined(turn.program, turn.state, etape):
        reasons.append("les démarches ouvertes ne sont pas terminées")
    reasons += [
        f"la tâche « {tache.titre} » n'est pas faite"
        for tache in turn.state.taches.values()
        if tache.open and tache.etape == etape.cle and tache.obligatoire
    ]
    reasons += [
        f"la pièce « {piece.titre} » n'est pas validée"
        for piece in turn.state.pieces.values()
        if piece.etape == etape.cle and piece.obligatoire and not piece.settled
    ]
    reasons += [
        f"la réponse à « {action.message} » est attendue"
        for action in turn.state.actions.values()
        if action.etape == etape.cle and action.obligatoire and action.statut == "attente_client"
    ]
    reasons += [
        f"la correction de « {correction.titre} » n'est pas acceptée"
        for correction in turn.state.corrections.values()
        if correction.etape == etape.cle and correction.open
    ]
    reasons += [
        f"« {known.titre} » n'est pas encore arrivé"
        for known in turn.state.evenements.values()
        if known.etape == etape.cle and known.obligatoire and known.awaited
    ]
    if etape.attendre is not None:
        until = turn.program.instant(etape.attendre, turn.state, state)
        if until is not None and until > turn.now:
            reasons.append("la date prévue n'est pas atteinte")
        elif late_relances(turn, etape):
            # A command that comes before the tick does not swallow the reminders of the days that went by.
            reasons.append("une relance n'est pas encore partie")
    # An étape entered too late does not swallow the alarms it promised.
    reasons += [
        f"l'alerte « {alerte.message} » n'est pas encore partie" for alerte in due_alertes(turn, etape)
    ]
    return reasons


def _reschedule(turn: Turn) -> None:
    """Due dates follow the data they were computed from, unless someone set them by hand."""
    if not turn.state.open:
        return
    for etape in turn.modele.walk():
        state = turn.state.etapes[etape.cle]
        if state.statut == "en_cours":
            due_at = turn.program.etape_due(etape, turn.state, state)
            if due_at != state.due_at:
                turn.say(f.EtapeRescheduled(etape=etape.cle, due_at=due_at))
        by_key = {tache.cle: tache for tache in etape.taches}
        for tache in turn.state.taches.values():
            model = by_key.get(tache.cle or "") if tache.etape == etape.cle else None
            if model is None or not tache.open or tache.due_by_hand:
                continue
            firm = turn.modele.side(tache.pour) == "cabinet"
            due_at = turn.program.due(model.echeance, turn.state, state, firm=firm)
            if due_at != tache.due_at:
                turn.say(f.TacheRescheduled(tache=tache.id, due_at=due_at), task_audience(turn, tache))
        for piece in etape.pieces:
            known = turn.state.pieces.get(piece_id(etape, piece, state.visit))
            if known is not None and not known.settled:
                due_at = turn.program.due(piece.echeance, turn.state, state)
                if due_at != known.due_at:
                    turn.say(f.PieceRescheduled(piece=known.id, due_at=due_at), turn.audience_of(known.de))
        for evenement in etape.evenements:
            awaited = turn.state.evenements.get(evenement.cle)
            if awaited is None or not awaited.awaited:
                continue
            due_at, base = evenement_due(turn, evenement, state, awaited.asked_from)
            if (due_at, base) != (awaited.due_at, awaited.base):
                turn.say(f.EvenementRescheduled(evenement=awaited.cle, due_at=due_at, base=base))


# --- status and invariant


def _name_status(turn: Turn) -> None:
    statut = status_of(turn)
    if statut != turn.state.statut:
        turn.say(f.StatutChanged(statut=statut), CLIENT)


def status_of(turn: Turn) -> str:
    """Key of the démarche's status: of its life cycle, of its demande, of its étape, or of what is awaited."""
    state = turn.state
    ended = {"suspendue": "suspendue", "annulee": "annulee", "refusee": "refusee"}
    if state.cycle == "terminee":
        return next((issue.statut for issue in turn.modele.issues if _holds_yet(turn, issue.si)), "termine")
    if state.cycle in ended:
        return ended[state.cycle]
    waiting_client = any(action.statut == "attente_client" for action in state.actions.values())
    if state.phase == "demande":
        if waiting_client:
            return "attente_infos"
        # Staff who acted on it in any way have started to look at it.
        return "analyse" if state.statut in ("analyse", "attente_infos") else "recue"
    for etape in state.active:
        wanted = etape.statut_force or turn.program.etapes[etape.cle].statut
        if wanted is not None:
            return wanted
    active = {etape.cle for etape in state.active}
    if any(p.awaited and p.obligatoire and p.etape in active for p in state.pieces.values()):
        return "attente_documents"
    if waiting_client:
        return "attente_client"
    return "en_cours"


def _holds_yet(turn: Turn, condition: str | None) -> bool:
    """A condition on what may never have been filled: false as long as it cannot be told."""
    return turn.program.known(condition, turn.state) and turn.holds(condition)


def check_not_stuck(turn: Turn) -> None:
    """Every open démarche has an active human item, a timer, or an effect under way. Raises EngineError."""
    state = turn.state
    if state.cycle != "ouverte" or state.phase == "demande":
        return
    if state.timers or any(action.statut == "attente_client" for action in state.actions.values()):
        return
    if any(correction.open for correction in state.corrections.values()):
        return
    for active in state.active:
        etape = turn.program.etapes[active.cle]
        if etape.terminee == "manuelle" or missing(turn, etape):
            return
    raise EngineError(f"démarche {state.demarche_id} would be stuck: nobody and nothing is awaited")
