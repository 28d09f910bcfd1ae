"""Mails that come back: accepted by our server, then refused further on (RFC 3464).

They are read over IMAP in a mailbox kept for them. What the journal says of the mail is then « Non remis » (NOT-07).
"""

from __future__ import annotations

import asyncio
import email
import imaplib
import logging
import re
import ssl
import uuid
from collections.abc import Collection, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from email.message import Message
from typing import Literal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.beside import repeating
from store import courriel, notification
from store.crypto import Keyring
from store.demarche import Demarche, Effet
from store.envoi import Envoi
from store.session import session_scope
from store.settings import settings

_log = logging.getLogger("elaska.retours")
EVERY_S = 120.0
AT_ONCE = 50
READ_MAX = 256 * 1024
"""Bytes read of a letter: what says why comes first, then the headers of the mail that came back."""
TIMEOUT_S = 20.0
REPORT = "multipart/report"
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f]{1,200}>")
TYPE = "effet_en_echec"

# RFC 3463, from the most precise. The words of the far server are not kept: they hold addresses.
_REASONS = (
    ("5.1", "Cette adresse n'existe pas ou plus."),
    ("5.2.2", "La boîte du destinataire est pleine."),
    ("5.2.3", "Cet email est trop gros pour la boîte du destinataire."),
    ("5.2", "La boîte du destinataire n'accepte plus d'emails."),
    ("5.3.4", "Cet email est trop gros pour le serveur du destinataire."),
    ("5.4", "Le serveur du destinataire est injoignable."),
    ("5.7", "Le serveur du destinataire refuse nos emails."),
    ("4", "Le serveur du destinataire n'a pas répondu à temps."),
)


@dataclass(frozen=True, slots=True)
class Retour:
    """A mail that did not reach its reader: its Message-ID, and why in words."""

    message_id: str
    raison: str


def read(raw: bytes) -> Retour | None:
    """What a letter says came back; None for anything else, a mere delay included."""
    letter = email.message_from_bytes(raw)
    if letter.get_content_type() != REPORT or letter.get_param("report-type") != "delivery-status":
        return None
    failed = [
        str(block.get("Status", "")).split(" ")[0]
        for part in letter.walk()
        if part.get_content_type() == "message/delivery-status"
        for block in part.walk()
        if str(block.get("Action", "")).strip().casefold() == "failed"
    ]
    message_id = next(_originals(letter), None)
    if not failed or message_id is None:
        return None
    return Retour(message_id, _reason(failed[0].strip()))


def _originals(letter: Message) -> Iterator[str]:
    """Message-IDs of the mail that came back: of its copy, else what the letter answers."""
    for part in letter.walk():
        kind = part.get_content_type()
        copy: Message | None = None
        if kind == "message/rfc822" and part.is_multipart():
            found = part.get_payload(0)
            copy = found if isinstance(found, Message) else None
        elif kind == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            copy = email.message_from_bytes(content) if isinstance(content, bytes) else None
        if copy is not None:
            yield from _MESSAGE_ID.findall(str(copy.get("Message-ID", "")))[:1]
    for name in ("In-Reply-To", "References"):
        yield from _MESSAGE_ID.findall(str(letter.get(name, "")))[-1:]


def _reason(status: str) -> str:
    words = next((words for prefix, words in _REASONS if f"{status}.".startswith(f"{prefix}.")), None)
    words = words or "Le serveur du destinataire l'a refusé."
    return f"{words[:-1]} (code {status})." if re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}", status) else words


# --- the mailbox


@dataclass(frozen=True, slots=True)
class ImapSettings:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: Literal["none", "starttls", "tls"] = "tls"
    folder: str = "INBOX"


def imap_settings() -> ImapSettings | None:
    """The mailbox of this installation; None when it has none."""
    conf = settings()
    if conf.imap_host is None or conf.imap_user is None or conf.imap_password is None:
        return None
    return ImapSettings(
        conf.imap_host,
        conf.imap_port,
        conf.imap_user,
        conf.imap_password.get_secret_value(),
        conf.imap_tls,
        conf.imap_folder,
    )


