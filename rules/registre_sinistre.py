"""Calculations that the modèles of claims may call; the contract is that of `rules.registre`."""

from datetime import date
from decimal import Decimal

from rules import prevoyance, sinistres
from rules.erreurs import DonneeIncoherenteError
from rules.lignes_sinistre import (
    LigneMouvement,
    LignePrejudice,
    LignePrestation,
    LigneRevalorisation,
    LigneVersement,
    mouvements_de,
    periodicite_de,
    prestation_nommee,
    revalorisations_de,
    sens_de,
    versements_de,
)


def _evenement(valeur: str) -> sinistres.Evenement:
    try:
        return sinistres.Evenement(valeur)
    except ValueError as error:
        connus = ", ".join(sinistres.Evenement)
        raise DonneeIncoherenteError(
            f"Événement « {valeur} » inconnu ; valeurs connues : {connus}."
        ) from error


def date_limite_declaration(
    evenement: str, connu_le: date, arrete_publie_le: date | None, jours_contrat: int | None
) -> date:
    """Dernier jour pour déclarer, ou porter plainte après une cyberattaque (L113-2, L125-2, L12-10-1)."""
    return sinistres.limite_declaration(_evenement(evenement), connu_le, arrete_publie_le, jours_contrat)


def date_limite_aggravation(connue_le: date) -> date:
    """Dernier jour pour signaler une aggravation du risque : 15 jours (L113-2, 3°)."""
    return sinistres.limite_aggravation(connue_le)


def date_prescription_assurance(depart: date) -> date:
    """Jour où l’action contre l’assureur est prescrite : 2 ans (L114-1)."""
    return sinistres.prescription(depart)


def date_reponse_assureur(depart: date) -> date:
    """Catastrophe naturelle : dernier jour pour que l’assureur réponde, ou propose : 1 mois (L125-2)."""
    return sinistres.reponse_assureur_catastrophe(depart)


def date_versement_assureur(accord_le: date) -> date:
    """Catastrophe naturelle : dernier jour pour que l’assureur verse, 21 jours après l’accord (L125-2)."""
    return sinistres.versement_catastrophe(accord_le)


def total_mouvements(mouvements: list[LigneMouvement], sens: str) -> int:
    """Total en centimes d’un sens de mouvement : provision, indemnisation, remboursement (SIN-05)."""
    voulu = sens_de(sens)
    return sum(mouvement.montant for mouvement in mouvements_de(mouvements) if mouvement.sens is voulu)


def reste_a_indemniser(
    prejudices: list[LignePrejudice],
    mouvements: list[LigneMouvement],
    offre_acceptee: int | None,
    franchise: int | None,
) -> int:
    """Ce que la compagnie doit encore, en centimes : offre acceptée, sinon préjudices moins franchise (SIN-05)."""
    return _suivi(prejudices, mouvements, offre_acceptee, franchise).reste


def reste_a_reverser(mouvements: list[LigneMouvement]) -> int:
    """Indemnités encaissées par le cabinet et pas encore remboursées au client, en centimes (SIN-05)."""
    return _suivi([], mouvements, None, None).a_reverser


def _suivi(
    prejudices: list[LignePrejudice],
    mouvements: list[LigneMouvement],
    offre_acceptee: int | None,
    franchise: int | None,
) -> sinistres.SuiviFinancier:
    montants = [ligne["montant"] for ligne in prejudices]
    return sinistres.suivi_financier(montants, mouvements_de(mouvements), offre_acceptee, franchise or 0)


def jours_indemnises(debut: date, fin: date, franchise: int) -> int:
    """Jours payés d’un arrêt, bornes comprises, après le délai de franchise (PRV-07 ; CSS R323-1 : 3 jours)."""
    return prevoyance.jours_indemnises(debut, fin, franchise)


def indemnites_journalieres(montant_jour: int, debut: date, fin: date, franchise: int) -> int:
    """Indemnités journalières d’un arrêt, en centimes (PRV-02)."""
    return prevoyance.indemnites_journalieres(montant_jour, debut, fin, franchise)


def rente_annuelle(base: int, taux: Decimal, deduction: int | None) -> int:
    """Rente annuelle : base × taux garanti, moins la part de la Sécurité sociale, en centimes (PRV-02)."""
    return prevoyance.rente_annuelle(base, taux, deduction or 0)


def terme_de_rente(rente: int, periodicite: str) -> int:
    """Montant d’un versement d’une rente annuelle ; périodicité : mois, trimestre, an (PRV-02)."""
    return prevoyance.terme(rente, periodicite_de(periodicite))


def total_verse(versements: list[LigneVersement], prestation: str) -> int:
    """Total versé pour une prestation, désignée par son nom, en centimes (PRV-05)."""
    return prevoyance.total_verse(versements_de(versements, prestation))


def prochain_versement(
    prestations: list[LignePrestation], versements: list[LigneVersement], prestation: str
) -> date | None:
    """Jour où le prochain versement d’une prestation est attendu ; rien quand le droit est fini ou payé (PRV-05)."""
    ligne = prestation_nommee(prestations, prestation)
    verses = versements_de(versements, prestation)
    if "periodicite" not in ligne:
        # A capital is paid once.
        return None if verses else ligne["debut"]
    return prevoyance.prochaine_echeance(
        verses,
        periodicite_de(ligne["periodicite"]),
        ligne["debut"],
        ligne.get("fin"),
        ligne.get("d_avance", False),
    )


def montant_avant_revalorisation(
    prestations: list[LignePrestation], revalorisations: list[LigneRevalorisation], ligne: str
) -> int:
    """Montant de la prestation avant une revalorisation, désignée par son identifiant, en centimes (PRV-06)."""
    palier = _palier(prestations, revalorisations, ligne)
    return palier.avant if palier else 0


def montant_apres_revalorisation(
    prestations: list[LignePrestation], revalorisations: list[LigneRevalorisation], ligne: str
) -> int:
    """Montant de la prestation après une revalorisation, désignée par son identifiant, en centimes (PRV-06)."""
    palier = _palier(prestations, revalorisations, ligne)
    return palier.apres if palier else 0


def _palier(
    prestations: list[LignePrestation], revalorisations: list[LigneRevalorisation], ligne: str
) -> prevoyance.Palier | None:
    nommee = next((r["prestation"] for r in revalorisations if r["id"] == ligne), None)
    if nommee is None:
        return None
    prestation = prestation_nommee(prestations, nommee)
    paliers = prevoyance.historique(
        prestation["montant"], prestation["debut"], revalorisations_de(revalorisations, nommee)
    )
    return next(palier for palier in paliers if palier.revalorisation.id == ligne)


FONCTIONS = (
    date_limite_aggravation,
    date_limite_declaration,
    date_prescription_assurance,
    date_reponse_assureur,
    date_versement_assureur,
    indemnites_journalieres,
    jours_indemnises,
    montant_apres_revalorisation,
    montant_avant_revalorisation,
    prochain_versement,
    rente_annuelle,
    reste_a_indemniser,
    reste_a_reverser,
    terme_de_rente,
    total_mouvements,
    total_verse,
)
