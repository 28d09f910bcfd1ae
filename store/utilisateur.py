"""People who log in: the firm's staff, and the users of the portal attached to one or several tiers
(USR-01 to 03).
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, closed_list
from store.tiers import Tiers


class Role(StrEnum):
    CONSEILLER = "conseiller"
    RESPONSABLE = "responsable"
    ADMIN = "admin"
    CLIENT = "client"


STAFF = (Role.CONSEILLER, Role.RESPONSABLE, Role.ADMIN)


class Utilisateur(Row, table=True):
    """`email` is stored in lower case. `totp` is the seed, encrypted under the cabinet's key."""

    __tablename__ = "utilisateur"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.Index("ix_utilisateur_role_actif", "role", "actif"),
    )

    email: str = Field(max_length=254, unique=True)
    nom: str = Field(max_length=100)
    prenom: str = Field(max_length=100)
    role: Role = Field(sa_type=closed_list(Role, "role"))
    titre: str | None = Field(default=None, max_length=100)
    ligne_directe: str | None = Field(default=None, max_length=20)
    photo: str | None = Field(default=None, max_length=200)
    password_hash: str | None = Field(default=None, max_length=200)
    totp: bytes | None = None
    totp_confirme_le: datetime | None = Field(default=None, sa_type=Instant)
    totp_dernier_pas: int | None = Field(default=None, sa_type=sa.BigInteger)
    actif: bool = True

    @property
    def nom_complet(self) -> str:
        return f"{self.prenom} {self.nom}"

    @property
    def initiales(self) -> str:
        return (self.prenom[:1] + self.nom[:1]).upper()

    @property
    def staff(self) -> bool:
        return self.role in STAFF


class Rattachement(SQLModel, table=True):
    """A portal user acts for a tiers, with a function there (« Gérante », « Responsable RH »)."""

    __tablename__ = "rattachement"

    utilisateur_id: uuid.UUID = Field(foreign_key="utilisateur.id", primary_key=True, ondelete="CASCADE")
    tiers_id: uuid.UUID = Field(foreign_key="tiers.id", primary_key=True, index=True, ondelete="CASCADE")
    fonction: str | None = Field(default=None, max_length=100)


def normalise_email(email: str) -> str:
    return email.strip().lower()


async def by_email(session: AsyncSession, email: str) -> Utilisateur | None:
    return (
        await session.exec(select(Utilisateur).where(Utilisateur.email == normalise_email(email)))
    ).one_or_none()


async def staff(session: AsyncSession) -> Sequence[Utilisateur]:
    """The firm's active people, in alphabetical order."""
    query = select(Utilisateur).where(col(Utilisateur.role).in_(STAFF), col(Utilisateur.actif))
    return (await session.exec(query.order_by(col(Utilisateur.nom), col(Utilisateur.prenom)))).all()


async def tiers_of(session: AsyncSession, utilisateur_id: uuid.UUID) -> Sequence[Tiers]:
    """The tiers this portal user acts for, in alphabetical order."""
    query = select(Tiers).join(Rattachement).where(Rattachement.utilisateur_id == utilisateur_id)
    return (await session.exec(query.order_by(col(Tiers.nom)))).all()


async def names(session: AsyncSession, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Full names of some users, by id; None stands for nobody."""
    wanted = {id_ for id_ in ids if id_ is not None}
    query = select(Utilisateur).where(col(Utilisateur.id).in_(wanted))
    rows = (await session.exec(query)).all() if wanted else ()
    return {row.id: row.nom_complet for row in rows}


async def contacts_of(session: AsyncSession, tiers_id: uuid.UUID) -> Sequence[tuple[Utilisateur, str | None]]:
    """The active portal users of a tiers, each with their function there."""
    return (await contacts_of_each(session, [tiers_id]))[tiers_id]


async def contacts_of_each(
    session: AsyncSession, tiers_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[tuple[Utilisateur, str | None]]]:
    """The same of several tiers; nobody for one without any."""
    query = (
        select(Rattachement.tiers_id, Utilisateur, Rattachement.fonction)
        .join(Utilisateur)
        .where(col(Rattachement.tiers_id).in_(tiers_ids), col(Utilisateur.actif))
        .order_by(col(Utilisateur.nom), col(Utilisateur.prenom))
    )
    found: dict[uuid.UUID, list[tuple[Utilisateur, str | None]]] = {id_: [] for id_ in tiers_ids}
    for tiers_id, user, fonction in await session.exec(query):
        found[tiers_id].append((user, fonction))
    return found
