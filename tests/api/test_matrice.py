"""Every operation × every kind of person × own and foreign object → the expected status (SEC-15, SEC-16).

The table is by operationId. An operation of the OpenAPI document without a line here fails the test, and so does a
line whose operation is gone. 2xx is written 200; a client error that only a permitted caller can meet counts as
« allowed » (409, 410, 422, 415), because it is not an answer about rights.
"""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio

from store.tiers import Tiers
from store.utilisateur import Role
from tests.people import Browser, People

ROLES = ("anonyme", "conseiller", "responsable", "admin", "client", "participant")
ALLOWED = {200, 201, 202, 204, 409, 410, 415, 422}
Statuses = tuple[int, int, int, int, int, int]

EVERYBODY: Statuses = (401, 200, 200, 200, 200, 200)
USERS: Statuses = (401, 200, 200, 200, 200, 403)
STAFF: Statuses = (401, 200, 200, 200, 403, 403)
SUPERVISORS: Statuses = (401, 404, 200, 200, 404, 404)
OF_TIERS: Statuses = (401, 200, 200, 200, 200, 404)
PUBLIC: Statuses = (200, 200, 200, 200, 200, 200)


@dataclass(frozen=True)
class Line:
    """`own` and `foreign` follow the order of ROLES. `{tiers}` in `query` or the path is the object asked about."""

    own: Statuses
    foreign: Statuses | None = None
    query: str = ""
    body: Any = None
    path: dict[str, str] = field(default_factory=dict)


TABLE: dict[str, Line] = {
    "is_alive": Line(PUBLIC),
    "is_ready": Line(PUBLIC),
    "login": Line((401, 401, 401, 401, 401, 401), body={"email": "{unique}@exemple.fr", "mot_de_passe": "x"}),
    "login_totp": Line((401, 401, 401, 401, 401, 401), body={"code": "000000"}),
    "use_link": Line((404, 404, 404, 404, 404, 404), path={"token": "inconnu"}),
    "ask_new_link": Line((404, 404, 404, 404, 404, 404), path={"token": "inconnu"}),
    "logout": Line(EVERYBODY),
    "read_me": Line(EVERYBODY),
    "change_password": Line(USERS, body={"actuel": "x", "nouveau": "y"}),
    "list_notifications": Line(USERS),
    "mark_notifications_read": Line(USERS, body={}),
    "read_cabinet": Line(EVERYBODY),
    "list_staff": Line(STAFF),
    "list_tiers": Line(STAFF),
    "read_tiers": Line(OF_TIERS, SUPERVISORS, path={"tiers_id": "{tiers}"}),
    "list_drafts": Line(USERS),
    "read_draft": Line(
        (401, 404, 404, 404, 404, 404),
        (401, 404, 404, 404, 404, 404),
        "tiers={tiers}",
        path={"modele": "embauche"},
    ),
    "save_draft": Line(OF_TIERS, SUPERVISORS, "tiers={tiers}", {"data": {}}, {"modele": "embauche"}),
    "delete_draft": Line(OF_TIERS, SUPERVISORS, "tiers={tiers}", path={"modele": "embauche"}),
}


class World:
    """One tiers of everybody's, one of nobody's."""

    def __init__(self, people: People) -> None:
        self.people = people

    async def make(self) -> None:
        self.adviser = await self.people.user(Role.CONSEILLER)
        self.own = await self.people.tiers("À nous", conseiller_id=self.adviser.id)
        self.foreign = await self.people.tiers("À d'autres")

    async def browser(self, role: str) -> Browser:
        """A fresh browser of that person: an operation may close its session."""
        if role == "anonyme":
            return self.people.browser()
        if role == "participant":
            return await self.people.login((await self.people.lien(self.own))[0])
        if role == "conseiller":
            return await self.people.login(self.adviser)
        if role == "client":
            return (await self.people.client(self.own))[1]
        return (await self.people.staff(Role(role)))[1]


@pytest_asyncio.fixture(loop_scope="session")
async def world(people: People) -> World:
    made = World(people)
    await made.make()
    return made


def operations(people: People) -> dict[str, tuple[str, str]]:
    document = people.app.openapi()
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


async def ask(browser: Browser, method: str, path: str, line: Line, tiers: Tiers) -> int:
    for name, value in line.path.items():
        path = path.replace("{" + name + "}", value.replace("{tiers}", str(tiers.id)))
    query = line.query.replace("{tiers}", str(tiers.id))
    # An account tried by six people in a row would be throttled.
    body = None if line.body is None else json.dumps(line.body).replace("{unique}", uuid.uuid4().hex)
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}
    answer = await browser.request(method, f"{path}?{query}", content=body, headers=headers)
    return 200 if answer.status_code in ALLOWED else answer.status_code


async def test_the_table_and_the_document_name_the_same_operations(people: People) -> None:
    assert set(operations(people)) == set(TABLE)


async def test_every_operation_answers_each_person_as_it_should(world: World) -> None:
    wrong = []
    for name, (method, path) in operations(world.people).items():
        line = TABLE[name]
        for tiers, expected in ((world.own, line.own), (world.foreign, line.foreign)):
            if expected is None:
                continue
            for role, status in zip(ROLES, expected, strict=True):
                got = await ask(await world.browser(role), method, path, line, tiers)
                if got != status:
                    wrong.append(f"{name} by {role} on {tiers.nom}: {got}, expected {status}")
    assert wrong == []
