"""Readings of claims, loans and debts: figures of a day, and a sentence where there are none."""

import math
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from rules.lectures import LECTURES
from rules.lectures_credit import (
    delais_offre_pret,
    plan_financement,
    simulation_credit,
    simulation_regroupement,
)
from rules.lectures_dette import comparatif_plans, donnees_surendettement, tableau_dettes
from rules.lectures_offres import comparatif_offres_pret
from rules.lectures_sinistre import suivi_prestations, suivi_sinistre
from tests.rules.test_registre_courtage import (
    CAPITAL,
    CREDITS,
    DETTES,
    MOUVEMENTS,
    PAIEMENTS,
    RENTE,
    REVALORISEE,
    VERSE,
)
from workflows.engine.expressions import argument_types, result_shape

JOUR = date(2026, 11, 22)


@pytest.mark.parametrize("nom", LECTURES)
def test_a_modele_may_name_it(nom: str) -> None:
    assert next(iter(argument_types(LECTURES[nom]).values())).startswith("date")
    assert result_shape(LECTURES[nom]).fields


def simuler(**plus: Any) -> Any:
    arguments: dict[str, Any] = {
        "besoins": [{"id": "b", "montant": 22_000_000}],
        "apports": [{"id": "a", "montant": 2_000_000}],
        "credits": CREDITS,
        "revenus": 420_000,
        "charges": None,
        "charges_logement": 95_000,
        "taux": Decimal("3.20"),
        "duree": 240,
        "differe": None,
        "assurance": 2_400,
        "garantie": 260_000,
        "frais": 80_000,
        "taux_zero": None,
        "logement_remplace": None,
        "differe_ou_travaux": None,
    }
    return simulation_credit(plus.pop("jour", JOUR), **arguments | plus)


class TestSimulation:
    def test_worked_example_on_the_cards(self) -> None:
        lue = simuler()
        assert (lue["besoins"], lue["apports"], lue["capital"]) == (22_000_000, 2_000_000, 20_000_000)
        assert (lue["mensualite"], lue["endettement"], lue["taeg"]) == (
            115_333,
            "31,75\u00a0%",
            "3,69\u00a0%",
        )
        assert (lue["reste_a_vivre"], lue["saut_de_charge"]) == (286_667, 20_333)
        assert lue["cout_total"] == 7_103_769 + 260_000 + 576_000
        assert lue["repere"] == "Sous le repère HCSF"
        assert lue["refus"] is None

    def test_a_home_that_is_kept_and_whose_loan_is_listed_is_counted_once(self) -> None:
        seul = simuler(logement_remplace=False)["reste_a_vivre"]
        logement = [credit | {"nature": "immobilier"} for credit in CREDITS]
        assert simuler(logement_remplace=False, credits=logement)["reste_a_vivre"] == seul + 95_000
        assert simuler(credits=logement)["saut_de_charge"] == 20_333

    def test_a_tenant_pays_the_rent_beside_the_loan_of_a_let_home(self) -> None:
        locatif = [credit | {"nature": "immobilier"} for credit in CREDITS]
        conserve: dict[str, Any] = {"logement_remplace": False, "credits": locatif}
        seul = simuler(logement_remplace=False)["reste_a_vivre"]
        for statut in ("locataire", "heberge"):
            assert simuler(**conserve, statut_habitation=statut)["reste_a_vivre"] == seul
        for possede in ("proprietaire", None):
            assert simuler(**conserve, statut_habitation=possede)["reste_a_vivre"] == seul + 95_000
        foyer: dict[str, Any] = {"credits": locatif, "revenus": 420_000, "charges_logement": 95_000}
        proprietaire = regrouper(**foyer)["reste_a_vivre"]
        assert regrouper(**foyer, statut_habitation="locataire")["reste_a_vivre"] == proprietaire - 95_000
        restes: list[Any] = [
            comparatif_offres_pret(
                JOUR, [TestOffers.AZUR], locatif, 420_000, None, 95_000, False, None, statut
            )["offres"][0]["reste_a_vivre"]
            for statut in ("proprietaire", "locataire")
        ]
        assert restes[0] - restes[1] == 95_000

    def test_a_year_at_a_time(self) -> None:
        annees = simuler()["annees"]
        assert (len(annees), annees[-1]["restant"]) == (20, 0)
        assert sum(annee["capital"] for annee in annees) == 20_000_000
        assert len(simuler(duree=246)["annees"]) == 21

    def test_a_deferral_does_not_hide_the_full_payment(self) -> None:
        lue = simuler(differe=24)
        assert lue["mensualite"] > 115_333
        assert lue["resultat"]["taux_endettement"] > Decimal("31.75")

    def test_ceiling_of_the_rate_where_it_is_known(self) -> None:
        assert simuler(jour=date(2026, 2, 1))["resultat"]["au_dessus_usure"] is False
        assert simuler(jour=date(2026, 2, 1), taux=Decimal(5))["resultat"]["au_dessus_usure"] is True
        inconnu = simuler()["resultat"]
        assert (inconnu["taux_usure"], inconnu["au_dessus_usure"]) == (None, None)
        assert "n’est pas encore connu" in inconnu["refus_usure"]

    @pytest.mark.parametrize(
        ("plus", "message"),
        [
            ({"taux": Decimal(0)}, "prêt à taux zéro"),
            ({"duree": 0}, "0 mois"),
            ({"revenus": 0}, "revenus mensuels"),
            ({"revenus": 100_000}, "supérieur à 100"),
            ({"besoins": []}, "au moins un besoin"),
            ({"apports": [{"id": "a", "montant": 22_000_000}]}, "rien à financer"),
            ({"jour": date(2020, 1, 1)}, "repère HCSF"),
            # The cents of a guarantee typed as a part of the price: a cent is left of what is lent.
            ({"garantie": 19_919_999}, "taux effectif dépasse"),
        ],
    )
    def test_an_impossible_input_is_said_and_shows_no_figure(
        self, plus: dict[str, Any], message: str
    ) -> None:
        lue = simuler(**plus)
        assert message in lue["refus"]
        assert lue["resultat"] is lue["mensualite"] is lue["endettement"] is lue["taeg"] is None
        assert lue["annees"] == []


