"""The mail catcher: what is sent is there, readable, and cannot run anything in the reader's browser."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from cli.stack import Stack
from demo.boite import Mailbox
from tests.conftest import private_folder


@pytest.fixture(scope="module")
def catcher() -> Iterator[Stack]:
    with private_folder() as folder, Stack(folder / "donnees", services={"courriels"}) as stack:
        yield stack


def mail(to: str, subject: str = "Votre dossier d’embauche") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "eLaska <ne-pas-repondre@elaska.localhost>"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<{to}-{subject.replace(' ', '-').encode().hex()[:20]}@elaska.localhost>"
    message.set_content("Bonjour Zoé,\nhttps://exemple.fr/lien?jeton=1\nÀ bientôt.")
    message.add_alternative(
        '<p>Bonjour Zoé</p><a href="http://127.0.0.1:8000/l/abc">Ouvrir</a>'
        '<img src="cid:logo"><script>alert(1)</script>',
        subtype="html",
    )
    html = message.get_body(("html",))
    assert html is not None
    html.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<logo>")
    message.add_attachment(
        b"%PDF-1.7", maintype="application", subtype="pdf", filename="Contrat à signer.pdf"
    )
    return message


def send(stack: Stack, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", stack.ports["smtp"]) as client:
        client.send_message(message)


def caught(stack: Stack, to: str) -> list[dict[str, object]]:
    answer = httpx.get(f"{stack.mail_url}/api/courriels", params={"a": to})
    found: list[dict[str, object]] = answer.json()
    return found


def test_a_mail_is_kept_whole(catcher: Stack) -> None:
    send(catcher, mail("zoe@exemple.fr"))
    [found] = caught(catcher, "ZOE@exemple")
    assert found["to"] == ["zoe@exemple.fr"]
    assert found["subject"] == "Votre dossier d’embauche"
    assert str(found["message_id"]).startswith("<zoe@exemple.fr-")
    assert found["links"] == ["http://127.0.0.1:8000/l/abc", "https://exemple.fr/lien?jeton=1"]
    assert "À bientôt" in str(found["text"])
    assert httpx.get(f"{catcher.mail_url}/api/courriels/{found['id']}").json() == found


def test_newest_first_and_searched_by_recipient(catcher: Stack) -> None:
    for subject in ("premier", "second"):
        send(catcher, mail("marc@exemple.fr", subject))
    assert [row["subject"] for row in caught(catcher, "marc@")] == ["second", "premier"]
    page = httpx.get(catcher.mail_url, params={"a": "marc@"}).text
    assert page.index("second") < page.index("premier")
    assert "zoe@" not in page
    assert "Aucun courriel pour" in httpx.get(catcher.mail_url, params={"a": "personne@"}).text


def test_nothing_of_a_mail_runs_in_the_browser(catcher: Stack) -> None:
    send(catcher, mail("hostile@exemple.fr", "<script>alert(2)</script>"))
    [found] = caught(catcher, "hostile@")
    view = httpx.get(f"{catcher.mail_url}/courriels/{found['id']}")
    assert "<script>alert(2)" not in view.text
    assert 'sandbox="allow-popups' in view.text
    assert "script-src" not in view.headers["content-security-policy"]
    body = httpx.get(f"{catcher.mail_url}/courriels/{found['id']}/html")
    policy = body.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


def test_attachments_and_pictures(catcher: Stack) -> None:
    send(catcher, mail("pieces@exemple.fr"))
    [found] = caught(catcher, "pieces@")
    files = found["attachments"]
    assert isinstance(files, list)
    [contract] = [item for item in files if item["name"] == "Contrat à signer.pdf"]
    answer = httpx.get(f"{catcher.mail_url}/courriels/{found['id']}/pieces/{contract['number']}")
    assert answer.content == b"%PDF-1.7"
    assert answer.headers["content-disposition"].startswith("attachment;")
    [logo] = [item for item in files if item["content_id"] == "logo"]
    body = httpx.get(f"{catcher.mail_url}/courriels/{found['id']}/html").text
    assert f'src="/courriels/{found["id"]}/pieces/{logo["number"]}"' in body


def test_unknown_mail_and_unknown_attachment(catcher: Stack) -> None:
    for path in ("courriels/rien", "courriels/rien/html", "api/courriels/rien", "courriels/rien/pieces/0"):
        assert httpx.get(f"{catcher.mail_url}/{path}").status_code == 404
    send(catcher, mail("sans@exemple.fr"))
    [found] = caught(catcher, "sans@")
    assert httpx.get(f"{catcher.mail_url}/courriels/{found['id']}/pieces/99").status_code == 404


async def test_mails_survive_a_kill(catcher: Stack) -> None:
    await asyncio.to_thread(send, catcher, mail("durable@exemple.fr"))
    await asyncio.to_thread(catcher.kill, "courriels")
    await asyncio.to_thread(catcher.start, "courriels")
    assert len(caught(catcher, "durable@")) == 1


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    box = Mailbox(tmp_path, kept=3)
    for number in range(5):
        box.add(mail("a@b.fr", f"n{number}").as_bytes(), ["a@b.fr"])
    assert [item.subject for item in box.newest_first()] == ["n4", "n3", "n2"]
    assert len(list(tmp_path.glob("*.eml"))) == 3
    assert [item.subject for item in Mailbox(tmp_path).newest_first()] == ["n4", "n3", "n2"]
