"""The built screens: hashed assets kept for ever by browsers, their compressed copies, and the two single pages."""

import mimetypes
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import FileResponse, PlainTextResponse, Response

from api.access import public

FOREVER = "public, max-age=31536000, immutable"
FRESH = "no-cache"
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
        return _send(file, root, "gzip" in request.headers.get("accept-encoding", ""))

    return routes


def _inside(root: Path, path: str) -> Path | None:
    if "\x00" in path:
        return None
    file = (root / path).resolve()
    return file if file.is_relative_to(root) and file.is_file() else None


def _send(file: Path, root: Path, gzip: bool) -> Response:
    hashed = file.relative_to(root).parts[0] == "assets"
    headers = {"Cache-Control": FOREVER if hashed else FRESH, "Vary": "Accept-Encoding"}
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    compressed = file.with_name(file.name + ".gz")
    if gzip and compressed.is_file():
        return FileResponse(
            compressed, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type
        )
    return FileResponse(file, headers=headers, media_type=media_type)
