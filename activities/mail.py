"""Mails: MJML models rendered to HTML and plain text, then sent by SMTP with a Message-ID given by the caller.

Sending tells three outcomes apart, because the ledger of effects must: accepted (`Accepted`), surely not accepted
(`MailNotSentError`, may be tried again when `retry`), and perhaps accepted (`MailUncertainError`: the connection
broke once the message had begun to leave). Sending again after an uncertain outcome keeps the Message-ID.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from html.parser import HTMLParser
from typing import Any, Literal

import aiosmtplib
from mjml import mjml2html

from activities.qr import qr_png
from activities.templating import ModelError, render, variables_of

SEPARATEUR = "---"
QR_CID = "qr-dossier@elaska"
SUJET_MAX = 200
_BLANCS = re.compile(r"[ \t\r\n]+")  # not the no-break spaces
_POLICY = SMTP_POLICY.clone(cte_type="7bit")  # a relay without 8BITMIME may be on the way
_QR_PIED = (
    '<mj-section><mj-column><mj-image src="cid:{}" alt="QR code du dossier" width="84px" align="left" />'
    "</mj-column></mj-section>"
)


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail ready to leave. `images`: PNG bytes by content id, shown by `cid:` addresses in `html`."""

    subject: str
    html: str
    text: str
    images: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where and as whom mails leave. `timeout` in seconds, for each exchange with the server."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Literal["none", "starttls", "tls"] = "none"
    reply_to: str | None = None
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took charge of the message; `response` is what it answered."""

    response: str


class MailError(Exception):
    """Root of the failures of sending. The message holds no address and no content."""


class MailNotSentError(MailError):
    """The server surely did not accept the message. `retry`: trying again later may succeed."""

    def __init__(self, message: str, *, code: int | None = None, retry: bool) -> None:
        super().__init__(message)
        self.code = code
        self.retry = retry


class MailUncertainError(MailError):
    """The connection broke while the message was leaving: the server may or may not have accepted it."""


def split_model(source: str) -> tuple[str, str]:
    """The subject and the body of a mail model: a `sujet:` line, a `---` line, then MJML.

    Raises ModelError.
    """
    entete, separateur, corps = source.partition(f"\n{SEPARATEUR}\n")
    cle, deux_points, sujet = entete.partition(":")
    if not separateur or cle.strip() != "sujet" or not deux_points or "\n" in sujet.strip():
        raise ModelError("Un modèle de courriel commence par une ligne « sujet: … », puis une ligne « --- ».")
    return sujet.strip(), corps


def render_mail(source: str, partials: Mapping[str, str], context: Mapping[str, Any]) -> RenderedMail:
    """Render a mail model and its partials (by path) with its variables.

    `context["lien_portail"]`, the address of the dossier, gives the QR code, joined as an inline image: many
    mail readers block `data:` images (QR-05, QR-06). A mail that asks to pay goes to someone without an account: its
    links and its QR code lead to the payment page (REC-28). Raises ModelError.
    """
    modele_sujet, corps = split_model(source)
    complet = dict(context)
    if complet.get("lien_paiement") and "lien_paiement" in variables_of(corps, partials):
        complet["lien_portail"] = complet["lien_paiement"]
    images: dict[str, bytes] = {}
    if "lien_portail" in complet:
        complet["qr_code_dossier"] = f"cid:{QR_CID}"
        images[QR_CID] = qr_png(str(complet["lien_portail"]))
    sujet = " ".join(render(modele_sujet, partials, complet, autoescape=False).split())[:SUJET_MAX]
    if not sujet:
        raise ModelError("L’objet du courriel est vide.")
    mjml = render(corps, partials, complet | {"sujet": sujet})
    if images and "qr_code_dossier" not in variables_of(corps, partials):
        mjml = mjml.replace("</mj-body>", _QR_PIED.format(QR_CID) + "</mj-body>")
    try:
        # No font is downloaded: addresses of third parties in a mail tell them who opens it.
        html = mjml2html(mjml, fonts={})
    except ValueError as error:
        raise ModelError(f"Le MJML du courriel est mal écrit : {error}.") from error
    return RenderedMail(sujet, html, _texte(mjml, complet.get("lien_portail")), images)


class _TexteMjml(HTMLParser):
    """Reads what an MJML says, without its layout."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocs: list[str] = []
        self._dans: str | None = None
        self._lien = ""
        self._morceaux: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"mj-text", "mj-button"}:
            self._dans, self._morceaux = tag, []
            self._lien = dict(attrs).get("href") or ""
        elif tag == "br":
            self._morceaux.append("\n")
        elif tag == "li":
            self._morceaux.append("\n- ")

    def handle_data(self, data: str) -> None:
        # Line ends of the source are layout; those of the text come from <br> and <li>.
        self._morceaux.append(_BLANCS.sub(" ", data))

    def handle_endtag(self, tag: str) -> None:
        if tag != self._dans:
            return
        lignes = "".join(self._morceaux).split("\n")
        propre = "\n".join(_BLANCS.sub(" ", ligne).strip(" ") for ligne in lignes).strip()
        if tag == "mj-text" and propre:
            self.blocs.append(propre)
        elif tag == "mj-button":
            self.blocs.append(f"{propre}\u00a0:\n{self._lien}")
        self._dans = None


