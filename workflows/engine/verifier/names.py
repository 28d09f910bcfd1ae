"""Names: everything a modèle names exists, and nothing has the same name twice."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.engine.expressions import LINE
from workflows.engine.modele import Etape, Evenement, Parallele, Piece, PourChaque, Signature
from workflows.engine.namespaces import CALCULS, EVENEMENTS
from workflows.engine.placed import Place
from workflows.engine.schedule import DUE, RECUR, WAIT
from workflows.engine.verifier.collections import check_asked, check_bounds
from workflows.engine.verifier.context import Context
from workflows.engine.verifier.reactions import check_reaction
from workflows.engine.verifier.services import check_names as check_services
from workflows.engine.verifier.shown import check_shown

TAKEN = frozenset((CALCULS, EVENEMENTS, LINE, "enfants", "lectures"))
"""Names that mean something in every modèle's expressions."""
STATUTS = frozenset(
    (
        "en_cours",
        "attente_client",
        "attente_documents",
        "recue",
        "analyse",
        "attente_infos",
        "suspendue",
        "termine",
    )
)
"""Statuses every démarche has without declaring them (DOS-27)."""


def check(context: Context) -> None:
    """Unknown and duplicate names."""
    _check_sides(context)
    _check_portail(context)
    _check_duplicates(context)
    for etape, place in context.etapes:
        _check_etape(context, etape, place)
    _check_collections(context)
    check_services(context)
    _check_demande(context)
    _check_choix_envoi(context)
    _check_documents(context)
    check_shown(context)
    _check_participants(context)
    _check_unused(context)


def _actors(context: Context) -> list[str]:
    return [*context.modele.roles, *context.modele.participants]


def _role_of_side(context: Context, key: str) -> str:
    """« client » is a side, not a person: who acts there; empty for any other word."""
    roles = [name for name, role in context.modele.roles.items() if role.cote == key]
    if not roles:
        return ""
    return f"Nommez qui agit de ce côté : {', '.join(f'« {name} »' for name in roles)}."


def _actor(context: Context, key: str | None, place: Place, *, acts: bool = False) -> None:
    """`key` is a role or a participant; `acts`: work is expected from it."""
    if key is None:
        return
    if key not in _actors(context):
        context.error(
            "personne_inconnue",
            place,
            f"« {key} » n’est ni un rôle ni un participant de ce modèle.",
            _role_of_side(context, key) or context.close(key, _actors(context)),
        )
    elif acts and key in context.modele.roles and context.modele.roles[key].cote == "tiers":
        context.error(
            "role_sans_titulaire",
            place,
            f"Personne ne tient le rôle « {key} » : un rôle de côté « tiers » n’a pas d’accès.",
            f"Déclarez « {key} » dans « participants », avec son courriel, et invitez-le.",
        )


def _check_sides(context: Context) -> None:
    modele = context.modele
    sides = {role.cote for role in modele.roles.values()}
    if "cabinet" not in sides:
        context.error(
            "sans_cabinet",
            ("roles",),
            "Aucun rôle n’est du côté du cabinet : personne ne suivrait cette démarche.",
            "Ajoutez un rôle avec « cote: cabinet », par exemple « conseiller ».",
        )
    if "client" not in sides and (modele.demande is not None or modele.portail.demandable):
        context.error(
            "sans_client",
            ("roles",),
            "Aucun rôle n’est du côté du client, alors qu’il peut demander cette démarche.",
            "Ajoutez un rôle avec « cote: client ».",
        )
    for key in modele.roles:
        if key in modele.participants:
            context.error(
                "nom_en_double",
                ("participants", key),
                f"« {key} » est à la fois un rôle et un participant.",
                "Changez l’un des deux noms.",
            )


