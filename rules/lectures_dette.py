"""Readings of a debt file: dashboard, plans side by side, over-indebtedness file, ways and cash of a professional.

DET-01, DET-06, DET-07, DET-16 to DET-18, DET-20.
"""

from collections.abc import Sequence
from datetime import date
from typing import TypedDict

from rules.argent import pourcent
from rules.dettes import EtatDette, dossier_surendettement, etat, passif
from rules.difficultes import LIBELLES, limite_cessation, tresorerie, voies_ouvertes
from rules.erreurs import DonneeIncoherenteError, RegleError
from rules.financement import Foyer
from rules.lignes_dette import (
    LigneDette,
    LigneFraisDette,
    LignePaiement,
    LigneScenario,
    LigneTresorerie,
    cout_frais,
    dettes_de,
    paiements_de,
    releves_de,
    scenario_de,
)
from rules.plans_dettes import Plan, le_plus_soutenable, modeliser


class DetteLue(TypedDict):
    """A debt on a day, in cents. `progression`: per cent of the initial amount paid back."""

    id: str
    capital: int
    interets: int
    rembourse: int
    progression: int
    soldee: bool


class TableauDettes(TypedDict):
    """The dashboard of what a client owes. Amounts in cents."""

    capital: int
    interets: int
    echeances: int
    rembourse: int
    endettement: str | None
    ouvertes: int
    soldees: int
    frais: int
    """Of the creditors, not paid yet."""
    total: int
    """Principal, interest and fees."""
    dettes: list[DetteLue]


def tableau_dettes(
    jour: date,
    dettes: list[LigneDette],
    paiements: list[LignePaiement],
    revenus: int | None,
    autres_credits: int | None,
    frais: list[LigneFraisDette] | None,
) -> TableauDettes:
    """Total due with interest and fees, monthly payments, debt ratio, total paid back; no ratio without an income
    (DET-06, DET-07, DET-16)."""
    tableau = passif(
        dettes_de(dettes), paiements_de(paiements, dettes), revenus or None, autres_credits or 0, jour
    )
    taux = tableau.taux_endettement
    interets = sum(lue.interets for lue in tableau.etats)
    demandes = sum(
        cout_frais(ligne, dettes, paiements) for ligne in frais or () if not ligne.get("regle", False)
    )
    return {
        "capital": tableau.capital,
        "interets": interets,
        "echeances": tableau.echeances,
        "rembourse": tableau.rembourse,
        "endettement": None if taux is None else pourcent(taux),
        "ouvertes": len(tableau.ouvertes),
        "soldees": len(tableau.etats) - len(tableau.ouvertes),
        "frais": demandes,
        "total": tableau.capital + interets + demandes,
        "dettes": [
            {
                "id": lue.dette.id,
                "capital": lue.capital,
                "interets": lue.interets,
                "rembourse": lue.rembourse,
                "progression": lue.progression,
                "soldee": lue.soldee,
            }
            for lue in tableau.etats
        ],
    }


# --- Plans side by side


class PartLue(TypedDict):
    """What a plan offers one creditor, in cents. `dette`: id of the line; None for the loan that replaces them all."""

    dette: str | None
    creancier: str
    capital: int
    mensualite: int
    interets: int


class PlanLu(TypedDict):
    """A scenario computed. Figures are None when it makes no plan: `refus` says why."""

    id: str
    nom: str
    duree: int | None
    plafond: int | None
    """The most that may be paid each month, when the scenario sets that: payments are equal, none is above."""
    mensualite: int | None
    cout: int | None
    fin: date | None
    reste_a_vivre: int | None
    endettement: str | None
    soutenable: bool
    conseille: bool
    refus: str | None
    parts: list[PartLue]


class ComparatifPlans(TypedDict):
    """The scenarios in their order; at most one is the most bearable."""

    scenarios: list[PlanLu]
    conseille: str | None
    """Its name; None when no plan is bearable, which calls for another way out."""


def comparatif_plans(
    jour: date,
    dettes: list[LigneDette],
    paiements: list[LignePaiement],
    scenarios: list[LigneScenario],
    revenus: int,
    charges: int | None,
    charges_logement: int | None,
    autres_credits: int | None,
    reste_a_vivre_minimal: int | None,
    premiere_echeance: date | None,
) -> ComparatifPlans:
    """Plans on what is due that day, compared side by side (DET-20); the choice stays with people (DET-21)."""
    foyer = Foyer(revenus, charges or 0, charges_logement or 0, autres_credits or 0)
    etats = _etats(dettes, paiements, jour)
    plans: list[Plan] = []
    refus: dict[str, str] = {}
    for ligne in scenarios:
        try:
            plans.append(
                modeliser(
                    scenario_de(ligne), etats, foyer, reste_a_vivre_minimal or 0, premiere_echeance or jour
                )
            )
        except RegleError as error:
            refus[ligne["id"]] = str(error)
    conseille = le_plus_soutenable(plans)
    par_id = {plan.scenario.id: plan for plan in plans}
    return {
        "scenarios": [
            _plan(ligne, par_id.get(ligne["id"]), refus.get(ligne["id"]), conseille) for ligne in scenarios
        ],
        "conseille": conseille.scenario.libelle if conseille else None,
    }