class TestPlan:
    """CRE-10: needs on one side; contributions and what is borrowed on the other."""

    BESOINS = [{"id": "b", "montant": 22_000_000}]
    APPORTS = [{"id": "a", "montant": 2_000_000}]

    @pytest.mark.parametrize(
        ("capital", "ecart", "message"),
        [
            (None, 0, "Plan équilibré\u00a0: les ressources valent les besoins."),
            (20_000_000, 0, "Plan équilibré"),
            (18_765_450, -1_234_550, "Il manque 12\u202f345,50\u00a0€ de ressources"),
            (20_000_001, 1, "dépassent les besoins de 0,01\u00a0€"),
        ],
    )
    def test_resources_are_worth_the_needs(self, capital: int | None, ecart: int, message: str) -> None:
        lu = plan_financement(JOUR, self.BESOINS, self.APPORTS, capital, None)  # type: ignore[arg-type]
        assert (lu["ecart"], lu["equilibre"], lu["remarque"]) == (ecart, ecart == 0, None)
        assert lu["ressources"] - lu["besoins"] == ecart
        assert message in lu["message"]

    @pytest.mark.parametrize(
        ("besoins", "apports", "message"),
        [([], [], "au moins un besoin"), (BESOINS, BESOINS, "rien à financer")],
    )
    def test_a_plan_that_is_none_says_why(self, besoins: Any, apports: Any, message: str) -> None:
        lu = plan_financement(JOUR, besoins, apports, None, None)
        assert (lu["equilibre"], lu["ecart"]) == (False, None)
        assert message in lu["message"]

    def test_an_amount_announced_that_is_not_the_total(self) -> None:
        lu = plan_financement(JOUR, self.BESOINS, self.APPORTS, None, 21_000_000)  # type: ignore[arg-type]
        assert lu["equilibre"] and "210\u202f000,00\u00a0€" in (lu["remarque"] or "")

    def test_the_simulation_is_about_what_is_borrowed(self) -> None:
        assert simuler(capital_emprunte=10_000_000)["capital"] == 10_000_000
        assert "supérieur à 0" in simuler(capital_emprunte=0)["refus"]


def regrouper(**plus: Any) -> Any:
    rien = ("assurance", "tresorerie", "frais", "revenus", "charges", "charges_logement")
    arguments: dict[str, Any] = dict.fromkeys(rien)
    arguments |= {"credits": CREDITS, "taux": Decimal("6.5"), "duree": 48}
    return simulation_regroupement(JOUR, **arguments | plus)


def comparer(offres: list[Any], revenus: int = 420_000) -> Any:
    return comparatif_offres_pret(JOUR, offres, [], revenus, None, 95_000, None, None)


