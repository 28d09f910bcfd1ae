"""The access log, for those who supervise: who did or read what, when, from where (SEC-17, SEC-18)."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import Action, Actor, rule
from api.dossier import Dossier, DossierLu, read_target
from api.fil import Lu, lines
from api.routes.demarches.exports import TITLES
from api.routes.droits import CATALOGUE
from store import audit, commentaire, fil
from store.audit import Audit, Wanted
from store.crypto import place
from store.demarche import Commande
from store.fil import Fil
from store.journal import JournalEntry
from store.session import session_scope
from store.tiers import Tiers
from store.utilisateur import names
from workflows.engine.commands import COMMAND
from workflows.engine.program import PARIS

router = APIRouter(prefix="/api/audit", tags=["audit"])
Reader = Annotated[Actor, Depends(rule(Action.AUDIT_LIRE))]
Famille = Literal["connexions", "dossiers", "lectures", "documents", "droits", "administration", "refus"]

LIBELLES: dict[str, tuple[Famille, str]] = {
    "connexion": ("connexions", "Connexion"),
    "connexion.refusee": ("connexions", "Connexion refusée"),
    "connexion.code_refuse": ("connexions", "Code à 6 chiffres refusé"),
    "deconnexion": ("connexions", "Déconnexion"),
    "lien.utiliser": ("connexions", "Lien d'un participant utilisé"),
    "acces.demander": ("connexions", "Nouveau mot de passe demandé"),
    "acces.ouvrir": ("connexions", "Mot de passe choisi par un lien personnel"),
    "tiers.creer": ("dossiers", "Fiche d'un client créée"),
    "demarche.ouvrir": ("dossiers", "Démarche ouverte"),
    "demarche.valider": ("dossiers", "Demande validée"),
    "demarche.refuser": ("dossiers", "Demande refusée"),
    "demarche.suspendre": ("dossiers", "Démarche suspendue"),
    "demarche.reprendre": ("dossiers", "Démarche reprise"),
    "demarche.annuler": ("dossiers", "Démarche annulée"),
    "demarche.prix": ("dossiers", "Prix modifié"),
    "demarche.confier": ("droits", "Démarche confiée à quelqu'un d'autre"),
    "demarche.renforcer": ("droits", "Personne ajoutée à l'équipe d'une démarche"),
    "demarche.alleger": ("droits", "Personne retirée de l'équipe d'une démarche"),
    "participant.inviter": ("droits", "Accès donné à un participant"),
    "participant.retirer": ("droits", "Accès d'un participant retiré"),
    "paiement.lien": ("droits", "Lien de paiement donné"),
    "paiement.renouveler": ("droits", "Lien de paiement remplacé"),
    "acces.inviter": ("droits", "Accès au portail donné"),
    "acces.renvoyer": ("droits", "Lien d'accès au portail renvoyé"),
    "acces.retirer": ("droits", "Accès au portail retiré"),
    "journal.visibilite": ("droits", "Visibilité d'une ligne changée"),
    "demarche.lire": ("lectures", "Fiche d'une démarche lue"),
    "tiers.lire": ("lectures", "Fiche d'un client lue"),
    "fichier.lire": ("lectures", "Fichier lu"),
    "export.lire": ("lectures", "Export PDF lu"),
    "fichier.ecarter": ("documents", "Fichier dangereux mis à l'écart"),
    "ged.changer": ("documents", "Document modifié"),
    "coffre.ouvrir": ("lectures", "Coffre-fort ouvert"),
    "coffre.fermer": ("lectures", "Coffre-fort refermé"),
    "client.notifier": ("documents", "Notification écrite à un client"),
    "abonnement.regler": ("droits", "Abonnement d'un client réglé"),
    "mot_de_passe.changer": ("administration", "Mot de passe changé"),
    "photo.regler": ("administration", "Photo choisie ou retirée"),
    "compte.cree": ("administration", "Compte créé"),
    "compte.retabli": ("administration", "Compte rétabli"),
    "modele.publier": ("administration", "Modèle publié"),
    "modele.migrer": ("administration", "Démarches passées à une autre version"),
    "plateforme.regler": ("administration", "Envoi des emails réglé"),
    "courriel.regler": ("administration", "Modèle d'email changé"),
    "cabinet.regler": ("administration", "Réglages du cabinet changés"),
    "badge.regler": ("administration", "Badge ou tableau des tâches changé"),
    "plan.regler": ("administration", "Plan de relance changé"),
    "droits.regler": ("droits", "Droits changés"),
    "lien.refuser": ("refus", "Lien d'un participant refusé"),
    "paiement.refuser": ("refus", "Lien de paiement refusé"),
    "acces.refuser": ("refus", "Accès refusé"),
    "acces.lien_refuse": ("refus", "Lien personnel refusé"),
    "courriel.refuser": ("refus", "Modèle d'email refusé"),
    "plateforme.refuser": ("refus", "Adresse d'envoi des emails refusée"),
}
"""Every action that is logged, as it is said to people; held by a test."""

CHAMPS = {
    "accord": "Hors abonnement, tarif accepté",
    "changements": "Changements",
    "champs": "Champs",
    "code": "Raison",
    "de": "De",
    "demarches": "Démarches",
    "genre": "Genre",
    "hote": "Hôte",
    "objet": "Objet",
    "quoi": "Quoi",
    "reference": "Réf.",
    "role": "Rôle",
    "second_facteur": "Second facteur",
    "telecharge": "Téléchargé",
    "url": "Adresse",
    "version": "Version",
    "actif": "Actif",
    "visible": "Visible du client",
}


RAISONS = {
    "introuvable": "hors de son accès",
    "non_autorise": "hors de ses droits",
    "lecture_seule": "ouvert en lecture seulement",
    "lien_inconnu": "lien inconnu",
    "lien_utilise": "lien déjà utilisé",
    "lien_expire": "lien expiré",
    "lien_revoque": "lien remplacé ou retiré",
    "televersement_inconnu": "envoi d'une autre personne",
    "fichier_contenu_actif": "contenu actif",
    "fichier_double": "deux types de fichier à la fois",
    "fichier_demesure": "démesuré une fois ouvert",
    "fichier_infecte": "reconnu par l'antivirus",
}
"""Why something was refused, as it is said to people; another code is shown as it is."""

TENTATIVES: dict[str, str] = {
    **{str(action): libelle for action, (_, libelle) in CATALOGUE.items()},
    Action.MOI_LIRE: "Lire un compte",
    Action.MOI_MODIFIER: "Modifier un compte",
    Action.SESSION_FERMER: "Fermer une session",
    Action.NOTIFICATION_LIRE: "Lire une notification",
    Action.NOTIFICATION_MARQUER: "Marquer une notification comme lue",
    Action.CABINET_LIRE: "Lire les coordonnées du cabinet",
    Action.EQUIPE_LIRE: "Voir l'équipe du cabinet",
    Action.PHOTO_REGLER: "Choisir une photo",
    Action.PHOTO_VOIR: "Voir une photo",
    Action.TIERS_LISTER: "Voir la liste des clients",
    Action.TIERS_LIRE: "Lire la fiche d'un client",
    Action.ABONNEMENT_REGLER: "Régler l'abonnement d'un client",
    Action.BROUILLON_LISTER: "Voir des brouillons",
    Action.BROUILLON_LIRE: "Lire un brouillon",
    Action.BROUILLON_ECRIRE: "Écrire un brouillon",
    Action.MODELE_LIRE: "Lire un modèle",
    Action.MODELE_LISTER: "Voir la liste des modèles",
    Action.DEMARCHE_LISTER: "Voir la liste des démarches",
    Action.DEMARCHE_LIRE: "Lire une démarche",
    Action.DEMARCHE_REVOIR: "Revoir ce que le client voyait",
    Action.TACHE_AJOUTER: "Ajouter une tâche",
    Action.TACHE_TERMINER: "Terminer une tâche",
    Action.ACTION_REPONDRE: "Répondre à une demande",
    Action.TRAVAIL_LIRE: "Lire ce qui est à traiter",
    Action.ATTENTE_LIRE: "Lire ce qui attend un client",
    Action.CONSEILLER_LIRE: "Voir le conseiller d'un client",
    Action.DOCUMENT_LISTER: "Voir la liste des documents",
    Action.FLUX_LIRE: "Suivre les changements en direct",
    Action.JOURNAL_LIRE: "Lire un journal",
    Action.COMMENTER: "Écrire un commentaire",
    Action.FORMULAIRE_REMPLIR: "Remplir un formulaire",
    Action.PIECE_DEPOSER: "Déposer une pièce",
    Action.PIECE_AJOUTER: "Demander une pièce",
    Action.LIGNE_GERER: "Modifier une ligne d'un dossier",
    Action.FICHIER_LIRE: "Lire un fichier",
    Action.TELEVERSER: "Envoyer un fichier",
    Action.CLIENT_NOTIFIER: "Écrire à un client",
    Action.GED_LIRE: "Lire les documents d'un client",
    Action.GED_DEPOSER: "Déposer un document",
    Action.COFFRE_OUVRIR: "Ouvrir un coffre-fort",
    Action.DROITS_REGLER: "Régler les droits",
    Action.PLAN_LIRE: "Lire les plans de relance",
}
"""What was asked for, of all that can be: `quoi` of an access refused, as it is said to people."""

_EXPORTS = {str(genre): titre for genre, titre in TITLES.items()}

OBJETS = {"piece": "une pièce", "action": "une réponse", "tache": "une tâche", "ged": "un document"}
"""What a file was given for, by the kind that its reference begins with."""


class LigneAudit(BaseModel):
    seq: int = Field(examples=[1204])
    instant: datetime
    acteur: str = Field(description="Son nom, s'il est connu.", examples=["Claire Dumont"])
    acteur_id: str = Field(examples=["utilisateur/0b8f3c52-5e0e-4a3c-9a55-2d6a5d1d8c11"])
    ip: str | None = Field(examples=["203.0.113.7"])
    action: str = Field(examples=["fichier.lire"])
    libelle: str = Field(examples=["Fichier lu"])
    famille: Famille
    objet_type: str = Field(examples=["demarche"])
    objet_id: str
    client_id: uuid.UUID | None
    client_nom: str | None
    detail: str = Field(
        description="Ce qui précise l'action\u00a0; jamais une valeur sensible.",
        examples=["Version\u00a0: 3"],
    )


class PageAudit(BaseModel):
    items: list[LigneAudit]
    suivant: int | None = Field(description="À donner dans `avant` pour la suite.", examples=[1155])


class ActionDemarche(BaseModel):
    """One line of a démarche's own journal, with where it came from (SEC-18)."""

    id: str = Field(examples=["1204"])
    at: datetime
    acteur: str | None = Field(examples=["Claire Dumont"])
    titre: str = Field(examples=["Pièce validée\u00a0: RIB"])
    ip: str | None = Field(description="Absente\u00a0: le système l'a fait.", examples=["203.0.113.7"])


