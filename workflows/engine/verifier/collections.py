"""Collections: who manages and reads them, what names a line, columns, totals, and the étapes that ask for them."""

from __future__ import annotations

from workflows.engine.modele import Collection, Echeancier, Etape, Exigence
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context
from workflows.engine.verifier.data import check_internal, check_shown


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
        for index, total in enumerate(collection.totaux):
            context.compile(total.valeur, (*place, "totaux", index, "valeur"), None)
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


def check_added(context: Context) -> None:
    """Lines that automations add have the fields that their form wants."""
    for etape, place in context.etapes:
        for index, automatisation in enumerate(etape.automatisations):
            for key, lines in automatisation.lignes.items():
                if key not in context.spaces.lignes:
                    continue
                computed = context.modele.collections[key].calcule
                fields = {
                    name: field
                    for name, field in context.spaces.lignes[key].roots["ligne"].shape.fields.items()
                    if name not in ("id", "statut", *computed)
                }
                wanted = {name for name, field in fields.items() if not field.optional}
                for rank, line in enumerate(lines):
                    where = (*place, "automatisations", index, "lignes", key, rank)
                    for name in sorted(wanted - set(line)):
                        context.error("champ_manquant", where, f"Il manque « {name} ».", "Ajoutez-le.")
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
        collection = context.modele.collections.get(wanted.nom)
        if collection is None:
            context.error(
                "collection_inconnue",
                (*where, "nom"),
                f"« {wanted.nom} » n’est pas dans « collections ».",
                context.close(wanted.nom, context.modele.collections),
            )
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
