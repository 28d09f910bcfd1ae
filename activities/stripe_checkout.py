"""Stripe Checkout over HTTP (REC-29): opening a payment page, and telling a true webhook from a forged one.

Three calls of a stable protocol do not need the provider's SDK, which would come with its own HTTP stack. No card
data passes here: the payer types it on the provider's page.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from activities.webhooks import BadSignature, event_of
from store.settings import Settings

TOLERANCE_S = 300
"""Age beyond which a signed webhook is refused: a copy sent again later proves nothing."""
TIMEOUT_S = 15.0
PAID = frozenset({"checkout.session.completed", "checkout.session.async_payment_succeeded"})
KNOWN = PAID | {"checkout.session.async_payment_failed", "checkout.session.expired"}


class PaymentUnavailable(RuntimeError):
    """The provider is not configured, cannot be reached or refused: `str(error)` is for the log."""


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """A payment page opened at the provider."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a webhook says of one payment page. `montant`: integer cents."""

    event_id: str
    type: str
    session_id: str
    reference: str
    montant: int
    devise: str
    paid: bool
    failed: bool
    expired: bool
    payment_intent: str | None


async def open_session(
    settings: Settings,
    *,
    reference: str,
    montant: int,
    libelle: str,
    success_url: str,
    cancel_url: str,
    metadata: dict[str, str],
) -> CheckoutSession:
    """Open a payment page of `montant` cents. `reference` is ours, and the idempotency key: twice is one page.

    Raises PaymentUnavailable.
    """
    if settings.stripe_key is None:
        raise PaymentUnavailable("no payment provider is configured")
    form = {
        "mode": "payment",
        "locale": "fr",
        "client_reference_id": reference,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": str(montant),
        "line_items[0][price_data][product_data][name]": libelle[:250],
        **{f"metadata[{key}]": value for key, value in metadata.items()},
    }
    headers = {
        "Authorization": f"Bearer {settings.stripe_key.get_secret_value()}",
        "Idempotency-Key": reference,
    }
    address = f"{settings.stripe_url.rstrip('/')}/v1/checkout/sessions"
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            answer = await client.post(address, data=form, headers=headers)
    except httpx.HTTPError as error:
        raise PaymentUnavailable(f"payment provider unreachable: {type(error).__name__}") from error
    if answer.status_code != httpx.codes.OK:
        raise PaymentUnavailable(f"payment provider answered {answer.status_code}")
    try:
        body = answer.json()
        return CheckoutSession(str(body["id"]), str(body["url"]))
    except (ValueError, KeyError, TypeError) as error:
        raise PaymentUnavailable("payment provider's answer is unreadable") from error


def verify(payload: bytes, header: str, secret: str, now: datetime) -> dict[str, Any]:
    """The event of a webhook, once its signature is checked on the very bytes received.

    `header`: « t=<epoch>,v1=<hex>[,v1=<hex>] »; several `v1` while the secret is being rotated. Raises BadSignature.
    """
    instant, signatures = _parts(header)
    expected = hmac.new(secret.encode(), f"{instant}.".encode() + payload, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected, signature) for signature in signatures):
        raise BadSignature("the signature does not match")
    if abs(now.timestamp() - instant) > TOLERANCE_S:
        raise BadSignature("the signature is too old")
    return event_of(payload)


def _parts(header: str) -> tuple[int, list[str]]:
    instant: int | None = None
    signatures: list[str] = []
    for part in header.split(","):
        key, _, value = part.strip().partition("=")
        if key == "t" and value.isascii() and value.isdigit() and len(value) < 13:
            instant = int(value)
        elif key == "v1" and value.isascii():
            signatures.append(value)
    if instant is None or not signatures:
        raise BadSignature("the signature is missing or unreadable")
    return instant, signatures


def sign(payload: bytes, secret: str, now: datetime) -> str:
    """The header that the provider would send: for local servers that speak its protocol."""
    instant = int(now.timestamp())
    digest = hmac.new(secret.encode(), f"{instant}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={instant},v1={digest}"


def read_notice(event: dict[str, Any]) -> Notice | None:
    """What an event says of a payment page; None when it is about something else.

    « completed » is not money received: only `payment_status` says it.
    """
    kind = event.get("type")
    session = event.get("data", {}).get("object") if isinstance(event.get("data"), dict) else None
    if kind not in KNOWN or not isinstance(session, dict) or not isinstance(event.get("id"), str):
        return None
    montant = session.get("amount_total")
    intent = session.get("payment_intent")
    return Notice(
        event_id=event["id"],
        type=str(kind),
        session_id=str(session.get("id", "")),
        reference=str(session.get("client_reference_id", "")),
        montant=montant if isinstance(montant, int) else -1,
        devise=str(session.get("currency", "")),
        paid=kind in PAID and session.get("payment_status") == "paid",
        failed=kind == "checkout.session.async_payment_failed",
        expired=kind == "checkout.session.expired",
        payment_intent=intent if isinstance(intent, str) else None,
    )
