"""Expressions: each has the right type, and reads only data that has been collected by the time it is evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.engine.expressions import LINE, Expression, Types, argument_types
from workflows.engine.meant import closest
from workflows.engine.modele import (
    ActionClient,
    Alerte,
    Automatisation,
    Calcul,
    Document,
    Etape,
    Evenement,
    Parallele,
    Piece,
    Relance,
)
from workflows.engine.moment import Moment
from workflows.engine.namespaces import CALCULS, EVENEMENTS, question_types
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context, Production


@dataclass
class Known:
    """Forms that are filled for sure, or maybe, when a point of the démarche is reached."""

    sure: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    """Outside events that are awaited by then."""
    under: dict[str, set[str]] = field(default_factory=dict)
    """Condition of étapes gone through → forms that are filled for sure where the same condition holds."""

    def after(self, etape: Etape) -> Known:
        """What is known once the étape is left; what follows a non-blocking one does not wait for its answers."""
        forms = {form.nom for form in etape.formulaires}
        told = {event.formulaire for event in etape.evenements if event.formulaire}
        certain = {form.nom for form in etape.asked} | {
            event.formulaire
            for event in etape.evenements
            if event.formulaire
            and event.obligatoire
            and event.si is None
            and (event.sinon is None or event.sinon.suite == "attendre")
        }
        events = self.events | {event.cle for event in etape.evenements}
        maybe = self.maybe | forms | told
        if etape.facultative or etape.beside:
            return Known(set(self.sure), maybe, events, self.under)
        if etape.si is None:
            return Known(self.sure | certain, maybe, events, self.under)
        under = {**self.under, etape.si: self.under.get(etape.si, set()) | certain}
        return Known(set(self.sure), maybe, events, under)


def check(context: Context, functions: Mapping[str, Callable[..., Any]]) -> None:
    """Types of every expression, and the moment its data is there."""
    calculs = {
        name: _check_calcul(context, name, calcul, functions)
        for name, calcul in context.modele.calculs.items()
    }
    needed = _Needs(context, calculs)
    start = Known()
    if context.modele.demande is not None:
        start = Known({context.modele.demande.formulaire}, {context.modele.demande.formulaire})
    if context.modele.enfant:
        # What no étape asks for is given by the démarche that opens this one.
        asked = {form.nom for etape, _ in context.etapes for form in etape.formulaires}
        given = set(context.modele.formulaires) - asked
        start = Known(given, set(given))
    _check_names(context, needed, start)
    known = start
    for index, node in enumerate(context.modele.etapes):
        if isinstance(node, Parallele):
            ends = []
            for number, branch in enumerate(node.branches):
                here = Known(
                    set(known.sure),
                    known.maybe
                    | {f.nom for other in node.branches for etape in other for f in etape.formulaires},
                    known.events
                    | {e.cle for other in node.branches for etape in other for e in etape.evenements},
                    known.under,
                )
                for rank, etape in enumerate(branch):
                    _check_etape(
                        context, needed, etape, ("etapes", index, "branches", number, rank), here, start
                    )
                    here = here.after(etape)
                ends.append(here)
            known = Known(
                set().union(known.sure, *(end.sure for end in ends)),
                set().union(known.maybe, *(end.maybe for end in ends)),
                set().union(known.events, *(end.events for end in ends)),
                {
                    key: set().union(*(end.under.get(key, set()) for end in ends))
                    for end in ends
                    for key in end.under
                },
            )
        else:
            _check_etape(context, needed, node, ("etapes", index), known, start)
            known = known.after(node)


def _check_calcul(
    context: Context, name: str, calcul: Calcul, functions: Mapping[str, Callable[..., Any]]
) -> set[str]:
    """Check one calculation; gives what it needs."""
    place: Place = ("calculs", name)
    kinds = argument_types(functions[calcul.fonction]) if calcul.fonction else {}
    condition = context.condition(calcul.si, (*place, "si"))
    needs = set(condition.needs) if condition is not None else set()
    if calcul.valeur is not None:
        value = context.compile(calcul.valeur, (*place, "valeur"), None, condition)
        needs |= value.needs if value is not None else set()
    compulsory = set(needs)
    for argument, source in calcul.arguments.items():
        where = (*place, "arguments", argument)
        if argument not in kinds:
            context.error(
                "argument_inconnu",
                where,
                f"« {calcul.fonction} » n’a pas d’argument « {argument} ».",
                context.close(argument, kinds),
            )
            continue
        expression = context.compile(source, where, kinds[argument], condition)
        if expression is not None:
            needs |= expression.needs
            if kinds[argument][-1] != "?":
                # An optional one is left out as long as its form is not filled.
                compulsory |= expression.needs
    near = {closest(argument, kinds) for argument in calcul.arguments if argument not in kinds}
    missing = [
        name
        for name, kind in kinds.items()
        if name not in calcul.arguments and kind[-1] != "?" and name not in near
    ]
    if missing:
        context.error(
            "argument_manquant",
            (*place, "arguments"),
            f"« {calcul.fonction} » attend aussi : {', '.join(missing)}.",
            "Ajoutez-les.",
        )
    order = list(context.modele.calculs)
    for need in sorted(needs):
        root, _, other = need.partition(".")
        if root == CALCULS and other in order and order.index(other) >= order.index(name):
            calcul_apres(context, name, other, place)
    return compulsory


def calcul_apres(context: Context, name: str, other: str, place: Place) -> None:
    """Report a calculation that reads one which is not there yet, or which waits for it in turn."""
    calcul = context.modele.calculs[other]
    written = " ".join((calcul.si or "", calcul.valeur or "", *calcul.arguments.values()))
    if other == name or re.search(rf"\b{CALCULS}\.{name}\b", written):
        told = "se lit lui-même" if other == name else f"et « {other} » se lisent l’un l’autre"
        remedy = "Un calcul part de ce qui est déjà connu : retirez cette lecture de l’un des deux."
        if other == name:
            remedy = "Un calcul part de ce qui est déjà connu : retirez cette lecture."
        context.error("calcul_apres", place, f"« {name} » {told}.", remedy)
        return
    context.error(
        "calcul_apres",
        place,
        f"« {name} » emploie « {other} », qui n’est calculé qu’après.",
        f"Placez « {other} » avant « {name} ».",
    )


@dataclass
class _Needs:
    """Which forms must be filled for an expression, through the calculations it reads."""

    context: Context
    calculs: Mapping[str, set[str]]

    def forms(self, needs: frozenset[str] | set[str], seen: frozenset[str] = frozenset()) -> set[str]:
        found: set[str] = set()
        for need in needs:
            root, _, rest = need.partition(".")
            if root == EVENEMENTS:
                continue
            if root != CALCULS:
                found.add(root)
            elif rest not in seen:
                found |= self.forms(self.calculs.get(rest, set()), seen | {rest})
        return found

    def proved(self, expression: Expression | None) -> set[str]:
        """Forms that are filled for sure once a condition has given true."""
        if expression is None:
            return set()
        return self.forms(expression.needs) | {path.partition(".")[0] for path in expression.implied}

    def check(self, expression: Expression | None, place: Place, known: Known, when: str) -> None:
        """Report the forms that an expression needs and that are not filled by then, and the outside events that
        are only awaited later."""
        if expression is None:
            return
        for path in sorted(expression.reads):
            root, _, event = path.partition(".")
            if root == EVENEMENTS and event not in known.events:
                self.context.warn(
                    "evenement_pas_encore_attendu",
                    place,
                    f"« {expression.source} » lit l’événement « {event} », attendu seulement ensuite.",
                    "Déplacez cette condition après l’étape qui l’attend.",
                )
        for form in sorted(self.forms(expression.needs) - known.sure):
            if form in known.maybe:
                self.context.warn(
                    "donnee_incertaine",
                    place,
                    f"« {expression.source} » lit le formulaire « {form} », qui peut ne pas être rempli {when}.",
                    f"Testez-le avec has({form}.…), ou demandez-le dans une étape sans condition, avant.",
                )
            else:
                self.context.error(
                    "donnee_pas_encore_la",
                    place,
                    f"« {expression.source} » lit le formulaire « {form} », qui n’est pas encore rempli {when}.",
                    "Demandez-le dans une étape d’avant, ou déplacez cette condition.",
                )

    def moment(self, moment: Moment | None, place: Place, known: Known) -> None:
        """Report a moment counted from something that nobody has been asked for by then: it would never come."""
        if moment is None or "." not in moment.anchor:
            return
        root, _, name = moment.anchor.partition(".")
        if root == EVENEMENTS:
            unknown = set() if name in known.events or name not in self.context.modele.evenements else {name}
        elif root == CALCULS or root in self.context.modele.formulaires:
            unknown = self.forms({moment.anchor}) - known.maybe
        else:
            return
        for missing in sorted(unknown):
            self.context.error(
                "moment_jamais_connu",
                place,
                f"« {moment} » part de « {missing} », qui n’est demandé que plus tard : rien ne se passerait.",
                "Partez de « entree », ou d’une donnée déjà demandée.",
            )


def _check_names(context: Context, needed: _Needs, start: Known) -> None:
    modele = context.modele
    first = context.etapes[0][0]
    begun = start if start.sure else start.after(first)
    named = context.compile(modele.nom, ("nom",), "texte")
    needed.check(named, ("nom",), begun, "quand la démarche reçoit son nom")
    _check_named(context, named, ("nom",))
    for key, participant in modele.participants.items():
        for name in ("nom", "email", "telephone"):
            source = getattr(participant, name)
            if source is None:
                continue
            expression = context.compile(source, ("participants", key, name), "texte")
            _check_named(context, expression, ("participants", key, name))
        context.condition(participant.est_client, ("participants", key, "est_client"))
    firm = {key for key, role in modele.roles.items() if role.cote == "cabinet"}
    for etape, place in context.etapes:
        for index, form in enumerate(etape.formulaires):
            if form.par not in firm and form.nom in context.bundle.forms:
                check_internal(
                    context, context.bundle.forms[form.nom], (*place, "formulaires", index, "par"), form.nom
                )
    for key, document in modele.documents.items():
        for inside, source in document.conditions.items():
            _of_line(context, source, ("documents", key, *inside), document.pour_chaque)
        if document.nom is not None and document.pour_chaque in context.spaces.lignes:
            types = context.spaces.lignes[document.pour_chaque or ""]
            _check_line_name(context, document, types, ("documents", key, "nom"))
    for index, path in enumerate(modele.dates_cles):
        field_ = context.types.field(path)
        if field_ is None or field_.shape.label != "date" or path.startswith(f"{CALCULS}."):
            context.error(
                "date_cle_inconnue",
                ("dates_cles", index),
                f"« {path} » n’est pas une date d’un formulaire.",
                context.close(path, dates(context.types)),
            )
    if modele.surveille is not None:
        field_ = context.types.field(modele.surveille)
        if field_ is None or field_.shape.label != "date":
            context.error(
                "date_surveillee_inconnue",
                ("surveille",),
                f"« {modele.surveille} » n’est une date ni d’un formulaire, ni d’un calcul.",
                context.close(modele.surveille, dates(context.types)),
            )
    _check_statuts(context)


def _check_statuts(context: Context) -> None:
    """A status completed by a date reads one that exists, and that lists may show."""
    for key, statut in context.bundle.modele.statuts.items():
        if statut.date is None:
            continue
        place: Place = ("statuts", key, "date")
        field_ = context.types.field(statut.date)
        if field_ is None or field_.shape.label != "date" or statut.date.startswith(f"{CALCULS}."):
            context.error(
                "date_de_statut_inconnue",
                place,
                f"« {statut.date} » n’est pas une date d’un formulaire.",
                context.close(statut.date, dates(context.types)),
            )
        else:
            alias, *keys = statut.date.split(".")
            check_shown(context, context.bundle.forms.get(alias), statut.date, keys, place)


def _check_named(context: Context, expression: Expression | None, place: Place) -> None:
    """What lists and mails show in clear says nothing of the fields marked sensitive."""
    for path in sorted(expression.reads if expression is not None else ()):
        alias, *keys = path.split(".")
        if alias in context.bundle.forms:
            check_shown(context, context.bundle.forms[alias], path, keys, place)


def check_internal(context: Context, schema: Any, place: Place, formulaire: str) -> None:
    """Who is not of the firm does not fill a form with fields that stay inside the firm (`x-interne`)."""
    if _has_internal(schema):
        context.error(
            "champ_interne_demande",
            place,
            f"« {formulaire} » a des champs internes au cabinet (x-interne) : une autre personne les remplirait.",
            "Retirez « x-interne » de ces champs, ou confiez ce formulaire au cabinet.",
        )


def _has_internal(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(_has_internal(part) for part in schema)
    if not isinstance(schema, dict):
        return False
    return any(field.get("x-interne") for field in schema.get("properties", {}).values()) or any(
        _has_internal(schema.get(part)) for part in ("allOf", "then", "else")
    )


def _check_line_name(context: Context, document: Document, types: Types, place: Place) -> None:
    """The title of a file says nothing sensitive: lists and mails show it."""
    expression = context.compile(document.nom or "", place, "texte", types=types)
    _check_named(context, expression, place)
    for path in sorted(expression.reads if expression is not None else ()):
        root, *keys = path.split(".")
        if root == LINE and keys:
            check_shown(context, context.bundle.lignes[document.pour_chaque or ""], path, keys, place)


def check_shown(context: Context, schema: Any, path: str, keys: list[str], place: Place) -> None:
    """A field that a name shows is not marked sensitive by its form."""
    if _is_sensitive(schema, keys):
        context.error(
            "donnee_sensible",
            place,
            f"« {path} » est une donnée sensible : elle apparaîtrait en clair dans les listes.",
            "Employez une autre donnée.",
        )


def _is_sensitive(schema: Any, keys: list[str]) -> bool:
    """The schema marks a field as sensitive, or a group that holds it, wherever it describes it."""
    if isinstance(schema, list):
        return any(_is_sensitive(part, keys) for part in schema)
    if not isinstance(schema, dict):
        return False
    inside = schema.get("properties", {}).get(keys[0])
    if isinstance(inside, dict) and (
        inside.get("x-sensible") is True or (len(keys) > 1 and _is_sensitive(inside, keys[1:]))
    ):
        return True
    return any(_is_sensitive(schema.get(part), keys) for part in ("allOf", "anyOf", "oneOf", "then", "else"))


def dates(types: Types) -> list[str]:
    """Every date an expression or a moment may name."""
    return [
        f"{root}.{key}"
        for root, group in types.roots.items()
        for key, found in group.shape.fields.items()
        if found.shape.label == "date"
    ]


def _check_etape(
    context: Context, needed: _Needs, etape: Etape, place: Place, known: Known, start: Known
) -> None:
    entry = "à l’entrée de l’étape"
    entered = context.condition(etape.si, (*place, "si"))
    needed.check(entered, (*place, "si"), known, entry)
    # Inside the étape, what its condition has read is there.
    inside = known.sure | needed.proved(entered) | known.under.get(etape.si or "", set())
    own = {form.nom for form in etape.asked}
    for tache, where in context.taches(etape, place):
        condition = context.condition(tache.si, (*where, "si"))
        if tache.creation == "ouverture":
            needed.check(condition, (*where, "si"), start, "à l’ouverture du dossier")
        else:
            needed.check(condition, (*where, "si"), known, entry)
        asked = Known(inside | own, known.after(etape).maybe, known.after(etape).events)
        _check_document(context, needed, tache.document, (*where, "document"), asked)
        # What is not known yet does not hold.
        context.condition(tache.tant_que, (*where, "tant_que"))
        for index, exigence in enumerate(tache.exige):
            spot = (*where, "exige", index, "si")
            needed.check(context.condition(exigence.si, spot), spot, asked, "quand la tâche se termine")
    lists: tuple[tuple[str, tuple[Piece | Relance | Alerte | ActionClient | Evenement, ...]], ...] = (
        ("pieces", etape.pieces),
        ("actions_client", etape.actions_client),
        ("evenements", etape.evenements),
        ("relances", etape.relances),
        ("alertes", etape.alertes),
    )
    for key, items in lists:
        for index, item in enumerate(items):
            if isinstance(item, Evenement) and item.recu_si is not None:
                context.condition(item.recu_si, (*place, key, index, "recu_si"))
            where = (*place, key, index, "si")
            collection = item.dans if isinstance(item, Relance) else None
            needed.check(_of_line(context, item.si, where, collection), where, known, entry)
    for index, evenement in enumerate(etape.evenements):
        if evenement.appel is None:
            continue
        # What an automation or a person asks for may come once the forms of the étape are filled.
        late = evenement.appel.quand == "demande"
        by_then = Known(inside | own if late else inside, known.after(etape).maybe if late else known.maybe)
        service = context.bundle.services.get(evenement.appel.service)
        kinds = question_types(service.requete) if service is not None else {}
        for name, asked_for in evenement.appel.envoie.items():
            where = (*place, "evenements", index, "appel", "envoie", name)
            guard = context.quietly(evenement.si, "booleen") if evenement.si is not None else None
            needed.check(
                context.quietly(asked_for, kinds.get(name), given=guard),
                where,
                by_then,
                "quand le service est appelé",
            )
    for moment, where in moments_of(context, etape, place):
        needed.moment(moment, where, known.after(etape))
    for index, relance in enumerate(etape.relances):
        later = Known(inside, known.after(etape).maybe, known.events)
        _check_document(context, needed, relance.document, (*place, "relances", index, "document"), later)
    if etape.recurrente is not None:
        where = (*place, "recurrente", "tant_que")
        condition = context.condition(etape.recurrente.tant_que, where)
        over = Known(known.sure | own, known.maybe | own, known.after(etape).events)
        needed.check(condition, where, over, "quand l’étape doit reprendre")
    for index, automatisation in enumerate(etape.automatisations):
        where = (*place, "automatisations", index)
        then = known.after(etape) if automatisation.quand == "sortie" else known
        told = _told(etape, automatisation)
        then = Known(then.sure | told, then.maybe | told, then.events, then.under)
        when = {"entree": entry, "sortie": "à la fin de l’étape"}.get(automatisation.quand, "à ce moment-là")
        line = automatisation.sur if automatisation.quand == "ligne" else None
        condition = _of_line(
            context, automatisation.si, (*where, "si"), line if automatisation.on != "retiree" else None
        )
        needed.check(condition, (*where, "si"), then, when)
        if automatisation.action is not None:
            wanted = context.condition(automatisation.action.si, (*where, "action", "si"))
            needed.check(wanted, (*where, "action", "si"), then, when)
        for key, given in automatisation.statuts_lignes.items():
            at = (*where, "statuts_lignes", key, "si")
            needed.check(_of_line(context, given.si, at, key), at, then, when)
        # What it reacts to may come once the forms of the étape are filled.
        filled = then.maybe if automatisation.quand == "entree" else known.after(etape).maybe
        sure = inside | told | needed.proved(condition) | (own if automatisation.quand == "sortie" else set())
        made = Known(sure, filled, then.events)
        _check_document(context, needed, automatisation.document, (*where, "document"), made)
        participant = context.modele.participants.get(automatisation.inviter or "")
        if participant is not None:
            for source in (participant.nom, participant.email, participant.telephone):
                if source is None:
                    continue
                expression = context.quietly(source, "texte")
                needed.check(expression, (*where, "inviter"), then, "quand il est invité")


def _told(etape: Etape, automatisation: Automatisation) -> set[str]:
    """What the event that an automation reacts to has just brought."""
    if automatisation.quand != "evenement" or automatisation.on != "recu":
        return set()
    return {
        event.formulaire
        for event in etape.evenements
        if event.cle == automatisation.sur and event.formulaire is not None
    }


def moments_of(context: Context, etape: Etape, place: Place) -> Iterator[tuple[Moment | None, Place]]:
    """Every moment of an étape, but those of tasks made before it is entered."""
    yield etape.echeance, (*place, "echeance")
    yield etape.attendre, (*place, "attendre")
    for tache, where in context.taches(etape, place):
        if tache.creation == "entree":
            yield tache.echeance, (*where, "echeance")
    for action, where in context.actions(etape, place):
        yield action.echeance, (*where, "echeance")
    lists: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
        ("pieces", "echeance", etape.pieces),
        ("evenements", "echeance", etape.evenements),
        ("relances", "quand", etape.relances),
        ("alertes", "quand", etape.alertes),
    )
    for key, name, items in lists:
        for index, item in enumerate(items):
            yield getattr(item, name), (*place, key, index, name)


def _of_line(context: Context, source: str | None, place: Place, collection: str | None) -> Expression | None:
    """A condition that may read `ligne`, when it is about the lines of a collection."""
    if source is None or collection is None or collection not in context.spaces.lignes:
        return context.condition(source, place)
    return context.compile(source, place, "booleen", types=context.spaces.lignes[collection])


def _check_document(context: Context, needed: _Needs, key: str | None, place: Place, known: Known) -> None:
    """The conditions of a document, and the names of its files, can be told when it is made."""
    document = context.modele.documents.get(key or "")
    if document is None:
        return
    context.productions.append(Production(key or "", place, frozenset(known.sure), frozenset(known.maybe)))
    types = context.spaces.lignes.get(document.pour_chaque or "")
    sources = [(source, "booleen") for source in document.conditions.values()]
    sources += [(document.nom, "texte")] if document.nom is not None else []
    for source, expects in sources:
        expression = context.quietly(source, expects, types)
        needed.check(expression, place, known, "quand ce document est produit")
