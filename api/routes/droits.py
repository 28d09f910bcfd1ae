"""Rights set by an administrator on top of the native roles (SEC-15, USR-08)."""

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.programs import program_of
from api.access import CONFIGURABLE, Action, Actor, permits, rule
from api.problems import FieldError, Problem, not_found
from api.security.addresses import client_ip
from store import audit, droit, utilisateur
from store import modele as store_modele
from store.droit import MODELE, NON, OUI, REGLABLES, Droits, Niveau
from store.session import session_scope
from store.utilisateur import Role, Utilisateur

router = APIRouter(prefix="/api/parametres/droits", tags=["parametres"])
Admin = Annotated[Actor, Depends(rule(Action.DROITS_REGLER))]
Groupe = Literal["demarches", "pilotage", "parametres"]

CATALOGUE: dict[Action, tuple[Groupe, str]] = {
    Action.DEMARCHE_TOUTES: ("demarches", "Voir les clients et les démarches de tout le cabinet"),
    Action.TIERS_CREER: ("demarches", "Créer la fiche d'un client"),
    Action.ACCES_GERER: ("demarches", "Donner ou retirer l'accès d'un client au portail"),
    Action.DEMARCHE_OUVRIR: ("demarches", "Ouvrir une démarche"),
    Action.DEMANDE_DECIDER: ("demarches", "Étudier, valider ou refuser une demande"),
    Action.DEMARCHE_COMMANDER: ("demarches", "Traiter un dossier\u00a0: tâches, étapes, documents, échanges"),
    Action.DEMARCHE_PILOTER: (
        "demarches",
        "Corriger le parcours\u00a0: suspendre, passer ou revenir à une étape, changer une date",
    ),
    Action.DEMARCHE_ANNULER: ("demarches", "Annuler une démarche"),
    Action.PIECE_VALIDER: ("demarches", "Valider ou refuser une pièce"),
    Action.PRIX_FIXER: ("demarches", "Fixer le prix d'une prestation"),
    Action.EQUIPE_CONFIER: ("demarches", "Confier une démarche à quelqu'un d'autre"),
    Action.PARTICIPANT_INVITER: ("demarches", "Donner ou retirer un accès par lien"),
    Action.PAIEMENT_LIEN: ("demarches", "Donner un lien de paiement"),
    Action.JOURNAL_VISIBILITE: ("demarches", "Montrer ou masquer une ligne au client"),
    Action.GED_CLASSER: ("demarches", "Classer les documents d'un client"),
    Action.PLAN_REGLER: ("demarches", "Écrire les plans de relance que tous emploient"),
    Action.MODELE_MESURER: ("pilotage", "Lire les mesures des modèles"),
    Action.MODELE_MIGRER: ("pilotage", "Passer des démarches à une autre version"),
    Action.AUDIT_LIRE: ("pilotage", "Lire le journal des accès"),
    Action.MODELE_ECRIRE: ("parametres", "Écrire et essayer les modèles de démarches"),
    Action.MODELE_PUBLIER: ("parametres", "Publier un modèle de démarche"),
    Action.COURRIEL_REGLER: ("parametres", "Régler les modèles d'emails"),
    Action.PLATEFORME_REGLER: ("parametres", "Régler l'envoi des emails"),
    Action.CABINET_REGLER: ("parametres", "Régler le cabinet et son papier à en-tête"),
    Action.BADGE_REGLER: ("parametres", "Régler les badges et le tableau des tâches"),
}


class DroitVue(BaseModel):
    cle: str = Field(examples=["piece.valider"])
    groupe: Groupe
    libelle: str = Field(examples=["Valider ou refuser une pièce"])


class ModeleReglable(BaseModel):
    cle: str = Field(examples=["embauche"])
    titre: str = Field(examples=["Embauche d'un salarié"])


class Choix(BaseModel):
    """What an administrator chose for a role or a person; what is not named follows the role."""

    model_config = ConfigDict(extra="forbid")

    droits: dict[str, bool] = Field(default={}, examples=[{"piece.valider": False}])
    modeles: dict[str, Niveau] = Field(default={}, examples=[{"embauche": "lecture"}])


class SujetVue(BaseModel):
    sujet: str = Field(description="Un rôle, ou l'identifiant d'une personne.", examples=["conseiller"])
    nom: str = Field(examples=["Julien Lefèvre"])
    role: Literal["conseiller", "responsable"]
    choix: Choix
    droits: dict[str, bool] = Field(
        description="Ce qu'il a sans choix à son nom.", examples=[{"piece.valider": True}]
    )
    modeles: dict[str, Niveau] = Field(
        description="Ce qui lui est ouvert sans choix à son nom\u00a0; absent\u00a0: tout.",
        examples=[{"embauche": "aucun"}],
    )


