"""Tasks (TCH)."""

from __future__ import annotations

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.items import task_audience
from workflows.engine.state import ChecklistItem, Membre, TacheState
from workflows.engine.turn import CLIENT, Turn
from workflows.engine.waiting import form_done

_EDITED = ("titre", "description", "priorite", "facturable", "start_at")


def _open_tache(turn: Turn, id_: str) -> TacheState:
    tache = turn.state.taches.get(id_)
    if tache is None:
        raise Refusal("tache_inconnue", "Cette tâche n'existe pas dans cette démarche.")
    if tache.statut == "termine":
        raise Refusal(
            "tache_finie", f"La tâche « {tache.titre} » est déjà terminée, par {tache.completed_by}."
        )
    if tache.statut == "annulee":
        raise Refusal("tache_annulee", f"La tâche « {tache.titre} » a été annulée.")
    return tache


def _given(turn: Turn, pour: str, holder: Membre | None, tache: TacheState, message: str) -> None:
    """Tell the person chosen, or whoever holds the role."""
    if holder is None:
        turn.notice(pour, "tache_assignee", message, f"tache:{tache.id}")
    else:
        turn.notice_user(holder.user_id, "tache_assignee", message, f"tache:{tache.id}")


@handle.register
def _(command: c.AddTache, turn: Turn) -> None:
    """TCH-09, and TCH-08/17 when the client suggests one."""
    turn.require_dossier()
    suggested = turn.actor.kind == "client"
    turn.require(
        turn.actor.kind != "participant", "interdit", "Cette action est réservée au client et au cabinet."
    )
    default = next(key for key, role in turn.modele.roles.items() if role.cote == "cabinet")
    pour = default if suggested else command.pour or default
    turn.known_person(pour)
    current = turn.current_etape(command.etape)
    holder = turn.state.member(command.user_id) if command.user_id else None
    tache = TacheState(
        id=turn.new_id(),
        titre=command.titre,
        pour=pour,
        etape=current.cle if current else None,
        visit=current.visit if current else 0,
        description=command.description,
        assignee=holder or turn.state.holder(pour),
        statut="suggere_client" if suggested else "a_faire",
        checklist=[ChecklistItem(libelle=label) for label in command.checklist],
        due_at=command.due_at,
        due_by_hand=command.due_at is not None,
        priorite="normale" if suggested else command.priorite,
        facturable=False if suggested else command.facturable,
        obligatoire=False if suggested else command.obligatoire,
        visible_client=suggested or turn.modele.side(pour) != "cabinet",
        created_at=turn.now,
    )
    turn.say(f.TacheCreated(tache=tache), task_audience(turn, tache))
    _given(turn, pour, holder, tache, f"Nouvelle tâche : « {tache.titre} ».")


