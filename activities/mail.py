"""Mails: MJML or HTML models rendered to HTML and plain text, then sent by SMTP with a Message-ID given by the caller.

Sending tells three outcomes apart, because the ledger of effects must: accepted (`Accepted`), surely not accepted
(`MailNotSentError`, may be tried again when `retry`), and perhaps accepted (`MailUncertainError`: the connection
broke once the message had begun to leave). Sending again after an uncertain outcome keeps the Message-ID.
"""

from __future__ import annotations

import binascii
import re
import ssl
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any, Literal

import aiosmtplib
from mjml import mjml2html

from activities.qr import qr_png
from activities.templating import ModelError, render, variables_of

SEPARATEUR = "---"
QR_CID = "qr-dossier@elaska"
QR_CLIENT_CID = "qr-client@elaska"
SUJET_MAX = 200
_BLANCS = re.compile(r"[ \t\r\n]+")  # not the no-break spaces
_IMAGE = re.compile(
    r"""(\bsrc\s*=\s*["']?)data:image/(?:png|jpe?g|gif);base64,([A-Za-z0-9+/=\s]+)""", re.IGNORECASE
)
_GENRES = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"))
_POLICY = SMTP_POLICY.clone(cte_type="7bit")  # a relay without 8BITMIME may be on the way
_QR_HTML = '<p><img src="cid:{}" alt="QR code du dossier" width="84" height="84"></p>'
_QR_PIED = (
    '<mj-section><mj-column><mj-image src="cid:{}" alt="QR code du dossier" width="84px" align="left" />'
    "</mj-column></mj-section>"
)


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail ready to leave. `images`: PNG, JPEG or GIF bytes by content id, shown by `cid:` addresses in `html`."""

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
    return_path: str | None = None
    """Where the mail comes back when it does not arrive; to the sender without it."""
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
        raise ModelError("Un modèle d’email commence par une ligne « sujet: … », puis une ligne « --- ».")
    return sujet.strip(), corps


def render_mail(source: str, partials: Mapping[str, str], context: Mapping[str, Any]) -> RenderedMail:
    """Render a mail model and its partials (by path) with its variables.

    `context["lien_portail"]`, the address of the dossier, gives the QR code, joined as an inline image: many
    mail readers block `data:` images (QR-05, QR-06). A mail that asks to pay goes to someone without an account: its
    links and its QR code lead to the payment page (REC-28). Raises ModelError.
    """
    modele_sujet, corps = split_model(source)
    return render_parts(modele_sujet, corps, partials, context)


def render_parts(
    modele_sujet: str, corps: str, partials: Mapping[str, str], context: Mapping[str, Any]
) -> RenderedMail:
    """The same, of a subject and an MJML body. Raises ModelError."""
    complet, images, sujet = _prepared(modele_sujet, corps, partials, context)
    mjml = render(corps, partials, complet | {"sujet": sujet})
    if images and "qr_code_dossier" not in variables_of(corps, partials):
        mjml = mjml.replace("</mj-body>", _QR_PIED.format(QR_CID) + "</mj-body>")
    try:
        # No font is downloaded: addresses of third parties in a mail tell them who opens it.
        html = mjml2html(mjml, fonts={})
    except ValueError as error:
        kind = "Le MJML de l’email est mal écrit"
        raise ModelError(f"{kind} : {error}.", sans_valeur=f"{kind}.") from error
    lecteur = _TexteMjml()
    lecteur.feed(mjml[mjml.find("<mj-body") :])
    lecteur.close()
    return RenderedMail(
        sujet, _attached(html, images), _texte(lecteur.blocs, complet.get("lien_portail")), images
    )


def render_html_mail(modele_sujet: str, corps: str, context: Mapping[str, Any]) -> RenderedMail:
    """Render a subject and a whole HTML page, as an administrator imports them (NOT-05). Raises ModelError."""
    complet, images, sujet = _prepared(modele_sujet, corps, {}, context)
    html = render(corps, {}, complet | {"sujet": sujet})
    if images and "qr_code_dossier" not in variables_of(corps, {}):
        avant, fin, apres = html.rpartition("</body>")
        code = _QR_HTML.format(QR_CID)
        html = avant + code + fin + apres if fin else html + code
    lecteur = _TexteHtml()
    lecteur.feed(html)
    lecteur.close()
    return RenderedMail(
        sujet, _attached(html, images), _texte(lecteur.blocs(), complet.get("lien_portail")), images
    )


def _prepared(
    modele_sujet: str, corps: str, partials: Mapping[str, str], context: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, bytes], str]:
    """The variables, the images joined so far, and the subject."""
    complet = dict(context)
    if complet.get("lien_paiement") and "lien_paiement" in variables_of(corps, partials):
        complet["lien_portail"] = complet["lien_paiement"]
    images: dict[str, bytes] = {}
    if "lien_portail" in complet:
        complet["qr_code_dossier"] = f"cid:{QR_CID}"
        images[QR_CID] = qr_png(str(complet["lien_portail"]))
    if "lien_espace" in complet and "qr_code_client" in variables_of(corps, partials):
        complet["qr_code_client"] = f"cid:{QR_CLIENT_CID}"
        images[QR_CLIENT_CID] = qr_png(str(complet["lien_espace"]))
    sujet = " ".join(render(modele_sujet, partials, complet, autoescape=False).split())[:SUJET_MAX]
    if not sujet:
        raise ModelError("L’objet de l’email est vide.")
    return complet, images, sujet


def _attached(html: str, images: dict[str, bytes]) -> str:
    """Join the `data:` images of a page, which most mail readers do not show, and have it name them."""

    def joined(found: re.Match[str]) -> str:
        try:
            image = b64decode(found[2])
        except binascii.Error as error:
            raise ModelError("Une image de l’email est mal écrite (base64).") from error
        if image_kind(image) is None:
            raise ModelError("Une image de l’email n’est ni PNG, ni JPEG, ni GIF.")
        cid = f"image-{sha256(image).hexdigest()[:16]}@elaska"
        images[cid] = image
        return f"{found[1]}cid:{cid}"

    return _IMAGE.sub(joined, html)


def image_kind(image: bytes) -> str | None:
    """`png`, `jpeg` or `gif`, from the first bytes; None for anything else."""
    return next((genre for debut, genre in _GENRES if image.startswith(debut)), None)


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


class _TexteHtml(HTMLParser):
    """Reads what a page says: a line for each of its blocks, with the addresses of its links."""

    _TUS = frozenset({"head", "script", "style", "title"})
    _BLOCS = frozenset(
        {"blockquote", "br", "div", "h1", "h2", "h3", "h4", "hr", "li", "p", "table", "td", "tr", "ul"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._morceaux: list[str] = []
        self._tu = 0
        self._lien = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._TUS:
            self._tu += 1
        elif tag in self._BLOCS:
            self._morceaux.append("\n- " if tag == "li" else "\n")
        elif tag == "a":
            self._lien = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._TUS:
            self._tu = max(0, self._tu - 1)
        elif tag in self._BLOCS:
            self._morceaux.append("\n")
        elif tag == "a" and self._lien.startswith(("http://", "https://")):
            self._morceaux.append(f" ({self._lien})")
            self._lien = ""

    def handle_data(self, data: str) -> None:
        if not self._tu:
            self._morceaux.append(_BLANCS.sub(" ", data))

    def blocs(self) -> list[str]:
        lignes = (_BLANCS.sub(" ", ligne).strip(" ") for ligne in "".join(self._morceaux).split("\n"))
        return [ligne for ligne in lignes if ligne and ligne != "-"]


def _texte(dits: Sequence[str], lien_portail: object) -> str:
    blocs = list(dits)
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
    except (ValueError, IndexError, MessageError) as error:
        raise MailNotSentError("Une adresse de cet email n’est pas valide.", retry=False) from error
    message["Subject"] = mail.subject
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(date or datetime.now(UTC))
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)
    for cid, image in mail.images.items():
        html.add_related(
            image, maintype="image", subtype=image_kind(image) or "png", cid=f"<{cid}>", disposition="inline"
        )
    return message


def _address(adresse: str) -> Address:
    nom, boite = parseaddr(adresse)
    if "@" not in boite or not adresse.isprintable():
        raise ValueError("not an address")
    boite.encode("ascii")  # we ask no server for SMTPUTF8
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
        await client.mail(settings.return_path or parseaddr(settings.sender)[1])
        await client.rcpt(to)
    except aiosmtplib.SMTPAuthenticationError as error:
        raise MailNotSentError(
            "Le serveur de messagerie refuse nos identifiants.", code=error.code, retry=True
        ) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _refused("Le serveur refuse l’expéditeur ou le destinataire", error.code) from error
    except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
        raise MailNotSentError("Le serveur de messagerie est injoignable.", retry=True) from error


async def _content(client: aiosmtplib.SMTP, message: EmailMessage) -> Accepted:
    try:
        response = await client.data(message.as_bytes())
    except aiosmtplib.SMTPResponseException as error:
        if error.code == -1:
            raise MailUncertainError("La réponse du serveur de messagerie est illisible.") from error
        raise _refused("Le serveur refuse le message", error.code) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise MailUncertainError("La connexion s’est rompue pendant l’envoi de l’email.") from error
    return Accepted(f"{response.code} {response.message}")


def _refused(quoi: str, code: int) -> MailNotSentError:
    return MailNotSentError(f"{quoi} (code {code}).", code=code, retry=400 <= code < 500)
