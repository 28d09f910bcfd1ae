"""Tiers: any person or organisation the firm deals with; a client is a tiers (TIE-01)."""

import uuid
from collections.abc import Collection
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from store.base import Row, closed_list
from store.crypto import Keyring
from store.demarche import Demarche, Membre


class TypeTiers(StrEnum):
    PARTICULIER = "particulier"
    ENTREPRISE = "entreprise"
    CREATEUR = "createur"
    ASSOCIATION = "association"


class Tiers(Row, table=True):
    __tablename__ = "tiers"
    __table_args__ = (sa.Index("ix_tiers_nom_lower", sa.text("lower(nom)"), "id"),)

    type: TypeTiers = Field(sa_type=closed_list(TypeTiers, "type"))
    nom: str = Field(max_length=200)
    siret: str | None = Field(default=None, max_length=14, index=True)
    email: str | None = Field(default=None, max_length=254)
    telephone: str | None = Field(default=None, max_length=20)
    adresse: str | None = Field(default=None, max_length=500)
    conseiller_id: uuid.UUID | None = Field(
        default=None, foreign_key="utilisateur.id", index=True, ondelete="SET NULL"
    )
    prestations_incluses: list[str] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    """Keys of the modèles that the subscription of this client includes; none without a subscription (DEM-11)."""

    def included(self, modele: str) -> bool | None:
        """Whether its subscription includes a modèle; None without a subscription."""
        return None if self.prestations_incluses is None else modele in self.prestations_incluses


async def create(session: AsyncSession, keyring: Keyring, tiers: Tiers) -> Tiers:
    """Record a tiers together with its data key, in the caller's transaction."""
    session.add(tiers)
    await keyring.ensure(session, tiers.id)
    await session.flush()
    return tiers


async def opening(session: AsyncSession) -> None:
    """Let one new tiers at a time be looked for, then recorded, until the commit."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended("tiers", 0))))


async def twin(session: AsyncSession, *, siret: str | None, email: str | None) -> Tiers | None:
    """A tiers that already has this SIRET or this address, the SIRET first.

    One person may manage several companies: two SIRET under one address are two clients.
    """
    same_address = func.lower(col(Tiers.email)) == email.lower() if email else None
    if same_address is not None and siret:
        same_address = and_(same_address, col(Tiers.siret).is_(None))
    for condition in (Tiers.siret == siret if siret else None, same_address):
        if condition is not None:
            found = (await session.exec(select(Tiers).where(condition).limit(1))).first()
            if found is not None:
                return found
    return None


def matching(
    *,
    recherche: str | None = None,
    type: TypeTiers | None = None,
    conseiller_id: uuid.UUID | None = None,
    seen_by: uuid.UUID | None = None,
) -> SelectOfScalar[Tiers]:
    """Tiers whose name contains the words searched, or whose SIRET or email begins with them.

    `seen_by` keeps those whose adviser is this person, or with a démarche on whose team they are.
    """
    query = select(Tiers)
    if seen_by is not None:
        on_team = select(Demarche.client_id).join(Membre).where(Membre.user_id == seen_by)
        query = query.where(or_(Tiers.conseiller_id == seen_by, col(Tiers.id).in_(on_team)))
    if type is not None:
        query = query.where(Tiers.type == type)
    if conseiller_id is not None:
        query = query.where(Tiers.conseiller_id == conseiller_id)
    if recherche:
        words = recherche.strip()
        query = query.where(
            or_(
                col(Tiers.nom).icontains(words, autoescape=True),
                col(Tiers.siret).startswith(words.replace(" ", ""), autoescape=True),
                func.lower(col(Tiers.email)).startswith(words.lower(), autoescape=True),
            )
        )
    return query


async def teams_of(
    session: AsyncSession, tiers_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """For each tiers, the staff on the team of at least one of its démarches."""
    query = select(Demarche.client_id, Membre.user_id).join(Membre)
    teams: dict[uuid.UUID, set[uuid.UUID]] = {id_: set() for id_ in tiers_ids}
    for client_id, user_id in await session.exec(
        query.where(col(Demarche.client_id).in_(tiers_ids)).distinct()
    ):
        teams[client_id].add(user_id)
    return {id_: frozenset(team) for id_, team in teams.items()}


async def page(
    session: AsyncSession, query: SelectOfScalar[Tiers], *, limit: int, offset: int
) -> tuple[list[Tiers], int]:
    """One page in alphabetical order, and how many there are in all."""
    total = (await session.exec(select(func.count()).select_from(query.subquery()))).one()
    ordered = query.order_by(func.lower(col(Tiers.nom)), col(Tiers.id)).limit(limit).offset(offset)
    return list(await session.exec(ordered)), total
