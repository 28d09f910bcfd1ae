"""A push service on this machine: takes what is sent to browsers, checks who sends it, and opens it as a browser does.

Speaks RFC 8030 (delivery), 8291 (aes128gcm) and 8292 (vapid).
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signed(authorization: str) -> dict[str, Any] | None:
    """The claims of a VAPID header; None when its signature is not that of its key."""
    fields = dict(part.strip().split("=", 1) for part in authorization.removeprefix("vapid ").split(","))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(fields["k"]))
    head, payload, signature = fields["t"].split(".")
    raw = _raw(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        key.verify(der, f"{head}.{payload}".encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return None
    claims: dict[str, Any] = json.loads(_raw(payload))
    return claims


@dataclass
class Navigateur:
    """A browser that has accepted notifications. `status`: what its vendor answers."""

    adresse: str
    status: int = 201
    received: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def subscription(self) -> dict[str, str]:
        """What it gives to the site."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.adresse, "p256dh": _b64(point), "auth": _b64(self.auth)}


class PushService:
    """`with PushService() as service: service.browser()`."""

    def __init__(self) -> None:
        self.browsers: dict[str, Navigateur] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(service.take(self.path, dict(self.headers), body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def browser(self, status: int = 201) -> Navigateur:
        path = f"/push/{secrets.token_hex(8)}"
        made = self.browsers[path] = Navigateur(self.base + path, status)
        return made

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """The vendor's answer. A signature that is not right is refused, as vendors do."""
        browser = self.browsers.get(path)
        if browser is None:
            return 404
        claims = _signed(headers["Authorization"])
        if claims is None or claims["aud"] != self.base or claims["exp"] < time.time():
            return 403
        browser.claims = claims
        browser.headers = headers
        if browser.status < 300:
            opened = http_ece.decrypt(
                body, private_key=browser.key, auth_secret=browser.auth, version="aes128gcm"
            )
            browser.received.append(json.loads(opened))
        return browser.status
