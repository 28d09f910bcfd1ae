"""The INPI's register of companies: `POST /sso/login`, `GET /companies/SIREN/attachments`, `GET /actes/ID/download` …

401 without a token or with one that has run out, 403 for an account that is refused, 404 for an unknown company.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USER, PASSWORD = "cabinet@example.org", "mot-de-passe-inpi"


def acte(id_: str, depose_le: str, *types: str, confidentiality: str = "Public") -> dict[str, Any]:
    return {
        "id": id_,
        "dateDepot": depose_le,
        "typeRdd": [{"typeActe": each} for each in types],
        "confidentiality": confidentiality,
    }


def bilan(id_: str, cloture: str, depose_le: str, confidentiality: str = "Public") -> dict[str, Any]:
    return {
        "id": id_,
        "dateDepot": depose_le,
        "dateCloture": cloture,
        "typeBilan": "C",
        "confidentiality": confidentiality,
    }


@dataclass
class Register:
    """`known`: what each company has filed, by SIREN. `copies`: contents by id. `asked`: paths, in order. `down`: a
    status that everything but the login answers. `user`: the account that is let in."""

    url: str = ""
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    copies: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: int | None = None
    user: str = USER
    tokens: set[str] = field(default_factory=set)

    def run_out(self) -> None:
        """Every token given until now is worth nothing any more."""
        self.tokens.clear()

    def login(self, told: dict[str, Any]) -> tuple[int, Any]:
        if told != {"username": self.user, "password": PASSWORD}:
            return 403, {"message": "Compte non habilité"}
        until = int((datetime.now(UTC) + timedelta(hours=24)).timestamp())
        body = json.dumps({"exp": until, "n": len(self.asked)}).encode()
        token = f"x.{base64.urlsafe_b64encode(body).decode().rstrip('=')}.y"
        self.tokens.add(token)
        return 200, {"token": token, "user": {"email": self.user}}

    def get(self, path: str, token: str) -> tuple[int, Any]:
        if token not in self.tokens:
            return 401, {"message": "JWT expiré"}
        if self.down is not None:
            return self.down, {"message": "Indisponible"}
        if (company := re.fullmatch(r"/companies/(\d{9})/attachments", path)) is not None:
            filed = self.known.get(company[1])
            return (404, {"message": "SIREN absent"}) if filed is None else (200, filed)
        if (copy := re.fullmatch(r"/(?:actes|bilans)/(\w+)/download", path)) is not None:
            return (200, self.copies[copy[1]]) if copy[1] in self.copies else (404, {"message": "Inconnu"})
        return 404, {"message": "Page inconnue"}


@contextmanager
def register() -> Iterator[Register]:
    """The register on a port of its own, for the time of a test."""
    made = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.asked.append(self.path)
            told = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            self._say(*(made.login(told) if self.path == "/api/sso/login" else (404, {})))

        def do_GET(self) -> None:
            made.asked.append(self.path)
            token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
            self._say(*made.get(self.path.removeprefix("/api"), token))

        def _say(self, status: int, told: Any) -> None:
            content = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """A test says what it wants to say by itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/api"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
