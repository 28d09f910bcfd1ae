"""Forms and key dates: recording data that the whole démarche reads."""

from __future__ import annotations

from typing import Any

from workflows.engine import commands as c
from workflows.engine import facts as f
from workflows.engine.commands import Refusal
from workflows.engine.handlers._registry import handle
from workflows.engine.handlers.corrections import send_correction
from workflows.engine.turn import CLIENT, Turn


def record_form(turn: Turn, formulaire: str, donnees: dict[str, Any], etape: str | None = None) -> None:
    """Validate a form against its pinned schema and record it. Raises Refusal with a pointer per field at fault."""
    schema = turn.program.bundle.forms.get(formulaire)
    if schema is None:
        raise Refusal("formulaire_inconnu", f"Le formulaire « {formulaire} » n'existe pas dans ce modèle.")
    errors = turn.program.rules.validate_form(schema, donnees, turn.today)
    if errors:
        raise Refusal("formulaire_invalide", "Certains champs sont à corriger.", tuple(errors))
    turn.say(
        f.DonneesRecorded(formulaire=formulaire, donnees=donnees, etape=etape),
        form_audience(turn, formulaire),
    )


def form_audience(turn: Turn, formulaire: str) -> tuple[str, ...]:
    """Who reads a form, besides the firm."""
    return turn.program.form_readers(formulaire, turn.state)


@handle.register
def _(command: c.SubmitForm, turn: Turn) -> None:
    turn.require_open()
    correction = turn.state.corrections.get(command.formulaire)
    if correction is not None and correction.statut == "a_corriger":
        send_correction(turn, correction, command.donnees, command.message)
        return
    if turn.state.phase == "demande":
        demande = turn.modele.demande
        if demande is None or demande.formulaire != command.formulaire:
            raise Refusal("formulaire_inattendu", "Ce formulaire n'est pas attendu pendant la demande.")
        turn.require(turn.actor.kind != "participant", "interdit", "Ce formulaire revient au client.")
        record_form(turn, command.formulaire, command.donnees)
        return
    for state in turn.state.active:
        etape = turn.program.etapes[state.cle]
        form = next((form for form in etape.formulaires if form.nom == command.formulaire), None)
        if form is None or command.etape not in (None, etape.cle):
            continue
        turn.require_can_act_for(form.par)
        turn.require_visit(state, command.visit)
        record_form(turn, command.formulaire, command.donnees, etape.cle)
        turn.say(f.FormDone(etape=etape.cle, formulaire=form.nom), form_audience(turn, form.nom))
        titre = form.titre or form.nom
        turn.notice_side(
            "cabinet",
            "formulaire_rempli",
            f"« {titre} » a été rempli par {turn.actor.name}.",
            f"etape:{etape.cle}",
        )
        return
    raise Refusal("formulaire_inattendu", "Ce formulaire n'est pas attendu en ce moment.")


@handle.register
def _(command: c.ChangeDonnee, turn: Turn) -> None:
    turn.require_staff()
    turn.require_dossier()
    if command.champ not in turn.modele.dates_cles:
        raise Refusal("champ_non_modifiable", f"« {command.champ} » n'est pas une date clé de ce modèle.")
    formulaire, champ = command.champ.split(".", 1)
    known = turn.state.donnees.get(formulaire)
    if known is None:
        raise Refusal("formulaire_attendu", "Le formulaire qui porte cette date n'est pas encore rempli.")
    avant = known.get(champ)
    turn.require(avant != command.valeur, "sans_changement", "Cette date est déjà celle du dossier.")
    schema = turn.program.bundle.forms[formulaire]
    former = set(turn.program.rules.validate_form(schema, known, turn.today))
    # A rule that today already breaks (a date then in the future, now past) is not this change's fault.
    errors = [
        e
        for e in turn.program.rules.validate_form(schema, {**known, champ: command.valeur}, turn.today)
        if e not in former
    ]
    if errors:
        raise Refusal("formulaire_invalide", "Cette date ne convient pas.", tuple(errors))
    turn.say(
        f.DonneeChanged(champ=command.champ, avant=avant, valeur=command.valeur, motif=command.motif), CLIENT
    )
    for document in list(turn.state.documents.values()):
        turn.outdate(document, "Une date du dossier a changé depuis.")
    turn.notice_side("client", "date_modifiee", f"Une date a changé pour « {turn.state.titre} ».")
