"""The unified timeline, each reader's own; comments; what of it the client sees (TL-01 to TL-07)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.decider import read_event
from api.access import Action, Actor, rule
from api.commands import key_reused, refusal_problem
from api.dossier import Dossier, DossierCommande, DossierLu, command_target, read_target
from api.fil import Famille, Filtre, JournalLine, JournalPage, Lu, effect_of, lines, reader_id
from api.problems import FieldError, Problem, not_found
from api.routes.demarches import corps
from api.security.addresses import client_ip
from api.traces import kept_from
from store import audit, commentaire, courriel, fil, notices, notification
from store.demarche import Effet
from store.fil import Fil
from store.journal import JournalEntry
from store.session import session_scope
from store.statements import run
from store.utilisateur import STAFF, Utilisateur, contacts_of
from workflows.engine.commands import off_portal
from workflows.engine.elision import de

router = APIRouter(prefix="/api/demarches/{demarche_id}", tags=["journal"])
AHEAD = timedelta(minutes=5)
"""A clock that runs a little fast is no reason to refuse a call."""


class CourrielVue(BaseModel):
    """A mail as it left."""

    a: str = Field(examples=["zoe.martin@exemple.fr"])
    objet: str = Field(examples=["Votre dossier d'embauche"])
    texte: str = Field(description="Les liens personnels y sont coupés.")
    etat: Literal["en_attente", "en_cours", "fait", "echec", "non_remis", "incertain", "retenu", "annule"]
    envoye_le: datetime | None
    erreur: str | None = Field(examples=["Adresse refusée."])


class Ecrit(BaseModel):
    """A comment was written: the id of its line."""

    id: str
    demarche_id: uuid.UUID


@router.get("/journal", dependencies=[Depends(rule(Action.JOURNAL_LIRE, read_target))])
async def read_journal(
    dossier: DossierLu,
    famille: Annotated[list[Filtre], Query(description="Seulement ces familles.")] = [],  # noqa: B006
    avant: Annotated[int | None, Query(ge=1, description="Lignes d'avant celle-ci.")] = None,
    objet: Annotated[
        str | None, Query(max_length=80, description="Seulement ce qui le concerne.", examples=["piece:rib"])
    ] = None,
    limite: Annotated[int, Query(ge=1, le=100)] = 30,
) -> JournalPage:
    """The timeline of a démarche, as I may see it."""
    shown = Fil(demarche_id=dossier.id, reader=reader_id(dossier.actor), objet=objet)
    async with session_scope() as session:
        rows = await fil.page(session, shown, familles=famille, before=avant, limit=limite)
        families, exchanges = await fil.families(session, shown)
        items = await _lines(session, rows[:limite], dossier)
    return JournalPage(
        items=items,
        suivant=items[-1].id if len(rows) > limite else None,
        familles=families,
        echanges=exchanges,
    )


async def latest_lines(
    dossier: Dossier, familles: Sequence[Famille], limit: int
) -> tuple[list[JournalLine], bool]:
    """The latest lines of these families (all when none is named) that the reader may see, newest first, and whether
    there are older ones."""
    shown = Fil(demarche_id=dossier.id, reader=reader_id(dossier.actor))
    async with session_scope() as session:
        rows = await fil.page(session, shown, familles=familles, before=None, limit=limit)
        return await _lines(session, rows[:limit], dossier), len(rows) > limit


async def _lines(session: AsyncSession, rows: Sequence[JournalEntry], dossier: Dossier) -> list[JournalLine]:
    read = Lu(dossier.cipher, await dossier.state(), await dossier.program(), dossier.row.titre)
    return await lines(session, rows, {dossier.id: read}, dossier.actor)


@router.get("/journal/{ligne}/courriel", dependencies=[Depends(rule(Action.JOURNAL_LIRE, read_target))])
async def read_mail(dossier: DossierLu, ligne: Annotated[int, Path(ge=1)]) -> CourrielVue:
    """The mail that a line of the timeline tells of, if I may see that line (TL-09)."""
    async with session_scope() as session:
        shown = Fil(demarche_id=dossier.id, reader=reader_id(dossier.actor))
        row = await fil.line(session, shown, ligne)
        other = await session.get(JournalEntry, ligne) if row is None else None
        done = (
            effect_of(read_event(row, dossier.cipher))
            if row and row.type not in commentaire.FAMILLES
            else None
        )
        effet = await session.get(Effet, done) if done else None
        mail = courriel.read(effet, dossier.cipher) if effet else None
    if effet is None or mail is None:
        if other is not None:
            unknown = not_found("Cet email")
            raise kept_from(dossier.actor.key, unknown, "demarche", other.demarche_id, other.client_id)
        raise not_found("Cet email")
    return CourrielVue.model_validate(
        {**mail, "etat": effet.etat, "envoye_le": effet.done_at, "erreur": effet.erreur}
    )


@router.post("/commentaires", status_code=201, dependencies=[Depends(rule(Action.COMMENTER, command_target))])
async def add_comment(dossier: DossierCommande, body: corps.CommentaireNouveau) -> Ecrit:
    """Write a comment, or a note that stays inside the firm. It is a line of the journal; nothing else moves."""
    actor = dossier.actor
    if body.interne and actor.kind != "staff":
        raise Problem(403, "interdit", "Les notes internes sont réservées au cabinet.")
    if not body.interne:
        _require_seen(dossier)
    async with session_scope() as session:
        row, new = await _written(
            session, dossier, texte=body.texte, interne=body.interne, objet=body.objet, type_=commentaire.TYPE
        )
        if not new:
            return Ecrit(id=str(row.id), demarche_id=dossier.id)
        kind = "Note interne" if body.interne else "Message"
        for user_id in await _told(dossier, interne=body.interne):
            await notification.notify(
                session,
                dossier.cipher,
                user_id,
                type="note_interne" if body.interne else "commentaire",
                texte=f"{kind} {de(actor.name)} sur « {dossier.row.titre} ».",
                demarche_id=dossier.id,
                lien=f"/demarches/{dossier.id}" + (f"?cible={body.objet}" if body.objet else ""),
                origine=commentaire.origine(row),
            )
    return Ecrit(id=str(row.id), demarche_id=dossier.id)


@router.post(
    "/appels", status_code=201, dependencies=[Depends(rule(Action.DEMARCHE_COMMANDER, command_target))]
)
async def add_call(dossier: DossierCommande, body: corps.AppelNouveau) -> Ecrit:
    """Keep the summary of a telephone call (TL-08). The client reads it, unless it stays inside the firm."""
    if body.debut > (await dossier.state()).now(datetime.now(UTC)) + AHEAD:
        raise Problem(
            422,
            "appel_a_venir",
            "Cet appel n'a pas encore eu lieu.",
            errors=[FieldError(pointer="/debut", detail="Choisissez une heure passée.")],
        )
    fiche = body.model_dump(mode="json", include={"avec", "debut", "duree_min"})
    async with session_scope() as session:
        row, _ = await _written(
            session,
            dossier,
            texte=body.texte,
            interne=body.interne,
            objet=None,
            type_=commentaire.APPEL,
            fiche=fiche,
        )
        return Ecrit(id=str(row.id), demarche_id=dossier.id)


@router.post(
    "/notifications", status_code=201, dependencies=[Depends(rule(Action.DEMARCHE_COMMANDER, command_target))]
)
async def write_notification(dossier: DossierCommande, body: corps.NotificationNouvelle) -> Ecrit:
    """Tell the client something in one's own words (NOT-14): in the bell, then on the channels that each person chose.

    It is a line of the journal, with what became of each sending (NOT-07).
    """
    _require_seen(dossier)
    told = await _told(dossier, interne=False)
    if not told:
        raise Problem(
            409,
            "client_sans_compte",
            "Personne chez ce client n'a d'accès au portail\u00a0: écrivez un email.",
        )
    async with session_scope() as session:
        row, new = await _written(
            session,
            dossier,
            texte=body.texte.strip(),
            interne=False,
            objet=None,
            type_=commentaire.NOTIFICATION,
        )
        if new:
            for user_id in told:
                await notification.notify(
                    session,
                    dossier.cipher,
                    user_id,
                    type="notification_libre",
                    texte=body.texte.strip(),
                    demarche_id=dossier.id,
                    lien=f"/demarches/{dossier.id}",
                    origine=commentaire.origine(row),
                )
    return Ecrit(id=str(row.id), demarche_id=dossier.id)


async def _written(
    session: AsyncSession,
    dossier: DossierCommande,
    *,
    texte: str,
    interne: bool,
    objet: str | None,
    type_: str,
    fiche: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[JournalEntry, bool]:
    """The line that this command writes, and whether it is new. Raises Problem when its key has said something else."""
    at = (await dossier.state()).now(datetime.now(UTC))
    await commentaire.lock(session, dossier.id)
    former = await commentaire.find(session, dossier.id, dossier.command_id, type_)
    if former is not None:
        said = {"texte": texte, "interne": interne, **fiche}
        known = commentaire.read(former, dossier.cipher)
        if former.objet != objet or any(known[key] != value for key, value in said.items()):
            raise key_reused()
        return former, False
    row = await commentaire.add(
        session,
        dossier.cipher,
        dossier.id,
        dossier.actor,
        texte=texte,
        interne=interne,
        command_id=dossier.command_id,
        at=at,
        objet=objet,
        type_=type_,
        fiche={**fiche, "ip": dossier.ip},
    )
    return row, True


def _require_seen(dossier: Dossier) -> None:
    """Nobody writes to a client who does not see the démarche (MOD-08). Raises Problem."""
    if dossier.actor.kind == "staff" and not dossier.row.au_portail:
        raise refusal_problem(off_portal("lui écrire"))


async def _told(dossier: Dossier, *, interne: bool) -> set[uuid.UUID]:
    """Who is told of a comment: the other side of the team; of an internal note, the staff of the team."""
    to_staff = interne or dossier.actor.kind != "staff"
    async with session_scope() as session:
        team = [await session.get(Utilisateur, user_id) for user_id in dossier.team]
        found = {user.id for user in team if user and user.actif and (user.role in STAFF) == to_staff}
        if not to_staff and not found:
            found = {user.id for user, _ in await contacts_of(session, dossier.row.client_id)}
    return found - {dossier.actor.id}


@router.patch("/journal/{ligne}/visibilite")
async def set_visibility(
    dossier: DossierLu,
    ligne: Annotated[int, Path(ge=1)],
    body: corps.Visibilite,
    request: Request,
    actor: Annotated[Actor, Depends(rule(Action.JOURNAL_VISIBILITE, read_target))],
) -> JournalLine:
    """Show a line to the client, or hide it (TL-05). The line itself never changes."""
    async with session_scope() as session:
        row = await session.get(JournalEntry, ligne)
        if row is None or row.demarche_id != dossier.id or row.famille == "systeme":
            raise not_found("Cette ligne")
        row.visible = body.visible
        session.add(row)
        await run(session, [notices.moved(dossier.id, dossier.row.client_id, dossier.row.seq)])
        await audit.append(
            session,
            acteur=actor.key,
            action=Action.JOURNAL_VISIBILITE,
            objet_type="journal",
            objet_id=ligne,
            ip=client_ip(request),
            client_id=dossier.row.client_id,
            visible=body.visible,
        )
        (line,) = await _lines(session, [row], dossier)
    return line