class ActionsDemarche(BaseModel):
    titre: str = Field(examples=["Embauche de Zoé Martin"])
    reference: str = Field(examples=["EMB-2026-0147"])
    items: list[ActionDemarche]
    suivant: str | None = Field(description="À donner dans `avant` pour la suite.")


class Chaine(BaseModel):
    """Whether the log is as it was written: each line's hash covers the one before."""

    intacte: bool
    rupture: int | None = Field(description="La première ligne qui n'est plus celle écrite.")


@router.get("")
async def read_audit(
    actor: Reader,
    avant: Annotated[int | None, Query(ge=1)] = None,
    limite: Annotated[int, Query(ge=1, le=200)] = 50,
    famille: Famille | None = None,
    acteur: Annotated[
        uuid.UUID | None, Query(description="Un utilisateur, ou le lien d'un participant.")
    ] = None,
    client: uuid.UUID | None = None,
    objet: Annotated[
        str | None, Query(max_length=80, description="Une démarche, un fichier, un modèle…")
    ] = None,
    du: Annotated[date | None, Query(description="Premier jour, à Paris.")] = None,
    au: Annotated[date | None, Query(description="Dernier jour, à Paris.")] = None,
) -> PageAudit:
    """The access log, newest first, a page at a time."""
    wanted = Wanted(
        avant=avant,
        acteur=acteur,
        client_id=client,
        objet_id=objet,
        actions=tuple(action for action, (group, _) in LIBELLES.items() if group == famille),
        depuis=_midnight(du) if du else None,
        jusqu_a=_midnight(au + timedelta(days=1)) if au else None,
    )
    async with session_scope() as session:
        rows = await audit.latest(session, wanted, limite + 1)
        people = await names(session, (_user_id(row.acteur) for row in rows))
        clients = await _clients(session, {row.client_id for row in rows if row.client_id is not None})
    kept = rows[:limite]
    return PageAudit(
        items=[_line(row, people, clients) for row in kept],
        suivant=kept[-1].seq if len(rows) > limite else None,
    )


