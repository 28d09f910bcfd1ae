"""The unified timeline, each reader's own; comments; what of it the client sees (TL-01 to TL-07)."""

import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from activities.decider import CHANNEL, read_event
from api.access import Action, Actor, rule
from api.commands import key_reused
from api.dossier import Dossier, DossierCommande, DossierLu, command_target, read_target
from api.problems import Problem, not_found
from api.routes.demarches import corps
from api.security.addresses import client_ip
from store import audit, commentaire, listes, notification
from store.crypto import ClientCipher
from store.journal import JournalEntry
from store.session import session_scope
from store.utilisateur import STAFF, Utilisateur, contacts_of
from workflows.engine.facts import ActionAnswered, DocumentProduced, Event, PieceDeposited
from workflows.engine.modele import Modele
from workflows.engine.state import DemarcheState, FileRef
from workflows.engine.wording import describe

router = APIRouter(prefix="/api/demarches/{demarche_id}", tags=["journal"])

Famille = Literal["dossier", "etape", "tache", "piece", "document", "echange", "notification"]


class JournalLine(BaseModel):
    id: str = Field(examples=["1204"])
    at: datetime
    type: str = Field(examples=["PieceRefused"])
    famille: Famille
    titre: str = Field(examples=["Pièce refusée : RIB"])
    detail: str | None = Field(examples=["Motif : le bas de la page est coupé."])
    acteur: str | None
    acteur_kind: Literal["staff", "client", "participant", "system"]
    visible: bool = Field(description="Le client voit cette ligne.")
    interne: bool = Field(description="Note du cabinet, jamais montrée au client.")
    objet: str | None = Field(examples=["piece:rib"])
    fichiers: list[FileRef]


class JournalPage(BaseModel):
    """Newest first. `suivant`: what to ask with `avant` for the lines before; null when there are none."""

    items: list[JournalLine]
    suivant: str | None
    familles: dict[str, int] = Field(examples=[{"tache": 4, "piece": 7}])


class Ecrit(BaseModel):
    """A comment was written: the id of its line."""

    id: str
    demarche_id: uuid.UUID


@router.get("/journal", dependencies=[Depends(rule(Action.JOURNAL_LIRE, read_target))])
async def read_journal(
    dossier: DossierLu,
    famille: Annotated[list[Famille], Query(description="Seulement ces familles.")] = [],  # noqa: B006
    avant: Annotated[int | None, Query(ge=1, description="Lignes d'avant celle-ci.")] = None,
    objet: Annotated[
        str | None, Query(max_length=80, description="Seulement ce qui le concerne.", examples=["piece:rib"])
    ] = None,
    limite: Annotated[int, Query(ge=1, le=100)] = 30,
) -> JournalPage:
    """The timeline of a démarche, as I may see it."""
    reader = None if dossier.actor.kind == "staff" else "client"
    async with session_scope() as session:
        rows = await listes.page_of_journal(
            session, dossier.id, reader=reader, familles=famille, before=avant, limit=limite, objet=objet
        )
        families = await listes.journal_families(session, dossier.id, reader=reader, objet=objet)
    modele, state = await dossier.modele(), await dossier.state()
    items = [_line(row, dossier.cipher, modele, state) for row in rows[:limite]]
    return JournalPage(items=items, suivant=items[-1].id if len(rows) > limite else None, familles=families)


def _line(row: JournalEntry, cipher: ClientCipher, modele: Modele, state: DemarcheState) -> JournalLine:
    visible = row.visible if row.visible is not None else "client" in row.audience
    interne = False
    fichiers: tuple[FileRef, ...] = ()
    titre: str
    detail: str | None
    if row.type in commentaire.FAMILLES:
        written = commentaire.read(row, cipher)
        interne = row.type == commentaire.TYPE and bool(written["interne"])
        title = "Fichier écarté" if row.type == commentaire.ECARTE else "Commentaire"
        titre, detail, acteur = "Note interne" if interne else title, written["texte"], written["acteur"]
    else:
        event = read_event(row, cipher)
        line = describe(event, modele, state)
        titre, detail, acteur = line.titre, line.detail, event.actor.name
        fichiers = files_of(event)
    return JournalLine.model_validate(
        {
            "id": str(row.id),
            "at": row.at,
            "type": row.type,
            "famille": row.famille,
            "titre": titre,
            "detail": detail,
            "acteur": acteur,
            "acteur_kind": row.actor_kind,
            "visible": visible,
            "interne": interne,
            "objet": row.objet,
            "fichiers": fichiers,
        }
    )


def files_of(event: Event) -> tuple[FileRef, ...]:
    """Files that a line brings (TL-07)."""
    match event.fact:
        case PieceDeposited(files=files) | ActionAnswered(files=files):
            return files
        case DocumentProduced(file=file):
            return (file,)
        case _:
            return ()


@router.post("/commentaires", status_code=201, dependencies=[Depends(rule(Action.COMMENTER, command_target))])
async def add_comment(dossier: DossierCommande, body: corps.CommentaireNouveau) -> Ecrit:
    """Write a comment, or a note that stays inside the firm. It is a line of the journal; nothing else moves."""
    actor = dossier.actor
    if body.interne and actor.kind != "staff":
        raise Problem(403, "interdit", "Les notes internes sont réservées au cabinet.")
    contenu = {"texte": body.texte, "acteur": actor.name, "interne": body.interne}
    at = (await dossier.state()).now(datetime.now(UTC))
    async with session_scope() as session:
        previous = await commentaire.lock(session, dossier.id)
        former = await commentaire.find(session, dossier.id, dossier.command_id)
        if former is not None:
            known = commentaire.read(former, dossier.cipher)
            if (known["texte"], known["interne"], former.objet) != (body.texte, body.interne, body.objet):
                raise key_reused()
            return Ecrit(id=str(former.id), demarche_id=dossier.id)
        row = await commentaire.add(
            session,
            dossier.cipher,
            demarche_id=dossier.id,
            previous=previous,
            command_id=dossier.command_id,
            at=at,
            actor_kind=actor.kind,
            actor_id=str(actor.id),
            contenu=contenu,
            interne=body.interne,
            objet=body.objet,
        )
        kind = "Note interne" if body.interne else "Message"
        for user_id in await _told(dossier, interne=body.interne):
            await notification.notify(
                session,
                dossier.cipher,
                user_id,
                type="note_interne" if body.interne else "commentaire",
                texte=f"{kind} de {actor.name} sur « {dossier.row.titre} ».",
                demarche_id=dossier.id,
                lien=f"/demarches/{dossier.id}" + (f"?cible={body.objet}" if body.objet else ""),
                origine=f"{dossier.id}/commentaire/{row.id}",
            )
        await commentaire.announce(session, CHANNEL, dossier.id, dossier.row.client_id, dossier.row.seq)
    return Ecrit(id=str(row.id), demarche_id=dossier.id)


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
        await commentaire.announce(session, CHANNEL, dossier.id, dossier.row.client_id, dossier.row.seq)
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
    return _line(row, dossier.cipher, await dossier.modele(), await dossier.state())
