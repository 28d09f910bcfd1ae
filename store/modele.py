"""Published versions of modèles: immutable, named by the hash of all they hold (MOD-09)."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from store.base import Instant, Row, now


class ModeleVersion(Row, table=True):
    """`contenu` is the resolved bundle: the modèle, its forms, its mail and document models.

    It is JSON, not JSONB: the order of keys is part of what was published.
    """

    __tablename__ = "modele_version"
    __table_args__ = (sa.UniqueConstraint("cle", "version"),)

    cle: str = Field(max_length=80)
    version: int
    sha256: str = Field(max_length=64, unique=True)
    contenu: dict[str, Any] = Field(sa_type=sa.JSON)
    publie_at: datetime = Field(default_factory=now, sa_type=Instant)
    publie_par: uuid.UUID | None = Field(default=None, foreign_key="utilisateur.id", ondelete="SET NULL")
    fichier: str | None = Field(default=None, max_length=120)
    """File of the modèles' folder that it was published from; None for one that comes from elsewhere."""


def content_hash(contenu: dict[str, Any]) -> str:
    """Hex SHA-256 of the bundle, key order included."""
    return hashlib.sha256(json.dumps(contenu, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


async def publish(
    session: AsyncSession,
    cle: str,
    contenu: dict[str, Any],
    publie_par: uuid.UUID | None = None,
    fichier: str | None = None,
) -> ModeleVersion:
    """Add the next version; the same contents published again give back the version which already holds
    them.
    """
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtext(f"modele/{cle}"))))
    sha256 = content_hash(contenu)
    same = await by_hash(session, sha256)
    if same is not None:
        same.fichier = fichier or same.fichier
        return same
    last = (
        await session.exec(
            select(func.coalesce(func.max(ModeleVersion.version), 0)).where(ModeleVersion.cle == cle)
        )
    ).one()
    row = ModeleVersion(
        cle=cle, version=last + 1, sha256=sha256, contenu=contenu, publie_par=publie_par, fichier=fichier
    )
    session.add(row)
    await session.flush()
    return row


async def by_hash(session: AsyncSession, sha256: str) -> ModeleVersion | None:
    return (await session.exec(select(ModeleVersion).where(ModeleVersion.sha256 == sha256))).one_or_none()


async def version_of(session: AsyncSession, sha256: str) -> int:
    """Number of the published version that has this hash. Raises NoResultFound when there is none."""
    return (await session.exec(select(ModeleVersion.version).where(ModeleVersion.sha256 == sha256))).one()


async def latest(session: AsyncSession, cle: str) -> ModeleVersion | None:
    query = select(ModeleVersion).where(ModeleVersion.cle == cle).order_by(col(ModeleVersion.version).desc())
    return (await session.exec(query.limit(1))).first()


async def latest_of_all(session: AsyncSession) -> Sequence[ModeleVersion]:
    """The last version of each modèle."""
    query = (
        select(ModeleVersion)
        .ext(distinct_on(col(ModeleVersion.cle)))
        .order_by(col(ModeleVersion.cle), col(ModeleVersion.version).desc())
    )
    return (await session.exec(query)).all()


class Published(NamedTuple):
    """A published version without its contents."""

    cle: str
    version: int
    sha256: str
    publie_at: datetime
    fichier: str | None


async def latest_of(session: AsyncSession, cle: str) -> Published | None:
    """The newest version of a modèle."""
    query = (
        _published.where(col(ModeleVersion.cle) == cle).order_by(col(ModeleVersion.version).desc()).limit(1)
    )
    row = (await (await session.connection()).execute(query)).first()
    return Published(*row) if row else None


async def catalogue(session: AsyncSession) -> list[Published]:
    """The newest version of each modèle, contents left aside."""
    query = _published.ext(distinct_on(col(ModeleVersion.cle))).order_by(
        col(ModeleVersion.cle), col(ModeleVersion.version).desc()
    )
    return [Published(*row) for row in await (await session.connection()).execute(query)]


_published = sa.select(
    col(ModeleVersion.cle),
    col(ModeleVersion.version),
    col(ModeleVersion.sha256),
    col(ModeleVersion.publie_at),
    col(ModeleVersion.fichier),
)


_users = sa.text("""
SELECT last.titre, last.sha256, mail.cle FROM (
  SELECT DISTINCT ON (cle) cle, sha256, contenu -> 'modele' ->> 'titre' AS titre, contenu -> 'mails' AS mails
  FROM modele_version ORDER BY cle, version DESC
) AS last CROSS JOIN LATERAL json_object_keys(last.mails) AS mail(cle)
WHERE mail.cle NOT LIKE '%/%' ORDER BY last.titre
""")


class Usage(NamedTuple):
    """A mail model that the newest version of a modèle uses."""

    titre: str
    sha256: str
    courriel: str


async def mails_used(session: AsyncSession) -> list[Usage]:
    """Mail models used, by title of the modèles that use them."""
    return [Usage(*row) for row in await (await session.connection()).execute(_users)]
