"""Lines of a démarche's collections: invoices, payments, offers, suppliers."""

import uuid

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from api.access import Action, rule
from api.commands import Accuse, commander
from api.connues import LigneConnue, known_lines
from api.dossier import (
    CollectionCle,
    DossierCommande,
    DossierLu,
    LigneId,
    collection_target,
    read_dossier,
)
from api.routes.demarches import corps
from workflows.engine import commands as c

router = APIRouter(prefix="/api/demarches/{demarche_id}/collections/{cle}/lignes", tags=["collections"])
KEEPER = [Depends(rule(Action.LIGNE_GERER, collection_target()))]


class LigneAccuse(Accuse):
    """A line was added."""

    id: str


class LignesConnues(BaseModel):
    items: list[LigneConnue]


@router.get("/connues", dependencies=[Depends(rule(Action.LIGNE_GERER, collection_target(read_dossier)))])
async def list_known_lignes(dossier: DossierLu, cle: CollectionCle) -> LignesConnues:
    """Lines that the client's other démarches already tell, to take over in a new one (CRE-25)."""
    return LignesConnues(items=await known_lines(dossier, cle))


@router.post("", status_code=201, dependencies=KEEPER)
async def add_ligne(dossier: DossierCommande, cle: CollectionCle, body: corps.LigneNouvelle) -> LigneAccuse:
    """Add a line to a collection."""
    # Named by the request's own key: a second try names the same line.
    id_ = str(uuid.uuid5(dossier.id, dossier.command_id))
    accuse = await commander(
        dossier, c.AddLigne, envelope="/donnees", collection=cle, donnees=body.donnees, ligne=id_
    )
    return LigneAccuse(demarche_id=accuse.demarche_id, seq=accuse.seq, id=id_)


@router.post("/ensemble", status_code=201, dependencies=KEEPER)
async def add_lignes(dossier: DossierCommande, cle: CollectionCle, body: corps.LignesNouvelles) -> Accuse:
    """Add several lines at once: all of them, or none; each field at fault is pointed at, by row."""
    return await commander(
        dossier,
        c.AddLignes,
        envelope="/lignes",
        collection=cle,
        lignes=tuple(body.lignes),
        remplace=body.remplace,
    )


@router.put("/{ligne}", dependencies=KEEPER)
async def change_ligne(
    dossier: DossierCommande, cle: CollectionCle, ligne: LigneId, body: corps.LigneModifiee
) -> Accuse:
    """Replace the answers of a line."""
    return await commander(
        dossier,
        c.ChangeLigne,
        envelope="/donnees",
        collection=cle,
        ligne=ligne,
        donnees=body.donnees,
        version=body.version,
    )


@router.put(
    "/{ligne}/statut", dependencies=[Depends(rule(Action.LIGNE_GERER, collection_target(every_status=True)))]
)
async def set_ligne_statut(
    dossier: DossierCommande, cle: CollectionCle, ligne: LigneId, body: corps.LigneStatut
) -> Accuse:
    """Give a line another status."""
    return await commander(dossier, c.SetLigneStatut, collection=cle, ligne=ligne, **body.model_dump())


@router.delete("/{ligne}", dependencies=KEEPER)
async def remove_ligne(
    dossier: DossierCommande, cle: CollectionCle, ligne: LigneId, body: corps.Motive
) -> Accuse:
    """Remove a line, with a reason. The journal keeps what it said."""
    return await commander(dossier, c.RemoveLigne, collection=cle, ligne=ligne, motif=body.motif)
