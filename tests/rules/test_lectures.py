"""Readings: values of the day, and what they say when a calculation cannot be made (REC-05, REC-23, OPT-12)."""

from datetime import date
from decimal import Decimal
from typing import Any

from rules.lectures import comparatif_abonnements, frais_de_recouvrement, situation_de_compte
from rules.lignes import LigneAbonnement
from rules.registre import accessoires_a_solder, cout_frais, total_frais, trop_percu

FACTURES: list[Any] = [
    {"id": "a", "numero": "F-1", "montant": 1_000_000, "echeance": date(2025, 4, 30)},
    {"id": "b", "numero": "F-2", "montant": 50_000, "echeance": date(2026, 12, 31)},
]
RECU: list[Any] = [{"id": "r", "recu_le": date(2025, 9, 1), "montant": 400_000, "moyen": "virement"}]
ELECTRICITE: LigneAbonnement = {
    "id": "1",
    "nom": "Électricité",
    "type": "electricite",
    "fournisseur": "Courant Vif",
    "prix": 12_000,
    "periodicite": "an",
    "prix_kwh": Decimal("0.25"),
    "kwh": 20_000,
}
INTERNET: LigneAbonnement = {
    "id": "2",
    "nom": "Internet",
    "type": "internet",
    "fournisseur": "Filaire",
    "prix": 3_999,
    "periodicite": "mois",
    "donnees_go": 100,
}


def offre(id_: str, abonnement: str, prix: int, statut: str = "proposee", **plus: Any) -> Any:
    return {
        "id": id_,
        "abonnement": abonnement,
        "fournisseur": f"Fournisseur {id_}",
        "offre": "Éco",
        "prix": prix,
        "periodicite": "an",
        "statut": statut,
        **plus,
    }


def compte(jour: date, *, recus: list[Any] = RECU, reclamees: bool = True, **plus: Any) -> Any:
    arguments: dict[str, Any] = {
        "echeances": [{"id": "e", "le": date(2025, 10, 1), "montant": 500_000}],
        "frais": [{"id": "c", "nature": "commission", "libelle": "Commission", "taux": Decimal(10)}],
        "professionnels": True,
        "taux_contractuel": None,
        "creancier_particulier": False,
        "mise_en_demeure": None,
        "executoire_depuis": None,
        "plan_accorde_le": date(2025, 8, 1),
        "penalites_reclamees": reclamees,
        "penalites_dues": None,
    }
    return situation_de_compte(jour, FACTURES, recus, **arguments | plus)


def test_the_same_account_says_more_each_day() -> None:
    hier, aujourd_hui = compte(date(2025, 8, 31), recus=[]), compte(date(2025, 9, 1), recus=[])
    assert (hier["penalites"], aujourd_hui["penalites"]) == (42_282, 42_615)
    assert aujourd_hui["a_payer"] == 1_050_000 + 42_615 + 4_000


def solde(montant: int, **plus: Any) -> Any:
    """Paid late, on 01/09/2025: the principal, and what was added to it."""
    recus = [{"id": "r", "recu_le": date(2025, 9, 1), "montant": montant, "moyen": "virement"}]
    return compte(date(2026, 1, 15), recus=recus, **plus)


def test_money_beyond_the_principal_pays_the_penalties_that_are_claimed() -> None:
    """REC-20, REC-23: what was asked for and paid is not asked for again, nor given back."""
    du = solde(1_050_000)["a_payer"]
    assert du == solde(1_050_000)["penalites"] + 4_000
    part = solde(1_060_000)
    assert (part["a_payer"], part["accessoires_regles"], part["trop_percu"]) == (du - 10_000, 10_000, 0)
    tout = solde(1_050_000 + du + 500)
    assert (tout["a_payer"], tout["accessoires_regles"], tout["trop_percu"]) == (0, du, 500)
    rien = solde(1_050_000 + du, reclamees=False)
    assert (rien["a_payer"], rien["accessoires_regles"], rien["trop_percu"]) == (0, 0, du)


def test_penalties_left_once_the_principal_is_paid_wait_for_a_decision() -> None:
    """REC-23, REC-24: known from the payments alone, whatever the day."""

    def reste(montant: int, *, reclamees: bool = True, echeance: date = date(2025, 4, 30)) -> bool:
        recus: list[Any] = [{"id": "r", "recu_le": date(2025, 9, 1), "montant": montant}]
        facture: Any = {"id": "a", "numero": "F-1", "montant": 1_000_000, "echeance": echeance}
        return accessoires_a_solder([facture], recus, True, None, False, None, None, reclamees)

    assert reste(1_000_000)
    assert not reste(999_999), "the principal first"
    assert not reste(1_000_000, reclamees=False)
    assert not reste(1_000_000, echeance=date(2025, 9, 1)), "paid in time"
    assert not reste(1_100_000), "penalties paid too"
    assert reste(1_000_000, echeance=date(1990, 1, 1)), "no rate for then: someone must look"


