"""What is computed when somebody reads it: the values of a démarche that depend on the day (REC-05, REC-23, OPT-12).

A reading takes the civil day first, then lines and answers; a modèle names it under `lectures`. It is never stored
and no condition of the process may depend on it: the same démarche, read tomorrow, says something else.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from rules import lectures_credit, lectures_credit_pro, lectures_dette, lectures_offres, lectures_sinistre
from rules.abonnements import Offre, abonnement_annuel, comparer, cout_annuel
from rules.comptes import Conditions, Situation, situation, suivre_plan
from rules.erreurs import RegleError
from rules.lignes import (
    LigneAbonnement,
    LigneEcheance,
    LigneFacture,
    LigneFrais,
    LigneOffre,
    LigneReglement,
    LigneReglementDetaillee,
    echeances_de,
    est_rendu,
    factures_de,
    frais_de,
    offre_de,
    recupere_de,
    reglements_de,
)

MENSUELS = ("internet", "mobile")
"""Types of subscriptions whose price is a monthly one (OPT-10)."""


class CompteFacture(TypedDict):
    """An invoice on the statement of account."""

    id: str
    numero: str
    echeance: date
    montant: int
    regle: int
    reste: int
    etat: str
    jours_retard: int
    penalites: int | None
    indemnite: int


class CompteReglement(TypedDict):
    """A payment on the statement, with the invoices it paid; negative, what was given back to the debtor."""

    id: str
    recu_le: date
    montant: int
    garde: int
    """What is kept of a payment, of which a part may have been given back."""
    moyen: str
    imputation: str


class CompteEcheance(TypedDict):
    """An instalment of the plan, as it stands."""

    id: str
    le: date
    montant: int
    reste: int
    etat: str


class CompteFrais(TypedDict):
    """A fee, with what it costs today."""

    id: str
    libelle: str
    montant: int


class CoutFrais(TypedDict):
    """The cost of a fee, beside its line."""

    id: str
    cout: int


class FraisDeRecouvrement(TypedDict):
    """Fees billed to the creditor, as they stand."""

    frais: list[CoutFrais]


TAUX_ATTENDU = "Les pénalités de retard seront chiffrées dès que le taux du semestre sera publié."


RENDU = "Rendu au débiteur"


class SituationDeCompte(TypedDict):
    """The statement of account of a day. Amounts in cents."""

    jour: date
    initial: int
    regle: int
    reste_du: int
    en_retard: int
    a_venir: int
    jours_retard: int
    penalites: int | None
    indemnites: int
    refus: str | None
    refus_client: str | None
    """The same for the creditor, who cannot complete a table."""
    a_payer: int
    """What the debtor is asked for: the principal, and penalties where they are claimed and known."""
    accessoires_regles: int
    """Penalties and fixed sums already paid: what was received beyond the principal, where they are claimed."""
    penalites_reclamees: bool
    dernier_reglement: date | None
    dernier_montant: int | None
    prochaine_echeance: date | None
    trop_percu: int
    frais: int
    net_creancier: int
    factures: list[CompteFacture]
    reglements: list[CompteReglement]
    echeances: list[CompteEcheance]
    details_frais: list[CompteFrais]


def situation_de_compte(
    jour: date,
    factures: list[LigneFacture],
    reglements: list[LigneReglementDetaillee],
    echeances: list[LigneEcheance],
    frais: list[LigneFrais],
    professionnels: bool,
    taux_contractuel: Decimal | None,
    creancier_particulier: bool,
    mise_en_demeure: date | None,
    executoire_depuis: date | None,
    plan_accorde_le: date | None,
    penalites_reclamees: bool | None,
    penalites_dues: bool | None,
) -> SituationDeCompte:
    """The account on a day: what is due, late, to come; penalties and 40 € between professionals (L441-10).

    `penalites_reclamees`: whether they are asked for here, which may change with each sending (REC-25);
    `penalites_dues`: whether what is paid beyond the principal pays them, the same unless it is said.
    Penalties are None where a table of rates stops too early: `refus` names it, and nothing is asked for them.
    """
    conditions = Conditions(
        professionnels, taux_contractuel, creancier_particulier, mise_en_demeure, executoire_depuis
    )
    recus = reglements_de(reglements)
    compte = situation(factures_de(factures), recus, conditions, jour)
    reclamees = bool(penalites_reclamees)
    accessoires = compte.accessoires_dus() if reclamees else 0
    dues = reclamees if penalites_dues is None else penalites_dues
    accessoires_regles = min(compte.trop_percu, compte.accessoires) if dues else 0
    trop_percu = compte.a_rendre(reclamees=dues)
    # A version of the modèle from before `penalites_dues` shows, beside this, fees on all that was received.
    recupere = compte.regle if penalites_dues is None else compte.regle - trop_percu
    couts = [(ligne, frais_de(ligne).cout(recupere)) for ligne in frais]
    total_frais = sum(cout for _, cout in couts)
    dernier = compte.dernier
    suivies = suivre_plan(echeances_de(echeances), recus, plan_accorde_le or date.min)
    # A plan that was granted takes the place of the due dates of the invoices.
    promises = (s.echeance.jour for s in suivies if s.reste > 0 and s.echeance.jour >= jour)
    return {
        "jour": jour,
        "initial": compte.initial,
        "regle": compte.regle,
        "reste_du": compte.reste_du,
        "en_retard": compte.en_retard,
        "a_venir": compte.a_venir,
        "jours_retard": compte.jours_retard,
        "penalites": compte.penalites,
        "indemnites": compte.indemnites,
        "refus": compte.refus,
        "refus_client": TAUX_ATTENDU if compte.taux_attendu else None,
        "a_payer": compte.reste_du + accessoires,
        "accessoires_regles": accessoires_regles,
        "penalites_reclamees": reclamees,
        "dernier_reglement": dernier.jour if dernier else None,
        "dernier_montant": next(
            (r["montant"] for r in reglements if dernier and r["id"] == dernier.id), None
        ),
        "prochaine_echeance": next(promises, compte.prochaine_echeance),
        "trop_percu": trop_percu,
        "frais": total_frais,
        "net_creancier": compte.regle - trop_percu - total_frais,
        "factures": _factures(compte, jour),
        "reglements": _reglements(compte, reglements, {recu.id: recu.montant for recu in recus}, jour),
        "echeances": [
            {
                "id": suivie.echeance.id,
                "le": suivie.echeance.jour,
                "montant": suivie.echeance.montant,
                "reste": suivie.reste,
                "etat": _etat_echeance(suivie.reste, suivie.manquee(jour)),
            }
            for suivie in suivies
        ],
        "details_frais": [
            {"id": ligne["id"], "libelle": ligne["libelle"], "montant": cout} for ligne, cout in couts
        ],
    }


def frais_de_recouvrement(
    jour: date, frais: list[LigneFrais], reglements: list[LigneReglement], trop_percu: int | None
) -> FraisDeRecouvrement:
    """What each fee costs on a day: a commission is on what was recovered, what is to be given back left out."""
    recus = recupere_de([reglement for reglement in reglements if reglement["recu_le"] <= jour])
    return {
        "frais": [
            {"id": ligne["id"], "cout": frais_de(ligne).cout(recus - (trop_percu or 0))} for ligne in frais
        ]
    }


def _factures(compte: Situation, jour: date) -> list[CompteFacture]:
    lues: list[CompteFacture] = []
    for ligne in compte.lignes:
        etat = "Réglée" if ligne.reste <= 0 else "En retard" if ligne.facture.echeance < jour else "À venir"
        lues.append(
            {
                "id": ligne.facture.id,
                "numero": ligne.facture.numero,
                "echeance": ligne.facture.echeance,
                "montant": ligne.facture.montant,
                "regle": ligne.regle,
                "reste": ligne.reste,
                "etat": etat,
                "jours_retard": ligne.jours_retard,
                "penalites": ligne.penalites,
                "indemnite": ligne.indemnite,
            }
        )
    return lues


def _reglements(
    compte: Situation, reglements: list[LigneReglementDetaillee], gardes: Mapping[str, int], jour: date
) -> list[CompteReglement]:
    numeros = {ligne.facture.id: ligne.facture.numero for ligne in compte.lignes}
    return [
        {
            "id": ligne["id"],
            "recu_le": ligne["recu_le"],
            "montant": -ligne["montant"] if est_rendu(ligne) else ligne["montant"],
            "garde": gardes.get(ligne["id"], 0),
            "moyen": ligne["moyen"],
            "imputation": RENDU
            if est_rendu(ligne)
            else ", ".join(numeros[i.facture] for i in compte.imputations.get(ligne["id"], ())),
        }
        for ligne in sorted(reglements, key=lambda r: (r["recu_le"], r["id"]))
        if ligne["recu_le"] <= jour
    ]


def _etat_echeance(reste: int, manquee: bool) -> str:
    if reste <= 0:
        return "Réglée"
    return "Impayée" if manquee else "À venir"


# --- Subscriptions


class Cellule(TypedDict):
    """One figure of the comparison: `nature` says how to show it."""

    nature: str
    valeur: str | None


class LigneComparatif(TypedDict):
    """One characteristic, for the current offer then for each offer compared."""

    libelle: str
    cellules: list[Cellule]
    forte: bool
    """The line that counts: « ÉCONOMIE ANNUELLE »."""


class OffreComparee(TypedDict):
    """One offer of a comparison. `economie`: cents a year; None when it cannot be compared, `refus` says why."""

    id: str
    fournisseur: str
    offre: str
    statut: str
    recommandation: str
    economie: int | None
    refus: str | None


class Comparatif(TypedDict):
    """Current subscription against each offer (OPT-12, OPT-13)."""

    abonnement: str
    type: str
    fournisseur: str
    offre: str
    offres: list[OffreComparee]
    lignes: list[LigneComparatif]


class Proposition(TypedDict):
    """All the comparisons, and the yearly saving of the global proposal (OPT-17)."""

    comparatifs: list[Comparatif]
    economie_globale: int
    """Sum over subscriptions of the best offer still on the table, or of the one accepted."""
    economie_acceptee: int
    forme: str
    """« unitaire » for one subscription, « globale » for several."""


def comparatif_abonnements(
    jour: date, abonnements: list[LigneAbonnement], offres: list[LigneOffre]
) -> Proposition:
    """The comparison tables, line by line, and the savings: prices are those written, whatever the day."""
    comparatifs = [
        _comparatif(abonnement, [o for o in offres if o["abonnement"] == abonnement["nom"]])
        for abonnement in abonnements
    ]
    proposees = [c for c in comparatifs if c["offres"]]
    return {
        "comparatifs": comparatifs,
        "economie_globale": sum(_retenue(c) for c in proposees),
        "economie_acceptee": sum(
            o["economie"] or 0 for c in proposees for o in c["offres"] if o["statut"] == "acceptee"
        ),
        "forme": "globale" if len(proposees) > 1 else "unitaire",
    }


def _retenue(comparatif: Comparatif) -> int:
    acceptees = [o["economie"] or 0 for o in comparatif["offres"] if o["statut"] == "acceptee"]
    if acceptees:
        return sum(acceptees)
    encore = [o["economie"] or 0 for o in comparatif["offres"] if o["statut"] != "refusee"]
    return max(encore, default=0)


def _comparatif(abonnement: LigneAbonnement, offres: list[LigneOffre]) -> Comparatif:
    actuelle, kwh = offre_de(abonnement), abonnement.get("kwh")
    comparees: list[OffreComparee] = []
    for ligne in offres:
        try:
            economie: int | None = comparer(actuelle, offre_de(ligne), kwh).economie
            refus = None
        except RegleError as error:
            economie, refus = None, str(error)
        comparees.append(
            {
                "id": ligne["id"],
                "fournisseur": ligne["fournisseur"],
                "offre": ligne["offre"],
                "statut": ligne.get("statut", ""),
                "recommandation": ligne.get("recommandation", ""),
                "economie": economie,
                "refus": refus,
            }
        )
    toutes: list[LigneAbonnement | LigneOffre] = [abonnement, *offres]
    lues = [offre_de(o) for o in toutes]
    lignes = []
    if abonnement["type"] in MENSUELS and all(o.periodicite == "mois" for o in lues):
        lignes.append(_ligne("Prix mensuel", [_euros(o.prix) for o in lues]))
    lignes.append(_ligne("Prix de l'abonnement / an", [_euros(abonnement_annuel(o)) for o in lues]))
    if actuelle.prix_kwh is not None:
        lignes.append(_ligne("Prix au kWh", [_prix(o.get("prix_kwh")) for o in toutes]))
    if any("donnees_go" in o for o in toutes):
        lignes.append(_ligne("Volume de données (Go)", [_nombre(o.get("donnees_go")) for o in toutes]))
    if any("options" in o for o in toutes):
        lignes.append(_ligne("Options incluses", [_texte(o.get("options")) for o in toutes]))
    lignes += _une_fois(lues)
    lignes.append(_ligne("Coût annuel estimé", [_euros(_cout(o, kwh)) for o in lues]))
    lignes.append(
        _ligne("ÉCONOMIE ANNUELLE", [_euros(None), *(_euros(o["economie"]) for o in comparees)], forte=True)
    )
    return {
        "abonnement": abonnement["nom"],
        "type": abonnement["type"],
        "fournisseur": abonnement["fournisseur"],
        "offre": abonnement.get("offre", ""),
        "offres": comparees,
        "lignes": lignes,
    }


def _une_fois(offres: Sequence[Offre]) -> list[LigneComparatif]:
    """What only some months are charged, or one payment: told, and left out of the yearly cost (OPT-13)."""
    lignes = []
    if any(o.promotion and o.mois_promotion for o in offres):
        lignes.append(_ligne("Remise mensuelle de promotion", [_euros(o.promotion or None) for o in offres]))
        mois = [_nombre(o.mois_promotion or None) for o in offres]
        lignes.append(_ligne("Durée de la promotion (mois)", mois))
    if any(o.frais for o in offres):
        lignes.append(_ligne("Frais payés une fois", [_euros(o.frais or None) for o in offres]))
    return lignes


def _cout(offre: Offre, kwh: int | None) -> int | None:
    return None if offre.prix_kwh is not None and kwh is None else cout_annuel(offre, kwh)


def _ligne(libelle: str, cellules: list[Cellule], *, forte: bool = False) -> LigneComparatif:
    return {"libelle": libelle, "cellules": cellules, "forte": forte}


def _euros(centimes: int | None) -> Cellule:
    return {"nature": "montant", "valeur": None if centimes is None else str(centimes)}


def _prix(prix: Any) -> Cellule:
    return {"nature": "prix_kwh", "valeur": None if prix is None else str(prix)}


def _nombre(nombre: Any) -> Cellule:
    return {"nature": "nombre", "valeur": None if nombre is None else str(nombre)}


def _texte(texte: Any) -> Cellule:
    return {"nature": "texte", "valeur": None if texte is None else str(texte)}


LECTURES: dict[str, Callable[..., Any]] = {
    fonction.__name__: fonction
    for fonction in (
        comparatif_abonnements,
        frais_de_recouvrement,
        situation_de_compte,
        *lectures_credit.LECTURES,
        *lectures_credit_pro.LECTURES,
        *lectures_dette.LECTURES,
        *lectures_offres.LECTURES,
        *lectures_sinistre.LECTURES,
    )
}
"""Readings a modèle may name; the first parameter, the day, is given by whoever reads."""
