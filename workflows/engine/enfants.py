"""`pour_chaque` (DESIGN rule 7): one child démarche per line of a collection, reconciled from state.

The parent asks for openings and gives orders by facts; the children tell what they become by reports. Neither waits
for the other: what passes between them goes through the outbox.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from workflows.engine import facts as f
from workflows.engine.commands import MigrateDemarche, Refusal
from workflows.engine.expressions import ExpressionError
from workflows.engine.lines import add_line
from workflows.engine.modele import AuMoins, Modele, PourChaque, Quand
from workflows.engine.program import Program, stored
from workflows.engine.state import (
    Attente,
    DemarcheState,
    EnfantState,
    LigneState,
    Membre,
    Ordre,
    ParentRef,
    Rapport,
)
from workflows.engine.turn import CLIENT, Turn
from workflows.engine.waiting import of_children, progress, turn_of, waits

OVER = ("terminee", "annulee")
"""What a child becomes when nothing more is to be expected from it. One that could not open needs a decision."""
_MOTIFS: dict[Ordre, str] = {
    "suspendre": "La démarche principale est suspendue.",
    "annuler": "La démarche principale n'en a plus besoin.",
}


def nodes(program: Program) -> Iterator[PourChaque]:
    """The étapes of a modèle that open children."""
    return (etape for etape in program.modele.walk() if isinstance(etape, PourChaque))


def of_visit(state: DemarcheState, node: PourChaque) -> list[EnfantState]:
    """Children that count for the present visit of a node: those it has given up are left out."""
    visit = state.etapes[node.cle].visit
    return [
        enfant
        for enfant in state.enfants.values()
        if enfant.noeud == node.cle and enfant.visit == visit and enfant.ordre != "annuler"
    ]


def joined(program: Program, state: DemarcheState, node: PourChaque) -> bool:
    """The node's children have done what it waits for. Raises ExpressionError."""
    found = of_visit(state, node)
    over = all(enfant.cycle in OVER for enfant in found)
    match node.jonction:
        case AuMoins(au_moins=count):
            enough = sum(enfant.cycle == "terminee" for enfant in found) >= count
        case Quand(quand=source):
            enough = program.holds(source, state)
        case _:
            enough = over
    return enough and (over or node.reste != "attendre")


def reconcile(turn: Turn) -> None:
    """Open the children that are missing, and order the others to follow their parent."""
    running = turn.state.cycle == "ouverte" and turn.state.phase == "dossier"
    members: dict[str, list[str]] = {}
    for node in nodes(turn.program):
        if turn.state.etapes[node.cle].statut != "en_cours":
            continue
        wanted = [line for line in _lines(turn, node) if _is_member(turn, node, line)]
        members[node.cle] = [line.id for line in wanted]
        if running and node.appartenance == "vivante":
            open_children(turn, node, wanted)
    for enfant in list(turn.state.enfants.values()):
        parent = turn.program.etapes.get(enfant.noeud)
        if isinstance(parent, PourChaque):
            ordre = _wanted(turn.state, parent, enfant, members.get(parent.cle, []))
            if ordre is None and _given_up(turn, parent, enfant):
                ordre = "annuler"
            if ordre is not None and ordre != enfant.ordre:
                motif = _MOTIFS.get(ordre)
                turn.say(
                    f.EnfantCommanded(enfant=enfant.id, ordre=ordre, motif=motif), readers(enfant.au_portail)
                )


def readers(au_portail: bool) -> tuple[str, ...]:
    """Who reads what becomes of a child, besides the firm: the client, when it is on their portal."""
    return CLIENT if au_portail else ()


def open_children(turn: Turn, node: PourChaque, wanted: list[LigneState] | None = None) -> None:
    """Open the children of the members that have none in this visit."""
    known = {enfant.ligne for enfant in of_visit(turn.state, node)}
    if wanted is None:
        wanted = [line for line in _lines(turn, node) if _is_member(turn, node, line)]
    for line in wanted:
        if line.id not in known:
            _open(turn, node, line)


