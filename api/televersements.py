"""Files sent in several times: pieces recorded as they arrive, joined and checked at the end (tus 1.0)."""

import base64
import binascii
import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

from fastapi import Request
from starlette.requests import ClientDisconnect

from api.problems import FieldError, Problem, unavailable
from api.reception import Holder, receive, tell_refused
from api.security.addresses import client_ip
from api.services import Services
from api.traces import kept_from
from store import fichier, televersement
from store.base import now
from store.file_refusals import EmptyFile, FileRefused
from store.file_types import Limits, too_big
from store.session import session_scope
from store.televersement import Etat, Televersement
from workflows.engine.state import FileRef

SEGMENT = 4 * 1024 * 1024
"""What a connection that hangs may lose, and what one request holds in memory."""
MAX_WAITING = 200
CHECKED_WITHIN = timedelta(minutes=5)


def metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata`: names, each with a value in base64. Raises the 422 problem."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Problem(
                422, "demande_invalide", "L'en-tête «\u00a0Upload-Metadata\u00a0» est illisible."
            ) from error
    return found


def length_of(header: str | None, limits: Limits) -> int:
    """`Upload-Length`, within the limits. Raises a FileRefused, or the 422 problem."""
    if header is None or not (header.isascii() and header.isdigit()) or len(header) > 15:
        raise Problem(
            422,
            "demande_invalide",
            "La taille du fichier manque.",
            errors=[FieldError(parametre="Upload-Length", detail="Un nombre d'octets est attendu.")],
        )
    length = int(header)
    if length == 0:
        raise EmptyFile("Ce fichier est vide. Vérifiez-le, puis déposez-le à nouveau.")
    if length > limits.max_size:
        raise too_big(limits, length)
    return length


async def announce(holder: Holder, objet: str, limits: Limits, nom: str, length: str | None) -> Televersement:
    """Record a file to come, for one thing of a démarche. Announced again with the same key, it is the same file."""
    taille = length_of(length, limits)
    id_ = uuid.uuid5(
        uuid.NAMESPACE_OID, f"televersement/{holder.id}/{holder.command_id}/{objet}/{nom}/{taille}"
    )
    async with session_scope() as session:
        if await televersement.waiting(session, holder.actor.key) >= MAX_WAITING:
            raise Problem(
                429,
                "trop_de_fichiers",
                "Trop de fichiers sont en cours d'envoi. Terminez ceux qui sont commencés.",
                headers={"Retry-After": "60"},
            )
        return await televersement.create(
            session,
            holder.cipher,
            nom=nom,
            id=id_,
            demarche_id=holder.id,
            objet=objet[:80],
            created_by=holder.actor.key,
            owner_id=holder.actor.id,
            taille=taille,
            types=sorted(limits.types),
            expires_at=now() + timedelta(seconds=holder.services.settings.upload_lifetime),
        )


async def take(holder: Holder, row: Televersement, offset: int, request: Request) -> int:
    """Record what a request brings from `offset` on; the new offset. What came before a cut is kept.

    Raises the 409 problem when `offset` is not where the file stands, 400 when more comes than was announced.
    """
    if row.etat != Etat.EN_COURS or offset != row.recu:
        raise _elsewhere(row.recu)
    body = _Body(request, row.taille - offset)
    files = holder.services.files
    while not body.over:
        path, size = await files.put_part(holder.cipher, body.segment(), depot=row.id)
        if size == 0:
            break
        async with session_scope() as session:
            recorded = await televersement.add_part(session, row.id, offset, path, size)
        if not recorded:
            await files.forget_parts([path])
            raise _elsewhere(None)
        offset += size
    if body.overflow:
        raise Problem(400, "envoi_trop_long", "L'envoi est plus long que la taille annoncée.")
    return offset


def _elsewhere(offset: int | None) -> Problem:
    headers = {} if offset is None else {"Upload-Offset": str(offset)}
    return Problem(409, "reprise_ailleurs", "L'envoi reprend à un autre endroit du fichier.", headers=headers)


class _Body:
    """A request's body cut in segments; a lost connection ends it as if it were complete."""

    def __init__(self, request: Request, most: int) -> None:
        self._stream = request.stream()
        self._rest = b""
        self._left = most
        self.over = False
        self.overflow = False

    async def segment(self) -> AsyncIterator[bytes]:
        room = SEGMENT
        while room > 0 and not self.over:
            if not self._rest:
                await self._pull()
                continue
            part, self._rest = self._rest[:room], self._rest[room:]
            room -= len(part)
            yield part

    async def _pull(self) -> None:
        try:
            received = await anext(self._stream, None)
        except ClientDisconnect:
            received = None
        if received is None:
            self.over = True
            return
        self._rest = received[: self._left]
        self._left -= len(self._rest)
        self.overflow |= len(self._rest) < len(received)
        self.over = self.overflow and not self._rest


async def finish(holder: Holder, row: Televersement, ip: str | None) -> Televersement:
    """Join, check, analyse and index a complete file; the row as it then is. Raises the FileRefused found.

    One caller does it; meanwhile, another finds it `verification`.
    """
    async with session_scope() as session:
        mine = await televersement.claim(session, row.id, now() - CHECKED_WITHIN)
    if not mine:
        return await reload(row.id)
    nom = televersement.name(row, holder.cipher)
    files = holder.services.files
    row = await reload(row.id)
    limits = Limits(max_size=row.taille, types=frozenset(row.types))
    try:
        received = await receive(
            holder.services, holder.cipher, files.join_parts(holder.cipher, row.parts), nom, limits
        )
    except FileRefused as refusal:
        async with session_scope() as session:
            refus = {"code": refusal.code, "detail": str(refusal), "kind": type(refusal).__name__}
            await televersement.settle(session, row.id, Etat.REFUSE, refus=refus)
        await files.forget_parts(row.parts)
        await tell_refused(holder, row.objet, nom, refusal, ip)
        raise
    except BaseException:
        async with session_scope() as session:
            await televersement.settle(session, row.id, Etat.EN_COURS)
        raise
    async with session_scope() as session:
        await fichier.add(
            session,
            holder.cipher,
            received.stored,
            id=row.id,
            nom=nom,
            created_by=row.created_by,
            demarche_id=row.demarche_id,
            verdict=received.verdict,
        )
        await televersement.settle(session, row.id, Etat.PRET)
    await files.forget_parts(row.parts)
    return await reload(row.id)


async def reload(id_: uuid.UUID) -> Televersement:
    async with session_scope() as session:
        row = await session.get(Televersement, id_)
    assert row is not None
    return row


async def deposited(
    holder: Holder, objet: str, ids: list[uuid.UUID], request: Request
) -> tuple[list[FileRef], list[uuid.UUID]]:
    """The files of these uploads, which become part of a command; and the ids of those that no other command has.

    Raises the problem of the first which is not there whole, or was refused.
    """
    refs: list[FileRef] = []
    taken: list[uuid.UUID] = []
    for position, id_ in enumerate(ids):
        async with session_scope() as session:
            row = await session.get(Televersement, id_)
        if row is None:
            raise _gone(position)
        if row.created_by != holder.actor.key:
            raise kept_from(holder.actor.key, _gone(position), "televersement", row.id, row.client_id)
        if (row.demarche_id, row.objet) != (holder.id, objet[:80]):
            raise _gone(position)
        if row.recu == row.taille and row.etat in (Etat.EN_COURS, Etat.VERIFICATION):
            row = await finish(holder, row, client_ip(request))
        refs.append(await _ref(holder, row, position))
        if row.etat == Etat.PRET:
            taken.append(row.id)
    await mark(taken, Etat.DEPOSE)
    return refs, taken


async def throw_away(row: Televersement, services: Services) -> None:
    """Forget an upload, its pieces, and its file unless it was deposited."""
    async with session_scope() as session:
        found = await session.get(Televersement, row.id)
        if found is None:
            return
        if found.etat == Etat.PRET:
            kept = await session.get(fichier.Fichier, row.id)
            if kept is not None and await fichier.remove(session, kept):
                await services.files.delete(kept.client_id, kept.sha)
        await session.delete(found)
    await services.files.forget_parts(found.parts)


async def mark(ids: list[uuid.UUID], etat: Etat) -> None:
    """`depose` before the command is sent: a file which may be in use is never thrown away."""
    async with session_scope() as session:
        for id_ in ids:
            await televersement.settle(session, id_, etat)


async def _ref(holder: Holder, row: Televersement, position: int) -> FileRef:
    match row.etat:
        case Etat.PRET | Etat.DEPOSE:
            async with session_scope() as session:
                found = await session.get(fichier.Fichier, row.id)
            if found is None:
                raise _gone(position)
            nom = fichier.name(found, holder.cipher)
            return FileRef(id=str(found.id), nom=nom, type=found.type, taille=found.taille)
        case Etat.REFUSE:
            raise refused(row.refus or {})
        case Etat.VERIFICATION:
            raise unavailable(
                "verification_en_cours", "Un fichier est en cours de vérification. Réessayez dans un instant."
            )
    raise Problem(
        409,
        "televersement_incomplet",
        "Un fichier n'est pas arrivé en entier. Reprenez son envoi.",
        errors=[
            FieldError(pointer=f"/televersements/{position}", detail=f"{row.recu} octets sur {row.taille}.")
        ],
    )


def refused(refus: Mapping[str, Any]) -> Problem:
    """The refusal already given, given again."""
    return Problem(
        422, str(refus.get("code", "fichier_refuse")), str(refus.get("detail", "")), title="Fichier refusé"
    )


def _gone(position: int) -> Problem:
    return Problem(
        409,
        "televersement_inconnu",
        "Un fichier n'est plus là. Envoyez-le à nouveau.",
        errors=[FieldError(pointer=f"/televersements/{position}", detail="Envoi inconnu ou expiré.")],
    )
