"""La Poste's « Suivi v2 »: `GET /suivi/v2/idships/{id}?lang=fr_FR` with the header `X-Okapi-Key`.

Answers as documented: 200 and an object (or a list of one) for a number it knows, 404 with `returnCode` 104 for one not
registered yet, 400 for one badly written, 401 as the gateway says it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "cle-okapi-d-essai"


@dataclass
class SuiviCourrier:
    """`known`: events by number. `asked`: path and query, in order. `as_list`: answers as for several numbers.
    `refusals`: how many questions are refused first."""

    url: str = ""
    known: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    as_list: bool = False
    refusals: int = 0

    def answer(self, path: str, key: str | None) -> tuple[int, Any]:
        """Status and body for a question."""
        number = unquote(path.rpartition("/")[2])
        told = {"lang": "fr_FR", "scope": "open", "idShip": number}
        if key != KEY:
            return 401, {"code": "UNAUTHORIZED", "message": "Missing or invalid key"}
        if self.refusals:
            self.refusals -= 1
            return 400, told | {"returnCode": 400, "returnMessage": "Numéro mal formé"}
        if not path.startswith("/suivi/v2/idships/") or not (number.isalnum() and 11 <= len(number) <= 15):
            return 400, told | {"returnCode": 400, "returnMessage": "Numéro mal formé"}
        if number not in self.known:
            return 404, told | {"returnCode": 104, "returnMessage": "Ressource non trouvée"}
        shipment = {"idShip": number, "holder": 1, "event": self.known[number]}
        shipment |= {"url": f"https://www.laposte.fr/outils/suivre-vos-envois?code={number}"}
        found = told | {"returnCode": 200, "shipment": shipment}
        return (207, [found]) if self.as_list else (200, found)


@contextmanager
def suivi_courrier(**known: list[dict[str, Any]]) -> Iterator[SuiviCourrier]:
    """The API on a port of its own, for the time of a test, knowing these letters."""
    made = SuiviCourrier(known=known)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            made.asked.append((parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}))
            status, told = made.answer(parts.path, self.headers["X-Okapi-Key"])
            text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            """A test says what it wants to say by itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/suivi/v2"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
