"""Pièces: asked for, deposited, looked at, validated or refused (GED-08 to GED-14)."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request

from api.access import Action, rule
from api.commands import Accuse, commander
from api.depots import MAX_FILES, limits_of, received
from api.dossier import DossierCommande, PieceId, command_target, piece_of, piece_target
from api.multipart import body_schema
from api.problems import FieldError, Problem
from api.routes.demarches import corps
from workflows.engine import commands as c

router = APIRouter(prefix="/api/demarches/{demarche_id}/pieces", tags=["pièces"])
STAFF = [Depends(rule(Action.PIECE_VALIDER, command_target))]
VISIT = {"visit": {"type": "integer", "title": "Passage de l'étape", "minimum": 1}}


@router.post("", dependencies=STAFF)
async def add_piece(dossier: DossierCommande, body: corps.PieceNouvelle) -> Accuse:
    """Ask for one more pièce."""
    return await commander(dossier, c.AddPiece, **body.model_dump())


@router.post(
    "/{piece}/depots",
    dependencies=[Depends(rule(Action.PIECE_DEPOSER, piece_target))],
    openapi_extra=body_schema(fichiers=(1, MAX_FILES), champs=VISIT),
)
async def deposit_piece(dossier: DossierCommande, piece: PieceId, request: Request) -> Accuse:
    """Deposit one or several files for a pièce. A file that the pièce does not accept refuses the whole deposit.

    With `visit`, the deposit is for that visit of the pièce's étape: it is refused (409) once that is over.
    """
    wanted = await piece_of(dossier, piece)
    limits = limits_of(wanted.formats, wanted.taille_max_mo)
    async with received(request, dossier, limits, least=1, champs={"visit": 6}) as depot:
        return await commander(
            dossier, c.DepositPiece, piece=piece, visit=_visit(depot.champs), files=tuple(depot.files)
        )


def _visit(champs: Mapping[str, str]) -> int | None:
    text = champs.get("visit")
    if text is not None and not (text.isascii() and text.isdigit()):
        raise Problem(
            422,
            "demande_invalide",
            "Un champ est à corriger.",
            errors=[FieldError(pointer="/visit", detail="Un nombre est attendu.")],
        )
    return int(text) if text else None


@router.put("/{piece}", dependencies=STAFF)
async def edit_piece(dossier: DossierCommande, piece: PieceId, body: corps.PieceNommee) -> Accuse:
    """Name a pièce otherwise than its modèle, in this démarche alone (MOD-13)."""
    return await commander(dossier, c.EditPiece, piece=piece, **body.model_dump())


@router.put("/{piece}/place", dependencies=STAFF)
async def move_piece(dossier: DossierCommande, piece: PieceId, body: corps.PlacePiece) -> Accuse:
    """Put a pièce after another one, or first, in this démarche alone (MOD-13)."""
    return await commander(dossier, c.MovePiece, piece=piece, apres=body.apres)


@router.post("/{piece}/accuse", dependencies=STAFF)
async def acknowledge_piece(dossier: DossierCommande, piece: PieceId) -> Accuse:
    """Say « Bien reçu »."""
    return await commander(dossier, c.AcknowledgePiece, piece=piece)


@router.post("/{piece}/validation", dependencies=STAFF)
async def validate_piece(
    dossier: DossierCommande, piece: PieceId, body: corps.ValidationPiece = corps.ValidationPiece()
) -> Accuse:
    """Accept a pièce."""
    return await commander(dossier, c.ValidatePiece, piece=piece, version=body.version, label=body.label)


@router.post("/{piece}/refus", dependencies=STAFF)
async def refuse_piece(dossier: DossierCommande, piece: PieceId, body: corps.RefusPiece) -> Accuse:
    """Refuse a pièce, with the reason its provider will read (GED-12)."""
    return await commander(dossier, c.RefusePiece, piece=piece, motif=body.motif, version=body.version)


@router.post("/{piece}/dispense", dependencies=STAFF)
async def waive_piece(dossier: DossierCommande, piece: PieceId, body: corps.Motive) -> Accuse:
    """Do without a pièce, with a reason."""
    return await commander(dossier, c.WaivePiece, piece=piece, motif=body.motif)
