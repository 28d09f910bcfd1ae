"""Lines of the unified timeline as the API shows them: what happened, its files, who was told of it and how (TL-03 to
TL-09, NOT-07)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.decider import read_event
from api.access import Actor
from store import commentaire, courriel, fil, notification
from store.crypto import ClientCipher
from store.envoi import Envoi
from store.journal import JournalEntry
from store.notification import Notification
from store.utilisateur import STAFF, Utilisateur
from workflows.engine.elision import listed
from workflows.engine.facts import (
    ActionAnswered,
    DocumentProduced,
    EffectDone,
    EffectFailed,
    Event,
    Noticed,
    PieceDeposited,
    TacheFilesAdded,
)
from workflows.engine.program import Program
from workflows.engine.state import DemarcheState, FileRef
from workflows.engine.view.fields import label_of
from workflows.engine.wording import describe

Famille = Literal["dossier", "etape", "tache", "piece", "document", "echange", "notification"]
Filtre = Famille | Literal["courriel", "appel", "message", "sms"]
"""What a timeline is filtered by: a family, or one kind of exchange (ECH-02)."""


_TITLES = {
    commentaire.TYPE: "Commentaire",
    commentaire.APPEL: "Appel téléphonique",
    commentaire.NOTIFICATION: "Notification",
    commentaire.ECARTE: "Fichier écarté",
    commentaire.CLASSE: "Document du client",
    commentaire.INTERVENANT: "Intervenant externe",
}


class EnvoiVue(BaseModel):
    """What became of a notification on one channel (NOT-07)."""

    canal: Literal["courriel", "push"]
    etat: Literal["en_attente", "fait", "echec", "sans_objet"]
    at: datetime = Field(description="When it left, was given up, or will leave at the soonest.")
    erreur: str | None = Field(
        description="Pourquoi il n'est pas parti, pour le cabinet.", examples=["Adresse refusée."]
    )


class Prevenu(BaseModel):
    """Someone who was told of a line: in their bell, and on what channels outside of it."""

    nom: str = Field(examples=["Nicole Bellanger"])
    cabinet: bool = Field(description="Quelqu'un du cabinet.")
    lu_le: datetime | None
    envois: list[EnvoiVue]


class Appel(BaseModel):
    """A telephone call (TL-08)."""

    avec: str = Field(examples=["Nicole Bellanger"])
    debut: datetime
    duree_min: int = Field(description="En minutes.", examples=[12])


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
    reglable: bool = Field(description="Le cabinet peut la montrer au client ou la lui masquer.")
    objet: str | None = Field(examples=["piece:rib"])
    fichiers: list[FileRef]
    courriel: bool = Field(description="Un email est parti : son contenu se lit à `/journal/{id}/courriel`.")
    non_remis: str | None = Field(
        description="Cet email est revenu\u00a0: pourquoi.",
        examples=["La boîte du destinataire est pleine."],
    )
    appel: Appel | None = Field(description="Quand et avec qui, pour un appel ; son résumé est le détail.")
    prevenus: list[Prevenu] = Field(description="Qui en a été prévenu, et comment. Au client : lui seul.")
    demarche_id: uuid.UUID
    demarche: str = Field(description="Son titre.", examples=["Embauche de Zoé Martin"])


class JournalPage(BaseModel):
    """Newest first. `suivant`: what to ask with `avant` for the lines before; null when there are none."""

    items: list[JournalLine]
    suivant: str | None
    familles: dict[str, int] = Field(examples=[{"tache": 4, "piece": 7}])
    echanges: dict[str, int] = Field(
        description="Combien de chaque sorte d'échange.", examples=[{"courriel": 3, "appel": 1}]
    )


@dataclass(frozen=True, slots=True)
class Lu:
    """A démarche opened, as its lines need it."""

    cipher: ClientCipher
    state: DemarcheState
    program: Program
    titre: str


Told = Sequence[tuple[Notification, Utilisateur, list[EnvoiVue]]]


def reader_id(actor: Actor) -> uuid.UUID | None:
    """The user whose eyes a timeline is read with; None for the firm, which sees all of it."""
    return None if actor.kind == "staff" else actor.id


async def lines(
    session: AsyncSession, rows: Sequence[JournalEntry], dossiers: Mapping[uuid.UUID, Lu], actor: Actor
) -> list[JournalLine]:
    """Lines of démarches already opened; those of an erased client, which nobody can read, are left out."""
    told = await _told(session, rows, actor)
    events = {
        row.id: read_event(row, dossiers[row.demarche_id].cipher)
        for row in rows
        if row.demarche_id in dossiers and row.type not in commentaire.FAMILLES
    }
    done = {id_: effect for id_, event in events.items() if (effect := effect_of(event)) is not None}
    ciphers = {id_: dossier.cipher for id_, dossier in dossiers.items()}
    mails = await courriel.sent(session, ciphers, set(done.values()))
    return [
        _line(
            row,
            events.get(row.id),
            dossiers[row.demarche_id],
            told.get(_origine(row), []),
            mail=mails.get(done[row.id]) if row.id in done else None,
        )
        for row in rows
        if row.demarche_id in dossiers
    ]


def effect_of(event: Event) -> uuid.UUID | None:
    """The row of the ledger whose end a line tells."""
    match event.fact:
        case EffectDone(effect=effect) | EffectFailed(effect=effect):
            return uuid.UUID(effect)
        case _:
            return None


async def _told(
    session: AsyncSession, rows: Sequence[JournalEntry], actor: Actor
) -> dict[str, list[tuple[Notification, Utilisateur, list[EnvoiVue]]]]:
    """Who was told of each line. A client reads of themselves only, and never why something did not leave."""
    found = await notification.told(session, [_origine(row) for row in rows], reader_id(actor))
    sent: dict[uuid.UUID, list[EnvoiVue]] = {}
    for envoi in await notification.sent(session, [notice for notice, _ in found]):
        sent.setdefault(envoi.notification_id, []).append(envoi_vue(envoi, actor))
    by_line: dict[str, list[tuple[Notification, Utilisateur, list[EnvoiVue]]]] = {}
    for notice, user in found:
        by_line.setdefault(notice.origine or "", []).append((notice, user, sent.get(notice.id, [])))
    return by_line


def envoi_vue(envoi: Envoi, actor: Actor) -> EnvoiVue:
    """A sending as its reader sees it."""
    return EnvoiVue.model_validate(
        {
            "canal": envoi.canal,
            "etat": envoi.etat,
            "at": envoi.done_at or envoi.pas_avant,
            "erreur": envoi.erreur if actor.kind == "staff" else None,
        }
    )


def _origine(row: JournalEntry) -> str:
    """What a notification names as its cause when a line is."""
    if row.type in commentaire.FAMILLES:
        return commentaire.origine(row)
    return f"{row.demarche_id}/{row.seq}"


def _line(
    row: JournalEntry, event: Event | None, dossier: Lu, told: Told, *, mail: courriel.Parti | None
) -> JournalLine:
    visible = row.visible if row.visible is not None else "client" in row.audience
    notice = row.type == fil.NOTICE
    interne = False
    appel: dict[str, object] | None = None
    fichiers: tuple[FileRef, ...] = ()
    titre: str
    detail: str | None
    if event is None:
        written = commentaire.read(row, dossier.cipher)
        interne = row.type == commentaire.TYPE and bool(written["interne"])
        titre, detail, acteur = _TITLES[row.type], written["texte"], written["acteur"]
        if row.type == commentaire.INTERVENANT:
            titre = written["titre"]
        if row.type == commentaire.APPEL:
            appel = {key: written[key] for key in Appel.model_fields}
            titre += f" avec {appel['avec']}"
        elif row.type == commentaire.NOTIFICATION and told:
            titre += " à " + listed([f"{user.prenom} {user.nom}" for _, user, _ in told])
        elif interne:
            titre = "Note interne"
    else:
        acteur = event.actor.name
        fact = event.fact
        if isinstance(fact, Noticed):
            titre = "Notification à " + listed([f"{user.prenom} {user.nom}" for _, user, _ in told])
            detail = notification.read(told[0][0], dossier.cipher) if told else fact.message
            visible = any(user.role not in STAFF for _, user, _ in told)
        else:
            program = dossier.program
            line = describe(
                event, program.modele, dossier.state, partial(label_of, program), program.form_title
            )
            titre = line.titre
            # What a modèle calls its mail says why it left: to whom comes before its subject (TL-09).
            to = f"Email envoyé à {mail.a}" if mail and not titre.startswith("Email envoyé") else None
            detail = " · ".join(part for part in (to, mail and mail.objet, line.detail) if part) or None
        fichiers = files_of(event)
    return JournalLine.model_validate(
        {
            "id": str(row.id),
            "at": row.at,
            "type": row.type,
            "famille": fil.NOTIFICATION if notice else row.famille,
            "titre": titre,
            "detail": detail,
            "acteur": acteur,
            "acteur_kind": row.actor_kind,
            "visible": visible,
            "interne": interne,
            "reglable": not interne and not notice,
            "objet": row.objet,
            "fichiers": fichiers,
            "courriel": mail is not None,
            "non_remis": mail.retour if mail else None,
            "appel": appel,
            "prevenus": [
                Prevenu(
                    nom=f"{user.prenom} {user.nom}",
                    cabinet=user.role in STAFF,
                    lu_le=each.read_at,
                    envois=envois,
                )
                for each, user, envois in told
            ],
            "demarche_id": row.demarche_id,
            "demarche": dossier.titre,
        }
    )


def files_of(event: Event) -> tuple[FileRef, ...]:
    """Files that a line brings (TL-07)."""
    match event.fact:
        case PieceDeposited(files=files) | ActionAnswered(files=files) | TacheFilesAdded(files=files):
            return files
        case DocumentProduced(file=file):
            return (file,)
        case _:
            return ()
