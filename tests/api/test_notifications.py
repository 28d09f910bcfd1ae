"""Notifications outside of the portal: choices, quiet hours, the day's summary, Web Push (NOT-01 to NOT-04, NOT-14)."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from activities import notifier
from activities.notices import ASKING
from activities.push import PushRefusedError, checked
from activities.send_courriel import send_courriel
from cli.services.keys import new_vapid_key
from store import notification
from store.appareil import Appareil
from store.base import now
from store.demarche import Demarche, Effet
from store.envoi import Envoi
from store.preference import PARIS, Choix, type_of
from store.session import session_scope
from store.utilisateur import Role
from tests.api.conftest import Cabinet, Letters, key, ok, png
from tests.fakes.push_service import PushService
from tests.people import Browser
from tests.reglages import regle
from workflows.engine.turn import MESSAGE

TYPES = ("a_faire", "messages", "avancement")


@pytest.fixture
def service() -> Iterator[PushService]:
    """A push service, and an installation that sends to it."""
    given = {"ELASKA_VAPID_PRIVATE_KEY": new_vapid_key(), "ELASKA_PUSH_PRIVATE_ADDRESSES": "true"}
    with regle(**given), PushService() as running:
        yield running


async def tell(cabinet: Cabinet, texte: str, code: str = "commentaire") -> None:
    async with session_scope() as session:
        cipher = await cabinet.people.services.keyring.load(session, cabinet.tiers.id)
        await notification.notify(
            session,
            cipher,
            cabinet.manager.id,
            type=code,
            texte=texte,
            lien="/demarches/1",
            origine=str(uuid.uuid4()),
        )


async def go(cabinet: Cabinet, at: datetime | None = None) -> None:
    """What the worker does, at that instant."""
    keyring = cabinet.people.services.keyring
    while await notifier.plan(at):
        pass
    while await notifier.deliver(keyring, at):
        pass


async def choose(cabinet: Cabinet, courriel: str, push: str = "immediat", **more: Any) -> None:
    body = {
        "types": [{"type": type_, "courriel": courriel, "push": push} for type_ in TYPES],
        "recapitulatif": "08:00",
        "silence": None,
    } | more
    assert (await cabinet.client.put("/api/moi/notifications", json=body)).status_code == 200


async def states() -> list[tuple[str, str]]:
    async with session_scope() as session:
        rows = (await session.exec(select(Envoi).order_by(col(Envoi.created_at)))).all()
    return [(row.canal, row.etat) for row in rows]


async def test_a_client_gets_the_summary_of_the_day_unless_asked_otherwise(
    cabinet: Cabinet, letters: Letters
) -> None:
    seen = await ok(cabinet.client.get("/api/moi/notifications"))
    assert {(each["courriel"], each["push"]) for each in seen["types"]} == {("quotidien", "immediat")}
    assert (seen["recapitulatif"], seen["silence"], seen["cle_push"]) == ("08:00:00", None, None)
    staff = await ok(cabinet.staff.get("/api/moi/notifications"))
    assert {each["courriel"] for each in staff["types"]} == {"jamais"}
    await tell(cabinet, "Le contrat est prêt.")
    await tell(cabinet, "Une question sur le RIB.")
    await go(cabinet)
    assert letters.to(cabinet.manager.email) == []
    await go(cabinet, now() + timedelta(days=1))
    (mail,) = letters.to(cabinet.manager.email)
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Le contrat est prêt." in text and "Une question sur le RIB." in text
    # Told once.
    await go(cabinet, now() + timedelta(days=2))
    assert len(letters.to(cabinet.manager.email)) == 1
    assert await states() == [("courriel", "fait")] * 2
    listed = (await ok(cabinet.client.get("/api/notifications")))["items"]
    assert [[(each["canal"], each["etat"]) for each in item["envois"]] for item in listed] == [
        [("courriel", "fait")]
    ] * 2


async def test_what_was_read_meanwhile_is_not_sent(cabinet: Cabinet, letters: Letters) -> None:
    await tell(cabinet, "Le contrat est prêt.")
    await go(cabinet)
    await ok(cabinet.client.put("/api/notifications/lues", json={}))
    await go(cabinet, now() + timedelta(days=1))
    assert letters.to(cabinet.manager.email) == []
    assert await states() == [("courriel", "sans_objet")]


async def test_an_address_that_no_server_takes_stops_nobody_else(cabinet: Cabinet, letters: Letters) -> None:
    people = cabinet.people
    wrong = await people.user(Role.CLIENT, cabinet.tiers, email="sophie@exemplé.fr")
    for user in (wrong, cabinet.manager):
        async with session_scope() as session:
            cipher = await people.services.keyring.load(session, cabinet.tiers.id)
            await notification.notify(
                session, cipher, user.id, type="commentaire", texte="Bonjour", lien="/", origine="x"
            )
    await go(cabinet)
    await go(cabinet, now() + timedelta(days=2))
    async with session_scope() as session:
        rows = (await session.exec(select(Envoi).where(Envoi.canal == "courriel"))).all()
    assert {row.utilisateur_id: row.etat for row in rows} == {wrong.id: "echec", cabinet.manager.id: "fait"}
    assert [str(mail["to"]) for mail in letters.received] == [cabinet.manager.email]


async def unread(browser: Browser) -> list[str]:
    page = await ok(browser.get("/api/notifications", params={"non_lues": True}))
    return [item["texte"] for item in page["items"]]


async def test_what_was_done_meanwhile_is_no_longer_unread(cabinet: Cabinet) -> None:
    """Whoever does it: the bell asks nobody for what is done already (NOT-13)."""
    asked = "Un document est attendu\u00a0: «\u00a0Plan\u00a0»."
    given = "À valider\u00a0: «\u00a0Plan\u00a0»."
    refused = "«\u00a0Plan\u00a0» est à refaire\u00a0: Il manque une page."
    assigned = "Nouvelle tâche\u00a0: «\u00a0Signer le plan\u00a0»."
    id_ = await cabinet.dossier()
    _, colleague = await cabinet.people.staff(Role.RESPONSABLE)
    path = f"/api/demarches/{id_}"
    await ok(cabinet.staff.post(f"{path}/pieces", json={"titre": "Plan", "de": "manager"}, headers=key()))
    piece = next(each for each in (await cabinet.view(id_))["pieces"] if each["titre"] == "Plan")
    plan = f"{path}/pieces/{piece['id']}"

    async def deposits() -> None:
        files = {"fichiers": ("plan.png", png(), "image/png")}
        await ok(cabinet.client.post(f"{plan}/depots", files=files, headers=key()))

    assert asked in await unread(cabinet.client)
    await deposits()
    assert asked not in await unread(cabinet.client)
    assert (await unread(cabinet.staff)).count(given) == 1
    told = (await ok(cabinet.staff.get("/api/notifications")))["items"]
    assert {each["client"] for each in told} == {cabinet.tiers.nom}, "staff read whom it is about"
    await ok(colleague.post(f"{plan}/refus", json={"motif": "Il manque une page."}, headers=key()))
    assert given not in await unread(cabinet.staff)
    assert refused in await unread(cabinet.client)
    await deposits()
    assert refused not in await unread(cabinet.client)
    # Nobody read it: the journal, which shows who read what, does not say so.
    page = await ok(cabinet.staff.get(f"{path}/journal", params={"famille": "notification"}))
    assert {each["lu_le"] for line in page["items"] for each in line["prevenus"]} == {None}
    assert (await unread(cabinet.staff)).count(given) == 1
    await ok(colleague.post(f"{plan}/validation", json={}, headers=key()))
    assert given not in await unread(cabinet.staff)

    tache = {"titre": "Signer le plan", "pour": "manager"}
    await ok(cabinet.staff.post(f"{path}/taches", json=tache, headers=key()))
    assert assigned in await unread(cabinet.client)
    for _ in range(2):
        question = {"nature": "commentaire", "message": "Quel étage ?", "a": "manager"}
        await ok(cabinet.staff.post(f"{path}/actions", json=question, headers=key()))
    awaited = [
        each["id"] for each in (await cabinet.view(id_))["actions"] if each["statut"] == "attente_client"
    ]
    for left, action in zip((2, 0), awaited, strict=True):
        files = {"message": (None, "Le deuxième")}
        await ok(cabinet.client.post(f"{path}/actions/{action}/reponse", files=files, headers=key()))
        assert sum("Votre réponse est attendue" in each for each in await unread(cabinet.client)) == left
    (task,) = [each for each in (await cabinet.view(id_))["taches"] if each["titre"] == "Signer le plan"]
    await ok(cabinet.staff.post(f"{path}/taches/{task['id']}/fin", json={}, headers=key()))
    assert assigned not in await unread(cabinet.client)


async def test_nothing_is_sent_about_a_closed_modele(cabinet: Cabinet, letters: Letters) -> None:
    """SEC-15: neither the bell's mails nor those of the démarche itself, once the type is closed to the person."""
    id_ = await cabinet.dossier()
    await cabinet.quiet(id_)
    adviser = cabinet.conseiller
    choices = [{"type": type_, "courriel": "immediat", "push": "jamais"} for type_ in TYPES]
    body = {"types": choices, "recapitulatif": "08:00", "silence": None}
    await ok(cabinet.staff.put("/api/moi/notifications", json=body))
    await go(cabinet)
    letters.received.clear()
    keyring = cabinet.people.services.keyring

    async def tell_adviser(texte: str) -> None:
        async with session_scope() as session:
            demarche = await session.get_one(Demarche, uuid.UUID(id_))
            cipher = await keyring.load(session, cabinet.tiers.id)
            await notification.notify_adviser(
                session, cipher, demarche, type="commentaire", texte=texte, origine=str(uuid.uuid4())
            )

    await tell_adviser("Le contrat est prêt.")
    await go(cabinet)
    assert [mail["subject"] for mail in letters.to(adviser.email)] == ["Le contrat est prêt."]

    await tell_adviser("Le contrat est signé.")
    assert await notifier.plan()
    _, admin = await cabinet.people.staff(Role.ADMIN)
    closed = {"modeles": {"embauche": "aucun"}}
    await ok(admin.put(f"/api/parametres/droits/{adviser.id}", json=closed))
    await go(cabinet)
    assert len(letters.to(adviser.email)) == 1
    assert (await states())[-1] == ("courriel", "sans_objet")

    async with session_scope() as session:
        demarche = await session.get_one(Demarche, uuid.UUID(id_))
        row = (await session.exec(select(Effet).where(Effet.demarche_id == demarche.id))).first()
    assert row is not None
    to = {"role": "conseiller", "user_id": str(adviser.id)}
    params = {"to": to, "model": MESSAGE, "variables": {"objet": "Bonjour", "texte": "Bonjour"}}
    outcome = await send_courriel(keyring, row, demarche, params)
    assert (outcome.outcome, outcome.reason) == (
        "failed",
        "Ce type de démarche n'est plus ouvert à son destinataire.",
    )
    assert len(letters.to(adviser.email)) == 1


