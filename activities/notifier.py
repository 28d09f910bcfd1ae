"""What leaves outside of the portal for each entry of the bell: planned by each person's choices, then sent.

Both steps read rows that nobody else holds, so that any number of workers may run them. A row is marked in the
transaction that holds it while it is sent: one that was left half-way by a killed process goes again, a mail under the
same Message-ID (DESIGN rule 9).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.beside import repeating
from activities.mail import MailNotSentError, MailUncertainError, send_mail
from activities.mail_models import BELL, builtin, written
from activities.push import PushGoneError, PushLaterError, PushRefusedError, Vapid, send_push
from activities.send_courriel import smtp_settings
from store import appareil, cabinet, droit, modele_courriel, notification
from store.base import now
from store.crypto import Keyring
from store.envoi import Envoi
from store.notification import Notification
from store.preference import CANAUX, choices_of, type_of
from store.session import session_scope
from store.settings import settings
from store.utilisateur import Utilisateur

AT_ONCE = 200
TRIES = 8
FIRST_WAIT = timedelta(minutes=1)
_log = logging.getLogger("elaska.notifications")


async def plan(at: datetime | None = None) -> int:
    """Decide what leaves for the notices that nobody has looked at yet; how many there were."""
    at = at or now()
    async with session_scope() as session:
        told = (
            await session.exec(
                select(Notification)
                .where(col(Notification.planifie_le).is_(None))
                .order_by(col(Notification.created_at))
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            )
        ).all()
        people = await _people(session, {row.utilisateur_id for row in told})
        choices = await choices_of(session, {id_: user.staff for id_, user in people.items()})
        reachable = set(
            await session.exec(
                select(appareil.Appareil.utilisateur_id).where(
                    col(appareil.Appareil.utilisateur_id).in_(people)
                )
            )
        )
        for row in told:
            row.planifie_le = at
            session.add(row)
            choice = choices.get(row.utilisateur_id)
            if choice is None or not people[row.utilisateur_id].actif:
                continue
            for canal in CANAUX:
                rythme = choice.rythme(type_of(row.type), canal)
                if rythme == "jamais" or (canal == "push" and row.utilisateur_id not in reachable):
                    continue
                session.add(
                    Envoi(
                        notification_id=row.id,
                        utilisateur_id=row.utilisateur_id,
                        canal=canal,
                        rythme=rythme,
                        pas_avant=choice.leaves_at(rythme, at),
                    )
                )
        await session.flush()
    return len(told)


async def _people(session: AsyncSession, ids: set[uuid.UUID]) -> dict[uuid.UUID, Utilisateur]:
    rows = await session.exec(select(Utilisateur).where(col(Utilisateur.id).in_(ids)))
    return {row.id: row for row in rows}


async def deliver(keyring: Keyring, at: datetime | None = None) -> int:
    """Send what is due to one person on one channel; how many rows that settled or put off."""
    at = at or now()
    async with session_scope() as session:
        first = (
            await session.exec(
                select(Envoi)
                .where(Envoi.etat == "en_attente", col(Envoi.pas_avant) <= at)
                .order_by(col(Envoi.pas_avant), col(Envoi.id))
                .limit(1)
                .with_for_update(skip_locked=True)
            )
        ).first()
        if first is None:
            return 0
        same = (
            await session.exec(
                select(Envoi)
                .where(
                    Envoi.utilisateur_id == first.utilisateur_id,
                    Envoi.canal == first.canal,
                    Envoi.lot == first.lot if first.lot else col(Envoi.lot).is_(None),
                    Envoi.etat == "en_attente",
                    col(Envoi.pas_avant) <= at,
                )
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            )
        ).all()
        # A lot keeps its number from its first try on: the same mail again is the same message.
        lot = first.lot or uuid.uuid5(first.id, "lot")
        if first.lot is None:
            await _number(same, lot, session)
        batch = await _batch(session, keyring, first, same)
        for row in same:
            if row.id not in {envoi.id for envoi, _ in batch.told}:
                _settle(row, "sans_objet", at)
        if batch.told:
            await _send(session, keyring, batch, lot, at)
        session.add_all(same)
        await session.flush()
    return len(same)


async def _number(rows: Sequence[Envoi], lot: uuid.UUID, session: AsyncSession) -> None:
    for row in rows:
        row.lot = lot
        session.add(row)
    await session.flush()


@dataclass(frozen=True, slots=True)
class _Told:
    texte: str
    lien: str
    demarche_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class _Batch:
    user: Utilisateur
    canal: str
    told: list[tuple[Envoi, _Told]]


async def _batch(session: AsyncSession, keyring: Keyring, first: Envoi, rows: Sequence[Envoi]) -> _Batch:
    """What may still be said: not what was read meanwhile, nor what belongs to an erased client, nor what is about a
    modèle closed to the person since, or a démarche taken off the client's portal."""
    user = await session.get(Utilisateur, first.utilisateur_id)
    assert user is not None
    closed = await droit.closed_to(session, user)
    ids = [row.notification_id for row in rows]
    found = {
        row.id: row
        for row in await session.exec(
            select(Notification).where(
                col(Notification.id).in_(ids), *notification.readable(closed, client=not user.staff)
            )
        )
        if row.read_at is None and row.reglee_le is None
    }
    ciphers = await keyring.load_many(session, {row.client_id for row in found.values()})
    told = [
        (
            row,
            _Told(
                notification.read(notice, ciphers[notice.client_id]), notice.lien or "/", notice.demarche_id
            ),
        )
        for row in rows
        if (notice := found.get(row.notification_id)) is not None and notice.client_id in ciphers
    ]
    return _Batch(user, first.canal, told if user.actif else [])


