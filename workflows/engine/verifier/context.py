"""What every check shares: the modèle, the types of its data, and the list of what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from workflows.engine.bundle import Resolved
from workflows.engine.expressions import Expression, ExpressionError, Types, compile_expression
from workflows.engine.findings import Finding, Level
from workflows.engine.meant import meant
from workflows.engine.modele import ActionClient, Bundle, Collection, Consequence, Etape, Modele, Tache
from workflows.engine.namespaces import Namespaces
from workflows.engine.placed import Place, placed


@dataclass(frozen=True)
class Production:
    """A place where a document is made, with the forms that are filled by then for sure, or maybe."""

    document: str
    place: Place
    sure: frozenset[str]
    maybe: frozenset[str]


@dataclass
class Context:
    """One verification under way."""

    resolved: Resolved
    findings: list[Finding] = field(default_factory=list)
    productions: list[Production] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bundle: Bundle = self.resolved.bundle
        self.modele: Modele = self.bundle.modele
        self.etapes: list[tuple[Etape, Place]] = list(placed(self.modele))
        self.types: Types
        self.spaces: Namespaces

    def report(self, level: Level, code: str, place: Place, reason: str, remedy: str = "") -> None:
        self.findings.append(self.resolved.loaded.finding(level, code, place, reason, remedy))

    def error(self, code: str, place: Place, reason: str, remedy: str = "") -> None:
        """Something wrong on every reading: the modèle cannot be published."""
        self.report("erreur", code, place, reason, remedy)

    def warn(self, code: str, place: Place, reason: str, remedy: str = "") -> None:
        """Something that may be meant, but is worth a look."""
        self.report("avertissement", code, place, reason, remedy)

    @staticmethod
    def close(name: str, known: Iterable[str]) -> str:
        """« Vouliez-vous dire … ? », or the list of what exists."""
        names = sorted(known)
        none = "Rien de tel n’est déclaré : ajoutez-le."
        return meant(name, names, f"Existent : {', '.join(names[:20])}." if names else none)

    def collection(self, key: str | None, place: Place) -> Collection | None:
        """The collection of this name; None for no name, and with a finding for one that is not declared."""
        known = self.modele.collections
        if key is not None and key not in known:
            reason = f"« {key} » n’est pas dans « collections »."
            self.error("collection_inconnue", place, reason, self.close(key, known))
        return known.get(key) if key is not None else None

    def compile(
        self,
        source: str,
        place: Place,
        expects: str | None,
        given: Expression | None = None,
        types: Types | None = None,
    ) -> Expression | None:
        """Compiled expression, or None with a finding where it stands. `types`: when one line is in scope."""
        try:
            return compile_expression(source, types or self.types, expects, given)
        except ExpressionError as error:
            self.refused(error, place, source)
            return None

    def quietly(
        self,
        source: str,
        expects: str | None,
        types: Types | None = None,
        given: Expression | None = None,
    ) -> Expression | None:
        """An expression already reported where it is written."""
        before = len(self.findings)
        expression = self.compile(source, (), expects, given, types)
        del self.findings[before:]
        return expression

    def refused(self, error: ExpressionError, place: Place, source: str) -> None:
        """Report an expression that cannot be read, where it stands."""
        line, column = self.resolved.loaded.places.value(place)
        # A quoted or one-line expression starts where its value does; a folded one is shown at its start.
        if error.line == 1 and error.column is not None:
            column += error.column - 1
        message = f"{error.message} (dans « {source} »)" if len(source) < 120 else error.message
        self.findings.append(
            Finding(
                self.resolved.loaded.file,
                line,
                column,
                "erreur",
                f"expression_{error.code}",
                message,
                error.remedy or "Vérifiez les types et les noms.",
            )
        )

    def condition(
        self, source: str | None, place: Place, given: Expression | None = None
    ) -> Expression | None:
        return None if source is None else self.compile(source, place, "booleen", given)

    def taches(self, etape: Etape, place: Place) -> Iterable[tuple[Tache, Place]]:
        """Tasks an étape may create, those of its alarms and escalations included."""
        for index, tache in enumerate(etape.taches):
            yield tache, (*place, "taches", index)
        for index, relance in enumerate(etape.relances):
            if relance.tache is not None:
                yield relance.tache, (*place, "relances", index, "tache")
            if relance.escalade is not None and relance.escalade.tache is not None:
                yield relance.escalade.tache, (*place, "relances", index, "escalade", "tache")
        for index, alerte in enumerate(etape.alertes):
            if alerte.tache is not None:
                yield alerte.tache, (*place, "alertes", index, "tache")
        for index, automatisation in enumerate(etape.automatisations):
            if automatisation.tache is not None:
                yield automatisation.tache, (*place, "automatisations", index, "tache")
        for consequence, where in self.consequences(etape, place):
            if consequence.tache is not None:
                yield consequence.tache, (*where, "tache")

    @staticmethod
    def actions(etape: Etape, place: Place) -> Iterable[tuple[ActionClient, Place]]:
        """What an étape may ask of the client, by itself or by its automations."""
        for index, action in enumerate(etape.actions_client):
            yield action, (*place, "actions_client", index)
        for index, automatisation in enumerate(etape.automatisations):
            if automatisation.action is not None:
                yield automatisation.action, (*place, "automatisations", index, "action")

    @staticmethod
    def consequences(etape: Etape, place: Place) -> Iterable[tuple[Consequence, Place]]:
        """What the deadlines of an étape bring about when they pass."""
        if etape.retard is not None:
            yield etape.retard, (*place, "retard")
        for index, evenement in enumerate(etape.evenements):
            if evenement.sinon is not None:
                yield evenement.sinon, (*place, "evenements", index, "sinon")
