"""The mail models, and sending to a real SMTP server: accepted, surely refused, perhaps accepted."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from activities.mail import (
    QR_CID,
    QR_CLIENT_CID,
    Accepted,
    MailNotSentError,
    MailUncertainError,
    RenderedMail,
    SmtpSettings,
    build_message,
    render_mail,
    send_mail,
    split_model,
)
from activities.pdf import render_html
from activities.qr import qr_png
from activities.templating import ModelError, paths_of, variables_of
from activities.variables import COURRIEL
from tests.documents.exemples import COMPARATIF, COMPTE, DOCUMENTS, modele

NOMS = sorted(chemin.name for chemin in (DOCUMENTS / "mails").glob("[a-z]*.mjml.j2"))
MESSAGE_ID = "<eff-1@elaska.exemple.fr>"
PAYER = "https://portail.exemple.fr/payer/jeton"
MINIMUM: dict[str, dict[str, Any]] = {
    "condition_a_lever": {"ligne": {"libelle": "Attestation", "echeance": "2026-03-12"}},
    "demande_refusee": {"motif": "Hors de notre activité."},
    "informations_demandees": {"motif": "Quel est le motif du CDD ?"},
    "invitation_beneficiaire": {"lien_acces": "https://portail.exemple.fr/acces/jeton"},
    "invitation_huissier": {"lien_acces": "https://portail.exemple.fr/acces/jeton"},
    "invitation_huissier_dette": {"lien_acces": "https://portail.exemple.fr/acces/jeton"},
    "invitation_salarie": {"lien_acces": "https://portail.exemple.fr/acces/jeton"},
    "message": {"objet": "Votre rendez-vous", "motif": "À jeudi, 9 h."},
    "nouveau_lien": {"lien_acces": "https://portail.exemple.fr/acces/jeton"},
    "offre_acceptable": {
        "ligne": {"banque": "Banque Azur", "acceptable_le": "2026-03-12", "tenue_jusqu_au": "2026-03-31"}
    },
    "piece_refusee": {"motif": "La photo est floue."},
    "propositions_pretes": {"lectures": {"comparatif": COMPARATIF}},
    "reglement_recu": {"lectures": {"compte": COMPTE}},
    "relance_debiteur": {"lectures": {"compte": COMPTE}, "lien_paiement": PAYER},
    "relance_decision": {"lectures": {"comparatif": COMPARATIF}},
    "relance_penalites": {"lectures": {"compte": COMPTE}, "lien_paiement": PAYER},
    "relance_demande": {"motif": "Quel est le motif du CDD ?"},
    "relance_pieces": {"pieces": ["RIB"]},
    "relance_plan": {"lectures": {"compte": COMPTE}, "lien_paiement": PAYER},
}
"""What each mail needs besides the variables that every mail has."""


@pytest.fixture
def variables() -> dict[str, Any]:
    """What the engine and the firm always know."""
    return {
        "reference_dossier": "EMB-2026-0012",
        "nom_client": "Atelier Morel",
        "titre_demarche": "Embauche de Camille Durand",
        "lien_portail": "https://portail.exemple.fr/demarches/6f1c2a7e",
        "cabinet": {
            "nom": "Cabinet Arvenne",
            "adresse": None,
            "telephone": None,
            "email": None,
            "horaires": None,
        },
        "conseiller": {"nom": "Cabinet Arvenne", "titre": None, "email": None, "telephone": None},
    }


def cle(nom: str) -> str:
    return nom.split(".")[0]


def test_the_twelve_mails_are_there() -> None:
    assert {cle(nom) for nom in NOMS} >= {
        "action_demandee",
        "alerte_fin_essai",
        "demande_recue",
        "demande_refusee",
        "demande_validee",
        "demarche_terminee",
        "informations_demandees",
        "invitation_salarie",
        "nouveau_lien",
        "piece_refusee",
        "relance_pieces",
        "tache_assignee",
    }


@pytest.mark.parametrize("nom", NOMS)
class TestEveryMail:
    def rendu(
        self, nom: str, partials: dict[str, str], variables: dict[str, Any], **plus: Any
    ) -> RenderedMail:
        return render_mail(modele(f"mails/{nom}"), partials, variables | MINIMUM.get(cle(nom), {}) | plus)

    def test_reads_known_names_only(self, nom: str, partials: dict[str, str]) -> None:
        assert variables_of(modele(f"mails/{nom}"), partials) <= set(COURRIEL)
        conseiller = {c for c in paths_of(modele(f"mails/{nom}"), partials) if c.startswith("conseiller.")}
        assert conseiller == {f"conseiller.{champ}" for champ in ("nom", "titre", "email", "telephone")}

    def test_renders_with_the_least_it_needs(
        self, nom: str, partials: dict[str, str], variables: dict[str, Any]
    ) -> None:
        mail = self.rendu(nom, partials, variables)
        assert mail.subject
        assert "None" not in mail.html + mail.text + mail.subject
        assert "<mj-" not in mail.html
        assert "Bonjour," in mail.text
        assert "Votre conseiller" in mail.text

    def test_says_who_writes_and_about_what(
        self, nom: str, partials: dict[str, str], variables: dict[str, Any]
    ) -> None:
        conseiller = {
            "nom": "Sophie Lambert",
            "titre": "Conseillère",
            "email": "s@a.fr",
            "telephone": "0478000012",
        }
        mail = self.rendu(nom, partials, variables, prenom="Camille", conseiller=conseiller)
        for partie in (mail.html, mail.text):
            assert "Bonjour Camille," in partie
            assert "Sophie Lambert" in partie
            assert "04\u00a078\u00a000\u00a000\u00a012" in partie
            assert "EMB-2026-0012" in partie
            assert "https://portail.exemple.fr/" in partie

    def test_has_one_button_and_the_qr_code_as_an_attached_image(
        self, nom: str, partials: dict[str, str], variables: dict[str, Any]
    ) -> None:
        mail = self.rendu(nom, partials, variables)
        assert mail.html.count('class="bouton"') + mail.html.count('class="bouton ') == 1
        assert mail.html.count(f'src="cid:{QR_CID}"') == 1
        assert mail.images[QR_CID].startswith(b"\x89PNG")

    def test_the_qr_code_leads_where_its_reader_may_go(
        self, nom: str, partials: dict[str, str], variables: dict[str, Any]
    ) -> None:
        """REC-28: a debtor has no account, its QR code opens the payment page."""
        mail = self.rendu(nom, partials, variables)
        debtor = "lien_paiement" in variables_of(split_model(modele(f"mails/{nom}"))[1], partials)
        leads = PAYER if debtor else variables["lien_portail"]
        assert mail.images[QR_CID] == qr_png(leads)
        if debtor:
            assert variables["lien_portail"] not in mail.html + mail.text

    def test_loads_nothing_from_elsewhere(
        self, nom: str, partials: dict[str, str], variables: dict[str, Any]
    ) -> None:
        html = self.rendu(nom, partials, variables).html
        assert set(re.findall(r"""(?:src|@import|url\()\s*=?\s*["'(]?(https?://[^"')]+)""", html)) == set()
        assert "fonts.googleapis" not in html
        assert "data:" not in html

    def test_values_cannot_add_markup_nor_headers(
        self, nom: str, partials: dict[str, str], variables: dict[str, Any]
    ) -> None:
        mechant = "x\r\nBcc: autre@exemple.fr</mj-text><mj-image src='http://mechant.exemple/x' />"
        plus = {"motif": mechant, "pieces": [mechant, mechant], "prenom": mechant}
        mail = self.rendu(
            nom, partials, variables | {"titre_demarche": mechant, "nom_client": mechant}, **plus
        )
        assert "<img alt" in mail.html
        assert "src='http" not in mail.html
        assert 'src="http' not in mail.html
        assert "\n" not in mail.subject
        message = build_message(mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=reglages(25))
        assert message["Bcc"] is None


def test_the_end_is_told_where_the_reader_finds_the_documents(
    partials: dict[str, str], variables: dict[str, Any]
) -> None:
    """PRV: an employee has a link of their own and no portal; a client's link is the portal."""
    source = modele("mails/demarche_terminee.mjml.j2")
    for lien, where in (
        (variables["lien_portail"], "sur votre portail"),
        ("https://portail.exemple.fr/lien/abc", "dans votre espace"),
    ):
        mail = render_mail(source, partials, variables | {"lien_acces": lien})
        for part in (" ".join(mail.text.split()), " ".join(mail.html.split())):
            assert f"Vos documents définitifs restent disponibles {where}." in part
        assert lien in mail.text


def test_wording_of_a_reminder(partials: dict[str, str], variables: dict[str, Any]) -> None:
    source = modele("mails/relance_pieces.mjml.j2")
    un = render_mail(
        source, partials, variables | {"pieces": ["RIB"], "echeance": "2026-11-27T22:59:00+00:00"}
    )
    assert un.subject == "Il manque un document à votre dossier"
    assert "Échéance : vendredi 27 novembre." in un.text.replace("\u00a0", " ")
    deux = render_mail(source, partials, variables | {"pieces": ["RIB", "Carte vitale"]})
    assert deux.subject == "Il manque 2 documents à votre dossier"
    assert "- RIB\n- Carte vitale" in deux.text


def test_the_link_of_a_participant_is_the_one_on_the_button(
    partials: dict[str, str], variables: dict[str, Any]
) -> None:
    lien = "https://portail.exemple.fr/acces/jeton?a=1&b=2"
    mail = render_mail(modele("mails/invitation_salarie.mjml.j2"), partials, variables | {"lien_acces": lien})
    assert lien in mail.text
    assert mail.html.count("https://portail.exemple.fr/acces/jeton?a=1&amp;b=2") == 1


class TestModels:
    @pytest.mark.parametrize(
        "source", ["", "<mjml></mjml>", "objet: x\n---\n<mjml></mjml>", "sujet: x\nautre: y\n---\nz"]
    )
    def test_a_model_without_its_subject_is_refused(self, source: str) -> None:
        with pytest.raises(ModelError, match="sujet"):
            split_model(source)

    def test_an_empty_subject_is_refused(self) -> None:
        with pytest.raises(ModelError, match="vide"):
            render_mail("sujet: {{ a }}\n---\n<mjml><mj-body></mj-body></mjml>", {}, {"a": " "})

    def test_broken_mjml_is_refused(self) -> None:
        with pytest.raises(ModelError, match="MJML"):
            render_mail("sujet: x\n---\n<mjml><mj-body></mjml>", {}, {})

    def test_the_code_of_the_client_s_space_may_be_asked_for(self) -> None:
        """QR-06: beside that of the dossier, which is still added."""
        corps = (
            '<mjml><mj-body><mj-section><mj-column><mj-image src="{{ qr_code_client }}" alt="Votre espace" />'
        )
        source = f"sujet: Essai\n---\n{corps}</mj-column></mj-section></mj-body></mjml>"
        links = {"lien_portail": "https://x.fr/demarches/1", "lien_espace": "https://x.fr/"}
        mail = render_mail(source, {}, links)
        assert mail.images == {
            QR_CID: qr_png(links["lien_portail"]),
            QR_CLIENT_CID: qr_png(links["lien_espace"]),
        }
        assert f"cid:{QR_CLIENT_CID}" in mail.html and f"cid:{QR_CID}" in mail.html
        shown = render_html('<img src="{{ qr_code_client }}" alt="">', {}, links)
        assert shown.count("data:image/svg+xml") == 2

    def test_qr_code_is_added_when_the_model_forgets_it(self) -> None:
        source = (
            "sujet: x\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>a</mj-text></mj-column>"
            "</mj-section></mj-body></mjml>"
        )
        mail = render_mail(source, {}, {"lien_portail": "https://exemple.fr/d/1"})
        assert f"cid:{QR_CID}" in mail.html
        assert "https://exemple.fr/d/1" in mail.text
        assert render_mail(source, {}, {}).images == {}


# --- sending


class Boite:
    """Handler of a real SMTP server: keeps what it accepts, refuses what it is told to."""

    def __init__(self) -> None:
        self.recus: list[EmailMessage] = []
        self.refus: dict[str, str] = {}

    async def handle_MAIL(
        self, _s: Any, _session: Session, envelope: Envelope, adresse: str, _options: Any
    ) -> str:
        if "MAIL" in self.refus:
            return self.refus["MAIL"]
        envelope.mail_from = adresse
        return "250 OK"

    async def handle_RCPT(
        self, _s: Any, _session: Session, envelope: Envelope, adresse: str, _options: Any
    ) -> str:
        if "RCPT" in self.refus:
            return self.refus["RCPT"]
        envelope.rcpt_tos.append(adresse)
        return "250 OK"

    async def handle_DATA(self, _s: Any, _session: Session, envelope: Envelope) -> str:
        if "DATA" in self.refus:
            return self.refus["DATA"]
        assert isinstance(envelope.content, bytes)
        self.recus.append(message_from_bytes(envelope.content, policy=default_policy))
        return "250 Message accepted: 42"


def reglages(port: int, **plus: Any) -> SmtpSettings:
    return SmtpSettings(
        host="127.0.0.1",
        port=port,
        sender="Cabinet Arvenné <ne-pas-repondre@arvenne.exemple.fr>",
        timeout=2.0,
        **plus,
    )


@pytest.fixture
def boite() -> Boite:
    return Boite()


@pytest.fixture
def port(boite: Boite, unused_tcp_port: int) -> Any:
    controller = Controller(boite, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    yield unused_tcp_port
    controller.stop()


@pytest.fixture
def mail(partials: dict[str, str], variables: dict[str, Any]) -> RenderedMail:
    return render_mail(modele("mails/demande_recue.mjml.j2"), partials, variables)


class TestAccepted:
    async def test_the_message_arrives_whole(self, mail: RenderedMail, boite: Boite, port: int) -> None:
        settings = reglages(port, reply_to="Sophie Lambert <sophie@arvenne.exemple.fr>")
        quand = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        reponse = await send_mail(
            mail, to="Julien Morel <julien@exemple.fr>", message_id=MESSAGE_ID, settings=settings, date=quand
        )
        assert reponse == Accepted("250 Message accepted: 42")
        [recu] = boite.recus
        assert recu["Message-ID"] == MESSAGE_ID
        assert recu["Auto-Submitted"] == "auto-generated"
        assert recu["Subject"] == mail.subject
        assert recu["From"] == "Cabinet Arvenné <ne-pas-repondre@arvenne.exemple.fr>"
        assert recu["To"] == "Julien Morel <julien@exemple.fr>"
        assert recu["Reply-To"] == "Sophie Lambert <sophie@arvenne.exemple.fr>"
        assert recu["Date"].datetime == quand

    async def test_its_parts(self, mail: RenderedMail, boite: Boite, port: int) -> None:
        await send_mail(mail, to="julien@exemple.fr", message_id=MESSAGE_ID, settings=reglages(port))
        [recu] = boite.recus
        assert recu.get_content_type() == "multipart/alternative"
        texte = recu.get_body(("plain",))
        html = recu.get_body(("html",))
        assert texte is not None
        assert html is not None
        assert texte.get_content().splitlines() == mail.text.splitlines()
        assert f"cid:{QR_CID}" in html.get_content()
        [image] = [partie for partie in recu.walk() if partie.get_content_type() == "image/png"]
        assert image["Content-ID"] == f"<{QR_CID}>"
        assert image.get_content_disposition() == "inline"
        assert image.get_content() == mail.images[QR_CID]

    async def test_long_lines_and_accents_survive_a_seven_bit_relay(
        self, mail: RenderedMail, boite: Boite, port: int
    ) -> None:
        message = build_message(mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=reglages(port))
        assert message.as_bytes().isascii()
        assert max(len(ligne) for ligne in message.as_bytes().splitlines()) < 998


class TestSurelyNotAccepted:
    @pytest.mark.parametrize(
        ("moment", "reponse", "code", "retry"),
        [
            ("MAIL", "550 no", 550, False),
            ("RCPT", "550 unknown user", 550, False),
            ("RCPT", "450 try later", 450, True),
            ("DATA", "554 spam", 554, False),
            ("DATA", "451 try later", 451, True),
        ],
    )
    async def test_refused_by_the_server(
        self, mail: RenderedMail, boite: Boite, port: int, moment: str, reponse: str, code: int, retry: bool
    ) -> None:
        boite.refus[moment] = reponse
        with pytest.raises(MailNotSentError) as refus:
            await send_mail(mail, to="julien@exemple.fr", message_id=MESSAGE_ID, settings=reglages(port))
        assert (refus.value.code, refus.value.retry) == (code, retry)
        assert "julien" not in str(refus.value), "no personal data in what may be logged"
        assert boite.recus == []

    async def test_no_server(self, mail: RenderedMail, unused_tcp_port: int) -> None:
        with pytest.raises(MailNotSentError) as refus:
            await send_mail(
                mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=reglages(unused_tcp_port)
            )
        assert refus.value.retry

    async def test_tls_asked_of_a_server_without_it(
        self, mail: RenderedMail, boite: Boite, port: int
    ) -> None:
        with pytest.raises(MailNotSentError) as refus:
            await send_mail(
                mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=reglages(port, tls="starttls")
            )
        assert refus.value.retry
        assert boite.recus == [], "a mail that must be encrypted never leaves in clear"

    @pytest.mark.parametrize(
        "adresse",
        [
            "",
            "sans-arobase",
            "a@b@c",
            "a@exemple.fr\r\nBcc: x@y.fr",
            "sophie@exemple.fr.",
            "x@y..fr",
            "sophie@exemplé.fr",
        ],
    )
    async def test_not_an_address(self, mail: RenderedMail, boite: Boite, port: int, adresse: str) -> None:
        with pytest.raises(MailNotSentError) as refus:
            await send_mail(mail, to=adresse, message_id=MESSAGE_ID, settings=reglages(port))
        assert not refus.value.retry
        assert boite.recus == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
class TestLogin:
    @pytest.fixture
    def port_avec_compte(self, boite: Boite, unused_tcp_port: int) -> Any:
        def authenticator(
            _s: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword
        ) -> AuthResult:
            bon = data.login == b"elaska" and data.password == b"secret"
            return AuthResult(success=bon, handled=False)

        controller = Controller(
            boite,
            hostname="127.0.0.1",
            port=unused_tcp_port,
            authenticator=authenticator,
            auth_required=True,
            auth_require_tls=False,
        )
        controller.start()
        yield unused_tcp_port
        controller.stop()

    async def test_good_password(self, mail: RenderedMail, boite: Boite, port_avec_compte: int) -> None:
        settings = reglages(port_avec_compte, user="elaska", password="secret")
        await send_mail(mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=settings)
        assert len(boite.recus) == 1

    async def test_wrong_password(self, mail: RenderedMail, boite: Boite, port_avec_compte: int) -> None:
        settings = reglages(port_avec_compte, user="elaska", password="autre")
        with pytest.raises(MailNotSentError) as refus:
            await send_mail(mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=settings)
        assert refus.value.retry, "a setting to correct: the mail itself is good"
        assert "autre" not in repr(settings)


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serveur(script: Script) -> AsyncIterator[int]:
    """A server that speaks SMTP up to a chosen moment, then breaks."""

    async def parler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await script(reader, writer)
        writer.close()

    server = await asyncio.start_server(parler, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def enveloppe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greet and accept everything up to the DATA command, which is read but not answered."""
    writer.write(b"220 essai\r\n")
    while not (await reader.readline()).upper().startswith(b"DATA"):
        writer.write(b"250 OK\r\n")


class TestPerhapsAccepted:
    async def test_the_server_dies_before_its_last_answer(self, mail: RenderedMail) -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await enveloppe(reader, writer)
            writer.write(b"354 go\r\n")
            await reader.readuntil(b"\r\n.\r\n")

        async with serveur(script) as port:
            with pytest.raises(MailUncertainError):
                await send_mail(mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=reglages(port))

    async def test_the_server_never_answers(self, mail: RenderedMail) -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await enveloppe(reader, writer)
            writer.write(b"354 go\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            await asyncio.sleep(5)

        async with serveur(script) as port:
            settings = SmtpSettings(host="127.0.0.1", port=port, sender="a@exemple.fr", timeout=0.3)
            with pytest.raises(MailUncertainError):
                await send_mail(mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=settings)

    async def test_the_server_dies_in_the_middle(self, mail: RenderedMail) -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await enveloppe(reader, writer)
            writer.write(b"354 go\r\n")
            await reader.read(100)
            writer.transport.abort()

        async with serveur(script) as port:
            with pytest.raises(MailUncertainError):
                await send_mail(mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=reglages(port))

    async def test_an_unreadable_last_answer(self, mail: RenderedMail) -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await enveloppe(reader, writer)
            writer.write(b"354 go\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"merci bien\r\n")
            await asyncio.sleep(0.2)

        async with serveur(script) as port:
            with pytest.raises(MailUncertainError):
                await send_mail(mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=reglages(port))

    async def test_a_server_that_dies_before_data_surely_has_nothing(self, mail: RenderedMail) -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 essai\r\n")
            for _ in range(2):
                await reader.readline()
                writer.write(b"250 OK\r\n")

        async with serveur(script) as port:
            with pytest.raises(MailNotSentError) as refus:
                await send_mail(mail, to="a@exemple.fr", message_id=MESSAGE_ID, settings=reglages(port))
            assert refus.value.retry
