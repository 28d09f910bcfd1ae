"""Corrections: a form that was sent goes back to whoever filled it, until the firm accepts it (ACT, DEM)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.items import announce_action
from workflows.engine.state import ActionState, ChampMarque, Changement, CorrectionState
from workflows.engine.turn import Turn
from workflows.engine.view.paths import (
    Place,
    answered,
    place_at,
    properties_of,
    single_answers,
    title_of,
    without_internal,
)

OUTDATED = "Des réponses du formulaire ont été corrigées depuis."


@handle.register
def _(command: c.RequestCorrection, turn: Turn) -> None:
    """Mark the fields of a form that was sent, and send it back; or mark again what came back."""
    turn.require_staff()
    turn.require_open()
    nom, titre = command.formulaire, turn.program.form_title(command.formulaire)
    if nom not in turn.state.donnees:
        raise Refusal("formulaire_inconnu", "Ce formulaire n'a pas encore été rempli.")
    former = turn.state.corrections.get(nom)
    if former is not None and former.statut == "a_corriger":
        raise Refusal(
            "correction_en_cours", f"« {titre} » est déjà à corriger : levez d'abord cette demande."
        )
    _same_round(former, command.tour)
    key = filled_by(turn, nom)
    turn.require(
        turn.modele.side(key) != "cabinet",
        "destinataire",
        f"« {titre} » a été rempli par le cabinet : personne d'autre ne peut le corriger.",
    )
    marked = _marked(turn, nom, command.champs)
    labels = ", ".join(mark.libelle for mark in marked)
    current = turn.current_etape(None) if turn.state.phase == "dossier" else None
    action = ActionState(
        id=turn.new_id(),
        nature="correction",
        message=f"À corriger dans « {titre} » : {labels}.",
        a=key,
        due_at=command.due_at,
        requested_at=turn.now,
        requested_by=turn.actor.name,
        formulaire=nom,
    )
    correction = CorrectionState(
        formulaire=nom,
        titre=titre,
        tour=former.tour + 1 if former is not None else 1,
        a=key,
        action=action.id,
        etape=current.cle if current else None,
        champs=marked,
        message=command.message.strip(),
        requested_at=turn.now,
        requested_by=turn.actor.name,
        due_at=command.due_at,
    )
    turn.say(f.CorrectionRequested(correction=correction, action=action), _readers(turn, nom))
    demande = turn.modele.demande
    first = turn.state.phase == "demande" and demande is not None
    announce_action(
        turn,
        action,
        demande.informations if first and demande else None,
        code="correction_demandee",
        notice=f"À corriger : « {titre} », pour « {turn.state.titre} ».",
        cible=f"formulaire:{nom}",
        motif="\n".join(
            part
            for part in (
                correction.message,
                f"Dans « {titre} » :",
                *(f"{mark.libelle} ({mark.etat}) : {mark.mot}" for mark in marked),
            )
            if part
        ),
    )


def _marked(turn: Turn, nom: str, marks: tuple[c.Marque, ...]) -> tuple[ChampMarque, ...]:
    """The marked fields with their labels. Raises Refusal with a pointer for each that the form does not have."""
    properties = properties_of(without_internal(turn.program.bundle.forms[nom]))
    answers = turn.state.donnees[nom]
    places = [place_at(properties, mark.champ) for mark in marks]
    known = [place for place in places if place is not None and answered(place, answers)]
    errors = [
        (f"/champs/{rank}/champ", "Ce champ n'existe pas dans le formulaire.")
        for rank, place in enumerate(places)
        if place not in known
    ]
    seen = [mark.champ for mark in marks]
    errors += [
        (f"/champs/{rank}/champ", "Ce champ est déjà marqué.")
        for rank, champ in enumerate(seen)
        if champ in seen[:rank]
    ]
    if errors:
        raise Refusal("formulaire_invalide", "Certains champs ne peuvent pas être marqués.", tuple(errors))
    return tuple(
        ChampMarque(champ=mark.champ, libelle=place.libelle, etat=mark.etat, mot=mark.mot)
        for mark, place in zip(marks, known, strict=True)
    )


def filled_by(turn: Turn, nom: str) -> str:
    """Role or participant who fills a form; the client for the form of the demande.

    Raises Refusal for the data of an outside event, which nobody filled.
    """
    for etape in turn.modele.walk():
        for form in etape.formulaires:
            if form.nom == nom:
                return form.par
        if any(evenement.formulaire == nom for evenement in etape.evenements):
            raise Refusal("destinataire", "Ces réponses viennent d'un événement : enregistrez-le de nouveau.")
    return next(key for key, role in turn.modele.roles.items() if role.cote == "client")


def send_correction(turn: Turn, correction: CorrectionState, donnees: dict[str, Any], message: str) -> None:
    """Record the form sent again. Raises Refusal with a pointer per field at fault, or when nothing was said."""
    turn.require_can_act_for(correction.a)
    nom, schema = correction.formulaire, turn.program.bundle.forms[correction.formulaire]
    former = turn.state.donnees.get(nom, {})
    properties = properties_of(schema)
    changed = [
        key for key in dict.fromkeys((*properties, *former, *donnees)) if former.get(key) != donnees.get(key)
    ]
    changements = tuple(_changes(properties, changed, former, donnees))
    known = set(turn.program.rules.validate_form(schema, former, turn.today))
    # A rule that an untouched answer breaks today (a date then in the future, now past) is not this correction's fault.
    errors = [
        error
        for error in turn.program.rules.validate_form(schema, donnees, turn.today)
        if error not in known or error[0].split("/")[1:2] in [[key] for key in changed]
    ]
    if errors:
        raise Refusal("formulaire_invalide", "Certains champs sont à corriger.", tuple(errors))
    if not changed and not message.strip():
        raise Refusal(
            "correction_vide",
            "Rien n'a changé. Corrigez les champs marqués, ou dites-nous en un mot pourquoi ils sont justes.",
        )
    turn.say(
        f.CorrectionSent(
            formulaire=nom,
            titre=correction.titre,
            donnees=donnees,
            changements=changements,
            reponse=message.strip(),
        ),
        _readers(turn, nom),
    )
    for state in turn.state.active:
        asked = turn.program.etapes[state.cle].formulaires
        if any(form.nom == nom for form in asked) and nom not in state.forms_done:
            turn.say(f.FormDone(etape=state.cle, formulaire=nom), _readers(turn, nom))
    if changed:
        for document in list(turn.state.documents.values()):
            turn.outdate(document, OUTDATED)
    turn.notice_side(
        "cabinet",
        "correction_recue",
        f"{turn.actor.name} a corrigé « {correction.titre} ».",
        f"formulaire:{nom}",
    )


def _changes(
    properties: dict[str, dict[str, Any]], changed: list[str], former: dict[str, Any], new: dict[str, Any]
) -> Iterator[Changement]:
    """Every single answer that changed, down to the items of lists and the parts of groups."""
    for key in changed:
        definition = properties.get(key, {})
        whole = Place(key, title_of(definition, key), definition)
        before = {place.champ: (place, value) for place, value in single_answers(whole, former.get(key))}
        after = {place.champ: (place, value) for place, value in single_answers(whole, new.get(key))}
        for champ, (place, _) in (before | after).items():
            avant, apres = (side[champ][1] if champ in side else None for side in (before, after))
            if avant != apres:
                yield Changement(champ=champ, libelle=place.libelle, avant=avant, apres=apres)


@handle.register
def _(command: c.AcceptCorrection, turn: Turn) -> None:
    turn.require_staff()
    turn.require_open()
    correction = turn.state.corrections.get(command.formulaire)
    if correction is None or correction.statut != "a_verifier":
        raise Refusal("correction_non_recue", "Ce formulaire n'a pas de correction à vérifier.")
    _same_round(correction, command.tour)
    accept(turn, correction)


def accept(turn: Turn, correction: CorrectionState) -> None:
    """The firm takes the form as it came back."""
    turn.say(
        f.CorrectionAccepted(formulaire=correction.formulaire, titre=correction.titre),
        _readers(turn, correction.formulaire),
    )
    turn.notice(
        correction.a, "correction_acceptee", f"« {correction.titre} » est en ordre. Rien d'autre à faire."
    )


def _readers(turn: Turn, nom: str) -> tuple[str, ...]:
    return turn.program.form_readers(nom, turn.state)


def _same_round(correction: CorrectionState | None, tour: int | None) -> None:
    if tour is not None and (correction is None or correction.tour != tour):
        raise Refusal(
            "correction_perimee", "Ce formulaire a changé depuis : rechargez la page avant de décider."
        )
