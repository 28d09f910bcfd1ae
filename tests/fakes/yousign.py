"""A signature service that speaks Yousign's API v3: drafts, documents, signers, activation, signed copies, webhooks."""

from __future__ import annotations

import io
import json
import re
import secrets
import threading
import time
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx
import pikepdf

from activities.yousign import sign

KEY = "cle-de-signature-" + "0" * 24
WEBHOOK_SECRET = "secret-des-avis-" + "1" * 24
_ROUTE = re.compile(
    r"^/v3/signature_requests(?:/([^/?]+))?(?:/(documents|signers|activate|documents/download))?"
)

Answer = tuple[int, dict[str, Any] | bytes]


class FakeYousign:
    """`requests`: sendings, by id. `answers`: statuses given first, before it works; `lost`: what is asked next is
    done, and its answer lost on the way. Webhooks go to `webhook_url`."""

    def __init__(self) -> None:
        self.requests: dict[str, dict[str, Any]] = {}
        self.answers: list[int] = []
        self.lost: str | None = None
        self.webhook_url = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def _answer(self, body: bytes) -> None:
                status, said = outer.handle(self.command, self.path, dict(self.headers), body)
                content = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                kind = "application/pdf" if isinstance(said, bytes) else "application/json"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """A test says what it wants to say by itself."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v3"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def active(self) -> list[str]:
        """Ids of the sendings whose signers were written to."""
        return [id_ for id_, request in self.requests.items() if request["status"] != "draft"]

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if headers.get("Authorization") != f"Bearer {KEY}":
            return 401, {"type": "unauthorized", "detail": "Invalid API key"}
        if self.answers:
            return self.answers.pop(0), {"type": "error", "detail": "down"}
        match = _ROUTE.match(path)
        id_, what = (match.group(1), match.group(2)) if match else (None, None)
        if match is None or (id_ is not None and id_ not in self.requests):
            return 404, {"type": "not_found", "detail": "Not found"}
        if id_ is None:
            return self._create(json.loads(body))
        request = self.requests[id_]
        if method == "GET":
            if "documents/download" not in path:
                return 200, _shown(request)
            return (200, request["signed"]) if "signed" in request else (404, {"detail": "Not completed"})
        if request["status"] != "draft":
            return 400, {"type": "bad_request", "detail": "The request is not a draft"}
        if what == "documents":
            return self._document(request, headers, body)
        if what == "signers":
            return self._signer(request, json.loads(body))
        return self._activate(request)

    def _create(self, body: dict[str, Any]) -> Answer:
        if not body.get("name") or body.get("delivery_mode") not in ("email", "none"):
            return 400, {"type": "bad_request", "detail": "name and delivery_mode are required"}
        id_ = secrets.token_hex(8)
        self.requests[id_] = {**body, "id": id_, "status": "draft", "documents": {}, "signers": []}
        return 201, _shown(self.requests[id_])

    def _document(self, request: dict[str, Any], headers: dict[str, str], body: bytes) -> Answer:
        head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
        parts = {
            str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
            for part in message_from_bytes(head + body, policy=HTTP).iter_parts()
        }
        pdf = parts.get("file", b"")
        if parts.get("nature") != b"signable_document" or not isinstance(pdf, bytes) or pdf[:4] != b"%PDF":
            return 400, {"type": "bad_request", "detail": "a PDF and its nature are required"}
        id_ = secrets.token_hex(8)
        request["documents"][id_] = pdf
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            return 201, {"id": id_, "nature": "signable_document", "total_pages": len(opened.pages)}

    def _signer(self, request: dict[str, Any], body: dict[str, Any]) -> Answer:
        info, fields = body.get("info", {}), body.get("fields", [])
        known = all(
            field.get("document_id") in request["documents"] and field["page"] >= 1 for field in fields
        )
        complete = all(info.get(name) for name in ("first_name", "last_name", "email", "locale"))
        levels = ("electronic_signature", "advanced_electronic_signature", "qualified_electronic_signature")
        if not complete or not fields or not known or body.get("signature_level") not in levels:
            return 400, {"type": "bad_request", "detail": "signer is not valid"}
        request["signers"].append({**body, "id": secrets.token_hex(8), "status": "initiated"})
        return 201, {"id": request["signers"][-1]["id"], "status": "initiated"}

    def _activate(self, request: dict[str, Any]) -> Answer:
        if not request["documents"] or not request["signers"]:
            return 400, {"type": "bad_request", "detail": "documents and signers are required"}
        request["status"] = "ongoing"
        if self.lost == "activate":
            self.lost = None
            return 504, {"detail": "lost"}
        return 201, _shown(request)

    def sign(self, id_: str) -> dict[str, Any]:
        """Everyone signs: the signed copy is ready; the event that says so."""
        request = self.requests[id_]
        [pdf] = request["documents"].values()
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            opened.docinfo["/SignePar"] = request["signers"][0]["info"]["email"]
            out = io.BytesIO()
            opened.save(out)
        request |= {"status": "done", "signed": out.getvalue()}
        return self.event("signature_request.done", id_)

    def event(self, name: str, id_: str) -> dict[str, Any]:
        """An event about a sending."""
        return {
            "event_id": secrets.token_hex(12),
            "event_name": name,
            "event_time": str(int(time.time())),
            "subscription_id": "s1",
            "sandbox": True,
            "data": {"signature_request": _shown(self.requests[id_])},
        }

    def deliver(self, event: dict[str, Any]) -> httpx.Response:
        """Send a signed event to the webhook."""
        payload = json.dumps(event).encode()
        headers = {
            "X-Yousign-Signature-256": sign(payload, WEBHOOK_SECRET),
            "Content-Type": "application/json",
        }
        return httpx.post(self.webhook_url, content=payload, headers=headers, timeout=30)


def _shown(request: dict[str, Any]) -> dict[str, Any]:
    return {key: request.get(key) for key in ("id", "name", "status", "external_id", "delivery_mode")}