def _check_portail(context: Context) -> None:
    """A client who does not see a démarche is asked nothing in it (MOD-08)."""
    modele = context.modele
    if modele.portail.visible:
        return
    if modele.demande is not None:
        context.error(
            "demande_cachee",
            ("portail", "visible"),
            "Le client ferait une demande qu’il ne verrait plus : elle n’est pas visible sur son portail.",
            "Écrivez « visible: true », ou retirez « demande ».",
        )
    for etape, place in context.etapes:
        if any(modele.roles[key].cote == "client" for key in etape.asks if key in modele.roles):
            context.error(
                "client_sans_portail",
                place,
                f"« {etape.titre} » demande quelque chose au client, qui ne voit pas cette démarche sur son portail.",
                "Écrivez « portail: {visible: true} », ou confiez-le à quelqu’un d’autre.",
            )
    _check_sent(context)


def _check_sent(context: Context) -> None:
    """What a modèle off the portal would send to the client: nothing of it leaves while the firm does not show them the
    démarche, which it may mean to do."""
    modele = context.modele
    clients = {key for key, role in modele.roles.items() if role.cote == "client"}
    places: list[Place] = [("cloture",)] if modele.cloture is not None and clients else []
    for etape, place in context.etapes:
        sent = [
            *(
                (one.a, (*place, "relances", n))
                for n, one in enumerate(etape.relances)
                if one.courriel or one.sms
            ),
            *((one.a, (*place, "alertes", n)) for n, one in enumerate(etape.alertes)),
            *((one.a, where) for one, where in context.consequences(etape, place)),
            *((one.a, (*place, "automatisations", n)) for n, one in enumerate(etape.automatisations)),
        ]
        places += [(*where, "a") for key, where in sent if key in clients]
    for where in places:
        context.warn(
            "envoi_sans_portail",
            where,
            "Cet envoi va au client, qui ne voit pas cette démarche : il ne partira que si le cabinet la lui montre.",
            "Écrivez « portail: {visible: true} », ou adressez-le à quelqu’un d’autre.",
        )


def _check_duplicates(context: Context) -> None:
    etapes: dict[str, Place] = {}
    for index, node in enumerate(context.modele.etapes):
        if isinstance(node, Parallele):
            _once(context, etapes, node.parallele, ("etapes", index, "parallele"), "Le bloc parallèle")
            for number, branch in enumerate(node.branches):
                if not branch:
                    context.error(
                        "branche_vide",
                        ("etapes", index, "branches", number),
                        "Cette branche n’a pas d’étape.",
                        "Ajoutez-y une étape, ou retirez la branche.",
                    )
    pieces: dict[str, Place] = {}
    evenements: dict[str, Place] = {}
    for etape, place in context.etapes:
        _once(context, etapes, etape.cle, (*place, "cle"), "L’étape")
        for index, piece in enumerate(etape.pieces):
            _once(context, pieces, piece.cle, (*place, "pieces", index, "cle"), "La pièce")
        for index, evenement in enumerate(etape.evenements):
            _once(context, evenements, evenement.cle, (*place, "evenements", index, "cle"), "L’événement")
        actions: dict[str, Place] = {}
        for action, where in context.actions(etape, place):
            _once(context, actions, action.cle, (*where, "cle"), "L’action client")
        taches: dict[str, Place] = {}
        for tache, where in context.taches(etape, place):
            # An automation may ask for the task of an alarm, in the very same words: they are one.
            shared = "automatisations" in where and any(alerte.tache == tache for alerte in etape.alertes)
            if not shared:
                _once(context, taches, tache.cle, (*where, "cle"), "La tâche")
        timers: dict[str, Place] = {
            DUE: (*place, "echeance"),
            WAIT: (*place, "attendre"),
            RECUR: (*place, "recurrente"),
        }
        for index, evenement in enumerate(etape.evenements):
            timers.setdefault(evenement.cle, (*place, "evenements", index, "cle"))
        for index, relance in enumerate(etape.relances):
            _once(context, timers, relance.cle, (*place, "relances", index, "cle"), "La relance")
        for index, alerte in enumerate(etape.alertes):
            _once(context, timers, alerte.cle, (*place, "alertes", index, "cle"), "L’alerte ou la relance")
        forms: dict[str, Place] = {}
        for index, form in enumerate(etape.formulaires):
            _once(context, forms, form.nom, (*place, "formulaires", index, "nom"), "Le formulaire")


