"""Recouvrement and optimisation, played from their shipped scenarios (REC-09 to REC-27, OPT-21 to OPT-28)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from activities.rules_port import RULES
from tests.engine import livres
from tests.engine.livres import ROOT
from tests.engine.monde import CLIENT_ID, Monde, paris
from workflows.engine import facts as f
from workflows.engine.bundle import from_folder
from workflows.engine.facts import Event
from workflows.engine.modele import Exigence
from workflows.engine.program import PARIS, Program
from workflows.engine.simulation import Simulation, lines
from workflows.engine.upcoming import obstacles
from workflows.engine.verdict import misfits
from workflows.engine.view import Reader, view

CONSEILLER = Reader(kind="staff", id="conseiller")
CREANCE = {
    "debiteur": "Garage Lambert",
    "nature_debiteur": "professionnel",
    "debiteur_adresse": "4 route de Fougères, 35700 Rennes",
    "debiteur_email": "garage@lambert.example",
    "nature_creancier": "professionnel",
    "objet": "Fourniture de pièces",
}


def play(modele: str, scenario: str) -> tuple[Simulation, list[str]]:
    """A scenario played to its end, with what its journal says."""
    simulation = livres.simulation(modele, scenario, date(2026, 1, 5))
    said: list[str] = []
    for step in simulation.run():
        assert step.refusal is None, step.refusal
        said += [f"{line.at:%d/%m} {line.text}" for line in lines(step, simulation.program)]
    return simulation, said


@pytest.mark.parametrize(
    ("modele", "scenario", "alerts", "tasks"),
    [
        ("recouvrement", "recouvrement_trop_percu", 1, 1),
        ("recouvrement", "recouvrement_trop_percu_tardif", 2, 2),
        ("recouvrement_amiable", "recouvrement_amiable_trop_percu", 1, 2),
    ],
)
def test_each_overpayment_is_to_be_given_back_and_told_once(
    modele: str, scenario: str, alerts: int, tasks: int
) -> None:
    """REC-20: one task at a time, another for what comes once it is done, whatever day the payment is dated."""
    simulation, said = play(modele, scenario)
    assert simulation.ending == "terminee"
    given = [tache.titre for tache in simulation.state.taches.values() if tache.cle == "trop_percu"]
    assert given == ["Rendre le trop-perçu au débiteur"] * tasks
    assert sum(line.endswith(" Alerte") for line in said) == alerts, said


def test_what_is_given_back_settles_the_overpayment_and_a_correction_asks_again() -> None:
    """REC-19 to REC-21: nobody says that it is done without recording it; a line corrected or withdrawn brings the task
    back, an amount that was never received cannot be given back."""
    monde = Monde(livres.program("recouvrement"), "2026-03-02 09:00")
    monde.open(creance=CREANCE)
    facture = {"numero": "F-1", "montant": 100_000, "echeance": "2026-02-27"}
    monde.send("AddLigne", collection="factures", donnees=facture)
    monde.send("SkipEtape", etape="ouverture", motif="Dossier complet")
    paid = {"recu_le": "2026-03-02", "montant": 130_000, "moyen": "virement"}
    monde.send("AddLigne", collection="reglements", donnees=paid)

    def tasks() -> list[str]:
        return [t.statut for t in monde.state.taches.values() if t.cle == "trop_percu"]

    assert (tasks(), monde.state.calculs["trop_percu"]) == (["a_faire"], 30_000)
    task = next(t.id for t in monde.state.taches.values() if t.cle == "trop_percu")
    refused = monde.refusal("CompleteTache", tache=task)
    assert refused.detail.startswith("Ajoutez d'abord la somme rendue")

    back = {"sens": "rendu", "recu_le": "2026-03-02", "moyen": "virement"}
    never = monde.refusal("AddLigne", collection="reglements", donnees={**back, "montant": 130_001})
    assert "Plus que ce qui est reçu du débiteur au 02/03/2026" in never.detail
    monde.send("AddLigne", collection="reglements", donnees={**back, "montant": 30_000})
    assert (tasks(), monde.state.calculs["trop_percu"]) == (["termine"], 0)
    assert monde.state.calculs["reste_du"] == 0
    [received, given] = monde.state.collections["reglements"].values()
    assert (given.nom, given.calcule["somme"]) == ("Remboursement du 02/03/2026", -30_000)

    monde.send(
        "ChangeLigne", collection="reglements", ligne=received.id, donnees={**paid, "montant": 140_000}
    )
    assert (tasks(), monde.state.calculs["trop_percu"]) == (["termine", "a_faire"], 10_000)
    monde.send("ChangeLigne", collection="reglements", ligne=received.id, donnees=paid)
    assert tasks() == ["termine", "termine"]
    monde.send("RemoveLigne", collection="reglements", ligne=given.id, motif="Saisi par erreur.")
    assert (tasks(), monde.state.calculs["trop_percu"]) == (["termine", "termine", "a_faire"], 30_000)


def test_a_plan_a_missed_instalment_then_all_is_paid() -> None:
    simulation, said = play("recouvrement", "recouvrement_plan")
    assert simulation.ending == "terminee"
    assert "26/01 Nouvelle tâche : Alerte : Échéance impayée" in said
    assert any("Étape sans objet : Phase Judiciaire" in line for line in said)
    assert simulation.state.calculs["reste_du"] == 0
    state, program = simulation.state, simulation.program
    [fee] = program.reading("frais", state, date(2026, 4, 1))["frais"]
    assert fee["cout"] == 81_758, "of all that was received, penalties included"
    assert program.evaluate(program.modele.collections["frais"].totaux[0].valeur, state) == 81_758


def test_the_reminder_plan_then_the_formal_notice_thirty_days_after_the_due_date() -> None:
    simulation, said = play("recouvrement", "recouvrement_judiciaire")
    assert simulation.ending == "terminee"
    told = [line for line in said if "Relance" in line or "Appeler" in line]
    assert any(line.startswith("20/01 Relance Rappel à Garage Lambert") for line in told), told
    assert any(line.startswith("30/01 Relance R1 à Garage Lambert") for line in told), told
    assert any(line.startswith("09/02 Relance R2 à Garage Lambert") for line in told), told
    assert any(line.startswith("09/02 Nouvelle tâche : Appeler le débiteur : R2") for line in told), told
    assert "24/02 Étape commencée : Phase Pré-contentieuse" in said
    assert "24/02 Document produit : Mise en demeure" in said
    assert any("Étape commencée : Phase Judiciaire" in line for line in said)
    assert simulation.state.donnees["judiciaire"]["montant_accorde"] == 480_000


def test_the_plan_of_reminders_says_which_went_and_when_the_next_goes() -> None:
    """REC-06, REC-10: the steps in order, day by day; the adviser's alone."""
    simulation, _ = play("recouvrement", "recouvrement_judiciaire")
    told = [
        (step.niveau, step.moment, step.canaux, step.statut)
        for step in view(simulation.program, simulation.state, CONSEILLER).plan_relance
    ]
    assert told == [
        ("Rappel", "J-5", ("courriel",), "fait"),
        ("R1", "J+5", ("courriel",), "fait"),
        ("R2", "J+15", ("sms", "tache"), "fait"),
        ("R3", "J+30", ("document",), "fait"),
    ]
    again = Simulation(simulation.program, simulation.scenario, date(2026, 1, 5))
    for step in again.run():
        if step.state.etapes["amiable"].visit:
            break
    plan = view(again.program, again.state, CONSEILLER).plan_relance
    assert (plan[0].statut, f"{plan[0].prevu_at:%d/%m}") == ("prevu", "20/01")
    assert {step.statut for step in plan} == {"prevu"}
    assert (plan[-1].niveau, plan[-1].moment, f"{plan[-1].prevu_at:%d/%m}") == ("R3", "J+30", "24/02")
    assert view(again.program, again.state, Reader(kind="client", id="x")).plan_relance == ()


