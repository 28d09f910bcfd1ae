"""Whose turn is it? Read from the state: who is awaited, for what, since when, by when; and how far we are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from workflows.engine.modele import Etape, PourChaque, Quand, Relance, Side
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState, EtapeState

WaitKind = Literal[
    "tache",
    "piece",
    "formulaire",
    "action",
    "validation",
    "etape",
    "demande",
    "information",
    "collection",
    "evenement",
    "enfant",
    "correction",
    "verification",
]
Turn = Literal["cabinet", "client", "tiers", "personne"]
_OVER = ("valide", "passee", "sans_objet")


@dataclass(frozen=True)
class Wait:
    """One thing that one person owes."""

    kind: WaitKind
    id: str
    label: str
    key: str
    """Role or participant who must act."""
    nom: str
    user_id: str | None
    side: Side
    since: datetime
    due_at: datetime | None
    etape: str | None


def waits(program: Program, state: DemarcheState) -> list[Wait]:
    """Everything awaited now from people, most urgent first. Empty when the démarche is not open."""
    if state.cycle != "ouverte":
        return []
    program = program.of(state)
    # The same form in two branches is asked once.
    found = {(wait.kind, wait.id): wait for wait in reversed(_waits(program, state))}.values()
    return sorted(found, key=lambda wait: (wait.due_at is None, wait.due_at or wait.since, wait.id))


def _waits(program: Program, state: DemarcheState) -> list[Wait]:
    modele = program.modele

    def wait(
        kind: WaitKind,
        id_: str,
        label: str,
        key: str,
        since: datetime,
        due: datetime | None,
        etape: str | None,
    ) -> Wait:
        participant = state.participants.get(key)
        holder = state.holder(key)
        if holder is None and key in modele.participants and program.is_client(key, state):
            roles = (name for name, role in modele.roles.items() if role.cote == "client")
            holder = next((found for name in roles if (found := state.holder(name))), None)
        nom = participant.nom if participant else holder.nom if holder else modele.actor_label(key)
        return Wait(
            kind,
            id_,
            label,
            key,
            nom,
            holder.user_id if holder else None,
            modele.side(key),
            since,
            due,
            etape,
        )

    cabinet = cabinet_role(program)
    opened = state.opened_at
    found = [
        wait("correction", c.formulaire, f"Corriger : {c.titre}", c.a, c.requested_at, c.due_at, None)
        if c.statut == "a_corriger"
        else wait(
            "verification",
            c.formulaire,
            f"Vérifier la correction : {c.titre}",
            cabinet,
            c.sent_at or opened,
            None,
            None,
        )
        for c in state.corrections.values()
        if c.open
    ]
    # An action whose pièces are asked for one by one is awaited through them.
    guided = {piece.action for piece in state.pieces.values()}
    found += [
        wait(
            "information" if a.nature == "information" else "action",
            a.id,
            a.message,
            a.a,
            a.requested_at,
            a.due_at,
            a.etape,
        )
        for a in state.actions.values()
        if a.statut == "attente_client" and a.nature != "correction" and a.id not in guided
    ]
    if state.phase == "demande":
        if not found:
            found.append(wait("demande", "demande", "Étudier la demande", cabinet, opened, None, None))
        return found
    active = {etape.cle for etape in state.active}
    for tache in state.taches.values():
        if tache.statut == "suggere_client":
            found.append(
                wait(
                    "tache",
                    tache.id,
                    f"Qualifier : {tache.titre}",
                    cabinet,
                    tache.created_at,
                    None,
                    tache.etape,
                )
            )
        elif tache.open:
            found.append(
                wait("tache", tache.id, tache.titre, tache.pour, tache.created_at, tache.due_at, tache.etape)
            )
    for piece in state.pieces.values():
        if piece.to_check:
            since = piece.versions[-1].at if piece.versions else piece.requested_at
            found.append(wait("validation", piece.id, piece.titre, cabinet, since, None, piece.etape))
        elif piece.etape is not None and state.etapes[piece.etape].statut == "a_faire":
            continue  # asked again when its étape is taken up again
        elif piece.owed:
            found.append(
                wait("piece", piece.id, piece.titre, piece.de, piece.requested_at, piece.due_at, piece.etape)
            )
    for known in state.evenements.values():
        if known.awaited and known.obligatoire:
            since = known.awaited_at or opened
            event = program.evenements.get(known.cle)
            label = (event.a_faire if event else None) or known.titre
            found.append(wait("evenement", known.cle, label, known.de, since, known.due_at, known.etape))
    for cle in active:
        etape, current = program.etapes[cle], state.etapes[cle]
        since = current.entered_at or opened
        missing_forms = [form for form in etape.asked if not form_done(state, current, form.nom)]
        for form in missing_forms:
            found.append(
                wait(
                    "formulaire", form.nom, form.titre or current.titre, form.par, since, current.due_at, cle
                )
            )
        for wanted in etape.collections:
            if lacking(program, state, wanted.nom):
                label = wanted.titre or modele.collections[wanted.nom].libelle
                found.append(wait("collection", wanted.nom, label, wanted.par, since, current.due_at, cle))
        if isinstance(etape, PourChaque) and left_to_decide(state, etape):
            label = f"Décider de la suite : « {current.titre} »"
            found.append(wait("etape", cle, label, etape.responsable or cabinet, since, current.due_at, cle))
        if etape.terminee == "manuelle" and not missing_forms and not any(w.etape == cle for w in found):
            found.append(
                wait(
                    "etape",
                    cle,
                    f"Valider l'étape « {current.titre} »",
                    etape.responsable or cabinet,
                    since,
                    current.due_at,
                    cle,
                )
            )
    return found


def of_children(program: Program, state: DemarcheState, etape: str | None = None) -> list[Wait]:
    """Whom the children of étapes under way await: told when nothing is awaited from anyone here. `etape`: those of
    this one only."""
    if state.cycle != "ouverte" or state.phase != "dossier":
        return []
    under_way = {active.cle: active.visit for active in state.active}
    return [
        Wait(
            kind="enfant",
            id=enfant.id,
            label=f"« {enfant.titre} »",
            key="",
            nom=enfant.attente.nom,
            user_id=None,
            side=enfant.attente.cote,
            since=enfant.attente.depuis,
            due_at=None,
            etape=enfant.noeud,
        )
        for enfant in state.enfants.values()
        if enfant.attente is not None
        and enfant.cycle == "ouverte"
        and enfant.ordre != "annuler"
        and under_way.get(enfant.noeud) == enfant.visit
        and etape in (None, enfant.noeud)
    ]


def left_to_decide(state: DemarcheState, etape: PourChaque) -> bool:
    """Every child has ended, and the étape still waits for more of them: only a person can go on. A condition may read
    the children of every étape under way."""
    awaited = {
        active.cle: active.visit
        for active in state.active
        if active.cle == etape.cle or isinstance(etape.jonction, Quand)
    }
    return not any(
        enfant.cycle in ("ouverte", "suspendue")
        and enfant.ordre != "annuler"
        and awaited.get(enfant.noeud) == enfant.visit
        for enfant in state.enfants.values()
    )


def cabinet_role(program: Program) -> str:
    """The firm's first role: the conseiller in charge."""
    return next(key for key, role in program.modele.roles.items() if role.cote == "cabinet")