def _once(context: Context, seen: dict[str, Place], key: str, place: Place, what: str) -> None:
    if key in seen:
        line = context.resolved.loaded.places.value(seen[key])[0]
        context.error(
            "nom_en_double",
            place,
            f"{what} « {key} » existe déjà (ligne {line}).",
            "Donnez-lui un autre nom.",
        )
    else:
        seen[key] = place


def _check_etape(context: Context, etape: Etape, place: Place) -> None:
    modele = context.modele
    _actor(context, etape.responsable, (*place, "responsable"))
    for index, reader in enumerate(etape.voient or ()):
        _actor(context, reader, (*place, "voient", index))
    _statut(context, etape.statut, (*place, "statut"))
    if etape.colonne is not None and etape.colonne not in modele.colonnes:
        context.error(
            "colonne_inconnue",
            (*place, "colonne"),
            f"« {etape.colonne} » n’est pas dans « colonnes ».",
            context.close(etape.colonne, modele.colonnes),
        )
    for index, form in enumerate(etape.formulaires):
        where = (*place, "formulaires", index)
        _form(context, form.nom, (*where, "nom"))
        _actor(context, form.par, (*where, "par"), acts=True)
        for number, reader in enumerate(form.voient or ()):
            _actor(context, reader, (*where, "voient", number))
    for index, wanted in enumerate(etape.collections):
        _actor(context, wanted.par, (*place, "collections", index, "par"), acts=True)
    check_asked(context, etape, place)
    if isinstance(etape, PourChaque):
        context.collection(etape.dans, (*place, "dans"))
    for tache, where in context.taches(etape, place):
        _actor(context, tache.pour, (*where, "pour"), acts=True)
        _document(context, tache.document, (*where, "document"))
        if tache.tant_que is not None and tache not in etape.taches:
            context.error(
                "tant_que_hors_etape",
                (*where, "tant_que"),
                "« tant_que » ne vaut que pour une tâche de l’étape : celle-ci naît de ce qui l’appelle.",
                "Écrivez-la dans « taches » de l’étape, ou retirez « tant_que ».",
            )
        asked = {form.nom for form in etape.formulaires if form.par == tache.pour}
        if tache.formulaire is not None and tache.formulaire not in asked:
            context.error(
                "formulaire_hors_etape",
                (*where, "formulaire"),
                f"« {tache.formulaire} » n’est pas un formulaire de cette étape que remplit « {tache.pour} ».",
                "Ajoutez-le aux « formulaires » de l’étape, « par » la personne de la tâche.",
            )
    for index, piece in enumerate(etape.pieces):
        where = (*place, "pieces", index)
        _actor(context, piece.de, (*where, "de"), acts=True)
        _tag(context, piece.etiquette, (*where, "etiquette"))
        _serves_again(context, piece, where)
    for index, relance in enumerate(etape.relances):
        where = (*place, "relances", index)
        written = relance.courriel is not None or relance.sms is not None
        _actor(context, relance.a, (*where, "a"), acts=written)
        _document(context, relance.document, (*where, "document"))
        if relance.sms is not None:
            _has_number(context, relance.a, (*where, "sms"))
        context.collection(relance.dans, (*where, "dans"))
        context.collection(relance.paliers, (*where, "paliers"))
        if relance.escalade is not None:
            _actor(context, relance.escalade.a, (*where, "escalade", "a"), acts=True)
            _has_notices(context, relance.escalade.a, (*where, "escalade", "a"))
    for index, alerte in enumerate(etape.alertes):
        where = (*place, "alertes", index)
        _actor(context, alerte.a, (*where, "a"), acts=True)
        if alerte.courriel is None:
            _has_notices(context, alerte.a, (*where, "a"))
    for consequence, where in context.consequences(etape, place):
        _actor(context, consequence.a, (*where, "a"), acts=True)
        if consequence.courriel is None:
            _has_notices(context, consequence.a, (*where, "a"))
        _statut(context, consequence.statut, (*where, "statut"))
        if consequence.sms is not None:
            _has_number(context, consequence.a, (*where, "sms"))
    for action, where in context.actions(etape, place):
        _actor(context, action.a, (*where, "a"), acts=True)
        if action.a in modele.roles and modele.roles[action.a].cote == "cabinet":
            context.error(
                "action_au_cabinet",
                (*where, "a"),
                f"Une action client s’adresse au client, pas à « {action.a} ».",
                "Faites-en une tâche, ou adressez-la à un rôle du client.",
            )
    for index, evenement in enumerate(etape.evenements):
        _check_evenement(context, evenement, (*place, "evenements", index))
    for index, automatisation in enumerate(etape.automatisations):
        where = (*place, "automatisations", index)
        _actor(context, automatisation.a, (*where, "a"), acts=True)
        _document(context, automatisation.document, (*where, "document"))
        check_reaction(context, etape, automatisation, where)
        for key in automatisation.lignes:
            context.collection(key, (*where, "lignes", key))
        for key, given in automatisation.statuts_lignes.items():
            collection = context.collection(key, (*where, "statuts_lignes", key))
            if collection is not None and given.statut not in collection.statuts:
                context.error(
                    "statut_inconnu",
                    (*where, "statuts_lignes", key, "statut"),
                    f"« {given.statut} » n’est pas un statut des lignes de « {key} ».",
                    context.close(given.statut, collection.statuts),
                )
        _statut(context, automatisation.statut, (*where, "statut"))
        if automatisation.sms is not None and automatisation.a is not None:
            _has_number(context, automatisation.a, (*where, "sms"))
        if automatisation.message is not None and automatisation.a is not None:
            _has_notices(context, automatisation.a, (*where, "message"))
        if automatisation.inviter is not None and automatisation.inviter not in modele.participants:
            context.error(
                "participant_inconnu",
                (*where, "inviter"),
                f"« {automatisation.inviter} » n’est pas un participant de ce modèle.",
                context.close(automatisation.inviter, modele.participants),
            )


