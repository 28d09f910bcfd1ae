"""Passing a running démarche from one version of its modèle to another: an ordinary command, whose turn runs on the
new version. The verdict is the same run without recording (`verdict.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from workflows.engine import facts as f
from workflows.engine.commands import MigrateDemarche, Refusal
from workflows.engine.enfants import migrate_children, nodes_with_children
from workflows.engine.items import (
    NO_LONGER,
    ask_again,
    await_evenement,
    create_tache,
    evenement_audience,
    evenement_due,
    has_tache,
    piece_id,
    request_action,
    task_audience,
)
from workflows.engine.migration_plan import Plan, plan, same_children
from workflows.engine.modele import Etape, Piece, Tache
from workflows.engine.program import Program
from workflows.engine.schedule import DUE
from workflows.engine.settle import compute_lines
from workflows.engine.state import MESSAGES, ChecklistItem, EtapeState, Membre, PieceState, TacheState
from workflows.engine.turn import CLIENT, Turn
from workflows.engine.upcoming import obstacles

_TASK_FIELDS = ("titre", "description", "obligatoire", "document", "priorite", "facturable")
_PIECE_FIELDS = (
    "titre",
    "de",
    "description",
    "categorie",
    "formats",
    "taille_max_mo",
    "obligatoire",
    "controles",
    "etiquette",
)
Key = tuple[str, str]


def migrate(turn: Turn, command: MigrateDemarche, source: Program) -> None:
    """Say what the migration changes. `turn` runs on the version to follow, `source` is the one followed so far.

    Raises Refusal: `correspondance_requise` with one error per étape to place, or what makes it impossible.
    """
    target, state = turn.program, turn.state
    source = source.of(state)
    turn.require_staff()
    turn.require(
        state.open, "demarche_close", "La démarche est terminée ou annulée : elle garde sa version du modèle."
    )
    if command.depuis is not None and command.depuis != state.modele_sha:
        raise Refusal("version_perimee", "Cette démarche a changé de version depuis : refaites un essai.")
    turn.require(target.sha != state.modele_sha, "sans_changement", "Cette démarche suit déjà cette version.")
    turn.require(
        target.modele.modele == source.modele.modele,
        "autre_modele",
        f"Une démarche « {source.modele.titre} » ne peut pas suivre « {target.modele.titre} ».",
    )
    turn.require(
        state.phase == "dossier" or target.modele.demande is not None,
        "demande_disparue",
        "La version visée n'a plus de phase de demande : validez ou refusez d'abord cette demande.",
    )
    planned = plan(source, target, state, command, turn.now)
    if planned.a_placer:
        titres = ", ".join(f"« {etape.titre} »" for etape in planned.a_placer)
        raise Refusal(
            "correspondance_requise",
            f"Dites où vont les étapes en cours que la version visée n'a plus : {titres}.",
            tuple(
                (f"/correspondance/{etape.etape}", f"Où va « {etape.titre} » ?") for etape in planned.a_placer
            ),
        )
    _require_children(turn, source, planned)
    _move(turn, source, planned)
    migrate_children(turn, source, command)


def check_way_on(turn: Turn) -> None:
    """Once settled: what is still to come can be evaluated with the data this démarche has, or will have."""
    reasons = obstacles(turn.program, turn.state) if turn.state.open else []
    if reasons:
        raise Refusal("migration_bloquee", " ".join(reasons))


def _require_children(turn: Turn, source: Program, planned: Plan) -> None:
    """Children answer to an étape of their parent: one with children under way goes alone to an étape that opens the
    same ones. Raises Refusal."""
    target, fact = turn.program, planned.fact
    for cle in nodes_with_children(turn.state):
        known, other = source.etapes[cle], fact.deplacees.get(cle, cle)
        if cle in fact.disparues or not same_children(known, target.etapes.get(other)):
            raise Refusal(
                "enfants_en_cours",
                f"Des démarches ouvertes pour « {known.titre} » sont en cours, et "
                + (
                    "cette étape n'a plus de place dans la version visée."
                    if cle in fact.disparues
                    else f"« {target.etapes[other].titre} » n'ouvre pas les mêmes."
                )
                + " Placez-la dans une étape qui ouvre les mêmes, ou attendez leur fin.",
                ((f"/correspondance/{cle}", "Étape dont des démarches sont en cours."),),
            )
        if any(turn.state.etapes[one].visit for one in planned.origines[other] if one != cle):
            raise Refusal(
                "enfants_en_cours",
                f"Des démarches ouvertes pour « {known.titre} » sont en cours : cette étape ne peut pas être réunie "
                "avec une autre déjà commencée.",
                ((f"/correspondance/{cle}", "Étape dont des démarches sont en cours."),),
            )


def _move(turn: Turn, source: Program, planned: Plan) -> None:
    state, fact = turn.state, planned.fact
    for cle in fact.participants_retires:
        if not state.participants[cle].revoked:
            turn.say(f.LinkRevoked(participant=cle, link_id=state.participants[cle].link_id), CLIENT)
    gone = set(fact.disparues)
    declared = set(_piece_definitions(source, state.etapes))
    taches = [t.id for t in state.taches.values() if t.open and t.cle is not None and t.etape in gone]
    pieces = [p.id for p in state.pieces.values() if p.etape in gone and p.id in declared and p.awaited]
    actions = [
        a.id
        for a in state.actions.values()
        if a.etape in gone and a.cle is not None and a.statut == "attente_client"
    ]
    effects = [e.id for e in state.effets.values() if e.etape in gone and e.kind in MESSAGES]
    told = dict(_told(turn, source, planned))
    orphans = [t.id for t in state.taches.values() if t.open and t.pour in fact.personnes]

    turn.say(fact)

    for id_ in taches:
        turn.say(f.TacheCancelled(tache=id_, motif=NO_LONGER), task_audience(turn, state.taches[id_]))
    for id_ in pieces:
        if state.pieces[id_].etape is None:
            turn.say(f.PieceWaived(piece=id_, motif=NO_LONGER), turn.audience_of(state.pieces[id_].de))
    for id_ in actions:
        turn.say(f.ActionCancelled(action=id_, motif=NO_LONGER), turn.audience_of(state.actions[id_].a))
    for id_ in effects:
        turn.say(f.EffectCancelled(effect=id_, label=state.effets[id_].label))
    _hold_roles(turn, source)
    for id_ in orphans:
        tache = state.taches[id_]
        if tache.open:
            turn.say(
                f.TacheAssigned(tache=id_, pour=tache.pour, assignee=turn.state.holder(tache.pour)),
                task_audience(turn, tache),
            )
    _recompute(turn, source)
    _sync_evenements(turn, source)
    for etape in turn.modele.walk():
        current = state.etapes[etape.cle]
        former = [source.etapes[cle] for cle in planned.origines.get(etape.cle, ())]
        if current.statut in ("en_cours", "a_faire"):
            _sync_taches(turn, former, etape)
            _sync_pieces(turn, former, etape, current)
            _sync_actions(turn, etape)
        if current.statut == "en_cours":
            _add_missing(turn, former, etape)
    _rebase(turn, told)


def _hold_roles(turn: Turn, source: Program) -> None:
    """A role that the new version adds falls to whoever already acts on that side."""
    state = turn.state
    for key, role in turn.modele.roles.items():
        if key in source.modele.roles or state.holder(key) is not None:
            continue
        same = [
            member
            for member in state.equipe
            if member.role in source.modele.roles and source.modele.roles[member.role].cote == role.cote
        ]
        if same:
            held = Membre(role=key, user_id=same[0].user_id, nom=same[0].nom, libelle=role.libelle)
            turn.say(f.MembreAssigned(membre=held), CLIENT)


def _recompute(turn: Turn, source: Program) -> None:
    """Calculations that the version adds or changes are made; the others keep the value they had."""
    compute_lines(turn)
    values = turn.compute()
    for name, calcul in turn.modele.calculs.items():
        if source.modele.calculs.get(name) == calcul and name in turn.state.calculs:
            values[name] = turn.state.calculs[name]
    if values != turn.state.calculs:
        turn.say(f.CalculsComputed(valeurs=values))
    if turn.program.known(turn.modele.nom, turn.state):
        titre = turn.titre()
        if titre != turn.state.titre:
            turn.say(f.TitreChanged(titre=titre), CLIENT)


# --- open tasks and pièces follow their new description


def _definitions(etapes: Iterable[Etape]) -> dict[str, Tache]:
    """Every task these étapes may make, those of their reminders and alarms included."""
    found: dict[str, Tache] = {}
    for etape in etapes:
        found |= etape.born_taches
    return found


def _sync_taches(turn: Turn, former: list[Etape], etape: Etape) -> None:
    before, after = _definitions(former), _definitions((etape,))
    for tache in list(turn.state.taches.values()):
        if not tache.open or tache.cle is None or tache.etape != etape.cle:
            continue
        old, new = before.get(tache.cle), after.get(tache.cle)
        if new is None:
            turn.say(f.TacheCancelled(tache=tache.id, motif=NO_LONGER), task_audience(turn, tache))
        elif old is not None and old != new:
            redefined = _redefined(turn, tache, old, new)
            if redefined != tache:
                turn.say(f.TacheRedefined(tache=redefined), task_audience(turn, redefined))


def _redefined(turn: Turn, tache: TacheState, old: Tache, new: Tache) -> TacheState:
    """The task with what the modèle changed, and only that: what people set by hand stays."""
    changes: dict[str, Any] = {
        name: getattr(new, name) for name in _TASK_FIELDS if getattr(old, name) != getattr(new, name)
    }
    if old.pour != new.pour and tache.pour == old.pour:
        changes |= {"pour": new.pour, "assignee": turn.state.holder(new.pour)}
    if old.visible_client != new.visible_client or "pour" in changes:
        side = turn.modele.side(changes.get("pour", tache.pour))
        changes["visible_client"] = (
            new.visible_client if new.visible_client is not None else side != "cabinet"
        )
    if old.checklist != new.checklist:
        known = {item.libelle: item for item in tache.checklist}
        changes["checklist"] = [
            known.get(libelle, ChecklistItem(libelle=libelle)) for libelle in new.checklist
        ]
    return tache.model_copy(update=changes, deep=True)


def _sync_pieces(turn: Turn, former: list[Etape], etape: Etape, current: EtapeState) -> None:
    before = {piece_id(one, piece, current.visit): piece for one in former for piece in one.pieces}
    after = {piece_id(etape, piece, current.visit): piece for piece in etape.pieces}
    for piece in list(turn.state.pieces.values()):
        if piece.etape != etape.cle or piece.settled or piece.id not in before:
            continue
        new = after.get(piece.id)
        if new is not None:
            redefined = _piece_redefined(piece, before[piece.id], new)
            if redefined != piece:
                turn.say(f.PieceRedefined(piece=redefined), turn.audience_of(redefined.de))
        elif piece.awaited:
            # One already given is still looked at.
            turn.say(f.PieceWaived(piece=piece.id, motif=NO_LONGER), turn.audience_of(piece.de))


def _piece_definitions(program: Program, etapes: dict[str, EtapeState]) -> dict[str, Piece]:
    """Pièces that the modèle asks for in the étapes as they stand, by id."""
    return {
        piece_id(etape, piece, etapes[etape.cle].visit): piece
        for etape in program.modele.walk()
        for piece in etape.pieces
    }


def _piece_redefined(piece: PieceState, old: Piece, new: Piece) -> PieceState:
    changes = {name: getattr(new, name) for name in _PIECE_FIELDS if getattr(old, name) != getattr(new, name)}
    return piece.model_copy(update=changes, deep=True)


def _sync_actions(turn: Turn, etape: Etape) -> None:
    """What is no longer asked of the client is withdrawn."""
    declared = {action.cle for action in etape.actions_client}
    declared |= {made.action.cle for made in etape.automatisations if made.action is not None}
    for action in list(turn.state.actions.values()):
        asked = action.etape == etape.cle and action.cle is not None and action.statut == "attente_client"
        if asked and action.cle not in declared:
            turn.say(f.ActionCancelled(action=action.id, motif=NO_LONGER), turn.audience_of(action.a))


def _sync_evenements(turn: Turn, source: Program) -> None:
    """Awaited events follow their new description, and the étape that now waits for them. A deadline already played
    is not played again, unless it is put off."""
    state = turn.state
    homes = {event.cle: etape for etape in turn.modele.walk() for event in etape.evenements}
    for known in list(state.evenements.values()):
        if not known.awaited:
            continue
        etape, new = homes.get(known.cle), turn.modele.evenements.get(known.cle)
        if etape is None or new is None or state.etapes[etape.cle].statut != "en_cours":
            turn.say(f.EvenementWaived(evenement=known.cle, motif=NO_LONGER))
            continue
        old = source.modele.evenements.get(known.cle)
        if old == new and known.etape == etape.cle:
            continue
        due_at, base = evenement_due(turn, new, state.etapes[etape.cle], known.asked_from)
        played = known.passed is not None and known.passed == known.base
        changes = {
            "titre": new.titre,
            "de": new.de,
            "description": new.description,
            "obligatoire": new.obligatoire,
            "visible_client": new.visible_client,
            "etape": etape.cle,
            "visit": state.etapes[etape.cle].visit,
            "due_at": due_at,
            "base": base,
            "passed": base if played and base is not None and base <= turn.now else known.passed,
        }
        turn.say(
            f.EvenementRedefined(evenement=known.model_copy(update=changes)),
            evenement_audience(turn, new.de, new.visible_client),
        )


def _add_missing(turn: Turn, former: list[Etape], etape: Etape) -> None:
    """What the version adds to an étape under way is asked at once; what its entry did is not done again."""
    state = turn.state
    known_taches = {tache.cle: tache.si for one in former for tache in one.taches}
    known_pieces = {piece.cle: piece.si for one in former for piece in one.pieces}
    visit = state.etapes[etape.cle].visit
    for tache in etape.taches:
        if tache.tant_que is not None:
            continue  # followed as things go
        same = tache.cle in known_taches and known_taches[tache.cle] == tache.si
        if not same and not has_tache(turn, tache, etape.cle, visit) and turn.holds(tache.si):
            create_tache(turn, tache, etape.cle, visit)
    for piece in etape.pieces:
        same = piece.cle in known_pieces and known_pieces[piece.cle] == piece.si
        id_ = piece_id(etape, piece, visit)
        if not same and turn.holds(piece.si):
            ask_again(turn, piece, etape.cle, id_)
    known_actions = {action.cle for one in former for action in one.actions_client}
    for action in etape.actions_client:
        if action.cle not in known_actions and turn.holds(action.si):
            request_action(turn, action, etape.cle, visit)
    known_events = {event.cle for one in former for event in one.evenements}
    for event in etape.evenements:
        awaited = state.evenements.get(event.cle)
        if event.cle not in known_events and not (awaited and awaited.awaited) and turn.holds(event.si):
            await_evenement(turn, event, etape, visit)


# --- what already went out does not go out again


def _told(turn: Turn, source: Program, planned: Plan) -> Iterator[tuple[Key, datetime]]:
    """Alarms and lateness told for the instant that the former version computes: (étape, key) → that instant."""
    state = turn.state
    for cle, origines in planned.origines.items():
        for origine in origines:
            current, etape = state.etapes[origine], source.etapes[origine]
            for key, base in _bases(source, turn, etape, current):
                if key in current.sent and current.sent[key].base == base:
                    yield (cle, key), base


def _bases(program: Program, turn: Turn, etape: Etape, current: EtapeState) -> Iterator[tuple[str, datetime]]:
    moments = [(alerte.cle, alerte.quand) for alerte in etape.alertes]
    for key, moment in moments:
        base = program.instant(moment, turn.state, current, shifted=False)
        if base is not None:
            yield key, base
    due = program.etape_base(etape, turn.state, current)
    if due is not None:
        yield DUE, due


def _rebase(turn: Turn, told: dict[Key, datetime]) -> None:
    for current in turn.state.active:
        etape = turn.program.etapes[current.cle]
        for key, base in list(_bases(turn.program, turn, etape, current)):
            before = told.get((current.cle, key))
            # A deadline put off is no longer missed: missing the new one will be told.
            put_off = key == DUE and base > turn.now
            if before is not None and before != base and not put_off and key in current.sent:
                turn.say(f.EnvoiRebased(etape=current.cle, cle=key, base=base))
