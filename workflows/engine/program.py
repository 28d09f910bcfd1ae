"""A bundle ready to run: its expressions compiled once, its calculations typed, its moments resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from workflows.engine.arrangement import arranged
from workflows.engine.bundle import digest
from workflows.engine.expressions import (
    CHILDREN,
    LINE,
    Expression,
    ExpressionError,
    argument_types,
    compile_expression,
    conjuncts,
    evaluate,
)
from workflows.engine.facts import LigneComputed
from workflows.engine.modele import (
    Appel,
    Badge,
    Bundle,
    Calcul,
    Etape,
    Formulaire,
    Modele,
    Piece,
    PourChaque,
    Tache,
)
from workflows.engine.moment import ENTRY, OPENING, Delay, Moment
from workflows.engine.namespaces import CALCULS, DAY, EVENEMENTS, PIECES, namespaces_of, question_types
from workflows.engine.ports import CalculError, Rules
from workflows.engine.state import DemarcheState, EtapeState, LigneState, PieceState, PlaceEtape, TacheState

PARIS = ZoneInfo("Europe/Paris")
MAX_NAME = 120
ARRANGED = 50
"""Démarches whose own arrangement is kept at hand."""
VALEUR = "valeur"


def lookup(data: Mapping[str, Mapping[str, Any]], path: str) -> Any:
    """Value of `formulaire.champ`, or None when absent."""
    namespace, name = path.split(".", 1)
    return data.get(namespace, {}).get(name)


def lookup_root(data: Mapping[str, Any], path: str) -> bool:
    """What an expression needs is there: a filled form, or a calculation already made."""
    namespace, _, name = path.partition(".")
    return bool(data.get(namespace)) and (namespace != CALCULS or name in data[namespace])


def stored(value: Any) -> Any:
    """A value as the state keeps it: dates in ISO text, rates as decimal text, lists and groups alike."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [stored(item) for item in value]
    if isinstance(value, Mapping):
        return {key: stored(item) for key, item in value.items() if item is not None}
    return value


