"""« Modèles d'emails »: what the firm's mails say, rewritten or imported by an administrator (NOT-05)."""

import asyncio
import uuid
from collections import defaultdict
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.mail import MailError, send_mail
from activities.mail_example import example, played
from activities.mail_models import Format, Original, originals
from activities.mail_trial import Trial, shown, subject_of, try_model
from activities.programs import program_of
from activities.publication import modeles_root
from activities.send_courriel import smtp_settings
from activities.templating import ModelError, variables_of
from api import traces
from api.access import Action, Actor, rule
from api.problems import FieldError, Problem, not_found
from api.security.addresses import client_ip
from store import audit, cabinet, modele_courriel, utilisateur
from store import modele as store_modele
from store.base import now
from store.modele_courriel import ModeleCourriel
from store.session import session_scope
from store.settings import settings
from store.utilisateur import Utilisateur

router = APIRouter(prefix="/api/parametres/courriels", tags=["parametres"])
Admin = Annotated[Actor, Depends(rule(Action.COURRIEL_REGLER))]
CleCourriel = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["relance_pieces"])]
MAX_BODY = 150_000
MAX_VERSIONS = 50


class CourrielResume(BaseModel):
    """A mail model in the list. `modeles`: titles of the modèles that send it; the bell's belongs to none."""

    cle: str = Field(examples=["relance_pieces"])
    objet: str = Field(examples=["Il manque 2 documents à votre dossier"])
    modifie: bool
    format: Format
    modeles: list[str] = Field(examples=[["Embauche"]])
    updated_at: datetime | None
    updated_par: str | None = Field(examples=["Claire Aubry"])
    echec: str | None = Field(
        description="Pourquoi il n'a pas pu servir la dernière fois\u00a0; l'original est parti.",
        examples=["Le modèle lit une valeur absente."],
    )
    echec_le: datetime | None


class TexteCourriel(BaseModel):
    """What a model is made of. `html`: a whole page, imported; `mjml`: the firm's layout and its blocks."""

    model_config = ConfigDict(extra="forbid")

    format: Format
    sujet: str = Field(min_length=1, max_length=500, examples=["Il manque {{ pieces | length }} documents"])
    corps: str = Field(
        min_length=1, max_length=MAX_BODY, examples=["<p>Bonjour {{ prenom }}, {{ lien_portail }}</p>"]
    )


class CorpsCourriel(TexteCourriel):
    version: int = Field(ge=0, description="Celle que l'on a lue\u00a0; 0 pour l'original.", examples=[0])


class VersionCourrielVue(TexteCourriel):
    """A text that the model has had. To put it back is to write it again."""

    version: int = Field(examples=[1773305100000])
    at: datetime
    par: str | None = Field(examples=["Claire Aubry"])
    sert: bool = Field(description="C'est celui qui part aujourd'hui.")


class VariableCourriel(BaseModel):
    nom: str = Field(examples=["nom_client"])
    aide: str = Field(examples=["nom du client"])
    original: bool = Field(description="L'original l'emploie.")


class ModeleCourrielVue(CourrielResume):
    sujet: str = Field(examples=["Il manque un document"])
    corps: str = Field(examples=["<p>Bonjour</p>"])
    version: int = Field(examples=[1])
    original: TexteCourriel
    variables: list[VariableCourriel]


class ConstatCourriel(BaseModel):
    """A fault of a model. `ligne` is 0 when it is of the whole."""

    champ: Literal["sujet", "corps"] = Field(examples=["corps"])
    ligne: int = Field(examples=[12])
    niveau: Literal["erreur", "avertissement"]
    raison: str = Field(examples=["« nom_cliant » n'existe pas."])
    remede: str = Field(examples=["Vouliez-vous dire « nom_client » ?"])


class ApercuCourriel(BaseModel):
    """A model written with believable values. Without any page when a fault prevents it."""

    constats: list[ConstatCourriel]
    enregistrable: bool
    objet: str | None = Field(examples=["Il manque 2 documents à votre dossier"])
    html: str | None = Field(examples=["<p>Bonjour Julien</p>"])
    texte: str | None = Field(examples=["Bonjour Julien"])


class EssaiCourriel(BaseModel):
    destinataire: str = Field(examples=["claire.aubry@exemple.fr"])


