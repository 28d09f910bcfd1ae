"""Hiring: trial periods, notice, DPAE window, contract hand-over, medical visit.

Sources: Code du travail, state of 2026, articles named function by function.
Trial periods count in calendar days and include the first day worked; notice never prolongs them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rules.delais import (
    Territoire,
    Unite,
    age,
    ajouter_jours,
    ajouter_jours_ouvrables,
    ajouter_jours_ouvres,
    ajouter_mois,
    decaler,
    dernier_jour_de_periode,
    jours_avant,
)
from rules.erreurs import DonneeIncoherenteError


class Nature(StrEnum):
    """Nature of the work contract."""

    CDI = "cdi"
    CDD = "cdd"
    INTERIM = "interim"


class Categorie(StrEnum):
    """Professional category, which sets the trial period of a CDI."""

    OUVRIER = "ouvrier"
    EMPLOYE = "employe"
    TECHNICIEN = "technicien"
    AGENT_DE_MAITRISE = "agent_de_maitrise"
    CADRE = "cadre"


class Auteur(StrEnum):
    """Who ends the trial period."""

    EMPLOYEUR = "employeur"
    SALARIE = "salarie"


@dataclass(frozen=True, slots=True)
class Duree:
    """A number of units, signed like in `delais.decaler`."""

    nombre: int
    unite: Unite


ESSAI_CDI_MOIS: dict[Categorie, int] = {
    Categorie.OUVRIER: 2,
    Categorie.EMPLOYE: 2,
    Categorie.TECHNICIEN: 3,
    Categorie.AGENT_DE_MAITRISE: 3,
    Categorie.CADRE: 4,
}
"""Longest initial trial period of a CDI, in months (art. L1221-19)."""

DPAE_JOURS_AVANT = 8
VISITE_MOIS = 3
REMISE_JOURS_OUVRABLES = 2
INFORMATION_JOURS = 7
_ESSAI_CDD_COURT_JOURS = 14
_CDD_COURT_MOIS = 6


def _verifier_dates(date_debut: date, date_fin: date | None) -> date:
    if date_fin is None:
        raise DonneeIncoherenteError("La date de fin du contrat manque : elle fixe la durée de l’essai.")
    if date_fin < date_debut:
        raise DonneeIncoherenteError("Le contrat finit avant d’avoir commencé.")
    return date_fin


def semaines_de_contrat(date_debut: date, date_fin: date) -> int:
    """Whole weeks of a contract; a last week that stops on Friday or Saturday counts, rest included."""
    fin = _verifier_dates(date_debut, date_fin)
    repos = {4: 2, 5: 1}.get(fin.weekday(), 0)
    return ((fin - date_debut).days + 1 + repos) // 7


def fin_essai_cdi(categorie: Categorie, date_debut: date) -> date:
    """Last day, included, of the longest initial trial period of a CDI (art. L1221-19)."""
    return dernier_jour_de_periode(date_debut, ESSAI_CDI_MOIS[categorie])


def fin_essai_cdi_renouvele(categorie: Categorie, date_debut: date) -> date:
    """Last day of the trial period renewed once: 4, 6 or 8 months in all (art. L1221-21).

    Legal only with an extended branch agreement, a clause in the contract and the employee's consent.
    """
    return dernier_jour_de_periode(date_debut, 2 * ESSAI_CDI_MOIS[categorie])


def fin_essai_cdd(date_debut: date, date_fin: date) -> date:
    """Last day, included, of the longest trial period of a CDD (art. L1242-10).

    One day a week, at most two weeks when the contract lasts six months or less, else at most one month.
    A contract shorter than a week allows none: the answer is then the eve of its first day.
    """
    fin = _verifier_dates(date_debut, date_fin)
    jours = semaines_de_contrat(date_debut, fin)
    fin_par_semaine = date_debut + timedelta(days=jours - 1)
    if fin <= dernier_jour_de_periode(date_debut, _CDD_COURT_MOIS):
        return min(fin_par_semaine, date_debut + timedelta(days=_ESSAI_CDD_COURT_JOURS - 1))
    return min(fin_par_semaine, dernier_jour_de_periode(date_debut, 1))


def fin_essai_interim(date_debut: date, date_fin: date) -> date:
    """Last day of the trial period of a temporary assignment: 2, 3 or 5 days (art. L1251-14)."""
    fin = _verifier_dates(date_debut, date_fin)
    if fin <= dernier_jour_de_periode(date_debut, 1):
        jours = 2
    elif fin <= dernier_jour_de_periode(date_debut, 2):
        jours = 3
    else:
        jours = 5
    return date_debut + timedelta(days=jours - 1)


def fin_periode_essai(
    nature: Nature, categorie: Categorie | None, date_debut: date, date_fin: date | None
) -> date:
    """Last day, included, of the longest legal initial trial period.

    Raises DonneeIncoherenteError when a CDI has no category or another contract no end date.
    """
    match nature:
        case Nature.CDI:
            if categorie is None:
                raise DonneeIncoherenteError("La catégorie manque : elle fixe la durée de l’essai.")
            return fin_essai_cdi(categorie, date_debut)
        case Nature.CDD:
            return fin_essai_cdd(date_debut, _verifier_dates(date_debut, date_fin))
        case Nature.INTERIM:
            return fin_essai_interim(date_debut, _verifier_dates(date_debut, date_fin))


def prevenance(date_debut: date, date_rupture: date, auteur: Auteur) -> Duree:
    """Notice due by whoever ends the trial on `date_rupture` (art. L1221-25 and L1221-26).

    24 h and 48 h are given as 1 and 2 days. The day of the announcement counts as presence, the reading
    that gives the employee the longer notice.
    """
    if date_rupture < date_debut:
        raise DonneeIncoherenteError("La rupture de l’essai ne peut pas précéder l’embauche.")
    presence = (date_rupture - date_debut).days + 1
    if presence < 8:
        return Duree(1, Unite.JOURS)
    if auteur is Auteur.SALARIE or date_rupture < ajouter_mois(date_debut, 1):
        return Duree(2, Unite.JOURS)
    if date_rupture < ajouter_mois(date_debut, 3):
        return Duree(2, Unite.SEMAINES)
    return Duree(1, Unite.MOIS)


def fin_de_prevenance(date_debut: date, date_rupture: date, auteur: Auteur) -> date:
    """Day on which the notice given on `date_rupture` runs out."""
    duree = prevenance(date_debut, date_rupture, auteur)
    return decaler(date_rupture, duree.nombre, duree.unite)


def derniere_date_de_rupture(date_debut: date, fin_essai: date) -> date:
    """Last day on which the employer can end the trial with the whole notice inside it (art. L1221-25).

    `date_debut` when the trial is too short to hold any notice.
    """
    jour = fin_essai
    while jour > date_debut and fin_de_prevenance(date_debut, jour, Auteur.EMPLOYEUR) > fin_essai:
        jour -= timedelta(days=1)
    return max(jour, date_debut)


def ouverture_dpae(date_entree: date) -> date:
    """First day on which the DPAE may be sent (art. R1221-4)."""
    return jours_avant(date_entree, DPAE_JOURS_AVANT)


def limite_dpae(date_entree: date) -> date:
    """Day of the hire: the DPAE must be sent before its hour of entry (art. L1221-10, R1221-4)."""
    return date_entree


def limite_dpae_par_courrier(date_entree: date, territoire: Territoire = Territoire.METROPOLE) -> date:
    """Last day to post the DPAE form by registered letter: the jour ouvrable before (art. R1221-5)."""
    return ajouter_jours_ouvrables(date_entree, -1, territoire)


def veille_ouvree(date_entree: date, territoire: Territoire = Territoire.METROPOLE) -> date:
    """The jour ouvré before the hire: the prudent day for the firm to have sent the DPAE."""
    return ajouter_jours_ouvres(date_entree, -1, territoire)


def limite_remise_contrat(
    nature: Nature, date_entree: date, territoire: Territoire = Territoire.METROPOLE
) -> date:
    """Last day to hand over the contract, or for a CDI the essential written information.

    CDD (art. L1242-13) and temporary work (art. L1251-17): two jours ouvrables after the hire.
    CDI: the information of art. R1221-34 within seven calendar days (art. R1221-35).
    """
    if nature is Nature.CDI:
        return ajouter_jours(date_entree, INFORMATION_JOURS)
    return ajouter_jours_ouvrables(date_entree, REMISE_JOURS_OUVRABLES, territoire)


def limite_informations_complementaires(date_entree: date) -> date:
    """Last day for the other written information: one month (art. R1221-35)."""
    return ajouter_mois(date_entree, 1)


def limite_visite(date_entree: date) -> date:
    """The information and prevention visit is held before this date: three months (art. R4624-10)."""
    return ajouter_mois(date_entree, VISITE_MOIS)


def visite_avant_affectation(
    date_naissance: date, date_entree: date, *, travail_de_nuit: bool, suivi_renforce: bool
) -> bool:
    """True when the visit must come before the first day: night work, minors, reinforced follow-up.

    Art. R4624-18 and R4624-24.
    """
    return travail_de_nuit or suivi_renforce or age(date_naissance, date_entree) < 18
