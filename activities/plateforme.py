"""Mails handed to an outside platform by signed webhook (NOT-06): one at a time, in order, retried for a day.

What is posted is signed as the Standard Webhooks specification says (https://www.standardwebhooks.com), for which
receivers find libraries in every language. The target is resolved, refused when it is in our own network, and called
by number: its name cannot lead elsewhere meanwhile. It is never followed elsewhere, and its answer is not read.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
import uuid
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.adresse import AddressError, public_address
from activities.beside import repeating
from store import notification, plateforme
from store.base import now
from store.crypto import CryptoError, Keyring
from store.demarche import Effet
from store.plateforme import Livraison, Plateforme
from store.session import session_scope
from store.settings import settings
from store.utilisateur import Role, Utilisateur

TIMEOUT_S = 15.0
"""For the whole exchange: a platform that answers drop by drop is one that does not answer."""
GIVEN_UP = timedelta(days=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
REFUSALS = 20
"""Messages refused in a row, past which what is wrong is not the messages."""
_OURS = {400, 413, 415, 422}
"""Answers that are about the message: the same one would be refused again."""
_log = logging.getLogger("elaska.plateforme")


@dataclass(frozen=True)
class Answer:
    """What one exchange led to. `statut` is absent when there was no answer."""

    statut: int | None
    erreur: str | None
    duree_ms: int

    @property
    def taken(self) -> bool:
        return self.statut is not None and 200 <= self.statut < 300


def signature(secret: str, id_: str, at: int, body: bytes) -> str:
    """Header `webhook-signature`; `secret` is « whsec_ » and 24 to 64 bytes in base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


async def post(url: str, secret: str, id_: str, message: Mapping[str, Any]) -> Answer:
    """One exchange. Never raises for what the target does."""
    body = json.dumps(message, ensure_ascii=False, default=str).encode()
    at = int(time.time())
    began = time.monotonic()

    def answer(statut: int | None, erreur: str | None) -> Answer:
        return Answer(statut, erreur, round((time.monotonic() - began) * 1000))

    try:
        async with asyncio.timeout(TIMEOUT_S):
            address, host = await public_address(url, private_allowed=settings().plateforme_privee)
            headers = {
                "Host": host,
                "Content-Type": "application/json",
                "webhook-id": id_,
                "webhook-timestamp": str(at),
                "webhook-signature": signature(secret, id_, at, body),
            }
            async with (
                httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
                client.stream(
                    "POST",
                    address,
                    content=body,
                    headers=headers,
                    extensions={"sni_hostname": host.split(":")[0]},
                ) as said,
            ):
                status = said.status_code
    except AddressError:
        return answer(None, "Adresse refusée\u00a0: ce n'est pas une adresse publique en https.")
    except TimeoutError:
        return answer(None, "Pas de réponse à temps.")
    except (httpx.HTTPError, OSError) as error:
        return answer(None, f"Pas de réponse ({type(error).__name__}).")
    return answer(status, None if 200 <= status < 300 else f"Réponse {status}.")


async def deliver_next(keyring: Keyring, at: datetime | None = None) -> bool:
    """Try the first of the line; False when there is nothing to do for the moment."""
    at = at or now()
    async with session_scope() as session:
        # One process at a time, or two messages could overtake each other.
        key = sa.func.hashtextextended("plateforme_courriel", 0)
        if not await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(key))):
            return False
        conf = await plateforme.read(session)
        row = await plateforme.first(session) if conf.actif else None
        if row is None or row.pas_avant > at or conf.secret is None:
            return False
        effet = await session.get(Effet, row.id)
        if effet is None or effet.etat not in ("en_attente", "en_cours"):
            # Cancelled or held back meanwhile: handed over again if it is wanted again.
            await session.delete(row)
            return True
        try:
            message = plateforme.message_of(row, await keyring.load(session, row.client_id))
        except CryptoError:
            await session.delete(row)
            return True
        secret = (await keyring.cabinet(session)).decrypt_text(conf.secret, plateforme.SECRET)
        answer = await post(conf.url, secret, str(row.id), message)
        _judge(conf, row, answer, at)
        session.add_all([conf, row])
        if conf.desactivee_le is not None:
            await _warn(session, keyring, conf)
    return True


def _judge(conf: Plateforme, row: Livraison, answer: Answer, at: datetime) -> None:
    row.tentatives += 1
    row.statut, row.erreur, row.duree_ms = answer.statut, answer.erreur, answer.duree_ms
    if answer.taken:
        conf.refus = 0
        _over(row, "fait", at)
    elif answer.statut in _OURS:
        conf.refus += 1
        _over(row, "refusee", at)
        if conf.refus >= REFUSALS:
            _turn_off(conf, f"Elle a refusé {conf.refus} emails de suite (réponse {answer.statut}).", at)
    elif at - row.created_at >= GIVEN_UP:
        _over(row, "abandonnee", at)
        _turn_off(conf, f"Elle ne prend plus les emails depuis un jour. {answer.erreur}", at)
    else:
        wait = min(FIRST_WAIT * 2 ** min(row.tentatives - 1, 10), LONGEST_WAIT)
        row.pas_avant = min(at + wait, row.created_at + GIVEN_UP)


def _over(row: Livraison, etat: str, at: datetime) -> None:
    # What was posted is kept with the mail itself; links in it are personal.
    row.etat, row.done_at, row.contenu = etat, at, b""


def _turn_off(conf: Plateforme, motif: str, at: datetime) -> None:
    conf.actif, conf.desactivee_le, conf.motif, conf.refus = False, at, motif[:300], 0
    _log.error("mail platform turned off")


async def _warn(session: AsyncSession, keyring: Keyring, conf: Plateforme) -> None:
    """Tell every administrator. Mails leave through our own server again."""
    cipher = await keyring.cabinet(session)
    admins = select(Utilisateur).where(col(Utilisateur.role) == Role.ADMIN, col(Utilisateur.actif))
    for admin in await session.exec(admins):
        await notification.notify(
            session,
            cipher,
            admin.id,
            type="alerte",
            texte=f"La plateforme d'envoi des emails est désactivée. {conf.motif} "
            "Les emails repartent par le serveur du cabinet.",
            lien="/console/parametres",
            origine=f"plateforme/{conf.desactivee_le:%Y%m%d%H%M%S}",
        )


def delivering(keyring: Keyring) -> AbstractAsyncContextManager[None]:
    """Keep delivering as long as the block lasts."""

    async def all_due() -> None:
        while await deliver_next(keyring):
            pass

    return repeating("deliveries", all_due, channel=plateforme.CHANNEL)


async def trial(keyring: Keyring) -> Answer | None:
    """Post a message of trial now, whatever waits; None when no address or secret was given."""
    async with session_scope() as session:
        conf = await plateforme.read(session)
        if not conf.url or conf.secret is None:
            return None
        secret = (await keyring.cabinet(session)).decrypt_text(conf.secret, plateforme.SECRET)
    return await post(conf.url, secret, str(uuid.uuid4()), {"type": "essai", "essai": True})
