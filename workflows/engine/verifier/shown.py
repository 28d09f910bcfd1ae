"""What screens show of a démarche besides its étapes: tabs, figures, columns of the board."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from workflows.engine.icones import ICONES
from workflows.engine.modele import Couleur, Onglet
from workflows.engine.placed import Place, parts
from workflows.engine.verifier.context import Context


def check_shown(context: Context) -> None:
    """Names used by tabs and figures; columns that no étape uses; colours and icons."""
    modele = context.modele
    _known_colour(context, modele.couleur, ("couleur",))
    for etape, place in context.etapes:
        _known_colour(context, etape.couleur, (*place, "couleur"))
    for part, place in parts(modele):
        icone = getattr(part, "icone", None)
        if icone is not None and icone not in ICONES:
            context.error(
                "icone_inconnue",
                (*place, "icone"),
                f"« {icone} » n’est pas une icône.",
                context.close(icone, sorted(ICONES)),
            )
    actors = [*modele.roles, *modele.participants]
    seen: set[str] = set()
    for index, onglet in enumerate(modele.onglets):
        _check_onglet(context, onglet, ("onglets", index))
        _once(context, seen, onglet.cle, ("onglets", index, "cle"), "L’onglet")
        _known(context, onglet.voient, actors, ("onglets", index, "voient"), "personne_inconnue")
    seen = set()
    for index, compteur in enumerate(modele.compteurs):
        _once(context, seen, compteur.cle, ("compteurs", index, "cle"), "Le compteur")
        _known(context, compteur.voient, actors, ("compteurs", index, "voient"), "personne_inconnue")
    for index, repere in enumerate(modele.bandeau):
        _known(context, repere.etapes, modele.all_etapes, ("bandeau", index, "etapes"), "etape_inconnue")
    used = {etape.colonne for etape, _ in context.etapes}
    for key in modele.colonnes:
        if key not in used:
            context.warn(
                "colonne_inutile",
                ("colonnes", key),
                f"Aucune étape n’est dans la colonne « {key} ».",
                "Nommez-la dans une étape (« colonne: … »), ou retirez-la.",
            )


def _check_onglet(context: Context, onglet: Onglet, place: Place) -> None:
    modele = context.modele
    shown: tuple[tuple[str, tuple[str, ...], Iterable[str], str], ...] = (
        ("collections", onglet.collections, modele.collections, "collection_inconnue"),
        ("formulaires", onglet.formulaires, [*modele.formulaires, *modele.services], "formulaire_inconnu"),
        ("calculs", onglet.calculs, modele.calculs, "calcul_inconnu"),
        ("lectures", onglet.lectures, modele.lectures, "lecture_inconnue"),
        ("documents", onglet.documents, modele.documents, "document_inconnu"),
    )
    for key, names, known, code in shown:
        _known(context, names, known, (*place, key), code)
    if not any(names for _, names, _, _ in shown):
        context.error(
            "onglet_vide",
            place,
            f"L’onglet « {onglet.cle} » ne montre rien.",
            "Ajoutez des collections, des formulaires, des calculs, des lectures ou des documents.",
        )


def _known(context: Context, names: Iterable[str], known: Iterable[str], place: Place, code: str) -> None:
    there = list(known)
    for index, name in enumerate(names):
        if name not in there:
            context.error(
                code, (*place, index), f"« {name} » n’existe pas dans ce modèle.", context.close(name, there)
            )


def _once(context: Context, seen: set[str], key: str, place: Place, what: str) -> None:
    if key in seen:
        context.error("nom_en_double", place, f"{what} « {key} » existe déjà.", "Donnez-lui un autre nom.")
    seen.add(key)


def check_values(context: Context) -> None:
    """Conditions of tabs and values of figures have the right type. They may be read too early: they wait."""
    for index, onglet in enumerate(context.modele.onglets):
        context.condition(onglet.si, ("onglets", index, "si"))
    for etape, place in context.etapes:
        for index, badge in enumerate(etape.badges):
            context.condition(badge.si, (*place, "badges", index, "si"))
    for index, issue in enumerate(context.modele.issues):
        context.condition(issue.si, ("issues", index, "si"))
    for index, compteur in enumerate(context.modele.compteurs):
        given = context.condition(compteur.si, ("compteurs", index, "si"))
        context.compile(compteur.valeur, ("compteurs", index, "valeur"), compteur.kind, given)


def _known_colour(context: Context, couleur: str | None, place: Place) -> None:
    if couleur is not None and couleur not in get_args(Couleur):
        remedy = context.close(couleur, get_args(Couleur))
        context.error("couleur_inconnue", place, f"« {couleur} » n’est pas une couleur.", remedy)
