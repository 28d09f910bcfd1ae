"""Mails that come back after they were accepted: « Non remis » in the journal (NOT-07), by RFC 3464."""

import imaplib
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlmodel import select

from activities import notifier, retours
from activities.effects import _already
from store.base import now
from store.demarche import Effet
from store.session import session_scope
from tests.api.conftest import Cabinet, Letters, key, ok
from tests.fakes.imap import PASSWORD, USER, FakeImap
from tests.reglages import regle


@pytest.fixture
def mailbox() -> Iterator[FakeImap]:
    """A mailbox, and an installation that reads it."""
    with FakeImap() as running:
        given = {
            "ELASKA_IMAP_HOST": "127.0.0.1",
            "ELASKA_IMAP_PORT": str(running.port),
            "ELASKA_IMAP_USER": USER,
            "ELASKA_IMAP_PASSWORD": PASSWORD,
            "ELASKA_IMAP_TLS": "none",
        }
        with regle(**given):
            yield running


def bounce(
    message_id: str, *, action: str = "failed", status: str = "5.2.2", whole: bool = False, copy: bool = True
) -> bytes:
    """What a far server answers, with the mail that came back (`whole`) or its headers only."""
    parts = [
        "Content-Type: text/plain\n\nYour message could not be delivered. Action: failed",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; loin.example\n\n"
        f"Final-Recipient: rfc822; quelquun@loin.example\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 552 <quelquun@loin.example> mailbox full",
    ]
    original = f"Message-ID: {message_id}\nSubject: Bonjour\n"
    if copy:
        kind = "message/rfc822" if whole else "text/rfc822-headers"
        parts.append(f"Content-Type: {kind}\n\n{original}" + ("\nÀ jeudi.\n" if whole else ""))
    head = (
        "From: MAILER-DAEMON@loin.example\nSubject: Undelivered Mail Returned to Sender\n"
        f"In-Reply-To: {message_id}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n'
    )
    text = head + "".join(f"\n--b\n{part}\n" for part in parts) + "\n--b--\n"
    return text.replace("\n", "\r\n").encode()


async def mailed(cabinet: Cabinet, letters: Letters) -> tuple[str, EmailMessage]:
    """A démarche, and the mail that its conseiller has just written to the manager."""
    id_ = await cabinet.dossier()
    await cabinet.quiet(id_)
    letters.received.clear()
    mail = {"a": "manager", "objet": "Votre rendez-vous", "texte": "À jeudi."}
    await ok(cabinet.staff.post(f"/api/demarches/{id_}/courriels", json=mail, headers=key()))
    await cabinet.quiet(id_)
    (sent,) = letters.to(cabinet.manager.email)
    return id_, sent


def test_what_a_letter_says() -> None:
    id_ = "<a1@elaska.localhost>"
    full = retours.Retour(id_, "La boîte du destinataire est pleine (code 5.2.2).")
    assert retours.read(bounce(id_)) == full
    assert retours.read(bounce(id_, whole=True)) == full
    assert retours.read(bounce(id_, copy=False)) == full
    for status, words in (
        ("5.1.1", "Cette adresse n'existe pas ou plus (code 5.1.1)."),
        ("5.1.10", "Cette adresse n'existe pas ou plus (code 5.1.10)."),
        ("5.2.23", "La boîte du destinataire n'accepte plus d'emails (code 5.2.23)."),
        ("4.4.7", "Le serveur du destinataire n'a pas répondu à temps (code 4.4.7)."),
        ("<b>", "Le serveur du destinataire l'a refusé."),
    ):
        found = retours.read(bounce(id_, status=status))
        assert found is not None and found.raison == words
    # A delay is no failure; a letter of somebody, an automatic answer, bytes of any kind are none of ours.
    for other in (
        bounce(id_, action="delayed"),
        bounce(id_, action="delivered"),
        b"Subject: Bonjour\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n",
        b"\x00\xff" * 40,
        b"",
    ):
        assert retours.read(other) is None


