"""Errors as RFC 9457 problem documents, in French, with the path of each faulty field."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException as StarletteHTTPException
from temporalio.service import RPCError, RPCStatusCode

from store.crypto import KeyErased
from store.file_refusals import FileRefused, FileTooBig, TypeRefused
from store.files import FileMissing

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("elaska.api")


class FieldError(BaseModel):
    """One faulty field. `pointer` is a JSON Pointer into the body; `parametre` names a query or path parameter."""

    pointer: str | None = Field(default=None, examples=["/date_embauche"])
    parametre: str | None = Field(default=None, examples=["limit"])
    detail: str = Field(examples=["Ce champ est obligatoire."])


class ProblemDocument(BaseModel):
    """An error, as RFC 9457 says it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/problemes/demande_invalide",
                "title": "Demande invalide",
                "status": 422,
                "code": "demande_invalide",
                "detail": "Un champ est à corriger.",
                "errors": [{"pointer": "/email", "detail": "Ce champ est obligatoire."}],
            }
        }
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = []
    difference: str | None = Field(
        default=None,
        description="Ce qui a changé entre-temps, ligne à ligne, quand deux écritures se croisent.",
    )
    lien: str | None = Field(
        default=None,
        description="Page de la console où se trouve ce qui existe déjà.",
        examples=["/clients/5f9c…"],
    )


class Problem(HTTPException):
    """Raise it anywhere below a route: it becomes the answer. `code` is stable, `detail` is for people."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        title: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        difference: str | None = None,
        lien: str | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers) if headers else None)
        self.code = code
        self.title = title or TITLES.get(status, HTTPStatus(status).phrase)
        self.errors = list(errors)
        self.difference = difference
        self.lien = lien

    def document(self) -> ProblemDocument:
        return ProblemDocument(
            type=f"/problemes/{self.code}",
            title=self.title,
            status=self.status_code,
            code=self.code,
            detail=self.detail,
            errors=self.errors,
            difference=self.difference,
            lien=self.lien,
        )

    def response(self) -> JSONResponse:
        body = self.document().model_dump(exclude_defaults=True)
        return JSONResponse(body, self.status_code, self.headers, MEDIA_TYPE)


TITLES = {
    400: "Demande illisible",
    401: "Connexion requise",
    403: "Action non autorisée",
    404: "Introuvable",
    405: "Méthode non permise",
    409: "Conflit",
    410: "N'existe plus",
    412: "Modifié entre-temps",
    413: "Trop volumineux",
    415: "Type non accepté",
    422: "Demande invalide",
    429: "Trop d'essais",
    500: "Erreur interne",
    503: "Service momentanément indisponible",
}


def not_found(what: str = "Cet élément") -> Problem:
    """What is unknown, and what this person may not even know of: the answer is the same."""
    return Problem(404, "introuvable", f"{what} n'existe pas, ou ne vous est pas accessible.")


def faulty(**fields: str) -> Problem:
    """Fields of the body to correct, each with what is wrong."""
    count = "Un champ est à corriger." if len(fields) == 1 else f"{len(fields)} champs sont à corriger."
    errors = [FieldError(pointer=f"/{name}", detail=detail) for name, detail in fields.items()]
    return Problem(422, "demande_invalide", count, errors=errors)


def unavailable(code: str, detail: str) -> Problem:
    return Problem(503, code, detail, headers={"Retry-After": "5"})


DATABASE_DOWN = "La base de données ne répond pas. Rien n'a été enregistré\u00a0: réessayez dans un instant."
ENGINE_DOWN = "Le moteur des démarches ne répond pas. Réessayez dans un instant, votre saisie est conservée."

_UNKNOWN_ROUTE = {
    404: ("introuvable", "Cette adresse n'existe pas."),
    405: ("methode_non_permise", "Cette adresse n'accepte pas cette méthode."),
}


def install(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(StarletteHTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(FileRefused, _file_refused)
    app.add_exception_handler(FileMissing, _file_missing)
    app.add_exception_handler(KeyErased, _erased)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(PoolTimeout, _database)
    app.add_exception_handler(RPCError, _temporal)
    app.add_exception_handler(Exception, _unexpected)


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    code, detail = _UNKNOWN_ROUTE.get(
        error.status_code, ("demande_illisible", "La demande n'a pas pu être lue.")
    )
    return Problem(error.status_code, code, detail, headers=error.headers).response()


async def _validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return validation_problem(error.errors()).response()


def validation_problem(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """The problem of pydantic's errors: 400 for text that is not JSON, 422 for fields to correct."""
    if any(item["type"] == "json_invalid" for item in errors):
        return Problem(400, "json_invalide", "Le corps de la demande n'est pas du JSON valide.")
    fields = [_field(item) for item in errors]
    count = "Un champ est à corriger." if len(fields) == 1 else f"{len(fields)} champs sont à corriger."
    return Problem(422, "demande_invalide", count, errors=fields)


