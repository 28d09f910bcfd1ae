"""The simulator plays the delivered modèle to its end, reminds those who stay silent, and always says the same."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from activities.rules_port import RULES
from tests.engine.monde import program_of
from workflows.engine import facts as f
from workflows.engine.bundle import from_folder
from workflows.engine.evolve import fold
from workflows.engine.findings import ModeleError
from workflows.engine.program import Program
from workflows.engine.samples import sample
from workflows.engine.simulation import Scenario, Simulation, Step, lines, read_scenario
from workflows.engine.state import DemarcheState

ROOT = Path(__file__).parent.parent.parent
SCENARIOS = ROOT / "process_templates" / "scenarios"
BEGIN = date(2026, 11, 23)


@pytest.fixture(scope="module")
def program() -> Program:
    resolved = from_folder(ROOT, ROOT / "process_templates" / "embauche.yaml")
    return Program(resolved.bundle, RULES, "sha")


def play(program: Program, scenario: Scenario, **options: timedelta) -> tuple[Simulation, list[Step]]:
    simulation = Simulation(program, scenario, BEGIN, **options)
    return simulation, list(simulation.run())


def scenario(name: str) -> Scenario:
    return read_scenario((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8"), name)


def facts_of(steps: list[Step], kind: type[f.Fact]) -> list[tuple[date, f.Fact]]:
    return [
        (event.at.date(), event.fact) for s in steps for event in s.events if isinstance(event.fact, kind)
    ]


def _created(steps: list[Step]) -> list[f.TacheCreated]:
    return [event.fact for step in steps for event in step.events if isinstance(event.fact, f.TacheCreated)]


def test_a_hiring_comes_to_its_end(program: Program) -> None:
    simulation, steps = play(program, scenario("embauche_cdi"))
    assert simulation.ending == "terminee"
    assert [fact.piece for _, fact in facts_of(steps, f.PieceRefused)] == ["cni"]  # type: ignore[attr-defined]
    assert len(facts_of(steps, f.DocumentProduced)) == 1
    assert len(facts_of(steps, f.AlerteRaised)) == 2
    assert all(step.refusal is None for step in steps)


def test_its_journal_folds_to_its_state(program: Program) -> None:
    simulation, steps = play(program, scenario("embauche_cdi"))
    events = [event for step in steps for event in step.events]
    assert fold(DemarcheState(demarche_id="simulation"), events) == simulation.state


def test_silence_is_followed_by_reminders_then_by_a_task(program: Program) -> None:
    _, steps = play(program, scenario("embauche_silence"))
    reminders = [fact.rank for _, fact in facts_of(steps, f.RelanceSent)]  # type: ignore[attr-defined]
    assert reminders == [1, 2, 3]
    escalated = facts_of(steps, f.RelanceEscalated)
    assert len(escalated) == 1
    created = [step_fact.tache.titre for step_fact in _created(steps)]
    assert "Appeler le futur salarié au sujet de ses pièces" in created
    during = [
        day for day, _ in facts_of(steps, f.RelanceSent) if date(2026, 11, 28) <= day < date(2026, 12, 5)
    ]
    assert during == [], "no reminder goes out while the démarche is suspended"


def test_twice_the_same_story(program: Program) -> None:
    first = [event for step in play(program, scenario("embauche_silence"))[1] for event in step.events]
    second = [event for step in play(program, scenario("embauche_silence"))[1] for event in step.events]
    assert first == second


def test_invented_answers_are_enough(program: Program) -> None:
    forms = {alias: sample(schema, BEGIN) for alias, schema in program.bundle.forms.items()}
    simulation, _ = play(program, Scenario(donnees=forms))
    assert simulation.ending == "terminee"


def test_it_stops_at_the_limit_of_time(program: Program) -> None:
    simulation, _ = play(program, scenario("embauche_cdi"), until=timedelta(days=5))
    assert simulation.ending == "duree"
    assert simulation.awaited
    assert simulation.now - simulation.begin <= timedelta(days=5)


def test_it_stops_at_a_refusal_and_says_which_field(program: Program) -> None:
    told = scenario("embauche_cdi")
    wrong = {**told.donnees["declaration"], "date_entree": "J-3"}
    simulation, steps = play(
        program, told.model_copy(update={"donnees": {**told.donnees, "declaration": wrong}})
    )
    refusal = steps[-1].refusal
    assert simulation.ending == "refus"
    assert refusal is not None
    assert refusal.errors[0][0] == "/date_entree"


def test_everyone_silent_is_said(program: Program) -> None:
    told = scenario("embauche_cdi").model_copy(update={"silence": ("conseiller",)})
    simulation, _ = play(program, told)
    assert (simulation.ending, [wait.kind for wait in simulation.awaited]) == ("attente", ["demande"])


def test_an_etape_may_be_skipped(program: Program) -> None:
    told = scenario("embauche_cdi").model_copy(update={"passer": {"visite_medicale": "Déjà faite."}})
    simulation, steps = play(program, told)
    assert simulation.ending == "terminee"
    assert [fact.etape for _, fact in facts_of(steps, f.EtapeSkipped)] == ["visite_medicale"]  # type: ignore[attr-defined]


def test_the_journal_speaks_french(program: Program) -> None:
    _, steps = play(program, scenario("embauche_cdi"))
    told = [line for step in steps for line in lines(step, program)]
    assert any(line.text == "Pièce refusée : Carte nationale d'identité" for line in told)
    assert all("Fact" not in line.text and line.who for line in told)


def test_a_wrong_scenario_is_refused_with_its_line() -> None:
    with pytest.raises(ModeleError) as caught:
        read_scenario("titre: x\nsilences: [a]\n", "s.yaml")
    assert (caught.value.file, caught.value.line) == ("s.yaml", 2)


def family(**scenario: Any) -> Simulation:
    """Invoices with a child démarche each."""
    resolved = from_folder(
        Path(__file__).parent / "modeles_racine",
        Path(__file__).parent / "modeles_justes" / "pour_chaque.yaml",
    )
    assert resolved.findings == []
    added = [
        {
            "apres": "1h",
            "commande": {
                "type": "AddLigne",
                "collection": "factures",
                "donnees": {"numero": numero, "montant": montant, "echeance": "J+10"},
            },
        }
        for numero, montant in (("F1", 500), ("F2", 5000))
    ]
    told = Scenario.model_validate({"delais": {"conseiller": "3j"}, "evenements": added} | scenario)
    return Simulation(Program(resolved.bundle, RULES, "sha"), told, date(2026, 3, 2))


def test_children_are_played_too() -> None:
    """DESIGN rule 7: opened, answered and ended in virtual time; the parent goes on when its join holds."""
    simulation = family()
    steps = list(simulation.run())
    assert [step.refusal for step in steps if step.refusal] == []
    assert simulation.ending == "terminee"
    assert {child.state.titre: child.state.cycle for child in simulation.enfants.values()} == {
        "F1": "terminee",
        "F2": "terminee",
    }
    assert {e.cycle for e in simulation.state.enfants.values()} == {"terminee"}
    told = [line.text for step in steps for line in lines(step, simulation.program)]
    assert "Démarche ouverte : F1" in told and "Démarche terminée : F2" in told


def test_children_that_nobody_answers_hold_their_parent() -> None:
    simulation = family(enfants={"relance_facture": {"silence": ["conseiller"]}})
    assert [step.refusal for step in simulation.run() if step.refusal] == []
    # F1 is under 1000: the join only waits for F2, and being late is said.
    assert simulation.ending == "attente"
    assert simulation.state.etapes["relances"].statut == "en_cours"
    assert "echeance" in simulation.state.etapes["relances"].sent


REGISTRE = """
modele: essai
titre: Essai
categorie: test
reference: ESS
clients: [entreprise]
nom: '"Essai"'
services: {registre: annuaire}
roles:
  conseiller: {libelle: Conseiller, cote: cabinet}
  annuaire: {libelle: Annuaire, cote: tiers}