def amiable(due: str, **creance: Any) -> Monde:
    """A debt handed to the firm on 2 March, in its « Phase Amiable »."""
    monde = Monde(livres.program("recouvrement"), "2026-03-02 09:00")
    monde.open(creance=CREANCE | creance)
    monde.send(
        "AddLigne",
        collection="factures",
        donnees={"numero": "F-1", "montant": 480_000, "echeance": due},
    )
    monde.send("SkipEtape", etape="ouverture", motif="Dossier complet")
    return monde


def pays(monde: Monde, day: str, montant: int) -> None:
    """The debtor pays by transfer; `montant` in cents."""
    donnees = {"recu_le": day, "montant": montant, "moyen": "virement"}
    monde.send("AddLigne", collection="reglements", donnees=donnees)


def steps_of(monde: Monde) -> list[tuple[str, str]]:
    plan = view(monde.program, monde.state, CONSEILLER).plan_relance
    return [(step.niveau, step.statut) for step in plan]


def test_a_command_before_the_tick_does_not_swallow_the_reminders_of_the_days_that_went_by() -> None:
    """REC-11, REC-12: after a long stop, someone's action may reach the démarche before the clock does."""
    monde = amiable("2026-03-20")
    monde.now = paris("2026-05-02 10:00")
    pays(monde, "2026-05-02", 10_000)
    assert [etape.cle for etape in monde.state.active] == ["amiable"]
    said = monde.wait("2026-05-02 10:01")
    assert [e.fact.palier_nom for e in said if e.fact.type == "RelanceSent"] == ["Rappel", "R1", "R2", "R2"]
    assert "precontentieux" in [etape.cle for etape in monde.state.active]
    assert {statut for _, statut in steps_of(monde)} == {"fait"}


