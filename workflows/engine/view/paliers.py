"""The plan of reminders of a démarche, as the modèle names its steps (REC-06, REC-10)."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.engine.modele import Etape, Relance
from workflows.engine.moment import Moment
from workflows.engine.state import sent_key
from workflows.engine.view.shapes import PalierView
from workflows.engine.view.sight import Sight


def palier_views(sight: Sight) -> Iterator[PalierView]:
    """Each step in the order of the modèle, those of one étape in the order of its file; for staff."""
    if not sight.staff:
        return
    for etape in sight.modele.walk():
        if etape.niveau is not None:
            yield _entry(sight, etape, etape.niveau)
        for relance in etape.relances:
            if relance.niveau is not None:
                yield _reminder(sight, etape, relance, relance.niveau)


def _entry(sight: Sight, etape: Etape, niveau: str) -> PalierView:
    current = sight.state.etapes[etape.cle]
    ways: list[str] = []
    for automatisation in etape.automatisations:
        if automatisation.quand == "entree":
            ways += [way for way in ("courriel", "sms", "tache", "document") if getattr(automatisation, way)]
    return PalierView(
        niveau=niveau,
        moment=None,
        canaux=tuple(dict.fromkeys(ways)),
        statut="fait" if current.visit else "a_venir",
        fait_at=current.entered_at if current.visit else None,
        prevu_at=None,
    )


def _reminder(sight: Sight, etape: Etape, relance: Relance, niveau: str) -> PalierView:
    state = sight.state
    name = sent_key(relance.cle, "") if relance.dans else relance.cle
    sent = [
        one.last_at
        for key, one in state.etapes[etape.cle].sent.items()
        if (key.startswith(name) if relance.dans else key == name)
    ]
    planned = [
        timer.at
        for timer in state.timers.values()
        if timer.kind == "relance" and (timer.etape, timer.cle) == (etape.cle, relance.cle)
    ]
    return PalierView(
        niveau=niveau,
        moment=_day(relance.quand),
        canaux=relance.canaux,
        statut="fait" if sent else "prevu" if planned else "a_venir",
        fait_at=max(sent, default=None),
        prevu_at=min(planned, default=None),
    )


def _day(moment: Moment) -> str:
    """« J+15 », « J-5 », « J »: how people say it."""
    if moment.delay is None:
        return "J"
    sign = "-" if moment.sign < 0 else "+"
    days = str(moment.delay.amount) if moment.delay.unit == "j" else str(moment.delay)
    return f"J{sign}{days}"
