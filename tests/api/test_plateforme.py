"""Mails handed to an outside platform: signed, in order, retried for a day, never inside our own network (NOT-06)."""

import asyncio
import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from activities import plateforme as sending
from activities.plateforme import REFUSALS, deliver_next, delivering
from store import plateforme
from store.base import now
from store.demarche import Effet
from store.notification import Notification
from store.plateforme import Livraison
from store.session import session_scope
from store.utilisateur import Role
from tests.api.conftest import Cabinet, Json, Letters, ok
from tests.fakes.plateforme import PlateformeLocale, plateforme_locale
from tests.people import Browser
from tests.reglages import regle

ROOT = "/api/parametres/plateforme"


@pytest.fixture
def locale() -> Iterator[PlateformeLocale]:
    """A platform next door, which only the settings of tests allow."""
    with regle(ELASKA_PLATEFORME_PRIVEE="true"), plateforme_locale() as made:
        yield made


async def turned_on(cabinet: Cabinet, locale: PlateformeLocale) -> tuple[Browser, str]:
    """An administrator, and the secret they were told."""
    _, admin = await cabinet.people.staff(Role.ADMIN)
    answer = await ok(admin.put(ROOT, json={"actif": True, "url": locale.url}))
    return admin, answer["secret"]


async def handed(cabinet: Cabinet, count: int) -> list[uuid.UUID]:
    """Mails of a démarche put in the line by hand, after its own have left."""
    opened = await cabinet.open()
    await cabinet.quiet(opened["id"])
    async with session_scope() as session:
        cipher = await cabinet.people.services.keyring.load(session, cabinet.tiers.id)
        made = []
        for rank in range(count):
            effet = Effet(
                id=uuid.uuid4(), demarche_id=uuid.UUID(opened["id"]), client_id=cabinet.tiers.id,
                kind="courriel", etat="en_cours", contenu=b"", created_at=now(),
            )  # fmt: skip
            session.add(effet)
            await session.flush()
            await plateforme.hand_over(
                session, cipher, effet_id=effet.id, demarche_id=effet.demarche_id, type="essai",
                message={"rang": rank}, at=now(),
            )  # fmt: skip
            made.append(effet.id)
    return made


async def states(ids: list[uuid.UUID]) -> list[str]:
    async with session_scope() as session:
        rows = {
            row.id: row for row in await session.exec(select(Livraison).where(col(Livraison.id).in_(ids)))
        }
    return [rows[id_].etat for id_ in ids]


def ranks(locale: PlateformeLocale) -> list[int]:
    return [each.message["rang"] for each in locale.received]


async def test_a_mail_of_a_demarche_is_posted_signed_and_not_sent(
    cabinet: Cabinet, locale: PlateformeLocale, letters: Letters
) -> None:
    admin, secret = await turned_on(cabinet, locale)
    async with delivering(cabinet.people.services.keyring):
        opened = await cabinet.open()
        await cabinet.quiet(opened["id"])
    [taken] = [each for each in locale.received if each.message["type"] == "demande_recue"]
    id_, at = taken.headers["webhook-id"], taken.headers["webhook-timestamp"]
    assert abs(int(at) - time.time()) < 120
    key_ = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key_, f"{id_}.{at}.".encode() + taken.body, hashlib.sha256).digest()
    assert taken.headers["webhook-signature"] == "v1," + base64.b64encode(signed).decode()
    message = taken.message
    assert message["id"] == id_ and message["destinataire"]["email"] == cabinet.manager.email
    assert message["variables"]["reference_dossier"] in message["texte"] + message["objet"]
    assert message["qr"]["adresse"].endswith(opened["id"])
    assert message["qr"]["image"].startswith("data:image/png;base64,")
    assert cabinet.manager.email is not None and letters.to(cabinet.manager.email) == []
    log: list[Json] = await ok(admin.get(f"{ROOT}/livraisons"))
    [line] = [line for line in log if line["id"] == id_]
    assert (line["etat"], line["statut"], line["tentatives"]) == ("fait", 204, 1)
    async with session_scope() as session:
        row = await session.get_one(Livraison, uuid.UUID(id_))
        assert row.contenu == b"", "nothing of it is kept twice"
        effet = await session.get_one(Effet, uuid.UUID(id_))
        assert effet.etat == "fait"


async def test_in_order_and_those_behind_wait(cabinet: Cabinet, locale: PlateformeLocale) -> None:
    ids = await handed(cabinet, 3)
    await turned_on(cabinet, locale)
    keyring = cabinet.people.services.keyring
    locale.answers = [500, 503]
    at = now()
    assert await deliver_next(keyring, at)
    assert not await deliver_next(keyring, at), "the first one waits, and all the others with it"
    assert await deliver_next(keyring, at + timedelta(seconds=31))
    assert not await deliver_next(keyring, at + timedelta(seconds=70)), "twice as long each time"
    later = at + timedelta(minutes=5)
    while await deliver_next(keyring, later):
        pass
    assert ranks(locale) == [0, 0, 0, 1, 2]
    assert len({each.headers["webhook-id"] for each in locale.received[:3]}) == 1
    assert await states(ids) == ["fait"] * 3


