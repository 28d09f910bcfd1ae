"""The mails by which people choose their password, sent from the rows of their links (SEC-02, SEC-03)."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.beside import repeating
from activities.mail import MailNotSentError, MailUncertainError, send_mail
from activities.mail_models import INVITATION, OUBLI, builtin, written
from activities.notifier import TRIES, pause
from activities.people import adviser_variables, home_link, password_link
from activities.send_courriel import smtp_settings
from activities.templating import ModelError
from store import acces, cabinet, modele_courriel
from store.acces import VALIDITE, Acces, Motif
from store.base import now
from store.crypto import Keyring
from store.session import session_scope
from store.settings import settings
from store.tiers import Tiers, TypeTiers
from store.utilisateur import Utilisateur

_MODELS = {Motif.INVITATION: INVITATION, Motif.OUBLI: OUBLI}


async def deliver(keyring: Keyring, at: datetime | None = None) -> bool:
    """Send the next mail that is due; False when there is none.

    One left half-way by a killed process goes again, with the same link under the same Message-ID.
    """
    at = at or now()
    async with session_scope() as alone:
        row = await acces.due(alone, at)
        if row is None:
            return False
        user = await alone.get(Utilisateur, row.utilisateur_id)
        if user is None or not user.actif or row.used_at is not None or row.revoked_at is not None:
            await _write(row, etat="sans_objet")
            return True
        until = at + VALIDITE[row.motif]
        # Before it leaves: the link is good by the time it is read.
        await _write(row, expires_at=until)
        context = await _context(alone, keyring, row, user, until)
        cle = _MODELS[row.motif]
        edited = await modele_courriel.of_key(alone, cle)
        conf = settings()
        try:
            mail = await written(edited, *builtin(cle), context)
            await send_mail(
                mail, to=user.email, message_id=f"<{row.id}@{conf.mail_domain}>", settings=smtp_settings()
            )
        except (MailNotSentError, MailUncertainError, ModelError) as error:
            await _failed(row, error, at)
        else:
            await _write(row, etat="fait", parti_le=at, erreur=None, tentatives=row.tentatives + 1)
    return True


async def _context(
    session: AsyncSession, keyring: Keyring, row: Acces, user: Utilisateur, until: datetime
) -> dict[str, Any]:
    firm = await cabinet.read(session)
    client = await session.get(Tiers, row.tiers_id) if row.tiers_id else None
    sender = (client.conseiller_id if client else None) or row.par
    adviser = await session.get(Utilisateur, sender) if sender else None
    # Nobody is invited « for » themselves.
    named = client if client and client.type in (TypeTiers.ENTREPRISE, TypeTiers.ASSOCIATION) else None
    return {
        "cabinet": firm.variables(),
        "conseiller": adviser_variables(firm, adviser),
        "prenom": user.prenom,
        "nom_client": named.nom if named else None,
        "lien_acces": password_link(acces.token(await keyring.cabinet(session), row.id)),
        "lien_portail": home_link(),
        "echeance": until.isoformat(),
    }


async def _failed(row: Acces, error: Exception, at: datetime) -> None:
    tries = row.tentatives + 1
    later = isinstance(error, MailUncertainError) or (isinstance(error, MailNotSentError) and error.retry)
    retry = later and tries < TRIES
    await _write(
        row,
        tentatives=tries,
        erreur=str(error)[:300],
        etat="en_attente" if retry else "echec",
        pas_avant=at + pause(tries),
    )


async def _write(row: Acces, **values: object) -> None:
    async with session_scope() as session:
        await session.exec(update(Acces).where(col(Acces.id) == row.id).values(**values))


def inviting(keyring: Keyring) -> AbstractAsyncContextManager[None]:
    """Keep doing it as long as the block lasts, soon after each link is made."""

    async def once() -> None:
        while await deliver(keyring):
            pass

    return repeating("acces", once, channel=acces.CHANNEL)
