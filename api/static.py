"""The built screens: hashed assets kept for ever by browsers, their compressed copies, and the two single pages."""

import mimetypes
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import FileResponse, PlainTextResponse, Response

from api.access import public
from api.security.sessions import cookie_name

FOREVER = "public, max-age=31536000, immutable"
FRESH = "no-cache"
PACKED = {"br": ".br", "gzip": ".gz"}
"""Copies made by the build, the smallest first."""
WHO = "</api/moi>; rel=preload; as=fetch; crossorigin"
"""What a page asks first of all when somebody is logged in: the browser reads it while the code comes."""
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/wasm", ".wasm")


class ScreenPath(Convertor[str]):
    """Any path but the API's own, whose unknown addresses and methods keep their 404 and 405."""

    regex = "(?!api(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("screen", ScreenPath())


def router(folder: Path) -> APIRouter:
    """Serve `folder` for every address which is not of the API."""
    routes = APIRouter(include_in_schema=False)
    root = folder.resolve()

    @routes.api_route(
        "/{path:screen}", methods=["GET", "HEAD"], dependencies=[Depends(public("the screens hold no data"))]
    )
    def screens(path: str, request: Request) -> Response:
        file = _inside(root, path)
        if file is None:
            if "." in path.rsplit("/", 1)[-1]:
                return PlainTextResponse("Introuvable", 404)
            page = "console.html" if path == "console" or path.startswith("console/") else "index.html"
            file = root / page
            if not file.is_file():
                return PlainTextResponse("Les écrans ne sont pas construits : lancez « ./elaska up ».", 503)
        response = _send(file, root, request.headers.get("accept-encoding", ""))
        if file.suffix == ".html" and cookie_name() in request.cookies:
            response.headers["Link"] = WHO
        return response

    return routes


def _inside(root: Path, path: str) -> Path | None:
    if "\x00" in path:
        return None
    file = (root / path).resolve()
    return file if file.is_relative_to(root) and file.is_file() else None


def _accepts(encodings: str) -> set[str]:
    """Names in an Accept-Encoding header, without those refused (`;q=0`, RFC 9110 section 12.5.3)."""
    asked = (part.replace(" ", "").lower().partition(";q=") for part in encodings.split(","))
    return {name for name, _, weight in asked if not weight or weight.strip("0.")}


def _send(file: Path, root: Path, accepted: str) -> Response:
    hashed = file.relative_to(root).parts[0] == "assets"
    headers = {"Cache-Control": FOREVER if hashed else FRESH, "Vary": "Accept-Encoding"}
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    wanted = _accepts(accepted)
    for encoding, suffix in PACKED.items():
        compressed = file.with_name(file.name + suffix)
        if encoding in wanted and compressed.is_file():
            return FileResponse(
                compressed, headers={**headers, "Content-Encoding": encoding}, media_type=media_type
            )
    return FileResponse(file, headers=headers, media_type=media_type)