async def test_at_once_never_and_wrong_choices(cabinet: Cabinet, letters: Letters) -> None:
    await choose(cabinet, "immediat")
    await tell(cabinet, "Le contrat est prêt.")
    await go(cabinet)
    (mail,) = letters.to(cabinet.manager.email)
    assert mail["subject"] == "Le contrat est prêt."
    await choose(cabinet, "jamais")
    await tell(cabinet, "Autre chose.")
    await go(cabinet, now() + timedelta(days=2))
    assert len(letters.to(cabinet.manager.email)) == 1
    choices = [{"type": type_, "courriel": "jamais", "push": "jamais"} for type_ in TYPES]
    for wrong in (
        {"types": choices[:2], "recapitulatif": "08:00"},
        {"types": [choices[0]] * 3, "recapitulatif": "08:00"},
        {"types": choices, "recapitulatif": "25:00"},
        {"types": choices, "recapitulatif": "08:00", "silence": {"debut": "21:00", "fin": "21:00"}},
        {"types": [{**each, "courriel": "parfois"} for each in choices], "recapitulatif": "08:00"},
    ):
        answer = await cabinet.client.put("/api/moi/notifications", json=wrong)
        assert answer.status_code == 422, wrong


async def test_each_type_goes_by_the_channels_chosen_for_it(
    cabinet: Cabinet, letters: Letters, service: PushService
) -> None:
    """NOT-14: what is to do by push only, messages by mail at once, news in the day's summary; the bell has all."""
    browser = service.browser()
    body = browser.subscription() | {"navigateur": "Chromium sur Linux"}
    await ok(cabinet.client.post("/api/moi/appareils", json=body))
    choices = {
        "a_faire": ("jamais", "immediat"),
        "messages": ("immediat", "jamais"),
        "avancement": ("quotidien", "jamais"),
    }
    types = [{"type": t, "courriel": mail, "push": push} for t, (mail, push) in choices.items()]
    wanted: dict[str, Any] = {"types": types, "recapitulatif": "08:00", "silence": None}
    await ok(cabinet.client.put("/api/moi/notifications", json=wanted))
    for code, texte in (
        ("tache_assignee", "À faire."),
        ("commentaire", "Message."),
        ("etape", "Étape finie."),
    ):
        await tell(cabinet, texte, code)
    await go(cabinet)
    assert [message["texte"] for message in browser.received] == ["À faire."]
    assert [mail["subject"] for mail in letters.to(cabinet.manager.email)] == ["Message."]
    await go(cabinet, now() + timedelta(days=1))
    assert [mail["subject"] for mail in letters.to(cabinet.manager.email)] == ["Message.", "Étape finie."]
    assert len(browser.received) == 1
    assert (await ok(cabinet.client.get("/api/notifications")))["total"] == 3


