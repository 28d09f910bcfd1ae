"""Refuses unsafe requests sent by another site: what protects the routes that have no session yet (SEC-13)."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem
from api.security.sessions import SAFE_METHODS


class OriginMiddleware:
    """A browser says where an unsafe request comes from; a program says nothing and holds no cookie to steal."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and _foreign(Headers(scope=scope)):
            problem = Problem(
                403, "origine", "Cette demande vient d'un autre site\u00a0: elle a été refusée."
            )
            await problem.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _foreign(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
