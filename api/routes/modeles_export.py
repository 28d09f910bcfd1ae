"""« Documents PDF »: the models of a dossier's exports, rewritten by an administrator (PDF-04, PDF-05)."""

import asyncio
import base64
import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from activities import exports
from activities.mail_check import Constat
from activities.pdf import PdfUnavailableError
from activities.people import people_context
from activities.templating import ModelError, variables_of
from activities.variables import EXPORT
from api import traces
from api.access import Action, Actor, require, rule
from api.dossier import load
from api.problems import FieldError, Problem, unavailable
from api.routes.courriels import ConstatCourriel, VariableCourriel
from api.routes.demarches.exports import TITLES, Genre, context_of
from api.security.addresses import client_ip
from api.services import ServicesDep
from store import audit, modele_export, utilisateur
from store.base import now
from store.demarche import Demarche
from store.modele_export import ModeleExport
from store.session import session_scope

router = APIRouter(prefix="/api/parametres/exports", tags=["parametres"])
Admin = Annotated[Actor, Depends(rule(Action.CABINET_REGLER))]
MAX_VERSIONS = 50


class ExportResume(BaseModel):
    """A model in the list."""

    genre: Genre
    titre: str = Field(examples=["Synthèse du dossier"])
    modifie: bool
    updated_at: datetime | None
    updated_par: str | None = Field(examples=["Claire Aubry"])
    echec: str | None = Field(
        description="Pourquoi il n'a pas pu servir la dernière fois\u00a0; l'original a servi.",
        examples=["Le modèle lit une valeur absente."],
    )
    echec_le: datetime | None


class TexteExport(BaseModel):
    model_config = ConfigDict(extra="forbid")

    corps: str = Field(min_length=1, max_length=150_000, examples=["<h2>Où en est le dossier</h2>"])


class CorpsExport(TexteExport):
    version: int = Field(
        ge=0, description="Celle que l'on a lue\u00a0; 0 sans aucun changement.", examples=[0]
    )


class EssaiExport(TexteExport):
    demarche: uuid.UUID | None = Field(default=None, description="Le dossier qui sert d'exemple.")


class ModeleExportVue(ExportResume):
    corps: str = Field(examples=["<h2>Où en est le dossier</h2>"])
    version: int = Field(examples=[1773305100000])
    original: str = Field(examples=["<h2>Où en est le dossier</h2>"])
    variables: list[VariableCourriel]


class VersionExportVue(BaseModel):
    """A text that the model has had; without `corps`, its original again."""

    version: int = Field(examples=[1773305100000])
    corps: str | None = Field(examples=["<h2>Où en est le dossier</h2>"])
    at: datetime
    par: str | None = Field(examples=["Claire Aubry"])
    sert: bool = Field(description="C'est celui qui sert aujourd'hui.")


class ApercuExport(BaseModel):
    constats: list[ConstatCourriel]
    enregistrable: bool
    pdf: str | None = Field(
        examples=["JVBERi0xLjcK"],
        description="En base64\u00a0; absent sans dossier, ou tant qu'une faute l'empêche.",
    )


@router.get("")
async def list_export_models(actor: Admin) -> list[ExportResume]:
    """Every PDF export, with what an administrator has rewritten."""
    async with session_scope() as session:
        rows = {row.genre: row for row in await modele_export.every(session)}
        names = await utilisateur.names(session, (row.par for row in rows.values()))
    return [_summary(genre, rows.get(genre), names) for genre in TITLES]


def _summary(genre: Genre, row: ModeleExport | None, names: dict[uuid.UUID, str]) -> ExportResume:
    edited = row if row is not None and row.corps is not None else None
    return ExportResume(
        genre=genre,
        titre=TITLES[genre],
        modifie=edited is not None,
        updated_at=_at(edited) if edited else None,
        updated_par=names.get(edited.par) if edited and edited.par else None,
        echec=edited.echec if edited else None,
        echec_le=edited.echec_le if edited else None,
    )


def _at(row: ModeleExport) -> datetime:
    return datetime.fromtimestamp(row.version / 1000, UTC)


@router.get("/{genre}")
async def read_export_model(genre: Genre, actor: Admin) -> ModeleExportVue:
    """The model of an export as it is used now, and its original."""
    async with session_scope() as session:
        row = await modele_export.last(session, genre)
        names = await utilisateur.names(session, [row.par] if row else [])
    original = await asyncio.to_thread(exports.original, genre)
    read = variables_of(original, exports.parts())
    return ModeleExportVue(
        **_summary(genre, row, names).model_dump(),
        corps=row.corps if row is not None and row.corps is not None else original,
        version=row.version if row else 0,
        original=original,
        variables=[
            VariableCourriel(nom=nom, aide=aide, original=nom in read) for nom, aide in sorted(EXPORT.items())
        ],
    )


