"""What I am told outside of the portal, how and when; browsers that accept notifications (NOT-04, NOT-14)."""

import uuid
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, model_validator

from activities.notifier import vapid_of_settings
from activities.push import PushLaterError, PushRefusedError, checked
from api.access import Action, Actor, rule
from api.problems import FieldError, Problem, not_found
from api.services import ServicesDep
from api.traces import kept_from
from store import appareil, preference
from store.preference import CANAUX, TYPES, Canal, Choix, Horaire, Preference, Rythme, Type
from store.session import session_scope
from store.settings import settings

router = APIRouter(prefix="/api/moi", tags=["notifications"])

LIBELLES: dict[Type, tuple[str, str]] = {
    "a_faire": ("Ce que vous avez à faire", "Documents attendus, réponses, tâches et rappels."),
    "messages": ("Messages", "Ce que l'on vous écrit."),
    "avancement": ("Avancement", "Étapes franchies, documents prêts, dates qui changent."),
}
Heure = Annotated[time, Field(examples=["08:00"])]


class Silence(BaseModel):
    """Nothing leaves between these hours, in Paris; what is told meanwhile leaves at the end."""

    model_config = ConfigDict(extra="forbid")

    debut: Heure
    fin: Heure

    @model_validator(mode="after")
    def _not_empty(self) -> "Silence":
        if self.debut == self.fin:
            raise ValueError("Choisissez deux heures différentes.")
        return self


class ChoixDuType(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Type
    courriel: Rythme
    push: Rythme


class TypeVue(ChoixDuType):
    libelle: str = Field(examples=["Messages"])
    description: str


class AppareilVue(BaseModel):
    id: uuid.UUID
    navigateur: str = Field(examples=["Firefox sur Android"])
    created_at: datetime


class Preferences(BaseModel):
    """`cle_push`: what a browser needs to accept notifications; null when this installation sends none."""

    types: list[TypeVue]
    recapitulatif: Heure
    silence: Silence | None
    cle_push: str | None
    appareils: list[AppareilVue]


class PreferencesChoisies(BaseModel):
    model_config = ConfigDict(extra="forbid")

    types: list[ChoixDuType] = Field(min_length=len(TYPES), max_length=len(TYPES))
    recapitulatif: Heure
    silence: Silence | None = None

    @model_validator(mode="after")
    def _each_once(self) -> "PreferencesChoisies":
        if {each.type for each in self.types} != set(TYPES):
            raise ValueError("Chaque type est attendu une fois.")
        return self


class Abonnement(BaseModel):
    """What the browser gives when notifications are accepted."""

    model_config = ConfigDict(extra="forbid")

    endpoint: str = Field(max_length=1000, examples=["https://updates.push.services.mozilla.com/wpush/v2/…"])
    p256dh: str = Field(pattern=r"^[A-Za-z0-9_-]{80,100}=*$")
    auth: str = Field(pattern=r"^[A-Za-z0-9_-]{16,40}=*$")
    navigateur: str = Field(min_length=1, max_length=100, examples=["Firefox sur Android"])


class AppareilAjoute(BaseModel):
    id: uuid.UUID


@router.get("/notifications")
async def read_preferences(actor: Annotated[Actor, Depends(rule(Action.NOTIFICATION_LIRE))]) -> Preferences:
    """What I am told, how and when."""
    return await _seen(actor)


@router.put("/notifications")
async def write_preferences(
    body: PreferencesChoisies, actor: Annotated[Actor, Depends(rule(Action.MOI_MODIFIER))]
) -> Preferences:
    """Choose. What was already planned leaves as it was."""
    rows = [
        Preference(utilisateur_id=actor.id, type=each.type, canal=canal, rythme=_rythme(each, canal))
        for each in body.types
        for canal in CANAUX
    ]
    silence = body.silence
    horaire = Horaire(
        utilisateur_id=actor.id,
        recapitulatif=body.recapitulatif.replace(tzinfo=None),
        silence_debut=silence.debut.replace(tzinfo=None) if silence else None,
        silence_fin=silence.fin.replace(tzinfo=None) if silence else None,
    )
    async with session_scope() as session:
        await preference.write(session, actor.id, rows, horaire)
    return await _seen(actor)


@router.post("/appareils", status_code=201)
async def add_device(
    body: Abonnement, actor: Annotated[Actor, Depends(rule(Action.MOI_MODIFIER))], services: ServicesDep
) -> AppareilAjoute:
    """Accept notifications on this browser. Its address must be that of a push service, never of our own network."""
    if vapid_of_settings() is None:
        raise Problem(409, "push_non_configure", "Les notifications ne sont pas encore proposées ici.")
    try:
        await checked(body.endpoint, private_allowed=settings().push_private_addresses)
    except (PushRefusedError, PushLaterError) as error:
        detail = str(error)
        raise Problem(
            422, "demande_invalide", detail, errors=[FieldError(pointer="/endpoint", detail=detail)]
        ) from None
    async with session_scope() as session:
        id_ = await appareil.add(
            session,
            await services.keyring.cabinet(session),
            actor.id,
            body.navigateur,
            body.model_dump(include={"endpoint", "p256dh", "auth"}),
        )
    return AppareilAjoute(id=id_)


@router.delete("/appareils/{appareil_id}", status_code=204)
async def remove_device(
    appareil_id: uuid.UUID, actor: Annotated[Actor, Depends(rule(Action.MOI_MODIFIER))]
) -> None:
    """Refuse notifications on one of my browsers again."""
    async with session_scope() as session:
        row = await session.get(appareil.Appareil, appareil_id)
        if row is None:
            raise not_found("Cet appareil")
        if row.utilisateur_id != actor.id:
            raise kept_from(actor.key, not_found("Cet appareil"), "appareil", row.id)
        await session.delete(row)


def _rythme(choice: ChoixDuType, canal: Canal) -> Rythme:
    return choice.courriel if canal == "courriel" else choice.push


async def _seen(actor: Actor) -> Preferences:
    async with session_scope() as session:
        choix: Choix = (await preference.choices_of(session, {actor.id: actor.kind == "staff"}))[actor.id]
        devices = await appareil.of_user(session, actor.id)
    vapid = vapid_of_settings()
    return Preferences(
        types=[
            TypeVue(
                type=type_,
                libelle=LIBELLES[type_][0],
                description=LIBELLES[type_][1],
                courriel=choix.rythme(type_, "courriel"),
                push=choix.rythme(type_, "push"),
            )
            for type_ in TYPES
        ],
        recapitulatif=choix.recapitulatif,
        silence=Silence(debut=choix.silence[0], fin=choix.silence[1]) if choix.silence else None,
        cle_push=vapid.public_key if vapid else None,
        appareils=[
            AppareilVue(id=row.id, navigateur=row.navigateur, created_at=row.created_at) for row in devices
        ],
    )
