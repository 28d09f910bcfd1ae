"""What each person wants to be told outside of the portal, how, and when (NOT-04, NOT-14).

Notifications are gathered by type, as people choose them. The bell shows all of them whatever is chosen here.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of

PARIS = ZoneInfo("Europe/Paris")

Canal = Literal["courriel", "push"]
Rythme = Literal["immediat", "quotidien", "jamais"]
Type = Literal["a_faire", "messages", "avancement"]
CANAUX: tuple[Canal, ...] = ("courriel", "push")
TYPES: tuple[Type, ...] = ("a_faire", "messages", "avancement")

_TO_DO = (
    "action_demandee", "informations_demandees", "tache_assignee", "piece_demandee", "piece_refusee",
    "piece_deposee", "demande_recue", "correction_demandee", "correction_recue", "relance",
    "retard", "escalade", "alerte", "affectation", "effet_en_echec",
)  # fmt: skip
WRITTEN = ("commentaire", "note_interne", "notification_libre")
"""Codes of the notices whose words were written by someone."""


def type_of(code: str) -> Type:
    """The type of a notice; what is new to this table tells how a démarche goes."""
    return "a_faire" if code in _TO_DO else "messages" if code in WRITTEN else "avancement"


class Preference(SQLModel, table=True):
    """The choice of one person for one type and one channel; the default applies without a row."""

    __tablename__ = "preference_notification"

    utilisateur_id: uuid.UUID = Field(foreign_key="utilisateur.id", primary_key=True, ondelete="CASCADE")
    type: str = Field(primary_key=True, max_length=20)
    canal: str = Field(primary_key=True, max_length=20)
    rythme: str = Field(max_length=20)
    """Written from `Rythme` only."""


class Horaire(SQLModel, table=True):
    """When one person is told, in Paris time. Between `silence_debut` and `silence_fin` nothing leaves."""

    __tablename__ = "horaire_notification"

    utilisateur_id: uuid.UUID = Field(foreign_key="utilisateur.id", primary_key=True, ondelete="CASCADE")
    recapitulatif: time = time(8)
    silence_debut: time | None = None
    silence_fin: time | None = None


@dataclass(frozen=True, slots=True)
class Choix:
    """All the choices of one person."""

    rythmes: Mapping[tuple[Type, Canal], Rythme]
    recapitulatif: time = time(8)
    silence: tuple[time, time] | None = None

    def rythme(self, type_: Type, canal: Canal) -> Rythme:
        return self.rythmes[type_, canal]

    def leaves_at(self, rythme: Rythme, at: datetime) -> datetime:
        """When something told at `at` may leave: at once, at the next summary, or after the quiet hours."""
        local = at.astimezone(PARIS)
        if rythme == "quotidien":
            day = local.date() if local.time() < self.recapitulatif else local.date() + timedelta(days=1)
            return datetime.combine(day, self.recapitulatif, PARIS)
        if self.silence is None:
            return at
        begin, end = self.silence
        quiet = begin <= local.time() < end if begin < end else local.time() >= begin or local.time() < end
        if not quiet:
            return at
        day = local.date() if local.time() < end else local.date() + timedelta(days=1)
        return datetime.combine(day, end, PARIS)


@dataclass(slots=True)
class _Rows:
    horaire: Horaire | None = None
    choices: dict[tuple[str, str], str] = field(default_factory=dict)


def default_of(staff: bool, canal: Canal) -> Rythme:
    """A push at once where the person has accepted them; by mail a client gets a summary, the firm nothing."""
    if canal == "push":
        return "immediat"
    return "jamais" if staff else "quotidien"


async def choices_of(session: AsyncSession, people: Mapping[uuid.UUID, bool]) -> dict[uuid.UUID, Choix]:
    """Choices of several people (whether each is of the firm), defaults filled in."""
    rows = {id_: _Rows() for id_ in people}
    for chosen in await session.exec(
        select(Preference).where(table_of(Preference).c.utilisateur_id.in_(people))
    ):
        rows[chosen.utilisateur_id].choices[chosen.type, chosen.canal] = chosen.rythme
    for horaire in await session.exec(select(Horaire).where(table_of(Horaire).c.utilisateur_id.in_(people))):
        rows[horaire.utilisateur_id].horaire = horaire
    return {id_: _choix(row, people[id_]) for id_, row in rows.items()}


def _choix(row: _Rows, staff: bool) -> Choix:
    rythmes: dict[tuple[Type, Canal], Rythme] = {}
    for type_ in TYPES:
        for canal in CANAUX:
            chosen = row.choices.get((type_, canal))
            rythmes[type_, canal] = cast(Rythme, chosen) if chosen else default_of(staff, canal)
    hours = row.horaire or Horaire(utilisateur_id=uuid.UUID(int=0))
    silence = None
    if hours.silence_debut is not None and hours.silence_fin is not None:
        silence = (hours.silence_debut, hours.silence_fin)
    return Choix(rythmes, hours.recapitulatif, silence)


async def write(
    session: AsyncSession, utilisateur_id: uuid.UUID, choices: Sequence[Preference], horaire: Horaire
) -> None:
    """Replace the choices of one person."""
    await session.exec(
        sa.delete(table_of(Preference)).where(table_of(Preference).c.utilisateur_id == utilisateur_id)
    )
    session.add_all(choices)
    await session.merge(horaire)
    await session.flush()