def _lines(turn: Turn, node: PourChaque) -> list[LigneState]:
    return list(turn.state.collections.get(node.dans, {}).values())


def _is_member(turn: Turn, node: PourChaque, line: LigneState) -> bool:
    if node.membres is None:
        return True
    return bool(turn.program.of_line(node.dans, node.membres, line, turn.state, "booleen"))


def _wanted(state: DemarcheState, node: PourChaque, enfant: EnfantState, members: list[str]) -> Ordre | None:
    """The order a child should have been given last; None to leave it as it is."""
    etape = state.etapes[node.cle]
    if enfant.cycle not in ("ouverte", "suspendue") or enfant.ordre == "annuler":
        return None
    if state.cycle == "annulee":
        return "annuler"
    if etape.statut != "en_cours" or etape.visit != enfant.visit:
        left = etape.statut == "valide" and etape.visit == enfant.visit and node.reste == "laisser"
        return None if left else "annuler"
    if node.appartenance == "vivante" and enfant.ligne not in members:
        return "annuler"
    if state.cycle == "suspendue":
        # One that a person had suspended stays so when the parent resumes.
        return None if enfant.cycle == "suspendue" else "suspendre"
    return "reprendre" if enfant.ordre == "suspendre" else None


def _given_up(turn: Turn, node: PourChaque, enfant: EnfantState) -> bool:
    """An open child that its étape no longer has any use for, even once left."""
    if node.abandon is None or enfant.cycle not in ("ouverte", "suspendue") or enfant.ordre == "annuler":
        return False
    return turn.program.known(node.abandon, turn.state) and turn.holds(node.abandon)


def gather(turn: Turn, enfant: EnfantState) -> None:
    """Keep as lines what a child gives at its end; once, since a line has the id of its child."""
    node = turn.program.etapes.get(enfant.noeud)
    for key, sortie in node.ajoute.items() if isinstance(node, PourChaque) else ():
        given = enfant.sorties.get(sortie)
        if not isinstance(given, dict) or enfant.demarche_id in turn.state.collections.get(key, {}):
            continue
        try:
            add_line(turn, key, given, enfant.demarche_id)
        except Refusal as refusal:
            message = f"« {enfant.titre} » : à ajouter vous-même. {refusal.detail}"
            turn.notice_side("cabinet", "ligne_a_ajouter", message, f"etape:{enfant.noeud}")


def _open(turn: Turn, node: PourChaque, line: LigneState) -> None:
    """Ask for one child. What it starts with is checked here: an opening that is asked for does not fail later."""
    state, child = turn.state, turn.program.enfants[node.enfant]
    donnees = {alias: _given(turn, node, line, alias, source) for alias, source in node.donnees.items()}
    for alias, given in donnees.items():
        errors = turn.program.rules.validate_form(child.bundle.forms[alias], given, turn.today)
        if errors:
            detail = f"« {line.nom} » ne permet pas d'ouvrir « {child.modele.titre} » : {errors[0][1]}"
            raise Refusal("enfant_impossible", detail)
    visit = state.etapes[node.cle].visit
    former = sum(
        e.noeud == node.cle and e.visit == visit and e.ligne == line.id for e in state.enfants.values()
    )
    name = f"{state.demarche_id}/{node.cle}/{visit}/{line.id}" + (f"/{former}" if former else "")
    enfant = EnfantState(
        demarche_id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        noeud=node.cle,
        visit=visit,
        ligne=line.id,
        modele=node.enfant,
        reference=f"{state.reference}-{len(state.enfants) + 1}",
        titre=line.nom,
        au_portail=child.modele.portail.visible,
    )
    turn.say(
        f.EnfantRequested(
            enfant=enfant,
            sha=child.sha,
            equipe=_team(turn.modele, state.equipe, child),
            donnees=donnees,
            parent=ParentRef(demarche_id=state.demarche_id, noeud=node.cle, visit=visit, ligne=line.id),
        ),
        CLIENT if turn.program.shows(node, turn.state) and enfant.au_portail else (),
    )