def _check_collections(context: Context) -> None:
    modele = context.modele
    for alias, key in [
        *((a, "formulaires") for a in modele.formulaires),
        *((a, "services") for a in modele.services),
    ]:
        if alias in TAKEN:
            context.error(
                "nom_en_double",
                (key, alias),
                f"« {alias} » désigne déjà autre chose dans les expressions.",
                "Donnez-lui un autre nom.",
            )
    for key, collection in modele.collections.items():
        place: Place = ("collections", key)
        if key in modele.formulaires or key in TAKEN:
            context.error(
                "nom_en_double",
                place,
                f"« {key} » désigne déjà autre chose dans les expressions.",
                "Donnez un autre nom à la collection.",
            )
        for name, people in (("gerent", collection.gerent), ("voient", collection.voient)):
            for index, who in enumerate(people):
                _actor(context, who, (*place, name, index))
        for statut, described in collection.statuts.items():
            for index, who in enumerate(described.par):
                _actor(context, who, (*place, "statuts", statut, "par", index))
        check_bounds(context, collection, place)
    for index, issue in enumerate(modele.issues):
        _statut(context, issue.statut, ("issues", index, "statut"))
    for key, fait in modele.faits.items():
        if fait.formulaire is not None:
            _form(context, fait.formulaire, ("faits", key, "formulaire"))
        if fait.evenement is not None and fait.evenement not in modele.evenements:
            context.error(
                "evenement_inconnu",
                ("faits", key, "evenement"),
                f"Aucune étape n’attend l’événement « {fait.evenement} ».",
                context.close(fait.evenement, modele.evenements),
            )
        if fait.piece is not None:
            asked = {piece.cle for etape in modele.walk() for piece in etape.pieces}
            if fait.piece not in asked:
                context.error(
                    "piece_inconnue",
                    ("faits", key, "piece"),
                    f"Aucune étape ne demande la pièce «\u00a0{fait.piece}\u00a0».",
                    context.close(fait.piece, asked),
                )
        context.collection(fait.ajoute, ("faits", key, "ajoute"))


