"""A bundle ready to run: its expressions compiled once, its calculations typed, its moments resolved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workflows.engine.expressions import Expression, argument_types, compile_expression, evaluate
from workflows.engine.modele import Bundle, Calcul, Modele
from workflows.engine.moment import ENTRY, OPENING, Delay, Moment
from workflows.engine.namespaces import types_of
from workflows.engine.ports import CalculError, Rules
from workflows.engine.state import DemarcheState, EtapeState

PARIS = ZoneInfo("Europe/Paris")


def lookup(data: Mapping[str, Mapping[str, Any]], path: str) -> Any:
    """Value of `formulaire.champ`, or None when absent."""
    namespace, name = path.split(".", 1)
    return data.get(namespace, {}).get(name)


def lookup_root(data: Mapping[str, Any], path: str) -> bool:
    """What an expression needs is there: a filled form, or a calculation already made."""
    namespace, _, name = path.partition(".")
    return bool(data.get(namespace)) and (namespace != "calculs" or name in data[namespace])


class Program:
    """One bundle with the rules it runs on. Immutable once built; shared by every démarche pinned to it."""

    def __init__(self, bundle: Bundle, rules: Rules, sha: str = "") -> None:
        self.bundle = bundle
        self.modele: Modele = bundle.modele
        self.rules = rules
        self.sha = sha
        self.etapes = bundle.modele.all_etapes
        self.types = types_of(bundle.modele, bundle.forms, rules.functions)

    def expression(
        self, source: str, expects: str | None = None, given: Expression | None = None
    ) -> Expression:
        """Compiled form of an expression of this modèle; compiled once. Raises ExpressionError."""
        return compile_expression(source, self.types, expects, given)

    def evaluate(self, source: str, state: DemarcheState, expects: str | None = None) -> Any:
        """Value of an expression on the démarche's data. Raises ExpressionError, never guesses."""
        return evaluate(self.expression(source, expects), self.data(state))

    def holds(self, source: str | None, state: DemarcheState) -> bool:
        """A condition: true when absent. Raises ExpressionError when it cannot be told."""
        return source is None or bool(self.evaluate(source, state, "booleen"))

    def known(self, source: str | None, state: DemarcheState) -> bool:
        """Everything an expression needs is there: the forms are filled, the calculations made."""
        data = self.data(state)
        return source is None or all(lookup_root(data, path) for path in self.expression(source).needs)

    @staticmethod
    def data(state: DemarcheState) -> dict[str, Any]:
        """What expressions read: one namespace per form, and `calculs`."""
        return {**state.donnees, "calculs": state.calculs}

    def compute(self, state: DemarcheState) -> dict[str, Any]:
        """Values of the modèle's calculations whose inputs are known. Dates are ISO strings. Raises CalculError."""
        values: dict[str, Any] = {}
        for name, calcul in self.modele.calculs.items():
            value = self._compute(calcul, state, values)
            if value is not None:
                values[name] = value.isoformat() if isinstance(value, date) else value
        return values

    def _compute(self, calcul: Calcul, state: DemarcheState, values: Mapping[str, Any]) -> Any:
        data = {**state.donnees, "calculs": values}
        function = self.rules.functions[calcul.fonction]
        kinds = argument_types(function)
        condition = self.expression(calcul.si, "booleen") if calcul.si else None
        expressions = {
            name: self.expression(source, kinds[name], condition) for name, source in calcul.arguments.items()
        }
        reads = frozenset[str]().union(
            *(e.needs for e in expressions.values()), condition.needs if condition else ()
        )
        if not all(lookup_root(data, path) for path in reads):
            return None
        if condition is not None and not evaluate(condition, data):
            return None
        return function(**{name: evaluate(expression, data) for name, expression in expressions.items()})

    # --- moments

    def shift(self, instant: datetime, delay: Delay, sign: int = 1) -> datetime:
        """`instant` moved by a delay; days keep the civil hour of Paris across changes of clock."""
        if delay.unit == "min":
            return instant + sign * timedelta(minutes=delay.amount)
        if delay.unit == "h":
            return instant + sign * timedelta(hours=delay.amount)
        local = instant.astimezone(PARIS)
        day = self.rules.shift(local.date(), sign * delay.amount, delay.unit)
        return datetime.combine(day, local.timetz().replace(tzinfo=None), PARIS).astimezone(UTC)

    def anchor(self, moment: Moment, state: DemarcheState, etape: EtapeState | None) -> datetime | None:
        """Instant of the anchor, without the time of suspension; None when it is not known yet."""
        if moment.anchor == ENTRY:
            return etape.entered_at if etape else None
        if moment.anchor == OPENING:
            return state.dossier_at
        value = lookup(self.data(state), moment.anchor)
        if value is None:
            return None
        return datetime.combine(date.fromisoformat(value), time(0), PARIS).astimezone(UTC)

    def instant(
        self, moment: Moment, state: DemarcheState, etape: EtapeState | None, *, shifted: bool = True
    ) -> datetime | None:
        """Instant of a moment. Delays counted from an entry or the opening leave out the time of suspension;
        without `shifted`, they do not: the same moment before and after a suspension."""
        base = self.anchor(moment, state, etape)
        if base is None:
            return None
        if shifted and moment.anchor == ENTRY and etape is not None:
            base += timedelta(seconds=etape.shift)
        elif shifted and moment.anchor == OPENING:
            base += timedelta(seconds=state.shift)
        if moment.delay is not None:
            base = self.shift(base, moment.delay, moment.sign)
        if moment.at is not None:
            base = datetime.combine(base.astimezone(PARIS).date(), moment.at, PARIS).astimezone(UTC)
        return base

    def due(
        self,
        moment: Moment | None,
        state: DemarcheState,
        etape: EtapeState | None,
        *,
        shifted: bool = True,
    ) -> datetime | None:
        """Instant by which something is due: a bare day means its end."""
        if moment is None:
            return None
        instant = self.instant(moment, state, etape, shifted=shifted)
        if instant is None or moment.at is not None or (moment.delay and moment.delay.unit in ("h", "min")):
            return instant
        day = instant.astimezone(PARIS).date()
        return datetime.combine(day, time(23, 59), PARIS).astimezone(UTC)


__all__ = ["PARIS", "CalculError", "Program", "lookup"]
