"""Dashboards of a trade: « Courtage » (CRE-03, TDB-07), « Sinistres » (SIN-22), « Suivi des Aides et Subventions »
(ASO-02, ASO-03), « Recouvrement » (REC-31)."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.access import Action, Actor, rule
from api.dossier import opened, scope_of
from api.fil import JournalLine, lines
from api.problems import Problem
from api.routes.historique import dossiers_lus
from api.services import Services, ServicesDep
from rules import tableaux
from rules.erreurs import DonneeIncoherenteError
from rules.tableaux import DossierCredit, DossierRecouvrement, DossierSinistre, DossierSubvention, Periode
from store import fil
from store import tableaux as store_tableaux
from store.demarche import Demarche
from store.fil import Fil
from store.session import session_scope
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState

router = APIRouter(prefix="/api/tableaux", tags=["tableaux"])

Counted = TypeVar("Counted")

PARIS = ZoneInfo("Europe/Paris")
CREDIT, SUBVENTION = ("credit", "soumission_banque"), ("dossier_subvention",)
RECOUVREMENT = ("recouvrement", "recouvrement_amiable")
PREVOYANCE = "sinistre_prevoyance"
SINISTRES = ("sinistre_dommages", PREVOYANCE)
UNTOLD = "Non précisée"
"""An insurer that nobody has named."""
SHOWN = 10
"""Last actions, and tasks, on a dashboard."""
Lit = Annotated[Actor, Depends(rule(Action.MODELE_LISTER))]


async def wanted(
    debut: Annotated[
        date | None, Query(description="Premier jour\u00a0; celui de l'année en cours sinon.")
    ] = None,
    fin: Annotated[
        date | None, Query(description="Dernier jour\u00a0; celui de l'année de `debut` sinon.")
    ] = None,
) -> Periode:
    """The period asked for. Raises a 422 problem for one that ends before it begins."""
    first = debut or datetime.now(PARIS).date().replace(month=1, day=1)
    try:
        return Periode(first, fin or first.replace(month=12, day=31))
    except DonneeIncoherenteError as error:
        raise Problem(422, "periode_invalide", str(error)) from error


Voulue = Annotated[Periode, Depends(wanted)]


class PartVue(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    nom: str = Field(examples=["Banque Azur"])
    nombre: int
    montant: int = Field(description="En centimes.", examples=[28100000])


class TacheVue(BaseModel):
    """A task of the firm in one of these démarches."""

    model_config = ConfigDict(from_attributes=True)

    demarche_id: uuid.UUID
    reference: str = Field(examples=["CRE-2026-0002"])
    client_nom: str
    label: str = Field(examples=["Relancer la banque"])
    nom: str = Field(description="À qui elle revient.")
    due_at: datetime | None
    retard: bool


class _Tableau(BaseModel):
    debut: date
    fin: date
    incomplet: bool = Field(
        description="Trop de dossiers pour être tous lus\u00a0: les plus récents comptent seuls."
    )


class TableauCourtage(_Tableau):
    production: int = Field(
        description="«\u00a0Production Totale\u00a0»\u00a0: capital des offres acceptées, en centimes.",
        examples=[93400000],
    )
    dossiers: int = Field(description="Offres acceptées.", examples=[3])
    honoraires: int = Field(
        description="«\u00a0Honoraires Clients\u00a0» des mêmes dossiers, en centimes.", examples=[840000]
    )
    par_banque: list[PartVue]
    refuses: int = Field(examples=[2])
    abandonnes: int = Field(examples=[1])
    en_cours: int
    activite: list[JournalLine]
    taches: list[TacheVue]


class TableauSubventions(_Tableau):
    dossiers: int = Field(examples=[12])
    budget: int = Field(examples=[4500000])
    demande: int = Field(examples=[1800000])
    vote: int = Field(examples=[1200000])
    paye: int = Field(examples=[600000])
    obtenues: int = Field(examples=[5])
    rectifiees: int = Field(examples=[1])
    refusees: int = Field(examples=[2])
    en_attente: int
    taux: int | None = Field(
        description="Part votée de ce qui était demandé, en pourcentage entier.", examples=[62]
    )
    par_financeur: list[PartVue]
    par_domaine: list[PartVue]
    par_annee: list[PartVue]


class TableauRecouvrement(_Tableau):
    dossiers: int = Field(description="Dossiers en cours.")
    encours: int = Field(description="Reste dû aujourd'hui dans ces dossiers, en centimes.")
    en_retard: int = Field(description="Dont échu, en centimes.")
    recupere: int = Field(
        description="Règlements reçus pendant la période, tous dossiers, ceux qui sont rendus déduits, en centimes."
    )
    reglements: int
    par_client: list[PartVue]


class TableauSinistres(_Tableau):
    dossiers: int = Field(description="Sinistres survenus pendant la période.", examples=[14])
    en_cours: int = Field(examples=[5])
    clos: int = Field(examples=[9])
    indemnise: int = Field(
        description="Versé par les compagnies pendant la période, tous sinistres, en centimes.",
        examples=[2350000],
    )
    versements: int = Field(examples=[11])
    par_risque: list[PartVue] = Field(
        description="Nombre de sinistres par type de risque, et ce qui a été versé pour eux."
    )
    par_compagnie: list[PartVue]


@router.get("/courtage")
async def read_brokerage(actor: Lit, services: ServicesDep, periode: Voulue) -> TableauCourtage:
    """Production, losses and fees of the loans that I may see, their last actions and their tasks."""
    scope = scope_of(actor)
    read, more = await _read(services, actor, CREDIT[:1], periode, credit_of)
    found = tableaux.production(read, periode)
    now = datetime.now(UTC)
    async with session_scope() as session:
        rows = (
            await fil.page(session, Fil(modeles=CREDIT, scope=scope), familles=(), before=None, limit=SHOWN)
        )[:SHOWN]
        activite = await lines(
            session, rows, await dossiers_lus(session, services, {row.demarche_id for row in rows}), actor
        )
        work = await store_tableaux.taches(session, scope, CREDIT, limit=SHOWN)
    return TableauCourtage(
        debut=periode.debut,
        fin=periode.fin,
        incomplet=more,
        production=found.total,
        dossiers=found.dossiers,
        honoraires=found.honoraires,
        par_banque=[PartVue.model_validate(part) for part in found.par_banque],
        refuses=found.refuses,
        abandonnes=found.abandonnes,
        en_cours=sum(dossier.clos_le is None for dossier in read),
        activite=activite,
        taches=[
            TacheVue.model_validate(
                {**row, "retard": row["retard_at"] is not None and row["retard_at"] < now}
            )
            for row in work
        ],
    )


@router.get("/sinistres")
async def read_losses(actor: Lit, services: ServicesDep, periode: Voulue) -> TableauSinistres:
    """Claims of my clients that happened over the period, by type of risk and by insurer (SIN-22)."""
    read, more = await _read(services, actor, SINISTRES, periode, loss_of)
    found = tableaux.sinistres(read, periode)
    return TableauSinistres.model_validate(
        {**asdict(found), "debut": periode.debut, "fin": periode.fin, "incomplet": more}
    )


@router.get("/subventions")
async def read_grants(actor: Lit, services: ServicesDep, periode: Voulue) -> TableauSubventions:
    """Budgets asked, voted and paid of the grants that I may see; by funder, field and year."""
    read, more = await _read(services, actor, SUBVENTION, periode, grant_of)
    found = tableaux.subventions(read, periode)
    return TableauSubventions.model_validate(
        {**asdict(found), "debut": periode.debut, "fin": periode.fin, "incomplet": more}
    )


@router.get("/recouvrement")
async def read_claims(actor: Lit, services: ServicesDep, periode: Voulue) -> TableauRecouvrement:
    """What is still to recover in the files that I may see, by client, and what came in over the period."""
    seen, more = await _seen(services, actor, RECOUVREMENT, periode)
    today = datetime.now(PARIS).date()
    read = [claim_of(row.client_nom, program, state, today) for row, program, state in seen]
    found = tableaux.recouvrements(read, periode)
    return TableauRecouvrement.model_validate(
        {**asdict(found), "debut": periode.debut, "fin": periode.fin, "incomplet": more}
    )


async def _seen(
    services: Services, actor: Actor, modeles: Sequence[str], periode: Periode
) -> tuple[list[tuple[Demarche, Program, DemarcheState]], bool]:
    since = datetime.combine(periode.debut, time.min, PARIS)
    async with session_scope() as session:
        rows, more = await store_tableaux.demarches(session, scope_of(actor), modeles, depuis=since)
        return await opened(session, services.keyring, rows), more


async def _read(
    services: Services,
    actor: Actor,
    modeles: Sequence[str],
    periode: Periode,
    figures: Callable[[Program, DemarcheState], Counted],
) -> tuple[list[Counted], bool]:
    seen, more = await _seen(services, actor, modeles, periode)
    return [figures(program, state) for _, program, state in seen], more


def credit_of(program: Program, state: DemarcheState) -> DossierCredit:
    """What a loan file counts for: the offer that its client accepted, or how it was lost."""
    offre = next(
        (line for line in state.collections.get("offres", {}).values() if line.statut == "acceptee"), None
    )
    clos_le = state.closed_at.astimezone(PARIS).date() if state.closed_at else None
    if offre is None:
        ended = state.donnees.get("issue", {}).get("issue")
        # A client who gives up cancels: nothing then says the outcome.
        issue = ended or (tableaux.ABANDONNE if state.cycle == "annulee" else None)
        return DossierCredit(issue=issue, clos_le=clos_le)
    event = state.evenements.get("acceptation")
    said = state.donnees.get("pret", {}).get("acceptee_le")
    received = event.received_at.astimezone(PARIS).date() if event and event.received_at else None
    return DossierCredit(
        banque=str(offre.donnees["banque"]),
        capital=int(offre.donnees["montant"]),
        accepte_le=date.fromisoformat(said) if said else received,
        honoraires=int(state.donnees.get("mandat", {}).get("honoraires", 0)),
        clos_le=clos_le,
    )


def grant_of(program: Program, state: DemarcheState) -> DossierSubvention:
    """What a grant file counts for: what was asked, decided and paid."""
    projet, decided = state.donnees.get("projet", {}), state.donnees.get("instruction", {})
    fields: dict[str, Any] = program.bundle.forms["projet"]["properties"]["domaine"]["x-libelles"]
    return DossierSubvention(
        financeur=str(state.donnees.get("financeur", {}).get("organisme", "")),
        domaine=fields.get(projet.get("domaine", ""), ""),
        budget=int(projet.get("budget_previsionnel", 0)),
        demande=int(projet.get("montant_demande", 0)),
        ouvert_le=state.opened_at.astimezone(PARIS).date(),
        decision=decided.get("decision"),
        decide_le=date.fromisoformat(decided["decidee_le"]) if "decidee_le" in decided else None,
        vote=int(decided.get("montant_vote", 0)),
        paye=sum(int(line.donnees["montant"]) for line in state.collections.get("versements", {}).values()),
    )


def claim_of(client: str, program: Program, state: DemarcheState, day: date) -> DossierRecouvrement:
    """What a claim counts for: its account as it stands that day, and each payment received."""
    compte = program.readings(state, day).get("compte") or {}
    return DossierRecouvrement(
        client=client,
        reste_du=int(compte.get("reste_du", 0)),
        en_retard=int(compte.get("en_retard", 0)),
        recus=tuple(
            (
                date.fromisoformat(line.donnees["recu_le"]),
                int(line.donnees["montant"]) * (-1 if line.donnees.get("sens") == "rendu" else 1),
            )
            for line in state.collections.get("reglements", {}).values()
        ),
        ouvert=state.closed_at is None,
    )


def loss_of(program: Program, state: DemarcheState) -> DossierSinistre:
    """What an insurance claim counts for: its risk, the day it happened, what the insurer paid."""
    told = state.donnees.get("declaration", {})
    prevoyance = program.modele.modele == PREVOYANCE
    collection, jour = ("versements", "date_reglement") if prevoyance else ("mouvements", "date")
    paid = [
        line.donnees
        for line in state.collections.get(collection, {}).values()
        if prevoyance or line.donnees["sens"] == "indemnisation"
    ]
    fields: dict[str, Any] = program.bundle.forms["declaration"]["properties"]
    risques = {} if prevoyance else fields["risque"]["x-libelles"]
    survenu = told.get("date_survenance")
    return DossierSinistre(
        risque="Prévoyance" if prevoyance else risques.get(told.get("risque", ""), "Autre"),
        compagnie=told.get("compagnie", UNTOLD),
        survenu_le=date.fromisoformat(survenu) if survenu else None,
        indemnises=tuple((date.fromisoformat(line[jour]), int(line["montant"])) for line in paid),
        ouvert=state.closed_at is None,
    )