@router.get("")
async def list_mail_models(actor: Admin) -> list[CourrielResume]:
    """Every mail that the firm sends, with what an administrator has rewritten."""
    found = await asyncio.to_thread(originals, modeles_root())
    async with session_scope() as session:
        edited = {row.cle: row for row in await modele_courriel.every(session)}
        firm = await cabinet.read(session)
        used: dict[str, list[str]] = defaultdict(list)
        for each in await store_modele.mails_used(session):
            used[each.courriel].append(each.titre)
        names = await utilisateur.names(session, (row.updated_par for row in edited.values()))
    return [
        _summary(original, edited.get(cle), used[cle], names, example(cle, firm, _base(), _today()))
        for cle, original in found.items()
    ]


def _summary(
    original: Original,
    row: ModeleCourriel | None,
    used: list[str],
    names: dict[uuid.UUID, str],
    values: dict[str, Any],
) -> CourrielResume:
    return CourrielResume(
        cle=original.cle,
        objet=subject_of(original, row.sujet if row else original.sujet, values),
        modifie=row is not None,
        format=_format(row),
        modeles=used,
        updated_at=row.updated_at if row else None,
        updated_par=names.get(row.updated_par) if row and row.updated_par else None,
        echec=row.echec if row else None,
        echec_le=row.echec_le if row else None,
    )


def _format(row: ModeleCourriel | None) -> Format:
    return "html" if row is not None and row.format == "html" else "mjml"


def _base() -> str:
    return settings().public_url.rstrip("/")


def _today() -> date:
    return date.today()  # noqa: DTZ011 - an example is of the administrator's day


@router.get("/{cle}")
async def read_mail_model(cle: CleCourriel, actor: Admin) -> ModeleCourrielVue:
    """A mail model as it is used now, and its original."""
    return await _seen(await _original(cle))


async def _original(cle: str) -> Original:
    found = (await asyncio.to_thread(originals, modeles_root())).get(cle)
    if found is None:
        raise not_found("Ce modèle d'email")
    return found


async def _seen(original: Original) -> ModeleCourrielVue:
    async with session_scope() as session:
        row = await modele_courriel.of_key(session, original.cle)
        used = [
            each.titre for each in await store_modele.mails_used(session) if each.courriel == original.cle
        ]
        names = await utilisateur.names(session, [row.updated_par] if row else [])
        firm = await cabinet.read(session)
    summary = _summary(original, row, used, names, example(original.cle, firm, _base(), _today()))
    read = variables_of(original.sujet, {}) | variables_of(original.corps, original.parts)
    return ModeleCourrielVue(
        **summary.model_dump(),
        sujet=row.sujet if row else original.sujet,
        corps=row.corps if row else original.corps,
        version=row.version if row else 0,
        original=TexteCourriel(format="mjml", sujet=original.sujet, corps=original.corps),
        variables=[
            VariableCourriel(nom=nom, aide=aide, original=nom in read)
            for nom, aide in sorted(original.variables.items())
        ],
    )


@router.put("/{cle}")
async def write_mail_model(
    cle: CleCourriel, corps: CorpsCourriel, actor: Admin, request: Request
) -> ModeleCourrielVue:
    """Rewrite it: the mails that leave from now on, of the démarches under way too."""
    original = await _original(cle)
    trial = await _trial(original, corps)
    if not trial.usable:
        faults = [each for each in trial.constats if each.niveau == "erreur"]
        places = sorted(
            {f"{each.champ}, ligne {each.ligne}" if each.ligne else each.champ for each in faults}
        )
        await traces.refused(
            request, actor.key, "courriel.refuser", "modele_courriel", cle, champs="\u00a0; ".join(places)
        )
        raise Problem(
            422,
            "courriel_incorrect",
            "Ce modèle d'email est à corriger.",
            errors=[
                FieldError(
                    pointer=f"/{each.champ}",
                    detail=(f"Ligne {each.ligne}\u00a0: " if each.ligne else "")
                    + f"{each.raison} {each.remede}",
                )
                for each in faults
            ],
        )
    async with session_scope() as session:
        row = await modele_courriel.locked(session, cle)
        _same(row, corps.version)
        at = now()
        row = row or ModeleCourriel(cle=cle, version=0, format="", sujet="", corps="")
        row.version = int(at.timestamp() * 1000)
        row.format, row.sujet, row.corps = corps.format, corps.sujet, corps.corps
        row.updated_at, row.updated_par, row.echec, row.echec_le = at, actor.id, None, None
        session.add(row)
        session.add(modele_courriel.kept(row))
        await _audited(session, actor, request, cle, f"réécrit ({corps.format})")
    return await _seen(original)


