"""The application around its routes: errors, headers, limits, screens, health, OpenAPI."""

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI
from fastapi import Path as PathParam
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field, field_validator
from sqlalchemy.exc import OperationalError
from starlette.middleware.gzip import GZipMiddleware
from temporalio.service import RPCError, RPCStatusCode

from api import examples, openapi, problems
from api.app import create_app
from api.problems import Problem
from api.security.headers import BodyLimitMiddleware
from store.crypto import KeyErased
from store.file_refusals import EmptyFile, FileTooBig, TypeRefused
from store.files import FileMissing
from store.settings import settings
from tests.conftest import Database
from tests.people import People
from tests.reglages import regle


class Sample(BaseModel):
    nom: str = Field(max_length=5)
    age: int = Field(ge=0)
    enfants: list[dict[str, int]] = []

    @field_validator("nom")
    @classmethod
    def no_digit(cls, value: str) -> str:
        if value.isdigit():
            raise ValueError("Un nom n'est pas un nombre.")
        return value


ERRORS = {
    "base": OperationalError("select secret", {}, Exception("down")),
    "temporal": RPCError("down", RPCStatusCode.UNAVAILABLE, b""),
    "temporal-bug": RPCError("bug", RPCStatusCode.INTERNAL, b""),
    "efface": KeyErased("gone"),
    "vide": EmptyFile("Ce fichier est vide."),
    "gros": FileTooBig("Ce fichier pèse 14 Mo."),
    "type": TypeRefused("Ce type n'est pas accepté."),
    "absent": FileMissing("abc"),
    "bogue": ZeroDivisionError("NIR 1850578006084"),
    "metier": Problem(409, "etape_perimee", "Cette étape est déjà passée."),
}


@pytest.fixture
def sample() -> httpx.AsyncClient:
    app = FastAPI()
    problems.install(app)

    @app.post("/sample/{jour}")
    async def post(body: Sample, jour: Annotated[int, PathParam(ge=1)], limite: int = 1) -> Sample:
        return body

    @app.get("/erreur/{name}")
    async def fail(name: str) -> None:
        raise ERRORS[name]

    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test"
    )


class TestProblems:
    async def test_each_faulty_field_is_named_in_french(self, sample: httpx.AsyncClient) -> None:
        answer = await sample.post("/sample/0?limite=x", json={"nom": "Bernard", "enfants": [{"a/b": "z"}]})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "type": "/problemes/demande_invalide",
            "title": "Demande invalide",
            "status": 422,
            "code": "demande_invalide",
            "detail": "5 champs sont à corriger.",
            "errors": [
                {"parametre": "jour", "detail": "La valeur doit être au moins 1."},
                {"parametre": "limite", "detail": "Un nombre entier est attendu."},
                {"pointer": "/nom", "detail": "Au plus 5 caractères."},
                {"pointer": "/age", "detail": "Ce champ est obligatoire."},
                {"pointer": "/enfants/0/a~1b", "detail": "Un nombre entier est attendu."},
            ],
        }

    async def test_a_validator_of_ours_speaks_for_itself(self, sample: httpx.AsyncClient) -> None:
        answer = await sample.post("/sample/1", json={"nom": "12", "age": 1})
        assert answer.json()["errors"] == [{"pointer": "/nom", "detail": "Un nom n'est pas un nombre."}]
        assert answer.json()["detail"] == "Un champ est à corriger."

    @pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"{'a': 1}"])
    async def test_malformed_json(self, sample: httpx.AsyncClient, body: bytes) -> None:
        answer = await sample.post("/sample/1", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] in ("json_invalide", "demande_illisible")

    @pytest.mark.parametrize(
        ("name", "status", "code"),
        [
            ("base", 503, "base_indisponible"),
            ("temporal", 503, "moteur_indisponible"),
            ("temporal-bug", 500, "erreur_interne"),
            ("efface", 410, "client_efface"),
            ("vide", 422, "fichier_vide"),
            ("gros", 413, "fichier_trop_gros"),
            ("type", 415, "fichier_type_refuse"),
            ("absent", 404, "introuvable"),
            ("bogue", 500, "erreur_interne"),
            ("metier", 409, "etape_perimee"),
        ],
    )
    async def test_each_failure_has_its_answer(
        self, sample: httpx.AsyncClient, name: str, status: int, code: str
    ) -> None:
        answer = await sample.get(f"/erreur/{name}")
        assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
        assert "1850578006084" not in answer.text
        assert "secret" not in answer.text
        assert ("retry-after" in answer.headers) == (status == 503)

    async def test_unknown_address_and_method(self, people: People) -> None:
        browser = people.browser()
        for method, path, status, code in [
            ("GET", "/api/inconnu", 404, "introuvable"),
            ("POST", "/api/inconnu", 404, "introuvable"),
            ("GET", "/api", 404, "introuvable"),
            ("GET", "/api/connexion", 405, "methode_non_permise"),
            ("PATCH", "/api/moi", 405, "methode_non_permise"),
        ]:
            answer = await browser.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (status, code), path
            assert answer.headers["content-type"] == "application/problem+json"


