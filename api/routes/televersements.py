"""Files sent in several times, by the tus protocol (version 1.0.0: core, creation, termination, expiration).

A file is announced for one thing (a pièce, an answer), sent in one or several requests, taken up where it stopped
after a cut, then deposited by the command of that thing, which names it. See https://tus.io/protocols/resumable-upload.
"""

import uuid
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.access import Action, CurrentActor, Target, public, rule
from api.depots import clean_name, limits_of
from api.dossier import (
    ActionId,
    DossierCommande,
    PieceId,
    TacheId,
    action_target,
    load,
    piece_of,
    piece_target,
    tache_target,
)
from api.problems import Problem, not_found
from api.reception import Holder
from api.security.addresses import client_ip
from api.security.headers import OFFSET, RESUMED
from api.services import ServicesDep
from api.spaces import client_space
from api.targets import target_of_tiers
from api.televersements import announce, finish, metadata, take, throw_away
from store import televersement
from store.file_types import EVERY, Limits
from store.session import session_scope
from store.televersement import Etat, Televersement

router = APIRouter(tags=["téléversements"])
VERSION = "1.0.0"
PROTOCOL = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}

Resumable = Annotated[
    str | None, Header(alias="Tus-Resumable", description="Version du protocole.", examples=[VERSION])
]
Length = Annotated[
    str | None,
    Header(alias="Upload-Length", description="Taille du fichier, en octets.", examples=["204800"]),
]
Metadata = Annotated[
    str,
    Header(
        alias="Upload-Metadata",
        max_length=2000,
        description="`filename` et sa valeur en base64.",
        examples=["filename Y25pLnBkZg=="],
    ),
]


class EtatTeleversement(BaseModel):
    """Ce qui est arrivé d'un fichier, et ce qui en a été dit."""

    id: uuid.UUID
    nom: str = Field(examples=["cni.pdf"])
    taille: int = Field(description="En octets.")
    recu: int = Field(description="En octets.")
    etat: Etat
    refus: str | None = Field(description="Pourquoi le fichier est refusé.")


@dataclass(frozen=True, slots=True)
class Demande:
    """An upload, what it is for, and whose that is."""

    row: Televersement
    holder: Holder
    target: Target


def understood(version: Resumable = None) -> None:
    """Refuse another version of the protocol, as it asks."""
    if version != VERSION:
        raise Problem(
            412,
            "protocole_inconnu",
            "La version du protocole d'envoi n'est pas la bonne.",
            headers={"Tus-Version": VERSION},
        )


async def asked(
    televersement_id: Annotated[uuid.UUID, Path()],
    actor: CurrentActor,
    services: ServicesDep,
    request: Request,
) -> Demande:
    """The upload of the path. Raises the 404 problem."""
    async with session_scope() as session:
        row = await session.get(Televersement, televersement_id)
    if row is None:
        raise not_found("Cet envoi")
    if row.demarche_id is None:
        holder = await client_space(row.client_id, actor, services, request)
        return Demande(row, holder, await target_of_tiers(row.client_id))
    dossier = await load(row.demarche_id, actor, services)
    return Demande(row, dossier, dossier.target(actor.participant_key))


Asked = Annotated[Demande, Depends(asked)]


async def own_target(demande: Asked) -> Target:
    """An upload belongs to who began it, as long as they see what it is for."""
    return replace(demande.target, owner_id=demande.row.owner_id)


OWN = Depends(rule(Action.TELEVERSER, own_target))
TUS = Depends(understood)
CREATED: dict[int | str, dict[str, Any]] = {
    201: {"description": "Annoncé\u00a0: `Location` dit où l'envoyer, `Upload-Offset` d'où reprendre."}
}


@router.options(
    "/api/televersements", status_code=204, dependencies=[Depends(public("describes the protocol"))]
)
async def describe_uploads(services: ServicesDep) -> Response:
    """What the protocol's clients ask first."""
    headers = {
        **PROTOCOL,
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,termination,expiration",
        "Tus-Max-Size": str(services.settings.max_upload_size),
    }
    return Response(status_code=204, headers=headers)