def test_what_was_paid_in_excess_is_to_be_given_back() -> None:
    """REC-20, REC-22: known from the payments alone, never before the penalties that are claimed are known."""

    def rendre(montant: int, *, reclamees: bool = False, echeance: date = date(2025, 4, 30)) -> int:
        recus: list[Any] = [{"id": "r", "recu_le": date(2025, 9, 1), "montant": montant}]
        facture: Any = {"id": "a", "numero": "F-1", "montant": 1_000_000, "echeance": echeance}
        return trop_percu([facture], recus, True, None, False, None, None, reclamees)

    assert rendre(1_000_000) == 0
    assert rendre(1_020_000) == 20_000
    assert rendre(1_020_000, reclamees=True) == 0, "it pays the penalties"
    assert rendre(1_200_000, reclamees=True) < 200_000
    assert rendre(1_020_000, reclamees=True, echeance=date(1990, 1, 1)) == 0, "no rate for then"
    assert trop_percu([], [], True, None, False, None, None, False) == 0
    lu = solde(1_070_000, reclamees=False)
    assert (lu["trop_percu"], lu["net_creancier"]) == (20_000, 1_050_000 - lu["frais"])
    assert lu["frais"] == 107_000, "as beside it, in the versions from before « penalites_dues »"


def test_a_commission_is_not_on_what_is_to_be_given_back() -> None:
    """REC-21: 10 % of the 10 500 € recovered, not of the 200 € too many."""
    lu = solde(1_070_000, reclamees=False, penalites_dues=False)
    assert (lu["frais"], lu["net_creancier"]) == (105_000, 945_000)
    assert lu["details_frais"] == [{"id": "c", "libelle": "Commission", "montant": 105_000}]
    recus: list[Any] = [{"id": "r", "recu_le": date(2025, 9, 1), "montant": 1_070_000}]
    frais: list[Any] = [
        {"id": "c", "nature": "commission", "libelle": "Commission", "taux": Decimal(10)},
        {"id": "d", "nature": "frais_dossier", "libelle": "Ouverture", "montant": 9_000},
    ]
    lus = frais_de_recouvrement(date(2025, 9, 1), frais, recus, 20_000)
    assert lus == {"frais": [{"id": "c", "cout": 105_000}, {"id": "d", "cout": 9_000}]}
    assert total_frais(frais, recus, 20_000) == 114_000
    assert total_frais(frais, recus, None) == 116_000
    assert frais_de_recouvrement(date(2025, 8, 31), frais, recus, None)["frais"][0]["cout"] == 0


def test_what_was_given_back_is_neither_recovered_nor_due_nor_charged() -> None:
    """REC-19 to REC-22: 200 € too many, given back the day after; the payment stays what it was."""
    recus: list[Any] = [
        {"id": "r", "recu_le": date(2025, 9, 1), "montant": 1_070_000, "moyen": "virement"},
        {"id": "x", "recu_le": date(2025, 9, 2), "montant": 20_000, "moyen": "cheque", "sens": "rendu"},
    ]
    lu = compte(date(2026, 1, 15), recus=recus, reclamees=False, penalites_dues=False)
    assert (lu["regle"], lu["reste_du"], lu["trop_percu"], lu["accessoires_regles"]) == (1_050_000, 0, 0, 0)
    assert (lu["frais"], lu["net_creancier"]) == (105_000, 945_000)
    assert (lu["dernier_reglement"], lu["dernier_montant"]) == (date(2025, 9, 1), 1_070_000)
    assert [(r["montant"], r["garde"], r["imputation"]) for r in lu["reglements"]] == [
        (1_070_000, 1_050_000, "F-1, F-2"),
        (-20_000, 0, "Rendu au débiteur"),
    ]
    frais: list[Any] = [{"id": "c", "nature": "commission", "libelle": "C", "taux": Decimal(10)}]
    assert total_frais(frais, recus, 0) == cout_frais(frais, recus, "c") == 105_000
    assert frais_de_recouvrement(date(2025, 9, 2), frais, recus, 0)["frais"][0]["cout"] == 105_000
    assert trop_percu(FACTURES, recus, True, None, False, None, None, False) == 0


def test_penalties_left_out_of_a_sending_are_still_due() -> None:
    """REC-25: not written in this one; what was paid beyond the principal pays them all the same."""
    du = solde(1_050_000)["penalites"] + 4_000
    lu = solde(1_050_000 + du, reclamees=False, penalites_dues=True)
    assert (lu["a_payer"], lu["accessoires_regles"], lu["trop_percu"]) == (0, du, 0)
    assert solde(1_050_000, reclamees=False, penalites_dues=True)["a_payer"] == 0


def test_figures_of_the_header() -> None:
    lu = compte(date(2025, 10, 2))
    assert (lu["initial"], lu["regle"], lu["reste_du"]) == (1_050_000, 400_000, 650_000)
    assert (lu["en_retard"], lu["a_venir"], lu["jours_retard"]) == (600_000, 50_000, 155)
    assert (lu["dernier_reglement"], lu["dernier_montant"]) == (date(2025, 9, 1), 400_000)
    assert lu["prochaine_echeance"] == date(2026, 12, 31)
    assert compte(date(2025, 9, 30), recus=[])["prochaine_echeance"] == date(2025, 10, 1), "of the plan first"
    assert lu["reglements"][0]["imputation"] == "F-1"
    assert [f["etat"] for f in lu["factures"]] == ["En retard", "À venir"]
    assert lu["echeances"][0] == {
        "id": "e",
        "le": date(2025, 10, 1),
        "montant": 500_000,
        "reste": 100_000,
        "etat": "Impayée",
    }
    assert (lu["frais"], lu["net_creancier"]) == (40_000, 360_000)


