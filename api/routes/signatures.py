"""Documents signed online: sending one, where each stands, and what the signature service tells us (CRE-21).

A signature confirmed by the service is a fact of the démarche, published in the transaction that records it; the signed
copy is fetched before, so that it comes with the fact.
"""

import logging
import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Request
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.decider import open_state
from activities.webhooks import BadSignature
from activities.yousign import (
    Notice,
    SignatureRefused,
    SignatureUnavailable,
    Yousign,
    read_notice,
    verify,
)
from api.access import Action, public, rule
from api.commands import Accuse, commander
from api.dossier import DossierCommande, DossierLu, command_target, read_target
from api.problems import Problem, not_found, unavailable
from api.services import Services, ServicesDep
from store import fichier, notification, outbox, signature
from store.base import now
from store.crypto import ClientCipher
from store.demarche import Demarche
from store.evenement import first_time
from store.files import FileStore, StoredFile
from store.session import session_scope
from store.signature import EvenementSignature, Signature, StatutSignature
from workflows.engine import commands as c
from workflows.engine.program import PARIS

_log = logging.getLogger("elaska.signatures")

router = APIRouter(prefix="/api", tags=["signatures"])
OVER = (StatutSignature.SIGNE, StatutSignature.REFUSE, StatutSignature.EXPIRE, StatutSignature.ANNULE)
TOLD = {
    StatutSignature.REFUSE: "a été refusée par un signataire",
    StatutSignature.EXPIRE: "a expiré sans être faite",
    StatutSignature.ANNULE: "a été annulée dans le service de signature",
}
DocumentId = Annotated[str, Path(max_length=80, description="Le document produit.")]


class SignatureLue(BaseModel):
    """One sending of a document to its signers."""

    id: uuid.UUID
    document: str
    statut: StatutSignature
    envoyee_le: datetime
    maj: datetime


class Signatures(BaseModel):
    """Sendings of a démarche, the latest first."""

    en_ligne: bool = Field(description="Cette installation a un service de signature.")
    items: list[SignatureLue]


class Avis(BaseModel):
    """What was made of an event: the service stops sending it again in any case."""

    resultat: Literal["enregistre", "deja_recu", "ignore"]


@router.get(
    "/demarches/{demarche_id}/signatures", dependencies=[Depends(rule(Action.DEMARCHE_REVOIR, read_target))]
)
async def list_signatures(dossier: DossierLu) -> Signatures:
    """Where the documents sent to be signed online stand."""
    async with session_scope() as session:
        rows = await signature.of_demarche(session, dossier.id)
    return Signatures(
        en_ligne=dossier.services.settings.yousign_key is not None,
        items=[
            SignatureLue(
                id=row.id,
                document=row.document,
                statut=row.statut,
                envoyee_le=row.created_at,
                maj=row.updated_at,
            )
            for row in rows
        ],
    )


@router.post(
    "/demarches/{demarche_id}/documents/{document}/signature",
    dependencies=[Depends(rule(Action.DEMARCHE_COMMANDER, command_target))],
)
async def request_signature(dossier: DossierCommande, document: DocumentId) -> Accuse:
    """Send a document to those who sign it online, by the ledger of effects."""
    if dossier.services.settings.yousign_key is None:
        raise Problem(
            409,
            "signature_non_configuree",
            "La signature en ligne n'est pas configurée. Le signataire imprime le document et dépose "
            "l'exemplaire signé.",
        )
    async with session_scope() as session:
        rows = await signature.of_demarche(session, dossier.id)
    if dossier.recorded is None and any(
        row.document == document and row.statut is StatutSignature.EN_COURS for row in rows
    ):
        raise Problem(409, "signature_en_cours", "Ce document est déjà chez ses signataires.")
    return await commander(dossier, c.RequestSignature, document=document)


