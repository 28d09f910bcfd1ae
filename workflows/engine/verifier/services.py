"""Services of the outside world: each is declared, asked for what it takes, and of some use."""

from __future__ import annotations

from workflows.engine.modele import Appel, Etape, Evenement
from workflows.engine.namespaces import question_types
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context


def check_names(context: Context) -> None:
    """Services and their namespaces; automations that ask a service again."""
    modele = context.modele
    called = {
        evenement.appel.service
        for etape, _ in context.etapes
        for evenement in etape.evenements
        if evenement.appel is not None
    }
    for alias in modele.services:
        if alias in modele.formulaires or alias in modele.collections:
            context.error(
                "nom_en_double",
                ("services", alias),
                f"« {alias} » désigne déjà autre chose dans les expressions.",
                "Donnez un autre nom à ce service.",
            )
        elif alias not in called:
            context.warn(
                "service_inutile",
                ("services", alias),
                f"Aucune étape n’appelle « {alias} ».",
                "Retirez-le, ou appelez-le depuis un événement (« appel: … »).",
            )
    for etape, place in context.etapes:
        for index, evenement in enumerate(etape.evenements):
            if evenement.appel is not None and evenement.appel.service not in modele.services:
                context.error(
                    "service_non_declare",
                    (*place, "evenements", index, "appel", "service"),
                    f"« {evenement.appel.service} » n’est pas dans « services ».",
                    context.close(evenement.appel.service, modele.services),
                )
        _check_asked_again(context, etape, place)


def _check_asked_again(context: Context, etape: Etape, place: Place) -> None:
    known = [evenement.cle for evenement in etape.evenements if evenement.appel is not None]
    for index, automatisation in enumerate(etape.automatisations):
        if automatisation.appel is None:
            continue
        where = (*place, "automatisations", index, "appel")
        if automatisation.appel not in known:
            context.error(
                "appel_inconnu",
                where,
                f"« {automatisation.appel} » n’est pas un événement de cette étape qui appelle un service.",
                context.close(automatisation.appel, known),
            )
        elif automatisation.quand == "sortie":
            context.error(
                "acte_trop_tard",
                where,
                "À la sortie, l’étape est finie : elle n’attend plus de réponse.",
                "Appelez ce service dans l’étape suivante.",
            )
        elif automatisation.on == "echu" and automatisation.sur in (None, automatisation.appel):
            context.error(
                "appel_sans_fin",
                where,
                f"Un refus du service fait échoir « {automatisation.appel} », qui le rappelle aussitôt : sans fin.",
                "Rappelez-le quand une personne a corrigé (« quand: tache »), ou laissez le conseiller le redemander.",
            )


def check(context: Context) -> None:
    """What each service is asked has the type it takes."""
    for etape, place in context.etapes:
        for index, evenement in enumerate(etape.evenements):
            if evenement.appel is not None and evenement.appel.service in context.bundle.services:
                _check_question(context, evenement, evenement.appel, (*place, "evenements", index, "appel"))


def _check_question(context: Context, evenement: Evenement, appel: Appel, place: Place) -> None:
    # What the event's own condition has read is there when the service is asked.
    guard = context.quietly(evenement.si, "booleen") if evenement.si is not None else None
    service = context.bundle.services[appel.service]
    kinds = question_types(service.requete)
    for name, source in appel.envoie.items():
        where = (*place, "envoie", name)
        if name not in kinds:
            context.error(
                "champ_de_service_inconnu",
                where,
                f"« {service.titre} » n’a pas de champ « {name} ».",
                context.close(name, kinds),
            )
            continue
        context.compile(source, where, kinds[name], guard)
    lacking = [name for name, kind in kinds.items() if kind[-1] != "?" and name not in appel.envoie]
    if lacking:
        context.error(
            "argument_manquant",
            place,
            f"« {service.titre} » attend aussi : {', '.join(lacking)}.",
            "Ajoutez-les à « envoie ».",
        )


__all__ = ["check", "check_names"]