async def test_nothing_leaves_during_quiet_hours(
    cabinet: Cabinet, letters: Letters, service: PushService
) -> None:
    """NOT-04: on no channel; what was told meanwhile leaves at their end, together."""
    browser = service.browser()
    await ok(
        cabinet.client.post("/api/moi/appareils", json=browser.subscription() | {"navigateur": "Chromium"})
    )
    await choose(cabinet, "immediat", silence={"debut": "21:00", "fin": "07:30"})
    await tell(cabinet, "Le contrat est prêt.")
    await tell(cabinet, "Une question sur le RIB.")
    tomorrow = now().astimezone(PARIS) + timedelta(days=1)

    def at(hour: int, minute: int, days: int = 0) -> datetime:
        return (tomorrow + timedelta(days=days)).replace(hour=hour, minute=minute).astimezone(UTC)

    for quiet in (at(22, 0), at(23, 59), at(7, 29, days=1)):
        await go(cabinet, quiet)
        assert (letters.to(cabinet.manager.email), browser.received) == ([], [])
    await go(cabinet, at(7, 31, days=1))
    (mail,) = letters.to(cabinet.manager.email)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Le contrat est prêt." in body.get_content() and "RIB" in body.get_content()
    assert len(browser.received) == 2


def test_what_asks_for_something_is_chosen_as_such() -> None:
    assert {code: type_of(code) for code in ASKING} == dict.fromkeys(ASKING, "a_faire")


