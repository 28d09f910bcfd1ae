"""Figures: readings of the day, counters, and the tabs that gather them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from workflows.engine.expressions import ExpressionError
from workflows.engine.ports import CalculError
from workflows.engine.view.fields import NATURES
from workflows.engine.view.shapes import CalculView, ChiffreView, CompteurView, LectureView, OngletView
from workflows.engine.view.sight import Sight


class Readings:
    """The readings of one civil day that the reader may see: their values, or why there are none."""

    def __init__(self, sight: Sight, day: date | None) -> None:
        self.values: dict[str, dict[str, Any]] = {}
        self.refusals: dict[str, str] = {}
        if day is None:
            return
        for name, lecture in sight.modele.lectures.items():
            if not sight.among(lecture.voient):
                continue
            try:
                value = sight.program.reading(name, sight.state, day)
            except (CalculError, ExpressionError) as error:
                self.refusals[name] = str(error)
                continue
            if value is not None:
                self.values[name] = value if sight.staff else _told(value)


def _told(value: dict[str, Any]) -> dict[str, Any]:
    """What people other than the firm's read of it: the reason it writes for them (`refus_client`), where it does."""
    kind = value.get("refus_client")
    return {**value, "refus": kind} if kind else value


def lecture_views(sight: Sight, readings: Readings, later: frozenset[str]) -> Iterator[LectureView]:
    """Readings the reader may see, with their figures."""
    for name, lecture in sight.modele.lectures.items():
        value = readings.values.get(name)
        if name in later or (value is None and name not in readings.refusals):
            continue
        yield LectureView(
            cle=name,
            libelle=lecture.libelle,
            fonction=lecture.fonction,
            chiffres=tuple(
                ChiffreView(cle=key, libelle=chiffre.libelle, valeur=value.get(key), format=chiffre.format)
                for key, chiffre in lecture.montre.items()
            )
            if value is not None
            else (),
            valeur=value,
            refus=readings.refusals.get(name),
        )


def kept_for_later(sight: Sight) -> frozenset[str]:
    """Collections and readings of tabs that are not there yet, and of no other: nothing is to be seen of them."""
    later: set[str] = set()
    there: set[str] = set()
    for onglet in sight.modele.onglets:
        (there if sight.told(onglet.si) else later).update(onglet.collections, onglet.lectures)
    return frozenset(later - there)


def onglet_views(sight: Sight) -> Iterator[OngletView]:
    """Tabs whose condition holds; one whose condition cannot be told yet is not there yet."""
    for onglet in sight.modele.onglets:
        if not sight.among(onglet.voient) or not sight.told(onglet.si):
            continue
        yield OngletView(
            cle=onglet.cle,
            libelle=onglet.libelle,
            icone=onglet.icone,
            collections=onglet.collections,
            formulaires=onglet.formulaires,
            calculs=tuple(_calcul(sight, key) for key in onglet.calculs if not _pointless(sight, key)),
            lectures=onglet.lectures,
            documents=onglet.documents,
        )


def _pointless(sight: Sight, cle: str) -> bool:
    """Its condition is told, and does not hold: nobody waits for its value."""
    condition = sight.modele.calculs[cle].si
    known = sight.program.known(condition, sight.state)
    return condition is not None and known and not sight.program.holds(condition, sight.state)


def _calcul(sight: Sight, cle: str) -> CalculView:
    calcul = sight.modele.calculs[cle]
    return CalculView(
        cle=cle,
        libelle=calcul.libelle or cle.replace("_", " ").capitalize(),
        valeur=sight.state.calculs.get(cle),
        format=calcul.format or NATURES.get(sight.program.calcul_kind(cle), "texte"),
        unite=calcul.unite,
    )


def compteur_views(sight: Sight) -> Iterator[CompteurView]:
    """What the summary says, without a value while it cannot be told."""
    for compteur in sight.modele.compteurs:
        if not sight.among(compteur.voient) or not sight.told(compteur.si):
            continue
        try:
            value = sight.program.if_known(compteur.valeur, sight.state, compteur.kind, compteur.si)
        except ExpressionError:
            value = None
        yield CompteurView(cle=compteur.cle, libelle=compteur.libelle, valeur=value, format=compteur.format)