class TestOffers:
    AZUR: ClassVar[Any] = {
        "id": "1",
        "banque": "Azur",
        "montant": 20_000_000,
        "taux": Decimal("3.20"),
        "duree": 240,
    }
    OPALE = AZUR | {"id": "2", "banque": "Opale", "taux": Decimal("3.10"), "frais": 500_000}

    def test_side_by_side_fees_counted(self) -> None:
        lu = comparer([self.AZUR, self.OPALE])
        assert (lu["offres"][0]["banque"], lu["offres"][0]["mensualite"]) == ("Azur", 112_933)
        assert [o["moins_chere"] for o in lu["offres"]] == [True, False]
        assert lu["offres"][1]["cout_total"] < lu["offres"][0]["cout_total"]
        assert lu["ecart"] == lu["offres"][1]["cout_total"] + 500_000 - lu["offres"][0]["cout_total"]

    def test_one_that_cannot_be_computed_does_not_hide_the_others(self) -> None:
        lu = comparer([self.AZUR, self.OPALE | {"duree": 0}])
        assert [o["mensualite"] for o in lu["offres"]] == [112_933, None]
        assert "0 mois" in lu["offres"][1]["refus"]
        assert lu["ecart"] is None and not any(o["moins_chere"] for o in lu["offres"])
        assert comparer([self.AZUR], revenus=0)["offres"][0]["refus"]
        perdue = comparer([self.AZUR, self.OPALE | {"garantie": 19_499_999}])["offres"][1]
        assert "taux effectif dépasse" in perdue["refus"] and perdue["taeg"] is None

    @pytest.mark.parametrize(("jour", "expiree"), [(22, False), (23, True)])
    def test_an_offer_is_held_until_its_last_day_included(self, jour: int, expiree: bool) -> None:
        offres = [self.AZUR | {"tenue_jusqu_au": date(2026, 11, 22)}, self.OPALE]
        lu: Any = comparatif_offres_pret(date(2026, 11, jour), offres, [], 420_000, None, 95_000, None, None)
        assert [o["expiree"] for o in lu["offres"]] == [expiree, False]

    @pytest.mark.parametrize(
        ("jour", "statut", "moins_cheres", "ecart"),
        [
            (22, "recue", [True, False, False], 488_265),
            (23, "recue", [False, True, False], 122_494),
            (23, "acceptee", [True, False, False], 488_265),
        ],
    )
    def test_an_expired_offer_is_no_measure_of_the_others(
        self, jour: int, statut: str, moins_cheres: list[bool], ecart: int
    ) -> None:
        """Nobody may accept it; one accepted in time stays compared."""
        tenue = self.AZUR | {"tenue_jusqu_au": date(2026, 11, 22), "statut": statut}
        rubis = self.AZUR | {"id": "3", "banque": "Rubis", "taux": Decimal("3.40"), "statut": "recue"}
        onyx = rubis | {"id": "4", "banque": "Onyx", "taux": Decimal("3.35")}
        lu: Any = comparatif_offres_pret(
            date(2026, 11, jour), [tenue, onyx, rubis], [], 420_000, None, 95_000, None, None
        )
        assert [o["moins_chere"] for o in lu["offres"]] == moins_cheres
        assert lu["ecart"] == ecart
        assert lu["offres"][0]["mensualite"] == 112_933

    def test_the_only_offer_still_held_has_nothing_to_be_compared_with(self) -> None:
        tenue = self.AZUR | {"tenue_jusqu_au": date(2026, 11, 22), "statut": "recue"}
        lu: Any = comparatif_offres_pret(
            date(2026, 11, 23), [tenue, self.OPALE], [], 420_000, None, 95_000, None, None
        )
        assert lu["ecart"] is None and not any(o["moins_chere"] for o in lu["offres"])

    @pytest.mark.parametrize(
        ("jour", "acceptable", "expiree"),
        [(12, False, False), (13, True, False), (30, True, False)],
    )
    def test_ten_days_then_thirty(self, jour: int, acceptable: bool, expiree: bool) -> None:
        lus = delais_offre_pret(date(2026, 11, jour), date(2026, 11, 2))
        assert (lus["acceptable"], lus["expiree"]) == (acceptable, expiree)

    def test_after_the_thirty_days(self) -> None:
        assert delais_offre_pret(date(2026, 12, 2), date(2026, 11, 2))["acceptable"]
        lus = delais_offre_pret(date(2026, 12, 3), date(2026, 11, 2))
        assert (lus["acceptable"], lus["expiree"]) == (False, True)

    def test_grouping(self) -> None:
        lu: Any = regrouper()
        assert (lu["capital"], lu["mensualites_avant"], lu["refus"]) == (303_000, 15_000, None)
        assert lu["allegement"] == 15_000 - lu["mensualite"] > 0
        assert (lu["avant"], lu["apres"], lu["endettement"]) == (None, None, None)
        refuse = regrouper(credits=[])
        assert refuse["capital"] is None and "au moins un crédit" in (refuse["refus"] or "")

    def test_debt_ratio_before_and_after_a_grouping(self) -> None:
        lu = regrouper(revenus=60_000, charges=5_000, charges_logement=12_000)
        tous = sum(credit["mensualite"] for credit in CREDITS)
        assert lu["avant"]["taux_endettement"] == round(Decimal(100 * tous) / 60_000, 2)
        assert lu["avant"]["reste_a_vivre"] == 60_000 - 5_000 - 12_000 - tous
        soldes = sum(credit["mensualite"] for credit in CREDITS if credit["devenir"] == "solde")
        assert lu["apres"]["reste_a_vivre"] - lu["avant"]["reste_a_vivre"] == lu["allegement"] + soldes
        assert lu["apres"]["taux_endettement"] < lu["avant"]["taux_endettement"]
        assert (lu["avant"]["au_dessus_repere"], lu["taux_repere"]) == (True, 35)
        # The housing loan of an owner is one of the loans: it is counted once.
        logement = [credit | {"nature": "immobilier"} for credit in CREDITS]
        proprietaire = regrouper(credits=logement, revenus=60_000, charges=5_000, charges_logement=12_000)
        assert proprietaire["avant"]["reste_a_vivre"] == lu["avant"]["reste_a_vivre"] + 12_000

    @pytest.mark.parametrize(
        ("plus", "message"),
        [
            ({"revenus": 0}, "revenus mensuels"),
            ({"revenus": 7_000}, "supérieur à 100"),
            ({"taux": Decimal(0)}, "prêt à taux zéro"),
            ({"duree": 0}, "0 mois"),
        ],
    )
    def test_an_impossible_grouping_says_why(self, plus: dict[str, Any], message: str) -> None:
        lu = regrouper(**plus)
        assert message in lu["refus"]
        assert lu["capital"] is lu["mensualite"] is None

    def test_a_situation_past_a_hundred_per_cent_is_told_when_the_grouping_mends_it(self) -> None:
        lu = regrouper(revenus=sum(credit["mensualite"] for credit in CREDITS) - 100)
        assert lu["refus"] is None and lu["avant"]["taux_endettement"] > 100


