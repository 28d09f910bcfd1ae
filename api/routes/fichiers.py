"""Files: shown or downloaded by whoever sees what they are part of; never run (GED-08, SEC-12)."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from api.access import Action, Actor, CurrentActor, Target, rule
from api.dossier import Dossier, load
from api.ged import locked, may_read, vault_closed
from api.problems import Problem, not_found
from api.security.addresses import client_ip
from api.services import ServicesDep
from api.spaces import OFF_LINE, client_space
from api.targets import target_of_tiers
from api.traces import kept_from
from store import audit, fichier, ged
from store.crypto import ClientCipher
from store.fichier import Analyse, Fichier
from store.ged import Document
from store.session import session_scope
from workflows.engine.view import DemarcheView

router = APIRouter(prefix="/api/fichiers", tags=["fichiers"])

# An image or a PDF of the firm's own pages; nothing inside may run, nor reach anything.
CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'"
_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


@dataclass(frozen=True, slots=True)
class Demande:
    """The file asked for, with the démarche or the document of the client that it belongs to."""

    row: Fichier
    dossier: Dossier | None
    cipher: ClientCipher
    document: Document | None = None
    locked: bool = False
    """In a vault that its reader has not opened."""


async def asked_file(
    fichier_id: Annotated[uuid.UUID, Path()], actor: CurrentActor, services: ServicesDep, request: Request
) -> Demande:
    """The file of the path. Raises the 404 problem."""
    async with session_scope() as session:
        row = await session.get(Fichier, fichier_id)
        document = (
            await ged.of_file(session, fichier_id) if row is not None and row.demarche_id is None else None
        )
    if row is None:
        raise not_found("Ce fichier")
    if row.demarche_id is not None:
        dossier = await load(row.demarche_id, actor, services)
        return Demande(row, dossier, dossier.cipher)
    if document is None:
        raise not_found("Ce fichier")
    space = await client_space(row.client_id, actor, services, request)
    return Demande(row, None, space.cipher, document, locked(space, document))


async def file_target(demande: Annotated[Demande, Depends(asked_file)], actor: CurrentActor) -> Target:
    """A client or a participant sees a file when it is part of what they see of the démarche, or a document theirs."""
    dossier = demande.dossier
    if dossier is None:
        assert demande.document is not None
        if not may_read(actor, demande.document):
            raise kept_from(
                actor.key, not_found("Ce fichier"), "fichier", demande.row.id, demande.row.client_id
            )
        return await target_of_tiers(demande.row.client_id)
    if dossier.actor.kind == "staff":
        return dossier.target()
    # Those who do not see the démarche are refused before it is opened.
    visible = _may_look(dossier) and str(demande.row.id) in set(file_ids(await dossier.view()))
    return dossier.target(dossier.actor.participant_key, client_visible=visible)


def _may_look(dossier: Dossier) -> bool:
    actor = dossier.actor
    if actor.kind == "client":
        return dossier.row.client_id in actor.tiers_ids
    return dossier.id == actor.demarche_id


def file_ids(seen: DemarcheView) -> Iterator[str]:
    """Every file of what a reader sees of a démarche."""
    for piece in seen.pieces:
        for version in piece.versions:
            yield from (file.id for file in version.files)
    for action in seen.actions:
        yield from (file.id for file in action.files)
    for tache in seen.taches:
        yield from (file.id for file in tache.fichiers)
    for document in seen.documents:
        if document.file is not None:
            yield document.file.id


@router.get(
    "/{fichier_id}",
    response_class=Response,
    responses={
        200: {"description": "Le fichier.", "content": {"application/octet-stream": {}}},
        206: {"description": "La partie demandée par `Range`.", "content": {"application/octet-stream": {}}},
    },
)
async def read_file(
    demande: Annotated[Demande, Depends(asked_file)],
    actor: Annotated[Actor, Depends(rule(Action.FICHIER_LIRE, file_target))],
    services: ServicesDep,
    request: Request,
    telecharger: Annotated[
        bool, Query(description="Proposer de l'enregistrer plutôt que de l'afficher.")
    ] = False,
    range_: Annotated[str | None, Header(alias="Range", examples=["bytes=0-65535"])] = None,
) -> Response:
    """A file's bytes, decrypted on the way. Reading is written in the access log (SEC-17)."""
    row, cipher = demande.row, demande.cipher
    refuse_unsafe(row, actor)
    if demande.locked:
        raise vault_closed()
    headers = {
        "Content-Disposition": disposition(fichier.name(row, cipher), attachment=telecharger),
        "Content-Security-Policy": CSP,
        "X-Frame-Options": "SAMEORIGIN",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
        # Decrypted bytes must reach the reader as they are, and a part of a compressed body means nothing.
        "Content-Encoding": "identity",
    }
    if demande.document is not None and demande.document.coffre:
        headers[OFF_LINE] = "non"
    start, end, status = 0, row.taille, 200
    if range_ is not None and (asked := parse_range(range_, row.taille)) is not None:
        start, end = asked
        if start >= end:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{row.taille}"})
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{row.taille}"
        status = 206
    headers["Content-Length"] = str(end - start)
    stream = services.files.open_stream(cipher, row.sha, start=start, end=end)
    # A file that is missing or altered is told before the answer begins.
    first = await anext(stream, b"")
    if start == 0:
        async with session_scope() as session:
            await audit.append(
                session,
                acteur=actor.key,
                action=Action.FICHIER_LIRE,
                objet_type="fichier",
                objet_id=row.id,
                ip=client_ip(request),
                client_id=row.client_id,
                telecharge=telecharger,
            )

    async def body() -> object:
        yield first
        async for chunk in stream:
            yield chunk

    return StreamingResponse(body(), status, headers, media_type=row.type)  # type: ignore[arg-type]


def refuse_unsafe(row: Fichier, actor: Actor) -> None:
    """A file that awaits the antivirus is read by nobody but who deposited it; an infected one, by nobody.

    Raises the 409 and 410 problems.
    """
    if row.verdict == Analyse.INFECTEE:
        raise Problem(
            410,
            "fichier_infecte",
            "Ce fichier contenait un programme malveillant\u00a0: il n'a pas été gardé.",
        )
    if row.verdict == Analyse.EN_ATTENTE and row.created_by != actor.key:
        raise Problem(
            409,
            "analyse_en_cours",
            "Ce fichier est en cours d'analyse par l'antivirus. Il pourra être lu dans un instant.",
            headers={"Retry-After": "30"},
        )


def disposition(nom: str, *, attachment: bool) -> str:
    """RFC 6266: a plain name for old readers, the true one, accents included, for the others."""
    plain = nom.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_").replace("?", "_")
    kind = "attachment" if attachment else "inline"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(nom, safe='')}"


def parse_range(text: str, size: int) -> tuple[int, int] | None:
    """[start, end[ of the only part asked for; start = end when it is outside; None when it is to be ignored."""
    match = _RANGE.match(text.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return (size - length, size) if length else (size, size)
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return (start, end) if start < size else (size, size)