class TestLimits:
    async def test_json_is_limited_announced_or_not(self, people: People) -> None:
        browser = people.browser()
        body = json.dumps({"email": "a" * 300_000, "mot_de_passe": "x"}).encode()

        async def stream() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 1000):
                yield body[start : start + 1000]

        headers = {"content-type": "application/json"}
        for content in (body, stream()):
            answer = await browser.post("/api/connexion", content=content, headers=headers)
            assert answer.status_code == 413
            assert answer.json()["code"] == "trop_volumineux"

    @pytest.mark.parametrize(
        ("path", "kind", "size", "status"),
        [
            ("/api/demarches/1/pieces/rib/depots", "multipart/form-data; boundary=x", 1_000_000, 204),
            ("/api/demarches/1/pieces/rib/depots", "multipart/form-data; boundary=x", 2_000_001, 413),
            ("/api/demarches/1/pieces/rib/depots", "application/json", 300_000, 413),
            ("/api/moi", "multipart/form-data; boundary=x", 300_000, 413),
            ("/api/moi", "application/pdf", 300_000, 413),
        ],
    )
    async def test_only_deposits_may_be_long(
        self, database: Database, path: str, kind: str, size: int, status: int
    ) -> None:
        async def swallow(scope, receive, send):
            while (await receive()).get("more_body"):
                pass
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        limits = settings().model_copy(update={"max_upload_size": 2_000_000})
        transport = httpx.ASGITransport(BodyLimitMiddleware(swallow, limits))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.post(path, content=bytes(size), headers={"content-type": kind})
        assert answer.status_code == status


class TestHeaders:
    async def test_every_answer_is_protected(self, people: People) -> None:
        browser = people.browser()
        foreign = {"Origin": "https://mal.example"}
        for answer in [
            await browser.get("/api/sante/vivant"),
            await browser.get("/api/moi"),
            await browser.get("/api/inconnu"),
            await browser.get("/"),
            await browser.post("/api/connexion", headers=foreign),
            await browser.post("/api/connexion", content=bytes(11_000_000)),
        ]:
            policy = answer.headers["content-security-policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "object-src 'none'" in policy
            scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
            assert scripts == "script-src 'self'"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"

    async def test_answers_of_the_api_are_not_cached(self, people: People) -> None:
        assert (await people.browser().get("/api/sante/vivant")).headers["cache-control"] == "no-store"

    async def test_secure_cookies_come_with_https_only(self, database: Database) -> None:
        with regle(ELASKA_COOKIE_SECURE="true"):
            app = create_app()
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="https://test"
            ) as client:
                answer = await client.get("/api/sante/vivant")
            assert "max-age" in answer.headers["strict-transport-security"]
            assert app.openapi()["components"]["securitySchemes"]["session"]["name"] == "__Host-elaska"


