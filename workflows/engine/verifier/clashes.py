"""What is right by itself and wrong together: loops nobody ends, reminders that collide, things asked where they
cannot be seen or read, clocks that wait for nothing, roles that nothing uses."""

from __future__ import annotations

from workflows.engine.expressions import conjuncts
from workflows.engine.modele import Etape, Relance
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context


def check(context: Context) -> None:
    """Every étape, then the roles."""
    for etape, place in context.etapes:
        _check_loops(context, etape, place)
        _check_collisions(context, etape, place)
        _check_hidden(context, etape, place)
        _check_formats(context, etape, place)
        if etape.delais is not None and not any(
            _of_client(context, key) for key, _, _ in _asked(context, etape, place)
        ):
            context.warn(
                "suspension_sans_objet",
                (*place, "delais"),
                f"L’étape « {etape.cle} » ne demande rien au client : ses délais ne s’arrêteraient jamais.",
                "Retirez « delais », ou demandez-lui quelque chose.",
            )
    _check_titles(context)
    _check_roles(context)


def _check_formats(context: Context, etape: Etape, place: Place) -> None:
    """A format that no one here can open: a phone makes a JPG of its photos where it is not offered."""
    for index, piece in enumerate(etape.pieces):
        if "heic" in piece.formats:
            context.warn(
                "format_non_lu",
                (*place, "pieces", index, "formats", piece.formats.index("heic")),
                "Un fichier HEIC ne peut pas être ouvert : il est refusé au dépôt.",
                "Retirez « heic » : un iPhone envoie alors ses photos en JPG.",
            )


def _check_titles(context: Context) -> None:
    """Two étapes that a reader cannot tell apart: the client by their titles, the firm by its own names."""
    etapes = context.etapes
    for rank, (etape, place) in enumerate(etapes):
        for former, _ in etapes[:rank]:
            # One or the other, never both: variants of one étape may share its title.
            if former.si is not None and etape.si is not None and former.si != etape.si:
                continue
            to_client = former.visible and etape.visible and former.titre == etape.titre
            named, other = (each.libelle_interne or each.titre for each in (etape, former))
            if to_client or named == other:
                context.warn(
                    "titre_en_double",
                    (*place, "titre" if to_client or etape.libelle_interne is None else "libelle_interne"),
                    f"« {former.cle} » a déjà pour nom « {etape.titre if to_client else named} ».",
                    "Donnez à l’une des deux un nom qui la distingue.",
                )
                break


def _check_loops(context: Context, etape: Etape, place: Place) -> None:
    """Going back by itself, over and over, with nobody to notice."""
    order = [known for known, _ in context.etapes]
    keys = [known.cle for known in order]
    for index, evenement in enumerate(etape.evenements):
        target = evenement.sinon.retour if evenement.sinon is not None else None
        if target not in keys or keys.index(target) > keys.index(etape.cle):
            continue
        passed = order[keys.index(target) : keys.index(etape.cle) + 1]
        # Here, the condition of this étape holds: another that has no more than its own is passed each time too.
        held = frozenset(conjuncts(etape.si)) if etape.si is not None else frozenset()
        if not any(_needs_someone(known, held) for known in passed):
            context.error(
                "boucle_sans_personne",
                (*place, "evenements", index, "sinon", "retour"),
                f"De « {target} » à « {etape.cle} », personne n’a rien à faire : la démarche tournerait sans fin.",
                "Ajoutez une tâche obligatoire dans l’une de ces étapes, ou retirez « retour ».",
            )


def _needs_someone(etape: Etape, held: frozenset[str]) -> bool:
    """The étape does not end without a person, whenever the conditions `held` are true."""
    if etape.beside or not frozenset(conjuncts(etape.si) if etape.si is not None else ()) <= held:
        return False
    return (
        etape.terminee == "manuelle"
        or bool(etape.formulaires)
        or any(tache.obligatoire and tache.si is None and tache.tant_que is None for tache in etape.taches)
        or any(piece.obligatoire and piece.si is None for piece in etape.pieces)
        or any(action.obligatoire and action.si is None for action in etape.actions_client)
    )


