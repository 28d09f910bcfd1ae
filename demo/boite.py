"""The caught mails: one `.eml` file each in a folder, the newest thousand kept."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

KEPT = 1000
ENVELOPE_HEADER = "X-Destinataires"
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True)
class Attachment:
    """A part of a mail that is a file. `size` in bytes; `content_id` names a picture shown inside the text."""

    number: int
    name: str
    type: str
    size: int
    content_id: str = ""


@dataclass(frozen=True)
class Mail:
    """A caught mail. `date` is the instant of arrival, UTC, ISO 8601."""

    id: str
    sender: str
    to: list[str]
    subject: str
    date: str
    message_id: str
    text: str
    html: str
    links: list[str]
    attachments: list[Attachment] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


class Mailbox:
    """All caught mails, read once from the folder, then kept in memory."""

    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        self.folder = folder
        self.kept = kept
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._mails = {
            file.stem: parse(file.stem, file.read_bytes()) for file in sorted(folder.glob("*.eml"))
        }

    def add(self, content: bytes, recipients: list[str]) -> Mail:
        """Write a mail down, then forget the oldest ones beyond the bound."""
        # The name sorts by arrival; its random end keeps two mails of one instant apart.
        identifier = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        envelope = f"{ENVELOPE_HEADER}: {', '.join(recipients)}\r\n".encode()
        draft = self.folder / f"{identifier}.tmp"
        draft.write_bytes(envelope + content)
        draft.replace(self.folder / f"{identifier}.eml")
        mail = parse(identifier, envelope + content)
        self._mails[identifier] = mail
        while len(self._mails) > self.kept:
            oldest = next(iter(self._mails))
            self._remove(oldest)
        return mail

    def newest_first(self, recipient: str = "") -> list[Mail]:
        """Mails whose recipient contains the given text, the newest first."""
        wanted = recipient.casefold().strip()
        found = [
            mail for mail in self._mails.values() if any(wanted in address.casefold() for address in mail.to)
        ]
        return found[::-1] if wanted else list(self._mails.values())[::-1]

    def get(self, identifier: str) -> Mail | None:
        return self._mails.get(identifier)

    def raw(self, mail: Mail) -> bytes:
        """The mail as it was received."""
        return (self.folder / f"{mail.id}.eml").read_bytes().split(b"\r\n", 1)[1]

    def file(self, mail: Mail, number: int) -> bytes:
        """Bytes of one attachment."""
        part = parts(message_of(self.raw(mail)))[number]
        payload = part.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b""

    def clear(self) -> None:
        for identifier in list(self._mails):
            self._remove(identifier)

    def _remove(self, identifier: str) -> None:
        del self._mails[identifier]
        (self.folder / f"{identifier}.eml").unlink(missing_ok=True)


def message_of(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def parts(message: EmailMessage) -> list[EmailMessage]:
    """Leaves of a mail, in order, without the body texts."""
    bodies = [message.get_body(("plain",)), message.get_body(("html",))]
    leaves = [part for part in message.walk() if isinstance(part, EmailMessage) and not part.is_multipart()]
    return [part for part in leaves if not any(part is body for body in bodies)]


def parse(identifier: str, content: bytes) -> Mail:
    """Read a stored mail; a malformed part shows as empty rather than hiding the rest."""
    message = message_of(content)
    plain, html = (body_text(message, kind) for kind in ("plain", "html"))
    attachments = [
        Attachment(
            number=number,
            name=part.get_filename() or "sans-nom",
            type=part.get_content_type(),
            size=len(part.get_payload(decode=True) or b""),
            content_id=str(part.get("Content-ID", "")).strip("<> "),
        )
        for number, part in enumerate(parts(message))
    ]
    arrival = datetime.fromtimestamp(int(identifier.split("-")[0]) / 1e9, UTC)
    return Mail(
        id=identifier,
        sender=str(message.get("From", "")),
        to=[
            address.strip() for address in str(message.get(ENVELOPE_HEADER, "")).split(",") if address.strip()
        ],
        subject=str(message.get("Subject", "")),
        date=arrival.isoformat(timespec="milliseconds"),
        message_id=str(message.get("Message-ID", "")).strip(),
        text=plain,
        html=html,
        links=links_of(plain, html),
        attachments=attachments,
    )


def body_text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, KeyError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


class LinkReader(HTMLParser):
    """Collects the addresses of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def links_of(text: str, html: str) -> list[str]:
    """Web addresses of a mail, each once, in reading order."""
    reader = LinkReader()
    reader.feed(html)
    found = [link for link in reader.found if link.startswith(("http://", "https://"))]
    return list(dict.fromkeys(found + WEB_ADDRESS.findall(text)))