def _statut(context: Context, key: str | None, place: Place) -> None:
    known = {*context.modele.statuts, *STATUTS}
    if key is not None and key not in known:
        context.error(
            "statut_inconnu", place, f"Le statut « {key} » n’existe pas.", context.close(key, known)
        )


def _check_evenement(context: Context, evenement: Evenement, place: Place) -> None:
    modele = context.modele
    _actor(context, evenement.de, (*place, "de"))
    if evenement.de in modele.roles and modele.roles[evenement.de].cote == "cabinet":
        context.error(
            "evenement_du_cabinet",
            (*place, "de"),
            f"« {evenement.cle} » vient du dehors, pas du cabinet.",
            "Faites-en une tâche, ou dites de qui il vient : un rôle « cote: tiers », par exemple.",
        )
    if evenement.formulaire is not None and evenement.appel is None:
        _form(context, evenement.formulaire, (*place, "formulaire"))
    here = next(etape for etape, _ in context.etapes if evenement in etape.evenements)
    pieces = [piece.cle for piece in here.pieces]
    if evenement.piece is not None and evenement.piece not in pieces:
        context.error(
            "piece_inconnue",
            (*place, "piece"),
            f"« {evenement.piece} » n’est pas une pièce de l’étape « {here.cle} ».",
            context.close(evenement.piece, pieces),
        )
    if evenement.formulaire is not None and (evenement.piece or evenement.recu_si):
        context.error(
            "evenement_sans_reponse",
            (*place, "formulaire"),
            f"« {evenement.cle} » peut se constater sans que personne remplisse son formulaire.",
            "Demandez ce formulaire dans l’étape, ou retirez « piece » et « recu_si ».",
        )
    target = evenement.sinon.retour if evenement.sinon is not None else None
    if target is None:
        return
    order = [etape.cle for etape, _ in context.etapes]
    where = (*place, "sinon", "retour")
    if target not in order:
        context.error(
            "etape_inconnue", where, f"L’étape « {target} » n’existe pas.", context.close(target, order)
        )
    elif order.index(target) >= order.index(here.cle):
        context.error(
            "retour_en_avant",
            where,
            f"« {target} » ne vient pas avant l’étape « {here.cle} » : on ne peut y revenir.",
            "Nommez une étape d’avant.",
        )


def _has_number(context: Context, key: str, place: Place) -> None:
    """An SMS goes to the client's own number, or to that of a participant."""
    participant = context.modele.participants.get(key)
    if participant is not None and participant.telephone is None:
        context.error(
            "participant_sans_telephone",
            place,
            f"« {key} » n’a pas de numéro : ce SMS ne partirait pas.",
            f"Ajoutez « telephone » au participant « {key} ».",
        )
    elif key in context.modele.roles and context.modele.roles[key].cote != "client":
        context.error(
            "sms_sans_destinataire",
            place,
            "Un SMS va au client ou à un participant.",
            "Pour le cabinet, écrivez un message ou une tâche.",
        )


def _has_notices(context: Context, key: str, place: Place) -> None:
    if key in context.modele.participants:
        context.error(
            "personne_sans_compte",
            place,
            f"« {key} » n’a pas de compte : ce message ne lui parviendrait pas.",
            "Adressez-le à un rôle, ou ajoutez un courriel.",
        )


