"""A service that modèles may call, as `activities/call_service.py` describes it, with what it takes to see it fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "secret-du-service"


@dataclass
class Annuaire:
    """A register of companies. `questions`: what it was asked, by idempotency key; `answers`: what it gives first."""

    url: str = ""
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    known: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"552100554": {"raison": "Garage Lambert", "active": True, "effectif": 12}}
    )


@contextmanager
def annuaire() -> Iterator[Annuaire]:
    """A register on a port of its own, for the time of a test."""
    made = Annuaire()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Idempotency-Key"]
            made.asked.append(key)
            status, said = self._answer(key, body)
            text = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", made.url)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _answer(self, key: str, body: dict[str, Any]) -> tuple[int, Any]:
            if self.headers["Authorization"] != f"Bearer {SECRET}":
                return 401, {"detail": "Secret inconnu"}
            if made.answers:
                return made.answers.pop(0)
            if made.questions.setdefault(key, body) != body:
                return 422, {"detail": "Une autre question sous la même clé"}
            found = made.known.get(str(body.get("siren")))
            return (200, found) if found is not None else (404, {"detail": "Entreprise inconnue"})

        def log_message(self, format: str, *args: Any) -> None:
            """A test says what it wants to say by itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/verifier"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
