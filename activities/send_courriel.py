"""Effect « courriel »: write one mail from its model and hand it to the SMTP server, under the row's own Message-ID."""

from __future__ import annotations

import asyncio
import json
import uuid
from base64 import b64encode
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.mail import (
    MailNotSentError,
    MailUncertainError,
    RenderedMail,
    SmtpSettings,
    send_mail,
)
from activities.mail_models import builtin, written
from activities.outcome import EffectOutcome, Later
from activities.people import message_context
from activities.programs import program_of
from activities.qr import qr_png
from activities.templating import ModelError
from store import courriel, droit, modele_courriel, plateforme
from store.base import now
from store.crypto import ClientCipher, Keyring
from store.demarche import Demarche, Effet, Membre
from store.plateforme import Livraison
from store.session import session_scope
from store.settings import settings
from store.utilisateur import Utilisateur
from workflows.engine.turn import MESSAGE

SMTP_TIMEOUT = 20.0
"""Seconds for each exchange with the server: well within the time given to an effect."""
LOOKS, LOOK_EVERY_S = 10, 0.3
"""How a mail handed to the outside platform is waited for before the effect is put off."""


async def send_courriel(
    keyring: Keyring, row: Effet, demarche: Demarche, params: dict[str, Any]
) -> EffectOutcome:
    """Send the mail of a row of the ledger. Raises Later when the server surely did not take it."""
    async with session_scope() as session:
        program = await program_of(session, params.get("modele_sha") or demarche.modele_sha)
        try:
            address, prenom = await _recipient(session, demarche, params["to"])
        except _ClosedError:
            return EffectOutcome("failed", "Ce type de démarche n'est plus ouvert à son destinataire.")
        context = await message_context(session, keyring, demarche, params, prenom)
        edited = await modele_courriel.of_key(session, params["model"])
    if address is None:
        return EffectOutcome("failed", "Le destinataire n'a pas d'adresse.")
    assert row.message_id is not None
    try:
        mails = program.bundle.mails
        source, parts = builtin(MESSAGE) if params["model"] == MESSAGE else (mails[params["model"]], mails)
        mail = await written(edited, source, parts, context)
        async with session_scope() as session:
            cipher = await keyring.load(session, row.client_id)
            left = courriel.Courriel(a=address, objet=mail.subject, texte=mail.text)
            await courriel.keep(session, cipher, row.id, left)
            message = _message(row, params["model"], address, prenom, mail, context)
            handed = await _handed_over(session, cipher, row, params["model"], message)
        if handed is not None:
            return await _delivered(row.id)
        await send_mail(mail, to=address, message_id=row.message_id, settings=smtp_settings())
    except ModelError as error:
        return EffectOutcome("failed", str(error), en_clair=error.sans_valeur)
    except MailUncertainError as error:
        return EffectOutcome("uncertain", str(error))
    except MailNotSentError as error:
        if error.retry:
            raise Later(str(error)) from error
        return EffectOutcome("failed", str(error))
    return EffectOutcome("done")


def _message(
    row: Effet, model: str, address: str, prenom: str, mail: RenderedMail, context: dict[str, Any]
) -> dict[str, Any]:
    """What an outside platform needs to write the mail itself, or to send it as we wrote it (NOT-06, QR-06)."""
    link = str(context["lien_portail"])
    return {
        "id": str(row.id),
        "message_id": row.message_id,
        "type": model,
        "destinataire": {"email": address, "prenom": prenom},
        "objet": mail.subject,
        "texte": mail.text,
        "html": mail.html,
        "images": {cid: b64encode(image).decode() for cid, image in mail.images.items()},
        "variables": context,
        "qr": {"adresse": link, "image": "data:image/png;base64," + b64encode(qr_png(link)).decode()},
    }


async def _handed_over(
    session: AsyncSession, cipher: ClientCipher, row: Effet, model: str, message: dict[str, Any]
) -> Livraison | None:
    """The mail in the line of the outside platform; None when it must leave through our own server."""
    found = await session.get(Livraison, row.id)
    active = (await plateforme.read(session)).actif
    if found is not None and (active or found.etat != "en_attente"):
        return found
    if found is not None:
        # Turned off. What the platform was never offered leaves as any mail; for the rest, nobody knows.
        if found.tentatives:
            found.etat, found.done_at = "abandonnee", now()
            session.add(found)
            return found
        await session.delete(found)
        return None
    if not active:
        return None
    return await plateforme.hand_over(
        session,
        cipher,
        effet_id=row.id,
        demarche_id=row.demarche_id,
        type=model,
        message=json.loads(json.dumps(message, default=str)),
        at=now(),
    )


async def _delivered(effet_id: uuid.UUID) -> EffectOutcome:
    """How the platform took it: most often at once. Raises Later while it has not."""
    for _ in range(LOOKS):
        async with session_scope() as session:
            row = await session.get(Livraison, effet_id)
        if row is None or row.etat != "en_attente":
            break
        await asyncio.sleep(LOOK_EVERY_S)
    if row is None or row.etat == "en_attente":
        raise Later("la plateforme n'a pas encore pris cet email")
    if row.etat == "fait":
        return EffectOutcome("done")
    return EffectOutcome(
        "failed", f"La plateforme d'envoi n'a pas pris cet email. {row.erreur or ''}".strip()
    )


def smtp_settings() -> SmtpSettings:
    """Where and as whom this installation sends."""
    conf = settings()
    return SmtpSettings(
        host=conf.smtp_host,
        port=conf.smtp_port,
        user=conf.smtp_user,
        password=conf.smtp_password.get_secret_value() if conf.smtp_password else None,
        tls=conf.smtp_tls,
        sender=conf.mail_from,
        return_path=conf.mail_return,
    )


class _ClosedError(Exception):
    """The modèle was closed to this member of the firm (SEC-15)."""


async def _recipient(session: AsyncSession, demarche: Demarche, to: dict[str, str]) -> tuple[str | None, str]:
    """Address and first name of a user as they are now; of a participant, who may be a company, their whole name.

    A mail written for a role that has changed hands since goes to whoever holds it now. Raises _ClosedError for
    somebody to whom such démarches no longer exist.
    """
    if "email" in to:
        return to["email"], to["nom"]
    holders = list(
        await session.exec(
            select(Membre.user_id)
            .where(Membre.demarche_id == demarche.id, Membre.role == to["role"])
            .order_by(col(Membre.user_id))
        )
    )
    wanted = uuid.UUID(to["user_id"])
    user_id = wanted if wanted in holders or not holders else holders[0]
    user = await session.get(Utilisateur, user_id)
    if user is None or not user.actif:
        return None, ""
    if demarche.modele in await droit.closed_to(session, user):
        raise _ClosedError
    return user.email, user.prenom