def _form(context: Context, alias: str, place: Place) -> None:
    if alias not in context.modele.formulaires:
        context.error(
            "formulaire_inconnu",
            place,
            f"« {alias} » n’est pas dans « formulaires ».",
            context.close(alias, context.modele.formulaires),
        )


def _document(context: Context, key: str | None, place: Place) -> None:
    if key is not None and key not in context.modele.documents:
        context.error(
            "document_inconnu",
            place,
            f"« {key} » n’est pas dans « documents ».",
            context.close(key, context.modele.documents),
        )


def _tag(context: Context, key: str | None, place: Place) -> None:
    if key is not None and key not in context.modele.etiquettes:
        context.error(
            "etiquette_inconnue",
            place,
            f"« {key} » n’est pas dans « etiquettes ».",
            context.close(key, context.modele.etiquettes),
        )


def _check_choix_envoi(context: Context) -> None:
    if context.modele.choix_envoi is not None:
        _form(context, context.modele.choix_envoi, ("choix_envoi",))


def _serves_again(context: Context, piece: Piece, place: Place) -> None:
    """GED-15: what is known of a pièce that may serve in other démarches."""
    if piece.type is None and piece.validite is not None:
        context.error(
            "validite_sans_type",
            (*place, "validite"),
            f"Sans «\u00a0type\u00a0», «\u00a0{piece.titre}\u00a0» n’est proposée à aucune autre démarche.",
            "Ajoutez «\u00a0type\u00a0», par exemple «\u00a0avis_imposition\u00a0», ou retirez «\u00a0validite\u00a0».",
        )
    role = context.modele.roles.get(piece.de)
    participant = context.modele.participants.get(piece.de)
    if piece.type is None or (role is None and participant is None):
        return
    if role.cote != "client" if role else participant is None or participant.est_client is None:
        context.warn(
            "type_sans_effet",
            (*place, "type"),
            f"«\u00a0{piece.de}\u00a0» n’est pas le client\u00a0: ce qu’il donne ne lui est pas proposé ailleurs.",
            "Retirez «\u00a0type\u00a0», ou faites fournir la pièce par un rôle «\u00a0cote: client\u00a0».",
        )


def _check_demande(context: Context) -> None:
    if context.modele.demande is None:
        return
    _form(context, context.modele.demande.formulaire, ("demande", "formulaire"))
    relance = context.modele.demande.relance
    if relance is not None and relance.escalade is not None:
        _actor(context, relance.escalade.a, ("demande", "relance", "escalade", "a"), acts=True)
        _has_notices(context, relance.escalade.a, ("demande", "relance", "escalade", "a"))
    if not context.modele.portail.demandable:
        context.warn(
            "demande_hors_catalogue",
            ("demande",),
            "La phase de demande est prévue, mais le client ne peut pas demander cette démarche.",
            "Écrivez « portail: {demandable: true} », ou retirez « demande ».",
        )


def _check_signature(context: Context, signature: Signature, place: Place) -> None:
    for index, who in enumerate(signature.par):
        _actor(context, who, (*place, "par", index))
    fait = context.modele.faits.get(signature.fait)
    if fait is None or fait.evenement is None:
        told = {key for key, each in context.modele.faits.items() if each.evenement is not None}
        context.error(
            "fait_de_signature",
            (*place, "fait"),
            f"«\u00a0{signature.fait}\u00a0» n’est pas un fait qui annonce un événement attendu.",
            context.close(signature.fait, told),
        )


def _check_documents(context: Context) -> None:
    for key, document in context.modele.documents.items():
        place: Place = ("documents", key)
        if document.signature is not None:
            _check_signature(context, document.signature, (*place, "signature"))
        _tag(context, document.etiquette, (*place, "etiquette"))
        for index, reader in enumerate(document.visible):
            _actor(context, reader, (*place, "visible", index))
        for reader in document.visible_si:
            _actor(context, reader, (*place, "visible_si", reader))
        if document.pour_chaque is not None and document.pour_chaque not in context.modele.collections:
            context.error(
                "collection_inconnue",
                (*place, "pour_chaque"),
                f"« {document.pour_chaque} » n’est pas dans « collections ».",
                context.close(document.pour_chaque, context.modele.collections),
            )
        if document.modele is None and not document.variantes:
            context.error(
                "document_sans_modele",
                place,
                f"Le document « {key} » n’a ni « modele » ni « variantes ».",
                "Dites de quel modèle il vient.",
            )