def _given(turn: Turn, node: PourChaque, line: LigneState, alias: str, source: str) -> dict[str, Any]:
    """What a child's form is filled with: the fields that the form has."""
    value = stored(turn.program.of_line(node.dans, source, line, turn.state))
    known = turn.program.enfants[node.enfant].types.roots[alias].shape.fields
    return {key: value[key] for key in known if key in value}


def _team(modele: Modele, equipe: Sequence[Membre], child: Program) -> tuple[Membre, ...]:
    """Who holds each role of the child: whoever holds it in its parent, else the first of its side."""
    found = []
    for key, role in child.modele.roles.items():
        same_side = (m for m in equipe if m.role in modele.roles and modele.side(m.role) == role.cote)
        holder = next((m for m in equipe if m.role == key), None) or next(same_side, None)
        if holder is not None:
            found.append(holder.model_copy(update={"role": key, "libelle": role.libelle}))
    return tuple(found)


# --- children follow their parent


def running_children(state: DemarcheState) -> list[EnfantState]:
    """Children that have not ended, nor been told to."""
    return [
        enfant
        for enfant in state.enfants.values()
        if enfant.cycle in ("ouverte", "suspendue") and enfant.ordre != "annuler"
    ]


def nodes_with_children(state: DemarcheState) -> tuple[str, ...]:
    """Étapes of which a child has not ended yet, even one told to."""
    return tuple(
        dict.fromkeys(e.noeud for e in state.enfants.values() if e.cycle in ("ouverte", "suspendue"))
    )


def reassign_children(turn: Turn, before: Sequence[Membre]) -> None:
    """A role given to someone else here is given to them in the children too. `before`: the team until now."""
    for enfant in running_children(turn.state):
        child = turn.program.enfants.get(enfant.modele)
        if child is None:
            continue
        former = {member.role: member.user_id for member in _team(turn.modele, before, child)}
        for member in _team(turn.modele, turn.state.equipe, child):
            if former.get(member.role) != member.user_id:
                turn.say(
                    f.EnfantInstructed(enfant=enfant.id, membre=member, remplace=former.get(member.role))
                )


def migrate_children(turn: Turn, source: Program, command: MigrateDemarche) -> None:
    """Children pass to the version of their modèle that goes with the one their parent now follows, each étape placed
    as `command` says for their modèle. Raises Refusal for one that the version does not have."""
    if turn.state.parent is None:  # a parent has looked at what it hands down
        _require_places(turn.program, command)
    for enfant in running_children(turn.state):
        old, new = source.enfants.get(enfant.modele), turn.program.enfants.get(enfant.modele)
        if new is not None and (old is None or old.sha != new.sha):
            turn.say(
                f.EnfantInstructed(
                    enfant=enfant.id, vers=new.sha, placements=command.enfants, retour=command.retour
                )
            )


def _require_places(target: Program, command: MigrateDemarche) -> None:
    for cle, placement in command.enfants.items():
        child = descendant(target, cle)
        for etape, other in placement.correspondance.items():
            if other is not None and other not in child.etapes:
                raise Refusal(
                    "correspondance_inconnue",
                    f"« {other} » n'est pas une étape de « {child.modele.titre} » dans la version visée.",
                    ((f"/enfants/{cle}/correspondance/{etape}", f"« {other} » est inconnue."),),
                )


def descendant(program: Program, cle: str) -> Program:
    """The version of a child modèle, or of a child of its children, that goes with this one. Raises Refusal."""
    found = list(program.enfants.items())
    for key, child in found:
        if key == cle:
            return child
        found += child.enfants.items()
    raise Refusal(
        "correspondance_inconnue",
        f"La version visée n'ouvre pas de démarche « {cle} ».",
        ((f"/enfants/{cle}", "Modèle inconnu dans la version visée."),),
    )


# --- what passes between them

