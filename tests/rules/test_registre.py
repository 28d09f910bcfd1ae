"""The registry is the contract with modèles: names, simple types, no defaults."""

import inspect
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from rules.baremes import TABLES
from rules.erreurs import RegleError
from rules.registre import REGISTRE, TableMontant

SIMPLES = {date, str, int, bool, Decimal}
ENTREE = date(2026, 12, 1)


def _simple(annotation: Any) -> bool:
    if get_origin(annotation) in {Union, UnionType}:
        reste = set(get_args(annotation)) - {NoneType}
        return len(reste) == 1 and reste <= SIMPLES
    if get_origin(annotation) is list:
        return is_typeddict(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return {type(value) for value in get_args(annotation)} == {str}
    return annotation in SIMPLES


@pytest.mark.parametrize("nom", REGISTRE)
def test_every_calculation_is_fully_and_simply_typed(nom: str) -> None:
    fonction = REGISTRE[nom]
    types = get_type_hints(fonction)
    parametres = inspect.signature(fonction).parameters
    assert set(types) == {*parametres, "return"}
    assert all(_simple(annotation) for annotation in types.values())
    assert all(p.default is inspect.Parameter.empty for p in parametres.values())
    assert all(p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for p in parametres.values())
    assert fonction.__doc__


def test_working_days_leave_out_week_ends_and_public_holidays() -> None:
    """DESIGN 4: in an expression as in a moment (« 5jo »)."""
    apres, avant = REGISTRE["jours_ouvres_apres"], REGISTRE["jours_ouvres_avant"]
    assert apres(date(2026, 4, 30), 1) == date(2026, 5, 4)  # 1 May is a Friday
    assert avant(date(2026, 5, 4), 1) == date(2026, 4, 30)
    assert apres(ENTREE, 0) == avant(ENTREE, 0) == ENTREE
    for nombre in (-1, 1001):
        with pytest.raises(RegleError, match="de 0 à 1000 jours ouvrés"):
            apres(ENTREE, nombre)


def test_calculations_of_the_hiring_modele() -> None:
    assert REGISTRE["fin_periode_essai"]("cdi", "cadre", ENTREE, None) == date(2027, 3, 31)
    assert REGISTRE["fin_periode_essai"]("cdd", None, date(2026, 12, 7), date(2027, 2, 14)) == date(
        2026, 12, 16
    )
    assert REGISTRE["date_limite_dpae"](ENTREE) == ENTREE
    assert REGISTRE["date_ouverture_dpae"](ENTREE) == date(2026, 11, 23)
    assert REGISTRE["date_cible_dpae"](ENTREE) == date(2026, 11, 30)
    assert REGISTRE["date_limite_visite"](ENTREE) == date(2027, 3, 1)
    assert REGISTRE["date_remise_contrat"]("cdd", date(2026, 11, 10)) == date(2026, 11, 13)
    assert REGISTRE["date_limite_rupture_essai"](ENTREE, date(2027, 3, 31)) == date(2027, 2, 28)
    assert REGISTRE["a_periode_essai"]("cdd", None, date(2026, 12, 7), date(2026, 12, 9)) is False
    assert REGISTRE["a_periode_essai"]("cdi", "employe", ENTREE, None) is True
    assert REGISTRE["fin_periode_essai_renouvelee"]("employe", ENTREE) == date(2027, 3, 31)
    assert REGISTRE["fin_prevenance"](ENTREE, date(2027, 1, 10), "employeur") == date(2027, 1, 24)
    assert REGISTRE["visite_avant_affectation"](date(1990, 1, 1), ENTREE, True, False) is True
    assert REGISTRE["age_au"](date(1990, 1, 1), ENTREE) == 36
    assert REGISTRE["date_limite_informations"](ENTREE) == date(2027, 1, 1)


FACTURES = [
    {"id": "a", "numero": "F-1", "montant": 100_000, "echeance": date(2025, 4, 30)},
    {"id": "b", "numero": "F-2", "montant": 50_000, "echeance": date(2025, 5, 31)},
]
REGLEMENTS = [{"id": "r", "recu_le": date(2025, 6, 1), "montant": 120_000}]


def test_calculations_of_the_recovery_modele() -> None:
    assert REGISTRE["reste_du"](FACTURES, REGLEMENTS) == 30_000
    assert REGISTRE["reste_facture"](FACTURES, REGLEMENTS, "a") == 0
    assert REGISTRE["reste_facture"](FACTURES, REGLEMENTS, "b") == 30_000
    assert REGISTRE["reste_facture"](FACTURES, REGLEMENTS, "disparue") == 0
    assert REGISTRE["imputation"](FACTURES, REGLEMENTS, "r") == "F-1, F-2"
    plan = [{"id": "e", "le": date(2025, 7, 1), "montant": 150_000}]
    assert REGISTRE["reste_echeance"](plan, REGLEMENTS, date(2025, 6, 1), "e") == 30_000
    assert REGISTRE["reste_echeance"](plan, REGLEMENTS, date(2025, 6, 2), "e") == 150_000
    assert REGISTRE["echeance_impayee"](FACTURES, REGLEMENTS) == date(2025, 5, 31)
    assert REGISTRE["echeance_impayee"](FACTURES, [REGLEMENTS[0] | {"montant": 150_000}]) is None
    assert REGISTRE["echeance_du_plan"](plan, REGLEMENTS, None) == date(2025, 7, 1)
    assert REGISTRE["echeance_du_plan"]([plan[0] | {"montant": 120_000}], REGLEMENTS, None) is None
    amiable = REGISTRE["fin_amiable"]
    assert amiable(FACTURES, REGLEMENTS, [], None, 30) == date(2025, 6, 30)
    assert amiable(FACTURES, REGLEMENTS, plan, date(2025, 6, 1), 30) == date(2025, 7, 31)
    assert amiable(FACTURES, [REGLEMENTS[0] | {"montant": 150_000}], plan, None, 30) is None
    jours = REGISTRE["jours_amiables"]
    relances = [{"jours": 5, "canal": "courriel"}, {"jours": 40, "canal": "tache"}]
    assert (jours([]), jours(relances[:1]), jours(relances)) == (30, 30, 55)
    assert jours([*relances, {"jours": 20, "canal": "etape"}]) == 20
    frais = [
        {"id": "d", "nature": "frais_dossier", "libelle": "Ouverture", "montant": 9_000},
        {"id": "c", "nature": "commission", "libelle": "Commission", "taux": Decimal("10")},
    ]
    assert [REGISTRE["cout_frais"](frais, REGLEMENTS, id_) for id_ in "dc"] == [9_000, 12_000]


ABONNEMENTS = [
    {
        "id": "1",
        "nom": "Électricité",
        "type": "electricite",
        "fournisseur": "Courant Vif",
        "prix": 12_000,
        "periodicite": "an",
        "prix_kwh": Decimal("0.25"),
        "kwh": 20_000,
    }
]


def test_a_threshold_is_read_in_its_dated_table() -> None:
    assert REGISTRE["montant_bareme"]("seuil_convention_subvention", date(2026, 11, 23)) == 2_300_000
    assert REGISTRE["montant_bareme"]("indemnite_recouvrement", date(2026, 11, 23)) == 4_000
    with pytest.raises(RegleError, match="Seuil de la convention"):
        REGISTRE["montant_bareme"]("seuil_convention_subvention", date(2000, 1, 1))


@pytest.mark.parametrize("table", ["../secrets", "seuil_convention", "hcsf_taux_effort", "declaration_vol"])
def test_neither_a_rate_nor_a_delay_is_read_as_an_amount(table: str) -> None:
    with pytest.raises(
        RegleError, match=f"Aucune table datée de montants ne s’appelle «\u00a0{table}\u00a0»"
    ):
        REGISTRE["montant_bareme"](table, date(2026, 11, 23))


def test_every_table_in_euros_is_one_of_amounts() -> None:
    """The head of a table says its unit: one more in euros is one more that a modèle may read."""
    in_euros = {
        file.stem for file in TABLES.glob("*.toml") if "En euros." in file.read_text(encoding="utf-8")
    }
    assert in_euros == set(get_args(TableMontant))


def test_calculations_of_the_subscriptions_modele() -> None:
    offre = (ABONNEMENTS, "Électricité", 11_000, "an", Decimal("0.21"))
    assert REGISTRE["cout_annuel"](12_000, "an", Decimal("0.25"), 20_000) == 512_000
    assert REGISTRE["cout_annuel_offre"](*offre) == 431_000
    assert REGISTRE["economie_offre"](*offre) == 81_000
    assert REGISTRE["type_abonnement"](ABONNEMENTS, "Électricité") == "electricite"
    assert REGISTRE["fournisseur_actuel"](ABONNEMENTS, "Électricité") == "Courant Vif"


@pytest.mark.parametrize(
    ("nom", "arguments"),
    [
        ("economie_offre", (ABONNEMENTS, "Gaz", 11_000, "an", Decimal("0.21"))),
        ("economie_offre", (ABONNEMENTS, "Électricité", 11_000, "an", None)),
        ("cout_annuel", (12_000, "semaine", None, None)),
        ("cout_frais", ([{"id": "x", "nature": "autre", "libelle": "?", "montant": 1}], [], "x")),
        ("fin_periode_essai", ("stage", "cadre", ENTREE, None)),
        ("fin_periode_essai", ("cdi", "president", ENTREE, None)),
        ("fin_periode_essai", ("cdi", "", ENTREE, None)),
        ("fin_periode_essai", ("cdd", None, ENTREE, None)),
        ("fin_prevenance", (ENTREE, ENTREE, "voisin")),
    ],
)
def test_an_impossible_calculation_is_a_named_refusal(nom: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(RegleError):
        REGISTRE[nom](*arguments)
