"""An étape of one démarche set otherwise than its modèle: its name, its date, its place on the portal (MOD-13)."""

from datetime import UTC, datetime

import pytest

from tests.engine.migrations import version
from tests.engine.monde import Monde, paris
from tests.engine.test_migration import ABC, FICHE, etape, modele, opened
from workflows.engine.facts import EtapeAdjusted, EtapeOverdue, Event
from workflows.engine.state import ReglageEtape
from workflows.engine.view import Reader, view
from workflows.engine.view.shapes import EtapeView

CLIENT = Reader(kind="client", id="manager")
STAFF = Reader(kind="staff", id="conseiller")
LE_20 = datetime(2026, 3, 20, 22, 59, tzinfo=UTC)


def seen(monde: Monde, reader: Reader) -> dict[str, EtapeView]:
    return {etape.cle: etape for etape in view(monde.program, monde.state, reader).etapes}


def test_a_name_given_here_is_read_on_both_sides_and_the_modele_stays() -> None:
    monde = opened(version(modele(etape("a", libelle_interne="A interne"), etape("b")), {"fiche": FICHE}))
    assert (seen(monde, STAFF)["a"].titre, seen(monde, CLIENT)["a"].titre) == ("A interne", "A")
    monde.send("AdjustEtape", etape="a", titre="Étude du bail")
    assert {seen(monde, who)["a"].titre for who in (STAFF, CLIENT)} == {"Étude du bail"}
    told = seen(monde, STAFF)["a"].reglage
    assert told is not None and told.titre_modele == "A" and seen(monde, CLIENT)["a"].reglage is None
    events = monde.send("ValidateEtape", etape="a")
    [notice] = [event.fact for event in events if event.fact.type == "Noticed"]
    assert "Étude du bail" in notice.message
    assert monde.program.etapes["a"].titre == "A"


def test_a_hidden_etape_leaves_the_portal_and_comes_back() -> None:
    monde = opened(ABC, "a")
    monde.send("AdjustEtape", etape="b", visible=False)
    assert set(seen(monde, CLIENT)) == {"a", "c"} and set(seen(monde, STAFF)) == {"a", "b", "c"}
    [entered] = [e for e in monde.send("ValidateEtape", etape="b") if e.fact.type == "EtapeCompleted"]
    assert entered.audience == ()
    monde.send("AdjustEtape", etape="b")
    assert set(seen(monde, CLIENT)) == {"a", "b", "c"}
    assert monde.refusal("AdjustEtape", etape="b").code == "sans_changement"


def test_what_says_the_same_as_the_modele_is_no_setting() -> None:
    monde = opened(ABC)
    assert monde.refusal("AdjustEtape", etape="a", titre="A", visible=True).code == "sans_changement"


def test_an_etape_that_asks_the_client_something_cannot_be_hidden() -> None:
    asking = etape("a", pieces=[{"cle": "rib", "titre": "RIB", "de": "manager"}])
    monde = opened(version(modele(asking, etape("b")), {"fiche": FICHE}))
    assert monde.refusal("AdjustEtape", etape="a", visible=False).code == "etape_attend_le_client"


def test_nor_can_one_that_asks_the_person_whom_the_client_is() -> None:
    dirigeant = {
        "libelle": "Dirigeant",
        "nom": "fiche.nom",
        "email": 'fiche.nom + "@exemple.fr"',
        "est_client": 'fiche.nom == "Zoé"',
    }
    asking = etape("a", pieces=[{"cle": "rib", "titre": "RIB", "de": "dirigeant"}])
    program = version(modele(asking, etape("b"), participants={"dirigeant": dirigeant}), {"fiche": FICHE})
    monde = opened(program)
    told = seen(monde, STAFF)["a"].reglage
    assert told is not None and not told.cachable
    assert monde.refusal("AdjustEtape", etape="a", visible=False).code == "etape_attend_le_client"
    other = opened(program, fiche={"nom": "Paul"})
    other.send("AdjustEtape", etape="a", visible=False)
    assert set(seen(other, CLIENT)) == {"b"}


def test_a_date_set_by_hand_holds_until_it_is_given_back() -> None:
    due = etape("a", echeance="entree + 5j", retard={"message": "Tard.", "a": "conseiller"})
    monde = opened(version(modele(due, etape("b")), {"fiche": FICHE}))
    counted = monde.state.etapes["a"].due_at
    monde.send("AdjustEtape", etape="a", due_at=LE_20)
    assert monde.state.etapes["a"].due_at == LE_20
    assert monde.state.timers["a/1/echeance"].at == LE_20
    monde.send("AdjustEtape", etape="a")
    assert monde.state.etapes["a"].due_at == counted


def overdue(events: list[Event]) -> list[str]:
    return [event.fact.etape for event in events if isinstance(event.fact, EtapeOverdue)]