def _plan(ligne: LigneScenario, plan: Plan | None, refus: str | None, conseille: Plan | None) -> PlanLu:
    return {
        "id": ligne["id"],
        "nom": ligne["nom"],
        "duree": plan.duree if plan else None,
        "plafond": plan.scenario.mensualite if plan and plan.scenario.mode == "mensualite" else None,
        "mensualite": plan.mensualite if plan else None,
        "cout": plan.cout if plan else None,
        "fin": plan.fin if plan else None,
        "reste_a_vivre": plan.reste_a_vivre if plan else None,
        "endettement": pourcent(plan.taux_endettement) if plan else None,
        "soutenable": plan is not None and plan.soutenable,
        "conseille": plan is not None and plan is conseille,
        "refus": refus,
        "parts": [
            {
                "dette": part.dette,
                "creancier": part.creancier,
                "capital": part.capital,
                "mensualite": part.mensualite,
                "interets": part.interets,
            }
            for part in (plan.parts if plan else ())
        ],
    }


def _etats(dettes: Sequence[LigneDette], paiements: Sequence[LignePaiement], jour: date) -> list[EtatDette]:
    recus = paiements_de(paiements, dettes)
    return [etat(dette, recus, jour) for dette in dettes_de(dettes)]


# --- Over-indebtedness


class LigneDossier(TypedDict):
    """A creditor of the official file."""

    creancier: str
    nature: str
    montant: int
    echeance: int


class DossierLu(TypedDict):
    """What prefills the file of the Banque de France. Without lines, `refus` says why."""

    lignes: list[LigneDossier]
    creanciers: int
    total: int
    echeances: int
    ressources: int
    charges: int
    capacite: int
    refus: str | None


def donnees_surendettement(
    jour: date,
    dettes: list[LigneDette],
    paiements: list[LignePaiement],
    choisies: list[str],
    revenus: int,
    charges: int | None,
    charges_logement: int | None,
    particulier: bool,
    entrepreneur_individuel: bool | None,
) -> DossierLu:
    """Creditor, amount due that day and nature of the debts selected by name (DET-17, DET-18)."""
    try:
        noms = {ligne["id"]: ligne["nom"] for ligne in dettes}
        inconnues = [nom for nom in choisies if nom not in noms.values()]
        if inconnues:
            raise DonneeIncoherenteError(f"Le dossier vise une dette inconnue : « {inconnues[0]} ».")
        retenus = [lu for lu in _etats(dettes, paiements, jour) if noms[lu.dette.id] in choisies]
        foyer = Foyer(revenus, charges or 0, charges_logement or 0)
        dossier = dossier_surendettement(retenus, foyer, particulier, bool(entrepreneur_individuel))
    except RegleError as error:
        return {
            "lignes": [],
            "creanciers": 0,
            "total": 0,
            "echeances": 0,
            "ressources": 0,
            "charges": 0,
            "capacite": 0,
            "refus": str(error),
        }
    return {
        "lignes": [
            {
                "creancier": ligne.creancier,
                "nature": ligne.nature,
                "montant": ligne.montant,
                "echeance": ligne.echeance,
            }
            for ligne in dossier.lignes
        ],
        "creanciers": len({ligne.creancier for ligne in dossier.lignes}),
        "total": dossier.total,
        "echeances": dossier.echeances,
        "ressources": dossier.ressources,
        "charges": dossier.charges,
        "capacite": dossier.capacite,
        "refus": None,
    }


# --- Professionals


class VoiesLues(TypedDict):
    """What a professional in difficulty may ask for on a day."""

    ouvertes: str | None
    limite: date | None
    """Last day to go to court, or to ask for a conciliation, once payments are suspended."""
    depassee: bool
    refus: str | None


def voies_professionnelles(jour: date, cessation_le: date | None) -> VoiesLues:
    """Mandat ad hoc, conciliation, sauvegarde, redressement, liquidation: which are open that day (DET-17)."""
    try:
        ouvertes = voies_ouvertes(jour, cessation_le)
    except RegleError as error:
        return {"ouvertes": None, "limite": None, "depassee": False, "refus": str(error)}
    limite = None if cessation_le is None else limite_cessation(cessation_le)
    noms = ", ".join(LIBELLES[cle] for cle in ouvertes)
    return {
        "ouvertes": noms[:1].upper() + noms[1:],
        "limite": limite,
        "depassee": limite is not None and jour > limite,
        "refus": None,
    }


class TresorerieLue(TypedDict):
    """Cash beside the debts, in cents. Without any month, `refus` says why."""

    solde: int | None
    au: date | None
    excedent: int | None
    apres_dettes: int | None
    mois_couverts: int | None
    refus: str | None


def suivi_tresorerie(
    jour: date, releves: list[LigneTresorerie], dettes: list[LigneDette], paiements: list[LignePaiement]
) -> TresorerieLue:
    """Balance, a month's average, what is left of it once the debts are paid, how long the balance lasts (DET-01)."""
    try:
        echeances = passif(dettes_de(dettes), paiements_de(paiements, dettes), None, au=jour).echeances
        lue = tresorerie(releves_de(releves), echeances, jour)
    except RegleError as error:
        return {
            "solde": None,
            "au": None,
            "excedent": None,
            "apres_dettes": None,
            "mois_couverts": None,
            "refus": str(error),
        }
    return {
        "solde": lue.solde,
        "au": lue.au,
        "excedent": lue.excedent,
        "apres_dettes": lue.apres_dettes,
        "mois_couverts": lue.mois_couverts,
        "refus": None,
    }


LECTURES = (
    comparatif_plans,
    donnees_surendettement,
    suivi_tresorerie,
    tableau_dettes,
    voies_professionnelles,
)