def test_reminders_of_a_debt_paid_meanwhile_hold_nothing() -> None:
    monde = amiable("2026-03-20")
    monde.now = paris("2026-05-02 10:00")
    pays(monde, "2026-05-02", 480_000)
    assert [etape.cle for etape in monde.state.active] == ["cloture"]
    assert {statut for _, statut in steps_of(monde)} == {"a_venir"}


def test_a_debt_paid_before_any_formal_notice_may_follow_another_version() -> None:
    """What the calculations left to do may do without does not hold a migration."""
    monde = amiable("2026-02-20", penalites_reclamees=True)
    pays(monde, "2026-03-02", 480_000)
    assert [etape.cle for etape in monde.state.active] == ["penalites"]
    assert obstacles(monde.program, monde.state) == []


def test_the_creditor_does_not_read_which_table_stops() -> None:
    """REC-23: the firm reads what to complete; the creditor, that the rate is not published yet."""
    monde = amiable("2026-02-20")
    after = date(2099, 1, 4)
    readers = (CONSEILLER, Reader(kind="client", id=CLIENT_ID))
    firm, creditor = (view(monde.program, monde.state, reader, after).lectures[0] for reader in readers)
    assert firm.valeur is not None and "Taux de refinancement de la BCE" in firm.valeur["refus"]
    assert creditor.valeur is not None and "La table" not in str(creditor.valeur)
    assert creditor.valeur["refus"].startswith("Les pénalités de retard seront chiffrées dès que le taux")


def test_a_step_whose_day_had_passed_is_told_as_missed() -> None:
    """REC-06: a debt handed late, or a suspension, leaves steps that did not go; it is said, with their day."""
    late = amiable("2026-02-20")
    assert steps_of(late) == [("Rappel", "manque"), ("R1", "manque"), ("R2", "prevu"), ("R3", "prevu")]
    first = view(late.program, late.state, CONSEILLER).plan_relance[0]
    assert f"{first.prevu_at:%d/%m}" == "15/02"

    stopped = amiable("2026-03-20")
    stopped.send("Suspend", motif="Le créancier négocie.")
    stopped.now = paris("2026-03-30 10:00")
    stopped.send("Resume")
    assert steps_of(stopped) == [("Rappel", "manque"), ("R1", "manque"), ("R2", "prevu"), ("R3", "prevu")]


