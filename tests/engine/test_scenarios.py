"""The démarches that are files, played from their shipped scenarios: what the law and the specification say of them
(SOR, RH-24, REC, DET, MIS-30, ASO, MIS-25). What each scenario expects is in its file, checked by `modele tester`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from activities.essai_modele import scenarios_of
from activities.rules_port import RULES
from workflows.engine import facts as f
from workflows.engine.bundle import from_folder
from workflows.engine.evolve import fold
from workflows.engine.program import Program
from workflows.engine.simulation import Simulation, read_scenario
from workflows.engine.state import DemarcheState

ROOT = Path(__file__).parent.parent.parent
BEGIN = date(2026, 11, 23)
MODELES = (
    "accident_travail",
    "arret_travail",
    "audit_organisationnel",
    "credit",
    "dettes",
    "dossier_subvention",
    "recouvrement_amiable",
    "sinistre_dommages",
    "sinistre_prevoyance",
    "sortie_salarie",
)
ETAPES_AUDIT = (
    "Cadrage",
    "Immersion",
    "Diagnostic",
    "Propositions",
    "Procédures écrites",
    "Accompagnement au changement",
    "Clôture",
)
"""MIS-30."""
FILES = [path for modele in MODELES for path in scenarios_of(modele, ROOT)]


@dataclass
class Story:
    """What a scenario did."""

    simulation: Simulation
    relances: list[tuple[str, int]] = field(default_factory=list)
    escalades: list[str] = field(default_factory=list)
    alertes: list[str] = field(default_factory=list)
    retards: dict[str, str] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)

    @property
    def void(self) -> set[str]:
        return {cle for cle, etape in self.simulation.state.etapes.items() if etape.statut == "sans_objet"}

    @property
    def calculs(self) -> dict[str, Any]:
        return self.simulation.state.calculs


@cache
def program(modele: str) -> Program:
    return Program(from_folder(ROOT, ROOT / "process_templates" / f"{modele}.yaml").bundle, RULES, "0" * 64)


@cache
def story(name: str) -> Story:
    modele = max((key for key in MODELES if name.startswith(f"{key}_")), key=len)
    file = ROOT / "process_templates" / "scenarios" / f"{name}.yaml"
    told = Story(
        Simulation(program(modele), read_scenario(file.read_text(encoding="utf-8"), file.name), BEGIN)
    )
    events: list[f.Event] = []
    for step in told.simulation.run():
        assert step.refusal is None, (step.refusal.detail, step.refusal.errors)
        if step.program is None:  # not of a child
            events += step.events
    for event in events:
        match event.fact:
            case f.RelanceSent(relance=cle, rank=rank):
                told.relances.append((cle, rank))
            case f.RelanceEscalated(relance=cle):
                told.escalades.append(cle)
            case f.AlerteRaised(alerte=cle):
                told.alertes.append(cle)
            case f.EtapeOverdue(etape=etape):
                told.retards[etape] = event.at.date().isoformat()
            case f.DocumentProduced(document=document):
                told.documents.append(told.simulation.state.documents[document].cle)
            case _:
                pass
    assert fold(DemarcheState(demarche_id="simulation"), events) == told.simulation.state
    return told


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_scenario_comes_to_its_end(file: Path) -> None:
    stopped = any(
        (evenement.commande or {}).get("type") == "Cancel"
        for evenement in story(file.stem).simulation.scenario.evenements
    )
    assert story(file.stem).simulation.ending == ("annulee" if stopped else "terminee")


def test_the_legal_delays_of_an_accident() -> None:
    """CSS R441-3 (48 h without Sundays and holidays), R441-6 (10 jours francs), R441-7 (30), R441-8 (90), R142-1."""
    assert story("accident_travail_retards").retards == {
        "dat": "2026-11-12",
        "attestation_salaire": "2026-11-14",
        "reserves": "2026-11-22",
        "reprise": "2026-11-28",
        "instruction": "2026-12-12",
        "enquete": "2027-02-10",
        "contestation": "2027-04-16",
    }


@pytest.mark.parametrize(
    ("name", "capital"),
    [("credit_immobilier", 200000_00), ("credit_regroupement", 9000_00), ("credit_bail", 24000_00)],
)
def test_the_capital_to_finance_whatever_the_loan(name: str, capital: int) -> None:
    told = story(name)
    (compteur,) = (one for one in program("credit").modele.compteurs if one.cle == "capital")
    assert program("credit").evaluate(compteur.valeur, told.simulation.state, "entier") == capital


def test_portability_and_receipt_of_a_departure() -> None:
    """CSS L911-8: months of the last contract rounded up, twelve at most; C. trav. L1234-20: six months to contest."""
    left = story("sortie_salarie_rupture_conventionnelle").calculs
    assert left["total_solde"] == 180000 + 96000 - 20000
    assert (left["mois_portabilite"], left["fin_portabilite"]) == (12, "2027-12-31")
    assert left["fin_denonciation"] == "2027-06-30"
    assert "mois_portabilite" not in story("sortie_salarie_faute_lourde").calculs
    assert story("sortie_salarie_fin_de_cdd").void == {"contrats_collectifs", "radiation", "contestation"}


@pytest.mark.parametrize(
    ("entree", "sortie", "mois"),
    [
        ("2026-01-05", "2026-08-14", 8),  # seven months and ten days
        ("2026-01-05", "2026-08-04", 7),  # seven months to the day
        ("2023-12-01", "2026-11-30", 12),  # three years
        ("2026-01-15", "2026-08-10", 7),  # six months and twenty-seven days
    ],
)
def test_months_of_portability(entree: str, sortie: str, mois: int) -> None:
    """Worked examples of the law, through the modèle's own expressions."""
    state = DemarcheState(
        demarche_id="x",
        donnees={
            "declaration": {
                "date_entree": entree,
                "date_sortie": sortie,
                "motif": "licenciement",
                "complementaire_sante": "oui",
                "prevoyance": "non",
            }
        },
    )
    assert program("sortie_salarie").compute(state)["mois_portabilite"] == mois


