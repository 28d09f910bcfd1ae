"""Moments, deadlines and reminders: their anchor is a date, and each keeps what it promises."""

from __future__ import annotations

from workflows.engine.modele import ActionClient, Etape, Evenement, Piece, Recurrence, Relance, Tache
from workflows.engine.moment import ENTRY, OPENING, Moment
from workflows.engine.namespaces import EVENEMENTS
from workflows.engine.placed import Place
from workflows.engine.verifier.collections import check_plan
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
        for index, action in enumerate(etape.actions_client):
            _moment(context, action.echeance, (*place, "actions_client", index, "echeance"))
        for index, evenement in enumerate(etape.evenements):
            _evenement(context, evenement, (*place, "evenements", index))
        if etape.recurrente is not None:
            _recurrence(context, etape, etape.recurrente, (*place, "recurrente"))
        if etape.retard is not None and etape.echeance is None:
            context.error(
                "retard_sans_echeance",
                (*place, "retard"),
                f"L’étape « {etape.cle} » dit quoi faire en retard, mais n’a pas d’échéance.",
                "Ajoutez « echeance: … », ou retirez « retard ».",
            )
        _check_heeded(context, etape, place)
        for index, relance in enumerate(etape.relances):
            _relance(context, etape, relance, (*place, "relances", index))


def _check_heeded(context: Context, etape: Etape, place: Place) -> None:
    """A deadline that passes is told to somebody: by `retard`, or by reminders and alarms of the étape."""
    told = etape.relances or etape.alertes
    if etape.echeance is not None and etape.retard is None and not told:
        context.warn(
            "echeance_sans_suite",
            (*place, "echeance"),
            f"Si « {etape.cle} » n’est pas finie à temps, personne n’est prévenu.",
            "Ajoutez « retard: {message: …, a: conseiller} », une alerte ou une relance.",
        )
    if told or (etape.echeance is not None and etape.retard is not None):
        return
    asked: list[tuple[Piece | ActionClient | Tache, str, Place]] = []
    asked += [(piece, piece.de, ("pieces", i)) for i, piece in enumerate(etape.pieces)]
    asked += [(action, action.a, ("actions_client", i)) for i, action in enumerate(etape.actions_client)]
    asked += [(tache, tache.pour, ("taches", i)) for i, tache in enumerate(etape.taches)]
    for item, who, inside in asked:
        if item.echeance is None or not item.obligatoire or context.modele.side(who) == "cabinet":
            continue  # the firm sees its own in its queue
        context.warn(
            "echeance_sans_suite",
            (*place, *inside, "echeance"),
            f"Si « {item.cle} » n’est pas là à temps, rien ne le rappelle à « {who} », et le cabinet n’en sait rien.",
            "Ajoutez une relance à l’étape, ou une échéance à l’étape avec « retard ».",
        )


def _evenement(context: Context, evenement: Evenement, place: Place) -> None:
    _moment(context, evenement.echeance, (*place, "echeance"))
    if evenement.sinon is not None and evenement.echeance is None and evenement.appel is None:
        context.error(
            "sinon_sans_echeance",
            (*place, "sinon"),
            f"« {evenement.cle} » dit quoi faire s’il ne vient pas, mais pas jusqu’à quand l’attendre.",
            "Ajoutez « echeance: entree + 15j », par exemple, ou retirez « sinon ».",
        )
    if evenement.sinon is None and evenement.echeance is not None:
        context.warn(
            "echeance_sans_suite",
            (*place, "echeance"),
            f"Si « {evenement.cle} » n’arrive pas à temps, personne n’est prévenu.",
            "Ajoutez « sinon: {message: …, a: conseiller} ».",
        )
    if evenement.sinon is None and evenement.echeance is None and evenement.obligatoire:
        context.warn(
            "attente_sans_fin",
            place,
            f"La démarche attendra « {evenement.cle} » sans limite, et sans que personne soit prévenu.",
            "Ajoutez « echeance » et « sinon », ou une alerte.",
        )


def _recurrence(context: Context, etape: Etape, recurrence: Recurrence, place: Place) -> None:
    if recurrence.tous_les.amount == 0 or recurrence.tous_les.unit in ("min", "h"):
        context.error(
            "recurrence_trop_frequente",
            (*place, "tous_les"),
            f"« {etape.cle} » reviendrait plusieurs fois par jour.",
            "Comptez en jours, en semaines ou en mois : 1mois.",
        )
    if etape.non_bloquante:
        context.warn(
            "recurrente_et_non_bloquante",
            place,
            f"« {etape.cle} » revient à intervalles réguliers : elle ne bloque déjà rien.",
            "Retirez « non_bloquante ».",
        )


