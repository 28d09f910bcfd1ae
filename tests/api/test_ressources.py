"""Drafts, notifications, tiers, the firm: own and foreign objects, for every kind of person."""

import uuid
from typing import Any

import pytest

from api.housekeeping import tidy
from store import cabinet, notification
from store.cabinet import Cabinet
from store.session import session_scope
from store.tiers import TypeTiers
from store.utilisateur import Role, Utilisateur
from tests.conftest import Database
from tests.people import Browser, People


class TestDrafts:
    async def save(self, browser: Browser, tiers: Any, data: dict[str, Any], **more: Any) -> Any:
        return await browser.put(f"/api/brouillons/embauche?tiers={tiers.id}", json={"data": data, **more})

    async def test_left_half_way_and_found_again(self, people: People, database: Database) -> None:
        firm = await people.tiers()
        _, browser = await people.client(firm)
        assert (await browser.get("/api/brouillons/embauche")).status_code == 404
        first = await self.save(browser, firm, {"salarie": {"nir": "1850578006084"}})
        assert first.status_code == 200
        assert first.json()["version"] == 1
        again = (await browser.get("/api/brouillons/embauche")).json()
        assert again["data"] == {"salarie": {"nir": "1850578006084"}}
        assert again["tiers_id"] == str(firm.id)
        (listed,) = (await browser.get("/api/brouillons")).json()
        assert listed["modele"] == "embauche"
        assert "data" not in listed
        (row,) = database.connection.execute("SELECT data FROM brouillon").fetchall()
        assert b"1850578006084" not in bytes(row[0])
        assert (await browser.delete("/api/brouillons/embauche")).status_code == 204
        assert (await browser.delete("/api/brouillons/embauche")).status_code == 204
        assert (await browser.get("/api/brouillons")).json() == []

    async def test_a_stale_window_does_not_overwrite(self, people: People) -> None:
        firm = await people.tiers()
        _, browser = await people.client(firm)
        await self.save(browser, firm, {"a": 1})
        assert (await self.save(browser, firm, {"a": 2}, version=1)).json()["version"] == 2
        stale = await self.save(browser, firm, {"a": 3}, version=1)
        assert (stale.status_code, stale.json()["code"]) == (409, "brouillon_perime")
        assert (await browser.get("/api/brouillons/embauche")).json()["data"] == {"a": 2}

    async def test_each_tiers_and_each_person_has_their_own(self, people: People) -> None:
        one, two, foreign = [await people.tiers(nom) for nom in ("Un", "Deux", "Trois")]
        _, browser = await people.client(one, two)
        _, colleague = await people.client(one)
        await self.save(browser, one, {"a": 1})
        await self.save(browser, two, {"a": 2})
        assert (await browser.get(f"/api/brouillons/embauche?tiers={two.id}")).json()["data"] == {"a": 2}
        assert (await browser.get("/api/brouillons/embauche")).status_code == 404
        assert (await colleague.get(f"/api/brouillons/embauche?tiers={one.id}")).status_code == 404
        assert (await self.save(browser, foreign, {})).status_code == 404
        assert (await browser.get(f"/api/brouillons/embauche?tiers={uuid.uuid4()}")).status_code == 404

    async def test_an_adviser_drafts_for_their_clients_only(self, people: People) -> None:
        adviser, browser = await people.staff()
        mine, foreign = await people.tiers(conseiller_id=adviser.id), await people.tiers()
        assert (await self.save(browser, mine, {"a": 1})).status_code == 200
        assert (await self.save(browser, foreign, {"a": 1})).status_code == 404

    @pytest.mark.parametrize(
        ("path", "body", "pointer"),
        [
            ("embauche", {}, {"pointer": "/data", "detail": "Ce champ est obligatoire."}),
            ("embauche", {"data": []}, {"pointer": "/data", "detail": "Un objet est attendu."}),
            ("embauche", {"data": {}, "x": 1}, {"pointer": "/x", "detail": "Ce champ n'est pas attendu."}),
            ("../x", {"data": {}}, None),
            ("Embauche", {"data": {}}, {"parametre": "modele", "detail": "Le format n'est pas le bon."}),
        ],
    )
    async def test_bad_input(self, people: People, path: str, body: Any, pointer: Any) -> None:
        _, browser = await people.client(await people.tiers())
        answer = await browser.put(f"/api/brouillons/{path}", json=body)
        assert answer.status_code in (404, 405, 422)
        if pointer:
            assert answer.json()["errors"] == [pointer]


