"""Readings of offers: side by side, and the schedule of the one retained (CRE-04, CRE-12, CPR-02).

What cannot be computed has no figure, and `refus` says why in French.
"""

from datetime import date
from decimal import Decimal
from typing import TypedDict

from rules.argent import euros, pourcent
from rules.conditions_pret import AMORTISSABLE, Chiffrage, ConditionsPret, chiffrer
from rules.erreurs import RegleError
from rules.financement import Foyer, ratios, repere_hcsf
from rules.lignes_credit import LigneCredit, LigneOffrePret, conservees, logement
from rules.prets import Mensualite

_TOLERANCE = 100
"""Cents a month under which a bank's figure and ours are the same: roundings, a first month of odd days."""


class OffreLue(TypedDict):
    """A line of « Comparatif des Offres »: figures computed alike for every bank, in cents.

    `annonce`: what the bank writes and our figures do not confirm. `a_payer`: all that leaves the account; of a lease,
    with its option. `cout_total`: beyond what is lent, or beyond the price, so that both are compared alike.
    """

    id: str
    banque: str
    bail: bool
    taux: Decimal | None
    mensualite: int | None
    premier_loyer: int | None
    valeur_residuelle: int | None
    a_payer: int | None
    cout_total: int | None
    mensualite_annoncee: int | None
    cout_annonce: int | None
    annonce: str | None
    taeg: str | None
    endettement: str | None
    reste_a_vivre: int | None
    repere: str | None
    moins_chere: bool
    expiree: bool
    """The bank holds it no more on that day."""
    refus: str | None


class ComparatifOffres(TypedDict):
    """Offers in the order received; of those still held, the cheapest on its total cost and fees is marked."""

    offres: list[OffreLue]
    ecart: int | None
    """Cents between the dearest offer and the cheapest, of those still held."""


def comparatif_offres_pret(
    jour: date,
    offres: list[LigneOffrePret],
    credits: list[LigneCredit],
    revenus: int | None,
    charges: int | None,
    charges_logement: int | None,
    logement_remplace: bool | None,
    differe_ou_travaux: bool | None,
    statut_habitation: str | None = None,
) -> ComparatifOffres:
    """Rate or rents, payment, total cost and debt ratio of each offer (CRE-12). One that cannot be computed says why.

    Without income (a company), an offer has its costs only: no ratio is guessed.
    """
    lues: list[OffreLue] = []
    couts: dict[str, int] = {}
    for offre in offres:
        conditions = conditions_de(offre)
        lue = _sans_chiffres(offre, conditions)
        lue["expiree"] = "tenue_jusqu_au" in offre and jour > offre["tenue_jusqu_au"]
        try:
            chiffrage = chiffrer(conditions)
            if revenus is not None:
                remplace = logement_remplace is not False
                loyer = logement(credits, charges_logement, remplace, statut_habitation)
                foyer = Foyer(revenus, charges or 0, loyer, conservees(credits))
                trouves = ratios(foyer, chiffrage.mensualite, remplace)
                lue["endettement"] = pourcent(trouves.taux_endettement)
                lue["reste_a_vivre"] = trouves.reste_a_vivre
                lue["repere"] = repere_hcsf(
                    trouves.mensualites, revenus, conditions.duree, jour, bool(differe_ou_travaux)
                ).libelle
        except RegleError as error:
            lue["refus"] = str(error)
        else:
            lue["mensualite"], lue["cout_total"] = chiffrage.mensualite, chiffrage.cout_total
            lue["a_payer"], lue["taeg"] = chiffrage.a_payer, pourcent(chiffrage.taux, 2)
            lue["annonce"] = _annonce(lue, conditions.duree)
            # Nobody may accept it any more: it is neither the cheapest nor what the others are measured by.
            if not (lue["expiree"] and offre.get("statut") == "recue"):
                couts[offre["id"]] = chiffrage.cout_total + conditions.frais
        lues.append(lue)
    for lue in lues:
        lue["moins_chere"] = len(couts) > 1 and couts.get(lue["id"]) == min(couts.values())
    return {"offres": lues, "ecart": max(couts.values()) - min(couts.values()) if len(couts) > 1 else None}


def conditions_de(offre: LigneOffrePret) -> ConditionsPret:
    """The terms that an offer says; one without a type is a loan paid back by constant payments."""
    return ConditionsPret(
        offre.get("type_pret", AMORTISSABLE),
        offre["montant"],
        offre["duree"],
        offre.get("taux"),
        offre.get("differe", 0),
        offre.get("differe_total", False),
        offre.get("assurance", 0),
        offre.get("garantie", 0),
        offre.get("frais", 0),
        offre.get("loyers"),
        offre.get("premier_loyer", 0),
        offre.get("valeur_residuelle", 0),
    )


