"""Web Push: a notification encrypted for one browser and handed to its vendor's service (RFC 8030, 8291, 8292).

pywebpush encrypts and signs; we send ourselves, because the address comes from outside: it is never one of our network.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher

from activities.adresse import AddressError, public_address

LIFE_S = 24 * 3600
"""How long the vendor keeps a notification for a browser that is off."""
SIGNED_S = 12 * 3600
TIMEOUT_S = 15.0
LARGEST = 3000
"""Bytes of the message before encryption: vendors take 4,096 after it."""


@dataclass(frozen=True, slots=True)
class Vapid:
    """Who sends: our private key (base64url of 32 bytes) and whom the vendor may write to."""

    private_key: str
    subject: str

    @property
    def public_key(self) -> str:
        """What a browser needs to subscribe, base64url."""
        point = self._key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode("ascii")

    def _key(self) -> Vapid02:
        return Vapid02.from_raw(self.private_key.encode("ascii"))

    def headers(self, endpoint: str) -> dict[str, str]:
        """Authorisation for one vendor."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + SIGNED_S,
            "sub": self.subject,
        }
        signed: dict[str, str] = self._key().sign(claims)
        return signed


class PushGoneError(Exception):
    """The browser has withdrawn its acceptance: the subscription is of no more use."""


class PushLaterError(Exception):
    """Not accepted this time: another try may succeed."""


class PushRefusedError(Exception):
    """Never accepted: the address is not one of a push service, or what we send is wrong."""


async def send_push(
    subscription: dict[str, str], message: dict[str, Any], vapid: Vapid, *, private_allowed: bool = False
) -> None:
    """Hand one notification to the browser's vendor.

    `private_allowed`: addresses of our own network too, for tests. Raises PushGoneError, PushLaterError or
    PushRefusedError.
    """
    endpoint = subscription["endpoint"]
    keys = {"p256dh": subscription["p256dh"], "auth": subscription["auth"]}
    data = json.dumps(_fitting(message), ensure_ascii=False).encode()
    try:
        body = WebPusher({"endpoint": endpoint, "keys": keys}).encode(data, "aes128gcm")["body"]
    except Exception as error:
        # The library's own errors and those of the curve: the keys given are not a browser's.
        raise PushRefusedError("Les clés de cet appareil ne sont pas valables.") from error
    headers = {
        **vapid.headers(endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIFE_S),
        "Urgency": "normal",
    }
    url, host = await checked(endpoint, private_allowed=private_allowed)
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            answer = await client.post(
                url,
                content=body,
                headers={**headers, "Host": host},
                extensions={"sni_hostname": host.split(":")[0]},
            )
    except httpx.HTTPError as error:
        raise PushLaterError("Le service de notification est injoignable.") from error
    if answer.status_code in (404, 410):
        raise PushGoneError
    if answer.status_code == 429 or answer.status_code >= 500:
        raise PushLaterError(f"Le service de notification est occupé (code {answer.status_code}).")
    if not answer.is_success:
        raise PushRefusedError(f"Le service de notification refuse (code {answer.status_code}).")


def _fitting(message: dict[str, Any]) -> dict[str, Any]:
    spare = LARGEST - len(json.dumps({**message, "texte": ""}, ensure_ascii=False).encode())
    text = str(message.get("texte", ""))
    while len(text.encode()) > spare:
        text = text[: len(text) // 2].rstrip() + "…"
    return {**message, "texte": text}


async def checked(endpoint: str, *, private_allowed: bool = False) -> tuple[str, str]:
    """The address to connect to, by number, and the host it stands for.

    Raises PushRefusedError for what is not a public https address, PushLaterError when the name has no answer now.
    """
    try:
        return await public_address(endpoint, private_allowed=private_allowed)
    except AddressError as error:
        raise PushRefusedError("Cette adresse n'est pas celle d'un service de notification.") from error
    except OSError as error:
        raise PushLaterError("Le service de notification est introuvable.") from error