def _check_participants(context: Context) -> None:
    """A participant from whom something is expected has received a link by then."""
    invited: set[str] = set()
    ever = {
        automatisation.inviter
        for etape, _ in context.etapes
        for automatisation in etape.automatisations
        if automatisation.inviter
    }
    for etape, place in context.etapes:
        invited |= {a.inviter for a in etape.automatisations if a.inviter and a.quand == "entree"}
        for key, where in _expected(context, etape, place):
            if key not in context.modele.participants or key in invited:
                continue
            if key not in ever:
                context.error(
                    "participant_jamais_invite",
                    where,
                    f"« {key} » doit agir, mais aucune étape ne l’invite.",
                    f"Ajoutez à l’étape une automatisation avec « inviter: {key} » et son courriel.",
                )
            else:
                context.warn(
                    "participant_invite_plus_tard",
                    where,
                    f"« {key} » doit agir ici, mais n’est invité qu’ensuite.",
                    "Invitez-le à l’entrée de cette étape ou d’une étape d’avant.",
                )
        invited |= {a.inviter for a in etape.automatisations if a.inviter}


def _expected(context: Context, etape: Etape, place: Place) -> Iterable[tuple[str, Place]]:
    for index, form in enumerate(etape.formulaires):
        yield form.par, (*place, "formulaires", index, "par")
    for index, wanted in enumerate(etape.collections):
        yield wanted.par, (*place, "collections", index, "par")
    for index, piece in enumerate(etape.pieces):
        yield piece.de, (*place, "pieces", index, "de")
    for action, where in context.actions(etape, place):
        yield action.a, (*where, "a")
    for tache, where in context.taches(etape, place):
        yield tache.pour, (*where, "pour")


def _check_unused(context: Context) -> None:
    modele = context.modele
    used = {form.nom for etape, _ in context.etapes for form in etape.formulaires}
    used |= {event.formulaire for event in modele.evenements.values() if event.formulaire}
    used |= {fait.formulaire for fait in modele.faits.values() if fait.formulaire}
    if modele.demande is not None:
        used.add(modele.demande.formulaire)
    for alias in modele.formulaires:
        if alias not in used and not modele.enfant:
            context.warn(
                "formulaire_inutile",
                ("formulaires", alias),
                f"Aucune étape ne demande le formulaire « {alias} ».",
                "Attachez-le à une étape, ou retirez-le.",
            )
    given = {etape.statut for etape, _ in context.etapes}
    given |= {a.statut for etape, _ in context.etapes for a in etape.automatisations}
    given |= {issue.statut for issue in modele.issues}
    given |= {c.statut for etape, place in context.etapes for c, _ in context.consequences(etape, place)}
    for key in modele.statuts:
        # A key of the shared statuses renames what the engine itself shows.
        if key not in STATUTS and key not in given:
            context.warn(
                "statut_inutile",
                ("statuts", key),
                f"Aucune étape ne prend le statut « {key} ».",
                "Nommez-le dans une étape (« statut: … »), ou retirez-le.",
            )
    acting = {key for etape, place in context.etapes for key, _ in _expected(context, etape, place)}
    for key in modele.participants:
        invited = any(a.inviter == key for etape, _ in context.etapes for a in etape.automatisations)
        if key not in acting and not invited:
            context.warn(
                "participant_inutile",
                ("participants", key),
                f"Rien n’est attendu de « {key} », et personne ne l’invite.",
                "Retirez-le, ou donnez-lui une part.",
            )
