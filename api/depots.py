"""Files deposited with a command: received, encrypted and indexed before it, removed when it is refused."""

import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.dossier import Dossier
from api.multipart import read_parts
from api.problems import FieldError, Problem, unavailable, validation_problem
from api.reception import receive, tell_refused
from api.security.addresses import client_ip
from api.televersements import deposited, mark
from store import fichier
from store.file_refusals import MIB, FileRefused
from store.file_types import DOCX, JPEG, ODT, PDF, PNG, WEBP, XLSX, Limits
from store.session import session_scope
from store.televersement import Etat
from workflows.engine.state import FileRef

MAX_FILES = 50
_TYPES = {"pdf": PDF, "jpg": JPEG, "png": PNG, "webp": WEBP, "docx": DOCX, "xlsx": XLSX, "odt": ODT}


@dataclass(slots=True)
class Depot:
    """What a multipart request brought: plain fields and files."""

    champs: dict[str, str] = field(default_factory=dict)
    files: list[FileRef] = field(default_factory=list)


def limits_of(formats: tuple[str, ...], taille_max_mo: int) -> Limits:
    """What a pièce accepts; all known types when its formats name none that is deposited as a file."""
    types = frozenset(_TYPES[name] for name in formats if name in _TYPES)
    return Limits(max_size=taille_max_mo * MIB, types=types or Limits().types)


@asynccontextmanager
async def received(
    request: Request, dossier: Dossier, limits: Limits, *, least: int, champs: Mapping[str, int] | None = None
) -> AsyncIterator[Depot]:
    """The files of a request, safe and indexed. When the block raises a problem, they are removed.

    They are in the request, or in JSON it names the uploads that brought them before (`televersements`).
    `least`: how many files at least. `champs`: plain fields accepted, with their greatest length. File ids are
    derived from the command and the contents, so that a second try of the same request names the same files. An
    unconfirmed command (503) keeps its files: they may have been recorded.
    """
    arriving = _sent_before if _is_json(request) else _in_the_request
    async with arriving(request, dossier, limits, champs or {}) as depot:
        if len(depot.files) < least:
            raise Problem(
                422,
                "fichier_manquant",
                "Choisissez un fichier à déposer.",
                errors=[FieldError(pointer="/fichiers", detail="Au moins un fichier est attendu.")],
            )
        yield depot


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


class _Named(BaseModel):
    """A deposit of files sent before, in several times: they are named by their uploads."""

    model_config = ConfigDict(extra="forbid")

    televersements: list[uuid.UUID] = Field(default=[], max_length=MAX_FILES)


@asynccontextmanager
async def _sent_before(
    request: Request, dossier: Dossier, limits: Limits, champs: Mapping[str, int]
) -> AsyncIterator[Depot]:
    try:
        given = json.loads(await request.body())
    except ValueError as error:
        raise validation_problem([{"type": "json_invalid", "loc": ("body",)}]) from error
    if not isinstance(given, dict):
        raise validation_problem([{"type": "dict_type", "loc": ("body",)}])
    depot = Depot()
    for name in champs.keys() & given.keys():
        _field(depot, name, str(given.pop(name)), champs)
    try:
        named = _Named.model_validate(given)
    except ValidationError as error:
        raise validation_problem(
            [{**item, "loc": ("body", *item["loc"])} for item in error.errors()]
        ) from error
    depot.files, taken = await deposited(dossier, _objet(request), named.televersements, request)
    try:
        yield depot
    except Problem as error:
        # Refused for sure: they may serve for another try, and are thrown away if none comes.
        if error.status_code < 500:
            await mark(taken, Etat.PRET)
        raise


def _objet(request: Request) -> str:
    """What the files of a request are for: the pièce, action or task of its path; a pièce to come without one."""
    named = (
        f"{kind}:{id_}" for kind in ("piece", "action", "tache") if (id_ := request.path_params.get(kind))
    )
    return next(named, "piece:libre")


@asynccontextmanager
async def _in_the_request(
    request: Request, dossier: Dossier, limits: Limits, champs: Mapping[str, int]
) -> AsyncIterator[Depot]:
    depot = Depot()
    made: list[fichier.Fichier] = []
    try:
        async for part in read_parts(request):
            if part.filename is None:
                _field(depot, part.name, await part.text(), champs)
                continue
            if part.name != "fichiers":
                raise Problem(
                    422, "demande_invalide", f"Le champ «\u00a0{part.name[:40]}\u00a0» n'est pas attendu."
                )
            if len(depot.files) == MAX_FILES:
                raise Problem(422, "trop_de_fichiers", f"Déposez {MAX_FILES} fichiers au plus à la fois.")
            nom = clean_name(part.filename)
            try:
                ref, row = await keep(dossier, part.chunks, nom, limits, len(depot.files))
            except FileRefused as refusal:
                await tell_refused(dossier, _objet(request), nom, refusal, client_ip(request))
                # Several files go together: the message must say which one.
                refusal.args = (f"«\u00a0{nom}\u00a0»\u00a0: {refusal}",)
                raise
            depot.files.append(ref)
            if row is not None:
                made.append(row)
        yield depot
    except BaseException as error:
        if not (isinstance(error, Problem) and error.status_code >= 500):
            await _remove(dossier, made)
        raise


async def keep(
    dossier: Dossier, chunks: AsyncIterator[bytes], nom: str, limits: Limits, index: int
) -> tuple[FileRef, fichier.Fichier | None]:
    """Store and index one file of a command; the row is None when an earlier try of this command had indexed it."""
    found = await receive(dossier.services, dossier.cipher, chunks, nom, limits)
    stored = found.stored
    id_ = uuid.uuid5(uuid.NAMESPACE_OID, f"{dossier.id}/{dossier.command_id}/{index}/{stored.sha}/{nom}")
    async with session_scope() as session:
        row = await fichier.add(
            session,
            dossier.cipher,
            stored,
            id=id_,
            nom=nom,
            created_by=dossier.actor.key,
            demarche_id=dossier.id,
            verdict=found.verdict,
        )
        if not await dossier.services.files.exists(dossier.row.client_id, stored.sha):
            # The same contents, deposited at the same instant and refused, were taken away between the two.
            raise unavailable(
                "fichier_perdu", f"«\u00a0{nom}\u00a0» n'a pas pu être gardé. Envoyez-le à nouveau."
            )
    return FileRef(id=str(id_), nom=nom, type=stored.type, taille=stored.size), row


async def _remove(dossier: Dossier, rows: list[fichier.Fichier]) -> None:
    for row in rows:
        async with session_scope() as session:
            if await fichier.remove(session, row):
                await dossier.services.files.delete(row.client_id, row.sha)


def _field(depot: Depot, name: str, text: str, champs: Mapping[str, int]) -> None:
    longest = champs.get(name)
    if longest is None:
        raise Problem(422, "demande_invalide", f"Le champ « {name[:40]} » n'est pas attendu.")
    if len(text) > longest:
        raise Problem(
            422,
            "demande_invalide",
            "Un champ est à corriger.",
            errors=[FieldError(pointer=f"/{name}", detail=f"Au plus {longest} caractères.")],
        )
    depot.champs[name] = text.replace("\r\n", "\n")


def clean_name(filename: str) -> str:
    """The name to show: no folder, no control character, at most 120 characters with its suffix kept."""
    bare = filename.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in bare if letter.isprintable()).strip() or "document"
    suffix = PurePosixPath(clean).suffix[:12]
    return clean if len(clean) <= 120 else clean[: 120 - len(suffix)] + suffix
