"""An outside platform that sends mails: takes signed webhooks (Standard Webhooks), or fails as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Recu:
    """One post, as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class PlateformeLocale:
    """`answers`: statuses given first, then 204; `hold` keeps answers back until it is set."""

    url: str = ""
    received: list[Recu] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)


@contextmanager
def plateforme_locale() -> Iterator[PlateformeLocale]:
    """A platform on a port of its own, for the time of a test."""
    made = PlateformeLocale()
    made.hold.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.received.append(Recu({name.lower(): value for name, value in self.headers.items()}, body))
            made.hold.wait(30)
            status = made.answers.pop(0) if made.answers else 204
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", made.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """A test says what it wants to say by itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/elaska"
    try:
        yield made
    finally:
        made.hold.set()
        server.shutdown()
        server.server_close()
