"""Yousign API v3 over HTTP: sending a document to its signers, fetching it signed, telling a true webhook from a forged
one (CRE-21). The only module that knows this service: another one is another module of the same functions.

Six calls of a stable protocol do not need an SDK, which would come with its own HTTP stack.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from activities.webhooks import BadSignature, event_of
from store.settings import Settings

TIMEOUT_S = 20.0
Issue = Literal["signe", "refuse", "expire", "annule", "en_cours"]
EVENTS: dict[str, Issue] = {
    "signature_request.activated": "en_cours",
    "signature_request.done": "signe",
    "signature_request.declined": "refuse",
    "signature_request.rejected": "refuse",
    "signature_request.expired": "expire",
    "signature_request.canceled": "annule",
    "signature_request.deleted": "annule",
}


class SignatureUnavailable(RuntimeError):
    """The service cannot be reached or is busy: the same call may be made later. `str(error)` is for the log."""


class SignatureRefused(RuntimeError):
    """The service refused what it was asked: asking again changes nothing. `str(error)` is for the log."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where someone signs: PDF points from the top left of a page, counted from 1."""

    page: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and where."""

    prenom: str
    nom: str
    email: str
    place: Field


@dataclass(frozen=True, slots=True)
class Notice:
    """What a webhook says of one sending. `reference` is ours."""

    event_id: str
    type: str
    request_id: str
    reference: str
    issue: Issue


class Yousign:
    """The service, as this installation is set to use it."""

    def __init__(self, settings: Settings) -> None:
        if settings.yousign_key is None:
            raise SignatureRefused("no signature service is configured")
        self._base = settings.yousign_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {settings.yousign_key.get_secret_value()}"}
        self._authentication = settings.yousign_authentication

    async def draft(self, *, name: str, reference: str, pdf: bytes, signers: list[Signer]) -> str:
        """Prepare a sending, which nobody hears of yet; its id. Raises SignatureUnavailable, SignatureRefused."""
        request = {
            "name": name[:128],
            "delivery_mode": "email",
            "timezone": "Europe/Paris",
            "external_id": reference,
            "ordered_signers": len(signers) > 1,
        }
        id_ = str((await self._call("POST", "/signature_requests", json=request)).json()["id"])
        base = f"/signature_requests/{id_}"
        uploaded = await self._call(
            "POST",
            f"{base}/documents",
            files={"file": ("document.pdf", pdf, "application/pdf")},
            data={"nature": "signable_document", "parse_anchors": "false"},
        )
        document = str(uploaded.json()["id"])
        for signer in signers:
            await self._call("POST", f"{base}/signers", json=self._signer(signer, document))
        return id_

    def _signer(self, signer: Signer, document: str) -> dict[str, Any]:
        place = signer.place
        return {
            "info": {
                "first_name": signer.prenom,
                "last_name": signer.nom,
                "email": signer.email,
                "locale": "fr",
            },
            "signature_level": "electronic_signature",
            "signature_authentication_mode": self._authentication,
            "fields": [
                {
                    "type": "signature",
                    "document_id": document,
                    "page": place.page,
                    "x": place.x,
                    "y": place.y,
                    "width": 180,
                    "height": 60,
                }
            ],
        }

    async def activate(self, id_: str) -> None:
        """Write to the signers. Raises SignatureUnavailable, SignatureRefused."""
        await self._call("POST", f"/signature_requests/{id_}/activate")

    async def status(self, id_: str) -> str:
        """« draft », « ongoing », « done » …; « deleted » when the service knows it no more."""
        answer = await self._call("GET", f"/signature_requests/{id_}", missing=True)
        return "deleted" if answer.status_code == httpx.codes.NOT_FOUND else str(answer.json()["status"])

    async def signed(self, id_: str) -> bytes:
        """The signed PDF. Raises SignatureUnavailable, SignatureRefused."""
        answer = await self._call(
            "GET", f"/signature_requests/{id_}/documents/download", params={"version": "completed"}
        )
        return answer.content

    async def _call(self, method: str, path: str, *, missing: bool = False, **content: Any) -> httpx.Response:
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S, headers=self._headers) as client:
                answer = await client.request(method, self._base + path, **content)
        except httpx.HTTPError as error:
            raise SignatureUnavailable(f"signature service unreachable: {type(error).__name__}") from error
        if answer.is_success or (missing and answer.status_code == httpx.codes.NOT_FOUND):
            return answer
        busy = answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error
        kind = SignatureUnavailable if busy else SignatureRefused
        raise kind(f"signature service answered {answer.status_code} to {method} {path.split('/')[-1]}")


def verify(payload: bytes, header: str, secret: str) -> dict[str, Any]:
    """The event of a webhook, once its signature is checked on the very bytes received. Raises BadSignature.

    `header`: « sha256=<hex> ». The service dates nothing in it: an event sent again is told by its id.
    """
    if not header.isascii() or not hmac.compare_digest(sign(payload, secret), header):
        raise BadSignature("the signature does not match")
    return event_of(payload)


def sign(payload: bytes, secret: str) -> str:
    """The header that the service would send: for local servers that speak its protocol."""
    return "sha256=" + hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()


def read_notice(event: dict[str, Any]) -> Notice | None:
    """What an event says of a sending; None when it is about something else."""
    kind, data = event.get("event_name"), event.get("data")
    request = data.get("signature_request") if isinstance(data, dict) else None
    if kind not in EVENTS or not isinstance(request, dict) or not isinstance(event.get("event_id"), str):
        return None
    return Notice(
        event_id=event["event_id"],
        type=str(kind),
        request_id=str(request.get("id", "")),
        reference=str(request.get("external_id", "")),
        issue=EVENTS[kind],
    )
