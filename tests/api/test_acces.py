"""Access to the portal by mail (SEC-02 to SEC-04): invitations, forgotten passwords, links used, expired, withdrawn."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from activities import acces as mails
from api.security.sessions import CSRF_HEADER
from store import acces, notification, totp
from store.acces import Acces
from store.audit import Audit
from store.base import now
from store.connexion import SessionConnexion
from store.session import session_scope
from store.tiers import Tiers, TypeTiers
from store.utilisateur import Rattachement, Role, Utilisateur
from tests.api.conftest import Letters, key, ok, statements
from tests.conftest import Database
from tests.people import PASSWORD, Browser, People
from tests.reglages import regle

NEW = "violon-tortue-orage-cannelle"
SOPHIE = {"prenom": "Sophie", "nom": "Martin", "email": "Sophie.Martin@exemple.fr ", "fonction": "Gérante"}
ADDRESS = "sophie.martin@exemple.fr"


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.security.sessions.CACHE_SECONDS", 0.0)


async def firm(people: People) -> tuple[Tiers, Browser, Utilisateur]:
    """A client company, and its adviser."""
    adviser, staff = await people.staff(nom="Lefèvre", prenom="Julien")
    return await people.tiers(conseiller_id=adviser.id), staff, adviser


async def post_office(people: People) -> None:
    """What the worker does."""
    while await mails.deliver(people.services.keyring):
        pass


def token_in(letters: Letters, address: str = ADDRESS) -> str:
    """The secret of the last mail received."""
    body = letters.to(address)[-1].get_body(("plain",))
    assert body is not None
    found = re.search(r"/acces/([A-Za-z0-9_-]{43})", body.get_content())
    assert found
    return found[1]


async def invite(people: People, letters: Letters) -> tuple[Tiers, Browser, dict[str, Any], str]:
    tiers, staff, _ = await firm(people)
    person = await ok(staff.post(f"/api/tiers/{tiers.id}/acces", json=SOPHIE))
    await post_office(people)
    return tiers, staff, person, token_in(letters)


async def choose(browser: Browser, token: str, password: str = NEW) -> httpx.Response:
    return await browser.post(f"/api/acces/{token}", json={"mot_de_passe": password})


async def login(browser: Browser, email: str, password: str) -> httpx.Response:
    return await browser.post("/api/connexion", json={"email": email, "mot_de_passe": password})


async def forget(browser: Browser, email: str) -> httpx.Response:
    return await browser.post("/api/connexion/oubli", json={"email": email})


async def change(token: str, **fields: object) -> None:
    async with session_scope() as session:
        row = await acces.by_token(session, token)
        assert row is not None
        row.sqlmodel_update(fields)
        session.add(row)


async def refused(browser: Browser, token: str) -> tuple[int, str]:
    """What both ways of following a link answer."""
    seen = await browser.get(f"/api/acces/{token}")
    used = await choose(browser, token)
    assert (seen.status_code, seen.json()["code"]) == (used.status_code, used.json()["code"])
    assert "set-cookie" not in used.headers
    return seen.status_code, seen.json()["code"]


async def test_from_the_invitation_to_the_portal(people: People, letters: Letters) -> None:
    tiers, staff, person, token = await invite(people, letters)
    assert (person["email"], person["etat"], person["envoi"]) == (ADDRESS, "invite", "en_attente")
    (mail,) = letters.to(ADDRESS)
    body = mail.get_body(("plain",))
    assert body is not None and tiers.nom in body.get_content() and "Julien Lefèvre" in body.get_content()
    listed = await ok(staff.get(f"/api/tiers/{tiers.id}/acces"))
    assert [(each["etat"], each["envoi"], each["fonction"]) for each in listed] == [
        ("invite", "fait", "Gérante")
    ]
    phone = people.browser()
    seen = await ok(phone.get(f"/api/acces/{token}"))
    assert (seen["prenom"], seen["email"], seen["motif"]) == ("Sophie", ADDRESS, "invitation")
    for weak in ("court", "motdepasse123456", "sophie.martin@exemple.fr"):
        answer = await choose(phone, token, weak)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/mot_de_passe")
    me = (await ok(choose(phone, token)))["utilisateur"]
    assert [each["id"] for each in me["tiers"]] == [str(tiers.id)]
    assert (await phone.get("/api/moi")).status_code == 200
    phone.headers[CSRF_HEADER] = me["csrf"]
    assert (await phone.delete("/api/session")).status_code == 204
    assert (await login(phone, ADDRESS, NEW)).status_code == 200
    (seen,) = await ok(staff.get(f"/api/tiers/{tiers.id}/acces"))
    assert seen["etat"] == "actif" and seen["vu_le"] is not None
    # A second browser that has the mail finds nothing.
    assert await refused(people.browser(), token) == (410, "lien_utilise")


async def test_two_browsers_at_once_choose_one_password(people: People, letters: Letters) -> None:
    *_, token = await invite(people, letters)
    answers = await asyncio.gather(
        *(choose(people.browser(), token, f"{NEW}-{word}") for word in ("un", "deux", "trois", "quatre"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]


async def test_expired_replaced_unknown(people: People, letters: Letters) -> None:
    tiers, staff, person, first = await invite(people, letters)
    await ok_202(staff.post(f"/api/tiers/{tiers.id}/acces/{person['id']}/lien"))
    assert await refused(people.browser(), first) == (410, "lien_revoque")
    await post_office(people)
    second = token_in(letters)
    assert second != first
    await change(second, expires_at=now() - timedelta(seconds=1))
    assert await refused(people.browser(), second) == (410, "lien_expire")
    (seen,) = await ok(staff.get(f"/api/tiers/{tiers.id}/acces"))
    assert (seen["etat"], seen["expire_le"]) == ("jamais_connecte", None)
    # Whose invitation has expired asks for another one alone.
    assert (await forget(people.browser(), ADDRESS)).status_code == 202
    await post_office(people)
    assert (await ok(people.browser().get(f"/api/acces/{token_in(letters)}")))["motif"] == "invitation"
    for unknown in ("inconnu", "x" * 43, "é" * 100):
        assert await refused(people.browser(), unknown) == (404, "lien_inconnu")


async def ok_202(call: Any) -> Any:
    answer: httpx.Response = await call
    assert answer.status_code == 202, answer.text
    return answer.json()


async def test_withdrawn(people: People, letters: Letters) -> None:
    tiers, staff, person, token = await invite(people, letters)
    path = f"/api/tiers/{tiers.id}/acces/{person['id']}"
    assert (await staff.delete(path)).status_code == 204
    assert await refused(people.browser(), token) == (410, "lien_revoque")
    assert (await staff.delete(path)).status_code == 404
    # Invited again: a new link, and in.
    await ok(staff.post(f"/api/tiers/{tiers.id}/acces", json=SOPHIE))
    await post_office(people)
    phone = people.browser()
    await ok(choose(phone, token_in(letters)))
    assert (await staff.delete(path)).status_code == 204
    assert (await phone.get("/api/moi")).status_code == 401
    assert (await login(people.browser(), ADDRESS, NEW)).status_code == 401
    sent = len(letters.to(ADDRESS))
    assert (await forget(people.browser(), ADDRESS)).status_code == 202
    await post_office(people)
    assert len(letters.to(ADDRESS)) == sent
    assert await ok(staff.get(f"/api/tiers/{tiers.id}/acces")) == []


async def test_someone_of_two_clients_keeps_the_other(people: People, letters: Letters) -> None:
    tiers, staff, adviser = await firm(people)
    other = await people.tiers("Garage Petit", conseiller_id=adviser.id)
    user = await people.user(Role.CLIENT, tiers, email=ADDRESS, password=PASSWORD, prenom="Anne")
    theirs = await people.login(user)
    given = await ok(staff.post(f"/api/tiers/{other.id}/acces", json=SOPHIE))
    # Their name, their password and their session are their own.
    assert (given["prenom"], given["envoi"]) == ("Anne", None)
    await post_office(people)
    assert letters.to(ADDRESS) == []
    seen = (await ok(theirs.get("/api/moi")))["tiers"]
    assert {each["id"] for each in seen} == {str(tiers.id), str(other.id)}
    again = await staff.post(f"/api/tiers/{other.id}/acces", json=SOPHIE)
    assert (again.status_code, again.json()["code"]) == (409, "acces_existant")
    async with session_scope() as session:
        for each in (tiers, other):
            cipher = await people.services.keyring.load(session, each.id)
            await notification.notify(
                session, cipher, user.id, type="commentaire", texte=each.nom, origine="x"
            )
    assert (await staff.delete(f"/api/tiers/{other.id}/acces/{user.id}")).status_code == 204
    seen = (await ok(theirs.get("/api/moi")))["tiers"]
    assert [each["id"] for each in seen] == [str(tiers.id)]
    assert (await theirs.get(f"/api/tiers/{other.id}")).status_code == 404
    # What the bell said of it goes with it.
    told = (await ok(theirs.get("/api/notifications")))["items"]
    assert [each["texte"] for each in told] == [tiers.nom]


async def test_the_same_invitation_twice_is_one(people: People, letters: Letters) -> None:
    tiers, staff, _ = await firm(people)
    headers = key()
    path = f"/api/tiers/{tiers.id}/acces"
    given = await ok(staff.post(path, json=SOPHIE, headers=headers))
    assert await ok(staff.post(path, json=SOPHIE, headers=headers)) == given
    await post_office(people)
    assert len(letters.to(ADDRESS)) == 1
    answer = await staff.post(path, json=SOPHIE | {"nom": "Durand"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "cle_reutilisee")


async def test_inviting_somebody_of_a_colleague_s_client_tells_nothing_of_them(people: People) -> None:
    tiers, staff, _ = await firm(people)
    user = await people.user(
        Role.CLIENT, await people.tiers("Garage Petit"), email=ADDRESS, password=PASSWORD, prenom="Anne"
    )
    await people.login(user)
    given = await ok(staff.post(f"/api/tiers/{tiers.id}/acces", json=SOPHIE))
    assert (given["prenom"], given["nom"], given["vu_le"]) == ("Sophie", "Martin", None)


async def test_who_is_refused(people: People) -> None:
    tiers, staff, adviser = await firm(people)
    path = f"/api/tiers/{tiers.id}/acces"
    answer = await staff.post(path, json=SOPHIE | {"email": adviser.email})
    assert (answer.status_code, answer.json()["code"]) == (409, "adresse_du_cabinet")
    for wrong in ("sophie", "sophie@exemple.fr.", "sophie@exemplé.fr"):
        answer = await staff.post(path, json=SOPHIE | {"email": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/email")
    # The client of another adviser does not exist.
    _, stranger = await people.staff()
    user = await people.user(Role.CLIENT, tiers)
    for method, where in [
        ("GET", path),
        ("POST", path),
        ("POST", f"{path}/{user.id}/lien"),
        ("DELETE", f"{path}/{user.id}"),
    ]:
        body = SOPHIE if (method, where) == ("POST", path) else None
        assert (await stranger.request(method, where, json=body)).status_code == 404
    # Nor does somebody of another client, by the way of one's own.
    elsewhere = await people.user(Role.CLIENT, await people.tiers("Garage Petit"))
    assert (await staff.post(f"{path}/{elsewhere.id}/lien")).status_code == 404
    async with session_scope() as session:
        assert await session.get(Rattachement, (user.id, tiers.id)) is not None


async def test_a_forgotten_password(people: People, letters: Letters) -> None:
    user = await people.user(Role.CLIENT, await people.tiers(), email=ADDRESS, password=PASSWORD)
    elsewhere, phone = await people.login(user), people.browser()
    for _ in range(5):
        await login(phone, ADDRESS, "faux")
    assert (await login(phone, ADDRESS, PASSWORD)).status_code == 429
    assert (await forget(phone, f" {ADDRESS.upper()}")).status_code == 202
    await post_office(people)
    assert "mot de passe" in letters.to(ADDRESS)[-1]["subject"]
    await ok(choose(phone, token_in(letters)))
    # The other sessions are over, the former password too, and nobody waits.
    assert (await elsewhere.get("/api/moi")).status_code == 401
    assert (await login(people.browser(), ADDRESS, PASSWORD)).status_code == 401
    assert (await login(people.browser(), ADDRESS, NEW)).status_code == 200


async def test_staff_still_give_their_second_factor(people: People, letters: Letters) -> None:
    user = await people.user(Role.CONSEILLER, email=ADDRESS, password=PASSWORD)
    async with session_scope() as session:
        totp.enrol(
            user, await people.services.keyring.cabinet(session), seed := totp.new_seed(), confirmed=True
        )
        session.add(user)
    browser = people.browser()
    await forget(browser, ADDRESS)
    await post_office(people)
    answer = await choose(browser, token_in(letters))
    assert (answer.status_code, answer.json()["utilisateur"]) == (200, None)
    assert "set-cookie" not in answer.headers
    async with session_scope() as session:
        assert (await session.exec(select(SessionConnexion))).all() == []
    assert (await login(browser, ADDRESS, NEW)).status_code == 202
    code = totp.code_at(seed, now())
    assert (await browser.post("/api/connexion/totp", json={"code": code})).status_code == 200


async def test_nothing_tells_whether_an_address_is_known(people: People, letters: Letters) -> None:
    """The same answer, and the same statements: the mail leaves elsewhere."""
    await people.user(Role.CLIENT, await people.tiers(), email=ADDRESS, password=PASSWORD)
    await people.user(Role.CLIENT, email="retire@exemple.fr", actif=False)
    await forget(people.browser(), "premiere@exemple.fr")
    seen = []
    for address in (ADDRESS, "personne@exemple.fr", "retire@exemple.fr", "pas une adresse"):
        with statements() as sent:
            answer = await forget(people.browser(), address)
        seen.append((answer.status_code, answer.json(), sent))
    assert seen[0] == seen[1] == seen[2] == seen[3]
    await post_office(people)
    assert [str(mail["to"]) for mail in letters.received] == [ADDRESS]


async def test_asking_is_slowed_down_for_an_unknown_address_too(people: People) -> None:
    for address in (ADDRESS, "personne@exemple.fr"):
        answers = [(await forget(people.browser(), address)).status_code for _ in range(5)]
        assert answers == [202] * 3 + [429] * 2


async def test_the_mail_waits_for_a_server_that_is_away(people: People, letters: Letters) -> None:
    tiers, staff, _ = await firm(people)
    keyring = people.services.keyring
    with regle(ELASKA_SMTP_PORT="1"):
        await ok(staff.post(f"/api/tiers/{tiers.id}/acces", json=SOPHIE))
        assert await mails.deliver(keyring)
        assert not await mails.deliver(keyring)
    (seen,) = await ok(staff.get(f"/api/tiers/{tiers.id}/acces"))
    assert (seen["etat"], seen["envoi"]) == ("invite", "en_attente")
    later = now() + timedelta(minutes=2)
    assert await mails.deliver(keyring, later)
    (seen,) = await ok(staff.get(f"/api/tiers/{tiers.id}/acces"))
    assert seen["envoi"] == "fait"
    async with session_scope() as session:
        row = (await session.exec(select(Acces))).one()
    # Its days are counted from the moment it left.
    assert row.expires_at == later + timedelta(days=7)
    await ok(choose(people.browser(), token_in(letters)))


async def test_an_address_that_no_server_takes_stops_nobody_else(people: People, letters: Letters) -> None:
    tiers, staff, _ = await firm(people)
    wrong = ("a@exemple.fr.", "b@exemple..fr", "c@exemplé.fr")
    for address in wrong:
        await people.user(Role.CLIENT, tiers, email=address, password=PASSWORD)
        assert (await forget(people.browser(), address)).status_code == 202
    await ok(staff.post(f"/api/tiers/{tiers.id}/acces", json=SOPHIE))
    await post_office(people)
    assert [str(mail["to"]) for mail in letters.received] == [ADDRESS]
    listed = await ok(staff.get(f"/api/tiers/{tiers.id}/acces"))
    assert {each["email"]: each["envoi"] for each in listed} == dict.fromkeys(wrong, "echec") | {
        ADDRESS: "fait"
    }


async def test_anybody_may_ask_and_kills_no_invitation(people: People, letters: Letters) -> None:
    """Who knows an address does not take from its owner the link that they have not followed yet."""
    *_, first = await invite(people, letters)
    assert (await forget(people.browser(), ADDRESS)).status_code == 202
    await post_office(people)
    # Without a password yet, they are invited again: none of theirs is said to remain good.
    mail = letters.to(ADDRESS)[-1]
    assert mail["subject"] == letters.to(ADDRESS)[0]["subject"]
    second = token_in(letters)
    async with session_scope() as session:
        row = await acces.by_token(session, second)
        assert row is not None and row.expires_at > now() + timedelta(days=6)
    await ok(people.browser().get(f"/api/acces/{first}"))
    await ok(choose(people.browser(), first))
    # The password chosen, the other link would give it away for seven days.
    assert await refused(people.browser(), second) == (410, "lien_revoque")


async def test_a_person_alone_is_not_invited_for_themselves(people: People, letters: Letters) -> None:
    adviser, staff = await people.staff()
    tiers = await people.tiers("Martin Sophie", type=TypeTiers.PARTICULIER, conseiller_id=adviser.id)
    await ok(staff.post(f"/api/tiers/{tiers.id}/acces", json=SOPHIE))
    await post_office(people)
    body = letters.to(ADDRESS)[0].get_body(("plain",))
    assert body is not None and "Martin Sophie" not in body.get_content()


async def test_the_secret_is_kept_nowhere(people: People, letters: Letters, database: Database) -> None:
    tiers, staff, person, token = await invite(people, letters)
    await choose(people.browser(), token)
    await refused(people.browser(), token)
    await staff.delete(f"/api/tiers/{tiers.id}/acces/{person['id']}")
    for table in ("acces", "audit", "session_connexion"):
        rows = database.connection.execute(f"SELECT {table}::text FROM {table}").fetchall()
        assert rows and all(token not in row[0] for row in rows)
    async with session_scope() as session:
        lines = (await session.exec(select(Audit).order_by(col(Audit.seq)))).all()
    assert [line.action for line in lines] == [
        "acces.inviter",
        "acces.ouvrir",
        "acces.lien_refuse",
        "acces.retirer",
    ]
    assert {line.client_id for line in lines} == {tiers.id}


async def test_old_links_are_forgotten(people: People, letters: Letters) -> None:
    *_, token = await invite(people, letters)
    await forget(people.browser(), "personne@exemple.fr")
    async with session_scope() as session:
        await acces.sweep(session)
        rows = (await session.exec(select(Acces))).all()
        assert len(rows) == 2
        for row in rows:
            row.expires_at = now() - (acces.KEPT if row.utilisateur_id else timedelta(seconds=1))
            session.add(row)
        await session.flush()
        await acces.sweep(session)
        assert (await session.exec(select(Acces))).all() == []
    assert await refused(people.browser(), token) == (404, "lien_inconnu")