def _sans_chiffres(offre: LigneOffrePret, conditions: ConditionsPret) -> OffreLue:
    bail = conditions.bail
    return {
        "id": offre["id"],
        "banque": offre["banque"],
        "bail": bail,
        "taux": None if bail else conditions.taux,
        "mensualite": None,
        "premier_loyer": conditions.premier_loyer if bail else None,
        "valeur_residuelle": conditions.valeur_residuelle if bail else None,
        "a_payer": None,
        "cout_total": None,
        "mensualite_annoncee": offre.get("mensualite"),
        "cout_annonce": offre.get("cout_total"),
        "annonce": None,
        "taeg": None,
        "endettement": None,
        "reste_a_vivre": None,
        "repere": None,
        "moins_chere": False,
        "expiree": False,
        "refus": None,
    }


def _annonce(lue: OffreLue, duree: int) -> str | None:
    """What the bank announces and our figures do not confirm, in a sentence."""
    ecarts = [
        f"{euros(annonce)} {quoi} au lieu de {euros(calcule)}"
        for annonce, calcule, tolere, quoi in (
            (lue["mensualite_annoncee"], lue["mensualite"], _TOLERANCE, "par mois"),
            (lue["cout_annonce"], lue["cout_total"], _TOLERANCE * duree, "de coût total"),
        )
        if annonce is not None and calcule is not None and abs(annonce - calcule) > tolere
    ]
    if not ecarts:
        return None
    return (
        f"La banque annonce {' et '.join(ecarts)} selon notre calcul\u00a0: "
        "vérifiez l’assurance, la garantie et le différé."
    )


# --- Schedule of the loan retained


class LigneEcheancier(TypedDict):
    """A month of the schedule, in cents. `libelle`: of a line that is no month."""

    rang: int
    libelle: str | None
    interets: int
    capital: int
    assurance: int
    total: int
    restant: int


class TableauAmortissement(TypedDict):
    """The schedule of the loan retained, and what it costs. Without lines, `refus` says why."""

    refus: str | None
    note: str | None
    bail: bool
    mensualite: int | None
    interets: int | None
    assurance: int | None
    cout_total: int | None
    a_payer: int | None
    taeg: str | None
    echeances: list[LigneEcheancier]


def tableau_amortissement(
    jour: date,
    capital: int,
    taux: Decimal | None,
    duree: int,
    differe: int | None,
    assurance: int | None,
    taux_zero: bool | None,
    type_pret: str | None,
    differe_total: bool | None,
    garantie: int | None,
    frais: int | None,
    loyers: int | None,
    premier_loyer: int | None,
    valeur_residuelle: int | None,
) -> TableauAmortissement:
    """« Tableau d'amortissement » of the type of the loan, month by month, whatever the day (CRE-04, CRE-16)."""
    conditions = ConditionsPret(
        "taux_zero" if taux_zero else type_pret or AMORTISSABLE,
        capital,
        duree,
        taux,
        differe or 0,
        bool(differe_total),
        assurance or 0,
        garantie or 0,
        frais or 0,
        loyers,
        premier_loyer or 0,
        valeur_residuelle or 0,
    )
    lu: TableauAmortissement = {
        "refus": None,
        "note": None,
        "bail": conditions.bail,
        "mensualite": None,
        "interets": None,
        "assurance": None,
        "cout_total": None,
        "a_payer": None,
        "taeg": None,
        "echeances": [],
    }
    try:
        chiffrage = chiffrer(conditions)
    except RegleError as error:
        lu["refus"] = str(error)
        return lu
    lu["note"] = _note(conditions)
    lu["mensualite"], lu["interets"] = chiffrage.mensualite, chiffrage.interets
    lu["assurance"], lu["cout_total"] = chiffrage.assurance, chiffrage.cout_total
    lu["a_payer"], lu["taeg"] = chiffrage.a_payer, pourcent(chiffrage.taux, 2)
    lu["echeances"] = _lignes(conditions, chiffrage)
    return lu


def _note(conditions: ConditionsPret) -> str | None:
    """What the reader of such a schedule must know."""
    if conditions.bail:
        return "Chaque loyer est partagé entre le prix du bien et le coût du financement, au taux équivalent."
    if conditions.en_une_fois and conditions.differe_total:
        return "Rien à payer avant la fin\u00a0: les intérêts s’ajoutent au capital chaque mois et sont payés avec lui."
    if conditions.en_une_fois:
        return "Les intérêts sont payés chaque mois, le capital en une seule fois à la fin."
    if conditions.differe and conditions.differe_total:
        return "Pendant le différé, rien n’est payé\u00a0: les intérêts s’ajoutent chaque mois au capital."
    if conditions.differe:
        return "Pendant le différé, seuls les intérêts sont payés."
    return None


def _lignes(conditions: ConditionsPret, chiffrage: Chiffrage) -> list[LigneEcheancier]:
    return [
        {
            "rang": ligne.rang,
            "libelle": _libelle(conditions, ligne),
            "interets": ligne.interets,
            "capital": ligne.capital,
            "assurance": ligne.assurance,
            "total": ligne.total,
            "restant": ligne.restant,
        }
        for ligne in chiffrage.lignes
    ]


def _libelle(conditions: ConditionsPret, ligne: Mensualite) -> str | None:
    if ligne.rang == 0:
        return "Premier loyer"
    return "Option d’achat" if ligne.rang > conditions.duree else None


LECTURES = (comparatif_offres_pret, tableau_amortissement)
