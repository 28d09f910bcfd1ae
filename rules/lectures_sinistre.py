"""Readings of a claim: its money, and its benefits as they stand on a day (SIN-05, PRV-04 to PRV-06)."""

from datetime import date
from decimal import Decimal
from typing import TypedDict

from rules.erreurs import RegleError
from rules.lignes_sinistre import (
    LigneMouvement,
    LignePrejudice,
    LignePrestation,
    LigneRevalorisation,
    LigneVersement,
    mouvements_de,
    revalorisations_de,
    versements_de,
)
from rules.prevoyance import historique, montant_au, total_verse
from rules.registre_sinistre import prochain_versement
from rules.sinistres import suivi_financier


class SuiviSinistre(TypedDict):
    """Totals of « Suivi Financier », in cents."""

    prejudices: int
    attendu: int
    provisionne: int
    indemnise: int
    rembourse: int
    reste: int
    a_reverser: int
    solde: bool


def suivi_sinistre(
    jour: date,
    prejudices: list[LignePrejudice],
    mouvements: list[LigneMouvement],
    offre_acceptee: int | None,
    franchise: int | None,
) -> SuiviSinistre:
    """What was set aside, paid, handed on, and what is left, whatever the day (SIN-05)."""
    suivi = suivi_financier(
        [ligne["montant"] for ligne in prejudices], mouvements_de(mouvements), offre_acceptee, franchise or 0
    )
    return {
        "prejudices": suivi.prejudices,
        "attendu": suivi.attendu,
        "provisionne": suivi.provisionne,
        "indemnise": suivi.indemnise,
        "rembourse": suivi.rembourse,
        "reste": suivi.reste,
        "a_reverser": suivi.a_reverser,
        "solde": suivi.solde,
    }


class PrestationLue(TypedDict):
    """A benefit on a day. Figures are None when they cannot be computed: `refus` says why."""

    id: str
    nom: str
    beneficiaire: str
    montant_du_jour: int | None
    verse: int | None
    prochain_versement: date | None
    en_retard: bool
    refus: str | None


class RevalorisationLue(TypedDict):
    """A line of the history of revaluations."""

    id: str
    prestation: str
    date_effet: date
    taux: Decimal | None
    avant: int
    apres: int
    origine: str


class SuiviPrestations(TypedDict):
    """All the benefits of a claim. `total_verse`: cents."""

    total_verse: int
    prochain_versement: date | None
    prestations: list[PrestationLue]
    revalorisations: list[RevalorisationLue]


def suivi_prestations(
    jour: date,
    prestations: list[LignePrestation],
    versements: list[LigneVersement],
    revalorisations: list[LigneRevalorisation],
) -> SuiviPrestations:
    """Amount of the day, total paid and next payment of each benefit; a payment whose day is over is late (PRV-05)."""
    lues: list[PrestationLue] = []
    paliers: list[RevalorisationLue] = []
    for prestation in prestations:
        lue, histoire = _prestation(jour, prestation, prestations, versements, revalorisations)
        lues.append(lue)
        paliers += histoire
    attendus = [lue["prochain_versement"] for lue in lues if lue["prochain_versement"] is not None]
    return {
        "total_verse": sum(lue["verse"] or 0 for lue in lues),
        "prochain_versement": min(attendus, default=None),
        "prestations": lues,
        "revalorisations": paliers,
    }


def _prestation(
    jour: date,
    ligne: LignePrestation,
    prestations: list[LignePrestation],
    versements: list[LigneVersement],
    revalorisations: list[LigneRevalorisation],
) -> tuple[PrestationLue, list[RevalorisationLue]]:
    lue: PrestationLue = {
        "id": ligne["id"],
        "nom": ligne["nom"],
        "beneficiaire": ligne["beneficiaire"],
        "montant_du_jour": None,
        "verse": None,
        "prochain_versement": None,
        "en_retard": False,
        "refus": None,
    }
    histoire: list[RevalorisationLue] = []
    siennes = revalorisations_de(revalorisations, ligne["nom"])
    origines = {r["id"]: r.get("origine", "") for r in revalorisations}
    try:
        lue["verse"] = total_verse(versements_de(versements, ligne["nom"]))
        lue["prochain_versement"] = prochain_versement(prestations, versements, ligne["nom"])
        lue["montant_du_jour"] = montant_au(jour, ligne["montant"], ligne["debut"], siennes)
        histoire = [
            {
                "id": palier.revalorisation.id,
                "prestation": ligne["nom"],
                "date_effet": palier.revalorisation.effet,
                "taux": palier.revalorisation.taux,
                "avant": palier.avant,
                "apres": palier.apres,
                "origine": origines[palier.revalorisation.id],
            }
            for palier in historique(ligne["montant"], ligne["debut"], siennes)
        ]
    except RegleError as error:
        lue["refus"] = str(error)
    attendu = lue["prochain_versement"]
    lue["en_retard"] = attendu is not None and attendu < jour
    return lue, histoire


LECTURES = (suivi_prestations, suivi_sinistre)
