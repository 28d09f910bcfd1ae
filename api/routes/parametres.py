"""The firm's settings that an administrator changes: the outside platform that sends mails, and its log (NOT-06)."""

import base64
import binascii
import secrets
import uuid
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from activities.adresse import AddressError, public_address
from activities.plateforme import trial
from api import traces
from api.access import Action, Actor, rule
from api.problems import FieldError, Problem
from api.security.addresses import client_ip
from api.services import ServicesDep
from store import audit, plateforme
from store.plateforme import Plateforme
from store.session import session_scope
from store.settings import settings

router = APIRouter(prefix="/api/parametres/plateforme", tags=["parametres"])
Admin = Annotated[Actor, Depends(rule(Action.PLATEFORME_REGLER))]


class PlateformeVue(BaseModel):
    actif: bool
    url: str
    secret_connu: bool
    secret: str | None = Field(
        default=None, description="Dit une seule fois, quand il vient d'être créé.", examples=["whsec_…"]
    )
    desactivee_le: datetime | None = Field(description="Désactivée d'elle-même ce jour-là.")
    motif: str | None
    en_attente: int


class PlateformeReglee(BaseModel):
    model_config = ConfigDict(extra="forbid")

    actif: bool
    url: str = Field(max_length=500, examples=["https://courriels.exemple.fr/elaska"])
    secret: str | None = Field(
        default=None,
        max_length=120,
        description="« whsec_ » puis 24 à 64 octets en base64. Absent\u00a0: celui d'avant, ou un nouveau.",
    )


class LivraisonVue(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    numero: int
    demarche_id: uuid.UUID
    type: str = Field(examples=["demande_recue"])
    etat: Literal["en_attente", "fait", "refusee", "abandonnee"]
    tentatives: int
    created_at: datetime
    pas_avant: datetime = Field(description="Prochain essai, quand elle attend.")
    done_at: datetime | None
    statut: int | None = Field(description="De la dernière réponse HTTP.")
    duree_ms: int | None
    erreur: str | None


class EssaiEnvoi(BaseModel):
    reussi: bool
    statut: int | None
    erreur: str | None
    duree_ms: int


@router.get("")
async def read_platform(actor: Admin) -> PlateformeVue:
    """Where mails are handed over, if they are."""
    async with session_scope() as session:
        return _vue(await plateforme.read(session), await plateforme.waiting(session))


def _vue(row: Plateforme, waiting: int, secret: str | None = None) -> PlateformeVue:
    return PlateformeVue(
        actif=row.actif,
        url=row.url,
        secret_connu=row.secret is not None,
        secret=secret,
        desactivee_le=row.desactivee_le,
        motif=row.motif,
        en_attente=waiting,
    )


@router.put("")
async def write_platform(
    body: PlateformeReglee, actor: Admin, services: ServicesDep, request: Request
) -> PlateformeVue:
    """Change it. Turned off, mails leave through the firm's own server again."""
    if body.url or body.actif:
        try:
            await _check(body.url)
        except Problem:
            await traces.refused(
                request, actor.key, "plateforme.refuser", "plateforme", 1, hote=_host(body.url)
            )
            raise
    if body.secret is not None and not _good(body.secret):
        raise _wrong("secret", "Le secret commence par « whsec_ » et compte 24 à 64 octets en base64.")
    async with session_scope() as session:
        row = await plateforme.read(session)
        cipher = await services.keyring.cabinet(session)
        made = None
        secret = body.secret
        if secret is None and row.secret is None:
            secret = made = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        if secret is not None:
            row.secret = cipher.encrypt_text(secret, plateforme.SECRET)
        row.actif, row.url, row.refus = body.actif, body.url, 0
        row.desactivee_le = row.motif = None
        row = await plateforme.write(session, row)
        waiting = await plateforme.waiting(session)
        await audit.append(
            session,
            acteur=actor.key,
            action=Action.PLATEFORME_REGLER,
            objet_type="plateforme",
            objet_id=1,
            ip=client_ip(request),
            actif=body.actif,
            url=body.url,
        )
    return _vue(row, waiting, made)


async def _check(url: str) -> None:
    try:
        await public_address(url, private_allowed=settings().plateforme_privee)
    except AddressError:
        raise _wrong("url", "L'adresse doit commencer par https:// et mener hors de notre réseau.") from None
    except OSError:
        raise _wrong("url", "Cette adresse ne mène nulle part pour le moment.") from None


def _host(url: str) -> str | None:
    """Where an address leads, without what it may carry of a secret."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _good(secret: str) -> bool:
    try:
        return secret.startswith("whsec_") and 24 <= len(base64.b64decode(secret[6:], validate=True)) <= 64
    except binascii.Error:
        return False


def _wrong(field: str, detail: str) -> Problem:
    return Problem(
        422,
        "demande_invalide",
        "Un champ est à corriger.",
        errors=[FieldError(pointer=f"/{field}", detail=detail)],
    )


@router.post("/essai")
async def try_platform(actor: Admin, services: ServicesDep) -> EssaiEnvoi:
    """Post a message of trial: `{"type": "essai", "essai": true}`."""
    answer = await trial(services.keyring)
    if answer is None:
        raise Problem(409, "plateforme_absente", "Enregistrez d'abord l'adresse de la plateforme.")
    return EssaiEnvoi(
        reussi=answer.taken, statut=answer.statut, erreur=answer.erreur, duree_ms=answer.duree_ms
    )


@router.get("/livraisons")
async def list_deliveries(
    actor: Admin, limite: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[LivraisonVue]:
    """What was handed over, newest first, and what became of it."""
    async with session_scope() as session:
        return [LivraisonVue.model_validate(row) for row in await plateforme.latest(session, limite)]