def test_the_adviser_says_for_each_sending_whether_penalties_are_asked_for() -> None:
    """REC-25: a step of the plan, then a letter, each with an answer that is only its own."""
    monde = Monde(livres.program("recouvrement"), "2026-03-02 09:00")
    monde.open(creance=CREANCE)
    monde.send(
        "AddLigne",
        collection="factures",
        donnees={"numero": "F-1", "montant": 480_000, "echeance": "2026-02-27"},
    )
    monde.send("SkipEtape", etape="ouverture", motif="Dossier complet")
    step = {
        "niveau": "R1",
        "jours": 5,
        "canal": "courriel",
        "message": "Relance ferme.",
        "penalites": "inclure",
    }
    monde.send("AddLignes", collection="paliers", lignes=[step], remplace=True)

    def asked(events: list[Event]) -> list[bool]:
        told = [event.fact.params for event in events if isinstance(event.fact, f.EffectRequested)]
        sent = [params.get("variables") or params["context"] for params in told]
        return [each["lectures"]["compte"]["penalites_reclamees"] for each in sent]

    sent = monde.wait("2026-03-04 09:00")
    assert asked(sent) == [True]
    [mail] = [event.fact for event in sent if isinstance(event.fact, f.EffectRequested)]
    assert mail.params["variables"]["palier"]["message"] == "Relance ferme."
    assert asked(monde.send("GenerateDocument", document="relance", choix={"penalites": "omettre"})) == [
        False
    ]
    assert asked(monde.send("GenerateDocument", document="situation", choix={"penalites": "inclure"})) == [
        True
    ]
    assert asked(monde.send("GenerateDocument", document="plan")) == [False]
    refused = monde.refusal("GenerateDocument", document="mise_en_demeure", choix={"penalites": "peut-être"})
    assert refused.code == "formulaire_invalide"
    assert "envois" not in monde.state.donnees


def test_a_step_refused_in_a_new_plan_is_pointed_at_where_it_was_given() -> None:
    """Steps that are gone are not added twice, and those after them keep their place in what was sent."""
    bundle = from_folder(ROOT, ROOT / "process_templates" / "recouvrement.yaml").bundle
    rule = Exigence(si="ligne.jours <= 60", sinon="Soixante jours au plus.")
    paliers = bundle.modele.collections["paliers"].model_copy(update={"exige": (rule,)})
    collections = {**bundle.modele.collections, "paliers": paliers}
    modele = bundle.modele.model_copy(update={"collections": collections})
    monde = Monde(Program(bundle.model_copy(update={"modele": modele}), RULES, "sha"), "2026-03-02 09:00")
    monde.open(creance=CREANCE)
    facture = {"numero": "F-1", "montant": 480_000, "echeance": "2026-02-27"}
    monde.send("AddLigne", collection="factures", donnees=facture)
    monde.send("SkipEtape", etape="ouverture", motif="Dossier complet")
    gone, later, wrong = ({"niveau": "R1", "jours": jours, "canal": "courriel"} for jours in (5, 20, 90))
    monde.send("AddLignes", collection="paliers", lignes=[gone], remplace=True)
    monde.wait("2026-03-05 09:00")
    new = [gone, later, wrong]
    refused = monde.refusal("AddLignes", collection="paliers", lignes=new, remplace=True)
    assert refused.detail == "Ligne 3\N{NO-BREAK SPACE}: Soixante jours au plus."
    assert refused.errors == (("/2", "Soixante jours au plus."),)
    monde.send("AddLignes", collection="paliers", lignes=new[:2], remplace=True)
    assert [each.donnees["jours"] for each in monde.state.collections["paliers"].values()] == [5, 20]


def test_nothing_is_written_to_a_service_that_a_modele_asks() -> None:
    simulation, _ = play("recouvrement", "recouvrement_judiciaire")
    seen = view(simulation.program, simulation.state, CONSEILLER)
    assert [choice.cle for choice in seen.roles] == ["conseiller", "creancier", "debiteur", "huissier"]


def test_a_private_debtor_who_pays_never_meets_the_judge() -> None:
    simulation, said = play("recouvrement", "recouvrement_particulier")
    assert simulation.ending == "terminee"
    assert any(line.startswith("15/02 Nouvelle tâche : Appeler le débiteur : R2") for line in said)
    assert not any("Mise en demeure" in line for line in said)


