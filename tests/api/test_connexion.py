"""Logging in (SEC-01 to SEC-04, SEC-13): second factor, sessions, throttling, cross-site protection."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from passlib.hash import argon2
from sqlmodel import select

from api.security import sessions as sessions_module
from api.security.sessions import CSRF_HEADER, cookie_name
from store import audit, totp
from store.base import now
from store.connexion import SessionConnexion, Tentative
from store.session import session_scope
from store.utilisateur import Role, Utilisateur
from tests.api.conftest import statements
from tests.conftest import Database
from tests.people import PASSWORD, Browser, People


async def login(browser: Browser, user: Utilisateur, password: str = PASSWORD) -> httpx.Response:
    return await browser.post("/api/connexion", json={"email": user.email, "mot_de_passe": password})


async def seed_of(people: People, user: Utilisateur) -> str:
    async with session_scope() as session:
        row = await session.get_one(Utilisateur, user.id)
        seed = totp.seed_of(row, await people.services.keyring.cabinet(session))
    assert seed is not None
    return seed


async def enrolled(people: People, role: Role = Role.CONSEILLER) -> tuple[Utilisateur, str]:
    user = await people.user(role, password=PASSWORD)
    seed = totp.new_seed()
    async with session_scope() as session:
        totp.enrol(user, await people.services.keyring.cabinet(session), seed, confirmed=True)
        session.add(user)
    return user, seed


class TestClient:
    async def test_logs_in_with_a_password(self, people: People) -> None:
        firm = await people.tiers()
        user = await people.user(Role.CLIENT, firm, password=PASSWORD, nom="Bellanger", prenom="Camille")
        browser = people.browser()
        answer = await browser.post(
            "/api/connexion", json={"email": f" {user.email.upper()} ", "mot_de_passe": PASSWORD}
        )
        assert answer.status_code == 200
        me = answer.json()["utilisateur"]
        assert me["initiales"] == "CB"
        assert me["tiers"] == [{"id": str(firm.id), "nom": firm.nom, "type": "entreprise"}]
        assert (await browser.get("/api/moi")).json() == me

    async def test_cookie_is_out_of_reach_of_scripts_and_other_sites(self, people: People) -> None:
        user = await people.user(Role.CLIENT, password=PASSWORD)
        cookie = (await login(people.browser(), user)).headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "path=/" in cookie

    async def test_database_keeps_no_usable_token(self, people: People, database: Database) -> None:
        user = await people.user(Role.CLIENT, password=PASSWORD)
        browser = people.browser()
        await login(browser, user)
        token = browser.cookies[cookie_name()]
        (stored,) = database.connection.execute(
            "SELECT session_connexion::text FROM session_connexion"
        ).fetchall()
        assert token not in stored[0]

    @pytest.mark.parametrize("case", ["unknown", "wrong", "inactive", "no password"])
    async def test_refusals_all_look_the_same(self, people: People, case: str) -> None:
        user = await people.user(
            Role.CLIENT,
            actif=case != "inactive",
            **({} if case == "no password" else {"password": PASSWORD}),
        )
        answer = await people.browser().post(
            "/api/connexion",
            json={
                "email": "personne@exemple.fr" if case == "unknown" else user.email,
                "mot_de_passe": "faux" if case == "wrong" else PASSWORD,
            },
        )
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "type": "/problemes/identifiants_invalides",
            "title": "Connexion refusée",
            "status": 401,
            "code": "identifiants_invalides",
            "detail": "L'adresse ou le mot de passe n'est pas le bon.",
        }
        assert "set-cookie" not in answer.headers

    async def test_a_second_factor_chosen_by_a_client_is_asked(self, people: People) -> None:
        user, seed = await enrolled(people, Role.CLIENT)
        browser = people.browser()
        assert (await login(browser, user)).status_code == 202
        code = totp.code_at(seed, now())
        assert (await browser.post("/api/connexion/totp", json={"code": code})).status_code == 200

    async def test_old_hashes_are_renewed(self, people: People) -> None:
        family: Any = argon2
        former = family.using(type="ID", time_cost=2, memory_cost=32, parallelism=1).hash(PASSWORD)
        user = await people.user(Role.CLIENT, password_hash=former)
        assert (await login(people.browser(), user)).status_code == 200
        async with session_scope() as session:
            row = await session.get_one(Utilisateur, user.id)
        assert row.password_hash is not None
        assert "m=64,t=1" in row.password_hash
        assert (await login(people.browser(), user)).status_code == 200


class TestSecondFactor:
    async def test_first_time_enrols(self, people: People) -> None:
        user = await people.user(Role.CONSEILLER, password=PASSWORD)
        browser = people.browser()
        first = await login(browser, user)
        assert first.status_code == 202
        step = first.json()
        assert step["etape"] == "totp_inscription"
        seed = await seed_of(people, user)
        assert f"secret={seed}" in step["uri"]
        assert step["qr"].lstrip().startswith(("<?xml", "<svg"))
        assert (await login(people.browser(), user)).json()["uri"] == step["uri"]
        answer = await browser.post("/api/connexion/totp", json={"code": totp.code_at(seed, now())})
        assert answer.status_code == 200
        assert answer.json()["utilisateur"]["role"] == "conseiller"
        again = (await login(people.browser(), user)).json()
        assert again == {"etape": "totp", "uri": None, "qr": None}

    async def test_seed_is_encrypted(self, people: People, database: Database) -> None:
        _, seed = await enrolled(people)
        (row,) = database.connection.execute("SELECT utilisateur::text, totp FROM utilisateur").fetchall()
        assert seed not in row[0]
        assert seed.encode() not in bytes(row[1])

    async def test_a_pending_login_opens_nothing(self, people: People) -> None:
        user, _ = await enrolled(people)
        browser = people.browser()
        await login(browser, user)
        assert (await browser.get("/api/moi")).status_code == 401
        assert (await browser.get("/api/equipe")).status_code == 401

    async def test_token_changes_at_the_second_step(self, people: People) -> None:
        user, seed = await enrolled(people)
        browser = people.browser()
        await login(browser, user)
        before = browser.cookies[cookie_name()]
        await browser.post("/api/connexion/totp", json={"code": totp.code_at(seed, now())})
        assert browser.cookies[cookie_name()] != before
        stale = people.browser()
        stale.cookies.set(cookie_name(), before)
        assert (await stale.get("/api/moi")).status_code == 401

    async def test_a_code_is_good_once_even_at_the_same_moment(self, people: People) -> None:
        user, seed = await enrolled(people)
        browsers = [people.browser() for _ in range(5)]
        for browser in browsers:
            await login(browser, user)
        code = totp.code_at(seed, now())
        answers = await asyncio.gather(
            *(b.post("/api/connexion/totp", json={"code": code}) for b in browsers)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]

    @pytest.mark.parametrize("code", ["000000", "", "abcdef", "12345"])
    async def test_wrong_code(self, people: People, code: str) -> None:
        user, _ = await enrolled(people)
        browser = people.browser()
        await login(browser, user)
        answer = await browser.post("/api/connexion/totp", json={"code": code})
        assert answer.status_code == 401
        assert answer.json()["code"] == "code_invalide"

    async def test_a_code_out_of_date_is_refused(self, people: People) -> None:
        user, seed = await enrolled(people)
        browser = people.browser()
        await login(browser, user)
        code = totp.code_at(seed, now() - timedelta(minutes=5))
        assert (await browser.post("/api/connexion/totp", json={"code": code})).status_code == 401

    async def test_a_code_without_a_login_is_refused(self, people: People) -> None:
        assert (
            await people.browser().post("/api/connexion/totp", json={"code": "123456"})
        ).status_code == 401
        _, browser = await people.client()
        assert (await browser.post("/api/connexion/totp", json={"code": "123456"})).status_code == 401

    async def test_codes_are_throttled_by_account(self, people: People) -> None:
        user, seed = await enrolled(people)
        browser = people.browser()
        await login(browser, user)
        for _ in range(5):
            assert (await browser.post("/api/connexion/totp", json={"code": "000000"})).status_code == 401
        answer = await browser.post("/api/connexion/totp", json={"code": totp.code_at(seed, now())})
        assert answer.status_code == 429


class TestThrottling:
    async def test_five_failures_then_one_waits(self, people: People) -> None:
        user = await people.user(Role.CLIENT, password=PASSWORD)
        for _ in range(5):
            assert (await login(people.browser(), user, "faux")).status_code == 401
        answer = await login(people.browser(), user)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 30
        assert answer.json()["code"] == "trop_d_essais"
        assert "secondes" in answer.json()["detail"]

    async def test_guesses_sent_all_at_once_count_as_many(self, people: People) -> None:
        user = await people.user(Role.CLIENT, password=PASSWORD)
        answers = await asyncio.gather(*(login(people.browser(), user, "faux") for _ in range(12)))
        assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7

    async def test_an_office_that_logs_in_does_not_wait(self, people: People) -> None:
        user = await people.user(Role.CLIENT, password=PASSWORD)
        for _ in range(32):
            assert (await login(people.browser(), user)).status_code == 200

    async def test_unknown_accounts_are_throttled_alike(self, people: People) -> None:
        body = {"email": "personne@exemple.fr", "mot_de_passe": "x"}
        answers = [(await people.browser().post("/api/connexion", json=body)).status_code for _ in range(6)]
        assert answers == [401] * 5 + [429]

    async def test_waits_grow_then_end(self, people: People, database: Database) -> None:
        user = await people.user(Role.CLIENT, password=PASSWORD)
        waits = []
        for _ in range(12):
            await login(people.browser(), user, "faux")
            (row,) = database.connection.execute(
                "SELECT extract(epoch FROM bloque_jusqu_a - dernier) FROM tentative WHERE cle LIKE 'compte:%'"
            ).fetchall()
            waits.append(int(row[0] or 0))
            database.connection.execute("UPDATE tentative SET bloque_jusqu_a = NULL")
        assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
        assert (await login(people.browser(), user)).status_code == 200
        async with session_scope() as session:
            left = (await session.exec(select(Tentative.cle))).all()
        assert [cle for cle in left if cle.startswith("compte:")] == []

    async def test_one_address_trying_many_accounts_waits(self, people: People, database: Database) -> None:
        for index in range(30):
            body = {"email": f"p{index}@exemple.fr", "mot_de_passe": "x"}
            assert (await people.browser().post("/api/connexion", json=body)).status_code == 401
        user = await people.user(Role.CLIENT, password=PASSWORD)
        assert (await login(people.browser(), user)).status_code == 429

    async def test_no_email_is_kept_in_counters(self, people: People, database: Database) -> None:
        await people.browser().post("/api/connexion", json={"email": "zoe@exemple.fr", "mot_de_passe": "x"})
        rows = database.connection.execute("SELECT tentative::text FROM tentative").fetchall()
        assert rows
        assert not any("zoe" in row[0] for row in rows)


class TestSession:
    async def test_logout_ends_it_on_the_server(self, people: People) -> None:
        _, browser = await people.client()
        token = browser.cookies[cookie_name()]
        assert (await browser.get("/api/moi")).status_code == 200
        assert (await browser.delete("/api/session")).status_code == 204
        thief = people.browser()
        thief.cookies.set(cookie_name(), token)
        assert (await thief.get("/api/moi")).status_code == 401

    async def test_requests_at_once_share_one_reading(self, people: People) -> None:
        _, browser = await people.client()
        with statements() as sent:
            answers = await asyncio.gather(*(browser.get("/api/moi") for _ in range(8)))
        assert [answer.status_code for answer in answers] == [200] * 8
        assert len([each for each in sent if "FROM session_connexion" in each]) == 1
        browser.cookies.set(cookie_name(), "faux")
        answers = await asyncio.gather(*(browser.get("/api/moi") for _ in range(8)))
        assert [answer.status_code for answer in answers] == [401] * 8

    @pytest.mark.parametrize(
        "change", [{"expires_at": now() - timedelta(seconds=1)}, {"last_seen_at": now() - timedelta(hours=9)}]
    )
    async def test_absolute_and_idle_expiry(self, people: People, change: dict[str, Any]) -> None:
        _, browser = await people.client()
        async with session_scope() as session:
            row = (await session.exec(select(SessionConnexion))).one()
            row.sqlmodel_update(change)
            session.add(row)
        assert (await browser.get("/api/moi")).status_code == 401

    async def test_a_deactivated_user_is_out(self, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sessions_module, "CACHE_SECONDS", 0.0)
        user, browser = await people.client()
        assert (await browser.get("/api/moi")).status_code == 200
        async with session_scope() as session:
            row = await session.get_one(Utilisateur, user.id)
            row.actif = False
            session.add(row)
        assert (await browser.get("/api/moi")).status_code == 401

    @pytest.mark.parametrize("token", [None, "", "faux", "é"])
    async def test_commands_need_the_csrf_token(self, people: People, token: str | None) -> None:
        _, browser = await people.client()
        del browser.headers[CSRF_HEADER]
        headers = {} if token is None else {CSRF_HEADER: token.encode()}
        answer = await browser.put("/api/notifications/lues", json={}, headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 403
        assert answer.json()["code"] == "csrf"

    async def test_the_csrf_token_of_another_session_is_refused(self, people: People) -> None:
        _, mine = await people.client()
        _, other = await people.client()
        mine.headers[CSRF_HEADER] = other.headers[CSRF_HEADER]
        assert (await mine.put("/api/notifications/lues", json={})).status_code == 403

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://mal.example"},
        ],
    )
    async def test_another_site_cannot_log_somebody_in(self, people: People, headers: dict[str, str]) -> None:
        user = await people.user(Role.CLIENT, password=PASSWORD)
        body = {"email": user.email, "mot_de_passe": PASSWORD}
        answer = await people.browser().post("/api/connexion", json=body, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers

    async def test_our_own_pages_can(self, people: People) -> None:
        user = await people.user(Role.CLIENT, password=PASSWORD)
        body = {"email": user.email, "mot_de_passe": PASSWORD}
        for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://test"}):
            assert (
                await people.browser().post("/api/connexion", json=body, headers=headers)
            ).status_code == 200


class TestPassword:
    async def change(self, browser: Browser, current: str, new: str) -> httpx.Response:
        return await browser.put("/api/moi/mot-de-passe", json={"actuel": current, "nouveau": new})

    async def test_change_ends_other_sessions(self, people: People) -> None:
        user, browser = await people.client(password=PASSWORD)
        other = await people.login(user)
        assert (await other.get("/api/moi")).status_code == 200
        answer = await self.change(browser, PASSWORD, "girafe-moulin-orage-sept")
        assert answer.status_code == 200
        assert (await other.get("/api/moi")).status_code == 401
        assert (await browser.get("/api/moi")).status_code == 200
        assert (await login(people.browser(), user, PASSWORD)).status_code == 401
        assert (await login(people.browser(), user, "girafe-moulin-orage-sept")).status_code == 200

    @pytest.mark.parametrize(
        ("new", "says"),
        [
            ("court", "12 caractères"),
            ("azertyuiop12", "deviner"),
            ("motdepasse2024", "deviner"),
            ("aaaaaaaaaaaaaa", "deviner"),
            ("camille.durand@exemple.fr", "deviner"),
            ("x" * 129, "128"),
        ],
    )
    async def test_weak_ones_are_refused(self, people: People, new: str, says: str) -> None:
        _, browser = await people.client(password=PASSWORD, email="camille.durand@exemple.fr")
        answer = await self.change(browser, PASSWORD, new)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/nouveau"
        assert says in error["detail"]

    async def test_the_current_one_is_asked_and_its_guessing_throttled(self, people: People) -> None:
        _, browser = await people.client(password=PASSWORD)
        for _ in range(5):
            assert (await self.change(browser, "faux", "girafe-moulin-orage-sept")).status_code == 422
        assert (await self.change(browser, PASSWORD, "girafe-moulin-orage-sept")).status_code == 429


async def test_logins_and_refusals_are_in_the_access_log(people: People) -> None:
    user = await people.user(Role.CLIENT, password=PASSWORD)
    await login(people.browser(), user, "faux")
    await login(people.browser(), user)
    async with session_scope() as session:
        rows = (await session.exec(select(audit.Audit).order_by(audit.Audit.seq))).all()  # type: ignore[arg-type]
        assert [(row.action, row.acteur, row.objet_id) for row in rows] == [
            ("connexion.refusee", "inconnu", str(user.id)),
            ("connexion", f"utilisateur/{user.id}", str(user.id)),
        ]
        assert all(row.ip == "127.0.0.1" for row in rows)
        assert await audit.first_break(session) is None
