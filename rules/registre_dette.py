"""Calculations that the modèles of debts may call; the contract is that of `rules.registre`."""

from datetime import date, timedelta

from rules import dettes as calculs
from rules.difficultes import limite_cessation
from rules.lignes_dette import (
    LigneDette,
    LigneFraisDette,
    LignePaiement,
    LigneScenario,
    cout_frais,
    dettes_de,
    paiements_de,
    scenario_de,
    scenario_nomme,
)
from rules.plans_dettes import fin_du_plan

_UN_JOUR = timedelta(days=1)


def capital_restant_du(dettes: list[LigneDette], paiements: list[LignePaiement], dette: str) -> int:
    """Capital restant dû d’une dette, désignée par son identifiant, après ses paiements, en centimes (DET-14)."""
    etat = _etat(dettes, paiements, dette)
    return etat.capital if etat else 0


def rembourse_dette(dettes: list[LigneDette], paiements: list[LignePaiement], dette: str) -> int:
    """Total des paiements d’une dette, désignée par son identifiant, en centimes (DET-07, DET-13)."""
    etat = _etat(dettes, paiements, dette)
    return etat.rembourse if etat else 0


def progression_dette(dettes: list[LigneDette], paiements: list[LignePaiement], dette: str) -> int:
    """Part remboursée du montant initial d’une dette, en pour cent entiers (DET-15)."""
    etat = _etat(dettes, paiements, dette)
    return etat.progression if etat else 0


def _etat(dettes: list[LigneDette], paiements: list[LignePaiement], dette: str) -> calculs.EtatDette | None:
    trouvee = next((candidate for candidate in dettes_de(dettes) if candidate.id == dette), None)
    return None if trouvee is None else calculs.etat(trouvee, paiements_de(paiements, dettes))


def cout_frais_dette(
    frais: list[LigneFraisDette], dettes: list[LigneDette], paiements: list[LignePaiement], ligne: str
) -> int:
    """Montant d’un frais du créancier, désigné par son identifiant ; une commission vaut son taux de ce qui est
    remboursé sur la dette (DET-16)."""
    return next((cout_frais(f, dettes, paiements) for f in frais if f["id"] == ligne), 0)


def total_restant_du(dettes: list[LigneDette], paiements: list[LignePaiement]) -> int:
    """Capital total restant dû, en centimes (DET-06)."""
    return calculs.passif(dettes_de(dettes), paiements_de(paiements, dettes), None).capital


def total_echeances(dettes: list[LigneDette], paiements: list[LignePaiement]) -> int:
    """Total des échéances mensuelles des dettes non soldées, en centimes (DET-06)."""
    return calculs.passif(dettes_de(dettes), paiements_de(paiements, dettes), None).echeances


def total_rembourse(dettes: list[LigneDette], paiements: list[LignePaiement]) -> int:
    """Total déjà remboursé, en centimes (DET-07)."""
    return calculs.passif(dettes_de(dettes), paiements_de(paiements, dettes), None).rembourse


def fin_remboursement(
    dettes: list[LigneDette],
    paiements: list[LignePaiement],
    scenarios: list[LigneScenario],
    scenario: str,
    premiere_echeance: date,
) -> date:
    """Fin du remboursement : dernier paiement si tout est soldé, sinon dernière échéance du plan (DET-15)."""
    fiches, recus = dettes_de(dettes), paiements_de(paiements, dettes)
    if all(calculs.etat(dette, recus).soldee for dette in fiches):
        return max((paiement.jour for paiement in recus), default=premiere_echeance)
    # The plan was made on what was due when it began: payments since then do not shorten it.
    depart = [calculs.etat(dette, recus, premiere_echeance - _UN_JOUR) for dette in fiches]
    return fin_du_plan(scenario_de(scenario_nomme(scenarios, scenario)), depart, premiere_echeance)


def date_limite_cessation(cessation_le: date) -> date:
    """Dernier jour, 45 jours après la cessation des paiements, pour la conciliation ou le tribunal (L611-4, L631-4)."""
    return limite_cessation(cessation_le)


def date_contestation_surendettement(notifie_le: date) -> date:
    """Dernier jour pour contester l’irrecevabilité d’un dossier de surendettement : 15 jours."""
    return calculs.limite_contestation(notifie_le)


FONCTIONS = (
    capital_restant_du,
    cout_frais_dette,
    date_contestation_surendettement,
    date_limite_cessation,
    fin_remboursement,
    progression_dette,
    rembourse_dette,
    total_echeances,
    total_rembourse,
    total_restant_du,
)