async def _send(session: AsyncSession, keyring: Keyring, batch: _Batch, lot: uuid.UUID, at: datetime) -> None:
    if batch.canal == "courriel":
        error = await _mail(session, batch, lot)
        for row, _ in batch.told:
            _judge(row, error, at)
        return
    cipher = await keyring.cabinet(session)
    devices = [(row, appareil.read(row, cipher)) for row in await appareil.of_user(session, batch.user.id)]
    for row, told in batch.told:
        _judge(row, await _push(session, devices, batch.user, told), at)


@dataclass(frozen=True, slots=True)
class _Error:
    """Why it did not leave. `retry`: it may later."""

    reason: str
    retry: bool


async def _mail(session: AsyncSession, batch: _Batch, lot: uuid.UUID) -> _Error | None:
    conf = settings()
    base = conf.public_url.rstrip("/") + ("/console" if batch.user.staff else "")
    context: dict[str, Any] = {
        "cabinet": (await cabinet.read(session)).variables(),
        "prenom": batch.user.prenom,
        "lignes": [{"texte": told.texte, "lien": base + told.lien} for _, told in batch.told],
        "lien_portail": base + "/",
        "lien_preferences": base + "/profil",
    }
    try:
        mail = await written(await modele_courriel.of_key(session, BELL), *builtin(BELL), context)
        await send_mail(
            mail, to=batch.user.email, message_id=f"<{lot}@{conf.mail_domain}>", settings=smtp_settings()
        )
    except MailUncertainError as error:
        return _Error(str(error), True)
    except MailNotSentError as error:
        return _Error(str(error), error.retry)
    return None


async def _push(
    session: AsyncSession,
    devices: list[tuple[appareil.Appareil, dict[str, str]]],
    user: Utilisateur,
    told: _Told,
) -> _Error | None:
    """To every browser of the person: told once one of them has taken it."""
    vapid = vapid_of_settings()
    if vapid is None:
        return _Error("Les notifications ne sont pas configurées.", False)
    message = {
        "titre": "eLaska",
        "texte": told.texte,
        "lien": ("/console" if user.staff else "") + told.lien,
        "marque": str(told.demarche_id or ""),
    }
    failures: list[_Error] = []
    taken = False
    for row, subscription in list(devices):
        try:
            await send_push(subscription, message, vapid, private_allowed=settings().push_private_addresses)
        except PushGoneError:
            devices.remove((row, subscription))
            await session.delete(row)
        except PushLaterError as error:
            failures.append(_Error(str(error), True))
        except PushRefusedError as error:
            failures.append(_Error(str(error), False))
        else:
            taken, row.vu_le = True, now()
            session.add(row)
    if taken:
        return None
    return next((e for e in failures if e.retry), None) or next(
        iter(failures), _Error("Aucun appareil.", False)
    )


def vapid_of_settings() -> Vapid | None:
    """Our keys; None when this installation sends no push."""
    conf = settings()
    if conf.vapid_private_key is None:
        return None
    return Vapid(conf.vapid_private_key.get_secret_value(), conf.vapid_subject)


def _judge(row: Envoi, error: _Error | None, at: datetime) -> None:
    row.tentatives += 1
    row.erreur = error.reason[:300] if error else None
    if error is None:
        _settle(row, "fait", at)
    elif not error.retry or row.tentatives >= TRIES:
        _settle(row, "echec", at)
    else:
        row.pas_avant = at + pause(row.tentatives)


def pause(tentatives: int) -> timedelta:
    """How long to wait after that many tries."""
    return FIRST_WAIT * int(3 ** (tentatives - 1))


def _settle(row: Envoi, etat: str, at: datetime) -> None:
    row.etat, row.done_at = etat, at


# --- the loop


async def run_once(keyring: Keyring) -> None:
    """Plan all that is new, then send all that is due."""
    while await plan():
        pass
    while await deliver(keyring):
        pass


def notifying(keyring: Keyring) -> AbstractAsyncContextManager[None]:
    """Keep doing it as long as the block lasts, soon after each notice."""
    return repeating("notifications", lambda: run_once(keyring), channel=notification.CHANNEL)
