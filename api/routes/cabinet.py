"""The firm: its contact details, its letterhead (PDF-03), and its people."""

import asyncio
import base64
import binascii
import re
import uuid
from io import BytesIO
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.exports import MODELS
from activities.pdf import PdfUnavailableError, render_document
from activities.people import home_link
from activities.templating import load_partials
from api.access import Action, Actor, rule
from api.problems import FieldError, Problem, unavailable
from api.routes.fichiers import disposition
from api.security.addresses import client_ip
from rules.identifiants import verifier_email, verifier_siret, verifier_telephone_fr
from store import audit, cabinet, utilisateur
from store.cabinet import Cabinet
from store.session import session_scope
from store.utilisateur import Role

router = APIRouter(prefix="/api", tags=["cabinet"])


class CabinetVue(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    nom: str
    adresse: str | None
    telephone: str | None = Field(examples=["01 23 45 67 89"])
    email: str | None
    horaires: str | None = Field(examples=["du lundi au vendredi, de 9 h à 18 h"])
    site: str | None
    jauge_orange: int = Field(
        description="Taux d'endettement, en %, au-delà duquel sa jauge est orange.", examples=[33]
    )
    jauge_rouge: int = Field(
        description="Taux d'endettement, en %, au-delà duquel sa jauge est rouge.", examples=[35]
    )


class MembreVue(BaseModel):
    """One of the firm's people (USR-10)."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    nom: str
    prenom: str
    initiales: str
    role: Role
    titre: str | None
    email: str
    ligne_directe: str | None
    photo: str | None


@router.get("/cabinet")
async def read_cabinet(actor: Annotated[Actor, Depends(rule(Action.CABINET_LIRE))]) -> CabinetVue:
    """The firm's contact details."""
    async with session_scope() as session:
        return CabinetVue.model_validate(await cabinet.read(session))


@router.get("/equipe")
async def list_staff(actor: Annotated[Actor, Depends(rule(Action.EQUIPE_LIRE))]) -> list[MembreVue]:
    """The firm's active people, in alphabetical order."""
    async with session_scope() as session:
        rows = await utilisateur.staff(session)
    return [MembreVue.model_validate(row) for row in rows]


# --- its settings

MAX_LOGO = 150 * 1024
"""Bytes of the file sent."""
LOGO_BOX = (720, 240)
"""Pixels of the image kept: three times its size on paper."""
_MAX_SIDE = 6000


class ReglagesCabinet(BaseModel):
    """What documents and mails say of the firm. An empty text is none."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, str_strip_whitespace=True)

    nom: str = Field(min_length=1, max_length=200, examples=["Cabinet Arvenne"])
    en_tete: str | None = Field(default=None, max_length=120, examples=["Conseil aux entreprises"])
    adresse: str | None = Field(default=None, max_length=500)
    telephone: str | None = Field(default=None, max_length=20, examples=["01 23 45 67 89"])
    email: str | None = Field(default=None, max_length=254)
    horaires: str | None = Field(default=None, max_length=300, examples=["du lundi au vendredi"])
    site: str | None = Field(default=None, max_length=200, examples=["https://www.exemple.fr"])
    siret: str | None = Field(default=None, max_length=20, examples=["73282932000074"])
    pied_de_page: str | None = Field(
        default=None, max_length=240, examples=["SARL au capital de 10 000 €, RCS Lyon 732 829 320"]
    )
    jauge_orange: int = Field(default=33, ge=1, le=100, description="En % (CRE-16).", examples=[33])
    jauge_rouge: int = Field(default=35, ge=1, le=100, description="En % (CRE-16).", examples=[35])


class CabinetRegle(ReglagesCabinet):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    logo: str | None = Field(
        default=None, description="Image `data:`.", examples=["data:image/png;base64,iVBO"]
    )


class CorpsLogo(BaseModel):
    """`image`: a PNG or a JPEG, in base64."""

    model_config = ConfigDict(extra="forbid")

    image: str = Field(min_length=1, max_length=MAX_LOGO * 4 // 3 + 8, examples=["iVBORw0KGgo="])


Regle = Annotated[Actor, Depends(rule(Action.CABINET_REGLER))]


@router.get("/parametres/cabinet")
async def read_firm_settings(actor: Regle) -> CabinetRegle:
    """All that is said of the firm, its logo included."""
    async with session_scope() as session:
        return _set(await cabinet.read(session))


def _set(row: Cabinet) -> CabinetRegle:
    return CabinetRegle(**row.variables(), jauge_orange=row.jauge_orange, jauge_rouge=row.jauge_rouge)


@router.put("/parametres/cabinet")
async def write_firm_settings(corps: ReglagesCabinet, actor: Regle, request: Request) -> CabinetRegle:
    """Change it: documents and mails made from now on say it so."""
    values = {name: value or None for name, value in corps.model_dump().items()}
    values["siret"] = "".join((corps.siret or "").split()) or None
    errors = [FieldError(pointer=f"/{name}", detail=detail) for name, detail in _faults(values)]
    if errors:
        raise Problem(422, "demande_invalide", "Un champ est à corriger.", errors=errors)
    async with session_scope() as session:
        row = await cabinet.read(session)
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        row = await cabinet.write(session, row)
        await _audited(session, actor, request, changed)
        return _set(row)


def _faults(values: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    if values["jauge_rouge"] < values["jauge_orange"]:
        found.append(("jauge_rouge", "Le rouge ne commence pas avant l'orange."))
    if (siret := values["siret"]) and (fault := verifier_siret(siret)):
        found.append(("siret", fault))
    if (phone := values["telephone"]) and (fault := verifier_telephone_fr(phone)):
        found.append(("telephone", fault))
    if (email := values["email"]) and (fault := verifier_email(email)):
        found.append(("email", fault))
    if (site := values["site"]) and not re.match(r"https?://\S+$", site):
        found.append(("site", "L'adresse du site commence par https://."))
    return found


@router.get(
    "/parametres/cabinet/papier",
    response_class=Response,
    responses={200: {"description": "Le PDF.", "content": {"application/pdf": {}}}},
)
async def read_firm_paper(actor: Regle) -> Response:
    """A page of the firm's paper as documents are made today: letterhead, logo, footer (PDF-03)."""
    async with session_scope() as session:
        firm = (await cabinet.read(session)).variables()
    context = {
        "cabinet": firm,
        "reference_dossier": "exemple",
        "lien_portail": home_link(),
    }
    source = await asyncio.to_thread((MODELS / "papier.html.j2").read_text, "utf-8")
    try:
        pdf = await asyncio.to_thread(render_document, source, load_partials(MODELS), context)
    except PdfUnavailableError as error:
        raise unavailable("pdf_indisponible", str(error)) from error
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "Content-Disposition": disposition("Papier à en-tête.pdf", attachment=False),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@router.put("/parametres/cabinet/logo")
async def write_firm_logo(corps: CorpsLogo, actor: Regle, request: Request) -> CabinetRegle:
    """The logo of documents and mails: read, made smaller and kept as a PNG, whatever else the file held."""
    try:
        image = base64.b64decode(corps.image, validate=True)
    except binascii.Error:
        raise _bad_logo("Ce fichier est arrivé incomplet : choisissez-le de nouveau.") from None
    return await _keep_logo(await asyncio.to_thread(small_logo, image), actor, request)


def small_logo(image: bytes) -> bytes:
    """The PNG kept of a PNG or a JPEG. Raises Problem."""
    if len(image) > MAX_LOGO:
        raise _bad_logo(f"Ce fichier dépasse {MAX_LOGO // 1024}\u00a0Ko : réduisez l'image.")
    try:
        with Image.open(BytesIO(image), formats=["PNG", "JPEG"]) as opened:
            if max(opened.size) > _MAX_SIDE:
                raise _bad_logo(f"Cette image dépasse {_MAX_SIDE} pixels de côté : réduisez-la.")
            made = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise _bad_logo("Ce fichier n'est pas une image PNG ou JPEG lisible.") from None
    made.thumbnail(LOGO_BOX)
    kept = BytesIO()
    made.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _bad_logo(detail: str) -> Problem:
    return Problem(422, "logo_refuse", detail, errors=[FieldError(pointer="/image", detail=detail)])


@router.delete("/parametres/cabinet/logo")
async def remove_firm_logo(actor: Regle, request: Request) -> CabinetRegle:
    """Documents show the first letter of the firm's name again, mails its name alone."""
    return await _keep_logo(None, actor, request)


async def _keep_logo(image: bytes | None, actor: Actor, request: Request) -> CabinetRegle:
    async with session_scope() as session:
        row = await cabinet.read(session)
        row.logo = image
        row = await cabinet.write(session, row)
        await _audited(session, actor, request, ["logo"])
        return _set(row)


async def _audited(session: AsyncSession, actor: Actor, request: Request, changed: list[str]) -> None:
    await audit.append(
        session,
        acteur=actor.key,
        action=Action.CABINET_REGLER,
        objet_type="cabinet",
        objet_id=1,
        ip=client_ip(request),
        champs=changed,
    )