@router.get("/chaine")
async def check_audit_chain(actor: Reader) -> Chaine:
    """Walk the whole log and check that nothing in it was altered, removed or inserted."""
    async with session_scope() as session:
        broken = await audit.first_break(session)
    return Chaine(intacte=broken is None, rupture=broken)


@router.get("/demarches/{demarche_id}", dependencies=[Depends(rule(Action.AUDIT_LIRE, read_target))])
async def read_demarche_actions(
    dossier: DossierLu,
    avant: Annotated[int | None, Query(ge=1)] = None,
    limite: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ActionsDemarche:
    """Everything done on one démarche, newest first: who, when, and from which address."""
    shown = Fil(demarche_id=dossier.id)
    read = Lu(dossier.cipher, await dossier.state(), await dossier.program(), dossier.row.titre)
    async with session_scope() as session:
        rows = await fil.page(session, shown, familles=(), before=avant, limit=limite)
        kept = rows[:limite]
        told = await lines(session, kept, {dossier.id: read}, dossier.actor)
        addresses = await _addresses(session, dossier, kept)
    return ActionsDemarche(
        titre=dossier.row.titre,
        reference=dossier.row.reference,
        items=[
            ActionDemarche(
                id=line.id, at=line.at, acteur=line.acteur, titre=line.titre, ip=addresses.get(line.id)
            )
            for line in told
        ],
        suivant=told[-1].id if len(rows) > limite else None,
    )


async def _addresses(
    session: AsyncSession, dossier: Dossier, rows: Sequence[JournalEntry]
) -> dict[str, str | None]:
    """Where each line came from: its command's address, or its own for what moved nothing."""
    ids = {row.command_id for row in rows if row.seq is not None}
    query = select(Commande).where(Commande.demarche_id == dossier.id, col(Commande.id).in_(ids))
    known = {
        row.id: dossier.cipher.decrypt(row.contenu, place("commande", "contenu", f"{dossier.id}/{row.id}"))
        for row in await session.exec(query)
    }
    ips = {id_: COMMAND.validate_json(contenu).ip for id_, contenu in known.items()}
    return {
        str(row.id): commentaire.read(row, dossier.cipher).get("ip")
        if row.type in commentaire.FAMILLES
        else ips.get(row.command_id or "")
        for row in rows
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, PARIS)


def _user_id(key: str) -> uuid.UUID | None:
    kind, _, id_ = key.partition("/")
    return uuid.UUID(id_) if kind == "utilisateur" else None


async def _clients(session: AsyncSession, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = (await session.exec(select(Tiers).where(col(Tiers.id).in_(ids)))).all() if ids else ()
    return {row.id: row.nom for row in rows}


def _line(row: Audit, people: dict[uuid.UUID, str], clients: dict[uuid.UUID, str]) -> LigneAudit:
    famille, libelle = LIBELLES.get(row.action, ("administration", row.action))
    assert row.seq is not None
    return LigneAudit(
        seq=row.seq,
        instant=row.instant,
        acteur=_who(row.acteur, people),
        acteur_id=row.acteur,
        ip=row.ip,
        action=row.action,
        libelle=libelle,
        famille=famille,
        objet_type=row.objet_type,
        objet_id=row.objet_id,
        client_id=row.client_id,
        client_nom=clients.get(row.client_id) if row.client_id else None,
        detail=", ".join(
            f"{CHAMPS.get(key, key)}\u00a0: {_said(key, value)}" for key, value in row.detail.items()
        ),
    )


def _who(key: str, people: dict[uuid.UUID, str]) -> str:
    user = _user_id(key)
    if user is not None:
        return people.get(user, "Compte supprimé")
    if key.startswith("lien/"):
        return "Participant"
    if key.startswith("paiement/"):
        return "Débiteur"
    return {"inconnu": "Inconnu", "ligne-de-commande": "Ligne de commande"}.get(key, key)


def _said(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return str(len(value))
    said = str(value)
    match key:
        case "code":
            return RAISONS.get(said, said)
        case "quoi":
            # Other actions write there what they are about, in plain words.
            return TENTATIVES.get(said, said)
        case "genre":
            return _EXPORTS.get(said, said)
        case "objet":
            kind = said.partition(":")[0]
            return OBJETS.get(kind, kind)
        case _:
            return said