class TestNotifications:
    async def tell(self, people: People, user: Utilisateur, tiers: Any, texte: str, **more: Any) -> bool:
        async with session_scope() as session:
            cipher = await people.services.keyring.load(session, tiers.id)
            return await notification.notify(
                session, cipher, user.id, texte=texte, **{"type": "piece", **more}
            )

    async def test_told_once_read_once(self, people: People, database: Database) -> None:
        firm = await people.tiers()
        user, browser = await people.client(firm)
        demarche = uuid.uuid4()
        told = [
            await self.tell(
                people, user, firm, "Le RIB de Zoé est refusé", origine="effet/1", lien="/demarches/1"
            ),
            await self.tell(people, user, firm, "Le RIB de Zoé est refusé", origine="effet/1"),
            await self.tell(people, user, firm, "La CNI est validée", demarche_id=demarche),
        ]
        assert told == [True, False, True]
        page = (await browser.get("/api/notifications")).json()
        assert (page["total"], page["non_lues"]) == (2, 2)
        assert [item["texte"] for item in page["items"]] == ["La CNI est validée", "Le RIB de Zoé est refusé"]
        assert page["items"][0]["demarche_id"] == str(demarche)
        rows = database.connection.execute("SELECT notification::text FROM notification").fetchall()
        assert not any("Zoé" in row[0] for row in rows)
        one = {"ids": [page["items"][0]["id"]]}
        assert (await browser.put("/api/notifications/lues", json=one)).json() == {"non_lues": 1}
        unread = (await browser.get("/api/notifications?non_lues=true")).json()
        assert [item["texte"] for item in unread["items"]] == ["Le RIB de Zoé est refusé"]
        assert unread["total"] == 1
        assert (await browser.put("/api/notifications/lues", json={})).json() == {"non_lues": 0}

    async def test_opening_a_demarche_reads_its_news_only(self, people: People) -> None:
        firm = await people.tiers()
        user, browser = await people.client(firm)
        opened, other = uuid.uuid4(), uuid.uuid4()
        for demarche, type_ in (
            (opened, "etape_terminee"),
            (opened, "alerte"),
            (opened, "relance"),
            (opened, "commentaire"),
            (opened, "correction_recue"),
            (opened, "effet_en_echec"),
            (other, "etape_terminee"),
        ):
            await self.tell(people, user, firm, type_, type=type_, demarche_id=demarche)
        answer = await browser.put("/api/notifications/lues", json={"demarche": str(opened)})
        assert answer.json() == {"non_lues": 5}
        unread = (await browser.get("/api/notifications?non_lues=true")).json()["items"]
        assert [(item["texte"], item["demarche_id"] == str(opened)) for item in unread] == [
            ("etape_terminee", False),
            ("effet_en_echec", True),
            ("correction_recue", True),
            ("commentaire", True),
            ("relance", True),
        ]

    async def test_pages(self, people: People) -> None:
        firm = await people.tiers()
        user, browser = await people.client(firm)
        for index in range(5):
            await self.tell(people, user, firm, str(index))
        page = (await browser.get("/api/notifications?limit=2&offset=2")).json()
        assert [item["texte"] for item in page["items"]] == ["2", "1"]
        assert page["total"] == 5
        assert (await browser.get("/api/notifications?limit=0")).status_code == 422
        assert (await browser.get("/api/notifications?limit=201")).status_code == 422

    async def test_those_of_others_are_neither_seen_nor_marked(self, people: People) -> None:
        firm = await people.tiers()
        user, mine = await people.client(firm)
        _, other = await people.client(firm)
        await self.tell(people, user, firm, "Pour moi")
        (item,) = (await mine.get("/api/notifications")).json()["items"]
        assert (await other.get("/api/notifications")).json()["items"] == []
        await other.put("/api/notifications/lues", json={"ids": [item["id"]]})
        assert (await mine.get("/api/notifications")).json()["non_lues"] == 1

    async def test_an_erased_client_s_are_left_out(self, people: People) -> None:
        kept, erased = await people.tiers("Un"), await people.tiers("Deux")
        user, browser = await people.staff()
        await self.tell(people, user, kept, "reste")
        await self.tell(people, user, erased, "part")
        async with session_scope() as session:
            await people.services.keyring.erase(session, erased.id)
        assert [item["texte"] for item in (await browser.get("/api/notifications")).json()["items"]] == [
            "reste"
        ]


