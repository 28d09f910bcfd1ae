"""Published modèles, as the console lists them (MOD-09)."""

from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field
from sqlmodel import col, select

from activities.programs import program_of
from activities.publication import withdrawn
from api.access import Action, Actor, rule
from api.problems import not_found
from api.svg import SVG
from store import modele as store_modele
from store.demarche import Demarche
from store.session import session_scope
from workflows.engine.drawing import draw
from workflows.engine.view.fields import field_titles

router = APIRouter(prefix="/api/modeles", tags=["modèles"])


class ModeleLigne(BaseModel):
    cle: str = Field(examples=["embauche"])
    titre: str
    categorie: str
    version: int
    sha256: str
    publie_at: datetime
    ouvertes: int = Field(description="Démarches en cours, toutes versions confondues.")
    retire: bool = Field(
        description="Son fichier n'existe plus : ses démarches continuent, aucune autre ne commence."
    )


@router.get("")
async def list_modeles(actor: Annotated[Actor, Depends(rule(Action.MODELE_LISTER))]) -> list[ModeleLigne]:
    """The newest version of each modèle, in alphabetical order."""
    async with session_scope() as session:
        versions = await store_modele.catalogue(session)
        programs = [await program_of(session, version.sha256) for version in versions]
        counted = await session.exec(
            select(col(Demarche.modele), sa.func.count())
            .where(col(Demarche.open).is_(True))
            .group_by(col(Demarche.modele))
        )
        running = {row[0]: row[1] for row in counted}
    found = [
        ModeleLigne(
            **version._asdict(),
            titre=program.modele.titre,
            categorie=program.modele.categorie,
            ouvertes=running.get(version.cle, 0),
            retire=withdrawn(version),
        )
        for version, program in zip(versions, programs, strict=True)
        if actor.knows(version.cle)
    ]
    return sorted(found, key=lambda ligne: ligne.titre)


@router.get(
    "/{modele}/graphe",
    response_class=Response,
    responses=SVG,
)
async def read_diagram(
    modele: Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["embauche"])],
    actor: Annotated[Actor, Depends(rule(Action.MODELE_LISTER))],
) -> Response:
    """The étapes of the newest version, as an SVG picture."""
    async with session_scope() as session:
        version = await store_modele.latest_of(session, modele)
        program = await program_of(session, version.sha256) if version else None
    if program is None:
        raise not_found("Ce modèle")
    return Response(draw(program.modele, field_titles(program.bundle.forms)), media_type="image/svg+xml")
