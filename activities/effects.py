"""Carrying out the ledger: claim a row, do it, record how it went. One Message-ID per row, for ever."""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.call_service import call_service
from activities.decider import state_of
from activities.outcome import EffectOutcome, Later, Result
from activities.produce_document import produce_document
from activities.send_courriel import send_courriel
from activities.send_signature import send_signature
from activities.send_sms import send_sms
from store.crypto import ClientCipher, Keyring, place
from store.demarche import Demarche, Effet
from store.session import session_scope


async def carry_out(keyring: Keyring, effect_id: str) -> EffectOutcome:
    """Do one row. Raises Later when it may be retried at once; the row is then free again.

    A row found claimed was left by a process that died between doing and recording. Making a document again harms
    nobody; a mail goes again with the same Message-ID, so that servers and readers can tell it is the same one.
    """
    async with _alone(effect_id):
        async with session_scope() as session:
            row = await _claim(session, keyring, effect_id)
            if row is None:
                return await _already(session, keyring, effect_id)
            cipher = await keyring.load(session, row.client_id)
            demarche = await session.get(Demarche, row.demarche_id)
            assert demarche is not None
            params = cipher.decrypt_json(row.contenu, place("effet", "contenu", effect_id))
        try:
            outcome = await _do(keyring, cipher, row, demarche, params)
        except Later:
            await _record(cipher, effect_id, "en_attente")
            raise
        states = {"done": "fait", "failed": "echec", "uncertain": "incertain"}
        await _record(cipher, effect_id, states[outcome.outcome], outcome)
        return outcome


@asynccontextmanager
async def _alone(effect_id: str) -> AsyncIterator[None]:
    """One process at a time does a row, whatever Temporal retries or starts again.

    The lock dies with the connection of a process that is killed, so that nothing has to expire. Raises Later.
    """
    async with session_scope() as session:
        key = sa.func.hashtextextended(f"effet/{effect_id}", 0)
        if not await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(key))):
            raise Later("effet en cours dans un autre processus")
        yield


async def _do(
    keyring: Keyring, cipher: ClientCipher, row: Effet, demarche: Demarche, params: dict[str, Any]
) -> EffectOutcome:
    if row.kind == "courriel":
        return await send_courriel(keyring, row, demarche, params)
    if row.kind == "sms":
        return await send_sms(keyring, row, demarche, params)
    if row.kind == "signature":
        return await send_signature(cipher, row, demarche, params)
    if row.kind == "appel":
        return await call_service(row, params)
    return await produce_document(keyring, cipher, row, demarche, params)


async def _claim(session: AsyncSession, keyring: Keyring, effect_id: str) -> Effet | None:
    """Take a row that still has to be done. The démarche's state says so: a row given up or kept back while it was
    being tried is put away here instead of being tried again."""
    row = (
        await session.exec(
            select(Effet)
            .where(Effet.id == uuid.UUID(effect_id), col(Effet.etat).in_(("en_attente", "en_cours")))
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        return None
    demarche = await session.get(Demarche, row.demarche_id)
    assert demarche is not None
    state = await state_of(session, demarche, await keyring.load(session, row.client_id))
    wanted = state.effets.get(effect_id)
    if wanted is None or wanted.held:
        row.etat = "annule" if wanted is None else "retenu"
        session.add(row)
        await session.flush()
        return None
    row.etat, row.claimed_at, row.tentatives = "en_cours", datetime.now(UTC), row.tentatives + 1
    session.add(row)
    await session.flush()
    return row


async def _already(session: AsyncSession, keyring: Keyring, effect_id: str) -> EffectOutcome:
    """Outcome of a row that is held, cancelled or over."""
    row = await session.get(Effet, uuid.UUID(effect_id))
    if row is None or row.etat == "annule":
        return EffectOutcome("cancelled")
    if row.etat == "retenu":
        return EffectOutcome("held")
    # « non_remis »: it did leave, and came back later.
    outcomes: dict[str, Result] = {
        "fait": "done",
        "non_remis": "done",
        "echec": "failed",
        "incertain": "uncertain",
    }
    told = row.resultat or {}
    if sealed := told.get("scelle"):
        cipher = await keyring.load(session, row.client_id)
        told = cipher.decrypt_json(b64decode(sealed), place("effet", "resultat", effect_id))
    elif kept := told.get("donnees"):
        # Recorded when only the answer of a service was sealed.
        cipher = await keyring.load(session, row.client_id)
        told = told | {"donnees": cipher.decrypt_json(b64decode(kept), place("effet", "resultat", effect_id))}
    return EffectOutcome(outcomes[row.etat], told.get("reason", ""), told.get("file"), told.get("donnees"))


async def _record(
    cipher: ClientCipher, effect_id: str, etat: str, outcome: EffectOutcome | None = None
) -> None:
    values: dict[str, Any] = {"etat": etat}
    if outcome is not None:
        # A reason may quote a value of the dossier, a file's name holds what people wrote, and what a service says of
        # a client is as private as the rest.
        told = {"reason": outcome.reason, "file": outcome.file, "donnees": outcome.donnees}
        sealed = cipher.encrypt_json(told, place("effet", "resultat", effect_id))
        values |= {
            "done_at": datetime.now(UTC),
            "erreur": (outcome.en_clair or outcome.reason)[:300] or None,
            "resultat": {"scelle": b64encode(sealed).decode()},
        }
    async with session_scope() as session:
        await session.exec(update(Effet).where(col(Effet.id) == uuid.UUID(effect_id)).values(**values))