def _field(item: Mapping[str, Any]) -> FieldError:
    source, *path = item["loc"]
    detail = french(item)
    if source == "body":
        escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
        return FieldError(pointer="".join(f"/{part}" for part in escaped), detail=detail)
    return FieldError(parametre=".".join(str(part) for part in path), detail=detail)


_FRENCH = {
    "missing": "Ce champ est obligatoire.",
    "extra_forbidden": "Ce champ n'est pas attendu.",
    "string_type": "Un texte est attendu.",
    "string_too_short": "Au moins {min_length} caractère(s) attendu(s).",
    "string_too_long": "Au plus {max_length} caractères.",
    "string_pattern_mismatch": "Le format n'est pas le bon.",
    "int_type": "Un nombre entier est attendu.",
    "int_parsing": "Un nombre entier est attendu.",
    "int_from_float": "Un nombre entier est attendu.",
    "float_parsing": "Un nombre est attendu.",
    "decimal_parsing": "Un nombre est attendu.",
    "bool_type": "Oui ou non est attendu.",
    "bool_parsing": "Oui ou non est attendu.",
    "uuid_parsing": "Cet identifiant n'est pas valide.",
    "uuid_type": "Cet identifiant n'est pas valide.",
    "date_parsing": "Une date est attendue (AAAA-MM-JJ).",
    "date_from_datetime_parsing": "Une date est attendue (AAAA-MM-JJ).",
    "datetime_parsing": "Une date et une heure sont attendues.",
    "datetime_from_date_parsing": "Une date et une heure sont attendues.",
    "timezone_aware": "Le fuseau horaire manque.",
    "enum": "Cette valeur n'est pas dans la liste.",
    "literal_error": "Cette valeur n'est pas dans la liste.",
    "greater_than": "La valeur doit être supérieure à {gt}.",
    "greater_than_equal": "La valeur doit être au moins {ge}.",
    "less_than": "La valeur doit être inférieure à {lt}.",
    "less_than_equal": "La valeur doit être au plus {le}.",
    "too_short": "Au moins {min_length} élément(s) attendu(s).",
    "too_long": "Au plus {max_length} éléments.",
    "list_type": "Une liste est attendue.",
    "dict_type": "Un objet est attendu.",
    "model_attributes_type": "Un objet est attendu.",
    "model_type": "Un objet est attendu.",
}


def french(item: Mapping[str, Any]) -> str:
    """Pydantic's error in French; a validator of ours (`ValueError`) already speaks it."""
    kind, context = item["type"], item.get("ctx") or {}
    if kind == "value_error":
        return str(context.get("error", "")) or "Cette valeur n'est pas valable."
    return _FRENCH.get(kind, "Cette valeur n'est pas valable.").format_map(context)


async def _file_refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, FileRefused)
    status = 413 if isinstance(error, FileTooBig) else 415 if isinstance(error, TypeRefused) else 422
    return Problem(status, error.code, str(error), title="Fichier refusé").response()


async def _file_missing(_request: Request, _error: Exception) -> Response:
    return not_found("Ce fichier").response()


async def _erased(_request: Request, _error: Exception) -> Response:
    return Problem(410, "client_efface", "Les données de ce client ont été effacées.").response()


async def _database(request: Request, error: Exception) -> Response:
    if isinstance(error, DBAPIError) and not (
        isinstance(error, OperationalError) or error.connection_invalidated
    ):
        return await _unexpected(request, error)
    _log.error("database unavailable: %s", type(getattr(error, "orig", error)).__name__)
    return unavailable("base_indisponible", DATABASE_DOWN).response()


_TEMPORAL_DOWN = {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}


async def _temporal(request: Request, error: Exception) -> Response:
    assert isinstance(error, RPCError)
    if error.status not in _TEMPORAL_DOWN:
        return await _unexpected(request, error)
    _log.error("temporal unavailable: %s", error.status.name)
    return unavailable("moteur_indisponible", ENGINE_DOWN).response()


async def _unexpected(request: Request, error: Exception) -> Response:
    route = request.scope.get("route")
    _log.error("unexpected error in %s", getattr(route, "name", "?"), exc_info=error)
    return Problem(
        500, "erreur_interne", "Une erreur inattendue est survenue. Elle a été enregistrée."
    ).response()
