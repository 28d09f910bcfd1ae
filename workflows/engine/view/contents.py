"""What a démarche holds besides its étapes: team, pièces, documents, events, corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from workflows.engine.expressions import ExpressionError
from workflows.engine.modele import Modele
from workflows.engine.produced import lines_of
from workflows.engine.services import under_way
from workflows.engine.state import (
    ActionState,
    Changement,
    CorrectionState,
    DemarcheState,
    Membre,
    ParticipantState,
    PieceState,
    TacheState,
)
from workflows.engine.view.fields import field_view, nature_of
from workflows.engine.view.paths import place_at, properties_of, without_internal
from workflows.engine.view.shapes import (
    ActionView,
    ChangementView,
    ChoixEnvoiView,
    CorrectionView,
    DocumentView,
    EvenementView,
    MembreView,
    ParticipantView,
    PieceView,
    PossibleDocument,
    PossibleLigne,
    TacheView,
    TagView,
    VersionView,
    shaped,
)
from workflows.engine.view.sight import Sight


def membre_view(sight: Sight, member: Membre) -> MembreView:
    """Someone of the team; who they are in the firm's accounts is for staff."""
    return shaped(
        MembreView,
        member,
        side=sight.modele.roles[member.role].cote if member.role in sight.modele.roles else "cabinet",
        user_id=member.user_id if sight.staff else None,
    )


def participant_view(sight: Sight, participant: ParticipantState) -> ParticipantView:
    """A participant; participants do not read each other's address."""
    return shaped(
        ParticipantView,
        participant,
        libelle=sight.modele.participants[participant.cle].libelle,
        email=participant.email if sight.reader.kind != "participant" else None,
    )


def tache_view(sight: Sight, tache: TacheState) -> TacheView:
    """A task, with who it falls to."""
    user_id = tache.assignee.user_id if tache.assignee else None
    own = sight.program.own_form(tache)
    return shaped(
        TacheView,
        tache,
        pour_nom=tache.assignee.nom if tache.assignee else sight.name(tache.pour),
        side=sight.modele.side(tache.pour),
        user_id=user_id if sight.staff else None,
        document_titre=sight.modele.documents[tache.document].titre if tache.document else None,
        formulaire=own.nom if own else None,
        a_moi=tache.open and sight.owes(tache.pour, user_id),
    )


def piece_view(sight: Sight, piece: PieceState) -> PieceView:
    """A pièce with its versions; what its checks found is for staff."""
    dropped = piece.awaited and sight.state.cycle in ("annulee", "refusee")
    return shaped(
        PieceView,
        piece,
        statut="sans_objet" if dropped else piece.statut,
        de_nom=sight.name(piece.de),
        controles=piece.controles if sight.staff else (),
        versions=tuple(
            shaped(VersionView, version, numero=i + 1) for i, version in enumerate(piece.versions)
        ),
        a_moi=piece.awaited and sight.owes(piece.de, None),
    )


def action_view(sight: Sight, action: ActionState) -> ActionView:
    """Something asked of the client side."""
    return shaped(
        ActionView,
        action,
        a_nom=sight.name(action.a),
        a_moi=action.statut == "attente_client" and sight.owes(action.a, None),
    )


def evenement_views(sight: Sight) -> Iterator[EvenementView]:
    """Events the démarche awaits from outside, or awaited, or will."""
    for etape in sight.modele.walk():
        for evenement in etape.evenements:
            known = sight.state.evenements.get(evenement.cle)
            if not sight.staff and (
                known is None or not known.visible_client or not sight.sees_key(evenement.de)
            ):
                continue
            statut = known.statut if known else "a_venir"
            yield EvenementView(
                cle=evenement.cle,
                titre=evenement.titre,
                description=evenement.description,
                etape=etape.cle,
                de=evenement.de,
                de_nom=sight.name(evenement.de),
                side=sight.modele.side(evenement.de),
                statut=statut,
                obligatoire=evenement.obligatoire,
                due_at=known.due_at if known else None,
                awaited_at=known.awaited_at if known else None,
                received_at=known.received_at if known else None,
                survenu_le=known.survenu_le if known else None,
                par=known.par if known else None,
                formulaire=evenement.formulaire,
                enregistrable=sight.staff
                and evenement.recu_si is None
                and sight.state.cycle == "ouverte"
                and sight.state.phase == "dossier"
                and statut != "recu",
                appel=_asked(sight, evenement.cle) if evenement.appel is not None else None,
            )