def test_quiet_hours_and_summaries_in_paris_time() -> None:
    choix = Choix({}, time(8), (time(21), time(7, 30)))

    def leaves(rythme: Any, *civil: int) -> str:
        at = datetime(*civil, tzinfo=PARIS).astimezone(UTC)  # type: ignore[arg-type, misc]
        return choix.leaves_at(rythme, at).astimezone(PARIS).strftime("%d %H:%M")

    assert leaves("immediat", 2026, 11, 22, 12) == "22 12:00"
    assert leaves("immediat", 2026, 11, 22, 21) == "23 07:30"
    assert leaves("immediat", 2026, 11, 23, 2) == "23 07:30"
    assert leaves("immediat", 2026, 11, 23, 7, 30) == "23 07:30"
    assert leaves("quotidien", 2026, 11, 22, 7, 59) == "22 08:00"
    assert leaves("quotidien", 2026, 11, 22, 8) == "23 08:00"
    # The night when the hour changes.
    assert leaves("immediat", 2026, 3, 28, 23) == "29 07:30"
    daytime = Choix({}, time(8), (time(12), time(14)))
    assert daytime.leaves_at("immediat", datetime(2026, 11, 22, 13, tzinfo=PARIS)).hour == 14


async def test_a_push_reaches_the_browser_that_accepted_it(cabinet: Cabinet, service: PushService) -> None:
    browser = service.browser()
    seen = await ok(cabinet.client.get("/api/moi/notifications"))
    assert len(seen["cle_push"]) == 87
    body = browser.subscription() | {"navigateur": "Chromium sur Linux"}
    added = await ok(cabinet.client.post("/api/moi/appareils", json=body))
    # The same browser again is one device.
    assert await ok(cabinet.client.post("/api/moi/appareils", json=body)) == added
    await tell(cabinet, "Le RIB est à déposer à nouveau.", "piece_refusee")
    await go(cabinet)
    (message,) = browser.received
    assert (message["texte"], message["lien"]) == ("Le RIB est à déposer à nouveau.", "/demarches/1")
    assert (browser.headers["Content-Encoding"], browser.headers["TTL"]) == ("aes128gcm", "86400")
    assert browser.claims["sub"].startswith("mailto:")
    # Someone else's device is nobody's business.
    other = (await cabinet.people.client())[1]
    assert (await other.delete(f"/api/moi/appareils/{added['id']}")).status_code == 404
    assert (await cabinet.client.delete(f"/api/moi/appareils/{added['id']}")).status_code == 204
    await tell(cabinet, "Autre chose.")
    await go(cabinet)
    assert len(browser.received) == 1


