"""The one registry of calculations a modèle may call by name: all the Python an administrator can reach.

Annotations are a contract: the engine reads them to type-check expressions, so they only use date, str, int,
bool, Decimal, a choice of texts, the lines of `rules.lignes*` in lists, and their optional forms, and no parameter
has a default. A calculation that cannot be made raises `rules.erreurs.RegleError`, whose message is a French sentence.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, TypeVar, get_args

from rules import abonnements as offres_abonnements
from rules import comptes, courrier, delais, embauche, registre_credit, registre_dette, registre_sinistre
from rules.argent import arrondi
from rules.baremes import bareme
from rules.courrier import EvenementPostal
from rules.erreurs import DonneeIncoherenteError
from rules.lignes import (
    LigneAbonnement,
    LigneEcheance,
    LigneFacture,
    LigneFrais,
    LignePalier,
    LigneReglement,
    abonnement_nomme,
    echeances_de,
    factures_de,
    frais_de,
    periodicite_de,
    recupere_de,
    reglements_de,
)

E = TypeVar("E", bound=StrEnum)


def _lire(enum: type[E], valeur: str, quoi: str) -> E:
    try:
        return enum(valeur)
    except ValueError as error:
        connues = ", ".join(enum)
        raise DonneeIncoherenteError(
            f"{quoi} « {valeur} » inconnue ; valeurs connues : {connues}."
        ) from error


def _nature(valeur: str) -> embauche.Nature:
    return _lire(embauche.Nature, valeur, "Nature de contrat")


def _categorie(valeur: str | None) -> embauche.Categorie | None:
    return None if not valeur else _lire(embauche.Categorie, valeur, "Catégorie")


def fin_periode_essai(nature: str, categorie: str | None, date_debut: date, date_fin: date | None) -> date:
    """Dernier jour, inclus, de l’essai légal le plus long (L1221-19, L1242-10, L1251-14)."""
    return embauche.fin_periode_essai(_nature(nature), _categorie(categorie), date_debut, date_fin)


def a_periode_essai(nature: str, categorie: str | None, date_debut: date, date_fin: date | None) -> bool:
    """Vrai si le contrat permet un jour d’essai : un CDD de moins d’une semaine n’en permet pas."""
    return fin_periode_essai(nature, categorie, date_debut, date_fin) >= date_debut


def fin_periode_essai_renouvelee(categorie: str, date_debut: date) -> date:
    """Dernier jour de l’essai d’un CDI renouvelé une fois (L1221-21)."""
    return embauche.fin_essai_cdi_renouvele(_lire(embauche.Categorie, categorie, "Catégorie"), date_debut)


def date_limite_rupture_essai(date_debut: date, fin_essai: date) -> date:
    """Dernier jour où l’employeur peut rompre l’essai en donnant toute la prévenance (L1221-25)."""
    return embauche.derniere_date_de_rupture(date_debut, fin_essai)


def fin_prevenance(date_debut: date, date_rupture: date, auteur: str) -> date:
    """Jour où s’achève la prévenance ; auteur : « employeur » ou « salarie » (L1221-25, L1221-26)."""
    return embauche.fin_de_prevenance(date_debut, date_rupture, _lire(embauche.Auteur, auteur, "Partie"))


def jours_ouvres_apres(jour: date, nombre: int) -> date:
    """Le jour ouvré qui vient ce nombre de jours ouvrés plus tard, jours fériés exclus."""
    return delais.ajouter_jours_ouvres(jour, _quelques(nombre))


def jours_ouvres_avant(jour: date, nombre: int) -> date:
    """Le jour ouvré qui vient ce nombre de jours ouvrés plus tôt, jours fériés exclus."""
    return delais.jours_ouvres_avant(jour, _quelques(nombre))


def _quelques(nombre: int) -> int:
    """A number of days short enough to be counted one by one."""
    if not 0 <= nombre <= 1000:
        raise DonneeIncoherenteError(f"Un délai compte de 0 à 1000 jours ouvrés, et non {nombre}.")
    return nombre


def date_ouverture_dpae(date_entree: date) -> date:
    """Premier jour où la DPAE peut être envoyée : 8 jours avant (R1221-4)."""
    return embauche.ouverture_dpae(date_entree)


def date_limite_dpae(date_entree: date) -> date:
    """Jour de l’embauche : la DPAE part avant l’heure d’entrée (L1221-10)."""
    return embauche.limite_dpae(date_entree)


def date_cible_dpae(date_entree: date) -> date:
    """Jour ouvré précédant l’embauche : date prudente pour avoir envoyé la DPAE."""
    return embauche.veille_ouvree(date_entree)


def date_remise_contrat(nature: str, date_entree: date) -> date:
    """CDD, intérim : contrat sous 2 jours ouvrables (L1242-13, L1251-17) ; CDI : informations sous 7 j."""
    return embauche.limite_remise_contrat(_nature(nature), date_entree)


def date_limite_informations(date_entree: date) -> date:
    """Dernier jour pour les informations écrites complémentaires : 1 mois (R1221-35)."""
    return embauche.limite_informations_complementaires(date_entree)


def date_limite_visite(date_entree: date) -> date:
    """La visite d’information et de prévention se tient avant cette date : 3 mois (R4624-10)."""
    return embauche.limite_visite(date_entree)


def visite_avant_affectation(
    date_naissance: date, date_entree: date, travail_de_nuit: bool, suivi_renforce: bool
) -> bool:
    """Vrai si la visite précède l’affectation : nuit, mineur, suivi renforcé (R4624-18, R4624-24)."""
    return embauche.visite_avant_affectation(
        date_naissance, date_entree, travail_de_nuit=travail_de_nuit, suivi_renforce=suivi_renforce
    )


def age_au(date_naissance: date, jour: date) -> int:
    """Âge en années révolues à une date."""
    return delais.age(date_naissance, jour)


def reste_du(factures: list[LigneFacture], reglements: list[LigneReglement]) -> int:
    """Principal encore dû sur l’ensemble des factures, en centimes (REC-20)."""
    return comptes.imputer(factures_de(factures), reglements_de(reglements)).reste_du


def reste_facture(factures: list[LigneFacture], reglements: list[LigneReglement], facture: str) -> int:
    """Principal encore dû sur une facture, désignée par son identifiant (C. civ. 1342-10)."""
    compte = comptes.imputer(factures_de(factures), reglements_de(reglements))
    return next((compte.reste(trouvee) for trouvee in compte.factures if trouvee.id == facture), 0)


def echeance_impayee(factures: list[LigneFacture], reglements: list[LigneReglement]) -> date | None:
    """Échéance la plus ancienne parmi les factures qui ne sont pas soldées ; absente quand tout est réglé (REC-11)."""
    compte = comptes.imputer(factures_de(factures), reglements_de(reglements))
    return min((f.echeance for f in compte.factures if compte.reste(f) > 0), default=None)


def echeance_du_plan(
    echeances: list[LigneEcheance], reglements: list[LigneReglement], accorde_le: date | None
) -> date | None:
    """Première échéance du plan que les règlements ne couvrent pas ; absente quand le plan est soldé (REC-27)."""
    suivies = comptes.suivre_plan(echeances_de(echeances), reglements_de(reglements), accorde_le or date.min)
    return min((s.echeance.jour for s in suivies if s.reste > 0), default=None)


def fin_amiable(
    factures: list[LigneFacture],
    reglements: list[LigneReglement],
    echeances: list[LigneEcheance],
    accorde_le: date | None,
    jours: int,
) -> date | None:
    """Jour où l’amiable a échoué : tant de jours après la plus ancienne échéance impayée, ou, si un plan est accordé,
    après sa première échéance non couverte. Absent quand tout est réglé (REC-13)."""
    impayee = echeance_impayee(factures, reglements)
    if impayee is None:
        return None
    return delais.ajouter_jours(echeance_du_plan(echeances, reglements, accorde_le) or impayee, jours)


def jours_amiables(paliers: list[LignePalier]) -> int:
    """Jours entre l’échéance et la mise en demeure, d’après le plan de relance ; s’il n’en prévoit pas, trente jours,
    ou quinze après son dernier palier (REC-10, REC-13)."""
    derniers = [palier["jours"] for palier in paliers]
    prevus = [palier["jours"] for palier in paliers if palier["canal"] == "etape"]
    return min(prevus, default=max(30, *(jours + 15 for jours in derniers)) if derniers else 30)


def premiere_date(une: date | None, autre: date | None, derniere: date | None) -> date | None:
    """La plus proche de dates dont chacune peut manquer ; absente quand aucune n’est connue (OPT-07)."""
    return min((jour for jour in (une, autre, derniere) if jour is not None), default=None)


def echeance_suivie(
    fixee: date | None, une: date | None, autre: date | None, derniere: date | None
) -> date | None:
    """L’échéance à surveiller d’un contrat : celle qu’une décision a fixée, sinon la plus proche des dates connues ;
    absente quand aucune ne l’est (OPT-07)."""
    return fixee or premiere_date(une, autre, derniere)


def statut_courrier(evenements: list[EvenementPostal]) -> str:
    """Statut d’un recommandé d’après le suivi de La Poste : « Déposé », « Livré », « Retourné »… (REC-15)."""
    return courrier.statut(evenements)


def remise_courrier(evenements: list[EvenementPostal]) -> date | None:
    """Jour où un recommandé a été remis au destinataire d’après La Poste ; absent s’il ne l’a pas été (REC-15)."""
    return courrier.remis_le(evenements)


def reception_courrier(saisie: date | None, remise: date | None) -> date | None:
    """Jour où un recommandé a été reçu : la date saisie par une personne, sinon celle de sa remise (REC-15)."""
    return saisie or remise


def presentation_courrier(evenements: list[EvenementPostal]) -> date | None:
    """Jour de la première présentation d’un recommandé, même s’il n’est pas retiré ensuite (REC-15)."""
    return courrier.presente_le(evenements)


def accessoires_a_solder(
    factures: list[LigneFacture],
    reglements: list[LigneReglement],
    professionnels: bool,
    taux_contractuel: Decimal | None,
    creancier_particulier: bool,
    mise_en_demeure: date | None,
    executoire_depuis: date | None,
    penalites_reclamees: bool,
) -> bool:
    """Le principal est réglé, mais des pénalités ou indemnités réclamées restent dues (REC-23, REC-24).

    Vrai aussi quand leur taux n’est pas connu : quelqu’un doit le voir.
    """
    if not penalites_reclamees:
        return False
    compte = _au_dernier_reglement(
        factures,
        reglements,
        professionnels,
        taux_contractuel,
        creancier_particulier,
        mise_en_demeure,
        executoire_depuis,
    )
    if compte is None or compte.reste_du > 0:
        return False
    return compte.penalites is None or compte.accessoires_dus() > 0


def trop_percu(
    factures: list[LigneFacture],
    reglements: list[LigneReglement],
    professionnels: bool,
    taux_contractuel: Decimal | None,
    creancier_particulier: bool,
    mise_en_demeure: date | None,
    executoire_depuis: date | None,
    penalites_reclamees: bool,
) -> int:
    """Ce que le débiteur a versé de trop, à lui rendre ; zéro tant que les pénalités réclamées ne sont pas connues."""
    compte = _au_dernier_reglement(
        factures,
        reglements,
        professionnels,
        taux_contractuel,
        creancier_particulier,
        mise_en_demeure,
        executoire_depuis,
    )
    return compte.a_rendre(reclamees=penalites_reclamees) if compte is not None else 0


def _au_dernier_reglement(
    factures: list[LigneFacture],
    reglements: list[LigneReglement],
    professionnels: bool,
    taux_contractuel: Decimal | None,
    creancier_particulier: bool,
    mise_en_demeure: date | None,
    executoire_depuis: date | None,
) -> comptes.Situation | None:
    """Once all is paid nothing runs any more: the day of the last payment says it all. None before any."""
    if not factures or not reglements:
        return None
    conditions = comptes.Conditions(
        professionnels, taux_contractuel, creancier_particulier, mise_en_demeure, executoire_depuis
    )
    recus = reglements_de(reglements)
    return comptes.situation(factures_de(factures), recus, conditions, max(r.jour for r in recus))


def imputation(factures: list[LigneFacture], reglements: list[LigneReglement], reglement: str) -> str:
    """Numéros des factures qu’un règlement a payées, dans l’ordre (REC-19)."""
    compte = comptes.imputer(factures_de(factures), reglements_de(reglements))
    numeros = {facture.id: facture.numero for facture in compte.factures}
    return ", ".join(numeros[i.facture] for i in compte.imputations if i.reglement == reglement)


def reste_echeance(
    echeances: list[LigneEcheance], reglements: list[LigneReglement], accorde_le: date | None, echeance: str
) -> int:
    """Ce qu’une échéance du plan attend encore, les règlements couvrant les échéances dans l’ordre (REC-27)."""
    suivies = comptes.suivre_plan(echeances_de(echeances), reglements_de(reglements), accorde_le or date.min)
    return next((suivie.reste for suivie in suivies if suivie.echeance.id == echeance), 0)


def cout_frais(frais: list[LigneFrais], reglements: list[LigneReglement], ligne: str) -> int:
    """Coût d’un frais de recouvrement ; une commission porte sur les sommes récupérées (REC-21)."""
    recupere = recupere_de(reglements)
    return next((frais_de(trouve).cout(recupere) for trouve in frais if trouve["id"] == ligne), 0)


def total_frais(frais: list[LigneFrais], reglements: list[LigneReglement], trop_percu: int | None) -> int:
    """Total des frais de recouvrement ; une commission porte sur les sommes récupérées, trop-perçu à rendre déduit
    (REC-21)."""
    recupere = recupere_de(reglements) - (trop_percu or 0)
    return sum(frais_de(ligne).cout(recupere) for ligne in frais)


def cout_annuel(prix: int, periodicite: str, prix_kwh: Decimal | None, kwh: int | None) -> int:
    """Coût annuel d’un abonnement : abonnement × 12, plus prix au kWh × consommation (OPT-14)."""
    offre = offres_abonnements.Offre(prix, periodicite_de(periodicite), prix_kwh)
    return offres_abonnements.cout_annuel(offre, kwh)


def cout_annuel_offre(
    abonnements: list[LigneAbonnement], abonnement: str, prix: int, periodicite: str, prix_kwh: Decimal | None
) -> int:
    """Coût annuel d’une offre, sur la consommation de l’abonnement qu’elle remplacerait (OPT-14)."""
    return cout_annuel(prix, periodicite, prix_kwh, abonnement_nomme(abonnements, abonnement).get("kwh"))


def economie_offre(
    abonnements: list[LigneAbonnement], abonnement: str, prix: int, periodicite: str, prix_kwh: Decimal | None
) -> int:
    """Économie annuelle d’une offre, négative si elle coûte plus cher (OPT-12, OPT-14)."""
    actuel = abonnement_nomme(abonnements, abonnement)
    return offres_abonnements.comparer(
        offres_abonnements.Offre(
            actuel["prix"], periodicite_de(actuel["periodicite"]), actuel.get("prix_kwh")
        ),
        offres_abonnements.Offre(prix, periodicite_de(periodicite), prix_kwh),
        actuel.get("kwh"),
    ).economie


def type_abonnement(abonnements: list[LigneAbonnement], abonnement: str) -> str:
    """Type de l’abonnement qu’une offre remplacerait."""
    return abonnement_nomme(abonnements, abonnement)["type"]


def fournisseur_actuel(abonnements: list[LigneAbonnement], abonnement: str) -> str:
    """Fournisseur de l’abonnement qu’une offre remplacerait."""
    return abonnement_nomme(abonnements, abonnement)["fournisseur"]


def consommation_actuelle(abonnements: list[LigneAbonnement], abonnement: str) -> int | None:
    """Consommation de référence de l’abonnement qu’une offre remplacerait ; absente hors énergie."""
    return abonnement_nomme(abonnements, abonnement).get("kwh")


def reference_actuelle(abonnements: list[LigneAbonnement], abonnement: str) -> str | None:
    """Référence client de l’abonnement qu’une offre remplacerait, si elle est connue (OPT-05)."""
    return abonnement_nomme(abonnements, abonnement).get("reference")


TableMontant = Literal["indemnite_recouvrement", "seuil_convention_subvention"]
"""Dated tables whose values are euros: of a rate or a delay, cents would mean nothing. A modèle naming another is
refused before it is published."""


def montant_bareme(table: TableMontant, jour: date) -> int:
    """Montant d’une table datée en euros (`rules/tables/`) au jour dit, en centimes : seuil, plafond, indemnité."""
    if table not in get_args(TableMontant):
        raise DonneeIncoherenteError(f"Aucune table datée de montants ne s’appelle «\u00a0{table}\u00a0».")
    return arrondi(100 * bareme(table).au(jour))


REGISTRE: dict[str, Callable[..., Any]] = {
    fonction.__name__: fonction
    for fonction in (
        a_periode_essai,
        age_au,
        consommation_actuelle,
        cout_annuel,
        cout_annuel_offre,
        cout_frais,
        date_cible_dpae,
        date_limite_dpae,
        date_limite_informations,
        date_limite_rupture_essai,
        date_limite_visite,
        date_ouverture_dpae,
        date_remise_contrat,
        montant_bareme,
        accessoires_a_solder,
        trop_percu,
        echeance_du_plan,
        echeance_impayee,
        echeance_suivie,
        premiere_date,
        economie_offre,
        fin_amiable,
        jours_amiables,
        fin_periode_essai,
        fin_periode_essai_renouvelee,
        fin_prevenance,
        fournisseur_actuel,
        imputation,
        jours_ouvres_apres,
        jours_ouvres_avant,
        presentation_courrier,
        reception_courrier,
        reference_actuelle,
        remise_courrier,
        reste_du,
        reste_echeance,
        reste_facture,
        statut_courrier,
        total_frais,
        type_abonnement,
        visite_avant_affectation,
        *registre_credit.FONCTIONS,
        *registre_dette.FONCTIONS,
        *registre_sinistre.FONCTIONS,
    )
}
