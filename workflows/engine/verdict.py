"""What a migration would do to one démarche: the command itself, played on its state, recorded nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from workflows.engine.branches import lines_of, settled
from workflows.engine.commands import EngineError, MigrateDemarche, Refusal, Resume
from workflows.engine.decide import Decision, decide
from workflows.engine.enfants import instruction
from workflows.engine.facts import EnfantInstructed, Event
from workflows.engine.migration_plan import APlacer, plan
from workflows.engine.program import PARIS, Program
from workflows.engine.state import SYSTEM, DemarcheState

Issue = Literal["bonne", "correspondance", "bloquee", "inutile"]
"""`bonne`: can be done as asked. `correspondance`: étapes must be placed. `bloquee`: it would be stuck, or cannot be.
`inutile`: it already follows that version, or has ended."""
STUCK = "Plus personne ni rien ne serait attendu : la démarche resterait bloquée."
PLACES = "Dites où vont les étapes en cours que la version visée n'a plus dans les démarches qu'elle suit."
CIRCLES = "La démarche tournerait en rond."
_USELESS = ("sans_changement", "demarche_close")


@dataclass(frozen=True)
class DonneeInadaptee:
    """An answer kept as it is, that the form of the other version would refuse."""

    formulaire: str
    titre: str
    champ: str
    """JSON pointer in the form."""
    detail: str


@dataclass(frozen=True)
class Verdict:
    """`raisons`: why it is not fine. `remarques`: what will happen and had better be known."""

    issue: Issue
    raisons: tuple[str, ...] = ()
    a_placer: tuple[APlacer, ...] = ()
    remarques: tuple[str, ...] = ()
    donnees: tuple[DonneeInadaptee, ...] = ()
    etapes: tuple[str, ...] = ()
    """Titles of the étapes under way now."""
    etapes_apres: tuple[str, ...] = ()
    se_termine: bool = False
    evenements: tuple[Event, ...] = ()
    """What would be recorded."""


def verdict(
    source: Program,
    target: Program,
    state: DemarcheState,
    command: MigrateDemarche,
    now: datetime,
    enfants: Mapping[str, Enfant] | None = None,
) -> Verdict:
    """Play `command` on `state`, which is left untouched. `now`: the démarche's own time. Never raises.

    `enfants`: open children by id, theirs included, with the version each follows. They migrate with their parent:
    it is not fine when it is not for one of them.
    """
    begun = Verdict("bloquee", etapes=tuple(etape.titre for etape in state.active))
    try:
        decision = decide(source, state, command, now, towards=target)
        planned = plan(source, target, state, command, now)
        _resumable(target, decision.state, now)
    except Refusal as refusal:
        return _refused(begun, refusal, source, target, state, command, now)
    except EngineError as error:
        return replace(begun, raisons=(CIRCLES if "circles" in str(error) else STUCK,))
    stopped, a_placer = _children_stopped(target, decision, enfants or {}, now)
    if stopped or a_placer:
        # What is stuck stays stuck wherever the étapes go: it is said first.
        only_places = a_placer and not stopped
        return replace(
            begun,
            issue="correspondance" if only_places else "bloquee",
            raisons=stopped or (PLACES,),
            a_placer=a_placer if only_places else (),
        )
    ends = state.open and not decision.state.open
    remarks = list(planned.remarques)
    if ends:
        remarks.insert(0, "La démarche se terminerait aussitôt.")
    return replace(
        begun,
        issue="bonne",
        remarques=tuple(remarks),
        donnees=tuple(misfits(source, target, state, decision.state, now)),
        etapes_apres=tuple(etape.titre for etape in decision.state.active),
        se_termine=ends,
        evenements=decision.events,
    )


Enfant = tuple[Program, DemarcheState]


def _children_stopped(
    target: Program, decision: Decision, enfants: Mapping[str, Enfant], now: datetime
) -> tuple[tuple[str, ...], tuple[APlacer, ...]]:
    """Why the children that would have to follow cannot, each named; and the étapes to be placed for those that
    could."""
    found: list[str] = []
    a_placer: dict[tuple[str | None, str], APlacer] = {}
    for fact in (event.fact for event in decision.events):
        if not isinstance(fact, EnfantInstructed) or fact.vers is None or fact.enfant not in enfants:
            continue
        known = decision.state.enfants[fact.enfant]
        program, state = enfants[fact.enfant]
        # The very command that the child would be sent.
        command = MigrateDemarche.model_validate(
            {"id": "essai-enfant", "actor": SYSTEM, **instruction(decision.state, fact)}
        )
        child = verdict(program, target.enfants[known.modele], state, command, now, enfants)
        if child.issue == "correspondance":
            for lost in child.a_placer:
                lost = replace(lost, enfant=lost.enfant or known.modele)
                a_placer.setdefault((lost.enfant, lost.etape), lost)
        elif child.issue == "bloquee":
            why = " ".join(child.raisons)
            found.append(f"« {known.titre} » ({known.reference}) ne peut pas suivre : {why}")
    return tuple(found), tuple(a_placer.values())


def _refused(
    begun: Verdict,
    refusal: Refusal,
    source: Program,
    target: Program,
    state: DemarcheState,
    command: MigrateDemarche,
    now: datetime,
) -> Verdict:
    if refusal.code in _USELESS:
        return replace(begun, issue="inutile", raisons=(refusal.detail,))
    if refusal.code == "correspondance_requise":
        placed = plan(source, target, state, command, now).a_placer
        return replace(begun, issue="correspondance", raisons=(refusal.detail,), a_placer=placed)
    return replace(begun, raisons=(refusal.detail,))


def _resumable(target: Program, state: DemarcheState, now: datetime) -> None:
    """A suspended démarche only settles when it is resumed: that must work too. Raises Refusal or EngineError."""
    if state.cycle == "suspendue":
        decide(target, state, Resume(id="essai-reprise", actor=SYSTEM), now)


def misfits(
    source: Program, target: Program, before: DemarcheState, after: DemarcheState, now: datetime
) -> list[DonneeInadaptee]:
    """Answers that fitted the former forms and do not fit the new ones. They are kept: people correct them."""
    today = now.astimezone(PARIS).date()
    found = []
    former_names = (
        {new: old for old, new in after.migrations[-1].formulaires.items()} if after.migrations else {}
    )
    for alias, answers in after.donnees.items():
        schema = target.bundle.forms.get(alias)
        former = source.bundle.forms.get(former_names.get(alias, alias))
        if schema is None or not answers or schema == former:
            continue
        known = set(source.rules.validate_form(former, answers, today)) if former is not None else set()
        for pointer, detail in target.rules.validate_form(schema, answers, today):
            if (pointer, detail) not in known:
                found.append(DonneeInadaptee(alias, str(schema.get("title", alias)), pointer, detail))
    return [*found, *_misfit_lines(source, target, after, now)]


def _misfit_lines(
    source: Program, target: Program, after: DemarcheState, now: datetime
) -> Iterator[DonneeInadaptee]:
    today = now.astimezone(PARIS).date()
    known_lines = lines_of(after)
    for cle, lines in after.collections.items():
        schema, former = target.bundle.lignes.get(cle), source.bundle.lignes.get(cle)
        if schema is None or schema == former:
            continue
        schema = settled(schema, known_lines)
        former = settled(former, known_lines) if former else None
        for ligne in lines.values():
            known = set(source.rules.validate_form(former, ligne.donnees, today)) if former else set()
            for pointer, detail in target.rules.validate_form(schema, ligne.donnees, today):
                if (pointer, detail) not in known:
                    titre = f"{target.modele.collections[cle].libelle}, {ligne.nom}"
                    yield DonneeInadaptee(cle, titre, pointer, detail)