def test_a_new_date_given_to_a_late_etape_alarms_again() -> None:
    due = etape("a", echeance="entree + 5j", retard={"message": "Tard.", "a": "conseiller"})
    monde = opened(version(modele(due, etape("b")), {"fiche": FICHE}))
    assert overdue(monde.wait("2026-03-08 09:00")) == ["a"]
    monde.send("AdjustEtape", etape="a", due_at=LE_20)
    assert monde.state.timers["a/1/echeance"].at == LE_20
    # A suspension moves nothing and says nothing twice.
    monde.send("Suspend", motif="Congés.")
    assert overdue(monde.wait("2026-03-18 09:00")) == []
    monde.send("Resume")
    assert overdue(monde.wait("2026-03-21 09:00")) == ["a"]
    assert overdue(monde.wait("2026-04-21 09:00")) == []


def test_after_a_return_a_date_already_past_is_the_modele_s_again_and_one_ahead_stays() -> None:
    late = {"message": "Tard.", "a": "conseiller"}
    both = (etape(cle, echeance="entree + 5j", retard=late) for cle in ("a", "b"))
    monde = opened(version(modele(*both, etape("c")), {"fiche": FICHE}))
    monde.send("AdjustEtape", etape="a", titre="Étude du bail", due_at="2026-03-05T11:00:00Z")
    monde.send("AdjustEtape", etape="b", due_at=LE_20)
    monde.send("ValidateEtape", etape="a")
    monde.send("ValidateEtape", etape="b")
    monde.wait("2026-03-10 09:00")
    said = monde.send("SendBack", etape="a", motif="Pièce manquante.")
    assert monde.state.reglages["a"] == ReglageEtape(titre="Étude du bail")
    assert monde.state.etapes["a"].due_at == paris("2026-03-15 23:59")
    assert overdue(said) == overdue(monde.wait("2026-03-15 09:00")) == []
    monde.send("ValidateEtape", etape="a")
    assert monde.state.etapes["b"].due_at == LE_20


def test_a_recurring_etape_comes_round_without_the_date_of_its_last_turn() -> None:
    again = etape(
        "a",
        echeance="entree + 5j",
        retard={"message": "Tard.", "a": "conseiller"},
        non_bloquante=True,
        recurrente={"tous_les": "1mois"},
    )
    monde = opened(version(modele(again, etape("b")), {"fiche": FICHE}))
    monde.send("AdjustEtape", etape="a", due_at=LE_20)
    monde.send("ValidateEtape", etape="a")
    assert overdue(monde.wait("2026-04-03 09:00")) == []
    assert (monde.state.etapes["a"].visit, monde.state.reglages["a"].due_at) == (2, None)
    assert monde.state.etapes["a"].due_at == paris("2026-04-07 23:59")


def test_a_finished_etape_that_was_hidden_is_shown_again_when_it_asks_the_client_anew() -> None:
    asking = etape("a", pieces=[{"cle": "rib", "titre": "RIB", "de": "manager", "obligatoire": False}])
    monde = opened(version(modele(asking, etape("b"), etape("c")), {"fiche": FICHE}), "a", "b")
    for cle in ("a", "b"):
        monde.send("AdjustEtape", etape=cle, visible=False)
    assert set(seen(monde, CLIENT)) == {"c"}
    said = monde.send("SendBack", etape="a", motif="RIB périmé.")
    assert set(seen(monde, CLIENT)) == {"a", "c"}
    [(fact, audience)] = [(e.fact, e.audience) for e in said if isinstance(e.fact, EtapeAdjusted)]
    assert fact.etape == "a" and audience == ()


def test_only_the_firm_and_not_in_an_etape_that_is_over() -> None:
    monde = opened(ABC, "a")
    assert monde.refusal("AdjustEtape", "manager", etape="b", titre="Autre").code == "interdit"
    assert monde.refusal("AdjustEtape", etape="a", due_at=LE_20).code == "etape_finie"
    assert monde.refusal("AdjustEtape", etape="zzz", titre="Autre").code == "etape_inconnue"


@pytest.mark.parametrize("correspondance", [{}, {"b": "b_bis"}])
def test_settings_follow_their_etape_through_a_migration_and_a_return(correspondance: dict[str, str]) -> None:
    cle = correspondance.get("b", "b")
    monde = opened(ABC, "a")
    source = monde.program
    monde.send("AdjustEtape", etape="b", titre="Étude du bail", visible=False)
    target = version(modele(etape("a"), etape(cle, titre="Nouveau"), etape("c")), {"fiche": FICHE})
    monde.migrate(target, correspondance=correspondance)
    assert seen(monde, STAFF)[cle].titre == "Étude du bail" and cle not in seen(monde, CLIENT)
    monde.migrate(source, correspondance={new: old for old, new in correspondance.items()})
    assert seen(monde, STAFF)["b"].titre == "Étude du bail" and "b" not in seen(monde, CLIENT)
