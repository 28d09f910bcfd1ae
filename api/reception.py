"""A file that arrives: kept, checked, shown to the antivirus; what is dangerous is set aside, and told to the firm."""

import logging
import uuid
from collections.abc import AsyncIterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.antivirus import Antivirus, AntivirusDown, TooLongToScan
from api.access import Actor
from api.dossier import Dossier
from api.services import Services
from store import audit, commentaire, fichier
from store.crypto import ClientCipher
from store.fichier import Analyse
from store.file_refusals import DANGERS, FileRefused, Infected, NotScannable
from store.file_types import Limits
from store.files import StoredFile
from store.session import session_scope

_log = logging.getLogger("elaska.api")
INFECTED = (
    "Notre antivirus y a reconnu un programme malveillant. Il n'a pas été gardé. Vérifiez votre appareil, puis "
    "déposez un autre fichier."
)


@dataclass(frozen=True, slots=True)
class Received:
    """A file whose bytes are safe, and what the antivirus says of it."""

    stored: StoredFile
    verdict: Analyse


async def receive(
    services: Services, cipher: ClientCipher, source: AsyncIterable[bytes], nom: str, limits: Limits
) -> Received:
    """Keep a file and have it analysed. Raises a FileRefused, and then nothing is left of it.

    When the antivirus does not answer, the file is kept aside until it does: see `api/quarantine.py`.
    """
    stored = await services.files.put_stream(cipher, source, nom=nom, limits=limits)
    try:
        return Received(stored, await analysed(services, cipher, stored.sha))
    except FileRefused:
        async with session_scope() as session:
            if await fichier.unused(session, cipher.client_id, stored.sha):
                await services.files.delete(cipher.client_id, stored.sha)
        raise


async def analysed(services: Services, cipher: ClientCipher, sha: str) -> Analyse:
    """What the antivirus says of a kept file. Raises Infected, or NotScannable."""
    antivirus = Antivirus.of(services.settings)
    if antivirus is None:
        return Analyse.NON_CONFIGUREE
    try:
        found = await antivirus.scan(services.files.open_stream(cipher, sha))
    except AntivirusDown as error:
        _log.warning("antivirus away: %s", error)
        return Analyse.EN_ATTENTE
    except TooLongToScan as error:
        raise NotScannable(
            "Ce fichier est trop lourd pour notre antivirus. Réduisez-le ou partagez-le en plusieurs fichiers."
        ) from error
    if found is not None:
        _log.warning("infected file set aside: client %s", cipher.client_id)
        raise Infected(INFECTED)
    return Analyse.SAINE


class Holder(Protocol):
    """What files are received for: a démarche, or the documents of a client (its `id` is then None)."""

    @property
    def id(self) -> uuid.UUID | None: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def services(self) -> Services: ...
    @property
    def cipher(self) -> ClientCipher: ...
    @property
    def command_id(self) -> str: ...


async def tell_refused(holder: Holder, objet: str, nom: str, refusal: FileRefused, ip: str | None) -> None:
    """Write a dangerous file in the démarche's journal and in the access log. An honest mistake is not written."""
    if refusal.code not in DANGERS:
        return
    if not isinstance(holder, Dossier):
        async with session_scope() as session:
            await _log_set_aside(session, holder, objet, refusal.code, ip)
        return
    dossier = holder
    await set_aside(
        dossier,
        objet,
        f"«\u00a0{nom}\u00a0», déposé par {dossier.actor.name}\u00a0: {refusal}",
        code=refusal.code,
        line=f"{dossier.actor.key}/ecarte/{uuid.uuid4()}",
        ip=ip,
    )


async def set_aside(
    dossier: Dossier, objet: str, texte: str, *, code: str, line: str, ip: str | None = None
) -> None:
    """The line of the journal, seen by the client when it is theirs, and that of the access log."""
    actor = dossier.actor
    async with session_scope() as session:
        await commentaire.add(
            session,
            dossier.cipher,
            dossier.id,
            actor,
            texte=texte,
            interne=actor.kind != "client",
            command_id=line,
            at=(await dossier.state()).now(datetime.now(UTC)),
            objet=objet[:80],
            type_=commentaire.ECARTE,
            fiche={"ip": ip},
        )
        await _log_set_aside(session, dossier, objet, code, ip)


async def _log_set_aside(
    session: AsyncSession, holder: Holder, objet: str, code: str, ip: str | None
) -> None:
    await audit.append(
        session,
        acteur=holder.actor.key,
        action="fichier.ecarter",
        objet_type="demarche" if holder.id else "client",
        objet_id=holder.id or holder.cipher.client_id,
        ip=ip,
        client_id=holder.cipher.client_id,
        objet=objet,
        code=code,
    )