class DroitsVue(BaseModel):
    droits: list[DroitVue]
    modeles: list[ModeleReglable]
    sujets: list[SujetVue] = Field(description="Les rôles, puis les personnes.")


_ROLES: dict[Role, str] = {Role.CONSEILLER: "Conseillers", Role.RESPONSABLE: "Responsables"}


@router.get("")
async def read_rights(actor: Admin) -> DroitsVue:
    """Every right that can be set, the modèles, and what was chosen for whom."""
    async with session_scope() as session:
        return await _vue(session)


@router.put("/{sujet}")
async def write_rights(
    sujet: Annotated[
        str, Path(max_length=40, description="Un rôle, ou une personne.", examples=["conseiller"])
    ],
    body: Choix,
    actor: Admin,
    request: Request,
) -> DroitsVue:
    """Replace what was chosen for a role or a person. It counts at once here, and within seconds elsewhere."""
    async with session_scope() as session:
        await _check(session, sujet, body)
        rows = await droit.every(session)
        before = {cle: valeur for of, cle, valeur in rows if of == sujet}
        chosen = {cle: OUI if value else NON for cle, value in body.droits.items()}
        chosen |= {MODELE + cle: str(niveau) for cle, niveau in body.modeles.items()}
        await droit.write(session, sujet, chosen)
        told = await _vue(session)
        changed = sorted(cle for cle in before.keys() | chosen.keys() if before.get(cle) != chosen.get(cle))
        if changed:
            await audit.append(
                session,
                acteur=actor.key,
                action=Action.DROITS_REGLER,
                objet_type="droits",
                objet_id=sujet,
                ip=client_ip(request),
                de=next(each.nom for each in told.sujets if each.sujet == sujet),
                changements=", ".join(f"{cle} = {chosen.get(cle, 'comme le rôle')}" for cle in changed),
            )
    request.app.state.sessions.forget()
    return told


async def _check(session: AsyncSession, sujet: str, body: Choix) -> None:
    if sujet not in REGLABLES:
        try:
            user = await session.get(Utilisateur, uuid.UUID(sujet))
        except ValueError:
            user = None
        if user is None or not user.staff:
            raise not_found("Cette personne")
        if user.role not in REGLABLES:
            raise Problem(409, "droits_administrateur", "Un administrateur garde tous les droits.")
    known = {version.cle for version in await store_modele.catalogue(session)}
    errors = [
        FieldError(pointer=f"/droits/{cle}", detail="Ce droit ne se règle pas.")
        for cle in body.droits
        if cle not in CONFIGURABLE
    ]
    errors += [
        FieldError(pointer=f"/modeles/{cle}", detail="Ce modèle n'est pas publié.")
        for cle in body.modeles
        if cle not in known
    ]
    if errors:
        raise Problem(422, "demande_invalide", "Un droit est à corriger.", errors=errors)


async def _vue(session: AsyncSession) -> DroitsVue:
    rows = await droit.every(session)
    programs = [await program_of(session, row.sha256) for row in await store_modele.catalogue(session)]
    people = [user for user in await utilisateur.staff(session) if user.role in REGLABLES]
    subjects = [(str(role), libelle, role) for role, libelle in _ROLES.items()]
    subjects += [(str(user.id), user.nom_complet, user.role) for user in people]
    modeles = [ModeleReglable(cle=each.modele.modele, titre=each.modele.titre) for each in programs]
    return DroitsVue(
        droits=[DroitVue(cle=cle, groupe=groupe, libelle=said) for cle, (groupe, said) in CATALOGUE.items()],
        modeles=sorted(modeles, key=lambda each: each.titre),
        sujets=[_sujet(*each, rows) for each in subjects],
    )


def _sujet(sujet: str, nom: str, role: Role, rows: list[tuple[str, str, str]]) -> SujetVue:
    own = {cle: valeur for of, cle, valeur in rows if of == sujet}
    # What a role has by itself is what it is natively; what a person has, what their role was given.
    role_rows = [] if sujet == role else [row for row in rows if row[0] == role]
    inherited = droit.merged(role, "", role_rows)
    return SujetVue.model_validate(
        {
            "sujet": sujet,
            "nom": nom,
            "role": role,
            "choix": {
                "droits": {cle: valeur == OUI for cle, valeur in own.items() if valeur in (OUI, NON)},
                "modeles": {
                    cle.removeprefix(MODELE): valeur for cle, valeur in own.items() if cle.startswith(MODELE)
                },
            },
            "droits": {action: permits(_someone(role, inherited), action) for action in CONFIGURABLE},
            "modeles": dict.fromkeys(inherited.caches, Niveau.AUCUN)
            | dict.fromkeys(inherited.lecture, Niveau.LECTURE),
        }
    )


def _someone(role: Role, droits: Droits) -> Actor:
    return Actor("staff", uuid.UUID(int=0), "", role, droits=droits)
