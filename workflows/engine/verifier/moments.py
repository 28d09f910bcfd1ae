"""Moments, deadlines and reminders: their anchor is a date, and each keeps what it promises."""

from __future__ import annotations

from workflows.engine.modele import Etape, Relance
from workflows.engine.moment import ENTRY, OPENING, Moment
from workflows.engine.placed import Place
from workflows.engine.verifier.context import Context
from workflows.engine.verifier.data import dates


def check(context: Context) -> None:
    """Every moment of every étape."""
    for etape, place in context.etapes:
        _moment(context, etape.echeance, (*place, "echeance"))
        _moment(context, etape.attendre, (*place, "attendre"))
        for tache, where in context.taches(etape, place):
            _moment(context, tache.echeance, (*where, "echeance"))
        for index, piece in enumerate(etape.pieces):
            _moment(context, piece.echeance, (*place, "pieces", index, "echeance"))
        for index, alerte in enumerate(etape.alertes):
            _moment(context, alerte.quand, (*place, "alertes", index, "quand"))
        if etape.retard is not None and etape.echeance is None:
            context.error(
                "retard_sans_echeance",
                (*place, "retard"),
                f"L’étape « {etape.cle} » dit quoi faire en retard, mais n’a pas d’échéance.",
                "Ajoutez « echeance: … », ou retirez « retard ».",
            )
        for index, relance in enumerate(etape.relances):
            _relance(context, etape, relance, (*place, "relances", index))


def _moment(context: Context, moment: Moment | None, place: Place) -> None:
    if moment is None:
        return
    if moment.anchor in (ENTRY, OPENING):
        if moment.sign < 0 and moment.delay is not None and moment.delay.amount:
            context.error(
                "moment_passe",
                place,
                f"« {moment} » est toujours déjà passé.",
                f"Écrivez « {moment.anchor} + {moment.delay} », ou partez d’une date d’un formulaire.",
            )
        return
    field = context.types.field(moment.anchor) if "." in moment.anchor else None
    if field is None:
        context.error(
            "ancre_inconnue",
            place,
            f"« {moment.anchor} » n’est ni « entree », ni « ouverture », ni une date connue.",
            context.close(moment.anchor, [ENTRY, OPENING, *dates(context)]),
        )
    elif field.shape.label != "date":
        context.error(
            "ancre_sans_date",
            place,
            f"« {moment.anchor} » n’est pas une date ({field.shape.label}).",
            context.close(moment.anchor, dates(context)),
        )


def _relance(context: Context, etape: Etape, relance: Relance, place: Place) -> None:
    _moment(context, relance.quand, (*place, "quand"))
    if relance.maximum > 1 and relance.repeter is None:
        context.error(
            "relance_sans_repetition",
            (*place, "maximum"),
            f"« {relance.cle} » prévoit {relance.maximum} envois, mais pas l’intervalle.",
            "Ajoutez « repeter: 3j », par exemple, ou retirez « maximum ».",
        )
    if relance.repeter is not None and relance.maximum == 1:
        context.error(
            "relance_sans_fin",
            (*place, "repeter"),
            f"« {relance.cle} » se répète, mais ne dit pas combien de fois.",
            "Ajoutez « maximum: 3 », par exemple, ou retirez « repeter ».",
        )
    if relance.repeter is not None and relance.repeter.amount == 0:
        context.error(
            "relance_sans_fin",
            (*place, "repeter"),
            "Une relance ne peut se répéter sans délai.",
            "Écrivez 3j.",
        )
    if (
        relance.repeter is not None
        and relance.maximum > 1
        and relance.tant_que is None
        and relance.si is None
    ):
        context.warn(
            "relance_sans_arret",
            place,
            f"Rien n’arrête « {relance.cle} » avant {relance.maximum} envois, même si la personne a répondu.",
            "Ajoutez « tant_que: pieces » (ou formulaires, taches, actions).",
        )
    if relance.repeter is not None and relance.repeter.unit in ("min", "h"):
        context.warn(
            "relance_trop_frequente",
            (*place, "repeter"),
            f"« {relance.cle} » peut partir plusieurs fois par jour.",
            "Comptez plutôt en jours : 2j, 3jo.",
        )
    owed = {
        "pieces": [piece.de for piece in etape.pieces],
        "formulaires": [form.par for form in etape.formulaires],
        "taches": [tache.pour for tache, _ in context.taches(etape, place[:-2])],
    }
    if relance.tant_que in owed and relance.a not in owed[relance.tant_que]:
        context.error(
            "relance_sans_objet",
            (*place, "tant_que"),
            f"« {relance.cle} » ne partirait jamais : l’étape n’attend rien de ce genre de « {relance.a} ».",
            "Changez « tant_que » ou « a ».",
        )