def _moment(context: Context, moment: Moment | None, place: Place, dans: str | None = None) -> None:
    """`dans`: collection whose line the moment may start from."""
    if moment is None:
        return
    if moment.anchor in (ENTRY, OPENING):
        if moment.sign < 0 and moment.delay is not None and moment.delay.amount:
            context.error(
                "moment_passe",
                place,
                f"« {moment} » est toujours déjà passé.",
                f"Écrivez « {moment.anchor} + {moment.delay} », ou partez d’une date d’un formulaire.",
            )
        return
    namespace, _, name = moment.anchor.partition(".")
    if namespace == EVENEMENTS:
        if name not in context.modele.evenements:
            context.error(
                "ancre_inconnue",
                place,
                f"« {name} » n’est pas un événement de ce modèle.",
                context.close(name, context.modele.evenements),
            )
        return
    types = context.spaces.lignes.get(dans or "", context.types)
    field = types.field(moment.anchor) if "." in moment.anchor else None
    if field is None:
        context.error(
            "ancre_inconnue",
            place,
            f"« {moment.anchor} » n’est ni « entree », ni « ouverture », ni une date connue.",
            context.close(moment.anchor, [ENTRY, OPENING, *dates(types)]),
        )
    elif field.shape.label != "date":
        context.error(
            "ancre_sans_date",
            place,
            f"« {moment.anchor} » n’est pas une date ({field.shape.label}).",
            context.close(moment.anchor, dates(types)),
        )


def _relance(context: Context, etape: Etape, relance: Relance, place: Place) -> None:
    _moment(context, relance.quand, (*place, "quand"), relance.dans)
    check_plan(context, relance, place)
    if relance.dans is not None and relance.tant_que is None and relance.si is None:
        context.warn(
            "relance_sans_arret",
            place,
            f"« {relance.cle} » part pour chaque ligne, même pour celles qui n’appellent plus rien.",
            'Ajoutez « si », par exemple : ligne.statut == "a_payer".',
        )
    if relance.etalement is not None and relance.etalement.unit not in ("min", "h"):
        context.error(
            "etalement_trop_long",
            (*place, "etalement"),
            "Un étalement se compte en minutes ou en heures.",
            "Écrivez 2h, par exemple.",
        )
    if relance.maximum > 1 and relance.repeter is None:
        context.error(
            "relance_sans_repetition",
            (*place, "maximum"),
            f"« {relance.cle} » prévoit {relance.maximum} envois, mais pas l’intervalle.",
            "Ajoutez « repeter: 3j », par exemple, ou retirez « maximum ».",
        )
    if relance.repeter is not None and relance.maximum == 1:
        context.error(
            "relance_sans_fin",
            (*place, "repeter"),
            f"« {relance.cle} » se répète, mais ne dit pas combien de fois.",
            "Ajoutez « maximum: 3 », par exemple, ou retirez « repeter ».",
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
            f"Rien n’arrête « {relance.cle} » avant {relance.maximum} envois, même si la personne a répondu.",
            "Ajoutez « tant_que: pieces » (ou formulaires, taches, actions).",
        )
    if relance.repeter is not None and relance.repeter.unit in ("min", "h"):
        context.warn(
            "relance_trop_frequente",
            (*place, "repeter"),
            f"« {relance.cle} » peut partir plusieurs fois par jour.",
            "Comptez plutôt en jours : 2j, 3jo.",
        )
    owed = {
        "pieces": [piece.de for piece in etape.pieces],
        "formulaires": [form.par for form in etape.formulaires],
        "taches": [tache.pour for tache, _ in context.taches(etape, place[:-2])],
        "evenements": [event.de for event in etape.evenements],
    }
    known = (*context.modele.roles, *context.modele.participants)
    if relance.a in known and relance.tant_que in owed and relance.a not in owed[relance.tant_que]:
        context.error(
            "relance_sans_objet",
            (*place, "tant_que"),
            f"« {relance.cle} » ne partirait jamais : l’étape n’attend rien de ce genre de « {relance.a} ».",
            "Changez « tant_que » ou « a ».",
        )