class Mailbox:
    """One connection; each method blocks."""

    def __init__(self, conf: ImapSettings) -> None:
        context = ssl.create_default_context()
        if conf.tls == "tls":
            self._box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                conf.host, conf.port, ssl_context=context, timeout=TIMEOUT_S
            )
        else:
            self._box = imaplib.IMAP4(conf.host, conf.port, timeout=TIMEOUT_S)
        try:
            if conf.tls == "starttls":
                self._box.starttls(context)
            self._box.login(conf.user, conf.password)
            status, _ = self._box.select(f'"{conf.folder}"')
            if status != "OK":
                raise imaplib.IMAP4.error("dossier introuvable")
        except BaseException:
            self._box.shutdown()
            raise

    def unread(self, tried: Collection[str]) -> dict[str, bytes | None]:
        """The first reports that nobody has read, by number, but those already tried; reading does not mark them, and
        other letters are left to their readers. None for one that did not come: the server is short of breath, or it
        was taken away meanwhile."""
        _, found = self._box.uid("SEARCH", "UNSEEN", "HEADER", "Content-Type", REPORT)
        numbers = [number for number in (found[0] or b"").decode().split() if number not in tried]
        return {number: self._letter(number) for number in numbers[:AT_ONCE]}

    def _letter(self, number: str) -> bytes | None:
        status, parts = self._box.uid("FETCH", number, f"(BODY.PEEK[]<0.{READ_MAX}>)")
        if status != "OK":
            return None
        return next((part[1] for part in parts if isinstance(part, tuple)), None)

    def mark(self, number: str) -> None:
        """It has been read."""
        status, _ = self._box.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")
        if status != "OK":
            raise imaplib.IMAP4.error("lettre impossible à marquer")

    def close(self) -> None:
        self._box.shutdown()


# --- what it changes


async def collect(keyring: Keyring) -> int:
    """Read the letters that arrived; how many mails had come back. A letter is marked once what it says is kept; one
    that did not come stays unread for the next time."""
    conf = imap_settings()
    if conf is None:
        return 0
    count = 0
    tried: set[str] = set()
    box = await asyncio.to_thread(Mailbox, conf)
    try:
        while letters := await asyncio.to_thread(box.unread, tried):
            tried |= letters.keys()
            for number, raw in letters.items():
                if raw is None:
                    continue
                if (retour := _read_safely(raw)) is not None:
                    count += await came_back(keyring, retour)
                await asyncio.to_thread(box.mark, number)
    finally:
        await asyncio.to_thread(box.close)
    return count


def _read_safely(raw: bytes) -> Retour | None:
    """Anybody may write to this mailbox: a letter made to break its reader must not hide those behind it."""
    try:
        return read(raw)
    except Exception as error:
        _log.warning("a report that cannot be read: %s", type(error).__name__)
        return None


async def came_back(keyring: Keyring, retour: Retour) -> bool:
    """Keep it: on the mail of a démarche, whose adviser is told, or on the notifications that left in one mail. False
    when no mail of ours is meant, or when it was already known."""
    async with session_scope() as session:
        query = select(Effet).where(
            Effet.message_id == retour.message_id, col(Effet.etat).in_(("fait", "incertain"))
        )
        row = (await session.exec(query.with_for_update())).one_or_none()
        if row is not None:
            row.etat, row.erreur = "non_remis", retour.raison
            session.add(row)
            await _tell(keyring, session, row, retour.raison)
            return True
        lot = _lot(retour.message_id)
        if lot is None:
            return False
        sent = select(Envoi).where(Envoi.lot == lot, Envoi.canal == "courriel", Envoi.etat == "fait")
        rows = (await session.exec(sent.with_for_update())).all()
        for each in rows:
            each.etat, each.erreur = "echec", retour.raison
            session.add(each)
    return bool(rows)


async def _tell(keyring: Keyring, session: AsyncSession, row: Effet, raison: str) -> None:
    demarche = await session.get_one(Demarche, row.demarche_id)
    cipher = (await keyring.load_many(session, {row.client_id})).get(row.client_id)
    mail = courriel.read(row, cipher) if cipher else None
    if cipher is None or mail is None:
        return
    await notification.notify_adviser(
        session,
        cipher,
        demarche,
        type=TYPE,
        texte=f"Non remis\u00a0: «\u00a0{mail['objet']}\u00a0», à {mail['a']}. {raison}",
        origine=f"retour/{row.id}",
    )


def _lot(message_id: str) -> uuid.UUID | None:
    """The lot of notifications that a Message-ID names (activities/notifier.py)."""
    try:
        return uuid.UUID(message_id.strip("<>").partition("@")[0])
    except ValueError:
        return None


def collecting(keyring: Keyring) -> AbstractAsyncContextManager[None]:
    """Keep doing it as long as the block lasts."""
    return repeating("retours", lambda: collect(keyring), every_s=EVERY_S)