@handle.register
def _(command: c.QualifyTache, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    turn.require(
        tache.statut == "suggere_client", "tache_deja_qualifiee", "Cette tâche est déjà prise en compte."
    )
    turn.say(f.TacheQualified(tache=tache.id, priorite=command.priorite), CLIENT)
    if command.pour is not None and command.pour != tache.pour:
        turn.known_person(command.pour)
        turn.say(
            f.TacheAssigned(tache=tache.id, pour=command.pour, assignee=turn.state.holder(command.pour)),
            CLIENT,
        )
    if command.due_at is not None:
        turn.say(f.TacheRescheduled(tache=tache.id, due_at=command.due_at, by_hand=True), CLIENT)


@handle.register
def _(command: c.StartTache, turn: Turn) -> None:
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    turn.require_can_act_for(tache.pour)
    turn.require(tache.statut == "a_faire", "tache_commencee", "Cette tâche est déjà commencée.")
    turn.say(f.TacheStarted(tache=tache.id), task_audience(turn, tache))


@handle.register
def _(command: c.MoveTache, turn: Turn) -> None:
    """TCH-01, TCH-03: from one column of the board to another; to finish or to open again has its own command."""
    turn.require_staff()
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    turn.require(
        tache.statut != "suggere_client", "tache_a_qualifier", "Prenez d'abord la suggestion en compte."
    )
    if (tache.statut, tache.colonne) != (command.statut, command.colonne):
        turn.say(
            f.TacheMoved(
                tache=tache.id,
                statut=command.statut,
                colonne=command.colonne,
                colonne_nom=command.colonne_nom,
            ),
            task_audience(turn, tache),
        )


@handle.register
def _(command: c.EditTache, turn: Turn) -> None:
    """TCH-04: its words, its priority, whether it is invoiced, when it is meant to begin."""
    turn.require_staff()
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    edited = f.TacheEdited(
        tache=tache.id,
        titre=command.titre or tache.titre,
        description=tache.description if command.description is None else command.description or None,
        priorite=command.priorite or tache.priorite,
        facturable=tache.facturable if command.facturable is None else command.facturable,
        start_at=None if command.sans_debut else command.start_at or tache.start_at,
    )
    if any(getattr(edited, name) != getattr(tache, name) for name in _EDITED):
        turn.say(edited, task_audience(turn, tache))


@handle.register
def _(command: c.AttachTache, turn: Turn) -> None:
    """TCH-04: files joined to a task, by the firm or by whoever it falls to."""
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    turn.require_can_act_for(tache.pour)
    turn.say(f.TacheFilesAdded(tache=tache.id, files=command.files), task_audience(turn, tache))
    if turn.actor.kind != "staff":
        names = ", ".join(file.nom for file in command.files)
        message = f"{turn.actor.name} a joint {names} à « {tache.titre} »."
        turn.notice_side("cabinet", "tache_jointe", message, f"tache:{tache.id}")


@handle.register
def _(command: c.TickTache, turn: Turn) -> None:
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    turn.require_can_act_for(tache.pour)
    if not 0 <= command.item < len(tache.checklist):
        raise Refusal("point_inconnu", "Ce point n'existe pas dans la checklist.")
    if tache.checklist[command.item].fait != command.fait:
        turn.say(
            f.TacheTicked(tache=tache.id, item=command.item, fait=command.fait), task_audience(turn, tache)
        )


@handle.register
def _(command: c.CompleteTache, turn: Turn) -> None:
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    turn.require_can_act_for(tache.pour)
    if command.visit is not None and command.visit != tache.visit:
        raise Refusal(
            "etape_perimee", "L'étape a été rouverte depuis : rechargez la page avant de recommencer."
        )
    left = [item.libelle for item in tache.checklist if not item.fait]
    if left:
        raise Refusal("checklist_incomplete", f"Il reste à cocher : {', '.join(left)}.")
    if tache.document is not None:
        document = turn.modele.documents[tache.document]
        left_to_make = turn.not_made(tache.document)
        detail = f"Produisez d'abord le document « {document.titre} »."
        if document.pour_chaque is not None and left_to_make:
            lines = turn.state.collections[document.pour_chaque]
            named = ", ".join(f"« {lines[id_].nom} »" for id_ in left_to_make if id_ is not None)
            detail = f"Produisez d'abord « {document.titre} » pour {named}."
        turn.require(not left_to_make, "document_attendu", detail)
    own = turn.program.own_form(tache)
    if own is not None:
        done = form_done(turn.state, turn.state.etapes[tache.etape or ""], own.nom)
        turn.require(done, "formulaire_attendu", f"Remplissez d'abord « {own.titre or tache.titre} ».")
    missing = turn.unmet(tache)
    if missing is not None:
        raise Refusal("exigence", missing)
    turn.say(f.TacheCompleted(tache=tache.id), task_audience(turn, tache))
    if turn.actor.kind != "staff":
        turn.notice_side(
            "cabinet",
            "tache_terminee",
            f"{turn.actor.name} a terminé « {tache.titre} ».",
            f"tache:{tache.id}",
        )


@handle.register
def _(command: c.ReopenTache, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    tache = turn.state.taches.get(command.tache)
    if tache is None or tache.statut != "termine":
        raise Refusal("tache_non_terminee", "Seule une tâche terminée peut être rouverte.")
    declared = turn.program.declared(tache)
    if declared is not None and declared.tant_que is not None:
        raise Refusal("tache_suivie", "Cette tâche revient d'elle-même quand il y a de nouveau à faire.")
    etape = turn.state.etapes.get(tache.etape or "")
    if tache.etape is not None and (etape is None or etape.statut not in ("en_cours", "a_faire")):
        raise Refusal("etape_finie", "L'étape de cette tâche est terminée : revenez d'abord à cette étape.")
    turn.say(f.TacheReopened(tache=tache.id, motif=command.motif), task_audience(turn, tache))


@handle.register
def _(command: c.CancelTache, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    suggested = tache.statut == "suggere_client"
    turn.say(
        f.TacheCancelled(tache=tache.id, motif=command.motif),
        CLIENT if suggested else task_audience(turn, tache),
    )
    if suggested:
        turn.notice_side(
            "client", "tache_ecartee", f"« {tache.titre} » n'a pas été retenue : {command.motif}"
        )


@handle.register
def _(command: c.AssignTache, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    turn.known_person(command.pour)
    holder = turn.state.member(command.user_id) if command.user_id else None
    turn.say(
        f.TacheAssigned(
            tache=tache.id, pour=command.pour, assignee=holder or turn.state.holder(command.pour)
        ),
        task_audience(turn, tache),
    )
    _given(turn, command.pour, holder, tache, f"« {tache.titre} » vous est confiée.")


@handle.register
def _(command: c.RescheduleTache, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    tache = _open_tache(turn, command.tache)
    turn.say(
        f.TacheRescheduled(tache=tache.id, due_at=command.due_at, by_hand=True), task_audience(turn, tache)
    )
