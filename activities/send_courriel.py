"""Effect « courriel »: write one mail from its model and hand it to the SMTP server, under the row's own Message-ID."""

from __future__ import annotations

import uuid
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.mail import MailNotSentError, MailUncertainError, SmtpSettings, render_mail, send_mail
from activities.outcome import EffectOutcome, Later
from activities.people import message_context
from activities.programs import program_of
from activities.templating import ModelError
from store import courriel
from store.crypto import Keyring
from store.demarche import Demarche, Effet, Membre
from store.session import session_scope
from store.settings import settings
from store.utilisateur import Utilisateur

SMTP_TIMEOUT = 20.0
"""Seconds for each exchange with the server: well within the time given to an effect."""


async def send_courriel(
    keyring: Keyring, row: Effet, demarche: Demarche, params: dict[str, Any]
) -> EffectOutcome:
    """Send the mail of a row of the ledger. Raises Later when the server surely did not take it."""
    async with session_scope() as session:
        program = await program_of(session, params.get("modele_sha") or demarche.modele_sha)
        address, prenom = await _recipient(session, demarche.id, params["to"])
        context = await message_context(session, keyring, demarche, params, prenom)
    if address is None:
        return EffectOutcome("failed", "Le destinataire n'a pas d'adresse.")
    assert row.message_id is not None
    try:
        mail = render_mail(program.bundle.mails[params["model"]], program.bundle.mails, context)
        async with session_scope() as session:
            cipher = await keyring.load(session, row.client_id)
            left = courriel.Courriel(a=address, objet=mail.subject, texte=mail.text)
            await courriel.keep(session, cipher, row.id, left)
        await send_mail(mail, to=address, message_id=row.message_id, settings=smtp_settings())
    except ModelError as error:
        return EffectOutcome("failed", str(error))
    except MailUncertainError as error:
        return EffectOutcome("uncertain", str(error))
    except MailNotSentError as error:
        if error.retry:
            raise Later(str(error)) from error
        return EffectOutcome("failed", str(error))
    return EffectOutcome("done")


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
    )


async def _recipient(
    session: AsyncSession, demarche_id: uuid.UUID, to: dict[str, str]
) -> tuple[str | None, str]:
    """Address and first name: of a participant as the démarche knows them, of a user as they are now.

    A mail written for a role that has changed hands since goes to whoever holds it now.
    """
    if "email" in to:
        return to["email"], to["nom"].split(" ")[0]
    holders = list(
        await session.exec(
            select(Membre.user_id)
            .where(Membre.demarche_id == demarche_id, Membre.role == to["role"])
            .order_by(col(Membre.user_id))
        )
    )
    wanted = uuid.UUID(to["user_id"])
    user_id = wanted if wanted in holders or not holders else holders[0]
    user = await session.get(Utilisateur, user_id)
    return (user.email, user.prenom) if user is not None and user.actif else (None, "")
