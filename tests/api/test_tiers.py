"""The file of a new client (TIE-01): who opens it, what is refused, and those that the firm already has."""

import asyncio
from typing import Any

from store.crypto import place
from store.session import session_scope
from store.tiers import Tiers
from store.utilisateur import Role
from tests.api.conftest import key, ok
from tests.people import Browser, People

FIRM = {
    "type": "entreprise",
    "nom": " Menuiserie Bellanger ",
    "siret": "732 829 320 00074",
    "email": "Contact@Menuiserie-Bellanger.fr",
    "telephone": "04 78 00 00 12",
}


async def create(browser: Browser, **changed: Any) -> Any:
    return await browser.post("/api/tiers", json=FIRM | changed, headers=key())


async def test_a_new_client_is_its_creator_s(people: People) -> None:
    adviser, staff = await people.staff()
    made = await ok(create(staff))
    assert made["nom"] == "Menuiserie Bellanger" and made["conseiller_id"] == str(adviser.id)
    seen = await ok(staff.get(f"/api/tiers/{made['id']}"))
    assert (seen["siret"], seen["telephone"]) == ("73282932000074", "+33478000012")
    assert seen["email"] == "contact@menuiserie-bellanger.fr"
    assert [each["id"] for each in (await ok(staff.get("/api/tiers")))["items"]] == [made["id"]]
    # It has a key of its own: what is kept of it may be sealed.
    async with session_scope() as session:
        row = await session.get_one(Tiers, made["id"])
        cipher = await people.services.keyring.load(session, row.id)
        assert cipher.encrypt_text("x", place("tiers", "x", row.id))


async def test_the_same_request_twice_is_one_client(people: People) -> None:
    _, staff = await people.staff()
    body = {"type": "particulier", "nom": "Sophie Martin"}
    headers = key()
    one = await ok(staff.post("/api/tiers", json=body, headers=headers))
    assert await ok(staff.post("/api/tiers", json=body, headers=headers)) == one
    assert (await ok(staff.get("/api/tiers")))["total"] == 1


async def test_faulty_fields_are_named(people: People) -> None:
    _, staff = await people.staff()
    for changed, pointers in [
        ({"siret": "73282932000075"}, ["/siret"]),
        ({"siret": "123", "email": "contact", "telephone": "12"}, ["/siret", "/email", "/telephone"]),
        ({"type": "particulier"}, ["/siret"]),
        ({"nom": "  "}, ["/nom"]),
        ({"type": "banque"}, ["/type"]),
        ({"conseiller_id": "5b1f7a52-7c76-4a1e-9b5c-111111111111"}, ["/conseiller_id"]),
    ]:
        answer = await create(staff, **changed)
        assert answer.status_code == 422
        assert [each["pointer"] for each in answer.json()["errors"]] == pointers


async def test_a_client_is_confided_by_those_who_see_them_all(people: People) -> None:
    adviser, staff = await people.staff()
    colleague = await people.user(Role.CONSEILLER)
    answer = await create(staff, conseiller_id=str(colleague.id))
    assert answer.json()["errors"][0]["pointer"] == "/conseiller_id"
    _, manager = await people.staff(Role.RESPONSABLE)
    made = await ok(create(manager, conseiller_id=str(adviser.id)))
    assert made["conseiller_id"] == str(adviser.id)


async def test_a_client_that_the_firm_has_is_named(people: People) -> None:
    _, staff = await people.staff(prenom="Julien", nom="Lefèvre")
    made = await ok(create(staff))
    for changed, what in [({"email": None}, "SIRET"), ({"siret": None}, "adresse email")]:
        answer = await create(staff, nom="Autre", **changed)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "tiers_existant")
        assert what in problem["detail"] and "Menuiserie Bellanger" in problem["detail"]
        assert problem["lien"] == f"/clients/{made['id']}"
    # Another adviser learns who follows it, and nothing more.
    _, stranger = await people.staff()
    problem = (await create(stranger)).json()
    assert "Julien Lefèvre" in problem["detail"] and "lien" not in problem
    assert "Bellanger" not in problem["detail"] and made["id"] not in str(problem)


async def test_one_address_for_two_companies(people: People) -> None:
    """Their manager's: each has its SIRET, so that they are not taken for one another."""
    _, staff = await people.staff()
    await ok(create(staff))
    other = await ok(create(staff, nom="SCI Bellanger", siret="44306184100013"))
    assert other["email"] == "contact@menuiserie-bellanger.fr"
    # Without one, nothing tells it from the first two.
    answer = await create(staff, nom="Bellanger", siret=None)
    assert (answer.status_code, answer.json()["code"]) == (409, "tiers_existant")


async def test_two_people_at_once_open_one_file(people: People) -> None:
    browsers = [(await people.staff(Role.RESPONSABLE))[1] for _ in range(3)]
    answers = await asyncio.gather(*(create(each) for each in browsers))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
