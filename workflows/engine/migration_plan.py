"""Where everything goes when a démarche follows another version of its modèle. Pure reading: nothing is said here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher

from workflows.engine.arrangement import behind
from workflows.engine.commands import MigrateDemarche, Refusal
from workflows.engine.elision import de
from workflows.engine.enfants import nodes_with_children
from workflows.engine.facts import DemarcheMigrated
from workflows.engine.items import piece_id
from workflows.engine.modele import Etape, PourChaque
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState, EtapeState

PASSED = "Ajoutée au modèle quand cette démarche l'avait déjà dépassée."
STARTED = ("en_cours", "valide", "passee", "sans_objet")
_SUGGESTIONS = 3
_LIKE = 0.45
"""Below this likeness, an étape is not suggested for another."""


@dataclass(frozen=True)
class APlacer:
    """An étape under way that the other version does not have: someone must say where it goes."""

    etape: str
    titre: str
    suggestions: tuple[str, ...]
    """Étapes of the other version, the likeliest first."""
    enfant: str | None = None
    """Its modèle, for an étape of a child démarche."""


@dataclass
class Plan:
    """`fact`: what will be recorded. `a_placer`: what prevents it. `origines`: étape → those it comes from."""

    fact: DemarcheMigrated
    a_placer: tuple[APlacer, ...] = ()
    origines: dict[str, list[str]] = field(default_factory=dict)
    remarques: list[str] = field(default_factory=list)


def plan(
    source: Program, target: Program, state: DemarcheState, command: MigrateDemarche, now: datetime
) -> Plan:
    """How `state` passes from `source` to `target`. Raises Refusal for a correspondence that names nothing known."""
    source = source.of(state)
    correspondance = _correspondance(source, target.of(state), state, command)
    # Étapes added or moved here stay so in the other version, beside what they stood beside.
    names = {cle: other for cle, other in correspondance.items() if other is not None}
    target = target.placed(tuple(place.renamed(names) for place in state.places))
    formulaires = _formulaires(target, state, command)
    leads = {cle: correspondance.get(cle, cle if cle in target.etapes else None) for cle in state.etapes}
    held = nodes_with_children(state)
    a_placer = tuple(
        APlacer(etape.cle, etape.titre, tuple(suggestions(source, target, etape.cle)))
        for etape in state.etapes.values()
        if (etape.statut == "en_cours" or etape.cle in held)
        and leads[etape.cle] is None
        and etape.cle not in correspondance
    )
    origines: dict[str, list[str]] = {}
    for cle, other in leads.items():
        if other is not None:
            origines.setdefault(other, []).append(cle)
    etapes, added, passed, again = _etapes(target, state, origines, formulaires, command, now)
    disparues = tuple(cle for cle, other in leads.items() if other is None)
    fact = DemarcheMigrated(
        depuis=state.modele_sha,
        vers=target.sha,
        correspondance=correspondance,
        formulaires=formulaires,
        etapes=etapes,
        retirees=tuple(_retired(state.etapes[cle]) for cle in disparues if state.etapes[cle].visit),
        deplacees={cle: other for cle, other in leads.items() if other is not None and other != cle},
        disparues=disparues,
        pieces=_pieces(target, state, leads),
        enfants={
            enfant.id: other
            for enfant in state.enfants.values()
            if (other := leads.get(enfant.noeud)) is not None and other != enfant.noeud
        },
        personnes=_personnes(source, target, state),
        roles_retires=tuple(dict.fromkeys(m.role for m in state.equipe if m.role not in target.modele.roles)),
        roles_repris=tuple(
            dict.fromkeys(
                m.role
                for m in state.retires.equipe
                if m.role in target.modele.roles and state.holder(m.role) is None
            )
        ),
        participants_retires=tuple(c for c in state.participants if c not in target.modele.participants),
        participants_repris=tuple(
            c
            for c in state.retires.participants
            if c in target.modele.participants and c not in state.participants
        ),
        donnees_retirees=tuple(
            alias for alias in state.donnees if alias not in formulaires and alias not in target.bundle.forms
        ),
        donnees_reprises=tuple(
            alias
            for alias in state.retires.donnees
            if alias in target.bundle.forms
            and alias not in state.donnees
            and alias not in formulaires.values()
        ),
        collections_retirees=tuple(
            cle for cle, lines in state.collections.items() if lines and cle not in target.modele.collections
        ),
        collections_reprises=tuple(
            cle
            for cle in state.retires.collections
            if cle in target.modele.collections and not state.collections.get(cle)
        ),
        statuts_lignes=_statuts(target, state),
        documents_retires=tuple(
            sorted(
                {
                    tache.document
                    for tache in state.taches.values()
                    if tache.document is not None and tache.document not in target.modele.documents
                }
            )
        ),
        resume=_resume(source, target, state, added, disparues, correspondance),
    )
    made = Plan(fact, a_placer, origines)
    made.remarques += _remarks(source, target, state, fact, passed, again)
    return made


def suggestions(source: Program, target: Program, cle: str) -> list[str]:
    """Étapes of `target` that may take over an étape of `source`: alike in name or contents, or in the same place."""
    former = source.etapes[cle]
    scored = sorted(
        ((_likeness(former, etape), etape.cle) for etape in target.modele.walk()), key=lambda item: -item[0]
    )
    found = [key for score, key in scored if score >= _LIKE][:_SUGGESTIONS]
    order = list(source.etapes)
    # The next étape that both versions know: what is lost was on the way to it.
    following = next((key for key in order[order.index(cle) + 1 :] if key in target.etapes), None)
    if following is not None and following not in found:
        found.append(following)
    return found


def same_children(one: Etape | None, other: Etape | None) -> bool:
    """Both open the same child démarches, of the lines of the same collection."""
    return (
        isinstance(one, PourChaque)
        and isinstance(other, PourChaque)
        and (one.enfant, one.dans) == (other.enfant, other.dans)
    )


def _likeness(one: Etape, other: Etape) -> float:
    if same_children(one, other):
        return 1.0
    names = SequenceMatcher(None, one.cle, other.cle).ratio()
    titles = SequenceMatcher(None, one.titre.lower(), other.titre.lower()).ratio()
    mine, theirs = _contents(one), _contents(other)
    shared = len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0
    return max(names, titles, shared)


def _contents(etape: Etape) -> set[str]:
    return (
        {f"tache {tache.cle}" for tache in etape.taches}
        | {f"piece {piece.cle}" for piece in etape.pieces}
        | {f"formulaire {form.nom}" for form in etape.formulaires}
        | {f"evenement {event.cle}" for event in etape.evenements}
        | {f"action {action.cle}" for action in etape.actions_client}
    )


# --- what was asked


def _correspondance(
    source: Program, target: Program, state: DemarcheState, command: MigrateDemarche
) -> dict[str, str | None]:
    asked = dict(command.correspondance)
    if state.parent is not None and command.actor.kind == "system":
        # Told by the parent to all its children, wherever each of them stands.
        asked = {cle: other for cle, other in asked.items() if cle in state.etapes}
    if command.retour:
        last = state.migrations[-1] if state.migrations else None
        if last is not None and last.depuis == target.sha:
            asked = inverse(last.correspondance, state, target) | asked
        elif state.parent is None:
            # A child opened since then has nothing to undo: it follows its parent.
            raise Refusal(
                "retour_impossible", "Cette démarche n'est pas passée par la version où vous voulez revenir."
            )
    added = {place.etape for place in state.places if place.ajoutee is not None}
    for cle, other in asked.items():
        if cle != other and not added.isdisjoint((cle, other)):
            named = state.etapes[cle if cle in added else str(other)].titre
            reason = f"« {named} » a été ajoutée à cette démarche seule : elle y garde sa place."
            raise Refusal("etape_ajoutee", reason, ((f"/correspondance/{cle}", reason),))
        if cle not in state.etapes:
            raise Refusal(
                "correspondance_inconnue",
                f"« {cle} » n'est pas une étape de la version que suit cette démarche.",
                ((f"/correspondance/{cle}", "Étape inconnue dans la version actuelle."),),
            )
        if other is not None and other not in target.etapes:
            raise Refusal(
                "correspondance_inconnue",
                f"« {other} » n'est pas une étape de la version visée.",
                ((f"/correspondance/{cle}", f"« {other} » est inconnue dans la version visée."),),
            )
    for cle in command.rattraper:
        if cle not in target.etapes:
            raise Refusal(
                "correspondance_inconnue",
                f"« {cle} » n'est pas une étape de la version visée.",
                (("/rattraper", f"« {cle} » est inconnue dans la version visée."),),
            )
    return asked


def inverse(
    correspondance: dict[str, str | None], state: DemarcheState, target: Program
) -> dict[str, str | None]:
    """The same correspondences the other way round. Of two étapes that became one, the first takes it back."""
    back: dict[str, str | None] = {}
    for cle, other in correspondance.items():
        if (
            other is not None
            and other in state.etapes
            and other not in target.etapes
            and cle in target.etapes
        ):
            back.setdefault(other, cle)
    return back


def _formulaires(target: Program, state: DemarcheState, command: MigrateDemarche) -> dict[str, str]:
    asked = dict(command.formulaires)
    if command.retour and state.migrations and state.migrations[-1].depuis == target.sha:
        asked = {new: old for old, new in state.migrations[-1].formulaires.items()} | asked
    for alias, other in asked.items():
        if other not in target.bundle.forms:
            raise Refusal(
                "correspondance_inconnue",
                f"« {other} » n'est pas un formulaire de la version visée.",
                ((f"/formulaires/{alias}", f"« {other} » est inconnu dans la version visée."),),
            )
        if alias in state.donnees and other != alias and other in state.donnees:
            raise Refusal(
                "correspondance_inconnue",
                f"« {other} » a déjà des réponses : « {alias} » les remplacerait.",
                ((f"/formulaires/{alias}", f"« {other} » a déjà des réponses."),),
            )
    return {alias: other for alias, other in asked.items() if alias in state.donnees and alias != other}


# --- étapes


def _etapes(
    target: Program,
    state: DemarcheState,
    origines: dict[str, list[str]],
    formulaires: dict[str, str],
    command: MigrateDemarche,
    now: datetime,
) -> tuple[tuple[EtapeState, ...], list[str], list[str], list[str]]:
    """The étapes as they will stand, the new ones, those passed over, those to be done out of order."""
    made: dict[str, EtapeState] = {}
    added = []
    for etape in target.modele.walk():
        former = [state.etapes[cle] for cle in origines.get(etape.cle, ())]
        known = state.retires.etapes.get(etape.cle)
        if former:
            made[etape.cle] = _joined(etape, former, formulaires)
        elif known is not None:
            made[etape.cle] = known.model_copy(update={"titre": etape.titre}, deep=True)
        else:
            made[etape.cle] = EtapeState(cle=etape.cle, titre=etape.titre)
            added.append(etape.cle)
    started = [cle for cle, etape in made.items() if etape.statut in STARTED]
    past = behind(target.modele, started)
    passed, again = [], []
    for cle, current in made.items():
        if cle not in past or current.statut != "a_faire":
            continue
        if cle in added and cle not in command.rattraper:
            current.statut, current.motif, current.completed_at = "passee", PASSED, now
            current.completed_by = command.actor.name
            passed.append(cle)
        else:
            again.append(cle)
    return tuple(made.values()), added, passed, again


def _joined(etape: Etape, former: list[EtapeState], formulaires: dict[str, str]) -> EtapeState:
    """One étape out of those it comes from: under way if one is, to be done if one still was."""
    names = {"cle": etape.cle, "titre": etape.titre}
    active = next((one for one in former if one.statut == "en_cours"), None)
    if active is None and any(one.statut == "a_faire" for one in former):
        return EtapeState(**names, visit=max(one.visit for one in former))
    kept = active or former[-1]
    done = [formulaires.get(nom, nom) for one in former for nom in one.forms_done]
    sent = {key: value for one in former for key, value in one.sent.items()}
    return kept.model_copy(
        update=names | {"forms_done": list(dict.fromkeys(done)), "sent": sent | kept.sent}, deep=True
    )


def _retired(etape: EtapeState) -> EtapeState:
    """As it is kept for a return. One that was under way will be taken up again."""
    if etape.statut != "en_cours":
        return etape.model_copy(deep=True)
    return EtapeState(cle=etape.cle, titre=etape.titre, visit=etape.visit)


# --- what hangs on them


def _pieces(target: Program, state: DemarcheState, leads: dict[str, str | None]) -> dict[str, str | None]:
    homes: dict[str, list[str]] = {}
    for etape in target.modele.walk():
        for piece in etape.pieces:
            homes.setdefault(piece.cle, []).append(etape.cle)
            if etape.recurrente:
                turns = state.etapes[etape.cle].visit if etape.cle in state.etapes else 0
                for visit in range(2, turns + 1):
                    homes.setdefault(piece_id(etape, piece, visit), []).append(etape.cle)
    moved: dict[str, str | None] = {}
    for known in state.pieces.values():
        # One already set aside belongs to no étape: it comes back where the modèle asks for it.
        there = leads.get(known.etape) if known.etape is not None else None
        declared = homes.get(known.id, [])
        new = there if there in declared or not declared else declared[0]
        if new != known.etape:
            moved[known.id] = new
    return moved


def _personnes(source: Program, target: Program, state: DemarcheState) -> dict[str, str]:
    roles, participants = target.modele.roles, target.modele.participants
    used = [
        *(tache.pour for tache in state.taches.values()),
        *(piece.de for piece in state.pieces.values()),
        *(action.a for action in state.actions.values()),
        *(event.de for event in state.evenements.values()),
    ]
    lost = [key for key in dict.fromkeys(used) if key not in roles and key not in participants]
    found: dict[str, str] = {}
    for key in lost:
        side = source.modele.side(key)
        same = [role for role, described in roles.items() if described.cote == side]
        found[key] = (same or list(roles))[0]
    return found


def _statuts(target: Program, state: DemarcheState) -> dict[str, dict[str, str | None]]:
    """Statuses of lines that the version does not have become its first one."""
    found: dict[str, dict[str, str | None]] = {}
    for cle, collection in target.modele.collections.items():
        lines = state.collections.get(cle) or state.retires.collections.get(cle) or {}
        first = next(iter(collection.statuts), None)
        lost = {
            ligne.statut or "": first
            for ligne in lines.values()
            if ligne.statut not in collection.statuts and ligne.statut != first
        }
        if lost:
            found[cle] = dict(sorted(lost.items()))
    return found


# --- in words


def _title(program: Program, state: DemarcheState, cle: str) -> str:
    if cle in state.etapes:
        return state.etapes[cle].titre
    return program.etapes[cle].titre if cle in program.etapes else cle


def _list(titles: Iterable[str]) -> str:
    return ", ".join(f"«\N{NO-BREAK SPACE}{title}\N{NO-BREAK SPACE}»" for title in titles)


def _resume(
    source: Program,
    target: Program,
    state: DemarcheState,
    added: list[str],
    disparues: tuple[str, ...],
    correspondance: dict[str, str | None],
) -> str:
    parts = []
    if added:
        parts.append(f"Étapes ajoutées : {_list(target.etapes[cle].titre for cle in added)}.")
    gone = [cle for cle in disparues if cle not in correspondance or correspondance[cle] is None]
    if gone:
        parts.append(f"Étapes retirées : {_list(_title(source, state, cle) for cle in gone)}.")
    for cle, other in correspondance.items():
        if other is not None and cle != other:
            parts.append(
                f"{_list([_title(source, state, cle)])} devient {_list([target.etapes[other].titre])}."
            )
    return " ".join(parts).replace(" :", "\N{NO-BREAK SPACE}:")


def _remarks(
    source: Program,
    target: Program,
    state: DemarcheState,
    fact: DemarcheMigrated,
    passed: list[str],
    again: list[str],
) -> Iterator[str]:
    if passed:
        yield f"Déjà dépassées, considérées comme passées : {_list(target.etapes[c].titre for c in passed)}."
    if again:
        yield f"À faire bien que la démarche soit plus loin : {_list(target.etapes[c].titre for c in again)}."
    dropped = [cle for cle in fact.disparues if state.etapes[cle].statut == "en_cours"]
    if dropped:
        yield f"Abandonnées en cours de route : {_list(state.etapes[cle].titre for cle in dropped)}."
    for key, other in fact.personnes.items():
        yield (
            f"Ce qui revenait à {_list([source.modele.actor_label(key)])} revient à "
            f"{_list([target.modele.actor_label(other)])}."
        )
    for cle in fact.participants_retires:
        yield f"L'accès {de(state.participants[cle].nom)} est retiré."
    for alias in fact.donnees_retirees:
        title = source.bundle.forms.get(alias, {}).get("title", alias)
        yield f"Les réponses du formulaire {_list([str(title)])} sont mises de côté et gardées."
    for cle in fact.collections_retirees:
        title = source.modele.collections[cle].libelle if cle in source.modele.collections else cle
        yield f"Les lignes de {_list([title])} sont mises de côté et gardées."
    for cle in fact.collections_reprises:
        yield f"Les lignes de {_list([target.modele.collections[cle].libelle])} sont reprises."
    for cle, statuts in fact.statuts_lignes.items():
        described = target.modele.collections[cle]
        for former, new in statuts.items():
            label = described.statuts[new].libelle if new else "aucun"
            yield f"{described.libelle} : le statut {_list([former or 'aucun'])} devient {_list([label])}."
    for alias in fact.donnees_reprises:
        title = target.bundle.forms[alias].get("title", alias)
        yield f"Les réponses du formulaire {_list([str(title)])} sont reprises."
