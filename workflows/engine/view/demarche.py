"""`view`: a démarche as one reader may see it.

Pure: given a state folded up to a past event, it tells what that reader saw then.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from workflows.engine.forecast import end_of
from workflows.engine.program import Program, lookup
from workflows.engine.state import DemarcheState
from workflows.engine.view.contents import (
    action_view,
    choix_envoi_views,
    correction_view,
    evenement_views,
    membre_view,
    participant_view,
    piece_view,
    possible_documents,
    tache_view,
    tag_views,
)
from workflows.engine.view.etapes import (
    badge_view,
    bandeau_marks,
    etape_view,
    kanban_view,
    parallel_blocks,
    place_views,
    wait_view,
)
from workflows.engine.view.fields import data_views, label_of
from workflows.engine.view.figures import (
    Readings,
    compteur_views,
    kept_for_later,
    lecture_views,
    onglet_views,
)
from workflows.engine.view.lines import collection_view, proposing, wanted_lines
from workflows.engine.view.paliers import palier_views
from workflows.engine.view.shapes import (
    Choice,
    CorrectionView,
    Counts,
    DemarcheView,
    DocumentView,
    KeyDate,
    LigneView,
    ParentView,
    PieceView,
    StatutView,
    shaped,
)
from workflows.engine.view.sight import Reader, Sight
from workflows.engine.waiting import current_etape, of_children, progress, turn_of, waits


def view(program: Program, state: DemarcheState, reader: Reader, day: date | None = None) -> DemarcheView:
    """What `reader` may see of the démarche. Access to the démarche itself is checked before.

    `day`: the civil day its readings are of; without it there are none.
    """
    program = program.of(state)
    modele = program.modele
    sight = Sight(program, state, reader)
    readings = Readings(sight, day)
    awaited = waits(program, state)
    found = [wait for wait in awaited if sight.sees_wait(wait)]
    turn, waiting = turn_of(awaited or of_children(program, state))
    etapes = [
        etape
        for etape in modele.walk()
        if state.etapes[etape.cle].statut != "sans_objet"
        and sight.sees_etape(etape)
        and not program.ruled_out(etape, state)
    ]
    blocks = parallel_blocks(modele)
    # A failure is of no more use once the document was asked for again.
    last = {(d.cle, d.ligne): d.id for d in state.documents.values()}
    documents = [
        shaped(DocumentView, d, signature=sight.is_signed(d), a_signer=sight.may_send_to_sign(d))
        for d in state.documents.values()
        if sight.sees_document(d) and (d.statut != "echec" or last[d.cle, d.ligne] == d.id)
    ]
    pieces = [piece for piece in state.pieces.values() if sight.sees_key(piece.de)]
    taches = [
        t for t in state.taches.values() if sight.staff or (t.visible_client and sight.sees_key(t.pour))
    ]
    here = current_etape(program, state)
    current = next((i + 1 for i, e in enumerate(etapes) if here and e.cle == here.cle), 0)
    custom = modele.statuts.get(state.statut)
    dues = [e.due_at for e in state.active if e.due_at]
    later = kept_for_later(sight)
    # A role that a service of the outside plays: nothing can be given to it, nor written.
    services = {event.de for event in modele.evenements.values() if event.appel is not None}
    watched = program.watched(state)
    to_come = watched if state.cycle == "ouverte" and not (watched and day and watched < day) else None
    return DemarcheView(
        id=state.demarche_id,
        seq=state.seq,
        reference=state.reference,
        titre=state.titre,
        description=modele.description,
        modele=modele.modele,
        modele_titre=modele.titre,
        categorie=modele.categorie,
        icone=modele.icone,
        client_id=state.client_id,
        client_nom=state.client_nom,
        phase=state.phase,
        cycle=state.cycle,
        statut=StatutView(
            cle=state.statut,
            libelle=program.statut_label(state),
            couleur=custom.couleur if custom else None,
            icone=custom.icone if custom else None,
        ),
        motif=state.motif,
        turn=turn,
        attendu=wait_view(sight, waiting) if waiting and sight.sees_wait(waiting) else None,
        progression=progress(program, state),
        etape_rang=current,
        etapes_total=len(etapes),
        opened_at=state.opened_at,
        closed_at=state.closed_at,
        suspended_at=state.suspended_at,
        due_at=min(dues, default=None),
        # One date to come: the end only where none is watched.
        fin_prevue=end_of(program, state, etapes) if reader.kind != "participant" and not watched else None,
        prochaine_echeance=to_come if reader.kind != "participant" else None,
        priorite=state.priorite if sight.staff else None,
        prix=state.prix if reader.kind != "participant" else None,
        prix_mention=state.prix_mention,
        prix_pack=modele.prix.pack if modele.prix and reader.kind != "participant" else None,
        colonne=kanban_view(sight),
        badge=badge_view(sight, here.cle if here and state.cycle == "ouverte" else None),
        bandeau=tuple(bandeau_marks(sight)) if reader.kind != "participant" else (),
        onglets=tuple(onglet_views(sight)),
        plan_relance=tuple(palier_views(sight)),
        chiffres=tuple(compteur_views(sight)),
        equipe=tuple(membre_view(sight, m) for m in (*state.equipe, *state.renforts)),
        participants=tuple(
            participant_view(sight, p) for p in state.participants.values() if sight.sees_key(p.cle)
        ),
        au_portail=program.on_portal(state),
        etapes=tuple(
            etape_view(sight, etape, rang + 1, blocks.get(etape.cle), found)
            for rang, etape in enumerate(etapes)
        ),
        places=tuple(place_views(sight)),
        attentes=tuple(wait_view(sight, wait) for wait in found),
        taches=tuple(tache_view(sight, t) for t in taches),
        pieces=tuple(piece_view(sight, p) for p in pieces),
        actions=tuple(action_view(sight, a) for a in state.actions.values() if sight.sees_key(a.a)),
        corrections=tuple(
            correction_view(sight, c) for c in state.corrections.values() if sight.reads_form(c.formulaire)
        ),
        evenements=tuple(evenement_views(sight)),
        documents=tuple(documents),
        documents_possibles=tuple(possible_documents(sight)),
        choix_envoi=tuple(choix_envoi_views(sight)),
        pieces_connues=tuple(dict.fromkeys(p.titre for p in modele.pieces())) if sight.staff else (),
        livrables=tuple(d for d in documents if d.final and d.statut == "disponible" and d.perime is None),
        etiquettes=tuple(tag_views(modele, state, pieces, documents)),
        compteurs=Counts(
            taches_ouvertes=sum(t.open for t in taches),
            pieces_validees=sum(p.statut in ("valide", "pris_en_compte") for p in pieces),
            pieces_total=sum(p.statut != "sans_objet" for p in pieces),
            pieces_a_valider=sum(p.to_check for p in pieces),
            documents=sum(d.statut == "disponible" for d in documents) + sum(len(p.versions) for p in pieces),
        ),
        lectures=tuple(lecture_views(sight, readings, later)),
        paiement=modele.paiement is not None and sight.staff,
        collections=tuple(
            collection_view(sight, readings, cle, collection)
            for cle, collection in modele.collections.items()
            if sight.sees_collection(collection)
            and (state.collections.get(cle) or cle not in later or wanted_lines(sight, cle))
        ),
        dates_cles=tuple(
            KeyDate(champ=champ, libelle=label_of(program, champ), valeur=lookup(state.donnees, champ))
            for champ in modele.dates_cles
        )
        if reader.kind != "participant"
        else (),
        donnees=tuple(data_views(sight)),
        roles=tuple(
            Choice(cle=key, libelle=modele.actor_label(key), side=modele.side(key))
            for key in (*modele.roles, *modele.participants)
            if key not in services
        )
        if sight.staff
        else (),
        parent=ParentView(demarche_id=state.parent.demarche_id, ligne=state.parent.ligne)
        if state.parent and reader.kind != "participant"
        else None,
        horloge=state.horloge is not None,
    )


def form_seen(program: Program, state: DemarcheState, reader: Reader, formulaire: str) -> dict[str, Any]:
    """The schema of a form as this reader fills it."""
    return proposing(Sight(program, state, reader), program.bundle.forms[formulaire])


def lines_seen(program: Program, state: DemarcheState, reader: Reader, cle: str) -> tuple[LigneView, ...]:
    """The lines of one collection as this reader sees them, without the rest of the view."""
    program = program.of(state)
    sight = Sight(program, state, reader)
    collection = program.modele.collections.get(cle)
    if collection is None or not sight.sees_collection(collection):
        return ()
    return collection_view(sight, Readings(sight, None), cle, collection).lignes


def pieces_seen(program: Program, state: DemarcheState, reader: Reader) -> tuple[PieceView, ...]:
    """The pièces of `view` alone: for a page that shows those of many démarches."""
    sight = Sight(program, state, reader)
    return tuple(piece_view(sight, piece) for piece in state.pieces.values() if sight.sees_key(piece.de))


def correction_seen(
    program: Program, state: DemarcheState, formulaire: str, reader: Reader
) -> CorrectionView | None:
    """The correction of one form, as `view` shows it."""
    correction = state.corrections.get(formulaire)
    sight = Sight(program, state, reader)
    return correction_view(sight, correction) if correction and sight.reads_form(formulaire) else None
