"""Calculations that the modèles of loans may call; the contract is that of `rules.registre`."""

from datetime import date
from decimal import Decimal

from rules import financement, financement_pro, offres_pret, prets, regroupement
from rules.lignes_credit import LigneCredit, LigneMontant, conservees, repris


def capital_a_financer(besoins: list[LigneMontant], apports: list[LigneMontant]) -> int:
    """Total des besoins moins total des apports, en centimes (CRE-10)."""
    return financement.capital_a_financer(
        [ligne["montant"] for ligne in besoins], [ligne["montant"] for ligne in apports]
    )


def mensualite_credit(
    capital: int, taux: Decimal, duree: int, differe: int | None, taux_zero: bool | None
) -> int:
    """Mensualité hors assurance, en centimes, passé le différé (CRE-16)."""
    return prets.mensualite(_pret(capital, taux, duree, differe, taux_zero))


def interets_credit(
    capital: int, taux: Decimal, duree: int, differe: int | None, taux_zero: bool | None
) -> int:
    """Intérêts sur toute la durée, en centimes, tels que l’échéancier les additionne (CRE-16)."""
    return prets.interets(_pret(capital, taux, duree, differe, taux_zero))


def cout_total_credit(
    capital: int,
    taux: Decimal,
    duree: int,
    differe: int | None,
    taux_zero: bool | None,
    assurance: int | None,
    garantie: int | None,
) -> int:
    """Coût total du crédit : intérêts + garantie + assurance mensuelle sur la durée, en centimes (CRE-15)."""
    pret = _pret(capital, taux, duree, differe, taux_zero, assurance)
    return prets.cout_total(pret, garantie or 0).total


def taeg_credit(
    capital: int,
    taux: Decimal,
    duree: int,
    differe: int | None,
    taux_zero: bool | None,
    assurance: int | None,
    frais: int | None,
) -> Decimal:
    """TAEG à deux décimales ; frais : dossier, garantie et courtage exigés (C. conso. L314-1, R314-3)."""
    pret = _pret(capital, taux, duree, differe, taux_zero, assurance)
    return financement.pour_cent(prets.taeg(pret, frais or 0))


def capacite_emprunt(mensualite: int, taux: Decimal, duree: int, taux_zero: bool | None) -> int:
    """Capital qu’une mensualité hors assurance rembourse, en centimes (CRE-14)."""
    return prets.capacite(mensualite, taux, duree, bool(taux_zero))


def _pret(
    capital: int,
    taux: Decimal,
    duree: int,
    differe: int | None,
    taux_zero: bool | None,
    assurance: int | None = None,
) -> prets.Pret:
    return prets.Pret(capital, taux, duree, differe or 0, assurance or 0, bool(taux_zero))


def taux_endettement(mensualite: int, credits: list[LigneCredit], revenus: int) -> Decimal:
    """Mensualité avec assurance et crédits conservés, rapportés aux revenus, en pourcentage (CRE-15, CRE-16)."""
    return financement.ratios(
        financement.Foyer(revenus, credits=conservees(credits)), mensualite
    ).taux_endettement


def reste_a_vivre(
    mensualite: int,
    credits: list[LigneCredit],
    revenus: int,
    charges: int | None,
    charges_logement: int | None,
    logement_remplace: bool | None,
) -> int:
    """Revenus moins charges moins mensualités, en centimes par mois, après le prêt (CRE-15, CRE-16)."""
    foyer = financement.Foyer(revenus, charges or 0, charges_logement or 0, conservees(credits))
    return financement.ratios(foyer, mensualite, logement_remplace is not False).reste_a_vivre


def saut_de_charge(mensualite: int, charges_logement: int | None, logement_remplace: bool | None) -> int:
    """Charges de logement après projet moins charges de logement avant projet, en centimes par mois (CRE-15)."""
    return mensualite - (0 if logement_remplace is False else charges_logement or 0)