def _texte(mjml: str, lien_portail: object) -> str:
    lecteur = _TexteMjml()
    lecteur.feed(mjml[mjml.find("<mj-body") :])
    lecteur.close()
    blocs = list(lecteur.blocs)
    if lien_portail and not any(str(lien_portail) in bloc for bloc in blocs):
        blocs.append(f"Le dossier sur le portail\u00a0:\n{lien_portail}")
    return "\n\n".join(blocs) + "\n"


def build_message(
    mail: RenderedMail, *, to: str, message_id: str, settings: SmtpSettings, date: datetime | None = None
) -> EmailMessage:
    """The message as it leaves. `message_id` includes its angle brackets; `date` defaults to now.

    Raises MailNotSentError when an address is not one.
    """
    message = EmailMessage(policy=_POLICY)
    try:
        message["From"] = _address(settings.sender)
        message["To"] = _address(to)
        if settings.reply_to:
            message["Reply-To"] = _address(settings.reply_to)
    except (ValueError, IndexError) as error:
        raise MailNotSentError("Une adresse de ce courriel n’est pas valide.", retry=False) from error
    message["Subject"] = mail.subject
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(date or datetime.now(UTC))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)
    for cid, png in mail.images.items():
        html.add_related(png, maintype="image", subtype="png", cid=f"<{cid}>", disposition="inline")
    return message


def _address(adresse: str) -> Address:
    nom, boite = parseaddr(adresse)
    if "@" not in boite or not adresse.isprintable():
        raise ValueError("not an address")
    return Address(display_name=nom, addr_spec=boite)


async def send_mail(
    mail: RenderedMail, *, to: str, message_id: str, settings: SmtpSettings, date: datetime | None = None
) -> Accepted:
    """Send one mail to one address.

    Raises MailNotSentError (surely not accepted) or MailUncertainError (perhaps accepted).
    """
    message = build_message(mail, to=to, message_id=message_id, settings=settings, date=date)
    client = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        timeout=settings.timeout,
        use_tls=settings.tls == "tls",
        start_tls=settings.tls == "starttls",
        username=settings.user,
        password=settings.password,
    )
    try:
        await _envelope(client, settings, parseaddr(to)[1])
        return await _content(client, message)
    finally:
        client.close()


async def _envelope(client: aiosmtplib.SMTP, settings: SmtpSettings, to: str) -> None:
    try:
        await client.connect()
        await client.ehlo()
        await client.mail(parseaddr(settings.sender)[1])
        await client.rcpt(to)
    except aiosmtplib.SMTPAuthenticationError as error:
        raise MailNotSentError(
            "Le serveur de courriel refuse nos identifiants.", code=error.code, retry=True
        ) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _refused("Le serveur refuse l’expéditeur ou le destinataire", error.code) from error
    except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
        raise MailNotSentError("Le serveur de courriel est injoignable.", retry=True) from error


async def _content(client: aiosmtplib.SMTP, message: EmailMessage) -> Accepted:
    try:
        response = await client.data(message.as_bytes())
    except aiosmtplib.SMTPResponseException as error:
        if error.code == -1:
            raise MailUncertainError("La réponse du serveur de courriel est illisible.") from error
        raise _refused("Le serveur refuse le message", error.code) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise MailUncertainError("La connexion s’est rompue pendant l’envoi du courriel.") from error
    return Accepted(f"{response.code} {response.message}")


def _refused(quoi: str, code: int) -> MailNotSentError:
    return MailNotSentError(f"{quoi} (code {code}).", code=code, retry=400 <= code < 500)