@router.post(
    "/api/demarches/{demarche_id}/pieces/{piece}/televersements",
    status_code=201,
    response_class=Response,
    responses=CREATED,
    dependencies=[Depends(rule(Action.PIECE_DEPOSER, piece_target)), TUS],
)
async def announce_piece_file(
    dossier: DossierCommande, piece: PieceId, taille: Length = None, donnees: Metadata = ""
) -> Response:
    """Announce a file to deposit for a pièce. With the same key, the same file is found again, where it stopped."""
    wanted = await piece_of(dossier, piece)
    limits = limits_of(wanted.formats, wanted.taille_max_mo)
    return await announced_file(dossier, f"piece:{piece}", limits, taille, donnees)


@router.post(
    "/api/demarches/{demarche_id}/actions/{action}/televersements",
    status_code=201,
    response_class=Response,
    responses=CREATED,
    dependencies=[Depends(rule(Action.ACTION_REPONDRE, action_target)), TUS],
)
async def announce_action_file(
    dossier: DossierCommande, action: ActionId, taille: Length = None, donnees: Metadata = ""
) -> Response:
    """Announce a file to join to an answer."""
    return await announced_file(dossier, f"action:{action}", Limits(types=EVERY), taille, donnees)


@router.post(
    "/api/demarches/{demarche_id}/taches/{tache}/televersements",
    status_code=201,
    response_class=Response,
    responses=CREATED,
    dependencies=[Depends(rule(Action.TACHE_TERMINER, tache_target)), TUS],
)
async def announce_task_file(
    dossier: DossierCommande, tache: TacheId, taille: Length = None, donnees: Metadata = ""
) -> Response:
    """Announce a file to join to a task."""
    return await announced_file(dossier, f"tache:{tache}", Limits(types=EVERY), taille, donnees)


async def announced_file(
    dossier: Holder, objet: str, limits: Limits, taille: str | None, donnees: str
) -> Response:
    """The answer to an announcement: where to send the file, and from where."""
    cap = min(limits.max_size, dossier.services.settings.max_upload_size)
    nom = clean_name(metadata(donnees).get("filename", ""))
    row = await announce(dossier, objet, Limits(cap, limits.types), nom, taille)
    headers = _where(row) | {"Location": f"{RESUMED}{row.id}"}
    return Response(status_code=201, headers=headers)


def _where(row: Televersement) -> dict[str, str]:
    return PROTOCOL | {
        "Upload-Offset": str(row.recu),
        "Upload-Expires": format_datetime(row.expires_at, usegmt=True),
    }


@router.head("/api/televersements/{televersement_id}", response_class=Response, dependencies=[OWN, TUS])
async def read_upload_offset(demande: Asked) -> Response:
    """How much of the file has arrived: where to go on from."""
    row = demande.row
    return Response(headers=_where(row) | {"Upload-Length": str(row.taille)})


@router.get("/api/televersements/{televersement_id}", dependencies=[OWN])
async def read_upload(demande: Asked) -> EtatTeleversement:
    """What became of a file: an answer lost on the way is found again here."""
    row = demande.row
    refus = row.refus.get("detail") if row.refus else None
    nom = televersement.name(row, demande.holder.cipher)
    return EtatTeleversement(id=row.id, nom=nom, taille=row.taille, recu=row.recu, etat=row.etat, refus=refus)


@router.patch(
    "/api/televersements/{televersement_id}",
    status_code=204,
    response_class=Response,
    dependencies=[OWN, TUS],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {OFFSET: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def continue_upload(
    demande: Asked,
    request: Request,
    depuis: Annotated[
        int, Header(alias="Upload-Offset", ge=0, description="Où commence ce qui est envoyé, en octets.")
    ],
) -> Response:
    """Send a file, or what is left of it. The last byte has it checked: a file that is refused is told here."""
    if request.headers.get("content-type") != OFFSET:
        raise Problem(415, "type_refuse", f"Un envoi «\u00a0{OFFSET}\u00a0» est attendu.")
    row, holder = demande.row, demande.holder
    recu = await take(holder, row, depuis, request)
    if recu == row.taille:
        row = await finish(holder, row, client_ip(request))
    return Response(status_code=204, headers=_where(row) | {"Upload-Offset": str(recu)})


@router.delete(
    "/api/televersements/{televersement_id}",
    status_code=204,
    response_class=Response,
    dependencies=[OWN, TUS],
)
async def abandon_upload(demande: Asked, services: ServicesDep) -> Response:
    """Throw away a file which was not deposited."""
    if demande.row.etat == Etat.DEPOSE:
        raise Problem(409, "fichier_depose", "Ce fichier est déjà déposé.")
    await throw_away(demande.row, services)
    return Response(status_code=204, headers=PROTOCOL)
