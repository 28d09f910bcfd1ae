"""Participants' links (SEC-26): single use, expiry, revocation, renewal, and what their session may see."""

import asyncio
from datetime import timedelta

from sqlmodel import select

from api.security.sessions import CSRF_HEADER, cookie_name
from store.base import now
from store.connexion import Lien, SessionConnexion
from store.links import link_secret, token_of
from store.session import session_scope
from store.utilisateur import Role
from tests.conftest import Database
from tests.people import People


async def change(lien: Lien, **fields: object) -> None:
    async with session_scope() as session:
        row = await session.get_one(Lien, lien.id)
        row.sqlmodel_update(fields)
        session.add(row)


async def test_a_link_opens_one_demarche_only(people: People) -> None:
    lien, token = await people.lien(await people.tiers())
    browser = people.browser()
    answer = await browser.post(f"/api/liens/{token}")
    assert answer.status_code == 200
    me = answer.json()
    assert (me["prenom"], me["nom"], me["role"], me["initiales"]) == ("Zoé", "Martin", "participant", "ZM")
    assert (me["demarche_id"], me["participant"]) == (str(lien.demarche_id), "salarie")
    assert me["tiers"] == []
    assert (await browser.get("/api/moi")).json() == me
    assert (await browser.get("/api/cabinet")).status_code == 200
    browser.headers[CSRF_HEADER] = me["csrf"]
    for method, path in [
        ("GET", "/api/tiers"),
        ("GET", f"/api/tiers/{lien.client_id}"),
        ("GET", "/api/equipe"),
        ("GET", "/api/notifications"),
        ("GET", "/api/brouillons"),
        ("GET", f"/api/brouillons/embauche?tiers={lien.client_id}"),
    ]:
        assert (await browser.request(method, path)).status_code in (403, 404), path
    assert (await browser.delete("/api/session")).status_code == 204
    assert (await browser.get("/api/moi")).status_code == 401


async def test_a_used_link_is_refused_elsewhere_and_kind_to_its_own_browser(people: People) -> None:
    _, token = await people.lien(await people.tiers())
    mine, thief = people.browser(), people.browser()
    assert (await mine.post(f"/api/liens/{token}")).status_code == 200
    refused = await thief.post(f"/api/liens/{token}")
    assert (refused.status_code, refused.json()["code"]) == (410, "lien_utilise")
    assert "set-cookie" not in refused.headers
    assert (await mine.post(f"/api/liens/{token}")).status_code == 200
    async with session_scope() as session:
        row = (await session.exec(select(SessionConnexion))).one()
        row.expires_at = now() - timedelta(seconds=1)
        session.add(row)
    assert (await mine.post(f"/api/liens/{token}")).json()["code"] == "lien_utilise"


async def test_two_people_at_once_get_one_session(people: People) -> None:
    _, token = await people.lien(await people.tiers())
    answers = await asyncio.gather(*(people.browser().post(f"/api/liens/{token}") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410, 410, 410]


async def test_expired_revoked_unknown(people: People) -> None:
    firm = await people.tiers()
    _, expired = await people.lien(firm, expires_at=now() - timedelta(seconds=1))
    _, revoked = await people.lien(firm, revoked_at=now())
    _, both = await people.lien(firm, revoked_at=now(), used_at=now(), expires_at=now())
    for token, status, code in [
        (expired, 410, "lien_expire"),
        (revoked, 410, "lien_revoque"),
        (both, 410, "lien_revoque"),
        ("inconnu", 404, "lien_inconnu"),
        ("é" * 100, 404, "lien_inconnu"),
    ]:
        answer = await people.browser().post(f"/api/liens/{token}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_revoking_ends_the_session(people: People, monkeypatch) -> None:
    monkeypatch.setattr("api.security.sessions.CACHE_SECONDS", 0.0)
    lien, token = await people.lien(await people.tiers())
    browser = people.browser()
    await browser.post(f"/api/liens/{token}")
    assert (await browser.get("/api/moi")).status_code == 200
    await change(lien, revoked_at=now())
    assert (await browser.get("/api/moi")).status_code == 401


async def test_an_erased_client_answers_nothing(people: People, monkeypatch) -> None:
    monkeypatch.setattr("api.security.sessions.CACHE_SECONDS", 0.0)
    lien, token = await people.lien(await people.tiers())
    browser = people.browser()
    await browser.post(f"/api/liens/{token}")
    async with session_scope() as session:
        await people.services.keyring.erase(session, lien.client_id)
    assert (await browser.get("/api/moi")).json()["code"] == "client_efface"


async def test_renewal_is_sent_by_mail_and_limited(people: People) -> None:
    lien, token = await people.lien(await people.tiers(), used_at=now())
    path = f"/api/liens/{token}/renouvellement"
    people.services.renew_link = None
    assert (await people.browser().post(path)).json()["code"] == "renouvellement_indisponible"
    asked: list[Lien] = []

    async def renew(which: Lien) -> None:
        asked.append(which)

    people.services.renew_link = renew
    for _ in range(2):
        answer = await people.browser().post(path)
        assert answer.status_code == 202
        assert token not in answer.text
    assert [row.id for row in asked] == [lien.id, lien.id]
    assert (await people.browser().post(path)).status_code == 429
    assert (await people.browser().post("/api/liens/inconnu/renouvellement")).status_code == 404


async def test_the_same_link_gives_the_same_token_and_the_base_keeps_none(
    people: People, database: Database
) -> None:
    lien, token = await people.lien(await people.tiers())
    async with session_scope() as session:
        secret = link_secret(await people.services.keyring.cabinet(session))
    assert token_of(secret, str(lien.id)) == token
    assert len(token) == 43
    (row,) = database.connection.execute("SELECT lien::text FROM lien").fetchall()
    assert token not in row[0]
    assert "Zoé" not in row[0]


async def test_a_participant_session_replaces_the_user_s_in_that_browser(people: People) -> None:
    firm = await people.tiers()
    user = await people.user(Role.CLIENT, firm)
    browser = await people.login(user)
    former = browser.cookies[cookie_name()]
    _, token = await people.lien(firm)
    assert (await browser.post(f"/api/liens/{token}")).json()["role"] == "participant"
    other = people.browser()
    other.cookies.set(cookie_name(), former)
    assert (await other.get("/api/moi")).status_code == 401