def test_a_prolonged_leave_moves_everything() -> None:
    """Lines added by the client carry the end of the leave; sixty days make the visit compulsory (R4624-31)."""
    told = story("arret_travail_prolonge")
    assert (told.calculs["fin_arret"], told.calculs["duree_arret"]) == ("2027-02-02", 72)
    assert told.alertes.count("fin_arret") == 3
    assert "maintien" in told.void
    assert told.simulation.state.etapes["visite_reprise"].statut == "valide"


def test_a_short_leave() -> None:
    """Twelve days: benefits from the fourth, legal pay from the eighth (CSS R323-1, C. trav. D1226-3), no visit."""
    told = story("arret_travail_court")
    assert told.calculs["debut_indemnites"] == "2026-11-26"
    assert told.calculs["maintien_du"] == "2026-11-30"
    assert told.void == {"visite_reprise"}


def test_reminders_to_a_debtor_stop_when_all_is_paid() -> None:
    """REC-11 to REC-13: five days before, five and fifteen after, then a call; nothing once paid."""
    assert story("recouvrement_amiable_paye").relances == [("plan", 1)] * 3
    assert story("recouvrement_amiable_paye").escalades == []
    calls = [
        tache.titre
        for tache in story("recouvrement_amiable_abandon").simulation.state.taches.values()
        if tache.cle == "appeler"
    ]
    assert calls == ["Appeler le débiteur : R3"]
    broken = story("recouvrement_amiable_plan_non_tenu")
    assert [
        tache.titre for tache in broken.simulation.state.taches.values() if tache.cle == "alerte_plan"
    ] == ["Alerte : Échéance impayée"]
    assert story("recouvrement_amiable_mise_en_demeure").alertes == ["prescription"]


def test_a_grant_that_needs_a_convention_and_a_report() -> None:
    """More than 23 000 € of public money (décret 2001-495); the report within six months (loi 2000-321, art. 10)."""
    obtained = story("dossier_subvention_obtenue")
    assert obtained.calculs["convention"] is True
    assert obtained.calculs["limite_compte_rendu"] == "2027-12-30"
    assert obtained.void == {"equilibrer", "refus"}
    # A private funder signs what it likes, however much it gives.
    assert story("dossier_subvention_rectifiee").calculs["convention"] is False


@pytest.mark.parametrize(
    ("modele", "statuts"),
    [
        ("sortie_salarie", {"À traiter", "En attente de pièces", "Validé"}),
        ("arret_travail", {"À traiter", "En attente de pièces", "Validé"}),
        ("accident_travail", {"À traiter", "En attente de pièces", "Validé"}),
        ("recouvrement_amiable", {"Phase Amiable", "Phase Pré-contentieuse"}),
    ],
)
def test_statuses_of_the_specification(modele: str, statuts: set[str]) -> None:
    """RH-21, REC-09."""
    assert {statut.libelle for statut in program(modele).modele.statuts.values()} >= statuts


def test_a_dismissed_employee_stays_covered_to_the_last_day_of_the_contract() -> None:
    """SOR-07: a removal that would take effect on the last day, or before it, is refused."""
    sortie = program("sortie_salarie")
    told = (ROOT / "process_templates/scenarios/sortie_salarie_faute_lourde.yaml").read_text(encoding="utf-8")
    told = told.replace("date_effet: J+12", "date_effet: J+11")
    refused = Simulation(sortie, read_scenario(told, "sortie_salarie_faute_lourde"), BEGIN)
    list(refused.run())
    assert refused.ending == "attente"
    [tache] = [tache for tache in refused.state.taches.values() if tache.cle == "date_effet"]
    assert "au plus tôt le lendemain" in (sortie.unmet(tache, refused.state) or "")
    assert "radiation" not in refused.state.documents


def test_labels_of_the_specification() -> None:
    """SOR-01, SOR-04, SOR-05, SOR-07, MIS-30, G9, ASO-07: nothing that the specification names is lost."""
    sortie = program("sortie_salarie").modele
    assert (sortie.titre, sortie.portail.libelle) == (
        "Procédure de Sortie de Salarié",
        "Lancer une procédure de sortie",
    )
    assert {tache.titre for etape in sortie.walk() for tache in etape.taches} >= {
        "Préparer le solde de tout compte",
        "Générer l'attestation Pôle Emploi et le certificat de travail",
        "Récupérer le matériel professionnel",
        "Révoquer les accès aux logiciels",
        "Organiser la passation des dossiers",
        "Demander une radiation",
    }
    audit = program("audit_organisationnel").modele
    assert audit.titre == "Audit Organisationnel"
    assert [etape.titre for etape in audit.walk() if etape.titre in ETAPES_AUDIT] == list(ETAPES_AUDIT)
    subvention = program("dossier_subvention").modele
    assert subvention.titre == "Montage Dossier de Subvention"
    assert set(subvention.etiquettes.values()) >= {
        "Argumentaire",
        "Budget prévisionnel",
        "Pièces administratives",
    }
    assert program("recouvrement_amiable").modele.titre == "Recouvrement Amiable"


def test_a_scenario_belongs_to_the_longest_name() -> None:
    mine = {path.stem for path in scenarios_of("recouvrement", ROOT)}
    assert mine
    assert not any(stem.startswith("recouvrement_amiable_") for stem in mine)
