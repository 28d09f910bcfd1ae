"""Effect « courriel »: write one mail from its model and hand it to the SMTP server, under the row's own Message-ID."""

from __future__ import annotations

import uuid
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.mail import MailNotSent, MailRefused, MailUncertain, render_mail, send_mail
from activities.outcome import EffectOutcome, Later
from activities.people import access_link, people_context
from activities.programs import program_of
from activities.templating import ModelError
from store.crypto import Keyring
from store.demarche import Demarche, Effet
from store.links import link_secret, token_of
from store.session import session_scope
from store.utilisateur import Utilisateur


async def send_courriel(
    keyring: Keyring, row: Effet, demarche: Demarche, params: dict[str, Any]
) -> EffectOutcome:
    """Send the mail of a row of the ledger. Raises Later when the server surely did not take it."""
    async with session_scope() as session:
        program = await program_of(session, demarche.modele_sha)
        address, prenom = await _recipient(session, params["to"])
        context = {
            **await people_context(session, demarche),
            "prenom": prenom,
            "motif": None,
            "echeance": None,
            "pieces": [],
            **params["variables"],
        }
        link_id = params["to"].get("link_id")
        if link_id is not None:
            secret = link_secret(await keyring.cabinet(session))
            context["lien_acces"] = access_link(token_of(secret, link_id))
        else:
            context["lien_acces"] = context["lien_portail"]
    if address is None:
        return EffectOutcome("failed", "Le destinataire n'a pas d'adresse.")
    assert row.message_id is not None
    try:
        mail = render_mail(program.bundle.mails[params["model"]], program.bundle.mails, context)
        await send_mail(mail, to=address, message_id=row.message_id)
    except ModelError as error:
        return EffectOutcome("failed", str(error))
    except MailRefused as error:
        return EffectOutcome("failed", str(error))
    except MailUncertain as error:
        return EffectOutcome("uncertain", str(error))
    except MailNotSent as error:
        raise Later(str(error)) from error
    return EffectOutcome("done")


async def _recipient(session: AsyncSession, to: dict[str, str]) -> tuple[str | None, str]:
    """Address and first name: of a participant as the démarche knows them, of a user as they are now."""
    if "email" in to:
        return to["email"], to["nom"].split(" ")[0]
    user = await session.get(Utilisateur, uuid.UUID(to["user_id"]))
    return (user.email, user.prenom) if user is not None and user.actif else (None, "")