def _asked(sight: Sight, cle: str) -> Literal["en_cours", "possible"] | None:
    """The service that an event comes from is being asked, or may be."""
    if under_way(sight.state, cle):
        return "en_cours"
    known = sight.state.evenements.get(cle)
    if not sight.staff or known is None or sight.state.cycle != "ouverte":
        return None
    active = sight.state.etapes[known.etape].statut == "en_cours"
    return "possible" if active and known.statut in ("attendu", "echu") else None


def correction_view(sight: Sight, correction: CorrectionState) -> CorrectionView:
    """What is to be corrected in a form, and what changed since; internal fields are for staff."""
    schema = sight.program.bundle.forms.get(correction.formulaire, {})
    properties = properties_of(schema if sight.staff else without_internal(schema))
    return shaped(
        CorrectionView,
        correction,
        a_nom=sight.name(correction.a),
        changements=tuple(
            _changement(change, place.definition if place is not None else {})
            for change, place in (
                (change, place_at(properties, change.champ)) for change in correction.changements
            )
            if sight.staff or place is not None
        ),
        a_moi=sight.sent_back(correction.formulaire) and sight.owes(correction.a, None),
    )


def _changement(change: Changement, definition: Mapping[str, Any]) -> ChangementView:
    return shaped(
        ChangementView,
        change,
        avant=field_view(change.champ, definition, change.avant).valeur,
        apres=field_view(change.champ, definition, change.apres).valeur,
        nature=nature_of(definition),
    )


def possible_documents(sight: Sight) -> Iterator[PossibleDocument]:
    """What the reader may have made now; a document made per line, once a line has one."""
    program, state = sight.program, sight.state
    if not sight.staff or state.cycle != "ouverte" or state.phase != "dossier":
        return
    for cle, document in program.modele.documents.items():
        collection = program.modele.collections.get(document.pour_chaque or "")
        try:
            lines = lines_of(program, state, document)
        except ExpressionError:
            continue  # its condition cannot be told yet
        if collection is None or lines:
            yield PossibleDocument(
                cle=cle,
                titre=document.titre,
                collection=collection.libelle if collection is not None else None,
                lignes=tuple(PossibleLigne(id=line.id, nom=line.nom) for line in lines),
            )


def choix_envoi_views(sight: Sight) -> Iterator[ChoixEnvoiView]:
    """Questions that the firm answers anew for one document: those of a few known answers."""
    form = sight.modele.choix_envoi
    if form is None or not sight.staff:
        return
    for champ, definition in sight.program.bundle.forms[form].get("properties", {}).items():
        if "x-libelles" in definition:
            yield ChoixEnvoiView(
                champ=champ,
                libelle=definition["title"],
                valeurs=tuple(definition["x-libelles"].items()),
                actuel=sight.state.donnees.get(form, {}).get(champ),
            )


def tag_views(
    modele: Modele, state: DemarcheState, pieces: list[PieceState], documents: list[DocumentView]
) -> list[TagView]:
    ids = {document.id for document in documents if document.statut == "disponible"}
    counts = dict.fromkeys(modele.etiquettes, 0)
    for piece in pieces:
        if piece.etiquette in counts:
            counts[piece.etiquette] += bool(piece.versions)
    for document in state.documents.values():
        if document.etiquette in counts and document.id in ids and document.perime is None:
            counts[document.etiquette] += 1
    return [TagView(cle=cle, libelle=label, nombre=counts[cle]) for cle, label in modele.etiquettes.items()]