def form_done(state: DemarcheState, etape: EtapeState, nom: str) -> bool:
    """A form filled during this visit; answers brought by the demande count for the first one."""
    return nom in etape.forms_done or (etape.visit <= 1 and bool(state.donnees.get(nom)))


def lacking(program: Program, state: DemarcheState, collection: str) -> int:
    """How many lines a collection still needs to reach its minimum."""
    return max(program.modele.collections[collection].minimum - len(state.collections.get(collection, {})), 0)


def lacks(state: DemarcheState, etape: Etape, relance: Relance) -> bool:
    """What a reminder is about is still missing from the person it is sent to."""
    match relance.tant_que:
        case "pieces":
            return any(p.owed and p.etape == etape.cle and p.de == relance.a for p in state.pieces.values())
        case "formulaires":
            current = state.etapes[etape.cle]
            return any(
                form.par == relance.a and not form_done(state, current, form.nom) for form in etape.asked
            )
        case "taches":
            return any(
                t.open and t.obligatoire and t.etape == etape.cle and t.pour == relance.a
                for t in state.taches.values()
            )
        case "actions":
            return any(
                a.statut == "attente_client" and a.a == relance.a and a.etape in (etape.cle, None)
                for a in state.actions.values()
            )
        case "evenements":
            return any(
                e.awaited and e.etape == etape.cle and e.de == relance.a for e in state.evenements.values()
            )
        case None:
            return True


