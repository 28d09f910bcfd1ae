"""The timeline: étapes, who is awaited, banner, badge and column of the board."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from workflows.engine.arrangement import ahead, begun, behind
from workflows.engine.modele import Etape, Modele, Parallele
from workflows.engine.state import ReglageEtape
from workflows.engine.view.lines import enfant_view
from workflows.engine.view.shapes import (
    BadgeView,
    EtapeView,
    FormView,
    KanbanView,
    PlaceView,
    ReglageView,
    RepereView,
    WaitView,
    shaped,
)
from workflows.engine.view.sight import Sight
from workflows.engine.waiting import Wait, column_of, of_children, part_done, turn_of


def wait_view(sight: Sight, wait: Wait) -> WaitView:
    """Someone or something awaited."""
    return shaped(WaitView, wait, a_moi=sight.owes(wait.key, wait.user_id))


def etape_view(sight: Sight, etape: Etape, rang: int, block: str | None, found: list[Wait]) -> EtapeView:
    """An étape of the timeline. `block`: title of its parallel block; `found`: what the reader sees awaited."""
    current = sight.state.etapes[etape.cle]
    mine = [wait for wait in found if wait.etape == etape.cle]
    over = current.statut in ("valide", "passee")
    # What was left to do when it was given up will not be done.
    dropped = sight.state.cycle in ("annulee", "refusee") and not over
    stopped = dropped or sight.state.cycle == "suspendue"
    awaited = mine or of_children(sight.program, sight.state, etape.cle)
    turn = turn_of(awaited)[0] if current.statut == "en_cours" else "personne"
    chosen = sight.state.reglages.get(etape.cle, ReglageEtape())
    return EtapeView(
        cle=etape.cle,
        # A name given here is read on both sides.
        titre=chosen.titre or (etape.libelle_interne if sight.staff else None) or etape.titre,
        reglage=ReglageView(
            titre_modele=etape.titre,
            visible=sight.program.shows(etape, sight.state),
            visible_modele=etape.visible,
            cachable=not sight.program.asks_client(etape, sight.state),
            due_at=chosen.due_at,
            ajoutee=any(place.etape == etape.cle and place.ajoutee for place in sight.state.places),
            deplacable=ahead(current),
        )
        if sight.staff
        else None,
        libelle_interne=etape.libelle_interne if sight.staff else None,
        description=etape.description,
        icone=etape.icone,
        statut="sans_objet" if dropped else current.statut,
        visit=current.visit,
        rang=rang,
        parallele=block,
        responsable=sight.name(etape.responsable) if etape.responsable else None,
        entered_at=current.entered_at,
        due_at=None if stopped else current.due_at,
        completed_at=current.completed_at,
        completed_by=current.completed_by,
        motif=current.motif,
        part=1.0
        if over
        else part_done(sight.program, sight.state, etape, current)
        if current.statut == "en_cours"
        else 0.0,
        turn=turn,
        attendus=tuple(dict.fromkeys(wait.nom for wait in mine)) if current.statut == "en_cours" else (),
        manuelle=etape.terminee == "manuelle",
        facultative=etape.facultative,
        colonne=etape.colonne,
        badge=shaped(BadgeView, etape.badge_client) if etape.badge_client else None,
        enfants=tuple(
            enfant_view(sight, enfant)
            for enfant in sight.state.enfants.values()
            if enfant.noeud == etape.cle
            and enfant.visit == current.visit
            and sight.reader.kind != "participant"
            and sight.sees_child(enfant)
        ),
        non_bloquante=etape.non_bloquante,
        recurrente=etape.recurrente is not None,
        delai_suspendu=current.statut == "en_cours" and current.stopped_at is not None,
        formulaires=tuple(
            FormView(
                nom=form.nom,
                titre=form.titre or current.titre,
                pour=form.par,
                pour_nom=sight.name(form.par),
                fait=form.nom in current.forms_done or bool(sight.state.donnees.get(form.nom)),
                a_moi=sight.owes(form.par, None)
                and (
                    sight.sent_back(form.nom)
                    or (current.statut == "en_cours" and form.nom not in current.forms_done)
                ),
                a_corriger=sight.sent_back(form.nom),
            )
            for form in etape.formulaires
            if sight.sees_key(form.par)
        ),
    )


def place_views(sight: Sight) -> Iterator[PlaceView]:
    """After what an étape may be added or moved: nothing that follows has begun."""
    if not sight.staff or not sight.state.open or sight.state.phase != "dossier":
        return
    etapes = sight.state.etapes
    past = behind(sight.modele, begun(etapes))
    for node in sight.modele.etapes:
        inside = (
            [etape for branch in node.branches for etape in branch] if isinstance(node, Parallele) else [node]
        )
        for etape in inside:
            if (
                etape.cle not in past
                and etapes[etape.cle].statut != "sans_objet"
                and not sight.program.ruled_out(etape, sight.state)
            ):
                yield PlaceView(cle=etape.cle, titre=etapes[etape.cle].titre, bloc=False)
        after = sight.modele.etapes[sight.modele.etapes.index(node) + 1 :]
        later = {etape.cle for etape in sight.modele.model_copy(update={"etapes": after}).walk()}
        if isinstance(node, Parallele) and not later & begun(etapes):
            yield PlaceView(cle=node.parallele, titre=node.titre, bloc=True)


def kanban_view(sight: Sight) -> KanbanView | None:
    """Where the démarche stands on the board, which is the firm's."""
    found = column_of(sight.program, sight.state) if sight.staff else None
    return KanbanView(cle=found, libelle=sight.modele.colonnes[found]) if found else None


def badge_view(sight: Sight, cle: str | None) -> BadgeView | None:
    """What the badge says while étape `cle` is the present one."""
    etape = sight.program.etapes[cle] if cle is not None else None
    if etape is None or not sight.sees_etape(etape):
        return None
    badge = sight.program.badge(etape, sight.state)
    return shaped(BadgeView, badge) if badge else None


def bandeau_marks(sight: Sight) -> Iterator[RepereView]:
    """Marks of the banner; one whose étapes do not concern this démarche is passed over like the others, unless none
    was reached after it: a loan that no bank offers never comes to its release."""
    etapes = sight.state.etapes
    reached = [
        any(etapes[cle].statut in ("en_cours", "valide", "passee") for cle in r.etapes)
        for r in sight.modele.bandeau
    ]
    for rang, repere in enumerate(sight.modele.bandeau):
        statuts = {etapes[cle].statut for cle in repere.etapes}
        concerned = statuts - {"sans_objet"}
        # Once a later mark is reached, what was not done of this one was for another outcome.
        left = reached[rang] and any(reached[rang + 1 :])
        begun = bool(concerned & {"valide", "passee"} and "a_faire" in concerned) and not left
        statut: Literal["fait", "en_cours", "a_faire"] = (
            "en_cours"
            if begun or "en_cours" in concerned
            else "a_faire"
            if ("a_faire" in concerned and not left) or not any(reached[rang:])
            else "fait"
        )
        yield RepereView(libelle=repere.libelle, statut=statut)


def parallel_blocks(modele: Modele) -> dict[str, str]:
    """Title of the parallel block of each étape that is in one."""
    return {
        etape.cle: node.titre
        for node in modele.etapes
        if isinstance(node, Parallele)
        for branch in node.branches
        for etape in branch
    }
