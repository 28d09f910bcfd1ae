"""Documents that the client brings of their own accord: they become pièces, checked like any other (GED-05)."""

from fastapi import APIRouter, Depends, Request, Response

from api.access import Action, rule
from api.commands import Accuse, commander
from api.depots import MAX_FILES, limits_of, received
from api.dossier import DossierCommande, command_target
from api.multipart import body_schema
from api.problems import FieldError, Problem
from api.routes.televersements import CREATED, TUS, Length, Metadata, announced_file
from workflows.engine import commands as c

router = APIRouter(prefix="/api/demarches/{demarche_id}/pieces-libres", tags=["pièces"])
OWNER = Depends(rule(Action.PIECE_AJOUTER, command_target))
TITRE = {"titre": {"type": "string", "title": "Nom du document", "minLength": 1, "maxLength": 200}}
LIMITS = limits_of((), 10)
"""As for a pièce that says nothing of its files."""


@router.post(
    "/televersements", status_code=201, response_class=Response, responses=CREATED, dependencies=[OWNER, TUS]
)
async def announce_offered_file(
    dossier: DossierCommande, taille: Length = None, donnees: Metadata = ""
) -> Response:
    """Announce a file that nobody asked for."""
    return await announced_file(dossier, "piece:libre", LIMITS, taille, donnees)


@router.post(
    "/depots", dependencies=[OWNER], openapi_extra=body_schema(fichiers=(1, MAX_FILES), champs=TITRE)
)
async def offer_piece(dossier: DossierCommande, request: Request) -> Accuse:
    """Bring a document that nobody asked for: the firm checks it like any other."""
    async with received(request, dossier, LIMITS, least=1, champs={"titre": 200}) as depot:
        titre = depot.champs.get("titre", "").strip()
        if not titre:
            raise Problem(
                422,
                "demande_invalide",
                "Donnez un nom à ce document.",
                errors=[FieldError(pointer="/titre", detail="Ce champ est obligatoire.")],
            )
        return await commander(dossier, c.OfferPiece, titre=titre, files=tuple(depot.files))
