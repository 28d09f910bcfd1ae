"""A recorded scenario without whom it is about: what drives the process stays, what names people goes.

Choices, yes or no, dates relative to the beginning and numbers stay; sensitive numbers are rounded; every text becomes
an invented one, the same text always by the same, so that what compares two fields still holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from workflows.engine.branches import settled
from workflows.engine.placed import parts
from workflows.engine.program import Program
from workflows.engine.samples import believable
from workflows.engine.scenario import Attendu, Evenement, Scenario
from workflows.engine.view.paths import properties_of

MOTIF = "Motif retiré."
FREE = {
    "titre": "Ajout à la main",
    "message": "Message retiré.",
    "objet": "Objet retiré.",
    "texte": "Message retiré.",
    "motif": MOTIF,
    "description": None,
    "categorie": None,
    "due_at": None,
}
_KEPT_DIGITS = 2
_MOST_DAYS = 9999
_ANY_DAY = date(2026, 1, 5)


def anonymous(program: Program, scenario: Scenario, attendu: Attendu | None = None) -> Scenario:
    """The same scenario, naming nobody. `attendu`: what is to be true at its end."""
    hidden = _Hidden(program, scenario)
    return Scenario(
        titre=f"D’après une démarche réelle, anonymisée : {program.modele.titre}",
        debut=hidden.debut,
        client=scenario.client.model_copy(update={"nom": "Client"}),
        demande=scenario.demande,
        donnees={alias: hidden.answers(alias, answers) for alias, answers in scenario.donnees.items()},
        lignes={
            name: tuple(hidden.line(name, line) for line in lines) for name, lines in scenario.lignes.items()
        },
        delais=scenario.delais,
        reponses=scenario.reponses,
        silence=scenario.silence,
        refus=dict.fromkeys(scenario.refus, MOTIF),
        passer=dict.fromkeys(scenario.passer, MOTIF),
        evenements=tuple(hidden.event(event) for event in scenario.evenements),
        enfants={
            key: anonymous(program.enfants[key], child)
            for key, child in scenario.enfants.items()
            if key in program.enfants
        },
        attendu=attendu,
    )


def written(scenario: Scenario) -> str:
    """The scenario as its YAML file."""
    yaml = YAML()
    yaml.width = 110
    yaml.default_flow_style = None
    out = StringIO()
    yaml.dump(scenario.model_dump(mode="json", exclude_defaults=True), out)
    return out.getvalue()


class _Hidden:
    def __init__(self, program: Program, scenario: Scenario) -> None:
        self._program = program
        self._begin = scenario.debut
        # The same day of the week, in the first week of its month: delays in working days keep their meaning.
        self.debut = scenario.debut and scenario.debut - timedelta(days=7 * ((scenario.debut.day - 1) // 7))
        self._words: dict[str, str] = {}
        self._known = set(_titles(program))

    def answers(self, alias: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        return self._filled(self._program.bundle.forms.get(alias, {}), answers)

    def line(self, collection: str, line: Mapping[str, Any]) -> dict[str, Any]:
        return self._filled(self._program.bundle.lignes.get(collection, {}), line)

    def _filled(self, form: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
        properties = properties_of(form)
        found: dict[str, Any] = {}
        # The number of a person says their birth and their sex: it comes after them.
        for key in sorted(answers, key=lambda key: properties.get(key, {}).get("format") == "nir"):
            found[key] = self._value(key, answers[key], properties.get(key, {}), found)
        wrong = {
            str(error.absolute_path[0])
            for error in Draft202012Validator(settled(form, {})).iter_errors(found)
            if error.absolute_path
        }
        day = self.debut or _ANY_DAY
        return {
            key: believable(key, properties.get(key, {}), found, day)
            if key in wrong and not _is_relative(value)
            else value
            for key, value in found.items()
        }

    def event(self, event: Evenement) -> Evenement:
        told = dict(event.commande or {})
        for key, words in FREE.items():
            if key in told:
                told[key] = words
        if isinstance(told.get("checklist"), list):
            told["checklist"] = [f"Point {rank}" for rank, _ in enumerate(told["checklist"], 1)]
        if isinstance(told.get("pieces"), list):
            told["pieces"] = [{"titre": f"Pièce {rank}"} for rank, _ in enumerate(told["pieces"], 1)]
        if "survenu_le" in told:
            told["survenu_le"] = self._moved(str(told["survenu_le"]))
        if isinstance(told.get("donnees"), dict):
            told["donnees"] = self._told(told)
        if isinstance(told.get("lignes"), list):
            told["lignes"] = [self.line(told["collection"], line) for line in told["lignes"]]
        if "valeur" in told:
            told["valeur"] = self._value("valeur", told["valeur"], {}, {})
        kept = {key: value for key, value in told.items() if value is not None}
        return event.model_copy(update={"commande": kept})

    def _moved(self, day: str) -> str | None:
        """A day as far from the scenario's beginning as it was from the démarche's; None when nothing tells."""
        if self._begin is None or self.debut is None:
            return None
        return (date.fromisoformat(day) + (self.debut - self._begin)).isoformat()

    def _told(self, told: Mapping[str, Any]) -> dict[str, Any]:
        modele = self._program.modele
        if "collection" in told:
            return self.line(told["collection"], told["donnees"])
        alias = str(told.get("formulaire", ""))
        if told["type"] == "RecordFact" and told.get("fait") in modele.faits:
            fait = modele.faits[told["fait"]]
            if fait.ajoute is not None:
                return self.line(fait.ajoute, told["donnees"])
            alias = fait.formulaire or ""
        elif told["type"] == "RecordEvenement" and told.get("evenement") in self._program.evenements:
            alias = self._program.evenements[told["evenement"]].formulaire or ""
        return self.answers(alias, told["donnees"])

    def _value(self, key: str, value: Any, schema: Mapping[str, Any], beside: Mapping[str, Any]) -> Any:
        if isinstance(value, bool) or value is None or "enum" in schema or "const" in schema:
            return value
        if isinstance(value, int | float):
            return _rounded(value) if schema.get("x-sensible") else value
        if isinstance(value, list):
            return [self._value(key, item, schema.get("items", {}), beside) for item in value]
        if isinstance(value, dict):
            return self._filled(schema, value)
        return self._text(key, str(value), schema, beside)

    def _text(self, key: str, value: str, schema: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
        kind = schema.get("format")
        if kind in ("decimal", "heure") or value in self._known:
            return value
        day = _date(value)
        if day is not None and key != "date_naissance" and self._begin is not None:
            after = (day - self._begin).days
            if abs(after) <= _MOST_DAYS:
                return f"J{'-' if after < 0 else '+'}{abs(after)}"
        if kind is not None or "pattern" in schema:
            return str(believable(key, schema, beside, self.debut or _ANY_DAY))
        return self._words.setdefault(value, f"Texte {len(self._words) + 1}")[: schema.get("maxLength", 1000)]


def _is_relative(value: Any) -> bool:
    return isinstance(value, str) and value[:2] in ("J+", "J-")


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _rounded(value: float) -> float:
    """Its two first digits: an income that is nobody's."""
    if isinstance(value, float):
        return float(f"{value:.{_KEPT_DIGITS}g}")
    size = 10 ** max(len(str(abs(value))) - _KEPT_DIGITS, 0)
    return round(value / size) * size


def _titles(program: Program) -> Iterator[str]:
    """Words that the modèle itself says: a line may name a pièce by its title."""
    for node, _ in parts(program.modele):
        for name in ("cle", "titre"):
            word = getattr(node, name, None)
            if isinstance(word, str):
                yield word