async def test_a_push_service_that_fails(cabinet: Cabinet, service: PushService) -> None:
    browser = service.browser(status=503)
    body = browser.subscription() | {"navigateur": "Chromium sur Linux"}
    await ok(cabinet.client.post("/api/moi/appareils", json=body))
    await choose(cabinet, "jamais")
    await tell(cabinet, "Le contrat est prêt.")
    await go(cabinet)
    assert await states() == [("push", "en_attente")]
    browser.status = 201
    await go(cabinet, now() + timedelta(minutes=2))
    assert ([message["texte"] for message in browser.received], await states()) == (
        ["Le contrat est prêt."],
        [("push", "fait")],
    )
    # A browser that has withdrawn its acceptance is forgotten.
    browser.status = 410
    await tell(cabinet, "Autre chose.")
    await go(cabinet)
    async with session_scope() as session:
        assert (await session.exec(select(Appareil))).all() == []


async def test_an_address_of_our_own_network_is_refused(cabinet: Cabinet, service: PushService) -> None:
    for endpoint in (
        "https://127.0.0.1/push", "https://10.0.0.4/push", "https://[::1]/push", "https://169.254.169.254/latest",
        "http://push.exemple.fr/x", "https://localhost/push", "ftp://push.exemple.fr", "https://a:b@push.exemple.fr/",
    ):  # fmt: skip
        with pytest.raises(PushRefusedError):
            await checked(endpoint)
    body = service.browser().subscription() | {"navigateur": "Chromium"}
    with regle(ELASKA_PUSH_PRIVATE_ADDRESSES="false"):
        answer = await cabinet.client.post("/api/moi/appareils", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/endpoint")
        for wrong in ({"p256dh": "x"}, {"auth": "!"}, {"endpoint": "x" * 1001}):
            assert (await cabinet.client.post("/api/moi/appareils", json=body | wrong)).status_code == 422


async def test_no_push_without_keys(cabinet: Cabinet) -> None:
    with PushService() as service:
        body = service.browser().subscription() | {"navigateur": "Chromium"}
        answer = await cabinet.client.post("/api/moi/appareils", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "push_non_configure")
