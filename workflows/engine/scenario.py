"""What a scenario file says: who the client is, what people answer and when, and what must be true meanwhile.

`docs/modeles.md` (« Simuler », « Tester ») documents each key. Reading refuses, with the line, whatever the language or
the modèle does not know; playing is `simulation`'s, judging is `expectations`'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from workflows.engine import commands
from workflows.engine.commands import COMMAND, Command
from workflows.engine.expressions import ExpressionError
from workflows.engine.findings import Finding, ModeleError
from workflows.engine.loading import Places, read_yaml
from workflows.engine.meant import meant
from workflows.engine.modele import ActionClient, ClientType, Piece, Tache
from workflows.engine.moment import Delay
from workflows.engine.namespaces import CALCULS, EVENEMENTS
from workflows.engine.placed import Place, parts
from workflows.engine.program import Program
from workflows.engine.state import SYSTEM, Cycle

FIRST_YEAR, LAST_YEAR = 2000, 2100
GUIDE = "Voyez docs/modeles.md, « Simuler » et « Tester »."
FILE = {"id": "piece.pdf", "nom": "piece.pdf", "type": "application/pdf", "taille": 100_000}
"""What stands for a deposited file when a scenario names none."""
BY_ITSELF = ("OpenDemarche", "Tick", "ReportEffect", "ReportEnfant", "SetHorloge", "MigrateDemarche")
"""Commands that the simulation gives by itself, or that concern something else than the life of a démarche."""
STATUTS = (
    "suspendue",
    "annulee",
    "termine",
    "refusee",
    "attente_infos",
    "analyse",
    "recue",
    "attente_documents",
    "attente_client",
    "en_cours",
)
"""Statuses that every démarche may have, besides those of its modèle."""
LECTURES = "lectures."
OF_DEMANDE = ("demande", "relance")
"""Names the reminders of the demande, as « étape.relance » those of an étape."""
PATH = re.compile(r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
StatutEtape = Literal["a_faire", "en_cours", "valide", "passee", "sans_objet"]


class Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Client(Node):
    nom: str = "Boulangerie Martin"
    type: ClientType | None = None


class Attendu(Node):
    """What must be true at a moment of a scenario. What is not written is not looked at."""

    cycle: Cycle | None = None
    statut: str | None = None
    titre: str | None = None
    etapes: dict[str, StatutEtape] = {}
    atteintes: tuple[str, ...] = ()
    """Étapes entered at least once."""
    non_atteintes: tuple[str, ...] = ()
    taches: tuple[str, ...] | None = None
    """Tasks that are open: these and no others. By key; by title for one added by hand."""
    pieces: tuple[str, ...] | None = None
    """Pièces to be provided or checked: these and no others."""
    actions: tuple[str, ...] | None = None
    """Actions asked of the client and not answered yet: these and no others."""
    attend: tuple[str, ...] | None = None
    """Roles and participants who are awaited: these and no others."""
    courriels: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Mail model → number of mails sent since the beginning."""
    sms: Annotated[int, Field(ge=0)] | None = None
    relances: dict[str, Annotated[int, Field(ge=0)]] = {}
    """« relance » or « etape.relance » → number of sendings."""
    escalades: tuple[str, ...] | None = None
    alertes: tuple[str, ...] | None = None
    retards: tuple[str, ...] | None = None
    """Étapes whose deadline was missed."""
    echus: tuple[str, ...] | None = None
    """Outside events that did not come by their deadline."""
    documents: tuple[str, ...] | None = None
    """Documents made: these and no others."""
    enfants: dict[str, Cycle] = {}
    """Title of a child → where it is in its life."""
    valeurs: dict[str, Any] = {}
    """Expression, or « lectures.nom.champ » → its value; null when it cannot be known yet."""


class Evenement(Node):
    """Something that someone does at a given moment, whatever is awaited, or something to check at that moment."""

    apres: Delay
    """Counted from the beginning."""
    commande: dict[str, Any] | None = None
    """A command of the engine: `{type: Suspend, motif: Congés}`. A line is named by its rank: `ligne: 1`."""
    par: str | None = None
    """Role or participant who does it; the firm when absent."""
    attendu: Attendu | None = None
    """Checked once the command has taken effect, before anyone answers."""

    @model_validator(mode="after")
    def _something(self) -> Evenement:
        if self.commande is None and self.attendu is None:
            raise ValueError("un évènement a une « commande », un « attendu », ou les deux")
        return self


