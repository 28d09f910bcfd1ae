"""The OpenAPI document: every field has an example; every operation, its problems and how one is authenticated."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import examples
from api.access import RouteRule, routes_of, rule_of
from api.problems import MEDIA_TYPE, TITLES, ProblemDocument
from api.security.sessions import CSRF_HEADER, SAFE_METHODS, cookie_name

SCHEMA = "#/components/schemas/ProblemDocument"
DESCRIPTION = """
API d'eLaska. Les réponses d'erreur sont des documents RFC 9457 en français : `code` est stable, `detail` se lit,
`errors` nomme chaque champ à corriger par un pointeur JSON. Les commandes acceptent `Idempotency-Key`.
""".strip()


def document(app: FastAPI) -> dict[str, Any]:
    """The complete document, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
        components = schema.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        schemas["ProblemDocument"] = problem
        examples.illustrate(schemas)
        components["securitySchemes"] = {
            "session": {"type": "apiKey", "in": "cookie", "name": cookie_name()},
            "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
        }
        rules = {
            (route.path_format, method.lower()): rule_of(route)
            for route in routes_of(app)
            for method in route.methods or ()
        }
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _complete(operation, method.upper(), path, rules.get((path, method)))
        app.openapi_schema = schema
    return app.openapi_schema


def _complete(operation: dict[str, Any], method: str, path: str, declared: RouteRule | None) -> None:
    public = declared is None or declared.action is None
    statuses = {500, 503}
    if "parameters" in operation or "requestBody" in operation:
        statuses.add(422)
    if "requestBody" in operation:
        statuses |= {400, 413}
        if "multipart/form-data" in operation["requestBody"]["content"]:
            statuses.add(415)
    if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", ())):
        statuses.add(409)
    if not public:
        statuses |= {401, 403}
        unsafe = method not in SAFE_METHODS
        operation["security"] = [{"session": [], "csrf": []}] if unsafe else [{"session": []}]
    if "{" in path or (declared is not None and declared.has_target):
        statuses.add(404)
    responses = operation["responses"]
    responses.pop("422", None)
    for status in sorted(statuses):
        known = responses.setdefault(str(status), {"description": TITLES[status]})
        known.setdefault("content", {})[MEDIA_TYPE] = {"schema": {"$ref": SCHEMA}}
