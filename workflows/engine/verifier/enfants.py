"""Children: each is opened with what its forms want, for clients it is for, by an étape that can end."""

from __future__ import annotations

from workflows.engine.expressions.shapes import Kind, misfit, object_of
from workflows.engine.modele import AuMoins, Bundle, PourChaque, Quand
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context


def check(context: Context) -> None:
    """Étapes that open children, and what a child gives to its parent."""
    modele = context.modele
    for name, source in modele.sorties.items():
        context.compile(source, ("sorties", name), None)
    if modele.sorties and not modele.enfant:
        context.warn(
            "sorties_inutiles",
            ("sorties",),
            "Ce modèle n’est pas celui d’un enfant : personne ne lit ses sorties.",
            "Écrivez « enfant: true », ou retirez « sorties ».",
        )
    if modele.enfant and (modele.demande is not None or modele.portail.demandable):
        context.error(
            "enfant_demandable",
            ("enfant",),
            "Une démarche ouverte par une autre ne se demande pas.",
            "Retirez « demande » et « portail.demandable ».",
        )
    for node, place in context.etapes:
        if isinstance(node, PourChaque):
            _check_node(context, node, place)


def _check_node(context: Context, node: PourChaque, place: Place) -> None:
    types = context.spaces.lignes.get(node.dans)
    child = context.bundle.enfants.get(node.enfant)
    if types is None or child is None:
        return
    if node.membres is not None:
        context.compile(node.membres, (*place, "si"), "booleen", types=types)
    if isinstance(node.jonction, Quand):
        context.compile(node.jonction.quand, (*place, "jonction", "quand"), "booleen")
    context.condition(node.abandon, (*place, "abandon"))
    for key, sortie in node.ajoute.items():
        _check_gathered(context, node, child, key, sortie, (*place, "ajoute", key))
    if isinstance(node.jonction, AuMoins):
        maximum = context.modele.collections[node.dans].maximum
        if node.jonction.au_moins > maximum:
            context.error(
                "jonction_impossible",
                (*place, "jonction", "au_moins"),
                f"« {node.dans} » n’a jamais plus de {maximum} lignes.",
                "Baissez ce nombre.",
            )
    if set(context.modele.clients) - set(child.modele.clients):
        context.error(
            "enfant_pour_d_autres",
            (*place, "enfant"),
            f"« {node.enfant} » ne concerne pas tous les clients de ce modèle.",
            "Complétez « clients » dans le modèle de l’enfant.",
        )
    for alias, source in node.donnees.items():
        _check_given(context, node, place, child, alias, source)


def _check_given(
    context: Context, node: PourChaque, place: Place, child: Bundle, alias: str, source: str
) -> None:
    where = (*place, "donnees", alias)
    if alias not in child.forms:
        context.error(
            "formulaire_inconnu",
            where,
            f"« {node.enfant} » n’a pas de formulaire « {alias} ».",
            context.close(alias, child.forms),
        )
        return
    expression = context.compile(source, where, None, types=context.spaces.lignes[node.dans])
    if expression is None:
        return
    wanted = context.spaces.enfants[node.enfant].types.roots[alias].shape
    reason: str | None
    if expression.result.kind is not Kind.OBJECT:
        reason = f"il faut un groupe de champs, et non : {expression.result.label}"
    else:
        reason = misfit(expression.result, wanted)
    if reason is not None:
        context.error(
            "donnees_d_enfant",
            where,
            f"« {source} » ne remplit pas le formulaire « {alias} » : {reason}.",
            "Donnez « ligne », ou un formulaire qui a ces champs.",
        )


def _check_gathered(
    context: Context, node: PourChaque, child: Bundle, key: str, sortie: str, place: Place
) -> None:
    """What a child gives has the fields of a line of the collection."""
    if context.collection(key, place) is None:
        return
    if sortie not in child.modele.sorties:
        context.error(
            "sortie_inconnue",
            place,
            f"« {node.enfant} » ne donne pas « {sortie} ».",
            context.close(sortie, child.modele.sorties),
        )
        return
    types = context.spaces.enfants[node.enfant].types
    given = context.compile(child.modele.sorties[sortie], place, None, types=types)
    if given is None:
        return
    own = {"id", "statut", *context.modele.collections[key].calcule}
    fields = context.spaces.lignes[key].roots["ligne"].shape.fields
    wanted = object_of({name: field for name, field in fields.items() if name not in own})
    reason = (
        misfit(given.result, wanted)
        if given.result.kind is Kind.OBJECT
        else f"il faut un groupe de champs, et non : {given.result.label}"
    )
    if reason is not None:
        context.error(
            "donnees_d_enfant",
            place,
            f"« {sortie} » ne fait pas une ligne de « {key} » : {reason}.",
            "Donnez un formulaire qui a ces champs.",
        )