class TestClaims:
    def test_money(self) -> None:
        lu = suivi_sinistre(JOUR, [{"id": "h", "montant": 620_000}], MOUVEMENTS, None, 20_000)
        assert (lu["prejudices"], lu["attendu"], lu["provisionne"]) == (620_000, 600_000, 300_000)
        assert (lu["indemnise"], lu["rembourse"], lu["reste"], lu["a_reverser"]) == (
            200_000,
            50_000,
            400_000,
            150_000,
        )
        assert lu["solde"] is False

    def test_benefits_on_a_day(self) -> None:
        prestations: Any = [RENTE, CAPITAL]
        avant: Any = suivi_prestations(date(2026, 2, 10), prestations, [VERSE], [REVALORISEE])
        apres: Any = suivi_prestations(date(2027, 1, 1), prestations, [VERSE], [REVALORISEE])
        assert (avant["total_verse"], apres["total_verse"]) == (90_000, 90_000)
        assert [p["montant_du_jour"] for p in avant["prestations"]] == [90_000, 0]
        assert [p["montant_du_jour"] for p in apres["prestations"]] == [91_530, 5_000_000]
        assert [p["en_retard"] for p in avant["prestations"]] == [False, False]
        assert [p["en_retard"] for p in apres["prestations"]] == [True, True]
        assert avant["prochain_versement"] == date(2026, 2, 28)
        assert [(r["avant"], r["apres"]) for r in apres["revalorisations"]] == [(90_000, 91_530)]

    def test_a_benefit_in_disorder_says_so_and_leaves_the_others(self) -> None:
        lu: Any = suivi_prestations(JOUR, [RENTE, CAPITAL], [VERSE, VERSE | {"id": "w"}], [])
        assert "mêmes jours" in lu["prestations"][0]["refus"]
        assert lu["prestations"][0]["montant_du_jour"] is None
        assert lu["prestations"][1]["refus"] is None


def plans(scenarios: list[Any], revenus: int = 210_000) -> Any:
    dettes: Any = [DETTES[0]]
    return comparatif_plans(
        JOUR, dettes, [], scenarios, revenus, 40_000, 62_000, None, 90_000, date(2027, 1, 5)
    )