_ORDERS: dict[Ordre, str] = {"suspendre": "Suspend", "reprendre": "Resume", "annuler": "Cancel"}


def letter(state: DemarcheState, fact: f.Fact) -> tuple[str, dict[str, Any]] | None:
    """The command that a fact has for another démarche: to whom, and what it says (its id and actor are added on the
    way). An opening also says the version (`sha`) that the parent is pinned to."""
    match fact:
        case f.EnfantRequested():
            return fact.enfant.id, _opening(state, fact)
        case f.EnfantCommanded(enfant=to, ordre=ordre, motif=motif):
            return to, {"type": _ORDERS[ordre]} | ({"motif": motif} if motif else {})
        case f.EnfantInstructed():
            return fact.enfant, instruction(state, fact)
        case f.ParentTold(parent=parent, rapport=rapport):
            return parent.demarche_id, report(state.demarche_id, rapport)
    return None


def instruction(state: DemarcheState, fact: f.EnfantInstructed) -> dict[str, Any]:
    """What a parent in this state tells its child to do; `actor` and `id` are added on the way."""
    if fact.membre is not None:
        return {"type": "Reassign", "membre": fact.membre.model_dump(), "remplace": fact.remplace}
    if fact.horloge is not None:
        return {"type": "SetHorloge", "horloge": fact.horloge.model_dump(mode="json")}
    told: dict[str, Any] = {"type": "MigrateDemarche", "vers": fact.vers}
    mine = fact.placements.get(state.enfants[fact.enfant].modele)
    if mine is not None:
        told |= mine.model_dump(mode="json", exclude_defaults=True)
    if fact.placements:
        told["enfants"] = {cle: one.model_dump(mode="json") for cle, one in fact.placements.items()}
    return told | ({"retour": True} if fact.retour else {})


def report(enfant: str, rapport: Rapport) -> dict[str, Any]:
    """ReportEnfant of a child to its parent."""
    return {"type": "ReportEnfant", "enfant": enfant, "rapport": rapport.model_dump(mode="json")}


def _opening(state: DemarcheState, fact: f.EnfantRequested) -> dict[str, Any]:
    return {
        "type": "OpenDemarche",
        "sha": fact.sha,
        "client_id": state.client_id,
        "client_nom": state.client_nom,
        "client_type": "",
        "reference": fact.enfant.reference,
        "phase": "dossier",
        "equipe": [member.model_dump() for member in fact.equipe],
        "donnees": fact.donnees,
        "horloge": state.horloge.model_dump(mode="json") if state.horloge else None,
        "parent": fact.parent.model_dump(),
    }


# --- the child's side


def tell_parent(turn: Turn) -> None:
    """Report what the parent reads of this démarche, when it changed."""
    state = turn.state
    if state.parent is None:
        return
    custom = turn.modele.statuts.get(state.statut)
    told = Rapport(
        seq=state.seq + 1,
        titre=state.titre,
        statut=state.statut,
        statut_libelle=turn.program.statut_label(state),
        couleur=custom.couleur if custom else None,
        cycle=state.cycle,
        progression=progress(turn.program, state),
        sorties=_outputs(turn),
        attente=_awaited(turn),
        au_portail=turn.program.on_portal(state),
    )
    if state.rapport is None or told != state.rapport.model_copy(update={"seq": told.seq}):
        turn.say(f.ParentTold(parent=state.parent, rapport=told))


def _awaited(turn: Turn) -> Attente | None:
    """Whose turn it is here, or in the children of this démarche."""
    side, wait = turn_of(waits(turn.program, turn.state) or of_children(turn.program, turn.state))
    if wait is None or side == "personne":
        return None
    return Attente(cote=side, nom=wait.nom, depuis=wait.since)


def _outputs(turn: Turn) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, source in turn.modele.sorties.items():
        if turn.program.known(source, turn.state):
            try:
                values[name] = stored(turn.program.evaluate(source, turn.state))
            except ExpressionError:
                continue  # not there yet: the parent reads it with has()
    return values
