"""Claims, played from their shipped scenarios: deadlines by nature, money, and what each reader sees (SIN, PRV)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.engine import livres
from tests.engine.monde import TEAM, Monde
from tests.engine.test_metiers import play
from workflows.engine.facts import Noticed
from workflows.engine.state import PieceState
from workflows.engine.view import CollectionView, DemarcheView, Reader, view

CLIENT = Reader(kind="client", id="assure")
STAFF = Reader(kind="staff", id="conseiller")
DAY = date(2026, 12, 31)


def collection(seen: DemarcheView, cle: str) -> CollectionView:
    return next(each for each in seen.collections if each.cle == cle)


@pytest.mark.parametrize("modele", ["sinistre_dommages", "sinistre_prevoyance"])
def test_columns_of_the_pipe_and_badges_are_those_of_the_specification(modele: str) -> None:
    found = livres.program(modele).modele
    assert list(found.colonnes.values()) == ["Déclaration", "Instruction", "Indemnisation", "Clos"]
    badges = {etape.badge_client.libelle for etape in found.walk() if etape.badge_client}
    assert {"En cours d'instruction", "En attente d'indemnisation", "Clos"} <= badges
    assert {"Expertise planifiée", "Prestations en cours"} & badges


@pytest.mark.parametrize(
    ("scenario", "legal", "limit"),
    [
        # regles-metier 3.1: known on Friday 6 November 2026, Wednesday 11 a holiday.
        ("sinistre_dommages_expertise", "2026-11-16", "2026-11-16"),
        ("sinistre_dommages_sans_expertise", "2026-11-10", "2026-11-10"),
        # The order was published on 5 December: thirty days.
        ("sinistre_dommages_catastrophe", "2027-01-04", "2027-01-04"),
        ("sinistre_dommages_retards", "2026-11-12", "2026-11-12"),
        # The contract leaves more than the law: ten jours ouvrés.
        ("sinistre_dommages_offre_contestee", "2026-11-16", "2026-11-23"),
    ],
)
def test_the_delay_to_declare_follows_the_nature_of_the_event(scenario: str, legal: str, limit: str) -> None:
    calculs = play("sinistre_dommages", scenario)[0].state.calculs
    assert (calculs["limite_legale"], calculs["limite_declaration"]) == (legal, limit)


def test_a_late_declaration_is_warned_before_and_escalated_after() -> None:
    """Known on Saturday 7 November: to be declared by Monday 16, warned on Friday 13, late when Monday ends."""
    _, said = play("sinistre_dommages", "sinistre_dommages_refus")
    told = [line for line in said if line[6:] in ("Alerte", "Étape en retard : Déclaration")]
    assert told[:2] == ["13/11 Alerte", "16/11 Étape en retard : Déclaration"]
    assert any(line.startswith("16/11 Nouvelle tâche : Déclarer sans attendre") for line in said)


def test_provisions_and_notes_stay_inside_the_firm() -> None:
    """SIN-21; the client reads what was paid, without the totals that would tell of the rest."""
    simulation, _ = play("sinistre_dommages", "sinistre_dommages_expertise")
    program, state = simulation.program, simulation.state
    staff, client = (view(program, state, reader, DAY) for reader in (STAFF, CLIENT))
    assert [line.donnees["sens"] for line in collection(staff, "mouvements").lignes] == [
        "provision",
        "indemnisation",
    ]
    shared = collection(client, "mouvements")
    assert [line.donnees["sens"] for line in shared.lignes] == ["indemnisation"]
    assert shared.totaux == ()
    assert "note" not in str(shared.schema_["properties"].keys())
    assert "note" in collection(staff, "mouvements").schema_["properties"]
    assert {each.cle: each.valeur for each in client.chiffres} == {
        "indemnise": 450_000,
        "rembourse": 0,
        "reste": 0,
    }
    assert "provisionne" in {each.cle for each in staff.chiffres}


def test_a_witness_is_shown_only_once_shared() -> None:
    simulation, _ = play("sinistre_dommages", "sinistre_dommages_expertise")
    program, state = simulation.program, simulation.state
    assert len(collection(view(program, state, CLIENT), "intervenants").lignes) == 1
    [expert] = state.collections["intervenants"].values()
    expert.donnees["partage_client"] = False
    assert collection(view(program, state, CLIENT), "intervenants").lignes == ()
    assert len(collection(view(program, state, STAFF), "intervenants").lignes) == 1


def test_a_contested_offer_goes_back_and_is_settled() -> None:
    simulation, said = play("sinistre_dommages", "sinistre_dommages_offre_contestee")
    assert any("Étape reprise : Offre d'indemnisation" in line for line in said)
    assert simulation.state.calculs["montant_accepte"] == 420_000


@pytest.mark.parametrize(
    ("scenario", "reglement", "badge"),
    [
        ("sinistre_dommages_sans_expertise", "valide", "En attente d'indemnisation"),
        ("sinistre_dommages_recours", "sans_objet", "En cours d'instruction"),
    ],
)
def test_a_claim_is_closed_once_its_recourse_is_over(scenario: str, reglement: str, badge: str) -> None:
    """The insurer has paid, the person liable has not: the claim still awaits money, and says so (SIN-12, SIN-13).

    Where the insurer refused, nobody is told that it will pay."""
    simulation = livres.simulation("sinistre_dommages", scenario, date(2026, 11, 9))
    read = []
    for step in simulation.run():
        assert step.refusal is None, step.refusal
        etapes = {key: etape.statut for key, etape in step.state.etapes.items()}
        if (etapes.get("reglement"), etapes.get("recours")) == (reglement, "en_cours"):
            colonne = view(simulation.program, step.state, STAFF).colonne
            seen = view(simulation.program, step.state, CLIENT).badge
            read.append((colonne and colonne.libelle, seen and seen.libelle))
    assert set(read) == {("Indemnisation", badge)}
    assert (simulation.ending, simulation.state.statut) == ("terminee", "clos")


def test_a_revaluation_leaves_payments_as_they_were() -> None:
    simulation, _ = play("sinistre_prevoyance", "sinistre_prevoyance_rente")
    state = simulation.state
    [line] = state.collections["revalorisations"].values()
    assert (line.calcule["avant"], line.calcule["apres"]) == (90_000, 91_530)
    [payment] = state.collections["versements"].values()
    assert payment.donnees["montant"] == 90_000
    read = simulation.program.readings(state, date(2027, 2, 1))["suivi"]
    assert (read["total_verse"], read["prestations"][0]["montant_du_jour"]) == (90_000, 91_530)
    assert read["prochain_versement"] == "2027-01-31"


def test_a_late_payment_is_claimed() -> None:
    _, said = play("sinistre_prevoyance", "sinistre_prevoyance_retards")
    assert any("Réclamer à la compagnie le versement attendu" in line for line in said)


def test_the_day_to_declare_is_not_told_as_the_end() -> None:
    """Étapes without a date follow it: nobody knows yet when the claim will be over (DOS-06)."""
    simulation = livres.simulation("sinistre_dommages", "sinistre_dommages_expertise", date(2026, 11, 6))
    for _ in simulation.run():
        etape = simulation.state.etapes.get("declaration")
        if etape is not None and etape.due_at is not None:
            break
    assert view(simulation.program, simulation.state, CLIENT).fin_prevue is None


def test_the_checklist_follows_a_corrected_declaration() -> None:
    """The risk fixes the pièces: other answers, another checklist, and what was already accepted stays (GED-08)."""
    monde = Monde(livres.program("sinistre_dommages"), "2026-11-09 09:00")
    answers = livres.scenario("sinistre_dommages_sans_expertise").donnees["declaration"] | {
        "evenement": "general"
    }
    conseiller, client = TEAM
    monde.open(equipe=(conseiller, client.model_copy(update={"role": "assure"})), declaration=answers)

    def constat() -> PieceState:
        return monde.state.pieces["constat"]

    def correct(risque: str, par: str = "manager") -> None:
        mark = {"champ": "risque", "etat": "incorrect", "mot": "À revoir."}
        monde.send("RequestCorrection", formulaire="declaration", champs=[mark])
        monde.send("SubmitForm", par, formulaire="declaration", donnees=answers | {"risque": risque})

    assert constat().statut == "manquant"
    correct("professionnel")
    assert (constat().statut, constat().motif) == ("sans_objet", "Ne concerne plus ce dossier.")
    said = len(monde.journal)
    correct("automobile", "conseiller")
    assert constat().statut == "manquant"
    told = [event.fact.message for event in monde.journal[said:] if isinstance(event.fact, Noticed)]
    assert any("Constat amiable" in text for text in told), "its provider hears of it"
    monde.send("WaivePiece", piece="constat", motif="Il est au dossier papier.")
    correct("professionnel")
    correct("automobile")
    assert constat().motif == "Il est au dossier papier.", "what a person decided stays"