@router.get("/{genre}/versions")
async def list_export_versions(genre: Genre, actor: Admin) -> list[VersionExportVue]:
    """Every text that an administrator gave it, newest first: who, and when."""
    async with session_scope() as session:
        rows = await modele_export.texts(session, genre, MAX_VERSIONS)
        names = await utilisateur.names(session, (row.par for row in rows))
    return [
        VersionExportVue(
            version=row.version,
            corps=row.corps,
            at=_at(row),
            par=names.get(row.par) if row.par else None,
            sert=row is rows[0],
        )
        for row in rows
    ]


@router.put("/{genre}")
async def write_export_model(
    genre: Genre, corps: CorpsExport, actor: Admin, request: Request
) -> ModeleExportVue:
    """Rewrite it: the exports asked for from now on."""
    faults = await asyncio.to_thread(exports.check, corps.corps)
    if faults:
        raise Problem(
            422,
            "export_incorrect",
            "Ce modèle est à corriger.",
            errors=[
                FieldError(pointer="/corps", detail=f"Ligne {each.ligne}\u00a0: {each.raison} {each.remede}")
                for each in faults
            ],
        )
    await _keep(genre, corps.version, corps.corps, actor, request)
    return await read_export_model(genre, actor)


@router.delete("/{genre}")
async def restore_export_model(
    genre: Genre,
    actor: Admin,
    request: Request,
    version: Annotated[int, Query(ge=0, description="Celle que l'on a lue.", examples=[1])],
) -> ModeleExportVue:
    """Come back to the original."""
    await _keep(genre, version, None, actor, request)
    return await read_export_model(genre, actor)


async def _keep(genre: Genre, read: int, corps: str | None, actor: Actor, request: Request) -> None:
    async with session_scope() as session:
        row = await modele_export.locked(session, genre)
        if (row.version if row else 0) != read:
            raise Problem(
                409,
                "export_modifie",
                "Quelqu'un d'autre a modifié ce modèle entre-temps\u00a0: rechargez la page pour voir son texte.",
            )
        version = max(int(now().timestamp() * 1000), read + 1)
        session.add(ModeleExport(genre=genre, version=version, corps=corps, par=actor.id))
        await audit.append(
            session,
            acteur=actor.key,
            action=Action.CABINET_REGLER,
            objet_type="modele_export",
            objet_id=genre,
            ip=client_ip(request),
            quoi="original" if corps is None else "réécrit",
        )


@router.post("/{genre}/apercu")
async def preview_export_model(
    genre: Genre, corps: EssaiExport, actor: Admin, services: ServicesDep, request: Request
) -> ApercuExport:
    """Check a text and lay it out on a dossier of which its writer may ask exports, without keeping it. As that of an
    export, its reading is written in the access log (SEC-17), once an hour."""
    found = await asyncio.to_thread(exports.check, corps.corps)
    if found or corps.demarche is None:
        return _apercu(found, None)
    dossier = await load(corps.demarche, actor, services)
    await require(request, actor, Action.JOURNAL_LIRE, dossier.target())
    await traces.once(
        request,
        acteur=actor.key,
        action="export.lire",
        objet_type="demarche",
        objet_id=dossier.id,
        client_id=dossier.row.client_id,
        genre=genre,
    )
    async with session_scope() as session:
        people = await people_context(session, await session.get_one(Demarche, dossier.id))
    context = people | await context_of(dossier, genre, TITLES[genre])
    try:
        return _apercu([], await asyncio.to_thread(exports.lay_out, corps.corps, context))
    except ModelError as error:
        reason = Constat("corps", 0, "erreur", str(error), "Corrigez le texte à cet endroit.")
        return _apercu([reason], None)
    except PdfUnavailableError as error:
        raise unavailable("pdf_indisponible", str(error)) from error


def _apercu(constats: list[Constat], pdf: bytes | None) -> ApercuExport:
    return ApercuExport(
        constats=[ConstatCourriel(**asdict(each)) for each in constats],
        enregistrable=not constats,
        pdf=base64.b64encode(pdf).decode() if pdf else None,
    )
