"""A démarche played on the engine alone: commands in, events out, time moved by hand, effects answered at will.

Every command checks what must always hold: the journal folds to the state, through JSON too; ids are unique; the
numbers follow; a refusal leaves no trace; progress stays within bounds.
"""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from activities.rules_port import RULES
from cli.paths import ROOT
from workflows.engine.bundle import contents, from_folder
from workflows.engine.commands import COMMAND, Refusal
from workflows.engine.decide import decide
from workflows.engine.evolve import fold
from workflows.engine.facts import EVENTS, Event
from workflows.engine.findings import errors
from workflows.engine.modele import Bundle, Modele, Service
from workflows.engine.needs import needs
from workflows.engine.program import PARIS, Program
from workflows.engine.state import SYSTEM, Actor, DemarcheState, Membre
from workflows.engine.waiting import progress, waits

DEMARCHE_ID = "11111111-1111-4111-8111-111111111111"
CLIENT_ID = "22222222-2222-4222-8222-222222222222"
USERS = {
    "conseiller": "33333333-3333-4333-8333-333333333333",
    "autre": "44444444-4444-4444-8444-444444444444",
    "manager": "55555555-5555-4555-8555-555555555555",
    "remplacant": "66666666-6666-4666-8666-666666666666",
}
NAMES = {
    "conseiller": "Claire Conseil",
    "autre": "Omar Autre",
    "manager": "Manon Ager",
    "remplacant": "Rémi Plaçant",
}
TEAM = (
    Membre(role="conseiller", user_id=USERS["conseiller"], nom=NAMES["conseiller"], libelle="Conseiller"),
    Membre(role="manager", user_id=USERS["manager"], nom=NAMES["manager"], libelle="Manager"),
)