def test_an_accepted_offer_is_carried_out() -> None:
    simulation, said = play("optimisation_abonnements", "optimisation_abonnements_globale")
    assert simulation.ending == "terminee"
    assert any("Étape commencée : Réalisation des démarches" in line for line in said)
    offers = simulation.state.collections["offres"].values()
    assert [(offer.statut, offer.calcule["economie"]) for offer in offers] == [
        ("acceptee", 81_000),
        ("acceptee", 0),
    ]
    children = simulation.state.enfants.values()
    effective = next(iter(e.sorties["effectif_le"] for e in children if e.statut == "change"))
    day = date.fromisoformat(effective)
    assert {(child.statut_libelle, child.cycle) for child in children} == {
        (f"Changement effectif le {day:%d/%m/%Y}", "terminee"),
        ("Ancien matériel retourné", "terminee"),
    }
    # OPT-25, OPT-26: each sort of supplier has its own statuses.
    followed = {
        child.state.calculs["internet"]: [
            event.fact.statut for event in child.journal if isinstance(event.fact, f.StatutChanged)
        ]
        for child in simulation.enfants.values()
    }
    assert followed == {
        False: ["mandat", "souscription", "souscrit", "resilie", "change"],
        True: [
            *("mandat", "commande", "commande_passee", "materiel_recu"),
            *("rendez_vous", "service_active", "materiel_retourne"),
        ],
    }


def test_a_competing_offer_is_asked_what_its_subscription_has() -> None:
    """OPT-11: the same fields as the current offer of that type, and no other."""
    monde = Monde(livres.program("optimisation_abonnements"), "2026-03-02 09:00")
    monde.open(demande={"sujets": ["electricite", "internet"], "acces": "acces"})
    common = {"fournisseur": "Courant Vif", "prix": 12_000, "periodicite": "an"}
    energy = {"nom": "Local", "type": "electricite", "prix_kwh": "0.25", "kwh": 20_000, **common}
    for abonnement in (energy, {"nom": "Box", "type": "internet", **common}):
        monde.send("AddLigne", collection="abonnements", donnees=abonnement)

    offres = next(e for e in view(monde.program, monde.state, CONSEILLER).collections if e.cle == "offres")
    assert offres.schema_["properties"]["abonnement"]["examples"] == ["Local", "Box"]
    asked = [part["if"]["properties"]["abonnement"] for part in offres.schema_["allOf"]]
    assert asked == [{"enum": ["Local"]}, {"enum": ["Box"]}, {"enum": ["Box"]}]

    offre = {**common, "offre": "Fixe"}
    lacking = monde.refusal("AddLigne", collection="offres", donnees={**offre, "abonnement": "Local"})
    assert [pointer for pointer, _ in lacking.errors] == ["/prix_kwh"]
    foreign = {**offre, "abonnement": "Box", "prix_kwh": "0.21"}
    assert [p for p, _ in monde.refusal("AddLigne", collection="offres", donnees=foreign).errors] == [
        "/prix_kwh"
    ]
    monde.send("AddLigne", collection="offres", donnees={**offre, "abonnement": "Local", "prix_kwh": "0.21"})
    monde.send("AddLigne", collection="offres", donnees={**offre, "abonnement": "Box", "donnees_go": 100})
    second = {**offre, "abonnement": "Local", "prix_kwh": "0.23"}
    monde.send("AddLigne", collection="offres", donnees=second)

    # Under a version whose form has other branches, each line is still read with its own subscription's fields.
    bundle = monde.program.bundle
    schema = bundle.lignes["offres"]
    newer = {**schema, "title": "Offre du marché", "required": [*schema["required"], "recommandation"]}
    target = Program(bundle.model_copy(update={"lignes": {**bundle.lignes, "offres": newer}}), RULES, "next")
    misfit = {d.champ for d in misfits(monde.program, target, monde.state, monde.state, monde.now)}
    assert misfit == {"/recommandation"}

    # One change per subscription: a second offer for it cannot be accepted as well.
    first, _, other = monde.state.collections["offres"]
    monde.send("SetLigneStatut", collection="offres", ligne=first, statut="acceptee")
    twice = monde.refusal("SetLigneStatut", collection="offres", ligne=other, statut="acceptee")
    assert "déjà acceptée pour cet abonnement" in twice.detail


def test_an_offer_to_adjust_goes_back_to_the_proposals() -> None:
    simulation, said = play("optimisation_abonnements", "optimisation_abonnements_ajustement")
    assert simulation.ending == "terminee"
    assert any("Étape commencée : Ajustement des propositions" in line for line in said)
    assert any("Étape reprise : Nos propositions" in line for line in said)
    statuts = [offer.statut for offer in simulation.state.collections["offres"].values()]
    assert statuts == ["refusee", "acceptee"]