def test_penalties_are_asked_for_only_where_the_adviser_claims_them() -> None:
    lu = compte(date(2025, 9, 1), recus=[], reclamees=False)
    assert lu["penalites"] == 42_615
    assert lu["a_payer"] == 1_050_000


def test_a_table_that_stops_before_today_asks_for_nothing_and_names_itself() -> None:
    lu = compte(date(2026, 11, 22), recus=[])
    assert lu["penalites"] is None
    assert "refinancement de la BCE" in lu["refus"]
    assert lu["refus_client"].startswith("Les pénalités de retard seront chiffrées dès que")
    assert lu["a_payer"] == 1_050_000 + 4_000


def test_a_contractual_rate_needs_no_table() -> None:
    lu = compte(date(2026, 11, 22), recus=[], taux_contractuel=Decimal(12))
    assert (lu["refus"], lu["refus_client"]) == (None, None)
    assert lu["penalites"] == round(1_000_000 * 12 * 570 / 36_500)


def test_the_comparison_of_the_specification_line_by_line() -> None:
    lu = comparatif_abonnements(
        date(2026, 11, 22), [ELECTRICITE], [offre("y", "Électricité", 11_000, prix_kwh=Decimal("0.21"))]
    )
    [comparatif] = lu["comparatifs"]
    figures = {
        ligne["libelle"]: [cellule["valeur"] for cellule in ligne["cellules"]]
        for ligne in comparatif["lignes"]
    }
    assert figures == {
        "Prix de l'abonnement / an": ["12000", "11000"],
        "Prix au kWh": ["0.25", "0.21"],
        "Coût annuel estimé": ["512000", "431000"],
        "ÉCONOMIE ANNUELLE": [None, "81000"],
    }
    assert [ligne["libelle"] for ligne in comparatif["lignes"] if ligne["forte"]] == ["ÉCONOMIE ANNUELLE"]
    assert (lu["economie_globale"], lu["forme"]) == (81_000, "unitaire")


def test_rows_follow_the_fields_of_the_type_and_tell_every_difference_of_price() -> None:
    """OPT-10, OPT-13, OPT-29: the monthly price of internet; a promotion and fees, left out of the yearly cost."""
    cheaper = offre("i", "Internet", 2_999, donnees_go=200, promotion=1_000, mois_promotion=6, frais=4_900)
    cheaper["periodicite"] = "mois"
    [comparatif] = comparatif_abonnements(date(2026, 11, 22), [INTERNET], [cheaper])["comparatifs"]
    assert {
        ligne["libelle"]: [cellule["valeur"] for cellule in ligne["cellules"]]
        for ligne in comparatif["lignes"]
    } == {
        "Prix mensuel": ["3999", "2999"],
        "Prix de l'abonnement / an": ["47988", "35988"],
        "Volume de données (Go)": ["100", "200"],
        "Remise mensuelle de promotion": [None, "1000"],
        "Durée de la promotion (mois)": [None, "6"],
        "Frais payés une fois": [None, "4900"],
        "Coût annuel estimé": ["47988", "35988"],
        "ÉCONOMIE ANNUELLE": [None, "12000"],
    }
    [comparatif] = comparatif_abonnements(date(2026, 11, 22), [INTERNET], [offre("i", "Internet", 35_988)])[
        "comparatifs"
    ]
    assert comparatif["lignes"][0]["libelle"] == "Prix de l'abonnement / an"


def test_a_global_proposal_adds_the_best_of_each_subscription_until_the_client_decides() -> None:
    offres = [
        offre("y", "Électricité", 11_000, prix_kwh=Decimal("0.21")),
        offre("z", "Électricité", 12_000, prix_kwh=Decimal("0.24")),
        offre("i", "Internet", 35_988, donnees_go=200),
    ]
    lu = comparatif_abonnements(date(2026, 11, 22), [ELECTRICITE, INTERNET], offres)
    assert (lu["economie_globale"], lu["economie_acceptee"], lu["forme"]) == (93_000, 0, "globale")
    offres[0]["statut"], offres[1]["statut"] = "refusee", "acceptee"
    lu = comparatif_abonnements(date(2026, 11, 22), [ELECTRICITE, INTERNET], offres)
    assert (lu["economie_globale"], lu["economie_acceptee"]) == (32_000, 20_000)


def test_an_offer_that_cannot_be_compared_says_why() -> None:
    lu = comparatif_abonnements(date(2026, 11, 22), [ELECTRICITE], [offre("y", "Électricité", 11_000)])
    [comparee] = lu["comparatifs"][0]["offres"]
    assert comparee["economie"] is None
    assert "kWh" in (comparee["refus"] or "")
