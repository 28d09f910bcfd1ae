"""Collections: who manages and reads them, what names a line, columns, totals, and the étapes that ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflows.engine.branches import PARMI, conditions
from workflows.engine.elision import listed
from workflows.engine.expressions.shapes import Kind
from workflows.engine.modele import Collection, Echeancier, Etape, Exigence, Relance
from workflows.engine.placed import Place
from workflows.engine.plan import CANAL, JOURS, NIVEAU, PASSAGE
from workflows.engine.verifier.context import Context
from workflows.engine.verifier.data import check_internal, check_shown
from workflows.engine.view.paths import properties_of


def check(context: Context) -> None:
    """Expressions of every collection. Its names are checked with the others (`names`)."""
    firm = {key for key, role in context.modele.roles.items() if role.cote == "cabinet"}
    for key, collection in context.modele.collections.items():
        place: Place = ("collections", key)
        types = context.spaces.lignes[key]
        named = context.compile(collection.nom, (*place, "nom"), "texte", types=types)
        for path in sorted(named.reads if named is not None else ()):
            if path.startswith("ligne."):
                schema = context.bundle.lignes[key]
                check_shown(context, schema, path, path.split(".")[1:], (*place, "nom"))
        if collection.partage is not None:
            context.compile(collection.partage, (*place, "partage"), "booleen", types=types)
        if any(key not in firm for key in collection.gerent):
            check_internal(context, context.bundle.lignes[key], (*place, "gerent"), collection.formulaire)
        acts: list[tuple[tuple[Exigence, ...], Place]] = [(collection.exige, (*place, "exige"))]
        acts += [(s.exige, (*place, "statuts", name, "exige")) for name, s in collection.statuts.items()]
        for exige, where in acts:
            for index, exigence in enumerate(exige):
                gestes = context.spaces.gestes[key]
                context.compile(exigence.si, (*where, index, "si"), "booleen", types=gestes)
        for name, statut in collection.statuts.items():
            _check_date(context, key, statut.date, (*place, "statuts", name, "date"))
        for index, total in enumerate(collection.totaux):
            context.compile(total.valeur, (*place, "totaux", index, "valeur"), None)
        _check_branches(context, key, (*place, "formulaire"))
        if collection.echeancier is not None:
            _check_echeancier(context, key, collection.echeancier, (*place, "echeancier"))
        known = {*types.roots["ligne"].shape.fields} - {"id", "statut"}
        for index, column in enumerate(collection.colonnes):
            if column not in known:
                context.error(
                    "colonne_inconnue",
                    (*place, "colonnes", index),
                    f"« {column} » n’est ni un champ du formulaire, ni une colonne calculée.",
                    context.close(column, known),
                )


def _check_branches(context: Context, key: str, place: Place) -> None:
    """A branch of a line's form that depends on another line: the field names lines of a collection, which have the
    fields that it asks about.
    """
    schema = context.bundle.lignes[key]
    for _, name, asked in conditions(schema):
        source = str(schema.get("properties", {}).get(name, {}).get(PARMI, ""))
        collection = source.partition(".")[0]
        shown = context.modele.collections[key].formulaire
        if collection not in context.bundle.lignes:
            context.error(
                "ligne_sans_collection",
                place,
                f"« {shown} » demande quelque chose à la ligne que nomme « {name} », qui n’est d’aucune collection.",
                f"Donnez à « {name} » son « x-parmi » : « collection.champ ».",
            )
            continue
        fields = properties_of(context.bundle.lignes[collection])
        for missing in [each for each in asked if each not in fields]:
            context.error(
                "champ_inconnu",
                place,
                f"« {shown} » lit « {missing} » dans « {collection} », qui ne l’a pas.",
                context.close(missing, fields),
            )


def _check_date(context: Context, key: str, field: str | None, place: Place) -> None:
    """What a status dates is a date of the line, that a line may do without until then."""
    schema = context.bundle.lignes[key]
    fields = schema.get("properties", {})
    dates = {name for name, each in fields.items() if each.get("format") == "date"} - {
        *schema.get("required", ())
    }
    if field is not None and field not in dates:
        context.error(
            "statut_date_invalide",
            place,
            f"« {field} » n’est pas une date facultative de « {context.modele.collections[key].formulaire} ».",
            context.close(field, dates),
        )


def _check_echeancier(context: Context, key: str, echeancier: Echeancier, place: Place) -> None:
    """The day and the amount are fields of the line, of those kinds; the total is an amount."""
    if echeancier.total is not None:
        context.compile(echeancier.total, (*place, "total"), "entier")
    fields = context.bundle.lignes[key].get("properties", {})
    dates = {name for name, field in fields.items() if field.get("format") == "date"}
    amounts = {name for name, field in fields.items() if "x-monnaie" in field}
    for name, said, fitting, what in (
        ("date", echeancier.date, dates, "une date"),
        ("montant", echeancier.montant, amounts, "un montant"),
    ):
        if said not in fitting:
            context.error(
                "echeancier_invalide",
                (*place, name),
                f"« {said} » n’est pas {what} du formulaire « {context.modele.collections[key].formulaire} ».",
                context.close(said, fitting),
            )


def check_plan(context: Context, relance: Relance, place: Place) -> None:
    """The lines that a reminder follows say when it goes and how, by ways that it has."""
    key = relance.paliers
    if key is None or key not in context.spaces.lignes:
        return
    fields = context.spaces.lignes[key].roots["ligne"].shape.fields
    unfit = []
    for name, kind in ((NIVEAU, Kind.TEXT), (JOURS, Kind.INT), (CANAL, Kind.TEXT)):
        field = fields.get(name)
        if field is None or field.optional or field.shape.kind is not kind:
            unfit.append(f"« {name} » ({kind.value})")
            continue
        said = {*map(str, field.shape.values)} or {"n’importe quoi"}
        if name == CANAL and not said <= {*relance.canaux, PASSAGE}:
            unknown = sorted(said - {*relance.canaux, PASSAGE})
            context.error(
                "plan_invalide",
                (*place, "paliers"),
                f"Un palier de « {key} » peut partir par « {unknown[0]} », que « {relance.cle} » ne prévoit pas.",
                f"Ajoutez « {unknown[0]} » à la relance, ou retirez cette valeur du champ « {CANAL} ».",
            )
    if unfit:
        lacks = (
            f"de champ obligatoire {unfit[0]}"
            if len(unfit) == 1
            else f"les champs obligatoires {listed(unfit)}"
        )
        context.error(
            "plan_invalide",
            (*place, "paliers"),
            f"Le formulaire de « {key} » n’a pas {lacks}.",
            "Un palier a un « niveau » (R1), des « jours » (15, ou -5 avant la date) et un « canal ».",
        )
    for name, told in (
        ("quand", relance.quand.delay),
        ("repeter", relance.repeter),
        ("escalade", relance.escalade),
        ("niveau", relance.niveau),
    ):
        if told is not None:
            context.error(
                "plan_invalide",
                (*place, name),
                f"« {relance.cle} » suit les paliers de « {key} » : ce sont eux qui le disent.",
                "Écrivez la date seule, par exemple « ligne.echeance à 09:00 »."
                if name == "quand"
                else f"Retirez « {name} ».",
            )


def check_added(context: Context) -> None:
    """Lines that collections begin with, or that automations add, have the fields that their form wants."""
    for key, collection in context.modele.collections.items():
        _check_lines(context, key, collection.depart, ("collections", key, "depart"))
    for etape, place in context.etapes:
        for index, automatisation in enumerate(etape.automatisations):
            for key, lines in automatisation.lignes.items():
                _check_lines(context, key, lines, (*place, "automatisations", index, "lignes", key))


def _check_lines(
    context: Context, key: str, lines: Sequence[Mapping[str, str | int | bool]], place: Place
) -> None:
    if key not in context.spaces.lignes:
        return
    computed = context.modele.collections[key].calcule
    fields = {
        name: field
        for name, field in context.spaces.lignes[key].roots["ligne"].shape.fields.items()
        if name not in ("id", "statut", *computed)
    }
    wanted = {name for name, field in fields.items() if not field.optional}
    for rank, line in enumerate(lines):
        where = (*place, rank)
        if lacking := sorted(wanted - set(line)):
            names = listed([f"« {name} »" for name in lacking])
            add = "Ajoutez-le." if len(lacking) == 1 else "Ajoutez-les."
            context.error("champ_manquant", where, f"Il manque {names}.", add)
        for name, value in line.items():
            values = fields[name].shape.values if name in fields else ()
            if name not in fields:
                context.error(
                    "champ_inconnu",
                    (*where, name),
                    f"Une ligne de « {key} » n’a pas de champ « {name} ».",
                    context.close(name, fields),
                )
            elif values and value not in values:
                context.error(
                    "valeur_inconnue",
                    (*where, name),
                    f"« {value} » n’est pas une valeur de « {name} ».",
                    context.close(str(value), map(str, values)),
                )


def check_bounds(context: Context, collection: Collection, place: Place) -> None:
    """Bounds that no number of lines could satisfy."""
    if collection.minimum > collection.maximum:
        context.error(
            "bornes_inversees",
            (*place, "minimum"),
            f"Le minimum ({collection.minimum}) dépasse le maximum ({collection.maximum}).",
            "Corrigez l’un des deux.",
        )


def check_asked(context: Context, etape: Etape, place: Place) -> None:
    """What an étape asks for exists, and whoever must add lines may."""
    for index, wanted in enumerate(etape.collections):
        where = (*place, "collections", index)
        collection = context.collection(wanted.nom, (*where, "nom"))
        if collection is None:
            continue
        if collection.minimum == 0:
            context.warn(
                "collection_sans_minimum",
                (*where, "nom"),
                f"« {wanted.nom} » n’a pas de minimum : l’étape ne l’attend pas.",
                "Ajoutez « minimum: 1 » à la collection.",
            )
        actors = {*context.modele.roles, *context.modele.participants}
        firm = {key for key, role in context.modele.roles.items() if role.cote == "cabinet"}
        if wanted.par in actors and wanted.par not in {*collection.gerent, *firm}:
            context.error(
                "collection_hors_de_portee",
                (*where, "par"),
                f"« {wanted.par} » ne peut pas ajouter de ligne à « {wanted.nom} ».",
                f"Ajoutez-le à « gerent » de « {wanted.nom} ».",
            )