async def test_after_a_day_it_turns_itself_off_and_warns(cabinet: Cabinet, locale: PlateformeLocale) -> None:
    ids = await handed(cabinet, 2)
    admin, _ = await turned_on(cabinet, locale)
    keyring = cabinet.people.services.keyring
    at: datetime = now()
    end = at + timedelta(days=2)
    locale.answers = [500] * 200
    while at < end and (await ok(admin.get(ROOT)))["actif"]:
        await deliver_next(keyring, at)
        at += timedelta(minutes=30)
    tried = len(locale.received)
    assert 20 < tried < 60 and set(ranks(locale)) == {0}
    seen = await ok(admin.get(ROOT))
    assert not seen["actif"] and seen["desactivee_le"] and "depuis un jour" in seen["motif"]
    assert await states(ids) == ["abandonnee", "en_attente"]
    async with session_scope() as session:
        told = (await session.exec(select(Notification).where(Notification.type == "alerte"))).all()
    assert [notice.lien for notice in told] == ["/console/parametres"]
    assert not await deliver_next(keyring, at)
    # Turned on again, what waited leaves.
    locale.answers = []
    await ok(admin.put(ROOT, json={"actif": True, "url": locale.url}))
    assert await deliver_next(keyring, at)
    assert await states(ids) == ["abandonnee", "fait"]


async def test_a_message_refused_does_not_hold_the_others(cabinet: Cabinet, locale: PlateformeLocale) -> None:
    ids = await handed(cabinet, REFUSALS + 2)
    admin, _ = await turned_on(cabinet, locale)
    locale.answers = [422, 204, *[422] * REFUSALS]
    while await deliver_next(cabinet.people.services.keyring):
        pass
    assert await states(ids) == ["refusee", "fait", *["refusee"] * REFUSALS]
    seen = await ok(admin.get(ROOT))
    assert not seen["actif"] and "de suite" in seen["motif"]


async def test_never_followed_nor_waited_for_long(
    cabinet: Cabinet, locale: PlateformeLocale, monkeypatch: pytest.MonkeyPatch
) -> None:
    await handed(cabinet, 1)
    admin, _ = await turned_on(cabinet, locale)
    locale.answers = [302]
    assert (await ok(admin.post(f"{ROOT}/essai")))["erreur"] == "Réponse 302."
    assert len(locale.received) == 1
    locale.hold.clear()
    monkeypatch.setattr(sending, "TIMEOUT_S", 0.3)
    assert await deliver_next(cabinet.people.services.keyring)
    # The worker hands its own mails to the same line.
    [line] = [line for line in await ok(admin.get(f"{ROOT}/livraisons")) if line["erreur"]]
    assert (line["etat"], line["erreur"]) == ("en_attente", "Pas de réponse à temps.")


async def test_never_inside_our_own_network(cabinet: Cabinet) -> None:
    _, admin = await cabinet.people.staff(Role.ADMIN)
    for url in (
        "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.8/x", "https://169.254.169.254/latest",
        "https://localhost/x", "http://93.184.215.14/x", "ftp://93.184.215.14/x", "https://a:b@93.184.215.14/", "",
    ):  # fmt: skip
        answer = await admin.put(ROOT, json={"actif": True, "url": url})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url"), url
    # A name that has led there since: refused when it is called too.
    said = await sending.post(
        "https://localhost:9/x", "whsec_" + base64.b64encode(b"x" * 32).decode(), "1", {}
    )
    assert said.statut is None and said.erreur is not None and said.erreur.startswith("Adresse refusée")
    answer = await admin.put(ROOT, json={"actif": False, "url": "", "secret": "court"})
    assert answer.json()["errors"][0]["pointer"] == "/secret"


async def test_turned_off_by_hand_what_was_not_offered_leaves_as_any_mail(
    cabinet: Cabinet, locale: PlateformeLocale, letters: Letters
) -> None:
    admin, _ = await turned_on(cabinet, locale)
    opened = await cabinet.open()
    async with asyncio.timeout(20):
        while not await ok(admin.get(f"{ROOT}/livraisons")):
            await asyncio.sleep(0.05)
    await ok(admin.put(ROOT, json={"actif": False, "url": locale.url}))
    await cabinet.quiet(opened["id"])
    assert cabinet.manager.email is not None and len(letters.to(cabinet.manager.email)) == 1
    assert locale.received == []