def _check_collisions(context: Context, etape: Etape, place: Place) -> None:
    """Two reminders to the same person, the same way, at the same instant, for the same reason or none."""
    for index, relance in enumerate(etape.relances):
        for former in etape.relances[:index]:
            if _collide(relance, former):
                context.warn(
                    "relances_simultanees",
                    (*place, "relances", index),
                    f"« {former.cle} » et « {relance.cle} » partent au même instant, à la même personne.",
                    "Décalez l’une des deux, ou réunissez-les.",
                )
                break


def _collide(one: Relance, other: Relance) -> bool:
    same = (one.quand, one.a, one.dans) == (other.quand, other.a, other.dans)
    exclusive = one.si is not None and other.si is not None and one.si != other.si
    return same and not exclusive and bool({*one.canaux} & {*other.canaux} & {"courriel", "sms"})


def _asked(context: Context, etape: Etape, place: Place) -> list[tuple[str, str, Place]]:
    """Who owes what in an étape: role or participant, words for it, place."""
    found = [(piece.de, "une pièce", (*place, "pieces", i, "de")) for i, piece in enumerate(etape.pieces)]
    found += [
        (form.par, "un formulaire", (*place, "formulaires", i, "par"))
        for i, form in enumerate(etape.formulaires)
    ]
    found += [(tache.pour, "une tâche", (*where, "pour")) for tache, where in context.taches(etape, place)]
    found += [(action.a, "une réponse", (*where, "a")) for action, where in context.actions(etape, place)]
    found += [
        (asked.par, "des lignes", (*place, "collections", i, "par"))
        for i, asked in enumerate(etape.collections)
    ]
    return found


def _of_client(context: Context, key: str) -> bool:
    """A role of the client's side, or a participant."""
    role = context.modele.roles.get(key)
    return role.cote == "client" if role is not None else key in context.modele.participants


def _check_hidden(context: Context, etape: Etape, place: Place) -> None:
    if etape.visible:
        return
    for key, what, where in _asked(context, etape, place):
        role = context.modele.roles.get(key)
        if role is not None and role.cote == "client":
            context.error(
                "demande_dans_etape_cachee",
                where,
                f"« {etape.cle} » n’est pas visible du client, mais lui demande {what}.",
                "Retirez « visible: false », ou demandez-le dans une étape qu’il voit.",
            )


def _check_roles(context: Context) -> None:
    """A role that nothing gives anything to. The first of each side is always there: it follows the démarche."""
    modele = context.modele
    first = {
        side: next((k for k, r in modele.roles.items() if r.cote == side), None)
        for side in ("cabinet", "client")
    }
    used = {key for etape, place in context.etapes for key, _, _ in _asked(context, etape, place)}
    for etape, place in context.etapes:
        used |= {etape.responsable or ""}
        used |= {relance.a for relance in etape.relances} | {alerte.a for alerte in etape.alertes}
        used |= {relance.escalade.a for relance in etape.relances if relance.escalade}
        used |= {evenement.de for evenement in etape.evenements}
        used |= {automatisation.a or "" for automatisation in etape.automatisations}
        used |= {consequence.a for consequence, _ in context.consequences(etape, place)}
    if modele.demande is not None and modele.demande.relance is not None:
        used |= {modele.demande.relance.escalade.a} if modele.demande.relance.escalade else set()
    for document in modele.documents.values():
        used |= {*document.visible}
    for collection in modele.collections.values():
        used |= {*collection.gerent, *collection.voient}
        used |= {who for statut in collection.statuts.values() for who in statut.par}
    used |= {key for onglet in modele.onglets for key in onglet.voient}
    used |= {key for compteur in modele.compteurs for key in compteur.voient}
    for key in modele.roles:
        if key not in used and key not in first.values():
            context.warn(
                "role_inutile",
                ("roles", key),
                f"Rien n’est confié au rôle « {key} ».",
                "Donnez-lui une part, ou retirez-le.",
            )