@router.get("/{cle}/versions")
async def list_mail_versions(cle: CleCourriel, actor: Admin) -> list[VersionCourrielVue]:
    """Every text that an administrator gave it, newest first: who, and when."""
    await _original(cle)
    async with session_scope() as session:
        row = await modele_courriel.of_key(session, cle)
        found = await modele_courriel.versions(session, cle, MAX_VERSIONS)
        names = await utilisateur.names(session, (each.par for each in found))
    return [
        VersionCourrielVue(
            format="html" if each.format == "html" else "mjml",
            sujet=each.sujet,
            corps=each.corps,
            version=each.version,
            at=datetime.fromtimestamp(each.version / 1000, UTC),
            par=names.get(each.par) if each.par else None,
            sert=row is not None and row.version == each.version,
        )
        for each in found
    ]


@router.delete("/{cle}")
async def restore_mail_model(
    cle: CleCourriel,
    actor: Admin,
    request: Request,
    version: Annotated[int, Query(ge=0, description="Celle que l'on a lue.", examples=[1])],
) -> ModeleCourrielVue:
    """Come back to the original."""
    original = await _original(cle)
    async with session_scope() as session:
        row = await modele_courriel.locked(session, cle)
        _same(row, version)
        if row is not None:
            await session.delete(row)
            await _audited(session, actor, request, cle, "original")
    return await _seen(original)


def _same(row: ModeleCourriel | None, version: int) -> None:
    if (row.version if row else 0) != version:
        raise Problem(
            409,
            "courriel_modifie",
            "Quelqu'un d'autre a modifié cet email entre-temps\u00a0: rechargez la page pour voir son texte.",
        )


async def _audited(session: AsyncSession, actor: Actor, request: Request, cle: str, quoi: str) -> None:
    await audit.append(
        session,
        acteur=actor.key,
        action=Action.COURRIEL_REGLER,
        objet_type="modele_courriel",
        objet_id=cle,
        ip=client_ip(request),
        quoi=quoi,
    )


@router.post("/{cle}/apercu")
async def preview_mail_model(cle: CleCourriel, corps: TexteCourriel, actor: Admin) -> ApercuCourriel:
    """Check a text and write it with believable values, without keeping it."""
    trial = await _trial(await _original(cle), corps)
    return ApercuCourriel(
        constats=[ConstatCourriel(**asdict(each)) for each in trial.constats],
        enregistrable=trial.usable,
        objet=trial.mail.subject if trial.mail else None,
        html=shown(trial.mail) if trial.mail else None,
        texte=trial.mail.text if trial.mail else None,
    )


async def _trial(original: Original, texte: TexteCourriel) -> Trial:
    async with session_scope() as session:
        firm = await cabinet.read(session)
        values = example(original.cle, firm, _base(), _today())
        sources = [
            each.sha256 for each in await store_modele.mails_used(session) if each.courriel == original.cle
        ]
        programs = [await program_of(session, sha) for sha in sources] if _computed(original, texte) else []
    sent = await asyncio.to_thread(played, original.cle, programs, modeles_root(), _today(), _base())
    return await asyncio.to_thread(
        try_model, original, texte.format, texte.sujet, texte.corps, {**values, **sent}, sent=bool(sent)
    )


def _computed(original: Original, texte: TexteCourriel) -> bool:
    """It reads what only a démarche can tell."""
    try:
        read = variables_of(texte.corps, original.parts) | variables_of(original.corps, original.parts)
        read |= variables_of(texte.sujet, {}) | variables_of(original.sujet, {})
    except ModelError:
        return False  # told with the faults of the text
    return bool(read & {"lectures", "ligne", "lien_paiement"})


@router.post("/{cle}/essai")
async def try_mail_model(cle: CleCourriel, corps: TexteCourriel, actor: Admin) -> EssaiCourriel:
    """Send the text, with believable values, to one's own address, by the firm's own server."""
    trial = await _trial(await _original(cle), corps)
    if trial.mail is None or not trial.usable:
        raise Problem(422, "courriel_incorrect", "Corrigez d'abord ce modèle d'email.")
    async with session_scope() as session:
        to = (await session.get_one(Utilisateur, actor.id)).email
    try:
        await send_mail(
            replace(trial.mail, subject=f"[Essai] {trial.mail.subject}"),
            to=to,
            message_id=f"<{uuid.uuid4()}@{settings().mail_domain}>",
            settings=smtp_settings(),
        )
    except MailError as error:
        raise Problem(502, "courriel_non_parti", f"L'essai n'est pas parti. {error}") from error
    return EssaiCourriel(destinataire=to)
