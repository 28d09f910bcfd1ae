"""Readings of a loan file: financing plan, simulation, grouping (CRE-10, CRE-14 to CRE-16).

A simulation that cannot be made has no figures, and `refus` says why in French: screens never show a figure that
means nothing.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TypedDict

from rules.argent import euros, pourcent
from rules.baremes import bareme
from rules.erreurs import RegleError
from rules.financement import (
    Foyer,
    capital_a_financer,
    pour_cent,
    ratios,
    repere_hcsf,
    taux_endettement,
)
from rules.lignes_credit import LigneCredit, LigneMontant, conservees, logement, mensualites, repris
from rules.offres_pret import acceptation_possible_le, offre_tenue_jusqu_au
from rules.prets import MOIS_PAR_AN, Mensualite, Pret, cout_total, echeancier, taeg, taux_usure
from rules.regroupement import Conditions, regrouper


class Resultat(TypedDict):
    """What a loan costs and what it does to the household. Amounts in cents, rates per cent."""

    mensualite: int
    mensualite_hors_assurance: int
    cout_total: int
    interets: int
    garantie: int
    assurance: int
    frais: int
    taeg: Decimal
    taeg_libelle: str
    taux_endettement: Decimal
    endettement_libelle: str
    reste_a_vivre: int
    saut_de_charge: int
    au_dessus_repere: bool
    repere: str
    taux_repere: Decimal
    duree_repere: int
    taux_usure: Decimal | None
    au_dessus_usure: bool | None
    refus_usure: str | None


class Annee(TypedDict):
    """A year of the schedule: sums of its months, and the principal due at its end."""

    annee: int
    interets: int
    capital: int
    assurance: int
    restant: int


class PlanFinancement(TypedDict):
    """Needs and resources side by side (CRE-10). `ecart`: resources less needs, None while there is no plan."""

    besoins: int
    apports: int
    capital: int | None
    ressources: int
    ecart: int | None
    equilibre: bool
    message: str
    remarque: str | None


def plan_financement(
    jour: date,
    besoins: list[LigneMontant],
    apports: list[LigneMontant],
    capital: int | None,
    montant_projet: int | None,
) -> PlanFinancement:
    """Whether the plan balances, whatever the day: contributions and what is borrowed are worth the needs.

    Without a capital of its own, what the contributions leave is borrowed.
    """
    demandes, apportes = [b["montant"] for b in besoins], [a["montant"] for a in apports]
    lu: PlanFinancement = {
        "besoins": sum(demandes),
        "apports": sum(apportes),
        "capital": capital,
        "ressources": sum(apportes) + (capital or 0),
        "ecart": None,
        "equilibre": False,
        "message": "",
        "remarque": None,
    }
    try:
        a_financer = capital_a_financer(demandes, apportes)
    except RegleError as error:
        lu["message"] = str(error)
        return lu
    emprunte = a_financer if capital is None else capital
    lu["capital"], lu["ressources"] = emprunte, lu["apports"] + emprunte
    ecart = lu["ressources"] - lu["besoins"]
    lu["ecart"], lu["equilibre"] = ecart, ecart == 0
    if ecart < 0:
        lu["message"] = (
            f"Il manque {euros(-ecart)} de ressources\u00a0: augmentez le capital emprunté ou les apports, "
            "ou réduisez un besoin."
        )
    elif ecart > 0:
        lu["message"] = f"Les ressources dépassent les besoins de {euros(ecart)}\u00a0: empruntez moins."
    else:
        lu["message"] = "Plan équilibré\u00a0: les ressources valent les besoins."
    if montant_projet is not None and montant_projet != lu["besoins"]:
        lu["remarque"] = (
            f"Le montant du projet annoncé, {euros(montant_projet)}, n’est pas le total des besoins."
        )
    return lu


class SimulationCredit(TypedDict):
    """The cards of the file. Without a result, `refus` says why."""

    besoins: int
    apports: int
    capital: int | None
    refus: str | None
    resultat: Resultat | None
    mensualite: int | None
    endettement: str | None
    reste_a_vivre: int | None
    saut_de_charge: int | None
    cout_total: int | None
    taeg: str | None
    repere: str | None
    annees: list[Annee]


def simulation_credit(
    jour: date,
    besoins: list[LigneMontant],
    apports: list[LigneMontant],
    credits: list[LigneCredit],
    revenus: int,
    charges: int | None,
    charges_logement: int | None,
    taux: Decimal,
    duree: int,
    differe: int | None,
    assurance: int | None,
    garantie: int | None,
    frais: int | None,
    taux_zero: bool | None,
    logement_remplace: bool | None,
    differe_ou_travaux: bool | None,
    capital_emprunte: int | None = None,
    statut_habitation: str | None = None,
) -> SimulationCredit:
    """All the figures of the project on a day: HCSF marks and ceiling of the rate are those in force that day.

    `capital_emprunte`: what is borrowed, where it is not what the contributions leave. `statut_habitation`: a tenant's
    rent is counted beside a housing loan, which is not of the home.
    """
    lue: SimulationCredit = {
        "besoins": sum(ligne["montant"] for ligne in besoins),
        "apports": sum(ligne["montant"] for ligne in apports),
        "capital": None,
        "refus": None,
        "resultat": None,
        "mensualite": None,
        "endettement": None,
        "reste_a_vivre": None,
        "saut_de_charge": None,
        "cout_total": None,
        "taeg": None,
        "repere": None,
        "annees": [],
    }
    try:
        capital = capital_a_financer(
            [ligne["montant"] for ligne in besoins], [ligne["montant"] for ligne in apports]
        )
        if capital_emprunte is not None:
            capital = capital_emprunte
        lue["capital"] = capital
        pret = Pret(capital, taux, duree, differe or 0, assurance or 0, bool(taux_zero))
        remplace = logement_remplace is not False
        loyer = logement(credits, charges_logement, remplace, statut_habitation)
        foyer = Foyer(revenus, charges or 0, loyer, conservees(credits))
        resultat = _resultat(
            jour,
            pret,
            foyer,
            garantie or 0,
            frais or 0,
            logement_remplace=remplace,
            differe_ou_travaux=bool(differe_ou_travaux),
        )
    except RegleError as error:
        lue["refus"] = str(error)
        return lue
    lue["resultat"] = resultat
    lue["mensualite"] = resultat["mensualite"]
    lue["endettement"] = resultat["endettement_libelle"]
    lue["reste_a_vivre"] = resultat["reste_a_vivre"]
    lue["saut_de_charge"] = resultat["saut_de_charge"]
    lue["cout_total"] = resultat["cout_total"]
    lue["taeg"] = resultat["taeg_libelle"]
    lue["repere"] = resultat["repere"]
    lue["annees"] = _annees(echeancier(pret))
    return lue


def _resultat(
    jour: date,
    pret: Pret,
    foyer: Foyer,
    garantie: int,
    frais: int,
    *,
    logement_remplace: bool,
    differe_ou_travaux: bool,
) -> Resultat:
    cout = cout_total(pret, garantie, frais)
    # The first full payment: a deferral asks for less at first, and says nothing of what the household must bear.
    pleine = echeancier(pret)[pret.differe]
    trouves = ratios(foyer, pleine.total, logement_remplace)
    repere = repere_hcsf(trouves.mensualites, foyer.revenus, pret.duree, jour, differe_ou_travaux)
    effectif = pour_cent(taeg(pret, garantie + frais))
    usure, refus_usure = _usure(pret.duree, jour)
    return {
        "mensualite": pleine.total,
        "mensualite_hors_assurance": pleine.hors_assurance,
        "cout_total": cout.total,
        "interets": cout.interets,
        "garantie": cout.garantie,
        "assurance": cout.assurance,
        "frais": cout.frais,
        "taeg": effectif,
        "taeg_libelle": pourcent(effectif, 2),
        "taux_endettement": trouves.taux_endettement,
        "endettement_libelle": pourcent(trouves.taux_endettement),
        "reste_a_vivre": trouves.reste_a_vivre,
        "saut_de_charge": trouves.saut_de_charge,
        "au_dessus_repere": repere.taux_depasse or repere.duree_depassee,
        "repere": repere.libelle,
        "taux_repere": repere.taux_max,
        "duree_repere": repere.duree_max,
        "taux_usure": usure,
        "au_dessus_usure": None if usure is None else effectif > usure,
        "refus_usure": refus_usure,
    }


def _usure(duree: int, jour: date) -> tuple[Decimal | None, str | None]:
    try:
        return taux_usure(duree, jour), None
    except RegleError:
        return (
            None,
            "Le taux d’usure de ce trimestre n’est pas encore connu\u00a0: la comparaison n’est pas faite.",
        )


def _annees(lignes: Sequence[Mensualite]) -> list[Annee]:
    annees: list[Annee] = []
    for rang in range(0, len(lignes), MOIS_PAR_AN):
        mois = lignes[rang : rang + MOIS_PAR_AN]
        annees.append(
            {
                "annee": rang // MOIS_PAR_AN + 1,
                "interets": sum(ligne.interets for ligne in mois),
                "capital": sum(ligne.capital for ligne in mois),
                "assurance": sum(ligne.assurance for ligne in mois),
                "restant": mois[-1].restant,
            }
        )
    return annees


# --- Legal days of an offer


class DelaisOffre(TypedDict):
    """When an offer received on a day may be accepted, and until when it holds (C. conso. L313-34)."""

    acceptable_le: date
    tenue_jusqu_au: date
    acceptable: bool
    expiree: bool


def delais_offre_pret(jour: date, recue_le: date) -> DelaisOffre:
    """The state of an offer on a day: ten whole days to think, thirty to accept."""
    premier, dernier = acceptation_possible_le(recue_le), offre_tenue_jusqu_au(recue_le)
    return {
        "acceptable_le": premier,
        "tenue_jusqu_au": dernier,
        "acceptable": premier <= jour <= dernier,
        "expiree": jour > dernier,
    }


# --- Grouping


class Effort(TypedDict):
    """What loans weigh on the household: before, or after. `au_dessus_repere`: of the HCSF's share of income."""

    taux_endettement: Decimal
    endettement_libelle: str
    reste_a_vivre: int
    au_dessus_repere: bool


