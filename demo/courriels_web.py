"""Pages of the mail catcher, and its JSON for tests."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from demo.boite import Mail, Mailbox
from demo.comptes import EQUIPE, MOT_DE_PASSE
from store.totp import code_at

PARIS = ZoneInfo("Europe/Paris")
# Links of a mail open in a tab of their own; nothing of the mail runs, and nothing is fetched from elsewhere.
SANDBOX = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
)
MAIL_POLICY = SANDBOX + "img-src 'self' data:; font-src data:"
PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'"
)
CONTENT_ID = re.compile(r"""(["'(])cid:([^"')]+)""")


def french_date(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(PARIS).strftime("%d/%m/%Y à %H:%M:%S")


def size_text(size: int) -> str:
    """A file's size for a reader: « 812 o », « 1,4 Mo »."""
    if size < 1000:
        return f"{size} o"
    value, unit = (size / 1000, "Ko") if size < 1_000_000 else (size / 1_000_000, "Mo")
    return f"{value:.1f} {unit}".replace(".", ",")


def create_app(mailbox: Mailbox) -> Starlette:
    """The web application on one mailbox."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=select_autoescape(default=True)
    )
    pages.filters.update(date_fr=french_date, taille=size_text)

    def found(request: Request) -> Mail:
        mail = mailbox.get(request.path_params["id"])
        if mail is None:
            raise HTTPException(404)
        return mail

    def page(name: str, **values: object) -> HTMLResponse:
        return HTMLResponse(
            pages.get_template(name).render(**values), headers={"Content-Security-Policy": PAGE_POLICY}
        )

    async def show_list(request: Request) -> Response:
        wanted = request.query_params.get("a", "")
        return page("liste.html", courriels=mailbox.newest_first(wanted), recherche=wanted)

    async def show_mail(request: Request) -> Response:
        return page("courriel.html", courriel=found(request))

    async def show_html(request: Request) -> Response:
        mail = found(request)
        numbers = {item.content_id: item.number for item in mail.attachments if item.content_id}

        def picture(match: re.Match[str]) -> str:
            number = numbers.get(match[2])
            return match[0] if number is None else f"{match[1]}/courriels/{mail.id}/pieces/{number}"

        body = '<base target="_blank">' + CONTENT_ID.sub(picture, mail.html)
        return HTMLResponse(body, headers={"Content-Security-Policy": MAIL_POLICY})

    async def send_file(request: Request) -> Response:
        mail = found(request)
        number = request.path_params["numero"]
        if number >= len(mail.attachments):
            raise HTTPException(404)
        item = mail.attachments[number]
        shown = item.type.startswith("image/") and item.type != "image/svg+xml"
        headers = {
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(item.name)}",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(mailbox.file(mail, number), media_type=item.type, headers=headers)

    async def send_source(request: Request) -> Response:
        mail = found(request)
        headers = {"Content-Disposition": f'attachment; filename="{mail.id}.eml"'}
        return Response(mailbox.raw(mail), media_type="message/rfc822", headers=headers)

    async def show_codes(_request: Request) -> Response:
        instant = datetime.now(UTC)
        return page(
            "codes.html",
            codes=[(personne, code_at(personne.seed, instant)) for personne in EQUIPE],
            mot_de_passe=MOT_DE_PASSE,
            reste=30 - instant.second % 30,
        )

    async def list_json(request: Request) -> Response:
        return JSONResponse(
            [mail.as_json() for mail in mailbox.newest_first(request.query_params.get("a", ""))]
        )

    async def one_json(request: Request) -> Response:
        return JSONResponse(found(request).as_json())

    async def clear(_request: Request) -> Response:
        mailbox.clear()
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/", show_list),
            Route("/codes", show_codes),
            Route("/courriels/{id}", show_mail),
            Route("/courriels/{id}/html", show_html),
            Route("/courriels/{id}/source", send_source),
            Route("/courriels/{id}/pieces/{numero:int}", send_file),
            Route("/api/courriels", list_json, methods=["GET"]),
            Route("/api/courriels", clear, methods=["DELETE"]),
            Route("/api/courriels/{id}", one_json),
        ]
    )