etapes:
  - cle: verification
    titre: Vérification
    evenements:
      - cle: existence
        titre: Existence
        de: annuaire
        appel: {service: registre, envoie: {siren: '"552100554"'}}
        echeance: entree + 2j
        sinon: {message: Rien., a: conseiller, suite: continuer}
  - {cle: fin, titre: Fin, si: 'evenements.existence == "recu" && registre.active', terminee: manuelle}
  - {cle: a_la_main, titre: À la main, si: evenements.existence == "echu", terminee: manuelle}
"""


@pytest.mark.parametrize(
    ("told", "etapes", "days"),
    [
        ("donnees: {registre: {active: true}}", ["fin"], 0),
        ("donnees: {registre: {active: false}}", [], 0),
        ("donnees: {registre: {active: peut-être}}", ["a_la_main"], 0),
        ("refus: {existence: Inconnue}", ["a_la_main"], 0),
        ("silence: [annuaire]", ["a_la_main"], 2),
    ],
)
def test_services_answer_refuse_or_keep_silent(told: str, etapes: list[str], days: int) -> None:
    modele = YAML(typ="safe", pure=True).load(REGISTRE)
    text = {"type": "object", "properties": {"siren": {"type": "string"}}}
    answer = {"type": "object", "properties": {"active": {"type": "boolean"}}, "required": ["active"]}
    service = {"registre": {"nom": "annuaire", "titre": "Annuaire", "requete": text}}
    essai = program_of(modele, {"registre": answer}, services=service)
    simulation = Simulation(essai, read_scenario(told, "essai"), date(2026, 3, 2))
    steps = list(simulation.run())
    assert [step.refusal for step in steps if step.refusal] == []
    assert simulation.ending == "terminee"
    entered = [cle for cle in ("fin", "a_la_main") if simulation.state.etapes[cle].visit]
    assert entered == etapes
    verified = simulation.state.etapes["verification"]
    assert verified.completed_at is not None and verified.entered_at is not None
    assert (verified.completed_at - verified.entered_at).days == days
