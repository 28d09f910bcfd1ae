"""An SMS gateway that speaks the protocol of `activities/send_sms.py`, with what it takes to see it fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "jeton-de-la-passerelle"


@dataclass
class Gateway:
    """What the gateway took charge of, by idempotency key; `answers`: statuses it gives first, before it works."""

    url: str = ""
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway on a port of its own, for the time of a test."""
    made = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(self._status(body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _status(self, body: dict[str, Any]) -> int:
            key = self.headers["Idempotency-Key"]
            made.asked.append(key)
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                return 401
            if set(body) != {"id", "to", "from", "text"} or body["id"] != key or body["to"][:1] != "+":
                return 422
            if made.answers:
                status = made.answers.pop(0)
                if status == 504:
                    made.sent[key] = body  # taken, but the answer was lost on the way
                return status
            if key in made.sent:
                return 409
            made.sent[key] = body
            return 202

        def log_message(self, format: str, *args: Any) -> None:
            """A test says what it wants to say by itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/sms"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