class TestScreens:
    @pytest.fixture
    async def browser(self, database: Database, tmp_path: Path):
        dist = tmp_path / "dist"
        (dist / "assets").mkdir(parents=True)
        (dist / "index.html").write_text("<title>portail</title>")
        (dist / "console.html").write_text("<title>console</title>")
        (dist / "manifest.webmanifest").write_text("{}")
        script = b"console.log(1);" * 200
        (dist / "assets" / "app-1a2b.js").write_bytes(script)
        (dist / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(script))
        (dist / "assets" / "app-1a2b.js.br").write_bytes(b"smaller")
        (tmp_path / "secret.txt").write_text("secret")
        with regle(ELASKA_UI_DIR=str(dist)):
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(create_app()), base_url="http://test"
            ) as client:
                yield client

    @pytest.mark.parametrize(
        ("path", "title"),
        [
            ("/", "portail"),
            ("/demarches/123", "portail"),
            ("/lien/abc", "portail"),
            ("/consoles", "portail"),
            ("/console", "console"),
            ("/console/demarches/123", "console"),
        ],
    )
    async def test_the_two_pages(self, browser: httpx.AsyncClient, path: str, title: str) -> None:
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert f"<title>{title}</title>" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"].startswith("text/html")

    async def test_who_is_logged_in_is_read_while_the_code_comes(self, browser: httpx.AsyncClient) -> None:
        assert "link" not in (await browser.get("/")).headers
        answer = await browser.get("/", headers={"cookie": "elaska=1"})
        assert answer.headers["link"].startswith("</api/moi>; rel=preload")

    @pytest.mark.parametrize(
        ("asked", "sent"),
        [("br;q=0, gzip", "gzip"), ("gzip;q=0.5, BR;q=1.0", "br"), ("brotli", None)],
    )
    async def test_only_an_encoding_that_is_accepted_is_sent(
        self, browser: httpx.AsyncClient, asked: str, sent: str | None
    ) -> None:
        async with browser.stream("GET", "/assets/app-1a2b.js", headers={"accept-encoding": asked}) as answer:
            assert answer.headers.get("content-encoding") == sent

    async def test_assets_are_kept_for_ever_and_sent_compressed(self, browser: httpx.AsyncClient) -> None:
        answer = await browser.get("/assets/app-1a2b.js", headers={"accept-encoding": "gzip"})
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.text.startswith("console.log")
        async with browser.stream(
            "GET", "/assets/app-1a2b.js", headers={"accept-encoding": "gzip, deflate, br"}
        ) as smaller:
            assert smaller.headers["content-encoding"] == "br"
            assert b"".join([part async for part in smaller.aiter_raw()]) == b"smaller"
        plain = await browser.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.text == answer.text

    @pytest.mark.parametrize(
        "path", ["/assets/absent.js", "/../secret.txt", "/%2e%2e/secret.txt", "/a%00.js"]
    )
    async def test_nothing_else_is_served(self, browser: httpx.AsyncClient, path: str) -> None:
        answer = await browser.get(path)
        assert answer.status_code == 404
        assert "secret" not in answer.text

    async def test_unbuilt_screens_are_said_so(self, database: Database, tmp_path: Path) -> None:
        with regle(ELASKA_UI_DIR=str(tmp_path / "absent")):
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(create_app()), base_url="http://test"
            ) as client:
                answer = await client.get("/")
        assert (answer.status_code, "ne sont pas construits" in answer.text) == (503, True)


class TestHealth:
    async def test_alive_and_ready(self, people: People) -> None:
        browser = people.browser()
        assert (await browser.get("/api/sante/vivant")).json() == {"statut": "ok"}
        answer = await browser.get("/api/sante/pret")
        assert answer.status_code == 200
        assert answer.json() == {"statut": "ok", "postgresql": "ok", "temporal": "ok"}

    async def test_not_ready_without_its_services(self, database: Database) -> None:
        with regle(ELASKA_TEMPORAL_ADDRESS="127.0.0.1:1"):
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(create_app()), base_url="http://test"
            ) as client:
                answer = await client.get("/api/sante/pret")
                alive = await client.get("/api/sante/vivant")
        assert answer.status_code == 503
        assert answer.json() == {"statut": "indisponible", "postgresql": "ok", "temporal": "indisponible"}
        assert alive.status_code == 200


class TestOpenApi:
    async def test_document_is_complete(self, people: People) -> None:
        document = (await people.browser().get("/api/openapi.json")).json()
        assert document == openapi.document(people.app)
        operations = {
            operation["operationId"]: operation
            for methods in document["paths"].values()
            for operation in methods.values()
        }
        assert {"login", "read_me", "logout", "use_link", "list_tiers"} <= set(operations)
        problem = {"$ref": openapi.SCHEMA}
        for name, operation in operations.items():
            assert operation["summary"], name
            assert operation["description"], name
            failures = {code: r for code, r in operation["responses"].items() if int(code) >= 400}
            assert {"500", "503"} <= set(failures), name
            for answer in failures.values():
                assert answer["content"]["application/problem+json"]["schema"] == problem, name
        assert {"401", "403", "404", "413", "422"} <= set(operations["save_draft"]["responses"])
        assert operations["save_draft"]["security"] == [{"session": [], "csrf": []}]
        assert "security" not in operations["login"]
        assert "HTTPValidationError" not in document["components"]["schemas"]

    def test_every_reference_resolves(self, database: Database) -> None:
        document = create_app().openapi()
        text = json.dumps(document)
        for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
            assert name in document["components"]["schemas"], name

    def test_every_field_is_illustrated(self, database: Database) -> None:
        document = create_app().openapi()
        schemas = document["components"]["schemas"]
        assert [f"{schema}.{field}" for schema, field, _ in examples.bare_fields(schemas)] == []
        for name, schema in schemas.items():
            for field, definition in schema.get("properties", {}).items():
                told = Draft202012Validator({**definition, "components": document["components"]})
                for example in definition.get("examples", ()):
                    assert told.is_valid(example), f"{name}.{field}: {example!r}"


def test_compression_leaves_live_updates_alone() -> None:
    from starlette.middleware import gzip as module

    assert "text/event-stream" in module.DEFAULT_EXCLUDED_CONTENT_TYPES
    assert GZipMiddleware is module.GZipMiddleware