class TestDebts:
    def test_dashboard(self) -> None:
        frais: Any = [
            {"id": "f", "dette": "Loyers", "nature": "huissier", "libelle": "Sommation", "montant": 5_000},
            {"id": "g", "dette": "Loyers", "nature": "commission", "libelle": "10 %", "taux": Decimal(10)},
            {
                "id": "h",
                "dette": "Loyers",
                "nature": "penalites",
                "libelle": "Mars",
                "montant": 1,
                "regle": True,
            },
        ]
        lu: Any = tableau_dettes(JOUR, DETTES, PAIEMENTS, 200_000, 10_000, frais)
        assert (lu["frais"], lu["total"]) == (9_500, 144_500)
        assert (lu["capital"], lu["echeances"], lu["rembourse"]) == (135_000, 20_000, 45_000)
        assert (lu["endettement"], lu["ouvertes"], lu["soldees"]) == ("15\u00a0%", 1, 1)
        assert [d["progression"] for d in lu["dettes"]] == [25, 100]

    @pytest.mark.parametrize("revenus", [None, 0])
    def test_no_ratio_without_income(self, revenus: int | None) -> None:
        assert tableau_dettes(JOUR, DETTES, PAIEMENTS, revenus, None, None)["endettement"] is None

    def test_plans_side_by_side(self) -> None:
        lu = plans(
            [
                {"id": "a", "nom": "6 mois", "mode": "duree", "duree": 6},
                {"id": "b", "nom": "36 mois", "mode": "duree", "duree": 36},
                {"id": "c", "nom": "Cent euros", "mode": "mensualite", "mensualite": 10_000},
                {"id": "d", "nom": "Trop peu", "mode": "mensualite", "mensualite": 100},
            ]
        )
        assert [(p["duree"], p["mensualite"], p["soutenable"]) for p in lu["scenarios"]] == [
            (6, 30_000, False),
            (36, 5_000, True),
            (18, 10_000, True),
            (None, None, False),
        ]
        assert [p["plafond"] for p in lu["scenarios"]] == [None, None, 10_000, None]
        assert lu["conseille"] == "Cent euros"
        assert [p["conseille"] for p in lu["scenarios"]] == [False, False, True, False]
        assert "ne rembourse pas" in lu["scenarios"][3]["refus"]
        assert lu["scenarios"][1]["parts"][0]["creancier"] == "SCI des Tilleuls"

    def test_without_income_no_plan_and_each_says_why(self) -> None:
        lu = plans([{"id": "a", "nom": "6 mois", "mode": "duree", "duree": 6}], revenus=0)
        assert lu["conseille"] is None
        assert "revenus mensuels" in lu["scenarios"][0]["refus"]

    def dossier(self, choisies: list[str], particulier: bool = True) -> Any:
        dettes: Any = DETTES
        recus: Any = PAIEMENTS
        return donnees_surendettement(
            JOUR, dettes, recus, choisies, 100_000, 30_000, 40_000, particulier, None
        )

    def test_file_of_the_debts_selected(self) -> None:
        lu = self.dossier(["Loyers"])
        assert lu["lignes"] == [
            {
                "creancier": "SCI des Tilleuls",
                "nature": "retard_loyer",
                "montant": 135_000,
                "echeance": 20_000,
            }
        ]
        assert (lu["creanciers"], lu["total"], lu["capacite"], lu["refus"]) == (1, 135_000, 30_000, None)

    @pytest.mark.parametrize(
        ("choisies", "particulier", "message"),
        [
            (["Facture"], True, "soldée"),
            (["Autre"], True, "dette inconnue"),
            ([], True, "au moins une dette"),
            (["Loyers"], False, "particuliers"),
        ],
    )
    def test_a_file_that_cannot_be(self, choisies: list[str], particulier: bool, message: str) -> None:
        lu = self.dossier(choisies, particulier)
        assert message in lu["refus"] and lu["lignes"] == []


def test_no_reading_ever_gives_a_number_that_is_none() -> None:
    def feuilles(valeur: Any) -> Any:
        if isinstance(valeur, dict):
            for sous in valeur.values():
                yield from feuilles(sous)
        elif isinstance(valeur, list):
            for sous in valeur:
                yield from feuilles(sous)
        else:
            yield valeur

    for lue in (simuler(), simuler(revenus=0), simuler(taux=Decimal(0)), plans([], 0)):
        assert not any(isinstance(f, float) for f in feuilles(lue))
        assert all(math.isfinite(f) for f in feuilles(lue) if isinstance(f, int | Decimal))
