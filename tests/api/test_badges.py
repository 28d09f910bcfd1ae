"""Common badges set by an administrator: told to everybody, logged, put back (BDG-02, BDG-03, UX-13)."""

from store.utilisateur import Role
from tests.api.conftest import ok
from tests.people import People

ROOT = "/api/parametres/badges"
LOOK = {"libelle": " Reçu par le cabinet ", "couleur": "vert", "icone": "mail-opened"}


async def test_a_badge_is_the_same_for_the_firm_its_clients_and_participants(people: People) -> None:
    _, admin = await people.staff(Role.ADMIN)
    tiers = await people.tiers()
    _, client = await people.client(tiers)
    employee = await people.login((await people.lien(tiers))[0])
    assert (await ok(admin.get("/api/moi")))["badges"] == []
    told = await ok(admin.put(f"{ROOT}/piece/recu", json=LOOK))
    assert told == [{**LOOK, "libelle": "Reçu par le cabinet", "objet": "piece", "cle": "recu"}]
    await ok(admin.put(f"{ROOT}/piece/recu", json={**LOOK, "couleur": "violet"}))
    for browser in (admin, client, employee):
        [seen] = (await ok(browser.get("/api/moi")))["badges"]
        assert (seen["objet"], seen["cle"], seen["couleur"]) == ("piece", "recu", "violet")
    assert await ok(admin.delete(f"{ROOT}/piece/recu")) == []
    assert (await ok(client.get("/api/moi")))["badges"] == []
    lines = (await ok(admin.get("/api/audit", params={"famille": "administration"})))["items"]
    assert [line["detail"].split(", ")[0] for line in lines] == ["Raison\u00a0: piece/recu"] * 3


async def test_what_a_badge_cannot_be(people: People) -> None:
    _, admin = await people.staff(Role.ADMIN)
    for body in (
        {**LOOK, "libelle": "  "},
        {**LOOK, "libelle": "x" * 61},
        {**LOOK, "couleur": "fuchsia"},
        {**LOOK, "icone": "<svg>"},
        {**LOOK, "taille": 3},
    ):
        assert (await admin.put(f"{ROOT}/piece/recu", json=body)).status_code == 422
    assert (await admin.put(f"{ROOT}/facture/payee", json=LOOK)).status_code == 422
    assert (await admin.put(f"{ROOT}/piece/Recu", json=LOOK)).status_code == 422
    assert await ok(admin.get(ROOT)) == []