def au_dessus_repere_hcsf(
    mensualite: int,
    credits: list[LigneCredit],
    revenus: int,
    duree: int,
    jour: date,
    differe_ou_travaux: bool | None,
) -> bool:
    """Vrai au-delà de 35 % des revenus ou de 25 ans (27 en différé ou travaux), repère HCSF (D-HCSF-2021-7)."""
    repere = financement.repere_hcsf(
        mensualite + conservees(credits), revenus, duree, jour, bool(differe_ou_travaux)
    )
    return repere.taux_depasse or repere.duree_depassee


def date_acceptation_offre(recue_le: date) -> date:
    """Premier jour où l’emprunteur peut accepter l’offre : 10 jours révolus (C. conso. L313-34)."""
    return offres_pret.acceptation_possible_le(recue_le)


def date_fin_offre(recue_le: date) -> date:
    """Dernier jour où la banque tient son offre : 30 jours (C. conso. L313-34)."""
    return offres_pret.offre_tenue_jusqu_au(recue_le)


def date_limite_vente(acceptee_le: date) -> date:
    """Dernier jour pour conclure la vente, 4 mois après l’acceptation de l’offre (C. conso. L313-36)."""
    return offres_pret.vente_a_conclure_avant(acceptee_le)


def date_fin_condition_suspensive(signature: date, mois: int | None) -> date:
    """Dernier jour de la condition suspensive de prêt : 1 mois au moins (C. conso. L313-41)."""
    return offres_pret.fin_condition_suspensive(signature, mois)


def date_fin_retractation(notifie_le: date) -> date:
    """Dernier jour de rétractation de l’acquéreur d’un logement : 10 jours (CCH L271-1)."""
    return offres_pret.fin_retractation_acquereur(notifie_le)


def indemnite_remboursement_anticipe(capital: int, taux: Decimal, jour: date) -> int:
    """Indemnité maximale : 6 mois d’intérêts et 3 % du capital, en centimes (C. conso. L313-47, R313-25)."""
    return offres_pret.indemnite_remboursement_max(capital, taux, jour)


def capital_a_regrouper(credits: list[LigneCredit], tresorerie: int | None, frais: int | None) -> int:
    """Capitaux et indemnités des crédits repris, trésorerie et frais, en centimes."""
    return regroupement.capital_a_regrouper(repris(credits), tresorerie or 0, frais or 0)


def loyer_credit_bail(
    prix: int, taux: Decimal, duree: int, valeur_residuelle: int | None, premier_loyer: int | None
) -> int:
    """Loyer mensuel d’un crédit-bail, en centimes (CPR-02)."""
    bail = financement_pro.CreditBail(prix, duree, valeur_residuelle or 0, premier_loyer or 0)
    return financement_pro.loyer(bail, taux)


def cout_credit_bail(
    prix: int, loyer: int, duree: int, valeur_residuelle: int | None, premier_loyer: int | None
) -> int:
    """Ce qu’un crédit-bail coûte de plus que le prix comptant, option levée, en centimes (CPR-02)."""
    bail = financement_pro.CreditBail(prix, duree, valeur_residuelle or 0, premier_loyer or 0)
    return financement_pro.cout(bail, loyer).surcout


def besoin_fonds_roulement(encours_clients: int, stocks: int | None, encours_fournisseurs: int) -> int:
    """Encours clients + stocks − encours fournisseurs, en centimes (CPR-02)."""
    return financement_pro.besoin_fonds_roulement(encours_clients, stocks or 0, encours_fournisseurs)


def besoin_en_jours(besoin: int, chiffre_affaires: int) -> int:
    """Besoin en fonds de roulement en jours de chiffre d’affaires (CPR-02)."""
    return financement_pro.jours_de_chiffre_affaires(besoin, chiffre_affaires)


FONCTIONS = (
    au_dessus_repere_hcsf,
    besoin_en_jours,
    besoin_fonds_roulement,
    capacite_emprunt,
    capital_a_financer,
    capital_a_regrouper,
    cout_credit_bail,
    cout_total_credit,
    date_acceptation_offre,
    date_fin_condition_suspensive,
    date_fin_offre,
    date_fin_retractation,
    date_limite_vente,
    indemnite_remboursement_anticipe,
    interets_credit,
    loyer_credit_bail,
    mensualite_credit,
    reste_a_vivre,
    saut_de_charge,
    taeg_credit,
    taux_endettement,
)
