"""Crédit, played from its shipped scenarios, and what it refuses (CRE-01 to CRE-30, SOU, CSU, CPR)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.engine.livres import program, scenario
from tests.engine.test_metiers import play
from workflows.engine.commands import COMMAND, Refusal
from workflows.engine.decide import decide
from workflows.engine.program import Program
from workflows.engine.simulation import Simulation
from workflows.engine.state import Actor, DemarcheState
from workflows.engine.view import DemarcheView, Reader, view

SYSTEM = Actor(kind="system", id="system", name="eLaska", role="system")
STAFF = Actor(kind="staff", id="conseiller", name="Conseiller", role="conseiller")
CLIENT = Actor(kind="client", id="emprunteur", name="Inès Martel", role="client")
BANDEAU = ["EMPRUNTEUR", "PROJET", "PIÈCES", "DOCUMENT", "FINANCEMENT", "OFFRE", "SUIVI"]
SOUMISSION = [
    "Envoyé",
    "Accusé de réception",
    "En cours d'étude",
    "Demande d'informations complémentaires",
    "Offre de prêt émise",
    "Refusé",
]


@pytest.fixture(scope="module")
def credit() -> Program:
    return program("credit")


def until(credit: Program, name: str, etape: str, **changes: Any) -> tuple[DemarcheState, datetime]:
    """The state of a scenario once an étape has begun, and the instant; `changes` to the scenario before it starts."""
    simulation = Simulation(credit, scenario(name).model_copy(update=changes), date(2026, 1, 5))
    for step in simulation.run():
        assert step.refusal is None, step.refusal.detail
        if (
            step.program is None
            and step.state.etapes.get(etape)
            and step.state.etapes[etape].statut == "en_cours"
        ):
            return step.state, step.at
    raise AssertionError(f"{name} never comes to {etape}")


def send(credit: Program, state: DemarcheState, at: datetime, actor: Actor, **fields: Any) -> DemarcheState:
    command = COMMAND.validate_python({"id": f"essai-{state.seq}", "actor": actor, **fields})
    return decide(credit, state, command, at).state


def seen(credit: Program, state: DemarcheState, day: date | None = None) -> DemarcheView:
    return view(credit, state, Reader(kind="staff", id="conseiller"), day)


# --- labels


def test_labels_are_those_of_the_specification(credit: Program) -> None:
    assert [repere.libelle for repere in credit.modele.bandeau] == BANDEAU
    child = program("soumission_banque").modele
    assert [statut.libelle for key, statut in child.statuts.items() if key != "a_envoyer"] == SOUMISSION
    conditions = credit.modele.collections["conditions"]
    assert [statut.libelle for statut in conditions.statuts.values()] == ["À faire", "En attente", "Validé"]
    assert credit.modele.collections["offres"].statuts["acceptee"].libelle == "Acceptée"
    titres = {onglet.libelle for onglet in credit.modele.onglets}
    assert {
        "Présentation / Plan de Financement",
        "Simulation & Partenaires Bancaires",
        "Comparatif des Offres",
        "Soumissions Bancaires",
        "Conditions Suspensives",
        "Détails du Prêt",
    } <= titres


def test_the_checklist_follows_the_kind_of_financing(credit: Program) -> None:
    state, _ = until(credit, "credit_immobilier", "pieces")
    categories = {piece.categorie for piece in state.pieces.values() if piece.etape == "pieces"}
    assert categories == {"Identité", "Domicile", "Patrimoine", "Revenus"}
    state, _ = until(credit, "credit_bail", "pieces")
    assert {"previsionnel", "bilans", "statuts", "kbis", "devis"} <= set(state.pieces)
    assert "bulletins" not in state.pieces
    state, _ = until(credit, "credit_createur", "pieces")
    assert {"previsionnel", "business_plan", "cv"} <= set(state.pieces)
    assert not {"bilans", "kbis"} & set(state.pieces)
    state, _ = until(credit, "credit_professionnel", "pieces")
    assert {"bilans", "recepisse", "releves_pro"} <= set(state.pieces)


def test_the_firm_prepares_the_request_of_a_professional(credit: Program) -> None:
    """CPR-05: the mission is asked for with the loan; its forecast is the firm's to give, and nobody else's."""
    state, _ = until(credit, "credit_professionnel", "preparation")
    assert state.statut == "preparation"
    assert state.pieces["previsionnel_cabinet"].de == "conseiller"
    state, _ = until(credit, "credit_professionnel", "pieces")
    assert "previsionnel" not in state.pieces
    state, _ = until(credit, "credit_bail", "pieces")
    assert "previsionnel" in state.pieces and "previsionnel_cabinet" not in state.pieces


@pytest.mark.parametrize(
    ("name", "card"),
    [
        (
            "credit_immobilier",
            {
                "emprunteur": "Inès Martel",
                "revenus": 420_000,
                "nature": "Crédit immobilier - Résidence principale",
                "montant": 22_000_000,
            },
        ),
        ("credit_regroupement", {"emprunteur": "Léa Martin", "nature": "Regroupement de 1 crédit"}),
        (
            "credit_bail",
            {"emprunteur": "Garage Lambert", "type_pro": "Crédit-Bail Mobilier", "montant": 2_400_000},
        ),
    ],
)
def test_the_summary_card_of_a_project(credit: Program, name: str, card: dict[str, Any]) -> None:
    """CRE-23, CPR-01: who borrows, with what income, for what, how much; on both sides."""
    state, _ = until(credit, name, "mandat")
    for reader in (Reader(kind="staff", id="conseiller"), Reader(kind="client", id="emprunteur")):
        said = {chiffre.cle: chiffre.valeur for chiffre in view(credit, state, reader).chiffres}
        assert card.items() <= said.items()
        assert None not in said.values()


def test_a_possible_ending_is_not_told_to_the_client(credit: Program) -> None:
    state, _ = until(credit, "credit_immobilier", "offre")
    shown = view(credit, state, Reader(kind="client", id="emprunteur"))
    assert "issue" not in {etape.cle for etape in shown.etapes}


@pytest.mark.parametrize(
    ("name", "there"), [("credit_immobilier", True), ("credit_regroupement", False), ("credit_bail", False)]
)
def test_the_balance_of_the_plan_is_that_of_a_purchase(credit: Program, name: str, there: bool) -> None:
    state, _ = until(credit, name, "mandat")
    shown = seen(credit, state, date(2026, 3, 2))
    assert ("plan" in {lecture.cle for lecture in shown.lectures}) is there
    assert ("besoins" in {collection.cle for collection in shown.collections}) is there


# --- the whole story


def test_a_home_bought_from_the_request_to_the_funds(credit: Program) -> None:
    simulation, said = play("credit", "credit_immobilier")
    state = simulation.state
    assert (simulation.ending, state.statut) == ("terminee", "debloque")
    assert [offre.statut for offre in state.collections["offres"].values()] == ["acceptee", "refusee"]
    assert [condition.statut for condition in state.collections["conditions"].values()] == ["valide"] * 4
    # Children are told apart by their own status at their end.
    assert {enfant.statut_libelle for enfant in state.enfants.values()} == {"Offre de prêt émise"}
    assert any("Ajout : Avis d'imposition => Banque Azur" in line for line in said)


@pytest.mark.parametrize(
    ("name", "statut"),
    [("credit_regroupement", "refuse"), ("credit_bail", "abandonne"), ("credit_lent", "debloque")],
)
def test_how_a_file_ends(name: str, statut: str) -> None:
    simulation, _ = play("credit", name)
    assert (simulation.ending, simulation.state.statut) == ("terminee", statut)


def test_the_banner_follows_the_file(credit: Program) -> None:
    state, _ = until(credit, "credit_immobilier", "document")
    shown = [(repere.libelle, repere.statut) for repere in seen(credit, state).bandeau]
    assert shown == list(zip(BANDEAU, ["fait"] * 3 + ["en_cours"] + ["a_faire"] * 3, strict=True))
    # An offer accepted is done with, though its mark also has the étape of a search that finds none.
    state, _ = until(credit, "credit_immobilier", "suivi")
    shown = [(repere.libelle, repere.statut) for repere in seen(credit, state).bandeau]
    assert shown == list(zip(BANDEAU, ["fait"] * 6 + ["en_cours"], strict=True))


def test_every_bank_refuses_and_the_file_waits_for_a_decision(credit: Program) -> None:
    """CRE-05, SOU-03: the adviser adds a bank, or says that the search is over. Nothing tells the borrower that
    the loan is being followed up."""
    stages: list[tuple[str, ...]] = []
    attendus: set[str] = set()
    simulation = Simulation(credit, scenario("credit_regroupement"), date(2026, 1, 5))
    for step in simulation.run():
        assert step.refusal is None, step.refusal
        enfants = simulation.state.enfants.values()
        if enfants and all(enfant.statut == "refuse" for enfant in enfants):
            told = view(credit, simulation.state, Reader(kind="client", id="emprunteur"))
            stages.append((told.badge.libelle if told.badge else "", *(r.statut for r in told.bandeau[-3:])))
            attendus |= {
                w.label for w in view(credit, simulation.state, Reader(kind="staff", id="x")).attentes
            }
    assert stages[0] == ("Banque => Refusé", "en_cours", "a_faire", "a_faire")
    assert stages[-1] == ("", "fait", "fait", "a_faire")
    assert "Décider de la suite\u00a0: «\u00a0Recherche auprès des banques\u00a0»" in attendus
    assert simulation.state.statut == "refuse"


def test_a_bank_added_after_every_refusal_is_asked(credit: Program) -> None:
    state, at = until(credit, "credit_regroupement", "financement")
    [refused] = state.enfants.values()
    rapport = {**told(refused), "cycle": "terminee", "statut": "refuse", "sorties": {"resultat": "refus"}}
    state = send(credit, state, at, SYSTEM, type="ReportEnfant", enfant=refused.id, rapport=rapport)
    banque = {"banque": "Banque du Levant", "contact_principal": "Eva Morin"}
    state = send(credit, state, at, STAFF, type="AddLigne", collection="banques", donnees=banque)
    assert [(e.titre, e.cycle) for e in state.enfants.values()] == [
        ("Banque du Parc", "terminee"),
        ("Banque du Levant", "ouverte"),
    ]


def test_the_badge_says_where_the_banks_are(credit: Program) -> None:
    simulation = Simulation(credit, scenario("credit_immobilier"), date(2026, 1, 5))
    badges: list[str] = []
    for _step in simulation.run():
        badge = view(credit, simulation.state, Reader(kind="client", id="emprunteur")).badge
        if badge is not None and badge.libelle not in badges:
            badges.append(badge.libelle)
    assert "Banque => Dossier envoyé" in badges
    assert "Offre => Reçue" in badges


def test_the_badge_says_whose_turn_it_is(credit: Program) -> None:
    """CRE-27: what the client has done is no longer asked by the badge."""
    state, at = until(credit, "credit_immobilier", "emprunteur")

    def badge() -> str | None:
        told = view(credit, state, Reader(kind="client", id="emprunteur")).badge
        return told.libelle if told else None

    assert badge() == "Situation => À compléter"
    answers = scenario("credit_immobilier").donnees["emprunteur"]
    state = send(credit, state, at, CLIENT, type="SubmitForm", formulaire="emprunteur", donnees=answers)
    assert badge() == "Situation => En cours d'analyse"
    state, _ = until(credit, "credit_immobilier", "financement")
    assert badge() == "Banque => Dossier à envoyer"


def test_banks_are_followed_by_the_statuses_of_their_own_file(credit: Program) -> None:
    """SOU-06: the columns of the pipeline, which the firm alone reads."""
    state, _ = until(credit, "credit_immobilier", "financement")
    [banques] = [c for c in seen(credit, state).collections if c.cle == "banques"]
    assert [column.libelle for column in banques.suivi] == ["À envoyer", *SOUMISSION]
    shown = view(credit, state, Reader(kind="client", id="emprunteur"))
    assert all(collection.suivi == () for collection in shown.collections)
    assert all(c.suivi == () for c in seen(credit, state).collections if c.cle != "banques")


def test_a_plan_and_offers_are_read_once_there_are_some(credit: Program) -> None:
    """CRE-10, CRE-12: neither zeros nor an empty comparison before."""
    for etape, there in (("emprunteur", set[str]()), ("mandat", {"plan"}), ("offre", {"plan", "comparatif"})):
        state, _ = until(credit, "credit_immobilier", etape)
        lectures = {lecture.cle for lecture in seen(credit, state, date(2026, 3, 2)).lectures}
        assert lectures & {"plan", "comparatif"} == there


# --- offers


@pytest.fixture(scope="module")
def offered(credit: Program) -> tuple[DemarcheState, date]:
    """A file with one offer, and the day it was received."""
    state, _ = until(credit, "credit_immobilier", "offre")
    [offre] = state.collections["offres"].values()
    return state, date.fromisoformat(offre.donnees["recue_le"])


def noon(day: date) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T12:00:00+01:00")


def answer(
    credit: Program, state: DemarcheState, day: date, ligne: str, statut: str, actor: Actor = CLIENT
) -> DemarcheState:
    return send(
        credit,
        state,
        noon(day),
        actor,
        type="SetLigneStatut",
        collection="offres",
        ligne=ligne,
        statut=statut,
    )


def accept(credit: Program, state: DemarcheState, day: date, ligne: str | None = None) -> DemarcheState:
    return answer(credit, state, day, ligne or next(iter(state.collections["offres"])), "acceptee")


@pytest.mark.parametrize(
    ("jours", "refus"), [(10, "onzième jour"), (11, None), (30, None), (31, "plus tenue")]
)
def test_an_offer_is_accepted_from_the_eleventh_day_to_the_thirtieth(
    credit: Program, offered: tuple[DemarcheState, date], jours: int, refus: str | None
) -> None:
    """C. conso. L313-34: ten whole days to think, the offer holds thirty."""
    state, recue = offered
    if refus is None:
        assert accept(credit, state, recue + timedelta(days=jours)).etapes["suivi"].statut == "en_cours"
    else:
        with pytest.raises(Refusal, match=refus):
            accept(credit, state, recue + timedelta(days=jours))


def test_an_accepted_offer_is_taken_back_by_the_adviser_only(
    credit: Program, offered: tuple[DemarcheState, date]
) -> None:
    state, recue = offered
    day = recue + timedelta(days=12)
    [ligne] = state.collections["offres"]
    state = accept(credit, state, day)
    with pytest.raises(Refusal, match="Cette offre est acceptée"):
        answer(credit, state, day, ligne, "refusee")
    state = answer(credit, state, day, ligne, "recue", STAFF)
    state = answer(credit, state, day, ligne, "refusee")
    assert state.collections["offres"][ligne].statut == "refusee"


def test_an_offer_is_accepted_once_and_no_other_beside_it(
    credit: Program, offered: tuple[DemarcheState, date]
) -> None:
    state, recue = offered
    day = recue + timedelta(days=12)
    first = next(iter(state.collections["offres"].values()))
    other = {**first.donnees, "banque": "Caisse du Rhône"}
    state = send(
        credit, state, noon(recue), STAFF, type="AddLigne", collection="offres", donnees=other, ligne="autre"
    )
    state = accept(credit, state, day, first.id)
    with pytest.raises(Refusal, match="déjà ce statut"):
        accept(credit, state, day, first.id)
    with pytest.raises(Refusal, match="déjà acceptée"):
        accept(credit, state, day, "autre")
    assert state.evenements["acceptation"].statut == "recu"
    with pytest.raises(Refusal, match="se constate"):
        send(credit, state, noon(day), STAFF, type="RecordEvenement", evenement="acceptation")


def test_the_other_banks_are_given_up_and_a_late_answer_is_refused(
    credit: Program, offered: tuple[DemarcheState, date]
) -> None:
    state, recue = offered
    pending = next(e for e in state.enfants.values() if e.cycle == "ouverte")
    state = accept(credit, state, recue + timedelta(days=12))
    assert state.enfants[pending.id].ordre == "annuler"
    closed = state.model_copy(update={"cycle": "terminee"})
    rapport = {**told(pending), "cycle": "terminee", "sorties": {"offre": {"banque": "En retard"}}}
    with pytest.raises(Refusal, match="terminée ou annulée"):
        send(credit, closed, noon(recue), SYSTEM, type="ReportEnfant", enfant=pending.id, rapport=rapport)
    child = program("soumission_banque")
    bank = DemarcheState(demarche_id="b", cycle="annulee", phase="dossier")
    answer = {"resultat": "offre", "recue_le": recue.isoformat()}
    with pytest.raises(Refusal, match="annulée"):
        send(child, bank, noon(recue), STAFF, type="RecordEvenement", evenement="reponse", donnees=answer)


def told(enfant: Any) -> dict[str, Any]:
    return {
        "seq": enfant.seq + 1,
        "titre": enfant.titre,
        "statut": enfant.statut,
        "cycle": enfant.cycle,
        "progression": enfant.progression,
    }


def test_an_offer_that_cannot_be_kept_is_told_to_the_firm_and_the_report_counts(
    credit: Program, offered: tuple[DemarcheState, date]
) -> None:
    state, recue = offered
    pending = next(e for e in state.enfants.values() if e.cycle == "ouverte")
    rapport = {**told(pending), "cycle": "terminee", "sorties": {"offre": {"banque": "Sans montant"}}}
    after = send(credit, state, noon(recue), SYSTEM, type="ReportEnfant", enfant=pending.id, rapport=rapport)
    assert after.enfants[pending.id].cycle == "terminee"
    assert len(after.collections["offres"]) == len(state.collections["offres"])


# --- dispatching


def test_only_validated_pieces_go_to_banks_of_the_file(credit: Program) -> None:
    state, at = until(credit, "credit_immobilier", "financement")

    def envoi(**donnees: str) -> DemarcheState:
        given = {
            "banque": "Banque Azur",
            "piece": "Pièce d'identité",
            "envoye_le": at.date().isoformat(),
            **donnees,
        }
        return send(credit, state, at, STAFF, type="AddLigne", collection="envois", donnees=given)

    assert [ligne.nom for ligne in envoi().collections["envois"].values()] == [
        "Pièce d'identité => Banque Azur"
    ]
    with pytest.raises(Refusal, match="Seule une pièce validée"):
        envoi(piece="Livret de famille")
    with pytest.raises(Refusal, match="Ajoutez d'abord cette banque"):
        envoi(banque="Banque inconnue")
    with pytest.raises(Refusal) as refused:
        envoi(envoye_le="2030-01-01")
    assert refused.value.code == "formulaire_invalide"


# --- insurance


def test_a_condition_names_a_contract_of_the_file(credit: Program) -> None:
    """CRE-25, CSU-08: the borrower's insurance and the home's are told in the file; conditions hold on to them."""
    state, at = until(credit, "credit_immobilier", "suivi")
    [habitation] = [c for c in state.collections["conditions"].values() if "habitation" in c.nom]
    linked = {**habitation.donnees, "contrat": "MRH-1"}
    change = {"type": "ChangeLigne", "collection": "conditions", "ligne": habitation.id, "donnees": linked}
    with pytest.raises(Refusal, match="Ajoutez d'abord ce contrat"):
        send(credit, state, at, STAFF, version=habitation.version, **change)
    contract = {"type": "mrh", "assureur": "Mutuelle du Rhône", "numero": "MRH-1"}
    state = send(credit, state, at, STAFF, type="AddLigne", collection="assurances", donnees=contract)
    proposed = next(c for c in seen(credit, state).collections if c.cle == "conditions").schema_
    assert proposed["properties"]["contrat"]["examples"] == ["MRH-1"]
    state = send(credit, state, at, STAFF, version=habitation.version, **change)
    shown = view(credit, state, Reader(kind="client", id="emprunteur"))
    told_ = {c.cle: [ligne.nom for ligne in c.lignes] for c in shown.collections}
    assert told_["assurances"] == ["Mutuelle du Rhône n° MRH-1"]
    assert state.collections["conditions"][habitation.id].donnees["contrat"] == "MRH-1"
    without = {"type": "emprunteur", "assureur": "Prévoyance du Midi", "numero": "AE-1"}
    with pytest.raises(Refusal) as refused:
        send(credit, state, at, STAFF, type="AddLigne", collection="assurances", donnees=without)
    assert refused.value.code == "formulaire_invalide"


# --- mandate


def test_a_signed_copy_stands_for_the_electronic_signature(credit: Program) -> None:
    told_ = scenario("credit_immobilier")
    state, at = until(credit, "credit_immobilier", "mandat", silence=[*told_.silence])
    file = {"id": "m.pdf", "nom": "m.pdf", "type": "application/pdf", "taille": 1000}
    state = send(credit, state, at, CLIENT, type="DepositPiece", piece="mandat_signe", files=[file])
    assert state.evenements["signature"].statut == "attendu"
    state = send(credit, state, at, STAFF, type="ValidatePiece", piece="mandat_signe")
    assert state.evenements["signature"].statut == "recu"


def test_the_signature_service_tells_a_fact_once(credit: Program) -> None:
    state, at = until(credit, "credit_immobilier", "mandat")
    fact = {"type": "RecordFact", "fait": "signature"}
    donnees = {"statut": "signe", "signe_le": at.date().isoformat(), "mode_signature": "electronique"}
    state = send(credit, state, at, SYSTEM, donnees=donnees, **fact)
    assert state.evenements["signature"].statut == "recu"
    assert state.donnees["mandat"]["statut"] == "signe"
    with pytest.raises(Refusal, match="déjà enregistré"):
        send(credit, state, at, SYSTEM, donnees=donnees, **fact)


# --- financing plan


def test_the_plan_is_balanced_before_the_file_goes_on(credit: Program) -> None:
    """CRE-10: the task is refused, in the words of the modèle, until contributions and loan are worth the needs."""
    state, at = until(credit, "credit_immobilier", "projet")

    def say(state: DemarcheState, **fields: Any) -> DemarcheState:
        return send(credit, state, at, STAFF, **fields)

    tache = next(t for t in state.taches.values() if t.cle == "plan")
    for item in range(len(tache.checklist)):
        state = say(state, type="TickTache", tache=tache.id, item=item, fait=True)
    with pytest.raises(Refusal, match="rien à emprunter"):
        say(state, type="CompleteTache", tache=tache.id)
    besoin, apport = (
        {"nature": "acquisition", "montant": 22_000_000},
        {"nature": "epargne", "montant": 2_000_000},
    )
    state = say(state, type="AddLigne", collection="besoins", donnees=besoin)
    state = say(state, type="AddLigne", collection="apports", donnees=apport)
    prevu = {"taux": "3.20", "duree": 240}
    state = say(state, type="SubmitForm", formulaire="simulation", donnees={**prevu, "capital": 19_000_000})
    with pytest.raises(Refusal, match="doivent valoir le total des besoins"):
        say(state, type="CompleteTache", tache=tache.id)
    assert "Il manque" in reading(credit, state, "plan")["message"]
    state = say(state, type="SubmitForm", formulaire="simulation", donnees={**prevu, "capital": 20_000_000})
    assert reading(credit, state, "plan")["equilibre"]
    assert say(state, type="CompleteTache", tache=tache.id).taches[tache.id].statut == "termine"


def test_the_borrower_reads_what_a_bank_asks_for_and_not_the_note(credit: Program) -> None:
    """SOU-08: what is asked is told with the request; news of the bank and notes stay inside the firm."""
    child = program("soumission_banque")
    soumission = {"banque": "Banque Azur", "contact_principal": "Luc Petit"}
    at = noon(date(2026, 3, 2))
    state = DemarcheState(demarche_id="b")
    holder = {"user_id": "conseiller", "nom": "Conseiller", "libelle": "Conseiller", "role": "conseiller"}
    people = (holder, {**holder, "user_id": "emprunteur", "role": "emprunteur"})
    told_ = {"client_id": "client", "client_nom": "Inès Martel", "client_type": "particulier"}
    parent = {"demarche_id": "c", "noeud": "financement", "visit": 1, "ligne": "1"}
    opened = {**told_, "reference": "SOU-1", "phase": "dossier", "equipe": people, "parent": parent}
    state = send(child, state, at, SYSTEM, type="OpenDemarche", donnees={"soumission": soumission}, **opened)
    for tache in list(state.taches.values()):
        for item in range(len(tache.checklist)):
            state = send(child, state, at, STAFF, type="TickTache", tache=tache.id, item=item, fait=True)
        state = send(child, state, at, STAFF, type="CompleteTache", tache=tache.id)
    for evolution, plus in (("etude", {}), ("complements", {"pieces_demandees": ["Devis d'isolation"]})):
        donnees = {"date": "2026-03-02", "canal": "courriel", "evolution": evolution, "note": "Vu.", **plus}
        state = send(child, state, at, STAFF, type="AddLigne", collection="echanges", donnees=donnees)
    assert state.statut == "complements"
    [action] = state.actions.values()
    assert action.statut == "attente_client"
    shown = view(child, state, Reader(kind="client", id="emprunteur"))
    [echanges] = [c for c in shown.collections if c.cle == "echanges"]
    [ligne] = echanges.lignes
    assert ligne.donnees["pieces_demandees"] == ["Devis d'isolation"]
    assert "note" not in ligne.donnees


# --- readings


def reading(credit: Program, state: DemarcheState, name: str, **donnees: Any) -> dict[str, Any]:
    changed = state.model_copy(deep=True)
    for alias, more in donnees.items():
        changed.donnees[alias] = {**changed.donnees.get(alias, {}), **more}
    found: dict[str, Any] = credit.readings(changed, date(2026, 3, 2))[name]
    return found


def test_the_simulation_is_that_of_the_worked_example(credit: Program) -> None:
    """200 000 € at 3,20 % over 240 months: 1 129,33 €, 31,75 % with insurance and another loan, TAEG 3,69 %."""
    state, _ = until(credit, "credit_immobilier", "mandat")
    resultat = reading(credit, state, "simulation")["resultat"]
    assert resultat["mensualite_hors_assurance"] == 112_933
    assert resultat["endettement_libelle"].startswith("31,75")
    assert resultat["saut_de_charge"] == 20_333
    assert resultat["taeg_libelle"].startswith("3,69")


@pytest.mark.parametrize(
    ("alias", "donnees"),
    [
        ("simulation", {"taux": "0"}),
        ("simulation", {"duree": 0}),
        ("emprunteur", {"revenus": 0}),
        ("emprunteur", {"revenus": 50_000}),
    ],
)
def test_an_impossible_simulation_says_why_and_shows_no_figure(
    credit: Program, alias: str, donnees: dict[str, Any]
) -> None:
    state, _ = until(credit, "credit_immobilier", "mandat")
    lue = reading(credit, state, "simulation", **{alias: donnees})
    assert lue["refus"]
    assert (lue["resultat"], lue["mensualite"], lue["endettement"]) == (None, None, None)


def test_offers_of_a_company_are_compared_without_a_debt_ratio(credit: Program) -> None:
    simulation, _ = play("credit", "credit_professionnel")
    [offre] = credit.readings(simulation.state, date(2026, 3, 2))["comparatif"]["offres"]
    assert offre["mensualite"] > 0
    assert (offre["endettement"], offre["refus"]) == (None, None)


def professionnels() -> Iterator[tuple[dict[str, Any], str, bool]]:
    """Fields of a professional project, the figure expected, and whether it can be told."""
    base = {"montant_projet": 2_400_000, "duree": 60}
    yield {**base, "type": "cb_mobilier", "loyers": 46_000, "valeur_residuelle": 24_000}, "cout", True
    yield {**base, "type": "cb_mobilier", "loyers": 100, "valeur_residuelle": 24_000}, "cout", False
    yield {**base, "type": "materiel_pro", "taux": "4.10", "apport": 400_000}, "mensualite", True
    yield {**base, "type": "materiel_pro", "taux": "4.10", "apport": 2_400_000}, "mensualite", False
    yield {**base, "type": "materiel_pro"}, "mensualite", False
    bfr = {**base, "type": "tresorerie_bfr", "encours_clients": 9_000_000, "encours_fournisseurs": 4_000_000}
    yield {**bfr, "chiffre_affaires": 48_000_000}, "besoin_jours", True
    yield {**bfr, "chiffre_affaires": 0}, "besoin_jours", False


@pytest.mark.parametrize(("donnees", "chiffre", "possible"), list(professionnels()))
def test_professional_financing_is_simulated_or_says_why(
    credit: Program, donnees: dict[str, Any], chiffre: str, possible: bool
) -> None:
    state, _ = until(credit, "credit_bail", "mandat")
    state = state.model_copy(update={"donnees": {**state.donnees, "projet_pro": donnees}})
    lue = reading(credit, state, "simulation_pro")
    assert (lue[chiffre] is not None, lue["refus"] is None) == (possible, possible)


# --- CSU-06


def test_a_condition_that_is_met_says_since_when(credit: Program) -> None:
    """« Levée le » is the day of « Validé »; the adviser's own date is kept, and a correction empties it."""
    state, at = until(credit, "credit_immobilier", "suivi")
    first, second, *_ = state.collections["conditions"]

    def mark(state: DemarcheState, ligne: str, statut: str) -> DemarcheState:
        return send(
            credit,
            state,
            at,
            STAFF,
            type="SetLigneStatut",
            collection="conditions",
            ligne=ligne,
            statut=statut,
        )

    state = mark(state, first, "valide")
    assert state.collections["conditions"][first].donnees["levee_le"] == at.date().isoformat()
    state = mark(state, first, "en_attente")
    assert "levee_le" not in state.collections["conditions"][first].donnees

    notaire = {
        "libelle": "Signature",
        "responsable": "notaire",
        "levee_le": (at.date() - timedelta(days=3)).isoformat(),
    }
    state = send(
        credit, state, at, STAFF, type="ChangeLigne", collection="conditions", ligne=second, donnees=notaire
    )
    state = mark(state, second, "valide")
    assert state.collections["conditions"][second].donnees == notaire