LONGEST_DAYS = 1860
"""Five years, months of 31 days."""


class Scenario(Node):
    """Who the client is, what the forms say, how long people take to answer, what happens, what must be true."""

    titre: str = ""
    debut: date | None = None
    jusqu_a: Delay | None = None
    """How long it is played at most, five years at the longest; as long as it is asked to be without it."""
    client: Client = Client()
    demande: bool = True
    """Begins as a demande of the client, when the modèle has that phase."""
    donnees: dict[str, dict[str, Any]] = {}
    """Answers to each form. « J+20 » stands for the twentieth day after the beginning."""
    lignes: dict[str, Annotated[tuple[dict[str, Any], ...], Field(max_length=200)]] = {}
    """Lines added to each collection when an étape asks for it."""
    delais: dict[str, Delay] = {}
    """Time that a role or participant takes to answer, or everyone in an étape (by its key, which comes first);
    when absent, 1jo for the firm and 2j for the others."""
    reponses: dict[str, Annotated[tuple[Delay, ...], Field(min_length=1, max_length=200)]] = {}
    """Time that one thing takes from when it is asked, at whatever hour: « formulaire.dat », « tache.appeler »; the
    first time, the second …, the last one for those after it. Comes before `delais`."""
    silence: tuple[str, ...] = ()
    """Roles and participants who never answer; things that nobody ever answers, as in `reponses`."""
    refus: dict[str, str] = {}
    """Pièces refused once, and why."""
    passer: dict[str, str] = {}
    """Étapes skipped as soon as they are reached, and why."""
    evenements: Annotated[tuple[Evenement, ...], Field(max_length=200)] = ()
    enfants: dict[str, Scenario] = {}
    """How the children of each modèle are played; answers are made up for those that have none."""
    attendu: Attendu | None = None
    """Checked at the end."""

    @field_validator("reponses", mode="before")
    @classmethod
    def _once(cls, told: Any) -> Any:
        """One delay alone stands for each time."""
        if not isinstance(told, dict):
            return told
        return {key: [value] if isinstance(value, str) else value for key, value in told.items()}

    @field_validator("jusqu_a")
    @classmethod
    def _not_for_ever(cls, limit: Delay | None) -> Delay | None:
        days = {"j": 1, "jo": 2, "jouv": 2, "jf": 1, "sem": 7, "mois": 31}
        if limit is not None and limit.amount * days.get(limit.unit, 0) > LONGEST_DAYS:
            raise ValueError("un scénario se joue sur cinq ans au plus")
        return limit

    @field_validator("debut")
    @classmethod
    def _in_our_time(cls, day: date | None) -> date | None:
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(f"le début doit être entre {FIRST_YEAR} et {LAST_YEAR}")
        return day


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario as read, with the places of its file."""

    scenario: Scenario
    file: str
    places: Places

    def place(self, path: Place) -> tuple[int, int]:
        """Line and column of a key or value, or of the nearest thing around it that the file has."""
        while path and path not in self.places.keys and path not in self.places.values:
            path = path[:-1]
        return self.places.key(path)


def read_scenario(text: str, file: str) -> Scenario:
    """Scenario written in YAML. Raises ModeleError."""
    return load_scenario(text, file).scenario


def load_scenario(text: str | bytes, file: str) -> LoadedScenario:
    """The same, with its places. Raises ModeleError with everything that is wrong in its form."""
    data, places = read_yaml(text, file)
    try:
        loaded = LoadedScenario(Scenario.model_validate(data), file, places)
    except ValidationError as error:
        raise ModeleError(*(_form(item, places, file) for item in error.errors())) from error
    wrong = [
        _finding(loaded, path, reason, remedy) for path, reason, remedy in _commands(loaded.scenario, ())
    ]
    if wrong:
        raise ModeleError(*wrong)
    return loaded


def check_scenario(loaded: LoadedScenario, program: Program) -> list[Finding]:
    """Everything that a scenario names and its modèle does not know."""
    found = _names(loaded.scenario, program, ())
    return [_finding(loaded, path, reason, remedy) for path, reason, remedy in found]


Fault = tuple[Place, str, str]
"""Where, why, what to do."""


def _finding(loaded: LoadedScenario, path: Place, reason: str, remedy: str) -> Finding:
    line, column = loaded.place(path)
    return Finding(loaded.file, line, column, "erreur", "scenario", reason, remedy)


def _form(item: Any, places: Places, file: str) -> Finding:
    """An error of form, as pydantic tells it, in French."""
    path = tuple(part for part in item["loc"] if isinstance(part, str | int) and part != "[key]")
    line, column = places.key(path)
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    kind, context = item["type"], item.get("ctx", {})
    remedy = GUIDE
    if kind == "extra_forbidden":
        reason = f"« {name} » n’est pas une clé connue ici."
        remedy = meant(name, _keys_at(path[:-1]), GUIDE)
    elif kind == "missing":
        reason = f"Il manque « {name} »."
    elif kind == "literal_error":
        reason = f"« {item.get('input')} » ne convient pas pour « {name} »."
        remedy = "Valeurs possibles : " + str(context.get("expected", "")).replace("'", "").replace(
            " or ", ", "
        )
    elif kind == "value_error":
        told = context.get("error", "")
        reason = f"« {name} » : {told}."
        remedy = getattr(told, "remedy", GUIDE)
    elif kind in ("tuple_type", "list_type"):
        reason = f"« {name} » attend une liste."
        remedy = "Écrivez [a, b], ou un élément par ligne précédé d’un tiret."
    elif kind in ("dict_type", "model_type"):
        reason = f"« {name} » attend des clés et des valeurs."
    elif kind.startswith("date"):
        reason = f"« {name} » attend une date."
        remedy = "Écrivez-la ainsi : 2026-11-23."
    else:
        reason = f"« {name} » ne convient pas dans un scénario."
    return Finding(file, line, column, "erreur", "scenario", reason, remedy)


def _keys_at(path: Place) -> list[str]:
    """Keys known where an error of form stands."""
    model: type[BaseModel] = Scenario
    for index, part in enumerate(path):
        if part == "attendu":
            model = Attendu
        elif part == "client" and index == len(path) - 1:
            model = Client
        elif part == "evenements":
            model = Evenement
        elif part == "enfants":
            model = Scenario
    return list(model.model_fields)


# --- commands


def _commands(scenario: Scenario, root: Place) -> Iterator[Fault]:
    """Commands that the engine does not know, or that lack something."""
    for index, evenement in enumerate(scenario.evenements):
        if evenement.commande is not None:
            yield from _command(evenement.commande, (*root, "evenements", index, "commande"))
    for key, child in scenario.enfants.items():
        yield from _commands(child, (*root, "enfants", key))


def _known_commands() -> dict[str, type[Command]]:
    union = get_args(commands.AnyCommand)[0]
    return {model.model_fields["type"].default: model for model in get_args(union)}


def _command(told: Mapping[str, Any], path: Place) -> Iterator[Fault]:
    known = _known_commands()
    type_ = told.get("type")
    usable = [name for name in known if name not in BY_ITSELF]
    if type_ is None:
        yield path, "Il manque le « type » de la commande.", f"Types possibles : {', '.join(usable)}."
        return
    if type_ in BY_ITSELF:
        reason = f"« {type_} » ne se commande pas dans un scénario : la simulation s’en charge."
        yield (*path, "type"), reason, "Retirez cet évènement."
        return
    if type_ not in known:
        remedy = _close(str(type_), usable)
        yield (*path, "type"), f"« {type_} » n’est pas une commande connue.", remedy
        return
    fields = [name for name in known[type_].model_fields if name not in ("id", "actor", "type")]
    for name in told:
        if name not in (*fields, "type"):
            reason = f"« {name} » n’est pas un champ de la commande {type_}."
            yield (*path, name), reason, _close(name, fields)
    given = {name: value for name, value in completed(told).items() if name in (*fields, "type")}
    if isinstance(given.get("ligne"), int):
        given["ligne"] = str(given["ligne"])
    try:
        COMMAND.validate_python({"id": "scenario", "actor": SYSTEM, **given})
    except ValidationError as error:
        for item in error.errors():
            name = next((str(part) for part in item["loc"][1:] if isinstance(part, str)), "type")
            if item["type"] == "missing":
                reason, remedy = f"Il manque « {name} » à la commande {type_}.", f"Ajoutez « {name}: … »."
                yield path, reason, remedy
            elif not _dated(told.get(name)):
                yield (*path, name), f"« {name} » ne convient pas à la commande {type_}.", GUIDE


def completed(told: Mapping[str, Any]) -> dict[str, Any]:
    """A command with what a scenario need not say: the file that is deposited."""
    return {"files": [FILE], **told} if told.get("type") == "DepositPiece" else dict(told)


def _dated(value: Any) -> bool:
    """« J+20 »: a date that is only known when the scenario is played."""
    return isinstance(value, str) and value.replace(" ", "")[:2] in ("J+", "J-")


# --- names


def _called(program: Program) -> list[str]:
    """Events that a service answers."""
    return [cle for cle, evenement in program.evenements.items() if evenement.appel is not None]


def _names(scenario: Scenario, program: Program, root: Place) -> Iterator[Fault]:
    modele = program.modele
    people = (*modele.roles, *modele.participants)
    etapes = tuple(program.etapes)
    given: list[tuple[str, Iterable[str], Iterable[str], str]] = [
        ("donnees", scenario.donnees, (*modele.formulaires, *modele.services), "un formulaire ni un service"),
        ("lignes", scenario.lignes, modele.collections, "une collection"),
        ("delais", scenario.delais, (*people, *etapes), "un rôle, un participant ni une étape"),
        ("reponses", scenario.reponses, asked_names(program), "une chose que demande une étape"),
        ("silence", scenario.silence, (*people, *asked_names(program)), "un rôle ni un participant"),
        ("refus", scenario.refus, (*_pieces(program), *_called(program)), "une pièce ni un appel"),
        ("passer", scenario.passer, etapes, "une étape"),
        ("enfants", scenario.enfants, program.enfants, "un modèle enfant"),
    ]
    for key, names, known, kind in given:
        yield from _unknown((*root, key), names, known, kind, indexed=key == "silence")
    by_hand = _by_hand(scenario)
    for index, evenement in enumerate(scenario.evenements):
        where: Place = (*root, "evenements", index)
        if evenement.par is not None and evenement.par not in people:
            yield from _unknown(where, [evenement.par], people, "un rôle ni un participant", at="par")
        if evenement.attendu is not None:
            yield from _expected(evenement.attendu, program, (*where, "attendu"), by_hand)
    if scenario.attendu is not None:
        yield from _expected(scenario.attendu, program, (*root, "attendu"), by_hand)
    for key, child in scenario.enfants.items():
        if key in program.enfants:
            yield from _names(child, program.enfants[key], (*root, "enfants", key))


def _by_hand(scenario: Scenario) -> dict[str, set[str]]:
    """Titles of what the scenario itself adds by hand, by kind of command."""
    found: dict[str, set[str]] = {}
    for evenement in scenario.evenements:
        told = evenement.commande or {}
        found.setdefault(str(told.get("type")), set()).add(str(told.get("titre", told.get("message", ""))))
    return found


def _expected(
    attendu: Attendu, program: Program, root: Place, by_hand: Mapping[str, set[str]]
) -> Iterator[Fault]:
    modele = program.modele
    etapes = tuple(program.etapes)
    people = (*modele.roles, *modele.participants)
    relances = [(etape.cle, one) for etape in program.etapes.values() for one in etape.relances]
    relance_names = [name for etape, one in relances for name in (one.cle, f"{etape}.{one.cle}")]
    escalades = [name for etape, one in relances if one.escalade for name in (one.cle, f"{etape}.{one.cle}")]
    if modele.demande is not None and modele.demande.relance is not None:
        relance_names.append(".".join(OF_DEMANDE))
        if modele.demande.relance.escalade is not None:
            escalades.append(".".join(OF_DEMANDE))
    alertes = [
        name
        for etape in program.etapes.values()
        for one in etape.alertes
        for name in (one.cle, f"{etape.cle}.{one.cle}")
    ]
    tasks = [node.cle for node, _ in parts(modele) if isinstance(node, Tache)]
    actions = [node.cle for node, _ in parts(modele) if isinstance(node, ActionClient)]
    if attendu.statut is not None:
        statuts = (*modele.statuts, *STATUTS)
        yield from _unknown(root, [attendu.statut], statuts, "un statut", at="statut")
    asked: list[tuple[str, Iterable[str] | None, Iterable[str], str]] = [
        ("atteintes", attendu.atteintes, etapes, "une étape"),
        ("non_atteintes", attendu.non_atteintes, etapes, "une étape"),
        ("retards", attendu.retards, etapes, "une étape"),
        ("echus", attendu.echus, program.evenements, "un évènement attendu"),
        ("attend", attendu.attend, people, "un rôle ni un participant"),
        ("alertes", attendu.alertes, alertes, "une alerte"),
        ("escalades", attendu.escalades, escalades, "une relance qui a une escalade"),
        ("documents", attendu.documents, modele.documents, "un document"),
        ("taches", attendu.taches, (*tasks, *by_hand.get("AddTache", ())), "une tâche"),
        ("actions", attendu.actions, (*actions, *by_hand.get("RequestAction", ())), "une action"),
    ]
    if not {"AddPiece", "RequestAction"} & by_hand.keys():
        asked.append(("pieces", attendu.pieces, _pieces(program), "une pièce"))
    for key, names, known, kind in asked:
        yield from _unknown((*root, key), names or (), known, kind, indexed=True)
    yield from _unknown((*root, "etapes"), attendu.etapes, etapes, "une étape")
    yield from _unknown((*root, "relances"), attendu.relances, relance_names, "une relance")
    yield from _unknown((*root, "courriels"), attendu.courriels, program.bundle.mails, "un courriel")
    for source in attendu.valeurs:
        yield from _value(source, program, (*root, "valeurs", source))


def _value(source: str, program: Program, path: Place) -> Iterator[Fault]:
    modele = program.modele
    if source.startswith(LECTURES):
        name = source.split(".")[1]
        yield from _unknown(path, [name], modele.lectures, "une lecture", at="")
        return
    if PATH.match(source):
        # A bare field is read as it is, there or not: no « has() » to write.
        namespace, name = source.split(".")
        known = {CALCULS: [*modele.calculs], EVENEMENTS: [*program.evenements]} | {
            alias: list(form.get("properties", {})) for alias, form in program.bundle.forms.items()
        }
        if namespace in known:
            yield from _unknown(path, [name], known[namespace], f"une donnée de « {namespace} »", at="")
            return
    try:
        program.expression(source)
    except ExpressionError as error:
        yield path, error.message, error.remedy or GUIDE


def asked_names(program: Program) -> set[str]:
    """What the modèle may ask, by kind and key: « formulaire.declaration », « tache.appeler »."""
    modele = program.modele
    by_kind: dict[str, Iterable[str]] = {
        "formulaire": modele.formulaires,
        "correction": modele.formulaires,
        "verification": modele.formulaires,
        "collection": modele.collections,
        "evenement": program.evenements,
        "etape": program.etapes,
        "piece": _pieces(program),
        "validation": _pieces(program),
        "tache": (node.cle for node, _ in parts(modele) if isinstance(node, Tache)),
        "action": (node.cle for node, _ in parts(modele) if isinstance(node, ActionClient)),
        "demande": ("demande",),
    }
    return {f"{kind}.{name}" for kind, names in by_kind.items() for name in names}


def _pieces(program: Program) -> list[str]:
    return [node.cle for node, _ in parts(program.modele) if isinstance(node, Piece)]


def _unknown(
    path: Place,
    names: Iterable[str],
    known: Iterable[str],
    kind: str,
    *,
    indexed: bool = False,
    at: str | None = None,
) -> Iterator[Fault]:
    """Names that are none of those known. `indexed`: they are the items of a list; `at`: the value of this key."""
    known = list(dict.fromkeys(known))
    for index, name in enumerate(names):
        if name not in known:
            own: Place = (*path, at) if at else path if at == "" else (*path, index if indexed else name)
            yield own, f"« {name} » n’est pas {kind} de ce modèle.", _close(name, known)


def _close(name: str, known: Iterable[str]) -> str:
    known = list(known)
    none = "Le modèle n’en a pas : retirez cette ligne."
    return meant(name, known, f"Possibles : {', '.join(known)}." if known else none, cutoff=0.5)
