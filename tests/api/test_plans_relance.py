"""Plans of reminders that conseillers write and share (REC-10)."""

from typing import Any

from store.utilisateur import Role
from tests.api.conftest import ok
from tests.people import People

ROOT = "/api/plans-relance"
PLAN = {
    "nom": " Relances courtoises ",
    "description": "Pour un client fidèle.",
    "paliers": [
        {"niveau": "R2", "jours": 20, "canal": "tache"},
        {
            "niveau": "R1",
            "jours": -5,
            "canal": "courriel",
            "message": "Simple rappel.",
            "penalites": "omettre",
        },
    ],
}


async def test_a_plan_is_shared_by_the_firm(people: People) -> None:
    author, julien = await people.staff(Role.CONSEILLER)
    _, camille = await people.staff(Role.CONSEILLER)
    made = await ok(julien.post(ROOT, json=PLAN))
    assert (made["nom"], made["version"], made["updated_par"]) == (
        "Relances courtoises",
        1,
        author.nom_complet,
    )
    assert [palier["jours"] for palier in made["paliers"]] == [-5, 20]
    assert await ok(camille.get(ROOT)) == [made]
    again = await camille.post(ROOT, json=PLAN)
    assert (again.status_code, again.json()["code"]) == (409, "plan_existant")

    one = f"{ROOT}/{made['id']}"
    change = {"nom": "Relances fermes", "paliers": PLAN["paliers"][:1], "version": 1}
    changed = await ok(camille.put(one, json=change))
    assert (changed["version"], changed["description"], len(changed["paliers"])) == (2, None, 1)
    stale = await julien.put(one, json=change)
    assert (stale.status_code, stale.json()["code"]) == (409, "version_perimee")
    assert (await julien.delete(one)).status_code == 204
    assert (await julien.delete(one)).status_code == 404
    assert await ok(camille.get(ROOT)) == []
    _, admin = await people.staff(Role.ADMIN)
    lines = (await ok(admin.get("/api/audit", params={"famille": "administration"})))["items"]
    assert [line["action"] for line in lines] == ["plan.regler"] * 3


async def test_what_a_plan_cannot_be(people: People) -> None:
    _, julien = await people.staff(Role.CONSEILLER)
    palier = {"niveau": "R1", "jours": 5, "canal": "courriel"}
    wrongs: tuple[dict[str, Any], ...] = (
        {"paliers": []},
        {"paliers": [palier] * 21},
        {"paliers": [{**palier, "canal": "pigeon"}]},
        {"paliers": [{**palier, "jours": 400}]},
        {"paliers": [{**palier, "niveau": " "}]},
        {"nom": " "},
        {"client": "Atelier Morel"},
    )
    for wrong in wrongs:
        refused = await julien.post(ROOT, json={**PLAN, **wrong})
        assert refused.status_code == 422, wrong
    assert await ok(julien.get(ROOT)) == []
