"""Dettes, played from its shipped scenarios: a plan kept, a plan refused, over-indebtedness (DET-09 to DET-21)."""

from datetime import date

import pytest

from activities.rules_port import RULES
from tests.engine.livres import ROOT, SCENARIOS
from tests.engine.test_metiers import play
from workflows.engine.bundle import from_folder
from workflows.engine.program import Program
from workflows.engine.simulation import Simulation, read_scenario
from workflows.engine.view import Reader, form_seen, view

NEGOCIATION = [
    "Identifiée",
    "Analyse en cours",
    "Contact créancier",
    "Proposition d'échéancier envoyée",
    "Plan de paiement accepté",
    "Soldée",
]


def test_statuses_of_the_negotiation_are_those_of_the_specification() -> None:
    modele = from_folder(ROOT, ROOT / "process_templates" / "dettes.yaml").bundle.modele
    assert [statut.libelle for statut in modele.collections["dettes"].statuts.values()] == NEGOCIATION
    assert set(NEGOCIATION) <= {statut.libelle for statut in modele.statuts.values()}


def test_the_principal_falls_with_each_payment_and_the_file_ends_when_all_is_paid() -> None:
    simulation, said = play("dettes", "dettes_plan")
    assert simulation.ending == "terminee"
    assert "16/03 Étape validée : Remboursement" in said
    assert any("Étape commencée : Tout est remboursé" in line for line in said)
    assert simulation.state.calculs["restant_du"] == 0
    [dette] = simulation.state.collections["dettes"].values()
    assert (dette.calcule["restant"], dette.calcule["rembourse"], dette.calcule["progression"]) == (
        0,
        180_000,
        100,
    )


def test_a_refused_plan_goes_back_to_negotiation_and_nothing_is_said_to_be_paid() -> None:
    simulation, said = play("dettes", "dettes_refus")
    assert simulation.ending == "terminee"
    assert any("Étape sans objet : Remboursement" in line for line in said)
    assert any("Étape commencée : Nouvelle négociation" in line for line in said)
    assert any("Étape sans objet : Tout est remboursé" in line for line in said)
    assert simulation.state.calculs["restant_du"] == 900_000


def test_the_letter_leaves_before_its_answer_is_awaited_and_each_debt_says_where_it_stands() -> None:
    """DET-09, DET-21: letter, then sending, then answer; the debts follow, and refused they go back to negotiation."""
    _, said = play("dettes", "dettes_refus")
    awaited = [
        "12/01 Document produit : Proposition d'échéancier à Moulins Réunis (Farine)",
        "13/01 Formulaire rempli : Envoi de la proposition",
        "13/01 Farine : Proposition d'échéancier envoyée",
        "13/01 Étape commencée : Réponse de vos créanciers",
        "14/01 Étape commencée : Nouvelle négociation",
        "14/01 Farine : Contact créancier",
    ]
    assert [line.replace("\u00a0", " ") for line in said if line.replace("\u00a0", " ") in awaited] == awaited


def test_the_firm_chooses_among_the_debts_and_the_plans_of_the_file() -> None:
    """Nobody types by heart a name that the file holds; its client is told none of what they may not read."""
    simulation, _ = play("dettes", "dettes_surendettement")
    state = simulation.state
    staff, client = Reader(kind="staff", id="julien"), Reader(kind="client", id="marie")
    debts = [line.donnees["nom"] for line in state.collections["dettes"].values()]
    asked = form_seen(simulation.program, state, staff, "surendettement")["properties"]["dettes"]
    assert asked["items"]["examples"] == debts and len(debts) > 0
    assert (
        "examples"
        not in form_seen(simulation.program, state, client, "surendettement")["properties"]["dettes"]["items"]
    )
    simulation, _ = play("dettes", "dettes_plan")
    plans = [line.donnees["nom"] for line in simulation.state.collections["scenarios"].values()]
    chosen = form_seen(simulation.program, simulation.state, staff, "plan")["properties"]["scenario"]
    assert chosen["examples"] == plans and len(plans) > 0