@router.post("/signatures/yousign", dependencies=[Depends(public("the service signs each of its calls"))])
async def receive_signature_event(
    request: Request,
    services: ServicesDep,
    header: Annotated[str, Header(alias="X-Yousign-Signature-256", max_length=200)] = "",
) -> Avis:
    """A webhook of the signature service. Forged: 400. Received already or of no use: 200, and no effect."""
    secret = services.settings.yousign_webhook_secret
    if secret is None:
        raise not_found("Cette adresse")
    try:
        event = verify(await request.body(), header, secret.get_secret_value())
    except BadSignature as error:
        _log.warning("signature event refused: %s", error)
        raise Problem(400, "signature_invalide", "Cet événement n'est pas signé comme il le doit.") from error
    notice = read_notice(event)
    if notice is None:
        return Avis(resultat="ignore")
    async with session_scope() as session:
        row = await _find(session, notice)
        cipher = await services.keyring.load(session, row.client_id) if row is not None else None
    if row is None or cipher is None:
        _log.warning("signature event %s is about no sending of ours", notice.event_id)
        return Avis(resultat="ignore")
    copy = None
    if notice.issue == "signe" and row.statut is not StatutSignature.SIGNE:
        copy = await _signed_copy(services, cipher, notice)
    async with session_scope() as session:
        if not await first_time(session, EvenementSignature, notice.event_id, notice.type):
            return Avis(resultat="deja_recu")
        return Avis(resultat=await _apply(session, services, cipher, notice, row.id, copy))


async def _find(session: AsyncSession, notice: Notice) -> Signature | None:
    """The sending that an event is about: ours by its reference, and the very one that we activated."""
    try:
        row = await session.get(Signature, uuid.UUID(notice.reference))
    except ValueError:
        return None
    return row if row is not None and row.request_id == notice.request_id else None


async def _signed_copy(services: Services, cipher: ClientCipher, notice: Notice) -> StoredFile:
    """Fetch and keep the signed PDF. A service away makes the event come again: 503."""
    try:
        pdf = await Yousign(services.settings).signed(notice.request_id)
    except (SignatureUnavailable, SignatureRefused) as error:
        _log.error("signed copy not fetched: sending %s: %s", notice.reference, error)
        raise unavailable("copie_indisponible", "L'exemplaire signé n'a pas pu être lu.") from error
    return await FileStore.from_settings(services.settings).put_bytes(cipher, pdf, nom="document-signe.pdf")


async def _apply(
    session: AsyncSession,
    services: Services,
    cipher: ClientCipher,
    notice: Notice,
    id_: uuid.UUID,
    copy: StoredFile | None,
) -> Literal["enregistre", "ignore"]:
    """Move a sending, whatever the order in which events come: what is signed stays so."""
    row = await signature.lock(session, id_)
    demarche = await session.get(Demarche, row.demarche_id) if row is not None else None
    statut = StatutSignature(notice.issue)
    if row is None or demarche is None or row.statut in (StatutSignature.SIGNE, statut):
        return "ignore"
    if row.statut in OVER and statut is StatutSignature.EN_COURS:
        return "ignore"
    if copy is not None:
        state = open_state(demarche, cipher)
        document = state.documents.get(row.document)
        nom = f"{document.titre if document else 'Document'} signé - {demarche.reference}.pdf"
        file_id = uuid.uuid5(row.id, "signe")
        await fichier.add(
            session,
            cipher,
            copy,
            id=file_id,
            nom=nom,
            created_by="systeme",
            demarche_id=demarche.id,
        )
        day = state.now(datetime.now(UTC)).astimezone(PARIS).date()
        await outbox.publish(
            session,
            services.keyring,
            demarche.id,
            row.fait,
            {"statut": "signe", "signe_le": day.isoformat(), "mode_signature": "electronique"},
            origine=f"signature/{row.id}",
            files=[{"id": str(file_id), "nom": nom, "type": copy.type, "taille": copy.size}],
        )
    elif statut in TOLD:
        await notification.notify_adviser(
            session,
            cipher,
            demarche,
            type="effet_en_echec",
            texte=f"La signature en ligne {TOLD[statut]}\u00a0: {demarche.reference}.",
            origine=f"signature/{notice.event_id}",
        )
    row.statut, row.updated_at = statut, now()
    session.add(row)
    return "enregistre"
