"""Effect « signature »: send a document that the démarche produced to those who sign it online (CRE-21).

Nobody hears of a draft. A try that died before the activation is begun again with another draft; one that died after
it finds that the service is already at work. So nobody is asked twice to sign the same sending.
"""

from __future__ import annotations

import io
import logging
import uuid
from typing import Any

import pikepdf
from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.outcome import EffectOutcome, Later
from activities.yousign import Field, SignatureRefused, SignatureUnavailable, Signer, Yousign
from store import signature
from store.base import now
from store.crypto import ClientCipher
from store.demarche import Demarche, Effet
from store.fichier import Fichier
from store.files import FileStore
from store.session import session_scope
from store.settings import settings
from store.signature import Signature, StatutSignature
from store.utilisateur import Utilisateur

_log = logging.getLogger("elaska.signatures")


async def send_signature(
    cipher: ClientCipher, row: Effet, demarche: Demarche, params: dict[str, Any]
) -> EffectOutcome:
    """Send the document of a row of the ledger. Raises Later when the service is away."""
    conf = settings()
    if conf.yousign_key is None:
        return EffectOutcome("failed", "La signature en ligne n'est pas configurée sur cette installation.")
    begun = Signature(
        id=row.id,
        demarche_id=demarche.id,
        client_id=demarche.client_id,
        document=params["document"],
        fait=params["fait"],
    )
    async with session_scope() as session:
        found = await signature.begin(session, begun)
        request_id, statut = found.request_id, found.statut
        file = await session.get(Fichier, uuid.UUID(params["fichier"]))
        people = [await _person(session, each) for each in params["signataires"]]
    if statut is not StatutSignature.PREPARATION:
        return EffectOutcome("done")
    if file is None:
        return EffectOutcome("failed", "Le document n'existe plus.")
    service = Yousign(conf)
    try:
        if request_id is None or await service.status(request_id) in ("draft", "deleted"):
            pdf = await FileStore.from_settings(conf).read(cipher, file.sha)
            signers = _placed(pdf, people)
            name = f"{params['titre']} - {demarche.reference}"
            request_id = await service.draft(name=name, reference=str(row.id), pdf=pdf, signers=signers)
            await _note(row.id, request_id=request_id)
            await service.activate(request_id)
    except SignatureUnavailable as error:
        raise Later(str(error)) from error
    except SignatureRefused as error:
        _log.error("document not sent to be signed: démarche %s: %s", demarche.id, error)
        await _note(row.id, statut=StatutSignature.ANNULE)
        return EffectOutcome("failed", "Le service de signature a refusé l'envoi\u00a0: voyez ses réglages.")
    except LookupError as error:
        await _note(row.id, statut=StatutSignature.ANNULE)
        return EffectOutcome("failed", str(error))
    await _note(row.id, statut=StatutSignature.EN_COURS)
    return EffectOutcome("done")


async def _person(session: AsyncSession, each: dict[str, str]) -> tuple[str, str, str, str]:
    """Key, first name, last name, address: of a user as they are now, of a participant as the démarche knows them."""
    if "email" in each:
        prenom, _, nom = each["nom"].partition(" ")
        return each["cle"], prenom, nom or prenom, each["email"]
    user = await session.get_one(Utilisateur, uuid.UUID(each["user_id"]))
    return each["cle"], user.prenom, user.nom, user.email


def _placed(pdf: bytes, people: list[tuple[str, str, str, str]]) -> list[Signer]:
    """The signers with their places. Raises LookupError, in French, when the document does not mark one."""
    places = signature_places(pdf)
    for cle, *_ in people:
        if cle not in places:
            raise LookupError(
                f"Le modèle du document ne marque pas la place de la signature «\u00a0{cle}\u00a0»."
            )
    return [Signer(prenom, nom, email, places[cle]) for cle, prenom, nom, email in people]


def signature_places(pdf: bytes) -> dict[str, Field]:
    """Where each one signs, by role: the destinations `signature-<role>` of the document's own links."""
    found: dict[str, Field] = {}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages: dict[object, int] = {page.objgen: number for number, page in enumerate(opened.pages, 1)}
        if "/Names" not in opened.Root or "/Dests" not in opened.Root.Names:
            return found
        names = list(pikepdf.NameTree(opened.Root.Names.Dests).items())
        for name, place in names:
            title = str(name)
            if title.startswith("signature-"):
                height = float(opened.pages[pages[place[0].objgen] - 1].mediabox[3])
                found[title.removeprefix("signature-")] = Field(
                    page=pages[place[0].objgen], x=int(place[2]), y=int(height - float(place[3]))
                )
    return found


async def _note(id_: uuid.UUID, **values: Any) -> None:
    """Keep how far the sending is. Events of the service may have gone further: what is over stays so."""
    async with session_scope() as session:
        await session.exec(
            update(Signature)
            .where(col(Signature.id) == id_, col(Signature.statut) == StatutSignature.PREPARATION)
            .values(**values, updated_at=now())
        )
