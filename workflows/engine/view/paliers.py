"""The plan of reminders of a démarche: steps that its conseiller chose, or that the modèle names (REC-06, REC-10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from workflows.engine.modele import Etape, Relance
from workflows.engine.moment import Moment
from workflows.engine.plan import CANAL, JOURS, NIVEAU, PASSAGE, moment_of, paliers_of, sendings, ways_of
from workflows.engine.state import LigneState
from workflows.engine.view.shapes import PalierView
from workflows.engine.view.sight import Sight


def palier_views(sight: Sight) -> Iterator[PalierView]:
    """Each step in the order of the modèle, those of a plan by their day; for staff."""
    if not sight.staff:
        return
    passage: PalierView | None = None
    for etape in sight.modele.walk():
        if etape.niveau is not None:
            yield _entry(sight, etape, etape.niveau, passage)
            passage = None
        for relance in etape.relances:
            if relance.paliers is not None:
                yield from _planned(sight, etape, relance)
                passage = _passage(sight, etape, relance) or passage
            elif relance.niveau is not None:
                yield _reminder(sight, etape, relance, relance.niveau, (None,))
    if passage is not None:
        yield passage


def _entry(sight: Sight, etape: Etape, niveau: str, passage: PalierView | None) -> PalierView:
    """An étape that is a step by itself; `passage`: what the plan says of the way to it."""
    current = sight.state.etapes[etape.cle]
    ways: list[str] = []
    for automatisation in etape.automatisations:
        if automatisation.quand == "entree":
            ways += [way for way in ("courriel", "sms", "tache", "document") if getattr(automatisation, way)]
    return PalierView(
        niveau=passage.niveau if passage else niveau,
        moment=passage.moment if passage else None,
        canaux=tuple(dict.fromkeys(ways)),
        statut="fait" if current.visit else "prevu" if passage and passage.prevu_at else "a_venir",
        fait_at=current.entered_at if current.visit else None,
        prevu_at=passage.prevu_at if passage and not current.visit else None,
    )


def _passage(sight: Sight, etape: Etape, relance: Relance) -> PalierView | None:
    """The step of a plan that leads to the next étape, and when."""
    for palier in sight.state.collections.get(relance.paliers or "", {}).values():
        if palier.donnees[CANAL] == PASSAGE:
            planned = [
                timer.at
                for timer in sight.state.timers.values()
                if timer.kind in ("attente", "echeance") and timer.etape == etape.cle
            ]
            return PalierView(
                niveau=str(palier.donnees[NIVEAU]),
                moment=_day(moment_of(relance, palier)),
                canaux=(),
                statut="prevu" if planned else "a_venir",
                fait_at=None,
                prevu_at=min(planned, default=None),
            )
    return None


def _planned(sight: Sight, etape: Etape, relance: Relance) -> Iterator[PalierView]:
    """The steps of a plan by their day; those of one day and one name are one, that goes in several ways."""
    chosen = [palier for palier in paliers_of(sight.state, relance) if palier is not None]
    steps: dict[tuple[int, str], list[LigneState]] = {}
    for palier in sorted(chosen, key=lambda one: int(one.donnees[JOURS])):
        steps.setdefault((palier.donnees[JOURS], palier.donnees[NIVEAU]), []).append(palier)
    for (_, niveau), same in steps.items():
        yield _reminder(sight, etape, relance, niveau, same)


def _reminder(
    sight: Sight, etape: Etape, relance: Relance, niveau: str, paliers: Sequence[LigneState | None]
) -> PalierView:
    state = sight.state
    ids = [palier.id if palier else None for palier in paliers]
    sent = [one.last_at for id_ in ids for one in sendings(state.etapes[etape.cle], relance, id_)]
    planned = [
        timer.at
        for timer in state.timers.values()
        if timer.kind == "relance"
        and (timer.etape, timer.cle) == (etape.cle, relance.cle)
        and timer.palier in ids
    ]
    missed = [] if sent or planned else [at for one in paliers for at in _missed(sight, etape, relance, one)]
    return PalierView(
        niveau=niveau,
        moment=_day(moment_of(relance, paliers[0])),
        canaux=tuple(dict.fromkeys(way for palier in paliers for way in ways_of(relance, palier))),
        statut="fait" if sent else "prevu" if planned else "manque" if missed else "a_venir",
        fait_at=max(sent, default=None),
        prevu_at=min(planned or missed, default=None),
    )


def _missed(sight: Sight, etape: Etape, relance: Relance, palier: LigneState | None) -> Iterator[datetime]:
    """Instants that passed before the reminder could wait for them, or that a suspension let pass.

    One whose line was settled by then had no more reason to go: it has not been missed.
    """
    state, current = sight.state, sight.state.etapes[etape.cle]
    if current.entered_at is None or current.visit > 1:
        return  # an étape begun again does not know what went before
    lines: list[LigneState | None] = [None]
    if relance.dans is not None:
        lines = list(state.collections.get(relance.dans, {}).values())
    for ligne in lines:
        at = sight.program.instant(moment_of(relance, palier), state, current, ligne=ligne)
        if at is None:
            continue
        began = max([current.entered_at, *(one.added_at for one in (palier, ligne) if one)])
        # What an open étape still has to send has its timer: without one, its instant is past.
        over = state.cycle == "ouverte" if current.completed_at is None else at <= current.completed_at
        if at <= began or (over and _still_due(sight, relance, ligne)):
            yield at


def _still_due(sight: Sight, relance: Relance, ligne: LigneState | None) -> bool:
    """Whether there is still a reason to send it, to someone who may be written to."""
    person = sight.state.participants.get(relance.a)
    if relance.tant_que is not None or (person is not None and person.revoked):
        return False
    if relance.si is None:
        return True
    if relance.dans is None or ligne is None:
        return sight.program.holds(relance.si, sight.state)
    return bool(sight.program.of_line(relance.dans, relance.si, ligne, sight.state, "booleen"))


def _day(moment: Moment) -> str:
    """« J+15 », « J-5 », « J »: how people say it."""
    if moment.delay is None or moment.delay.amount == 0:
        return "J"
    sign = "-" if moment.sign < 0 else "+"
    days = str(moment.delay.amount) if moment.delay.unit == "j" else str(moment.delay)
    return f"J{sign}{days}"