def paris(text: str) -> datetime:
    """« 2026-03-02 09:00 », in Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def actor(who: str) -> Actor:
    """`systeme`, a person of `USERS`, or a participant by its key in the modèle."""
    if who == "systeme":
        return SYSTEM
    if who in USERS:
        client = who in ("manager", "remplacant")
        return Actor(
            kind="client" if client else "staff",
            id=USERS[who],
            name=NAMES[who],
            role="client" if client else "conseiller",
        )
    return Actor(kind="participant", id=f"lien-{who}", name=who, role=who)


def program_of(
    modele: dict[str, Any],
    forms: dict[str, dict[str, Any]] | None = None,
    lignes: dict[str, dict[str, Any]] | None = None,
    enfants: dict[str, Any] | None = None,
    services: dict[str, Any] | None = None,
) -> Program:
    """A program from plain data; mail and document models are named, not read."""
    children = {key: Bundle.model_validate(child) for key, child in (enfants or {}).items()}
    bundle = Bundle(
        modele=Modele.model_validate(modele),
        forms=forms or {},
        lignes=lignes or {},
        enfants=children,
        services={key: Service.model_validate(one) for key, one in (services or {}).items()},
    )
    return Program(bundle, RULES, "0" * 64)


@lru_cache(maxsize=1)
def embauche() -> Program:
    """The real modèle, resolved as publishing does, with the real rules."""
    resolved = from_folder(ROOT, ROOT / "process_templates" / "embauche.yaml")
    assert not errors(resolved.findings), resolved.findings
    return Program(Bundle.model_validate(contents(resolved.bundle)), RULES, "e" * 64)


def json_file(name: str) -> Any:
    return json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


class Monde:
    """One démarche, its journal and its clock."""

    def __init__(self, program: Program, start: str = "2026-03-02 09:00") -> None:
        self.program = program
        self.state = DemarcheState(demarche_id=DEMARCHE_ID)
        self.now = paris(start)
        self.journal: list[Event] = []
        self.params: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(1)

    def copy(self) -> Monde:
        """Another future from here."""
        other = Monde(self.program)
        other.state, other.now = self.state.model_copy(deep=True), self.now
        other.journal, other.params = list(self.journal), dict(self.params)
        other._ids = itertools.count(len(self.journal) + 1000)
        return other

    # --- playing

    def open(
        self,
        phase: str = "dossier",
        par: str = "conseiller",
        parent: dict[str, Any] | None = None,
        equipe: tuple[Membre, ...] = TEAM,
        **donnees: dict[str, Any],
    ) -> list[Event]:
        return self.send(
            "OpenDemarche",
            par=par,
            client_id=CLIENT_ID,
            client_nom="Menuiserie Bellanger",
            client_type="entreprise",
            reference="EMB-2026-0001",
            phase=phase,
            equipe=equipe,
            donnees=donnees,
            parent=parent,
        )

    def migrate(self, target: Program, par: str = "conseiller", **fields: Any) -> list[Event]:
        """Pass to another version of the modèle, and follow it from then on. Raises Refusal."""
        events = self.send("MigrateDemarche", par, towards=target, vers=target.sha, **fields)
        self.program = target
        return events

    def send(self, type: str, par: str = "conseiller", **fields: Any) -> list[Event]:
        """Decide one command now. `towards`: the version that a migration goes to. Raises Refusal."""
        towards: Program | None = fields.pop("towards", None)
        command = COMMAND.validate_python(
            {"type": type, "id": fields.pop("id", f"c{next(self._ids)}"), "actor": actor(par), **fields}
        )
        before = self.state.model_dump_json()
        try:
            decision = decide(self.program, self.state, command, self.now, towards=towards)
        except Refusal:
            assert self.state.model_dump_json() == before, "a refusal changed the state"
            raise
        assert self.state.model_dump_json() == before, "decide changed the state it was given"
        events = list(decision.events)
        self._check(events, decision.state, command.id, towards or self.program)
        self.journal += events
        self.state = decision.state
        for event in events:
            if event.fact.type == "EffectRequested":
                self.params[event.fact.effect.id] = event.fact.params
        return events

    def refusal(self, type: str, par: str = "conseiller", **fields: Any) -> Refusal:
        """The refusal of a command."""
        try:
            self.send(type, par, **fields)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"{type} was accepted")

    def wait(self, until: datetime | str) -> list[Event]:
        """Let time pass as the shell does: wake at each instant due, in order."""
        limit = paris(until) if isinstance(until, str) else until
        said: list[Event] = []
        for _ in range(500):
            next_at = needs(self.state).next_at
            if next_at is None or next_at > limit:
                self.now = max(self.now, limit)
                return said
            self.now = max(self.now, next_at)
            events = self.send("Tick", "systeme")
            assert events, "a tick at a due instant plays something"
            said += events
        raise AssertionError("time does not pass")

    def later(self, **delay: float) -> list[Event]:
        return self.wait(self.now + timedelta(**delay))

    def effects(
        self, outcome: str = "done", kind: str | None = None, donnees: dict[str, Any] | None = None
    ) -> list[Event]:
        """Answer every effect that is to be carried out. `donnees`: what services answer."""
        said: list[Event] = []
        for id_ in needs(self.state).effects:
            effect = self.state.effets[id_]
            if kind not in (None, effect.kind):
                continue
            file = None
            if effect.kind == "document" and outcome == "done":
                file = {
                    "id": str(uuid.uuid5(uuid.NAMESPACE_OID, id_)),
                    "nom": "d.pdf",
                    "type": "pdf",
                    "taille": 9,
                }
            told = donnees if effect.kind == "appel" else None
            said += self.send("ReportEffect", "systeme", effect=id_, outcome=outcome, file=file, donnees=told)
        return said

    # --- reading

    def tache(self, titre: str, *, open_only: bool = False) -> str:
        """Id of the latest task of this title or key."""
        found = [
            t.id
            for t in self.state.taches.values()
            if titre in (t.titre, t.cle) and (t.open or not open_only)
        ]
        assert found, f"no task « {titre} »"
        return found[-1]

    def types(self, events: Iterable[Event]) -> list[str]:
        return [event.fact.type for event in events]

    def waiting(self) -> list[str]:
        return sorted(f"{w.kind} {w.label} ({w.key})" for w in waits(self.program, self.state))

    def _check(self, events: list[Event], after: DemarcheState, command_id: str, program: Program) -> None:
        # Folded anew from copies that went through JSON, as the workflow receives them.
        copies = EVENTS.validate_json(EVENTS.dump_json(events))
        assert copies == events
        folded = fold(self.state.model_copy(deep=True), copies)
        assert folded == after, "the journal does not fold to the state"
        again = DemarcheState.model_validate_json(after.model_dump_json())
        assert again == after, "the state does not survive JSON"
        assert [e.seq for e in events] == list(range(self.state.seq + 1, after.seq + 1))
        assert {e.command_id for e in events} <= {command_id}
        done = progress(program, after)
        assert 0 <= done <= 100
        assert (done == 100) == (after.cycle == "terminee")
        assert needs(after) == needs(again), "needs depends on something else than the state"
        keys = [(w.kind, w.id) for w in waits(program, after)]
        assert len(keys) == len(set(keys)), f"two waits share a key: {keys}"
        fresh = [id_ for e in events if (id_ := _made(e))]
        assert len(fresh) == len(set(fresh)), "an id was given twice"
        known = {id_ for e in self.journal if (id_ := _made(e))}
        assert not known & set(fresh), "an id was given again"
        if not after.open:
            assert not after.timers
            assert not any(t.open for t in after.taches.values())


def _made(event: Event) -> str | None:
    """Id of what an event makes, among those an engine derives."""
    fact: Any = event.fact
    match fact.type:
        case "TacheCreated":
            return str(fact.tache.id)
        case "ActionRequested":
            return str(fact.action.id)
        case "DocumentRequested":
            return str(fact.document.id)
        case "EffectRequested":
            return str(fact.effect.id)
        case "LigneAdded":
            return str(fact.ligne.id)
        case "EnfantRequested":
            return f"enfant {fact.enfant.id}"  # what it gives at its end is a line of the same id
        case "ParticipantInvited" | "LinkRenewed":
            return str(fact.participant.link_id)
    return None
