"""What an administrator grants or withdraws on top of the native roles (SEC-15, USR-08).

A role that nobody touched has no row here. Administrators have all the rights, and rows never apply to them: whoever
sets the rights cannot lock themselves out.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import table_of
from store.utilisateur import STAFF, Role, Utilisateur

OUI, NON = "oui", "non"
MODELE = "modele/"
"""Prefix of the keys that say how far one modèle is open."""
REGLABLES = (Role.CONSEILLER, Role.RESPONSABLE)


class Niveau(StrEnum):
    """How far the démarches of one modèle are open to somebody."""

    COMPLET = "complet"
    LECTURE = "lecture"
    AUCUN = "aucun"


class Droit(SQLModel, table=True):
    """One choice. `sujet`: a role of `REGLABLES`, or a user's id, whose own choices come before those of their role.

    `cle`: an action of `api.access.CONFIGURABLE` with `oui` or `non`, or `modele/<cle>` with a `Niveau`.
    """

    __tablename__ = "droit"

    sujet: str = Field(primary_key=True, max_length=40)
    cle: str = Field(primary_key=True, max_length=80)
    valeur: str = Field(max_length=20)


@dataclass(frozen=True, slots=True)
class Droits:
    """What was chosen for one person, their role's choices included; nothing: the native role."""

    accordes: frozenset[str] = frozenset()
    retires: frozenset[str] = frozenset()
    caches: frozenset[str] = frozenset()
    """Modèles whose démarches do not exist for them."""
    lecture: frozenset[str] = frozenset()
    """Modèles whose démarches they only read."""

    @property
    def restreints(self) -> frozenset[str]:
        """Modèles that they may not work on."""
        return self.caches | self.lecture


NATIFS = Droits()


def merged(role: Role, sujet: str, rows: Iterable[tuple[str, str, str]]) -> Droits:
    """The rights of one person (`sujet`: their id), from rows (sujet, cle, valeur) that may be of others too."""
    if role not in REGLABLES:
        return NATIFS
    rows = list(rows)
    chosen = {cle: valeur for of, cle, valeur in rows if of == role}
    chosen |= {cle: valeur for of, cle, valeur in rows if of == sujet}

    def valued(wanted: str) -> frozenset[str]:
        return frozenset(cle.removeprefix(MODELE) for cle, valeur in chosen.items() if valeur == wanted)

    return Droits(valued(OUI), valued(NON), valued(Niveau.AUCUN), valued(Niveau.LECTURE))


_R = table_of(Droit).c
OF_USER = (
    sa.select(sa.func.jsonb_agg(sa.func.jsonb_build_array(_R.sujet, _R.cle, _R.valeur)))
    .where(
        sa.or_(
            _R.sujet == sa.cast(col(Utilisateur.role), sa.Text),
            _R.sujet == sa.cast(col(Utilisateur.id), sa.Text),
        )
    )
    .correlate(table_of(Utilisateur))
    .scalar_subquery()
)
"""Rows for `merged`, as a column of a query on users: no query of their own."""


async def of_user(session: AsyncSession, user: Utilisateur) -> Droits:
    """The rights of one person."""
    return merged(user.role, str(user.id), await every(session)) if user.role in REGLABLES else NATIFS


async def every(session: AsyncSession) -> list[tuple[str, str, str]]:
    """All that was chosen, as rows for `merged`: a few dozen at most."""
    return [(row.sujet, row.cle, row.valeur) for row in await session.exec(select(Droit))]


async def closed_to(session: AsyncSession, user: Utilisateur) -> frozenset[str]:
    """The modèles whose démarches do not exist for one person: nothing about them is sent to that person (SEC-15)."""
    return (await of_user(session, user)).caches


async def barred(session: AsyncSession, modele: str) -> frozenset[uuid.UUID]:
    """The people of the firm who may not work on the démarches of a modèle: none may be entrusted to them."""
    rows = await every(session)
    if not any(cle == MODELE + modele for _, cle, _ in rows):
        return frozenset()
    people = await session.exec(select(Utilisateur).where(col(Utilisateur.role).in_(STAFF)))
    return frozenset(user.id for user in people if modele in merged(user.role, str(user.id), rows).restreints)


async def write(session: AsyncSession, sujet: str, chosen: Mapping[str, str]) -> None:
    """Replace the choices made for a role or a person."""
    await session.exec(sa.delete(table_of(Droit)).where(_R.sujet == sujet))
    session.add_all(Droit(sujet=sujet, cle=cle, valeur=valeur) for cle, valeur in chosen.items())
    await session.flush()
