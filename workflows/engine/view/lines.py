"""Collections: their lines, their columns, their totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.engine.branches import PARMI, lines_of, settled
from workflows.engine.expressions import ExpressionError
from workflows.engine.modele import Collection, Echeancier, PourChaque
from workflows.engine.namespaces import PIECES
from workflows.engine.plan import plans_of
from workflows.engine.program import stored
from workflows.engine.state import EnfantState, LigneState
from workflows.engine.view.fields import NATURES, masked, nature_of
from workflows.engine.view.figures import Readings
from workflows.engine.view.paths import properties_of, without_internal
from workflows.engine.view.shapes import (
    CollectionView,
    ColonneView,
    EcheancierView,
    EnfantView,
    LigneView,
    StatutLigneView,
    StatutView,
    TotalView,
    shaped,
)
from workflows.engine.view.sight import Sight
from workflows.engine.waiting import lacking


def wanted_lines(sight: Sight, cle: str) -> int:
    """How many lines of a collection an étape under way still wants."""
    asked = (sight.program.etapes[etape.cle].collections for etape in sight.state.active)
    wanted = any(item.nom == cle for items in asked for item in items)
    return lacking(sight.program, sight.state, cle) if wanted else 0


def collection_view(sight: Sight, readings: Readings, cle: str, collection: Collection) -> CollectionView:
    """The lines of one collection, and what the reader may do with them."""
    schema = sight.program.bundle.lignes[cle]
    if not sight.staff:
        schema = without_internal(schema)
    properties = properties_of(schema)
    manages = sight.state.cycle == "ouverte" and sight.among(collection.gerent)
    lines = sight.state.collections.get(cle, {})
    shared = {id_: line for id_, line in lines.items() if manages or sight.shares(cle, collection, line)}
    added = list(_read_columns(sight, readings, cle))
    return CollectionView(
        cle=cle,
        libelle=collection.libelle,
        singulier=collection.singulier,
        schema_=_asked(sight, schema) if manages else schema,
        ui=sight.program.bundle.lignes_ui.get(cle, {}),
        colonnes=(*_columns(sight, cle, collection, properties), *(column for column, _ in added)),
        statuts=tuple(
            StatutLigneView(
                cle=key,
                libelle=statut.libelle,
                couleur=statut.couleur,
                icone=statut.icone,
                a_moi=sight.state.cycle == "ouverte" and sight.among(statut.par or collection.gerent),
            )
            for key, statut in collection.statuts.items()
        ),
        gerable=manages,
        complete=len(lines) >= collection.maximum,
        attendue=wanted_lines(sight, cle),
        lignes=tuple(
            _line(
                sight,
                collection,
                ligne,
                properties,
                {column.cle: values.get(ligne.id) for column, values in added},
                clear=manages,
            )
            for ligne in shared.values()
        ),
        # A total of lines that are not all shown would tell of the others.
        totaux=tuple(_totals(sight, collection)) if manages or collection.partage is None else (),
        echeancier=_echeancier(sight, collection.echeancier) if manages and collection.echeancier else None,
        plan_relance=cle in plans_of(sight.modele),
        suivi=tuple(_followed(sight, cle)) if sight.staff else (),
    )


def _followed(sight: Sight, cle: str) -> Iterator[StatutView]:
    """Statuses of the démarches that the lines of a collection open."""
    for node in sight.modele.etapes:
        if isinstance(node, PourChaque) and node.dans == cle:
            for key, statut in sight.program.enfants[node.enfant].modele.statuts.items():
                yield StatutView(cle=key, libelle=statut.libelle, couleur=statut.couleur, icone=statut.icone)


def _asked(sight: Sight, schema: dict[str, Any]) -> dict[str, Any]:
    """The form of a line as it is filled now, after what the other lines say."""
    asked = settled(schema, lines_of(sight.state))
    return proposing(sight, asked)


def proposing(sight: Sight, schema: dict[str, Any]) -> dict[str, Any]:
    """A form as the firm fills it: what the démarche already knows is given as examples of its « x-parmi » fields,
    or of what they list. Others are proposed nothing: they may not read all that is known."""
    properties = schema.get("properties", {})
    asking = {name: field for name, field in properties.items() if PARMI in field}
    if not (asking and sight.staff):
        return schema
    given = {name: _exemplified(field, _among(sight, str(field[PARMI]))) for name, field in asking.items()}
    return {**schema, "properties": {**properties, **given}}


def _exemplified(field: dict[str, Any], examples: list[str]) -> dict[str, Any]:
    if isinstance(field.get("items"), dict):
        return {**field, "items": {**field["items"], "examples": examples}}
    return {**field, "examples": examples}


def _among(sight: Sight, source: str) -> list[str]:
    """Titles of the validated pièces, or values of a field of the lines of a collection."""
    if source == PIECES:
        return [p.titre for p in sight.state.pieces.values() if p.statut in ("valide", "pris_en_compte")]
    collection, _, field = source.partition(".")
    lines = sight.state.collections.get(collection, {}).values()
    return list(dict.fromkeys(str(line.donnees[field]) for line in lines if field in line.donnees))


def _read_columns(sight: Sight, readings: Readings, cle: str) -> Iterator[tuple[ColonneView, dict[str, Any]]]:
    """Columns that readings add to a collection, each with its values by line."""
    for name, value in readings.values.items():
        for key, chiffre in sight.modele.lectures[name].colonnes.get(cle, {}).items():
            column = ColonneView(cle=key, libelle=chiffre.libelle, format=chiffre.format)
            yield column, {line["id"]: line.get(key) for line in value.get(cle, ())}


def _columns(
    sight: Sight, cle: str, collection: Collection, properties: Mapping[str, dict[str, Any]]
) -> Iterator[ColonneView]:
    for key in collection.colonnes or (*properties, *collection.calcule):
        column = collection.calcule.get(key)
        if column is None and key not in properties:
            continue
        if column is not None:
            label = column.libelle or key.replace("_", " ").capitalize()
            kind = column.format or NATURES.get(sight.program.column_kind(cle, key), "texte")
            yield ColonneView(cle=key, libelle=label, format=kind)
            continue
        definition = properties.get(key, {})
        yield ColonneView(
            cle=key,
            libelle=str(definition.get("title", key)),
            format=nature_of(definition),
            choix=definition.get("x-libelles"),
        )


def _line(
    sight: Sight,
    collection: Collection,
    ligne: LigneState,
    properties: Mapping[str, dict[str, Any]],
    added: Mapping[str, Any],
    *,
    clear: bool,
) -> LigneView:
    statut = collection.statuts.get(ligne.statut or "")
    children = reversed([e for e in sight.state.enfants.values() if sight.sees_child(e)])
    return shaped(
        LigneView,
        ligne,
        donnees={
            key: value if clear else masked(properties.get(key, {}), value)
            for key, value in ligne.donnees.items()
            if key in properties or sight.staff
        },
        calcule={**ligne.calcule, **added},
        statut_libelle=statut.libelle if statut else None,
        couleur=statut.couleur if statut else None,
        enfant=next((enfant_view(sight, e) for e in children if e.ligne == ligne.id), None),
    )


def enfant_view(sight: Sight, enfant: EnfantState) -> EnfantView:
    """A child démarche, and the status of the line that it gave, to who reads that line."""
    return shaped(EnfantView, enfant, suite=_suite(sight, enfant))


def _suite(sight: Sight, enfant: EnfantState) -> StatutView | None:
    node = sight.program.etapes.get(enfant.noeud)
    for cle in node.ajoute if isinstance(node, PourChaque) else ():
        collection, ligne = sight.modele.collections[cle], sight.state.collections.get(cle, {}).get(enfant.id)
        if ligne is None or not sight.sees_collection(collection) or not sight.shares(cle, collection, ligne):
            continue
        statut = collection.statuts.get(ligne.statut or "")
        if statut is not None:
            return StatutView(
                cle=str(ligne.statut), libelle=statut.libelle, couleur=statut.couleur, icone=statut.icone
            )
    return None


def _echeancier(sight: Sight, echeancier: Echeancier) -> EcheancierView:
    total = _figure(sight, echeancier.total) if echeancier.total is not None else None
    return EcheancierView(date=echeancier.date, montant=echeancier.montant, total=total)


def _figure(sight: Sight, expression: str) -> Any:
    """What an expression gives now; None when it cannot be told yet."""
    if not sight.program.known(expression, sight.state):
        return None
    try:
        return stored(sight.program.evaluate(expression, sight.state))
    except ExpressionError:
        return None


def _totals(sight: Sight, collection: Collection) -> Iterator[TotalView]:
    """Figures that can be told now."""
    for total in collection.totaux:
        value = _figure(sight, total.valeur)
        if value is None:
            continue
        kind = sight.program.expression(total.valeur).result.kind.name
        yield TotalView(
            libelle=total.libelle, valeur=value, format=total.format or NATURES.get(kind, "texte")
        )
