"""Headers that keep the screens to themselves (SEC-12), and the limit on the size of what is sent."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem
from store.file_refusals import MIB
from store.file_types import in_mo
from store.settings import Settings

CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        # Mantine and the PDF viewer position elements with style attributes.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # A participant's link is in the address: it must not travel to another site, nor to our own logs.
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=()",
}
# Routes that receive files read them as a stream, under limits of their own for each file.
UPLOADS = ("/depots", "/reponse")
RESUMED = "/api/televersements/"
"""Files sent in several times: each request brings a piece of one."""
OFFSET = "application/offset+octet-stream"
PHOTO = "/api/moi/photo"
MAX_PHOTO = 5 * MIB


class SecurityHeadersMiddleware:
    """Adds the headers that a route did not set itself; answers of the API are not kept by caches."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        headers = dict(ALWAYS)
        if settings.cookie_secure:
            headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        self._pages = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._answers = [*self._pages, (b"cache-control", b"no-store")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = self._answers if scope["path"].startswith("/api") else self._pages

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                names = {name.lower() for name, _ in own}
                message["headers"] = own + [header for header in added if header[0] not in names]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimitMiddleware:
    """Refuses what is too long: 256 KB, or the limit of a photo or of an upload; also when no length was announced."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._json, self._upload = settings.max_json_size, settings.max_upload_size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        path, kind = scope["path"], headers.get("content-type", "")
        upload = (path.endswith(UPLOADS) and kind.startswith("multipart/")) or (
            path.startswith(RESUMED) and kind == OFFSET
        )
        limit = self._upload if upload else MAX_PHOTO if path == PHOTO else self._json
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            await _too_large(limit).response()(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, counted, send)


def _too_large(limit: int) -> Problem:
    return Problem(
        413,
        "trop_volumineux",
        f"L'envoi dépasse la limite de {in_mo(limit)}.",
        headers={"Connection": "close"},
    )
