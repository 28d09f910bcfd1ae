"""Forms of a running démarche: read, left half-way, sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api import reprise
from api.access import Action, Actor, rule
from api.commands import Accuse, commander
from api.dossier import (
    Dossier,
    DossierCommande,
    DossierLu,
    FormulaireNom,
    command_target,
    form_target,
    read_form_target,
    reader_of,
)
from api.routes.demarches import corps
from store import brouillon_formulaire
from store.session import session_scope
from store.tiers import Tiers
from workflows.engine import commands as c
from workflows.engine.modele import Etape
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState
from workflows.engine.verifier.reprises import KEY as REPREND
from workflows.engine.view import CorrectionView, correction_seen, form_seen
from workflows.engine.view.paths import properties_of

router = APIRouter(prefix="/api/demarches/{demarche_id}/formulaires/{nom}", tags=["formulaires"])


class FormulaireVue(BaseModel):
    """A form to fill: its schemas, what is already known, and my draft."""

    nom: str
    titre: str
    # `schema` is a method of pydantic's models: the attribute has another name than the field.
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    ui: dict[str, Any]
    etape: str | None = Field(description="Étape en cours qui l'attend.")
    visit: int | None
    donnees: dict[str, Any] | None = Field(
        description="Réponses enregistrées ; à défaut, ce que la démarche sait déjà de ces champs."
    )
    brouillon: dict[str, Any] | None
    brouillon_at: datetime | None
    correction: CorrectionView | None = Field(description="Ce que le cabinet demande d'y corriger.")


class Enregistre(BaseModel):
    enregistre_at: datetime


FILLER = rule(Action.FORMULAIRE_REMPLIR, read_form_target)


@router.get("")
async def read_form(
    dossier: DossierLu, nom: FormulaireNom, actor: Annotated[Actor, Depends(FILLER)]
) -> FormulaireVue:
    """A form that I may fill."""
    program, state = await dossier.program(), await dossier.state()
    async with session_scope() as session:
        draft = await brouillon_formulaire.find(session, dossier.cipher, dossier.id, nom, author_of(actor))
    places = list(_places(program, nom))
    # The form of a demande may belong to no étape.
    asking = next((place for place in places if state.etapes[place[0].cle].statut == "en_cours"), None)
    etape = asking[0] if asking else None
    sent_back = state.corrections.get(nom)
    known = _known_already(program, state, nom, actor)
    return FormulaireVue(
        nom=nom,
        titre=asking[1] if asking else places[0][1] if places else program.form_title(nom),
        schema_=form_seen(program, state, reader_of(actor), nom),
        ui=program.bundle.ui.get(nom, {}),
        etape=etape.cle if etape else None,
        visit=state.etapes[etape.cle].visit if etape else None,
        donnees=state.donnees.get(nom) or await _of_record(dossier, program, nom) | known or None,
        brouillon=draft[0] if draft else None,
        brouillon_at=draft[1] if draft else None,
        correction=correction_seen(program, state, nom, reader_of(actor))
        if sent_back is not None and sent_back.statut == "a_corriger"
        else None,
    )


def _places(program: Program, nom: str) -> Iterator[tuple[Etape, str]]:
    """Where a form is filled, and under which title: by someone in an étape, or with an event that comes."""
    for etape in program.modele.walk():
        for form in etape.formulaires:
            if form.nom == nom:
                yield etape, form.titre or etape.titre
        for evenement in etape.evenements:
            if evenement.formulaire == nom:
                yield etape, evenement.titre


async def _of_record(dossier: Dossier, program: Program, nom: str) -> dict[str, Any]:
    """What the record of the client tells of the fields of a form (CPR-06); nothing to who is not of its side."""
    if dossier.actor.kind not in ("staff", "client"):
        return {}
    async with session_scope() as session:
        tiers = await session.get_one(Tiers, dossier.row.client_id)
    return reprise.of_client(program.bundle.forms[nom], tiers)


def _known_already(program: Program, state: DemarcheState, nom: str, actor: Actor) -> dict[str, Any]:
    """What a field takes over from this very démarche; else the answer given elsewhere in it to a field of the same
    name, but sensitive ones, those that the client may not read, those that are no choice of this field, and nothing
    for a field whose `x-reprend` is empty. Of lines and events, only the firm's forms take over anything."""
    given = {
        formulaire: answers
        for formulaire, answers in state.donnees.items()
        if actor.kind != "client" or "client" in program.form_readers(formulaire, state)
    }
    schema, own = program.bundle.forms[nom], program.modele.modele
    found = reprise.of_demarche(schema, own, reprise.answers_of(state) if actor.kind == "staff" else given)
    for field, definition in properties_of(schema).items():
        taken = definition.get(REPREND)
        if definition.get("x-sensible") or taken == {} or own in (taken or ()):
            continue
        for answers in given.values():
            if field in answers and answers[field] in definition.get("enum", (answers[field],)):
                found.setdefault(field, answers[field])
    return found


@router.put("/brouillon")
async def save_form_draft(
    dossier: DossierLu, nom: FormulaireNom, actor: Annotated[Actor, Depends(FILLER)], body: corps.Brouillon
) -> Enregistre:
    """Save my draft of a form."""
    async with session_scope() as session:
        instant = await brouillon_formulaire.save(
            session, dossier.cipher, dossier.id, nom, author_of(actor), body.donnees
        )
    return Enregistre(enregistre_at=instant)


@router.post("", dependencies=[Depends(rule(Action.FORMULAIRE_REMPLIR, form_target))])
async def submit_form(dossier: DossierCommande, nom: FormulaireNom, body: corps.Donnees) -> Accuse:
    """Send a form. Its faulty fields come back with a pointer each."""
    accuse = await commander(
        dossier,
        c.SubmitForm,
        envelope="/donnees",
        formulaire=nom,
        donnees=body.donnees,
        etape=body.etape,
        visit=body.visit,
        message=body.message,
    )
    async with session_scope() as session:
        await brouillon_formulaire.forget(session, dossier.id, nom)
    return accuse


STAFF = [Depends(rule(Action.DEMARCHE_COMMANDER, command_target))]


@router.post("/correction", dependencies=STAFF)
async def request_correction(
    dossier: DossierCommande, nom: FormulaireNom, body: corps.CorrectionDemandee
) -> Accuse:
    """Send a form back to whoever filled it, its faulty fields marked with a word each."""
    return await commander(dossier, c.RequestCorrection, formulaire=nom, **body.model_dump())


@router.post("/correction/acceptation", dependencies=STAFF)
async def accept_correction(dossier: DossierCommande, nom: FormulaireNom, body: corps.Tour) -> Accuse:
    """Take a corrected form as it came back."""
    return await commander(dossier, c.AcceptCorrection, formulaire=nom, tour=body.tour)


def author_of(actor: Actor) -> str:
    """Whose draft: a participant keeps theirs when they get a fresh link."""
    return f"participant/{actor.participant_key}" if actor.kind == "participant" else actor.key
