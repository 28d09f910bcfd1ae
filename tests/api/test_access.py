"""The authorisation function (SEC-15, SEC-16, SEC-20, USR-03 to USR-07): every action × kind of person × object."""

import uuid

import pytest

from api.access import OWN_ITEM, PER_OBJECT, ROLES, Action, Actor, Target, authorise
from api.problems import Problem
from store.utilisateur import Role

ME, COLLEAGUE = uuid.uuid4(), uuid.uuid4()
MINE, FOREIGN = uuid.uuid4(), uuid.uuid4()
DEMARCHE, OTHER_DEMARCHE = uuid.uuid4(), uuid.uuid4()

ADVISER = Actor("staff", ME, "Ana Roy", Role.CONSEILLER)
MANAGER = Actor("staff", ME, "Ana Roy", Role.RESPONSABLE)
ADMIN = Actor("staff", ME, "Ana Roy", Role.ADMIN)
CLIENT = Actor("client", ME, "Camille Bellanger", Role.CLIENT, frozenset({MINE}))
EMPLOYEE = Actor(
    "participant", ME, "Zoé Martin", "participant", demarche_id=DEMARCHE, participant_key="salarie"
)
EVERYBODY = (ADVISER, MANAGER, ADMIN, CLIENT, EMPLOYEE)


def status(actor: Actor, action: Action, target: Target | None = None) -> int:
    try:
        authorise(actor, action, target)
    except Problem as problem:
        return problem.status_code
    return 200


def test_actions_about_an_object_are_refused_without_one() -> None:
    for action in PER_OBJECT:
        assert {status(actor, action) for actor in EVERYBODY} == {403}


@pytest.mark.parametrize("action", sorted(set(Action) - PER_OBJECT))
def test_other_actions_follow_the_role(action: Action) -> None:
    for actor in EVERYBODY:
        assert status(actor, action) == (200 if actor.role in ROLES[action] else 403)


@pytest.mark.parametrize(
    ("actor", "target", "expected"),
    [
        (ADMIN, Target(client_id=FOREIGN), 200),
        (MANAGER, Target(client_id=FOREIGN), 200),
        (ADVISER, Target(client_id=FOREIGN), 404),
        (ADVISER, Target(client_id=FOREIGN, conseiller_id=COLLEAGUE), 404),
        (ADVISER, Target(client_id=FOREIGN, conseiller_id=ME), 200),
        (ADVISER, Target(client_id=FOREIGN, team_user_ids=frozenset({COLLEAGUE, ME})), 200),
        (ADVISER, Target(client_id=FOREIGN, conseiller_id=ME, client_visible=False), 200),
        (CLIENT, Target(client_id=MINE, demarche_id=DEMARCHE), 200),
        (CLIENT, Target(client_id=FOREIGN, demarche_id=DEMARCHE), 404),
        (CLIENT, Target(client_id=MINE, demarche_id=DEMARCHE, client_visible=False), 404),
        (CLIENT, Target(demarche_id=DEMARCHE), 404),
        (CLIENT, Target(client_id=FOREIGN, team_user_ids=frozenset({ME}), conseiller_id=ME), 404),
        (EMPLOYEE, Target(client_id=MINE, demarche_id=DEMARCHE), 200),
        (EMPLOYEE, Target(client_id=MINE, demarche_id=OTHER_DEMARCHE), 404),
        (EMPLOYEE, Target(client_id=MINE), 404),
        (EMPLOYEE, Target(demarche_id=DEMARCHE, client_visible=False), 404),
        (EMPLOYEE, Target(demarche_id=DEMARCHE, assignee="salarie"), 200),
        (EMPLOYEE, Target(demarche_id=DEMARCHE, assignee="manager"), 404),
        (EMPLOYEE, Target(demarche_id=DEMARCHE, assignee=COLLEAGUE), 404),
    ],
)
def test_who_sees_a_demarche(actor: Actor, target: Target, expected: int) -> None:
    assert status(actor, Action.DEMARCHE_LIRE, target) == expected
    if actor.kind != "participant":
        assert status(actor, Action.JOURNAL_LIRE, target) == expected


def test_a_participant_without_demarche_sees_nothing() -> None:
    nobody = Actor("participant", ME, "?", "participant", participant_key="salarie")
    assert status(nobody, Action.DEMARCHE_LIRE, Target()) == 404
    assert status(nobody, Action.DEMARCHE_LIRE, Target(demarche_id=DEMARCHE)) == 404


@pytest.mark.parametrize("action", [Action.DEMARCHE_COMMANDER, Action.PIECE_VALIDER])
def test_what_is_seen_may_still_be_refused(action: Action) -> None:
    target = Target(client_id=MINE, demarche_id=DEMARCHE, conseiller_id=ME)
    assert [status(actor, action, target) for actor in EVERYBODY] == [200, 200, 200, 403, 403]
    hidden = Target(client_id=FOREIGN, demarche_id=OTHER_DEMARCHE)
    assert [status(actor, action, hidden) for actor in EVERYBODY] == [404, 200, 200, 404, 404]


@pytest.mark.parametrize("action", sorted(OWN_ITEM))
def test_one_acts_on_ones_own_items_only(action: Action) -> None:
    def item(assignee: uuid.UUID | str | None) -> Target:
        return Target(client_id=MINE, demarche_id=DEMARCHE, conseiller_id=ME, assignee=assignee)

    assert status(CLIENT, action, item(ME)) == 200
    assert status(CLIENT, action, item("client")) == 200
    assert status(CLIENT, action, item(COLLEAGUE)) == 403
    assert status(CLIENT, action, item("salarie")) == 403
    assert status(CLIENT, action, item(None)) == 403
    assert status(EMPLOYEE, action, item("salarie")) == 200
    assert status(EMPLOYEE, action, item("client")) == 404
    assert status(EMPLOYEE, action, item(None)) == 403
    assert status(ADVISER, action, item("salarie")) == 200


def test_a_draft_is_its_owner_s_alone() -> None:
    mine = Target(client_id=MINE, owner_id=ME, conseiller_id=ME)
    assert status(CLIENT, Action.BROUILLON_LIRE, mine) == 200
    others = Target(client_id=MINE, owner_id=COLLEAGUE, conseiller_id=ME)
    assert [status(actor, Action.BROUILLON_LIRE, others) for actor in EVERYBODY] == [404] * 5
    lost = Target(client_id=FOREIGN, owner_id=ME)
    assert status(CLIENT, Action.BROUILLON_LIRE, lost) == 404


def test_publishing_and_auditing_are_not_for_all() -> None:
    assert [status(actor, Action.MODELE_PUBLIER) for actor in EVERYBODY] == [403, 403, 200, 403, 403]
    assert [status(actor, Action.AUDIT_LIRE) for actor in EVERYBODY] == [403, 200, 200, 403, 403]
