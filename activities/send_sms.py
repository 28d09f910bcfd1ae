"""Effect « SMS »: write one text from its model and hand it to an HTTP gateway (A8, REC-12, INT-13).

No provider is imposed: a gateway is any address that takes

    POST ELASKA_SMS_URL
    Authorization: Bearer ELASKA_SMS_TOKEN
    Idempotency-Key: 8c2d…                      id of the row of the ledger: the same SMS asked for twice is sent once
    {"id": "8c2d…", "to": "+33612345678", "from": "eLaska", "text": "Bonjour…"}

and answers 2xx when it takes charge of it (409: it already had), 400 or 422 with {"detail": "…"} when it never will
(wrong number), 401 or 403 when the token is wrong, anything else when it may be asked again.
"""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import phonenumbers
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.outcome import EffectOutcome, Later
from activities.people import message_context
from activities.templating import ModelError, render
from store.crypto import Keyring
from store.demarche import Demarche, Effet
from store.session import session_scope
from store.settings import settings
from store.tiers import Tiers

TIMEOUT = 20.0
"""Seconds for the whole exchange: well within the time given to an effect."""
LONGEST = 800
"""Characters, once written: more is a mail."""
_TAKEN = 409
_REFUSED = {400, 404, 413, 422}


async def send_sms(keyring: Keyring, row: Effet, demarche: Demarche, params: dict[str, Any]) -> EffectOutcome:
    """Send the SMS of a row of the ledger. Raises Later when it may be asked again: the gateway takes the row's id as
    a key, so that asking twice never sends two."""
    conf = settings()
    if conf.sms_url is None:
        return EffectOutcome("failed", "L'envoi de SMS n'est pas configuré.")
    async with session_scope() as session:
        number = await _number(session, demarche, params["to"])
        prenom = str(params["to"].get("nom", ""))
        context = await message_context(session, keyring, demarche, params, prenom)
    to = mobile(number)
    if to is None:
        return EffectOutcome("failed", "Le destinataire n'a pas de numéro de mobile valable.")
    try:
        text = " ".join(render(params["texte"], {}, context, autoescape=False).split())
    except ModelError as error:
        return EffectOutcome("failed", str(error), en_clair=error.sans_valeur)
    if len(text) > LONGEST:
        return EffectOutcome("failed", f"Ce SMS est trop long ({len(text)} caractères, {LONGEST} au plus).")
    return await _post(conf.sms_url, str(row.id), to, text)


async def _post(url: str, row_id: str, to: str, text: str) -> EffectOutcome:
    conf = settings()
    headers = {"Idempotency-Key": row_id}
    if conf.sms_token is not None:
        headers["Authorization"] = f"Bearer {conf.sms_token.get_secret_value()}"
    body = {"id": row_id, "to": to, "from": conf.sms_from, "text": text}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            answer = await client.post(url, json=body, headers=headers)
    except httpx.HTTPError as error:
        raise Later(f"passerelle SMS : {type(error).__name__}") from error
    if answer.is_success or answer.status_code == _TAKEN:
        return EffectOutcome("done")
    if answer.status_code in _REFUSED:
        return EffectOutcome("failed", f"La passerelle a refusé ce SMS ({answer.status_code}).")
    if answer.status_code in (401, 403):
        return EffectOutcome("failed", "La passerelle SMS refuse notre accès : vérifiez ELASKA_SMS_TOKEN.")
    raise Later(f"passerelle SMS : {answer.status_code}")


def mobile(number: str | None) -> str | None:
    """A number in international form (« +33612345678 »), or None when no SMS can reach it."""
    try:
        parsed = phonenumbers.parse(number or "", "FR")
    except phonenumbers.NumberParseException:
        return None
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if not phonenumbers.is_valid_number(parsed) or phonenumbers.number_type(parsed) not in kinds:
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


async def _number(session: AsyncSession, demarche: Demarche, to: dict[str, str]) -> str | None:
    """Number of a participant as the démarche knows it, of the client as it is now."""
    if "telephone" in to:
        return to["telephone"]
    client = await session.get(Tiers, uuid.UUID(to["client_id"]))
    return client.telephone if client is not None else None