class TestTiers:
    async def test_each_sees_their_own(self, people: People) -> None:
        adviser, browser = await people.staff(titre="Conseillère RH", ligne_directe="01 23 45 67 89")
        firm = await people.tiers(conseiller_id=adviser.id, siret="41804275600019")
        foreign = await people.tiers("Association du Parc", type=TypeTiers.ASSOCIATION)
        contact, portal = await people.client(firm, nom="Bellanger")
        _, manager = await people.staff(Role.RESPONSABLE)
        _, admin = await people.staff(Role.ADMIN)
        lien, _ = await people.lien(firm)
        employee = await people.login(lien)
        expected = {
            id(browser): (200, 404),
            id(manager): (200, 200),
            id(admin): (200, 200),
            id(portal): (200, 404),
            id(employee): (404, 404),
        }
        for who in (browser, manager, admin, portal, employee):
            answers = [(await who.get(f"/api/tiers/{row.id}")).status_code for row in (firm, foreign)]
            assert tuple(answers) == expected[id(who)]
        seen = (await portal.get(f"/api/tiers/{firm.id}")).json()
        assert seen["conseiller"]["ligne_directe"] == "01 23 45 67 89"
        assert seen["conseiller"]["titre"] == "Conseillère RH"
        assert seen["contacts"][0]["id"] == str(contact.id)
        assert (await browser.get(f"/api/tiers/{uuid.uuid4()}")).status_code == 404
        assert (await browser.get("/api/tiers/pas-un-uuid")).status_code == 422

    async def test_list_search_and_filters(self, people: People) -> None:
        adviser, browser = await people.staff()
        _, manager = await people.staff(Role.RESPONSABLE)
        mine = await people.tiers("Ébénisterie Zola", conseiller_id=adviser.id, siret="41804275600019")
        await people.tiers("Boulangerie 100% Levain", email="contact@levain.fr")
        await people.tiers("association du Parc", type=TypeTiers.ASSOCIATION)

        async def names(who: Browser, query: str = "") -> list[str]:
            answer = await who.get(f"/api/tiers?{query}")
            assert answer.status_code == 200
            page = answer.json()
            assert page["total"] >= len(page["items"])
            return [item["nom"] for item in page["items"]]

        assert await names(browser) == [mine.nom]
        everything = ["association du Parc", "Boulangerie 100% Levain", "Ébénisterie Zola"]
        assert sorted(await names(manager)) == sorted(everything)
        assert await names(manager, "recherche=zola") == [mine.nom]
        assert await names(manager, "recherche=418 042") == [mine.nom]
        assert await names(manager, "recherche=contact@") == ["Boulangerie 100% Levain"]
        assert await names(manager, "recherche=100%25") == ["Boulangerie 100% Levain"]
        assert await names(manager, "recherche=%25") == ["Boulangerie 100% Levain"]
        assert await names(manager, "recherche=' OR 1=1 --") == []
        assert await names(manager, "type=association") == ["association du Parc"]
        assert await names(manager, f"conseiller={adviser.id}") == [mine.nom]
        assert len(await names(manager, "limit=1&offset=1")) == 1
        assert (await manager.get("/api/tiers?type=autre")).status_code == 422
        _, portal = await people.client(mine)
        assert (await portal.get("/api/tiers")).status_code == 403


class TestCabinet:
    async def test_details_and_staff(self, people: People) -> None:
        _, browser = await people.staff(nom="Roy", prenom="Ana")
        await people.staff(Role.ADMIN, nom="Abadie", prenom="Luc")
        await people.user(Role.CONSEILLER, nom="Parti", actif=False)
        _, portal = await people.client(await people.tiers())
        assert (await browser.get("/api/cabinet")).json()["nom"] == "eLaska"
        async with session_scope() as session:
            await cabinet.write(session, Cabinet(nom="Cabinet Laska", telephone="01 23 45 67 89"))
        assert (await portal.get("/api/cabinet")).json()["telephone"] == "01 23 45 67 89"
        team = (await browser.get("/api/equipe")).json()
        assert [member["nom"] for member in team] == ["Abadie", "Roy"]
        assert team[1]["initiales"] == "AR"
        assert "password_hash" not in str(team)
        assert (await portal.get("/api/equipe")).status_code == 403


async def test_every_route_asks_who_you_are(people: People) -> None:
    """Anonymous callers get 401 on each operation which is not declared public."""
    from api.access import routes_of, rule_of

    browser = people.browser()
    asked = 0
    for route in routes_of(people.app):
        declared = rule_of(route)
        if declared is None or declared.action is None:
            continue
        for method in route.methods or ():
            path = (route.path or "").replace("{modele}", "embauche")
            while "{" in path:
                path = path[: path.index("{")] + str(uuid.uuid4()) + path[path.index("}") + 1 :]
            answer = await browser.request(method, path)
            assert answer.status_code == 401, f"{method} {path}"
            asked += 1
    assert asked >= 12


async def test_housekeeping_removes_what_has_expired_and_nothing_else(
    people: People, database: Database
) -> None:
    """Old counters, answers and sessions go; a live session and a fresh counter stay."""
    _, browser = await people.client()
    old, fresh = await people.client(), await people.client()
    database.connection.execute(
        "UPDATE session_connexion SET expires_at = now() - interval '1 s' WHERE utilisateur_id = %s",
        (old[0].id,),
    )
    insert = "INSERT INTO tentative (cle, echecs, dernier) VALUES (%s, 1, now() - %s::interval)"
    database.connection.execute(insert, ("compte:vieux", "2 days"))
    database.connection.execute(insert, ("compte:neuf", "1 hour"))
    await tidy(people.app)
    assert database.connection.execute("SELECT cle FROM tentative").fetchall() == [("compte:neuf",)]
    assert database.connection.execute("SELECT count(*) FROM session_connexion").fetchone() == (2,)
    assert (await fresh[1].get("/api/moi")).status_code == (await browser.get("/api/moi")).status_code == 200