class RegroupementLu(TypedDict):
    """Before and after a grouping. Without figures, `refus` says why; without income, no ratio is guessed."""

    capital: int | None
    mensualites_avant: int | None
    mensualite: int | None
    allegement: int | None
    surcout: int | None
    avant: Effort | None
    apres: Effort | None
    endettement_avant: str | None
    endettement: str | None
    reste_a_vivre: int | None
    taux_repere: Decimal | None
    refus: str | None


def simulation_regroupement(
    jour: date,
    credits: list[LigneCredit],
    taux: Decimal,
    duree: int,
    assurance: int | None,
    tresorerie: int | None,
    frais: int | None,
    revenus: int | None,
    charges: int | None,
    charges_logement: int | None,
    statut_habitation: str | None = None,
) -> RegroupementLu:
    """What grouping lightens each month and adds in the end; the debt ratio before and after, on a day (CRE-14).

    `charges_logement`: a rent; of an owner whose housing loan is in the list, it is that loan, counted once.
    """
    lue: RegroupementLu = {
        "capital": None,
        "mensualites_avant": None,
        "mensualite": None,
        "allegement": None,
        "surcout": None,
        "avant": None,
        "apres": None,
        "endettement_avant": None,
        "endettement": None,
        "reste_a_vivre": None,
        "taux_repere": None,
        "refus": None,
    }
    try:
        trouve = regrouper(
            repris(credits), Conditions(taux, duree, assurance or 0, tresorerie or 0, frais or 0)
        )
        if revenus is not None:
            loyer = logement(credits, charges_logement, False, statut_habitation)
            foyer = Foyer(revenus, charges or 0, loyer, conservees(credits))
            avant, apres = _efforts(foyer, mensualites(credits), trouve.mensualite, jour)
            lue["avant"], lue["apres"] = avant, apres
            lue["endettement_avant"] = avant["endettement_libelle"]
            lue["endettement"], lue["reste_a_vivre"] = apres["endettement_libelle"], apres["reste_a_vivre"]
            lue["taux_repere"] = bareme("hcsf_taux_effort").au(jour)
    except RegleError as error:
        lue["refus"] = str(error)
        return lue
    lue["capital"] = trouve.capital
    lue["mensualites_avant"] = trouve.mensualites_avant
    lue["mensualite"] = trouve.mensualite
    lue["allegement"] = trouve.allegement
    lue["surcout"] = trouve.surcout
    return lue


def _efforts(foyer: Foyer, avant: int, mensualite: int, jour: date) -> tuple[Effort, Effort]:
    """The household with the loans it pays, then with the new one. Today's situation is told as it is, even past 100 %;
    what is proposed is refused there. Raises RegleError."""
    apres = ratios(foyer, mensualite, logement_remplace=False)

    def effort(payees: int) -> Effort:
        taux = taux_endettement(payees, foyer.revenus)
        return {
            "taux_endettement": pour_cent(taux),
            "endettement_libelle": pourcent(pour_cent(taux)),
            "reste_a_vivre": foyer.revenus - foyer.charges - foyer.charges_logement - payees,
            "au_dessus_repere": taux > bareme("hcsf_taux_effort").au(jour),
        }

    return effort(avant), effort(apres.mensualites)


LECTURES = (
    delais_offre_pret,
    plan_financement,
    simulation_credit,
    simulation_regroupement,
)