async def test_a_mail_that_came_back_is_told_in_the_journal(
    cabinet: Cabinet, letters: Letters, mailbox: FakeImap
) -> None:
    id_, sent = await mailed(cabinet, letters)

    async def told() -> list[tuple[str, str | None]]:
        page = await ok(cabinet.staff.get(f"/api/demarches/{id_}/journal", params={"famille": "courriel"}))
        return [(line["titre"], line["non_remis"]) for line in page["items"]]

    titre = f"Email envoyé à {cabinet.manager.nom_complet}"
    assert (titre, None) in await told()
    mailbox.receive(b"Subject: Absence\r\n\r\nJe reviens lundi.\r\n")
    foreign = mailbox.receive(bounce("<inconnu@ailleurs.example>"))
    # The same letter twice is one return.
    ours = [mailbox.receive(bounce(str(sent["Message-ID"]))) for _ in range(2)]
    keyring = cabinet.people.services.keyring
    assert await retours.collect(keyring) == 1
    assert mailbox.seen == {foreign, *ours}
    assert await retours.collect(keyring) == 0

    full = "La boîte du destinataire est pleine (code 5.2.2)."
    assert (titre, full) in await told()
    page = await ok(cabinet.staff.get(f"/api/demarches/{id_}/journal", params={"famille": "courriel"}))
    line = next(line for line in page["items"] if line["non_remis"])
    kept = await ok(cabinet.staff.get(f"/api/demarches/{id_}/journal/{line['id']}/courriel"))
    assert (kept["etat"], kept["erreur"]) == ("non_remis", full)
    bell = (await ok(cabinet.staff.get("/api/notifications")))["items"]
    (warned,) = [each for each in bell if each["type"] == retours.TYPE]
    assert "«\u00a0Votre rendez-vous\u00a0»" in warned["texte"] and full in warned["texte"]
    # For the démarche it did leave: nothing is done again.
    async with session_scope() as session:
        query = select(Effet).where(Effet.message_id == str(sent["Message-ID"]))
        row = (await session.exec(query)).one()
        assert (await _already(session, keyring, str(row.id))).outcome == "done"


async def test_a_notification_that_came_back(cabinet: Cabinet, letters: Letters, mailbox: FakeImap) -> None:
    words = {"texte": "Le cabinet ferme tôt jeudi."}
    path = f"/api/tiers/{cabinet.tiers.id}/notifications"
    await ok(cabinet.staff.post(path, json=words, headers=key()))
    keyring = cabinet.people.services.keyring
    while await notifier.plan():
        pass
    while await notifier.deliver(keyring, now() + timedelta(days=1)):
        pass
    (sent,) = letters.to(cabinet.manager.email)
    mailbox.receive(bounce(str(sent["Message-ID"]), status="5.1.1"))
    assert await retours.collect(keyring) == 1
    (line,) = (await ok(cabinet.staff.get(path)))["items"]
    (envoi,) = line["prevenus"][0]["envois"]
    assert (envoi["etat"], envoi["erreur"]) == ("echec", "Cette adresse n'existe pas ou plus (code 5.1.1).")


async def test_a_letter_that_the_server_cannot_give_waits_for_the_next_time(
    cabinet: Cabinet, letters: Letters, mailbox: FakeImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sent = await mailed(cabinet, letters)
    # Whole handfuls of them keep nobody from reading those that come after.
    monkeypatch.setattr(retours, "AT_ONCE", 1)
    ours = mailbox.receive(bounce(str(sent["Message-ID"])))
    gone = mailbox.receive(bounce("<disparu@ailleurs.example>"))
    other = mailbox.receive(bounce("<inconnu@ailleurs.example>"))
    mailbox.refused, mailbox.gone = {ours}, {gone}
    keyring = cabinet.people.services.keyring
    assert await retours.collect(keyring) == 0
    assert mailbox.seen == {other}
    mailbox.refused.clear()
    assert await retours.collect(keyring) == 1
    assert mailbox.seen == {ours, other}


async def test_a_letter_made_to_break_its_reader_hides_nothing(cabinet: Cabinet, mailbox: FakeImap) -> None:
    """Nested without end, or with a Message-ID that no database takes; what is not a report is left unread."""
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 3_000
    report = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
    poisons = {
        mailbox.receive(report + nested + b"\r\n--b--\r\n"),
        mailbox.receive(bounce("<a\x00b@loin.example>")),
        mailbox.receive(bounce("<inconnu@loin.example>")),
    }
    mailbox.receive(b"From: quelquun@loin.example\r\nContent-Type: text/plain\r\n\r\nBonjour.")
    assert await retours.collect(cabinet.people.services.keyring) == 0
    assert mailbox.seen == poisons


async def test_a_mailbox_that_refuses_us_or_none_at_all(cabinet: Cabinet, mailbox: FakeImap) -> None:
    keyring = cabinet.people.services.keyring
    with regle(ELASKA_IMAP_PASSWORD="un autre"), pytest.raises(imaplib.IMAP4.error) as refused:
        await retours.collect(keyring)
    assert "un autre" not in str(refused.value)
    with regle(ELASKA_IMAP_HOST=None):
        assert await retours.collect(keyring) == 0