def test_the_new_contract_is_watched_in_its_turn_and_the_dossier_ends_by_itself() -> None:
    """OPT-07, OPT-28: what was signed is a line of the dossier, with its own watch; nobody has to click at the end."""
    simulation, _ = play("optimisation_abonnements", "optimisation_abonnements_ajustement")
    assert simulation.state.statut == "fini"
    [contrat] = simulation.state.collections["contrats"].values()
    assert (contrat.donnees["reference"], contrat.calcule["cout"]) == ("NF-204", 38_388)
    watched = [(child.noeud, child.ligne) for child in simulation.state.enfants.values()]
    assert ("veille_nouveaux", contrat.id) in watched


def test_each_form_that_a_parent_fills_in_its_child_is_told_under_its_own_name() -> None:
    _, said = play("optimisation_abonnements", "optimisation_abonnements_ajustement")
    filled = [line for line in said if line.startswith("08/03 Formulaire rempli")]
    assert filled == [
        "08/03 Formulaire rempli\u00a0: Votre décision",
        "08/03 Formulaire rempli\u00a0: Offre acceptée",
        "08/03 Formulaire rempli\u00a0: Votre décision",
    ]


def test_lines_of_children_say_whose_they_are() -> None:
    simulation = livres.simulation(
        "optimisation_abonnements", "optimisation_abonnements_globale", date(2026, 1, 5)
    )
    said = [line for step in simulation.run() for line in lines(step, simulation.program)]
    begun = [line.detail for line in said if line.text == "Étape commencée\u00a0: Mandat"]
    assert len(begun) == len(set(begun)) == 2
    assert set(begun) == {child.titre for child in simulation.state.enfants.values() if child.titre in begun}


def test_the_next_instalment_that_nothing_covers_is_the_date_to_come() -> None:
    """REC-26, REC-27: for the creditor too, as long as it is ahead."""
    monde = amiable("2026-02-25")
    creditor = Reader(kind="client", id=CLIENT_ID)

    def told(day: str) -> date | None:
        return view(monde.program, monde.state, creditor, date.fromisoformat(day)).prochaine_echeance

    assert told("2026-03-02") is None, "no plan yet"
    monde.send("SubmitForm", formulaire="plan", donnees={"accorde_le": "2026-03-02"})
    for le in ("2026-03-20", "2026-04-20"):
        monde.send("AddLigne", collection="echeances", donnees={"le": le, "montant": 240_000})
    assert told("2026-03-02") == date(2026, 3, 20)
    assert told("2026-03-21") is None, "missed: it is no longer to come"
    monde.now = paris("2026-03-18 10:00")
    pays(monde, "2026-03-18", 240_000)
    assert told("2026-03-18") == date(2026, 4, 20)


def test_a_recovery_tells_its_end_until_a_plan_is_watched() -> None:
    """DOS-17, REC-26: one date to come, never two."""
    monde = amiable("2026-02-25", penalites_reclamees=True)
    monde.now = paris("2026-03-18 10:00")
    paid = {"recu_le": "2026-03-18", "montant": 480_000, "moyen": "virement"}
    monde.send("AddLigne", collection="reglements", donnees=paid)
    assert [etape.cle for etape in monde.state.active] == ["penalites"]
    seen = view(monde.program, monde.state, CONSEILLER, date(2026, 3, 18))
    assert (
        seen.prochaine_echeance,
        seen.fin_prevue and seen.fin_prevue.astimezone(PARIS).date().isoformat(),
    ) == (None, "2026-03-25")
    planned = monde.copy()
    planned.send("AddLigne", collection="echeances", donnees={"le": "2026-04-20", "montant": 960_000})
    seen = view(planned.program, planned.state, CONSEILLER, date(2026, 3, 18))
    assert (seen.prochaine_echeance, seen.fin_prevue) == (date(2026, 4, 20), None)