def test_the_court_s_deadline_is_told_while_the_accounts_are_still_awaited() -> None:
    """DET-17: 45 days from the day payments stopped, ten days before they end, whatever the client still owes us."""
    simulation, said = play("dettes", "dettes_tribunal_pieces_tardives")
    assert simulation.ending == "terminee"
    assert said.index("10/02 Alerte") < said.index("16/02 Étape commencée\u00a0: Demande au tribunal")


def test_a_professional_goes_to_court_and_never_to_the_commission() -> None:
    """DET-17: a file of over-indebtedness is refused to them, with what they may ask for instead."""
    program = Program(from_folder(ROOT, ROOT / "process_templates" / "dettes.yaml").bundle, RULES, "sha")
    told = (SCENARIOS / "dettes_tribunal.yaml").read_text(encoding="utf-8")
    told = told.replace("suite: {suite: tribunal}", "suite: {suite: surendettement}")
    refused = Simulation(program, read_scenario(told, "dettes_tribunal"), date(2026, 1, 5))
    list(refused.run())
    [orienter] = [tache for tache in refused.state.taches.values() if tache.cle == "orienter"]
    assert refused.ending == "attente"
    assert "réservé aux particuliers" in (program.unmet(orienter, refused.state) or "")
    simulation, said = play("dettes", "dettes_tribunal")
    assert simulation.ending == "terminee"
    assert any("Étape commencée : Demande au tribunal" in line for line in said)
    assert simulation.state.calculs["limite_tribunal"] == "2026-02-20"


def test_the_over_indebtedness_file_is_prefilled_and_a_refusal_may_be_contested() -> None:
    simulation, said = play("dettes", "dettes_surendettement")
    assert simulation.ending == "terminee"
    assert any("Étape sans objet : Contact avec vos créanciers" in line for line in said)
    assert any("Document produit : Dossier de surendettement préparé" in line for line in said)
    assert simulation.state.calculs["limite_contestation"] == "2026-02-01"
    assert "28/01 Alerte" in said


@pytest.mark.parametrize(
    ("lecture", "chiffre", "attendu"),
    [
        ("tableau", "capital", 1_250_000),
        ("tableau", "echeances", 30_000),
        ("dossier", "total", 1_260_619),
        ("dossier", "creanciers", 2),
        ("dossier", "capacite", 15_000),
    ],
)
def test_what_is_read_on_a_day(lecture: str, chiffre: str, attendu: int) -> None:
    simulation, _ = play("dettes", "dettes_surendettement")
    program = Program(from_folder(ROOT, ROOT / "process_templates" / "dettes.yaml").bundle, RULES, "sha")
    assert program.readings(simulation.state, date(2026, 2, 4))[lecture][chiffre] == attendu


@pytest.mark.parametrize(
    ("scenario", "shown", "hidden"),
    [
        ("dettes_plan", {"surendettement", "depot", "contestation"}, {"tribunal", "saisine"}),
        ("dettes_tribunal", {"tribunal", "saisine"}, {"surendettement", "depot", "contestation"}),
    ],
)
def test_a_person_is_not_told_of_the_court_nor_a_firm_of_over_indebtedness(
    scenario: str, shown: set[str], hidden: set[str]
) -> None:
    """From the first day, before anything is decided: who they are is enough to rule the others out (DET-17)."""
    resolved = from_folder(ROOT, ROOT / "process_templates" / "dettes.yaml")
    program = Program(resolved.bundle, RULES, "sha")
    told = read_scenario((SCENARIOS / f"{scenario}.yaml").read_text(encoding="utf-8"), scenario)
    simulation = Simulation(program, told, date(2026, 1, 5))
    for _ in simulation.run():
        if simulation.state.phase == "dossier" and simulation.state.donnees.get("demande"):
            break
    seen = {
        etape.cle for etape in view(program, simulation.state, Reader(kind="client", id="titulaire")).etapes
    }
    assert shown <= seen
    assert not hidden & seen
