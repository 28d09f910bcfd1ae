"""A payment provider: opens Checkout pages, shows them, and signs its webhooks as Stripe documents it."""

from __future__ import annotations

import json
import secrets
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import httpx

from activities.stripe_checkout import sign

KEY = "sk_test_" + "0" * 24
WEBHOOK_SECRET = "whsec_" + "1" * 24


class FakeStripe:
    """`sessions`: pages opened, by id. `fail_with`: HTTP status of the next answers. Webhooks go to `webhook_url`."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, str] = {}
        self.fail_with: int | None = None
        self.webhook_url = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == "/v1/checkout/sessions":
                    status, answer = outer.create(dict(self.headers), body)
                    self._json(status, answer)
                elif self.path.startswith("/c/pay/"):
                    id_, _, issue = self.path.removeprefix("/c/pay/").partition("/")
                    target = outer.play(id_, issue)
                    self.send_response(303)
                    self.send_header("Location", target)
                    self.end_headers()
                else:
                    self._json(404, {"error": {"type": "invalid_request_error", "message": "No such route"}})

            def do_GET(self) -> None:
                id_ = self.path.removeprefix("/c/pay/")
                page = outer.sessions.get(id_)
                if page is None:
                    self._json(
                        404, {"error": {"type": "invalid_request_error", "message": "No such session"}}
                    )
                    return
                html = (
                    "<!doctype html><html lang=fr><title>Paiement</title><h1>Paiement sécurisé</h1>"
                    f"<p>{page['libelle']}</p><p>{page['amount_total'] / 100:.2f} EUR</p>"
                    f"<form method=post action='/c/pay/{id_}/payer'><button>Payer</button></form>"
                    f"<form method=post action='/c/pay/{id_}/refuser'><button>Refuser</button></form>"
                    f"<form method=post action='/c/pay/{id_}/expirer'><button>Expirer</button></form>"
                ).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(html)

            def _json(self, status: int, answer: dict[str, Any]) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Silent: tests read what happened from the objects."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> FakeStripe:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def create(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """`POST /v1/checkout/sessions`: a form, nested keys in brackets; the same Idempotency-Key is the same page."""
        if self.fail_with is not None:
            return self.fail_with, {"error": {"type": "api_error", "message": "down"}}
        if headers.get("Authorization") != f"Bearer {KEY}":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
        form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        amount = form.get("line_items[0][price_data][unit_amount]", "")
        if form.get("mode") != "payment" or not amount.isdigit() or int(amount) < 50:
            param = "line_items[0][price_data][unit_amount]"
            return 400, {
                "error": {"type": "invalid_request_error", "code": "amount_too_small", "param": param}
            }
        key = headers.get("Idempotency-Key", secrets.token_hex(8))
        id_ = self.by_key.setdefault(key, f"cs_test_{secrets.token_hex(12)}")
        self.sessions.setdefault(
            id_,
            {
                "id": id_,
                "object": "checkout.session",
                "mode": "payment",
                "status": "open",
                "payment_status": "unpaid",
                "amount_total": int(amount),
                "currency": form["line_items[0][price_data][currency]"],
                "client_reference_id": form.get("client_reference_id"),
                "payment_intent": None,
                "success_url": form["success_url"],
                "cancel_url": form["cancel_url"],
                "libelle": form["line_items[0][price_data][product_data][name]"],
                "url": f"{self.url}/c/pay/{id_}",
            },
        )
        return 200, self.sessions[id_]

    def play(self, id_: str, issue: str) -> str:
        """What the payer does on the page; the webhook leaves, then the browser is sent back."""
        session = self.sessions[id_]
        if issue == "payer":
            self.deliver(self.event("checkout.session.completed", id_, paid=True))
            return str(session["success_url"])
        if issue == "expirer":
            self.deliver(self.event("checkout.session.expired", id_))
        return str(session["cancel_url"])

    def event(self, kind: str, id_: str, *, paid: bool = False, **changed: Any) -> dict[str, Any]:
        """An event about a page, in its state of now."""
        session = self.sessions[id_]
        if paid:
            session |= {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_{id_[8:]}"}
        elif kind.endswith("expired"):
            session |= {"status": "expired"}
        elif kind.endswith("completed"):
            session |= {"status": "complete"}
        return {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "type": kind,
            "created": int(datetime.now(UTC).timestamp()),
            "data": {"object": {**session, **changed}},
        }

    def deliver(self, event: dict[str, Any]) -> httpx.Response:
        """Send a signed event to the webhook."""
        payload = json.dumps(event).encode()
        headers = {
            "Stripe-Signature": sign(payload, WEBHOOK_SECRET, datetime.now(UTC)),
            "Content-Type": "application/json",
        }
        return httpx.post(self.webhook_url, content=payload, headers=headers, timeout=20)