def test_a_watch_tells_its_next_date_and_no_end() -> None:
    monde = Monde(livres.program("abonnement_veille"), "2026-03-02 09:00")
    common = {"fournisseur": "Filaire", "prix": 3_999, "periodicite": "mois", "anniversaire": "2026-12-01"}
    monde.open(
        abonnement={"nom": "Box", "type": "internet", **common},
        parent={"demarche_id": "p", "noeud": "veille", "visit": 1, "ligne": "l"},
    )
    seen = view(monde.program, monde.state, CONSEILLER)
    assert (seen.fin_prevue, seen.prochaine_echeance) == (None, date(2026, 12, 1))
    monde.wait("2026-12-02 10:00")
    seen = view(monde.program, monde.state, CONSEILLER, date(2026, 12, 2))
    assert (seen.fin_prevue, seen.prochaine_echeance) == (None, None), "past: no end takes its place"


ENERGIE = ["mandat", "souscription", "resiliation", "changement"]
INTERNET = ["mandat", "commande", "materiel", "rendez_vous", "activation", "retour"]


@pytest.mark.parametrize(("kind", "etapes"), [("energie", ENERGIE), ("internet", INTERNET)])
def test_a_change_of_supplier_shows_the_etapes_of_its_own_contract(kind: str, etapes: list[str]) -> None:
    """OPT-25, OPT-26: what an answer rules out, through a calculation, is told to nobody."""
    monde = Monde(livres.program("abonnement_fournisseur"), "2026-03-02 09:00")
    monde.open(
        offre={"abonnement": "Contrat", "type": kind, "fournisseur": "Fibre & Cie", "offre": "Pro"},
        decision={"mandat": True},
        parent={"demarche_id": "p", "noeud": "realisation", "visit": 1, "ligne": "l"},
    )
    for reader in (CONSEILLER, Reader(kind="client", id=CLIENT_ID)):
        assert [etape.cle for etape in view(monde.program, monde.state, reader).etapes] == etapes


def test_a_client_who_refuses_is_reminded_first_and_nothing_is_carried_out() -> None:
    simulation, said = play("optimisation_abonnements", "optimisation_abonnements_refus")
    assert simulation.ending == "terminee"
    assert sum("Relance" in line for line in said) >= 1
    assert simulation.state.enfants == {}


@pytest.mark.parametrize(
    ("day", "penalties", "refused"),
    [(date(2025, 9, 1), 42_615, False), (date(2025, 9, 2), 42_948, False), (date(2026, 11, 22), None, True)],
)
def test_penalties_are_those_of_the_day_of_reading(day: date, penalties: int | None, refused: bool) -> None:
    """REC-23, and a rate table that stops before the day: nothing is guessed, the table is named."""
    simulation, _ = play("recouvrement", "recouvrement_judiciaire")
    state = simulation.state
    [line] = state.collections["factures"].values()
    line.donnees |= {"montant": 1_000_000, "echeance": "2025-04-30"}
    account = simulation.program.readings(state, day)["compte"]
    assert account["penalites"] == penalties
    assert (account["refus"] is not None) is refused
    assert account["a_payer"] == simulation.program.amount_due(state, day)


SANS_PYTHON = (
    "accident_travail",
    "arret_travail",
    "audit_organisationnel",
    "dossier_subvention",
    "recouvrement_amiable",
    "sortie_salarie",
)


@pytest.mark.parametrize("modele", SANS_PYTHON)
def test_a_client_reads_what_is_expected_and_until_when(modele: str) -> None:
    """ACT-06, DOS-17: what is asked of a client has its date, or its étape's; each task says how. Not the request."""
    prog = livres.program(modele)
    assert prog.modele.demande is not None
    mine = {cle for cle, role in prog.modele.roles.items() if role.cote == "client"}
    silent: list[str] = []
    for etape in prog.etapes.values():
        undated = etape.echeance is None
        silent += [
            f"{etape.cle}/{piece.cle}"
            for piece in etape.pieces
            if piece.de in mine and piece.obligatoire and piece.echeance is None
        ]
        silent += [
            f"{etape.cle}/{tache.cle}"
            for tache in etape.taches
            if tache.pour in mine and not (tache.echeance and (tache.description or tache.checklist))
        ]
        asked = [form.nom for form in etape.formulaires if form.par in mine and form.obligatoire]
        asked += [each.nom for each in etape.collections if each.par in mine]
        asked += [event.cle for event in etape.evenements if event.de in mine]
        silent += [f"{etape.cle}/{nom}" for nom in asked if undated and nom != prog.modele.demande.formulaire]
    assert silent == []
