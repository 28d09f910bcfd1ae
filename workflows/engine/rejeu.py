"""What if? A démarche that really happened, played again on a draft of its modèle, and on its own version beside it.

Both plays are the same simulation with the same answers, so that what differs comes from the draft alone. What the
draft asks and nobody ever answered is made up, and named: that is what running démarches would lack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from jsonschema import Draft202012Validator

from workflows.engine.anonymous import anonymous
from workflows.engine.branches import settled
from workflows.engine.commands import AnyCommand, EngineError
from workflows.engine.facts import DonneesRecorded, EtapeEntered
from workflows.engine.mending import mended
from workflows.engine.program import PARIS, Program
from workflows.engine.recorded import MOST_EVENTS, Record, after_of, finely
from workflows.engine.samples import sample
from workflows.engine.scenario import Attendu, Evenement, Scenario
from workflows.engine.simulation import Ending, Planned, Simulation, Step
from workflows.engine.state import DemarcheState, EtapeState
from workflows.engine.view.paths import properties_of
from workflows.engine.waiting import Wait, asked_of

LONGEST = timedelta(days=3 * 366)
MENDED_AT_MOST = 40
"""Times that a scenario made of a démarche is put right and played again."""
PASSED = "Passée, comme elle l’a été."
LONGER = timedelta(hours=12)
"""A smaller difference is not worth a word."""
_ENDED: tuple[Ending, ...] = ("terminee", "annulee", "refusee")


@dataclass(frozen=True)
class Manque:
    """A form for which the démarche has no answer, or not all: the titles of the fields."""

    formulaire: str
    champs: tuple[str, ...]


@dataclass(frozen=True)
class PlusLongue:
    """An étape, or the whole démarche, that would last longer. In seconds."""

    titre: str
    avant_s: float
    apres_s: float


@dataclass(frozen=True)
class Rejeu:
    """One démarche on the draft, beside itself on its own version.

    `infidele`: why it cannot be played again, None when it can: on its own version, it comes to the end that it really
    came to, by the étapes that it really went through. Otherwise nothing of the rest says anything about it.
    `arret`: why it would not come to the end that it comes to on its own version.
    """

    infidele: str | None
    ajoutees: tuple[str, ...]
    retirees: tuple[str, ...]
    ordre_change: bool
    avant_s: float
    apres_s: float
    plus_longues: tuple[PlusLongue, ...]
    manques: tuple[Manque, ...]
    arret: str | None

    @property
    def fidele(self) -> bool:
        return self.infidele is None

    @property
    def change_de_chemin(self) -> bool:
        return bool(self.ajoutees or self.retirees or self.ordre_change)

    @property
    def attend_plus(self) -> bool:
        return bool(self.plus_longues) or self.apres_s - self.avant_s >= LONGER.total_seconds()

    @property
    def sans_effet(self) -> bool:
        """The draft changes nothing for it."""
        return not (self.change_de_chemin or self.attend_plus or self.manques or self.arret)


def replay(own: Program, draft: Program, record: Record) -> Rejeu:
    """Play a démarche on its own version and on the draft."""
    day = record.begin.astimezone(PARIS).date()
    before = _play(own, record, _completed(own, record.scenario, day))
    after = _play(draft, record, _completed(draft, record.scenario, day))
    came, goes = before.path(), after.path()
    return Rejeu(
        infidele=_unfaithful(own, record, before),
        ajoutees=_titles(draft, [cle for cle in goes if cle not in came]),
        retirees=_titles(own, [cle for cle in came if cle not in goes]),
        ordre_change=_order(came, goes) != _order(goes, came),
        avant_s=before.lasted().total_seconds(),
        apres_s=after.lasted().total_seconds(),
        plus_longues=_longer(draft, before, after),
        manques=_lacks(own, draft, record, before, after),
        arret=None if after.ended or not before.ended else after.why,
    )


def _unfaithful(own: Program, record: Record, play: _Play) -> str | None:
    """Why a démarche played again on its own version is not what it was; None when it is."""
    came = play.path()
    for rank, cle in enumerate(record.chemin):
        if rank < len(came) and came[rank] == cle:
            continue
        if any(place.ajoutee is None for place in record.state.places):
            return (
                "Ses étapes ont été mises dans un autre ordre à la main : elle ne se rejoue pas telle quelle."
            )
        where = f"« {_title(own, cle)} »" if cle in own.etapes else "une étape de son ancienne version"
        instead = f" : « {_title(own, came[rank])} » vient à sa place" if rank < len(came) else ""
        return f"Rejouée sur sa propre version, elle n’arrive pas à {where}{instead}. {play.why}".strip()
    if not record.state.open and play.ending != record.state.cycle:
        return f"Rejouée sur sa propre version, elle ne finit pas comme elle a fini. {play.why}".strip()
    return None


def remade(program: Program, record: Record) -> tuple[Scenario, bool]:
    """A scenario that names nobody made of a démarche, and whether it comes to the same end by the same étapes: then it
    expects so. Of one under way, whether it comes by the same étapes: what was not asked yet gets invented answers.
    """
    for told in _tellings(program, record):
        scenario, same = _remade(program, record, told)
        if same:
            break
    return scenario, same


def _tellings(program: Program, record: Record) -> Iterator[Scenario]:
    """The scenario, the shortest way of telling it first: by how long people take, each form filled as it was each
    time if one was filled again, then with its last answers; then the same, each answer dated from when it was asked.
    """
    short = list(_filled_again(record))
    yield from short
    for told in short:
        yield finely(program, record, told)


def _filled_again(record: Record) -> Iterator[Scenario]:
    told = record.scenario
    if record.reprises:
        again = tuple(
            Evenement(
                apres=after_of(after),
                commande={"type": "SubmitForm", "formulaire": name, "donnees": dict(answers)},
            )
            for after, name, answers in record.reprises
        )
        first = {name: dict(answers[0]) for name, answers in record.saisies.items()}
        yield told.model_copy(
            update={
                "donnees": {**told.donnees, **first},
                "evenements": (*told.evenements, *again)[:MOST_EVENTS],
            }
        )
    yield told


def _remade(program: Program, record: Record, told: Scenario) -> tuple[Scenario, bool]:
    scenario = anonymous(program, told)
    if record.state.open:
        day = scenario.debut or record.begin.astimezone(PARIS).date()
        made_up = {alias: sample(form, day) for alias, form in program.bundle.forms.items()}
        scenario = scenario.model_copy(update={"donnees": {**made_up, **scenario.donnees}})
    scenario, play = _played(program, scenario, record.begin.astimezone(PARIS).date())
    entered = {e.fact.etape for e in play.journal if isinstance(e.fact, EtapeEntered)}
    if record.state.open:
        return scenario, entered >= set(record.chemin)
    if play.ending != record.state.cycle or entered != set(record.chemin):
        return scenario, False
    attendu = Attendu(cycle=record.state.cycle, statut=play.state.statut, atteintes=record.chemin)
    return scenario.model_copy(update={"attendu": attendu}), True


def _played(program: Program, scenario: Scenario, begin: date) -> tuple[Scenario, Simulation]:
    """A scenario played, after what stopped it was put right as far as it can be."""
    for _ in range(MENDED_AT_MOST):
        play = Simulation(program, scenario, begin, LONGEST)
        steps: list[Step] = []
        with suppress(EngineError):
            steps.extend(play.run())
        better = mended(scenario, play, steps[-1]) if steps and play.ending == "refus" else None
        if better is None:
            break
        scenario = better
    return scenario, play


@dataclass(kw_only=True)
class _Play(Simulation):
    """A simulation whose people answer as fast as they really did."""

    record: Record
    begun: datetime
    """To the second, where a scenario knows the day."""
    why: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.now = self.begin = self.begun.astimezone(UTC)
        self._events = self._plan()

    @property
    def ended(self) -> bool:
        return self.ending in _ENDED

    def path(self) -> list[str]:
        """Étapes in the order they were first entered."""
        return list(dict.fromkeys(etape for etape, _ in self._entries()))

    def _entries(self) -> list[tuple[str, datetime]]:
        return [(e.fact.etape, e.at) for e in self.journal if isinstance(e.fact, EtapeEntered)]

    def lasted(self) -> timedelta:
        return self.now - self.begin

    def stays(self) -> dict[str, timedelta]:
        """From the first entry of an étape to that of the next one, and to the end."""
        entries = [*self._entries(), ("", self.now)]
        found: dict[str, timedelta] = {}
        for (cle, at), (_, left) in pairwise(entries):
            found[cle] = found.get(cle, timedelta()) + (left - at)
        return found

    def asked(self) -> set[str]:
        """Forms that were answered."""
        return {e.fact.formulaire for e in self.journal if isinstance(e.fact, DonneesRecorded)}

    def _answered_after(self, wait: Wait, since: datetime) -> datetime:
        took = self.record.reponses.get(asked_of(wait, self.state))
        if not took:
            return super()._answered_after(wait, since)
        return since + took[self._rank(wait, len(took))]

    def _answers(self, wait: Wait) -> bool:
        return super()._answers(wait) and asked_of(wait, self.state) not in self.record.muettes

    def _plan(self) -> list[Planned]:
        """Events at the very instant they came; étapes are passed over when each is entered, whenever that comes."""
        passed = {etape for etape, _ in self.record.passees}
        found = []
        for index, (event, after) in enumerate(
            zip(self.scenario.evenements, self.record.instants, strict=False)
        ):
            told = event.commande or {}
            if told.get("type") != "SkipEtape" or told.get("etape") not in passed:
                found.append(Planned(self.begin + after, index, command=told, par=event.par))
        return sorted(found, key=lambda one: (one.at, one.index))

    def _skipped_at(self, etape: EtapeState) -> datetime | None:
        took = self.record.passees.get((etape.cle, etape.visit))
        return None if took is None or etape.entered_at is None else etape.entered_at + took

    def _answer(self, wait: Wait) -> Iterator[AnyCommand]:
        """A form filled several times is answered as it was each time."""
        alias = wait.id
        if wait.kind == "evenement":
            alias = self.program.evenements[wait.id].formulaire or ""
        saisies = self.record.saisies.get(alias, ())
        form = self.program.bundle.forms.get(alias)
        if form is not None and len(saisies) > 1:
            done = sum(
                isinstance(e.fact, DonneesRecorded) and e.fact.formulaire == alias for e in self.journal
            )
            said, _ = _filled(form, saisies[min(done, len(saisies) - 1)], self._day())
            self.scenario = self.scenario.model_copy(
                update={"donnees": {**self.scenario.donnees, alias: said}}
            )
        return super()._answer(wait)

    def _day(self) -> date:
        return self.begin.astimezone(PARIS).date()

    def _stops(self, step: Step) -> bool:
        """What someone did unasked may have no sense on the draft: the rest goes on."""
        return step.refusal is not None and "evenements" not in step.source

    def _child(self, id_: str) -> Simulation:
        """Each child is played as the child of the same rank went."""
        modele = self.state.enfants[id_].modele
        known = self.record.enfants.get(modele, ())
        rank = sum(enfant.modele == modele for enfant in self.state.enfants.values()) - 1
        if rank >= len(known):
            return super()._child(id_)
        program = self.program.enfants[modele]
        # What children were told was told on their own day.
        scenario = _completed(program, known[rank].scenario, self.now.astimezone(PARIS).date())
        child = _prepared(program, known[rank], scenario, self.now)
        child.state = DemarcheState(demarche_id=id_)
        return child


def _prepared(program: Program, record: Record, scenario: Scenario, begin: datetime) -> _Play:
    """A play that is to begin at an instant."""
    passed = {etape for etape, _ in record.passees}
    scenario = scenario.model_copy(update={"passer": dict.fromkeys(passed, PASSED)})
    return _Play(program, scenario, begin.astimezone(PARIS).date(), LONGEST, record=record, begun=begin)


def _play(program: Program, record: Record, scenario: Scenario) -> _Play:
    play = _prepared(program, record, scenario, record.begin)
    try:
        for step in play.run():
            if step.refusal is not None and play._stops(step):
                errors = " ".join(detail for _, detail in step.refusal.errors)
                play.why = f"{step.refusal.detail} {errors}".strip()
    except EngineError as error:
        play.ending, play.why = "boucle", str(error)
    if not play.why:
        play.why = _STOPPED.get(play.ending, "")
    return play


_STOPPED: Mapping[Ending, str] = {
    "attente": "Plus rien n’avance.",
    "duree": "Elle n’est pas finie au bout de trois ans.",
    "boucle": "Elle tourne en rond.",
}


def _completed(program: Program, scenario: Scenario, day: date) -> Scenario:
    """The same with an answer to whatever the modèle may ask: those that there are, the rest made up."""
    forms = program.bundle.forms
    donnees = {alias: _filled(form, scenario.donnees.get(alias, {}), day)[0] for alias, form in forms.items()}
    lignes = {
        name: tuple(
            _filled(settled(form, scenario.lignes), line, day)[0] for line in scenario.lignes.get(name, ())
        )
        for name, form in program.bundle.lignes.items()
    }
    return scenario.model_copy(update={"donnees": donnees, "lignes": lignes})


def _filled(
    form: Mapping[str, Any], answers: Mapping[str, Any], day: date
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Answers that the form takes, and the titles of the fields that had to be made up."""
    properties = properties_of(form)
    kept = {key: value for key, value in answers.items() if key in properties}
    wrong = {
        str(error.absolute_path[0])
        for error in Draft202012Validator(form).iter_errors(kept)
        if error.absolute_path
    }
    kept = {key: value for key, value in kept.items() if key not in wrong}
    full = sample(form, day, kept)
    made_up = [key for key in full if key not in kept] + [key for key in wrong if key not in full]
    return full, tuple(str(properties.get(key, {}).get("title", key)) for key in made_up)