Asked = tuple[str, str]
"""What is awaited, by kind and by its key in the modèle: ids differ from one démarche to another."""


def asked_of(wait: Wait, state: DemarcheState) -> Asked:
    """A wait by what it is called in the modèle; by its own words when it was added by hand."""
    if wait.kind == "tache":
        tache = state.taches[wait.id]
        return wait.kind, tache.cle or tache.titre
    if wait.kind in ("action", "information"):
        return wait.kind, state.actions[wait.id].cle or state.actions[wait.id].message
    return wait.kind, wait.id


def turn_of(found: list[Wait]) -> tuple[Turn, Wait | None]:
    """Whose turn it is, and the wait that says so: the firm first when it blocks, else the client, else a third."""
    for side in ("cabinet", "client", "tiers"):
        mine = [wait for wait in found if wait.side == side]
        if side == "cabinet":
            # A task laid out in advance does not make it the firm's turn while the current étape awaits the client.
            mine = [wait for wait in mine if wait.kind != "tache"] or (
                mine if all(wait.side == "cabinet" for wait in found) else []
            )
        if mine:
            return side, mine[0]
    return "personne", None


def progress(program: Program, state: DemarcheState) -> int:
    """Percentage (A6): weights of the étapes over, plus the part done of those under way. 0 during the demande,
    100 once closed and not before."""
    if state.cycle == "terminee":
        return 100
    if state.phase == "demande":
        return 0
    total = done = 0.0
    program = program.of(state)
    for etape in program.modele.walk():
        current = state.etapes[etape.cle]
        # What comes round again brings the end no nearer.
        if current.statut == "sans_objet" or etape.recurrente is not None:
            continue
        total += etape.poids
        if current.statut in _OVER:
            done += etape.poids
        elif current.statut == "en_cours":
            done += etape.poids * part_done(program, state, etape, current)
    return min(int(100 * done / total), 99) if total else 0


def part_done(program: Program, state: DemarcheState, etape: Etape, current: EtapeState) -> float:
    """Fraction of an étape's compulsory items that are done: forms, lines, tasks, validated pièces."""
    items: list[float] = [form_done(state, current, form.nom) for form in etape.asked]
    items += [not lacking(program, state, wanted.nom) for wanted in etape.collections]
    if isinstance(etape, PourChaque):
        mine = [e for e in state.enfants.values() if e.noeud == etape.cle and e.visit == current.visit]
        items += [
            e.progression / 100 if e.cycle in ("ouverte", "suspendue") else 1
            for e in mine
            if e.ordre != "annuler"
        ]
    items += [
        tache.statut == "termine"
        for tache in state.taches.values()
        if tache.etape == etape.cle
        and tache.visit == current.visit
        and tache.obligatoire
        and tache.statut != "annulee"
    ]
    items += [
        piece.settled for piece in state.pieces.values() if piece.etape == etape.cle and piece.obligatoire
    ]
    items += [
        action.statut == "termine"
        for action in state.actions.values()
        if action.etape == etape.cle
        and action.visit == current.visit
        and action.obligatoire
        and action.statut != "annulee"
    ]
    items += [
        known.statut in ("recu", "echu")
        for known in state.evenements.values()
        if known.etape == etape.cle
        and known.visit == current.visit
        and known.obligatoire
        and known.statut != "annule"
    ]
    return sum(items) / len(items) if items else 0.0


def column_of(program: Program, state: DemarcheState) -> str | None:
    """Column of the board where the démarche stands: its key in `colonnes`.

    An étape without a column leaves it where it was. None before the request is accepted, once closed, and in a
    modèle without columns.
    """
    program = program.of(state)
    here = current_etape(program, state) if state.open and state.phase == "dossier" else None
    found = None
    for etape in program.modele.walk() if here is not None else ():
        entered = state.etapes[etape.cle].statut in ("en_cours", "valide", "passee")
        if etape.colonne is not None and entered:
            found = etape.colonne
        if here is not None and etape.cle == here.cle:
            break
    return found


def current_etape(program: Program, state: DemarcheState) -> EtapeState | None:
    """The étape where the démarche stands: the first under way, those that hold nothing last."""
    program = program.of(state)
    return min(state.active, key=lambda etape: program.etapes[etape.cle].beside, default=None)