def shown(value: Any) -> Any:
    """A reading as JSON: dates in ISO text, rates as decimal text, missing values kept as null."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    if isinstance(value, Mapping):
        return {key: shown(item) for key, item in value.items()}
    return value


def line_data(ligne: LigneState) -> dict[str, Any]:
    """A line as expressions and document models read it."""
    own = {"id": ligne.id} if ligne.statut is None else {"id": ligne.id, "statut": ligne.statut}
    return {**ligne.donnees, **ligne.calcule, **own}


def _happened(state: DemarcheState, cle: str) -> datetime | None:
    """When an awaited event happened: the day that was told, else when it was recorded."""
    known = state.evenements.get(cle)
    if known is None or known.statut != "recu":
        return None
    if known.survenu_le is None:
        return known.received_at
    return datetime.combine(known.survenu_le, time(0), PARIS).astimezone(UTC)


class Program:
    """One bundle with the rules it runs on. Immutable once built; shared by every démarche pinned to it."""

    def __init__(self, bundle: Bundle, rules: Rules, sha: str = "") -> None:
        self.bundle = bundle
        self.modele: Modele = bundle.modele
        self.rules = rules
        self.sha = sha
        self.etapes = bundle.modele.all_etapes
        self.places: tuple[PlaceEtape, ...] = ()
        self._plain: Program | None = None
        self._arranged: dict[tuple[PlaceEtape, ...], Program] = {}
        self.evenements = bundle.modele.evenements
        self.enfants = {key: Program(child, rules, digest(child)) for key, child in bundle.enfants.items()}
        """Child modèles, each at the version pinned with this one."""
        names = namespaces_of(bundle, rules.functions)
        self.types, self._lignes, self._colonnes = names.types, names.lignes, names.colonnes
        self._gestes = names.gestes
        self._kinds = [
            (etape.recurrente is not None, piece)
            for etape in bundle.modele.walk()
            for piece in etape.pieces
            if piece.type is not None
        ]
        self._questions = {key: question_types(one.requete) for key, one in bundle.services.items()}

    def of(self, state: DemarcheState) -> Program:
        """What runs one démarche: this very program, or the same with the étapes that the firm added or moved there
        (MOD-13). Every reading of a démarche goes through it, once or more."""
        return self if state.places == self.places else self.placed(state.places)

    def placed(self, places: tuple[PlaceEtape, ...]) -> Program:
        """The same with étapes added or moved."""
        plain = self._plain or self
        if not places:
            return plain
        found = plain._arranged.get(places)
        if found is None:
            # Threads share the program: another one may drop the oldest meanwhile.
            for oldest in list(plain._arranged)[: 1 - ARRANGED]:
                plain._arranged.pop(oldest, None)
            found = plain._arranged[places] = plain._with(places)
        return found

    def _with(self, places: tuple[PlaceEtape, ...]) -> Program:
        """The same expressions, calculations and forms over étapes arranged otherwise."""
        other = copy(self)
        other.modele = arranged(self.modele, places)
        other.etapes = other.modele.all_etapes
        other.places, other._plain, other._arranged = places, self, {}
        return other

    def question(self, appel: Appel, si: str | None, state: DemarcheState) -> dict[str, Any]:
        """What a service is asked, of what is known by now. `si`: the condition of the event that asks it. Raises
        ExpressionError."""
        kinds = self._questions[appel.service]
        given = self.expression(si, "booleen") if si is not None else None
        data, asked = self.data(state), {}
        for name, source in appel.envoie.items():
            expression = self.expression(source, kinds.get(name), given)
            if all(lookup_root(data, path) for path in expression.needs):
                value = evaluate(expression, data)
                if value is not None:
                    asked[name] = stored(value)
        return asked

    def form_title(self, nom: str) -> str:
        """Title of a form: where it is asked, else its own, else that of the démarche."""
        for etape in self.modele.walk():
            for form in etape.formulaires:
                if form.nom == nom:
                    return form.titre or etape.titre
        return str(self.bundle.forms.get(nom, {}).get("title", self.modele.titre))

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

    def of_line(
        self,
        collection: str,
        source: str,
        ligne: LigneState,
        state: DemarcheState,
        expects: str | None = None,
    ) -> Any:
        """Value of an expression about one line. Raises ExpressionError."""
        expression = compile_expression(source, self._lignes[collection], expects)
        return evaluate(expression, {**self.data(state), LINE: line_data(ligne)})

    def allows(
        self, source: str, collection: str, ligne: LigneState, state: DemarcheState, day: date
    ) -> bool:
        """A condition on a person's act about one line, on a civil day. Raises ExpressionError."""
        expression = compile_expression(source, self._gestes[collection], "booleen")
        pieces = [
            {
                "id": piece.id,
                "titre": piece.titre,
                "categorie": piece.categorie or "",
                "validee": piece.statut in ("valide", "pris_en_compte"),
            }
            for piece in state.pieces.values()
        ]
        data = {**self.data(state), LINE: line_data(ligne), DAY: day.isoformat(), PIECES: pieces}
        return bool(evaluate(expression, data))

    def unmet(self, tache: TacheState, state: DemarcheState) -> str | None:
        """What the first condition that a task of the modèle does not meet says; None when all are met.

        What is not even known yet cannot be met. Raises ExpressionError.
        """
        declared = self.declared(tache)
        for exigence in declared.exige if declared is not None else ():
            if not self.known(exigence.si, state) or not self.holds(exigence.si, state):
                return exigence.sinon
        if declared is not None and declared.tant_que is not None and self.lasts(declared, state):
            return "Cette tâche se termine d'elle-même : ce qu'elle demande n'est pas encore fait."
        return None

    def lasts(self, tache: Tache, state: DemarcheState) -> bool:
        """Whether a task is still to be done, as far as its own `tant_que` says. Raises ExpressionError."""
        return tache.tant_que is None or (
            self.known(tache.tant_que, state) and self.holds(tache.tant_que, state)
        )

    def watched(self, state: DemarcheState) -> date | None:
        """The date that the démarche watches, once it is known."""
        if self.modele.surveille is None:
            return None
        # A calculation is kept as text.
        known = lookup(self.data(state), self.modele.surveille)
        return date.fromisoformat(str(known)) if known else None

    def own_form(self, tache: TacheState) -> Formulaire | None:
        """The form that holds the own fields of a task (TCH-05)."""
        declared = self.declared(tache)
        if declared is None or declared.formulaire is None:
            return None
        forms = self.etapes[tache.etape or ""].formulaires
        return next((form for form in forms if form.nom == declared.formulaire), None)

    def declared(self, tache: TacheState) -> Tache | None:
        """What the modèle says of a task; None when it was added by hand, or is no longer there."""
        etape = self.etapes.get(tache.etape or "")
        return etape.born_taches.get(tache.cle or "") if etape is not None else None

    def piece_kind(self, piece: PieceState) -> Piece | None:
        """What the modèle says of a pièce that may serve elsewhere (GED-15): the same on every visit, and for one asked
        for by hand under its name."""
        for recurs, known in self._kinds:
            if piece.id == known.cle or piece.titre == known.titre:
                return known
            if recurs and re.fullmatch(rf"{known.cle}_\d+", piece.id):
                return known
        return None

    def told(self, condition: str | None, state: DemarcheState) -> bool:
        """A condition that holds; one that cannot be told yet does not."""
        try:
            return self.known(condition, state) and self.holds(condition, state)
        except ExpressionError:
            return False

    def badge(self, etape: Etape, state: DemarcheState) -> Badge | None:
        """What the client reads at a glance while an étape is the present one (SIN-13, CRE-27)."""
        return next((badge for badge in etape.badges if self.told(badge.si, state)), etape.badge_client)

    def known(self, source: str | None, state: DemarcheState) -> bool:
        """Everything an expression needs is there: the forms are filled, the calculations made."""
        data = self.data(state)
        return source is None or all(lookup_root(data, path) for path in self.expression(source).needs)

    def if_known(self, source: str, state: DemarcheState, expects: str, given: str | None) -> Any:
        """Value of an expression, None while a form it reads is not filled; `given`: a condition that holds.

        Raises ExpressionError.
        """
        condition = self.expression(given, "booleen") if given else None
        expression, data = self.expression(source, expects, condition), self.data(state)
        return (
            evaluate(expression, data) if all(lookup_root(data, path) for path in expression.needs) else None
        )

    def is_client(self, key: str, state: DemarcheState) -> bool:
        """A role of the client's side, or a participant whom the client is in person."""
        role = self.modele.roles.get(key)
        if role is not None:
            return role.cote == "client"
        participant = self.modele.participants.get(key)
        if participant is None or participant.est_client is None:
            return False
        try:
            return self.known(participant.est_client, state) and self.holds(participant.est_client, state)
        except ExpressionError:
            # Not told yet: until it is, nobody stands for someone else.
            return False

    def kept_from_client(self, key: str, state: DemarcheState) -> bool:
        """What falls to this role or participant is no business of the client."""
        participant = self.modele.participants.get(key)
        return participant is not None and participant.confidentiel and not self.is_client(key, state)

    def readers(self, keys: Iterable[str], state: DemarcheState) -> tuple[str, ...]:
        """Who reads what is shown to these roles and participants, in the words of the journal."""
        return tuple(
            dict.fromkeys(
                "client" if self.is_client(key, state) else key
                for key in keys
                if key in self.modele.participants or self.is_client(key, state)
            )
        )

    def form_readers(self, nom: str, state: DemarcheState) -> tuple[str, ...]:
        """Who reads the answers to a form, besides the firm."""
        found: list[str] = []
        asked = [form for etape in self.modele.walk() for form in etape.formulaires if form.nom == nom]
        for form in asked:
            if form.voient is not None:
                found += self.readers((form.par, *form.voient), state)
            elif self.kept_from_client(form.par, state):
                found.append(form.par)
            else:
                found += ("client", *self.readers((form.par,), state))
        if nom in self.modele.services:
            return ()  # what a service says of someone is the firm's to tell
        return tuple(dict.fromkeys(found)) if asked else ("client",)

    def recipients(self, key: str, state: DemarcheState) -> tuple[str, ...]:
        """Users who hold a role; a participant has no account, unless it is the client in person."""
        held: tuple[str, ...] = (key,)
        if key in self.modele.participants and self.is_client(key, state):
            held = tuple(name for name, role in self.modele.roles.items() if role.cote == "client")
        return tuple(dict.fromkeys(m.user_id for m in state.equipe if m.role in held))

    def on_portal(self, state: DemarcheState) -> bool:
        """The démarche is on the client's portal: as the modèle says (MOD-08), unless the firm said otherwise here."""
        return self.modele.portail.visible if state.au_portail is None else state.au_portail

    def shows(self, etape: Etape, state: DemarcheState) -> bool:
        """An étape is on the client's portal: as the modèle says, unless the firm set it otherwise here (MOD-13)."""
        chosen = state.reglages.get(etape.cle)
        return etape.visible if chosen is None or chosen.visible is None else chosen.visible

    def ruled_out(self, etape: Etape, state: DemarcheState) -> bool:
        """The answers given already say that an étape not begun will be skipped: who chose a plan is not told of the
        court, nor a person of what protects a firm. One part of its condition is enough, once the forms that it reads
        are filled; False while each reads something else, or a form still to be filled."""
        if etape.si is None or state.etapes[etape.cle].statut != "a_faire":
            return False
        return any(self._settled_false(part, state) for part in conjuncts(etape.si))

    def _settled_false(self, part: str, state: DemarcheState) -> bool:
        """A part of a condition that reads nothing but filled forms, and is false."""
        try:
            condition = self.expression(part, "booleen")
            return self._all_filled(condition, state) and not evaluate(condition, self.data(state))
        except ExpressionError:
            return False

    def _all_filled(self, expression: Expression, state: DemarcheState) -> bool:
        """It reads nothing but filled forms, by itself or through a calculation that is one expression."""
        return all(self._filled(path, state) for path in expression.reads | expression.tests)

    def _filled(self, path: str, state: DemarcheState) -> bool:
        root, _, name = path.partition(".")
        if root != CALCULS:
            return state.donnees.get(root) is not None
        calcul = self.modele.calculs[name.partition(".")[0]]
        known = calcul.valeur is not None and calcul.si is None
        return known and self._all_filled(self.expression(calcul.valeur or ""), state)

    def asks_client(self, etape: Etape, state: DemarcheState) -> bool:
        """The modèle asks something of the client in this étape: hidden, it would be owed by who does not see it."""
        return any(self.is_client(key, state) for key in etape.asks)

    def etape_due(self, etape: Etape, state: DemarcheState, current: EtapeState) -> datetime | None:
        """When an étape is due: the day set by hand, else what the modèle counts."""
        chosen = state.reglages.get(etape.cle)
        if chosen is not None and chosen.due_at is not None:
            return chosen.due_at
        return self.due(etape.echeance, state, current, firm=True)

    def etape_base(self, etape: Etape, state: DemarcheState, current: EtapeState) -> datetime | None:
        """The day an étape is due before any suspension put it off: being late is told once for each."""
        chosen = state.reglages.get(etape.cle)
        if chosen is not None and chosen.due_at is not None:
            return chosen.due_at
        return self.due(etape.echeance, state, current, shifted=False)

    def etape_readers(self, etape: Etape, state: DemarcheState) -> tuple[str, ...]:
        """Who reads in the journal that an étape begins or ends, besides the firm."""
        if not self.shows(etape, state):
            return ()
        return ("client",) if etape.voient is None else self.readers(etape.voient, state)

    def statut_label(self, state: DemarcheState) -> str | None:
        """How the modèle calls the status of a démarche; None for a status it has no word for."""
        custom = self.modele.statuts.get(state.statut)
        if custom is None:
            return None
        day = lookup(self.data(state), custom.date) if custom.date is not None else None
        return f"{custom.libelle} le {date.fromisoformat(str(day)):%d/%m/%Y}" if day else custom.libelle

    def data(self, state: DemarcheState) -> dict[str, Any]:
        """What expressions read: one namespace per form, one list per collection, `calculs`, and the status of each
        awaited event, and what is known of the children."""
        return {
            **state.donnees,
            CALCULS: state.calculs,
            **self._events(state),
            **self._lines(state),
            CHILDREN: self._children(state),
        }

    def _children(self, state: DemarcheState) -> dict[str, list[dict[str, Any]]]:
        """What is known of the children of each étape's present visit."""
        return {
            node.cle: [
                {**child.sorties, **child.model_dump(include={"ligne", "titre", "statut", "cycle"})}
                for child in state.enfants.values()
                if child.noeud == node.cle
                and child.visit == state.etapes[node.cle].visit
                and child.ordre != "annuler"
            ]
            for node in self.etapes.values()
            if isinstance(node, PourChaque) and node.cle in state.etapes
        }

    def _events(self, state: DemarcheState) -> dict[str, dict[str, str]]:
        if not self.evenements:
            return {}
        known = state.evenements
        return {
            EVENEMENTS: {cle: known[cle].statut if cle in known else "a_venir" for cle in self.evenements}
        }

    def _lines(self, state: DemarcheState) -> dict[str, list[dict[str, Any]]]:
        return {
            key: [line_data(ligne) for ligne in state.collections.get(key, {}).values()]
            for key in self.modele.collections
        }

    def calcul_kind(self, name: str) -> str:
        """Name of the kind of a calculation's value: INT, DATE, TEXT …"""
        return self.types.roots[CALCULS].shape.fields[name].shape.kind.name

    def column_kind(self, collection: str, column: str) -> str:
        """Name of the kind of a computed column's values: INT, DATE, TEXT …"""
        return self._colonnes[collection][column].result.kind.name

    def compute_lines(self, state: DemarcheState) -> dict[str, dict[str, LigneComputed]]:
        """Name and computed columns of every line, by collection and line; a column whose data is not known yet is
        left out. Raises ExpressionError."""
        lines = self._lines(state)
        for key, columns in self._colonnes.items():
            for line in lines[key]:
                for name in columns:
                    line.pop(name, None)
            # A column at a time: the next one may read it on every line.
            for name, expression in columns.items():
                data = {**state.donnees, **lines}
                if all(lookup_root(data, path) for path in expression.needs):
                    values = [_column(expression, {**data, LINE: line}) for line in lines[key]]
                    for line, value in zip(lines[key], values, strict=True):
                        if value is not None:
                            line[name] = value
        data = {**state.donnees, CALCULS: state.calculs, **self._events(state), **lines}
        return {
            key: {
                line["id"]: LigneComputed(
                    nom=self._line_name(key, {**data, LINE: line}),
                    calcule={name: line[name] for name in self._colonnes[key] if name in line},
                )
                for line in lines[key]
            }
            for key in self._lignes
        }

    def _line_name(self, key: str, data: Mapping[str, Any]) -> str:
        collection = self.modele.collections[key]
        expression = compile_expression(collection.nom, self._lignes[key], "texte")
        if all(lookup_root(data, path) for path in expression.needs):
            return str(evaluate(expression, data))[:MAX_NAME]
        return collection.singulier

    def compute(self, state: DemarcheState) -> dict[str, Any]:
        """Values of the modèle's calculations whose inputs are known. Dates are ISO strings. Raises CalculError."""
        values: dict[str, Any] = {}
        for name, calcul in self.modele.calculs.items():
            value = self._compute(calcul, state, values)
            if value is not None:
                values[name] = stored(value)
        return values

    def _compute(self, calcul: Calcul, state: DemarcheState, values: Mapping[str, Any]) -> Any:
        data = {**self.data(state), CALCULS: values}
        function = self.rules.functions[calcul.fonction] if calcul.fonction else None
        kinds = argument_types(function) if function else {}
        condition = self.expression(calcul.si, "booleen") if calcul.si else None
        if condition is not None and not all(lookup_root(data, path) for path in condition.needs):
            return None
        sources = calcul.arguments if calcul.valeur is None else {VALEUR: calcul.valeur}
        arguments = self._arguments(sources, kinds, data, condition)
        if arguments is None or (condition is not None and not evaluate(condition, data)):
            return None
        given = {name: evaluate(e, data) if e else None for name, e in arguments.items()}
        return function(**given) if function else given[VALEUR]

    def _arguments(
        self,
        sources: Mapping[str, str],
        kinds: Mapping[str, str],
        data: Mapping[str, Any],
        condition: Expression | None = None,
    ) -> dict[str, Expression | None] | None:
        """Expressions of a call's arguments, None for an optional one left out or whose form is not filled yet.

        None altogether while an argument that is not optional lacks its form.
        """
        found: dict[str, Expression | None] = {
            name: None for name, kind in kinds.items() if kind.endswith("?") and name not in sources
        }
        for name, source in sources.items():
            kind = kinds.get(name)
            expression = self.expression(source, kind, condition)
            if all(lookup_root(data, path) for path in expression.needs):
                found[name] = expression
            elif kind is not None and kind.endswith("?"):
                found[name] = None
            else:
                return None
        return found

    # --- readings

    def readings(self, state: DemarcheState, day: date) -> dict[str, Any]:
        """Values of the day, by reading, as JSON. One that lacks its data, or cannot be made, is left out."""
        values = {}
        for name in self.modele.lectures:
            try:
                value = self.reading(name, state, day)
            except (CalculError, ExpressionError):
                continue
            if value is not None:
                values[name] = value
        return values

    def reading(self, name: str, state: DemarcheState, day: date) -> Any:
        """One reading; None while its condition does not hold or a form it reads is not filled.

        Raises CalculError or ExpressionError.
        """
        reading = self.modele.lectures[name]
        if not self.told(reading.si, state):
            return None
        function = self.rules.readings[reading.fonction]
        kinds = argument_types(function)
        data = self.data(state)
        arguments = self._arguments(reading.arguments, kinds, data)
        if arguments is None:
            return None
        values = {name: evaluate(e, data) if e else None for name, e in arguments.items()}
        return shown(function(day, **values))

    def amount_due(self, state: DemarcheState, day: date) -> int | None:
        """What the payment page asks for, in cents; None when it cannot be told."""
        if self.modele.paiement is None:
            return None
        found = lookup(self.readings(state, day), self.modele.paiement.du)
        return found if isinstance(found, int) else None

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

    def anchor(
        self,
        moment: Moment,
        state: DemarcheState,
        etape: EtapeState | None,
        ligne: LigneState | None = None,
    ) -> datetime | None:
        """Instant of the anchor, without the time of suspension; None when it is not known yet."""
        if moment.anchor == ENTRY:
            return etape.entered_at if etape else None
        if moment.anchor == OPENING:
            return state.dossier_at
        namespace, _, name = moment.anchor.partition(".")
        if namespace == EVENEMENTS:
            return _happened(state, name)
        if namespace == LINE:
            value = line_data(ligne).get(name) if ligne is not None else None
        else:
            value = lookup(self.data(state), moment.anchor)
        if value is None:
            return None
        return datetime.combine(date.fromisoformat(value), time(0), PARIS).astimezone(UTC)

    def instant(
        self,
        moment: Moment,
        state: DemarcheState,
        etape: EtapeState | None,
        *,
        shifted: bool = True,
        firm: bool = False,
        ligne: LigneState | None = None,
    ) -> datetime | None:
        """Instant of a moment. Delays counted from an entry or the opening leave out the time of suspension;
        without `shifted`, they do not: the same moment before and after a suspension.

        `firm`: a delay of the firm also leaves out the time during which the étape's clock stood still, and cannot
        be told while it does.
        """
        base = self.anchor(moment, state, etape, ligne)
        if base is None:
            return None
        if shifted and moment.anchor == ENTRY and etape is not None:
            if firm and etape.stopped_at is not None:
                return None
            base += timedelta(seconds=etape.shift + (etape.stopped if firm else 0.0))
        elif shifted and moment.anchor == OPENING:
            base += timedelta(seconds=state.shift)
        if moment.delay is not None:
            base = self.shift(base, moment.delay, moment.sign)
        return self.at_hour(base, moment)

    @staticmethod
    def at_hour(instant: datetime, moment: Moment) -> datetime:
        """The same day at the hour that the moment says, when it says one."""
        if moment.at is None:
            return instant
        return datetime.combine(instant.astimezone(PARIS).date(), moment.at, PARIS).astimezone(UTC)

    def due(
        self,
        moment: Moment | None,
        state: DemarcheState,
        etape: EtapeState | None,
        *,
        shifted: bool = True,
        firm: bool = False,
    ) -> datetime | None:
        """Instant by which something is due: a bare day means its end."""
        if moment is None:
            return None
        instant = self.instant(moment, state, etape, shifted=shifted, firm=firm)
        if instant is None or moment.at is not None or (moment.delay and moment.delay.unit in ("h", "min")):
            return instant
        return day_over(instant.astimezone(PARIS).date())


def day_over(day: date) -> datetime:
    """Instant at which what is due on a day is late."""
    return datetime.combine(day, time(23, 59), PARIS).astimezone(UTC)


__all__ = ["PARIS", "CalculError", "Program", "day_over", "lookup"]


def _column(expression: Expression, data: Mapping[str, Any]) -> Any:
    """Value of a computed column for one line; None when its function has nothing to say of it. Raises
    ExpressionError."""
    try:
        return stored(evaluate(expression, data))
    except ExpressionError as error:
        if error.code == "sans_resultat" and expression.may_lack:
            return None
        raise