def _lacks(own: Program, draft: Program, record: Record, before: _Play, after: _Play) -> tuple[Manque, ...]:
    """Answers that the draft asks, that its own version did not, and that nobody ever gave."""
    day = record.begin.astimezone(PARIS).date()
    known = record.scenario.donnees
    found = []
    for alias in sorted(after.asked()):
        form = draft.bundle.forms.get(alias)
        if form is None or (alias not in known and alias in before.asked()):
            continue  # not reached yet in reality: it will be asked, on either version
        _, lacking = _filled(form, known.get(alias, {}), day)
        if alias in known and alias in own.bundle.forms:
            already = set(_filled(own.bundle.forms[alias], known[alias], day)[1])
            lacking = tuple(title for title in lacking if title not in already)
        if lacking:
            found.append(Manque(str(form.get("title", alias)), lacking))
    return tuple(found)


def _longer(draft: Program, before: _Play, after: _Play) -> tuple[PlusLongue, ...]:
    was, stays = before.stays(), after.stays()
    return tuple(
        PlusLongue(_title(draft, cle), was[cle].total_seconds(), stay.total_seconds())
        for cle, stay in stays.items()
        if cle in was and stay - was[cle] >= LONGER
    )


def _order(one: Sequence[str], other: Sequence[str]) -> list[str]:
    return [cle for cle in one if cle in other]


def _titles(program: Program, keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(_title(program, cle) for cle in keys)


def _title(program: Program, cle: str) -> str:
    etape = program.etapes[cle]
    return etape.libelle_interne or etape.titre
